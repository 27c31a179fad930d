package independent_test

import (
	"bytes"
	"encoding/json"

	"github.com/goccy/go-yaml"
)

// document is an agreement as it stands in a file, with its examples.
type document struct {
	Name     string          `json:"name"`
	Currency string          `json:"currency"`
	Rules    []rule          `json:"rules"`
	Leftover leftover        `json:"leftover"`
	Rounding string          `json:"rounding,omitempty"`
	Kinds    map[string]kind `json:"kinds,omitempty"`
	Examples []example       `json:"examples,omitempty"`
}

type kind struct {
	Unit    string `json:"unit,omitempty"`
	Becomes string `json:"becomes,omitempty"`
}

type rule struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Take take   `json:"take"`
	Give give   `json:"give"`
}

// take is the word rest, a percentage or an amount.
type take struct {
	Word    string `json:"-"`
	Percent string `json:"percent,omitempty"`
	Of      string `json:"of,omitempty"`
	Amount  string `json:"amount,omitempty"`
}

type give struct {
	Fund    string       `json:"fund,omitempty"`
	Until   string       `json:"until,omitempty"`
	Claims  *giveClaims  `json:"claims,omitempty"`
	Rules   []rule       `json:"rules,omitempty"`
	Members *giveMembers `json:"members,omitempty"`
}

type giveClaims struct {
	Kinds []string `json:"kinds"`
}

type giveMembers struct {
	By     by      `json:"by"`
	Among  *among  `json:"among,omitempty"`
	Limits *limits `json:"limits,omitempty"`
	Keep   *keep   `json:"keep,omitempty"`
}

// by is one of the words equal and takes, or one of the three objects.
type by struct {
	Word          string            `json:"-"`
	Contributions *byContributions  `json:"contributions,omitempty"`
	Shares        map[string]string `json:"shares,omitempty"`
	CatchUp       *byCatchUp        `json:"catch_up,omitempty"`
}

type byContributions struct {
	Factors map[string]string `json:"factors"`
	Count   *count            `json:"count,omitempty"`
	Areas   []string          `json:"areas,omitempty"`
	Since   string            `json:"since,omitempty"`
	Decay   *decay            `json:"decay,omitempty"`
}

// count is one of the words new and all, or a window.
type count struct {
	Word string `json:"-"`
	Last string `json:"last,omitempty"`
}

type decay struct {
	Factor string `json:"factor"`
	Per    string `json:"per"`
}

type byCatchUp struct {
	Factors map[string]string `json:"factors"`
}

type among struct {
	Stages []string `json:"stages,omitempty"`
	Roles  []string `json:"roles,omitempty"`
}

type limits struct {
	Least string `json:"least,omitempty"`
	Floor string `json:"floor,omitempty"`
	Most  string `json:"most,omitempty"`
}

type keep struct {
	Percent string `json:"percent"`
}

// leftover is the word carry, or a fund.
type leftover struct {
	Word string `json:"-"`
	Fund string `json:"fund,omitempty"`
}

// example is a case that a group keeps beside its rules.
type example struct {
	Name          string                       `json:"name"`
	Then          bool                         `json:"then,omitempty"`
	Income        string                       `json:"income"`
	Through       string                       `json:"through,omitempty"`
	Members       []member                     `json:"members,omitempty"`
	Contributions []contribution               `json:"contributions,omitempty"`
	Claims        map[string]map[string]string `json:"claims,omitempty"`
	Funds         map[string]string            `json:"funds,omitempty"`
	Received      map[string]map[string]string `json:"received,omitempty"`
	Takes         map[string]map[string]string `json:"takes,omitempty"`
	Rounding      map[string]string            `json:"rounding,omitempty"`
	Expect        *result                      `json:"expect,omitempty"`
}

// member is a bare handle, or a handle with what is known of it.
type member struct {
	Handle string   `json:"handle"`
	Stage  string   `json:"stage,omitempty"`
	Roles  []string `json:"roles,omitempty"`
	Joined string   `json:"joined,omitempty"`
	Left   string   `json:"left,omitempty"`
}

type contribution struct {
	Member   string `json:"member"`
	Kind     string `json:"kind"`
	Quantity string `json:"quantity"`
	Rate     string `json:"rate,omitempty"`
	Date     string `json:"date,omitempty"`
	Area     string `json:"area,omitempty"`
}

// result is what an example expects, and what it got.
type result struct {
	Payable map[string]string            `json:"payable,omitempty"`
	Capital map[string]string            `json:"capital,omitempty"`
	Funds   map[string]string            `json:"funds,omitempty"`
	Claims  map[string]map[string]string `json:"claims,omitempty"`
	Left    string                       `json:"left,omitempty"`
}

// readDocument reads YAML, and so JSON.
func readDocument(text string) document {
	converted, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		panic(err)
	}
	return readJSON[document](converted)
}

func readJSON[T any](text []byte) T {
	var value T
	reader := json.NewDecoder(bytes.NewReader(text))
	reader.DisallowUnknownFields()
	if err := reader.Decode(&value); err != nil {
		panic(err)
	}
	return value
}

func (d document) text() []byte {
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		panic(err)
	}
	return text
}

// readWordOr reads what may be a bare word or an object.
func readWordOr(text []byte, word *string, object any) error {
	if bytes.HasPrefix(text, []byte(`"`)) {
		return json.Unmarshal(text, word)
	}
	return json.Unmarshal(text, object)
}

func wordOr(word string, object any) ([]byte, error) {
	if word != "" {
		return json.Marshal(word)
	}
	return json.Marshal(object)
}

type (
	takeObject     take
	byObject       by
	countObject    count
	leftoverObject leftover
	memberObject   member
)

func (t *take) UnmarshalJSON(b []byte) error  { return readWordOr(b, &t.Word, (*takeObject)(t)) }
func (t take) MarshalJSON() ([]byte, error)   { return wordOr(t.Word, takeObject(t)) }
func (y *by) UnmarshalJSON(b []byte) error    { return readWordOr(b, &y.Word, (*byObject)(y)) }
func (y by) MarshalJSON() ([]byte, error)     { return wordOr(y.Word, byObject(y)) }
func (c *count) UnmarshalJSON(b []byte) error { return readWordOr(b, &c.Word, (*countObject)(c)) }
func (c count) MarshalJSON() ([]byte, error)  { return wordOr(c.Word, countObject(c)) }

func (l *leftover) UnmarshalJSON(b []byte) error {
	return readWordOr(b, &l.Word, (*leftoverObject)(l))
}

func (l leftover) MarshalJSON() ([]byte, error) { return wordOr(l.Word, leftoverObject(l)) }

func (m *member) UnmarshalJSON(b []byte) error {
	return readWordOr(b, &m.Handle, (*memberObject)(m))
}

func (m member) MarshalJSON() ([]byte, error) {
	if m.Stage == "" && m.Roles == nil && m.Joined == "" && m.Left == "" {
		return json.Marshal(m.Handle)
	}
	return json.Marshal(memberObject(m))
}

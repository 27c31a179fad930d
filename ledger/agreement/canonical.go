package agreement

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// maxInteger is the largest whole number that every reader of JSON keeps exact.
const maxInteger = 1<<53 - 1

// Digest returns the SHA-256 of Canonical in lower-case hexadecimal.
func (in Inputs) Digest() string {
	sum := sha256.Sum256(in.Canonical())
	return hex.EncodeToString(sum[:])
}

// Canonical returns the inputs as canonical JSON (RFC 8785). Equal inputs give
// equal bytes, whatever the order of their lists. Amounts, weights and balances
// are strings; join numbers, the cut and the settings are integers.
func (in Inputs) Canonical() []byte {
	in = in.normalized()
	w := &canonicalWriter{currency: in.Currency}
	w.text = append(w.text, '{')
	w.member("agreement").string(in.Agreement)
	w.member("carried").money(in.Carried.Amount)
	w.member("claims")
	w.claims(in.Claims)
	w.member("currency").string(string(in.Currency))
	w.member("cut").integer(in.Cut)
	w.member("funds")
	list(w, in.Funds, func(row FundBalance) { w.string(row.Fund).money(row.Balance.Amount) })
	w.member("incomes")
	list(w, in.Incomes, func(row Income) { w.string(row.ID).money(row.Net.Amount) })
	w.member("rounding")
	list(w, in.Rounding, func(row MemberRounding) {
		w.integer(int64(row.Member)).string(row.Balance.String())
	})
	w.member("rules")
	w.rules(in.Rules)
	w.member("settings").integer(in.Settings)
	w.member("through").string(in.Through.String())
	return append(w.text, '}')
}

// canonicalWriter appends JSON without blanks, with commas where they belong.
type canonicalWriter struct {
	text     []byte
	currency ledger.Currency
}

// separate writes the comma that a further value needs.
func (w *canonicalWriter) separate() {
	if last := w.text[len(w.text)-1]; last != '[' && last != '{' && last != ':' {
		w.text = append(w.text, ',')
	}
}

func (w *canonicalWriter) member(name string) *canonicalWriter {
	w.string(name)
	w.text = append(w.text, ':')
	return w
}

func (w *canonicalWriter) integer(n int64) *canonicalWriter {
	w.separate()
	w.text = strconv.AppendInt(w.text, n, 10)
	return w
}

func (w *canonicalWriter) money(amount decimal.Decimal) *canonicalWriter {
	return w.string(ledger.Money{Amount: amount, Currency: w.currency}.Figure())
}

// string writes a string as RFC 8785 has it: only quotes, backslashes and control
// characters are escaped.
func (w *canonicalWriter) string(s string) *canonicalWriter {
	w.separate()
	w.text = append(w.text, '"')
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			w.text = append(w.text, '\\', byte(r))
		case r < ' ':
			w.text = append(w.text, controlEscape(r)...)
		default:
			w.text = utf8.AppendRune(w.text, r)
		}
	}
	w.text = append(w.text, '"')
	return w
}

func controlEscape(r rune) string {
	if i := strings.IndexRune("\b\t\n\f\r", r); i >= 0 {
		return `\` + "btnfr"[i:i+1]
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// list writes an array of arrays.
func list[T any](w *canonicalWriter, rows []T, write func(T)) {
	w.open('[')
	for _, row := range rows {
		w.open('[')
		write(row)
		w.text = append(w.text, ']')
	}
	w.text = append(w.text, ']')
}

func (w *canonicalWriter) open(bracket byte) {
	w.separate()
	w.text = append(w.text, bracket)
}

func (w *canonicalWriter) rules(rules []RuleInputs) {
	w.open('[')
	for _, rule := range rules {
		w.open('{')
		w.member("absent")
		w.weights(rule.Absent)
		w.member("members")
		w.weights(rule.Members)
		w.member("received")
		list(w, rule.Received, func(row MemberAmount) { w.integer(int64(row.Member)).money(row.Amount) })
		w.member("rule").string(rule.Rule)
		w.text = append(w.text, '}')
	}
	w.text = append(w.text, ']')
}

func (w *canonicalWriter) weights(rows []MemberWeights) {
	list(w, rows, func(row MemberWeights) {
		w.integer(int64(row.Member))
		for _, weight := range row.Weights {
			w.string(weight.String())
		}
	})
}

func (w *canonicalWriter) claims(claims Claims) {
	w.open('{')
	w.member("kinds").open('[')
	for _, kind := range claims.Kinds {
		w.string(kind)
	}
	w.text = append(w.text, ']')
	w.member("members")
	list(w, claims.Members, func(row MemberClaims) {
		w.integer(int64(row.Member))
		for _, amount := range row.Amounts {
			w.money(amount)
		}
	})
	w.text = append(w.text, '}')
}

// recordedInputs is the shape of canonical inputs. Its rows are arrays of a join
// number or a name followed by strings.
type recordedInputs struct {
	Agreement string          `json:"agreement"`
	Carried   string          `json:"carried"`
	Claims    recordedClaims  `json:"claims"`
	Currency  ledger.Currency `json:"currency"`
	Cut       int64           `json:"cut"`
	Funds     [][2]string     `json:"funds"`
	Incomes   [][2]string     `json:"incomes"`
	Rounding  []recordedRow   `json:"rounding"`
	Rules     []recordedRule  `json:"rules"`
	Settings  int64           `json:"settings"`
	Through   ledger.Date     `json:"through"`
}

type recordedClaims struct {
	Kinds   []string      `json:"kinds"`
	Members []recordedRow `json:"members"`
}

type recordedRule struct {
	Absent   []recordedRow `json:"absent"`
	Members  []recordedRow `json:"members"`
	Received []recordedRow `json:"received"`
	Rule     string        `json:"rule"`
}

// recordedRow is a join number followed by strings.
type recordedRow struct {
	member int
	values []string
}

// UnmarshalJSON reads an array of one integer and any number of strings.
func (r *recordedRow) UnmarshalJSON(text []byte) error {
	inner := strings.TrimSuffix(strings.TrimPrefix(string(text), "["), "]")
	parts := strings.Split(inner, ",")
	member, err := strconv.Atoi(strings.TrimSpace(parts[0]))
	if err != nil {
		return err
	}
	r.member, r.values = member, make([]string, len(parts)-1)
	for i, part := range parts[1:] {
		part = strings.TrimSpace(part)
		if len(part) < 2 || part[0] != '"' || strings.Trim(part[1:len(part)-1], "-.0123456789") != "" {
			return fmt.Errorf("%q is not a number in quotes", part)
		}
		r.values[i] = part[1 : len(part)-1]
	}
	return nil
}

// ParseInputs reads what Canonical wrote, in any formatting; the inputs have the
// same digest again.
func ParseInputs(text []byte) (Inputs, error) {
	var recorded recordedInputs
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&recorded); err != nil {
		return Inputs{}, malformedInputs(err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Inputs{}, malformedInputs(fmt.Errorf("something follows them"))
	}
	in, err := recorded.inputs()
	if err != nil {
		return Inputs{}, malformedInputs(err)
	}
	return in, nil
}

func malformedInputs(err error) error {
	return ledger.Errorf(ledger.Malformed, "malformed_inputs",
		"These are not the recorded inputs of a distribution: %s.", strings.TrimSuffix(err.Error(), "."))
}

func (r recordedInputs) inputs() (in Inputs, err error) {
	for _, n := range []int64{r.Cut, r.Settings} {
		if n < 0 || n > maxInteger {
			return in, fmt.Errorf("the cut and the settings go from 0 to 2^53−1")
		}
	}
	in = Inputs{
		Agreement: r.Agreement, Currency: r.Currency, Cut: r.Cut, Settings: r.Settings,
		Through: r.Through, Claims: Claims{Kinds: r.Claims.Kinds},
	}
	if in.Carried, err = ledger.ParseMoney(r.Carried, r.Currency); err != nil {
		return in, err
	}
	if err = r.readAmounts(&in); err != nil {
		return in, err
	}
	for _, row := range r.Claims.Members {
		amounts, err := readDecimals(row.values)
		if err != nil || len(amounts) != len(in.Claims.Kinds) {
			return in, fmt.Errorf("the claims of member %d are wrong", row.member)
		}
		in.Claims.Members = append(in.Claims.Members, MemberClaims{row.member, amounts})
	}
	for _, rule := range r.Rules {
		read, err := rule.inputs()
		if err != nil {
			return in, err
		}
		in.Rules = append(in.Rules, read)
	}
	return in, nil
}

func (r recordedRule) inputs() (read RuleInputs, err error) {
	read.Rule = r.Rule
	if read.Members, err = readWeights(r.Members); err != nil {
		return read, err
	}
	if read.Absent, err = readWeights(r.Absent); err != nil {
		return read, err
	}
	received, err := readWeights(r.Received)
	for _, row := range received {
		if len(row.Weights) != 1 {
			return read, fmt.Errorf("what member %d received is wrong", row.Member)
		}
		read.Received = append(read.Received, MemberAmount{row.Member, row.Weights[0]})
	}
	return read, err
}

func (r recordedInputs) readAmounts(in *Inputs) error {
	for _, row := range r.Funds {
		balance, err := ledger.ParseMoney(row[1], r.Currency)
		if err != nil {
			return err
		}
		in.Funds = append(in.Funds, FundBalance{row[0], balance})
	}
	for _, row := range r.Incomes {
		net, err := ledger.ParseMoney(row[1], r.Currency)
		if err != nil {
			return err
		}
		in.Incomes = append(in.Incomes, Income{row[0], net})
	}
	for _, row := range r.Rounding {
		if len(row.values) != 1 {
			return fmt.Errorf("the rounding balance of member %d is wrong", row.member)
		}
		balance, err := ledger.ParseRoundingBalance(row.values[0])
		if err != nil {
			return err
		}
		in.Rounding = append(in.Rounding, MemberRounding{row.member, balance})
	}
	return nil
}

func readWeights(rows []recordedRow) ([]MemberWeights, error) {
	weights := make([]MemberWeights, len(rows))
	for i, row := range rows {
		values, err := readDecimals(row.values)
		if err != nil {
			return nil, err
		}
		weights[i] = MemberWeights{row.member, values}
	}
	return weights, nil
}

// readDecimals reads plain decimals of up to 80 characters, which is more than
// any sum of weights has.
func readDecimals(values []string) ([]decimal.Decimal, error) {
	decimals := make([]decimal.Decimal, len(values))
	for i, value := range values {
		if len(value) > 80 {
			return nil, fmt.Errorf("%q is too long", value)
		}
		d, err := decimal.NewFromString(value)
		if err != nil {
			return nil, fmt.Errorf("%q is not a plain decimal", value)
		}
		decimals[i] = d
	}
	return decimals, nil
}

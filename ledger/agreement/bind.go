package agreement

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// maxWrong bounds how many wrong fields are reported.
const maxWrong = 100

// binder turns nodes into an agreement and collects everything that is wrong.
type binder struct {
	fields   ledger.FieldErrors
	currency ledger.Currency
	// rules counts the rules so far, ids holds where each id was seen.
	rules int
	ids   map[string]string
}

// value is a node and where it stands. Its methods return false after noting what
// is wrong.
type value struct {
	*node
	binder  *binder
	pointer string
}

func (v value) wrong(code, format string, args ...any) {
	if len(v.binder.fields) < maxWrong {
		v.binder.fields.Add(v.pointer, code, format, args...)
	}
}

// child returns the value below, named by a key or an index; no name that long is
// known anywhere.
func (v value) child(name string, n *node) value {
	if len(name) > 100 {
		name = clip(name)
	}
	return value{node: n, binder: v.binder, pointer: v.pointer + "/" + escapePointer.Replace(name)}
}

// text returns a string, refusing what readers would not see as it is.
func (v value) textOf() (string, bool) {
	switch {
	case v.kind == numberNode:
		v.wrong("amount_must_be_string", "Write %q in quotes: numbers are strings here.", clip(v.text))
		return "", false
	case v.kind != stringNode:
		v.wrong("wrong_type", "Write text here, not %s.", v.kind)
		return "", false
	case strings.ContainsFunc(v.text, isHidden):
		v.wrong("invalid_text", "Write it on one line, without control characters.")
		return "", false
	}
	return v.text, true
}

// String says what a node is, for sentences.
func (k nodeKind) String() string {
	return [...]string{"nothing", "true or false", "a number", "text", "a list", "a mapping"}[k]
}

// clip shortens what somebody wrote for a sentence.
func clip(s string) string {
	if utf8.RuneCountInString(s) <= 40 {
		return s
	}
	return string([]rune(s)[:40]) + "…"
}

// title returns text of at most 200 characters that is not blank.
func (v value) title() string {
	text, ok := v.textOf()
	switch {
	case !ok:
	case strings.TrimSpace(text) == "":
		v.wrong("required", "Write a name; it must not be empty.")
	case utf8.RuneCountInString(text) > 200 && utf8.RuneCountInString(counted(text)) > 200:
		v.wrong("too_long", "Write a name of at most 200 characters.")
	}
	return text
}

// handle returns the name of a member, kind, fund, area or rule.
func (v value) handle() (string, bool) {
	text, ok := v.textOf()
	if ok && !ledger.IsHandle(text) {
		v.wrong("invalid_name", `%q is not a name: use 1 to 32 of a–z, 0–9 and "-".`, clip(text))
		return "", false
	}
	return text, ok
}

// parsed returns what the parser makes of a string.
func parsed[T any](v value, parse func(string) (T, error)) (result T, ok bool) {
	text, ok := v.textOf()
	if !ok {
		return result, false
	}
	result, err := parse(text)
	if err != nil {
		if len(v.binder.fields) < maxWrong {
			v.binder.fields.AddError(v.pointer, err)
		}
		return result, false
	}
	return result, true
}

// amount returns money that is not negative.
func (v value) amount() (ledger.Money, bool) {
	money, ok := parsed(v, func(s string) (ledger.Money, error) {
		return ledger.ParseMoney(s, v.binder.currency)
	})
	if ok && money.Sign() < 0 {
		v.wrong("negative", "Write an amount that is not negative.")
	}
	return money, ok && money.Sign() >= 0
}

// positiveAmount returns money above zero.
func (v value) positiveAmount() ledger.Money {
	money, ok := v.amount()
	if ok && money.IsZero() {
		v.wrong("not_positive", "Write an amount above zero.")
	}
	return money
}

// quantity returns a number that is not negative, with at most 6 decimals.
func (v value) quantity() decimal.Decimal {
	d, _ := parsed(v, ledger.ParseQuantity)
	return d
}

// positive returns a quantity above zero.
func (v value) positive() decimal.Decimal {
	d, ok := parsed(v, ledger.ParseQuantity)
	if ok && d.IsZero() {
		v.wrong("not_positive", "Write a number above zero.")
	}
	return d
}

// percent returns what read makes of it, up to 100.
func (v value) percent(read func(value) decimal.Decimal) decimal.Decimal {
	d := read(v)
	if d.GreaterThan(hundred) {
		v.wrong("percent_over_100", "A percentage is 100 at the most.")
	}
	return d
}

var hundred = decimal.New(100, 0)

func (v value) date() ledger.Date {
	date, _ := parsed(v, ledger.ParseDate)
	return date
}

// oneOf returns a word that must be one of those listed.
func (v value) oneOf(code string, words ...string) string {
	text, ok := v.textOf()
	if ok && !slices.Contains(words, text) {
		v.wrong(code, "%q is not known here; use %s.", clip(text), strings.Join(words, ", "))
		return ""
	}
	return text
}

// list returns the items of a list that has at least one.
func (v value) list() []value {
	if v.kind != arrayNode {
		v.wrong("wrong_type", "Write a list here, not %s.", v.kind)
		return nil
	}
	if len(v.items) == 0 {
		v.wrong("required", "Write at least one entry.")
	}
	values := make([]value, len(v.items))
	for i, item := range v.items {
		values[i] = v.child(itoa(i), item)
	}
	return values
}

// names returns a list of different names.
func (v value) names() []string {
	names := []string{}
	for _, item := range v.list() {
		name, ok := item.handle()
		if ok && slices.Contains(names, name) {
			item.wrong("duplicate", "%q is listed twice.", name)
		}
		names = append(names, name)
	}
	return names
}

// object is a mapping whose keys are known.
type object struct {
	value
	members map[string]value
}

// object reads a mapping with no other keys than these, each at most once.
func (v value) object(known ...string) (object, bool) {
	o := object{value: v, members: map[string]value{}}
	if v.kind != objectNode {
		v.wrong("wrong_type", "Write a mapping here, not %s; its keys are %s.", v.kind,
			strings.Join(known, ", "))
		return o, false
	}
	for i, key := range v.keys {
		member := v.child(key, v.items[i])
		_, twice := o.members[key]
		switch {
		case !slices.Contains(known, key):
			member.unknownKey(key, known)
		case twice:
			member.wrong("duplicate_field", "%q is there twice; keep one.", key)
		default:
			o.members[key] = member
		}
	}
	return o, true
}

// unknownKey notes a key that is not known, unless enough is noted already: looking
// for the nearest takes time.
func (v value) unknownKey(key string, known []string) {
	if len(v.binder.fields) < maxWrong {
		v.wrong("unknown_field", "%q is not known here%s", clip(key), suggestion(key, known))
	}
}

// has returns the member if it is there.
func (o object) has(key string) (value, bool) {
	member, found := o.members[key]
	return member, found
}

// needs returns the member and notes if it is missing.
func (o object) needs(key string) (value, bool) {
	member, found := o.members[key]
	if !found {
		o.child(key, nil).wrong("required", "%q is missing.", key)
	}
	return member, found
}

// exactlyOne returns which one of the keys is there, and notes if none or several
// are.
func (o object) exactlyOne(keys ...string) (key string, member value) {
	for _, candidate := range keys {
		found, ok := o.members[candidate]
		switch {
		case ok && key == "":
			key, member = candidate, found
		case ok:
			found.wrong("not_allowed_here", "%q and %q exclude each other; keep one.", key, candidate)
		}
	}
	if key == "" {
		o.wrong("required", "One of these is missing: %s.", strings.Join(keys, ", "))
	}
	return key, member
}

// named calls read for each member of a mapping whose keys are names.
func (v value) named(read func(name string, member value)) {
	if v.kind != objectNode {
		v.wrong("wrong_type", "Write a mapping from names here, not %s.", v.kind)
		return
	}
	seen := map[string]bool{}
	for i, key := range v.keys {
		member := v.child(key, v.items[i])
		switch {
		case !ledger.IsHandle(key):
			member.wrong("invalid_name", `%q is not a name: use 1 to 32 of a–z, 0–9 and "-".`, clip(key))
		case seen[key]:
			member.wrong("duplicate_field", "%q is there twice; keep one.", key)
		default:
			seen[key] = true
			read(key, member)
		}
	}
}

// Suggestion ends a sentence about a name that is none of the words, with the
// nearest of them if one is near.
func Suggestion(written string, words []string) string { return suggestion(written, words) }

// suggestion ends a sentence about what was written, with the nearest word if one
// is near.
func suggestion(written string, words []string) string {
	best, least := "", 3
	for _, word := range words {
		if len(written) > 40 {
			break
		}
		if d := distance(strings.ToLower(written), word); d < least && d < len(word) {
			best, least = word, d
		}
	}
	if best == "" {
		return "."
	}
	return `; did you mean "` + best + `"?`
}

// distance counts the letters to change, add or leave out between two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for i := range row {
		row[i] = i
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost++
			}
			corner = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

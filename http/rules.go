package http

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

const (
	usualText  = 200 // characters, where the tag says nothing else
	usualItems = 500 // items of an array, where the tag says nothing else
	scalarText = 64  // characters of a date, an amount or an id
)

// rules are what the tags of a field say about its values.
type rules struct {
	optional    bool
	longest     int
	fewest      int
	largest     int
	least, most *int
	oneOf       []string
	// unique says that no item of an array is there twice.
	unique bool
}

// field is one field of a struct, as callers see it.
type field struct {
	name  string
	index []int
	rules rules
}

// fieldTable holds the fields of one struct, in order and by name.
type fieldTable struct {
	list  []field
	index map[string]int
}

var fieldTables sync.Map // of reflect.Type to *fieldTable

// fieldsOf returns the fields of a struct type; those of embedded structs are
// fields of the struct itself.
func fieldsOf(t reflect.Type) *fieldTable {
	if known, ok := fieldTables.Load(t); ok {
		return known.(*fieldTable)
	}
	table := &fieldTable{index: map[string]int{}}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			continue
		}
		table.index[name] = len(table.list)
		table.list = append(table.list, field{name: name, index: f.Index, rules: rulesOf(f, options)})
	}
	known, _ := fieldTables.LoadOrStore(t, table)
	return known.(*fieldTable)
}

// nothingRequired reports whether all fields of a body may be left out, so that
// it may be left out itself.
func nothingRequired(t reflect.Type) bool {
	return !slices.ContainsFunc(fieldsOf(t).list, func(f field) bool { return !f.rules.optional })
}

// rulesOf reads the tags of a field. A tag that makes no sense is our own defect.
func rulesOf(f reflect.StructField, options string) rules {
	r := rules{optional: slices.Contains(strings.Split(options, ","), "omitzero")}
	r.unique = f.Tag.Get("uniqueItems") == "true"
	r.longest = numberTag(f, "maxLength", 0)
	r.fewest = numberTag(f, "minItems", 0)
	r.largest = numberTag(f, "maxItems", 0)
	if _, ok := f.Tag.Lookup("minimum"); ok {
		least := numberTag(f, "minimum", 0)
		r.least = &least
	}
	if _, ok := f.Tag.Lookup("maximum"); ok {
		most := numberTag(f, "maximum", 0)
		r.most = &most
	}
	if oneOf := f.Tag.Get("enum"); oneOf != "" {
		r.oneOf = strings.Split(oneOf, ",")
	}
	return r
}

func numberTag(f reflect.StructField, tag string, unsaid int) int {
	text, ok := f.Tag.Lookup(tag)
	if !ok {
		return unsaid
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(fmt.Sprintf("field %s: tag %s is no number: %q", f.Name, tag, text))
	}
	return n
}

// ofItem returns the rules for each item of an array: those about values, and
// none about how many there are.
func (r rules) ofItem() rules {
	return rules{longest: r.longest, oneOf: r.oneOf, least: r.least, most: r.most}
}

func (r rules) mostItems() int {
	if r.largest > 0 {
		return r.largest
	}
	return usualItems
}

// longestOf returns how many characters a value of the type may have.
func (r rules) longestOf(t reflect.Type) int {
	switch {
	case r.longest > 0:
		return r.longest
	case t.Kind() == reflect.String && !reflect.PointerTo(t).Implements(textType):
		return usualText
	}
	return scalarText
}

func (r rules) span() string {
	switch {
	case r.least == nil:
		return "0 to " + strconv.Itoa(*r.most)
	case r.most == nil:
		return strconv.Itoa(*r.least) + " on"
	}
	return strconv.Itoa(*r.least) + " to " + strconv.Itoa(*r.most)
}

// tooLong is what a string gets that is refused by its length alone.
func tooLong(t reflect.Type, r rules) error {
	switch {
	case isDecimal(t):
		_, err := ledger.ParseDecimal("")
		return err
	case t == reflect.TypeFor[ledger.Date]():
		_, err := ledger.ParseDate("")
		return err
	}
	return ledger.Errorf(ledger.Invalid, "too_long", "At most %d characters fit here.", r.longestOf(t))
}

// setText reads a value that is written as a string, in a body or in a query.
func setText(v reflect.Value, s string, r rules) error {
	switch into := v.Addr().Interface().(type) {
	case *decimal.Decimal:
		return set(into, s, ledger.ParseQuantity)
	case *time.Time:
		return set(into, s, parseInstant)
	case *ledger.Date:
		return set(into, s, ledger.ParseDate)
	case encoding.TextUnmarshaler:
		return asField(into.UnmarshalText([]byte(s)))
	}
	return setPlain(v, s, r)
}

// asField turns what is said of an id that is none, as of a path, into what is
// said of a field.
func asField(err error) error {
	var refusal *ledger.Error
	if errors.As(err, &refusal) && refusal.Kind == ledger.NotFound {
		return ledger.Errorf(ledger.Invalid, "invalid_id", "%s", refusal.Message)
	}
	return err
}

func set[T any](into *T, s string, parse func(string) (T, error)) (err error) {
	*into, err = parse(s)
	return err
}

// setPlain takes text as it is, if it can be seen, fits and is one of those that
// are allowed.
func setPlain(v reflect.Value, s string, r rules) error {
	if s == "" && !r.optional {
		return ledger.Errorf(ledger.Invalid, "required", "This is needed.")
	}
	if err := ledger.CheckText(s, r.longestOf(v.Type())); err != nil {
		return err
	}
	if len(r.oneOf) > 0 && !slices.Contains(r.oneOf, s) {
		return ledger.Errorf(ledger.Invalid, "unknown_value", "Write one of: %s.",
			strings.Join(r.oneOf, ", "))
	}
	v.SetString(s)
	return nil
}

// parseInstant reads an instant of RFC 3339 and returns it in UTC.
func parseInstant(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() < 1900 || t.Year() > 9998 {
		return time.Time{}, ledger.Errorf(ledger.Invalid, "invalid_instant",
			"Write an instant as 2026-10-31T18:30:00Z.")
	}
	return t.UTC(), nil
}

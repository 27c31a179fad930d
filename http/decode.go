package http

import (
	"encoding"
	"errors"
	"reflect"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// decode reads a JSON object into the struct that into points to, and reports
// every wrong field at once. Names must be spelled as the struct has them.
func decode(body []byte, into any) error {
	b := binder{decoder: newDecoder(body)}
	if err := scan(body, &b.wrong); err != nil {
		return err
	}
	if err := b.value(reflect.ValueOf(into).Elem(), rules{}); err != nil {
		return malformed(b.decoder.InputOffset())
	}
	return b.wrong.Err()
}

// binder puts JSON values into Go values. Its methods return errors of the
// decoder only, which scan leaves none of; what is wrong with a value goes into
// wrong, at the decoder's place.
type binder struct {
	decoder *jsontext.Decoder
	wrong   ledger.FieldErrors
}

func (b *binder) refuse(code, format string, args ...any) {
	addWrong(&b.wrong, string(b.decoder.StackPointer()), code, format, args...)
}

var (
	moneyType   = reflect.TypeFor[ledger.Money]()
	decimalType = reflect.TypeFor[decimal.Decimal]()
	amountType  = reflect.TypeFor[amountText]()
	textType    = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func isDecimal(t reflect.Type) bool { return t == decimalType || t == amountType }

// isScalar reports whether values of the type are written as one JSON string,
// number or boolean.
func isScalar(t reflect.Type) bool {
	if isDecimal(t) || reflect.PointerTo(t).Implements(textType) {
		return true
	}
	return t.Kind() != reflect.Struct && t.Kind() != reflect.Slice && t.Kind() != reflect.Map
}

// value reads the next JSON value into v.
func (b *binder) value(v reflect.Value, r rules) error {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	kind := b.decoder.PeekKind()
	switch {
	case kind == 'n':
		return b.null(r)
	case v.Type() == moneyType:
		return b.money(v)
	case isScalar(v.Type()):
		return b.scalar(v, r)
	case v.Kind() == reflect.Slice:
		return b.array(v, r)
	case kind != '{':
		return b.mismatch("an object")
	case v.Kind() == reflect.Map:
		return b.byName(v, r)
	}
	return b.object(v)
}

// null refuses null: what is needed is missing, what is optional is left out.
func (b *binder) null(r rules) error {
	if err := b.decoder.SkipValue(); err != nil {
		return err
	}
	if r.optional {
		b.refuse("wrong_type", "Leave this out instead of sending null.")
		return nil
	}
	b.refuse("required", "This is needed and must not be null.")
	return nil
}

// mismatch skips a value of another type than the one wanted.
func (b *binder) mismatch(wanted string) error {
	err := b.decoder.SkipValue()
	b.refuse("wrong_type", "This must be %s.", wanted)
	return err
}

// object reads the fields of a struct.
func (b *binder) object(v reflect.Value) error {
	fields := fieldsOf(v.Type())
	given := make([]bool, len(fields.list))
	if _, err := b.decoder.ReadToken(); err != nil {
		return err
	}
	for b.decoder.PeekKind() == '"' {
		name, err := b.decoder.ReadToken()
		if err != nil {
			return err
		}
		i, known := fields.index[name.String()]
		if !known {
			if err := b.unknown(); err != nil {
				return err
			}
			continue
		}
		given[i] = true
		if err := b.value(v.FieldByIndex(fields.list[i].index), fields.list[i].rules); err != nil {
			return err
		}
	}
	_, err := b.decoder.ReadToken()
	b.missing(fields.list, given)
	return err
}

func (b *binder) unknown() error {
	err := b.decoder.SkipValue()
	b.refuse("unknown_field", "There is no such field here; correct its name or leave it out.")
	return err
}

// missing notes the required fields of the object read last that were not given.
func (b *binder) missing(fields []field, given []bool) {
	for i, f := range fields {
		if !given[i] && !f.rules.optional {
			pointer := b.decoder.StackPointer().AppendToken(f.name)
			addWrong(&b.wrong, string(pointer), "required", "This is needed.")
		}
	}
}

// array reads a slice, and no further than its bound.
func (b *binder) array(v reflect.Value, r rules) error {
	if b.decoder.PeekKind() != '[' {
		return b.mismatch("an array")
	}
	if _, err := b.decoder.ReadToken(); err != nil {
		return err
	}
	n, before, seen := 0, len(b.wrong), map[any]bool{}
	for ; b.decoder.PeekKind() != ']'; n++ {
		if n >= r.mostItems() {
			if err := b.decoder.SkipValue(); err != nil {
				return err
			}
			continue
		}
		item := reflect.New(v.Type().Elem()).Elem()
		if err := b.value(item, r.ofItem()); err != nil {
			return err
		}
		v.Set(reflect.Append(v, item))
		if r.unique {
			b.once(item.Interface(), seen)
		}
	}
	if n > r.mostItems() {
		// That there are too many says more than what is wrong with the first.
		b.wrong = b.wrong[:before]
	}
	_, err := b.decoder.ReadToken()
	b.count(n, r)
	return err
}

// once refuses an item, a scalar, that was seen before.
func (b *binder) once(item any, seen map[any]bool) {
	if seen[item] {
		b.refuse("duplicate_item", "This is named twice; name it once.")
	}
	seen[item] = true
}

// byName reads a map, whose keys are names that the caller chose.
func (b *binder) byName(v reflect.Value, r rules) error {
	if _, err := b.decoder.ReadToken(); err != nil {
		return err
	}
	v.Set(reflect.MakeMap(v.Type()))
	for b.decoder.PeekKind() == '"' {
		token, err := b.decoder.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		item := reflect.New(v.Type().Elem()).Elem()
		if v.Len() >= r.mostItems() {
			return b.skipRest(r)
		}
		if err := b.value(item, r.ofItem()); err != nil {
			return err
		}
		if err := ledger.RequiredText(name, 100); err != nil {
			b.wrong.AddError(string(b.decoder.StackPointer()), err)
			continue
		}
		v.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), item)
	}
	_, err := b.decoder.ReadToken()
	b.count(v.Len(), r)
	return err
}

// skipRest reads to the end of an object that has too many members already, the
// value of the one it is at first.
func (b *binder) skipRest(r rules) error {
	for b.decoder.PeekKind() != '}' {
		if err := b.decoder.SkipValue(); err != nil {
			return err
		}
	}
	_, err := b.decoder.ReadToken()
	b.count(r.mostItems()+1, r)
	return err
}

func (b *binder) count(n int, r rules) {
	switch {
	case n > r.mostItems():
		b.refuse("too_many_items", "At most %d fit here; send the others separately.", r.mostItems())
	case n < r.fewest:
		b.refuse("required", "At least %d are needed here.", r.fewest)
	}
}

// scalar reads a string, number or boolean.
func (b *binder) scalar(v reflect.Value, r rules) error {
	kind := b.decoder.PeekKind()
	raw, err := b.decoder.ReadValue()
	if err != nil {
		return err
	}
	switch v.Kind() {
	case reflect.Bool:
		b.boolean(v, kind)
	case reflect.Int:
		b.whole(v, kind, raw, r)
	default:
		b.text(v, kind, raw, r)
	}
	return nil
}

func (b *binder) boolean(v reflect.Value, kind jsontext.Kind) {
	if kind != 't' && kind != 'f' {
		b.refuse("wrong_type", "This must be true or false.")
		return
	}
	v.SetBool(kind == 't')
}

func (b *binder) whole(v reflect.Value, kind jsontext.Kind, raw []byte, r rules) {
	if kind != '0' {
		b.refuse("wrong_type", "This must be a whole number.")
		return
	}
	b.note(setWhole(v, string(raw[:min(len(raw), 32)]), r))
}

// text reads what is written as a JSON string. A string far longer than its
// bound is refused unread, since an escaped character takes up to 12 bytes.
func (b *binder) text(v reflect.Value, kind jsontext.Kind, raw []byte, r rules) {
	switch {
	case kind == '0' && isDecimal(v.Type()):
		b.refuse("amount_must_be_string", `Amounts and quantities are strings, as "1234.50".`)
	case kind != '"':
		b.refuse("wrong_type", "This must be a string.")
	case len(raw) > 12*r.longestOf(v.Type())+2:
		b.note(tooLong(v.Type(), r))
	default:
		if unquoted, err := jsontext.AppendUnquote(nil, raw); err == nil {
			b.note(setText(v, string(unquoted), r))
		}
	}
}

func (b *binder) note(err error) {
	if err != nil && len(b.wrong) < mostWrong {
		b.wrong.AddError(string(b.decoder.StackPointer()), err)
	}
}

// moneyBody is how ledger.Money is written.
type moneyBody struct {
	Amount   amountText `json:"amount" doc:"The amount, with at most the currency's own decimals."`
	Currency string     `json:"currency" maxLength:"3" doc:"A code of ISO 4217." example:"EUR"`
}

// amountText is a decimal of either sign; the books say where a sign is allowed.
type amountText struct{ decimal.Decimal }

// UnmarshalText takes what ledger.ParseDecimal takes.
func (a *amountText) UnmarshalText(text []byte) (err error) {
	a.Decimal, err = ledger.ParseDecimal(string(text))
	return err
}

// money reads an amount and its currency, and both as Money.
func (b *binder) money(v reflect.Value) error {
	if b.decoder.PeekKind() != '{' {
		return b.mismatch(`an object such as {"amount": "12.50", "currency": "EUR"}`)
	}
	var in moneyBody
	before := len(b.wrong)
	if err := b.object(reflect.ValueOf(&in).Elem()); err != nil || len(b.wrong) > before {
		return err
	}
	money, err := ledger.NewMoney(in.Amount.Decimal, ledger.Currency(in.Currency))
	var refusal *ledger.Error
	if errors.As(err, &refusal) {
		member := "amount"
		if refusal.Code == "unknown_currency" {
			member = "currency"
		}
		pointer := b.decoder.StackPointer().AppendToken(member)
		b.wrong.AddError(string(pointer), refusal)
		return nil
	}
	v.Set(reflect.ValueOf(money))
	return nil
}

// setWhole reads a whole number, as JSON and queries write it.
func setWhole(v reflect.Value, s string, r rules) error {
	n, err := strconv.Atoi(s)
	if err != nil || strconv.Itoa(n) != s {
		return ledger.Errorf(ledger.Invalid, "wrong_type", "This must be a whole number such as 3.")
	}
	if r.least != nil && n < *r.least || r.most != nil && n > *r.most {
		return ledger.Errorf(ledger.Invalid, "out_of_range", "This must be from %s.", r.span())
	}
	v.SetInt(int64(n))
	return nil
}

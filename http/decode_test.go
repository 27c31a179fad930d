package http

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// sample has a field of every sort that bodies have.
type sample struct {
	Name     string                     `json:"name" maxLength:"20"`
	Note     string                     `json:"note,omitzero"`
	Quantity decimal.Decimal            `json:"quantity,omitzero"`
	Price    *ledger.Money              `json:"price,omitzero"`
	Date     ledger.Date                `json:"date,omitzero"`
	At       time.Time                  `json:"at,omitzero"`
	Income   ledger.IncomeID            `json:"income,omitzero"`
	Stage    ledger.Stage               `json:"stage,omitzero" enum:"guest,member"`
	Reviews  int                        `json:"reviews,omitzero" minimum:"0" maximum:"9"`
	Public   bool                       `json:"public,omitzero"`
	Items    []sampleItem               `json:"items,omitzero" maxItems:"3"`
	Shares   map[string]decimal.Decimal `json:"shares,omitzero" maxItems:"3"`
}

type sampleItem struct {
	Code string `json:"code"`
}

func TestDecode(t *testing.T) {
	body := `{"name":"Ana \u00e9","quantity":"7.5","price":{"amount":"-1234.50","currency":"EUR"},
		"date":"2026-10-31","at":"2026-10-31T20:30:00+02:00","stage":"member","reviews":2,"public":true,
		"items":[{"code":"a"},{"code":"b"}],"shares":{"ana":"3","bo":"1"}}`
	var got sample
	if err := decode([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	price, err := ledger.ParseMoney("-1234.50", "EUR")
	if err != nil {
		t.Fatal(err)
	}
	want := sample{
		Name: "Ana é", Quantity: decimal.RequireFromString("7.5"), Price: &price,
		Date: ledger.NewDate(2026, 10, 31), At: time.Date(2026, 10, 31, 18, 30, 0, 0, time.UTC),
		Stage: "member", Reviews: 2, Public: true, Items: []sampleItem{{"a"}, {"b"}},
		Shares: map[string]decimal.Decimal{"ana": decimal.New(3, 0), "bo": decimal.New(1, 0)},
	}
	if diff := cmp.Diff(want, got, sameDay); diff != "" {
		t.Error(diff)
	}
}

// sameDay compares days, whose fields are their own.
var sameDay = cmp.Comparer(func(d, e ledger.Date) bool { return d == e })

// wrong is a refusal in short: its status, its code, and the code of each field.
type wrong struct {
	Status int
	Code   string
	Fields map[string]string
}

func refusal(t *testing.T, err error) wrong {
	t.Helper()
	var e *ledger.Error
	if !errors.As(err, &e) {
		t.Fatalf("no refusal: %v", err)
	}
	w := wrong{Status: statusOf(e), Code: e.Code, Fields: map[string]string{}}
	for _, f := range e.Fields {
		w.Fields[f.Pointer] = f.Code
	}
	return w
}

func TestDecodeRefusesMalformedBodies(t *testing.T) {
	malformed := wrong{400, "malformed_json", map[string]string{}}
	for _, test := range []struct {
		name, body string
		want       wrong
	}{
		{"case 4 same key twice", `{"name":"a","name":"b"}`,
			wrong{400, "duplicate_field", map[string]string{"/name": "duplicate_field"}}},
		{"case 4 other case", `{"name":"a","Name":"b"}`,
			wrong{400, "duplicate_field", map[string]string{"/Name": "duplicate_field"}}},
		{"case 4 Kelvin sign", "{\"name\":\"a\",\"k\":1,\"\u212a\":1}",
			wrong{400, "duplicate_field", map[string]string{"/\u212a": "duplicate_field"}}},
		{"case 4 escaped", `{"name":"a","\u006eame":"b"}`,
			wrong{400, "duplicate_field", map[string]string{"/name": "duplicate_field"}}},
		{"case 4 deep", `{"name":"a","items":[{"code":"a","code":"b"}]}`,
			wrong{400, "duplicate_field", map[string]string{"/items/0/code": "duplicate_field"}}},
		{"case 4 in what is unknown", `{"name":"a","x":[{"y":1,"Y":2}]}`,
			wrong{400, "duplicate_field", map[string]string{"/x/0/Y": "duplicate_field"}}},
		{"case 6 empty", ``, malformed},
		{"case 6 blank", " \n", malformed},
		{"case 6 bytes after", `{"name":"a"}x`, malformed},
		{"case 6 two objects", `{"name":"a"}{"name":"b"}`, malformed},
		{"case 6 null", `null`, malformed},
		{"case 6 array", `[]`, malformed},
		{"case 6 string", `"a"`, malformed},
		{"case 6 cut", `{"name":"a"`, malformed},
		{"case 6 comment", `{"name":"a"/**/}`, malformed},
		{"case 6 trailing comma", `{"name":"a",}`, malformed},
		{"case 6 byte order mark", "\ufeff{\"name\":\"a\"}", malformed},
		{"case 7 nesting", `{"name":` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + `}`,
			malformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			var into sample
			got := refusal(t, decode([]byte(test.body), &into))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// wrongFields are bodies with one wrong field each.
var wrongFields = []struct{ name, field, pointer, code string }{
	{"case 1 number", `"quantity":12`, "/quantity", "amount_must_be_string"},
	{"case 1 exponent", `"quantity":"1e5"`, "/quantity", "malformed_amount"},
	{"case 1 number with exponent", `"quantity":1e5`, "/quantity", "amount_must_be_string"},
	{"case 1 plus", `"quantity":"+1"`, "/quantity", "malformed_amount"},
	{"case 1 bare point before", `"quantity":".5"`, "/quantity", "malformed_amount"},
	{"case 1 bare point after", `"quantity":"1."`, "/quantity", "malformed_amount"},
	{"case 1 minus zero", `"quantity":"-0"`, "/quantity", "malformed_amount"},
	{"case 1 blank", `"quantity":" 1"`, "/quantity", "malformed_amount"},
	{"case 1 underscore", `"quantity":"1_000"`, "/quantity", "malformed_amount"},
	{"case 1 comma", `"quantity":"1,50"`, "/quantity", "malformed_amount"},
	{"case 1 fullwidth", `"quantity":"１"`, "/quantity", "malformed_amount"},
	{"case 1 Arabic digit", `"quantity":"٣"`, "/quantity", "malformed_amount"},
	{"case 1 U+2212", `"quantity":"−1"`, "/quantity", "malformed_amount"},
	{"case 1 empty", `"quantity":""`, "/quantity", "malformed_amount"},
	{"case 1 not a number", `"quantity":"NaN"`, "/quantity", "malformed_amount"},
	{"case 1 infinity", `"quantity":"Infinity"`, "/quantity", "malformed_amount"},
	{"case 1 money as number", `"price":{"amount":1,"currency":"EUR"}`, "/price/amount",
		"amount_must_be_string"},
	{"case 1 money as string", `"price":"1.00"`, "/price", "wrong_type"},
	{"case 3 decimals", `"price":{"amount":"1.001","currency":"EUR"}`, "/price/amount",
		"too_many_decimals"},
	{"case 3 decimals of yen", `"price":{"amount":"1.5","currency":"JPY"}`, "/price/amount",
		"too_many_decimals"},
	{"case 3 too much", `"price":{"amount":"1000000000000001","currency":"EUR"}`, "/price/amount",
		"amount_out_of_range"},
	{"case 3 currency", `"price":{"amount":"1","currency":"XXX"}`, "/price/currency",
		"unknown_currency"},
	{"case 4 other case only", `"Quantity":"1"`, "/Quantity", "unknown_field"},
	{"case 5 unknown", `"is_admin":true`, "/is_admin", "unknown_field"},
	{"case 5 unknown in money", `"price":{"amount":"1","currency":"EUR","x":1}`, "/price/x",
		"unknown_field"},
	{"case 5 pointer is escaped", `"a/b~c":1`, "/a~1b~0c", "unknown_field"},
	{"case 6 null", `"price":{"amount":null,"currency":"EUR"}`, "/price/amount", "required"},
	{"case 6 optional null", `"note":null`, "/note", "wrong_type"},
	{"case 7 items", `"items":[{"code":"a"},{"code":"b"},{"code":"c"},{"code":"d"}]`, "/items",
		"too_many_items"},
	{"case 7 members", `"shares":{"a":"1","b":"1","c":"1","d":"1","e":"1"}`, "/shares",
		"too_many_items"},
	{"case 9 NUL", `"note":"a\u0000"`, "/note", "invalid_text"},
	{"case 9 bad bytes", "\"note\":\"a\xff\"", "/note", "invalid_text"},
	{"case 9 lone surrogate", `"note":"a\ud800"`, "/note", "invalid_text"},
	{"case 9 halves in the wrong order", `"note":"\udc00\ud800"`, "/note", "invalid_text"},
	{"case 9 bidirectional", `"note":"a\u202eb"`, "/note", "invalid_text"},
	{"case 9 zero width", `"note":"a\u200bb"`, "/note", "invalid_text"},
	{"case 9 long", `"note":"` + strings.Repeat("a", 201) + `"`, "/note", "too_long"},
	{"case 9 very long", `"note":"` + strings.Repeat(`\n`, 500_000) + `"`, "/note", "too_long"},
	{"case 11 no such day", `"date":"2026-02-30"`, "/date", "invalid_date"},
	{"case 11 year 0", `"date":"0000-01-01"`, "/date", "invalid_date"},
	{"case 11 year 9999", `"date":"9999-01-01"`, "/date", "invalid_date"},
	{"case 11 instant for a date", `"date":"2026-10-31T00:00:00Z"`, "/date", "invalid_date"},
	{"case 11 hour 24", `"at":"2026-10-31T24:00:00Z"`, "/at", "invalid_instant"},
	{"case 11 leap second", `"at":"2016-12-31T23:59:60Z"`, "/at", "invalid_instant"},
	{"id of another noun", `"income":"mem_06fa0m4h7kx8r9w2t5v3y6z1bc"`, "/income", "invalid_id"},
	{"value not in the list", `"stage":"king"`, "/stage", "unknown_value"},
	{"whole number out of range", `"reviews":10`, "/reviews", "out_of_range"},
	{"fraction for a whole number", `"reviews":1.5`, "/reviews", "wrong_type"},
	{"exponent for a whole number", `"reviews":1e0`, "/reviews", "wrong_type"},
	{"string for a whole number", `"reviews":"1"`, "/reviews", "wrong_type"},
	{"string for a boolean", `"public":"true"`, "/public", "wrong_type"},
	{"number for text", `"note":5`, "/note", "wrong_type"},
	{"object for an array", `"items":{}`, "/items", "wrong_type"},
	{"array for an object", `"items":[[]]`, "/items/0", "wrong_type"},
	{"missing in an item", `"items":[{"code":"a"},{}]`, "/items/1/code", "required"},
}

func TestDecodeRefusesWrongFields(t *testing.T) {
	for _, test := range wrongFields {
		t.Run(test.name, func(t *testing.T) {
			var into sample
			got := refusal(t, decode([]byte(`{"name":"a",`+test.field+`}`), &into))
			want := wrong{422, test.code, map[string]string{test.pointer: test.code}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeReportsAllWrongFields(t *testing.T) {
	var into sample
	body := `{"quantity":1,"date":"x","note":"\ud800","stage":"king","typo":1}`
	got := refusal(t, decode([]byte(body), &into))
	want := wrong{422, "invalid_date", map[string]string{
		"/date": "invalid_date", "/name": "required", "/note": "invalid_text",
		"/quantity": "amount_must_be_string", "/stage": "unknown_value", "/typo": "unknown_field",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestCase9_Names holds that a name that is no text is refused at its object.
func TestCase9_Names(t *testing.T) {
	var into sample
	got := refusal(t, decode([]byte("{\"name\":\"a\",\"\xff\":1}"), &into))
	if got.Status != 422 || got.Fields[""] != "invalid_text" {
		t.Errorf("got %+v, want 422 with invalid_text at the object", got)
	}
}

// TestCase2 sends numbers that would take seconds and gigabytes to parse.
func TestCase2_HugeNumbers(t *testing.T) {
	digits := strings.Repeat("9", 1_000_000)
	for _, test := range []struct{ name, body string }{
		{"huge exponent", `{"name":"a","quantity":"1e999999999"}`},
		{"million digits in a string", `{"name":"a","quantity":"` + digits + `"}`},
		{"million digits", `{"name":"a","quantity":` + digits + `}`},
		{"million digits of money", `{"name":"a","price":{"amount":"` + digits + `","currency":"EUR"}}`},
		{"million digits for a whole number", `{"name":"a","reviews":` + digits + `}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			body, best, least := []byte(test.body), time.Hour, uint64(1<<60)
			for range 5 {
				var before, after runtime.MemStats
				var into sample
				runtime.ReadMemStats(&before)
				start := time.Now()
				err := decode(body, &into)
				took := time.Since(start)
				runtime.ReadMemStats(&after)
				if got := refusal(t, err); got.Status != 422 {
					t.Fatalf("got %+v, want 422", got)
				}
				best, least = min(best, took), min(least, after.TotalAlloc-before.TotalAlloc)
			}
			// A slow machine and the race detector slow a plain reading down as well.
			start := time.Now()
			stdjson.Valid(body)
			if most := max(5*time.Millisecond, 10*time.Since(start)); best > most || least > 1<<20 {
				t.Errorf("took %v and %d bytes, want under %v and 1 MB", best, least, most)
			}
		})
	}
}

// TestDecodeReportsNoEndlessList bounds the answer to a body of wrong fields.
func TestDecodeReportsNoEndlessList(t *testing.T) {
	var body bytes.Buffer
	body.WriteString(`{"name":"a"`)
	for i := range 10_000 {
		fmt.Fprintf(&body, `,"f%d":1`, i)
	}
	body.WriteString(`}`)
	var into sample
	if got := refusal(t, decode(body.Bytes(), &into)); len(got.Fields) > mostWrong {
		t.Errorf("%d fields are reported", len(got.Fields))
	}
}

// FuzzDecode holds that no body whatever brings anything but a value or a
// refusal, and that what is taken once is taken again.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"name":"a","price":{"amount":"1.50","currency":"EUR"},"items":[{"code":"b"}]}`))
	f.Add([]byte(`{"name":"a","shares":{"a":"1","b":"1","c":"1","d":"1","e":{"f":[]}},"reviews":3}`))
	f.Add([]byte(`{"name":"a","name":"b"}`))
	f.Add([]byte(`{"name":"\ud800","\xff":1}`))
	f.Add([]byte(`{"at":"2026-10-31T18:30:00Z","stage":"member","public":true,"date":"2026-10-31"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var first, second sample
		err := decode(body, &first)
		var refused *ledger.Error
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("no refusal: %v", err)
		}
		if err != nil {
			return
		}
		if _, err := marshal(first); err != nil {
			t.Fatalf("taken but not written: %v", err)
		}
		if err := decode(body, &second); err != nil {
			t.Fatalf("taken once only: %v", err)
		}
		if diff := cmp.Diff(first, second, sameDay); diff != "" {
			t.Error(diff)
		}
	})
}

package http

import (
	"bytes"
	"compress/gzip"
	"fmt"
	nethttp "net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// badIncome returns the body of an income whose amount is the JSON value.
func badIncome(amount string) string {
	return `{"amount":{"amount":` + amount + `,"currency":"EUR"},"date":"2026-10-31","source":"sale"}`
}

func badMember(field string) string { return `{"handle":"zed","name":"Zed",` + field + `}` }

func badWork(field string) string {
	return `{"member":"bo","kind":"work","quantity":"1","date":"2026-10-05",` + field + `}`
}

func workOn(date string) string {
	return fmt.Sprintf(`{"member":"bo","kind":"work","quantity":"1","date":%q}`, date)
}

// TestCase1_Amounts holds that amounts are strings in one form only.
func TestCase1_Amounts(t *testing.T) {
	t.Parallel()
	var all []badCase
	for _, number := range []string{`4200`, `1e5`, `-1`, `0.5`} {
		all = append(all, badCase{"number " + number, "POST", "incomes", badIncome(number), 422,
			"amount_must_be_string"})
	}
	for _, text := range []string{
		"1e5", "+1", ".5", "1.", "-0", " 1", "1 ", "1_000", "1,50", "１", "٣", "−1", "", "NaN",
		"Infinity", "-Infinity", "0x10", "01", "--1", "1.2.3", "１.50",
	} {
		all = append(all, badCase{"text " + text, "POST", "incomes",
			badIncome(fmt.Sprintf("%q", text)), 422, "malformed_amount"})
	}
	for _, number := range []string{`+1`, `.5`, `1.`, `NaN`, `Infinity`, `1_000`} {
		all = append(all, badCase{"no JSON " + number, "POST", "incomes", badIncome(number), 400,
			"malformed_json"})
	}
	all = append(all, badCase{"below zero", "POST", "incomes", badIncome(`"-1"`), 422, "not_positive"})
	newFixture(t).refuses(t, all)
}

// TestCase2_Sizes holds that numbers without end are refused. How long that takes is
// held where they are decoded.
func TestCase2_Sizes(t *testing.T) {
	t.Parallel()
	newFixture(t).refuses(t, []badCase{
		{"exponent", "POST", "incomes", badIncome(`"1e999999999"`), 422, "malformed_amount"},
		{"a million digits", "POST", "incomes",
			badIncome(`"` + strings.Repeat("9", 1_000_000) + `"`), 422, "malformed_amount"},
		{"ten million digits", "POST", "incomes",
			badIncome(strings.Repeat("9", 10_000_000)), 413, "body_too_large"},
	})
}

// TestCase3_Range holds that amounts are such as the currency has, and not too large.
func TestCase3_Range(t *testing.T) {
	t.Parallel()
	newFixture(t).refuses(t, []badCase{
		{"decimals", "POST", "incomes", badIncome(`"1.001"`), 422, "too_many_decimals"},
		{"range", "POST", "incomes", badIncome(`"1000000000000001"`), 422, "amount_out_of_range"},
		{"currency", "POST", "incomes",
			strings.Replace(badIncome(`"1"`), "EUR", "EUX", 1), 422, "unknown_currency"},
		{"another currency than the books have", "POST", "incomes",
			strings.Replace(badIncome(`"1"`), "EUR", "USD", 1), 422, "wrong_currency"},
	})
}

// TestCase3_Batch holds that a batch is refused whole, at the place of the fault.
func TestCase3_Batch(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	before := f.snapshot()
	good := `{"member":"bo","kind":"work","quantity":"1","date":"2026-10-08"}`
	got := f.send("POST", "contributions/bulk",
		`{"contributions":[`+good+`,`+strings.Replace(good, `"bo"`, `"nobody"`, 1)+`]}`)
	got.wantProblem(422, "unknown_member")
	if !strings.Contains(got.Body.String(), `"pointer":"/contributions/1/member"`) {
		t.Errorf("it points elsewhere: %s", got.Body)
	}
	f.same(t, before)
}

// TestCase4_Twice holds that a name stands once in an object, in one spelling.
func TestCase4_Twice(t *testing.T) {
	t.Parallel()
	income := badIncome(`"1"`)
	newFixture(t).refuses(t, []badCase{
		{"twice", "POST", "incomes", `{"source":"sale",` + income[1:], 400, "duplicate_field"},
		{"in capitals beside it", "POST", "incomes",
			`{"Amount":1,` + income[1:], 400, "duplicate_field"},
		{"escaped", "POST", "incomes", `{"\u0061mount":1,` + income[1:], 400, "duplicate_field"},
		{"in what is inside", "POST", "incomes",
			strings.Replace(income, `"currency"`, `"amount":"2","currency"`, 1), 400, "duplicate_field"},
		{"in capitals alone", "POST", "incomes",
			strings.Replace(income, "amount", "Amount", 1), 422, "unknown_field"},
		{"with a Kelvin sign beside it", "POST", "contributions",
			badWork("\"\u212aind\":\"work\""), 400, "duplicate_field"},
		{"with a Kelvin sign alone", "POST", "contributions",
			strings.Replace(workOn("2026-10-05"), "kind", "\u212aind", 1), 422, "required"},
	})
}

// TestCase5_Unknown holds that nobody says who they are, when it is, or what a thing
// is called, in a body.
func TestCase5_Unknown(t *testing.T) {
	t.Parallel()
	newFixture(t).refuses(t, []badCase{
		{"typing error", "POST", "contributions", badWork(`"quantitty":"2"`), 422, "unknown_field"},
		{"id", "POST", "members",
			badMember(`"id":"mem_06fa0m4h7kx8r9w2t5v3y6z1bc"`), 422, "unknown_field"},
		{"role", "POST", "members", badMember(`"role":"treasurer"`), 422, "unknown_field"},
		{"is_admin", "POST", "members", badMember(`"is_admin":true`), 422, "unknown_field"},
		{"commons_id", "POST", "contributions", badWork(`"commons_id":"x"`), 422, "unknown_field"},
		{"posted_at", "POST", "contributions",
			badWork(`"posted_at":"2026-01-01T00:00:00Z"`), 422, "unknown_field"},
		{"recorded_by", "POST", "contributions", badWork(`"recorded_by":"ana"`), 422, "unknown_field"},
	})
}

// TestCase6_OneObject holds that a body is one object and nothing else.
func TestCase6_OneObject(t *testing.T) {
	t.Parallel()
	income := badIncome(`"1"`)
	newFixture(t).refuses(t, []badCase{
		{"bytes after", "POST", "incomes", income + "x", 400, "malformed_json"},
		{"two objects", "POST", "incomes", income + income, 400, "malformed_json"},
		{"blank", "POST", "incomes", " ", 400, "malformed_json"},
		{"null", "POST", "incomes", `null`, 400, "malformed_json"},
		{"array", "POST", "incomes", `[]`, 400, "malformed_json"},
		{"cut off", "POST", "incomes", income[:len(income)-1], 400, "malformed_json"},
		{"null for an amount", "POST", "incomes", badIncome(`null`), 422, "required"},
		{"null for money", "POST", "incomes",
			`{"amount":null,"date":"2026-10-31","source":"sale"}`, 422, "required"},
	})
	newFixture(t).refuses(t, []badCase{
		{"empty", "POST", "incomes", "", 400, "malformed_json"},
	}, "Content-Type", jsonMedia)
}

// TestCase7_Sizes holds that what is too deep, too large or packed is not read.
func TestCase7_Sizes(t *testing.T) {
	t.Parallel()
	nested := `{"x":` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + `}`
	f := newFixture(t)
	f.refuses(t, []badCase{
		{"nesting", "POST", "incomes", nested, 400, "malformed_json"},
		{"large", "POST", "incomes",
			`{"x":"` + strings.Repeat("a", 2<<20) + `"}`, 413, "body_too_large"},
		{"items", "POST", "contributions/bulk",
			`{"contributions":[` + strings.Repeat(`{},`, 99_999) + `{}]}`, 422, "too_many_items"},
	})
	var packed bytes.Buffer
	packer := gzip.NewWriter(&packed)
	_, err := packer.Write(bytes.Repeat([]byte(" "), 100<<20))
	if err != nil || packer.Close() != nil {
		t.Fatal(err)
	}
	for _, encoding := range []string{"gzip", "deflate", "br", "identity, gzip"} {
		f.refuses(t, []badCase{
			{encoding, "POST", "incomes", packed.String(), 415, "unsupported_encoding"},
		}, "Content-Encoding", encoding)
	}
}

// TestCase7_Header holds that headers are bounded.
func TestCase7_Header(t *testing.T) {
	t.Parallel()
	address := servingOn(t, New(nil, quiet()))
	r, err := nethttp.NewRequest("GET", "http://"+address+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Large", strings.Repeat("a", 1<<20))
	answer, err := nethttp.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != nethttp.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("got %d, want 431", answer.StatusCode)
	}
}

// TestCase8_MediaTypes holds that every route that reads a body reads no other type
// than those that the document names.
func TestCase8_MediaTypes(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, media := range []string{
		"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain",
		"application/xml", "text/json", "application/json; charset=utf-16", "json",
	} {
		var all []badCase
		for _, o := range cases(t) {
			if o.body != "" && o.method != "GET" && o.id != "createCommons" {
				all = append(all, badCase{media + " " + o.id, o.method, f.pathOf(o), o.body, 415,
					"unsupported_media_type"})
			}
		}
		if len(all) < 20 {
			t.Fatalf("only %d routes take a body", len(all))
		}
		f.refuses(t, all, "Content-Type", media)
	}
}

// TestCase9_Text holds that what is no text does not reach the database.
func TestCase9_Text(t *testing.T) {
	t.Parallel()
	newFixture(t).refuses(t, []badCase{
		{"NUL", "POST", "contributions", badWork(`"note":"a\u0000b"`), 422, "invalid_text"},
		{"bad bytes", "POST", "contributions", badWork("\"note\":\"\xff\""), 422, "invalid_text"},
		{"cut character", "POST", "contributions", badWork("\"note\":\"\xc3\""), 422, "invalid_text"},
		{"lone surrogate", "POST", "contributions", badWork(`"note":"\ud800"`), 422, "invalid_text"},
		{"surrogates the wrong way round", "POST", "contributions",
			badWork(`"note":"\udc00\ud800"`), 422, "invalid_text"},
		{"bidirectional", "POST", "contributions", badWork(`"note":"\u202e"`), 422, "invalid_text"},
		{"isolated", "POST", "contributions", badWork(`"note":"\u2066"`), 422, "invalid_text"},
		{"zero width in a name", "POST", "members",
			`{"handle":"zed","name":"Z\u200bed"}`, 422, "invalid_text"},
		{"long name", "POST", "members",
			`{"handle":"zed","name":"` + strings.Repeat("a", 900_000) + `"}`, 422, "too_long"},
		{"endless name", "POST", "members",
			`{"handle":"zed","name":"` + strings.Repeat("a", 10<<20) + `"}`, 413, "body_too_large"},
		{"NUL in a handle", "POST", "contributions",
			strings.Replace(badWork(`"note":""`), "bo", `b\u0000`, 1), 422, "invalid_text"},
	})
}

// TestCase10_LookAlikes holds that names that look alike are accepted, with a
// warning, and handles cannot.
func TestCase10_LookAlikes(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	plain := f.send("POST", "members", `{"handle":"di","name":"Di"}`).want(201)
	if warning, found := plain["warning"]; found {
		t.Errorf("a plain name is warned of: %v", warning)
	}
	mixed := f.send("POST", "members", `{"handle":"di-2","name":"Dі"}`).want(201)
	if mixed["warning"] == nil {
		t.Errorf("nothing warns of %v", mixed["name"])
	}
	f.refuses(t, []badCase{
		{"Cyrillic", "POST", "members", `{"handle":"bо","name":"Bo"}`, 422, "invalid_handle"},
		{"long s", "POST", "members", `{"handle":"ſam","name":"Sam"}`, 422, "invalid_handle"},
		{"blank", "POST", "members", `{"handle":"ana ","name":"Ana"}`, 422, "invalid_handle"},
		{"capitals", "POST", "members", `{"handle":"Ana","name":"Ana"}`, 422, "invalid_handle"},
		{"33 letters", "POST", "members",
			`{"handle":"` + strings.Repeat("a", 33) + `","name":"Ana"}`, 422, "too_long"},
		{"taken", "POST", "members", `{"handle":"ana","name":"Another"}`, 409, "handle_taken"},
	})
}

// TestCase11_Dates holds that days are days of the calendar, near today, and not
// longer than 24 hours.
func TestCase11_Dates(t *testing.T) {
	t.Parallel()
	var all []badCase
	for _, date := range []string{
		"2026-02-30", "2025-02-29", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01",
		"2030-01-01", "2026-1-5", "05.10.2026", "2026-10-05T24:00:00", "2026-06-30T23:59:60Z", "",
		"-2026-10-05", "20261005",
	} {
		all = append(all, badCase{"date " + date, "POST", "contributions", workOn(date), 422,
			"invalid_date"})
	}
	all = append(all, badCase{"hours", "POST", "contributions",
		strings.Replace(workOn("2026-10-09"), `"1"`, `"24.5"`, 1), 422, "too_many_hours"})
	newFixture(t).refuses(t, all)
}

// TestCase12_NoTimeOfDay holds that the books know days only, so that no hour which
// a change of clocks leaves out or repeats can be meant.
func TestCase12_NoTimeOfDay(t *testing.T) {
	t.Parallel()
	var all []badCase
	for _, instant := range []string{
		"2026-03-29T02:30:00", "2026-10-25T02:30:00+01:00", "2026-10-25 02:30", "2026-10-25T00:30:00Z",
	} {
		all = append(all, badCase{instant, "POST", "contributions", workOn(instant), 422,
			"invalid_date"})
	}
	newFixture(t).refuses(t, all)
}

// TestCase13_NewYear holds that an instant counts for the day that it is in the
// commons.
func TestCase13_NewYear(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.store.SetClock(func() time.Time { return time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC) })
	a.send("POST", "members", `{"handle":"bo","name":"Bo"}`).want(201)
	changed := a.send("POST", "members/bo/stages", `{"stage":"newcomer"}`).want(200)
	if changed["stage"] != "newcomer" {
		t.Errorf("in Berlin it is the first of January already: %v", changed)
	}
	a.send("POST", "periods", `{"through":"2026-12-31"}`).want(201)
}

// TestCase14_Entries holds that entries stand in the order of their recording, even
// where the clock was set back in between.
func TestCase14_Entries(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for i, hour := range []int{12, 11, 13, 5} {
		at := time.Date(2026, 11, 1, hour, 0, 0, 0, time.UTC)
		a.store.SetClock(func() time.Time { return at })
		a.send("POST", "openings", opening("asset", "bank", fmt.Sprint(i+1))).want(201)
	}
	var recorded, sums []string
	for _, entry := range a.send("GET", "entries", "").want(200)["data"].([]any) {
		e := entry.(map[string]any)
		recorded = append(recorded, e["recorded_at"].(string))
		sums = append(sums, fmt.Sprint(e["id"]))
	}
	if len(sums) != 4 || !slices.IsSorted(recorded) && !slices.IsSortedFunc(recorded,
		func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("recorded at %v", recorded)
	}
}

// TestCase15_Parameters holds that queries have known parameters with known values.
func TestCase15_Parameters(t *testing.T) {
	t.Parallel()
	const list = "contributions?"
	newFixture(t).refuses(t, []badCase{
		{"cursor", "GET", list + "cursor=eyJ4IjoxfQ", "", 400, "bad_cursor"},
		{"cursor with SQL", "GET", list + "cursor='%3B--", "", 400, "bad_cursor"},
		{"limit below", "GET", list + "limit=-1", "", 400, "invalid_parameter"},
		{"limit above", "GET", list + "limit=1000000000", "", 400, "invalid_parameter"},
		{"sort", "GET", list + "sort=1%3BDROP%20TABLE%20member", "", 400, "unknown_filter"},
		{"order", "GET", list + "order=id", "", 400, "unknown_filter"},
		{"SQL", "GET", list + "kind=work'%20OR%20'1'='1", "", 200, ""},
		{"NUL", "GET", list + "kind=%00", "", 400, "invalid_parameter"},
		{"twice", "GET", list + "kind=work&kind=cash", "", 400, "invalid_parameter"},
		{"semicolon", "GET", list + "kind=work;limit=1", "", 400, "invalid_parameter"},
	})
}

// TestCase15_ForeignCursor holds that a cursor of one commons leads nowhere in
// another.
func TestCase15_ForeignCursor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	cursor := f.send("GET", "members?limit=1", "").want(200)["next_cursor"].(string)
	f.send("GET", "members?limit=1&cursor="+cursor, "").want(200)
	f.stranger.send("GET", "members?limit=1&cursor="+cursor, "").wantProblem(400, "cursor_mismatch")
}

// TestCase16_Paths holds that a path means one thing, and leads to no file.
func TestCase16_Paths(t *testing.T) {
	t.Parallel()
	newFixture(t).refuses(t, []badCase{
		{"encoded slash", "GET", "members%2Fbo", "", 400, "malformed_path"},
		{"encoded slash in /v1", "GET", "/v1/commons%2Friverside", "", 400, "malformed_path"},
		{"two slashes", "GET", "//example.org/v1/commons", "", 400, "malformed_path"},
		{"dots", "GET", "/docs/../v1/commons", "", 400, "malformed_path"},
		{"encoded dots", "GET", "/docs/%2e%2e/v1/commons", "", 400, "malformed_path"},
		{"NUL", "GET", "/v1/commons%00", "", 400, "malformed_path"},
		{"backslash", "GET", "/v1%5ccommons", "", 400, "malformed_path"},
		{"line break", "GET", "/v1/commons%0d%0a", "", 400, "malformed_path"},
		{"very long", "GET", "/" + strings.Repeat("a", 5000), "", 400, "malformed_path"},
		{"no directory", "GET", "/static/", "", 404, "not_found"},
		{"no source", "GET", "/templates/layout.html", "", 404, "not_found"},
		{"slash at the end", "GET", "members/", "", 404, "not_found"},
	})
}

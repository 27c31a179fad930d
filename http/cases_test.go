package http

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// badCase is a request that is refused, or does nothing, with the code of the
// refusal.
type badCase struct {
	name, method, path, body string
	status                   int
	code                     string
}

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

func badAmounts() []badCase {
	return []badCase{
		{"case 1 number", "POST", "incomes", badIncome(`4200`), 422, "amount_must_be_string"},
		{"case 1 exponent", "POST", "incomes", badIncome(`"1e5"`), 422, "malformed_amount"},
		{"case 1 plus", "POST", "incomes", badIncome(`"+1"`), 422, "malformed_amount"},
		{"case 1 fullwidth", "POST", "incomes", badIncome(`"１"`), 422, "malformed_amount"},
		{"case 1 minus zero", "POST", "incomes", badIncome(`"-0"`), 422, "malformed_amount"},
		{"case 1 empty", "POST", "incomes", badIncome(`""`), 422, "malformed_amount"},
		{"case 2 exponent", "POST", "incomes", badIncome(`"1e999999999"`), 422, "malformed_amount"},
		{"case 2 digits", "POST", "incomes",
			badIncome(`"` + strings.Repeat("9", 1_000_000) + `"`), 422, "malformed_amount"},
		{"case 2 more digits", "POST", "incomes",
			badIncome(strings.Repeat("9", 10_000_000)), 413, "body_too_large"},
		{"case 3 decimals", "POST", "incomes", badIncome(`"1.001"`), 422, "too_many_decimals"},
		{"case 3 range", "POST", "incomes",
			badIncome(`"1000000000000001"`), 422, "amount_out_of_range"},
		{"case 3 currency", "POST", "incomes",
			strings.Replace(badIncome(`"1"`), "EUR", "EUX", 1), 422, "unknown_currency"},
		{"case 3 other currency", "POST", "incomes",
			strings.Replace(badIncome(`"1"`), "EUR", "USD", 1), 422, "wrong_currency"},
		{"negative amount", "POST", "incomes", badIncome(`"-1"`), 422, "not_positive"},
	}
}

func badBodies() []badCase {
	nested := `{"x":` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + `}`
	return []badCase{
		{"case 4 twice", "POST", "incomes",
			`{"source":"sale",` + badIncome(`"1"`)[1:], 400, "duplicate_field"},
		{"case 4 Amount", "POST", "incomes",
			`{"Amount":1,` + badIncome(`"1"`)[1:], 400, "duplicate_field"},
		{"case 4 Amount alone", "POST", "incomes",
			strings.Replace(badIncome(`"1"`), "amount", "Amount", 1), 422, "unknown_field"},
		{"case 5 id", "POST", "members",
			badMember(`"id":"mem_06fa0m4h7kx8r9w2t5v3y6z1bc"`), 422, "unknown_field"},
		{"case 5 is_admin", "POST", "members", badMember(`"is_admin":true`), 422, "unknown_field"},
		{"case 5 commons_id", "POST", "contributions",
			badWork(`"commons_id":"x"`), 422, "unknown_field"},
		{"case 5 posted_at", "POST", "contributions",
			badWork(`"posted_at":"2026-01-01T00:00:00Z"`), 422, "unknown_field"},
		{"case 6 bytes after", "POST", "incomes", badIncome(`"1"`) + "x", 400, "malformed_json"},
		{"case 6 two objects", "POST", "incomes",
			badIncome(`"1"`) + badIncome(`"1"`), 400, "malformed_json"},
		{"case 6 null", "POST", "incomes", `null`, 400, "malformed_json"},
		{"case 6 array", "POST", "incomes", `[]`, 400, "malformed_json"},
		{"case 6 null amount", "POST", "incomes", badIncome(`null`), 422, "required"},
		{"case 7 nesting", "POST", "incomes", nested, 400, "malformed_json"},
		{"case 7 large", "POST", "incomes",
			`{"x":"` + strings.Repeat("a", 2<<20) + `"}`, 413, "body_too_large"},
		{"case 7 items", "POST", "contributions/bulk",
			`{"contributions":[` + strings.Repeat(`{},`, 99_999) + `{}]}`, 422, "too_many_items"},
		{"case 9 NUL", "POST", "contributions", badWork(`"note":"a\u0000b"`), 422, "invalid_text"},
		{"case 9 bad bytes", "POST", "contributions",
			badWork("\"note\":\"\xff\""), 422, "invalid_text"},
		{"case 9 lone surrogate", "POST", "contributions",
			badWork(`"note":"\ud800"`), 422, "invalid_text"},
		{"case 9 bidirectional", "POST", "contributions",
			badWork(`"note":"\u202e"`), 422, "invalid_text"},
		{"case 9 name of any length", "POST", "members",
			`{"handle":"zed","name":"` + strings.Repeat("a", 900_000) + `"}`, 422, "too_long"},
		{"case 9 NUL in a name of a member", "POST", "contributions",
			strings.Replace(badWork(`"note":""`), "bo", `b\u0000`, 1), 422, "invalid_text"},
	}
}

func (f *fixture) badRequests() []badCase {
	post := "distributions/" + f.names["distribution"] + "/post"
	payment := `{"member":"bo","amount":{"amount":"60","currency":"EUR"},"date":"2026-10-31"}`
	return []badCase{
		{"case 10 handle", "POST", "members", `{"handle":"bо","name":"Bo"}`, 422, "invalid_handle"},
		{"case 11 no day", "POST", "contributions", workOn("2026-02-30"), 422, "invalid_date"},
		{"case 11 year 9999", "POST", "contributions", workOn("9999-01-01"), 422, "invalid_date"},
		{"case 11 far ahead", "POST", "contributions", workOn("2030-01-01"), 422, "invalid_date"},
		{"case 11 hours", "POST", "contributions",
			strings.Replace(workOn("2026-10-09"), `"1"`, `"24.5"`, 1), 422, "too_many_hours"},
		{"case 12 time for a date", "POST", "contributions",
			workOn("2026-03-29T02:30:00"), 422, "invalid_date"},
		{"case 15 cursor", "GET", "contributions?cursor=eyJ4IjoxfQ", "", 400, "bad_cursor"},
		{"case 15 limit", "GET", "contributions?limit=-1", "", 400, "invalid_parameter"},
		{"case 15 sort", "GET", "contributions?sort=1%3BDROP%20TABLE%20member",
			"", 400, "unknown_filter"},
		{"case 15 SQL", "GET", "contributions?kind=work'%20OR%20'1'='1", "", 200, ""},
		{"case 15 NUL", "GET", "contributions?kind=%00", "", 400, "invalid_parameter"},
		{"case 16 slash", "GET", "members%2Fbo", "", 400, "malformed_path"},
		{"case 29 key", "POST", "incomes", badIncome(`"1"`), 400, "idempotency_key_required"},
		{"case 35 more than is owed", "POST", "payments", payment, 409, "exceeds_payable"},
		{"case 53 delete an entry", "DELETE", "entries/" + f.names["entry"],
			"", 409, "entry_is_permanent"},
		{"case 53 edit an entry", "PATCH", "entries/" + f.names["entry"],
			`{"memo":"x"}`, 409, "entry_is_permanent"},
		{"edit what is not there", "PATCH", "entries/ent_06fa0m4h7kx8r9w2t5v3y6z1bc",
			`{}`, 404, "not_found"},
		{"one thing twice in a batch", "POST", "contributions/accept",
			fmt.Sprintf(`{"ids":[%q,%[1]q]}`, f.names["contribution"]), 422, "duplicate_item"},
		{"case 54 other digest", "POST", post, `{"digest":"abc"}`, 409, "inputs_changed"},
	}
}

// TestBadInput holds the API to the cases of bad input, by their numbers: each
// has its answer, and nothing is written.
func TestBadInput(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	before := f.snapshot()
	for _, test := range slices.Concat(badAmounts(), badBodies(), f.badRequests()) {
		t.Run(test.name, func(t *testing.T) {
			f.api.t = t
			var header []string
			if strings.HasPrefix(test.name, "case 29") {
				header = []string{keyHeader, ""}
			}
			got := f.send(test.method, test.path, test.body, header...)
			if test.code == "" {
				got.want(test.status)
			} else {
				got.wantProblem(test.status, test.code)
			}
		})
	}
	f.api.t = t
	if diff := cmp.Diff(before, f.snapshot()); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
}

// TestCase53 holds that nothing is dated into a closed period.
func TestCase53(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.send("POST", "periods", `{"through":"2026-10-20"}`).want(201)
	before := f.snapshot()
	f.send("POST", "incomes", incomeOf("10", "2026-10-20")).wantProblem(409, "period_closed")
	f.send("POST", "payments", `{"member":"bo","amount":{"amount":"1","currency":"EUR"},`+
		`"date":"2026-10-01"}`).wantProblem(409, "period_closed")
	f.send("POST", "incomes/"+f.names["income"]+"/reverse",
		`{"reason":"mistake","date":"2026-10-15"}`).wantProblem(409, "period_closed")
	if diff := cmp.Diff(before, f.snapshot()); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
}

// TestCase3Batch holds that a batch is refused whole, at the place of the fault.
func TestCase3Batch(t *testing.T) {
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
	if diff := cmp.Diff(before, f.snapshot()); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
}

// TestCase13 holds that an instant counts for the day that it is in the commons.
func TestCase13(t *testing.T) {
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

// TestCase26 sends one request many times at once under one key.
func TestCase26(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	codes := atOnce(50, func() *httptest.ResponseRecorder {
		return f.send("POST", "incomes",
			`{"amount":{"amount":"10","currency":"EUR"},"date":"2026-10-31","source":"sale"}`,
			keyHeader, "the-key").ResponseRecorder
	})
	var made []string
	for _, got := range codes {
		switch {
		case got.Code == 201:
			made = append(made, got.Body.String())
		case got.Code != 409 || !strings.Contains(got.Body.String(), "idempotency_in_flight"):
			t.Errorf("got %d: %s", got.Code, got.Body)
		}
	}
	if len(made) == 0 {
		t.Fatal("none got through")
	}
	for _, body := range made {
		if body != made[0] {
			t.Errorf("two answers under one key: %s and %s", body, made[0])
		}
	}
	if incomes := f.send("GET", "incomes", "").want(200)["data"].([]any); len(incomes) != 2 {
		t.Errorf("%d incomes, want the fixture's and one more", len(incomes))
	}
}

// atOnce runs f many times at the same time.
func atOnce(n int, f func() *httptest.ResponseRecorder) []*httptest.ResponseRecorder {
	answers := make([]*httptest.ResponseRecorder, n)
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() { answers[i] = f() })
	}
	running.Wait()
	return answers
}

// TestCase28 holds that a key belongs to one member of one commons.
func TestCase28(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	body := func(member string) string {
		return fmt.Sprintf(`{"member":%q,"kind":"work","quantity":"1","date":"2026-10-09"}`, member)
	}
	f.send("POST", "contributions", body("bo"), keyHeader, "the-key").want(201)
	other := f.as("ana").send("POST", "contributions", body("ana"), keyHeader, "the-key")
	if other.want(201); other.Header().Get("Idempotent-Replayed") != "" {
		t.Error("the key of one member answered another")
	}
	kind := `{"code":"work","name":"Work","unit":"hour"}`
	f.stranger.send("POST", "kinds", kind, keyHeader, "the-key").want(201)
}

// TestCase31 posts the distribution of the same income many times at once.
func TestCase31(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	type draft struct{ path, body string }
	var drafts []draft
	for range 10 {
		made := f.send("POST", "distributions", `{"through":"2026-10-31"}`).want(201)
		drafts = append(drafts, draft{
			"distributions/" + made["id"].(string) + "/post",
			`{"digest":"` + made["digest"].(string) + `"}`,
		})
	}
	var running sync.WaitGroup
	answers := make([]answer, len(drafts))
	for i, d := range drafts {
		running.Go(func() { answers[i] = f.send("POST", d.path, d.body) })
	}
	running.Wait()
	posted := 0
	for _, got := range answers {
		if got.Code == 201 {
			posted++
			continue
		}
		got.wantProblem(409, "income_already_distributed")
	}
	if posted != 1 {
		t.Errorf("%d were posted, want 1", posted)
	}
}

// TestCase37 holds that what is another's looks like what is not there.
func TestCase37(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, test := range []struct{ name, method, path, body string }{
		{"contribution", "GET", "contributions/%s", ""},
		{"contribution acted on", "POST", "contributions/%s/accept", "{}"},
		{"income", "GET", "incomes/%s", ""},
		{"income reversed", "POST", "incomes/%s/reverse", `{"reason":"x"}`},
		{"agreement", "GET", "agreements/%s", ""},
		{"distribution", "GET", "distributions/%s", ""},
		{"distribution posted", "POST", "distributions/%s/post", `{"digest":"x"}`},
		{"entry", "GET", "entries/%s", ""},
		{"entry reversed", "POST", "entries/%s/reverse", `{"reason":"x"}`},
		{"member", "GET", "members/%s/balance", ""},
		{"contributions of a member", "GET", "contributions?member=%s", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			noun, _, _ := strings.Cut(test.name, " ")
			f.stranger.t = t
			theirs, missing := f.names[noun], madeUp(f.names[noun])
			if strings.Contains(test.path, "member") {
				theirs, missing = f.memberID("bo"), madeUp(f.memberID("bo"))
			}
			header := []string{requestIDHeader, "r1"}
			got := f.stranger.send(test.method, fmt.Sprintf(test.path, theirs), test.body, header...)
			want := f.stranger.send(test.method, fmt.Sprintf(test.path, missing), test.body, header...)
			got.wantProblem(404, "not_found")
			if got.Body.String() != want.Body.String() {
				t.Errorf("%s and %s", got.Body, want.Body)
			}
			if diff := cmp.Diff(want.Header(), got.Header()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func (f *fixture) memberID(handle string) string {
	f.t.Helper()
	return f.send("GET", "members/"+handle, "").want(200)["id"].(string)
}

// madeUp returns an id of the same kind that names nothing.
func madeUp(id string) string {
	prefix, _, _ := strings.Cut(id, "_")
	return prefix + "_06fa0m4h7kx8r9w2t5v3y6z1b4"
}

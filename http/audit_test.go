package http

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
)

// audited is what the tests look at in a row of the audit trail.
type audited struct{ Operation, Outcome, Code, Request string }

// trail returns the rows that the query finds, in order.
func trail(t testing.TB, db *sql.DB, where string) (found []audited) {
	t.Helper()
	rows, err := db.Query(`
		SELECT operation, outcome, coalesce(code, ''), request_id FROM phyle.audit
		 WHERE ` + where + ` ORDER BY commons_id, number`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var a audited
		if err := rows.Scan(&a.Operation, &a.Outcome, &a.Code, &a.Request); err != nil {
			t.Fatal(err)
		}
		found = append(found, a)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// operationOf returns what the row of the id asks to do, "" if it does not say.
func operationOf(id string) string {
	for _, r := range routes() {
		if r.id == id {
			return string(r.operation)
		}
	}
	return ""
}

// wantAudited fails unless the act of the request is the only one that was added to the
// acts known before, and of the operation that its route names.
func (o operationCase) wantAudited(f *fixture, before int, request string) {
	f.t.Helper()
	acts := trail(f.t, f.database, `outcome = 'done'`)
	added := slices.DeleteFunc(slices.Clone(acts), func(a audited) bool {
		return a.Request != request
	})
	if len(acts) != before+1 || len(added) != 1 {
		f.t.Fatalf("%d rows of acts were added, of which %v are of the request", len(acts)-before, added)
	}
	if named := operationOf(o.id); named != "" && named != added[0].Operation {
		f.t.Errorf("the route names %s, the act was %s", named, added[0].Operation)
	}
}

// Refusals are told of whatever is asked for under a money key, but for logging and
// drafting, which decide about nothing yet.
func TestOperationsOfMoney(t *testing.T) {
	t.Parallel()
	var untold []string
	for _, r := range routes() {
		if r.money && !r.operation.KeepsRefusals() {
			untold = append(untold, r.id)
		}
	}
	want := []string{
		"logContribution", "logContributions", "logSharedContribution", "draftDistribution",
	}
	if diff := cmp.Diff(want, untold); diff != "" {
		t.Error(diff)
	}
}

// TestRefusalsOfMoney holds that each refusal of an act on money has a row with its code,
// whichever gate refuses it, and that other refusals have none.
func TestRefusalsOfMoney(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	spend := func(amount string) string {
		return fmt.Sprintf(
			`{"amount":{"amount":%q,"currency":"EUR"},"date":"2026-10-20","fund":"pot"}`, amount)
	}
	distribution := "distributions/" + f.names["distribution"]
	for _, c := range []struct {
		name, path, body string
		by               *api
		code             string
		status           int
		want             []audited
	}{
		{name: "forbidden", path: "spendings", body: spend("5"), by: f.as("bo"), status: 403,
			code: "forbidden", want: []audited{{"move_money", "refused", "forbidden", ""}}},
		{name: "conflict", path: "spendings", body: spend("9000"), by: f.api, status: 409,
			code: "exceeds_fund", want: []audited{{"move_money", "refused", "exceeds_fund", ""}}},
		{name: "invalid, by the books", path: "spendings", body: spend("-1"), by: f.api, status: 422,
			code: "not_positive", want: []audited{{"move_money", "refused", "not_positive", ""}}},
		{name: "invalid, before the books", path: "spendings", body: `{"fund":"pot"}`, by: f.api,
			status: 422, code: "required", want: []audited{{"move_money", "refused", "required", ""}}},
		{name: "another digest", path: distribution + "/post", by: f.api, status: 409,
			body: `{"digest":"` + strings.Repeat("0", 64) + `"}`, code: "inputs_changed",
			want: []audited{{"post_distribution", "refused", "inputs_changed", ""}}},
		{name: "own contribution", path: "contributions/" + f.names["contribution"] + "/accept",
			by: f.as("bo"), status: 403, code: "forbidden",
			want: []audited{{"review_contribution", "refused", "forbidden", ""}}},
		{name: "malformed", path: "spendings", body: `{`, by: f.api, status: 400, code: "malformed_json"},
		{name: "a dry run", path: "spendings?dry_run=true", body: spend("9000"), by: f.api, status: 409,
			code: "exceeds_fund"},
		{name: "not there", path: "entries/ent_00000000000000000000000000/reverse",
			body: `{"reason":"x"}`, by: f.api, status: 404, code: "not_found"},
		{name: "another commons", path: "spendings", body: spend("5"), by: f.stranger, status: 404,
			code: "not_found"},
		{name: "no act on money", path: "members", body: `{"handle":"dee","name":"Dee"}`,
			by: f.as("bo"), status: 403, code: "forbidden"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := "/v1/commons/riverside/" + c.path
			key := []string{}
			if strings.Contains(c.path, "dry_run") {
				key = []string{keyHeader, ""}
			}
			answer := c.by.send("POST", path, c.body, key...)
			answer.wantProblem(c.status, c.code)
			request := answer.Header().Get(requestIDHeader)
			f.send("GET", "audit", "").want(200) // waits for what is on its way
			for i := range c.want {
				c.want[i].Request = request
			}
			if diff := cmp.Diff(c.want, trail(t, f.database, `request_id = '`+request+`'`)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestScopeRefused holds that a token which only reads leaves a row at each route of an
// act on money.
func TestScopeRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	reader := f.as("ana").withScopes(ledger.ReadScopes()...)
	var want []audited
	f.names["agreement"], f.names["proposal"] = "agr_x", "agr_x"
	for _, o := range cases(t) {
		operation := ledger.Operation(operationOf(o.id))
		if !operation.KeepsRefusals() {
			continue
		}
		answer := reader.send(o.method, f.pathOf(o), o.body)
		answer.wantProblem(403, "scope_missing")
		want = append(want, audited{string(operation), "refused", "scope_missing",
			answer.Header().Get(requestIDHeader)})
	}
	f.send("GET", "audit", "").want(200)
	diff := cmp.Diff(want, trail(t, f.database, `code = 'scope_missing'`))
	if diff != "" || len(want) < 20 {
		t.Errorf("%d refusals: %s", len(want), diff)
	}
}

// TestAuditSeen holds who sees what of the trail, and what its filters and pages show.
func TestAuditSeen(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	bo := f.as("bo")
	bo.send("POST", "gifts", fiveEuro+`,"to_fund":"pot"}`).want(201)
	gift := f.newest("entries")
	bo.send("POST", "spendings", fiveEuro+`,"fund":"pot"}`).wantProblem(403, "forbidden")
	bo.send("GET", "audit?member=ana", "").wantProblem(403, "forbidden")
	for _, c := range []struct {
		by    *api
		query string
		want  []string
	}{
		{bo, "", []string{"move_money refused bo", "give_gift done bo"}},
		{bo, "?member=bo&outcome=done", []string{"give_gift done bo"}},
		{f.api, "?member=bo", []string{"move_money refused bo", "give_gift done bo"}},
		{f.as("ana"), "?operation=give_gift", []string{"give_gift done bo"}},
		{f.api, "?outcome=refused&from=2026-11-01&to=2026-11-01", []string{"move_money refused bo"}},
		{f.api, "?to=2026-10-31", nil},
		{f.api, "?from=2026-11-02", nil},
		{f.api, "?subject=" + gift, []string{"give_gift done bo"}},
		{f.api, "?subject=" + f.names["distribution"], []string{"preview_distribution done founder"}},
	} {
		var got []string
		for _, row := range c.by.send("GET", "audit"+c.query, "").want(200)["data"].([]any) {
			row := row.(map[string]any)
			if row["operation"] != "make_token" { // by the test itself, at the machine
				if row["address"] != "192.0.2.0/24" {
					t.Errorf("the address is %v", row["address"])
				}
				got = append(got, fmt.Sprint(row["operation"], " ", row["outcome"], " ", row["by"]))
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.query, diff)
		}
	}
	var numbers []float64
	for next := "?limit=7"; next != ""; {
		page := f.send("GET", "audit"+next, "").want(200)
		for _, row := range page["data"].([]any) {
			numbers = append(numbers, row.(map[string]any)["sequence"].(float64))
		}
		if next = ""; page["next_cursor"] != nil {
			next = "?limit=7&cursor=" + page["next_cursor"].(string)
		}
	}
	for i, number := range numbers {
		if int(number) != len(numbers)-i {
			t.Fatalf("the pages show %v", numbers)
		}
	}
}

// TestAuditFacts holds what is told of acts: what changed, and nothing that was written
// about persons.
func TestAuditFacts(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	facts := func(query string) []any {
		rows := f.send("GET", "audit?limit=1&"+query, "").want(200)["data"].([]any)
		row := rows[0].(map[string]any)
		return []any{row["type"], row["count"], row["before"], row["after"]}
	}
	type object = map[string]any
	const commons = "/v1/commons/riverside"
	f.send("POST", "spendings", fiveEuro+`,"fund":"pot","payee":"Cy","memo":"knee"}`).want(201)
	f.send("POST", "contributions/bulk", `{"contributions":[
		{"member":"bo","kind":"work","quantity":"1","date":"2026-10-07","note":"knee"},
		{"member":"bo","kind":"work","quantity":"2","date":"2026-10-08","note":"knee"}]}`).want(200)
	f.as("ana").send("POST", "contributions/"+f.names["contribution"]+"/question",
		`{"reason":"whose knee?"}`).want(200)
	tag := f.send("GET", commons, "").Header().Get("ETag")
	f.send("PATCH", commons, `{"advance_limit":{"amount":"70","currency":"EUR"}}`, matchHeader, tag).want(200)
	found := f.send("GET", "distributions/"+f.names["distribution"], "").want(200)
	f.send("POST", "distributions/"+f.names["distribution"]+"/post",
		`{"digest":"`+found["digest"].(string)+`"}`).want(201)
	for _, c := range []struct {
		query string
		want  []any
	}{
		{"operation=move_money", []any{"entry.recorded", 1.0, nil,
			object{"amount": "5.00 EUR", "date": "2026-10-20", "kind": "spending"}}},
		{"operation=log_contribution", []any{"contribution.logged", 2.0, nil, nil}},
		{"operation=question_contribution", []any{"contribution.questioned", 1.0,
			object{"date": "2026-10-05", "kind": "work", "quantity": "2", "state": "logged"},
			object{"date": "2026-10-05", "kind": "work", "quantity": "2", "state": "questioned"}}},
		{"subject=" + f.send("GET", commons, "").want(200)["id"].(string), []any{"commons.changed", 1.0,
			object{"advance_limit": "0", "name": "A commons", "time_zone": "Europe/Berlin",
				"contributions": "members", "books": "members"},
			object{"advance_limit": "70", "name": "A commons", "time_zone": "Europe/Berlin",
				"contributions": "members", "books": "members"}}},
	} {
		if diff := cmp.Diff(c.want, facts(c.query)); diff != "" {
			t.Errorf("%s: %s", c.query, diff)
		}
	}
	posted := facts("operation=post_distribution")
	before, after := posted[2].(object), posted[3].(object)
	if before["state"] != "draft" || after["state"] != "posted" || after["digest"] != found["digest"] {
		t.Errorf("the distribution was %v and is %v", before, after)
	}
}

// TestBlurred holds that what is kept of an address is its network.
func TestBlurred(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"203.0.113.77": "203.0.113.0/24", "::ffff:203.0.113.77": "203.0.113.0/24",
		"2001:db8:aa:bb::77": "2001:db8:aa::/48", "fe80::1%eth0": "fe80::/48", "::1": "::/48",
		"": "0.0.0.0/0", "@": "0.0.0.0/0",
	} {
		if got := blurred(address); got != want {
			t.Errorf("of %q: got %s, want %s", address, got, want)
		}
	}
}

package http

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger/agreement"
)

// The schema is for everybody, byte for byte, and need not be sent twice.
func TestAgreementSchema(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	const path = "/v1/agreement.schema.json"
	first := a.send("GET", path, "", "Authorization", "")
	first.want(200)
	if diff := cmp.Diff(string(agreement.Schema()), first.Body.String()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("application/schema+json", first.Header().Get("Content-Type")); diff != "" {
		t.Error(diff)
	}
	again := a.send("GET", path, "", "Authorization", "", "If-None-Match", first.Header().Get("ETag"))
	if again.Code != 304 || again.Body.Len() > 0 {
		t.Errorf("got %d with %d bytes for what is known", again.Code, again.Body.Len())
	}
	a.send("GET", path+"?draft=7", "", "Authorization", "").wantProblem(400, "unknown_filter")
}

// TestAgreementSentences reads three versions, of which two are adopted.
func TestAgreementSentences(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.send("POST", "funds", `{"code":"pot","name":"Honey pot"}`).want(201)
	document := func(percent, rest string) string {
		return `{"name": "Pot", "currency": "EUR", "leftover": "carry", "rules": [` +
			`{"id": "aside", "name": "Aside", "take": {"percent": "` + percent + `", "of": "left"}, ` +
			`"give": {"fund": "pot"}}` + rest + `]}`
	}
	made := func(body string) string {
		return a.send("POST", "agreements", body).want(201)["id"].(string)
	}
	adopt := func(id, from string) {
		a.send("POST", "agreements/"+id+"/adopt",
			`{"from":"`+from+`","decision":{"method":"consent","date":"2026-01-01"}}`).want(200)
	}
	first, second := made(document("10", "")), made(document("12", ""))
	draft := made(document("12",
		`, {"id": "team", "take": "rest", "give": {"members": {"by": "equal"}}}`))
	adopt(first, "2026-01-02")
	adopt(second, "2026-02-01")
	changed := map[string]any{
		"form": "changed", "rule": "aside", "pointer": "/rules/0",
		"text": "Aside: takes 12 % instead of 10 % of what is left.",
	}
	added := map[string]any{
		"form": "added", "rule": "team", "pointer": "/rules/1",
		"text": "team: new, after Aside: all that is left is divided equally among newcomers and " +
			"members.",
	}
	for _, c := range []struct {
		name, id, query string
		since           any
		want            []any
	}{
		{"the first", first, "", nil, []any{}},
		{"the second", second, "", first, []any{changed}},
		{"a draft", draft, "", second, []any{added}},
		{"a draft since the first", draft, "?since=" + first, first, []any{changed, added}},
		{"itself", second, "?since=" + second, second, []any{}},
	} {
		got := a.send("GET", "agreements/"+c.id+"/sentences"+c.query, "").want(200)
		if diff := cmp.Diff(c.want, got["changes"]); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if diff := cmp.Diff(c.since, got["since"]); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	got := a.send("GET", "agreements/"+first+"/sentences", "").want(200)["sentences"].([]any)[1]
	want := map[string]any{
		"rule": "aside", "name": "Aside", "pointer": "/rules/0", "depth": float64(0),
		"text": "10 % of what is left goes to Honey pot.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	a.send("GET", "agreements/"+first+"/sentences?since=agr_1", "").wantProblem(404, "not_found")
	a.send("GET", "agreements/"+first+"/sentences?since=agr_00000000000000000000000000", "").
		wantProblem(404, "not_found")
}

// What shows an agreement says what it says; so does what checks one.
func TestAgreementsSaySentences(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	rules, err := agreement.Parse([]byte(exampleAgreement), agreement.JSON)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, sentence := range rules.Sentences(agreement.Names{}) {
		want = append(want, sentence.Text)
	}
	made := a.send("POST", "agreements", exampleAgreement).want(201)
	for name, got := range map[string]map[string]any{
		"made": made, "checked": a.send("POST", "agreements/check", exampleAgreement).want(200),
		"read":   a.send("GET", "agreements/"+made["id"].(string), "").want(200),
		"listed": a.send("GET", "agreements", "").want(200)["data"].([]any)[0].(map[string]any),
	} {
		var texts []string
		for _, sentence := range got["sentences"].([]any) {
			texts = append(texts, sentence.(map[string]any)["text"].(string))
		}
		if diff := cmp.Diff(want, texts); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

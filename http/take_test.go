package http

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const keepAgreement = `
name: Takes, and more
currency: EUR
rules:
  - {id: team, take: {amount: "50.00"}, give: {members: {by: takes}}}
  - id: fair
    take: rest
    give:
      members:
        by: {catch_up: {factors: {work: "1"}}}
        limits: {most: "60.00"}
        keep: {percent: "20"}
leftover: carry
`

// TestTakes says what is taken and was received, and divides by that; what is kept is
// shown where there is any.
func TestTakes(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, step := range [][2]string{
		{"members", `{"handle":"ana","name":"Ana","roles":["steward"]}`},
		{"members", `{"handle":"bo","name":"Bo"}`},
		{"kinds", `{"code":"work","name":"Work","unit":"hour","reviews":0}`},
		{"contributions", `{"member":"ana","kind":"work","quantity":"6","date":"2026-10-05"}`},
		{"contributions", `{"member":"bo","kind":"work","quantity":"6","date":"2026-10-05"}`},
		{"incomes", incomeOf("150", "2026-10-10")},
	} {
		a.send("POST", step[0], step[1]).want(201)
	}
	a.send("POST", "takes", `{"rule":"team","amount":{"amount":"5","currency":"EUR"}}`).
		wantProblem(422, "unknown_rule")
	agreement := a.send("POST", "agreements", keepAgreement, "Content-Type", yamlMedia).want(201)
	a.send("POST", "agreements/"+agreement["id"].(string)+"/adopt",
		`{"from":"2026-01-01","decision":{"method":"consent","date":"2025-12-20"}}`).want(200)

	bo := a.as("bo")
	set := bo.send("POST", "takes", `{"rule":"team","amount":{"amount":"30","currency":"EUR"}}`)
	if got := set.Header().Get("Location"); got != "/v1/commons/riverside/takes" {
		t.Errorf("Location is %q", got)
	}
	taken := set.want(201)
	list := a.send("GET", "takes", "").want(200)["data"].([]any)
	if diff := cmp.Diff([]any{taken}, list); diff != "" {
		t.Error(diff)
	}
	received := `{"rule":"fair","member":"bo","amount":{"amount":"20","currency":"EUR"}}`
	bo.send("POST", "openings/received", received).wantProblem(403, "forbidden")
	opened := a.send("POST", "openings/received", received).want(201)
	a.send("POST", "openings/received", received).wantProblem(409, "received_already_opened")
	list = a.send("GET", "openings/received", "").want(200)["data"].([]any)
	if diff := cmp.Diff([]any{opened}, list); diff != "" {
		t.Error(diff)
	}

	// Of 20 and 120 each is due 70: Ana lacks that, Bo 50. As 60 is the most, both get it.
	draft := a.send("POST", "distributions", `{"through":"2026-10-31"}`).want(201)
	euro := func(amount string) map[string]any {
		return map[string]any{"amount": amount, "currency": "EUR"}
	}
	want := []any{
		map[string]any{"rule": "team", "member": "bo", "amount": euro("30.00"), "weight": "30",
			"share": map[string]any{"numerator": "1", "denominator": "1", "percent": "100.0000"}},
		map[string]any{"rule": "fair", "member": "ana", "amount": euro("60.00"), "kept": euro("12.00"),
			"share": map[string]any{"numerator": "1", "denominator": "2", "percent": "50.0000"}},
		map[string]any{"rule": "fair", "member": "bo", "amount": euro("60.00"), "kept": euro("12.00"),
			"share": map[string]any{"numerator": "1", "denominator": "2", "percent": "50.0000"}},
	}
	allocations := draft["allocations"].([]any)
	for _, allocation := range allocations[1:] {
		delete(allocation.(map[string]any), "weight") // is on a scale of its own
	}
	if diff := cmp.Diff(want, allocations); diff != "" {
		t.Error(diff)
	}
}

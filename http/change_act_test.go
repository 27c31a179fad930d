package http

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
)

// ofWaiting are the tables that tell of an act that waits, and no others do.
var ofWaiting = []string{"audit", "change", "event", "idempotency_key", "journal_head"}

// TestWaits asks, where there is a second person, for each operation that writes: those
// that the matrix has wait do nothing but ask until they are confirmed, and no others wait.
func TestWaits(t *testing.T) {
	waited := map[ledger.Operation]bool{}
	for _, o := range cases(t) {
		i := slices.IndexFunc(routes(), func(r route) bool { return r.id == o.id })
		row, _ := routes()[i].operation.Right()
		waited[row.Operation] = waited[row.Operation] || row.Waits()
		if o.method == "GET" || testing.Short() && !row.Waits() || o.id == "createCommons" {
			continue
		}
		t.Run(o.id, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			path := f.prepare(&o)
			f.as("ana").send("POST", "changes/"+f.waiting()+"/confirm", "").wantField("state", "confirmed")
			if row.Waits() {
				o.waits(f, path)
				return
			}
			done := f.send(o.method, path, o.body, keyHeader, "the-key")
			if waits := strings.Contains(done.Body.String(), `"type":"act"`); waits {
				t.Errorf("it waits: %d %s", done.Code, done.Body)
			}
		})
	}
	for _, row := range ledger.Rights() {
		if row.Waits() && !waited[row.Operation] {
			t.Errorf("nothing asks to %s", row.Operation)
		}
	}
}

// waits asks for the operation, again, and has it confirmed.
func (o operationCase) waits(f *fixture, path string) {
	f.t.Helper()
	before := f.snapshot()
	headers := []string{keyHeader, "the-key"}
	if o.matched {
		headers = append(headers, matchHeader, f.send("GET", path, "").Header().Get("ETag"))
	}
	asked := f.send(o.method, path, o.body, headers...)
	change := asked.want(202)
	if place := "/v1/commons/riverside/changes/" + change["id"].(string); asked.Header().Get("Location") != place {
		f.t.Errorf("it waits at %q", asked.Header().Get("Location"))
	}
	again := f.send(o.method, path, o.body, headers...)
	if again.Body.String() != asked.Body.String() || again.Header().Get("Idempotent-Replayed") != "true" {
		f.t.Errorf("the replay is another: %d %s", again.Code, again.Body)
	}
	after := f.snapshot()
	for _, table := range ofWaiting {
		delete(before, table)
		delete(after, table)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		f.t.Fatalf("something was done:\n%s", diff)
	}
	confirm := asked.Header().Get("Location") + "/confirm"
	f.send("POST", confirm, "").wantProblem(403, "self_confirmation")
	f.as("bo").send("POST", confirm, "").wantProblem(403, "forbidden")
	f.stranger.send("POST", confirm, "").wantProblem(404, "not_found")
	confirmed := f.as("ana").send("POST", confirm, "").want(200)
	if confirmed["state"] != "confirmed" || confirmed["decided_by"] != "ana" {
		f.t.Errorf("it is %v", confirmed)
	}
	if cmp.Equal(slices.Sorted(maps.Values(before)), slices.Sorted(maps.Values(f.without(ofWaiting)))) {
		f.t.Error("nothing was done")
	}
	if made, _ := confirmed["made"].(string); made != "" && !strings.Contains(made, "/rates") {
		f.send("GET", made, "").want(200)
	}
	f.as("ana").send("POST", confirm, "").wantProblem(409, "change_settled")
	verified, err := f.store.Verify(f.t.Context(), f.slug)
	if err != nil || !verified.OK() {
		f.t.Errorf("verification: %+v, %v", verified, err)
	}
}

// without is a snapshot without some tables.
func (f *fixture) without(tables []string) map[string]string {
	f.t.Helper()
	all := f.snapshot()
	for _, table := range tables {
		delete(all, table)
	}
	return all
}

// TestWaitingMatch: what was asked for is not done once somebody has changed what it was
// to change.
func TestWaitingMatch(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ana := f.as("ana")
	tag := func() string { return f.send("GET", "/v1/commons/riverside", "").Header().Get("ETag") }
	rename := func(name string) answer {
		return f.send("PATCH", "/v1/commons/riverside", `{"name":"`+name+`"}`, matchHeader, tag())
	}
	ana.send("POST", "changes/"+f.waiting()+"/confirm", "").want(200)
	first, second := rename("Lakeside").want(202), rename("Seaside").want(202)
	confirm := func(change map[string]any) answer {
		return ana.send("POST", "changes/"+change["id"].(string)+"/confirm", "")
	}
	confirm(second).want(200)
	before := f.snapshot()
	confirm(first).wantProblem(412, "precondition_failed")
	if diff := cmp.Diff(before, f.snapshot()); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
	f.send("GET", "/v1/commons/riverside", "").wantField("name", "Seaside")
}

// TestNobodyToWaitFor: where nobody else could confirm it, an act is done at once, and
// marked for all to see.
func TestNobodyToWaitFor(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	if policy := a.send("POST", "changes", `{"approvals":1}`).want(201); policy["state"] != "unchecked" {
		t.Fatalf("the policy is %v", policy)
	}
	a.send("POST", "areas", `{"code":"lab","name":"Lab"}`).want(201)
	found := a.send("GET", "changes?state=unchecked", "").want(200)["data"].([]any)[0].(map[string]any)
	if found["type"] != "act" || found["decided_by"] != "founder" || found["made"] != "/v1/commons/riverside/areas" {
		t.Errorf("it is marked %v", found)
	}
}

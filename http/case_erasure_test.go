package http

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCase59EraseMe: who has left asks to be erased while the commons owes them. That is
// settled first, or kept open for a reason; then a second person confirms it, and what was
// personal is gone at once, while the amounts stay and the books verify.
func TestCase59EraseMe(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ana := f.as("ana")
	f.send("POST", "members", `{"handle":"lea","name":"Lea Kanary"}`).want(201)
	f.send("POST", "openings", opening("member", "lea", "50")).want(201)
	lea := f.as("lea")
	logged := lea.send("POST", "contributions",
		`{"member":"lea","kind":"work","quantity":"1","date":"2026-10-06","note":"kanary knee","evidence":"kanary"}`).want(201)["id"].(string)
	f.send("POST", "members/lea/stages", `{"stage":"left","from":"2026-11-01"}`).want(200)
	before := f.snapshot()
	open := lea.send("POST", "members/lea/erase", "")
	open.wantProblem(409, "member_has_open")
	for _, what := range []string{"liabilities:payable:lea 50", `"undecided_contributions":"1"`} {
		if !strings.Contains(open.Body.String(), what) {
			t.Errorf("it does not say what is open: %s", open.Body)
		}
	}
	lea.send("POST", "members/lea/erase", `{"keep_reason":"mine"}`).wantProblem(403, "forbidden")
	lea.send("POST", "members/bo/erase", "").wantProblem(403, "member_left")
	f.send("POST", "members/bo/erase", "").wantProblem(409, "member_not_left")
	f.stranger.send("POST", "members/lea/erase", "").wantProblem(404, "not_found")
	if diff := cmp.Diff(before, f.snapshot()); diff != "" {
		t.Fatalf("something was written:\n%s", diff)
	}

	ana.send("POST", "contributions/"+logged+"/decline", `{"reason":"Lea Kanary left"}`).want(200)
	f.send("POST", "payments", `{"member":"lea","amount":{"amount":"50","currency":"EUR"},"date":"2026-11-01",`+
		`"memo":"kanary rent"}`).want(201)
	asked := lea.send("POST", "members/lea/erase", "", keyHeader, "kanary-1").want(202)
	if asked["state"] != "waiting" || asked["proposed_by"] != "lea" {
		t.Errorf("the change is %v", asked)
	}
	change := "changes/" + asked["id"].(string)
	statement := f.send("GET", "members/lea/statement?from=2026-10-01&to=2026-11-30", "").Body.String()
	lea.send("POST", change+"/confirm", "").wantProblem(403, "member_left")
	done := ana.send("POST", change+"/confirm", "", keyHeader, "confirm").want(200)
	if diff := cmp.Diff(map[string]any{"member": "gone-4"}, done["erasure"]); diff != "" {
		t.Error(diff)
	}

	if left := f.holding("lea", "kanary"); len(left) > 0 {
		t.Errorf("these rows still tell of her: %s", strings.Join(left, "\n"))
	}
	lea.send("GET", "members", "").wantProblem(401, "unauthenticated")
	member := f.send("GET", "members/gone-4", "").want(200)
	if member["name"] != "Former member 4" || member["erased_at"] == nil {
		t.Errorf("she is shown as %v", member)
	}
	f.send("GET", "members/lea", "").wantProblem(404, "not_found")
	f.send("POST", "members/gone-4/stages", `{"stage":"member"}`).wantProblem(409, "member_erased")
	f.send("POST", "members", `{"handle":"gone-9","name":"Gone"}`).wantProblem(422, "reserved_handle")
	again := f.send("GET", "members/gone-4/statement?from=2026-10-01&to=2026-11-30", "").Body.String()
	was := strings.NewReplacer("kanary rent", "(erased)", "Lea Kanary", "Former member 4", `"lea"`, `"gone-4"`,
		":lea", ":gone-4").Replace(statement)
	if diff := cmp.Diff(was, again); diff != "" {
		t.Errorf("the statement: %s", diff)
	}
	verified, err := f.store.Verify(t.Context(), f.slug)
	if err != nil || !verified.OK() {
		t.Errorf("verification: %+v, %v", verified, err)
	}
}

// holding returns the rows of all tables that hold one of the words.
func (f *fixture) holding(words ...string) (found []string) {
	f.t.Helper()
	for table := range f.snapshot() {
		rows, err := f.database.Query(fmt.Sprintf(`
			SELECT '%s ' || t::text FROM phyle.%s AS t WHERE t::text ~* ('\m(' || $1 || ')')`, table, table),
			strings.Join(words, "|"))
		if err != nil {
			f.t.Fatal(err)
		}
		for rows.Next() {
			var row string
			if err := rows.Scan(&row); err != nil {
				f.t.Fatal(err)
			}
			found = append(found, row)
		}
		if err := rows.Err(); err != nil {
			f.t.Fatal(err)
		}
	}
	return found
}

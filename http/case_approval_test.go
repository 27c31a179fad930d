package http

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// coop is a commons with a treasurer, who founded it, a steward, an approver and a
// member, in which one other must approve distributions.
func coop(t *testing.T) (f *fixture, steward, approver, member *api) {
	t.Helper()
	f = newFixture(t)
	f.send("POST", "members", `{"handle":"cy","name":"Cy"}`).want(201)
	steward, approver, member = f.as("ana"), f.as("cy"), f.as("bo")
	given := f.send("POST", "members/cy/roles", `{"role":"approver","held":true}`).want(200)
	steward.send("POST", "changes/"+given["waiting"].([]any)[0].(string)+"/confirm", "").want(200)
	steward.send("POST", "changes/"+f.waiting()+"/confirm", "").wantField("state", "confirmed")
	return f, steward, approver, member
}

// wantField fails unless the answer is good and has the value.
func (a answer) wantField(name string, want any) {
	a.t.Helper()
	if diff := cmp.Diff(want, a.want(200)[name]); diff != "" {
		a.t.Errorf("%s: %s", name, diff)
	}
}

// TestCase46SelfApproval: who drafted a distribution does not approve it, nor does who
// alone gets something from it; and nothing is written.
func TestCase46SelfApproval(t *testing.T) {
	t.Parallel()
	f, steward, approver, member := coop(t)
	id, digest := f.drafted()
	path, body := "distributions/"+id, `{"digest":"`+digest+`"}`
	before := f.snapshot()
	f.send("POST", path+"/approve", body).wantProblem(403, "self_approval")
	steward.send("POST", path+"/approve", body).wantProblem(403, "forbidden")
	member.send("POST", path+"/approve", body).wantProblem(403, "forbidden")
	f.stranger.send("POST", path+"/approve", body).wantProblem(404, "not_found")
	f.send("POST", path+"/post", body).wantProblem(409, "approvals_missing")
	if diff := cmp.Diff(before, f.snapshot()); diff != "" {
		t.Fatalf("something was written:\n%s", diff)
	}
	want := map[string]any{"asked": 1.0, "missing": 0.0, "given": []any{
		map[string]any{"member": "cy", "approved_at": "2026-11-01T10:00:00Z", "counts": true}}}
	approver.send("POST", path+"/approve", body).wantField("approvals", want)
	approver.send("POST", path+"/post", body).wantProblem(403, "forbidden")
	f.send("POST", path+"/post", body).want(201)
	f.send("GET", path, "").wantField("approvals", want)
}

// TestCase47ApprovalStale: an approval names the figures that were looked at, and is
// refused once they are others.
func TestCase47ApprovalStale(t *testing.T) {
	t.Parallel()
	f, steward, approver, _ := coop(t)
	id, digest := f.drafted()
	path, body := "distributions/"+id, `{"digest":"`+digest+`"}`
	again := f.make("agreements", exampleAgreement)
	waits := f.send("POST", "agreements/"+again+"/adopt",
		`{"from":"2026-10-01","decision":{"method":"consent","date":"2026-09-20"}}`).want(202)
	steward.send("POST", "changes/"+waits["id"].(string)+"/confirm", "").wantField("state", "confirmed")
	before := f.snapshot()
	approver.send("POST", path+"/approve", body).wantProblem(409, "approval_stale")
	approver.send("POST", path+"/approve", `{"digest":"`+exampleDigest+`"}`).
		wantProblem(409, "approval_stale")
	if diff := cmp.Diff(before, f.snapshot()); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
}

// TestCase49RoleGrants: a role is given and taken by two, whoever they are, and the
// feed shows all of it.
func TestCase49RoleGrants(t *testing.T) {
	t.Parallel()
	f, steward, _, member := coop(t)
	given := steward.send("POST", "members/bo/roles", `{"role":"treasurer","held":true}`).want(200)
	if diff := cmp.Diff([]any{}, given["roles"]); diff != "" {
		t.Errorf("the role is there before it is confirmed: %s", diff)
	}
	change := given["waiting"].([]any)[0].(string)
	steward.send("POST", "changes/"+change+"/confirm", "").wantProblem(403, "self_confirmation")
	member.send("POST", "changes/"+change+"/confirm", "").wantProblem(403, "forbidden")
	member.send("POST", "incomes", badIncome(`"1"`)).wantProblem(403, "forbidden")
	f.send("POST", "changes/"+change+"/confirm", "").wantField("grant", map[string]any{
		"member": "bo", "role": "treasurer", "held": true, "from": "2026-11-01"})
	member.send("POST", "incomes", badIncome(`"1"`)).want(201)
	taken := steward.send("POST", "members/bo/roles", `{"role":"treasurer","held":false}`).want(200)
	f.send("POST", "changes/"+taken["waiting"].([]any)[0].(string)+"/confirm", "").want(200)
	member.send("POST", "incomes", badIncome(`"2"`)).wantProblem(403, "forbidden")
	added := steward.send("POST", "members", `{"handle":"eva","name":"Eva","roles":["steward"]}`).want(201)
	if len(added["roles"].([]any)) != 0 || len(added["waiting"].([]any)) != 1 {
		t.Errorf("a new member has their role before it is confirmed: %v", added)
	}
	told := map[string]int{}
	for _, one := range f.send("GET", "events?limit=200", "").want(200)["data"].([]any) {
		told[one.(map[string]any)["type"].(string)]++
	}
	want := [4]int{5, 4, 1, 0}
	got := [4]int{told["change.proposed"], told["change.confirmed"], told["change.unchecked"],
		told["change.withdrawn"]}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestCase50SmallParts: what is divided in parts below the limit counts together.
func TestCase50SmallParts(t *testing.T) {
	t.Parallel()
	f, steward, _, _ := coop(t)
	policy := f.send("POST", "changes", `{"approvals":1,"above":{"amount":"300.00","currency":"EUR"}}`)
	steward.send("POST", "changes/"+policy.want(201)["id"].(string)+"/confirm", "").want(200)
	divide := func() answer {
		id, digest := f.drafted()
		return f.send("POST", "distributions/"+id+"/post", `{"digest":"`+digest+`"}`)
	}
	divide().want(201)
	f.send("POST", "incomes", badIncome(`"0.01"`)).want(201)
	divide().wantProblem(409, "approvals_missing")
}

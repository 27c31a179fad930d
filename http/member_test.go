package http

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRoleUntil: whoever looks at a member, or at the change that gave them a role, sees
// the days of it.
func TestRoleUntil(t *testing.T) {
	t.Parallel()
	f, steward, _, _ := coop(t)
	given := steward.send("POST", "members/bo/roles",
		`{"role":"treasurer","held":true,"from":"2026-10-20","until":"2026-11-30"}`).want(200)
	f.send("POST", "changes/"+given["waiting"].([]any)[0].(string)+"/confirm", "").
		wantField("grant", map[string]any{"member": "bo", "role": "treasurer", "held": true,
			"from": "2026-10-20", "until": "2026-11-30"})
	bo := f.send("GET", "members/bo", "").want(200)
	want := []any{map[string]any{"role": "treasurer", "from": "2026-10-20", "until": "2026-11-30"}}
	if diff := cmp.Diff(want, bo["terms"]); diff != "" {
		t.Error(diff)
	}
	steward.send("POST", "members/bo/roles", `{"role":"steward","held":true,"until":"2026-10-31"}`).
		wantProblem(422, "until_before_from")
	steward.send("POST", "members/bo/roles", `{"role":"steward","held":false,"until":"2026-11-30"}`).
		wantProblem(422, "until_without_role")
	steward.send("POST", "members", `{"handle":"eva","name":"Eva","roles_until":"2026-11-30"}`).
		wantProblem(422, "until_without_role")
	eva := steward.send("POST", "members",
		`{"handle":"eva","name":"Eva","roles":["approver"],"roles_until":"2026-11-30"}`).want(201)
	f.send("POST", "changes/"+eva["waiting"].([]any)[0].(string)+"/confirm", "").
		wantField("grant", map[string]any{"member": "eva", "role": "approver", "held": true,
			"from": "2026-11-01", "until": "2026-11-30"})
}

// TestAuditorEnds: nobody is auditor without a last day, or for more than two years.
func TestAuditorEnds(t *testing.T) {
	t.Parallel()
	f, steward, _, _ := coop(t)
	before := f.snapshot()
	for _, c := range [][4]string{
		{"members/bo/roles", `{"role":"auditor","held":true}`, "auditor_without_end",
			"Auditors have a last day; write it, 2028-11-01 at the latest."},
		{"members/bo/roles", `{"role":"auditor","held":true,"from":"2026-10-20","until":"2028-10-21"}`,
			"auditor_too_long", "Auditors stay for two years at most; write 2028-10-20 or a day before it."},
		{"members", `{"handle":"eva","name":"Eva","roles":["auditor"]}`, "auditor_without_end",
			"Auditors have a last day; write it, 2028-11-01 at the latest."},
		{"members", `{"handle":"eva","name":"Eva","roles":["approver","auditor"],"roles_until":"2029-01-01"}`,
			"auditor_too_long", "Auditors stay for two years at most; write 2028-11-01 or a day before it."},
	} {
		answer := steward.send("POST", c[0], c[1])
		answer.wantProblem(422, c[2])
		got := answer.want(422)["errors"].([]any)[0]
		pointer := "/until"
		if c[0] == "members" {
			pointer = "/roles_until"
		}
		if diff := cmp.Diff(any(map[string]any{"pointer": pointer, "code": c[2], "message": c[3]}), got); diff != "" {
			t.Error(diff)
		}
	}
	if diff := cmp.Diff(before, f.snapshot()); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
}

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

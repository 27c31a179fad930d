package postgres_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What somebody plants who may do everything is found: approvals that never were, a
// policy or a role that no second person confirmed.
func TestVerifyApprovals(t *testing.T) {
	t.Parallel()
	w := rich(t)
	s := tamperWith(t, w.store)
	s.exec(`ALTER TABLE phyle.approval DROP CONSTRAINT approval_by_another;
		ALTER TABLE phyle.change_confirmation DROP CONSTRAINT change_by_two`)
	if diff := cmp.Diff(map[string]string{}, s.found()); diff != "" {
		t.Fatal(diff)
	}
	const (
		roles     = "roles were given and taken by changes"
		policies  = "approval policies came by changes"
		confirmed = "changes were confirmed by others who might, or nobody else might"
		feed      = "changes moved as the feed tells"
		held      = "distributions were held to the policy in force"
		approved  = "distributions were approved by as many others as the policy asked for"
	)
	member := func(handle string) string {
		return `(SELECT member_id FROM phyle.member WHERE handle = '` + handle + `')`
	}
	const asked = ` WHERE distribution_id = (SELECT distribution_id FROM phyle.distribution_check WHERE approvals > 0)`
	for _, c := range []struct{ name, tables, do, want string }{
		{"an approval is forgotten", "approval", `DELETE FROM phyle.approval` + asked, approved},
		{"an approval of what was thrown away is forgotten", "approval",
			`DELETE FROM phyle.approval WHERE approved_by = ` + member("bo"), feed},
		{"an approval of other figures", "approval", `UPDATE phyle.approval SET digest = repeat('0', 64)` + asked, approved},
		{"an approval by the drafter", "approval", `UPDATE phyle.approval SET approved_by = drafted_by` + asked, approved},
		{"an approval by one who may not", "approval",
			`UPDATE phyle.approval SET approved_by = ` + member("eli") + asked, approved},
		{"an approval by one who may since", "member_role change",
			`UPDATE phyle.member_role SET from_on = '2026-11-06' WHERE role = 'approver';
			 UPDATE phyle.change SET from_on = '2026-11-06' WHERE role = 'approver'`, approved},
		{"an approval after the posting", "approval",
			`UPDATE phyle.approval SET approved_at = approved_at + interval '1 second'` + asked, approved},
		{"another has drafted it", "approval", `UPDATE phyle.approval SET drafted_by = ` + member("eli") + asked, approved},
		{"the approver has posted it", "distribution",
			`UPDATE phyle.distribution SET posted_by = ` + member("cy") + asked, approved},
		{"fewer were asked for", "distribution_check", `UPDATE phyle.distribution_check SET approvals = 0` + asked, held},
		{"more were asked for", "distribution_check", `UPDATE phyle.distribution_check SET approvals = 2` + asked, held},
		{"before the policy", "distribution_check",
			`UPDATE phyle.distribution_check SET setting = 12, approvals = 0` + asked, held},
		{"on another day", "distribution_check", `UPDATE phyle.distribution_check SET on_day = on_day + 2` + asked, held},
		{"a check is forgotten", "distribution_check", `DELETE FROM phyle.distribution_check` + asked, held},
		{"the policy asks for less", "approval_policy", `UPDATE phyle.approval_policy SET approvals = 0`, policies},
		{"the policy asks for less, with its change", "approval_policy change",
			`UPDATE phyle.approval_policy SET approvals = 0;
			 UPDATE phyle.change SET approvals = 0 WHERE type = 'approval_policy'`, held},
		{"the policy is forgotten, with its change", "approval_policy change change_confirmation",
			`DELETE FROM phyle.change_confirmation AS e USING phyle.approval_policy AS p WHERE p.number = e.number;
			 DELETE FROM phyle.approval_policy`, held},
		{"a role that no change gave", "change_confirmation change",
			`DELETE FROM phyle.change_confirmation AS e USING phyle.change AS c
			  WHERE c.change_id = e.change_id AND c.role = 'approver'`, roles},
		{"a role of another", "member_role",
			`UPDATE phyle.member_role SET member_id = ` + member("eli") + ` WHERE role = 'approver'`, roles},
		{"a role with another end", "member_role",
			`UPDATE phyle.member_role SET until_on = '2027-01-01' WHERE role = 'approver'`, roles},
		{"a change that the proposer confirmed", "change_confirmation",
			`UPDATE phyle.change_confirmation SET decided_by = proposed_by WHERE outcome = 'confirmed'`, confirmed},
		{"a change confirmed by one who may not", "change_confirmation",
			`UPDATE phyle.change_confirmation SET decided_by = ` + member("eli") + ` WHERE outcome = 'confirmed'`, confirmed},
		{"a change passed off as unchecked", "change_confirmation",
			`UPDATE phyle.change_confirmation SET outcome = 'unchecked', decided_by = proposed_by
			  WHERE outcome = 'confirmed'`, confirmed},
		{"another has proposed it", "change", `UPDATE phyle.change SET proposed_by = ` + member("eli") +
			` WHERE type = 'approval_policy'`, confirmed},
		{"a change confirmed before it was proposed", "change_confirmation",
			`UPDATE phyle.change_confirmation SET decided_at = decided_at - interval '1 hour'`, confirmed},
		{"a change confirmed on another day", "change_confirmation",
			`UPDATE phyle.change_confirmation SET on_day = on_day - 9`, confirmed},
		{"a withdrawal is forgotten", "change_confirmation",
			`DELETE FROM phyle.change_confirmation WHERE outcome = 'withdrawn'`, feed},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.T = t
			if s.exec(c.do) == 0 {
				t.Fatal("nothing was changed")
			}
			s.wantFound(c.name, c.want)
			s.restore(strings.Fields(c.tables)...)
			if diff := cmp.Diff(map[string]string{}, s.found()); diff != "" {
				t.Fatalf("after putting it back: %s", diff)
			}
		})
	}
	s.T = t
}

package ledger_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
)

func euros(s string) ledger.Money {
	return ledger.Money{Amount: decimal.RequireFromString(s), Currency: "EUR"}
}

func TestApprovalPolicyAsks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, above, given, earlier string
		want                        int
	}{
		{"anything", "0", "0.01", "0", 2},
		{"nothing given", "0", "0", "0", 0},
		{"up to the amount", "100", "60", "40", 0},
		{"more with what was before", "100", "60", "40.01", 2},
		{"more by itself", "100", "100.01", "0", 2},
	} {
		p := ledger.ApprovalPolicy{Count: 2, Above: decimal.RequireFromString(c.above)}
		if diff := cmp.Diff(c.want, p.Asks(euros(c.given), euros(c.earlier))); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestApprovalPolicyValidate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		count int
		above string
		want  string
	}{
		{0, "0", ""}, {9, "1000000000000000", ""}, {10, "0", "out_of_range /approvals"}, {-1, "0", "out_of_range /approvals"},
		{1, "0.001", "too_many_decimals /above/amount"}, {1, "-1", "negative /above/amount"},
		{1, "1000000000000001", "amount_out_of_range /above/amount"},
	} {
		p := ledger.ApprovalPolicy{Count: c.count, Above: decimal.RequireFromString(c.above)}
		if diff := cmp.Diff(c.want, codeOf(t, p.Validate("EUR"))); diff != "" {
			t.Errorf("%d above %s: %s", c.count, c.above, diff)
		}
	}
}

// Approvals count of those who hold the right, and one at least is not the poster's.
func TestApprovalsCheckPost(t *testing.T) {
	t.Parallel()
	by := func(id ledger.MemberID, counts bool) ledger.Approval {
		return ledger.Approval{Member: ledger.MemberRef{ID: id}, Counts: counts}
	}
	for _, c := range []struct {
		name    string
		asked   int
		given   []ledger.Approval
		missing int
		want    string
	}{
		{"none asked for", 0, nil, 0, ""},
		{"one missing", 1, nil, 1, "approvals_missing"},
		{"one given", 1, []ledger.Approval{by("bo", true)}, 0, ""},
		{"one that counts no more", 1, []ledger.Approval{by("bo", false)}, 1, "approvals_missing"},
		{"two of three", 3, []ledger.Approval{by("bo", true), by("cy", true)}, 1, "approvals_missing"},
		{"only the poster's", 1, []ledger.Approval{by("ana", true)}, 0, "approvals_missing"},
		{"the poster's and one that counts no more", 1,
			[]ledger.Approval{by("ana", true), by("bo", false)}, 0, "approvals_missing"},
		{"the poster's and another", 2, []ledger.Approval{by("ana", true), by("bo", true)}, 0, ""},
		{"the poster's, none asked for", 0, []ledger.Approval{by("ana", true)}, 0, ""},
	} {
		a := ledger.Approvals{Asked: c.asked, Given: c.given}
		if diff := cmp.Diff(c.missing, a.Missing()); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		for _, others := range [][]string{nil, {"di"}} {
			if diff := cmp.Diff(c.want, codeOf(t, a.CheckPost("ana", others))); diff != "" {
				t.Errorf("%s: %s", c.name, diff)
			}
		}
	}
}

func TestCheckApprove(t *testing.T) {
	t.Parallel()
	to := func(members ...ledger.MemberID) (all []ledger.Allocation) {
		for _, m := range members {
			all = append(all, ledger.Allocation{Member: ledger.MemberRef{ID: m}})
		}
		return all
	}
	for _, c := range []struct {
		name        string
		allocations []ledger.Allocation
		by          ledger.MemberID
		want        string
	}{
		{"by another", to("bo", "cy"), "bo", ""},
		{"by who alone gets it", to("bo", "bo"), "bo", "self_approval"},
		{"where a fund gets some", to("bo", ""), "bo", ""},
		{"where nobody gets anything", nil, "bo", ""},
	} {
		if diff := cmp.Diff(c.want, codeOf(t, ledger.CheckApprove(c.by, c.allocations))); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// A change is confirmed by who does not gain a role by it, while it waits.
func TestChangeCheckConfirm(t *testing.T) {
	t.Parallel()
	give := ledger.Change{Type: ledger.GrantChange, State: ledger.ChangeWaiting, Held: true,
		Member: ledger.MemberRef{ID: "cy"}, ProposedBy: ledger.MemberRef{ID: "ana"}}
	take := give
	take.Held = false
	done := give
	done.State = ledger.ChangeConfirmed
	erase := ledger.Change{Type: ledger.EraseChange, State: ledger.ChangeWaiting,
		Member: ledger.MemberRef{ID: "cy"}, ProposedBy: ledger.MemberRef{ID: "cy"}}
	for _, c := range []struct {
		name   string
		change ledger.Change
		by     ledger.MemberID
		role   ledger.Role
		want   string
	}{
		{"by another", give, "bo", ledger.Steward, ""},
		{"by an approver", give, "bo", ledger.Approver, ""},
		{"by who gains", give, "cy", ledger.Steward, "own_role"},
		{"by who loses", take, "cy", ledger.Steward, ""},
		{"twice", done, "bo", ledger.Steward, "change_settled"},
		{"erased by another", erase, "bo", ledger.Treasurer, ""},
		{"erased by an approver", erase, "bo", ledger.Approver, "forbidden"},
	} {
		if diff := cmp.Diff(c.want, codeOf(t, c.change.CheckConfirm(c.by, []ledger.Role{c.role}))); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if c.want == "forbidden" {
			continue // the others that could confirm it have been looked for by role
		}
		could := c.change.Confirmable([]ledger.MemberID{c.by})
		if diff := cmp.Diff(c.want == "" || c.want == "change_settled", could); diff != "" {
			t.Errorf("%s: whether one could confirm it: %s", c.name, diff)
		}
	}
}

package ledger_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
)

// Every row of the matrix says what it is and for whom, and stands there once; whoever may
// do it to all but their own is told why not to theirs.
func TestRights(t *testing.T) {
	t.Parallel()
	seen := map[ledger.Operation]bool{}
	for _, row := range ledger.Rights() {
		if seen[row.Operation] || row.About == "" {
			t.Errorf("%s is there twice, or says nothing about itself", row.Operation)
		}
		seen[row.Operation] = true
		if row.Scope == "" && row.Anonymous == ledger.No {
			t.Errorf("%s takes a token, and names no scope for it", row.Operation)
		}
		for _, role := range ledger.Roles {
			if row.Of(role) != ledger.NotOwn {
				continue
			}
			var refusal *ledger.Error
			err := row.Operation.Allows([]ledger.Role{role}, true)
			if !errors.As(err, &refusal) || refusal.Code == "forbidden" {
				t.Errorf("%s: who holds the role %s is told %v", row.Operation, role, err)
			}
		}
	}
}

func TestOperationAllows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		operation ledger.Operation
		roles     []ledger.Role
		own       bool
		want      string
	}{
		{"a member, what all may", ledger.ReadAgreements, nil, false, ""},
		{"a member, their own", ledger.GiveGift, nil, true, ""},
		{"a treasurer, another's gift", ledger.GiveGift, []ledger.Role{ledger.Treasurer}, false, "forbidden"},
		{"a member, without the role", ledger.PostDistribution, nil, false, "forbidden"},
		{"a treasurer", ledger.PostDistribution, []ledger.Role{ledger.Treasurer}, false, ""},
		{"a steward, another's work", ledger.ReviewContribution, []ledger.Role{ledger.Steward}, false, ""},
		{"a steward, their own work", ledger.ReviewContribution, []ledger.Role{ledger.Steward}, true,
			"self_acceptance"},
		{"who drafted it", ledger.ApproveDistribution, []ledger.Role{ledger.Approver}, true, "self_approval"},
		{"who proposed it", ledger.ConfirmChange, []ledger.Role{ledger.Steward}, true, "self_confirmation"},
		{"who proposed it, without a role", ledger.ConfirmChange, nil, true, "forbidden"},
		{"what nobody knows", "burn_books", ledger.Roles, true, "forbidden"},
	} {
		if diff := cmp.Diff(c.want, codeOf(t, c.operation.Allows(c.roles, c.own))); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

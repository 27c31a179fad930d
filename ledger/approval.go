package ledger

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// ApprovalPolicy says how many other members must approve a distribution before it
// is posted: Count, once more than Above is given. What was posted in the
// ApprovalDays before counts too, so that nothing is gained by dividing in small parts.
// From a Count of one on, what the matrix of rights says of a Second holds, too.
type ApprovalPolicy struct {
	Count int
	Above decimal.Decimal
}

// ApprovalDays is for how many days what was posted counts towards ApprovalPolicy.Above.
const ApprovalDays = 30

// mostApprovals is how many approvals a policy can ask for.
const mostApprovals = 9

// Validate reports every wrong field.
func (p ApprovalPolicy) Validate(currency Currency) error {
	var wrong FieldErrors
	if p.Count < 0 || p.Count > mostApprovals {
		wrong.Add("/approvals", "out_of_range", "Write a number from 0 to %d.", mostApprovals)
	}
	if _, err := NewMoney(p.Above, currency); err != nil {
		wrong.AddError("/above/amount", err)
	} else if p.Above.Sign() < 0 {
		wrong.Add("/above/amount", "negative", "Write an amount that is not negative.")
	}
	return wrong.Err()
}

// Asks returns how many must approve a distribution that gives an amount, where
// earlier ones of the last ApprovalDays gave another.
func (p ApprovalPolicy) Asks(given, earlier Money) int {
	if given.Plus(earlier).Amount.GreaterThan(p.Above) {
		return p.Count
	}
	return 0
}

// Approval says that a member has approved the figures of a distribution.
type Approval struct {
	Member MemberRef
	At     time.Time
	// Counts says whether the member held the right to approve on the day of posting;
	// of a draft, whether they hold it today.
	Counts bool
}

// Approvals are what was asked for and given before a distribution is posted.
type Approvals struct {
	Asked int
	Given []Approval
}

// Missing returns how many approvals are still to be given.
func (a Approvals) Missing() int {
	return max(0, a.Asked-len(a.counted()))
}

func (a Approvals) counted() (counted []Approval) {
	for _, one := range a.Given {
		if one.Counts {
			counted = append(counted, one)
		}
	}
	return counted
}

// CheckPost refuses to post before enough others have approved, of whom one at least
// is not the poster. Others are the handles of those who may still approve.
func (a Approvals) CheckPost(poster MemberID, others []string) error {
	missing := a.Missing()
	another := func(one Approval) bool { return one.Member.ID != poster }
	alone := !slices.ContainsFunc(a.counted(), another)
	if a.Asked == 0 || missing == 0 && !alone {
		return nil
	}
	sentence := "Nobody else may approve it now; give somebody the role approver."
	if len(others) > 0 {
		sentence = "These may still approve it: " + strings.Join(others, ", ") + "."
	}
	if missing == 0 {
		return Errorf(Conflict, "approvals_missing",
			"Nobody but you has approved this, so somebody else posts it, or approves it too. %s",
			sentence).With("missing", "1")
	}
	return Errorf(Conflict, "approvals_missing",
		"%d of %d approvals are missing before this is posted. %s", missing, a.Asked, sentence).
		With("missing", strconv.Itoa(missing))
}

// CheckApprove refuses the approval of a member who alone would get something from the
// distribution. That its drafter does not approve it, the matrix of rights says.
func CheckApprove(by MemberID, allocations []Allocation) error {
	another := func(a Allocation) bool { return a.Member.ID != by }
	if len(allocations) > 0 && !slices.ContainsFunc(allocations, another) {
		return Errorf(Forbidden, "self_approval",
			"This gives to you alone, so somebody else has to approve it.")
	}
	return nil
}

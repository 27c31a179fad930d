package ledger

import "time"

// ChangeType says what a Change is about.
type ChangeType string

// The types of changes.
const (
	PolicyChange ChangeType = "approval_policy"
	GrantChange  ChangeType = "role"
)

// ChangeState is how far a change has come.
type ChangeState string

// A change waits until a second person confirms it, or it is withdrawn. Unchecked is
// what took effect at once, because nobody else could confirm it.
const (
	ChangeWaiting   ChangeState = "waiting"
	ChangeConfirmed ChangeState = "confirmed"
	ChangeUnchecked ChangeState = "unchecked"
	ChangeWithdrawn ChangeState = "withdrawn"
)

// Change asks for another approval policy, or for a role to be given or taken: what
// one person alone does not decide, as long as there is a second one.
type Change struct {
	ID    ChangeID
	Type  ChangeType
	State ChangeState
	// Policy is what a PolicyChange asks for.
	Policy ApprovalPolicy
	// Member, Role, Held and From are what a GrantChange asks for.
	Member MemberRef
	Role   Role
	Held   bool
	From   Date
	// ProposedBy is nobody where it was done at the machine or in founding.
	ProposedBy MemberRef
	ProposedAt time.Time
	DecidedBy  MemberRef
	DecidedAt  time.Time
}

// Gains reports whether the member would get a role by the change.
func (c Change) Gains(member MemberID) bool {
	return c.Type == GrantChange && c.Held && c.Member.ID == member
}

// CheckWaiting refuses to decide on what is decided.
func (c Change) CheckWaiting() error {
	if c.State != ChangeWaiting {
		return Errorf(Conflict, "change_settled", "This change is %s already.", c.State)
	}
	return nil
}

// CheckConfirm refuses who would get a role by the change. That who proposed it does not
// confirm it, the matrix of rights says.
func (c Change) CheckConfirm(by MemberID) error {
	if c.Gains(by) {
		return Errorf(Forbidden, "own_role",
			"Nobody gives themself a role; somebody else has to confirm it.")
	}
	return c.CheckWaiting()
}

// Confirmable reports whether one of the members could confirm the change.
func (c Change) Confirmable(members []MemberID) bool {
	for _, member := range members {
		if member != c.ProposedBy.ID && !c.Gains(member) {
			return true
		}
	}
	return false
}

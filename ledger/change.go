package ledger

import (
	"slices"
	"time"
)

// ChangeType says what a Change is about.
type ChangeType string

// The types of changes.
const (
	PolicyChange ChangeType = "approval_policy"
	GrantChange  ChangeType = "role"
	EraseChange  ChangeType = "erasure"
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

// Change asks for another approval policy, for a role to be given or taken, or for a
// member to be erased: what one person alone does not decide, as long as there is a
// second one.
type Change struct {
	ID    ChangeID
	Type  ChangeType
	State ChangeState
	// Policy is what a PolicyChange asks for.
	Policy ApprovalPolicy
	// Member is whom it is about; Role, Held and From are what a GrantChange asks for.
	Member MemberRef
	Role   Role
	Held   bool
	From   Date
	// Reason is why something of who is erased by an EraseChange stays open.
	Reason string
	// ProposedBy is nobody where it was done at the machine or in founding.
	ProposedBy MemberRef
	ProposedAt time.Time
	DecidedBy  MemberRef
	DecidedAt  time.Time
}

// Confirmers are the roles whose holders may confirm the change.
func (c Change) Confirmers() []Role {
	if c.Type == EraseChange {
		return []Role{Steward, Treasurer}
	}
	return ConfirmChange.Roles(false)
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

// CheckConfirm refuses who would get a role by the change, and whose roles are for other
// changes. That who proposed it does not confirm it, the matrix of rights says.
func (c Change) CheckConfirm(by MemberID, roles []Role) error {
	if !slices.ContainsFunc(roles, func(role Role) bool { return slices.Contains(c.Confirmers(), role) }) {
		return Errorf(Forbidden, "forbidden",
			"Stewards and treasurers confirm this; ask one of them.")
	}
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

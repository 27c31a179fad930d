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
	ActChange    ChangeType = "act"
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

// Change asks for another approval policy, for a role to be given or taken, for a
// member to be erased, or for an act of the matrix of rights that waits: what one person
// alone does not decide, as long as there is a second one.
type Change struct {
	ID    ChangeID
	Type  ChangeType
	State ChangeState
	// Policy is what a PolicyChange asks for.
	Policy ApprovalPolicy
	// Member is whom it is about; Role, Held, From and Until are what a GrantChange asks for.
	Member MemberRef
	Role   Role
	Held   bool
	From   Date
	Until  Date
	// Reason is why something of who is erased by an EraseChange stays open, or why whoever
	// runs the machine gives a role.
	Reason string
	// Act is what an ActChange asks for, and Made the path of what came of it, if that
	// has one.
	Act  ActRequest
	Made string
	// ProposedBy is nobody where it was asked for at the machine or done in founding.
	ProposedBy MemberRef
	ProposedAt time.Time
	DecidedBy  MemberRef
	DecidedAt  time.Time
}

// ActRequest is an act as it was asked for: nothing but the same request is done once it
// is confirmed.
type ActRequest struct {
	Operation Operation
	Method    string
	Path      string
	// Match is what the caller saw of what is to be changed, as a tag; "" where it may
	// be as it is.
	Match string
	// Body is the JSON text that came with it. It is "" once a member was erased, for it
	// may have named them.
	Body string
}

// CheckConfirm refuses what cannot be done any more as it was asked for.
func (r ActRequest) CheckConfirm() error {
	if r.Body == "" {
		return Errorf(Conflict, "request_erased",
			"What this asked for is gone with the personal data of a member; ask for it anew.")
	}
	return nil
}

// CheckPayees refuses to confirm what pays to nobody but the one who confirms it.
func CheckPayees(by MemberID, payees []MemberID) error {
	if len(payees) == 1 && payees[0] == by {
		return Errorf(Forbidden, "self_confirmation",
			"This pays to you alone, so somebody else has to confirm it.")
	}
	return nil
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

// Confirmable reports whether one of the members could confirm the change, which pays to
// the payees.
func (c Change) Confirmable(members []MemberID, payees ...MemberID) bool {
	for _, member := range members {
		if member != c.ProposedBy.ID && !c.Gains(member) && CheckPayees(member, payees) == nil {
			return true
		}
	}
	return false
}

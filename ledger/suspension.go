package ledger

import "time"

// Suspension takes a member's part in the commons away for a while. The books stay as
// they are: what they gave counts, and what they are owed stays theirs.
type Suspension struct {
	Member string
	Reason string
	// Since is when it began, the zero Time for one that is asked for.
	Since time.Time
}

// Validate reports every wrong field.
func (s Suspension) Validate() error {
	var wrong FieldErrors
	wrong.AddError("/reason", RequiredText(s.Reason, 2000))
	return wrong.Err()
}

// CheckSuspend refuses to suspend a member who is suspended already, or has left.
func (m Member) CheckSuspend() error {
	switch {
	case m.Stage == Left:
		return Errorf(Conflict, "member_has_left",
			"%s has left, and has no part to take away.", m.Handle)
	case !m.SuspendedAt.IsZero():
		return Errorf(Conflict, "already_suspended", "%s is suspended already.", m.Handle)
	}
	return nil
}

// CheckReadmit refuses to end a suspension that is not there.
func (m Member) CheckReadmit() error {
	if m.SuspendedAt.IsZero() {
		return Errorf(Conflict, "not_suspended", "%s is not suspended.", m.Handle)
	}
	return nil
}

// ErrSuspended is what somebody is told who is suspended and asks for what needs a part
// in the commons.
var ErrSuspended = Errorf(Forbidden, "member_suspended",
	"You are suspended in this commons for now. You can still leave it, read what is kept about "+
		"you, and ask a steward to end the suspension.")

// CheckRole refuses to give a role to a member who is suspended.
func (m Member) CheckRole() error {
	if m.SuspendedAt.IsZero() {
		return nil
	}
	return Errorf(Conflict, "member_is_suspended",
		"%s is suspended, and holds no roles until that ends.", m.Handle)
}

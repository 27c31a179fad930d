package ledger

import (
	"fmt"
	"slices"
	"time"
)

// Stage is how far a member has come; it is dated, and the latest one from a
// day not after the day asked for holds.
type Stage string

// The stages, in the order in which people pass through them.
const (
	Guest    Stage = "guest"
	Newcomer Stage = "newcomer"
	FullPart Stage = "member"
	Left     Stage = "left"
)

// Stages lists every stage.
var Stages = []Stage{Guest, Newcomer, FullPart, Left}

// Known reports whether s is one of Stages.
func (s Stage) Known() bool { return slices.Contains(Stages, s) }

// Role is what a member may do in the commons beyond taking part.
type Role string

// The roles.
const (
	Steward   Role = "steward"
	Treasurer Role = "treasurer"
	Auditor   Role = "auditor"
	Approver  Role = "approver" // approves and confirms what others have prepared
)

// Roles lists every role.
var Roles = []Role{Steward, Treasurer, Auditor, Approver}

// Known reports whether r is one of Roles.
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// IsHandle reports whether s can name a member, an area, a kind or a fund: 1 to
// 32 of a–z, 0–9 and "-".
func IsHandle(s string) bool {
	if len(s) == 0 || len(s) > 32 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// Beginning is the day before all days that books are kept of: who has been there
// from the beginning joined on it.
var Beginning = NewDate(1900, time.January, 1)

// Term is a role that a member holds from a day on: through Until, the last day of it by
// the calendar of the commons, or without an end where there is none.
type Term struct {
	Role        Role
	From, Until Date
}

var errNothingEnds = Errorf(Invalid, "until_without_role",
	"A last day is for a role that is given; leave this out.")

// auditorDays is how many days an auditor's last day may be after the first: two years.
const auditorDays = 731

// CheckUntil refuses a last day that is before the first, and auditors without one or with
// one that is more than two years ahead.
func (t Term) CheckUntil() error {
	latest := t.From.AddDays(auditorDays)
	switch {
	case t.Until.IsZero() && t.Role == Auditor:
		return Errorf(Invalid, "auditor_without_end",
			"Auditors have a last day; write it, %s at the latest.", latest)
	case t.Until.IsZero():
		return nil
	case t.Until.Before(t.From):
		return Errorf(Invalid, "until_before_from",
			"The last day, %s, is before the first, %s.", t.Until, t.From)
	case t.Role == Auditor && t.Until.After(latest):
		return Errorf(Invalid, "auditor_too_long",
			"Auditors stay for two years at most; write %s or a day before it.", latest)
	}
	return nil
}

// Member is a person or an organization with a part in the commons. Stage and
// Roles are those of the day they were asked for.
type Member struct {
	ID           MemberID
	JoinNumber   int64
	Handle       string
	Name         string
	Organization bool
	JoinedOn     Date
	Stage        Stage
	Roles        []Role
	// Terms are the Roles with their days.
	Terms []Term
	// Waiting are the changes to their roles, or to erase them, that nobody has confirmed
	// yet.
	Waiting []ChangeID
	// SuspendedAt is since when they are suspended, the zero Time if they are not.
	SuspendedAt time.Time
	// ErasedAt is when their personal data were erased.
	ErasedAt time.Time
}

// NewMember is what is known of somebody who joins.
type NewMember struct {
	Handle       string
	Name         string
	Organization bool
	JoinedOn     Date
	Stage        Stage
	Roles        []Role
	// RolesUntil is the last day of the Roles, which then begin today at the earliest.
	RolesUntil Date
}

// Terms are the roles that the member is to get, and their days.
func (m NewMember) Terms(today Date) []Term {
	from := m.JoinedOn
	if !m.RolesUntil.IsZero() || slices.Contains(m.Roles, Auditor) {
		from = LaterOf(from, today)
	}
	terms := make([]Term, len(m.Roles))
	for i, role := range m.Roles {
		terms[i] = Term{role, from, m.RolesUntil}
	}
	return terms
}

// Validate reports every wrong field.
func (m NewMember) Validate(commons Commons, now time.Time) error {
	var wrong FieldErrors
	if !IsHandle(m.Handle) {
		wrong.Add("/handle", "invalid_handle", handleHint)
	} else if IsPseudonym(m.Handle) {
		wrong.Add("/handle", "reserved_handle", "Erased members are called like that; choose another.")
	}
	wrong.AddError("/name", RequiredLine(m.Name, 200))
	wrong.AddError("/joined_on", commons.CheckDate(m.JoinedOn, now))
	if !m.Stage.Known() {
		wrong.Add("/stage", "unknown_stage", "Write guest, newcomer, member or left.")
	}
	wrong.AddError("/roles_until", m.checkUntil(commons.Today(now)))
	for i, role := range m.Roles {
		pointer := fmt.Sprintf("/roles/%d", i)
		if !role.Known() {
			wrong.Add(pointer, "unknown_role", "Write steward, treasurer, auditor or approver.")
		} else if slices.Contains(m.Roles[:i], role) {
			wrong.Add(pointer, "duplicate_role", "This role is named twice.")
		}
	}
	return wrong.Err()
}

func (m NewMember) checkUntil(today Date) error {
	if len(m.Roles) == 0 && !m.RolesUntil.IsZero() {
		return errNothingEnds
	}
	for _, term := range m.Terms(today) {
		if err := term.CheckUntil(); err != nil {
			return err
		}
	}
	return nil
}

// StageChange puts a member into a stage from a day on. Left means that the day
// before was their last.
type StageChange struct {
	Member string
	Stage  Stage
	From   Date
}

// RoleChange gives a role to a member, or takes it, from a day on. What it gives may have
// a last day.
type RoleChange struct {
	Member string
	Role   Role
	Held   bool
	From   Date
	Until  Date
}

// CheckUntil refuses a last day that the role cannot have, or of a role that is taken.
func (r RoleChange) CheckUntil() error {
	if r.Held {
		return Term{r.Role, r.From, r.Until}.CheckUntil()
	}
	if !r.Until.IsZero() {
		return errNothingEnds
	}
	return nil
}

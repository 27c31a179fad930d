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
	// Waiting are the changes to their roles, or to erase them, that nobody has confirmed
	// yet.
	Waiting []ChangeID
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

// StageChange puts a member into a stage from a day on. Left means that the day
// before was their last.
type StageChange struct {
	Member string
	Stage  Stage
	From   Date
}

// RoleChange gives a role to a member, or takes it, from a day on.
type RoleChange struct {
	Member string
	Role   Role
	Held   bool
	From   Date
}

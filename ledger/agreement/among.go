package agreement

import (
	"slices"

	"phyle/ledger"
)

// Among says which members take part in a rule: those in one of the stages and,
// where roles are given, in one of the roles too.
type Among struct {
	Stages []ledger.Stage
	Roles  []ledger.Role
}

// Standing is what a member was and when, so far as rules ask.
type Standing struct {
	// Joined is the first day, Left the last; the zero Date is none.
	Joined, Left ledger.Date
	Stages       []StageFrom
	Roles        []RoleDuring
}

// StageFrom is a stage that holds from a day on, until the next one does.
type StageFrom struct {
	From  ledger.Date
	Stage ledger.Stage
}

// RoleDuring is a role held from a day to another, both included. The zero Date
// leaves that end open.
type RoleDuring struct {
	Role     ledger.Role
	From, To ledger.Date
}

// Admits reports whether a member with this standing takes part, and the last
// day whose contributions count for them. It judges as of through, and in a rule
// that counts new contributions also as of the last day of a member who has left by
// then. If through is no day, nothing is dated.
func (r Reading) Admits(standing Standing) (admitted bool, last ledger.Date) {
	admitted = r.Among.holds(standing, r.Through)
	left := standing.lastDay(r.Through)
	if r.Count.Form != CountNew || left.IsZero() || !left.Before(r.Through) {
		return admitted, r.Through
	}
	return admitted || r.Among.holds(standing, left), left
}

func (a Among) holds(standing Standing, day ledger.Date) bool {
	dated := !day.IsZero()
	if dated && !standing.Joined.IsZero() && standing.Joined.After(day) {
		return false
	}
	if !slices.Contains(a.Stages, standing.stageOn(day)) {
		return false
	}
	return len(a.Roles) == 0 || slices.ContainsFunc(standing.Roles, func(role RoleDuring) bool {
		return slices.Contains(a.Roles, role.Role) && role.holdsOn(day)
	})
}

func (r RoleDuring) holdsOn(day ledger.Date) bool {
	if day.IsZero() {
		return true
	}
	return (r.From.IsZero() || !r.From.After(day)) && (r.To.IsZero() || !r.To.Before(day))
}

// stageOn returns the stage of the latest row that is not after the day, and
// Left after the last day.
func (s Standing) stageOn(day ledger.Date) ledger.Stage {
	if !s.Left.IsZero() && !day.IsZero() && s.Left.Before(day) {
		return ledger.Left
	}
	row, _ := s.rowOn(day)
	return row.Stage
}

func (s Standing) rowOn(day ledger.Date) (row StageFrom, found bool) {
	for _, stage := range s.Stages {
		begun := day.IsZero() || stage.From.IsZero() || !stage.From.After(day)
		if begun && (!found || !stage.From.Before(row.From)) {
			row, found = stage, true
		}
	}
	return row, found
}

// lastDay returns the last day of a member who has left by the day: the one that
// is noted, or the eve of the stage `left`.
func (s Standing) lastDay(day ledger.Date) ledger.Date {
	row, _ := s.rowOn(day)
	if s.Left.IsZero() && row.Stage == ledger.Left && !row.From.IsZero() {
		return row.From.AddDays(-1)
	}
	return s.Left
}

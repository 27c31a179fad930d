package ledger_test

import (
	"testing"
	"time"

	"phyle/ledger"
)

// A last day is not before the first, and belongs to what is given.
func TestUntil(t *testing.T) {
	t.Parallel()
	first := ledger.NewDate(2026, time.November, 5)
	for _, c := range []struct {
		name   string
		change ledger.RoleChange
		want   string
	}{
		{"no end", ledger.RoleChange{Role: ledger.Steward, Held: true, From: first}, ""},
		{"one day", ledger.RoleChange{Role: ledger.Steward, Held: true, From: first, Until: first}, ""},
		{"long", ledger.RoleChange{Role: ledger.Steward, Held: true, From: first, Until: first.AddDays(9999)}, ""},
		{"backwards", ledger.RoleChange{Role: ledger.Steward, Held: true, From: first, Until: first.AddDays(-1)},
			"until_before_from"},
		{"an auditor without", ledger.RoleChange{Role: ledger.Auditor, Held: true, From: first}, "auditor_without_end"},
		{"an auditor for two years", ledger.RoleChange{Role: ledger.Auditor, Held: true, From: first,
			Until: ledger.NewDate(2028, time.November, 5)}, ""},
		{"an auditor for a day more", ledger.RoleChange{Role: ledger.Auditor, Held: true, From: first,
			Until: ledger.NewDate(2028, time.November, 6)}, "auditor_too_long"},
		{"an auditor backwards", ledger.RoleChange{Role: ledger.Auditor, Held: true, From: first,
			Until: first.AddDays(-1)}, "until_before_from"},
		{"no auditor any more", ledger.RoleChange{Role: ledger.Auditor, From: first}, ""},
		{"taken", ledger.RoleChange{Role: ledger.Steward, From: first}, ""},
		{"taken until", ledger.RoleChange{Role: ledger.Steward, From: first, Until: first}, "until_without_role"},
	} {
		t.Run(c.name, func(t *testing.T) { wantRefusal(t, c.change.CheckUntil(), c.want) })
	}
}

// Roles of a new member that have an end begin today, or when the member joins.
func TestNewMemberUntil(t *testing.T) {
	t.Parallel()
	commons := ledger.Commons{TimeZone: "Europe/Berlin"}
	now := time.Date(2026, time.November, 5, 23, 30, 0, 0, time.UTC) // the sixth in Berlin
	today := ledger.NewDate(2026, time.November, 6)
	for _, c := range []struct {
		name   string
		joined ledger.Date
		until  ledger.Date
		from   ledger.Date
		want   string
	}{
		{"no end", ledger.Beginning, ledger.Date{}, ledger.Beginning, ""},
		{"from the beginning", ledger.Beginning, today, today, ""},
		{"from later on", today.AddDays(3), today.AddDays(3), today.AddDays(3), ""},
		{"yesterday", ledger.Beginning, today.AddDays(-1), today, "until_before_from"},
		{"before they join", today.AddDays(3), today.AddDays(2), today.AddDays(3), "until_before_from"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := ledger.NewMember{Handle: "bo", Name: "Bo", Stage: ledger.FullPart, JoinedOn: c.joined,
				Roles: []ledger.Role{ledger.Steward}, RolesUntil: c.until}
			if got := m.Terms(today)[0].From; got != c.from {
				t.Errorf("from %s, want %s", got, c.from)
			}
			wantRefusal(t, m.Validate(commons, now), c.want)
			m.Roles = nil
			if !c.until.IsZero() {
				wantRefusal(t, m.Validate(commons, now), "until_without_role")
			}
		})
	}
}

// wantRefusal holds err to be of the code, and nil for "".
func wantRefusal(t *testing.T, err error, code string) {
	t.Helper()
	got := ""
	if refusal, ok := err.(*ledger.Error); ok {
		got = refusal.Code
	}
	if got != code || (err == nil) != (code == "") {
		t.Errorf("got %v, want %q", err, code)
	}
}

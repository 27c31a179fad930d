package postgres_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// Nobody changes their own roles, and a treasurer and a steward are left on every
// day from now on.
func TestChangeRoles(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	const today, later = "2026-11-05", "2026-11-20"
	roles := func(changes ...ledger.RoleChange) error {
		_, err := w.store.ChangeRoles(t.Context(), w.actAs(w.bo), changes)
		return err
	}
	take := func(member string, role ledger.Role, day string) ledger.RoleChange {
		return ledger.RoleChange{Member: member, Role: role, From: date(t, day)}
	}
	give := func(member string, role ledger.Role, day string) ledger.RoleChange {
		return ledger.RoleChange{Member: member, Role: role, Held: true, From: date(t, day)}
	}
	sent := func(member, day string) error {
		_, err := w.store.ChangeStages(t.Context(), w.actAs(w.bo),
			[]ledger.StageChange{{Member: member, Stage: ledger.Left, From: date(t, day)}})
		return err
	}
	before := state(t, w.store.Raw())
	wantCode(t, "own_role", roles(give("bo", ledger.Treasurer, today)))
	wantCode(t, "own_role", roles(give("cy", ledger.Treasurer, today), take("bo", ledger.Steward, today)))
	wantCode(t, "not_found", roles(give("nobody", ledger.Treasurer, today)))
	wantCode(t, "holds_role", sent("ana", later))
	_, err := w.store.Leave(t.Context(), w.act(), "ana", date(t, later))
	wantCode(t, "last_treasurer", err)
	_, err = w.store.Leave(t.Context(), w.act(), "cy", date(t, later))
	wantCode(t, "forbidden", err)
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Error(diff)
	}
	for _, day := range []string{today, later} {
		waits := w.proposed(w.bo, take("ana", ledger.Treasurer, day))
		wantCode(t, "last_treasurer", w.confirm(w.ana, waits))
		do[ledger.Change](t)(w.store.WithdrawChange(t.Context(), w.actAs(w.bo), waits))
	}
	audits := func(member, day string) ledger.RoleChange {
		change := give(member, ledger.Auditor, day)
		change.Until = date(t, "2027-11-04")
		return change
	}
	changed := do[[]ledger.Member](t)(w.store.ChangeRoles(t.Context(), w.actAs(w.bo), []ledger.RoleChange{
		give("cy", ledger.Treasurer, today), audits("ana", today), audits("cy", later)}))
	var handles []string
	for _, m := range changed {
		handles = append(handles, m.Handle)
	}
	if diff := cmp.Diff([]string{"cy", "ana", "cy"}, handles); diff != "" {
		t.Error(diff)
	}
	if len(changed[0].Roles) != 0 || len(changed[0].Waiting) != 2 || len(changed[1].Waiting) != 0 {
		t.Errorf("what ana can confirm waits for her: %+v", changed)
	}
	wantCode(t, "ok", w.confirm(w.ana, changed[0].Waiting[0]))
	cy := do[ledger.Member](t)(w.store.Member(t.Context(), w.ana, "cy"))
	if diff := cmp.Diff([]ledger.Role{ledger.Treasurer}, cy.Roles); diff != "" {
		t.Error(diff)
	}
	wantCode(t, "ok", w.confirm(w.cy, w.proposed(w.bo, take("ana", ledger.Treasurer, today))))
	wantCode(t, "holds_role", sent("cy", today))
	if diff := cmp.Diff(ledger.Left, do[[]ledger.Member](t)(
		w.store.Leave(t.Context(), w.act(), "ana", date(t, today)))[0].Stage); diff != "" {
		t.Error(diff)
	}
	_, err = w.store.Members(t.Context(), w.ana, 0, 1)
	wantCode(t, "member_left", err)
}

// A role with a last day is held through that day by the calendar of the commons, and
// the last treasurer and steward are those of every day to come.
func TestRolesEnd(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	const today, last, after = "2026-11-05", "2026-11-20", "2026-11-21"
	give := func(member string, role ledger.Role, from, until string) ledger.RoleChange {
		return ledger.RoleChange{Member: member, Role: role, Held: true,
			From: date(t, from), Until: date(t, until)}
	}
	refused := func(change ledger.RoleChange) error {
		_, err := w.store.ChangeRoles(t.Context(), w.actAs(w.bo), []ledger.RoleChange{change})
		return err
	}
	wantCode(t, "until_before_from", refused(give("cy", ledger.Treasurer, last, today)))
	wantCode(t, "until_without_role", refused(ledger.RoleChange{
		Member: "ana", Role: ledger.Treasurer, Until: date(t, last)}))

	w.granted(give("cy", ledger.Steward, after, after), give("cy", ledger.Steward, today, last),
		give("cy", ledger.Treasurer, today, last))
	cy := do[ledger.Member](t)(w.store.Member(t.Context(), w.ana, "cy"))
	if diff := cmp.Diff([]ledger.Term{{Role: ledger.Steward, From: date(t, today), Until: date(t, last)},
		{Role: ledger.Treasurer, From: date(t, today), Until: date(t, last)}},
		cy.Terms, sameDates); diff != "" {
		t.Error(diff)
	}
	for _, change := range []ledger.RoleChange{
		{Member: "ana", Role: ledger.Treasurer}, give("ana", ledger.Treasurer, today, last),
		give("ana", ledger.Treasurer, today, "2030-01-01"),
	} {
		waits := w.proposed(w.bo, change)
		wantCode(t, "last_treasurer", w.confirm(w.cy, waits))
		do[ledger.Change](t)(w.store.WithdrawChange(t.Context(), w.actAs(w.bo), waits))
	}
	_, err := w.store.Leave(t.Context(), w.act(), "ana", date(t, today))
	wantCode(t, "last_treasurer", err)

	income := func() error {
		_, err := w.store.RecordIncomes(t.Context(), w.actAs(w.cy), sale(t, "10.00", today))
		return err
	}
	for _, c := range []struct {
		at, want string
		roles    []ledger.Role
	}{
		{"2026-11-20T22:59:59Z", "ok", []ledger.Role{ledger.Steward, ledger.Treasurer}},
		{"2026-11-20T23:00:00Z", "forbidden", []ledger.Role{ledger.Steward}},
		{"2026-11-21T23:00:00Z", "forbidden", nil},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		w.clock(at)
		cy := do[ledger.Member](t)(w.store.Member(t.Context(), w.ana, "cy"))
		if diff := cmp.Diff(c.roles, cy.Roles); diff != "" {
			t.Errorf("%s: %s", c.at, diff)
		}
		wantCode(t, c.want, income())
	}
}

// Who is treasurer until next week is the last one from then on.
func TestLastTreasurerOfNextWeek(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	cy := ledger.RoleChange{Member: "cy", Role: ledger.Treasurer, Held: true}
	w.granted(cy)
	cy.Held, cy.From = false, date(t, "2026-11-12")
	w.granted(cy)
	waits := w.proposed(w.bo, ledger.RoleChange{Member: "ana", Role: ledger.Treasurer})
	wantCode(t, "last_treasurer", w.confirm(w.cy, waits))
}

// Members whose roles end before they leave can be made to leave by one person, and
// the rules of an agreement take a role for held through its last day.
func TestRolesEndElsewhere(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(`
name: For stewards
currency: EUR
leftover: carry
rules:
  - {id: all, name: All, take: rest, give: {members: {by: equal, among: {roles: [steward]}}}}
`, "2026-01-01")
	until := ledger.RoleChange{Member: "cy", Role: ledger.Steward, Held: true,
		From: date(t, "2026-11-01"), Until: date(t, "2026-11-03")}
	w.granted(until)
	for _, c := range []struct {
		through string
		want    []string
	}{
		{"2026-10-31", []string{"ana", "bo"}}, {"2026-11-03", []string{"ana", "bo", "cy"}},
		{"2026-11-04", []string{"ana", "bo"}},
	} {
		w.income("6.00", c.through)
		d := w.draft(c.through)
		var got []string
		for _, a := range d.Allocations {
			got = append(got, a.Member.Handle)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.through, diff)
		}
		w.post(d)
	}
	until.From, until.Until = date(t, "2026-11-05"), date(t, "2026-11-10")
	w.granted(until)
	left := func(member, day string) error {
		_, err := w.store.ChangeStages(t.Context(), w.act(),
			[]ledger.StageChange{{Member: member, Stage: ledger.Left, From: date(t, day)}})
		return err
	}
	wantCode(t, "holds_role", left("cy", "2026-11-10"))
	wantCode(t, "ok", left("cy", "2026-11-11"))

	w.joined("gus")
	until = ledger.RoleChange{Member: "gus", Role: ledger.Auditor, Held: true,
		From: date(t, "2026-11-05"), Until: date(t, "2027-01-01")}
	w.granted(until, ledger.RoleChange{Member: "gus", Role: ledger.Auditor, From: date(t, "2026-11-09")})
	wantCode(t, "holds_role", left("gus", "2026-11-08"))
	wantCode(t, "ok", left("gus", "2026-11-09"))
}

// granted has bo ask for changes, and ana confirm them in their order.
func (w *world) granted(changes ...ledger.RoleChange) {
	w.Helper()
	for _, change := range changes {
		wantCode(w.T, "ok", w.confirm(w.ana, w.proposed(w.bo, change)))
	}
}

// What the app may not write of roles and their ends, whatever it does.
func TestRoleTables(t *testing.T) {
	t.Parallel()
	w := rich(t)
	waits := w.proposed(w.ana, ledger.RoleChange{Member: "eli", Role: ledger.Steward, Held: true,
		Until: date(t, "2026-12-31")})
	db := w.store.Raw()
	before := state(t, db)
	change := func(values string) string {
		return `INSERT INTO change (commons_id, change_id, type, member_id, role, held, from_on, until_on,
			reason, proposed_at) SELECT commons_id, gen_random_uuid(), ` + values + `, created_at
			FROM member WHERE handle = 'eli'`
	}
	role := func(from, until, held string) string {
		return `INSERT INTO member_role (commons_id, number, member_id, role, from_on, until_on, held, recorded_at)
			SELECT m.commons_id, h.setting + 1, m.member_id, 'steward', ` + from + `, ` + until + `, ` + held + `,
			h.recorded_at FROM member AS m JOIN journal_head AS h USING (commons_id) WHERE m.handle = 'eli'`
	}
	audits := func(until string) string {
		return strings.Replace(role(`'2026-11-05'`, until, `true`), "'steward'", "'auditor'", 1)
	}
	settle := `INSERT INTO change_confirmation (commons_id, change_id, outcome, proposed_by, decided_by, decided_at,
		on_day, after_setting, number) SELECT c.commons_id, c.change_id, 'confirmed', c.proposed_by, m.member_id,
		c.proposed_at, '2026-11-05', h.setting, h.setting + 1 FROM change AS c JOIN journal_head AS h USING (commons_id)
		JOIN member AS m ON m.handle = 'bo' WHERE c.change_id = '` + string(waits) + `'; `
	for _, c := range []struct{ name, do, want string }{
		{"an end before the begin", change(`'role', member_id, 'steward', true, '2026-11-05', '2026-11-04', NULL`),
			"change_until"},
		{"an end of what is taken", change(`'role', member_id, 'steward', false, '2026-11-05', '2026-11-06', NULL`),
			"change_until"},
		{"an end of an erasure", change(`'erasure', member_id, NULL, NULL, NULL, '2026-11-06', ''`), "change_until"},
		{"an auditor without an end", change(`'role', member_id, 'auditor', true, '2026-11-05', NULL, NULL`),
			"change_auditor_ends"},
		{"an auditor for long", change(`'role', member_id, 'auditor', true, '2026-11-05', '2028-11-06', NULL`),
			"change_auditor_ends"},
		{"a role of an auditor without an end", audits(`NULL`), "member_role_auditor_ends"},
		{"a role of an auditor for long", audits(`'2028-11-06'`), "member_role_auditor_ends"},
		{"a role that ends before it begins", role(`'2026-11-05'`, `'2026-11-04'`, `true`), "member_role_until"},
		{"what is taken ends", role(`'2026-11-05'`, `'2026-11-06'`, `false`), "member_role_until"},
		{"another end than what was confirmed", settle + role(`'2026-11-05'`, `'2027-12-31'`, `true`),
			"role_rests_on_change"},
		{"no end", settle + role(`'2026-11-05'`, `NULL`, `true`), "role_rests_on_change"},
		{"as it was confirmed, and something else", settle + role(`'2026-11-05'`, `'2026-12-31'`, `true`) +
			`; SET CONSTRAINTS ALL IMMEDIATE; ` + change(`'role', member_id, 'king', true, '2026-11-05', NULL, NULL`),
			"change_role_check"},
	} {
		if got := refusal(asRole(t, db, "phyle_app", c.do)); got != "check_violation "+c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if diff := cmp.Diff(before, state(t, db)); diff != "" {
			t.Fatalf("%s: %s", c.name, diff)
		}
	}
}

// leave has a member leave by themself, with the roles that they hold.
func (w *world) leave(handle, day string) {
	w.Helper()
	by := do[postgres.Caller](w.T)(w.store.AsMember(w.Context(), w.ana.Commons.Slug, handle))
	do[[]ledger.Member](w.T)(w.store.Leave(w.Context(), w.actAs(by), handle, date(w.T, day)))
}

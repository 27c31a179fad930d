package postgres_test

import (
	"testing"

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
	changed := do[[]ledger.Member](t)(w.store.ChangeRoles(t.Context(), w.actAs(w.bo), []ledger.RoleChange{
		give("cy", ledger.Treasurer, today), give("ana", ledger.Auditor, today), give("cy", ledger.Auditor, later)}))
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

// leave has a member leave by themself, with the roles that they hold.
func (w *world) leave(handle, day string) {
	w.Helper()
	by := do[postgres.Caller](w.T)(w.store.AsMember(w.Context(), w.ana.Commons.Slug, handle))
	do[[]ledger.Member](w.T)(w.store.Leave(w.Context(), w.actAs(by), handle, date(w.T, day)))
}

package postgres_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// atMachine is an act of whoever runs the machine.
func (w *world) atMachine() *postgres.Act {
	return &postgres.Act{By: postgres.Caller{Commons: w.ana.Commons}}
}

func (w *world) recover(member string) (postgres.Recovered, error) {
	w.Helper()
	return w.store.RecoverOffice(w.Context(), w.atMachine(),
		ledger.Recovery{Member: member, Role: ledger.Treasurer, Reason: "Ana cannot be found"})
}

// A role that is given at the machine waits for those who may confirm it.
func TestMachineGivesNoRoles(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	added := do[[]ledger.Member](t)(w.store.EnrolMembers(t.Context(), w.atMachine(),
		[]ledger.NewMember{{Handle: "eva", Name: "Eva", Stage: ledger.FullPart, Roles: []ledger.Role{ledger.Treasurer}}}))
	if len(added[0].Roles) > 0 || len(added[0].Waiting) != 1 {
		t.Fatalf("the member is %+v", added[0])
	}
	wantCode(t, "ok", w.confirm(w.bo, added[0].Waiting[0]))
	eva := do[ledger.Member](t)(w.store.Member(t.Context(), w.ana, "eva"))
	if !slices.Equal(eva.Roles, []ledger.Role{ledger.Treasurer}) {
		t.Errorf("she holds %v", eva.Roles)
	}
	verify(t, w.store)
}

// An office is given at the machine once everybody had three days to object, and not
// before.
func TestRecoverOffice(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	invited := do[postgres.Invited](t)(w.store.Invite(t.Context(), w.act(), "bo"))
	do[string](t)(w.store.JoinAsNew(t.Context(), invited.Link, "bo@example.org", postgres.Browser{}))
	given := do[postgres.Recovered](t)(w.recover("cy"))
	want := []ledger.Contact{{Handle: "ana"}, {Handle: "bo", Email: "bo@example.org"}, {Handle: "cy"}}
	if diff := cmp.Diff(want, given.Told); diff != "" {
		t.Error(diff)
	}
	roles := func() []ledger.Role {
		return do[ledger.Member](t)(w.store.Member(t.Context(), w.ana, "cy")).Roles
	}
	before := state(t, w.store.Raw())
	for _, at := range []time.Time{now, now.Add(ledger.RecoveryNotice - time.Second)} {
		w.clock(at)
		_, err := w.recover("cy")
		wantCode(t, "notice_running", err)
	}
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" || len(roles()) > 0 {
		t.Errorf("it has an effect before: %v %s", roles(), diff)
	}
	w.clock(now.Add(ledger.RecoveryNotice))
	done := do[postgres.Recovered](t)(w.recover("cy"))
	if done.Change.State != ledger.ChangeUnchecked || !slices.Equal(roles(), []ledger.Role{ledger.Treasurer}) {
		t.Errorf("the change is %+v, and cy holds %v", done.Change, roles())
	}
	verify(t, w.store)
	late := func(by string) {
		w.store.Raw().MustExec(`SET session_replication_role = replica;
			UPDATE phyle.change SET proposed_at = proposed_at + interval '` + by + `' WHERE reason IS NOT NULL;
			SET session_replication_role = DEFAULT`)
	}
	late("1 second")
	if v := do[postgres.Verification](t)(w.store.Verify(t.Context(), "riverside")); v.OK() {
		t.Error("a notice that was too short is not found")
	}
	late("-1 second")
}

// Who could confirm it can take it back, or give the role at once; and only offices of
// members who are there are given so.
func TestRecoveryAnswered(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	back := do[postgres.Recovered](t)(w.recover("cy")).Change
	do[ledger.Change](t)(w.store.WithdrawChange(t.Context(), w.actAs(w.bo), back.ID))
	w.clock(now.Add(2 * ledger.RecoveryNotice))
	again := do[postgres.Recovered](t)(w.recover("cy")).Change
	if again.State != ledger.ChangeWaiting {
		t.Errorf("what was taken back is %s", again.State)
	}
	wantCode(t, "ok", w.confirm(w.bo, again.ID))
	verify(t, w.store)
	refused := func(r ledger.Recovery) error {
		return dropped(w.store.RecoverOffice(t.Context(), w.atMachine(), r))
	}
	wantCode(t, "unknown_value", refused(ledger.Recovery{Member: "bo", Role: ledger.Auditor, Reason: "why not"}))
	wantCode(t, "required", refused(ledger.Recovery{Member: "bo", Role: ledger.Treasurer}))
	wantCode(t, "not_found", refused(ledger.Recovery{Member: "nobody", Role: ledger.Treasurer, Reason: "lost"}))
	w.joined("gus")
	w.stage("gus", ledger.Left, "2026-11-06")
	wantCode(t, "member_has_left", refused(ledger.Recovery{Member: "gus", Role: ledger.Treasurer, Reason: "lost"}))
}

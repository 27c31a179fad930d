package postgres_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// nowhere renders what has no place of its own.
func nowhere(any) (postgres.Answer, error) { return postgres.Answer{Status: 200}, nil }

// wait has somebody ask for an act that waits, and returns the change by which it does.
func (w *world) wait(
	by postgres.Caller, asked ledger.ActRequest, f func(act *postgres.Act) error,
) (id ledger.ChangeID) {
	w.Helper()
	act := w.actAs(by)
	act.Asked = &asked
	act.RenderChange = func(c ledger.Change) (postgres.Answer, error) {
		id = c.ID
		return postgres.Answer{Status: 202}, nil
	}
	if err := f(act); !errors.Is(err, postgres.ErrWaits) {
		w.Fatalf("it does not wait: %v", err)
	}
	return id
}

// confirmAct has somebody confirm what another asked for.
func (w *world) confirmAct(
	by postgres.Caller, id ledger.ChangeID, f func(act *postgres.Act) error,
) error {
	w.Helper()
	change := do[ledger.Change](w.T)(w.store.Change(w.Context(), w.ana, id))
	act := w.actAs(by)
	act.Asked, act.Confirms, act.Render = &change.Act, id, nowhere
	return f(act)
}

// together has one ask for an act and another confirm it.
func (w *world) together(
	by, other postgres.Caller, operation ledger.Operation, f func(act *postgres.Act) error,
) error {
	w.Helper()
	return w.confirmAct(other, w.wait(by, ledger.ActRequest{Operation: operation, Body: "{}"}, f), f)
}

// An act waits until another who may confirms it, and is done then as who asked for it.
func TestActWaits(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.policy(1, "0.00")
	asked := ledger.ActRequest{Operation: ledger.ManageSettings, Method: "POST",
		Path: "/v1/commons/riverside/areas", Match: `"tag"`, Body: `{"code":"lab"}`}
	add := func(act *postgres.Act) error {
		return dropped(w.store.AddAreas(t.Context(), act, []ledger.Area{{Code: "lab", Name: "Lab"}}))
	}
	wantCode(t, "second_person", add(w.act()))
	areas := func() int { return len(do[[]ledger.Area](t)(w.store.Areas(t.Context(), w.ana))) }
	id := w.wait(w.ana, asked, add)
	if n := areas(); n != 0 {
		t.Errorf("there are %d areas before it is confirmed", n)
	}
	want := ledger.Change{ID: id, Type: ledger.ActChange, State: ledger.ChangeWaiting, Act: asked,
		ProposedBy: ledger.MemberRef{ID: w.ana.Member, Handle: "ana"}, ProposedAt: now}
	change := func() ledger.Change { return do[ledger.Change](t)(w.store.Change(t.Context(), w.cy, id)) }
	if diff := cmp.Diff(want, change(), sameDates, sameDecimals); diff != "" {
		t.Error(diff)
	}
	before := state(t, w.store.Raw())
	wantCode(t, "self_confirmation", w.confirmAct(w.ana, id, add))
	wantCode(t, "forbidden", w.confirmAct(w.cy, id, add))
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Errorf("a refusal has an effect: %s", diff)
	}
	wantCode(t, "ok", w.confirmAct(w.bo, id, add))
	want.State, want.DecidedAt = ledger.ChangeConfirmed, now
	want.DecidedBy = ledger.MemberRef{ID: w.bo.Member, Handle: "bo"}
	if diff := cmp.Diff(want, change(), sameDates, sameDecimals); diff != "" {
		t.Error(diff)
	}
	wantCode(t, "change_settled", w.confirmAct(w.bo, id, add))
	if n := areas(); n != 1 {
		t.Errorf("there are %d areas after it is confirmed", n)
	}
	verify(t, w.store)
}

// Nothing waits where nobody else could confirm it, nor where no approvals are asked for.
func TestActAlone(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	add := func(code string) error {
		return dropped(w.store.AddAreas(t.Context(), w.act(), []ledger.Area{{Code: code, Name: "Lab"}}))
	}
	wantCode(t, "ok", add("one"))
	w.policy(1, "0.00")
	wantCode(t, "second_person", add("two"))
	w.role(w.bo, "cy", ledger.Approver, true)
	w.role(w.cy, "bo", ledger.Steward, false)
	wantCode(t, "second_person", add("two"))
	w.role(w.cy, "cy", ledger.Approver, false)
	act := w.act()
	act.Asked = &ledger.ActRequest{Operation: ledger.ManageSettings, Method: "POST", Body: `{"code":"two"}`}
	act.Render = nowhere
	wantCode(t, "ok", dropped(w.store.AddAreas(t.Context(), act, []ledger.Area{{Code: "two", Name: "Lab"}})))
	marked := do[[]ledger.Change](t)(w.store.Changes(t.Context(), w.ana, ledger.ChangeUnchecked, "", 1))[0]
	if marked.Act != *act.Asked || marked.ProposedBy.Handle != "ana" || marked.DecidedBy.Handle != "ana" {
		t.Errorf("what nobody could confirm is marked %+v", marked)
	}
	wantCode(t, "ok", add("three"))
	verify(t, w.store)
}

// What was asked for is not done once who asked for it may not do it any more, and can be
// taken back.
func TestActOfFormerOfficer(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.role(w.bo, "cy", ledger.Approver, true)
	w.policy(1, "0.00")
	add := func(act *postgres.Act) error {
		return dropped(w.store.AddAreas(t.Context(), act, []ledger.Area{{Code: "lab", Name: "Lab"}}))
	}
	id := w.wait(w.bo, ledger.ActRequest{Operation: ledger.ManageSettings, Body: "{}"}, add)
	w.role(w.cy, "bo", ledger.Steward, false)
	wantCode(t, "proposer_without_right", w.confirmAct(w.cy, id, add))
	do[ledger.Change](t)(w.store.WithdrawChange(t.Context(), w.actAs(w.cy), id))
	wantCode(t, "change_settled", w.confirmAct(w.cy, id, add))
	verify(t, w.store)
}

// Only what is named in the request is done by a confirmation.
func TestActConfirmedAsAsked(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.policy(1, "0.00")
	add := func(act *postgres.Act) error {
		return dropped(w.store.AddAreas(t.Context(), act, []ledger.Area{{Code: "lab", Name: "Lab"}}))
	}
	id := w.wait(w.ana, ledger.ActRequest{Operation: ledger.ManageSettings, Body: `{"code":"lab"}`}, add)
	act := w.actAs(w.bo)
	act.Asked = &ledger.ActRequest{Operation: ledger.ManageSettings, Body: `{"code":"hall"}`}
	act.Confirms, act.Render = id, nowhere
	if err := add(act); err == nil {
		t.Error("something else was done")
	}
	if _, err := w.store.ConfirmChange(t.Context(), w.actAs(w.bo), id); err == nil {
		t.Error("it was confirmed without being done")
	}
}

// Money that one person moves by hand waits above the limit, with what they and others
// moved alone before; what pays to them always waits.
func TestMoneyAboveLimit(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.role(w.bo, "cy", ledger.Approver, true)
	day := date(t, "2026-11-05")
	opened := func(m ledger.Move, amount string) {
		m.Kind, m.Amount, m.Date = ledger.OpeningEntry, eur(amount), day
		w.move(m)
	}
	opened(ledger.Move{Asset: "bank"}, "5000.00")
	opened(ledger.Move{Fund: "care"}, "3000.00")
	opened(ledger.Move{Member: "ana"}, "50.00")
	opened(ledger.Move{Member: "bo"}, "500.00")
	w.clock(now.AddDate(0, 0, 31)) // what was opened counts no more
	w.policy(1, "100.00")
	moving := func(kind ledger.EntryKind, amount, member string) func(act *postgres.Act) error {
		m := ledger.Move{Kind: kind, Amount: eur(amount), Date: day, Asset: "bank", Member: member}
		if member == "" {
			m.Fund = "care"
		}
		return func(act *postgres.Act) error {
			return dropped(w.store.MoveMoney(t.Context(), act, []ledger.Move{m}))
		}
	}
	spend := func(amount string) func(act *postgres.Act) error { return moving(ledger.SpendingEntry, amount, "") }
	wantCode(t, "ok", spend("60.00")(w.act()))
	wantCode(t, "second_person", spend("40.01")(w.act()))
	wantCode(t, "ok", w.together(w.ana, w.bo, ledger.MoveMoney, spend("40.01")))
	wantCode(t, "ok", spend("40.00")(w.act()))
	wantCode(t, "second_person", spend("0.01")(w.act()))
	w.clock(now.AddDate(0, 0, 62))
	wantCode(t, "ok", spend("100.00")(w.act()))
	wantCode(t, "second_person", moving(ledger.PaymentEntry, "1.00", "ana")(w.act()))
	toAna := moving(ledger.PaymentEntry, "1.00", "ana")
	wantCode(t, "ok", w.together(w.ana, w.bo, ledger.MoveMoney, toAna))
	toBo := moving(ledger.PaymentEntry, "150.00", "bo")
	id := w.wait(w.ana, ledger.ActRequest{Operation: ledger.MoveMoney, Body: "{}"}, toBo)
	wantCode(t, "self_confirmation", w.confirmAct(w.bo, id, toBo))
	wantCode(t, "ok", w.confirmAct(w.cy, id, toBo))
	first, last := 0, 0
	err := w.store.Raw().QueryRowContext(t.Context(), `
		SELECT first_entry, last_entry FROM change_confirmation WHERE change_id = $1`, string(id)).Scan(&first, &last)
	if n := count(t, w.store.Raw(), `SELECT max(sequence) FROM entry`); err != nil || first != n || last != n {
		t.Errorf("it names the entries %d to %d instead of %d: %v", first, last, n, err)
	}
	verify(t, w.store)
	claim := func(by string) {
		w.store.Raw().MustExec(`SET session_replication_role = replica;
			UPDATE phyle.change_confirmation SET first_entry = first_entry - ` + by + ` WHERE first_entry IS NOT NULL;
			SET session_replication_role = DEFAULT`)
	}
	claim("5")
	if v := do[postgres.Verification](t)(w.store.Verify(t.Context(), "riverside")); v.OK() {
		t.Error("an entry that nobody else confirmed passes for one that somebody did")
	}
	claim("-5")
}

// Reversals wait: of distributions always, of entries and incomes above the limit.
func TestReversalsWait(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	d := w.post(w.draft("2026-10-31"))
	big, small := w.income("150.00", "2026-11-02"), w.income("50.00", "2026-11-02")
	w.clock(now.AddDate(0, 0, 31))
	w.policy(1, "100.00")
	reverse := func(i ledger.Income) func(act *postgres.Act) error {
		return func(act *postgres.Act) error {
			return dropped(w.store.ReverseIncomes(t.Context(), act, []ledger.IncomeID{i.ID}, ledger.Date{}, "twice"))
		}
	}
	wantCode(t, "second_person", reverse(big)(w.act()))
	wantCode(t, "ok", reverse(small)(w.act()))
	wantCode(t, "ok", w.together(w.ana, w.bo, ledger.ReverseIncome, reverse(big)))
	wantCode(t, "ok", w.together(w.ana, w.bo, ledger.ReverseDistribution, func(act *postgres.Act) error {
		return dropped(w.store.ReverseDistribution(t.Context(), act, d.ID, ledger.Date{}, "wrong hours"))
	}))
	verify(t, w.store)
}

// An agreement that the members have voted on here needs no second person.
func TestVotedAgreementDoesNotWait(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.policy(1, "0.00")
	voted, plain := w.ballot(ledger.ByConsent, 0, "2026-11-05"), w.written()
	day := date(t, "2026-11-10")
	wantCode(t, "second_person", dropped(w.store.AdoptAgreement(t.Context(), w.act(), plain, consent(day, date(t, "2026-11-01")))))
	w.clock(now.AddDate(0, 0, 10))
	do[postgres.Agreement](t)(w.store.DecideAgreement(t.Context(), w.act(), voted, nil))
	do[postgres.Agreement](t)(w.store.AdoptAgreement(t.Context(), w.act(), voted, ledger.NewAdoption{From: day}))
}

// The request is gone once a member is erased whom it may have named.
func TestActErased(t *testing.T) {
	t.Parallel()
	w := rich(t)
	w.zanthe()
	waiting := do[[]ledger.Change](t)(w.store.Changes(t.Context(), w.ana, ledger.ChangeWaiting, "", 10))
	w.erase("zanthe", "as Zanthe wished")
	add := func(act *postgres.Act) error {
		return dropped(w.store.AddAreas(t.Context(), act, []ledger.Area{{Code: "shelf", Name: "Shelf"}}))
	}
	wantCode(t, "request_erased", w.confirmAct(w.ana, waiting[0].ID, add))
	verify(t, w.store)
}

// sameDecimals lets numbers be compared.
var sameDecimals = cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })

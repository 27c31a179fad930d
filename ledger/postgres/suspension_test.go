package postgres_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// suspend takes a member's part away, as ana says.
func (w *world) suspend(handle string) ledger.Member {
	w.Helper()
	return do[[]ledger.Member](w.T)(w.store.Suspend(w.Context(), w.act(),
		ledger.Suspension{Member: handle, Reason: "until Friday"}))[0]
}

// readmit gives a member's part back.
func (w *world) readmit(handle string) ledger.Member {
	w.Helper()
	return do[[]ledger.Member](w.T)(w.store.Readmit(w.Context(), w.act(), handle))[0]
}

// Who is suspended can do nothing in the commons but look after themself, at once, and all
// again once it ends; the books go on with them.
func TestSuspend(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	w.stage("cy", ledger.FullPart, "2026-11-01")
	ctx := t.Context()
	vote := w.ballot(ledger.ByMajority, 0, "2026-11-10")
	give := func() error {
		return dropped(w.store.LogContributions(ctx, w.actAs(w.cy), []ledger.NewContribution{{Member: "cy",
			Kind: "work", Quantity: decimal.NewFromInt(1), Date: date(t, "2026-10-30")}}))
	}
	look := func() error { return dropped(w.store.Member(ctx, w.cy, "cy")) }
	own := func(by postgres.Caller) error {
		return dropped(w.store.Audit(ctx, w.cy, postgres.AuditFilter{Member: by.Handle, Limit: 10}))
	}
	want := w.tryDraftOf("2026-10-31")
	if m := w.suspend("cy"); !m.SuspendedAt.Equal(now) || m.Stage != ledger.FullPart {
		t.Errorf("the member is %+v", m)
	}
	for range 2 {
		wantCode(t, "member_suspended", give())
		wantCode(t, "member_suspended", look())
		if got := w.vote(w.cy, vote, "yes", ""); got != "member_suspended" {
			t.Errorf("the vote: %s", got)
		}
		wantCode(t, "ok", own(w.cy))
		wantCode(t, "member_suspended", own(w.bo))
		wantCode(t, "member_not_left", dropped(w.store.EraseMember(ctx, w.actAs(w.cy), "cy", "")))
		w.later(24 * time.Hour)
	}
	if diff := cmp.Diff(ledger.Suspension{Member: "cy", Reason: "until Friday", Since: now},
		do[ledger.Suspension](t)(w.store.OwnSuspension(ctx, w.cy))); diff != "" {
		t.Error(diff)
	}
	if got := do[ledger.Suspension](t)(w.store.OwnSuspension(ctx, w.bo)); got != (ledger.Suspension{}) {
		t.Errorf("bo is suspended: %+v", got)
	}
	if got := w.dataOf(w.cy)["suspensions"]; len(got) != 1 || got[0]["reason"] != "until Friday" ||
		got[0]["recorded_by"] != "ana" {
		t.Errorf("they read %v", got)
	}
	if diff := cmp.Diff(want, w.tryDraftOf("2026-10-31"), sameDecimals, sameDates); diff != "" {
		t.Errorf("a distribution is another: %s", diff)
	}
	w.post(w.draft("2026-10-31"))
	w.move(ledger.Move{Kind: ledger.PaymentEntry, Member: "cy", Asset: "bank", Date: date(t, "2026-11-05"),
		Amount: eur("1.00")})
	if m := w.readmit("cy"); !m.SuspendedAt.IsZero() {
		t.Errorf("the member is %+v", m)
	}
	if got := do[ledger.Suspension](t)(w.store.OwnSuspension(ctx, w.cy)); got != (ledger.Suspension{}) {
		t.Errorf("cy is suspended: %+v", got)
	}
	wantCode(t, "ok", give())
	wantCode(t, "ok", look())
	w.wantOK(w.vote(w.cy, vote, "yes", ""))
	verify(t, w.store)
}

// tryDraftOf is what a distribution would give each, without drafting it.
func (w *world) tryDraftOf(through string) []ledger.Allocation {
	w.Helper()
	drafts := do[[]postgres.Distribution](w.T)(w.store.DraftDistributions(w.Context(),
		&postgres.Act{By: w.ana, DryRun: true}, []postgres.DistributionRequest{{Through: date(w.T, through)}}))
	return drafts[0].Allocations
}

// Stewards suspend, and nobody themself, nobody twice, nobody who has left, and nobody who
// holds a role today or on a day to come.
func TestSuspendRefused(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	ctx := t.Context()
	suspend := func(by postgres.Caller, member, reason string) error {
		return dropped(w.store.Suspend(ctx, w.actAs(by), ledger.Suspension{Member: member, Reason: reason}))
	}
	readmit := func(by postgres.Caller, member string) error {
		return dropped(w.store.Readmit(ctx, w.actAs(by), member))
	}
	w.joined("gus", "hal", "kim")
	w.stage("gus", ledger.Left, "2026-11-05")
	role := func(member, from string, held bool, until string) {
		change := ledger.RoleChange{Member: member, Role: ledger.Steward, Held: held, From: date(t, from)}
		if until != "" {
			change.Until = date(t, until)
		}
		w.granted(change)
	}
	role("hal", "2026-12-01", true, "2026-12-02")
	role("kim", "2026-11-05", true, "")
	role("kim", "2026-11-20", false, "")
	before := state(t, w.store.Raw())
	wantCode(t, "forbidden", suspend(w.cy, "gus", "no"))
	wantCode(t, "forbidden", readmit(w.cy, "gus"))
	wantCode(t, "own_suspension", suspend(w.bo, "bo", "no"))
	wantCode(t, "own_suspension", readmit(w.bo, "bo"))
	wantCode(t, "not_found", suspend(w.bo, "nobody", "no"))
	wantCode(t, "required", suspend(w.bo, "cy", ""))
	wantCode(t, "member_has_left", suspend(w.bo, "gus", "no"))
	wantCode(t, "not_suspended", readmit(w.bo, "cy"))
	for _, member := range []string{"ana", "hal", "kim"} {
		wantCode(t, "holds_role", suspend(w.bo, member, "no"))
	}
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Errorf("what was refused has an effect: %s", diff)
	}
	wantCode(t, "ok", suspend(w.bo, "cy", "for now"))
	wantCode(t, "already_suspended", suspend(w.ana, "cy", "again"))
	w.clock(time.Date(2026, 12, 3, 9, 0, 0, 0, time.UTC))
	wantCode(t, "ok", suspend(w.bo, "hal", "for now"))
	wantCode(t, "ok", suspend(w.bo, "kim", "for now"))
	verify(t, w.store)
}

// A role is given to nobody who is suspended: not asked for, not confirmed, not at the
// machine; and what they asked for before is not done as them.
func TestSuspendedGetNoRoles(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	ctx := t.Context()
	gift := ledger.RoleChange{Member: "cy", Role: ledger.Approver, Held: true}
	waits := w.proposed(w.bo, gift)
	started := do[postgres.Recovered](t)(w.recover("cy")).Change
	w.suspend("cy")
	before := state(t, w.store.Raw())
	wantCode(t, "member_is_suspended", w.confirm(w.ana, waits))
	wantCode(t, "member_is_suspended", w.confirm(w.bo, started.ID))
	wantCode(t, "member_is_suspended", dropped(w.store.ChangeRoles(ctx, w.actAs(w.bo), []ledger.RoleChange{gift})))
	w.clock(now.Add(ledger.RecoveryNotice))
	wantCode(t, "member_is_suspended", dropped(w.recover("cy")))
	wantCode(t, "member_is_suspended", dropped(w.store.RecoverOffice(ctx, w.atMachine(),
		ledger.Recovery{Member: "cy", Role: ledger.Steward, Reason: "lost"})))
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Errorf("what was refused has an effect: %s", diff)
	}
	w.readmit("cy")
	wantCode(t, "ok", w.confirm(w.ana, waits))
	verify(t, w.store)
}

// What waits for a second person is not done as who was suspended since.
func TestSuspendedAct(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.policy(1, "0.00")
	w.role(w.bo, "cy", ledger.Steward, true)
	add := func(act *postgres.Act) error {
		return dropped(w.store.AddAreas(t.Context(), act, []ledger.Area{{Code: "lab", Name: "Lab"}}))
	}
	id := w.wait(w.cy, ledger.ActRequest{Operation: ledger.ManageSettings, Body: "{}"}, add)
	w.role(w.bo, "cy", ledger.Steward, false)
	w.suspend("cy")
	wantCode(t, "proposer_without_right", w.confirmAct(w.bo, id, add))
	w.readmit("cy")
	w.role(w.bo, "cy", ledger.Steward, true)
	wantCode(t, "ok", w.confirmAct(w.bo, id, add))
}

// Who is suspended can leave. Then they may what both say, and who comes back is suspended
// still.
func TestSuspendedLeave(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.stage("cy", ledger.FullPart, "2026-11-01")
	vote := w.ballot(ledger.ByMajority, 0, "2026-11-10")
	w.suspend("cy")
	do[[]ledger.Member](t)(w.store.Leave(t.Context(), w.actAs(w.cy), "cy", date(t, "2026-11-05")))
	if got := w.vote(w.cy, vote, "yes", ""); got != "member_suspended" {
		t.Errorf("the vote: %s", got)
	}
	wantCode(t, "member_left", dropped(w.store.Member(t.Context(), w.cy, "cy")))
	w.dataOf(w.cy)
	w.stage("cy", ledger.FullPart, "2026-11-05")
	wantCode(t, "member_suspended", dropped(w.store.Member(t.Context(), w.cy, "cy")))
	w.stage("cy", ledger.Left, "2026-11-05")
	asked := do[ledger.Change](t)(w.store.EraseMember(t.Context(), w.actAs(w.cy), "cy", ""))
	wantCode(t, "ok", w.confirm(w.bo, asked.ID))
	wantCode(t, "member_erased", dropped(w.store.Readmit(t.Context(), w.act(), "gone-3")))
	verify(t, w.store)
}

// What the app may not write of suspensions, whatever it does.
func TestSuspensionTable(t *testing.T) {
	t.Parallel()
	w := rich(t)
	db := w.store.Raw()
	before := state(t, db)
	row := func(member, suspended, reason, by string) string {
		return `INSERT INTO member_suspension (commons_id, number, member_id, suspended, reason, recorded_by, recorded_at)
			SELECT m.commons_id, h.setting + 1, m.member_id, ` + suspended + `, '` + reason + `', ` + by + `, h.recorded_at
			  FROM member AS m JOIN journal_head AS h USING (commons_id) WHERE m.handle = '` + member + `'`
	}
	role := strings.NewReplacer("member_suspension", "member_role", "suspended, reason,", "role, from_on, held,",
		"'', NULL", "'2027-01-01', true, NULL").Replace(row("up", "'steward'", "", "NULL"))
	for _, c := range []struct{ name, do, want string }{
		{"no reason", row("eli", "true", "", "NULL"), "member_suspension_reason"},
		{"a reason for an end", row("up", "false", "well", "NULL"), "member_suspension_reason"},
		{"by the member", row("eli", "true", "so", "m.member_id"), "member_suspension_by_another"},
		{"a suspension of who is suspended", row("up", "true", "so", "NULL"), "suspension_takes_turns"},
		{"an end of nothing", row("eli", "false", "", "NULL"), "suspension_takes_turns"},
		{"a suspension of a steward", row("bo", "true", "so", "NULL"), "suspended_without_roles"},
		{"a role of who is suspended", role, "suspended_without_roles"},
	} {
		if got := refusal(asRole(t, db, "phyle_app", c.do)); got != "check_violation "+c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if diff := cmp.Diff(before, state(t, db)); diff != "" {
			t.Fatalf("%s: %s", c.name, diff)
		}
	}
}

// What somebody plants who may do everything is found.
func TestVerifySuspensions(t *testing.T) {
	t.Parallel()
	w := rich(t)
	s := tamperWith(t, w.store)
	s.exec(`ALTER TABLE phyle.member_suspension DROP CONSTRAINT member_suspension_reason,
		DROP CONSTRAINT member_suspension_by_another`)
	const (
		roles = "nobody suspended holds a role"
		turns = "suspensions and their ends take turns"
		told  = "everything in the books was told of"
		gaps  = "settings are numbered from 1 without a gap"
	)
	const last = ` WHERE number = (SELECT max(number) FROM phyle.member_suspension)`
	bo := `(SELECT member_id FROM phyle.member WHERE handle = 'bo')`
	for _, c := range []struct{ name, table, do, want string }{
		{"a suspension of a steward", "member_suspension", `UPDATE phyle.member_suspension SET member_id = ` + bo, roles},
		{"a role of who is suspended", "member_role", `UPDATE phyle.member_role SET number = number + 1000,
			member_id = (SELECT member_id FROM phyle.member WHERE handle = 'up')
			WHERE number = (SELECT max(number) FROM phyle.member_role WHERE held)`, roles},
		{"a suspension becomes an end", "member_suspension",
			`UPDATE phyle.member_suspension SET suspended = false, reason = ''` + last, turns},
		{"an end becomes a suspension", "member_suspension",
			`UPDATE phyle.member_suspension SET suspended = true, reason = 'so' WHERE NOT suspended`, turns},
		{"a suspension without a reason", "member_suspension",
			`UPDATE phyle.member_suspension SET reason = ''` + last, turns},
		{"a suspension by the member", "member_suspension",
			`UPDATE phyle.member_suspension SET recorded_by = member_id` + last, turns},
		{"a suspension is forgotten", "member_suspension", `DELETE FROM phyle.member_suspension` + last, told},
		{"a suspension has another number", "member_suspension",
			`UPDATE phyle.member_suspension SET number = number + 9` + last, gaps},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.T = t
			if s.exec(c.do) == 0 {
				t.Fatal("nothing was changed")
			}
			s.wantFound(c.name, c.want)
			s.restore(c.table)
			if diff := cmp.Diff(map[string]string{}, s.found()); diff != "" {
				t.Fatalf("after putting it back: %s", diff)
			}
		})
	}
	s.T = t
}

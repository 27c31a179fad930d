package postgres_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
)

// proposed asks for a change of a role and returns the change, which waits.
func (w *world) proposed(by postgres.Caller, change ledger.RoleChange) ledger.ChangeID {
	w.Helper()
	members := do[[]ledger.Member](w.T)(w.store.ChangeRoles(w.Context(), w.actAs(by),
		[]ledger.RoleChange{change}))
	if len(members[0].Waiting) == 0 {
		w.Fatalf("%+v waits for nobody", change)
	}
	return members[0].Waiting[len(members[0].Waiting)-1]
}

func (w *world) confirm(by postgres.Caller, id ledger.ChangeID) error {
	_, err := w.store.ConfirmChange(w.Context(), w.actAs(by), id)
	return err
}

// policy puts a policy into force, which ana asks for and bo confirms.
func (w *world) policy(approvals int, above string) {
	w.Helper()
	c := do[ledger.Change](w.T)(w.store.ProposePolicy(w.Context(), w.act(),
		ledger.ApprovalPolicy{Count: approvals, Above: decimal.RequireFromString(above)}))
	if c.State == ledger.ChangeWaiting {
		wantCode(w.T, "ok", w.confirm(w.bo, c.ID))
	}
}

// role gives a role, or takes it, as ana asks for and the other confirms.
func (w *world) role(other postgres.Caller, member string, role ledger.Role, held bool) {
	w.Helper()
	id := w.proposed(w.ana, ledger.RoleChange{Member: member, Role: role, Held: held})
	wantCode(w.T, "ok", w.confirm(other, id))
}

func (w *world) approve(by postgres.Caller, d postgres.Distribution) error {
	_, err := w.store.ApproveDistribution(w.Context(), w.actAs(by), d.ID, d.Digest)
	return err
}

func (w *world) postAs(by postgres.Caller, d postgres.Distribution) error {
	_, err := w.store.PostDistribution(w.Context(), w.actAs(by), d.ID, d.Digest)
	return err
}

// approved brings a policy, and a distribution that others have approved.
func (w *world) approved() {
	w.Helper()
	w.policy(1, "10.00")
	w.role(w.bo, "cy", ledger.Approver, true)
	w.role(w.cy, "bo", ledger.Approver, true)
	w.income("45.00", "2026-11-05")
	d := w.draft("2026-11-05")
	wantCode(w.T, "ok", w.approve(w.cy, d))
	w.post(d)
	thrown := w.draft("2026-11-05")
	wantCode(w.T, "ok", w.approve(w.bo, thrown))
	wantCode(w.T, "ok", w.store.DiscardDistribution(w.Context(), w.act(), thrown.ID))
	do[ledger.Change](w.T)(w.store.ProposePolicy(w.Context(), w.act(), ledger.ApprovalPolicy{Count: 2}))
	waits := do[ledger.Change](w.T)(w.store.ProposePolicy(w.Context(), w.act(), ledger.ApprovalPolicy{}))
	do[ledger.Change](w.T)(w.store.WithdrawChange(w.Context(), w.act(), waits.ID))
	w.policy(0, "0.00")
}

// A distribution is posted once as many others have approved as the policy asks for,
// each once, and never who drafted it.
func TestApprovals(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	w.policy(1, "0.00")
	w.role(w.bo, "cy", ledger.Approver, true)
	d := w.draft("2026-10-31")
	if diff := cmp.Diff(ledger.Approvals{Asked: 1}, d.Approvals); diff != "" {
		t.Error(diff)
	}
	before := state(t, w.store.Raw())
	missing := w.postAs(w.ana, d)
	wantCode(t, "approvals_missing", missing)
	var refusal *ledger.Error
	if errors.As(missing, &refusal); refusal.Detail["missing"] != "1" ||
		!strings.HasSuffix(refusal.Message, "These may still approve it: cy.") {
		t.Errorf("it says %q with %v", refusal.Message, refusal.Detail)
	}
	wantCode(t, "self_approval", w.approve(w.ana, d))
	wantCode(t, "forbidden", w.approve(w.bo, d))
	other := d
	other.Digest = strings.Repeat("0", 64)
	wantCode(t, "approval_stale", w.approve(w.cy, other))
	_, err := w.store.ApproveDistribution(t.Context(),
		&postgres.Act{By: w.cy, DryRun: true}, d.ID, d.Digest)
	wantCode(t, "ok", err)
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Fatal(diff)
	}
	wantCode(t, "ok", w.approve(w.cy, d))
	wantCode(t, "already_approved", w.approve(w.cy, d))
	posted := w.post(d)
	want := ledger.Approvals{Asked: 1, Given: []ledger.Approval{
		{Member: ledger.MemberRef{ID: w.cy.Member, Handle: "cy"}, At: now, Counts: true}}}
	if diff := cmp.Diff(want, posted.Approvals); diff != "" {
		t.Error(diff)
	}
	wantCode(t, "already_posted", w.approve(w.cy, d))
	w.role(w.bo, "cy", ledger.Approver, false)
	again := do[postgres.Distribution](t)(w.store.Distribution(t.Context(), w.ana, d.ID))
	if diff := cmp.Diff(want, again.Approvals); diff != "" {
		t.Errorf("what counted then counts for good: %s", diff)
	}
}

// Figures that have changed are not approved, and an approval of others does not count.
func TestApprovalStale(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	w.policy(1, "0.00")
	w.role(w.bo, "cy", ledger.Approver, true)
	d := w.draft("2026-10-31")
	wantCode(t, "ok", w.approve(w.cy, d))
	other := strings.Replace(riversideRules, "1.2", "1.3", 1)
	id := do[postgres.Agreement](t)(w.store.CreateAgreement(t.Context(), w.act(), "", []byte(other), agreement.YAML)).ID
	wantCode(t, "ok", w.together(w.ana, w.cy, ledger.AdoptAgreement, func(act *postgres.Act) error {
		return dropped(w.store.AdoptAgreement(t.Context(), act, id, consent(date(t, "2026-10-01"), date(t, "2026-10-01"))))
	}))
	wantCode(t, "approval_stale", w.approve(w.cy, d))
	wantCode(t, "inputs_changed", w.postAs(w.ana, d))
	fresh := w.draft("2026-10-31")
	wantCode(t, "approvals_missing", w.postAs(w.ana, fresh))
	wantCode(t, "ok", w.approve(w.cy, fresh))
	w.post(fresh)
}

// What counts is who holds the right, and which policy is in force, at the posting.
func TestApprovalsAtPosting(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		after func(w *world)
		want  string
	}{
		{"nothing", func(*world) {}, "ok"},
		{"the right is lost", func(w *world) { w.role(w.bo, "cy", ledger.Approver, false) }, "approvals_missing"},
		{"the right is lost and back", func(w *world) {
			w.role(w.bo, "cy", ledger.Approver, false)
			w.role(w.bo, "cy", ledger.Approver, true)
		}, "ok"},
		{"the member has left", func(w *world) {
			w.leave("cy", "2026-11-05")
		}, "approvals_missing"},
		{"the policy asks for more", func(w *world) { w.policy(2, "0.00") }, "approvals_missing"},
		{"the policy asks for it above more", func(w *world) { w.policy(2, "4200.00") }, "ok"},
		{"the policy asks for it above less", func(w *world) { w.policy(2, "4199.99") }, "approvals_missing"},
		{"the policy asks for none", func(w *world) { w.policy(0, "0.00") }, "ok"},
		{"another policy waits", func(w *world) {
			do[ledger.Change](w.T)(w.store.ProposePolicy(w.Context(), w.act(), ledger.ApprovalPolicy{Count: 9}))
		}, "ok"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := riverside(t)
			w.october()
			w.policy(1, "0.00")
			w.role(w.bo, "cy", ledger.Approver, true)
			d := w.draft("2026-10-31")
			wantCode(t, "ok", w.approve(w.cy, d))
			c.after(w)
			wantCode(t, c.want, w.postAs(w.ana, d))
		})
	}
}

// Who alone has approved does not post as well.
func TestPosterIsNotTheOnlyApprover(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	w.policy(1, "0.00")
	w.role(w.bo, "cy", ledger.Treasurer, true)
	d := do[[]postgres.Distribution](t)(w.store.DraftDistributions(t.Context(), w.actAs(w.bo),
		[]postgres.DistributionRequest{{Through: date(t, "2026-10-31")}}))[0]
	wantCode(t, "ok", w.approve(w.cy, d))
	wantCode(t, "approvals_missing", w.postAs(w.cy, d))
	wantCode(t, "ok", w.postAs(w.ana, d))
}

// What was posted in the thirty days before counts towards the amount.
func TestApprovalsInSmallParts(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(riversideRules, "2026-01-01")
	w.policy(1, "100.00")
	divide := func(amount string) error {
		w.income(amount, "2026-11-01")
		return w.postAs(w.ana, w.draft("2026-11-01"))
	}
	wantCode(t, "ok", divide("60.00"))
	wantCode(t, "approvals_missing", divide("40.01"))
	w.at(now.Add(30 * 24 * time.Hour))
	wantCode(t, "ok", divide("9.99"))
}

// However many approve or confirm at once, each counts once.
func TestApprovalsAtOnce(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	w.policy(2, "0.00")
	w.role(w.bo, "cy", ledger.Approver, true)
	w.role(w.cy, "bo", ledger.Approver, true)
	d := w.draft("2026-10-31")
	tally := atOnce(12, func(i int) error { return w.approve([]postgres.Caller{w.bo, w.cy}[i%2], d) })
	if diff := cmp.Diff(map[string]int{"ok": 2, "already_approved": 10}, tally); diff != "" {
		t.Error(diff)
	}
	wantRefusals(t, atOnce(6, func(int) error { return w.postAs(w.ana, d) }), 6, "already_posted")
	waits := do[ledger.Change](t)(w.store.ProposePolicy(t.Context(), w.act(), ledger.ApprovalPolicy{Count: 1}))
	wantRefusals(t, atOnce(8, func(i int) error {
		if i%2 == 0 {
			_, err := w.store.WithdrawChange(t.Context(), w.actAs(w.cy), waits.ID)
			return err
		}
		return w.confirm(w.bo, waits.ID)
	}), 8, "change_settled")
}

// An approval while the draft is thrown away is of the draft, or refused.
func TestApprovalWhileDiscarded(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	w.role(w.bo, "cy", ledger.Approver, true)
	for range 5 {
		d := w.draft("2026-10-31")
		tally := atOnce(2, func(i int) error {
			if i == 0 {
				return w.store.DiscardDistribution(t.Context(), w.act(), d.ID)
			}
			return w.approve(w.cy, d)
		})
		if tally["ok"]+tally["not_found"] != 2 || tally["ok"] == 0 {
			t.Errorf("got %v", tally)
		}
	}
}

// A change is confirmed by a second person, and by nobody who would gain a role.
func TestChanges(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	give := ledger.RoleChange{Member: "cy", Role: ledger.Treasurer, Held: true}
	policy := ledger.ApprovalPolicy{Count: 1, Above: decimal.NewFromInt(100)}
	_, err := w.store.ProposePolicy(t.Context(), w.actAs(w.cy), policy)
	wantCode(t, "forbidden", err)
	_, err = w.store.ProposePolicy(t.Context(), w.act(), ledger.ApprovalPolicy{Count: 10})
	wantCode(t, "out_of_range", err)
	waits := do[ledger.Change](t)(w.store.ProposePolicy(t.Context(), w.act(), policy))
	role := w.proposed(w.ana, give)
	wantCode(t, "self_confirmation", w.confirm(w.ana, waits.ID))
	wantCode(t, "forbidden", w.confirm(w.cy, waits.ID))
	_, err = w.store.WithdrawChange(t.Context(), w.actAs(w.cy), role)
	wantCode(t, "forbidden", err)
	wantCode(t, "ok", w.confirm(w.bo, waits.ID))
	wantCode(t, "change_settled", w.confirm(w.bo, waits.ID))
	commons := do[ledger.Commons](t)(w.store.Commons(t.Context(), w.cy))
	if diff := cmp.Diff("1 above 100", policyText(commons.Approvals)); diff != "" {
		t.Error(diff)
	}
	second := w.proposed(w.bo, ledger.RoleChange{Member: "cy", Role: ledger.Approver, Held: true})
	wantCode(t, "ok", w.confirm(w.bo, role))
	third := w.proposed(w.ana, ledger.RoleChange{Member: "cy", Role: ledger.Steward, Held: true})
	wantCode(t, "own_role", w.confirm(w.cy, third))
	wantCode(t, "ok", w.confirm(w.ana, second))
	do[ledger.Change](t)(w.store.WithdrawChange(t.Context(), w.actAs(w.cy), third))
	var got []string
	for _, c := range do[[]ledger.Change](t)(w.store.Changes(t.Context(), w.cy, "", "", 9)) {
		got = append(got, c.ProposedBy.Handle+" "+string(c.Role)+" "+string(c.State)+" "+c.DecidedBy.Handle)
	}
	want := []string{"ana steward withdrawn cy", "bo approver confirmed ana", "ana treasurer confirmed bo",
		"ana  confirmed bo", "ana steward unchecked ana", " treasurer unchecked ", " steward unchecked "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func policyText(p ledger.ApprovalPolicy) string {
	return strings.TrimSuffix(decimal.NewFromInt(int64(p.Count)).String()+" above "+p.Above.String(), ".00")
}

// The tables themselves refuse what one person would do alone.
func TestApprovalTables(t *testing.T) {
	t.Parallel()
	w := rich(t)
	w.policy(1, "0.00")
	waits := do[ledger.Change](t)(w.store.ProposePolicy(t.Context(), w.act(), ledger.ApprovalPolicy{}))
	role := w.proposed(w.ana, ledger.RoleChange{Member: "eli", Role: ledger.Steward, Held: true})
	w.income("10.00", "2026-11-05")
	w.draft("2026-11-05")
	db := w.store.Raw()
	before := state(t, db)
	settle := func(id ledger.ChangeID, outcome, by, number string) string {
		return `INSERT INTO change_confirmation SELECT c.commons_id, c.change_id, '` + outcome + `', c.proposed_by,
			(SELECT member_id FROM member WHERE handle = '` + by + `'), c.proposed_at, '2026-11-05', h.setting, ` +
			number + ` FROM change AS c JOIN journal_head AS h USING (commons_id) WHERE c.change_id = '` + string(id) + `'`
	}
	approve := func(digest, by string) string {
		return `INSERT INTO approval SELECT commons_id, distribution_id, ` + digest + `, drafted_by,
			(SELECT member_id FROM member WHERE handle = '` + by + `'), drafted_at
			FROM draft ORDER BY distribution_id DESC LIMIT 1`
	}
	const copied = `INSERT INTO distribution SELECT d.commons_id, '01a20700-0000-7000-8000-000000000000',
		h.distributed + 1, d.area_id, d.agreement_id, d.date, d.through, d.cut, d.setting, d.digest, d.incomes,
		d.carried_in, d.given, d.carried_out, d.sequence, d.drafted_by, d.posted_by, h.recorded_at, d.posted_after
		FROM distribution AS d JOIN journal_head AS h USING (commons_id) WHERE d.number = 1;`
	check := func(approvals string) string {
		return copied + `INSERT INTO distribution_check SELECT commons_id, distribution_id, '2026-11-05',
			(SELECT setting FROM journal_head), ` + approvals + ` FROM distribution
			WHERE distribution_id = '01a20700-0000-7000-8000-000000000000'`
	}
	for _, c := range []struct{ name, do, want string }{
		{"by the drafter", approve("digest", "ana"), "approval_by_another"},
		{"of other figures", approve("repeat('0', 64)", "cy"), "approval_of_draft"},
		{"confirmed by the proposer", settle(waits.ID, "confirmed", "ana", "h.setting + 1"), "change_by_two"},
		{"unchecked by another", settle(waits.ID, "unchecked", "bo", "h.setting + 1"), "change_by_two"},
		{"confirmed by who gains", settle(role, "confirmed", "eli", "h.setting + 1"), "change_decided_by"},
		{"withdrawn with effect", settle(waits.ID, "withdrawn", "ana", "h.setting + 1"), "change_number"},
		{"twice", settle(waits.ID, "withdrawn", "ana", "NULL") + "; " + settle(waits.ID, "withdrawn", "bo", "NULL"),
			"change_settled_once"},
		{"of one's own role", `INSERT INTO change (commons_id, change_id, type, member_id, role, held, from_on,
			proposed_by, proposed_at) SELECT commons_id, gen_random_uuid(), 'role', member_id, 'steward', true,
			'2026-11-05', member_id, created_at FROM member LIMIT 1`, "change_not_of_own_role"},
		{"of both types", `INSERT INTO change (commons_id, change_id, type, approvals, approvals_above, role, proposed_at)
			SELECT commons_id, gen_random_uuid(), 'approval_policy', 0, 0, 'steward', created_at FROM commons`,
			"change_of_one_type"},
		{"a role without a change", `INSERT INTO member_role SELECT m.commons_id, h.setting + 1, m.member_id, 'steward',
			'2026-11-05', true, NULL, h.recorded_at FROM member AS m JOIN journal_head AS h USING (commons_id)
			WHERE m.handle = 'eli'`, "role_rests_on_change"},
		{"posted without a check", copied, "distribution_checked"},
		{"posted under another policy", check("0"), "distribution_checked"},
		{"posted with too few approvals", check("1"), "distribution_approved"},
	} {
		got := refusal(asRole(t, db, "phyle_app", c.do))
		if got != "check_violation "+c.want && got != "unique_violation "+c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if diff := cmp.Diff(before, state(t, db)); diff != "" {
			t.Fatalf("%s: %s", c.name, diff)
		}
	}
}

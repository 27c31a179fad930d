package postgres_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
)

// consent is an adoption together with a decision by consent elsewhere.
func consent(from, decided ledger.Date) ledger.NewAdoption {
	return ledger.NewAdoption{From: from, Decision: &ledger.RecordedDecision{
		Method: ledger.ByConsent, Date: decided, Outcome: ledger.OutcomeAccepted}}
}

// sameDates lets days be compared.
var sameDates = cmpopts.EquateComparable(ledger.Date{})

// clock sets the time of the store.
func (w *world) clock(at time.Time) { w.store.SetClock(func() time.Time { return at }) }

// written brings the rules of Riverside in as a draft.
func (w *world) written() ledger.AgreementID {
	w.Helper()
	return do[postgres.Agreement](w.T)(w.store.CreateAgreement(w.Context(), w.act(), "",
		[]byte(riversideRules), agreement.YAML)).ID
}

// propose puts an agreement before the group without a vote.
func (w *world) propose(id ledger.AgreementID, notice string) postgres.Agreement {
	w.Helper()
	return do[postgres.Agreement](w.T)(w.store.ProposeAgreement(w.Context(), w.act(), id,
		ledger.NewProposal{NoticeUntil: date(w.T, notice)}))
}

// ballot opens a vote on a new agreement, with notice until today.
func (w *world) ballot(method string, quorum int, closes string) ledger.AgreementID {
	w.Helper()
	id := w.written()
	do[postgres.Agreement](w.T)(w.store.ProposeAgreement(w.Context(), w.act(), id, ledger.NewProposal{
		NoticeUntil: w.ana.Commons.Today(w.store.Now()),
		Ballot:      &ledger.NewBallot{Method: method, Quorum: quorum, ClosesOn: date(w.T, closes)}}))
	return id
}

// vote is what a member says, and "" or the code of the refusal.
func (w *world) vote(by postgres.Caller, id ledger.AgreementID, choice, reason string) string {
	w.Helper()
	_, err := w.store.CastVote(w.Context(), w.actAs(by), id,
		ledger.NewVote{Choice: ledger.Choice(choice), Reason: reason})
	return code(err)
}

// decide counts or records a decision, and returns "ok" or the code of the refusal.
func (w *world) decide(id ledger.AgreementID, d *ledger.RecordedDecision) string {
	w.Helper()
	_, err := w.store.DecideAgreement(w.Context(), w.act(), id, d)
	return code(err)
}

// adoptFrom adopts what was decided, and returns "ok" or the code of the refusal.
func (w *world) adoptFrom(id ledger.AgreementID, from string) string {
	w.Helper()
	_, err := w.store.AdoptAgreement(w.Context(), w.act(), id, ledger.NewAdoption{From: date(w.T, from)})
	return code(err)
}

func (w *world) status(id ledger.AgreementID) ledger.AgreementStatus {
	w.Helper()
	return do[postgres.Agreement](w.T)(w.store.Agreement(w.Context(), w.ana, id)).Status
}

// wantStatus fails unless the agreement has come so far, and is listed so.
func (w *world) wantStatus(id ledger.AgreementID, want ledger.AgreementStatus) {
	w.Helper()
	if got := w.status(id); got != want {
		w.Errorf("the agreement is %s, want %s", got, want)
	}
	found := false
	for _, a := range do[[]postgres.Agreement](w.T)(w.store.Agreements(w.Context(), w.ana, want, "", 200)) {
		found = found || a.ID == id
		if a.Status != want {
			w.Errorf("%s is listed among %s", a.Status, want)
		}
	}
	if !found {
		w.Errorf("it is not listed among %s", want)
	}
}

// wantOK fails unless all went well.
func (w *world) wantOK(codes ...string) {
	w.Helper()
	if diff := cmp.Diff(strings.Repeat("ok ", len(codes)), strings.Join(codes, " ")+" "); diff != "" {
		w.Error(diff)
	}
}

// decided has a vote with an objection that is withdrawn, one that is taken back, and
// a decision with votes that was made elsewhere. None is adopted.
func (w *world) decided() {
	w.Helper()
	voted, dropped := w.ballot(ledger.ByConsent, 50, "2026-11-05"), w.ballot(ledger.ByMajority, 0, "2026-11-09")
	w.wantOK(w.vote(w.ana, voted, "yes", ""), w.vote(w.bo, voted, "object", "too little for care"),
		w.vote(w.ana, dropped, "no", ""), w.vote(w.bo, voted, "abstain", "let us try it"))
	do[postgres.Agreement](w.T)(w.store.WithdrawProposal(w.Context(), w.act(), dropped, "nobody wants it"))
	w.clock(now.AddDate(0, 0, 1))
	defer w.clock(now)
	w.wantOK(w.decide(voted, nil), w.decide(w.written(), &ledger.RecordedDecision{
		Method: "consensus", Date: date(w.T, "2026-11-02"), Outcome: ledger.OutcomeRejected, Votes: []ledger.RecordedVote{
			{Member: "bo", Choice: ledger.VoteObject, Reason: "not yet"}, {Member: "cy", Choice: ledger.VoteYes}}}))
}

// An agreement goes from draft to superseded, and only adopted versions run.
func TestAgreementFromDraftToSuperseded(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.income("100.00", "2026-11-01")
	id := w.ballot(ledger.ByConsent, 100, "2026-11-10")
	w.wantStatus(w.written(), ledger.StatusDraft)
	w.wantStatus(id, ledger.StatusVoting)
	w.wantOK(w.vote(w.ana, id, "yes", ""), w.vote(w.bo, id, "object", "the reserve is too small"))
	if diff := cmp.Diff("vote_open", w.decide(id, nil)); diff != "" {
		t.Error(diff)
	}
	w.wantOK(w.vote(w.bo, id, "yes", ""))
	w.clock(time.Date(2026, time.November, 11, 9, 0, 0, 0, time.UTC))
	if diff := cmp.Diff("not_decided", w.adoptFrom(id, "2026-12-01")); diff != "" {
		t.Error(diff)
	}
	w.wantOK(w.decide(id, nil))
	w.wantStatus(id, ledger.StatusAccepted)
	err := w.tryDraft(postgres.DistributionRequest{Through: date(t, "2026-11-11")})
	wantCode(t, "no_agreement", err)
	w.wantOK(w.adoptFrom(id, "2026-12-01"))
	w.wantStatus(id, ledger.StatusAdopted)
	wantCode(t, "no_agreement", w.tryDraft(postgres.DistributionRequest{Through: date(t, "2026-11-11")}))
	w.clock(time.Date(2026, time.November, 30, 23, 0, 0, 0, time.UTC)) // December in Berlin
	w.wantStatus(id, ledger.StatusInForce)
	wantCode(t, "ok", w.tryDraft(postgres.DistributionRequest{Through: date(t, "2026-12-01")}))

	next := w.written()
	do[postgres.Agreement](t)(w.store.AdoptAgreement(t.Context(), w.act(), next,
		consent(date(t, "2027-01-01"), date(t, "2026-11-30"))))
	w.wantStatus(id, ledger.StatusInForce)
	w.wantStatus(next, ledger.StatusAdopted)
	again := w.written()
	do[postgres.Agreement](t)(w.store.AdoptAgreement(t.Context(), w.act(), again,
		consent(date(t, "2027-01-01"), date(t, "2026-12-01"))))
	w.wantStatus(next, ledger.StatusSuperseded) // by another from the same day
	w.clock(time.Date(2027, time.January, 1, 9, 0, 0, 0, time.UTC))
	w.wantStatus(id, ledger.StatusSuperseded)
	w.wantStatus(again, ledger.StatusInForce)

	want := &ledger.AgreementDecision{
		RecordedDecision: ledger.RecordedDecision{Method: ledger.ByConsent, Date: date(t, "2026-11-10"),
			Outcome: ledger.OutcomeAccepted},
		Tally: &ledger.Tally{Eligible: 2, Yes: 2}, By: "ana",
		At: time.Date(2026, time.November, 11, 9, 0, 0, 0, time.UTC)}
	a := do[postgres.Agreement](t)(w.store.Agreement(t.Context(), w.cy, id))
	if diff := cmp.Diff(want, a.Decision, sameDates); diff != "" {
		t.Error(diff)
	}
	if a.Version != 1 || a.From != date(t, "2026-12-01") || a.AdoptedBy != "ana" {
		t.Errorf("adopted as version %d from %s by %s", a.Version, a.From, a.AdoptedBy)
	}
	if diff := cmp.Diff("already_decided", w.decide(id, nil)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("already_adopted", w.adoptFrom(id, "2027-02-01")); diff != "" {
		t.Error(diff)
	}
}

// A decision made elsewhere waits for the notice, and names members who voted.
func TestRecordedDecisions(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	id := w.written()
	p := w.propose(id, "2026-11-20").Proposal
	if p == nil || p.Ballot != nil || p.By != "ana" || p.NoticeUntil != date(t, "2026-11-20") {
		t.Errorf("the proposal is %+v", p)
	}
	w.wantStatus(id, ledger.StatusProposed)
	d := ledger.RecordedDecision{Method: "other", Date: date(t, "2026-11-05"), Outcome: ledger.OutcomeAccepted,
		Link: "https://example.org/9", Note: "by hand", Votes: []ledger.RecordedVote{
			{Member: w.cy.Member.String(), Choice: ledger.VoteAbstain},
			{Member: "ana", Choice: ledger.VoteYes, Reason: "fair"}}}
	try := func(change func(*ledger.RecordedDecision)) string {
		other := d
		other.Votes = append([]ledger.RecordedVote{}, d.Votes...)
		change(&other)
		return w.decide(id, &other)
	}
	early := try(func(*ledger.RecordedDecision) {})
	w.clock(time.Date(2026, time.November, 19, 23, 30, 0, 0, time.UTC)) // the 20th in Berlin
	got := []string{early,
		try(func(*ledger.RecordedDecision) {}),
		w.decide(id, nil),
		try(func(o *ledger.RecordedDecision) { o.Date = date(t, "2026-11-21") }),
		try(func(o *ledger.RecordedDecision) { o.Date = date(t, "2026-11-20"); o.Votes[0].Member = "nobody" }),
		try(func(o *ledger.RecordedDecision) { o.Date = date(t, "2026-11-20"); o.Votes[1].Member = "cy" }),
		try(func(o *ledger.RecordedDecision) { o.Date = date(t, "2026-11-20") }),
		try(func(o *ledger.RecordedDecision) { o.Date = date(t, "2026-11-20") })}
	want := []string{"notice_not_over", "notice_not_over", "required", "invalid_date", "unknown_member",
		"duplicate_item", "ok", "already_decided"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	a := do[postgres.Agreement](t)(w.store.Agreement(t.Context(), w.ana, id))
	d.Date, d.Votes = date(t, "2026-11-20"), []ledger.RecordedVote{d.Votes[1], {Member: "cy", Choice: ledger.VoteAbstain}}
	wantDecision := &ledger.AgreementDecision{RecordedDecision: d, By: "ana", At: w.store.Now()}
	if diff := cmp.Diff(wantDecision, a.Decision, sameDates); diff != "" {
		t.Error(diff)
	}
}

// Nothing leads on from a rejection or a withdrawal.
func TestRejectedAndWithdrawn(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	rejected := w.written()
	w.wantOK(w.decide(rejected, &ledger.RecordedDecision{Method: "consensus", Date: date(t, "2026-11-05"),
		Outcome: ledger.OutcomeRejected}))
	w.wantStatus(rejected, ledger.StatusRejected)
	_, err := w.store.AdoptAgreement(t.Context(), w.act(), rejected, consent(date(t, "2026-12-01"), date(t, "2026-11-05")))
	wantCode(t, "agreement_rejected", err)
	if diff := cmp.Diff("agreement_rejected", w.adoptFrom(rejected, "2026-12-01")); diff != "" {
		t.Error(diff)
	}

	id := w.ballot(ledger.ByMajority, 0, "2026-11-20")
	withdraw := func(by postgres.Caller, reason string) string {
		_, err := w.store.WithdrawProposal(t.Context(), w.actAs(by), id, reason)
		return code(err)
	}
	if diff := cmp.Diff("forbidden", withdraw(w.cy, "mine is better")); diff != "" {
		t.Error(diff)
	}
	w.wantOK(w.vote(w.bo, id, "no", ""), withdraw(w.bo, "a better one is coming"))
	w.wantStatus(id, ledger.StatusWithdrawn)
	want := &ledger.ProposalWithdrawal{Reason: "a better one is coming", By: "bo", At: now}
	a := do[postgres.Agreement](t)(w.store.Agreement(t.Context(), w.ana, id))
	if diff := cmp.Diff(want, a.Proposal.Withdrawal); diff != "" {
		t.Error(diff)
	}
	_, again := w.store.ProposeAgreement(t.Context(), w.act(), id, ledger.NewProposal{NoticeUntil: date(t, "2026-11-20")})
	_, adopted := w.store.AdoptAgreement(t.Context(), w.act(), id, consent(date(t, "2026-12-01"), date(t, "2026-11-05")))
	codes := []string{w.vote(w.bo, id, "yes", ""), w.decide(id, nil), w.adoptFrom(id, "2026-12-01"),
		withdraw(w.bo, ""), code(again), code(adopted)}
	for _, got := range codes {
		if diff := cmp.Diff("agreement_withdrawn", got); diff != "" {
			t.Error(diff)
		}
	}
}

// What a newcomer brings in they may take back themselves; others need the right.
func TestWhoDecides(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	id := do[postgres.Agreement](t)(w.store.CreateAgreement(t.Context(), w.actAs(w.cy), "",
		[]byte(riversideRules), agreement.YAML)).ID
	do[postgres.Agreement](t)(w.store.ProposeAgreement(t.Context(), w.actAs(w.cy), id,
		ledger.NewProposal{NoticeUntil: date(t, "2026-11-05")}))
	decision := &ledger.RecordedDecision{Method: "other", Date: date(t, "2026-11-05"), Outcome: ledger.OutcomeAccepted}
	_, err := w.store.DecideAgreement(t.Context(), w.actAs(w.cy), id, decision)
	wantCode(t, "forbidden", err)
	_, err = w.store.AdoptAgreement(t.Context(), w.actAs(w.cy), id, ledger.NewAdoption{From: date(t, "2026-12-01")})
	wantCode(t, "forbidden", err)
	_, err = w.store.WithdrawProposal(t.Context(), w.actAs(w.cy), id, "")
	wantCode(t, "ok", err)
}

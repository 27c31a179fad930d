package postgres_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// joined adds full members and returns them as callers.
func (w *world) joined(handles ...string) (callers []postgres.Caller) {
	w.Helper()
	added := make([]ledger.NewMember, len(handles))
	for i, handle := range handles {
		added[i] = ledger.NewMember{Handle: handle, Name: handle, Stage: ledger.FullPart}
	}
	for _, m := range do[[]ledger.Member](w.T)(w.store.AddMembers(w.Context(), w.act(), added)) {
		callers = append(callers, postgres.Caller{Commons: w.ana.Commons, Member: m.ID, Handle: m.Handle})
	}
	return callers
}

func (w *world) stage(member string, stage ledger.Stage, from string) {
	w.Helper()
	do[[]ledger.Member](w.T)(w.store.ChangeStages(w.Context(), w.act(),
		[]ledger.StageChange{{Member: member, Stage: stage, From: date(w.T, from)}}))
}

// said lists the votes as "1 ana yes", those that count with a star.
func (w *world) said(id ledger.AgreementID, after, limit int) (said []string) {
	w.Helper()
	for _, v := range do[[]ledger.Vote](w.T)(w.store.Votes(w.Context(), w.cy, id, after, limit)) {
		line := fmt.Sprintf("%d %s %s", v.Number, v.Member, v.Choice)
		if v.Standing {
			line += " *"
		}
		said = append(said, line)
	}
	return said
}

// The last vote of a member counts, and all stay visible in their order.
func TestVotesInOrder(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	id := w.ballot(ledger.ByConsent, 0, "2026-11-10")
	cast := do[ledger.Vote](t)(w.store.CastVote(t.Context(), w.actAs(w.bo), id,
		ledger.NewVote{Choice: ledger.VoteObject, Reason: "it would end the lab"}))
	want := ledger.Vote{Number: 1, Member: "bo", Choice: ledger.VoteObject, Reason: "it would end the lab",
		At: now, Standing: true}
	if diff := cmp.Diff(want, cast); diff != "" {
		t.Error(diff)
	}
	w.wantOK(w.vote(w.ana, id, "yes", ""), w.vote(w.bo, id, "no", "still no, without harm"), w.vote(w.ana, id, "abstain", ""))
	if diff := cmp.Diff([]string{"1 bo object", "2 ana yes", "3 bo no *", "4 ana abstain *"}, w.said(id, 0, 9)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"2 ana yes", "3 bo no *"}, w.said(id, 1, 2)); diff != "" {
		t.Error(diff)
	}
	_, err := w.store.Votes(t.Context(), w.ana, "00000000-0000-7000-8000-000000000000", 0, 9)
	wantCode(t, "not_found", err)
	other := w.ballot(ledger.ByMajority, 0, "2026-11-10")
	codes := []string{w.vote(w.ana, other, "object", "harm"), w.vote(w.ana, id, "object", ""), w.vote(w.ana, id, "maybe", ""),
		w.vote(w.ana, w.written(), "yes", "")}
	if diff := cmp.Diff([]string{"no_objections", "required", "unknown_value", "no_vote_open"}, codes); diff != "" {
		t.Error(diff)
	}
}

// Those vote who were members when the vote was opened, as it was known then: stages
// that are recorded later, or dated back, change nothing.
func TestWhoVotes(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	callers := w.joined("di", "ed", "fay", "gil")
	di, ed, fay, gil := callers[0], callers[1], callers[2], callers[3]
	w.stage("di", ledger.Left, "2026-11-05")
	w.stage("ed", ledger.Left, "2026-11-06")
	w.stage("fay", ledger.Guest, "2026-11-01")
	id := w.ballot(ledger.ByMajority, 0, "2026-11-10")
	w.stage("gil", ledger.Left, "2026-11-01")
	w.stage("cy", ledger.FullPart, "2026-11-01")
	late := w.joined("hal")[0]
	var got []string
	for _, by := range []postgres.Caller{w.ana, w.bo, w.cy, di, ed, fay, gil, late} {
		got = append(got, by.Handle+" "+w.vote(by, id, "yes", ""))
	}
	want := []string{"ana ok", "bo ok", "cy may_not_vote", "di may_not_vote", "ed ok", "fay may_not_vote", "gil ok",
		"hal may_not_vote"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	a := do[postgres.Agreement](t)(w.store.Agreement(t.Context(), w.ana, id))
	if a.Proposal.Ballot.Eligible != 4 {
		t.Errorf("%d may vote", a.Proposal.Ballot.Eligible)
	}
	w.stage("bo", ledger.Guest, "2026-11-05")
	for _, handle := range []string{"ana", "cy", "hal"} {
		w.stage(handle, ledger.Newcomer, "2026-11-05")
	}
	_, err := w.store.ProposeAgreement(t.Context(), w.act(), w.written(), ledger.NewProposal{
		NoticeUntil: date(t, "2026-11-05"),
		Ballot:      &ledger.NewBallot{Method: ledger.ByMajority, ClosesOn: date(t, "2026-11-05")}})
	wantCode(t, "ok", err) // ed is a member to the end of the day
	w.stage("ed", ledger.Guest, "2026-11-05")
	_, err = w.store.ProposeAgreement(t.Context(), w.act(), w.written(), ledger.NewProposal{
		NoticeUntil: date(t, "2026-11-05"),
		Ballot:      &ledger.NewBallot{Method: ledger.ByMajority, ClosesOn: date(t, "2026-11-05")}})
	wantCode(t, "nobody_may_vote", err)
}

// A vote is open to the end of its last day where the commons was when it was opened.
func TestVoteCloses(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	id := w.ballot(ledger.ByMajority, 0, "2026-11-10")
	zone := "America/Los_Angeles"
	do[ledger.Commons](t)(w.store.UpdateCommons(t.Context(), w.act(), postgres.CommonsPatch{TimeZone: &zone}))
	end := time.Date(2026, time.November, 10, 23, 0, 0, 0, time.UTC) // midnight in Berlin
	withdraw := func() string {
		_, err := w.store.WithdrawProposal(t.Context(), w.act(), id, "")
		return code(err)
	}
	w.clock(end.Add(-time.Microsecond))
	if diff := cmp.Diff([]string{"vote_open", "ok"}, []string{w.decide(id, nil), w.vote(w.ana, id, "yes", "")}); diff != "" {
		t.Error(diff)
	}
	w.clock(end)
	got := []string{w.vote(w.bo, id, "no", ""), withdraw(),
		w.decide(id, &ledger.RecordedDecision{Method: "other", Date: date(t, "2026-11-10"), Outcome: ledger.OutcomeRejected}),
		w.decide(id, nil), w.vote(w.bo, id, "no", "")}
	if diff := cmp.Diff([]string{"vote_closed", "vote_closed", "decided_by_vote", "ok", "already_decided"}, got); diff != "" {
		t.Error(diff)
	}
	w.wantStatus(id, ledger.StatusAccepted)
}

// Counted outcomes are kept with their tally and the reason.
func TestCountedOutcomes(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	di := w.joined("di")[0]
	type kept struct {
		Outcome ledger.Outcome
		Reason  ledger.OutcomeReason
		Tally   ledger.Tally
	}
	cases := []struct {
		method  string
		quorum  int
		choices [3]string // of ana, bo and di
		want    kept
	}{
		{ledger.ByMajority, 67, [3]string{"yes", "yes", ""}, kept{"rejected", "no_quorum", ledger.Tally{Eligible: 3, Yes: 2}}},
		{ledger.ByMajority, 66, [3]string{"yes", "abstain", ""}, kept{"accepted", "", ledger.Tally{Eligible: 3, Yes: 1, Abstain: 1}}},
		{ledger.ByMajority, 0, [3]string{"yes", "no", "abstain"},
			kept{"rejected", "too_few_yes", ledger.Tally{Eligible: 3, Yes: 1, No: 1, Abstain: 1}}},
		{ledger.ByTwoThirds, 100, [3]string{"yes", "yes", "no"}, kept{"accepted", "", ledger.Tally{Eligible: 3, Yes: 2, No: 1}}},
		{ledger.ByTwoThirds, 0, [3]string{"", "", ""}, kept{"rejected", "too_few_yes", ledger.Tally{Eligible: 3}}},
		{ledger.ByConsent, 100, [3]string{"yes", "no", "abstain"},
			kept{"accepted", "", ledger.Tally{Eligible: 3, Yes: 1, No: 1, Abstain: 1}}},
		{ledger.ByConsent, 0, [3]string{"yes", "yes", "object"}, kept{"rejected", "objection", ledger.Tally{Eligible: 3, Yes: 2, Object: 1}}},
	}
	ids := make([]ledger.AgreementID, len(cases))
	for i, c := range cases {
		ids[i] = w.ballot(c.method, c.quorum, "2026-11-10")
		for j, by := range []postgres.Caller{w.ana, w.bo, di} {
			if c.choices[j] != "" {
				w.wantOK(w.vote(by, ids[i], c.choices[j], "because"))
			}
		}
	}
	w.clock(now.AddDate(0, 0, 6))
	for i, c := range cases {
		a := do[postgres.Agreement](t)(w.store.DecideAgreement(t.Context(), w.actAs(w.bo), ids[i], nil))
		if diff := cmp.Diff(c.want, kept{a.Decision.Outcome, a.Decision.Reason, *a.Decision.Tally}); diff != "" {
			t.Errorf("%s %v: %s", c.method, c.choices, diff)
		}
		adopt := map[ledger.Outcome]string{"accepted": "ok", "rejected": "agreement_rejected"}[c.want.Outcome]
		if diff := cmp.Diff(adopt, w.adoptFrom(ids[i], "2026-12-01")); diff != "" {
			t.Error(diff)
		}
	}
}

// Many votes of one member at once leave one that counts, and a vote under a key is
// cast once.
func TestVotesAtOnce(t *testing.T) {
	t.Parallel()
	const n = 12
	w := riverside(t)
	id := w.ballot(ledger.ByMajority, 0, "2026-11-10")
	tally := atOnce(n, func(i int) error {
		_, err := w.store.CastVote(t.Context(), w.actAs([]postgres.Caller{w.ana, w.bo}[i%2]), id,
			ledger.NewVote{Choice: ledger.Choices[i%3]})
		return err
	})
	if diff := cmp.Diff(map[string]int{"ok": n}, tally); diff != "" {
		t.Error(diff)
	}
	var standing [2]int
	votes := do[[]ledger.Vote](t)(w.store.Votes(t.Context(), w.ana, id, 0, 99))
	for i, v := range votes {
		if v.Number != i+1 {
			t.Errorf("vote %d has number %d", i+1, v.Number)
		}
		if v.Standing {
			standing[map[string]int{"ana": 0, "bo": 1}[v.Member]]++
		}
	}
	if len(votes) != n || standing != [2]int{1, 1} {
		t.Errorf("of %d votes %v count", len(votes), standing)
	}
	for _, want := range []string{"ok", "replayed"} {
		_, err := w.store.CastVote(t.Context(), keyed(w.ana, "vote", "request"), id, ledger.NewVote{Choice: ledger.VoteYes})
		wantCode(t, want, err)
	}
	if got := len(w.said(id, 0, 99)); got != n+1 {
		t.Errorf("%d votes", got)
	}
}

// Whoever counts, counts once; and a vote that is cast while others count is either
// counted or refused.
func TestCountAtOnce(t *testing.T) {
	t.Parallel()
	const voters, counters = 10, 6
	w := riverside(t)
	var handles []string
	for i := range voters {
		handles = append(handles, fmt.Sprintf("voter-%d", i))
	}
	callers := w.joined(handles...)
	id := w.ballot(ledger.ByMajority, 0, "2026-11-10")
	end := time.Date(2026, time.November, 10, 23, 0, 0, 0, time.UTC)
	var ticks atomic.Int64
	w.store.SetClock(func() time.Time { return end.Add(time.Duration(ticks.Add(1)-voters) * time.Microsecond) })
	tally := atOnce(voters+counters, func(i int) error {
		if i < voters {
			_, err := w.store.CastVote(t.Context(), w.actAs(callers[i]), id, ledger.NewVote{Choice: ledger.VoteYes})
			return err
		}
		for {
			_, err := w.store.DecideAgreement(t.Context(), w.act(), id, nil)
			if code(err) != "vote_open" {
				return err
			}
		}
	})
	a := do[postgres.Agreement](t)(w.store.Agreement(t.Context(), w.ana, id))
	cast := len(w.said(id, 0, 99))
	if a.Decision == nil || a.Decision.Tally.Yes != cast {
		t.Fatalf("%d votes, counted %+v", cast, a.Decision)
	}
	late := tally["vote_closed"] + tally["already_decided"] - (counters - 1)
	if tally["ok"] != cast+1 || cast+late != voters {
		t.Errorf("%d votes were cast; got %v", cast, tally)
	}
}

// A decision elsewhere is recorded once, however many record it.
func TestDecideAtOnce(t *testing.T) {
	t.Parallel()
	const n = 12
	w := riverside(t)
	id := w.written()
	tally := atOnce(n, func(i int) error {
		if i%2 == 0 {
			_, err := w.store.AdoptAgreement(t.Context(), w.act(), id, consent(date(t, "2026-12-01"), date(t, "2026-11-05")))
			return err
		}
		_, err := w.store.DecideAgreement(t.Context(), w.actAs(w.bo), id, &ledger.RecordedDecision{
			Method: "other", Date: date(t, "2026-11-05"), Outcome: ledger.OutcomeRejected})
		return err
	})
	wantRefusals(t, tally, n, "already_decided", "already_adopted", "agreement_rejected")
}

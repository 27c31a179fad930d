package ledger_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"phyle/ledger"
)

// cast returns votes of members in order, as "ana yes".
func cast(said ...[2]string) (votes []ledger.Vote) {
	for i, s := range said {
		votes = append(votes, ledger.Vote{
			Number: i + 1, Member: s[0], Choice: ledger.Choice(s[1]), Reason: "because",
		})
	}
	return votes
}

func TestCountVotes(t *testing.T) {
	for _, c := range []struct {
		name  string
		votes []ledger.Vote
		want  ledger.Tally
	}{
		{name: "nobody", want: ledger.Tally{Eligible: 9}},
		{
			name:  "one of each",
			votes: cast([2]string{"ana", "yes"}, [2]string{"bo", "no"}, [2]string{"cy", "abstain"}, [2]string{"di", "object"}),
			want:  ledger.Tally{Eligible: 9, Yes: 1, No: 1, Abstain: 1, Object: 1},
		},
		{
			name:  "the last vote of a member counts",
			votes: cast([2]string{"ana", "object"}, [2]string{"bo", "yes"}, [2]string{"ana", "no"}, [2]string{"ana", "yes"}),
			want:  ledger.Tally{Eligible: 9, Yes: 2},
		},
		{
			name:  "an objection raised late stands",
			votes: cast([2]string{"ana", "yes"}, [2]string{"bo", "yes"}, [2]string{"ana", "object"}),
			want:  ledger.Tally{Eligible: 9, Yes: 1, Object: 1},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, ledger.CountVotes(9, c.votes)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBallotOutcome(t *testing.T) {
	const accepted, rejected = ledger.OutcomeAccepted, ledger.OutcomeRejected
	for _, c := range []struct {
		name    string
		method  string
		quorum  int
		tally   ledger.Tally
		outcome ledger.Outcome
		reason  ledger.OutcomeReason
	}{
		{"more yes than no", ledger.ByMajority, 0, ledger.Tally{Eligible: 9, Yes: 2, No: 1}, accepted, ""},
		{"as many yes as no", ledger.ByMajority, 0, ledger.Tally{Eligible: 9, Yes: 2, No: 2}, rejected, ledger.TooFewYes},
		{"one yes among abstentions", ledger.ByMajority, 0, ledger.Tally{Eligible: 9, Yes: 1, Abstain: 8}, accepted, ""},
		{"only abstentions", ledger.ByMajority, 0, ledger.Tally{Eligible: 9, Abstain: 9}, rejected, ledger.TooFewYes},
		{"nobody", ledger.ByMajority, 0, ledger.Tally{Eligible: 9}, rejected, ledger.TooFewYes},
		{"exactly two thirds", ledger.ByTwoThirds, 0, ledger.Tally{Eligible: 9, Yes: 4, No: 2}, accepted, ""},
		{"one less", ledger.ByTwoThirds, 0, ledger.Tally{Eligible: 9, Yes: 3, No: 2}, rejected, ledger.TooFewYes},
		{"abstentions are no part of the two thirds", ledger.ByTwoThirds, 0,
			ledger.Tally{Eligible: 9, Yes: 2, No: 1, Abstain: 6}, accepted, ""},
		{"no two thirds of nothing", ledger.ByTwoThirds, 0, ledger.Tally{Eligible: 9, Abstain: 2}, rejected, ledger.TooFewYes},
		{"nobody objects", ledger.ByConsent, 0, ledger.Tally{Eligible: 9, Yes: 1, No: 3}, accepted, ""},
		{"nobody says anything", ledger.ByConsent, 0, ledger.Tally{Eligible: 9}, accepted, ""},
		{"one objects", ledger.ByConsent, 0, ledger.Tally{Eligible: 9, Yes: 8, Object: 1}, rejected, ledger.Objection},
		{"exactly the quorum", ledger.ByMajority, 50, ledger.Tally{Eligible: 8, Yes: 4}, accepted, ""},
		{"the quorum is not rounded down", ledger.ByMajority, 50, ledger.Tally{Eligible: 9, Yes: 4}, rejected, ledger.NoQuorum},
		{"abstentions are part of the quorum", ledger.ByMajority, 50,
			ledger.Tally{Eligible: 9, Yes: 1, Abstain: 4}, accepted, ""},
		{"objections are part of the quorum", ledger.ByConsent, 50,
			ledger.Tally{Eligible: 4, Yes: 1, Object: 1}, rejected, ledger.Objection},
		{"no quorum comes before objections", ledger.ByConsent, 51,
			ledger.Tally{Eligible: 4, Yes: 1, Object: 1}, rejected, ledger.NoQuorum},
		{"everybody", ledger.ByConsent, 100, ledger.Tally{Eligible: 3, Yes: 2, Abstain: 1}, accepted, ""},
		{"all but one", ledger.ByConsent, 100, ledger.Tally{Eligible: 3, Yes: 2}, rejected, ledger.NoQuorum},
		{"a third of three", ledger.ByMajority, 33, ledger.Tally{Eligible: 3, Yes: 1}, accepted, ""},
		{"34 percent of three", ledger.ByMajority, 34, ledger.Tally{Eligible: 3, Yes: 1}, rejected, ledger.NoQuorum},
	} {
		t.Run(c.method+": "+c.name, func(t *testing.T) {
			outcome, reason := ledger.Ballot{Method: c.method, Quorum: c.quorum}.Outcome(c.tally)
			if outcome != c.outcome || reason != c.reason {
				t.Errorf("got %s %q, want %s %q", outcome, reason, c.outcome, c.reason)
			}
		})
	}
}

func TestDecisionOfBallot(t *testing.T) {
	closes := ledger.NewDate(2026, time.November, 20)
	ballot := ledger.Ballot{Method: ledger.ByTwoThirds, Quorum: 60, ClosesOn: closes, Eligible: 3}
	want := ledger.AgreementDecision{
		RecordedDecision: ledger.RecordedDecision{
			Method: ledger.ByTwoThirds, Date: closes, Outcome: ledger.OutcomeRejected,
		},
		Reason: ledger.NoQuorum, Tally: &ledger.Tally{Eligible: 3, Yes: 1},
	}
	got := ballot.Decision(cast([2]string{"ana", "no"}, [2]string{"ana", "yes"}))
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(ledger.Date{})); diff != "" {
		t.Error(diff)
	}
}

// codeOf returns the code of a refusal with its wrong fields, "" for none.
func codeOf(t *testing.T, err error) string {
	t.Helper()
	var refusal *ledger.Error
	if err == nil {
		return ""
	}
	if !errors.As(err, &refusal) {
		t.Fatal(err)
	}
	code := refusal.Code
	for _, f := range refusal.Fields {
		code += " " + f.Pointer
	}
	return code
}

// From each status some steps lead on; all others are refused, and say why.
func TestSteps(t *testing.T) {
	closes := time.Date(2026, time.November, 21, 0, 0, 0, 0, time.UTC)
	notice := ledger.NewDate(2026, time.November, 10)
	recorded := &ledger.RecordedDecision{
		Method: "other", Date: notice, Outcome: ledger.OutcomeAccepted,
	}
	proposal := func(s ledger.AgreementStatus) *ledger.Proposal {
		p := &ledger.Proposal{NoticeUntil: notice}
		if s == ledger.StatusVoting {
			p.Ballot = &ledger.Ballot{Method: ledger.ByMajority, ClosesAt: closes}
		}
		return p
	}
	type answers struct{ Propose, Withdraw, Vote, Record, Count, Adopt, AdoptDeciding string }
	nothing := "required /date /method /outcome"
	decided := answers{"already_decided", "already_decided", "already_decided", "already_decided",
		"already_decided", "already_adopted", "already_adopted"}
	accepted, rejected := decided, decided
	accepted.Adopt, accepted.AdoptDeciding = "", "already_decided"
	rejected.Adopt, rejected.AdoptDeciding = "agreement_rejected", "agreement_rejected"
	over := "agreement_withdrawn"
	want := map[ledger.AgreementStatus]answers{
		ledger.StatusDraft:      {"", "not_proposed", "no_vote_open", "", nothing, "not_decided", ""},
		ledger.StatusProposed:   {"already_proposed", "", "no_vote_open", "", nothing, "not_decided", ""},
		ledger.StatusVoting:     {"already_proposed", "", "", "decided_by_vote", "vote_open", "not_decided", ""},
		ledger.StatusWithdrawn:  {over, over, over, over, over, over, ""},
		ledger.StatusRejected:   rejected,
		ledger.StatusAccepted:   accepted,
		ledger.StatusAdopted:    decided,
		ledger.StatusInForce:    decided,
		ledger.StatusSuperseded: decided,
	}
	now := closes.Add(-time.Microsecond)
	for _, s := range ledger.AgreementStatuses {
		p := proposal(s)
		got := answers{
			Propose:       codeOf(t, s.CheckPropose()),
			Withdraw:      codeOf(t, s.CheckWithdraw(p, now)),
			Vote:          codeOf(t, s.CheckVote(p, ledger.NewVote{Choice: ledger.VoteYes}, true, now)),
			Record:        codeOf(t, s.CheckDecide(p, recorded, now)),
			Count:         codeOf(t, s.CheckDecide(p, nil, now)),
			Adopt:         codeOf(t, s.CheckAdopt(false)),
			AdoptDeciding: codeOf(t, s.CheckAdopt(true)),
		}
		if diff := cmp.Diff(want[s], got); diff != "" {
			t.Errorf("%s: %s", s, diff)
		}
	}
	s, p := ledger.StatusVoting, proposal(ledger.StatusVoting)
	after := answers{
		Withdraw: codeOf(t, s.CheckWithdraw(p, closes)),
		Vote:     codeOf(t, s.CheckVote(p, ledger.NewVote{Choice: ledger.VoteYes}, true, closes)),
		Count:    codeOf(t, s.CheckDecide(p, nil, closes)),
	}
	if diff := cmp.Diff(answers{Withdraw: "vote_closed", Vote: "vote_closed"}, after); diff != "" {
		t.Errorf("once the vote has closed: %s", diff)
	}
	recorded.Date = notice.AddDays(-1)
	early := codeOf(t, ledger.StatusProposed.CheckDecide(proposal(ledger.StatusProposed), recorded, now))
	if diff := cmp.Diff("notice_not_over", early); diff != "" {
		t.Error(diff)
	}
}

func TestCheckVote(t *testing.T) {
	closes := time.Date(2026, time.November, 21, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, method, choice, reason string
		eligible                     bool
		want                         string
	}{
		{"yes", ledger.ByMajority, "yes", "", true, ""},
		{"a guest", ledger.ByMajority, "yes", "", false, "may_not_vote"},
		{"another word", ledger.ByMajority, "maybe", "", true, "unknown_value /vote"},
		{"nothing", ledger.ByMajority, "", "", true, "unknown_value /vote"},
		{"an objection where votes are counted", ledger.ByMajority, "object", "harm", true, "no_objections /vote"},
		{"an objection to two thirds", ledger.ByTwoThirds, "object", "harm", true, "no_objections /vote"},
		{"an objection", ledger.ByConsent, "object", "harm", true, ""},
		{"an objection without a reason", ledger.ByConsent, "object", "", true, "required /reason"},
		{"no, by consent", ledger.ByConsent, "no", "", true, ""},
		{"a reason that cannot be seen", ledger.ByConsent, "no", "\u202e", true, "invalid_text /reason"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &ledger.Proposal{Ballot: &ledger.Ballot{Method: c.method, ClosesAt: closes}}
			v := ledger.NewVote{Choice: ledger.Choice(c.choice), Reason: c.reason}
			err := ledger.StatusVoting.CheckVote(p, v, c.eligible, closes.Add(-time.Hour))
			if diff := cmp.Diff(c.want, codeOf(t, err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

package ledger

import (
	"fmt"
	"slices"
	"time"
)

// DecisionMethods lists how a group can decide.
var DecisionMethods = []string{ByConsent, "consensus", ByMajority, ByTwoThirds, "other"}

// RecordedDecision is a decision that the group made elsewhere, as somebody says it
// was made.
type RecordedDecision struct {
	Method  string
	Date    Date
	Link    string
	Note    string
	Outcome Outcome
	// Votes is who voted how, where that is to be known.
	Votes []RecordedVote
}

// RecordedVote is how a member voted elsewhere, as somebody else says. It is never
// counted together with votes in Phyle.
type RecordedVote struct {
	Member string
	Choice Choice
	Reason string
}

// Validate reports every wrong field that can be seen without the database.
func (d RecordedDecision) Validate(commons Commons, now time.Time) error {
	var wrong FieldErrors
	if !slices.Contains(DecisionMethods, d.Method) {
		wrong.Add("/method", "unknown_method",
			"Write consent, consensus, majority, two_thirds or other.")
	}
	if err := commons.CheckDate(d.Date, now); err != nil {
		wrong.AddError("/date", err)
	} else if d.Date.After(commons.Today(now)) {
		wrong.Add("/date", "invalid_date", "A decision is recorded once it is made; this day is ahead.")
	}
	wrong.AddError("/link", CheckText(d.Link, 2000))
	wrong.AddError("/note", CheckText(d.Note, 2000))
	if d.Outcome != OutcomeAccepted && d.Outcome != OutcomeRejected {
		wrong.Add("/outcome", "unknown_value", "Write accepted or rejected.")
	}
	for i, v := range d.Votes {
		pointer := fmt.Sprintf("/votes/%d", i)
		if !slices.Contains(Choices, v.Choice) {
			wrong.Add(pointer+"/vote", "unknown_value", "Write yes, no, abstain or object.")
		}
		wrong.AddError(pointer+"/reason", CheckText(v.Reason, 2000))
	}
	return wrong.Err()
}

// AgreementDecision is what the group decided about an agreement.
type AgreementDecision struct {
	RecordedDecision
	// Reason says why votes that were counted led to a rejection.
	Reason OutcomeReason
	// Tally is nil where the decision was made elsewhere.
	Tally *Tally
	By    string
	At    time.Time
}

// CheckDecide refuses decisions that are not due. One that was made elsewhere is
// recorded; nil counts the votes of the proposal, after they have closed.
func (s AgreementStatus) CheckDecide(p *Proposal, recorded *RecordedDecision, now time.Time) error {
	if err := s.checkOpen(); err != nil {
		return err
	}
	counting := recorded == nil
	switch {
	case s == StatusVoting && !counting:
		return Errorf(Conflict, "decided_by_vote",
			"The members vote on that agreement here; count their votes instead.")
	case s == StatusVoting && now.Before(p.Ballot.ClosesAt):
		return Errorf(Conflict, "vote_open",
			"The vote is open to the end of %s; count it after that.", p.Ballot.ClosesOn)
	case s != StatusVoting && counting:
		return noVotes()
	case s == StatusProposed && recorded.Date.Before(p.NoticeUntil):
		return Errorf(Conflict, "notice_not_over",
			"Notice was given until %s; nothing is decided before that day.", p.NoticeUntil)
	}
	return nil
}

// noVotes says what is missing where there is nothing to count.
func noVotes() error {
	var wrong FieldErrors
	for _, field := range []string{"/date", "/method", "/outcome"} {
		wrong.Add(field, "required", "This is needed, for no votes were cast here that could be counted.")
	}
	return wrong.Err()
}

// Decision returns what the votes decide, which they did on the day they closed.
func (b Ballot) Decision(votes []Vote) AgreementDecision {
	tally := CountVotes(b.Eligible, votes)
	d := AgreementDecision{Tally: &tally}
	d.Method, d.Date = b.Method, b.ClosesOn
	d.Outcome, d.Reason = b.Outcome(tally)
	return d
}

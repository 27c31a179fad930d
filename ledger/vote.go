package ledger

import (
	"slices"
	"time"
)

// The methods by which votes are counted. Groups that decide elsewhere have others
// too: DecisionMethods.
const (
	ByConsent   = "consent"
	ByMajority  = "majority"
	ByTwoThirds = "two_thirds"
)

// BallotMethods lists how votes in Phyle can be counted.
var BallotMethods = []string{ByConsent, ByMajority, ByTwoThirds}

// Choice is what somebody says to an agreement. To object is to say that it would do
// harm, and stops a decision by consent.
type Choice string

// The choices.
const (
	VoteYes     Choice = "yes"
	VoteNo      Choice = "no"
	VoteAbstain Choice = "abstain"
	VoteObject  Choice = "object"
)

// Choices lists every choice.
var Choices = []Choice{VoteYes, VoteNo, VoteAbstain, VoteObject}

// Ballot is a vote that was opened. Eligible is how many may vote: those who were
// members on the day on which it was opened, as was known then.
type Ballot struct {
	Method   string
	Quorum   int
	ClosesOn Date
	ClosesAt time.Time
	Eligible int
}

// NewVote is what a member says; it takes the place of what they said before.
type NewVote struct {
	Choice Choice
	Reason string
}

// Vote is what a member said, in the order in which it was said. Standing says that
// the member has said nothing since.
type Vote struct {
	Number   int
	Member   string
	Choice   Choice
	Reason   string
	At       time.Time
	Standing bool
}

// CheckVote refuses votes that come before or after their time, from somebody who
// may not vote, or that the method has no room for.
func (s AgreementStatus) CheckVote(p *Proposal, v NewVote, eligible bool, now time.Time) error {
	if err := s.checkOpen(); err != nil {
		return err
	}
	if s != StatusVoting {
		return Errorf(Conflict, "no_vote_open", "No vote was opened on that agreement.")
	}
	if !now.Before(p.Ballot.ClosesAt) {
		return voteClosed(p.Ballot)
	}
	if !eligible {
		return Errorf(Forbidden, "may_not_vote",
			"Those vote who were members when the vote was opened, and you were not.")
	}
	return v.validate(p.Ballot.Method)
}

func (v NewVote) validate(method string) error {
	var wrong FieldErrors
	switch {
	case !slices.Contains(Choices, v.Choice):
		wrong.Add("/vote", "unknown_value", "Write yes, no, abstain or object.")
	case v.Choice == VoteObject && method != ByConsent:
		wrong.Add("/vote", "no_objections", "Votes are counted here; write no, and why.")
	case v.Choice == VoteObject && v.Reason == "":
		wrong.Add("/reason", "required", "Say what harm it would do, so that the group can answer.")
	}
	wrong.AddError("/reason", CheckText(v.Reason, 2000))
	return wrong.Err()
}

func voteClosed(b *Ballot) error {
	return Errorf(Conflict, "vote_closed", "The vote closed at the end of %s.", b.ClosesOn)
}

// Tally is how the votes fell out, one for each member who voted.
type Tally struct {
	Eligible int
	Yes      int
	No       int
	Abstain  int
	Object   int
}

// CountVotes counts the last vote of each member. The votes are in order.
func CountVotes(eligible int, votes []Vote) Tally {
	last := map[string]Choice{}
	for _, v := range votes {
		last[v.Member] = v.Choice
	}
	t := Tally{Eligible: eligible}
	for _, choice := range last {
		switch choice {
		case VoteYes:
			t.Yes++
		case VoteNo:
			t.No++
		case VoteAbstain:
			t.Abstain++
		case VoteObject:
			t.Object++
		}
	}
	return t
}

// Voted returns how many have voted. Who abstains has voted too.
func (t Tally) Voted() int { return t.Yes + t.No + t.Abstain + t.Object }

// Outcome is what a group has decided.
type Outcome string

// The outcomes.
const (
	OutcomeAccepted Outcome = "accepted"
	OutcomeRejected Outcome = "rejected"
)

// OutcomeReason says why counted votes led to a rejection; "" where they did not.
type OutcomeReason string

// The reasons.
const (
	NoQuorum  OutcomeReason = "no_quorum"
	Objection OutcomeReason = "objection"
	TooFewYes OutcomeReason = "too_few_yes"
)

// Outcome returns what the votes decide by the method of the ballot.
func (b Ballot) Outcome(t Tally) (Outcome, OutcomeReason) {
	agreed, reason := false, TooFewYes
	switch b.Method {
	case ByConsent:
		agreed, reason = t.Object == 0, Objection
	case ByMajority:
		agreed = t.Yes > t.No
	case ByTwoThirds:
		agreed = t.Yes > 0 && 3*t.Yes >= 2*(t.Yes+t.No)
	}
	switch {
	case 100*t.Voted() < b.Quorum*t.Eligible:
		return OutcomeRejected, NoQuorum
	case !agreed:
		return OutcomeRejected, reason
	}
	return OutcomeAccepted, ""
}

package ledger

import (
	"slices"
	"sort"
	"time"
)

// AgreementStatus is how far an agreement has come. It is never written down: it
// follows from what happened to the agreement and from the day.
type AgreementStatus string

// The statuses, in the order in which an agreement can pass through them.
const (
	StatusDraft      AgreementStatus = "draft"
	StatusProposed   AgreementStatus = "proposed"
	StatusVoting     AgreementStatus = "voting"
	StatusWithdrawn  AgreementStatus = "withdrawn"
	StatusRejected   AgreementStatus = "rejected"
	StatusAccepted   AgreementStatus = "accepted"
	StatusAdopted    AgreementStatus = "adopted" // in force from a later day
	StatusInForce    AgreementStatus = "in_force"
	StatusSuperseded AgreementStatus = "superseded"
)

// AgreementStatuses lists every status.
var AgreementStatuses = []AgreementStatus{
	StatusDraft, StatusProposed, StatusVoting, StatusWithdrawn, StatusRejected, StatusAccepted,
	StatusAdopted, StatusInForce, StatusSuperseded,
}

// NewProposal puts an agreement before the group. Nothing is decided about it before
// the day NoticeUntil. Ballot is nil where the group decides elsewhere.
type NewProposal struct {
	NoticeUntil Date
	Note        string
	Ballot      *NewBallot
}

// NewBallot asks the members to vote in Phyle, through the day ClosesOn. Quorum is
// how many percent of those who may vote must do so.
type NewBallot struct {
	Method   string
	Quorum   int
	ClosesOn Date
}

// Validate reports every wrong field.
func (p NewProposal) Validate(commons Commons, now time.Time) error {
	var wrong FieldErrors
	if err := commons.CheckDate(p.NoticeUntil, now.AddDate(1, 0, 0)); err != nil {
		wrong.AddError("/notice_until", err)
	} else if p.NoticeUntil.Before(commons.Today(now)) {
		wrong.Add("/notice_until", "invalid_date", "Notice is given until today or a later day.")
	}
	wrong.AddError("/note", CheckText(p.Note, 2000))
	if p.Ballot != nil {
		wrong.AddError("/vote", p.Ballot.validate(commons, now, p.NoticeUntil))
	}
	return wrong.Err()
}

func (b NewBallot) validate(commons Commons, now time.Time, notice Date) error {
	var wrong FieldErrors
	if !slices.Contains(BallotMethods, b.Method) {
		wrong.Add("/method", "unknown_method", "Write consent, majority or two_thirds.")
	}
	if b.Quorum < 0 || b.Quorum > 100 {
		wrong.Add("/quorum_percent", "out_of_range", "This must be from 0 to 100.")
	}
	if err := commons.CheckDate(b.ClosesOn, now.AddDate(1, 0, 0)); err != nil {
		wrong.AddError("/closes_on", err)
	} else if b.ClosesOn.Before(notice) || b.ClosesOn.Before(commons.Today(now)) {
		wrong.Add("/closes_on", "invalid_date",
			"The vote closes on the day until which notice is given, or later.")
	}
	return wrong.Err()
}

// EndOf returns the instant at which the day is over in the commons, whatever its
// clocks do in that night.
func (c Commons) EndOf(day Date) time.Time {
	// No zone is further than 15 hours from UTC.
	first := day.Time().Add(-15 * time.Hour)
	span := int((24 + 2*15) * time.Hour / time.Second)
	return first.Add(time.Duration(sort.Search(span, func(seconds int) bool {
		return c.Today(first.Add(time.Duration(seconds) * time.Second)).After(day)
	})) * time.Second)
}

// Proposal is how an agreement was put before the group.
type Proposal struct {
	NoticeUntil Date
	Note        string
	By          string
	At          time.Time
	// Ballot is nil where the group decides elsewhere.
	Ballot *Ballot
	// Withdrawal is nil while the proposal stands.
	Withdrawal *ProposalWithdrawal
}

// ProposalWithdrawal says who took a proposal back, when and why.
type ProposalWithdrawal struct {
	Reason string
	By     string
	At     time.Time
}

// CheckPropose refuses to propose what is not a draft.
func (s AgreementStatus) CheckPropose() error {
	if s == StatusProposed || s == StatusVoting {
		return Errorf(Conflict, "already_proposed", "That agreement is proposed already.")
	}
	return s.checkOpen()
}

// CheckWithdraw refuses to take back what is not proposed, and votes that have
// closed: those are counted.
func (s AgreementStatus) CheckWithdraw(p *Proposal, now time.Time) error {
	if s == StatusDraft {
		return Errorf(Conflict, "not_proposed",
			"That agreement is not proposed; a draft binds nobody and can stay as it is.")
	}
	if err := s.checkOpen(); err != nil {
		return err
	}
	if p.Ballot != nil && !now.Before(p.Ballot.ClosesAt) {
		return voteClosed(p.Ballot)
	}
	return nil
}

// checkOpen refuses what comes after the end: a withdrawal or a decision.
func (s AgreementStatus) checkOpen() error {
	switch s {
	case StatusDraft, StatusProposed, StatusVoting:
		return nil
	case StatusWithdrawn:
		return Errorf(Conflict, "agreement_withdrawn",
			"That agreement was withdrawn; bring its text in again as a new one.")
	}
	return decidedAlready()
}

func decidedAlready() error {
	return Errorf(Conflict, "already_decided", "The group has decided on that agreement already.")
}

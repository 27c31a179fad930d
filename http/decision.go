package http

import (
	"context"
	"time"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

func agreementDecisionRoutes() []route {
	return []route{{
		method: "POST", path: agreementPath + "/decide", id: "decideAgreement",
		operation: ledger.DecideAgreement,
		summary:   "Count the votes on an agreement, or record what was decided elsewhere",
		about: "Where a vote was opened, send nothing: the votes are counted once it has closed, and " +
			"the tally is kept. Else method, date and outcome are needed.",
		handler: write(decideAgreement, viewAgreement),
	}}
}

type agreementDecisionBody struct {
	Method  string             `json:"method,omitzero" enum:"consent,consensus,majority,two_thirds,other" doc:"How." example:"consent"`
	Date    ledger.Date        `json:"date,omitzero" doc:"The day of the decision." example:"2026-10-20"`
	Outcome ledger.Outcome     `json:"outcome,omitzero" enum:"accepted,rejected" doc:"What was decided." example:"accepted"`
	Link    string             `json:"link,omitzero" maxLength:"2000" doc:"Where it is written down." example:"https://example.org/9"`
	Note    string             `json:"note,omitzero" maxLength:"2000" doc:"What else is to be known." example:"nobody objected"`
	Votes   []recordedVoteBody `json:"votes,omitzero" maxItems:"1000" doc:"Who voted how, where that is to be known."`
}

type recordedVoteBody struct {
	Member string        `json:"member" maxLength:"32" doc:"Who voted, by handle or id." example:"ana"`
	Vote   ledger.Choice `json:"vote" enum:"yes,no,abstain,object" doc:"How." example:"yes"`
	Reason string        `json:"reason,omitzero" maxLength:"2000" doc:"Why." example:"it is fair"`
}

func recordedVotes(all []recordedVoteBody) []ledger.RecordedVote {
	votes := make([]ledger.RecordedVote, len(all))
	for i, v := range all {
		votes[i] = ledger.RecordedVote{Member: v.Member, Choice: v.Vote, Reason: v.Reason}
	}
	return votes
}

// recorded returns the decision in the body, nil where it says nothing.
func (b agreementDecisionBody) recorded() *ledger.RecordedDecision {
	said := b.Method + b.Date.String() + string(b.Outcome) + b.Link + b.Note
	if said == "" && len(b.Votes) == 0 {
		return nil
	}
	return &ledger.RecordedDecision{
		Method: b.Method, Date: b.Date, Link: b.Link, Note: b.Note, Outcome: b.Outcome,
		Votes: recordedVotes(b.Votes),
	}
}

func decideAgreement(
	ctx context.Context, c *call, in agreementDecisionBody,
) (postgres.Agreement, error) {
	id, err := idIn[ledger.AgreementID](c, "agreement")
	if err != nil {
		return postgres.Agreement{}, err
	}
	return c.store.DecideAgreement(ctx, c.act, id, in.recorded())
}

type agreementDecisionView struct {
	Outcome   ledger.Outcome       `json:"outcome" doc:"accepted or rejected."`
	Reason    ledger.OutcomeReason `json:"reason,omitzero" doc:"Why counted votes rejected it: no_quorum, objection or too_few_yes."`
	Method    string               `json:"method" doc:"How the group decided."`
	Date      ledger.Date          `json:"date" doc:"The day of the decision; of a vote here, its last day."`
	Link      string               `json:"link,omitzero" doc:"Where it is written down."`
	Note      string               `json:"note,omitzero" doc:"What else is to be known."`
	Tally     *tallyView           `json:"tally,omitzero" doc:"How the votes here fell out; none if it was decided elsewhere."`
	Votes     []recordedVoteView   `json:"votes,omitzero" doc:"Who voted how elsewhere, as who recorded it says."`
	DecidedBy string               `json:"decided_by" doc:"The handle of who recorded or counted it."`
	DecidedAt time.Time            `json:"decided_at" doc:"When."`
}

type tallyView struct {
	Eligible int `json:"eligible" doc:"How many could vote."`
	Voted    int `json:"voted" doc:"How many did."`
	Yes      int `json:"yes" doc:"How many said yes."`
	No       int `json:"no" doc:"How many said no."`
	Abstain  int `json:"abstain" doc:"How many abstained."`
	Object   int `json:"object" doc:"How many objected to the end."`
}

type recordedVoteView struct {
	Member string        `json:"member" doc:"The handle of who voted."`
	Vote   ledger.Choice `json:"vote" doc:"How."`
	Reason string        `json:"reason,omitzero" doc:"Why."`
}

func viewAgreementDecision(d *ledger.AgreementDecision) *agreementDecisionView {
	if d == nil {
		return nil
	}
	view := &agreementDecisionView{
		Outcome: d.Outcome, Reason: d.Reason, Method: d.Method, Date: d.Date, Link: d.Link,
		Note: d.Note, DecidedBy: d.By, DecidedAt: d.At,
	}
	if t := d.Tally; t != nil {
		view.Tally = &tallyView{
			Eligible: t.Eligible, Voted: t.Voted(), Yes: t.Yes, No: t.No, Abstain: t.Abstain,
			Object: t.Object,
		}
	}
	for _, v := range d.Votes {
		view.Votes = append(view.Votes, recordedVoteView{
			Member: v.Member, Vote: v.Choice, Reason: v.Reason,
		})
	}
	return view
}

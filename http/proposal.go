package http

import (
	"context"
	"time"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

func proposalRoutes() []route {
	return []route{
		{
			method: "POST", path: agreementPath + "/propose", id: "proposeAgreement",
			operation: ledger.ProposeAgreement,
			summary:   "Put a draft before the group, with a notice time",
			about: "With vote, the members vote here: those who are members on this day. Without it the " +
				"group decides elsewhere, and its decision is recorded.",
			handler: write(proposeAgreement, viewAgreement),
		},
		{
			method: "POST", path: agreementPath + "/withdraw", id: "withdrawAgreement",
			operation: ledger.WithdrawProposal,
			summary:   "Take a proposed agreement back before it is decided",
			about:     "That may do who brought it in or proposed it, and stewards.",
			handler:   write(withdrawAgreement, viewAgreement),
		},
	}
}

type proposalBody struct {
	NoticeUntil ledger.Date `json:"notice_until" doc:"Until when all can think about it; nothing is decided before this day." example:"2026-12-15"`
	Note        string      `json:"note,omitzero" maxLength:"2000" doc:"What is to be known about it." example:"as talked about in October"`
	Vote        *ballotBody `json:"vote,omitzero" doc:"The vote to open, if the members vote here."`
}

type ballotBody struct {
	Method        string      `json:"method" enum:"consent,majority,two_thirds" doc:"How votes are counted." example:"consent"`
	QuorumPercent int         `json:"quorum_percent" minimum:"0" maximum:"100" doc:"How many percent of those who may vote must do so; who abstains has voted too." example:"50"`
	ClosesOn      ledger.Date `json:"closes_on" doc:"The last day of the vote, where the commons is." example:"2026-12-20"`
}

func proposeAgreement(
	ctx context.Context, c *call, in proposalBody,
) (postgres.Agreement, error) {
	id, err := idIn[ledger.AgreementID](c, "agreement")
	if err != nil {
		return postgres.Agreement{}, err
	}
	proposal := ledger.NewProposal{NoticeUntil: in.NoticeUntil, Note: in.Note}
	if v := in.Vote; v != nil {
		proposal.Ballot = &ledger.NewBallot{
			Method: v.Method, Quorum: v.QuorumPercent, ClosesOn: v.ClosesOn,
		}
	}
	return c.store.ProposeAgreement(ctx, c.act, id, proposal)
}

type withdrawalBody struct {
	Reason string `json:"reason,omitzero" maxLength:"2000" doc:"Why." example:"a better one is on its way"`
}

func withdrawAgreement(
	ctx context.Context, c *call, in withdrawalBody,
) (postgres.Agreement, error) {
	id, err := idIn[ledger.AgreementID](c, "agreement")
	if err != nil {
		return postgres.Agreement{}, err
	}
	return c.store.WithdrawProposal(ctx, c.act, id, in.Reason)
}

type proposalView struct {
	NoticeUntil ledger.Date     `json:"notice_until" doc:"Nothing is decided before this day."`
	Note        string          `json:"note,omitzero" doc:"What is to be known about it."`
	ProposedBy  string          `json:"proposed_by" doc:"The handle of who proposed it."`
	ProposedAt  time.Time       `json:"proposed_at" doc:"When."`
	Vote        *ballotView     `json:"vote,omitzero" doc:"The vote that was opened on it."`
	Withdrawal  *withdrawalView `json:"withdrawal,omitzero" doc:"That it was taken back."`
}

type ballotView struct {
	Method        string      `json:"method" doc:"How votes are counted."`
	QuorumPercent int         `json:"quorum_percent" doc:"How many percent of those who may vote must do so."`
	Eligible      int         `json:"eligible" doc:"How many may vote: the members of the day on which it was opened."`
	ClosesOn      ledger.Date `json:"closes_on" doc:"Its last day."`
	ClosesAt      time.Time   `json:"closes_at" doc:"The instant at which that day is over in the commons."`
}

type withdrawalView struct {
	Reason      string    `json:"reason,omitzero" doc:"Why."`
	WithdrawnBy string    `json:"withdrawn_by" doc:"The handle of who took it back."`
	WithdrawnAt time.Time `json:"withdrawn_at" doc:"When."`
}

func viewProposal(p *ledger.Proposal) *proposalView {
	if p == nil {
		return nil
	}
	view := &proposalView{
		NoticeUntil: p.NoticeUntil, Note: p.Note, ProposedBy: p.By, ProposedAt: p.At,
	}
	if b := p.Ballot; b != nil {
		view.Vote = &ballotView{
			Method: b.Method, QuorumPercent: b.Quorum, Eligible: b.Eligible, ClosesOn: b.ClosesOn,
			ClosesAt: b.ClosesAt,
		}
	}
	if w := p.Withdrawal; w != nil {
		view.Withdrawal = &withdrawalView{Reason: w.Reason, WithdrawnBy: w.By, WithdrawnAt: w.At}
	}
	return view
}

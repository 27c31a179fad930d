package http

import (
	"context"
	"time"

	"phyle/ledger"
)

func voteRoutes() []route {
	return []route{
		{
			method: "POST", path: agreementPath + "/votes", id: "castVote",
			operation: ledger.VoteOnAgreement,
			summary:   "Vote on a proposed agreement, for oneself",
			about: "Voting again takes the place of the vote before, which stays visible. So an " +
				"objection is withdrawn.",
			handler: write(castVote, viewVote),
		},
		{
			method: "GET", path: agreementPath + "/votes", id: "listVotes",
			operation: ledger.ReadAgreements,
			summary:   "List all votes on an agreement, in order", handler: read(listVotes),
		},
	}
}

type voteBody struct {
	Vote   ledger.Choice `json:"vote" enum:"yes,no,abstain,object" doc:"What to say; object only where the method is consent." example:"yes"`
	Reason string        `json:"reason,omitzero" maxLength:"2000" doc:"Why; needed to object." example:"as we have done it for years"`
}

func castVote(ctx context.Context, c *call, in voteBody) (ledger.Vote, error) {
	id, err := idIn[ledger.AgreementID](c, "agreement")
	if err != nil {
		return ledger.Vote{}, err
	}
	return c.store.CastVote(ctx, c.act, id, ledger.NewVote{Choice: in.Vote, Reason: in.Reason})
}

func listVotes(ctx context.Context, c *call, q pageQuery) (page[voteView], error) {
	from, err := after[int](c, q.paging)
	if err != nil {
		return page[voteView]{}, err
	}
	id, err := idIn[ledger.AgreementID](c, "agreement")
	if err != nil {
		return page[voteView]{}, err
	}
	found, err := c.store.Votes(ctx, c.caller, id, from, q.size()+1)
	if err != nil {
		return page[voteView]{}, err
	}
	return newPage(c, q.paging, found, viewVote, func(v ledger.Vote) int { return v.Number })
}

type voteView struct {
	Number   int           `json:"number" doc:"Its place in the order of votes on this agreement."`
	Member   string        `json:"member" doc:"The handle of who voted."`
	Vote     ledger.Choice `json:"vote" doc:"What they said: yes, no, abstain or object."`
	Reason   string        `json:"reason,omitzero" doc:"Why."`
	CastAt   time.Time     `json:"cast_at" doc:"When."`
	Standing bool          `json:"standing" doc:"Whether it counts: they have not voted again since."`
}

func viewVote(_ *call, v ledger.Vote) voteView {
	return voteView{
		Number: v.Number, Member: v.Member, Vote: v.Choice, Reason: v.Reason, CastAt: v.At,
		Standing: v.Standing,
	}
}

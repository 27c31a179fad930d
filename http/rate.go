package http

import (
	"context"

	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

func rateRoutes() []route {
	return []route{
		{
			method: "POST", path: inCommons + "/rates", id: "addRate",
			operation: ledger.ManageSettings,
			summary:   "Say what a unit of a kind weighs from a day on",
			about: "It holds for what is accepted from now on; what is accepted already keeps the rate " +
				"that it was accepted with.",
			made: "rates", status: 201, handler: write(addRate, first(viewRate)),
		},
		{
			method: "GET", path: inCommons + "/rates", id: "listRates",
			operation: ledger.ReadCommons,
			summary:   "List the rates in the order in which they were recorded", handler: read(listRates),
		},
	}
}

type rateBody struct {
	Kind   string          `json:"kind" maxLength:"32" doc:"The code of the kind." example:"care"`
	Rate   decimal.Decimal `json:"rate" doc:"What one unit weighs; for claims, the money it is worth."`
	From   ledger.Date     `json:"from" doc:"The first day of work that it is for." example:"2026-01-01"`
	Area   string          `json:"area,omitzero" maxLength:"32" doc:"Only in the area of this code." example:"lab"`
	Stage  ledger.Stage    `json:"stage,omitzero" enum:"guest,newcomer,member,left" doc:"Only in this stage." example:"newcomer"`
	Member string          `json:"member,omitzero" maxLength:"32" doc:"Only for this member, by handle or id." example:"ana"`
}

func addRate(ctx context.Context, c *call, in rateBody) ([]postgres.Rate, error) {
	return c.store.AddRates(ctx, c.act, []ledger.NewRate{{
		Kind: in.Kind, Area: in.Area, Stage: in.Stage, Member: in.Member, From: in.From, Rate: in.Rate,
	}})
}

type rateView struct {
	ID     ledger.RateID `json:"id" doc:"Its id."`
	Kind   string        `json:"kind" doc:"The code of the kind."`
	Rate   string        `json:"rate" doc:"What one unit weighs."`
	From   ledger.Date   `json:"from" doc:"The first day of work that it is for."`
	Area   string        `json:"area,omitzero" doc:"The code of the area, if it is for one."`
	Stage  ledger.Stage  `json:"stage,omitzero" doc:"The stage, if it is for one."`
	Member string        `json:"member,omitzero" doc:"The handle of the member, if it is for one."`
}

func (v rateView) resource() string { return v.ID.String() }

func viewRate(_ *call, r postgres.Rate) rateView {
	return rateView{
		ID: r.ID, Kind: r.KindCode, Rate: r.Rate.Rate.String(), From: r.From, Area: r.AreaCode,
		Stage: r.Stage, Member: r.MemberHandle,
	}
}

func listRates(ctx context.Context, c *call, q pageQuery) (page[rateView], error) {
	from, err := after[int64](c, q.paging)
	if err != nil {
		return page[rateView]{}, err
	}
	found, err := c.store.Rates(ctx, c.caller, from, q.size()+1)
	if err != nil {
		return page[rateView]{}, err
	}
	return newPage(c, q.paging, found, viewRate, func(r postgres.Rate) int64 { return r.Number })
}

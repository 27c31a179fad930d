package http

import (
	"context"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

func fundRoutes() []route {
	return []route{
		{
			method: "POST", path: inCommons + "/funds", id: "addFund", summary: "Add a fund",
			operation: ledger.ManageSettings,
			made:      "funds", status: 201, handler: write(addFund, first(viewNewFund)),
		},
		{
			method: "GET", path: inCommons + "/funds", id: "listFunds",
			operation: ledger.ReadCommons,
			summary:   "List the funds and what they hold", handler: read(listFunds),
		},
	}
}

type fundBody struct {
	Code   string        `json:"code" maxLength:"32" doc:"Its name in addresses and agreements." example:"reserve"`
	Name   string        `json:"name" doc:"Its name." example:"Reserve"`
	Target *ledger.Money `json:"target,omitzero" doc:"How much it is meant to hold, if there is an end."`
}

func addFund(ctx context.Context, c *call, in fundBody) ([]ledger.Fund, error) {
	target, err := inCurrency(in.Target, "/target", c.caller.Commons.Currency)
	if err != nil {
		return nil, err
	}
	return c.store.AddFunds(ctx, c.act, []ledger.Fund{{Code: in.Code, Name: in.Name, Target: target}})
}

type fundView struct {
	ID      ledger.FundID `json:"id" doc:"Its id."`
	Code    string        `json:"code" doc:"Its name in addresses and agreements."`
	Name    string        `json:"name" doc:"Its name."`
	Target  *moneyView    `json:"target,omitzero" doc:"How much it is meant to hold, if there is an end."`
	Balance moneyView     `json:"balance" doc:"What it holds."`
}

func (v fundView) resource() string { return v.Code }

func viewFund(c *call, f postgres.FundBalance) fundView {
	view := fundView{ID: f.ID, Code: f.Code, Name: f.Name, Balance: viewMoney(f.Balance)}
	if !f.Target.IsZero() {
		target := viewMoney(ledger.Money{Amount: f.Target, Currency: c.caller.Commons.Currency})
		view.Target = &target
	}
	return view
}

func viewNewFund(c *call, f ledger.Fund) fundView {
	return viewFund(c, postgres.FundBalance{Fund: f, Balance: ledger.Zero(c.caller.Commons.Currency)})
}

func listFunds(ctx context.Context, c *call, _ none) (page[fundView], error) {
	funds, err := c.store.Funds(ctx, c.caller)
	return all(viewFund)(c, funds), err
}

package http

import (
	"context"

	"phyle/ledger"
)

func kindRoutes() []route {
	return []route{
		{
			method: "POST", path: inCommons + "/kinds", id: "addKind",
			operation: ledger.ManageSettings,
			summary:   "Add a kind of contribution", made: "kinds", status: 201,
			handler: write(addKind, first(viewKind)),
		},
		{
			method: "GET", path: inCommons + "/kinds", id: "listKinds",
			operation: ledger.ReadCommons,
			summary:   "List the kinds of contribution", handler: read(listKinds),
		},
	}
}

type kindBody struct {
	Code    string         `json:"code" maxLength:"32" doc:"Its name in addresses and agreements." example:"care"`
	Name    string         `json:"name" doc:"Its name." example:"Care"`
	Unit    string         `json:"unit" maxLength:"32" doc:"What is counted: hour, item, km, EUR." example:"hour"`
	Theme   string         `json:"theme,omitzero" enum:"work,care,material,money,equipment,recognition" doc:"What it is about; work unless given." example:"care"`
	Becomes ledger.Becomes `json:"becomes,omitzero" enum:"weight,claim" doc:"What it turns into when accepted; weight unless given." example:"weight"`
	Reviews *int           `json:"reviews,omitzero" minimum:"0" maximum:"9" doc:"How many others must accept it; 1 unless given." example:"1"`
}

func addKind(ctx context.Context, c *call, in kindBody) ([]ledger.ContributionKind, error) {
	kind := ledger.ContributionKind{
		Code: in.Code, Name: in.Name, Unit: in.Unit, Theme: "work",
		Becomes: ledger.BecomesWeight, Reviews: 1,
	}
	if in.Theme != "" {
		kind.Theme = in.Theme
	}
	if in.Becomes != "" {
		kind.Becomes = in.Becomes
	}
	if in.Reviews != nil {
		kind.Reviews = *in.Reviews
	}
	return c.store.AddKinds(ctx, c.act, []ledger.ContributionKind{kind})
}

type kindView struct {
	ID      ledger.KindID  `json:"id" doc:"Its id."`
	Code    string         `json:"code" doc:"Its name in addresses and agreements."`
	Name    string         `json:"name" doc:"Its name."`
	Unit    string         `json:"unit" doc:"What is counted."`
	Theme   string         `json:"theme" doc:"What it is about."`
	Becomes ledger.Becomes `json:"becomes" doc:"What it turns into when accepted."`
	Reviews int            `json:"reviews" doc:"How many others must accept it."`
}

func (v kindView) resource() string { return v.Code }

func viewKind(_ *call, k ledger.ContributionKind) kindView {
	return kindView{
		ID: k.ID, Code: k.Code, Name: k.Name, Unit: k.Unit, Theme: k.Theme, Becomes: k.Becomes,
		Reviews: k.Reviews,
	}
}

func listKinds(ctx context.Context, c *call, _ none) (page[kindView], error) {
	kinds, err := c.store.Kinds(ctx, c.caller)
	return all(viewKind)(c, kinds), err
}

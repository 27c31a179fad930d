package http

import (
	"context"

	"phyle/ledger"
)

func areaRoutes() []route {
	return []route{
		{
			method: "POST", path: inCommons + "/areas", id: "addArea", summary: "Add an area",
			operation: ledger.ManageSettings,
			made:      "areas", status: 201, handler: write(addArea, first(viewArea)),
		},
		{
			method: "GET", path: inCommons + "/areas", id: "listAreas", summary: "List the areas",
			operation: ledger.ReadCommons,
			handler:   read(listAreas),
		},
	}
}

type areaBody struct {
	Code string `json:"code" maxLength:"32" doc:"Its name in addresses and agreements." example:"lab"`
	Name string `json:"name" doc:"Its name." example:"Laboratory"`
}

func addArea(ctx context.Context, c *call, in areaBody) ([]ledger.Area, error) {
	return c.store.AddAreas(ctx, c.act, []ledger.Area{{Code: in.Code, Name: in.Name}})
}

type areaView struct {
	ID   ledger.AreaID `json:"id" doc:"Its id."`
	Code string        `json:"code" doc:"Its name in addresses and agreements."`
	Name string        `json:"name" doc:"Its name."`
}

func (v areaView) resource() string { return v.Code }

func viewArea(_ *call, a ledger.Area) areaView {
	return areaView{ID: a.ID, Code: a.Code, Name: a.Name}
}

func listAreas(ctx context.Context, c *call, _ none) (page[areaView], error) {
	areas, err := c.store.Areas(ctx, c.caller)
	return all(viewArea)(c, areas), err
}

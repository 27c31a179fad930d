package http

import (
	"context"
	"time"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

func periodRoutes() []route {
	return []route{
		{
			method: "POST", path: inCommons + "/periods", id: "closePeriod",
			operation: ledger.ClosePeriod,
			summary:   "Close the days up to one, so that no entry is dated inside",
			made:      "periods", status: 201, handler: write(closePeriod, viewPeriod),
		},
		{
			method: "GET", path: inCommons + "/periods", id: "listPeriods",
			operation: ledger.ReadBooks,
			summary:   "List the closed periods", handler: read(listPeriods),
		},
	}
}

type periodBody struct {
	Through ledger.Date `json:"through" doc:"The last day that is closed." example:"2026-09-30"`
	Note    string      `json:"note,omitzero" maxLength:"2000" doc:"Why." example:"third quarter"`
}

func closePeriod(ctx context.Context, c *call, in periodBody) (postgres.Period, error) {
	return c.store.ClosePeriod(ctx, c.act, in.Through, in.Note)
}

type periodView struct {
	ID       ledger.PeriodID `json:"id" doc:"Its id."`
	From     ledger.Date     `json:"from" doc:"Its first day."`
	Through  ledger.Date     `json:"through" doc:"Its last day."`
	Note     string          `json:"note,omitzero" doc:"Why."`
	ClosedBy string          `json:"closed_by" doc:"The handle of who closed it."`
	ClosedAt time.Time       `json:"closed_at" doc:"When."`
}

func (v periodView) resource() string { return v.ID.String() }

func viewPeriod(_ *call, p postgres.Period) periodView {
	return periodView{
		ID: p.ID, From: p.From, Through: p.Through, Note: p.Note, ClosedBy: p.ClosedBy,
		ClosedAt: p.ClosedAt,
	}
}

func listPeriods(ctx context.Context, c *call, _ none) (page[periodView], error) {
	periods, err := c.store.Periods(ctx, c.caller)
	return all(viewPeriod)(c, periods), err
}

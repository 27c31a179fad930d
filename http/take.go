package http

import (
	"context"
	"time"

	"phyle/ledger"
)

func takeRoutes() []route {
	return []route{
		{
			method: "POST", path: inCommons + "/takes", id: "setTake",
			operation: ledger.SetTake,
			summary:   "Say what one takes of a rule that gives what is asked for",
			about: "It is the caller's own, and holds for distributions that are drafted from now on, " +
				"until the caller sets another; 0 takes nothing.",
			money: true, made: "takes", status: 201, handler: write(setTake, first(viewTake)),
		},
		{
			method: "GET", path: inCommons + "/takes", id: "listTakes",
			operation: ledger.ReadBooks,
			summary:   "List what members take, as it was last set", handler: read(listTakes),
		},
	}
}

type takeBody struct {
	Rule   string       `json:"rule" maxLength:"32" doc:"The id of the rule, which gives by takes." example:"team"`
	Amount ledger.Money `json:"amount" doc:"How much; 0 for nothing."`
	Area   string       `json:"area,omitzero" maxLength:"32" doc:"The area whose agreement has the rule, if it is for one." example:"lab"`
}

func setTake(ctx context.Context, c *call, in takeBody) ([]ledger.Take, error) {
	return c.store.SetTake(ctx, c.act, []ledger.NewTake{
		{Area: in.Area, Rule: in.Rule, Amount: in.Amount},
	})
}

type takeView struct {
	Member     string    `json:"member" doc:"The handle of the member who takes it."`
	Rule       string    `json:"rule" doc:"The id of the rule."`
	Area       string    `json:"area,omitzero" doc:"The area whose agreement has the rule, if it is for one."`
	Amount     moneyView `json:"amount" doc:"How much."`
	RecordedAt time.Time `json:"recorded_at" doc:"When it was set."`
}

func (v takeView) resource() string { return v.Rule }

func viewTake(_ *call, t ledger.Take) takeView {
	return takeView{
		Member: t.Member.Handle, Rule: t.Rule, Area: t.Area, Amount: viewMoney(t.Amount),
		RecordedAt: t.RecordedAt,
	}
}

func listTakes(ctx context.Context, c *call, q pageQuery) (page[takeView], error) {
	from, err := after[int64](c, q.paging)
	if err != nil {
		return page[takeView]{}, err
	}
	found, err := c.store.Takes(ctx, c.caller, from, q.size()+1)
	if err != nil {
		return page[takeView]{}, err
	}
	return newPage(c, q.paging, found, viewTake, func(t ledger.Take) int64 { return t.Number })
}

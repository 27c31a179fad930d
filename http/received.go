package http

import (
	"context"
	"time"

	"phyle/ledger"
)

const receivedPath = inCommons + "/openings/received"

func receivedRoutes() []route {
	return []route{
		{
			method: "POST", path: receivedPath, id: "openReceived",
			operation: ledger.OpenReceived,
			summary:   "Record what a rule gave a member before the books were opened here",
			about: "Rules that catch up count it with what they have given since. It is recorded once for " +
				"each rule and member, moves no money, and counts in distributions drafted from now on.",
			money: true, made: "openings/received", status: 201,
			handler: write(openReceived, first(viewReceived)),
		},
		{
			method: "GET", path: receivedPath, id: "listReceived",
			operation: ledger.ReadBooks,
			summary:   "List what rules gave before the books were opened here", handler: read(listReceived),
		},
	}
}

type receivedBody struct {
	Rule   string       `json:"rule" maxLength:"32" doc:"The id of the rule, which catches up." example:"fair"`
	Member string       `json:"member" maxLength:"32" doc:"Who got it, by handle or id." example:"ana"`
	Amount ledger.Money `json:"amount" doc:"How much, in all."`
	Area   string       `json:"area,omitzero" maxLength:"32" doc:"The area whose agreement has the rule, if it is for one." example:"lab"`
}

func openReceived(ctx context.Context, c *call, in receivedBody) ([]ledger.Received, error) {
	return c.store.OpenReceived(ctx, c.act, []ledger.NewReceived{
		{Area: in.Area, Rule: in.Rule, Member: in.Member, Amount: in.Amount},
	})
}

type receivedView struct {
	Rule       string    `json:"rule" doc:"The id of the rule."`
	Member     string    `json:"member" doc:"The handle of the member who got it."`
	Amount     moneyView `json:"amount" doc:"How much, in all."`
	Area       string    `json:"area,omitzero" doc:"The area whose agreement has the rule, if it is for one."`
	RecordedBy string    `json:"recorded_by" doc:"The handle of who recorded it."`
	RecordedAt time.Time `json:"recorded_at" doc:"When."`
}

func (v receivedView) resource() string { return v.Rule }

func viewReceived(_ *call, r ledger.Received) receivedView {
	return receivedView{
		Rule: r.Rule, Member: r.Member, Amount: viewMoney(r.Amount), Area: r.Area,
		RecordedBy: r.RecordedBy, RecordedAt: r.RecordedAt,
	}
}

func listReceived(ctx context.Context, c *call, q pageQuery) (page[receivedView], error) {
	from, err := after[int64](c, q.paging)
	if err != nil {
		return page[receivedView]{}, err
	}
	found, err := c.store.OpenedReceived(ctx, c.caller, from, q.size()+1)
	if err != nil {
		return page[receivedView]{}, err
	}
	return newPage(c, q.paging, found, viewReceived, func(r ledger.Received) int64 { return r.Number })
}

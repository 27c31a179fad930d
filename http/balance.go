package http

import (
	"context"
	"errors"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

type balanceView struct {
	Member  string      `json:"member" doc:"The member's handle."`
	Name    string      `json:"name" doc:"Their name."`
	Payable moneyView   `json:"payable" doc:"What they are owed now; negative after an advance."`
	Capital moneyView   `json:"capital" doc:"Their capital in the commons."`
	Claims  []claimView `json:"claims" doc:"What is promised to them and not owed yet."`
}

type claimView struct {
	Kind        string    `json:"kind" doc:"The code of the kind."`
	Outstanding moneyView `json:"outstanding" doc:"What is still promised."`
}

func viewBalance(c *call, b ledger.MemberBalance) balanceView {
	return balanceView{
		Member: b.Member.Handle, Name: b.Member.Name, Payable: viewMoney(b.Payable),
		Capital: viewMoney(b.Capital), Claims: viewEach(c, b.Claims, viewClaim),
	}
}

func viewClaim(_ *call, b ledger.ClaimBalance) claimView {
	return claimView{Kind: b.Kind, Outstanding: viewMoney(b.Outstanding)}
}

func listBalances(ctx context.Context, c *call, q balancesQuery) (page[balanceView], error) {
	from, err := after[int64](c, q.paging)
	if err != nil {
		return page[balanceView]{}, err
	}
	found, err := c.store.Balances(ctx, c.caller, q.when(), from, q.size()+1)
	if err != nil {
		return page[balanceView]{}, err
	}
	return newPage(c, q.paging, found, viewBalance,
		func(b ledger.MemberBalance) int64 { return b.Member.JoinNumber })
}

func getBalance(ctx context.Context, c *call, q balanceQuery) (balanceView, error) {
	found, err := c.store.MemberBalance(ctx, c.caller, q.when(), c.param("member"))
	return viewBalance(c, found), err
}

type statementView struct {
	Member     string     `json:"member" doc:"The member's handle."`
	Opening    moneyView  `json:"opening" doc:"What they were owed before the first line."`
	Data       []lineView `json:"data" doc:"The lines of this page, by date; what they gained is positive."`
	NextCursor *string    `json:"next_cursor" doc:"What to send as cursor for the next page; null on the last."`
}

func (v statementView) next() string { return page[lineView]{NextCursor: v.NextCursor}.next() }

// getStatement shows the register of what the member is owed, from their side. A
// member to whom nothing was ever owed has no account yet, and nothing to show.
func getStatement(ctx context.Context, c *call, q registerQuery) (statementView, error) {
	of, err := c.store.MemberBalance(ctx, c.caller, postgres.BalanceQuery{}, c.param("member"))
	if err != nil {
		return statementView{}, err
	}
	member := of.Member
	account := ledger.PayableAccount(ledger.MemberRef{ID: member.ID, Handle: member.Handle})
	register, lines, err := registerOf(ctx, c, q, account.Name, viewOwnLine)
	var missing *ledger.Error
	if errors.As(err, &missing) && missing.Kind == ledger.NotFound {
		register.Opening, lines.Data, err = ledger.Zero(c.caller.Commons.Currency), []lineView{}, nil
	}
	return statementView{
		Member: member.Handle, Opening: viewMoney(register.Opening.Negated()),
		Data: lines.Data, NextCursor: lines.NextCursor,
	}, err
}

// viewOwnLine shows a line as the member sees it: what is owed to them is theirs.
func viewOwnLine(c *call, l postgres.RegisterLine) lineView {
	l.Amount, l.Balance = l.Amount.Negated(), l.Balance.Negated()
	return viewLine(c, l)
}

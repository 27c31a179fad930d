package http

import (
	"context"
	"time"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

const accountsPath = inCommons + "/accounts"

func accountRoutes() []route {
	return []route{
		{
			method: "GET", path: accountsPath, id: "listAccounts",
			operation: ledger.ReadBooks,
			summary:   "List the accounts with their balances", handler: read(listAccounts),
		},
		{
			method: "GET", path: accountsPath + "/{account}/register", id: "getRegister",
			operation: ledger.ReadBooks,
			summary:   "List an account's postings with the balance after each", handler: read(getRegister),
		},
		{
			method: "GET", path: inCommons + "/balances", id: "listBalances",
			operation: ledger.ReadBooks,
			summary:   "List what is owed and promised to each member", handler: read(listBalances),
		},
		{
			method: "GET", path: inCommons + "/members/{member}/balance", id: "getBalance",
			operation: ledger.ReadBooks,
			summary:   "Show what is owed and promised to a member", handler: read(getBalance),
		},
		{
			method: "GET", path: inCommons + "/members/{member}/statement", id: "getStatement",
			operation: ledger.ReadBooks,
			summary:   "List what came to and went from what a member is owed", handler: read(getStatement),
		},
	}
}

type balanceQuery struct {
	Date         ledger.Date `json:"date,omitzero" doc:"At the end of this day; now unless given."`
	AsRecordedAt time.Time   `json:"as_recorded_at,omitzero" doc:"As it was recorded at this instant."`
}

func (q balanceQuery) when() postgres.BalanceQuery {
	return postgres.BalanceQuery{Date: q.Date, RecordedAt: q.AsRecordedAt}
}

type balancesQuery struct {
	paging
	balanceQuery
}

type accountView struct {
	ID      ledger.AccountID    `json:"id" doc:"Its id."`
	Name    string              `json:"name" doc:"Its name."`
	Class   ledger.AccountClass `json:"class" doc:"The side of the books on which it stands."`
	Balance moneyView           `json:"balance" doc:"The sum of its postings, debit positive."`
}

func viewAccount(_ *call, a ledger.AccountBalance) accountView {
	return accountView{ID: a.ID, Name: a.Name, Class: a.Class, Balance: viewMoney(a.Balance)}
}

func listAccounts(ctx context.Context, c *call, q balancesQuery) (page[accountView], error) {
	from, err := after[string](c, q.paging)
	if err == nil {
		err = ledger.CheckText(from, usualText)
	}
	if err != nil {
		return page[accountView]{}, err
	}
	found, err := c.store.Accounts(ctx, c.caller, q.when(), from, q.size()+1)
	if err != nil {
		return page[accountView]{}, err
	}
	return newPage(c, q.paging, found, viewAccount,
		func(a ledger.AccountBalance) string { return a.Name })
}

type registerQuery struct {
	paging
	From ledger.Date `json:"from,omitzero" doc:"Only dated this day or later."`
	To   ledger.Date `json:"to,omitzero" doc:"Only dated this day or earlier."`
}

type lineView struct {
	Entry    ledger.EntryID   `json:"entry" doc:"The entry."`
	Sequence int64            `json:"sequence" doc:"Its place in the journal."`
	Kind     ledger.EntryKind `json:"kind" doc:"What it records."`
	Date     ledger.Date      `json:"date" doc:"The day on which it happened."`
	Memo     string           `json:"memo,omitzero" doc:"What it is about."`
	Payee    string           `json:"payee,omitzero" doc:"Who was paid or paid."`
	Amount   moneyView        `json:"amount" doc:"How much."`
	Balance  moneyView        `json:"balance" doc:"What stands there after it."`
}

type registerView struct {
	Account    string     `json:"account" doc:"The name of the account."`
	Opening    moneyView  `json:"opening" doc:"The balance before the first line."`
	Data       []lineView `json:"data" doc:"The lines of this page, by date; debit positive."`
	NextCursor *string    `json:"next_cursor" doc:"What to send as cursor for the next page; null on the last."`
}

func (v registerView) next() string { return page[lineView]{NextCursor: v.NextCursor}.next() }

func getRegister(ctx context.Context, c *call, q registerQuery) (registerView, error) {
	register, lines, err := registerOf(ctx, c, q, c.param("account"), viewLine)
	return registerView{
		Account: register.Account.Name, Opening: viewMoney(register.Opening),
		Data: lines.Data, NextCursor: lines.NextCursor,
	}, err
}

// registerOf looks up a page of the account's register.
func registerOf(
	ctx context.Context, c *call, q registerQuery, account string,
	view func(*call, postgres.RegisterLine) lineView,
) (register postgres.Register, lines page[lineView], err error) {
	from, err := after[postgres.RegisterPlace](c, q.paging)
	if err != nil {
		return register, lines, err
	}
	register, err = c.store.Register(ctx, c.caller, postgres.RegisterFilter{
		Account: account, From: q.From, To: q.To, After: from, Limit: q.size() + 1,
	})
	if err != nil {
		return register, lines, err
	}
	lines, err = newPage(c, q.paging, register.Lines, view,
		func(l postgres.RegisterLine) postgres.RegisterPlace {
			return postgres.RegisterPlace{Date: l.Date, Sequence: l.Sequence, Ordinal: l.Ordinal}
		})
	return register, lines, err
}

func viewLine(_ *call, l postgres.RegisterLine) lineView {
	return lineView{
		Entry: l.Entry, Sequence: l.Sequence, Kind: l.Kind, Date: l.Date, Memo: l.Memo,
		Payee: l.Payee, Amount: viewMoney(l.Amount), Balance: viewMoney(l.Balance),
	}
}

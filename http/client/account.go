// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"iter"
	"time"
)

// ListAccountsQuery says what ListAccounts shows.
type ListAccountsQuery struct {
	// How many items to send; 50 unless given.
	Limit int64 `json:"limit"`
	// The next_cursor of the page before, with the same filters.
	Cursor string `json:"cursor"`
	// At the end of this day; now unless given.
	Date Date `json:"date"`
	// As it was recorded at this instant.
	AsRecordedAt time.Time `json:"as_recorded_at"`
}

// Account is what ListAccounts answers.
type Account struct {
	// Its id.
	ID AccountID `json:"id"`
	// Its name.
	Name string `json:"name"`
	// The side of the books on which it stands.
	Class string `json:"class"`
	// The sum of its postings, debit positive.
	Balance Money `json:"balance"`
}

// ListAccounts: list the accounts with their balances.
func (b Books) ListAccounts(
	ctx context.Context, query ListAccountsQuery, options ...CallOption,
) (Page[Account], error) {
	return do[Page[Account]](ctx, b.client, call{
		operation: "listAccounts", method: "GET",
		path:   []string{"commons", b.commons, "accounts"},
		query:  query,
		status: 200,
	}, options)
}

// AllAccounts goes through what ListAccounts shows, page after page from the query's cursor on,
// and ends with the first error.
func (b Books) AllAccounts(
	ctx context.Context, query ListAccountsQuery, options ...CallOption,
) iter.Seq2[Account, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Account], error) {
		query := query
		query.Cursor = cursor
		return b.ListAccounts(ctx, query, options...)
	})
}

// GetRegisterQuery says what GetRegister shows.
type GetRegisterQuery struct {
	// How many items to send; 50 unless given.
	Limit int64 `json:"limit"`
	// The next_cursor of the page before, with the same filters.
	Cursor string `json:"cursor"`
	// Only dated this day or later.
	From Date `json:"from"`
	// Only dated this day or earlier.
	To Date `json:"to"`
}

// Line is part of Register, among others.
type Line struct {
	// The entry.
	Entry EntryID `json:"entry"`
	// Its place in the journal.
	Sequence int64 `json:"sequence"`
	// What it records.
	Kind string `json:"kind"`
	// The day on which it happened.
	Date Date `json:"date"`
	// How much.
	Amount Money `json:"amount"`
	// What stands there after it.
	Balance Money `json:"balance"`
	// What it is about.
	Memo string `json:"memo,omitzero"`
	// Who was paid or paid.
	Payee string `json:"payee,omitzero"`
}

// Register is what GetRegister answers.
type Register struct {
	// The name of the account.
	Account string `json:"account"`
	// The balance before the first line.
	Opening Money `json:"opening"`
	Page[Line]
}

// GetRegister: list an account's postings with the balance after each.
func (b Books) GetRegister(
	ctx context.Context, account string, query GetRegisterQuery, options ...CallOption,
) (Register, error) {
	return do[Register](ctx, b.client, call{
		operation: "getRegister", method: "GET",
		path:   []string{"commons", b.commons, "accounts", account, "register"},
		query:  query,
		status: 200,
	}, options)
}

// AllRegister goes through what GetRegister shows, page after page from the query's cursor on,
// and ends with the first error.
func (b Books) AllRegister(
	ctx context.Context, account string, query GetRegisterQuery, options ...CallOption,
) iter.Seq2[Line, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Line], error) {
		query := query
		query.Cursor = cursor
		page, err := b.GetRegister(ctx, account, query, options...)
		return page.Page, err
	})
}

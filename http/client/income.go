// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"iter"
	"time"
)

// ListIncomesQuery says what ListIncomes shows.
type ListIncomesQuery struct {
	// How many items to send; 50 unless given.
	Limit int64 `json:"limit"`
	// The next_cursor of the page before, with the same filters.
	Cursor string `json:"cursor"`
	// Only in this state. One of: open, distributed, reversed.
	State string `json:"state"`
	// Only of this source. One of: sale, grant, donation, licence, membership, upstream.
	Source string `json:"source"`
	// Only of the area of this code.
	Area string `json:"area"`
	// Only from this day or later.
	From Date `json:"from"`
	// Only from this day or earlier.
	To Date `json:"to"`
}

// Deduction is part of Income.
type Deduction struct {
	// What became of it.
	Type string `json:"type"`
	// What it is called.
	Name string `json:"name"`
	// How much.
	Amount Money `json:"amount"`
}

// Income is what ListIncomes answers, among others.
type Income struct {
	// Its id.
	ID IncomeID `json:"id"`
	// What was paid.
	Gross Money `json:"gross"`
	// What is divided.
	Net Money `json:"net"`
	// What is not divided.
	Deductions []Deduction `json:"deductions"`
	// The day on which it arrived.
	Date Date `json:"date"`
	// Where it comes from.
	Source string `json:"source"`
	// Where it arrived.
	Asset string `json:"asset"`
	// The entry that books it.
	Entry EntryID `json:"entry"`
	// The handle of who recorded it.
	RecordedBy string `json:"recorded_by"`
	// When.
	RecordedAt time.Time `json:"recorded_at"`
	// Whether it was taken back.
	Reversed bool `json:"reversed"`
	// The code of its area.
	Area string `json:"area,omitzero"`
	// The posted one that divided it.
	Distribution DistributionID `json:"distribution,omitzero"`
	// A link to its document.
	Document string `json:"document,omitzero"`
	// Its name elsewhere.
	ExternalRef string `json:"external_ref,omitzero"`
	// What it was for.
	Note string `json:"note,omitzero"`
	// Who paid.
	Payer string `json:"payer,omitzero"`
}

// ListIncomes: list incomes, newest first.
func (b Books) ListIncomes(
	ctx context.Context, query ListIncomesQuery, options ...CallOption,
) (Page[Income], error) {
	return do[Page[Income]](ctx, b.client, call{
		operation: "listIncomes", method: "GET",
		path:   []string{"commons", b.commons, "incomes"},
		query:  query,
		status: 200,
	}, options)
}

// AllIncomes goes through what ListIncomes shows, page after page from the query's cursor on,
// and ends with the first error.
func (b Books) AllIncomes(
	ctx context.Context, query ListIncomesQuery, options ...CallOption,
) iter.Seq2[Income, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Income], error) {
		query := query
		query.Cursor = cursor
		return b.ListIncomes(ctx, query, options...)
	})
}

// DeductionRequest is part of IncomeRequest.
type DeductionRequest struct {
	// Collected tax is owed on; the others never arrive. One of: collected, withheld, fee.
	Type string `json:"type"`
	// What it is called.
	Name string `json:"name"`
	// How much.
	Amount Money `json:"amount"`
}

// IncomeRequest is what RecordIncome sends.
type IncomeRequest struct {
	// The gross amount.
	Amount Money `json:"amount"`
	// The day on which it arrived.
	Date Date `json:"date"`
	// Where it comes from. One of: sale, grant, donation, licence, membership, upstream.
	Source string `json:"source"`
	// The code of the area whose agreement divides it.
	Area string `json:"area,omitzero"`
	// Where it arrived; bank unless given.
	Asset string `json:"asset,omitzero"`
	// What is not divided.
	Deductions []DeductionRequest `json:"deductions,omitzero"`
	// A link to its document.
	Document string `json:"document,omitzero"`
	// Its name elsewhere; unique.
	ExternalRef string `json:"external_ref,omitzero"`
	// What it was for.
	Note string `json:"note,omitzero"`
	// Who paid.
	Payer string `json:"payer,omitzero"`
}

// RecordIncome: record money received that is to be divided.
func (b Books) RecordIncome(
	ctx context.Context, body IncomeRequest, options ...CallOption,
) (Income, error) {
	return do[Income](ctx, b.client, call{
		operation: "recordIncome", method: "POST",
		path:   []string{"commons", b.commons, "incomes"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 201,
	}, options)
}

// GetIncome: show an income.
func (b Books) GetIncome(
	ctx context.Context, income IncomeID, options ...CallOption,
) (Income, error) {
	return do[Income](ctx, b.client, call{
		operation: "getIncome", method: "GET",
		path:   []string{"commons", b.commons, "incomes", string(income)},
		status: 200,
	}, options)
}

// ReverseIncome: take an income back that was recorded by mistake. One that a posted
// distribution has divided stays until that distribution is reversed. Where the approval policy
// asks for approvals, it waits until a second person confirms it, or is marked unchecked if
// nobody could: above its limit, counted with what else was moved by hand in the thirty days
// before, and where it pays to you.
func (b Books) ReverseIncome(
	ctx context.Context, income IncomeID, body ReversalRequest, options ...CallOption,
) (Income, error) {
	return do[Income](ctx, b.client, call{
		operation: "reverseIncome", method: "POST",
		path:   []string{"commons", b.commons, "incomes", string(income), "reverse"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 200,
		waits:  true,
	}, options)
}

// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"iter"
	"time"
)

// ListBalancesQuery says what ListBalances shows.
type ListBalancesQuery struct {
	// How many items to send; 50 unless given.
	Limit int64 `json:"limit"`
	// The next_cursor of the page before, with the same filters.
	Cursor string `json:"cursor"`
	// At the end of this day; now unless given.
	Date Date `json:"date"`
	// As it was recorded at this instant.
	AsRecordedAt time.Time `json:"as_recorded_at"`
}

// Claim is part of Balance.
type Claim struct {
	// The code of the kind.
	Kind string `json:"kind"`
	// What is still promised.
	Outstanding Money `json:"outstanding"`
}

// Balance is what ListBalances answers, among others.
type Balance struct {
	// The member's handle.
	Member string `json:"member"`
	// Their name.
	Name string `json:"name"`
	// What they are owed now; negative after an advance.
	Payable Money `json:"payable"`
	// Their capital in the commons.
	Capital Money `json:"capital"`
	// What is promised to them and not owed yet.
	Claims []Claim `json:"claims"`
}

// ListBalances: list what is owed and promised to each member.
func (b Books) ListBalances(
	ctx context.Context, query ListBalancesQuery, options ...CallOption,
) (Page[Balance], error) {
	return do[Page[Balance]](ctx, b.client, call{
		operation: "listBalances", method: "GET",
		path:   []string{"commons", b.commons, "balances"},
		query:  query,
		status: 200,
	}, options)
}

// AllBalances goes through what ListBalances shows, page after page from the query's cursor on,
// and ends with the first error.
func (b Books) AllBalances(
	ctx context.Context, query ListBalancesQuery, options ...CallOption,
) iter.Seq2[Balance, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Balance], error) {
		query := query
		query.Cursor = cursor
		return b.ListBalances(ctx, query, options...)
	})
}

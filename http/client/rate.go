// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"iter"
)

// Rate is what ListRates answers, among others.
type Rate struct {
	// Its id.
	ID RateID `json:"id"`
	// The code of the kind.
	Kind string `json:"kind"`
	// What one unit weighs.
	Rate Number `json:"rate"`
	// The first day of work that it is for.
	From Date `json:"from"`
	// The code of the area, if it is for one.
	Area string `json:"area,omitzero"`
	// The handle of the member, if it is for one.
	Member string `json:"member,omitzero"`
	// The stage, if it is for one.
	Stage string `json:"stage,omitzero"`
}

// ListRates: list the rates in the order in which they were recorded.
func (b Books) ListRates(
	ctx context.Context, query PageQuery, options ...CallOption,
) (Page[Rate], error) {
	return do[Page[Rate]](ctx, b.client, call{
		operation: "listRates", method: "GET",
		path:   []string{"commons", b.commons, "rates"},
		query:  query,
		status: 200,
	}, options)
}

// AllRates goes through what ListRates shows, page after page from the query's cursor on, and
// ends with the first error.
func (b Books) AllRates(
	ctx context.Context, query PageQuery, options ...CallOption,
) iter.Seq2[Rate, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Rate], error) {
		query := query
		query.Cursor = cursor
		return b.ListRates(ctx, query, options...)
	})
}

// RateRequest is what AddRate sends.
type RateRequest struct {
	// The code of the kind.
	Kind string `json:"kind"`
	// What one unit weighs; for claims, the money it is worth.
	Rate Number `json:"rate"`
	// The first day of work that it is for.
	From Date `json:"from"`
	// Only in the area of this code.
	Area string `json:"area,omitzero"`
	// Only for this member, by handle or id.
	Member string `json:"member,omitzero"`
	// Only in this stage. One of: guest, newcomer, member, left.
	Stage string `json:"stage,omitzero"`
}

// AddRate: say what a unit of a kind weighs from a day on. It holds for what is accepted from
// now on; what is accepted already keeps the rate that it was accepted with. Where the approval
// policy asks for approvals, it waits until a second person confirms it, or is marked unchecked
// if nobody could.
func (b Books) AddRate(
	ctx context.Context, body RateRequest, options ...CallOption,
) (Rate, error) {
	return do[Rate](ctx, b.client, call{
		operation: "addRate", method: "POST",
		path:   []string{"commons", b.commons, "rates"},
		keyed:  true,
		body:   body,
		status: 201,
		waits:  true,
	}, options)
}

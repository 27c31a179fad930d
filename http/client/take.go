// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"iter"
	"time"
)

// Take is what ListTakes answers, among others.
type Take struct {
	// The handle of the member who takes it.
	Member string `json:"member"`
	// The id of the rule.
	Rule string `json:"rule"`
	// How much.
	Amount Money `json:"amount"`
	// When it was set.
	RecordedAt time.Time `json:"recorded_at"`
	// The area whose agreement has the rule, if it is for one.
	Area string `json:"area,omitzero"`
}

// ListTakes: list what members take, as it was last set.
func (b Books) ListTakes(
	ctx context.Context, query PageQuery, options ...CallOption,
) (Page[Take], error) {
	return do[Page[Take]](ctx, b.client, call{
		operation: "listTakes", method: "GET",
		path:   []string{"commons", b.commons, "takes"},
		query:  query,
		status: 200,
	}, options)
}

// AllTakes goes through what ListTakes shows, page after page from the query's cursor on, and
// ends with the first error.
func (b Books) AllTakes(
	ctx context.Context, query PageQuery, options ...CallOption,
) iter.Seq2[Take, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Take], error) {
		query := query
		query.Cursor = cursor
		return b.ListTakes(ctx, query, options...)
	})
}

// TakeRequest is what SetTake sends.
type TakeRequest struct {
	// The id of the rule, which gives by takes.
	Rule string `json:"rule"`
	// How much; 0 for nothing.
	Amount Money `json:"amount"`
	// The area whose agreement has the rule, if it is for one.
	Area string `json:"area,omitzero"`
}

// SetTake: say what one takes of a rule that gives what is asked for. It is the caller's own,
// and holds for distributions that are drafted from now on, until the caller sets another; 0
// takes nothing.
func (b Books) SetTake(
	ctx context.Context, body TakeRequest, options ...CallOption,
) (Take, error) {
	return do[Take](ctx, b.client, call{
		operation: "setTake", method: "POST",
		path:   []string{"commons", b.commons, "takes"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 201,
	}, options)
}

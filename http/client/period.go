// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"time"
)

// Period is what ListPeriods answers, among others.
type Period struct {
	// Its id.
	ID PeriodID `json:"id"`
	// Its first day.
	From Date `json:"from"`
	// Its last day.
	Through Date `json:"through"`
	// The handle of who closed it.
	ClosedBy string `json:"closed_by"`
	// When.
	ClosedAt time.Time `json:"closed_at"`
	// Why.
	Note string `json:"note,omitzero"`
}

// ListPeriods: list the closed periods.
func (b Books) ListPeriods(ctx context.Context, options ...CallOption) (Page[Period], error) {
	return do[Page[Period]](ctx, b.client, call{
		operation: "listPeriods", method: "GET",
		path:   []string{"commons", b.commons, "periods"},
		status: 200,
	}, options)
}

// PeriodRequest is what ClosePeriod sends.
type PeriodRequest struct {
	// The last day that is closed.
	Through Date `json:"through"`
	// Why.
	Note string `json:"note,omitzero"`
}

// ClosePeriod: close the days up to one, so that no entry is dated inside.
func (b Books) ClosePeriod(
	ctx context.Context, body PeriodRequest, options ...CallOption,
) (Period, error) {
	return do[Period](ctx, b.client, call{
		operation: "closePeriod", method: "POST",
		path:   []string{"commons", b.commons, "periods"},
		keyed:  true,
		body:   body,
		status: 201,
	}, options)
}

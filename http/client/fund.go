// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
)

// Fund is what ListFunds answers, among others.
type Fund struct {
	// Its id.
	ID FundID `json:"id"`
	// Its name in addresses and agreements.
	Code string `json:"code"`
	// Its name.
	Name string `json:"name"`
	// What it holds.
	Balance Money `json:"balance"`
	// How much it is meant to hold, if there is an end.
	Target *Money `json:"target,omitzero"`
}

// ListFunds: list the funds and what they hold.
func (b Books) ListFunds(ctx context.Context, options ...CallOption) (Page[Fund], error) {
	return do[Page[Fund]](ctx, b.client, call{
		operation: "listFunds", method: "GET",
		path:   []string{"commons", b.commons, "funds"},
		status: 200,
	}, options)
}

// FundRequest is what AddFund sends.
type FundRequest struct {
	// Its name in addresses and agreements.
	Code string `json:"code"`
	// Its name.
	Name string `json:"name"`
	// How much it is meant to hold, if there is an end.
	Target *Money `json:"target,omitzero"`
}

// AddFund: add a fund. Where the approval policy asks for approvals, it waits until a second
// person confirms it, or is marked unchecked if nobody could.
func (b Books) AddFund(
	ctx context.Context, body FundRequest, options ...CallOption,
) (Fund, error) {
	return do[Fund](ctx, b.client, call{
		operation: "addFund", method: "POST",
		path:   []string{"commons", b.commons, "funds"},
		keyed:  true,
		body:   body,
		status: 201,
		waits:  true,
	}, options)
}

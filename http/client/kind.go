// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
)

// Kind is what ListKinds answers, among others.
type Kind struct {
	// Its id.
	ID KindID `json:"id"`
	// Its name in addresses and agreements.
	Code string `json:"code"`
	// Its name.
	Name string `json:"name"`
	// What is counted.
	Unit string `json:"unit"`
	// What it is about.
	Theme string `json:"theme"`
	// What it turns into when accepted.
	Becomes string `json:"becomes"`
	// How many others must accept it.
	Reviews int64 `json:"reviews"`
}

// ListKinds: list the kinds of contribution.
func (b Books) ListKinds(ctx context.Context, options ...CallOption) (Page[Kind], error) {
	return do[Page[Kind]](ctx, b.client, call{
		operation: "listKinds", method: "GET",
		path:   []string{"commons", b.commons, "kinds"},
		status: 200,
	}, options)
}

// KindRequest is what AddKind sends.
type KindRequest struct {
	// Its name in addresses and agreements.
	Code string `json:"code"`
	// Its name.
	Name string `json:"name"`
	// What is counted: hour, item, km, EUR.
	Unit string `json:"unit"`
	// What it turns into when accepted; weight unless given. One of: weight, claim.
	Becomes string `json:"becomes,omitzero"`
	// How many others must accept it; 1 unless given.
	Reviews *int64 `json:"reviews,omitzero"`
	// What it is about; work unless given. One of: work, care, material, money, equipment,
	// recognition.
	Theme string `json:"theme,omitzero"`
}

// AddKind: add a kind of contribution. Where the approval policy asks for approvals, it waits
// until a second person confirms it, or is marked unchecked if nobody could.
func (b Books) AddKind(
	ctx context.Context, body KindRequest, options ...CallOption,
) (Kind, error) {
	return do[Kind](ctx, b.client, call{
		operation: "addKind", method: "POST",
		path:   []string{"commons", b.commons, "kinds"},
		keyed:  true,
		body:   body,
		status: 201,
		waits:  true,
	}, options)
}

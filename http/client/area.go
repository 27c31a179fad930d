// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
)

// Area is what ListAreas answers, among others.
type Area struct {
	// Its id.
	ID AreaID `json:"id"`
	// Its name in addresses and agreements.
	Code string `json:"code"`
	// Its name.
	Name string `json:"name"`
}

// ListAreas: list the areas.
func (b Books) ListAreas(ctx context.Context, options ...CallOption) (Page[Area], error) {
	return do[Page[Area]](ctx, b.client, call{
		operation: "listAreas", method: "GET",
		path:   []string{"commons", b.commons, "areas"},
		status: 200,
	}, options)
}

// AreaRequest is what AddArea sends.
type AreaRequest struct {
	// Its name in addresses and agreements.
	Code string `json:"code"`
	// Its name.
	Name string `json:"name"`
}

// AddArea: add an area. Where the approval policy asks for approvals, it waits until a second
// person confirms it, or is marked unchecked if nobody could.
func (b Books) AddArea(
	ctx context.Context, body AreaRequest, options ...CallOption,
) (Area, error) {
	return do[Area](ctx, b.client, call{
		operation: "addArea", method: "POST",
		path:   []string{"commons", b.commons, "areas"},
		keyed:  true,
		body:   body,
		status: 201,
		waits:  true,
	}, options)
}

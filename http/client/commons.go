// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"time"
)

// Policy is part of Change, among others.
type Policy struct {
	// How many other members must approve a distribution before it is posted.
	Approvals int64 `json:"approvals"`
	// Only once more than this is given, counted with what was posted in the thirty days before.
	Above Money `json:"above"`
}

// Visibility is part of Commons.
type Visibility struct {
	// Who sees what others did: members, or officers alone. One of: members, officers.
	Contributions string `json:"contributions"`
	// Who sees what others are owed and were given, the journal and the reports. One of: members,
	// officers.
	Books string `json:"books"`
}

// Commons is what ListCommons answers, among others.
type Commons struct {
	// Its id.
	ID CommonsID `json:"id"`
	// Its name in addresses.
	Slug string `json:"slug"`
	// Its name.
	Name string `json:"name"`
	// The currency of its books.
	Currency string `json:"currency"`
	// The zone of its dates.
	TimeZone string `json:"time_zone"`
	// How far advances may go.
	AdvanceLimit Money `json:"advance_limit"`
	// Who must approve distributions; it changes by the group's changes only.
	Approvals Policy `json:"approvals"`
	// What members see of each other; what is their own they see always.
	Visibility Visibility `json:"visibility"`
	// When it was founded.
	CreatedAt time.Time `json:"created_at"`
}

// ListCommons: list the commons that the token reaches.
func (c *Client) ListCommons(ctx context.Context, options ...CallOption) (Page[Commons], error) {
	return do[Page[Commons]](ctx, c, call{
		operation: "listCommons", method: "GET",
		path:   []string{"commons"},
		status: 200,
	}, options)
}

// FirstMemberRequest is part of CommonsRequest.
type FirstMemberRequest struct {
	// Their name in addresses.
	Handle string `json:"handle"`
	// Their name.
	Name string `json:"name"`
}

// CommonsRequest is what CreateCommons sends.
type CommonsRequest struct {
	// Its name in addresses.
	Slug string `json:"slug"`
	// Its name.
	Name string `json:"name"`
	// A code of ISO 4217.
	Currency string `json:"currency"`
	// The IANA zone of its dates.
	TimeZone string `json:"time_zone"`
	// How far advances may go; 0 unless given.
	AdvanceLimit *Money `json:"advance_limit,omitzero"`
	// Who begins; founder unless given.
	FirstMember *FirstMemberRequest `json:"first_member,omitzero"`
}

// Founded is what CreateCommons answers.
type Founded struct {
	// The new commons.
	Commons Commons `json:"commons"`
	// Its first member.
	FirstMember Member `json:"first_member"`
	// The first member's bearer token; shown here only.
	Token string `json:"token"`
}

// CreateCommons: found a commons. Its first member is steward and treasurer. The token in the
// answer acts for them; it is shown here only.
func (c *Client) CreateCommons(
	ctx context.Context, body CommonsRequest, options ...CallOption,
) (Founded, error) {
	return do[Founded](ctx, c, call{
		operation: "createCommons", method: "POST",
		path:   []string{"commons"},
		body:   body,
		status: 201,
	}, options)
}

// GetCommons: show the commons.
func (b Books) GetCommons(ctx context.Context, options ...CallOption) (Commons, error) {
	return do[Commons](ctx, b.client, call{
		operation: "getCommons", method: "GET",
		path:   []string{"commons", b.commons},
		status: 200,
	}, options)
}

// VisibilityPatch is part of CommonsPatch.
type VisibilityPatch struct {
	// Who sees what others are owed and were given, the journal and the reports. One of: members,
	// officers.
	Books *string `json:"books,omitzero"`
	// Who sees what others did. One of: members, officers.
	Contributions *string `json:"contributions,omitzero"`
}

// CommonsPatch is what UpdateCommons sends.
type CommonsPatch struct {
	// How far advances may go from now on.
	AdvanceLimit *Money `json:"advance_limit,omitzero"`
	// Its new name.
	Name *string `json:"name,omitzero"`
	// Its new IANA zone.
	TimeZone *string `json:"time_zone,omitzero"`
	// What members see of each other from now on.
	Visibility *VisibilityPatch `json:"visibility,omitzero"`
}

// UpdateCommons: change the name, zone, limit or visibility of the commons. Where the approval
// policy asks for approvals, it waits until a second person confirms it, or is marked unchecked
// if nobody could.
func (b Books) UpdateCommons(
	ctx context.Context, tag ETag, body CommonsPatch, options ...CallOption,
) (Commons, error) {
	return do[Commons](ctx, b.client, call{
		operation: "updateCommons", method: "PATCH",
		path:    []string{"commons", b.commons},
		keyed:   true,
		ifMatch: tag,
		body:    body,
		status:  200,
		waits:   true,
	}, options)
}

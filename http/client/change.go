// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// ListChangesQuery says what ListChanges shows.
type ListChangesQuery struct {
	// How many items to send; 50 unless given.
	Limit int64 `json:"limit"`
	// The next_cursor of the page before, with the same filters.
	Cursor string `json:"cursor"`
	// Only in this state. One of: waiting, confirmed, unchecked, withdrawn.
	State string `json:"state"`
}

// Act is part of Change.
type Act struct {
	// The row of the matrix of rights that it is about.
	Operation string `json:"operation"`
	// The method of the request.
	Method string `json:"method"`
	// The path of the request.
	Path string `json:"path"`
	// The body of the request; none once the personal data of a member were erased.
	Body json.RawMessage `json:"body,omitzero"`
	// The If-Match of the request: it is done only as long as nobody changes what that names.
	IfMatch string `json:"if_match,omitzero"`
}

// Erasure is part of Change.
type Erasure struct {
	// The handle of the member: their pseudonym, once it has taken effect.
	Member string `json:"member"`
	// Why something of theirs stays open.
	KeepReason string `json:"keep_reason,omitzero"`
}

// Grant is part of Change.
type Grant struct {
	// The handle of the member.
	Member string `json:"member"`
	// The role.
	Role string `json:"role"`
	// Whether they have it from then on.
	Held bool `json:"held"`
	// From which day on; none if from the beginning.
	From Date `json:"from,omitzero"`
	// Why whoever runs the machine asks for it, after notice to all.
	Reason string `json:"reason,omitzero"`
	// The last day on which they have it; none if it has no end.
	Until Date `json:"until,omitzero"`
}

// Change is what ListChanges answers, among others.
type Change struct {
	// Its id.
	ID ChangeID `json:"id"`
	// What it is about: approval_policy, role, erasure or act.
	Type string `json:"type"`
	// Waiting, confirmed, unchecked or withdrawn. Unchecked took effect at once, because nobody
	// else could confirm it.
	State string `json:"state"`
	// When.
	ProposedAt time.Time `json:"proposed_at"`
	// The act that it asks for.
	Act *Act `json:"act,omitzero"`
	// When it took effect or was taken back.
	DecidedAt time.Time `json:"decided_at,omitzero"`
	// The handle of who confirmed it or took it back.
	DecidedBy string `json:"decided_by,omitzero"`
	// Whose personal data it erases.
	Erasure *Erasure `json:"erasure,omitzero"`
	// The role that it gives or takes.
	Grant *Grant `json:"grant,omitzero"`
	// The path of what came of the act.
	Made string `json:"made,omitzero"`
	// The approval policy that it asks for.
	Policy *Policy `json:"policy,omitzero"`
	// The handle of who asked for it; none if it was done at the machine, or in founding.
	ProposedBy string `json:"proposed_by,omitzero"`
}

// ListChanges: list changes to roles and to the approval policy, erasures, and acts that
// waited, newest first.
func (b Books) ListChanges(
	ctx context.Context, query ListChangesQuery, options ...CallOption,
) (Page[Change], error) {
	return do[Page[Change]](ctx, b.client, call{
		operation: "listChanges", method: "GET",
		path:   []string{"commons", b.commons, "changes"},
		query:  query,
		status: 200,
	}, options)
}

// AllChanges goes through what ListChanges shows, page after page from the query's cursor on,
// and ends with the first error.
func (b Books) AllChanges(
	ctx context.Context, query ListChangesQuery, options ...CallOption,
) iter.Seq2[Change, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Change], error) {
		query := query
		query.Cursor = cursor
		return b.ListChanges(ctx, query, options...)
	})
}

// ChangeRequest is what ProposeChange sends.
type ChangeRequest struct {
	// How many other members must approve a distribution.
	Approvals int64 `json:"approvals"`
	// Only once more than this is given, counted with what was posted in the thirty days before; 0
	// unless given.
	Above *Money `json:"above,omitzero"`
}

// ProposeChange: ask for another approval policy. It waits until a second person confirms it;
// where nobody else could, it takes effect at once, marked unchecked. Roles are asked for at
// their member.
func (b Books) ProposeChange(
	ctx context.Context, body ChangeRequest, options ...CallOption,
) (Change, error) {
	return do[Change](ctx, b.client, call{
		operation: "proposeChange", method: "POST",
		path:   []string{"commons", b.commons, "changes"},
		keyed:  true,
		body:   body,
		status: 201,
	}, options)
}

// GetChange: show a change and how it ended.
func (b Books) GetChange(
	ctx context.Context, change ChangeID, options ...CallOption,
) (Change, error) {
	return do[Change](ctx, b.client, call{
		operation: "getChange", method: "GET",
		path:   []string{"commons", b.commons, "changes", string(change)},
		status: 200,
	}, options)
}

// ConfirmChange: put a change into effect, as the second person. That may stewards, treasurers
// and approvers do, but not who asked for it, would get a role by it or is the only one whom it
// pays, and approvers not for erasures. An act is done now, as it was asked for, by who asked
// for it, with the rights that they have now.
func (b Books) ConfirmChange(
	ctx context.Context, change ChangeID, options ...CallOption,
) (Change, error) {
	return do[Change](ctx, b.client, call{
		operation: "confirmChange", method: "POST",
		path:   []string{"commons", b.commons, "changes", string(change), "confirm"},
		keyed:  true,
		status: 200,
	}, options)
}

// WithdrawChange: take a change back before it is confirmed. That may do who asked for it, and
// stewards, treasurers and approvers.
func (b Books) WithdrawChange(
	ctx context.Context, change ChangeID, options ...CallOption,
) (Change, error) {
	return do[Change](ctx, b.client, call{
		operation: "withdrawChange", method: "POST",
		path:   []string{"commons", b.commons, "changes", string(change), "withdraw"},
		keyed:  true,
		status: 200,
	}, options)
}

// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"iter"
	"time"
)

// ListAuditQuery says what ListAudit shows.
type ListAuditQuery struct {
	// How many items to send; 50 unless given.
	Limit int64 `json:"limit"`
	// The next_cursor of the page before, with the same filters.
	Cursor string `json:"cursor"`
	// Only acts of this member, by handle or id.
	Member string `json:"member"`
	// Only of this operation.
	Operation string `json:"operation"`
	// Only what concerned the thing of this id.
	Subject string `json:"subject"`
	// Only what came out so. One of: done, refused.
	Outcome string `json:"outcome"`
	// Only of this day or later.
	From Date `json:"from"`
	// Only of this day or earlier.
	To Date `json:"to"`
}

// Audit is what ListAudit answers.
type Audit struct {
	// Its number; there is no gap between them.
	Sequence int64 `json:"sequence"`
	// When it happened.
	At time.Time `json:"at"`
	// When it was written down.
	RecordedAt time.Time `json:"recorded_at"`
	// What was asked for, as far as rights go.
	Operation string `json:"operation"`
	// What came of it. One of: done, refused.
	Outcome string `json:"outcome"`
	// How many events the act made, or how many refusals the row stands for.
	Count int64 `json:"count"`
	// The network that the request came from, of which the last part is left out; or local.
	Address string `json:"address"`
	// What a single thing was after the act.
	After map[string]string `json:"after,omitzero"`
	// What a single thing was before, where the act changed it.
	Before map[string]string `json:"before,omitzero"`
	// The handle of who asked; nobody for who is at the machine itself or founded the commons.
	By string `json:"by,omitzero"`
	// Why it was refused.
	Code string `json:"code,omitzero"`
	// The number of the first event of the act.
	EventFrom int64 `json:"event_from,omitzero"`
	// The number of the last event of the act.
	EventTo int64 `json:"event_to,omitzero"`
	// The id of the last of several.
	LastSubject SubjectID `json:"last_subject,omitzero"`
	// The id of the request.
	RequestID RequestID `json:"request_id,omitzero"`
	// The id of what it happened to; of several the first.
	Subject SubjectID `json:"subject,omitzero"`
	// The token that was shown; none on the command line.
	TokenID TokenID `json:"token_id,omitzero"`
	// What happened first, as noun and verb.
	Type string `json:"type,omitzero"`
}

// ListAudit: list who did what, and who was refused it, newest first. Each act has one row, and
// so has each refusal of an act on money, up to 30 a minute for each caller; those beyond share
// a row with their count. Stewards, treasurers and auditors see all rows, others their own.
func (b Books) ListAudit(
	ctx context.Context, query ListAuditQuery, options ...CallOption,
) (Page[Audit], error) {
	return do[Page[Audit]](ctx, b.client, call{
		operation: "listAudit", method: "GET",
		path:   []string{"commons", b.commons, "audit"},
		query:  query,
		status: 200,
	}, options)
}

// AllAudit goes through what ListAudit shows, page after page from the query's cursor on, and
// ends with the first error.
func (b Books) AllAudit(
	ctx context.Context, query ListAuditQuery, options ...CallOption,
) iter.Seq2[Audit, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Audit], error) {
		query := query
		query.Cursor = cursor
		return b.ListAudit(ctx, query, options...)
	})
}

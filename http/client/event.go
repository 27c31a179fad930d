// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"iter"
	"time"
)

// ListEventsQuery says what ListEvents shows.
type ListEventsQuery struct {
	// The number of the last event that is known; unless given 0.
	After int64 `json:"after"`
	// How many at the most; 50 unless given.
	Limit int64 `json:"limit"`
}

// Event is part of Events.
type Event struct {
	// Its number.
	Sequence int64 `json:"sequence"`
	// What happened, as noun and verb.
	Type string `json:"type"`
	// The id of what it happened to.
	Subject SubjectID `json:"subject"`
	// When it was recorded.
	RecordedAt time.Time `json:"recorded_at"`
	// Who did it.
	By string `json:"by,omitzero"`
}

// Events is what ListEvents answers.
type Events struct {
	// The events, in order.
	Data []Event `json:"data"`
	// The number to go on after.
	Last int64 `json:"last"`
}

// ListEvents: read on in the feed of what happened. Numbers follow each other without a gap in
// the order in which things took effect: ask again after the last one to miss nothing.
func (b Books) ListEvents(
	ctx context.Context, query ListEventsQuery, options ...CallOption,
) (Events, error) {
	return do[Events](ctx, b.client, call{
		operation: "listEvents", method: "GET",
		path:   []string{"commons", b.commons, "events"},
		query:  query,
		status: 200,
	}, options)
}

// AllEvents goes through what ListEvents shows, as far as it goes now, and ends with the first
// error.
func (b Books) AllEvents(
	ctx context.Context, query ListEventsQuery, options ...CallOption,
) iter.Seq2[Event, error] {
	query.Limit = perPage(query.Limit)
	return follow(query.After, func(after int64) ([]Event, int64, error) {
		query := query
		query.After = after
		feed, err := b.ListEvents(ctx, query, options...)
		return feed.Data, feed.Last, err
	})
}

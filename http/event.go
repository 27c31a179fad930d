package http

import (
	"context"
	"time"

	"phyle/ledger"
)

func eventRoutes() []route {
	return []route{{
		method: "GET", path: inCommons + "/events", id: "listEvents",
		operation: ledger.ReadBooks,
		summary:   "Read on in the feed of what happened",
		about: "Numbers follow each other without a gap in the order in which things took effect: " +
			"ask again after the last one to miss nothing.",
		handler: read(listEvents),
	}}
}

type eventQuery struct {
	After int `json:"after,omitzero" minimum:"0" doc:"The number of the last event that is known; unless given 0."`
	Limit int `json:"limit,omitzero" minimum:"1" maximum:"200" doc:"How many at the most; 50 unless given."`
}

type eventView struct {
	Number     int64            `json:"sequence" doc:"Its number."`
	Type       ledger.EventType `json:"type" doc:"What happened, as noun and verb."`
	Subject    string           `json:"subject" doc:"The id of what it happened to."`
	By         string           `json:"by,omitzero" doc:"Who did it."`
	RecordedAt time.Time        `json:"recorded_at" doc:"When it was recorded."`
}

type eventsView struct {
	Data []eventView `json:"data" doc:"The events, in order."`
	Last int64       `json:"last" doc:"The number to go on after."`
}

func listEvents(ctx context.Context, c *call, q eventQuery) (eventsView, error) {
	if q.Limit == 0 {
		q.Limit = 50
	}
	events, err := c.store.Events(ctx, c.caller, int64(q.After), q.Limit)
	view := eventsView{Data: make([]eventView, len(events)), Last: int64(q.After)}
	for i, e := range events {
		view.Last = e.Number
		view.Data[i] = eventView{
			Number: e.Number, Type: e.Type, Subject: e.Subject, By: e.By, RecordedAt: e.RecordedAt,
		}
	}
	return view, err
}

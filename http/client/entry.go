// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"iter"
	"time"
)

// Posting is part of Entry.
type Posting struct {
	// The name of the account.
	Account string `json:"account"`
	// Debit positive, credit negative.
	Amount Money `json:"amount"`
}

// Entry is what RecordAdvance answers, among others.
type Entry struct {
	// Its id.
	ID EntryID `json:"id"`
	// Its place in the journal, without gaps.
	Sequence int64 `json:"sequence"`
	// What it records.
	Kind string `json:"kind"`
	// The day on which it happened.
	Date Date `json:"date"`
	// When it was recorded.
	RecordedAt time.Time `json:"recorded_at"`
	// Its amounts, which sum to zero.
	Postings []Posting `json:"postings"`
	// A link to its document.
	Document string `json:"document,omitzero"`
	// Its name elsewhere.
	ExternalRef string `json:"external_ref,omitzero"`
	// What it is about.
	Memo string `json:"memo,omitzero"`
	// Who was paid or paid.
	Payee string `json:"payee,omitzero"`
	// The handle of who recorded it.
	RecordedBy string `json:"recorded_by,omitzero"`
	// The entry that negates it.
	ReversedBy EntryID `json:"reversed_by,omitzero"`
	// The entry that it negates.
	Reverses EntryID `json:"reverses,omitzero"`
}

// ListEntriesQuery says what ListEntries shows.
type ListEntriesQuery struct {
	// How many items to send; 50 unless given.
	Limit int64 `json:"limit"`
	// The next_cursor of the page before, with the same filters.
	Cursor string `json:"cursor"`
	// Only of this kind. One of: income, claim, distribution, spending, refund, transfer, gift,
	// capital, advance, payment, opening, reversal.
	Kind string `json:"kind"`
	// Only on accounts of this member.
	Member string `json:"member"`
	// Only dated this day or later.
	From Date `json:"from"`
	// Only dated this day or earlier.
	To Date `json:"to"`
}

// ListEntries: list entries, newest first.
func (b Books) ListEntries(
	ctx context.Context, query ListEntriesQuery, options ...CallOption,
) (Page[Entry], error) {
	return do[Page[Entry]](ctx, b.client, call{
		operation: "listEntries", method: "GET",
		path:   []string{"commons", b.commons, "entries"},
		query:  query,
		status: 200,
	}, options)
}

// AllEntries goes through what ListEntries shows, page after page from the query's cursor on,
// and ends with the first error.
func (b Books) AllEntries(
	ctx context.Context, query ListEntriesQuery, options ...CallOption,
) iter.Seq2[Entry, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Entry], error) {
		query := query
		query.Cursor = cursor
		return b.ListEntries(ctx, query, options...)
	})
}

// GetEntry: show an entry with its postings.
func (b Books) GetEntry(ctx context.Context, entry EntryID, options ...CallOption) (Entry, error) {
	return do[Entry](ctx, b.client, call{
		operation: "getEntry", method: "GET",
		path:   []string{"commons", b.commons, "entries", string(entry)},
		status: 200,
	}, options)
}

// ReverseEntry: negate an entry by another that names it. Entries of incomes, contributions and
// distributions are reversed where those are. Where the approval policy asks for approvals, it
// waits until a second person confirms it, or is marked unchecked if nobody could: above its
// limit, counted with what else was moved by hand in the thirty days before, and where it pays
// to you.
func (b Books) ReverseEntry(
	ctx context.Context, entry EntryID, body ReversalRequest, options ...CallOption,
) (Entry, error) {
	return do[Entry](ctx, b.client, call{
		operation: "reverseEntry", method: "POST",
		path:   []string{"commons", b.commons, "entries", string(entry), "reverse"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 201,
		waits:  true,
	}, options)
}

package client

import "iter"

// PageQuery says which page of a list to show.
type PageQuery struct {
	// How many items to send, up to 200; 50 unless given.
	Limit int64 `json:"limit"`
	// The NextCursor of the page before, with the same filters.
	Cursor string `json:"cursor"`
}

// Page is one page of a list.
type Page[Item any] struct {
	// The items of this page.
	Data []Item `json:"data"`
	// What to send as Cursor for the next page, "" on the last.
	NextCursor string `json:"next_cursor"`
}

// fullPage is how many items to ask for where all are wanted.
const fullPage = 200

// each goes through the items of all pages from the cursor on. The first error is
// the last thing that it yields.
func each[Item any](
	cursor string, list func(cursor string) (Page[Item], error),
) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for next := cursor; ; {
			page, err := list(next)
			if err != nil {
				var none Item
				yield(none, err)
				return
			}
			for _, item := range page.Data {
				if !yield(item, nil) {
					return
				}
			}
			if page.NextCursor == "" {
				return
			}
			next = page.NextCursor
		}
	}
}

// perPage returns the limit, or that of a full page where none is given.
func perPage(limit int64) int64 {
	if limit == 0 {
		return fullPage
	}
	return limit
}

// follow goes through the items of a feed after the one with the number, until it
// has no more. The first error is the last thing that it yields.
func follow[Item any](
	after int64, list func(after int64) (items []Item, last int64, err error),
) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for next := after; ; {
			items, last, err := list(next)
			if err != nil {
				var none Item
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if len(items) == 0 || last <= next {
				return
			}
			next = last
		}
	}
}

package http

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"strings"

	"github.com/go-json-experiment/json"

	"phyle/ledger"
)

// usualLimit is how many items a page has, unless the caller says so.
const usualLimit = 50

// paging is embedded in the query of every list.
type paging struct {
	Limit  int    `json:"limit,omitzero" minimum:"1" maximum:"200" doc:"How many items to send; 50 unless given." example:"50"`
	Cursor string `json:"cursor,omitzero" maxLength:"1000" doc:"The next_cursor of the page before, with the same filters."`
}

// size returns how many items the page may have.
func (p paging) size() int {
	if p.Limit == 0 {
		return usualLimit
	}
	return p.Limit
}

// page is one page of a list.
type page[View any] struct {
	Data       []View  `json:"data" doc:"The items of this page."`
	NextCursor *string `json:"next_cursor" doc:"What to send as cursor for the next page; null on the last."`
}

// next returns the cursor of the next page, "" on the last.
func (p page[View]) next() string {
	if p.NextCursor == nil {
		return ""
	}
	return *p.NextCursor
}

// cursor is what is inside the opaque one: where the last page ended, and a hash
// of what list it was a page of.
type cursor[Position any] struct {
	After Position `json:"after"`
	List  []byte   `json:"list"`
}

// listHash tells lists apart: by route, path, commons and filters.
func (c *call) listHash() []byte {
	filters := maps.Clone(c.query)
	filters.Del("cursor")
	filters.Del("limit")
	sum := sha256.Sum256([]byte(strings.Join([]string{
		c.route.id, c.echo.Request().URL.Path, string(c.caller.Commons.ID), filters.Encode(),
	}, "\n")))
	return sum[:12]
}

// after returns where the page before ended, the zero position when there was
// none. A cursor of another list is refused: it would skip items without a word.
func after[Position any](c *call, p paging) (position Position, err error) {
	if p.Cursor == "" {
		return position, nil
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(p.Cursor)
	if err != nil {
		return position, badCursor()
	}
	var in cursor[Position]
	if err := json.Unmarshal(text, &in, json.RejectUnknownMembers(true)); err != nil {
		return position, badCursor()
	}
	if !bytes.Equal(in.List, c.listHash()) {
		return position, ledger.Errorf(ledger.Malformed, "cursor_mismatch",
			"This cursor is of a list with other filters; start again without a cursor.")
	}
	return in.After, nil
}

func badCursor() error {
	return ledger.Errorf(ledger.Malformed, "bad_cursor",
		"This is no cursor; send next_cursor as it came, or start again without one.")
}

// newPage returns the views of the items found, of which there is one more than
// the page may have if another page follows; position says where an item stands.
func newPage[Item, View, Position any](
	c *call, p paging, found []Item,
	view func(*call, Item) View, position func(Item) Position,
) (page[View], error) {
	out := page[View]{Data: make([]View, 0, min(len(found), p.size()))}
	for _, item := range found[:min(len(found), p.size())] {
		out.Data = append(out.Data, view(c, item))
	}
	if len(found) <= p.size() {
		return out, nil
	}
	text, err := marshal(cursor[Position]{
		After: position(found[p.size()-1]), List: c.listHash(),
	})
	if err != nil {
		return out, err
	}
	next := base64.RawURLEncoding.EncodeToString(text)
	out.NextCursor = &next
	return out, nil
}

// link returns the Link header that leads to the next page.
func (c *call) link(next string) string {
	query := maps.Clone(c.query)
	query.Set("cursor", next)
	return fmt.Sprintf(`<%s?%s>; rel="next"`, c.echo.Request().URL.Path, query.Encode())
}

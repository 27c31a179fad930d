package http

import (
	"context"
	"time"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

const entriesPath = inCommons + "/entries"

func entryRoutes() []route {
	return []route{
		{
			method: "GET", path: entriesPath, id: "listEntries", summary: "List entries, newest first",
			operation: ledger.ReadBooks,
			handler:   read(listEntries),
		},
		{
			method: "GET", path: entriesPath + "/{entry}", id: "getEntry",
			operation: ledger.ReadBooks,
			summary:   "Show an entry with its postings", handler: read(getEntry),
		},
		{
			method: "POST", path: entriesPath + "/{entry}/reverse", id: "reverseEntry",
			operation: ledger.ReverseEntry,
			summary:   "Negate an entry by another that names it",
			about:     "Entries of incomes, contributions and distributions are reversed where those are.",
			money:     true, made: "entries/{}", status: 201, handler: write(reverseEntry, first(viewEntry)),
		},
		{
			method: "PATCH", path: entriesPath + "/{entry}", operation: ledger.ReadBooks,
			undocumented: true, handler: permanent,
		},
		{
			method: "DELETE", path: entriesPath + "/{entry}", operation: ledger.ReadBooks,
			undocumented: true, handler: permanent,
		},
	}
}

type entryQuery struct {
	paging
	Kind   ledger.EntryKind `json:"kind,omitzero" enum:"income,claim,distribution,spending,refund,transfer,gift,capital,advance,payment,opening,reversal" doc:"Only of this kind."`
	Member string           `json:"member,omitzero" maxLength:"32" doc:"Only on accounts of this member."`
	From   ledger.Date      `json:"from,omitzero" doc:"Only dated this day or later."`
	To     ledger.Date      `json:"to,omitzero" doc:"Only dated this day or earlier."`
}

func listEntries(ctx context.Context, c *call, q entryQuery) (page[entryView], error) {
	from, err := after[int64](c, q.paging)
	if err != nil {
		return page[entryView]{}, err
	}
	found, err := c.store.Entries(ctx, c.caller, postgres.EntryFilter{
		Kind: q.Kind, Member: q.Member, From: q.From, To: q.To, After: from, Limit: q.size() + 1,
	})
	if err != nil {
		return page[entryView]{}, err
	}
	return newPage(c, q.paging, found, viewEntry, func(e ledger.Entry) int64 { return e.Sequence })
}

func getEntry(ctx context.Context, c *call, _ none) (entryView, error) {
	found, err := entryOf(ctx, c)
	return viewEntry(c, found), err
}

func entryOf(ctx context.Context, c *call) (ledger.Entry, error) {
	id, err := idIn[ledger.EntryID](c, "entry")
	if err != nil {
		return ledger.Entry{}, err
	}
	return c.store.Entry(ctx, c.caller, id)
}

func reverseEntry(ctx context.Context, c *call, in reversalBody) ([]ledger.Entry, error) {
	id, err := idIn[ledger.EntryID](c, "entry")
	if err != nil {
		return nil, err
	}
	return c.store.ReverseEntries(ctx, c.act, []ledger.EntryID{id}, in.Date, in.Reason)
}

// permanent refuses to change or delete an entry, and says what to do instead.
var permanent = handler{serve: func(ctx context.Context, c *call) error {
	found, err := entryOf(ctx, c)
	if err != nil {
		return err
	}
	refusal := ledger.Errorf(ledger.Conflict, "entry_is_permanent",
		"Entries stay as they are; reverse it instead: POST %s/reverse.", c.echo.Request().URL.Path)
	if found.ReversedBy != "" {
		refusal = refusal.With("reversed_by", found.ReversedBy.String())
	}
	return refusal
}}

type entryView struct {
	ID          ledger.EntryID   `json:"id" doc:"Its id."`
	Sequence    int64            `json:"sequence" doc:"Its place in the journal, without gaps."`
	Kind        ledger.EntryKind `json:"kind" doc:"What it records."`
	Date        ledger.Date      `json:"date" doc:"The day on which it happened."`
	Memo        string           `json:"memo,omitzero" doc:"What it is about."`
	Payee       string           `json:"payee,omitzero" doc:"Who was paid or paid."`
	Document    string           `json:"document,omitzero" doc:"A link to its document."`
	ExternalRef string           `json:"external_ref,omitzero" doc:"Its name elsewhere."`
	Reverses    ledger.EntryID   `json:"reverses,omitzero" doc:"The entry that it negates."`
	ReversedBy  ledger.EntryID   `json:"reversed_by,omitzero" doc:"The entry that negates it."`
	RecordedBy  string           `json:"recorded_by,omitzero" doc:"The handle of who recorded it."`
	RecordedAt  time.Time        `json:"recorded_at" doc:"When it was recorded."`
	Postings    []postingView    `json:"postings" doc:"Its amounts, which sum to zero."`
}

type postingView struct {
	Account string    `json:"account" doc:"The name of the account."`
	Amount  moneyView `json:"amount" doc:"Debit positive, credit negative."`
}

func (v entryView) resource() string { return v.ID.String() }

func viewEntry(c *call, e ledger.Entry) entryView {
	return entryView{
		ID: e.ID, Sequence: e.Sequence, Kind: e.Kind, Date: e.Date, Memo: e.Memo, Payee: e.Payee,
		Document: e.Document, ExternalRef: e.ExternalRef, Reverses: e.Reverses,
		ReversedBy: e.ReversedBy, RecordedBy: e.RecordedBy, RecordedAt: e.RecordedAt,
		Postings: viewEach(c, e.Postings, viewPosting),
	}
}

func viewPosting(_ *call, p ledger.Posting) postingView {
	return postingView{Account: p.Account.Name, Amount: viewMoney(p.Amount)}
}

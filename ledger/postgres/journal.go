package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"phyle/ledger"
)

const entryQuery = `
	SELECT e.entry_id, e.sequence, e.kind, e.date, e.memo, e.payee, e.document, coalesce(e.external_ref, ''),
	       coalesce(e.reverses::text, ''), coalesce(r.entry_id::text, ''), coalesce(m.handle, ''),
	       e.recorded_at
	  FROM entry AS e
	  LEFT JOIN entry AS r ON r.commons_id = e.commons_id AND r.reverses = e.entry_id
	  LEFT JOIN member AS m ON m.commons_id = e.commons_id AND m.member_id = e.recorded_by`

// EntryFilter narrows a list of entries; what is empty does not.
type EntryFilter struct {
	Kind   ledger.EntryKind
	Member string
	From   ledger.Date
	To     ledger.Date
	After  int64
	Limit  int
}

// Entries lists entries with their postings, newest first, up to Limit before the
// sequence After.
func (s *Store) Entries(ctx context.Context, by Caller, f EntryFilter) ([]ledger.Entry, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) ([]ledger.Entry, error) {
		member, err := w.filterMember(ctx, f.Member)
		if err != nil {
			return nil, err
		}
		return w.entries(ctx, entryQuery+`
			 WHERE e.commons_id = $1 AND ($2 = '' OR e.kind = $2)
			   AND ($3::date IS NULL OR e.date >= $3) AND ($4::date IS NULL OR e.date <= $4)
			   AND ($5 = 0 OR e.sequence < $5)
			   AND ($6::uuid IS NULL OR EXISTS (
			        SELECT FROM posting AS p JOIN account AS a USING (commons_id, account_id)
			         WHERE p.commons_id = e.commons_id AND p.sequence = e.sequence AND a.member_id = $6))
			 ORDER BY e.sequence DESC LIMIT $7`,
			string(w.commons.ID), string(f.Kind), nullable(f.From.String()), nullable(f.To.String()),
			f.After, nullable(member), f.Limit)
	})
}

// Entry returns one entry with its postings.
func (s *Store) Entry(ctx context.Context, by Caller, id ledger.EntryID) (ledger.Entry, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) (ledger.Entry, error) {
		found, err := w.entriesByID(ctx, []string{string(id)})
		if err != nil {
			return ledger.Entry{}, err
		}
		return found[0], nil
	})
}

// entriesByID returns the entries in the order of the ids; one that is missing is
// a NotFound error.
func (w *work) entriesByID(ctx context.Context, ids []string) ([]ledger.Entry, error) {
	found, err := w.entries(ctx, entryQuery+`
		  JOIN unnest($2::uuid[]) WITH ORDINALITY AS wanted (id, place) ON wanted.id = e.entry_id
		 WHERE e.commons_id = $1 AND e.entry_id = ANY ($2::uuid[])
		 ORDER BY wanted.place`, string(w.commons.ID), pq.Array(ids))
	if err == nil && len(found) != len(ids) {
		return nil, ledger.Errorf(ledger.NotFound, "not_found", "There is no such entry here.")
	}
	return found, err
}

func (w *work) entries(ctx context.Context, query string, args ...any) ([]ledger.Entry, error) {
	rows, err := w.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []ledger.Entry
	for rows.Next() {
		var e ledger.Entry
		err := rows.Scan(&e.ID, &e.Sequence, &e.Kind, &e.Date, &e.Memo, &e.Payee, &e.Document, &e.ExternalRef,
			&e.Reverses, &e.ReversedBy, &e.RecordedBy, &e.RecordedAt)
		if err != nil {
			return nil, err
		}
		e.RecordedAt = e.RecordedAt.UTC()
		found = append(found, e)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return found, w.addPostings(ctx, found)
}

func (w *work) addPostings(ctx context.Context, entries []ledger.Entry) error {
	sequences := make([]int64, len(entries))
	place := make(map[int64]int, len(entries))
	for i, e := range entries {
		sequences[i], place[e.Sequence] = e.Sequence, i
	}
	rows, err := w.QueryContext(ctx, `
		SELECT p.sequence, p.amount, a.account_id, a.name, a.class, a.role, coalesce(a.member_id::text, ''),
		       coalesce(a.fund_id::text, ''), coalesce(a.kind_id::text, '')
		  FROM posting AS p JOIN account AS a USING (commons_id, account_id)
		 WHERE p.commons_id = $1 AND p.sequence = ANY ($2) ORDER BY p.sequence, p.ordinal`,
		string(w.commons.ID), pq.Array(sequences))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var sequence int64
		p := ledger.Posting{Amount: ledger.Zero(w.commons.Currency)}
		a := &p.Account
		err := rows.Scan(&sequence, &p.Amount.Amount, &a.ID, &a.Name, &a.Class, &a.Role, &a.Member, &a.Fund,
			&a.Kind)
		if err != nil {
			return err
		}
		e := &entries[place[sequence]]
		e.Postings = append(e.Postings, p)
	}
	return rows.Err()
}

// reverseEntries writes the entries that negate those of the ids, in order. No
// date means today, or the day of the entry where that is still to come.
func reverseEntries(
	ctx context.Context, w *work, ids []string, date ledger.Date, reason string,
) ([]ledger.Entry, error) {
	var wrong ledger.FieldErrors
	if !date.IsZero() {
		wrong.AddError("/date", w.commons.CheckDate(date, w.now))
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	entries, err := w.entriesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	reversals := make([]ledger.Entry, len(entries))
	for i, e := range entries {
		on := date
		if on.IsZero() {
			on = ledger.LaterOf(w.today(), e.Date)
		}
		if on.Before(e.Date) {
			wrong.Add("/date", "invalid_date", "A reversal is not dated before the entry of %s.", e.Date)
			return nil, wrong.Err()
		}
		reversals[i] = e.Reversal(on, reason)
	}
	return reversals, insertEntries(ctx, w, reversals)
}

// ReverseEntries negates entries that moves of money made. Entries of incomes,
// contributions and distributions are reversed where those are.
func (s *Store) ReverseEntries(
	ctx context.Context, act *Act, ids []ledger.EntryID, date ledger.Date, reason string,
) ([]ledger.Entry, error) {
	var wrong ledger.FieldErrors
	wrong.AddError("/reason", ledger.RequiredText(reason, 2000))
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	return write(ctx, s, act, func(w *work) ([]ledger.Entry, error) {
		if err := w.authorize(ledger.ReverseEntry, false); err != nil {
			return nil, err
		}
		if err := checkDistinct(ids); err != nil {
			return nil, err
		}
		entries, err := w.entriesByID(ctx, texts(ids))
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if err := e.CheckReversible(); err != nil {
				return nil, err
			}
		}
		reversals, err := reverseEntries(ctx, w, texts(ids), date, reason)
		if err != nil {
			return nil, err
		}
		tell(w, ledger.EntryReversed, ids...)
		added := make([]string, len(reversals))
		for i, e := range reversals {
			added[i] = string(e.ID)
		}
		return w.entriesByID(ctx, added)
	})
}

// RegisterLine is one posting of an account with the balance after it.
type RegisterLine struct {
	Entry    ledger.EntryID
	Sequence int64
	Ordinal  int
	Kind     ledger.EntryKind
	Date     ledger.Date
	Memo     string
	Payee    string
	Amount   ledger.Money
	Balance  ledger.Money
}

// RegisterPlace is where a page of a register goes on: after the line of these.
type RegisterPlace struct {
	Date     ledger.Date
	Sequence int64
	Ordinal  int
}

// RegisterFilter says which account's register is asked for, and what of it.
type RegisterFilter struct {
	Account string
	From    ledger.Date
	To      ledger.Date
	After   RegisterPlace
	Limit   int
}

// Register is part of an account's history in the order of dates.
type Register struct {
	Account ledger.Account
	// Opening is the balance before the first line.
	Opening ledger.Money
	Lines   []RegisterLine
}

// Register returns the account's postings by date, then sequence, each with the
// balance after it. Signs are those of the books: debit positive. The account of what is
// owed to the caller is their own.
func (s *Store) Register(ctx context.Context, by Caller, f RegisterFilter) (Register, error) {
	return read(ctx, s, by.toOwn(ledger.ReadBooks), func(w *work) (r Register, err error) {
		own := ledger.PayableAccount(ledger.MemberRef{ID: w.by, Handle: w.handle})
		if err := w.authorize(ledger.ReadBooks, f.Account == own.Name); err != nil {
			return r, err
		}
		if r.Account, err = w.account(ctx, f.Account); err != nil {
			return r, err
		}
		after := f.After
		if after.Date.IsZero() {
			after.Date = ledger.LaterOf(f.From, ledger.Beginning).AddDays(-1)
			after.Sequence = 1<<63 - 1
		}
		if r.Opening, err = w.balanceBefore(ctx, r.Account.ID, after); err != nil {
			return r, err
		}
		r.Lines, err = w.registerLines(ctx, r.Account.ID, after, f.To, f.Limit)
		balance := r.Opening
		for i := range r.Lines {
			balance = balance.Plus(r.Lines[i].Amount)
			r.Lines[i].Balance = balance
		}
		return r, err
	})
}

// balanceBefore sums the days before the place from their totals, and the day of
// the place from its postings.
func (w *work) balanceBefore(
	ctx context.Context, id ledger.AccountID, after RegisterPlace,
) (ledger.Money, error) {
	sum := ledger.Zero(w.commons.Currency)
	err := w.QueryRowContext(ctx, `
		SELECT coalesce((SELECT sum(amount) FROM balance_on
		                  WHERE commons_id = $1 AND account_id = $2 AND date < $3), 0)
		     + coalesce((SELECT sum(amount) FROM posting
		                  WHERE commons_id = $1 AND account_id = $2 AND date = $3
		                    AND (sequence, ordinal) <= ($4, $5)), 0)`,
		string(w.commons.ID), string(id), after.Date.String(), after.Sequence, after.Ordinal).
		Scan(&sum.Amount)
	return sum, err
}

func (w *work) registerLines(
	ctx context.Context, id ledger.AccountID, after RegisterPlace, to ledger.Date, limit int,
) (lines []RegisterLine, err error) {
	rows, err := w.QueryContext(ctx, `
		SELECT e.entry_id, p.sequence, p.ordinal, e.kind, p.date, e.memo, e.payee, p.amount
		  FROM posting AS p JOIN entry AS e USING (commons_id, sequence)
		 WHERE p.commons_id = $1 AND p.account_id = $2
		   AND (p.date, p.sequence, p.ordinal) > ($3::date, $4::bigint, $5::int)
		   AND ($6::date IS NULL OR p.date <= $6)
		 ORDER BY p.date, p.sequence, p.ordinal LIMIT $7`,
		string(w.commons.ID), string(id), after.Date.String(), after.Sequence, after.Ordinal,
		nullable(to.String()), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		l := RegisterLine{Amount: ledger.Zero(w.commons.Currency)}
		err := rows.Scan(&l.Entry, &l.Sequence, &l.Ordinal, &l.Kind, &l.Date, &l.Memo, &l.Payee,
			&l.Amount.Amount)
		if err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, rows.Err()
}

// sequenceAt returns the last sequence recorded up to the instant, and the very
// last for no instant.
func (w *work) sequenceAt(ctx context.Context, at time.Time) (sequence int64, err error) {
	err = w.GetContext(ctx, &sequence, `
		SELECT coalesce(max(sequence), 0) FROM entry
		 WHERE commons_id = $1 AND ($2::timestamptz IS NULL OR recorded_at <= $2)`,
		string(w.commons.ID), nullableTime(at))
	return sequence, err
}

func nullableTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

package postgres

import (
	"context"

	"github.com/lib/pq"

	"phyle/ledger"
)

// insertEntries writes entries and their postings in order, opening the accounts
// that are new, and gives each its id, sequence and instant. The commons' lock
// is held.
func insertEntries(ctx context.Context, w *work, entries []ledger.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	for i := range entries {
		w.head.Sequence++
		e := &entries[i]
		e.ID, e.Sequence, e.RecordedAt = newID[ledger.EntryID](), w.head.Sequence, w.now
		if e.Recorder == "" {
			e.Recorder = w.by
		}
		*e = e.MustBalance()
	}
	if err := openAccounts(ctx, w, entries); err != nil {
		return err
	}
	if err := insertEntryRows(ctx, w, entries); err != nil {
		return err
	}
	return insertPostings(ctx, w, entries)
}

func insertEntryRows(ctx context.Context, w *work, entries []ledger.Entry) error {
	var ids, kinds, dates, memos, payees, documents, references, reverses, by []string
	var sequences []int64
	for _, e := range entries {
		sequences, ids = append(sequences, e.Sequence), append(ids, string(e.ID))
		kinds, dates = append(kinds, string(e.Kind)), append(dates, e.Date.String())
		memos, payees = append(memos, e.Memo), append(payees, e.Payee)
		documents, references = append(documents, e.Document), append(references, e.ExternalRef)
		reverses, by = append(reverses, string(e.Reverses)), append(by, string(e.Recorder))
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO entry (commons_id, recorded_by, recorded_at, sequence, entry_id, kind, date, memo, payee,
		            document, external_ref, reverses)
		SELECT $1, nullif(recorder, '')::uuid, $3::timestamptz, sequence, id, kind, date, memo, payee, document,
		       nullif(reference, ''), nullif(reverses, '')::uuid
		  FROM unnest($2::text[], $4::bigint[], $5::uuid[], $6::text[], $7::date[], $8::text[], $9::text[], $10::text[],
		              $11::text[], $12::text[])
		    AS e (recorder, sequence, id, kind, date, memo, payee, document, reference, reverses)
		 ORDER BY sequence`,
		string(w.commons.ID), pq.Array(by), w.now, pq.Array(sequences), pq.Array(ids), pq.Array(kinds),
		pq.Array(dates), pq.Array(memos), pq.Array(payees), pq.Array(documents), pq.Array(references),
		pq.Array(reverses))
	return err
}

// insertPostings writes all postings in one statement, so that the trigger sees
// them together.
func insertPostings(ctx context.Context, w *work, entries []ledger.Entry) error {
	n := 0
	for _, e := range entries {
		n += len(e.Postings)
	}
	if err := w.replan(ctx, n); err != nil {
		return err
	}
	sequences, ordinals := make([]int64, 0, n), make([]int64, 0, n)
	accounts, dates, amounts := make([]string, 0, n), make([]string, 0, n), make([]string, 0, n)
	for _, e := range entries {
		for i, p := range e.Postings {
			sequences, ordinals = append(sequences, e.Sequence), append(ordinals, int64(i+1))
			accounts, dates = append(accounts, string(p.Account.ID)), append(dates, e.Date.String())
			amounts = append(amounts, p.Amount.Figure())
		}
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO posting (commons_id, unit, sequence, ordinal, account_id, date, amount)
		SELECT $1, $2, * FROM unnest($3::bigint[], $4::int[], $5::uuid[], $6::date[], $7::numeric[])`,
		string(w.commons.ID), string(w.commons.Currency), pq.Array(sequences), pq.Array(ordinals),
		pq.Array(accounts), pq.Array(dates), pq.Array(amounts))
	return err
}

// openAccounts gives every posting's account its id, opening those that are new.
func openAccounts(ctx context.Context, w *work, entries []ledger.Entry) error {
	wanted := map[string]*ledger.Account{}
	var names []string
	for _, e := range entries {
		for i := range e.Postings {
			a := e.Postings[i].Account
			if _, found := wanted[a.Name]; !found {
				wanted[a.Name] = &a
				names = append(names, a.Name)
			}
		}
	}
	if err := w.findAccounts(ctx, names, wanted); err != nil {
		return err
	}
	if err := insertAccounts(ctx, w, names, wanted); err != nil {
		return err
	}
	for _, e := range entries {
		for i := range e.Postings {
			e.Postings[i].Account = *wanted[e.Postings[i].Account.Name]
		}
	}
	return nil
}

func (w *work) findAccounts(
	ctx context.Context, names []string, wanted map[string]*ledger.Account,
) error {
	rows, err := w.QueryContext(ctx, `
		SELECT name, account_id FROM account WHERE commons_id = $1 AND unit = $2 AND name = ANY ($3)`,
		string(w.commons.ID), string(w.commons.Currency), pq.Array(names))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var id ledger.AccountID
		if err := rows.Scan(&name, &id); err != nil {
			return err
		}
		wanted[name].ID = id
	}
	return rows.Err()
}

func insertAccounts(
	ctx context.Context, w *work, names []string, wanted map[string]*ledger.Account,
) error {
	var ids, added, classes, roles, members, funds, kinds []string
	for _, name := range names {
		a := wanted[name]
		if a.ID != "" {
			continue
		}
		a.ID = newID[ledger.AccountID]()
		ids, added = append(ids, string(a.ID)), append(added, name)
		classes, roles = append(classes, string(a.Class)), append(roles, a.Role)
		members, funds = append(members, string(a.Member)), append(funds, string(a.Fund))
		kinds = append(kinds, string(a.Kind))
	}
	if len(ids) == 0 {
		return nil
	}
	digits, _ := w.commons.Currency.Digits()
	_, err := w.ExecContext(ctx, `
		INSERT INTO account (commons_id, unit, digits, created_at, account_id, name, class, role, member_id,
		            fund_id, kind_id)
		SELECT $1, $2, $3, $4::timestamptz, id, name, class, role, nullif(member, '')::uuid,
		       nullif(fund, '')::uuid, nullif(kind, '')::uuid
		  FROM unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
		    AS a (id, name, class, role, member, fund, kind)`,
		string(w.commons.ID), string(w.commons.Currency), digits, w.now, pq.Array(ids), pq.Array(added),
		pq.Array(classes), pq.Array(roles), pq.Array(members), pq.Array(funds), pq.Array(kinds))
	return err
}

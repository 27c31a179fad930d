package postgres

import (
	"context"

	"phyle/ledger"
)

// CountAcceptances sums and counts all acceptances: what a plain scan costs.
func (s *Store) CountAcceptances(ctx context.Context, by Caller) (int, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) (n int, err error) {
		var sum string
		err = w.QueryRowContext(ctx, `SELECT count(*), sum(weight) FROM acceptance WHERE commons_id = $1`,
			string(w.commons.ID)).Scan(&n, &sum)
		return n, err
	})
}

// CountPostings sums and counts all postings: what a plain scan costs.
func (s *Store) CountPostings(ctx context.Context, by Caller) (int, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) (n int, err error) {
		var sum string
		err = w.QueryRowContext(ctx, `SELECT count(*), sum(amount) FROM posting WHERE commons_id = $1`,
			string(w.commons.ID)).Scan(&n, &sum)
		return n, err
	})
}

// Translate says what the database reports as callers are told it.
func Translate(err error) error { return translate(err) }

// CountedRows is the statement that finds what a rule counts.
const CountedRows = countedRows

// AwaitUses waits until the use of tokens is written down.
func (s *Store) AwaitUses() { s.uses.running.Wait() }

// DataStatement is how a part of one's own data is asked for.
func DataStatement(part ledger.DataPart) string { return dataStatement(part) }

package postgres

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"

	"phyle/ledger"
)

// Payouts reports what was distributed, paid and is owed between two days, both
// included, with what the books say beside it.
func (s *Store) Payouts(
	ctx context.Context, by Caller, from, to ledger.Date, grouping ledger.PayoutGrouping,
) (ledger.Payouts, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) (p ledger.Payouts, err error) {
		p = ledger.Payouts{Commons: w.commons, From: from, To: to, By: grouping,
			Books: ledger.Zero(w.commons.Currency), Booked: ledger.Zero(w.commons.Currency)}
		if err := checkSpan(from, to, grouping); err != nil {
			return p, err
		}
		if err := w.slow(ctx); err != nil {
			return p, err
		}
		if grouping.HasBalances() {
			p.Lines, err = w.payoutLines(ctx, p)
		} else {
			p.Lines, err = w.allocatedLines(ctx, p)
		}
		if err != nil {
			return p, err
		}
		p.AddUp()
		return p, w.QueryRowContext(ctx, payableTotals, string(w.commons.ID), from.String(), to.String()).
			Scan(&p.Books.Amount, &p.Booked.Amount)
	})
}

func checkSpan(from, to ledger.Date, grouping ledger.PayoutGrouping) error {
	var wrong ledger.FieldErrors
	if from.IsZero() {
		wrong.Add("/from", "required", "Write the first day, as 2026-10-01.")
	}
	if to.IsZero() {
		wrong.Add("/to", "required", "Write the last day, as 2026-10-31.")
	}
	if to.Before(from) {
		wrong.Add("/to", "invalid_date", "The last day is before the first.")
	}
	if !slices.Contains(ledger.PayoutGroupings, grouping) {
		wrong.Add("/by", "unknown_grouping", "Write member, month, rule or kind.")
	}
	return wrong.Err()
}

// slow gives the statements of this transaction the time of a report.
func (w *work) slow(ctx context.Context) error {
	_, err := w.ExecContext(ctx, `SELECT set_config('statement_timeout', $1, true)`, reportLimit)
	return err
}

// payableTotals asks the books by another way: what all payables are at the end,
// from the sums of days, and what distributions and their reversals credited.
const payableTotals = `
	SELECT coalesce((SELECT -sum(b.amount) FROM account AS a JOIN balance_on AS b USING (commons_id, account_id)
	                  WHERE a.commons_id = $1 AND a.role = 'payable' AND b.date <= $3), 0),
	       coalesce((SELECT -sum(p.amount)
	                   FROM entry AS e
	                   LEFT JOIN entry AS r ON r.commons_id = e.commons_id AND r.entry_id = e.reverses
	                   JOIN posting AS p ON p.commons_id = e.commons_id AND p.sequence = e.sequence
	                   JOIN account AS a ON a.commons_id = p.commons_id AND a.account_id = p.account_id
	                  WHERE e.commons_id = $1 AND e.date BETWEEN $2 AND $3 AND a.role = 'payable'
	                    AND coalesce(r.kind, e.kind) = 'distribution'), 0)`

const memberPayouts = `
	SELECT m.handle, m.name,
	       coalesce(sum(-p.amount) FILTER (WHERE p.date < $2), 0),
	       coalesce(sum(-p.amount) FILTER (WHERE p.date >= $2 AND coalesce(r.kind, e.kind) = 'distribution'), 0),
	       coalesce(sum(-p.amount) FILTER (WHERE p.date >= $2 AND coalesce(r.kind, e.kind)
	                NOT IN ('distribution', 'advance', 'payment')), 0),
	       coalesce(sum(p.amount) FILTER (WHERE p.date >= $2 AND coalesce(r.kind, e.kind)
	                IN ('advance', 'payment')), 0),
	       sum(-p.amount)
	  FROM account AS a
	  JOIN posting AS p USING (commons_id, account_id)
	  JOIN entry AS e USING (commons_id, sequence)
	  LEFT JOIN entry AS r ON r.commons_id = e.commons_id AND r.entry_id = e.reverses
	  JOIN member AS m ON m.commons_id = a.commons_id AND m.member_id = a.member_id
	 WHERE a.commons_id = $1 AND a.role = 'payable' AND p.date <= $3
	 GROUP BY m.join_number, m.handle, m.name ORDER BY m.join_number`

const monthPayouts = `
	SELECT month, month, opening, distributed, other, paid, opening + distributed + other - paid
	  FROM (SELECT month, distributed, other, paid,
	               before + coalesce(sum(distributed + other - paid) OVER (ORDER BY month
	                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS opening
	          FROM (SELECT to_char(p.date, 'YYYY-MM') AS month,
	                       coalesce(sum(-p.amount) FILTER (WHERE coalesce(r.kind, e.kind) = 'distribution'), 0)
	                           AS distributed,
	                       coalesce(sum(-p.amount) FILTER (WHERE coalesce(r.kind, e.kind)
	                           NOT IN ('distribution', 'advance', 'payment')), 0) AS other,
	                       coalesce(sum(p.amount) FILTER (WHERE coalesce(r.kind, e.kind)
	                           IN ('advance', 'payment')), 0) AS paid
	                  FROM account AS a
	                  JOIN posting AS p USING (commons_id, account_id)
	                  JOIN entry AS e USING (commons_id, sequence)
	                  LEFT JOIN entry AS r ON r.commons_id = e.commons_id AND r.entry_id = e.reverses
	                 WHERE a.commons_id = $1 AND a.role = 'payable' AND p.date BETWEEN $2 AND $3
	                 GROUP BY 1) AS months,
	               (SELECT coalesce(-sum(b.amount), 0) AS before
	                  FROM account AS a JOIN balance_on AS b USING (commons_id, account_id)
	                 WHERE a.commons_id = $1 AND a.role = 'payable' AND b.date < $2) AS earlier) AS lines
	 ORDER BY month`

func (w *work) payoutLines(ctx context.Context, p ledger.Payouts) (lines []ledger.PayoutLine, err error) {
	query := memberPayouts
	if p.By == ledger.ByMonth {
		query = monthPayouts
	}
	rows, err := w.QueryContext(ctx, query, string(w.commons.ID), p.From.String(), p.To.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		l := w.payoutLine()
		err := rows.Scan(&l.Key, &l.Name, &l.Opening.Amount, &l.Distributed.Amount, &l.Other.Amount,
			&l.Paid.Amount, &l.Owed.Amount)
		if err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, rows.Err()
}

func (w *work) payoutLine() ledger.PayoutLine {
	zero := ledger.Zero(w.commons.Currency)
	return ledger.PayoutLine{Opening: zero, Distributed: zero, Other: zero, Paid: zero, Owed: zero}
}

// allocatedLines sums what allocations made payable to members by rule or kind on the day of their
// entry, and negated on the day of their reversal.
func (w *work) allocatedLines(
	ctx context.Context, p ledger.Payouts,
) (lines []ledger.PayoutLine, err error) {
	rows, err := w.QueryContext(ctx, `
		SELECT CASE WHEN $4 = 'rule' THEN x.rule ELSE coalesce(k.code, '') END AS key,
		       CASE WHEN $4 = 'rule' THEN x.rule ELSE coalesce(k.name, 'Divided by weight or share') END,
		       sum(CASE WHEN e.kind = 'reversal' THEN x.kept - x.amount ELSE x.amount - x.kept END)
		  FROM allocation AS x
		  JOIN distribution AS d USING (commons_id, distribution_id)
		  LEFT JOIN distribution_reversal AS v USING (commons_id, distribution_id)
		  JOIN entry AS e ON e.commons_id = d.commons_id AND e.sequence IN (d.sequence, v.sequence)
		  LEFT JOIN kind AS k ON k.commons_id = x.commons_id AND k.kind_id = x.kind_id
		 WHERE x.commons_id = $1 AND x.member_id IS NOT NULL AND e.date BETWEEN $2 AND $3
		 GROUP BY 1, 2 ORDER BY 1`,
		string(w.commons.ID), p.From.String(), p.To.String(), string(p.By))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		l := w.payoutLine()
		if err := rows.Scan(&l.Key, &l.Name, &l.Distributed.Amount); err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, rows.Err()
}

// EveryCommons calls f with each commons, for the command line.
func (s *Store) EveryCommons(ctx context.Context, f func(c ledger.Commons) error) error {
	slugs := []string{}
	err := s.directory(ctx, func(tx *sqlx.Tx) error {
		return tx.SelectContext(ctx, &slugs, `SELECT slug FROM commons ORDER BY slug`)
	})
	if err != nil {
		return translate(err)
	}
	for _, slug := range slugs {
		c, err := s.CommonsBySlug(ctx, slug)
		if err != nil {
			return err
		}
		if err := f(c); err != nil {
			return err
		}
	}
	return nil
}

// AsMember returns a caller for the command line, which is at the machine itself
// and needs no token: the member of the handle or, for "", nobody, who can read.
func (s *Store) AsMember(ctx context.Context, slug, handle string) (Caller, error) {
	c, err := s.CommonsBySlug(ctx, slug)
	if err != nil {
		return Caller{}, err
	}
	by := Caller{Commons: c}
	if handle == "" {
		return by, nil
	}
	m, err := s.Member(ctx, by, handle)
	by.Member, by.Handle = m.ID, m.Handle
	return by, err
}

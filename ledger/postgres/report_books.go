package postgres

import (
	"context"
	"time"

	"phyle/ledger"
)

// BalancesReport reports what is owed and promised to every member, with what the
// postings of all accounts say beside it.
func (s *Store) BalancesReport(
	ctx context.Context, by Caller, q BalanceQuery,
) (ledger.BalancesReport, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) (r ledger.BalancesReport, err error) {
		r = ledger.BalancesReport{Commons: w.commons, Date: q.Date}
		if err := w.slow(ctx); err != nil {
			return r, err
		}
		members, err := w.members(ctx, `
			SELECT `+memberColumns+` FROM member AS m WHERE m.commons_id = $1 ORDER BY m.join_number`,
			string(w.commons.ID), w.today().String())
		if err != nil {
			return r, err
		}
		if r.Lines, err = w.memberBalances(ctx, q, members); err != nil {
			return r, err
		}
		r.AddUp()
		r.Books, err = w.booked(ctx, q)
		return r, err
	})
}

// booked sums the postings of payables and capital accounts, and of the memorandum
// that all promises stand against.
func (w *work) booked(ctx context.Context, q BalanceQuery) (sums ledger.MemberSums, err error) {
	zero := ledger.Zero(w.commons.Currency)
	sums = ledger.MemberSums{Payable: zero, Capital: zero, Promised: zero}
	sequence, err := w.asRecorded(ctx, q)
	if err != nil {
		return sums, err
	}
	return sums, w.QueryRowContext(ctx, `
		SELECT coalesce(-sum(p.amount) FILTER (WHERE a.role = 'payable'), 0),
		       coalesce(-sum(p.amount) FILTER (WHERE a.role = 'capital'), 0),
		       coalesce(sum(p.amount) FILTER (WHERE a.role = 'claims'), 0)
		  FROM account AS a JOIN posting AS p USING (commons_id, account_id)
		 WHERE a.commons_id = $1 AND a.role IN ('payable', 'capital', 'claims')
		   AND ($2::date IS NULL OR p.date <= $2) AND ($3::bigint IS NULL OR p.sequence <= $3)`,
		string(w.commons.ID), nullable(q.Date.String()), sequence).
		Scan(&sums.Payable.Amount, &sums.Capital.Amount, &sums.Promised.Amount)
}

// asRecorded returns the last sequence that the query asks for, nil for no bound.
func (w *work) asRecorded(ctx context.Context, q BalanceQuery) (sequence any, err error) {
	if q.RecordedAt.IsZero() {
		return nil, nil
	}
	return w.sequenceAt(ctx, q.RecordedAt)
}

// FundsReport reports what every fund got, spent and holds, with what the balances of
// the fund accounts say beside it.
func (s *Store) FundsReport(
	ctx context.Context, by Caller, q BalanceQuery,
) (ledger.FundsReport, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) (r ledger.FundsReport, err error) {
		r = ledger.FundsReport{Commons: w.commons, Date: q.Date, Books: ledger.Zero(w.commons.Currency)}
		if err := w.slow(ctx); err != nil {
			return r, err
		}
		if r.Lines, err = w.fundLines(ctx, q); err != nil {
			return r, err
		}
		r.AddUp()
		accounts, err := w.accountBalances(ctx, q, ` AND a.role = 'fund' ORDER BY a.name`)
		for _, a := range accounts {
			r.Books = r.Books.Minus(a.Balance)
		}
		return r, err
	})
}

// fundLines sums the postings of each fund by what made them.
func (w *work) fundLines(
	ctx context.Context, q BalanceQuery,
) (lines []ledger.FundLine, err error) {
	sequence, err := w.asRecorded(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := w.QueryContext(ctx, `
		SELECT f.code, f.name, coalesce(f.target, 0),
		       coalesce(sum(-p.amount) FILTER (WHERE p.kind = 'distribution'), 0),
		       coalesce(sum(-p.amount) FILTER (WHERE p.kind NOT IN ('distribution', 'spending', 'refund')), 0),
		       coalesce(sum(p.amount) FILTER (WHERE p.kind IN ('spending', 'refund')), 0)
		  FROM fund AS f
		  LEFT JOIN (SELECT a.fund_id, p.amount, coalesce(r.kind, e.kind) AS kind
		               FROM account AS a
		               JOIN posting AS p USING (commons_id, account_id)
		               JOIN entry AS e USING (commons_id, sequence)
		               LEFT JOIN entry AS r ON r.commons_id = e.commons_id AND r.entry_id = e.reverses
		              WHERE a.commons_id = $1 AND a.role = 'fund'
		                AND ($2::date IS NULL OR p.date <= $2)
		                AND ($3::bigint IS NULL OR p.sequence <= $3)) AS p USING (fund_id)
		 WHERE f.commons_id = $1
		 GROUP BY f.fund_id, f.code, f.name, f.target ORDER BY f.code`,
		string(w.commons.ID), nullable(q.Date.String()), sequence)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		zero := ledger.Zero(w.commons.Currency)
		l := ledger.FundLine{Target: zero, Given: zero, Other: zero, Spent: zero}
		err := rows.Scan(&l.Code, &l.Name, &l.Target.Amount, &l.Given.Amount, &l.Other.Amount,
			&l.Spent.Amount)
		if err != nil {
			return nil, err
		}
		l.Holds = l.Given.Plus(l.Other).Minus(l.Spent)
		lines = append(lines, l)
	}
	return lines, rows.Err()
}

// ClaimsReport reports what is promised and not paid yet, how old it is and what cash
// there is for it, with what the memorandum says beside it.
func (s *Store) ClaimsReport(
	ctx context.Context, by Caller, q BalanceQuery,
) (ledger.ClaimsReport, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) (r ledger.ClaimsReport, err error) {
		r = ledger.ClaimsReport{Commons: w.commons, Date: q.Date}
		if err := w.slow(ctx); err != nil {
			return r, err
		}
		if r.Lines, err = w.claimLines(ctx, q); err != nil {
			return r, err
		}
		r.AddUp()
		return r, w.coverClaims(ctx, q, &r)
	})
}

// coverClaims fills in what the books say of promises, cash and what is owed now.
// Members who owe the commons do not make its debts smaller.
func (w *work) coverClaims(ctx context.Context, q BalanceQuery, r *ledger.ClaimsReport) error {
	zero := ledger.Zero(w.commons.Currency)
	r.Books, r.Cash, r.Owed = zero, zero, zero
	accounts, err := w.accountBalances(ctx, q,
		` AND a.role IN ('claims', 'asset', 'payable', 'tax', 'in_transit') ORDER BY a.name`)
	for _, a := range accounts {
		switch {
		case a.Role == "claims":
			r.Books = r.Books.Plus(a.Balance)
		case a.Role == "asset":
			r.Cash = r.Cash.Plus(a.Balance)
		case a.Balance.Sign() < 0:
			r.Owed = r.Owed.Minus(a.Balance)
		}
	}
	return err
}

// outstandingClaims puts every posting of a promise with what it came from: reversals
// with what they negate. What remains of each origin is a promise or a payment, and
// payments are counted against the oldest promises first.
const outstandingClaims = `
	WITH moved AS (
	     SELECT a.account_id, coalesce(r.sequence, x0.sequence, e.sequence) AS origin,
	            sum(-p.amount) AS amount
	       FROM account AS a
	       JOIN posting AS p USING (commons_id, account_id)
	       JOIN entry AS e USING (commons_id, sequence)
	       LEFT JOIN entry AS r ON r.commons_id = e.commons_id AND r.entry_id = e.reverses
	       LEFT JOIN acceptance AS x ON x.commons_id = e.commons_id AND x.sequence = e.sequence
	            AND x.weight < 0
	       LEFT JOIN contribution AS c ON c.commons_id = x.commons_id
	            AND c.contribution_id = x.contribution_id
	       LEFT JOIN acceptance AS x0 ON x0.commons_id = c.commons_id AND x0.contribution_id = c.reverses
	      WHERE a.commons_id = $1 AND a.role = 'claim'
	        AND ($2::date IS NULL OR p.date <= $2) AND ($3::bigint IS NULL OR p.sequence <= $3)
	      GROUP BY 1, 2 HAVING sum(p.amount) <> 0),
	promises AS (
	     SELECT m.account_id, m.amount, e.date,
	            sum(m.amount) OVER (PARTITION BY m.account_id ORDER BY e.date, m.origin) AS so_far
	       FROM moved AS m JOIN entry AS e ON e.commons_id = $1 AND e.sequence = m.origin
	      WHERE m.amount > 0),
	payments AS (
	     SELECT account_id, -sum(amount) AS paid FROM moved WHERE amount < 0 GROUP BY account_id)
	SELECT k.code, m.handle, m.name, coalesce(p.promised, 0), coalesce(y.paid, 0), p.oldest
	  FROM (SELECT account_id FROM moved GROUP BY account_id) AS v
	  JOIN account AS a ON a.commons_id = $1 AND a.account_id = v.account_id
	  JOIN kind AS k ON k.commons_id = $1 AND k.kind_id = a.kind_id
	  JOIN member AS m ON m.commons_id = $1 AND m.member_id = a.member_id
	  LEFT JOIN payments AS y ON y.account_id = v.account_id
	  LEFT JOIN (SELECT p.account_id, sum(p.amount) AS promised,
	                    min(p.date) FILTER (WHERE p.so_far > coalesce(y.paid, 0)) AS oldest
	               FROM promises AS p LEFT JOIN payments AS y USING (account_id)
	              GROUP BY p.account_id) AS p ON p.account_id = v.account_id
	 WHERE coalesce(p.promised, 0) <> coalesce(y.paid, 0)
	 ORDER BY k.code, p.oldest, m.join_number`

func (w *work) claimLines(
	ctx context.Context, q BalanceQuery,
) (lines []ledger.ClaimLine, err error) {
	sequence, err := w.asRecorded(ctx, q)
	if err != nil {
		return nil, err
	}
	on := q.Date
	if on.IsZero() {
		on = w.today()
	}
	rows, err := w.QueryContext(ctx, outstandingClaims,
		string(w.commons.ID), nullable(q.Date.String()), sequence)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		zero := ledger.Zero(w.commons.Currency)
		l := ledger.ClaimLine{Promised: zero, Paid: zero}
		err := rows.Scan(&l.Kind, &l.Member, &l.Name, &l.Promised.Amount, &l.Paid.Amount, &l.Oldest)
		if err != nil {
			return nil, err
		}
		l.Outstanding = l.Promised.Minus(l.Paid)
		if !l.Oldest.IsZero() {
			l.Days = int(on.Time().Sub(l.Oldest.Time()) / (24 * time.Hour))
		}
		lines = append(lines, l)
	}
	return lines, rows.Err()
}

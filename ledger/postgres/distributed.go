package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// sqlTime is an instant as the database returns it.
type sqlTime = time.Time

const distributionQuery = `
	SELECT d.distribution_id, d.number, coalesce(a.code, ''), d.agreement_id, coalesce(g.version, 0), d.date,
	       d.through, d.cut, d.setting, d.digest, d.incomes, d.carried_in, d.given, d.carried_out,
	       coalesce(e.entry_id::text, ''), dm.handle, pm.handle, d.posted_at, coalesce(vm.handle, ''),
	       v.reversed_at, coalesce(v.reason, '')
	  FROM distribution AS d
	  JOIN member AS dm ON dm.commons_id = d.commons_id AND dm.member_id = d.drafted_by
	  JOIN member AS pm ON pm.commons_id = d.commons_id AND pm.member_id = d.posted_by
	  LEFT JOIN area AS a ON a.commons_id = d.commons_id AND a.area_id = d.area_id
	  LEFT JOIN adoption AS g ON g.commons_id = d.commons_id AND g.agreement_id = d.agreement_id
	  LEFT JOIN entry AS e ON e.commons_id = d.commons_id AND e.sequence = d.sequence
	  LEFT JOIN distribution_reversal AS v
	    ON v.commons_id = d.commons_id AND v.distribution_id = d.distribution_id
	  LEFT JOIN member AS vm ON vm.commons_id = v.commons_id AND vm.member_id = v.reversed_by
	 WHERE d.commons_id = $1`

// Distributions lists posted distributions, newest first, up to limit before the
// number after; 0 is no bound.
func (s *Store) Distributions(
	ctx context.Context, by Caller, after int64, limit int,
) ([]ledger.Distribution, error) {
	return read(ctx, s, by.to(ledger.ReadAgreements), func(w *work) ([]ledger.Distribution, error) {
		return w.posted(ctx, distributionQuery+` AND ($2 = 0 OR d.number < $2) ORDER BY d.number DESC LIMIT $3`,
			string(w.commons.ID), after, limit)
	})
}

// Drafts lists the drafts of distributions, newest first.
func (s *Store) Drafts(ctx context.Context, by Caller) ([]ledger.Distribution, error) {
	return read(ctx, s, by.to(ledger.ReadAgreements), func(w *work) (drafts []ledger.Distribution, err error) {
		rows, err := w.QueryContext(ctx, `
			SELECT d.distribution_id, coalesce(a.code, ''), d.agreement_id, d.date, d.through, d.cut, d.digest,
			       m.handle, d.drafted_at
			  FROM draft AS d
			  JOIN member AS m ON m.commons_id = d.commons_id AND m.member_id = d.drafted_by
			  LEFT JOIN area AS a ON a.commons_id = d.commons_id AND a.area_id = d.area_id
			 WHERE d.commons_id = $1 ORDER BY d.distribution_id DESC LIMIT 200`, string(w.commons.ID))
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			d := ledger.Distribution{State: ledger.Draft}
			if err := rows.Scan(&d.ID, &d.Area, &d.Agreement, &d.Date, &d.Through, &d.Cut, &d.Digest,
				&d.DraftedBy, &d.DraftedAt); err != nil {
				return nil, err
			}
			d.DraftedAt = d.DraftedAt.UTC()
			drafts = append(drafts, d)
		}
		return drafts, rows.Err()
	})
}

// Distribution returns a draft or a posted distribution, with what its rules did.
func (s *Store) Distribution(
	ctx context.Context, by Caller, id ledger.DistributionID,
) (Distribution, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) (Distribution, error) { return w.distribution(ctx, id) })
}

// distribution evaluates the recorded inputs again: equal inputs give equal
// results, so nothing but them needs to be kept.
func (w *work) distribution(ctx context.Context, id ledger.DistributionID) (Distribution, error) {
	found, err := w.posted(ctx, distributionQuery+` AND d.distribution_id = $2`,
		string(w.commons.ID), string(id))
	if err != nil {
		return Distribution{}, err
	}
	if len(found) == 0 {
		return w.drafted(ctx, id)
	}
	d := Distribution{Distribution: found[0]}
	if d.Incomes, _, err = w.dividedIncomes(ctx, id); err != nil {
		return d, err
	}
	if d.Approvals, err = w.approvalsOfPosted(ctx, &d); err != nil {
		return d, err
	}
	_, err = w.evaluateAgain(ctx, &d)
	return d, err
}

// evaluateAgain fills in what the rules did, from the recorded inputs.
func (w *work) evaluateAgain(
	ctx context.Context, d *Distribution,
) (result agreement.Result, err error) {
	version, err := w.agreement(ctx, d.Agreement)
	if err != nil {
		return result, err
	}
	in, rules, err := w.recordedInputs(ctx, d.ID, version)
	if err != nil {
		return result, err
	}
	if result, err = agreement.Evaluate(rules, in); err != nil {
		return result, fmt.Errorf("evaluate %s: %w", d.ID, err)
	}
	members, err := w.people(ctx, reading{})
	if err != nil {
		return result, err
	}
	return result, w.describe(ctx, d, members, result)
}

// recordedInputs returns what the rules of a posted distribution, or of a draft, read,
// and the rules.
func (w *work) recordedInputs(
	ctx context.Context, id ledger.DistributionID, version Agreement,
) (in agreement.Inputs, rules agreement.Agreement, err error) {
	var document string
	err = w.GetContext(ctx, &document, `
		SELECT document FROM distribution_inputs WHERE commons_id = $1 AND distribution_id = $2
		 UNION ALL
		SELECT inputs FROM draft WHERE commons_id = $1 AND distribution_id = $2`,
		string(w.commons.ID), string(id))
	if err != nil {
		return in, rules, notFound(err, "distribution")
	}
	if in, err = agreement.ParseInputs([]byte(document)); err != nil {
		return in, rules, fmt.Errorf("read the inputs of %s: %w", id, err)
	}
	if rules, err = agreement.Parse(version.Document, agreement.JSON); err != nil {
		return in, rules, fmt.Errorf("read agreement %s: %w", version.ID, err)
	}
	return in, rules, nil
}

// drafted loads a draft as it was shown when it was made.
func (w *work) drafted(ctx context.Context, id ledger.DistributionID) (Distribution, error) {
	head, incomes, err := w.draftHead(ctx, id)
	d := Distribution{Distribution: head}
	if err != nil {
		return d, err
	}
	result, err := w.evaluateAgain(ctx, &d)
	if err != nil {
		return d, err
	}
	d.Incomes, d.CarriedIn, err = w.draftIncomes(ctx, incomes, result)
	d.IncomeSum = result.Whole.Minus(d.CarriedIn)
	d.Given, d.CarriedOut = result.Whole.Minus(result.Carried), result.Carried
	if err == nil {
		d.Approvals, err = w.approvalsOfDraft(ctx, &d)
	}
	return d, err
}

// draftHead loads a draft without what its rules did, and the ids of its incomes.
func (w *work) draftHead(
	ctx context.Context, id ledger.DistributionID,
) (d ledger.Distribution, incomes []string, err error) {
	d.ID, d.State = id, ledger.Draft
	err = w.QueryRowContext(ctx, `
		SELECT coalesce(a.code, ''), d.agreement_id, coalesce(g.version, 0), d.incomes, d.date, d.through,
		       d.cut, d.setting, d.digest, m.handle, d.drafted_at
		  FROM draft AS d
		  JOIN member AS m ON m.commons_id = d.commons_id AND m.member_id = d.drafted_by
		  LEFT JOIN area AS a ON a.commons_id = d.commons_id AND a.area_id = d.area_id
		  LEFT JOIN adoption AS g ON g.commons_id = d.commons_id AND g.agreement_id = d.agreement_id
		 WHERE d.commons_id = $1 AND d.distribution_id = $2`, string(w.commons.ID), string(id)).
		Scan(&d.Area, &d.Agreement, &d.Version, pq.Array(&incomes), &d.Date, &d.Through, &d.Cut, &d.Setting,
			&d.Digest, &d.DraftedBy, &d.DraftedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return d, nil, notFound(err, "distribution")
	}
	if err != nil {
		return d, nil, err
	}
	d.DraftedAt = d.DraftedAt.UTC()
	return d, incomes, nil
}

func (w *work) draftIncomes(
	ctx context.Context, ids []string, result agreement.Result,
) (incomes []ledger.DividedIncome, carried ledger.Money, err error) {
	found, err := w.incomesByID(ctx, ids)
	carried = result.Whole
	for _, i := range found {
		incomes = append(incomes, ledger.DividedIncome{ID: i.ID, Amount: i.Net})
		carried = carried.Minus(i.Net)
	}
	return incomes, carried, err
}

func (w *work) posted(
	ctx context.Context, query string, args ...any,
) (found []ledger.Distribution, err error) {
	rows, err := w.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		zero := ledger.Zero(w.commons.Currency)
		d := ledger.Distribution{
			State: ledger.Posted, IncomeSum: zero, CarriedIn: zero, Given: zero, CarriedOut: zero,
		}
		var reversed sql.NullTime
		err := rows.Scan(&d.ID, &d.Number, &d.Area, &d.Agreement, &d.Version, &d.Date, &d.Through, &d.Cut,
			&d.Setting, &d.Digest, &d.IncomeSum.Amount, &d.CarriedIn.Amount, &d.Given.Amount,
			&d.CarriedOut.Amount, &d.Entry, &d.DraftedBy, &d.PostedBy, &d.PostedAt, &d.ReversedBy, &reversed,
			&d.Reason)
		if err != nil {
			return nil, err
		}
		d.PostedAt = d.PostedAt.UTC()
		if reversed.Valid {
			d.State, d.ReversedAt = ledger.Reversed, reversed.Time.UTC()
		}
		found = append(found, d)
	}
	return found, rows.Err()
}

// dividedIncomes returns the incomes of a distribution twice: with the amounts that
// it noted, and with the net of the incomes themselves.
func (w *work) dividedIncomes(
	ctx context.Context, id ledger.DistributionID,
) (noted, net []ledger.DividedIncome, err error) {
	rows, err := w.QueryContext(ctx, `
		SELECT d.income_id, d.amount, i.net
		  FROM distribution_income AS d JOIN income AS i USING (commons_id, income_id)
		 WHERE d.commons_id = $1 AND d.distribution_id = $2 ORDER BY d.income_id`,
		string(w.commons.ID), string(id))
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		one := ledger.DividedIncome{Amount: ledger.Zero(w.commons.Currency)}
		other := one
		if err := rows.Scan(&one.ID, &one.Amount.Amount, &other.Amount.Amount); err != nil {
			return nil, nil, err
		}
		other.ID = one.ID
		noted, net = append(noted, one), append(net, other)
	}
	return noted, net, rows.Err()
}

package postgres

import (
	"context"
	"math"

	"phyle/ledger"
)

// ReverseDistribution takes the latest distribution of its commons or area back:
// incomes, claims, coverage and rounding count as never having been divided.
func (s *Store) ReverseDistribution(
	ctx context.Context, act *Act, id ledger.DistributionID, date ledger.Date, reason string,
) (Distribution, error) {
	var wrong ledger.FieldErrors
	wrong.AddError("/reason", ledger.RequiredText(reason, 2000))
	if err := wrong.Err(); err != nil {
		return Distribution{}, err
	}
	return write(ctx, s, act, func(w *work) (Distribution, error) {
		if err := w.authorize(ledger.ReverseDistribution, false); err != nil {
			return Distribution{}, err
		}
		d, err := w.distribution(ctx, id)
		if err != nil {
			return d, err
		}
		if err := w.checkLatest(ctx, d); err != nil {
			return d, err
		}
		w.trail.before = factsOf(d)
		var sequence any
		if d.Entry != "" {
			reversals, err := reverseEntries(ctx, w, []string{string(d.Entry)}, date, reason)
			if err != nil {
				return d, err
			}
			sequence = reversals[0].Sequence
		}
		tell(w, ledger.DistributionReversed, id)
		_, err = w.ExecContext(ctx, `
			INSERT INTO distribution_reversal (commons_id, distribution_id, sequence, after_number, reason,
			            reversed_by, reversed_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			string(w.commons.ID), string(id), sequence, w.head.Distributed, reason, string(w.by), w.now)
		if err != nil {
			return d, err
		}
		return w.distribution(ctx, id)
	})
}

// checkLatest refuses to reverse a distribution that others have followed.
func (w *work) checkLatest(ctx context.Context, d Distribution) error {
	switch d.State {
	case ledger.Draft:
		return ledger.Errorf(ledger.Conflict, "not_posted", "This is a draft; discard it instead.")
	case ledger.Reversed:
		return ledger.Errorf(ledger.Conflict, "already_reversed", "That distribution is reversed already.")
	}
	area, err := w.areaNamed(ctx, d.Area)
	if err != nil {
		return err
	}
	var latest ledger.DistributionID
	err = w.GetContext(ctx, &latest, `
		SELECT d.distribution_id FROM distribution AS d
		 WHERE d.commons_id = $1 AND d.area_id IS NOT DISTINCT FROM $2::uuid AND d.number <= $3
		   AND NOT EXISTS (SELECT FROM distribution_reversal AS v
		                    WHERE v.commons_id = d.commons_id AND v.distribution_id = d.distribution_id)
		 ORDER BY d.number DESC LIMIT 1`,
		string(w.commons.ID), nullable(area), int64(math.MaxInt64))
	if err == nil && latest != d.ID {
		return ledger.Errorf(ledger.Conflict, "not_latest",
			"Only the latest distribution can be reversed; reverse %s first.", latest).
			With("distribution_id", latest.String())
	}
	return err
}

package postgres

import (
	"context"
	"errors"
	"math"

	"github.com/lib/pq"

	"phyle/ledger"
)

// errApprovalStale refuses to approve figures that are not what is drafted now.
var errApprovalStale = ledger.Errorf(ledger.Conflict, "approval_stale",
	"The figures have changed since you looked at them, or the digest is another's; "+
		"have it drafted again and look at the new ones.")

// ApproveDistribution records that the caller has approved a draft. Digest is the one
// that was looked at: if the figures are others by now, nothing is approved.
func (s *Store) ApproveDistribution(
	ctx context.Context, act *Act, id ledger.DistributionID, digest string,
) (Distribution, error) {
	return write(ctx, s, act, func(w *work) (Distribution, error) {
		if err := w.authorize(ledger.ApproveDistribution, false); err != nil {
			return Distribution{}, err
		}
		r, kept, err := w.planned(ctx, id)
		if errors.Is(err, errInputsChanged) {
			err = errApprovalStale
		}
		if err != nil {
			return Distribution{}, err
		}
		division, err := w.divide(ctx, r)
		if err != nil {
			return Distribution{}, err
		}
		d := division.distribution
		if d.Digest != digest || kept.digest != digest {
			return d, errApprovalStale
		}
		if err := w.authorize(ledger.ApproveDistribution, kept.drafter == w.by); err != nil {
			return d, err
		}
		if err := ledger.CheckApprove(w.by, d.Allocations); err != nil {
			return d, err
		}
		if err := w.insertApproval(ctx, id, kept); err != nil {
			return d, err
		}
		return w.distribution(ctx, id)
	})
}

func (w *work) insertApproval(ctx context.Context, id ledger.DistributionID, k kept) error {
	tell(w, ledger.DistributionApproved, id)
	_, err := w.ExecContext(ctx, `
		INSERT INTO approval (commons_id, distribution_id, digest, drafted_by, approved_by, approved_at)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		string(w.commons.ID), string(id), k.digest, string(k.drafter), string(w.by), w.now)
	return err
}

// approvals returns who has approved the figures of the distribution. Those count who
// hold the right on the day, as was known after the setting.
func (w *work) approvals(
	ctx context.Context, id ledger.DistributionID, digest string, day ledger.Date, setting int64,
) (given []ledger.Approval, err error) {
	rows, err := w.QueryContext(ctx, `
		SELECT a.approved_by, m.handle, a.approved_at,
		       roles_then(a.commons_id, a.approved_by, $4, $5) && $6::text[]
		  FROM approval AS a
		  JOIN member AS m ON m.commons_id = a.commons_id AND m.member_id = a.approved_by
		 WHERE a.commons_id = $1 AND a.distribution_id = $2 AND a.digest = $3
		 ORDER BY a.approved_at, m.join_number`,
		string(w.commons.ID), string(id), digest, day.String(), setting,
		pq.Array(texts(ledger.ApproveDistribution.Roles(false))))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a ledger.Approval
		if err := rows.Scan(&a.Member.ID, &a.Member.Handle, &a.At, &a.Counts); err != nil {
			return nil, err
		}
		a.At = a.At.UTC()
		given = append(given, a)
	}
	return given, rows.Err()
}

// approvalsOfDraft returns what a draft needs by the policy in force, and has.
func (w *work) approvalsOfDraft(
	ctx context.Context, d *Distribution,
) (a ledger.Approvals, err error) {
	earlier := ledger.Zero(w.commons.Currency)
	err = w.GetContext(ctx, &earlier.Amount, `
		SELECT coalesce(sum(given), 0) FROM distribution
		 WHERE commons_id = $1 AND posted_at > $2::timestamptz - make_interval(days => $3)`,
		string(w.commons.ID), w.now, ledger.ApprovalDays)
	if err != nil {
		return a, err
	}
	a.Asked = w.commons.Approvals.Asks(d.Given, earlier)
	a.Given, err = w.approvals(ctx, d.ID, d.Digest, w.today(), math.MaxInt64)
	return a, err
}

// approvalsOfPosted returns what a posted distribution was held to, and had.
func (w *work) approvalsOfPosted(
	ctx context.Context, d *Distribution,
) (a ledger.Approvals, err error) {
	var day ledger.Date
	var setting int64
	err = w.QueryRowContext(ctx, `
		SELECT approvals, on_day, setting FROM distribution_check
		 WHERE commons_id = $1 AND distribution_id = $2`,
		string(w.commons.ID), string(d.ID)).Scan(&a.Asked, &day, &setting)
	if err != nil {
		return a, notFound(err, "check of the distribution")
	}
	a.Given, err = w.approvals(ctx, d.ID, d.Digest, day, setting)
	return a, err
}

// checkApprovals refuses to post what too few others have approved, and returns how
// many were asked for.
func (w *work) checkApprovals(ctx context.Context, d *Distribution, k kept) (int, error) {
	a, err := w.approvalsOfDraft(ctx, d)
	if err != nil || a.Asked == 0 {
		return 0, err
	}
	var others []string
	err = w.SelectContext(ctx, &others, `
		SELECT m.handle
		  FROM member AS m
		 WHERE m.commons_id = $1 AND m.member_id <> $4
		   AND m.member_id IN (SELECT member_id FROM member_role WHERE commons_id = $1 AND held)
		   AND string_to_array(roles_on(m.commons_id, m.member_id, $3), ' ') && $5::text[]
		   AND NOT EXISTS (SELECT FROM approval AS a
		                    WHERE a.commons_id = $1 AND a.distribution_id = $2
		                      AND a.approved_by = m.member_id)
		 ORDER BY m.join_number`,
		string(w.commons.ID), string(d.ID), w.today().String(), string(k.drafter),
		pq.Array(texts(ledger.ApproveDistribution.Roles(false))))
	if err != nil {
		return 0, err
	}
	return a.Asked, a.CheckPost(w.by, others)
}

// insertCheck records what the distribution is held to.
func (w *work) insertCheck(ctx context.Context, d *Distribution, asked int) error {
	_, err := w.ExecContext(ctx, `
		INSERT INTO distribution_check (commons_id, distribution_id, on_day, setting, approvals)
		VALUES ($1, $2, $3, $4, $5)`,
		string(w.commons.ID), string(d.ID), w.today().String(), w.head.Setting, asked)
	return err
}

// policyColumns are the approvals and the amount of the policy of the commons c that
// holds now.
const policyColumns = `
	coalesce((SELECT p.approvals FROM approval_policy AS p WHERE p.commons_id = c.commons_id
	           ORDER BY p.number DESC LIMIT 1), 0),
	coalesce((SELECT p.above FROM approval_policy AS p WHERE p.commons_id = c.commons_id
	           ORDER BY p.number DESC LIMIT 1), 0)`

package postgres

import (
	"context"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// previewRows is how many single contributions a preview names; it counts all.
const previewRows = 100

// Preview is what to look at before a distribution is posted.
type Preview struct {
	// Waiting is what was performed up to through and is not accepted yet.
	Waiting      []WaitingContribution
	WaitingCount int
	// Uncounted is what rules will have covered without counting it.
	Uncounted      []UncountedContribution
	UncountedCount int
	// SamePeriod is the posted distribution that went through the same day.
	SamePeriod ledger.DistributionID
}

// WaitingContribution is a contribution that waits for review.
type WaitingContribution struct {
	ID       ledger.ContributionID
	Member   string
	Kind     string
	Quantity decimal.Decimal
	Date     ledger.Date
	State    ledger.ContributionState
}

// UncountedContribution is an accepted contribution that a rule covers without
// counting it: its kind, its area or its member is not among those of the rule.
type UncountedContribution struct {
	Rule   string
	ID     ledger.ContributionID
	Member string
	Kind   string
	Weight decimal.Decimal
	Date   ledger.Date
}

func (w *work) preview(ctx context.Context, r reading, members people) (*Preview, error) {
	p := &Preview{}
	err := errorsInOrder(
		func() error { return w.addWaiting(ctx, r, p) },
		func() error { return w.addUncounted(ctx, r, members, p) },
		func() error {
			err := w.QueryRowContext(ctx, `
				SELECT coalesce((SELECT d.distribution_id::text FROM distribution AS d
				         WHERE d.commons_id = $1 AND d.area_id IS NOT DISTINCT FROM $2::uuid AND d.through = $3
				           AND NOT EXISTS (SELECT FROM distribution_reversal AS v
				                            WHERE v.commons_id = $1 AND v.distribution_id = d.distribution_id)
				         ORDER BY d.number DESC LIMIT 1), '')`,
				string(w.commons.ID), nullable(r.area), r.through.String()).Scan(&p.SamePeriod)
			return err
		})
	return p, err
}

func (w *work) addWaiting(ctx context.Context, r reading, p *Preview) error {
	rows, err := w.QueryContext(ctx, `
		SELECT c.contribution_id, m.handle, k.code, c.quantity, c.performed_on, s.state, count(*) OVER ()
		  FROM contribution_state AS s
		  JOIN contribution AS c USING (commons_id, contribution_id)
		  JOIN member AS m USING (commons_id, member_id)
		  JOIN kind AS k USING (commons_id, kind_id)
		 WHERE s.commons_id = $1 AND s.state IN ('logged', 'questioned') AND c.performed_on <= $2
		 ORDER BY c.performed_on, c.contribution_id LIMIT $3`,
		string(w.commons.ID), r.through.String(), previewRows)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c WaitingContribution
		if err := rows.Scan(&c.ID, &c.Member, &c.Kind, &c.Quantity, &c.Date, &c.State, &p.WaitingCount); err != nil {
			return err
		}
		p.Waiting = append(p.Waiting, c)
	}
	return rows.Err()
}

func (w *work) addUncounted(ctx context.Context, r reading, members people, p *Preview) error {
	for _, reads := range r.rules.Readings(r.through) {
		if reads.By != agreement.ByContributions || reads.Count.Form != agreement.CountNew {
			continue
		}
		if err := w.addUncountedBy(ctx, r, reads, members, p); err != nil {
			return err
		}
	}
	return nil
}

// addUncountedBy lists what meets a rule's condition and is not counted by it.
// Claim kinds are left out: they are paid by rules about claims.
func (w *work) addUncountedBy(
	ctx context.Context, r reading, reads agreement.Reading, members people, p *Preview,
) error {
	done, err := w.coveredBy(ctx, r, reads)
	if err != nil {
		return err
	}
	ids, lasts := admitted(reads, members)
	rows, err := w.QueryContext(ctx, `
		SELECT s.contribution_id, m.handle, k.code, s.weight, s.performed_on, s.total
		  FROM (SELECT x.*, count(*) OVER () AS total
		          FROM (`+countedRows+`) AS x
		          LEFT JOIN unnest($7::uuid[], $8::date[]) AS who (member_id, last_on)
		            ON who.member_id = x.member_id AND x.performed_on <= who.last_on
		         WHERE x.kind_id = ANY (ARRAY(
		                SELECT kind_id FROM kind WHERE commons_id = $1 AND becomes = 'weight'))
		           AND NOT (who.member_id IS NOT NULL AND `+countedKinds+`)
		         ORDER BY x.number LIMIT $11) AS s
		  JOIN member AS m ON m.commons_id = $1 AND m.member_id = s.member_id
		  JOIN kind AS k ON k.commons_id = $1 AND k.kind_id = s.kind_id
		 ORDER BY s.number`,
		string(w.commons.ID), r.cut, r.through.String(), done.cut, nullable(done.through.String()),
		nullable(done.from.String()), pq.Array(ids), pq.Array(lasts), pq.Array(reads.Kinds),
		pq.Array(append([]string{}, reads.Areas...)), previewRows)
	if err != nil {
		return err
	}
	defer rows.Close()
	count := 0
	for rows.Next() {
		c := UncountedContribution{Rule: reads.Rule}
		if err := rows.Scan(&c.ID, &c.Member, &c.Kind, &c.Weight, &c.Date, &count); err != nil {
			return err
		}
		p.Uncounted = append(p.Uncounted, c)
	}
	p.UncountedCount += count
	return rows.Err()
}

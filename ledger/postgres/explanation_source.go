package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// CountedContribution is an accepted contribution that a rule counts: its weight is
// quantity × rate, and counts times Faded where the rule lets it fade.
type CountedContribution struct {
	ID                     ledger.ContributionID
	Kind, Area             string
	Quantity, Rate, Weight decimal.Decimal
	Faded                  decimal.Decimal
	Date                   ledger.Date
	Number                 int64
	AcceptedBy             string
	AcceptedAt             time.Time
}

// PassedOver is a contribution that counts in no rule, and why.
type PassedOver struct {
	ID         ledger.ContributionID
	Kind, Area string
	Quantity   decimal.Decimal
	Date       ledger.Date
	State      ledger.ContributionState
	Why        agreement.Uncounted
}

// name finds what the agreement's names stand for, and says its rules with them.
func (w *work) name(ctx context.Context, e *Explanation, rules agreement.Agreement) (err error) {
	if e.Names, err = w.namesFor(ctx, rules); err != nil {
		return err
	}
	e.Says = map[string]string{}
	for _, sentence := range rules.Sentences(e.Names) {
		if sentence.Rule != "" {
			e.Says[sentence.Rule] = sentence.Text
		}
	}
	return nil
}

// addSources adds the member's contributions, counted and not.
func (w *work) addSources(ctx context.Context, e *Explanation, r reading) error {
	members, err := w.people(ctx, r)
	if err != nil {
		return err
	}
	var self person
	for _, p := range members {
		if p.ID == e.Member.ID {
			self = p
		}
	}
	e.Counted, e.CountedCount = map[string][]CountedContribution{}, map[string]int{}
	var counting []agreement.Counting
	for _, reads := range r.rules.Readings(r.through) {
		if len(reads.Kinds) == 0 {
			continue
		}
		done, err := w.coveredBy(ctx, r, reads)
		if err != nil {
			return err
		}
		reads.From = done.from
		counting = append(counting, agreement.Counting{
			Reading: reads, Standing: self.standing, CoveredCut: done.cut, CoveredThrough: done.through,
		})
		if err := w.addCounted(ctx, e, r, counting[len(counting)-1]); err != nil {
			return err
		}
	}
	return w.addPassedOver(ctx, e, r, counting)
}

// addCounted adds what one rule counts of the member's contributions.
func (w *work) addCounted(
	ctx context.Context, e *Explanation, r reading, reads agreement.Counting,
) error {
	admitted, last := reads.Admits(reads.Standing)
	if !admitted {
		return nil
	}
	rows, err := w.QueryContext(ctx, `
		SELECT x.contribution_id, k.code, coalesce(a.code, ''), c.quantity, y.rate, x.weight, x.performed_on,
		       x.number, m.handle, y.accepted_at, count(*) OVER ()
		  FROM (`+countedRows+`) AS x
		  JOIN contribution AS c ON c.commons_id = $1 AND c.contribution_id = x.contribution_id
		  JOIN acceptance AS y ON y.commons_id = $1 AND y.number = x.number
		  JOIN member AS m ON m.commons_id = $1 AND m.member_id = y.accepted_by
		  JOIN kind AS k ON k.commons_id = $1 AND k.kind_id = x.kind_id
		  LEFT JOIN area AS a ON a.commons_id = $1 AND a.area_id = x.area_id
		 WHERE x.member_id = $7 AND x.performed_on <= $8 AND `+countedKinds+`
		 ORDER BY x.performed_on, x.number LIMIT $11`,
		string(w.commons.ID), r.cut, r.through.String(), reads.CoveredCut,
		nullable(reads.CoveredThrough.String()), nullable(reads.From.String()), string(e.Member.ID),
		last.String(), pq.Array(reads.Kinds), pq.Array(append([]string{}, reads.Areas...)), sourceRows)
	if err != nil {
		return err
	}
	defer rows.Close()
	fading := reads.Decay.Fading(r.through)
	for count := 0; rows.Next(); {
		var c CountedContribution
		err := rows.Scan(&c.ID, &c.Kind, &c.Area, &c.Quantity, &c.Rate, &c.Weight, &c.Date, &c.Number,
			&c.AcceptedBy, &c.AcceptedAt, &count)
		if err != nil {
			return err
		}
		c.AcceptedAt, c.Faded = c.AcceptedAt.UTC(), fading(c.Date)
		e.Counted[reads.Rule] = append(e.Counted[reads.Rule], c)
		e.CountedCount[reads.Rule] = count
	}
	return rows.Err()
}

// addPassedOver adds what is new since the distribution before and counts in no rule:
// what was performed up to through, and later work that is accepted already. Claims
// are paid by other rules, so accepted ones are left out.
func (w *work) addPassedOver(
	ctx context.Context, e *Explanation, r reading, rules []agreement.Counting,
) error {
	var before ledger.Distribution // whose cut and through never go back
	if e.Before != nil {
		before = *e.Before
	}
	rows, err := w.QueryContext(ctx, `
		SELECT c.contribution_id, k.code, coalesce(a.code, ''), c.quantity, c.performed_on, s.state,
		       coalesce(x.number, 0)
		  FROM contribution AS c
		  JOIN contribution_state AS s USING (commons_id, contribution_id)
		  JOIN kind AS k USING (commons_id, kind_id)
		  LEFT JOIN area AS a ON a.commons_id = $1 AND a.area_id = c.area_id
		  LEFT JOIN acceptance AS x ON x.commons_id = $1 AND x.contribution_id = c.contribution_id
		 WHERE c.commons_id = $1 AND c.member_id = $2
		   AND (s.state IN ('logged', 'questioned') OR x.number > $3 OR $4::date IS NULL
		        OR c.performed_on > $4)
		   AND (c.performed_on <= $5 OR x.number <= $6)
		   AND NOT (k.becomes = 'claim' AND s.state = 'accepted')
		 ORDER BY c.performed_on, c.contribution_id`,
		string(w.commons.ID), string(e.Member.ID), before.Cut, nullable(before.Through.String()),
		r.through.String(), r.cut)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var u PassedOver
		var number int64
		if err := rows.Scan(&u.ID, &u.Kind, &u.Area, &u.Quantity, &u.Date, &u.State, &number); err != nil {
			return err
		}
		given := agreement.Given{Kind: u.Kind, Area: u.Area, Date: u.Date, Number: number, State: u.State}
		if u.Why = agreement.WhyNot(given, r.cut, rules); u.Why == "" {
			continue
		}
		if e.UncountedCount++; e.UncountedCount <= sourceRows {
			e.Uncounted = append(e.Uncounted, u)
		}
	}
	return rows.Err()
}

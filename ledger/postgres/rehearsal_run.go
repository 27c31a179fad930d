package postgres

import (
	"context"
	"slices"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// replayed is a run as it really was: what it reads, but for its rules and what is
// carried in, which agreement divided it, and what was carried out. A run that is the
// end of a month was posted by nobody, and has no id.
type replayed struct {
	reading
	id        ledger.DistributionID
	agreement ledger.AgreementID
	carried   ledger.Money
}

// plan finds the runs: what was posted and stands or, where nothing was, ends of months.
func (r *rehearsal) plan(ctx context.Context) error {
	if err := r.planPosted(ctx); err != nil || len(r.runs) > 0 {
		return err
	}
	r.MonthEnds = true
	if err := r.planMonths(ctx); err != nil || len(r.runs) > 0 {
		return err
	}
	return ledger.Errorf(ledger.Conflict, "nothing_to_rehearse",
		"Nothing was distributed through a day after %s, and no income is open; go back more months, "+
			"or record incomes.", r.After)
}

// planPosted finds the latest distributions that went through a day of the months.
func (r *rehearsal) planPosted(ctx context.Context) error {
	rows, err := r.w.QueryContext(ctx, `
		SELECT d.distribution_id, d.number, d.agreement_id, d.through, d.cut, d.setting, d.posted_after,
		       d.carried_out
		  FROM distribution AS d
		 WHERE d.commons_id = $1 AND d.area_id IS NOT DISTINCT FROM $2::uuid AND d.through > $3
		   AND NOT EXISTS (SELECT FROM distribution_reversal AS v
		                    WHERE v.commons_id = d.commons_id AND v.distribution_id = d.distribution_id)
		 ORDER BY d.number DESC LIMIT $4`,
		string(r.w.commons.ID), nullable(r.area), r.After.String(), ledger.MostRehearsalRuns+1)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		run := replayed{
			reading: reading{area: r.area}, carried: ledger.Zero(r.w.commons.Currency),
		}
		if err := rows.Scan(&run.id, &run.number, &run.agreement, &run.through, &run.cut, &run.setting,
			&run.sequence, &run.carried.Amount); err != nil {
			return err
		}
		r.runs = append(r.runs, run)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if r.Shortened = len(r.runs) > ledger.MostRehearsalRuns; r.Shortened {
		r.runs = r.runs[:ledger.MostRehearsalRuns]
	}
	slices.Reverse(r.runs)
	for i := range r.runs {
		if r.runs[i].incomes, _, err = r.w.dividedIncomes(ctx, r.runs[i].id); err != nil {
			return err
		}
	}
	return nil
}

// planMonths makes a run of each end of a month, and of today, of the incomes that came
// in since the one before and wait to be divided.
func (r *rehearsal) planMonths(ctx context.Context) error {
	incomes, err := r.w.waitingIncomes(ctx, r.area)
	if err != nil {
		return err
	}
	next := 0
	for _, through := range endsOfMonths(r.After, r.w.today()) {
		run := replayed{carried: ledger.Zero(r.w.commons.Currency), reading: reading{
			area: r.area, through: through, cut: r.w.head.Acceptance, setting: r.w.head.Setting,
			sequence: r.w.head.Sequence, number: r.w.head.Distributed + 1, assumed: assumed{asOf: through},
		}}
		for ; next < len(incomes) && !incomes[next].received.After(through); next++ {
			if r.area != "" || !incomes[next].apart(through) {
				run.incomes = append(run.incomes, incomes[next].DividedIncome)
			}
		}
		if len(run.incomes) == 0 {
			continue
		}
		governs, found, err := r.w.inForce(ctx, r.area, through)
		if err != nil {
			return err
		}
		if found {
			run.agreement = governs.ID
		}
		r.runs = append(r.runs, run)
	}
	return nil
}

// endsOfMonths returns the last days of the months after the day, and today: as many as
// are replayed.
func endsOfMonths(after, today ledger.Date) (days []ledger.Date) {
	first := ledger.NewDate(after.Time().Year(), after.Time().Month()+1, 1)
	for day := first.AddDays(-1); day.Before(today); day = first.AddDays(-1) {
		if day.After(after) {
			days = append(days, day)
		}
		first = ledger.NewDate(first.Time().Year(), first.Time().Month()+1, 1)
	}
	days = append(days, today)
	return days[max(0, len(days)-ledger.MostRehearsalRuns):]
}

// waitingIncome is an income that no distribution holds. Since own, its area has an
// agreement of its own; the zero Date is never.
type waitingIncome struct {
	ledger.DividedIncome
	received, own ledger.Date
}

// apart reports whether the area's own agreement divides the income on the day.
func (i waitingIncome) apart(day ledger.Date) bool { return !i.own.IsZero() && !i.own.After(day) }

// waitingIncomes loads the incomes that no distribution holds, of the area or of the
// whole commons, in the order of their days.
func (w *work) waitingIncomes(
	ctx context.Context, area ledger.AreaID,
) (incomes []waitingIncome, err error) {
	rows, err := w.QueryContext(ctx, `
		SELECT i.income_id, i.net, i.received_on,
		       (SELECT min(d.from_on) FROM adoption AS d
		         WHERE d.commons_id = $1 AND d.area_id = i.area_id)
		  FROM income AS i
		 WHERE i.commons_id = $1 AND ($2::uuid IS NULL OR i.area_id = $2)
		   AND NOT EXISTS (SELECT FROM income_held AS h
		                    WHERE h.commons_id = $1 AND h.income_id = i.income_id)
		   AND NOT EXISTS (SELECT FROM income_reversal AS v
		                    WHERE v.commons_id = $1 AND v.income_id = i.income_id)
		 ORDER BY i.received_on, i.income_id`, string(w.commons.ID), nullable(area))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		i := waitingIncome{DividedIncome: ledger.DividedIncome{Amount: ledger.Zero(w.commons.Currency)}}
		if err := rows.Scan(&i.ID, &i.Amount.Amount, &i.received, &i.own); err != nil {
			return nil, err
		}
		incomes = append(incomes, i)
	}
	return incomes, rows.Err()
}

// effectOf loads what a posted distribution left behind.
func (w *work) effectOf(
	ctx context.Context, id ledger.DistributionID,
) (effect agreement.Effect, err error) {
	rows, err := w.QueryContext(ctx, `
		SELECT a.rule, coalesce(m.join_number, 0), coalesce(k.code, ''), coalesce(f.code, ''), a.amount
		  FROM allocation AS a
		  LEFT JOIN member AS m USING (commons_id, member_id)
		  LEFT JOIN kind AS k USING (commons_id, kind_id)
		  LEFT JOIN fund AS f USING (commons_id, fund_id)
		 WHERE a.commons_id = $1 AND a.distribution_id = $2 ORDER BY a.ordinal`,
		string(w.commons.ID), string(id))
	if err != nil {
		return effect, err
	}
	defer rows.Close()
	for rows.Next() {
		a := agreement.Allocation{Amount: ledger.Zero(w.commons.Currency)}
		if err := rows.Scan(&a.Rule, &a.Member, &a.Kind, &a.Fund, &a.Amount.Amount); err != nil {
			return effect, err
		}
		effect.Allocations = append(effect.Allocations, a)
	}
	if err := rows.Err(); err != nil {
		return effect, err
	}
	effect.Rounding, err = w.roundingOf(ctx, id)
	return effect, err
}

func (w *work) roundingOf(
	ctx context.Context, id ledger.DistributionID,
) (changes []agreement.MemberRounding, err error) {
	rows, err := w.QueryContext(ctx, `
		SELECT m.join_number, r.delta::text
		  FROM distribution_rounding AS r JOIN member AS m USING (commons_id, member_id)
		 WHERE r.commons_id = $1 AND r.distribution_id = $2`, string(w.commons.ID), string(id))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var row agreement.MemberRounding
		var delta string
		if err := rows.Scan(&row.Member, &delta); err != nil {
			return nil, err
		}
		if row.Balance, err = ledger.ParseRoundingBalance(delta); err != nil {
			return nil, err
		}
		changes = append(changes, row)
	}
	return changes, rows.Err()
}

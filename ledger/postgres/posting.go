package postgres

import (
	"context"

	"github.com/lib/pq"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// post writes a distribution with everything that follows from it. The commons'
// lock is held.
func (w *work) post(
	ctx context.Context, d *Distribution, r reading, division division, k kept,
) error {
	asked, err := w.checkApprovals(ctx, d, k)
	if err != nil {
		return err
	}
	tell(w, ledger.DistributionPosted, d.ID)
	after := w.head.Sequence
	var sequence any
	if len(d.Allocations) > 0 {
		entries := []ledger.Entry{
			ledger.BookAllocations(d.Number, d.Date, d.Allocations, w.commons.Currency)}
		if err := insertEntries(ctx, w, entries); err != nil {
			return err
		}
		sequence = entries[0].Sequence
	}
	_, err = w.ExecContext(ctx, `
		INSERT INTO distribution (commons_id, distribution_id, number, area_id, agreement_id, date, through,
		            cut, setting, digest, incomes, carried_in, given, carried_out, sequence, drafted_by,
		            posted_by, posted_at, posted_after)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		string(w.commons.ID), string(d.ID), d.Number, nullable(r.area), string(d.Agreement), d.Date.String(),
		d.Through.String(), d.Cut, d.Setting, d.Digest, d.IncomeSum.Amount, d.CarriedIn.Amount,
		d.Given.Amount, d.CarriedOut.Amount, sequence, string(k.drafter), string(w.by), w.now, after)
	if err != nil {
		return err
	}
	return errorsInOrder(
		func() error { return w.insertCheck(ctx, d, asked) },
		func() error { return w.insertIncomesOf(ctx, d) },
		func() error { return w.insertInputs(ctx, d, division.inputs) },
		func() error { return w.insertCoverage(ctx, d, r, division.result.Covered) },
		func() error { return w.insertAllocations(ctx, d) },
		func() error { return w.insertRoundings(ctx, d, division) },
		func() error { _, err := w.deleteDraft(ctx, d.ID); return err },
	)
}

func (w *work) insertIncomesOf(ctx context.Context, d *Distribution) error {
	if len(d.Incomes) == 0 {
		return nil
	}
	ids, amounts := make([]string, len(d.Incomes)), make([]string, len(d.Incomes))
	for i, income := range d.Incomes {
		ids[i], amounts[i] = string(income.ID), income.Amount.Figure()
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO distribution_income (commons_id, distribution_id, income_id, amount)
		SELECT $1, $2, * FROM unnest($3::uuid[], $4::numeric[])`,
		string(w.commons.ID), string(d.ID), pq.Array(ids), pq.Array(amounts))
	return err
}

func (w *work) insertInputs(ctx context.Context, d *Distribution, in agreement.Inputs) error {
	_, err := w.ExecContext(ctx, `
		INSERT INTO distribution_inputs (commons_id, distribution_id, document) VALUES ($1, $2, $3)`,
		string(w.commons.ID), string(d.ID), string(in.Canonical()))
	return err
}

func (w *work) insertCoverage(
	ctx context.Context, d *Distribution, r reading, rules []string,
) error {
	if len(rules) == 0 {
		return nil
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO coverage (commons_id, distribution_id, area_id, cut, through, rule)
		SELECT $1, $2, $3::uuid, $4, $5::date, * FROM unnest($6::text[])`,
		string(w.commons.ID), string(d.ID), nullable(r.area), d.Cut, d.Through.String(), pq.Array(rules))
	return err
}

func (w *work) insertAllocations(ctx context.Context, d *Distribution) error {
	n := len(d.Allocations)
	column := func() []string { return make([]string, n) }
	rules, types, members, kinds, funds := column(), column(), column(), column(), column()
	amounts, kept, weights, totals := column(), column(), column(), column()
	for i, a := range d.Allocations {
		rules[i], types[i], members[i] = a.Rule, allocationType(a), string(a.Member.ID)
		kinds[i], funds[i], amounts[i] = string(a.Kind.ID), string(a.Fund.ID), a.Amount.Figure()
		kept[i] = a.Kept.Figure()
		weights[i], totals[i] = weightsOf(a)
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO allocation (commons_id, distribution_id, ordinal, rule, type, member_id, kind_id, fund_id,
		            amount, kept, weight, total_weight)
		SELECT $1, $2, place, rule, type, nullif(member, '')::uuid, nullif(kind, '')::uuid,
		       nullif(fund, '')::uuid, amount, kept, nullif(weight, '')::numeric, nullif(total, '')::numeric
		  FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::numeric[],
		              $9::numeric[], $10::text[], $11::text[]) WITH ORDINALITY
		    AS a (rule, type, member, kind, fund, amount, kept, weight, total, place)`,
		string(w.commons.ID), string(d.ID), pq.Array(rules), pq.Array(types), pq.Array(members),
		pq.Array(kinds), pq.Array(funds), pq.Array(amounts), pq.Array(kept), pq.Array(weights), pq.Array(totals))
	return err
}

func allocationType(a ledger.Allocation) string {
	switch {
	case a.Fund.ID != "":
		return "fund"
	case a.Kind.ID != "":
		return "claim"
	default:
		return "member"
	}
}

// weightsOf returns the share that led to an allocation, "" for funds.
func weightsOf(a ledger.Allocation) (weight, total string) {
	if a.Fund.ID != "" || a.TotalWeight.IsZero() {
		return "", ""
	}
	return a.Weight.String(), a.TotalWeight.String()
}

func (w *work) insertRoundings(ctx context.Context, d *Distribution, division division) error {
	rows := division.result.Rounding
	if len(rows) == 0 {
		return nil
	}
	ids, deltas := make([]string, len(rows)), make([]string, len(rows))
	for i, row := range rows {
		ids[i], deltas[i] = string(division.members[row.Member].ID), row.Balance.String()
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO distribution_rounding (commons_id, distribution_id, member_id, delta)
		SELECT $1, $2, * FROM unnest($3::uuid[], $4::numeric[])`,
		string(w.commons.ID), string(d.ID), pq.Array(ids), pq.Array(deltas))
	return err
}

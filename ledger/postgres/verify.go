package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// Check is one invariant, recomputed from the rows.
type Check struct {
	Name string
	// Rows is how many rows were looked at.
	Rows int64
	// Bad names the first row that breaks the invariant, and how; "" if none does.
	Bad string
}

// Verification is what verifying the books of one commons found.
type Verification struct {
	Commons  ledger.Commons
	Sequence int64
	Postings int64
	Checks   []Check
}

// OK reports whether every invariant holds.
func (v Verification) OK() bool {
	for _, c := range v.Checks {
		if c.Bad != "" {
			return false
		}
	}
	return true
}

// Verify recomputes every invariant of a commons' books from the rows, in memory
// that does not grow with them. It sees one state of the books and writes nothing.
func (s *Store) Verify(ctx context.Context, slug string) (Verification, error) {
	by, err := s.AsMember(ctx, slug, "")
	if err != nil {
		return Verification{}, err
	}
	s.freshen(ctx)
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) (v Verification, err error) {
		v.Commons = w.commons
		if _, err = w.ExecContext(ctx, `
			SELECT set_config('statement_timeout', '0', true),
			       set_config('idle_in_transaction_session_timeout', '0', true)`); err != nil {
			return v, err
		}
		// Every check reads whole tables. Where these were never analyzed, as after a crash,
		// PostgreSQL takes them to be small, and would go through one for each row of another.
		if err = w.nestedLoops(ctx, "off"); err != nil {
			return v, err
		}
		if err = w.loadHead(ctx); err != nil {
			return v, err
		}
		v.Sequence = w.head.Sequence
		for _, check := range slices.Concat(
			invariants, agreementInvariants, approvalInvariants, suspensionInvariants, erasureInvariants,
			auditInvariants) {
			c := Check{Name: check.name}
			if c.Rows, c.Bad, err = w.check(ctx, check); err != nil {
				return v, fmt.Errorf("verify that %s: %w", check.name, err)
			}
			if check.postings {
				v.Postings = c.Rows
			}
			v.Checks = append(v.Checks, c)
		}
		if err = w.nestedLoops(ctx, "on"); err != nil {
			return v, err
		}
		left, err := w.verifyErased(ctx)
		if err != nil {
			return v, err
		}
		again, err := w.verifyDistributions(ctx)
		v.Checks = append(append(v.Checks, left), again...)
		return v, err
	})
}

// nestedLoops lets the transaction join by going through one table for each row of
// another, or not where there is another way.
func (w *work) nestedLoops(ctx context.Context, allowed string) error {
	_, err := w.ExecContext(ctx, `SELECT set_config('enable_nestloop', $1, true)`, allowed)
	return err
}

// loadHead reads the head without the lock, for reading.
func (w *work) loadHead(ctx context.Context) error {
	return w.GetContext(ctx, &w.head, `
		SELECT sequence, acceptance, setting, joined, distributed, event, audit, recorded_at
		  FROM journal_head WHERE commons_id = $1`, string(w.commons.ID))
}

func (w *work) check(ctx context.Context, i invariant) (rows int64, bad string, err error) {
	if err := w.GetContext(ctx, &rows, i.count, string(w.commons.ID)); err != nil {
		return 0, "", err
	}
	err = w.GetContext(ctx, &bad, i.find+` LIMIT 1`, string(w.commons.ID))
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return rows, bad, err
}

// recorded is a posted distribution as verification looks at it.
type recorded struct {
	ID          ledger.DistributionID
	Number      int64
	Area        ledger.AreaID
	Agreement   ledger.AgreementID
	Through     ledger.Date
	Cut         int64
	Setting     int64
	Digest      string
	PostedAfter int64
	CarriedIn   ledger.Money
	CarriedOut  ledger.Money
	Inputs      string
}

// verifyDistributions works out every posted distribution again, one at a time:
// from its recorded inputs, and with inputs rebuilt from the raw rows.
func (w *work) verifyDistributions(ctx context.Context) ([]Check, error) {
	checks := []Check{
		{Name: "the digest of each distribution is that of its inputs"},
		{Name: "each distribution follows from its recorded inputs"},
		{Name: "the inputs of each distribution follow from the raw rows"},
	}
	for number := int64(1); number <= w.head.Distributed; number++ {
		d, found, err := w.recorded(ctx, number)
		if err != nil {
			return checks, err
		}
		bad := [3]string{"it is missing", "it is missing", "it is missing"}
		if found {
			if bad, err = w.verifyDistribution(ctx, d); err != nil {
				return checks, err
			}
		}
		for i := range checks {
			checks[i].Rows++
			if checks[i].Bad == "" && bad[i] != "" {
				checks[i].Bad = fmt.Sprintf("distribution %d (%s): %s", d.Number, d.ID, bad[i])
			}
		}
	}
	return checks, nil
}

func (w *work) recorded(ctx context.Context, number int64) (d recorded, found bool, err error) {
	d.Number = number
	d.CarriedIn, d.CarriedOut = ledger.Zero(w.commons.Currency), ledger.Zero(w.commons.Currency)
	err = w.QueryRowContext(ctx, `
		SELECT d.distribution_id, coalesce(d.area_id::text, ''), d.agreement_id, d.through, d.cut, d.setting,
		       d.digest, d.posted_after, d.carried_in, d.carried_out, coalesce(i.document, '')
		  FROM distribution AS d LEFT JOIN distribution_inputs AS i USING (commons_id, distribution_id)
		 WHERE d.commons_id = $1 AND d.number = $2`, string(w.commons.ID), number).
		Scan(&d.ID, &d.Area, &d.Agreement, &d.Through, &d.Cut, &d.Setting, &d.Digest, &d.PostedAfter,
			&d.CarriedIn.Amount, &d.CarriedOut.Amount, &d.Inputs)
	if errors.Is(err, sql.ErrNoRows) {
		return d, false, nil
	}
	return d, err == nil, err
}

// verifyDistribution says what is wrong with the digest, the result and the inputs.
func (w *work) verifyDistribution(ctx context.Context, d recorded) (bad [3]string, err error) {
	in, err := agreement.ParseInputs([]byte(d.Inputs))
	if err != nil || string(in.Canonical()) != d.Inputs || in.Digest() != d.Digest {
		bad[0] = "they do not match"
	}
	if err != nil {
		bad[1], bad[2] = "its inputs cannot be read", "its inputs cannot be read"
		return bad, nil
	}
	version, found, err := w.version(ctx, d.Agreement)
	if err != nil {
		return bad, err
	}
	if !found {
		bad[1] = "its agreement is missing"
		return bad, nil
	}
	rules, err := agreement.Parse(version.Document, agreement.JSON)
	if err != nil {
		bad[1] = "its agreement cannot be read"
		return bad, nil
	}
	result, err := agreement.Evaluate(rules, in)
	if err != nil {
		bad[1] = "its inputs do not fit its agreement"
		return bad, nil
	}
	if bad[1], err = w.compareResult(ctx, d, result); err != nil {
		return bad, err
	}
	bad[2], err = w.compareInputs(ctx, d, version, rules)
	return bad, err
}

// compareInputs rebuilds the inputs from the raw rows, as they stood when the
// distribution was posted, up to its cut.
func (w *work) compareInputs(
	ctx context.Context, d recorded, version Agreement, rules agreement.Agreement,
) (string, error) {
	r := reading{
		area: d.Area, version: version, rules: rules, through: d.Through, cut: d.Cut, setting: d.Setting,
		sequence: d.PostedAfter, number: d.Number,
	}
	var err error
	if _, r.incomes, err = w.dividedIncomes(ctx, d.ID); err != nil {
		return "", err
	}
	if r, err = w.continued(ctx, r); err != nil {
		return err.Error(), nil
	}
	in, _, err := w.inputs(ctx, r)
	if err != nil {
		return "", err
	}
	if string(in.Canonical()) != d.Inputs {
		return "the rows lead to other inputs: " + difference(d.Inputs, string(in.Canonical())), nil
	}
	return "", nil
}

// difference shows the first place where two texts part.
func difference(was, is string) string {
	at := 0
	for at < len(was) && at < len(is) && was[at] == is[at] {
		at++
	}
	excerpt := func(s string) string { return s[max(0, at-30):min(len(s), at+40)] }
	return fmt.Sprintf("recorded …%s…, rebuilt …%s…", excerpt(was), excerpt(is))
}

// compareResult compares what the evaluator gives with the rows that were written:
// allocations, roundings and coverage, in their order.
func (w *work) compareResult(
	ctx context.Context, d recorded, result agreement.Result,
) (string, error) {
	members, err := w.people(ctx, reading{})
	if err != nil {
		return "", err
	}
	again := Distribution{}
	if err := w.describe(ctx, &again, members, result); err != nil {
		return "", err
	}
	if !result.Carried.Equal(d.CarriedOut) {
		return fmt.Sprintf("it carries %s, recorded is %s", result.Carried, d.CarriedOut), nil
	}
	for _, compare := range []func() (string, error){
		func() (string, error) { return w.compareAllocations(ctx, d, again.Allocations) },
		func() (string, error) { return w.compareRoundings(ctx, d, members, result) },
		func() (string, error) { return w.compareCoverage(ctx, d, result) },
	} {
		if bad, err := compare(); err != nil || bad != "" {
			return bad, err
		}
	}
	return "", nil
}

func (w *work) compareAllocations(
	ctx context.Context, d recorded, want []ledger.Allocation,
) (string, error) {
	rows, err := w.QueryContext(ctx, `
		SELECT rule, type, coalesce(member_id::text, ''), coalesce(kind_id::text, ''),
		       coalesce(fund_id::text, ''), amount, kept, coalesce(weight, 0), coalesce(total_weight, 0)
		  FROM allocation WHERE commons_id = $1 AND distribution_id = $2 ORDER BY ordinal`,
		string(w.commons.ID), string(d.ID))
	if err != nil {
		return "", err
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		zero := ledger.Zero(w.commons.Currency)
		a := ledger.Allocation{Amount: zero, Kept: zero}
		var kind string
		if err := rows.Scan(&a.Rule, &kind, &a.Member.ID, &a.Kind.ID, &a.Fund.ID, &a.Amount.Amount,
			&a.Kept.Amount, &a.Weight, &a.TotalWeight); err != nil {
			return "", err
		}
		if n >= len(want) || !sameAllocation(a, want[n]) || kind != allocationType(a) {
			return fmt.Sprintf("allocation %d of rule %q is not what the rules give", n+1, a.Rule), rows.Err()
		}
	}
	if n < len(want) {
		return fmt.Sprintf("allocation %d is missing", n+1), rows.Err()
	}
	return "", rows.Err()
}

func sameAllocation(a, b ledger.Allocation) bool {
	same := a.Rule == b.Rule && a.Member.ID == b.Member.ID && a.Kind.ID == b.Kind.ID &&
		a.Fund.ID == b.Fund.ID && a.Amount.Equal(b.Amount) && a.Kept.Equal(b.Kept)
	if a.Fund.ID != "" || b.TotalWeight.IsZero() {
		return same && a.TotalWeight.IsZero()
	}
	return same && a.Weight.Equal(b.Weight) && a.TotalWeight.Equal(b.TotalWeight)
}

func (w *work) compareRoundings(
	ctx context.Context, d recorded, members people, result agreement.Result,
) (string, error) {
	want := map[ledger.MemberID]string{}
	for _, row := range result.Rounding {
		want[members[row.Member].ID] = row.Balance.String()
	}
	rows, err := w.QueryContext(ctx, `
		SELECT member_id, trim_scale(delta)::text FROM distribution_rounding
		 WHERE commons_id = $1 AND distribution_id = $2 ORDER BY member_id`,
		string(w.commons.ID), string(d.ID))
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		var id ledger.MemberID
		var delta string
		if err := rows.Scan(&id, &delta); err != nil {
			return "", err
		}
		if want[id] != delta {
			return fmt.Sprintf("the rounding of %s is not what the rules give", id), rows.Err()
		}
		delete(want, id)
	}
	if len(want) > 0 {
		return "the rounding of a member is missing", rows.Err()
	}
	return "", rows.Err()
}

func (w *work) compareCoverage(
	ctx context.Context, d recorded, result agreement.Result,
) (string, error) {
	want := map[string]bool{}
	for _, rule := range result.Covered {
		want[rule] = true
	}
	var rows []struct {
		Rule    string      `db:"rule"`
		Cut     int64       `db:"cut"`
		Through ledger.Date `db:"through"`
	}
	err := w.SelectContext(ctx, &rows, `
		SELECT rule, cut, through FROM coverage WHERE commons_id = $1 AND distribution_id = $2 ORDER BY rule`,
		string(w.commons.ID), string(d.ID))
	for _, row := range rows {
		if !want[row.Rule] || row.Cut != d.Cut || row.Through != d.Through {
			return fmt.Sprintf("the coverage of rule %q is not what the rules give", row.Rule), nil
		}
	}
	if err == nil && len(rows) != len(want) {
		return "the coverage of a rule is missing", nil
	}
	return "", err
}

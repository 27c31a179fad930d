package postgres

import (
	"context"
	"fmt"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// sourceRows is how many contributions an explanation names of each rule, and of what
// was not counted; it counts all.
const sourceRows = 200

// Explanation is why a member got what they got in a distribution, with everything
// that it came from.
type Explanation struct {
	agreement.Explanation
	Member ledger.MemberRef
	// Who is what the member is called.
	Who          string
	Distribution ledger.Distribution
	// Agreement is the version that governed, with the decision about it; Says holds
	// its sentences by rule.
	Agreement Agreement
	Says      map[string]string
	Names     agreement.Names
	Incomes   []ledger.Income
	// Counted are the member's contributions by rule, CountedCount how many there are.
	Counted      map[string][]CountedContribution
	CountedCount map[string]int
	// Uncounted is what is new since the distribution before and counts in no rule;
	// UncountedCount is how much that is.
	Uncounted      []PassedOver
	UncountedCount int
	// Before is the distribution before, of the same agreement's line, and Comparison
	// what changed; nil for the first.
	Before     *ledger.Distribution
	Comparison *agreement.Comparison
}

// ExplainDistribution returns why a member, named by handle or id, got what they got
// in a draft or a posted distribution. It evaluates the recorded inputs again, and
// reads the contributions of that member alone.
func (s *Store) ExplainDistribution(
	ctx context.Context, by Caller, id ledger.DistributionID, member string,
) (Explanation, error) {
	return read(ctx, s, by.toOwn(ledger.ReadBooks), func(w *work) (Explanation, error) {
		m, err := w.member(ctx, member)
		if err == nil {
			_, err = w.visible(ledger.ReadBooks, m.ID)
		}
		if err != nil {
			return Explanation{}, err
		}
		e := Explanation{Member: ledger.MemberRef{ID: m.ID, Handle: m.Handle}, Who: m.Name}
		r, err := w.explain(ctx, &e, id, int(m.JoinNumber))
		if err != nil {
			return e, err
		}
		return e, errorsInOrder(
			func() error { return w.name(ctx, &e, r.rules) },
			func() error { return w.compareBefore(ctx, &e, r.area, int(m.JoinNumber)) },
			func() error { return w.addSources(ctx, &e, r) },
		)
	})
}

// explain evaluates the distribution's recorded inputs for the member, and returns
// what it read.
func (w *work) explain(
	ctx context.Context, e *Explanation, id ledger.DistributionID, member int,
) (r reading, err error) {
	d, err := w.headOf(ctx, id)
	if err != nil {
		return r, err
	}
	e.Distribution = d
	if e.Agreement, err = w.wholeAgreement(ctx, d.Agreement); err != nil {
		return r, err
	}
	in, rules, err := w.recordedInputs(ctx, d.ID, e.Agreement)
	if err != nil {
		return r, err
	}
	if e.Explanation, err = explanationOf(d.ID, rules, in, member); err != nil {
		return r, err
	}
	r = reading{
		through: d.Through, cut: d.Cut, setting: in.Settings, number: d.Number, rules: rules,
	}
	if r.area, err = w.areaNamed(ctx, d.Area); err != nil {
		return r, err
	}
	ids := make([]string, len(in.Incomes))
	for i, income := range in.Incomes {
		parsed, err := ledger.ParseID[ledger.IncomeNoun](income.ID)
		if err != nil {
			return r, fmt.Errorf("read the incomes of %s: %w", d.ID, err)
		}
		ids[i] = string(parsed)
	}
	if len(ids) > 0 {
		e.Incomes, err = w.incomesByID(ctx, ids)
	}
	return r, err
}

// headOf returns a posted distribution, or a draft, without what its rules did.
func (w *work) headOf(
	ctx context.Context, id ledger.DistributionID,
) (ledger.Distribution, error) {
	found, err := w.posted(ctx, distributionQuery+` AND d.distribution_id = $2`,
		string(w.commons.ID), string(id))
	if err != nil {
		return ledger.Distribution{}, err
	}
	if len(found) > 0 {
		return found[0], nil
	}
	d, _, err := w.draftHead(ctx, id)
	d.Number = w.head.Distributed + 1
	return d, err
}

// explanationOf evaluates what a distribution recorded.
func explanationOf(
	id ledger.DistributionID, rules agreement.Agreement, in agreement.Inputs, member int,
) (agreement.Explanation, error) {
	result, err := agreement.Explain(rules, in, member)
	if err != nil {
		return agreement.Explanation{}, fmt.Errorf("evaluate %s: %w", id, err)
	}
	return result.Explanation(member), nil
}

// compareBefore compares with the distribution before in the area, if there is one
// that stands.
func (w *work) compareBefore(
	ctx context.Context, e *Explanation, area ledger.AreaID, member int,
) error {
	found, err := w.posted(ctx, distributionQuery+`
		   AND d.number < $2 AND d.area_id IS NOT DISTINCT FROM $3::uuid
		   AND (v.distribution_id IS NULL OR v.after_number >= $2) ORDER BY d.number DESC LIMIT 1`,
		string(w.commons.ID), e.Distribution.Number, nullable(area))
	if err != nil || len(found) == 0 {
		return err
	}
	version, err := w.agreement(ctx, found[0].Agreement)
	if err != nil {
		return err
	}
	in, rules, err := w.recordedInputs(ctx, found[0].ID, version)
	if err != nil {
		return err
	}
	before, err := explanationOf(found[0].ID, rules, in, member)
	if err != nil {
		return err
	}
	comparison := e.Since(before)
	e.Before, e.Comparison = &found[0], &comparison
	return nil
}

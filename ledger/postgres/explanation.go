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
	Uncounted      []UncountedGift
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
	return read(ctx, s, by, func(w *work) (Explanation, error) {
		m, err := w.member(ctx, member)
		if err != nil {
			return Explanation{}, err
		}
		e := Explanation{Member: ledger.MemberRef{ID: m.ID, Handle: m.Handle}, Who: m.Name}
		in, rules, err := w.explain(ctx, &e, id, int(m.JoinNumber))
		if err != nil {
			return e, err
		}
		return e, errorsInOrder(
			func() error { return w.name(ctx, &e, rules) },
			func() error { return w.addSources(ctx, &e, rules, in.Settings) },
			func() error { return w.compareBefore(ctx, &e, int(m.JoinNumber)) },
		)
	})
}

// explain evaluates the distribution's recorded inputs for the member.
func (w *work) explain(
	ctx context.Context, e *Explanation, id ledger.DistributionID, member int,
) (in agreement.Inputs, rules agreement.Agreement, err error) {
	d, err := w.headOf(ctx, id)
	if err != nil {
		return in, rules, err
	}
	e.Distribution = d
	if e.Agreement, err = w.wholeAgreement(ctx, d.Agreement); err != nil {
		return in, rules, err
	}
	e.Explanation, in, rules, err = w.explanationOf(ctx, d, e.Agreement, member)
	if err != nil {
		return in, rules, err
	}
	ids := make([]string, len(in.Incomes))
	for i, income := range in.Incomes {
		parsed, err := ledger.ParseID[ledger.IncomeNoun](income.ID)
		if err != nil {
			return in, rules, fmt.Errorf("read the incomes of %s: %w", d.ID, err)
		}
		ids[i] = string(parsed)
	}
	if len(ids) > 0 {
		e.Incomes, err = w.incomesByID(ctx, ids)
	}
	return in, rules, err
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
	d, err := w.drafted(ctx, id)
	d.Number = w.head.Distributed + 1
	return d.Distribution, err
}

// explanationOf evaluates what a distribution recorded.
func (w *work) explanationOf(
	ctx context.Context, d ledger.Distribution, version Agreement, member int,
) (e agreement.Explanation, in agreement.Inputs, rules agreement.Agreement, err error) {
	var document string
	err = w.GetContext(ctx, &document, `
		SELECT document FROM distribution_inputs WHERE commons_id = $1 AND distribution_id = $2
		 UNION ALL
		SELECT inputs FROM draft WHERE commons_id = $1 AND distribution_id = $2`,
		string(w.commons.ID), string(d.ID))
	if err != nil {
		return e, in, rules, notFound(err, "distribution")
	}
	if in, err = agreement.ParseInputs([]byte(document)); err != nil {
		return e, in, rules, fmt.Errorf("read the inputs of %s: %w", d.ID, err)
	}
	if rules, err = agreement.Parse(version.Document, agreement.JSON); err != nil {
		return e, in, rules, fmt.Errorf("read agreement %s: %w", version.ID, err)
	}
	result, err := agreement.Explain(rules, in, member)
	if err != nil {
		return e, in, rules, fmt.Errorf("evaluate %s: %w", d.ID, err)
	}
	return result.Explanation(member), in, rules, nil
}

// compareBefore compares with the distribution before, if there is one that stands.
func (w *work) compareBefore(ctx context.Context, e *Explanation, member int) error {
	area, err := w.areaNamed(ctx, e.Distribution.Area)
	if err != nil {
		return err
	}
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
	before, _, _, err := w.explanationOf(ctx, found[0], version, member)
	if err != nil {
		return err
	}
	comparison := e.Since(before)
	e.Before, e.Comparison = &found[0], &comparison
	return nil
}

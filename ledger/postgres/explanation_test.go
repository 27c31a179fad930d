package postgres_test

import (
	"fmt"
	exact "math/big" // a flag of these tests is called big
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
)

func (w *world) explain(id ledger.DistributionID, member string) postgres.Explanation {
	w.Helper()
	return do[postgres.Explanation](w.T)(w.store.ExplainDistribution(w.Context(), w.ana, id, member))
}

// explained checks that an explanation says what the distribution gave, that the
// contributions it names make up the weights, and that none is both counted and not.
func (w *world) explained(d postgres.Distribution, member string) postgres.Explanation {
	w.Helper()
	e := w.explain(d.ID, member)
	sum, kept := eur("0.00"), eur("0.00")
	for _, a := range d.Allocations {
		if a.Member.Handle == member {
			sum, kept = sum.Plus(a.Amount), kept.Plus(a.Kept)
		}
	}
	if !e.Amount.Equal(sum) || !e.Kept.Equal(kept) || !e.Agrees() {
		w.Errorf("distribution %d gave %s %s; explained are %s, %v", d.Number, member, sum, e.Amount, e.Agrees())
	}
	counted := map[ledger.ContributionID]bool{}
	e.Each(func(rule agreement.ExplainedRule) {
		if rule.Step == nil || e.Says[rule.Rule] == "" {
			return
		}
		weights := map[string]decimal.Decimal{}
		for _, c := range e.Counted[rule.Rule] {
			counted[c.ID] = true
			weights[c.Kind] = weights[c.Kind].Add(c.Weight.Mul(c.Faded))
		}
		for _, term := range rule.Step.Terms {
			if term.Kind != "" && !weights[term.Kind].Equal(term.Weight) {
				w.Errorf("distribution %d, %s, %s: %s %s of %v counted", d.Number, member, rule.Rule, term.Weight,
					term.Kind, weights)
			}
		}
	})
	for _, u := range e.Uncounted {
		if counted[u.ID] || u.Why == "" || u.Why.Explanation() == "" {
			w.Errorf("distribution %d, %s: %+v is counted too", d.Number, member, u)
		}
	}
	if e.Comparison != nil {
		change := new(exact.Rat).Add(e.Comparison.Pool, e.Comparison.Part)
		if change.Cmp(e.Amount.Minus(e.Comparison.Before).Amount.Rat()) != 0 {
			w.Errorf("distribution %d, %s: %+v does not sum", d.Number, member, e.Comparison)
		}
	}
	return e
}

func TestExplainDistribution(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	// What is not counted, for each reason there is.
	waits := w.log("ana", "care", "2", "2026-10-21")
	declined := w.log("ana", "care", "3", "2026-10-22")
	do[[]ledger.Contribution](t)(w.store.DecideContributions(t.Context(), w.actAs(w.bo),
		[]ledger.ContributionID{declined.ID}, ledger.Decline, "not ours"))
	ahead := w.log("ana", "work", "1", "2026-11-03")
	do[[]ledger.ContributionKind](t)(w.store.AddKinds(t.Context(), w.act(), []ledger.ContributionKind{
		{Code: "music", Name: "Music", Unit: "hour", Theme: "work", Becomes: ledger.BecomesWeight}}))
	music := w.log("ana", "music", "4", "2026-10-23")
	draft := w.draft("2026-10-31")
	later := w.log("ana", "work", "1", "2026-10-30")

	for name, d := range map[string]postgres.Distribution{"draft": draft, "posted": w.post(draft)} {
		e := w.explained(d, "ana")
		got := []string{e.Who, e.Amount.Figure(), e.Answer("Ana"), e.CheckLine("Ana"), e.Agreement.Decision.Method,
			fmt.Sprint(len(e.Incomes), " incomes, ", e.CountedCount["work"], " counted, before ", e.Before)}
		for _, u := range e.Uncounted {
			got = append(got, u.ID.String()+" "+string(u.Why))
		}
		want := []string{"Ana", "1276.40",
			"Ana gets 1,276.40 € of the 4,200.00 €: 120.00 € by “Pay back materials” and 1,156.40 € by “By work and care”.",
			"Ana 1276.40 + others 2338.60 + funds 585.00 + carried on 0.00 = 4200.00 ✓", "consent",
			"3 incomes, 7 counted, before <nil>",
			waits.ID.String() + " waits_for_review", declined.ID.String() + " declined",
			music.ID.String() + " other_kind", later.ID.String() + " accepted_later",
			ahead.ID.String() + " after_through"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	w.income("1000.00", "2026-11-04")
	second := w.post(w.draft("2026-11-04"))
	e := w.explained(second, "ana")
	want := "Ana got 1,276.40 € before and gets 850.00 € now, 426.40 € less: −979.89 € because the rules " +
		"divided less, and +553.49 € because Ana's part of it became larger."
	if diff := cmp.Diff(want, e.Comparison.Sentence("Ana")); diff != "" || e.Before.ID != draft.ID {
		t.Error(diff)
	}
	_, err := w.store.ExplainDistribution(t.Context(), w.ana, second.ID, "nobody")
	wantCode(t, "not_found", err)
}

package agreement

import (
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"phyle/ledger"
)

// told writes an explanation down: the answer, every rule with its lines, the check.
func told(e Explanation, who string) []string {
	lines := []string{e.Answer(who)}
	e.Each(func(rule ExplainedRule) {
		lines = append(lines, strings.Repeat("  ", rule.Depth)+rule.Rule+": "+rule.Did())
		for _, line := range rule.Lines(who, Names{}) {
			lines = append(lines, strings.Repeat("  ", rule.Depth+1)+line)
		}
	})
	return append(lines, e.CheckLine(who))
}

func TestExplainOctober(t *testing.T) {
	a := must(t, string(riverside(t)))
	result, err := Explain(a, october(), 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Ana gets 1,276.40 € of the 4,200.00 €: 120.00 € by “Pay back materials” and 1,156.40 € by " +
			"“By work and care”.",
		"materials: 4,200.00 € was left; the rule took 4,200.00 € and gave 300.00 €. 3,900.00 € went back " +
			"to what is left.",
		"  Promised to Ana: 120.00 €. There is enough for all.",
		"  Ana gets 120.00 €.",
		"aside: 3,900.00 € was left; the rule took 3,900.00 € and gave 585.00 €. 3,315.00 € went back to " +
			"what is left.",
		"  reserve: 3,900.00 € was left; the rule took 390.00 € and gave 390.00 €. The fund held 0.00 € before.",
		"  care-fund: 3,510.00 € was left; the rule took 195.00 € and gave 195.00 €.",
		"work: 3,315.00 € was left; the rule took 3,315.00 € and gave 3,315.00 €.",
		"  What counts for Ana: 10 care × 1.2 + 42 work × 1 = 54, of 154.8 in all.",
		"  Ana's share is 15/43, that is 34.8837… %, of 3,315.00 € among 3: 1,156.39534883… € exactly " +
			"(49725/43).",
		"  Rounded down that is 1,156.39 €. Rounding down left over 1 smallest unit of money, for the 3 " +
			"whose shares have a fraction; Ana is number 1 in line, moved forward by 0.25 of a unit that " +
			"earlier roundings owe. Ana gets one: 1,156.40 €.",
		"Ana 1276.40 + others 2338.60 + funds 585.00 + carried on 0.00 = 4200.00 ✓",
	}
	if diff := cmp.Diff(want, told(result.Explanation(1), "Ana")); diff != "" {
		t.Error(diff)
	}
}

// Explaining changes nothing, every member's explanation agrees with what they got,
// and the two parts of a change sum to it.
func TestExplainAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, a, in := drawn(t)
		member := rapid.IntRange(1, 12).Draw(t, "member")
		result, err := Explain(a, in, member)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(summary(mustEvaluate(t, a, in)), summary(result)); diff != "" {
			t.Fatal(diff)
		}
		now := result.Explanation(member)
		if !now.Agrees() {
			t.Fatalf("%+v does not agree", now)
		}
		now.Each(func(rule ExplainedRule) { checkStep(t, rule) })
		in.Carried = in.Carried.Plus(euro((&maker{T: t}).number("more", 0, 9_999, 2)))
		before, err := Explain(a, in, member)
		if err != nil {
			t.Fatal(err)
		}
		change := now.Since(before.Explanation(member))
		sum := new(big.Rat).Add(change.Pool, change.Part)
		if sum.Cmp(change.Now.Minus(change.Before).Amount.Rat()) != 0 {
			t.Fatalf("%+v does not sum", change)
		}
		if change.Sentence("Ana") == "" {
			t.Fatal("nothing is said of it")
		}
	})
}

// checkStep checks that a step's figures follow from each other.
func checkStep(t *rapid.T, rule ExplainedRule) {
	s := rule.Step
	if s == nil {
		return
	}
	amount := s.Down
	if s.Extra {
		amount = amount.Plus(euro("0.01"))
	}
	if s.Absent || rule.Gave.IsZero() {
		amount = ledger.Zero("EUR")
	}
	exact := new(big.Rat).Sub(amount.Amount.Rat(), s.Exact)
	if !s.Amount.Equal(amount) || !s.Absent && exact.Abs(exact).Cmp(big.NewRat(1, 100)) >= 0 {
		t.Fatalf("%+v of %+v", s, rule)
	}
	if len(rule.Lines("Ana", Names{})) == 0 && !rule.Available.IsZero() {
		t.Fatalf("nothing is said of %+v in %+v", s, rule)
	}
}

// A share's place in line is among the units left over exactly where Allocate gives
// it one.
func TestSpareOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shares := make([]ledger.Share, rapid.IntRange(1, 9).Draw(t, "shares"))
		for i := range shares {
			shares[i] = ledger.Share{
				Weight:  big.NewInt(rapid.Int64Range(1, 50).Draw(t, "weight")),
				Balance: ledger.RoundingBalance(rapid.Int64Range(-2e12, 2e12).Draw(t, "balance")),
			}
		}
		amount := euro((&maker{T: t}).number("amount", 0, 99_999, 2))
		rounding := rapid.SampledFrom([]ledger.Rounding{ledger.Remembered, ledger.LargestRemainder}).
			Draw(t, "rounding")
		parts, err := ledger.Allocate(amount, shares, rounding)
		if err != nil {
			t.Fatal(err)
		}
		for i, part := range parts {
			spare := ledger.SpareOf(amount, shares, rounding, i)
			// Whoever got a unit more than their exact share has a delta below zero.
			if got := part.Delta < 0; got != (spare.Rank > 0 && spare.Rank <= spare.Units) {
				t.Fatalf("%d: %+v, %+v", i, part, spare)
			}
		}
	})
}

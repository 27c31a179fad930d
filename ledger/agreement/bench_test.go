package agreement

import (
	"math/big"
	"slices"
	"testing"
	"time"
)

// BenchmarkEvaluate divides over 10,000 members by five rules and reports, beside its
// own time, how many times longer a plain loop over math/big.Rat takes for as many
// weights: no limits, no claims by kind, no balances, nothing recorded.
func BenchmarkEvaluate(b *testing.B) {
	a, in := tenThousand(b)
	begun := time.Now()
	divideByRat(in)
	slowly := time.Since(begun)
	for b.Loop() {
		if _, err := Evaluate(a, in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(slowly)*float64(b.N)/float64(b.Elapsed()), "rat/evaluate")
}

// divideByRat divides the same amount by the weights of each rule and of the claims.
func divideByRat(in Inputs) {
	factors := []*big.Rat{big.NewRat(12, 10), big.NewRat(1, 1)}
	for _, rule := range in.Rules {
		weights := make([]*big.Rat, len(rule.Members))
		for i, row := range rule.Members {
			weights[i] = new(big.Rat)
			for j, weight := range row.Weights {
				weights[i].Add(weights[i], new(big.Rat).Mul(weight.Rat(), factors[j]))
			}
		}
		allocateByRat(weights)
	}
	weights := make([]*big.Rat, len(in.Claims.Members))
	for i, row := range in.Claims.Members {
		weights[i] = row.Amounts[0].Rat()
	}
	allocateByRat(weights)
}

// allocateByRat rounds down and gives what is left to the largest fractions.
func allocateByRat(weights []*big.Rat) (units []*big.Int) {
	amount, total := big.NewRat(2_000_000, 1), new(big.Rat)
	for _, weight := range weights {
		total.Add(total, weight)
	}
	if total.Sign() == 0 {
		return nil
	}
	left, order, rests := big.NewInt(2_000_000), []int{}, []*big.Rat{}
	for i, weight := range weights {
		share := new(big.Rat).Mul(amount, weight)
		share.Quo(share, total)
		whole := new(big.Int).Quo(share.Num(), share.Denom())
		units, order = append(units, whole), append(order, i)
		left.Sub(left, whole)
		rests = append(rests, share.Sub(share, new(big.Rat).SetInt(whole)))
	}
	slices.SortStableFunc(order, func(i, j int) int { return rests[j].Cmp(rests[i]) })
	for _, i := range order[:left.Int64()] {
		units[i].Add(units[i], big.NewInt(1))
	}
	return units
}

// BenchmarkExplain explains one of the 10,000 members and reports how many times
// longer than evaluating that takes.
func BenchmarkExplain(b *testing.B) {
	a, in := tenThousand(b)
	begun := time.Now()
	if _, err := Evaluate(a, in); err != nil {
		b.Fatal(err)
	}
	evaluated := time.Since(begun)
	for b.Loop() {
		result, err := Explain(a, in, 5000)
		if err != nil || !result.Explanation(5000).Agrees() {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(evaluated), "explain/evaluate")
}

func BenchmarkCanonical(b *testing.B) {
	_, in := tenThousand(b)
	for b.Loop() {
		b.ReportMetric(float64(len(in.Canonical())), "bytes")
	}
}

func BenchmarkParseInputs(b *testing.B) {
	_, in := tenThousand(b)
	text := in.Canonical()
	for b.Loop() {
		if _, err := ParseInputs(text); err != nil {
			b.Fatal(err)
		}
	}
}

package ledger

import (
	"cmp"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// euros returns so many cents.
func euros(cents int64) Money { return FromMinorUnits(big.NewInt(cents), "EUR") }

func sharesOf(weights ...int64) []Share {
	shares := make([]Share, len(weights))
	for i, weight := range weights {
		shares[i].Weight = big.NewInt(weight)
	}
	return shares
}

func unitsOf(parts []Part) []uint64 {
	units := make([]uint64, len(parts))
	for i, part := range parts {
		units[i] = part.Units
	}
	return units
}

func TestAllocate(t *testing.T) {
	remembering := sharesOf(1, 1, 1)
	remembering[0].Balance = -roundingUnit / 2
	cases := []struct {
		name     string
		cents    int64
		shares   []Share
		rounding Rounding
		want     []uint64
	}{
		{"even", 900, sharesOf(1, 1, 1), Remembered, []uint64{300, 300, 300}},
		{"spare cent to the first", 100, sharesOf(1, 1, 1), Remembered, []uint64{34, 33, 33}},
		{"largest fraction", 5, sharesOf(1, 3), Remembered, []uint64{1, 4}},
		{"smaller fraction first in line", 10, sharesOf(1, 5, 1), Remembered, []uint64{2, 7, 1}},
		{"remembered", 100, remembering, Remembered, []uint64{33, 34, 33}},
		{"not remembered", 100, remembering, LargestRemainder, []uint64{34, 33, 33}},
		{"zero weight", 100, sharesOf(0, 1, 0), Remembered, []uint64{0, 100, 0}},
		{"all zero", 100, sharesOf(0, 0), Remembered, []uint64{0, 0}},
		{"nobody", 100, nil, Remembered, []uint64{}},
		{"nothing", 0, sharesOf(1, 2), Remembered, []uint64{0, 0}},
		{"october", 331500, sharesOf(540, 600, 408), Remembered, []uint64{115640, 128488, 87372}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			parts, err := Allocate(euros(c.cents), c.shares, c.rounding)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(c.want, unitsOf(parts)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A whole share never gets a unit that rounding left over, however much it is owed.
func TestAllocateGivesNothingToWholeShares(t *testing.T) {
	shares := sharesOf(2, 1, 1)
	shares[0].Balance = 5 * roundingUnit
	parts, err := Allocate(euros(2), shares, Remembered)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]uint64{1, 1, 0}, unitsOf(parts)); diff != "" {
		t.Error(diff)
	}
}

func TestAllocateLetsTheOddCentGoRound(t *testing.T) {
	shares := sharesOf(1, 1, 1, 1, 1, 1, 1)
	for _, run := range []struct {
		cents int64
		want  []uint64
	}{
		{85, []uint64{13, 12, 12, 12, 12, 12, 12}},
		{85, []uint64{12, 13, 12, 12, 12, 12, 12}},
		{89, []uint64{12, 12, 13, 13, 13, 13, 13}},
		{85 * 7, []uint64{85, 85, 85, 85, 85, 85, 85}},
	} {
		parts, err := Allocate(euros(run.cents), shares, Remembered)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(run.want, unitsOf(parts)); diff != "" {
			t.Error(diff)
		}
		for i, part := range parts {
			shares[i].Balance += part.Delta
		}
	}
}

func TestAllocateRefuses(t *testing.T) {
	huge := FromMinorUnits(new(big.Int).Lsh(big.NewInt(1), 64), "EUR")
	for _, c := range []struct {
		code   string
		amount Money
		shares []Share
	}{
		{"negative_amount", euros(-1), sharesOf(1)},
		{"negative_weight", euros(1), sharesOf(2, -1)},
		{"amount_out_of_range", huge, sharesOf(1)},
	} {
		_, err := Allocate(c.amount, c.shares, Remembered)
		var refused *Error
		if !errors.As(err, &refused) || refused.Code != c.code {
			t.Errorf("got %v, want %s", err, c.code)
		}
	}
}

// TestAllocateDeltas compares deltas with figures worked out by hand.
func TestAllocateDeltas(t *testing.T) {
	parts, err := Allocate(euros(100), sharesOf(1, 1, 1), Remembered)
	if err != nil {
		t.Fatal(err)
	}
	want := []Part{
		{Units: 34, Delta: -666_666_666_667}, {Units: 33, Delta: 333_333_333_333},
		{Units: 33, Delta: 333_333_333_333},
	}
	if diff := gocmp.Diff(want, parts); diff != "" {
		t.Error(diff)
	}
}

func TestDivideHalfEven(t *testing.T) {
	for _, c := range []struct{ numerator, denominator, want uint64 }{
		{1, 2, 0}, {3, 2, 2}, {5, 2, 2}, {7, 2, 4}, {5, 3, 2}, {4, 3, 1}, {0, 7, 0},
	} {
		words := divideHalfEven(0, c.numerator, c.denominator)
		exact := quotientHalfEven(new(big.Int).SetUint64(c.numerator),
			new(big.Int).SetUint64(c.denominator))
		if words != RoundingBalance(c.want) || exact != words {
			t.Errorf("%d/%d = %d and %d, want %d", c.numerator, c.denominator, words, exact, c.want)
		}
	}
}

// allocateSlowly is what domain.md says, in fractions and word for word.
func allocateSlowly(amount uint64, shares []Share, rounding Rounding) []Part {
	total := new(big.Int)
	for _, share := range shares {
		total.Add(total, share.Weight)
	}
	parts := make([]Part, len(shares))
	if total.Sign() == 0 {
		return parts
	}
	exact, claims := make([]*big.Rat, len(shares)), make([]*big.Rat, len(shares))
	left, whole := amount, new(big.Rat).SetInt(new(big.Int).SetUint64(amount))
	order := []int{}
	for i, share := range shares {
		exact[i] = new(big.Rat).SetFrac(share.Weight, total)
		exact[i].Mul(exact[i], whole)
		floor := new(big.Int).Quo(exact[i].Num(), exact[i].Denom())
		parts[i].Units = floor.Uint64()
		left -= parts[i].Units
		fraction := new(big.Rat).Sub(exact[i], new(big.Rat).SetInt(floor))
		claims[i] = fraction
		if fraction.Sign() > 0 {
			order = append(order, i)
		}
		if rounding == Remembered {
			balance := big.NewRat(int64(share.Balance), roundingUnit)
			claims[i] = new(big.Rat).Add(fraction, balance)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return claims[j].Cmp(claims[i]) })
	for _, i := range order[:left] {
		parts[i].Units++
	}
	for i := range parts {
		given := new(big.Rat).SetInt(new(big.Int).SetUint64(parts[i].Units))
		parts[i].Delta = halfEven(given.Sub(exact[i], given))
	}
	return parts
}

// halfEven rounds a fraction of a unit to 10⁻¹² by its distance to both neighbours.
func halfEven(r *big.Rat) RoundingBalance {
	scaled := new(big.Rat).Mul(r, big.NewRat(roundingUnit, 1))
	below := new(big.Int).Div(scaled.Num(), scaled.Denom())
	beyond := scaled.Sub(scaled, new(big.Rat).SetInt(below)).Cmp(big.NewRat(1, 2))
	if beyond > 0 || beyond == 0 && below.Bit(0) == 1 {
		below.Add(below, big.NewInt(1))
	}
	return RoundingBalance(below.Int64())
}

// drawShares draws weights from tiny to far beyond a machine word.
func drawShares(t *rapid.T) []Share {
	digits := rapid.IntRange(1, 40).Draw(t, "digits")
	most := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	seed := rapid.Uint64().Draw(t, "seed")
	source := rand.New(rand.NewPCG(seed, 1))
	shares := make([]Share, rapid.IntRange(1, 40).Draw(t, "members"))
	same := rapid.IntRange(1, 4).Draw(t, "same")
	for i := range shares {
		weight := new(big.Int).SetUint64(source.Uint64())
		weight.Mul(weight, new(big.Int).SetUint64(source.Uint64()))
		shares[i].Weight = weight.Mod(weight, most)
		shares[i].Balance = RoundingBalance(source.Int64N(8*roundingUnit) - 4*roundingUnit)
		if i >= same && source.IntN(same) == 0 {
			shares[i] = Share{Weight: shares[i-same].Weight, Balance: shares[i-same].Balance}
		}
	}
	return shares
}

func drawRounding(t *rapid.T) Rounding {
	return rapid.SampledFrom([]Rounding{Remembered, LargestRemainder}).Draw(t, "rounding")
}

func TestAllocateIsTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shares, rounding := drawShares(t), drawRounding(t)
		amount := new(big.Int).SetUint64(rapid.Uint64().Draw(t, "amount"))
		parts, err := Allocate(FromMinorUnits(amount, "EUR"), shares, rounding)
		if err != nil {
			t.Fatal(err)
		}
		model := allocateSlowly(amount.Uint64(), shares, rounding)
		if diff := gocmp.Diff(model, parts); diff != "" {
			t.Fatal(diff)
		}
		checkParts(t, amount, shares, parts)
		total := new(big.Int)
		for _, share := range shares {
			total.Add(total, share.Weight)
		}
		if total.Sign() > 0 {
			if diff := gocmp.Diff(parts, allocateBig(amount, total, shares, rounding)); diff != "" {
				t.Fatal("by large integers it comes out otherwise: ", diff)
			}
		}
	})
}

// checkParts checks that parts sum to the amount and are less than a unit off.
func checkParts(t *rapid.T, amount *big.Int, shares []Share, parts []Part) {
	sum, total := new(big.Int), new(big.Int)
	for _, share := range shares {
		total.Add(total, share.Weight)
	}
	if total.Sign() == 0 {
		return
	}
	for i, part := range parts {
		units := new(big.Int).SetUint64(part.Units)
		sum.Add(sum, units)
		off := units.Mul(units, total)
		off.Sub(off, new(big.Int).Mul(amount, shares[i].Weight))
		if off.CmpAbs(total) >= 0 {
			t.Fatalf("part %d is a whole unit off", i)
		}
	}
	if sum.Cmp(amount) != 0 {
		t.Fatalf("the parts sum to %s, not %s", sum, amount)
	}
}

// Where no two shares tie, and with balances of their own they do not, their order
// does not matter.
func TestAllocateWithoutRegardToOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shares := drawShares(t)
		for i := range shares {
			shares[i].Balance += RoundingBalance(i)
		}
		amount := euros(rapid.Int64Range(0, math.MaxInt64).Draw(t, "amount"))
		order := rapid.Permutation(indexes(len(shares))).Draw(t, "order")
		moved := make([]Share, len(shares))
		for to, from := range order {
			moved[to] = shares[from]
		}
		parts, err := Allocate(amount, shares, Remembered)
		others, err2 := Allocate(amount, moved, Remembered)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		back := make([]Part, len(parts))
		for to, from := range order {
			back[from] = others[to]
		}
		if diff := gocmp.Diff(parts, back); diff != "" {
			t.Fatal(diff)
		}
	})
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func TestSelectLargest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 300).Draw(t, "n")
		spread := rapid.Int64Range(1, 400).Draw(t, "spread")
		candidates := make([]candidate, n)
		for i := range candidates {
			high := rapid.Int64Range(-spread, spread).Draw(t, "high")
			candidates[i] = candidate{high: high, low: uint64(high * 7), index: i}
		}
		k := rapid.IntRange(0, n).Draw(t, "k")
		want := slices.SortedFunc(slices.Values(candidates), compareCandidates)[:k]
		selectLargest(candidates, k)
		got := slices.SortedFunc(slices.Values(candidates[:k]), compareCandidates)
		if !slices.Equal(want, got) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// TestRoundingBalancesStayBounded lets members join and leave over 10,000
// allocations and asserts the bounds that Allocate promises, for single members
// and for those who are owed most together.
func TestRoundingBalancesStayBounded(t *testing.T) {
	source := rand.New(rand.NewPCG(2026, 10))
	balances, present := []RoundingBalance{0, 0}, []bool{true, true}
	const runs = 10_000
	for run := 1; run <= runs; run++ {
		if source.IntN(100) == 0 {
			balances, present = append(balances, 0), append(present, true)
		}
		gone := source.IntN(len(present))
		present[gone] = source.IntN(3) > 0
		shares := make([]Share, len(balances))
		for i := range shares {
			weight := int64(0)
			if present[i] {
				weight = source.Int64N(int64(1 + source.IntN(1000)))
			}
			shares[i] = Share{Weight: big.NewInt(weight), Balance: balances[i]}
		}
		parts, err := Allocate(euros(source.Int64N(100_000)), shares, Remembered)
		if err != nil {
			t.Fatal(err)
		}
		for i := range balances {
			balances[i] += parts[i].Delta
		}
		checkBalances(t, balances, run)
	}
}

// checkBalances asserts that the k largest balances sum to k(n−k)/2 at the most,
// and so do the k smallest below zero, apart from the deltas' own rounding.
func checkBalances(t *testing.T, balances []RoundingBalance, run int) {
	t.Helper()
	sorted := slices.Sorted(slices.Values(balances))
	n, lowest, highest := len(sorted), RoundingBalance(0), RoundingBalance(0)
	drift := RoundingBalance(run * n / 2)
	for k := 1; k <= n; k++ {
		lowest += sorted[k-1]
		highest += sorted[n-k]
		bound := RoundingBalance(k*(n-k))*roundingUnit/2 + drift
		if highest > bound || lowest < -bound {
			t.Fatalf("run %d: %d of %d members are %s and %s off, beyond %s",
				run, k, n, lowest, highest, bound)
		}
	}
}

// An adversary who always lets those take part who are owed most, or least, drives
// balances apart as far as it goes; the bound holds all the same.
func TestRoundingBalancesStayBoundedAgainstAnAdversary(t *testing.T) {
	for n := 2; n <= 12; n++ {
		balances := make([]RoundingBalance, n)
		for run := 1; run <= 3000; run++ {
			shares := make([]Share, n)
			order := indexes(n)
			slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(balances[i], balances[j]) })
			first := run % (n - 1)
			for i := range shares {
				shares[i] = Share{Weight: new(big.Int), Balance: balances[i]}
			}
			shares[order[first]].Weight.SetInt64(1)
			shares[order[first+1]].Weight.SetInt64(1)
			parts, err := Allocate(euros(1), shares, Remembered)
			if err != nil {
				t.Fatal(err)
			}
			for i := range balances {
				balances[i] += parts[i].Delta
			}
			checkBalances(t, balances, run)
		}
	}
}

func TestRoundingBalanceText(t *testing.T) {
	for text, want := range map[string]RoundingBalance{
		"0": 0, "0.25": roundingUnit / 4, "-0.000000000001": -1, "12.5": 12*roundingUnit + roundingUnit/2,
		"-999999": -999_999 * roundingUnit,
	} {
		got, err := ParseRoundingBalance(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%q is %d %q %v, want %d", text, got, got, err, want)
		}
	}
	for _, text := range []string{"", "1e3", "-0", "+1", "1000000", "0.0000000000001", "NaN"} {
		if got, err := ParseRoundingBalance(text); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
	if got := RoundingBalance(math.MinInt64).String(); got != "-9223372.036854775808" {
		t.Error(got)
	}
}

func FuzzAllocate(f *testing.F) {
	f.Add(uint64(85), uint64(1), uint64(1), uint64(1), int64(0), true)
	f.Add(uint64(331500), uint64(540), uint64(600), uint64(408), int64(-500_000_000_000), true)
	f.Add(uint64(math.MaxUint64), uint64(math.MaxUint64), uint64(1), uint64(0), int64(1), false)
	f.Add(uint64(1), uint64(math.MaxInt64), uint64(0), uint64(0), int64(math.MinInt64), true)
	f.Fuzz(func(t *testing.T, amount, first, second, third uint64, balance int64, remember bool) {
		shares := make([]Share, 3)
		for i, weight := range []uint64{first, second, third} {
			shares[i].Weight = new(big.Int).SetUint64(weight)
			shares[i].Balance = RoundingBalance(balance / int64(i+1))
		}
		rounding := LargestRemainder
		if remember {
			rounding = Remembered
		}
		parts, err := Allocate(FromMinorUnits(new(big.Int).SetUint64(amount), "EUR"), shares, rounding)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(allocateSlowly(amount, shares, rounding), parts); diff != "" {
			t.Fatal(diff)
		}
	})
}

// hundredThousand returns 100,000 members with weights and balances as they come.
func hundredThousand() (Money, []Share) {
	source := rand.New(rand.NewPCG(7, 7))
	shares := make([]Share, 100_000)
	for i := range shares {
		shares[i].Weight = big.NewInt(source.Int64N(2_000_000))
		shares[i].Balance = RoundingBalance(source.Int64N(2*roundingUnit) - roundingUnit)
	}
	return euros(123_456_789_01), shares
}

// BenchmarkAllocate reports, beside its own time, how many times longer the same
// division takes in a plain loop over math/big.Rat.
func BenchmarkAllocate(b *testing.B) {
	amount, shares := hundredThousand()
	begun := time.Now()
	allocateSlowly(amount.MinorUnits().Uint64(), shares, Remembered)
	slowly := time.Since(begun)
	for b.Loop() {
		if _, err := Allocate(amount, shares, Remembered); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(slowly)*float64(b.N)/float64(b.Elapsed()), "rat/allocate")
}

// BenchmarkAllocateBig is the same with weights beyond a machine word.
func BenchmarkAllocateBig(b *testing.B) {
	amount, shares := hundredThousand()
	for i := range shares {
		shares[i].Weight.Lsh(shares[i].Weight, 60)
	}
	for b.Loop() {
		if _, err := Allocate(amount, shares, Remembered); err != nil {
			b.Fatal(err)
		}
	}
}

package ledger

import (
	"cmp"
	"math/big"
	"math/bits"
	"slices"
	"strings"
)

// Rounding says who gets the minor units that rounding down leaves over.
type Rounding string

// Remembered gives them to those whom rounding has favoured least so far;
// LargestRemainder looks at the one division alone.
const (
	Remembered       Rounding = "remembered"
	LargestRemainder Rounding = "largest_remainder"
)

// Known reports whether r is one of the two.
func (r Rounding) Known() bool { return r == Remembered || r == LargestRemainder }

// RoundingBalance is what rounding still owes a member or, below zero, has given
// ahead: a whole number of 10⁻¹² minor units.
type RoundingBalance int64

// roundingUnit is one minor unit as a RoundingBalance.
const roundingUnit = 1_000_000_000_000

// ParseRoundingBalance reads a decimal of minor units, such as "-0.25", with at
// most 12 decimals and 6 digits before them.
func ParseRoundingBalance(s string) (RoundingBalance, error) {
	d, err := ParseDecimal(s)
	if err != nil {
		return 0, err
	}
	units := d.Shift(12).BigInt()
	if units.CmpAbs(big.NewInt(1_000_000*roundingUnit)) >= 0 {
		return 0, Errorf(Invalid, "amount_out_of_range",
			"A rounding balance stays below a million minor units; check the figure.")
	}
	return RoundingBalance(units.Int64()), nil
}

// String returns the balance in minor units as a plain decimal without trailing
// zeros.
func (b RoundingBalance) String() string {
	digits := new(big.Int).Abs(big.NewInt(int64(b))).String()
	digits = strings.Repeat("0", max(0, 13-len(digits))) + digits
	whole, fraction := digits[:len(digits)-12], strings.TrimRight(digits[len(digits)-12:], "0")
	if fraction != "" {
		whole += "." + fraction
	}
	if b < 0 {
		return "-" + whole
	}
	return whole
}

// MarshalText returns what String returns.
func (b RoundingBalance) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText takes what ParseRoundingBalance takes.
func (b *RoundingBalance) UnmarshalText(text []byte) (err error) {
	*b, err = ParseRoundingBalance(string(text))
	return err
}

// Share is what one member brings to an allocation. Weights of one allocation
// are whole numbers on one scale; Balance is the member's rounding balance.
type Share struct {
	Weight  *big.Int
	Balance RoundingBalance
}

// Part is what one member gets: whole minor units, and by how much the exact
// share is above them, rounded half-even to 10⁻¹² of a unit.
type Part struct {
	Units uint64
	Delta RoundingBalance
}

// Money returns the part as money.
func (p Part) Money(currency Currency) Money {
	return FromMinorUnits(new(big.Int).SetUint64(p.Units), currency)
}

// Allocate divides the amount in proportion to the weights, to the minor unit of
// its currency. The parts sum to the amount, and each is less than a unit away
// from its exact share amount × weight / sum of weights. If no weight is above
// zero, nothing is allocated.
//
// Everybody first gets the exact share rounded down. The units left go one each
// to those with the largest fraction plus rounding balance; ties go to the
// earlier share, so shares are given in order of join number, and whoever has no
// fraction gets none. With LargestRemainder the balances are left out.
//
// If every delta is added to its member's balance and balances begin at zero,
// none is ever further from zero than (n−1)/2 minor units under Remembered,
// where n members took part at any time in any proportions (apart from the
// deltas' own rounding, 10⁻¹²·n/2 in each allocation): any k of them together
// stay within k(n−k)/2. Under LargestRemainder there is no such bound.
func Allocate(amount Money, shares []Share, rounding Rounding) ([]Part, error) {
	units, total := amount.MinorUnits(), new(big.Int)
	for i := range shares {
		if shares[i].Weight.Sign() < 0 {
			return nil, Errorf(Invalid, "negative_weight", "A weight below zero takes no part.")
		}
		total.Add(total, shares[i].Weight)
	}
	switch {
	case units.Sign() < 0:
		return nil, Errorf(Invalid, "negative_amount",
			"Amounts below zero are not allocated; reverse what was posted.")
	case !units.IsUint64():
		return nil, Errorf(Invalid, "amount_out_of_range", "Amounts go up to 10^15; split it.")
	case total.Sign() == 0:
		return make([]Part, len(shares)), nil
	case total.IsInt64():
		return allocateWords(units.Uint64(), total.Uint64(), shares, rounding), nil
	}
	return allocateBig(units, total, shares, rounding), nil
}

// candidate is a share with a fraction; its claim to a unit left over is the
// 128-bit signed number high·2⁶⁴ + low.
type candidate struct {
	high  int64
	low   uint64
	index int
}

// allocateWords is Allocate for weights that sum to less than 2⁶³: products then
// fit into two machine words.
func allocateWords(amount, total uint64, shares []Share, rounding Rounding) []Part {
	parts := make([]Part, len(shares))
	candidates := make([]candidate, 0, len(shares))
	left := amount
	for i := range shares {
		high, low := bits.Mul64(amount, shares[i].Weight.Uint64())
		units, rest := bits.Div64(high, low, total)
		parts[i].Units = units
		left -= units
		if rest == 0 {
			continue
		}
		c := candidate{index: i}
		high, c.low = bits.Mul64(rest, roundingUnit)
		parts[i].Delta = divideHalfEven(high, c.low, total)
		c.high = int64(high)
		if rounding == Remembered {
			c.add(shares[i].Balance, total)
		}
		candidates = append(candidates, c)
	}
	selectLargest(candidates, int(left))
	for _, c := range candidates[:left] {
		parts[c.index].Units++
		parts[c.index].Delta -= roundingUnit
	}
	return parts
}

// add adds balance × total; both are below 2⁶³ in size, so nothing overflows.
func (c *candidate) add(balance RoundingBalance, total uint64) {
	var carry uint64
	if balance < 0 {
		high, low := bits.Mul64(-uint64(balance), total)
		c.low, carry = bits.Sub64(c.low, low, 0)
		c.high -= int64(high + carry)
		return
	}
	high, low := bits.Mul64(uint64(balance), total)
	c.low, carry = bits.Add64(c.low, low, 0)
	c.high += int64(high + carry)
}

// divideHalfEven divides two words by one; the quotient must fit into one.
func divideHalfEven(high, low, by uint64) RoundingBalance {
	quotient, rest := bits.Div64(high, low, by)
	if other := by - rest; rest > other || rest == other && quotient&1 == 1 {
		quotient++
	}
	return RoundingBalance(quotient)
}

// compareCandidates puts larger claims first, and earlier shares among equals.
func compareCandidates(a, b candidate) int {
	switch {
	case a.high != b.high:
		return cmp.Compare(b.high, a.high)
	case a.low != b.low:
		return cmp.Compare(b.low, a.low)
	}
	return cmp.Compare(a.index, b.index)
}

// selectLargest moves the n first candidates by compareCandidates to the front,
// in any order: quickselect, and a sort should the pivots keep failing.
func selectLargest(candidates []candidate, n int) {
	for tries := 2 * bits.Len(uint(len(candidates))); n > 0 && n < len(candidates); tries-- {
		if tries == 0 || len(candidates) <= 16 {
			slices.SortFunc(candidates, compareCandidates)
			return
		}
		before := partition(candidates)
		if before >= n {
			candidates = candidates[:before]
		} else {
			candidates, n = candidates[before+1:], n-before-1
		}
	}
}

// partition puts a pivot, the median of three, where it belongs and returns how
// many candidates come before it.
func partition(c []candidate) int {
	last := len(c) - 1
	medianToEnd(c)
	before := 0
	for i := range last {
		if compareCandidates(c[i], c[last]) < 0 {
			c[i], c[before] = c[before], c[i]
			before++
		}
	}
	c[before], c[last] = c[last], c[before]
	return before
}

// medianToEnd swaps the median of the first, middle and last candidate to the end.
func medianToEnd(c []candidate) {
	first, middle, last := 0, len(c)/2, len(c)-1
	if compareCandidates(c[middle], c[first]) < 0 {
		c[middle], c[first] = c[first], c[middle]
	}
	if compareCandidates(c[last], c[first]) < 0 {
		c[last], c[first] = c[first], c[last]
	}
	if compareCandidates(c[middle], c[last]) < 0 {
		c[middle], c[last] = c[last], c[middle]
	}
}

// allocateBig is Allocate for weights of any size.
func allocateBig(amount, total *big.Int, shares []Share, rounding Rounding) []Part {
	numerators := make([]*big.Int, len(shares))
	for i := range shares {
		numerators[i] = new(big.Int).Mul(amount, shares[i].Weight)
	}
	balance := func(i int) RoundingBalance { return 0 }
	if rounding == Remembered {
		balance = func(i int) RoundingBalance { return shares[i].Balance }
	}
	return roundFractions(numerators, total, balance)
}

// roundFractions rounds the exact shares numerator / denominator, which must sum
// to a whole number, to parts of the same sum.
func roundFractions(
	numerators []*big.Int, denominator *big.Int, balance func(i int) RoundingBalance,
) []Part {
	type claim struct {
		size  *big.Int
		index int
	}
	parts, claims := make([]Part, len(numerators)), []claim{}
	rests, units, unit := new(big.Int), new(big.Int), big.NewInt(roundingUnit)
	for i, numerator := range numerators {
		rest := new(big.Int)
		units.QuoRem(numerator, denominator, rest)
		parts[i].Units = units.Uint64()
		if rest.Sign() == 0 {
			continue
		}
		rests.Add(rests, rest)
		rest.Mul(rest, unit)
		parts[i].Delta = quotientHalfEven(rest, denominator)
		owed := units.Mul(big.NewInt(int64(balance(i))), denominator)
		claims = append(claims, claim{size: rest.Add(rest, owed), index: i})
	}
	slices.SortStableFunc(claims, func(a, b claim) int { return b.size.Cmp(a.size) })
	for _, c := range claims[:rests.Quo(rests, denominator).Int64()] {
		parts[c.index].Units++
		parts[c.index].Delta -= roundingUnit
	}
	return parts
}

// quotientHalfEven divides a number that is not negative.
func quotientHalfEven(numerator, denominator *big.Int) RoundingBalance {
	quotient, rest := new(big.Int).QuoRem(numerator, denominator, new(big.Int))
	half := rest.Lsh(rest, 1).Cmp(denominator)
	if half > 0 || half == 0 && quotient.Bit(0) == 1 {
		return RoundingBalance(quotient.Int64() + 1)
	}
	return RoundingBalance(quotient.Int64())
}

// Spare says how the minor units were given that rounding down left over, seen
// from one share: so many Units for so many Candidates, which are the shares with a
// fraction. Rank is the share's place among them from 1, 0 if it is none; the first
// Units of them got one each.
type Spare struct{ Units, Candidates, Rank int }

// SpareOf returns how Allocate gives the units left over, seen from the i-th
// share. Weights must sum to more than zero.
func SpareOf(amount Money, shares []Share, rounding Rounding, i int) Spare {
	units, total, spare := amount.MinorUnits(), new(big.Int), Spare{}
	for _, share := range shares {
		total.Add(total, share.Weight)
	}
	// A claim is (fraction + balance) × total, in 10⁻¹² of a unit.
	rests, unit := new(big.Int), big.NewInt(roundingUnit)
	claimOf := func(share Share) (claim *big.Int, fraction bool) {
		rest := new(big.Int).Mul(units, share.Weight)
		rest.Rem(rest, total)
		rests.Add(rests, rest)
		fraction = rest.Sign() > 0
		rest.Mul(rest, unit)
		if rounding == Remembered {
			rest.Add(rest, new(big.Int).Mul(big.NewInt(int64(share.Balance)), total))
		}
		return rest, fraction
	}
	own, candidate := claimOf(shares[i])
	rests.SetInt64(0)
	for j, share := range shares {
		claim, fraction := claimOf(share)
		if !fraction {
			continue
		}
		spare.Candidates++
		if order := claim.Cmp(own); order > 0 || order == 0 && j <= i {
			spare.Rank++
		}
	}
	if !candidate {
		spare.Rank = 0
	}
	spare.Units = int(rests.Quo(rests, total).Int64())
	return spare
}

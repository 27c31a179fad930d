package independent_test

import (
	"math/big"
	"strings"
)

// Fractions here are never changed once made: every function returns a new one.
// Money is counted in minor units of the agreement's currency.

func number(n int64) *big.Rat            { return new(big.Rat).SetInt64(n) }
func add(a, b *big.Rat) *big.Rat         { return new(big.Rat).Add(a, b) }
func sub(a, b *big.Rat) *big.Rat         { return new(big.Rat).Sub(a, b) }
func mul(a, b *big.Rat) *big.Rat         { return new(big.Rat).Mul(a, b) }
func quo(a, b *big.Rat) *big.Rat         { return new(big.Rat).Quo(a, b) }
func smaller(a, b *big.Rat) bool         { return a.Cmp(b) < 0 }
func positive(a *big.Rat) bool           { return a.Sign() > 0 }
func noLessThanZero(a *big.Rat) *big.Rat { return greaterOf(a, number(0)) }

func lesserOf(a, b *big.Rat) *big.Rat {
	if smaller(b, a) {
		return b
	}
	return a
}

func greaterOf(a, b *big.Rat) *big.Rat {
	if smaller(a, b) {
		return b
	}
	return a
}

func sum(parts []*big.Rat) *big.Rat {
	total := number(0)
	for _, part := range parts {
		total = add(total, part)
	}
	return total
}

// roundDown is the greatest whole number not above a.
func roundDown(a *big.Rat) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Div(a.Num(), a.Denom()))
}

// roundHalfEven keeps so many decimals of a; what lies halfway goes to the even digit.
func roundHalfEven(a *big.Rat, decimals int) *big.Rat {
	scale := powerOfTen(decimals)
	scaled := mul(a, scale)
	below := roundDown(scaled)
	odd := below.Num().Bit(0) == 1
	side := sub(scaled, below).Cmp(big.NewRat(1, 2))
	if side > 0 || side == 0 && odd {
		below = add(below, number(1))
	}
	return quo(below, scale)
}

func powerOfTen(n int) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil))
}

// fraction reads a decimal number as documents write it.
func fraction(text string) *big.Rat {
	a, ok := new(big.Rat).SetString(text)
	if !ok || strings.ContainsAny(text, "/eE_") {
		panic("not a decimal number: " + text)
	}
	return a
}

// minorDigits is how many decimals money of a currency has.
func minorDigits(currency string) int {
	switch currency {
	case "JPY":
		return 0
	case "KWD":
		return 3
	}
	return 2
}

// minorUnits reads an amount of money.
func minorUnits(text string, digits int) *big.Rat {
	units := mul(fraction(text), powerOfTen(digits))
	if !units.IsInt() {
		panic("more decimals than the currency has: " + text)
	}
	return units
}

// moneyText writes an amount with the digits of its currency.
func moneyText(units *big.Rat, digits int) string {
	if !units.IsInt() {
		panic("not whole minor units: " + units.String())
	}
	return quo(units, powerOfTen(digits)).FloatString(digits)
}

// percentOf is one of the four places where something is rounded: a percentage of an
// amount, half-even to the minor unit.
func percentOf(percent string, amount *big.Rat) *big.Rat {
	return roundHalfEven(quo(mul(amount, fraction(percent)), number(100)), 0)
}

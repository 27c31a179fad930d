package agreement

import (
	"math/bits"
	"slices"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// Decay says how what was contributed fades: by Factor for every whole day, week
// or month (Per) that has passed. With no Per nothing fades.
type Decay struct {
	Factor decimal.Decimal
	Per    string
}

// DecayStep is a stretch of time whose contributions count by one factor: those
// performed on From or later, up to the step before. The last step has no From and
// goes back for ever.
type DecayStep struct {
	From   ledger.Date
	Factor decimal.Decimal
}

// decayScale is one as a factor: factors have 18 decimals.
const decayScale = 1_000_000_000_000_000_000

// Steps returns the steps back from through, newest first, as far as oldest. The
// factor of the n-th is the one before times Factor, rounded half-even to 18
// decimals; n is the largest number of whole units between the day and through.
func (d Decay) Steps(through, oldest ledger.Date) []DecayStep {
	steps, factors := []DecayStep{}, d.factors()
	unit := Count{Unit: d.Per + "s"}
	for d.Per != "" && factors.at(len(steps)) > 0 {
		unit.Number = len(steps) + 1
		from := unit.back(through).AddDays(1)
		if !from.After(oldest) {
			break
		}
		steps = append(steps, DecayStep{From: from, Factor: decayFactor(factors.at(len(steps)))})
	}
	return append(steps, DecayStep{Factor: decayFactor(factors.at(len(steps)))})
}

// Fading returns by which factor what was done on a day counts on the day through;
// one without decay. It works out each factor once.
func (d Decay) Fading(through ledger.Date) func(day ledger.Date) decimal.Decimal {
	factors := d.factors()
	return func(day ledger.Date) decimal.Decimal {
		if d.Per == "" {
			return decayFactor(decayScale)
		}
		return decayFactor(factors.at(d.elapsed(day, through)))
	}
}

// decayFactors are the factors of a decay that were needed so far, in 10^-18; each is
// the one before, faded.
type decayFactors struct {
	millionths uint64
	known      []uint64
}

func (d Decay) factors() *decayFactors {
	return &decayFactors{millionths: d.millionths(), known: []uint64{decayScale}}
}

func (f *decayFactors) at(n int) uint64 {
	f.known = slices.Grow(f.known, max(0, n+1-len(f.known)))
	for len(f.known) <= n {
		f.known = append(f.known, fade(f.known[len(f.known)-1], f.millionths))
	}
	return f.known[n]
}

func (d Decay) millionths() uint64 { return d.Factor.Shift(6).BigInt().Uint64() }

// elapsed returns how many whole units lie between the day and through: the largest
// number of units whose way back from through ends on the day or later.
func (d Decay) elapsed(day, through ledger.Date) int {
	days := dayOf(through) - dayOf(day)
	switch d.Per {
	case "day":
		return days
	case "week":
		return days / 7
	}
	months := through.MonthsSince(day)
	if day.After(through.BackMonths(months)) {
		months--
	}
	return months
}

func decayFactor(scaled uint64) decimal.Decimal { return decimal.New(int64(scaled), -18) }

// fade multiplies by so many millionths and rounds half-even.
func fade(factor, millionths uint64) uint64 {
	high, low := bits.Mul64(factor, millionths)
	faded, rest := bits.Div64(high, low, 1_000_000)
	if rest > 500_000 || rest == 500_000 && faded&1 == 1 {
		faded++
	}
	return faded
}

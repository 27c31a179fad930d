package agreement

import (
	"math/bits"

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
	steps, factor := []DecayStep{}, uint64(decayScale)
	unit := Count{Unit: d.Per + "s"}
	millionths := d.millionths()
	for d.Per != "" && factor > 0 {
		unit.Number = len(steps) + 1
		from := unit.back(through).AddDays(1)
		if !from.After(oldest) {
			break
		}
		steps = append(steps, DecayStep{From: from, Factor: decayFactor(factor)})
		factor = fade(factor, millionths)
	}
	return append(steps, DecayStep{Factor: decayFactor(factor)})
}

// Faded returns the factor by which what was done on the day counts on the day
// through; one without decay.
func (d Decay) Faded(day, through ledger.Date) decimal.Decimal {
	factor := uint64(decayScale)
	if d.Per != "" {
		for range d.elapsed(day, through) {
			factor = fade(factor, d.millionths())
		}
	}
	return decayFactor(factor)
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

package agreement

import (
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// maxWork bounds what the examples of a file may cost: one for each contribution
// that a rule looks at and each decay factor, memberWork for each member in a rule.
const (
	maxWork    = 300_000
	memberWork = 30
)

// weighedContribution is a contribution of an example, its weight in whole numbers
// of 10^-12 and its day as a number.
type weighedContribution struct {
	member     int
	kind, area string
	date       ledger.Date
	day        int
	weight     *big.Int
}

// weightDecimals are those of a quantity times a rate.
const weightDecimals = 12

func (b *books) weighed(c ExampleContribution, through ledger.Date) weighedContribution {
	if c.Date.IsZero() {
		c.Date = through
	}
	return weighedContribution{
		member: b.joinNumbers[c.Member] - 1, kind: c.Kind, area: c.Area, date: c.Date,
		day: dayOf(c.Date), weight: c.Quantity.Mul(c.Rate).Shift(weightDecimals).BigInt(),
	}
}

// dayOf numbers the days.
func dayOf(date ledger.Date) int { return int(date.Time().Unix() / (24 * 60 * 60)) }

// spend takes what the rules will cost in the next example from what is left.
func (b *books) spend(through ledger.Date) {
	oldest := through
	for _, c := range b.contributions {
		if c.date.Before(oldest) {
			oldest = c.date
		}
	}
	for _, placed := range b.agreement.placed() {
		*b.work -= memberWork
		if placed.Give.Form == GiveClaims || placed.Give.Form == GiveMembers {
			*b.work -= memberWork * len(b.members)
		}
		if placed.Give.Form != GiveMembers {
			continue
		}
		*b.work -= len(b.contributions)
		if reading := placed.reading(through); reading.fades() {
			*b.work -= reading.Decay.elapsed(oldest, through)
		}
	}
}

// weights sums up what counts for each member, per kind of the reading.
func (b *books) weights(reading Reading) [][]decimal.Decimal {
	sums, term := make([]big.Int, len(b.members)*len(reading.Kinds)), new(big.Int)
	w := window{reading: reading, covered: b.covered[reading.Rule], from: dayOf(reading.From)}
	for _, member := range b.members {
		_, last := member.takesPart(reading)
		w.lasts = append(w.lasts, dayOf(last))
	}
	exponent := int32(-weightDecimals)
	if reading.fades() {
		exponent -= 18
	}
	for i, c := range b.contributions {
		kind := slices.Index(reading.Kinds, c.kind)
		if kind < 0 || !w.counts(c, i+1) {
			continue
		}
		weight := c.weight
		if reading.fades() {
			factor := b.factor(reading.Decay, reading.Decay.elapsed(c.date, reading.Through))
			weight = term.Mul(weight, term.SetUint64(factor))
		}
		sum := &sums[c.member*len(reading.Kinds)+kind]
		sum.Add(sum, weight)
	}
	rows := make([][]decimal.Decimal, len(b.members))
	for i := range sums {
		member := i / len(reading.Kinds)
		rows[member] = append(rows[member], decimal.NewFromBigInt(&sums[i], exponent))
	}
	return rows
}

// window says which contributions a rule counts.
type window struct {
	reading Reading
	covered coverage
	from    int
	lasts   []int
}

// counts reports whether the contribution, of a number in the order of acceptance, is
// of an area and a day that count and not covered yet.
func (w window) counts(c weighedContribution, number int) bool {
	r := w.reading
	if len(r.Areas) > 0 && !slices.Contains(r.Areas, c.area) {
		return false
	}
	if r.Count.Form == CountNew && w.covered.has(number, c.day) {
		return false
	}
	return r.Through.IsZero() || (r.From.IsZero() || c.day >= w.from) && c.day <= w.lasts[c.member]
}

func (r Reading) fades() bool { return r.Decay.Per != "" && !r.Through.IsZero() }

// factor returns the n-th factor of the decay, in 10^-18.
func (b *books) factor(d Decay, n int) uint64 {
	millionths := d.millionths()
	if b.fading[millionths] == nil {
		b.fading[millionths] = d.factors()
	}
	return b.fading[millionths].at(n)
}

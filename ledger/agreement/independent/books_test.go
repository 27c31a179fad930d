package independent_test

import (
	"math/big"
	"slices"
)

// tally keeps a sum per name.
type tally map[string]*big.Rat

func (t tally) of(name string) *big.Rat {
	if t[name] == nil {
		return number(0)
	}
	return t[name]
}

func (t tally) add(name string, amount *big.Rat) { t[name] = add(t.of(name), amount) }

// texts writes the amounts that are not zero.
func (t tally) texts(digits int) map[string]string {
	texts := map[string]string{}
	for name, amount := range t {
		if amount.Sign() != 0 {
			texts[name] = moneyText(amount, digits)
		}
	}
	return texts
}

// tallies keeps a sum per pair of names: claims by kind and member, received by rule and member.
type tallies map[string]tally

func (t tallies) at(name string) tally {
	if t[name] == nil {
		t[name] = tally{}
	}
	return t[name]
}

// books are what goes on from an example to the one that continues it: outstanding claims,
// fund balances, received sums, rounding balances, what was carried, all contributions so
// far and what rules have covered. The members go on as well, for none is ever deleted.
type books struct {
	members       []member // in join order
	claims        tallies
	funds         tally
	received      tallies
	rounding      tally
	carried       *big.Rat
	contributions []accepted
	covered       map[string]map[int]bool
}

// accepted is a contribution with its weight fixed. Its acceptance number is its place.
type accepted struct {
	member, kind, area string
	date               day
	weight             *big.Rat
}

func newBooks() *books {
	return &books{
		claims: tallies{}, funds: tally{}, received: tallies{}, rounding: tally{},
		carried: number(0), covered: map[string]map[int]bool{},
	}
}

// open adds what the example brings of its own. A claim is added to what is outstanding.
func (b *books) open(d document, e example) {
	for _, m := range e.Members {
		b.know(m)
	}
	digits := minorDigits(d.Currency)
	for kind, members := range e.Claims {
		for handle, amount := range members {
			b.claims.at(kind).add(handle, minorUnits(amount, digits))
		}
	}
	for fund, amount := range e.Funds {
		b.funds.add(fund, minorUnits(amount, digits))
	}
	for rule, members := range e.Received {
		for handle, amount := range members {
			b.received.at(rule).add(handle, minorUnits(amount, digits))
		}
	}
	for handle, balance := range e.Rounding {
		b.rounding.add(handle, fraction(balance))
	}
	for _, c := range e.Contributions {
		b.accept(c, dayOf(e.Through))
	}
}

// know has a member as the example lists them. Whoever was there before keeps the place that
// they joined in.
func (b *books) know(m member) {
	at := slices.IndexFunc(b.members, func(known member) bool { return known.Handle == m.Handle })
	if at < 0 {
		b.members = append(b.members, m)
		return
	}
	b.members[at] = m
}

// accept takes a contribution in: its weight is quantity times rate, kept in full, and it is
// dated like the distribution unless it says otherwise.
func (b *books) accept(c contribution, through day) {
	rate := "1"
	if c.Rate != "" {
		rate = c.Rate
	}
	date := through
	if c.Date != "" {
		date = dayOf(c.Date)
	}
	b.contributions = append(b.contributions, accepted{
		member: c.Member, kind: c.Kind, area: c.Area, date: date,
		weight: mul(fraction(c.Quantity), fraction(rate)),
	})
}

// cover notes that a rule has covered everything accepted by now and performed not after
// through, whatever its kind and whoever its member.
func (b *books) cover(rule string, through day) {
	if b.covered[rule] == nil {
		b.covered[rule] = map[int]bool{}
	}
	for i, c := range b.contributions {
		if !c.date.after(through) {
			b.covered[rule][i] = true
		}
	}
}

package agreement

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// basis is whom a rule divides over, in the order of join numbers: each with a
// weight above zero, a whole number of 10^exponent. Asked says that weights are the
// minor units that members ask for; absent marks parties whose part stays left.
type basis struct {
	members  []int
	weights  []big.Int
	absent   []bool
	asked    bool
	exponent int32
}

// weight returns the i-th member's weight.
func (b basis) weight(i int) decimal.Decimal {
	return decimal.NewFromBigInt(&b.weights[i], b.exponent)
}

func (e *evaluation) giveMembers(rule Rule, done *RuleResult) error {
	rows := e.rules[rule.ID]
	b, notes := weigh(rule.Give.Members, rows)
	for _, note := range notes {
		note.Rule = rule.ID
		e.result.Notes = append(e.result.Notes, note)
	}
	e.trace.weigh(rule.Give.Members, rows, b, done)
	switch {
	case len(rows.Members) == 0 && len(rows.Absent) > 0:
		done.explain(AllAbsent)
	case len(rows.Members) == 0 && (rule.Give.Members.By == ByEqual || rule.Give.Members.By == ByShares):
		done.explain(Nobody)
	case len(b.members) == 0 && rule.Give.Members.By == ByTakes:
		done.explain(NothingAsked)
	case len(b.members) == 0:
		done.explain(NoWeight)
	}
	if done.Why != "" {
		done.Members, done.TotalWeight = len(b.members), b.sum()
		return nil
	}
	switch rule.Give.Members.By {
	case ByCatchUp:
		b = b.missing(rows.Received, done.Took)
	case ByTakes:
		digits, _ := e.inputs.Currency.Digits()
		b = b.inMinorUnits(digits)
	}
	bounded := rule.Give.Members.Limits.bound(b, done.Took.MinorUnits())
	e.trace.bound(b, bounded)
	done.Members, done.TotalWeight = len(bounded.members), bounded.sum()
	if len(bounded.members) == 0 {
		done.explain(BelowLeast)
		return nil
	}
	return e.divide(rule, bounded, done)
}

// sum returns the sum of the weights.
func (b basis) sum() decimal.Decimal { return decimal.NewFromBigInt(b.total(), b.exponent) }

// divide allocates what a rule took, as far as its limits let it. The part of a
// party who is absent stays left, and their rounding balance as it was.
func (e *evaluation) divide(rule Rule, b bounded, done *RuleResult) error {
	currency := done.Took.Currency
	done.Divided = ledger.FromMinorUnits(b.amount, currency)
	parts, err := e.allocate(done.Divided, b.members, b.weights)
	if err != nil {
		return err
	}
	done.Allocations = make([]Allocation, 0, len(parts))
	gave, units := new(big.Int), new(big.Int)
	for i, part := range parts {
		if b.absent != nil && b.absent[i] {
			continue
		}
		e.settle(b.members[i], part.Delta)
		gave.Add(gave, units.SetUint64(part.Units))
		given := Allocation{
			Rule: done.Rule, Member: b.members[i], Amount: part.Money(currency), Weight: b.weight(i),
		}
		given.Kept = ledger.Percent(given.Amount, rule.Give.Members.Keep)
		done.Allocations = append(done.Allocations, given)
	}
	done.Gave = ledger.FromMinorUnits(gave, currency)
	done.explain(AllAbsent)
	return nil
}

// missing returns what each member is short of a fair part of all that the rule
// ever gave them, the amount included: that total × weight / all weights − what
// they got, where it is above zero. The weights become these sums, as whole numbers
// with nothing in common.
func (b basis) missing(received []MemberAmount, amount ledger.Money) basis {
	all, got := b.total(), make(map[int]*big.Int, len(received))
	given := amount.MinorUnits()
	for _, row := range received {
		got[row.Member] = ledger.Money{Amount: row.Amount, Currency: amount.Currency}.MinorUnits()
		given.Add(given, got[row.Member])
	}
	short := basis{}
	for i, member := range b.members {
		var sum big.Int
		sum.Mul(given, &b.weights[i])
		if before := got[member]; before != nil {
			sum.Sub(&sum, new(big.Int).Mul(before, all))
		}
		if sum.Sign() > 0 {
			short.members = append(short.members, member)
			short.weights = append(short.weights, sum)
		}
	}
	short.reduce()
	return short
}

// inMinorUnits returns the basis with weights that are amounts as minor units.
func (b basis) inMinorUnits(digits int32) basis {
	scaled := basis{members: b.members, asked: true, exponent: -digits}
	scaled.weights = make([]big.Int, len(b.weights))
	for i := range b.weights {
		scaled.weights[i].Mul(&b.weights[i], powerOfTen(b.exponent+digits))
	}
	return scaled
}

// weigh returns the members of a rule with a weight above zero, and a note for
// each whose weight came out below.
func weigh(members Members, in RuleInputs) (basis, []Note) {
	rows := in.Members
	if len(in.Absent) > 0 {
		rows = slices.Concat(in.Members, in.Absent)
		slices.SortFunc(rows, func(a, b MemberWeights) int { return cmp.Compare(a.Member, b.Member) })
	}
	sums := newSums(members, rows)
	b := basis{members: make([]int, 0, len(rows)), exponent: sums.exponent}
	b.weights = make([]big.Int, 0, len(rows))
	notes := []Note{}
	for _, row := range rows {
		var sum big.Int
		sums.add(&sum, row.Weights)
		if sum.Sign() < 0 {
			weight := decimal.NewFromBigInt(&sum, sums.exponent)
			notes = append(notes, Note{Member: row.Member, Weight: weight})
		}
		if sum.Sign() > 0 {
			b.members = append(b.members, row.Member)
			b.weights = append(b.weights, sum)
		}
	}
	if len(in.Absent) > 0 {
		b.absent = make([]bool, len(b.members))
		for i, member := range b.members {
			_, b.absent[i] = slices.BinarySearchFunc(in.Absent, member,
				func(row MemberWeights, member int) int { return cmp.Compare(row.Member, member) })
		}
	}
	return b, notes
}

// sums adds up weights times factors in whole numbers of 10^exponent.
type sums struct {
	// equal says that everybody counts one.
	equal    bool
	factors  []decimal.Decimal
	whole    []*big.Int
	exponent int32
	term     big.Int
}

// newSums finds the exponent on which every product of the rows is whole.
func newSums(members Members, rows []MemberWeights) *sums {
	s := &sums{equal: members.By == ByEqual}
	switch members.By {
	case ByShares, ByTakes:
		s.factors = []decimal.Decimal{decimal.New(1, 0)}
	case ByContributions, ByCatchUp:
		for _, factor := range members.Factors {
			if factor.Factor.Sign() > 0 {
				s.factors = append(s.factors, factor.Factor)
			}
		}
	}
	for _, factor := range s.factors {
		s.whole = append(s.whole, factor.Coefficient())
	}
	for _, row := range rows {
		for i, weight := range row.Weights {
			s.exponent = min(s.exponent, weight.Exponent()+s.factors[i].Exponent())
		}
	}
	return s
}

// add adds the weights times their factors to the sum.
func (s *sums) add(sum *big.Int, weights []decimal.Decimal) {
	if s.equal {
		sum.SetInt64(1)
	}
	for i, weight := range weights {
		if weight.NumDigits() <= 18 {
			s.term.SetInt64(weight.CoefficientInt64())
		} else {
			s.term.Set(weight.Coefficient())
		}
		s.term.Mul(&s.term, s.whole[i])
		if shift := weight.Exponent() + s.factors[i].Exponent() - s.exponent; shift > 0 {
			s.term.Mul(&s.term, powerOfTen(shift))
		}
		sum.Add(sum, &s.term)
	}
}

var powersOfTen = func() (powers [64]*big.Int) {
	for i := range powers {
		powers[i] = new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(i)), nil)
	}
	return powers
}()

func powerOfTen(n int32) *big.Int {
	if int(n) < len(powersOfTen) {
		return powersOfTen[n]
	}
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

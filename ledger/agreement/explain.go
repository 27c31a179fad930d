package agreement

import (
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// Step is how one rule that gives to members, or pays claims, came to one member's
// part.
type Step struct {
	Rule string
	// Terms are the member's weights by kind and what each was multiplied with; of a
	// rule by shares or takes one with no kind, by equal none.
	Terms []Term
	// Weight is the member's weight and Total everybody's, before limits. In a rule
	// that catches up these are of all time, Received is what the member got of it so
	// far and Given what all of them got, the amount of this run included.
	Weight, Total   decimal.Decimal
	Received, Given ledger.Money
	// Counted is false where the member had no part: nothing of theirs counted, they
	// were below the least, or absent.
	Counted, BelowLeast, Absent bool
	Bound                       Bound
	// Exact is the exact share in the currency's major unit, Down the same rounded
	// down to the minor unit, and Balance the member's rounding balance before.
	Exact   *big.Rat
	Down    ledger.Money
	Balance ledger.RoundingBalance
	// Spare says who got the minor units that rounding down left over; Extra that
	// the member did.
	Spare ledger.Spare
	Extra bool
	// Amount = Down, one minor unit more with Extra; Kept is the part of it that
	// stays as capital.
	Amount, Kept ledger.Money
}

// Term is a weight and the factor it was multiplied with.
type Term struct {
	Kind           string
	Weight, Factor decimal.Decimal
}

// Explain evaluates as Evaluate does and notes, for each rule that gives to members
// or pays claims, how it came to one member's part. It takes about the time of
// Evaluate, and memory for that one member.
func Explain(a Agreement, in Inputs, member int) (Result, error) {
	return evaluate(a, in, &tracer{member: member})
}

// tracer notes the steps of one member while the rules run. A nil tracer notes
// nothing.
type tracer struct {
	member int
	step   Step
	steps  []Step
}

// begin starts the step of a rule.
func (t *tracer) begin(done *RuleResult) {
	if t == nil {
		return
	}
	zero := ledger.Zero(done.Took.Currency)
	t.step = Step{
		Rule: done.Rule, Exact: new(big.Rat), Down: zero, Amount: zero, Kept: zero,
		Received: zero, Given: zero,
	}
}

// end keeps the step, with the money that the rule gave the member.
func (t *tracer) end(done *RuleResult) {
	if t == nil {
		return
	}
	for _, a := range done.Allocations {
		if a.Member == t.member {
			t.step.Amount = t.step.Amount.Plus(a.Amount)
			t.step.Kept = t.step.Kept.Plus(a.Kept)
		}
	}
	t.steps = append(t.steps, t.step)
}

// weigh notes the member's weights.
func (t *tracer) weigh(members Members, rows RuleInputs, b basis, done *RuleResult) {
	if t == nil {
		return
	}
	t.step.Total = b.sum()
	if i, found := slices.BinarySearch(b.members, t.member); found {
		t.step.Weight, t.step.Counted = b.weight(i), true
		t.step.Absent = b.absent != nil && b.absent[i]
	}
	for _, row := range slices.Concat(rows.Members, rows.Absent) {
		if row.Member == t.member {
			t.step.Terms = members.terms(row.Weights)
		}
	}
	if members.By != ByCatchUp {
		return
	}
	t.step.Given = done.Took
	for _, row := range rows.Received {
		received := ledger.Money{Amount: row.Amount, Currency: done.Took.Currency}
		t.step.Given = t.step.Given.Plus(received)
		if row.Member == t.member {
			t.step.Received = received
		}
	}
}

// terms says what each weight is of and what it was multiplied with.
func (m Members) terms(weights []decimal.Decimal) (terms []Term) {
	one := decimal.New(1, 0)
	if m.By == ByShares || m.By == ByTakes {
		return []Term{{Weight: weights[0], Factor: one}}
	}
	for _, factor := range m.Factors {
		if factor.Factor.Sign() > 0 {
			terms = append(terms, Term{factor.Kind, weights[len(terms)], factor.Factor})
		}
	}
	return terms
}

// bound notes what the limits did to the member.
func (t *tracer) bound(before basis, after bounded) {
	if t == nil {
		return
	}
	if i, found := slices.BinarySearch(before.members, t.member); found && after.out != nil {
		t.step.BelowLeast = after.out[i]
	}
	if i, found := slices.BinarySearch(after.members, t.member); found && after.bounds != nil {
		t.step.Bound = after.bounds[i]
	}
}

// allocate notes the member's exact share and how it was rounded.
func (t *tracer) allocate(
	amount ledger.Money, members []int, shares []ledger.Share, rounding ledger.Rounding,
) {
	if t == nil {
		return
	}
	i, found := slices.BinarySearch(members, t.member)
	if !found {
		return
	}
	total := new(big.Int)
	for _, share := range shares {
		total.Add(total, share.Weight)
	}
	t.step.Counted, t.step.Balance = true, shares[i].Balance
	t.step.Exact.Mul(amount.Amount.Rat(), new(big.Rat).SetFrac(shares[i].Weight, total))
	units := new(big.Int).Mul(amount.MinorUnits(), shares[i].Weight)
	t.step.Down = ledger.FromMinorUnits(units.Quo(units, total), amount.Currency)
	t.step.Spare = ledger.SpareOf(amount, shares, rounding, i)
	t.step.Extra = t.step.Spare.Rank > 0 && t.step.Spare.Rank <= t.step.Spare.Units
}

// owed notes what the member is promised of the claims that a rule pays.
func (t *tracer) owed(h holders, total decimal.Decimal, exponent int32) {
	if t == nil {
		return
	}
	t.step.Total = total
	if i, found := slices.BinarySearch(h.members, t.member); found {
		t.step.Weight, t.step.Counted = decimal.NewFromBigInt(&h.weights[i], exponent), true
	}
}

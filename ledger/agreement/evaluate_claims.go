package agreement

import (
	"math/big"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// giveClaims pays what is outstanding of the rule's kinds: all of it if there is
// enough, else in proportion to what each member is promised.
func (e *evaluation) giveClaims(rule Rule, done *RuleResult) error {
	holders, total := e.holders(rule.Give.Kinds)
	digits, _ := e.inputs.Currency.Digits()
	done.Members = len(holders.members)
	done.TotalWeight = decimal.NewFromBigInt(total, -digits)
	e.trace.owed(holders, done.TotalWeight, -digits)
	if total.Sign() == 0 {
		done.explain(NoClaims)
	}
	if done.Why != "" {
		return nil
	}
	owed := ledger.FromMinorUnits(total, e.inputs.Currency)
	done.Divided = lesserOf(done.Took, owed)
	parts, err := e.allocate(done.Divided, holders.members, holders.weights)
	if err != nil {
		return err
	}
	for i, part := range parts {
		e.settle(holders.members[i], part.Delta)
		paid := Allocation{
			Rule: rule.ID, Member: holders.members[i],
			Weight: decimal.NewFromBigInt(&holders.weights[i], -digits), Kept: ledger.Zero(e.inputs.Currency),
		}
		e.pay(rule.Give.Kinds, holders.rows[i], part.Units, func(kind string, units uint64) {
			paid.Kind, paid.Amount = kind, ledger.Part{Units: units}.Money(e.inputs.Currency)
			done.Allocations = append(done.Allocations, paid)
		})
	}
	done.Gave = done.Divided
	return nil
}

// holders are the members to whom something is promised, in minor units, and
// their rows in the inputs.
type holders struct {
	members []int
	weights []big.Int
	rows    []int
}

// holders returns who is promised something of the kinds, and how much in all.
func (e *evaluation) holders(kinds []string) (h holders, total *big.Int) {
	total = new(big.Int)
	for row, claims := range e.inputs.Claims.Members {
		var sum, owed big.Int
		for _, kind := range kinds {
			sum.Add(&sum, owed.SetUint64(e.owed[kind][row]))
		}
		if sum.Sign() > 0 {
			h.members = append(h.members, claims.Member)
			h.weights = append(h.weights, sum)
			h.rows = append(h.rows, row)
			total.Add(total, &sum)
		}
	}
	return h, total
}

// pay uses a member's part for their kinds in the order in which they are listed.
func (e *evaluation) pay(kinds []string, row int, units uint64, note func(string, uint64)) {
	for _, kind := range kinds {
		paid := min(units, e.owed[kind][row])
		if paid > 0 {
			note(kind, paid)
		}
		e.owed[kind][row] -= paid
		units -= paid
	}
	if units > 0 {
		panic("a rule paid more claims than there are")
	}
}

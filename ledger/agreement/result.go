package agreement

import (
	"math/big"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// Result is what an agreement makes of its inputs. The allocations and Carried
// sum to Whole.
type Result struct {
	// Whole is the incomes and what was carried.
	Whole ledger.Money
	// Rules has an entry for every rule in the order in which they run, groups
	// before their own rules, also for those that gave nothing.
	Rules []RuleResult
	// Leftover is what went to the leftover fund; Carried is what stays
	// undistributed instead. One of them is zero.
	Leftover Allocation
	Carried  ledger.Money
	// Rounding holds each member's change of rounding balance that is not zero,
	// in the order of join numbers.
	Rounding []MemberRounding
	// Covered lists the rules that count new contributions and gave more than
	// nothing.
	Covered []string
	Notes   []Note
}

// Reason says why a rule gave nothing.
type Reason string

// The reasons. A rule that gave something has none.
const (
	NothingLeft   Reason = "nothing_left"
	NothingTaken  Reason = "nothing_taken"
	TargetReached Reason = "target_reached"
	NoClaims      Reason = "no_claims"
	Nobody        Reason = "nobody"
	NoWeight      Reason = "no_weight"
	AllAbsent     Reason = "all_absent"
	GroupGaveNone Reason = "group_gave_nothing"
)

// RuleResult is what one rule did. Available = what is left when it starts; what
// it takes and cannot give goes back: Took = Gave + Back.
type RuleResult struct {
	Rule string
	Name string
	Form GiveForm
	// Pointer says where the rule stands, as a JSON Pointer; Depth is 0 at the top.
	Pointer   string
	Depth     int
	Available ledger.Money
	// Whole is what the rule's list began with.
	Whole      ledger.Money
	Took       ledger.Money
	Gave, Back ledger.Money
	Why        Reason
	// Divided was divided among Members members in proportion to their weights,
	// which sum to TotalWeight. For claims the weights are outstanding amounts.
	Divided     ledger.Money
	Members     int
	TotalWeight decimal.Decimal
	Allocations []Allocation
}

// Allocation is the money one rule gives one account: a member's, for their work
// or, if Kind is set, for their claims of that kind; or a fund's. It may be zero
// where an exact share is below a minor unit.
type Allocation struct {
	// Rule is empty for the leftover.
	Rule string
	// Member is a join number, 0 if a fund gets the money.
	Member int
	Fund   string
	Kind   string
	Amount ledger.Money
	// Weight is the member's part of the rule's TotalWeight.
	Weight decimal.Decimal
}

// Note says that a member's weight in a rule came out below zero and counted as
// zero.
type Note struct {
	Rule   string
	Member int
	Weight decimal.Decimal
}

// ExactShare returns the allocation's member's exact share of what the rule
// divided, Divided × Weight / TotalWeight; of claims, the share for all their
// kinds.
func (r RuleResult) ExactShare(a Allocation) *big.Rat {
	if r.TotalWeight.IsZero() {
		return new(big.Rat)
	}
	share := new(big.Rat).Mul(r.Divided.Amount.Rat(), a.Weight.Rat())
	return share.Quo(share, r.TotalWeight.Rat())
}

// Allocations returns every allocation above zero, the leftover last.
func (r Result) Allocations() []Allocation {
	allocations := []Allocation{}
	for _, rule := range r.Rules {
		for _, allocation := range rule.Allocations {
			if allocation.Amount.Sign() > 0 {
				allocations = append(allocations, allocation)
			}
		}
	}
	if r.Leftover.Amount.Sign() > 0 {
		allocations = append(allocations, r.Leftover)
	}
	return allocations
}

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
	// Steps says how the rules came to one member's part; only Explain fills it.
	Steps []Step
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
	NothingAsked  Reason = "nothing_asked"
	BelowLeast    Reason = "below_least"
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
	// Held is what a fund with a target held before.
	Held ledger.Money
	// Divided was divided among Members members in proportion to their weights,
	// which sum to TotalWeight. For claims the weights are outstanding amounts, for
	// takes what is asked for; where limits hold somebody or a rule catches up, they
	// are the exact shares themselves, on a scale of their own.
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
	// Kept is the part of the amount that stays in the commons as the member's
	// capital.
	Kept ledger.Money
	// Weight is the member's part of the rule's TotalWeight.
	Weight decimal.Decimal
}

// Payable returns what the allocation makes payable: the amount but what is kept.
func (a Allocation) Payable() ledger.Money { return a.Amount.Minus(a.Kept) }

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
	most := 1
	for _, rule := range r.Rules {
		most += len(rule.Allocations)
	}
	allocations := make([]Allocation, 0, most)
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

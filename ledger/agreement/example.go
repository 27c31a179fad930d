package agreement

import (
	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// Example is a case that a group keeps beside its rules.
type Example struct {
	Name string
	// Then says that the example continues from the one before.
	Then          bool
	Income        ledger.Money
	Through       ledger.Date
	Members       []ExampleMember
	Contributions []ExampleContribution
	// Claims is what is outstanding before, by kind and member.
	Claims map[string]map[string]ledger.Money
	Funds  map[string]ledger.Money
	// Received is what a rule ever gave a member; Takes is what a member asks for of
	// a rule, in this example alone.
	Received map[string]map[string]ledger.Money
	Takes    map[string]map[string]ledger.Money
	Rounding map[string]ledger.RoundingBalance
	Expect   *Expectation
}

// ExampleMember is a member of an example.
type ExampleMember struct {
	Handle string
	Stage  ledger.Stage
	Roles  []ledger.Role
	Joined ledger.Date
	Left   ledger.Date
}

// ExampleContribution is an accepted contribution; with no day of its own it is
// of the example's through.
type ExampleContribution struct {
	Member   string
	Kind     string
	Quantity decimal.Decimal
	Rate     decimal.Decimal
	Date     ledger.Date
	Area     string
}

// Expectation is what an example should come to. Only what is not nil is
// compared, and then as a whole: what is not listed should be zero.
type Expectation struct {
	Payable map[string]ledger.Money
	Capital map[string]ledger.Money
	Funds   map[string]ledger.Money
	Claims  map[string]map[string]ledger.Money
	Left    *ledger.Money
}

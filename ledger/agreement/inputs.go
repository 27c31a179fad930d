package agreement

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// Inputs is everything the rules of an agreement read in one distribution, and
// only that. The order of its lists and entries of zero mean nothing.
type Inputs struct {
	// Agreement names the version: an id or a hash.
	Agreement string
	Currency  ledger.Currency
	Incomes   []Income
	Carried   ledger.Money
	// Cut is the highest acceptance number that counts; Settings is the highest
	// number of a dated stage or role.
	Cut      int64
	Settings int64
	Through  ledger.Date
	// Rules has an entry for each Reading.
	Rules  []RuleInputs
	Claims Claims
	// Funds holds the balances of the agreement's TargetFunds.
	Funds    []FundBalance
	Rounding []MemberRounding
}

// Income is the net amount of one income.
type Income struct {
	ID  string
	Net ledger.Money
}

// RuleInputs is what one rule reads of its members. A member without weight may
// be left out of a rule by contributions.
type RuleInputs struct {
	Rule    string
	Members []MemberWeights
	// Absent are the parties of a rule by shares who are not among its members.
	Absent []MemberWeights
	// Received is what a rule that catches up ever gave those among its members.
	Received []MemberAmount
}

// MemberAmount is an amount of money of a member, named by join number.
type MemberAmount struct {
	Member int
	Amount decimal.Decimal
}

// MemberWeights is what counts for a member, named by join number: one sum per
// kind of the Reading, the share of a party, or the amount that the member takes;
// nothing in a rule by equal.
type MemberWeights struct {
	Member  int
	Weights []decimal.Decimal
}

// Claims is what is outstanding per member, for each of the agreement's
// ClaimKinds.
type Claims struct {
	Kinds   []string
	Members []MemberClaims
}

// MemberClaims is what one member is promised, one amount per kind.
type MemberClaims struct {
	Member  int
	Amounts []decimal.Decimal
}

// FundBalance is what a fund holds before.
type FundBalance struct {
	Fund    string
	Balance ledger.Money
}

// MemberRounding is a member's rounding balance before, or a change of it.
type MemberRounding struct {
	Member  int
	Balance ledger.RoundingBalance
}

// Members returns the join numbers of all who appear in a rule or hold a claim:
// those whose rounding balances the rules read.
func (in Inputs) Members() []int {
	members := []int{}
	for _, rule := range in.Rules {
		for _, row := range slices.Concat(rule.Members, rule.Absent) {
			members = append(members, row.Member)
		}
	}
	for _, row := range in.Claims.Members {
		members = append(members, row.Member)
	}
	slices.Sort(members)
	return slices.Compact(members)
}

// normalized returns the inputs with their lists in order, without what is zero
// and without balances that no rule reads.
func (in Inputs) normalized() Inputs {
	in.Incomes = sortedBy(in.Incomes, func(a, b Income) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), a.Net.Amount.Cmp(b.Net.Amount))
	})
	in.Rules = sortedBy(in.Rules, func(a, b RuleInputs) int { return cmp.Compare(a.Rule, b.Rule) })
	for i := range in.Rules {
		in.Rules[i].Members = normalizedRows(in.Rules[i].Members)
		in.Rules[i].Absent = normalizedRows(in.Rules[i].Absent)
		in.Rules[i].Received = normalizedAmounts(in.Rules[i].Received)
	}
	in.Claims = in.Claims.normalized()
	in.Funds = sortedBy(in.Funds, func(a, b FundBalance) int { return cmp.Compare(a.Fund, b.Fund) })
	members := in.Members()
	in.Rounding = sortedBy(in.Rounding, func(a, b MemberRounding) int {
		return cmp.Compare(a.Member, b.Member)
	})
	in.Rounding = slices.DeleteFunc(in.Rounding, func(row MemberRounding) bool {
		_, read := slices.BinarySearch(members, row.Member)
		return row.Balance == 0 || !read
	})
	return in
}

// normalizedRows drops rows whose weights are all zero; rows without any weights
// say that a member is there, and stay.
func normalizedRows(rows []MemberWeights) []MemberWeights {
	sorted := sortedBy(rows, func(a, b MemberWeights) int { return cmp.Compare(a.Member, b.Member) })
	return slices.DeleteFunc(sorted, func(row MemberWeights) bool {
		return len(row.Weights) > 0 && allZero(row.Weights)
	})
}

func normalizedAmounts(rows []MemberAmount) []MemberAmount {
	sorted := sortedBy(rows, func(a, b MemberAmount) int { return cmp.Compare(a.Member, b.Member) })
	return slices.DeleteFunc(sorted, func(row MemberAmount) bool { return row.Amount.IsZero() })
}

func (c Claims) normalized() Claims {
	order := make([]int, len(c.Kinds))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(c.Kinds[a], c.Kinds[b]) })
	sorted := Claims{Kinds: pick(c.Kinds, order)}
	for _, row := range c.Members {
		if len(row.Amounts) == len(order) {
			row.Amounts = pick(row.Amounts, order)
		}
		if !allZero(row.Amounts) {
			sorted.Members = append(sorted.Members, row)
		}
	}
	slices.SortStableFunc(sorted.Members, func(a, b MemberClaims) int {
		return cmp.Compare(a.Member, b.Member)
	})
	return sorted
}

func pick[T any](from []T, order []int) []T {
	picked := make([]T, len(order))
	for i, at := range order {
		picked[i] = from[at]
	}
	return picked
}

// sortedBy returns a sorted copy.
func sortedBy[T any](rows []T, compare func(a, b T) int) []T {
	rows = slices.Clone(rows)
	if !slices.IsSortedFunc(rows, compare) {
		slices.SortStableFunc(rows, compare)
	}
	return rows
}

func allZero(amounts []decimal.Decimal) bool {
	return !slices.ContainsFunc(amounts, func(d decimal.Decimal) bool { return !d.IsZero() })
}

// check refuses inputs that do not belong to the agreement. They must be
// normalized.
func (in Inputs) check(a Agreement) error {
	readings := sortedBy(a.Readings(in.Through), func(a, b Reading) int {
		return cmp.Compare(a.Rule, b.Rule)
	})
	if in.Currency != a.Currency || len(in.Rules) != len(readings) {
		return mismatch("The inputs are of another currency or of other rules.")
	}
	var amounts []decimal.Decimal
	for i, rule := range in.Rules {
		if err := rule.check(readings[i]); err != nil {
			return err
		}
		amounts = append(amounts, rule.amounts(readings[i].By)...)
	}
	if !sameNames(in.Claims.Kinds, a.ClaimKinds()) {
		return mismatch("The inputs list other kinds of claims than the rules pay.")
	}
	for _, row := range in.Claims.Members {
		if len(row.Amounts) != len(in.Claims.Kinds) {
			return mismatch("The claims of member %d are not one for each kind.", row.Member)
		}
	}
	if !ascending(in.Claims.Members, func(row MemberClaims) int { return row.Member }) {
		return mismatch("The claims of a member are listed twice.")
	}
	funds := []string{}
	for _, fund := range in.Funds {
		funds = append(funds, fund.Fund)
	}
	if !sameNames(funds, a.TargetFunds()) {
		return mismatch("The inputs list other funds than have a target.")
	}
	if !ascending(in.Rounding, func(row MemberRounding) int { return row.Member }) {
		return mismatch("A rounding balance is listed twice.")
	}
	return in.checkAmounts(amounts)
}

func (r RuleInputs) check(reading Reading) error {
	weights := len(reading.Kinds)
	if reading.By == ByShares || reading.By == ByTakes {
		weights = 1
	}
	rows := slices.Concat(r.Members, r.Absent)
	slices.SortFunc(rows, func(a, b MemberWeights) int { return cmp.Compare(a.Member, b.Member) })
	wrong := slices.ContainsFunc(rows, func(row MemberWeights) bool {
		return len(row.Weights) != weights
	})
	switch {
	case r.Rule != reading.Rule:
		return mismatch("The inputs hold rule %q where the agreement has %q.", r.Rule, reading.Rule)
	case wrong:
		return mismatch("Rule %q needs %d weights for each member.", r.Rule, weights)
	case len(r.Absent) > 0 && reading.By != ByShares:
		return mismatch("Rule %q has no parties that could be absent.", r.Rule)
	case len(r.Received) > 0 && reading.By != ByCatchUp:
		return mismatch("Rule %q does not catch up on what was received.", r.Rule)
	case !ascending(rows, func(row MemberWeights) int { return row.Member }),
		!ascending(r.Received, func(row MemberAmount) int { return row.Member }):
		return mismatch("Rule %q lists a member twice.", r.Rule)
	}
	return nil
}

// amounts returns the money that the inputs of a rule hold.
func (r RuleInputs) amounts(by Basis) (amounts []decimal.Decimal) {
	for _, row := range r.Received {
		amounts = append(amounts, row.Amount)
	}
	if by == ByTakes {
		for _, row := range r.Members {
			amounts = append(amounts, row.Weights...)
		}
	}
	return amounts
}

// checkAmounts refuses money that is not in the currency's minor units, among it
// what the rules read.
func (in Inputs) checkAmounts(read []decimal.Decimal) error {
	amounts := []ledger.Money{in.Carried}
	for _, amount := range read {
		amounts = append(amounts, ledger.Money{Amount: amount, Currency: in.Currency})
	}
	for _, income := range in.Incomes {
		amounts = append(amounts, income.Net)
	}
	for _, fund := range in.Funds {
		amounts = append(amounts, fund.Balance)
	}
	for _, row := range in.Claims.Members {
		for _, amount := range row.Amounts {
			amounts = append(amounts, ledger.Money{Amount: amount, Currency: in.Currency})
		}
	}
	for _, amount := range amounts {
		if amount.Currency != in.Currency {
			return mismatch("An amount is not in %s.", in.Currency)
		}
		if _, err := ledger.NewMoney(amount.Amount, amount.Currency); err != nil {
			return err
		}
	}
	return nil
}

func mismatch(format string, args ...any) error {
	return ledger.Errorf(ledger.Invalid, "inputs_mismatch", format, args...)
}

func sameNames(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

func ascending[T any](rows []T, number func(T) int) bool {
	for i := range rows {
		if number(rows[i]) < 1 || i > 0 && number(rows[i-1]) >= number(rows[i]) {
			return false
		}
	}
	return true
}

package agreement

import (
	"slices"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// books is the commons of an example, kept in memory from one example to the next
// that continues it.
type books struct {
	agreement Agreement
	// members are in the order in which they joined: a join number is an index + 1.
	members       []ExampleMember
	joinNumbers   map[string]int
	contributions []ExampleContribution
	claims        map[string]map[string]ledger.Money
	funds         map[string]ledger.Money
	rounding      map[int]ledger.RoundingBalance
	carried       ledger.Money
	covered       map[string]coverage
}

// coverage is what a rule has covered: everything accepted up to the cut and
// performed up to the day.
type coverage struct {
	cut     int
	through ledger.Date
}

func newBooks(a Agreement) *books {
	return &books{
		agreement: a, joinNumbers: map[string]int{},
		claims: map[string]map[string]ledger.Money{}, funds: map[string]ledger.Money{},
		rounding: map[int]ledger.RoundingBalance{}, covered: map[string]coverage{},
		carried: ledger.Zero(a.Currency),
	}
}

// record adds what an example brings. A member who is named again is described
// anew; the others stay as they are.
func (b *books) record(e Example) {
	for _, member := range e.Members {
		number, known := b.joinNumbers[member.Handle]
		if known {
			b.members[number-1] = member
			continue
		}
		b.members = append(b.members, member)
		b.joinNumbers[member.Handle] = len(b.members)
	}
	for _, contribution := range e.Contributions {
		if contribution.Date.IsZero() {
			contribution.Date = e.Through
		}
		b.contributions = append(b.contributions, contribution)
	}
	for kind, amounts := range e.Claims {
		for member, amount := range amounts {
			b.promise(kind, member, amount)
		}
	}
	for fund, amount := range e.Funds {
		b.funds[fund] = amount
	}
	for member, balance := range e.Rounding {
		b.rounding[b.joinNumbers[member]] = balance
	}
}

// promise adds to what is outstanding; payments are promises below zero.
func (b *books) promise(kind, member string, amount ledger.Money) {
	if b.claims[kind] == nil {
		b.claims[kind] = map[string]ledger.Money{}
	}
	b.claims[kind][member] = orZero(b.claims[kind][member], amount.Currency).Plus(amount)
}

// inputs reads for a distribution of the income through the day.
func (b *books) inputs(e Example) Inputs {
	in := Inputs{
		Agreement: "example", Currency: b.agreement.Currency, Carried: b.carried,
		Incomes: []Income{{ID: e.Name, Net: e.Income}}, Through: e.Through,
		Cut: int64(len(b.contributions)),
	}
	for _, reading := range b.agreement.Readings(e.Through) {
		in.Rules = append(in.Rules, b.read(reading))
	}
	in.Claims = b.outstanding()
	for _, fund := range b.agreement.TargetFunds() {
		in.Funds = append(in.Funds, FundBalance{fund, orZero(b.funds[fund], in.Currency)})
	}
	for member, balance := range b.rounding {
		in.Rounding = append(in.Rounding, MemberRounding{member, balance})
	}
	return in.normalized()
}

func (b *books) outstanding() Claims {
	claims := Claims{Kinds: b.agreement.ClaimKinds()}
	for i, member := range b.members {
		row := MemberClaims{Member: i + 1}
		for _, kind := range claims.Kinds {
			row.Amounts = append(row.Amounts, b.claims[kind][member.Handle].Amount)
		}
		claims.Members = append(claims.Members, row)
	}
	return claims
}

func orZero(m ledger.Money, currency ledger.Currency) ledger.Money {
	if m.Currency == "" {
		return ledger.Zero(currency)
	}
	return m
}

// read reads what one rule reads.
func (b *books) read(reading Reading) RuleInputs {
	in := RuleInputs{Rule: reading.Rule}
	shares := map[string]decimal.Decimal{}
	for _, party := range reading.Shares {
		shares[party.Member] = party.Share
	}
	sums := b.weights(reading)
	for i, member := range b.members {
		admitted, _ := reading.Admits(member.standing())
		row := MemberWeights{Member: i + 1, Weights: sums[i]}
		if reading.By == ByShares {
			row.Weights = []decimal.Decimal{shares[member.Handle]}
			if !admitted && shares[member.Handle].Sign() > 0 {
				in.Absent = append(in.Absent, row)
			}
		}
		if admitted {
			in.Members = append(in.Members, row)
		}
	}
	return in
}

// standing is what an example says of a member: one stage, and roles, throughout.
func (m ExampleMember) standing() Standing {
	standing := Standing{
		Joined: m.Joined, Left: m.Left, Stages: []StageFrom{{Stage: m.Stage}},
	}
	for _, role := range m.Roles {
		standing.Roles = append(standing.Roles, RoleDuring{Role: role})
	}
	return standing
}

// weights sums up what counts for each member, per kind of the reading.
func (b *books) weights(reading Reading) [][]decimal.Decimal {
	sums := make([][]decimal.Decimal, len(b.members))
	lastDays := make([]ledger.Date, len(b.members))
	for i, member := range b.members {
		sums[i] = make([]decimal.Decimal, len(reading.Kinds))
		_, lastDays[i] = reading.Admits(member.standing())
	}
	for i, contribution := range b.contributions {
		member := b.joinNumbers[contribution.Member] - 1
		kind := slices.Index(reading.Kinds, contribution.Kind)
		if kind < 0 || !reading.counts(contribution, lastDays[member]) ||
			reading.Count.Form == CountNew && b.covered[reading.Rule].has(i+1, contribution.Date) {
			continue
		}
		weight := contribution.Quantity.Mul(contribution.Rate)
		sums[member][kind] = sums[member][kind].Add(weight)
	}
	return sums
}

func (c coverage) has(number int, date ledger.Date) bool {
	return number <= c.cut && (c.through.IsZero() || !date.After(c.through))
}

// counts reports whether the contribution is of an area and a day that count.
func (r Reading) counts(c ExampleContribution, last ledger.Date) bool {
	if len(r.Areas) > 0 && !slices.Contains(r.Areas, c.Area) {
		return false
	}
	return r.Through.IsZero() || !c.Date.Before(r.From) && !c.Date.After(last)
}

// post changes the books by what a distribution did.
func (b *books) post(e Example, result Result) {
	for _, allocation := range result.Allocations() {
		switch {
		case allocation.Kind != "":
			b.promise(allocation.Kind, b.members[allocation.Member-1].Handle, allocation.Amount.Negated())
		case allocation.Fund != "":
			balance := orZero(b.funds[allocation.Fund], allocation.Amount.Currency)
			b.funds[allocation.Fund] = balance.Plus(allocation.Amount)
		}
	}
	for _, row := range result.Rounding {
		b.rounding[row.Member] += row.Balance
	}
	for _, rule := range result.Covered {
		b.covered[rule] = coverage{cut: len(b.contributions), through: e.Through}
	}
	b.carried = result.Carried
}

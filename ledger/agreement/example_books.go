package agreement

import (
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
	contributions []weighedContribution
	claims        map[string]map[string]ledger.Money
	funds         map[string]ledger.Money
	received      map[string]map[string]ledger.Money
	takes         map[string]map[string]ledger.Money
	rounding      map[int]ledger.RoundingBalance
	carried       ledger.Money
	covered       map[string]coverage
	// fading holds the factors of decay that were needed so far, work what is left of
	// what a file may cost.
	fading map[uint64]*decayFactors
	work   *int
}

// coverage is what a rule has covered: everything accepted up to the cut and
// performed up to the day.
type coverage struct {
	cut     int
	through ledger.Date
}

func newBooks(a Agreement) *books {
	work := maxWork
	return &books{
		work: &work, fading: map[uint64]*decayFactors{},
		agreement: a, joinNumbers: map[string]int{},
		claims: map[string]map[string]ledger.Money{}, funds: map[string]ledger.Money{},
		received: map[string]map[string]ledger.Money{},
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
	for _, c := range e.Contributions {
		if claim, _ := b.agreement.claimOf(c); claim != nil {
			addTo(b.claims, c.Kind, c.Member, *claim)
			continue
		}
		b.contributions = append(b.contributions, b.weighed(c, e.Through))
	}
	for kind, amounts := range e.Claims {
		for member, amount := range amounts {
			addTo(b.claims, kind, member, amount)
		}
	}
	for rule, amounts := range e.Received {
		for member, amount := range amounts {
			addTo(b.received, rule, member, amount)
		}
	}
	b.takes = e.Takes
	for fund, amount := range e.Funds {
		b.funds[fund] = amount
	}
	for member, balance := range e.Rounding {
		b.rounding[b.joinNumbers[member]] = balance
	}
	b.spend(e.Through)
}

// claimOf returns the promise of money that a contribution makes, nil for kinds that
// become a weight.
func (a Agreement) claimOf(c ExampleContribution) (*ledger.Money, error) {
	kind := ledger.ContributionKind{Becomes: a.Kinds[c.Kind].Becomes}
	_, value, err := kind.Value(c.Quantity, c.Rate, a.Currency)
	return value, err
}

// addTo adds to what is kept under a name for a member.
func addTo(sums map[string]map[string]ledger.Money, name, member string, amount ledger.Money) {
	if sums[name] == nil {
		sums[name] = map[string]ledger.Money{}
	}
	sums[name][member] = orZero(sums[name][member], amount.Currency).Plus(amount)
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
		admitted, _ := member.takesPart(reading)
		row := MemberWeights{Member: i + 1, Weights: sums[i]}
		switch reading.By {
		case ByShares:
			row.Weights = []decimal.Decimal{shares[member.Handle]}
			if !admitted && shares[member.Handle].Sign() > 0 {
				in.Absent = append(in.Absent, row)
			}
		case ByTakes:
			row.Weights = []decimal.Decimal{b.takes[reading.Rule][member.Handle].Amount}
		case ByCatchUp:
			if received := b.received[reading.Rule][member.Handle]; admitted && !received.IsZero() {
				in.Received = append(in.Received, MemberAmount{i + 1, received.Amount})
			}
		}
		if admitted {
			in.Members = append(in.Members, row)
		}
	}
	return in
}

// takesPart reports what Reading.Admits does. Of a member who has left an example does
// not say what they were before: where what they did until then counts, they were a
// member as others are.
func (m ExampleMember) takesPart(reading Reading) (admitted bool, last ledger.Date) {
	admitted, last = reading.Admits(m.standing())
	if !admitted && m.Stage == ledger.Left && reading.Count.Form == CountNew {
		m.Stage = ledger.FullPart
		return reading.Admits(m.standing())
	}
	return admitted, last
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

func (c coverage) has(number, day int) bool {
	return number <= c.cut && (c.through.IsZero() || day <= dayOf(c.through))
}

// post changes the books by what a distribution did.
func (b *books) post(e Example, result Result) {
	for _, allocation := range result.Allocations() {
		switch {
		case allocation.Kind != "":
			addTo(b.claims, allocation.Kind, b.members[allocation.Member-1].Handle, allocation.Amount.Negated())
		case allocation.Fund != "":
			balance := orZero(b.funds[allocation.Fund], allocation.Amount.Currency)
			b.funds[allocation.Fund] = balance.Plus(allocation.Amount)
		default:
			addTo(b.received, allocation.Rule, b.members[allocation.Member-1].Handle, allocation.Amount)
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

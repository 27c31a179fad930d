package agreement

import (
	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// Effect is what a distribution leaves behind for those that follow: what it gave and
// by how much it changed rounding balances.
type Effect struct {
	Allocations []Allocation
	Rounding    []MemberRounding
}

// Effect returns what the result would leave behind if it were posted.
func (r Result) Effect() Effect {
	return Effect{Allocations: r.Allocations(), Rounding: r.Rounding}
}

// Replay is by how much the books would be others if past distributions had been
// others: the sum of what these would have left behind, less what the real ones did.
// What else happened to the books is the same in both.
type Replay struct {
	paid     map[claimOf]decimal.Decimal
	funds    map[string]decimal.Decimal
	received map[receivedOf]decimal.Decimal
	rounding map[int]ledger.RoundingBalance
}

// claimOf names a member's claims of a kind.
type claimOf struct {
	member int
	kind   string
}

// receivedOf names what a rule gave a member.
type receivedOf struct {
	rule   string
	member int
}

// NewReplay returns the replay of nothing yet, which is beside no book.
func NewReplay() *Replay {
	return &Replay{
		paid: map[claimOf]decimal.Decimal{}, funds: map[string]decimal.Decimal{},
		received: map[receivedOf]decimal.Decimal{}, rounding: map[int]ledger.RoundingBalance{},
	}
}

// Follow goes past one distribution, which would have left the first effect behind and
// really left the second.
func (r *Replay) Follow(would, real Effect) {
	r.add(would, decimal.NewFromInt(1))
	r.add(real, decimal.NewFromInt(-1))
	for _, row := range would.Rounding {
		r.rounding[row.Member] += row.Balance
	}
	for _, row := range real.Rounding {
		r.rounding[row.Member] -= row.Balance
	}
}

func (r *Replay) add(e Effect, sign decimal.Decimal) {
	for _, a := range e.Allocations {
		amount := a.Amount.Amount.Mul(sign)
		switch {
		case a.Fund != "":
			r.funds[a.Fund] = r.funds[a.Fund].Add(amount)
		case a.Kind != "":
			at := claimOf{a.Member, a.Kind}
			r.paid[at] = r.paid[at].Add(amount)
		default:
			at := receivedOf{a.Rule, a.Member}
			r.received[at] = r.received[at].Add(amount)
		}
	}
}

// Fund returns what a fund would hold that really holds the balance.
func (r *Replay) Fund(real FundBalance) FundBalance {
	real.Balance.Amount = real.Balance.Amount.Add(r.funds[real.Fund])
	return real
}

// Claims returns what would be outstanding where the given is.
func (r *Replay) Claims(real Claims) Claims {
	place, rows := map[string]int{}, map[int]int{}
	for i, kind := range real.Kinds {
		place[kind] = i
	}
	would := Claims{Kinds: real.Kinds}
	for i, row := range real.Members {
		rows[row.Member] = i
		row.Amounts = append([]decimal.Decimal{}, row.Amounts...)
		would.Members = append(would.Members, row)
	}
	for at, paid := range r.paid {
		i, read := place[at.kind]
		if !read {
			continue
		}
		row, found := rows[at.member]
		if !found {
			row = len(would.Members)
			rows[at.member] = row
			would.Members = append(would.Members,
				MemberClaims{Member: at.member, Amounts: make([]decimal.Decimal, len(real.Kinds))})
		}
		would.Members[row].Amounts[i] = would.Members[row].Amounts[i].Sub(paid)
	}
	return would.normalized()
}

// Inputs returns what the rules would read where they really read the given inputs:
// their Rules must be in the order of the Readings, their Rounding everybody's. Admits
// reports whether a member takes part in a rule.
func (r *Replay) Inputs(
	a Agreement, real Inputs, admits func(reading Reading, member int) bool,
) Inputs {
	would := real
	would.Claims = r.Claims(real.Claims)
	would.Funds = make([]FundBalance, len(real.Funds))
	for i, fund := range real.Funds {
		would.Funds[i] = r.Fund(fund)
	}
	would.Rules = append([]RuleInputs{}, real.Rules...)
	for i, reading := range a.Readings(real.Through) {
		if reading.By == ByCatchUp {
			would.Rules[i].Received = r.receivedBy(reading, real.Rules[i].Received, admits)
		}
	}
	would.Rounding = nil
	balances := make(map[int]ledger.RoundingBalance, len(real.Rounding))
	for _, row := range real.Rounding {
		balances[row.Member] = row.Balance
	}
	for member, delta := range r.rounding {
		balances[member] += delta
	}
	for member, balance := range balances {
		would.Rounding = append(would.Rounding, MemberRounding{member, balance})
	}
	return would.normalized()
}

// receivedBy returns what the rule would have given those who take part in it.
func (r *Replay) receivedBy(
	reading Reading, real []MemberAmount, admits func(Reading, int) bool,
) (would []MemberAmount) {
	sums := make(map[int]decimal.Decimal, len(real))
	for _, row := range real {
		sums[row.Member] = row.Amount
	}
	for at, amount := range r.received {
		if at.rule == reading.Rule && admits(reading, at.member) {
			sums[at.member] = sums[at.member].Add(amount)
		}
	}
	for member, amount := range sums {
		would = append(would, MemberAmount{member, amount})
	}
	return would
}

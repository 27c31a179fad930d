package agreement

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

	"phyle/ledger"
)

// evaluation is one run of the rules: what they change as they go.
type evaluation struct {
	agreement Agreement
	inputs    Inputs
	rules     map[string]RuleInputs
	// balances holds everybody's rounding balance now, deltas what this run added.
	balances map[int]ledger.RoundingBalance
	deltas   map[int]ledger.RoundingBalance
	// owed holds what is outstanding now, in minor units, per claim kind.
	owed   map[string][]uint64
	funds  map[string]ledger.Money
	trace  *tracer
	result Result
}

// Evaluate runs the rules over the inputs. It is exact: nothing is rounded but by
// ledger.Percent and ledger.Allocate.
func Evaluate(a Agreement, in Inputs) (Result, error) { return evaluate(a, in, nil) }

func evaluate(a Agreement, in Inputs, trace *tracer) (Result, error) {
	in = in.normalized()
	if err := in.check(a); err != nil {
		return Result{}, err
	}
	whole := in.Carried
	for _, income := range in.Incomes {
		whole = whole.Plus(income.Net)
	}
	if whole.Sign() < 0 {
		return Result{}, ledger.Errorf(ledger.Invalid, "negative_amount",
			"There is less than nothing to distribute; what was posted is reversed instead.")
	}
	if _, err := ledger.NewMoney(whole.Amount, whole.Currency); err != nil {
		return Result{}, err
	}
	e := begin(a, in)
	e.trace, e.result.Whole = trace, whole
	left, err := e.run(sequence{rules: a.Rules, whole: whole, pointer: "/rules"})
	if err != nil {
		return Result{}, err
	}
	e.finish(left)
	return e.result, nil
}

func begin(a Agreement, in Inputs) *evaluation {
	e := &evaluation{
		agreement: a, inputs: in,
		rules:    make(map[string]RuleInputs, len(in.Rules)),
		balances: make(map[int]ledger.RoundingBalance, len(in.Rounding)),
		deltas:   make(map[int]ledger.RoundingBalance, len(in.Rounding)),
		owed:     map[string][]uint64{}, funds: map[string]ledger.Money{},
	}
	for _, rule := range in.Rules {
		e.rules[rule.Rule] = rule
	}
	for _, row := range in.Rounding {
		e.balances[row.Member] = row.Balance
	}
	for i, kind := range in.Claims.Kinds {
		owed := make([]uint64, len(in.Claims.Members))
		for j, row := range in.Claims.Members {
			if amount := row.Amounts[i]; amount.Sign() > 0 {
				owed[j] = ledger.Money{Amount: amount, Currency: in.Currency}.MinorUnits().Uint64()
			}
		}
		e.owed[kind] = owed
	}
	for _, fund := range in.Funds {
		e.funds[fund.Fund] = fund.Balance
	}
	return e
}

// sequence is a list of rules while it runs.
type sequence struct {
	rules   []Rule
	whole   ledger.Money
	pointer string
	depth   int
}

// run runs a list of rules and returns what they leave.
func (e *evaluation) run(l sequence) (left ledger.Money, err error) {
	left = l.whole
	for i, rule := range l.rules {
		at := len(e.result.Rules)
		e.result.Rules = append(e.result.Rules, RuleResult{
			Rule: rule.ID, Name: rule.Name, Form: rule.Give.Form,
			Pointer: fmt.Sprintf("%s/%d", l.pointer, i), Depth: l.depth,
			Available: left, Whole: l.whole, Took: rule.Take.of(left, l.whole),
			Gave: ledger.Zero(left.Currency), Divided: ledger.Zero(left.Currency),
		})
		done := e.result.Rules[at]
		if err := e.give(rule, &done); err != nil {
			return left, err
		}
		done.Back = done.Took.Minus(done.Gave)
		if rule.Give.Form == GiveMembers && done.Gave.Sign() > 0 &&
			rule.Give.Members.Count.Form == CountNew {
			e.result.Covered = append(e.result.Covered, rule.ID)
		}
		left = left.Minus(done.Gave)
		e.result.Rules[at] = done
	}
	return left, nil
}

// of returns what is taken when so much is left of the whole.
func (t Take) of(left, whole ledger.Money) ledger.Money {
	took := left
	switch t.Form {
	case TakePercentOfLeft:
		took = ledger.Percent(left, t.Percent)
	case TakePercentOfWhole:
		took = ledger.Percent(whole, t.Percent)
	case TakeAmount:
		took = t.Amount
	}
	return lesserOf(took, left)
}

func lesserOf(m, n ledger.Money) ledger.Money {
	if m.Amount.LessThan(n.Amount) {
		return m
	}
	return n
}

func (e *evaluation) give(rule Rule, done *RuleResult) error {
	switch {
	case done.Available.IsZero():
		done.Why = NothingLeft
	case done.Took.IsZero():
		done.Why = NothingTaken
	}
	switch rule.Give.Form {
	case GiveRules:
		return e.giveRules(rule, done)
	case GiveFund:
		e.giveFund(rule, done)
	default:
		return e.givePeople(rule, done)
	}
	return nil
}

// givePeople gives to members, for what they are or for their claims.
func (e *evaluation) givePeople(rule Rule, done *RuleResult) (err error) {
	e.trace.begin(done)
	if rule.Give.Form == GiveClaims {
		err = e.giveClaims(rule, done)
	} else {
		err = e.giveMembers(rule, done)
	}
	e.trace.end(done)
	return err
}

// explain notes why a rule gave nothing, unless a better reason is known.
func (r *RuleResult) explain(why Reason) {
	if r.Gave.IsZero() && r.Why == "" {
		r.Why = why
	}
}

func (e *evaluation) giveRules(rule Rule, done *RuleResult) error {
	left, err := e.run(sequence{
		rules: rule.Give.Rules, whole: done.Took,
		pointer: done.Pointer + "/give/rules", depth: done.Depth + 1,
	})
	done.Gave = done.Took.Minus(left)
	done.explain(GroupGaveNone)
	return err
}

func (e *evaluation) giveFund(rule Rule, done *RuleResult) {
	give, amount := rule.Give, done.Took
	if give.hasTarget() {
		done.Held = e.fund(give.Fund)
		room := give.Until.Minus(done.Held)
		if room.Sign() < 0 {
			room = ledger.Zero(amount.Currency)
		}
		amount = lesserOf(amount, room)
	}
	done.Gave, done.Divided = amount, amount
	done.explain(TargetReached)
	if amount.Sign() > 0 {
		e.funds[give.Fund] = e.fund(give.Fund).Plus(amount)
		done.Allocations = []Allocation{{
			Rule: rule.ID, Fund: give.Fund, Amount: amount, Kept: ledger.Zero(amount.Currency),
		}}
	}
}

func (e *evaluation) fund(code string) ledger.Money {
	if balance, found := e.funds[code]; found {
		return balance
	}
	return ledger.Zero(e.inputs.Currency)
}

// settle adds what rounding did to members' balances.
func (e *evaluation) settle(member int, delta ledger.RoundingBalance) {
	if delta != 0 {
		e.balances[member] += delta
		e.deltas[member] += delta
	}
}

// allocate divides the amount over members, who must be in the order of their
// join numbers, and returns one part each.
func (e *evaluation) allocate(
	amount ledger.Money, members []int, weights []big.Int,
) ([]ledger.Part, error) {
	shares := make([]ledger.Share, len(members))
	for i, member := range members {
		shares[i] = ledger.Share{Weight: &weights[i], Balance: e.balances[member]}
	}
	e.trace.allocate(amount, members, shares, e.agreement.Rounding)
	return ledger.Allocate(amount, shares, e.agreement.Rounding)
}

// finish sends what is left to where the agreement says and sums up the rounding.
func (e *evaluation) finish(left ledger.Money) {
	e.result.Carried = left
	zero := ledger.Zero(left.Currency)
	e.result.Leftover = Allocation{Amount: zero, Kept: zero}
	if fund := e.agreement.Leftover.Fund; fund != "" {
		e.result.Leftover.Fund, e.result.Leftover.Amount = fund, left
		e.result.Carried = zero
	}
	if e.trace != nil {
		e.result.Steps = e.trace.steps
	}
	for member, delta := range e.deltas {
		if delta != 0 {
			e.result.Rounding = append(e.result.Rounding, MemberRounding{member, delta})
		}
	}
	slices.SortFunc(e.result.Rounding, func(a, b MemberRounding) int {
		return cmp.Compare(a.Member, b.Member)
	})
}

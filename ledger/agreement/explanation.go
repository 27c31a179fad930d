package agreement

import (
	"math/big"

	"phyle/ledger"
)

// Explanation is why one member got what they got in one distribution: the rules as
// a tree, with what each did, and how it came to the member's part. Whole = Amount +
// Others + Funds + Carried.
type Explanation struct {
	// Amount is what all rules together gave the member: Kept of it became capital,
	// Payable the rest.
	Amount, Kept, Payable ledger.Money
	// Whole was there to divide. Others went to other members, Funds to funds, the
	// leftover fund included; Carried stays undistributed.
	Whole, Others, Funds, Carried ledger.Money
	Rules                         []ExplainedRule
}

// ExplainedRule is a rule with what it did and, of a group, its rules. Step says how
// a rule that gives to members or pays claims came to the member's part; other rules
// have none.
type ExplainedRule struct {
	RuleResult
	Step  *Step
	Rules []ExplainedRule
}

// Explanation makes the tree of a result of Explain, for the member that it was
// asked to explain.
func (r Result) Explanation(member int) Explanation {
	zero := ledger.Zero(r.Whole.Currency)
	e := Explanation{
		Amount: zero, Kept: zero, Whole: r.Whole, Others: zero, Funds: zero,
		Carried: r.Carried,
	}
	for _, a := range r.Allocations() {
		switch {
		case a.Member == 0:
			e.Funds = e.Funds.Plus(a.Amount)
		case a.Member != member:
			e.Others = e.Others.Plus(a.Amount)
		default:
			e.Amount, e.Kept = e.Amount.Plus(a.Amount), e.Kept.Plus(a.Kept)
		}
	}
	e.Payable = e.Amount.Minus(e.Kept)
	steps := map[string]*Step{}
	for i := range r.Steps {
		steps[r.Steps[i].Rule] = &r.Steps[i]
	}
	e.Rules, _ = explained(r.Rules, steps, 0)
	return e
}

// explained makes the tree of the rules that stand so deep, and returns what comes
// after it.
func explained(
	rules []RuleResult, steps map[string]*Step, depth int,
) (tree []ExplainedRule, rest []RuleResult) {
	for len(rules) > 0 && rules[0].Depth >= depth {
		rule := ExplainedRule{RuleResult: rules[0], Step: steps[rules[0].Rule]}
		rule.Rules, rules = explained(rules[1:], steps, depth+1)
		tree = append(tree, rule)
	}
	return tree, rules
}

// Agrees reports whether what everybody got and what is carried sums to the whole,
// and the member's parts to their amount.
func (e Explanation) Agrees() bool {
	sum := ledger.Zero(e.Whole.Currency)
	e.Each(func(rule ExplainedRule) {
		if rule.Step != nil {
			sum = sum.Plus(rule.Step.Amount)
		}
	})
	out := e.Amount.Plus(e.Others).Plus(e.Funds).Plus(e.Carried)
	return sum.Equal(e.Amount) && out.Equal(e.Whole)
}

// Each calls f with every rule of the tree, groups before their own.
func (e Explanation) Each(f func(rule ExplainedRule)) { eachOf(e.Rules, f) }

func eachOf(rules []ExplainedRule, f func(rule ExplainedRule)) {
	for _, rule := range rules {
		f(rule)
		eachOf(rule.Rules, f)
	}
}

// Share returns the member's exact share of what the rule divided, zero where it
// divided nothing.
func (r ExplainedRule) Share() *big.Rat {
	if r.Step == nil || r.Divided.IsZero() {
		return new(big.Rat)
	}
	return new(big.Rat).Quo(r.Step.Exact, r.Divided.Amount.Rat())
}

// Comparison compares what a member got with the distribution before, as two parts that
// sum exactly to Now − Before: Pool is because rules divided more or less, Part
// because the member's part of what they divided became larger or smaller.
type Comparison struct {
	Before, Now ledger.Money
	Pool, Part  *big.Rat
	Rules       []RuleComparison
}

// RuleComparison is the change of one rule, in which the member got a of D: with a₀ of D₀
// before, Pool = (D − D₀)·a₀/D₀ and Part = a − D·a₀/D₀. A rule that divided nothing in
// one of the two has all of the change in Pool.
type RuleComparison struct {
	Rule, Name  string
	Before, Now ledger.Money
	Pool, Part  *big.Rat
}

// Since compares with the explanation of the distribution before, rule by rule by
// their ids.
func (e Explanation) Since(before Explanation) Comparison {
	c := Comparison{Before: before.Amount, Now: e.Amount, Pool: new(big.Rat), Part: new(big.Rat)}
	was := map[string]ExplainedRule{}
	before.Each(func(rule ExplainedRule) { was[rule.Rule] = rule })
	add := func(now, then ExplainedRule) {
		change := changeOf(now, then, ledger.Zero(e.Whole.Currency))
		if change.Before.IsZero() && change.Now.IsZero() {
			return
		}
		c.Pool.Add(c.Pool, change.Pool)
		c.Part.Add(c.Part, change.Part)
		c.Rules = append(c.Rules, change)
	}
	e.Each(func(rule ExplainedRule) {
		add(rule, was[rule.Rule])
		delete(was, rule.Rule)
	})
	before.Each(func(rule ExplainedRule) {
		if gone, found := was[rule.Rule]; found {
			add(ExplainedRule{}, gone)
		}
	})
	return c
}

func changeOf(now, then ExplainedRule, zero ledger.Money) RuleComparison {
	c := RuleComparison{
		Rule: now.Rule, Name: now.Name, Before: zero, Now: zero, Pool: new(big.Rat), Part: new(big.Rat),
	}
	if now.Rule == "" {
		c.Rule, c.Name = then.Rule, then.Name
	}
	if now.Step != nil {
		c.Now = now.Step.Amount
	}
	if then.Step != nil {
		c.Before = then.Step.Amount
	}
	a, a0 := c.Now.Amount.Rat(), c.Before.Amount.Rat()
	if now.Step == nil || then.Step == nil || now.Divided.IsZero() || then.Divided.IsZero() {
		c.Pool.Sub(a, a0)
		return c
	}
	// What the member would have got of the new amount by the part of then.
	expected := new(big.Rat).Mul(now.Divided.Amount.Rat(), a0)
	expected.Quo(expected, then.Divided.Amount.Rat())
	c.Pool.Sub(expected, a0)
	c.Part.Sub(a, expected)
	return c
}

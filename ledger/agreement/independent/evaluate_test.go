// Package independent_test holds a second evaluator of agreements, slow and plain, and
// compares it with the one in use on random agreements. It was written from the description
// of what agreements mean alone, by somebody who had not seen the other: what both get is
// what the description says, or both have misread it in the same way.
package independent_test

import "math/big"

// distribution is one run of the rules: who is there, the books it reads and changes, and
// what it has given so far.
type distribution struct {
	document document
	example  example
	through  day
	digits   int
	books    *books
	payable  tally
	capital  tally
	funds    tally
}

// evaluate tells what each example of a document gets, in order. One that does not continue
// the one before begins with empty books.
func evaluate(d document) []result {
	var results []result
	var now *books
	for _, e := range d.Examples {
		if !e.Then {
			now = newBooks()
		}
		now.open(d, e)
		results = append(results, distribute(d, e, now))
	}
	return results
}

// distribute runs all rules over the income and what was carried. What they leave goes to
// the leftover fund, or is carried to the next distribution.
func distribute(d document, e example, now *books) result {
	run := &distribution{
		document: d, example: e, through: dayOf(e.Through), digits: minorDigits(d.Currency),
		books: now, payable: tally{}, capital: tally{}, funds: tally{},
	}
	whole := add(minorUnits(e.Income, run.digits), now.carried)
	left := run.runRules(d.Rules, whole)
	if d.Leftover.Fund != "" {
		run.creditFund(d.Leftover.Fund, left)
		left = number(0)
	}
	now.carried = left
	run.mustBalance(whole, left)
	return run.result(left)
}

// mustBalance checks what is shown where it is shown: in is out, to the last minor unit.
func (run *distribution) mustBalance(whole, left *big.Rat) {
	out := left
	for _, given := range []tally{run.payable, run.capital, run.funds} {
		for _, amount := range given {
			if amount.Sign() < 0 {
				panic("somebody was given less than nothing")
			}
			out = add(out, amount)
		}
	}
	if out.Cmp(whole) != 0 {
		panic("what was given and what is left are not what there was")
	}
}

func (run *distribution) result(left *big.Rat) result {
	got := result{
		Payable: run.payable.texts(run.digits),
		Capital: run.capital.texts(run.digits),
		Funds:   run.funds.texts(run.digits),
		Claims:  map[string]map[string]string{},
	}
	for kind, outstanding := range run.books.claims {
		if texts := outstanding.texts(run.digits); len(texts) > 0 {
			got.Claims[kind] = texts
		}
	}
	if left.Sign() != 0 {
		got.Left = moneyText(left, run.digits)
	}
	return got
}

// runRules runs a list of rules in order, each on what those before it left, and returns
// what is left in the end. The whole is what the list started with.
func (run *distribution) runRules(rules []rule, whole *big.Rat) *big.Rat {
	left := whole
	for _, r := range rules {
		left = sub(left, run.give(r, run.taken(r.Take, whole, left)))
	}
	return left
}

// taken is all that is left; a percentage of what is left now, or of the whole; or a fixed
// amount. It is never more than is left.
func (run *distribution) taken(t take, whole, left *big.Rat) *big.Rat {
	switch {
	case t.Word == "rest":
		return left
	case t.Percent != "" && t.Of == "whole":
		return lesserOf(percentOf(t.Percent, whole), left)
	case t.Percent != "" && t.Of == "left":
		return lesserOf(percentOf(t.Percent, left), left)
	case t.Amount != "":
		return lesserOf(minorUnits(t.Amount, run.digits), left)
	}
	panic("a rule that takes nothing known")
}

// give gives away what a rule took and returns how much it gave. What it cannot give stays
// left. A group runs its rules over the amount, and what they leave goes back.
func (run *distribution) give(r rule, amount *big.Rat) *big.Rat {
	switch {
	case r.Give.Fund != "":
		return run.giveFund(r.Give, amount)
	case r.Give.Claims != nil:
		return run.giveClaims(r.Give.Claims.Kinds, amount)
	case r.Give.Rules != nil:
		return sub(amount, run.runRules(r.Give.Rules, amount))
	case r.Give.Members != nil:
		return run.giveMembers(r.ID, *r.Give.Members, amount)
	}
	panic("a rule that gives to nobody known")
}

// giveFund gives the amount to a fund; where there is a target, only until the balance
// reaches it, counting what earlier rules of this run gave.
func (run *distribution) giveFund(g give, amount *big.Rat) *big.Rat {
	if g.Until != "" {
		target := minorUnits(g.Until, run.digits)
		missing := noLessThanZero(sub(target, run.books.funds.of(g.Fund)))
		amount = lesserOf(amount, missing)
	}
	run.creditFund(g.Fund, amount)
	return amount
}

func (run *distribution) creditFund(fund string, amount *big.Rat) {
	run.funds.add(fund, amount)
	run.books.funds.add(fund, amount)
}

package agreement

import (
	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// Bounds on agreements.
const (
	maxRules    = 200
	maxGroups   = 8
	maxExamples = 100
)

// Parse reads an agreement and reports everything that is wrong with it at once.
// Names of kinds, funds, areas and members are left to Check.
func Parse(text []byte, format Format) (Agreement, error) {
	root, err := parseTree(text, format)
	if err != nil {
		return Agreement{}, err
	}
	a, fields := bind(root)
	if err := fields.Err(); err != nil {
		return Agreement{}, err
	}
	return a, nil
}

// bind makes an agreement of a document.
func bind(root *node) (a Agreement, fields ledger.FieldErrors) {
	b := &binder{ids: map[string]string{}}
	o, ok := value{node: root, binder: b}.object(
		"name", "currency", "rules", "leftover", "rounding", "kinds", "examples")
	if !ok {
		return a, b.fields
	}
	if name, ok := o.needs("name"); ok {
		a.Name = name.title()
	}
	if currency, ok := o.needs("currency"); ok {
		a.Currency = currency.currency()
	}
	b.currency = a.Currency
	if rules, ok := o.needs("rules"); ok {
		a.Rules = rules.rules(1)
	}
	a.Leftover = o.leftover()
	a.Rounding = ledger.Remembered
	if rounding, ok := o.has("rounding"); ok {
		a.Rounding = ledger.Rounding(rounding.oneOf("unknown_rounding",
			string(ledger.Remembered), string(ledger.LargestRemainder)))
	}
	if kinds, ok := o.has("kinds"); ok {
		a.Kinds = kinds.kindsOf()
	}
	if examples, ok := o.has("examples"); ok {
		a.Examples = examples.examples()
	}
	return a, b.fields
}

func (v value) currency() ledger.Currency {
	text, ok := v.textOf()
	if _, known := ledger.Currency(text).Digits(); ok && !known {
		v.wrong("unknown_currency", "%q is not a currency of ISO 4217 in use; write a code such as EUR.",
			clip(text))
		return ""
	}
	return ledger.Currency(text)
}

func (o object) leftover() (l Leftover) {
	v, found := o.has("leftover")
	switch {
	case !found:
		o.child("leftover", nil).wrong("no_leftover",
			`Say where what no rule gives goes: "leftover: carry" or "leftover: {fund: …}".`)
	case v.kind == stringNode:
		v.oneOf("unknown_leftover", "carry")
	default:
		if given, ok := v.object("fund"); ok {
			if fund, ok := given.needs("fund"); ok {
				l.Fund, _ = fund.handle()
			}
		}
	}
	return l
}

func (v value) kindsOf() map[string]Kind {
	kinds := map[string]Kind{}
	v.named(func(name string, member value) {
		kind := Kind{Becomes: ledger.BecomesWeight}
		o, _ := member.object("unit", "becomes", "name", "theme")
		if unit, ok := o.has("unit"); ok {
			kind.Unit = unit.title()
		}
		if becomes, ok := o.has("becomes"); ok {
			kind.Becomes = ledger.Becomes(becomes.oneOf("unknown_becomes",
				string(ledger.BecomesWeight), string(ledger.BecomesClaim)))
		}
		if name, ok := o.has("name"); ok {
			kind.Name = name.title()
		}
		if theme, ok := o.has("theme"); ok {
			theme.title()
		}
		kinds[name] = kind
	})
	return kinds
}

// rules reads a list of rules, which stands so many groups deep.
func (v value) rules(depth int) []Rule {
	rules := []Rule{}
	if depth > maxGroups+1 {
		v.wrong("too_deep", "Groups stand in each other at most %d deep.", maxGroups)
		return rules
	}
	percent, taken := decimal.Zero, false
	for _, item := range v.list() {
		rule := item.rule(depth)
		rules = append(rules, rule)
		if taken {
			item.wrong("never_receives",
				"This rule never receives anything: a rule before it gives away all the rest.")
		}
		taken = taken || rule.givesAll()
		if rule.Take.Form != TakePercentOfWhole || rule.Take.Percent.GreaterThan(hundred) {
			continue
		}
		percent = percent.Add(rule.Take.Percent)
		if percent.GreaterThan(hundred) {
			item.child("take", nil).child("percent", nil).wrong("percent_over_100",
				"The percentages of the whole in this list come to %s here, above 100.", percent)
		}
	}
	return rules
}

// givesAll reports whether nothing is ever left after the rule.
func (r Rule) givesAll() bool {
	full := r.Take.Form == TakeRest || r.Take.Percent.Equal(hundred) &&
		(r.Take.Form == TakePercentOfLeft || r.Take.Form == TakePercentOfWhole)
	if !full {
		return false
	}
	switch r.Give.Form {
	case GiveFund:
		return r.Give.Fund != "" && !r.Give.hasTarget()
	case GiveMembers:
		members := r.Give.Members
		return !isSet(members.Limits.Most) && (members.By == ByEqual || members.By == ByShares)
	case GiveRules:
		for _, rule := range r.Give.Rules {
			if rule.givesAll() {
				return true
			}
		}
	}
	return false
}

func (v value) rule(depth int) (rule Rule) {
	v.binder.rules++
	if v.binder.rules == maxRules+1 {
		v.wrong("too_many_rules", "An agreement has at most %d rules.", maxRules)
	}
	o, ok := v.object("id", "name", "take", "give")
	if !ok {
		return rule
	}
	if id, ok := o.needs("id"); ok {
		rule.ID = id.ruleID()
	}
	rule.Name = rule.ID
	if name, ok := o.has("name"); ok {
		rule.Name = name.title()
	}
	if take, ok := o.needs("take"); ok {
		rule.Take = take.take()
	}
	if give, ok := o.needs("give"); ok {
		rule.Give = give.give(depth)
	}
	return rule
}

func (v value) ruleID() string {
	id, ok := v.handle()
	if !ok {
		return ""
	}
	ids := v.binder.ids
	first, twice := ids[id]
	switch {
	case id == "leftover":
		v.wrong("reserved_id", `"leftover" names what no rule gives; choose another id.`)
	case twice:
		v.wrong("duplicate_id", "%q is the id of %s already; every rule has its own.", id, Place(first))
	default:
		ids[id] = v.pointer[:len(v.pointer)-len("/id")]
	}
	return id
}

func (v value) take() (take Take) {
	if v.kind == stringNode {
		if v.oneOf("unknown_take", "rest") == "rest" {
			take.Form = TakeRest
		}
		return take
	}
	o, ok := v.object("percent", "of", "amount")
	if !ok {
		return take
	}
	form, member := o.exactlyOne("percent", "amount")
	if form == "amount" {
		take.Form, take.Amount = TakeAmount, member.positiveAmount()
		if of, ok := o.has("of"); ok {
			of.wrong("not_allowed_here", `"of" goes with "percent" only.`)
		}
	}
	if form != "percent" {
		return take
	}
	take.Form, take.Percent = TakePercentOfLeft, member.percent(value.positive)
	if of, ok := o.needs("of"); ok && of.oneOf("unknown_of", "left", "whole") == "whole" {
		take.Form = TakePercentOfWhole
	}
	return take
}

func (v value) give(depth int) (give Give) {
	o, ok := v.object("fund", "until", "claims", "rules", "members")
	if !ok {
		return give
	}
	form, member := o.exactlyOne("fund", "claims", "rules", "members")
	give.Form = GiveForm(form)
	if until, ok := o.has("until"); ok && form == "fund" {
		give.Until = until.positiveAmount()
	} else if ok {
		until.wrong("not_allowed_here", `"until" goes with "fund" only.`)
	}
	switch give.Form {
	case GiveFund:
		give.Fund, _ = member.handle()
	case GiveClaims:
		if claims, ok := member.object("kinds"); ok {
			if kinds, ok := claims.needs("kinds"); ok {
				give.Kinds = kinds.names()
			}
		}
	case GiveRules:
		give.Rules = member.rules(depth + 1)
	case GiveMembers:
		give.Members = member.members()
	}
	return give
}

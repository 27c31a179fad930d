package agreement

import (
	"strings"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// Agreement is a list of rules in one currency. Kinds and Examples are there in
// files only.
type Agreement struct {
	Name     string
	Currency ledger.Currency
	Rules    []Rule
	Leftover Leftover
	Rounding ledger.Rounding
	Kinds    map[string]Kind
	Examples []Example
}

// Kind is what a rule has to know of a kind of contribution, and its name where a
// file gives it one.
type Kind struct {
	Name    string
	Unit    string
	Becomes ledger.Becomes
}

// Leftover says where what no rule gave goes: to the fund or, without one, on to
// the next distribution.
type Leftover struct{ Fund string }

// Rule takes a part of what is left and gives it away.
type Rule struct {
	ID   string
	Name string
	Take Take
	Give Give
}

// TakeForm says how a rule takes.
type TakeForm string

// A rule takes all the rest, a percentage of what is left or of the whole that
// its list began with, or a fixed amount.
const (
	TakeRest           TakeForm = "rest"
	TakePercentOfLeft  TakeForm = "percent_of_left"
	TakePercentOfWhole TakeForm = "percent_of_whole"
	TakeAmount         TakeForm = "amount"
)

// Take says how much a rule takes; never more than is left.
type Take struct {
	Form    TakeForm
	Percent decimal.Decimal
	Amount  ledger.Money
}

// GiveForm says to whom a rule gives.
type GiveForm string

// A rule gives to one fund, to the holders of claims, to a group of rules or to
// members.
const (
	GiveFund    GiveForm = "fund"
	GiveClaims  GiveForm = "claims"
	GiveRules   GiveForm = "rules"
	GiveMembers GiveForm = "members"
)

// Give says to whom a rule gives what it took. Of its fields those of its form
// are set; a fund without a target has an Until of no currency.
type Give struct {
	Form    GiveForm
	Fund    string
	Until   ledger.Money
	Kinds   []string
	Rules   []Rule
	Members Members
}

// Basis says by what a rule divides over members.
type Basis string

// The bases: everybody the same, by weights of contributions, by fixed shares, by
// what is missing to a fair part of all that the rule ever gave, or by what members
// ask for.
const (
	ByEqual         Basis = "equal"
	ByContributions Basis = "contributions"
	ByShares        Basis = "shares"
	ByCatchUp       Basis = "catch_up"
	ByTakes         Basis = "takes"
)

// Members says how a rule divides over members. Factors and Shares are in the
// order of their names; Keep is the percentage of each part that stays in the
// commons as the member's capital, zero for none.
type Members struct {
	By      Basis
	Factors []Factor
	Count   Count
	Areas   []string
	Since   ledger.Date
	Decay   Decay
	Shares  []Party
	Among   Among
	Limits  Limits
	Keep    decimal.Decimal
}

// Factor multiplies the weights of one kind.
type Factor struct {
	Kind   string
	Factor decimal.Decimal
}

// Party is a member with a fixed share.
type Party struct {
	Member string
	Share  decimal.Decimal
}

// CountForm says which contributions a rule counts.
type CountForm string

// The new ones that the rule has not covered yet, all there are, or those of a
// last stretch of time.
const (
	CountNew  CountForm = "new"
	CountAll  CountForm = "all"
	CountLast CountForm = "last"
)

// Count says which contributions a rule counts; Number and Unit (days, weeks,
// months, years) belong to CountLast.
type Count struct {
	Form   CountForm
	Number int
	Unit   string
}

// back returns the day before the stretch of time that ends with the date.
func (c Count) back(date ledger.Date) ledger.Date {
	switch c.Unit {
	case "days":
		return date.AddDays(-c.Number)
	case "weeks":
		return date.AddDays(-7 * c.Number)
	case "months":
		return date.BackMonths(c.Number)
	}
	return date.BackMonths(12 * c.Number)
}

// Limits bounds what a member gets of a rule. A limit that is not set has no
// currency.
type Limits struct{ Least, Floor, Most ledger.Money }

func isSet(limit ledger.Money) bool { return limit.Currency != "" }

// Known holds the names of a commons that an agreement may use.
type Known struct {
	Kinds   map[string]Kind
	Funds   map[string]bool
	Areas   map[string]bool
	Members map[string]bool
}

// Declared returns the names that a file declares: its kinds, and every fund,
// area and member that it names.
func (a Agreement) Declared() Known {
	known := Known{
		Kinds: a.Kinds,
		Funds: map[string]bool{}, Areas: map[string]bool{}, Members: map[string]bool{},
	}
	if a.Leftover.Fund != "" {
		known.Funds[a.Leftover.Fund] = true
	}
	for _, placed := range a.placed() {
		if placed.Give.Form == GiveFund {
			known.Funds[placed.Give.Fund] = true
		}
		for _, area := range placed.Give.Members.Areas {
			known.Areas[area] = true
		}
		for _, party := range placed.Give.Members.Shares {
			known.Members[party.Member] = true
		}
	}
	return known
}

// ClaimKinds returns the kinds of claims that the rules pay, in the order in
// which they are first named.
func (a Agreement) ClaimKinds() []string {
	kinds, seen := []string{}, map[string]bool{}
	for _, placed := range a.placed() {
		for _, kind := range placed.Give.Kinds {
			if !seen[kind] {
				kinds = append(kinds, kind)
			}
			seen[kind] = true
		}
	}
	return kinds
}

// TargetFunds returns the funds whose balance the rules read, in the order in
// which they are first named.
func (a Agreement) TargetFunds() []string {
	funds, seen := []string{}, map[string]bool{}
	for _, placed := range a.placed() {
		if placed.Give.hasTarget() && !seen[placed.Give.Fund] {
			funds = append(funds, placed.Give.Fund)
			seen[placed.Give.Fund] = true
		}
	}
	return funds
}

func (g Give) hasTarget() bool { return isSet(g.Until) }

// placedRule is a rule and where it stands.
type placedRule struct {
	*Rule
	pointer string
}

// placed returns every rule in the order in which they run, groups before their
// own rules.
func (a Agreement) placed() []placedRule {
	return appendPlaced(make([]placedRule, 0, 2*len(a.Rules)), a.Rules, "/rules")
}

func appendPlaced(placed []placedRule, rules []Rule, pointer string) []placedRule {
	for i := range rules {
		at := pointer + "/" + itoa(i)
		placed = append(placed, placedRule{Rule: &rules[i], pointer: at})
		placed = appendPlaced(placed, rules[i].Give.Rules, at+"/give/rules")
	}
	return placed
}

// Place turns a JSON Pointer into the form in which a file is talked about:
// "/rules/2/give/fund" is "rules[2].give.fund".
func Place(pointer string) string {
	var place strings.Builder
	for _, part := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		part = unescapePointer.Replace(part)
		switch {
		case part != "" && strings.Trim(part, "0123456789") == "":
			place.WriteString("[" + part + "]")
		case place.Len() > 0:
			place.WriteString("." + part)
		default:
			place.WriteString(part)
		}
	}
	return place.String()
}

var (
	unescapePointer = strings.NewReplacer("~1", "/", "~0", "~")
	escapePointer   = strings.NewReplacer("~", "~0", "/", "~1")
)

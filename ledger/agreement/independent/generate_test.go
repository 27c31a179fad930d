package independent_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// generator makes one random agreement with its examples.
type generator struct {
	chance *rand.Rand
	digits int
	scale  int64    // of the amounts of money, in minor units
	dated  bool     // whether days matter in this one
	people []string // in join order; the founders are there in every example
	party  int      // how many of them are founders
	budget int      // how many rules may still be made
	made   int      // how many rules were made
	deep   bool     // whether most rules are groups
	marks  []day    // days that rules and members name
	spans  []span   // lengths of time that rules name
}

// span is a window, or a decay of which any number of units matters.
type span struct {
	most int
	unit string
}

var (
	weightKinds = []string{"work", "care", "craft"}
	claimKinds  = []string{"materials", "love", "cash"}
	funds       = []string{"reserve", "care", "tools"}
	areas       = []string{"lab", "shop", "yard"}
	roles       = []string{"steward", "treasurer", "auditor"}
	stages      = []string{"guest", "newcomer", "member"}
)

// generate makes the agreement of a seed, always the same.
func generate(seed uint64) document {
	g := &generator{chance: rand.New(rand.NewPCG(seed, 4))}
	currency := pick(g, []string{"EUR", "EUR", "JPY", "KWD"})
	g.digits = minorDigits(currency)
	g.scale = pick(g, []int64{9, 100, 1000, 100_000, 100_000, 10_000_000, 1_000_000_000_000})
	g.dated = g.one(5, 6)
	g.people = []string{"ana", "bo", "cy", "dee", "eli", "fay", "gus", "hal"}[:1+g.below(8)]
	g.chance.Shuffle(len(g.people), func(i, j int) {
		g.people[i], g.people[j] = g.people[j], g.people[i]
	})
	g.party = 1 + g.below(len(g.people))
	g.budget = 1 + g.below(10)
	g.deep = g.one(1, 12)
	d := document{
		Name: fmt.Sprintf("Random agreement %d", seed), Currency: currency,
		Rules: g.rules(1), Leftover: leftover{Word: "carry"}, Kinds: map[string]kind{},
	}
	if names := append(usedFunds(d), funds...); g.one(1, 3) {
		d.Leftover = leftover{Fund: names[0]}
	}
	d.Rounding = pick(g, []string{"", "remembered", "largest_remainder"})
	for _, name := range weightKinds {
		d.Kinds[name] = kind{Unit: "hour"}
	}
	for _, name := range claimKinds {
		d.Kinds[name] = kind{Unit: currency, Becomes: "claim"}
	}
	d.Examples = g.examples(d)
	return d
}

func (g *generator) below(n int) int { return g.chance.IntN(n) }

// one is true once in so many times.
func (g *generator) one(times, in int) bool { return g.below(in) < times }

func pick[T any](g *generator, from []T) T { return from[g.below(len(from))] }

// some picks at least one of the names, in any order.
func (g *generator) some(from []string) []string {
	names := slices.Clone(from)
	g.chance.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names[:1+g.below(len(names))]
}

// money is an amount above zero: a few minor units, a part of the scale, or anything.
func (g *generator) money() string {
	units := 1 + g.chance.Int64N(g.scale)
	switch g.below(4) {
	case 0:
		units = 1 + g.chance.Int64N(9)
	case 1:
		units = max(1, g.scale/int64(1+g.below(8)))
	}
	return g.moneyOf(units)
}

func (g *generator) moneyOf(units int64) string { return moneyText(number(units), g.digits) }

// decimal is a number above zero with at most so many decimals.
func (g *generator) decimal(upTo int64, decimals int) string {
	decimals = g.below(decimals + 1)
	scale := powerOfTen(decimals)
	units := 1 + g.chance.Int64N(upTo*scale.Num().Int64())
	text := quo(number(units), scale).FloatString(decimals)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// rules makes a list of them. The last may take the rest and give it away for good, and
// nothing comes after one that does.
func (g *generator) rules(depth int) []rule {
	var list []rule
	whole := 100
	for count := 1 + g.below(g.budget); count > 0 && g.budget > 0; count-- {
		r := g.rule(depth, &whole)
		list = append(list, r)
		if takesAll(r) {
			break
		}
	}
	return list
}

// takesAll says whether a rule can leave nothing to those after it, or nearly so.
func takesAll(r rule) bool {
	if r.Take.Word != "rest" && r.Take.Percent != "100" {
		return false
	}
	g := r.Give
	switch {
	case g.Fund != "":
		return g.Until == ""
	case g.Rules != nil:
		return takesAll(g.Rules[len(g.Rules)-1])
	case g.Members != nil:
		return g.Members.By.Word == "equal" || g.Members.By.Shares != nil
	}
	return false
}

func (g *generator) rule(depth int, whole *int) rule {
	g.made++
	g.budget--
	id := "r" + strconv.Itoa(g.made)
	r := rule{ID: id, Name: "Rule " + id, Take: g.take(whole)}
	switch n := g.below(20); {
	case (n < 3 || g.deep && n < 15) && depth < 8 && g.budget > 0:
		r.Give.Rules = g.rules(depth + 1)
	case n < 6:
		r.Give.Fund = pick(g, funds)
		if g.one(1, 2) {
			r.Give.Until = g.money()
		}
	case n < 8:
		r.Give.Claims = &giveClaims{Kinds: g.some(claimKinds)}
	default:
		r.Give.Members = g.members()
	}
	return r
}

// take keeps the percentages of the whole in one list to a hundred.
func (g *generator) take(whole *int) take {
	switch g.below(6) {
	case 0:
		return take{Amount: g.money()}
	case 1:
		return take{Percent: g.percent(100), Of: "left"}
	case 2:
		if *whole > 0 {
			percent := g.percent(*whole)
			*whole = int(roundDown(sub(number(int64(*whole)), fraction(percent))).Num().Int64())
			return take{Percent: percent, Of: "whole"}
		}
	}
	return take{Word: "rest"}
}

func (g *generator) percent(upTo int) string {
	if g.one(1, 3) {
		return strconv.Itoa(1 + g.below(upTo))
	}
	return g.decimal(int64(upTo), 6)
}

func (g *generator) members() *giveMembers {
	m := &giveMembers{By: g.by()}
	if g.one(1, 3) {
		m.Among = &among{}
		if g.one(2, 3) {
			m.Among.Stages = g.some(stages)
			if g.one(1, 6) {
				m.Among.Stages = append(m.Among.Stages, "left")
			}
		}
		if m.Among.Stages == nil || g.one(1, 3) {
			m.Among.Roles = g.some(roles)
		}
	}
	if g.one(1, 2) {
		m.Limits = g.limits(m.By.Word == "takes")
	}
	if g.one(1, 4) {
		m.Keep = &keep{Percent: g.percent(100)}
	}
	return m
}

func (g *generator) by() by {
	switch n := g.below(10); {
	case n < 1:
		return by{Word: "equal"}
	case n < 6:
		return by{Contributions: g.byContributions()}
	case n < 7:
		shares := map[string]string{}
		for _, handle := range g.some(g.people[:g.party]) {
			shares[handle] = g.decimal(4, pick(g, []int{0, 0, 2, 6}))
		}
		return by{Shares: shares}
	case n < 9:
		return by{CatchUp: &byCatchUp{Factors: g.factors()}}
	}
	return by{Word: "takes"}
}

func (g *generator) factors() map[string]string {
	factors := map[string]string{}
	for _, name := range g.some(weightKinds) {
		factors[name] = "1"
		if g.one(1, 2) {
			factors[name] = pick(g, []string{"0", "0.5", "1.2", "2", "0.333333", g.decimal(3, 6)})
		}
	}
	return factors
}

func (g *generator) byContributions() *byContributions {
	basis := &byContributions{Factors: g.factors()}
	if g.one(1, 3) {
		basis.Areas = g.some(areas)
	}
	units := []string{"day", "week", "month"}
	switch g.below(4) {
	case 0:
		basis.Count = &count{Word: "all"}
	case 1:
		if g.dated {
			basis.Count = &count{Last: g.length(append(units, "month", "month", "year"))}
		}
	case 2:
		basis.Count = &count{Word: "new"}
	}
	if g.dated && countsNew(by{Contributions: basis}) && g.one(1, 4) {
		basis.Since = g.mark(g.someDay())
	}
	if g.dated && g.one(1, 3) {
		factor := pick(g, []string{"1", "0.5", "0.9", "0.000001", "0." + g.decimal(999999, 0)})
		basis.Decay = &decay{Factor: factor, Per: pick(g, append(units, "month"))}
		g.spans = append(g.spans, span{5, basis.Decay.Per})
	}
	return basis
}

func (g *generator) length(units []string) string {
	unit := pick(g, units)
	n := 1 + g.below(map[string]int{"day": 100, "week": 20, "month": 14, "year": 2}[unit])
	g.spans = append(g.spans, span{n, unit})
	return fmt.Sprintf("%d %ss", n, unit)
}

// mark writes a day, and remembers it as one about which things may happen.
func (g *generator) mark(d day) string {
	g.marks = append(g.marks, d)
	return d.String()
}

// limits are any of the three, the most not below the others. By takes there is only least.
func (g *generator) limits(leastOnly bool) *limits {
	amounts := []string{g.money(), g.money(), g.money()}
	slices.SortFunc(amounts, func(a, b string) int { return fraction(a).Cmp(fraction(b)) })
	if leastOnly {
		return &limits{Least: amounts[0]}
	}
	if g.one(1, 2) {
		amounts[0], amounts[1] = amounts[1], amounts[0]
	}
	parts := 1 + g.below(7)
	l := &limits{}
	if parts&1 > 0 {
		l.Least = amounts[0]
	}
	if parts&2 > 0 {
		l.Floor = amounts[1]
	}
	if parts&4 > 0 {
		l.Most = amounts[2]
	}
	return l
}

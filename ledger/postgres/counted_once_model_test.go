package postgres_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// The model of domain.md 3, "Counted once", in sets: for each rule which
// contributions each distribution covered, by name. It knows no cut of a rule.

// given is a contribution of the model. Its number is 0 until it is accepted.
type given struct {
	id       ledger.ContributionID
	member   string
	kind     string
	area     string
	date     ledger.Date
	number   int64
	weight   decimal.Decimal
	reversed bool
	// reversal says that it takes another back.
	reversal bool
}

// staged is a row of a member's stages.
type staged struct {
	from  ledger.Date
	stage ledger.Stage
}

// ruled is a rule by new contributions in a version of an agreement.
type ruled struct {
	id    string
	kinds []string
	areas []string
	since ledger.Date
}

// adopted is a version of an agreement.
type adopted struct {
	from  ledger.Date
	rules []ruled
}

// scope is the commons, or an area with an agreement of its own.
type scope struct {
	area     string
	versions []adopted
	starts   map[string]ledger.Date
	posted   []*divided
}

// divided is a posted distribution that is not reversed, and what its rules
// covered.
type divided struct {
	postgres.Distribution
	covered map[string]map[ledger.ContributionID]bool
}

// drafted is a draft, with how far the books had come when it was made.
type drafted struct {
	postgres.Distribution
	scope   *scope
	version int
	stages  map[string]int
}

// model is the commons in memory.
type model struct {
	given  []*given
	stages map[string][]staged
	joins  map[string]int
	scopes []*scope
}

// inForce returns which version governs on the day, -1 for none.
func (s *scope) inForce(day ledger.Date) int {
	best := -1
	for i, v := range s.versions {
		if !v.from.After(day) {
			best = i
		}
	}
	return best
}

// adopt adds a version. A rule starts with the first version that holds it.
func (s *scope) adopt(v adopted) {
	s.versions = append(s.versions, v)
	for _, r := range v.rules {
		if _, held := s.starts[r.id]; !held {
			s.starts[r.id] = v.from
		}
	}
}

// coveredBefore are the contributions that some distribution covered by the rule.
// A contribution that two covered is an error of the model itself.
func (s *scope) coveredBefore(rule string) map[ledger.ContributionID]bool {
	all := map[ledger.ContributionID]bool{}
	for _, d := range s.posted {
		for id := range d.covered[rule] {
			if all[id] {
				panic(fmt.Sprintf("rule %s covers %s twice", rule, id))
			}
			all[id] = true
		}
	}
	return all
}

// fresh are the contributions that meet the condition of a rule and were not
// covered before: what the rule covers if it gives anything.
func (m *model) fresh(d drafted, rule string) map[ledger.ContributionID]bool {
	before, found := d.scope.coveredBefore(rule), map[ledger.ContributionID]bool{}
	for _, c := range m.given {
		if c.number > 0 && c.number <= d.Cut && !c.date.After(d.Through) && !before[c.id] {
			found[c.id] = true
		}
	}
	return found
}

// lastDay returns the last day whose contributions count for the member; false if
// the member takes no part.
func (m *model) lastDay(d drafted, member string) (ledger.Date, bool) {
	rows := m.stages[member][:d.stages[member]]
	on := func(day ledger.Date) (row staged) {
		for _, r := range rows {
			if !r.from.After(day) && (row.stage == "" || !r.from.Before(row.from)) {
				row = r
			}
		}
		return row
	}
	last := d.Through
	if row := on(last); row.stage == ledger.Left {
		last = row.from.AddDays(-1)
	}
	stage := on(last).stage
	return last, stage == ledger.Newcomer || stage == ledger.FullPart
}

// counts reports whether the rule counts the contribution, given that it is fresh.
func (m *model) counts(d drafted, r ruled, c *given) bool {
	last, takesPart := m.lastDay(d, c.member)
	return takesPart && !c.date.After(last) && slices.Contains(r.kinds, c.kind) &&
		(len(r.areas) == 0 || slices.Contains(r.areas, c.area)) && !c.date.Before(m.start(d, r))
}

func (m *model) start(d drafted, r ruled) ledger.Date {
	if !r.since.IsZero() {
		return r.since
	}
	return d.scope.starts[r.id]
}

// weights sums what each rule counts, for each member and kind; zero is left out.
func (m *model) weights(d drafted) map[string]string {
	sums := map[string]decimal.Decimal{}
	for _, r := range d.scope.versions[d.version].rules {
		fresh := m.fresh(d, r.id)
		for _, c := range m.given {
			if fresh[c.id] && m.counts(d, r, c) {
				key := fmt.Sprintf("%s %d %s", r.id, m.joins[c.member], c.kind)
				sums[key] = sums[key].Add(c.weight)
			}
		}
	}
	return texts(sums)
}

func texts(sums map[string]decimal.Decimal) map[string]string {
	written := map[string]string{}
	for key, sum := range sums {
		if !sum.IsZero() {
			written[key] = sum.String()
		}
	}
	return written
}

// waiting counts what was performed up to the day and waits for review.
func (m *model) waiting(through ledger.Date) (n int) {
	for _, c := range m.given {
		if c.number == 0 && !c.date.After(through) {
			n++
		}
	}
	return n
}

// uncounted counts what rules will cover without counting it, since they start.
func (m *model) uncounted(d drafted) (n int) {
	for _, r := range d.scope.versions[d.version].rules {
		fresh := m.fresh(d, r.id)
		for _, c := range m.given {
			if fresh[c.id] && !c.date.Before(m.start(d, r)) && !m.counts(d, r, c) {
				n++
			}
		}
	}
	return n
}

// post notes a distribution that was posted.
func (m *model) post(d drafted, posted postgres.Distribution) {
	row := &divided{posted, map[string]map[ledger.ContributionID]bool{}}
	for _, rule := range posted.Rules {
		if isRule(d, rule.Rule) && rule.Gave.Sign() > 0 {
			row.covered[rule.Rule] = m.fresh(d, rule.Rule)
		}
	}
	d.scope.posted = append(d.scope.posted, row)
}

func isRule(d drafted, id string) bool {
	return slices.ContainsFunc(d.scope.versions[d.version].rules, func(r ruled) bool { return r.id == id })
}

// document writes a version as an agreement: each rule takes a part of what is left.
func (v adopted) document(carry bool) string {
	var text strings.Builder
	text.WriteString("name: A version\ncurrency: EUR\nrules:\n")
	for i, r := range v.rules {
		factors := map[string]string{}
		for j, kind := range r.kinds {
			factors[kind] = []string{"1", "1.2", "0.5"}[(i+j)%3]
		}
		fmt.Fprintf(&text, "  - {id: %s, name: Rule, take: {percent: %q, of: left}, give: {members: {by: "+
			"{contributions: {factors: {", r.id, []string{"40", "50", "70"}[i%3])
		for _, kind := range slices.Sorted(maps.Keys(factors)) {
			fmt.Fprintf(&text, "%s: %q, ", kind, factors[kind])
		}
		text.WriteString("}, count: new")
		if len(r.areas) > 0 {
			fmt.Fprintf(&text, ", areas: [%s]", strings.Join(r.areas, ", "))
		}
		if !r.since.IsZero() {
			fmt.Fprintf(&text, ", since: %s", r.since)
		}
		text.WriteString("}}}}}\n")
	}
	leftover := "{fund: reserve}"
	if carry {
		leftover = "carry"
	}
	return text.String() + "leftover: " + leftover + "\n"
}

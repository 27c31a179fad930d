package agreement

import (
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// mutator changes documents that maker draws, one thing at a time.
type mutator struct{ maker }

// words are texts that stand somewhere in an agreement.
var words = []string{
	"rest", "left", "whole", "new", "all", "equal", "takes", "carry", "remembered",
	"largest_remainder", "reserve", "care", "work", "costs", "love", "zero", "m1", "m2", "m3", "m4",
	"lab", "shop", "guest", "newcomer", "member", "steward", "treasurer", "day", "week", "month",
	"3 months", "1 week", "12 weeks", "2026-01-01", "2026-02-29", "EUR", "GBP", "JPY", "rule-1",
	"rule-99", "Rule", "hour", "weight", "claim",
}

// numbers are texts where an amount or another number may stand, or nearly.
var numbers = []string{
	"0", "1", "0.5", "99.99", "100", "100.000001", "101", "2500.00", "1.2", "0.000001", "0.0000001",
	"1.0000000", "1000000000000000", "1000000000000000.01", "9999999999999999", "-1", "-0", "1,5",
	"1e3", "+1", "01", ".5", "5.", "0.001", "0.12345", "1.00000000000000000",
}

// keys are all keys that an agreement has, and some that it has not.
var keys = []string{
	"id", "name", "take", "give", "percent", "of", "amount", "fund", "until", "claims", "kinds",
	"rules", "members", "by", "among", "limits", "keep", "contributions", "shares", "catch_up",
	"factors", "count", "areas", "since", "decay", "factor", "per", "last", "stages", "roles",
	"least", "floor", "most", "currency", "leftover", "rounding", "examples", "work", "m1", "Name",
	"until ", "", "unit", "becomes", "theme", "then", "income", "through", "received", "takes",
	"expect", "payable", "capital", "left", "handle", "stage", "joined", "member", "kind", "quantity",
	"rate", "date", "area",
}

// agreement draws what the maker does, with more said by the rules to members.
func (m *mutator) agreement() *node {
	root := m.maker.agreement()
	root.visit(func(n *node) {
		for i, key := range n.keys {
			switch below := n.items[i]; key {
			case "members":
				stages := texts("newcomer", m.of("stage", "guest", "member", "left"))
				m.say(below, "among", mapping("stages", stages))
				m.say(below, "among", mapping("roles", texts("treasurer", "steward"), "stages", stages))
			case "contributions":
				factor := text(m.number("fade", 1, 1_000_000, 6))
				m.say(below, "areas", texts("shop", "lab"))
				m.say(below, "decay", mapping("factor", factor, "per", text("week")))
				if below.items[slices.Index(below.keys, "count")].text == "new" {
					m.say(below, "since", text("2026-01-01"))
				}
			}
		}
	})
	return root
}

// say adds a member to an object at times, unless it is there.
func (m *mutator) say(n *node, key string, item *node) {
	if rapid.IntRange(0, 3).Draw(m.T, key) == 0 && !slices.Contains(n.keys, key) {
		n.keys, n.items = append(n.keys, key), append(n.items, item)
	}
}

// visit calls f for the node and all below it.
func (n *node) visit(f func(*node)) {
	f(n)
	for _, item := range n.items {
		item.visit(f)
	}
}

func (n *node) clone() *node {
	copied := *n
	copied.keys, copied.items = slices.Clone(n.keys), make([]*node, len(n.items))
	for i, item := range n.items {
		copied.items[i] = item.clone()
	}
	return &copied
}

// mutate returns a copy with one thing changed, which may be wrong then.
func (m *mutator) mutate(root *node) *node {
	root = root.clone()
	var all []*node
	root.visit(func(n *node) { all = append(all, n) })
	n := rapid.SampledFrom(all).Draw(m.T, "node")
	if len(n.items) == 0 {
		m.rewrite(n)
		return root
	}
	i := rapid.IntRange(0, len(n.items)-1).Draw(m.T, "item")
	switch m.of("mutation", "drop", "rename", "swap", "twice", "rewrite", "rewrite", "add") {
	case "drop":
		n.items = slices.Delete(n.items, i, i+1)
		if n.kind == objectNode {
			n.keys = slices.Delete(n.keys, i, i+1)
		}
	case "rename":
		if n.kind == objectNode {
			n.keys[i] = m.of("key", keys...)
		}
	case "swap":
		other := rapid.IntRange(0, len(n.items)-1).Draw(m.T, "other")
		n.items[i], n.items[other] = n.items[other], n.items[i]
	case "twice":
		n.items = append(n.items, n.items[i].clone())
		if n.kind == objectNode {
			n.keys = append(n.keys, m.of("key", keys...))
		}
	case "rewrite":
		m.rewrite(n.items[i])
	case "add":
		item := text("")
		m.rewrite(item)
		n.items = append(n.items, item)
		if n.kind == objectNode {
			n.keys = append(n.keys, m.of("key", keys...))
		}
	}
	return root
}

// rewrite makes the node another word or number as what it was, or of another type.
func (m *mutator) rewrite(n *node) {
	switch m.of("sort", "like", "like", "like", "word", "number", "type") {
	case "like":
		pool := words
		if n.kind == stringNode && strings.Trim(n.text, "0123456789.") == "" {
			pool = numbers
		}
		*n = *text(m.of("text", pool...))
	case "word":
		*n = *text(m.of("text", words...))
	case "number":
		*n = *text(m.of("text", numbers...))
	case "type":
		types := []node{
			{kind: nullNode}, {kind: boolNode, text: "true"}, {kind: numberNode, text: "1"},
			{kind: arrayNode}, {kind: objectNode}, {kind: stringNode},
			{kind: stringNode, text: "a\u0001b"}, {kind: stringNode, text: "\u00a0"},
			{kind: stringNode, text: strings.Repeat("é", 201)},
		}
		*n = rapid.SampledFrom(types).Draw(m.T, "type")
	}
}

// meaning returns the agreement without what does not matter when it divides: examples,
// kinds and the order of what is a set.
func (a Agreement) meaning() Agreement {
	a.Examples, a.Kinds = nil, nil
	a.Rules = meaningOf(a.Rules)
	return a
}

func meaningOf(rules []Rule) []Rule {
	rules = slices.Clone(rules)
	for i := range rules {
		give := &rules[i].Give
		give.Rules = meaningOf(give.Rules)
		members := &give.Members
		members.Areas = slices.Sorted(slices.Values(members.Areas))
		members.Among = Among{
			Stages: slices.Sorted(slices.Values(members.Among.Stages)),
			Roles:  slices.Sorted(slices.Values(members.Among.Roles)),
		}
	}
	return rules
}

// mutated draws an agreement and one that differs in at most one place, both right.
func mutated(t *rapid.T) (a, b Agreement) {
	m := &mutator{maker{T: t}}
	root := m.agreement()
	a, err := Parse(toJSON(root), JSON)
	if err != nil {
		t.Fatalf("%v\n%s", err, toJSON(root))
	}
	for range 20 {
		other := m.mutate(root)
		if b, err = Parse(toJSON(other), JSON); err == nil {
			return a, b
		}
	}
	t.Skip("no change was right")
	return a, b
}

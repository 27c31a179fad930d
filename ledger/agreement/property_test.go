package agreement

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"phyle/ledger"
)

// maker draws agreements and inputs.
type maker struct {
	*rapid.T
	rules int
}

func (m *maker) chance(label string) bool { return rapid.Bool().Draw(m.T, label) }

func (m *maker) of(label string, words ...string) string {
	return rapid.SampledFrom(words).Draw(m.T, label)
}

// number draws a plain decimal between two numbers of 10^-decimals.
func (m *maker) number(label string, least, most int64, decimals int32) string {
	return decimal.New(rapid.Int64Range(least, most).Draw(m.T, label), -decimals).StringFixed(decimals)
}

func text(s string) *node { return &node{kind: stringNode, text: s} }

func texts(words ...string) *node {
	n := &node{kind: arrayNode}
	for _, word := range words {
		n.items = append(n.items, text(word))
	}
	return n
}

// mapping makes an object of keys and nodes in turn.
func mapping(pairs ...any) *node {
	n := &node{kind: objectNode}
	for i := 0; i < len(pairs); i += 2 {
		n.keys, n.items = append(n.keys, pairs[i].(string)), append(n.items, pairs[i+1].(*node))
	}
	return n
}

func (m *maker) agreement() *node {
	leftover := text("carry")
	if m.chance("leftover") {
		leftover = mapping("fund", text("reserve"))
	}
	return mapping("name", text("Drawn: [a] #1, \"b\" 'c' é"), "currency", text("EUR"),
		"leftover", leftover, "rounding", text(m.of("rounding", "remembered", "largest_remainder")),
		"rules", m.list(0, true))
}

// list draws rules; percentages of the whole stay below 100 together. Only the
// last rule of all may give away everything.
func (m *maker) list(depth int, last bool) *node {
	n := &node{kind: arrayNode}
	for rest := rapid.IntRange(1, 4).Draw(m.T, "rules"); rest > 0; rest-- {
		n.items = append(n.items, m.rule(depth, last && rest == 1))
	}
	return n
}

func (m *maker) rule(depth int, last bool) *node {
	m.rules++
	id := fmt.Sprintf("rule-%d", m.rules)
	take := text("rest")
	forms := []string{"left", "whole", "amount", "rest"}
	give, all := m.give(depth, last)
	if all && !last {
		forms = forms[:3]
	}
	switch m.of("take", forms...) {
	case "left":
		take = mapping("percent", text(m.number("percent", 1, 99_999_999, 6)), "of", text("left"))
	case "whole":
		take = mapping("percent", text(m.number("percent", 1, 25_000_000, 6)), "of", text("whole"))
	case "amount":
		take = mapping("amount", text(m.number("amount", 1, 50_000, 2)))
	}
	return mapping("id", text(id), "name", text("Rule "+id), "take", take, "give", give)
}

// give draws to whom a rule gives, and reports whether that may be everything.
func (m *maker) give(depth int, last bool) (give *node, all bool) {
	forms := []string{"fund", "until", "claims", "members", "members", "members", "rules"}
	if depth == 3 {
		forms = forms[:6]
	}
	switch m.of("give", forms...) {
	case "fund":
		return mapping("fund", text(m.of("fund", "reserve", "care"))), true
	case "until":
		return mapping("fund", text(m.of("fund", "reserve", "care")),
			"until", text(m.number("until", 1, 99_999, 2))), false
	case "claims":
		kinds := [][]string{{"costs"}, {"love", "costs"}, {"costs", "love"}}
		kind := rapid.SampledFrom(kinds).Draw(m.T, "kinds")
		return mapping("claims", mapping("kinds", texts(kind...))), false
	case "rules":
		return mapping("rules", m.list(depth+1, last)), last
	}
	by, limits := text("equal"), m.limits()
	switch m.of("by", "equal", "contributions", "contributions", "shares", "catch_up", "takes") {
	case "contributions":
		factors := mapping("work", text(m.number("factor", 0, 3_000_000, 6)), "care", text("1.2"), "zero", text("0"))
		by = mapping("contributions", mapping("factors", factors, "count", m.count()))
	case "shares":
		by = mapping("shares", mapping("m1", text("3"), "m2", text("1.5"), "m3", text("0.000001")))
	case "catch_up":
		by = mapping("catch_up", mapping("factors", mapping("work", text("1"), "care", text("0.3"))))
	case "takes":
		by, limits = text("takes"), mapping("least", text(m.number("least", 0, 9_99, 2)))
	}
	members := mapping("by", by)
	if len(limits.keys) > 0 {
		members = mapping("by", by, "limits", limits)
	}
	if m.chance("keep") {
		members.keys = append(members.keys, "keep")
		members.items = append(members.items, mapping("percent", text(m.number("kept", 0, 100_000_000, 6))))
	}
	all = by.text == "equal" || by.kind == objectNode && by.keys[0] == "shares"
	return mapping("members", members), all
}

// limits draws bounds that may be far apart or nearly meet.
func (m *maker) limits() *node {
	limits := mapping()
	add := func(key string, most int64) {
		if m.chance(key) {
			limits.keys = append(limits.keys, key)
			limits.items = append(limits.items, text(m.number(key, 1, most, 2)))
		}
	}
	add("least", 50_00)
	add("floor", 60_00)
	if m.chance("most") {
		limits.keys = append(limits.keys, "most")
		limits.items = append(limits.items, text(m.number("most", 60_00, 900_00, 2)))
	}
	return limits
}

func (m *maker) count() *node {
	if m.chance("last") {
		return mapping("last", text("3 months"))
	}
	return text(m.of("count", "new", "all"))
}

// inputs draws what the rules read, for up to 12 members.
func (m *maker) inputs(a Agreement) Inputs {
	in := Inputs{
		Agreement: "drawn", Currency: "EUR", Cut: 7, Through: ledger.NewDate(2026, 10, 31),
		Carried: euro(m.number("carried", 0, 20_000, 2)), Claims: Claims{Kinds: a.ClaimKinds()},
	}
	for i := range rapid.IntRange(0, 3).Draw(m.T, "incomes") {
		in.Incomes = append(in.Incomes, Income{fmt.Sprintf("inc_%d", i), euro(m.number("net", 0, 500_000, 2))})
	}
	members := rapid.IntRange(3, 12).Draw(m.T, "members")
	for _, reading := range a.Readings(in.Through) {
		in.Rules = append(in.Rules, m.ruleInputs(reading, members))
	}
	for member := 1; member <= members; member++ {
		row := MemberClaims{Member: member}
		for range in.Claims.Kinds {
			owed := decimal.RequireFromString(m.number("owed", 0, 30_000, 2))
			row.Amounts = append(row.Amounts, owed.Sub(decimal.New(1000, -2)))
		}
		in.Claims.Members = append(in.Claims.Members, row)
		balance := ledger.RoundingBalance(rapid.Int64Range(-2e12, 2e12).Draw(m.T, "balance"))
		in.Rounding = append(in.Rounding, MemberRounding{member, balance})
	}
	for _, fund := range a.TargetFunds() {
		in.Funds = append(in.Funds, FundBalance{fund, euro(m.number("balance", 0, 60_000, 2))})
	}
	return in
}

func (m *maker) ruleInputs(reading Reading, members int) RuleInputs {
	in := RuleInputs{Rule: reading.Rule}
	if reading.By == ByShares {
		for i, party := range reading.Shares {
			row := MemberWeights{i + 1, []decimal.Decimal{party.Share}}
			if m.chance("absent") {
				in.Absent = append(in.Absent, row)
			} else {
				in.Members = append(in.Members, row)
			}
		}
		return in
	}
	for member := 1; member <= members; member++ {
		if !m.chance("there") {
			continue
		}
		row := MemberWeights{Member: member}
		for range reading.Kinds {
			weight := decimal.RequireFromString(m.number("weight", 0, 100_000, 3))
			row.Weights = append(row.Weights, weight.Sub(decimal.New(5, 0)))
		}
		switch reading.By {
		case ByTakes:
			row.Weights = []decimal.Decimal{decimal.RequireFromString(m.number("asked", 0, 80_000, 2))}
		case ByCatchUp:
			received := decimal.RequireFromString(m.number("received", 0, 80_000, 2))
			in.Received = append(in.Received, MemberAmount{member, received})
		}
		in.Members = append(in.Members, row)
	}
	return in
}

// drawn draws an agreement that Parse takes, and inputs for it.
func drawn(t *rapid.T) (*node, Agreement, Inputs) {
	m := &maker{T: t}
	root := m.agreement()
	a, err := Parse(toJSON(root), JSON)
	if err != nil {
		t.Fatalf("%v\n%s", err, toJSON(root))
	}
	return root, a, m.inputs(a)
}

func mustEvaluate(t *rapid.T, a Agreement, in Inputs) Result {
	result, err := Evaluate(a, in)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestEvaluateConservesMoney(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, a, in := drawn(t)
		result := mustEvaluate(t, a, in)
		sum := result.Carried
		for _, allocation := range result.Allocations() {
			sum = sum.Plus(allocation.Amount)
			if allocation.Amount.Sign() <= 0 {
				t.Fatalf("%+v is not above zero", allocation)
			}
		}
		whole := in.Carried
		for _, income := range in.Incomes {
			whole = whole.Plus(income.Net)
		}
		if !sum.Equal(whole) || !result.Whole.Equal(whole) || result.Carried.Sign() < 0 {
			t.Fatalf("%s came in, %s went out", whole, sum)
		}
		checkRules(t, a, result)
		checkClaims(t, in, result)
	})
}

// checkRules checks that every rule gives what its allocations say, nobody is a
// cent or more from their exact share, and nothing is taken that is not there.
func checkRules(t *rapid.T, a Agreement, result Result) {
	left := map[string]ledger.Money{"/rules": result.Whole}
	for i, placed := range a.placed() {
		rule := result.Rules[i]
		list := placed.pointer[:strings.LastIndex(placed.pointer, "/")]
		if !rule.Available.Equal(left[list]) || rule.Took.Amount.GreaterThan(rule.Available.Amount) ||
			!rule.Took.Equal(rule.Gave.Plus(rule.Back)) || rule.Back.Sign() < 0 || rule.Gave.Sign() < 0 ||
			rule.Gave.IsZero() != (rule.Why != "") || rule.Rule != placed.ID || rule.Pointer != placed.pointer {
			t.Fatalf("%+v with %s left", rule, left[list])
		}
		left[list] = left[list].Minus(rule.Gave)
		left[placed.pointer+"/give/rules"] = rule.Took
		if rule.Form == GiveRules {
			continue
		}
		gave, perMember := ledger.Zero("EUR"), map[int]ledger.Money{}
		for _, allocation := range rule.Allocations {
			gave = gave.Plus(allocation.Amount)
			perMember[allocation.Member] = orZero(perMember[allocation.Member], "EUR").Plus(allocation.Amount)
		}
		if !gave.Equal(rule.Gave) {
			t.Fatalf("%+v gave %s", rule, gave)
		}
		checkLimits(t, placed.Give.Members, rule)
		for _, allocation := range rule.Allocations {
			off := new(big.Rat).Sub(perMember[allocation.Member].Amount.Rat(), rule.ExactShare(allocation))
			if allocation.Member > 0 && off.Abs(off).Cmp(big.NewRat(1, 100)) >= 0 {
				t.Fatalf("%+v is a cent or more off %+v", allocation, rule)
			}
		}
	}
}

// checkLimits checks that nobody gets more than the most, less than the floor, or
// has an exact share below the least, where there is enough for the floors.
func checkLimits(t *rapid.T, members Members, rule RuleResult) {
	limits, one := members.Limits, decimal.New(int64(rule.Members), 0)
	enough := limits.Floor.Amount.Mul(one).LessThanOrEqual(rule.Divided.Amount)
	for _, a := range rule.Allocations {
		if isSet(limits.Most) && a.Amount.Amount.GreaterThan(limits.Most.Amount) ||
			enough && a.Amount.Amount.LessThan(limits.Floor.Amount) {
			t.Fatalf("%+v is beyond %+v in %+v", a, limits, rule)
		}
		if !isSet(limits.Floor) && rule.ExactShare(a).Cmp(limits.Least.Amount.Rat()) < 0 {
			t.Fatalf("%+v is below the least of %+v in %+v", a, limits, rule)
		}
		if isSet(a.Kept) && !a.Kept.Equal(ledger.Percent(a.Amount, members.Keep)) {
			t.Fatalf("%+v does not keep %s %%", a, members.Keep)
		}
	}
}

// checkClaims checks that nobody is paid more of a kind than they were promised.
func checkClaims(t *rapid.T, in Inputs, result Result) {
	owed := map[string]decimal.Decimal{}
	for _, row := range in.Claims.Members {
		for i, kind := range in.Claims.Kinds {
			owed[fmt.Sprint(row.Member, kind)] = row.Amounts[i]
		}
	}
	for _, allocation := range result.Allocations() {
		if allocation.Kind == "" {
			continue
		}
		key := fmt.Sprint(allocation.Member, allocation.Kind)
		owed[key] = owed[key].Sub(allocation.Amount.Amount)
		if owed[key].Sign() < 0 {
			t.Fatalf("%+v overpays by %s", allocation, owed[key])
		}
	}
}

// How many zeros end the weights changes nothing, not even the weights in the result.
func TestEvaluateWithoutRegardToZeros(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, a, in := drawn(t)
		want := mustEvaluate(t, a, in)
		for i, reading := range a.Readings(in.Through) {
			if reading.By == ByTakes {
				continue
			}
			for _, row := range slices.Concat(in.Rules[i].Members, in.Rules[i].Absent) {
				for i, weight := range row.Weights {
					zeros := decimal.New(0, -rapid.Int32Range(3, 9).Draw(t, "decimals"))
					row.Weights[i] = weight.Add(zeros)
				}
			}
		}
		got := mustEvaluate(t, a, in)
		if diff := cmp.Diff(allWeights(want), allWeights(got)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// allWeights writes down every allocation of every rule with its weight.
func allWeights(r Result) (lines []string) {
	for _, rule := range r.Rules {
		for _, a := range rule.Allocations {
			lines = append(lines, fmt.Sprint(rule.Rule, a.Member, a.Amount, a.Weight, " of ", rule.TotalWeight))
		}
	}
	return lines
}

// The order of the lists in the inputs changes nothing, nor does writing them down
// and reading them back.
func TestEvaluateWithoutRegardToOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, a, in := drawn(t)
		want := summary(mustEvaluate(t, a, in))
		digest := in.Digest()
		back, err := ParseInputs(in.Canonical())
		if err != nil {
			t.Fatal(err)
		}
		for i, rule := range in.Rules {
			in.Rules[i].Members = rapid.Permutation(rule.Members).Draw(t, "members")
		}
		in.Rules = rapid.Permutation(in.Rules).Draw(t, "rules")
		in.Incomes = rapid.Permutation(in.Incomes).Draw(t, "incomes")
		in.Claims.Members = rapid.Permutation(in.Claims.Members).Draw(t, "claims")
		in.Rounding = rapid.Permutation(in.Rounding).Draw(t, "rounding")
		slices.Reverse(in.Claims.Kinds)
		for _, row := range in.Claims.Members {
			slices.Reverse(row.Amounts)
		}
		for _, other := range []Inputs{in, back} {
			if diff := cmp.Diff(want, summary(mustEvaluate(t, a, other))); diff != "" {
				t.Fatal(diff)
			}
			if other.Digest() != digest {
				t.Fatal("the digest is another")
			}
		}
	})
}

// Weighing everything in other units changes nobody's money.
func TestEvaluateScaledWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, a, in := drawn(t)
		before := mustEvaluate(t, a, in)
		scale := decimal.New(rapid.Int64Range(1, 1e15).Draw(t, "scale"),
			-rapid.Int32Range(0, 9).Draw(t, "shift"))
		for i, reading := range a.Readings(in.Through) {
			if reading.By == ByTakes {
				continue
			}
			for _, row := range slices.Concat(in.Rules[i].Members, in.Rules[i].Absent) {
				for i := range row.Weights {
					row.Weights[i] = row.Weights[i].Mul(scale)
				}
			}
		}
		after := mustEvaluate(t, a, in)
		unweighed := cmpopts.IgnoreFields(Allocation{}, "Weight")
		if diff := cmp.Diff(before.Allocations(), after.Allocations(), unweighed); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(before.Rounding, after.Rounding); diff != "" {
			t.Fatal(diff)
		}
	})
}

// writer writes nodes as YAML in all the ways there are.
type writer struct {
	*rapid.T
	text strings.Builder
}

func (w *writer) pick(ways ...string) string { return rapid.SampledFrom(ways).Draw(w.T, "way") }

func (w *writer) block(n *node, indent string) {
	for i, item := range n.items {
		w.text.WriteString(w.pick("", "", "", "# a comment: [\n", "\n", indent+"# \"\n"))
		w.text.WriteString(indent)
		deeper := indent + w.pick(" ", "  ", "    ")
		if n.kind == objectNode {
			w.text.WriteString(w.scalar(n.keys[i]) + ":")
		} else {
			w.text.WriteString("-")
		}
		nested := item.kind == arrayNode || item.kind == objectNode
		if nested && w.pick("block", "flow") == "block" {
			w.text.WriteString(w.pick("", " ", " # b") + "\n")
			w.block(item, deeper)
			continue
		}
		w.text.WriteString(" ")
		w.flow(item, indent)
		w.text.WriteString(w.pick("", " ", " # c", "  # 'd") + "\n")
	}
}

func (w *writer) flow(n *node, indent string) {
	brackets := map[nodeKind]string{objectNode: "{}", arrayNode: "[]"}[n.kind]
	if brackets == "" {
		w.text.WriteString(w.scalar(n.text))
		return
	}
	w.text.WriteString(brackets[:1])
	for i, item := range n.items {
		w.text.WriteString(w.pick("", " ", "\n  "+indent, " # e\n    "+indent))
		if n.kind == objectNode {
			w.text.WriteString(w.scalar(n.keys[i]) + ": ")
		}
		w.flow(item, indent)
		if i+1 < len(n.items) {
			w.text.WriteString(",")
		}
	}
	w.text.WriteString(w.pick("", " ") + brackets[1:])
}

func (w *writer) scalar(s string) string {
	plain := strings.Trim(s, "abcdefghijklmnopqrstuvwxyz-") == "" && s != ""
	switch way := w.pick("double", "single", "plain"); {
	case way == "double":
		return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"`
	case way == "single" || !plain:
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return s
}

// However a document is formatted, it is the same agreement.
func TestFormattingChangesNothing(t *testing.T) {
	equal := cmp.Options{cmpopts.EquateEmpty(), cmp.AllowUnexported(ledger.Date{})}
	rapid.Check(t, func(t *rapid.T) {
		root, want, _ := drawn(t)
		w := &writer{T: t}
		w.block(root, "")
		got, err := Parse([]byte(w.text.String()), YAML)
		if err != nil {
			t.Fatalf("%v\n%s", err, w.text.String())
		}
		if diff := cmp.Diff(want, got, equal); diff != "" {
			t.Fatalf("%s\n%s", diff, w.text.String())
		}
		if err := agreesWith(w.text.String()); err != nil {
			t.Fatalf("%v\n%s", err, w.text.String())
		}
	})
}

// In an example too, the order of contributions changes nothing, over all the runs
// that continue it.
func TestOrderOfContributionsChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &maker{T: t}
		a, err := Parse([]byte(withRules(
			`{id: new, take: {percent: "50", of: left}, give: {members: {by: `+
				`{contributions: {factors: {work: "1", care: "1.5"}}}}}}`,
			`{id: last, take: rest, give: {members: {by: `+
				`{contributions: {factors: {work: "1"}, count: {last: "2 months"}}}}}}`)), YAML)
		if err != nil {
			t.Fatal(err)
		}
		one, other := newBooks(a), newBooks(a)
		for month := range 3 {
			e := Example{Name: "e", Income: euro(m.number("income", 0, 100_000, 2)),
				Through: ledger.NewDate(2026, 5, 31).AddDays(30 * month)}
			for i := range 6 {
				e.Members = append(e.Members, ExampleMember{Handle: fmt.Sprint("m", i), Stage: ledger.FullPart})
			}
			for range rapid.IntRange(0, 8).Draw(t, "contributions") {
				e.Contributions = append(e.Contributions, ExampleContribution{
					Member:   fmt.Sprint("m", rapid.IntRange(0, 5).Draw(t, "member")),
					Kind:     m.of("kind", "work", "care"),
					Quantity: decimal.RequireFromString(m.number("quantity", 1, 9_999, 2)),
					Rate:     decimal.New(1, 0),
					Date:     e.Through.AddDays(-rapid.IntRange(-20, 80).Draw(t, "days"))})
			}
			moved := e
			moved.Contributions = rapid.Permutation(e.Contributions).Draw(t, "order")
			first, err := one.run(e)
			second, err2 := other.run(moved)
			if err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
			if diff := cmp.Diff(first, second); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

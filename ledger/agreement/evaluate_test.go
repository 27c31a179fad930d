package agreement

import (
	"errors"
	"fmt"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// must parses an agreement that is right.
func must(t testing.TB, text string) Agreement {
	t.Helper()
	a, err := Parse([]byte(text), Detect)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func euro(s string) ledger.Money {
	money, err := ledger.ParseMoney(s, "EUR")
	if err != nil {
		panic(err)
	}
	return money
}

// decimals reads plain decimals.
func decimals(values ...string) []decimal.Decimal {
	read, err := readDecimals(values)
	if err != nil {
		panic(err)
	}
	return read
}

// october returns the inputs of domain.md's example, written down by hand.
func october() Inputs {
	return Inputs{
		Agreement: "agr_riverside_3", Currency: "EUR", Cut: 4, Settings: 3,
		Incomes: []Income{
			{"inc_2", euro("1500.00")}, {"inc_1", euro("2400.00")}, {"inc_3", euro("300.00")}},
		Carried: euro("0.00"), Through: ledger.NewDate(2026, 10, 31),
		Rules: []RuleInputs{{Rule: "work", Members: []MemberWeights{
			// The kinds stand in the order of their names: care, work.
			{2, decimals("0", "60")}, {1, decimals("10", "42.000")}, {3, decimals("0", "40.8")},
			{4, decimals("0", "0.00")},
		}}},
		Claims: Claims{Kinds: []string{"materials"}, Members: []MemberClaims{
			{2, decimals("180.00")}, {1, decimals("120")}, {3, decimals("0")}}},
		Funds: []FundBalance{{"reserve", euro("0.00")}},
		Rounding: []MemberRounding{
			{3, 0}, {1, 250_000_000_000}, {7, 1}},
	}
}

// summary writes a result down, one line per rule and allocation.
func summary(r Result) []string {
	lines := []string{"whole " + r.Whole.Figure()}
	for _, rule := range r.Rules {
		lines = append(lines, fmt.Sprintf("%s at %s, %d deep: %s available, took %s, gave %s, "+
			"%s back, %s divided over %d by %s %s", rule.Rule, rule.Pointer, rule.Depth,
			rule.Available.Figure(), rule.Took.Figure(), rule.Gave.Figure(), rule.Back.Figure(),
			rule.Divided.Figure(), rule.Members, rule.TotalWeight, rule.Why))
		for _, a := range rule.Allocations {
			lines = append(lines, fmt.Sprintf("  %d%s %s %s, exactly %s", a.Member, a.Fund, a.Kind,
				a.Amount.Figure(), rule.ExactShare(a).FloatString(6)))
		}
	}
	lines = append(lines, fmt.Sprintf("leftover %s %s, carried %s", r.Leftover.Fund,
		r.Leftover.Amount.Figure(), r.Carried.Figure()))
	for _, row := range r.Rounding {
		lines = append(lines, fmt.Sprintf("rounding %d %s", row.Member, row.Balance))
	}
	return append(lines, fmt.Sprint("covered ", r.Covered), fmt.Sprint("notes ", r.Notes))
}

func TestEvaluateOctober(t *testing.T) {
	result, err := Evaluate(must(t, string(riverside(t))), october())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"whole 4200.00",
		"materials at /rules/0, 0 deep: 4200.00 available, took 4200.00, gave 300.00, 3900.00 back, " +
			"300.00 divided over 2 by 300 ",
		"  1 materials 120.00, exactly 120.000000",
		"  2 materials 180.00, exactly 180.000000",
		"aside at /rules/1, 0 deep: 3900.00 available, took 3900.00, gave 585.00, 3315.00 back, " +
			"0.00 divided over 0 by 0 ",
		"reserve at /rules/1/give/rules/0, 1 deep: 3900.00 available, took 390.00, gave 390.00, 0.00 back, " +
			"390.00 divided over 0 by 0 ",
		"  0reserve  390.00, exactly 0.000000",
		"care-fund at /rules/1/give/rules/1, 1 deep: 3510.00 available, took 195.00, gave 195.00, 0.00 back, " +
			"195.00 divided over 0 by 0 ",
		"  0care  195.00, exactly 0.000000",
		"work at /rules/2, 0 deep: 3315.00 available, took 3315.00, gave 3315.00, 0.00 back, " +
			"3315.00 divided over 3 by 154.8 ",
		"  1  1156.40, exactly 1156.395349",
		"  2  1284.88, exactly 1284.883721",
		"  3  873.72, exactly 873.720930",
		"leftover reserve 0.00, carried 0.00",
		"rounding 1 -0.46511627907",
		"rounding 2 0.372093023256",
		"rounding 3 0.093023255814",
		"covered [work]",
		"notes []",
	}
	if diff := cmp.Diff(want, summary(result)); diff != "" {
		t.Error(diff)
	}
	share := result.Rules[4].ExactShare(result.Rules[4].Allocations[0])
	if share.Cmp(big.NewRat(49725, 43)) != 0 {
		t.Errorf("Ana's exact share is %s", share)
	}
}

// A rule that gives nothing says why.
func TestEvaluateReasons(t *testing.T) {
	for _, c := range []struct {
		rule   string
		income string
		inputs RuleInputs
		claims []MemberClaims
		want   Reason
	}{
		{`take: rest, give: {fund: a}`, "0.00", RuleInputs{}, nil, NothingLeft},
		{`take: {percent: "1", of: left}, give: {fund: a}`, "0.50", RuleInputs{}, nil, NothingTaken},
		{`take: rest, give: {fund: a, until: "1.00"}`, "5.00", RuleInputs{}, nil, TargetReached},
		{`take: rest, give: {claims: {kinds: [b]}}`, "5.00", RuleInputs{},
			[]MemberClaims{{1, decimals("-3.00")}}, NoClaims},
		{`take: rest, give: {members: {by: equal}}`, "5.00", RuleInputs{Rule: "a"}, nil, Nobody},
		{`take: rest, give: {members: {by: {contributions: {factors: {work: "1"}}}}}`, "5.00",
			RuleInputs{Rule: "a"}, nil, NoWeight},
		{`take: rest, give: {members: {by: {contributions: {factors: {work: "1"}}}}}`, "5.00",
			RuleInputs{Rule: "a", Members: []MemberWeights{{1, decimals("-2")}}}, nil, NoWeight},
		{`take: rest, give: {members: {by: {contributions: {factors: {work: "0"}}}}}`, "5.00",
			RuleInputs{Rule: "a", Members: []MemberWeights{{Member: 1}, {Member: 2}}}, nil, NoWeight},
		{`take: rest, give: {members: {by: {shares: {ana: "1"}}}}`, "5.00",
			RuleInputs{Rule: "a", Absent: []MemberWeights{{1, decimals("1")}}}, nil, AllAbsent},
		{`take: rest, give: {rules: [{id: b, take: rest, give: {claims: {kinds: [b]}}}]}`, "5.00",
			RuleInputs{}, nil, GroupGaveNone},
	} {
		a := must(t, withRules("{id: a, "+c.rule+"}"))
		in := Inputs{Currency: "EUR", Carried: euro("0.00"), Incomes: []Income{{"i", euro(c.income)}},
			Claims: Claims{Kinds: a.ClaimKinds(), Members: c.claims}}
		if c.inputs.Rule != "" {
			in.Rules = []RuleInputs{c.inputs}
		}
		for _, fund := range a.TargetFunds() {
			in.Funds = append(in.Funds, FundBalance{fund, euro("1.50")})
		}
		result, err := Evaluate(a, in)
		if err != nil {
			t.Fatalf("%s: %v", c.rule, err)
		}
		got := result.Rules[0]
		if got.Why != c.want || !got.Gave.IsZero() || !result.Carried.Equal(euro(c.income)) ||
			len(result.Covered) > 0 {
			t.Errorf("%s: why %q, gave %s, carried %s", c.rule, got.Why, got.Gave, result.Carried)
		}
	}
}

// A weight below zero counts as zero and is noted, with the factors applied.
func TestEvaluateNotes(t *testing.T) {
	a := must(t, withRules(toMembers(`by: {contributions: {factors: {care: "2", work: "1"}}}`)))
	in := Inputs{Currency: "EUR", Carried: euro("9.00")}
	in.Rules = []RuleInputs{{Rule: "a", Members: []MemberWeights{
		{1, decimals("-3", "5")}, {2, decimals("1", "-1.5")}, {3, decimals("0", "1")}}}}
	result, err := Evaluate(a, in)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Notes) != 1 || result.Notes[0].Member != 1 ||
		result.Notes[0].Weight.String() != "-1" {
		t.Errorf("noted: %+v", result.Notes)
	}
	if got := result.Rules[0].Allocations; len(got) != 2 || !got[0].Amount.Equal(euro("3.00")) ||
		!got[1].Amount.Equal(euro("6.00")) {
		t.Errorf("allocated: %+v", got)
	}
}

// The claims rule's remainders weigh in the choice of the rule after it.
func TestRoundingGoesOnWithinARun(t *testing.T) {
	a := must(t, withRules(`{id: c, take: {amount: "0.01"}, give: {claims: {kinds: [costs]}}}`,
		`{id: e, take: {amount: "0.01"}, give: {members: {by: equal}}}`,
		`{id: f, take: {amount: "0.01"}, give: {members: {by: equal}}}`))
	equal := []MemberWeights{{Member: 1}, {Member: 2}, {Member: 3}}
	in := Inputs{Currency: "EUR", Carried: euro("0.03"),
		Rules: []RuleInputs{{Rule: "e", Members: equal}, {Rule: "f", Members: equal}},
		Claims: Claims{Kinds: []string{"costs"}, Members: []MemberClaims{
			{1, decimals("1.00")}, {2, decimals("1.00")}, {3, decimals("1.00")}}}}
	result, err := Evaluate(a, in)
	if err != nil {
		t.Fatal(err)
	}
	got := []int{}
	for _, allocation := range result.Allocations() {
		got = append(got, allocation.Member)
	}
	if diff := cmp.Diff([]int{1, 2, 3}, got); diff != "" {
		t.Error("the cents went to ", diff)
	}
	// Each third is rounded to twelve digits, so the sum is off by as many as are shown.
	want := []MemberRounding{{1, -1}, {2, -1}, {3, -1}}
	if diff := cmp.Diff(want, result.Rounding); diff != "" {
		t.Error(diff)
	}
}

func TestEvaluateRefuses(t *testing.T) {
	a := must(t, string(riverside(t)))
	for name, change := range map[string]func(*Inputs){
		"currency":           func(in *Inputs) { in.Currency = "USD" },
		"amount":             func(in *Inputs) { in.Carried.Currency = "USD" },
		"no rule":            func(in *Inputs) { in.Rules = nil },
		"other rule":         func(in *Inputs) { in.Rules[0].Rule = "play" },
		"further rule":       func(in *Inputs) { in.Rules = append(in.Rules, RuleInputs{Rule: "play"}) },
		"weights":            func(in *Inputs) { in.Rules[0].Members[0].Weights = decimals("1") },
		"member twice":       func(in *Inputs) { in.Rules[0].Members[0].Member = 1 },
		"no join number":     func(in *Inputs) { in.Rules[0].Members[0].Member = 0 },
		"absent":             func(in *Inputs) { in.Rules[0].Absent = in.Rules[0].Members[:1] },
		"claim kinds":        func(in *Inputs) { in.Claims.Kinds[0] = "love" },
		"no claim kinds":     func(in *Inputs) { in.Claims = Claims{} },
		"claims for no kind": func(in *Inputs) { in.Claims.Members[0].Amounts = decimals("1", "2") },
		"claims twice":       func(in *Inputs) { in.Claims.Members[0].Member = 1 },
		"fund":               func(in *Inputs) { in.Funds[0].Fund = "care" },
		"no fund":            func(in *Inputs) { in.Funds = nil },
		"rounding twice":     func(in *Inputs) { in.Rounding[2] = MemberRounding{1, 5} },
		"decimals":           func(in *Inputs) { in.Carried.Amount = decimals("0.001")[0] },
		"decimals claimed":   func(in *Inputs) { in.Claims.Members[0].Amounts = decimals("0.001") },
		"below zero":         func(in *Inputs) { in.Carried = euro("-4200.01") },
		"beyond all":         func(in *Inputs) { in.Carried = euro("1000000000000000.00") },
	} {
		in := october()
		change(&in)
		_, err := Evaluate(a, in)
		var refused *ledger.Error
		if !errors.As(err, &refused) || refused.Kind != ledger.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// tenThousand returns 10,000 members in five rules, one of them for claims.
func tenThousand(t testing.TB) (Agreement, Inputs) {
	by := `give: {members: {by: {contributions: {factors: {work: "1", care: "1.2"}}}}}}`
	a := must(t, withRules(`{id: costs, take: {percent: "10", of: left}, give: {claims: {kinds: [costs]}}}`,
		`{id: a, take: {percent: "20", of: left}, `+by, `{id: b, take: {percent: "20", of: left}, `+by,
		`{id: c, take: {percent: "50", of: left}, `+by,
		`{id: d, take: rest, give: {members: {by: equal}}}`))
	in := Inputs{Agreement: "agr_06f", Currency: "EUR", Carried: euro("123456.78"), Cut: 1_000_000,
		Through: ledger.NewDate(2026, 10, 31), Claims: Claims{Kinds: []string{"costs"}}}
	for _, reading := range a.Readings(in.Through) {
		rule := RuleInputs{Rule: reading.Rule}
		for member := 1; member <= 10_000; member++ {
			row := MemberWeights{Member: member}
			for i := range reading.Kinds {
				row.Weights = append(row.Weights, decimal.New(int64(member*7919%100_000+i), -2))
			}
			rule.Members = append(rule.Members, row)
		}
		in.Rules = append(in.Rules, rule)
	}
	for member := 1; member <= 10_000; member++ {
		in.Claims.Members = append(in.Claims.Members,
			MemberClaims{member, []decimal.Decimal{decimal.New(int64(member), -2)}})
		in.Rounding = append(in.Rounding, MemberRounding{member, ledger.RoundingBalance(member * 123_456_789)})
	}
	return a, in
}

func BenchmarkParse(b *testing.B) {
	text := riverside(b)
	for b.Loop() {
		if _, err := Parse(text, YAML); err != nil {
			b.Fatal(err)
		}
	}
}

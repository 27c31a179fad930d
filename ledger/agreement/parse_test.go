package agreement

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"phyle/ledger"
)

// withRules returns an agreement in YAML with these rules, one a line.
func withRules(rules ...string) string {
	return "name: Test\ncurrency: EUR\nleftover: carry\nrules:\n  - " +
		strings.Join(rules, "\n  - ") + "\n"
}

// withExample returns an agreement with one example that says this besides.
func withExample(example string) string {
	return withRules(`{id: work, take: rest, give: {members: {by: {contributions: {factors: {work: "1"}}}}}}`) +
		"kinds: {work: {unit: hour}, costs: {unit: EUR, becomes: claim}}\n" +
		"examples:\n  - {name: One, income: \"1.00\", members: [ana], " + example + "}\n"
}

// wrongAt lists what is wrong as "pointer code", in order.
func wrongAt(err error) []string {
	var refused *ledger.Error
	if !errors.As(err, &refused) {
		return []string{fmt.Sprint("not refused: ", err)}
	}
	if len(refused.Fields) == 0 {
		return []string{refused.Code}
	}
	fields := []string{}
	for _, field := range refused.Fields {
		fields = append(fields, field.Pointer+" "+field.Code)
	}
	return fields
}

// toMembers is a rule that gives to members as the text says.
func toMembers(by string) string {
	return `{id: a, take: rest, give: {members: {` + by + `}}}`
}

// The start of rules that many cases share, and where they say by what to divide.
const (
	toFund = `give: {fund: reserve}`
	by     = "/rules/0/give/members/by"
	ruled  = "rules: [{id: a, take: rest, " + toFund + "}]"
)

// byWork is a rule by contributions that says this besides.
func byWork(besides string) string {
	return withRules(toMembers(`by: {contributions: {factors: {work: "1"}` + besides + `}}`))
}

// ruleThat is a rule to a fund that takes or gives so.
func ruleThat(says string) string { return withRules("{id: a, " + says + "}") }

// refusals lists texts that are refused, and where and why.
var refusals = []struct {
	name, text string
	want       []string
}{
	{"empty mapping", "{}", []string{
		"/currency required", "/leftover no_leftover", "/name required", "/rules required"}},
	{"no mapping", "hello", []string{" wrong_type"}},
	{"blank name", strings.Replace(ruleThat("take: rest, "+toFund), "Test", `" "`, 1),
		[]string{"/name required"}},
	{"long name", strings.Replace(ruleThat("take: rest, "+toFund), "Test",
		strings.Repeat("x", 201), 1), []string{"/name too_long"}},
	{"currency", "name: a\ncurrency: eur\nleftover: carry\n" + ruled,
		[]string{"/currency unknown_currency"}},
	{"leftover", "name: a\ncurrency: EUR\nleftover: keep\n" + ruled,
		[]string{"/leftover unknown_leftover"}},
	{"leftover fund", "name: a\ncurrency: EUR\nleftover: {fund: No}\n" + ruled,
		[]string{"/leftover/fund invalid_name"}},
	{"rounding", ruleThat("take: rest, "+toFund) + "rounding: up",
		[]string{"/rounding unknown_rounding"}},
	{"no rules", "name: a\ncurrency: EUR\nleftover: carry\nrules: []",
		[]string{"/rules required"}},
	{"rules are no list", "name: a\ncurrency: EUR\nleftover: carry\nrules: all",
		[]string{"/rules wrong_type"}},
	{"empty rule", withRules("{}"),
		[]string{"/rules/0/give required", "/rules/0/id required", "/rules/0/take required"}},
	{"rule id", withRules("{id: A b, take: rest, " + toFund + "}"), []string{"/rules/0/id invalid_name"}},
	{"reserved id", withRules("{id: leftover, take: rest, " + toFund + "}"),
		[]string{"/rules/0/id reserved_id"}},
	{"duplicate id", withRules(`{id: a, take: {percent: "1", of: left}, `+toFund+`}`,
		`{id: g, take: rest, give: {rules: [{id: a, take: rest, `+toFund+`}]}}`),
		[]string{"/rules/1/give/rules/0/id duplicate_id"}},
	{"unknown take", ruleThat("take: all, " + toFund), []string{"/rules/0/take unknown_take"}},
	{"empty take", ruleThat("take: {}, " + toFund), []string{"/rules/0/take required"}},
	{"two takes", ruleThat(`take: {amount: "1.00", percent: "1", of: left}, ` + toFund),
		[]string{"/rules/0/take/amount not_allowed_here"}},
	{"of with amount", ruleThat(`take: {amount: "1.00", of: left}, ` + toFund),
		[]string{"/rules/0/take/of not_allowed_here"}},
	{"of", ruleThat(`take: {percent: "1", of: all}, ` + toFund),
		[]string{"/rules/0/take/of unknown_of"}},
	{"of missing", ruleThat(`take: {percent: "1"}, ` + toFund),
		[]string{"/rules/0/take/of required"}},
	{"percent as number", ruleThat(`take: {percent: 10, of: left}, ` + toFund),
		[]string{"/rules/0/take/percent amount_must_be_string"}},
	{"percent over 100", ruleThat(`take: {percent: "100.1", of: left}, ` + toFund),
		[]string{"/rules/0/take/percent percent_over_100"}},
	{"percent of zero", ruleThat(`take: {percent: "0", of: left}, ` + toFund),
		[]string{"/rules/0/take/percent not_positive"}},
	{"negative percent", ruleThat(`take: {percent: "-1", of: left}, ` + toFund),
		[]string{"/rules/0/take/percent negative"}},
	{"percent decimals", ruleThat(`take: {percent: "1.0000001", of: left}, ` + toFund),
		[]string{"/rules/0/take/percent too_many_decimals"}},
	{"whole over 100", withRules(`{id: a, take: {percent: "60", of: whole}, `+toFund+"}",
		`{id: b, take: {percent: "60", of: left}, `+toFund+"}",
		`{id: c, take: {percent: "40.000001", of: whole}, `+toFund+"}"),
		[]string{"/rules/2/take/percent percent_over_100"}},
	{"whole over 100 in a group", withRules(`{id: g, take: rest, give: {rules: [` +
		`{id: a, take: {percent: "60", of: whole}, ` + toFund + `}, ` +
		`{id: b, take: {percent: "60", of: whole}, ` + toFund + `}]}}`),
		[]string{"/rules/0/give/rules/1/take/percent percent_over_100"}},
	{"amount decimals", ruleThat(`take: {amount: "1.001"}, ` + toFund),
		[]string{"/rules/0/take/amount too_many_decimals"}},
	{"amount of zero", ruleThat(`take: {amount: "0.00"}, ` + toFund),
		[]string{"/rules/0/take/amount not_positive"}},
	{"malformed amount", ruleThat(`take: {amount: "1,5"}, ` + toFund),
		[]string{"/rules/0/take/amount malformed_amount"}},
	{"huge amount", ruleThat(`take: {amount: "1000000000000000.01"}, ` + toFund),
		[]string{"/rules/0/take/amount amount_out_of_range"}},
	{"empty give", withRules("{id: a, take: rest, give: {}}"), []string{"/rules/0/give required"}},
	{"two gives", withRules("{id: a, take: rest, give: {fund: a, claims: {kinds: [b]}}}"),
		[]string{"/rules/0/give/claims not_allowed_here"}},
	{"until elsewhere", withRules(`{id: a, take: rest, give: {until: "1.00", claims: {kinds: [b]}}}`),
		[]string{"/rules/0/give/until not_allowed_here"}},
	{"until of zero", withRules(`{id: a, take: rest, give: {fund: a, until: "0.00"}}`),
		[]string{"/rules/0/give/until not_positive"}},
	{"claims without kinds", withRules("{id: a, take: rest, give: {claims: {kinds: []}}}"),
		[]string{"/rules/0/give/claims/kinds required"}},
	{"claims of a kind twice", withRules("{id: a, take: rest, give: {claims: {kinds: [b, b]}}}"),
		[]string{"/rules/0/give/claims/kinds/1 duplicate"}},
	{"empty group", withRules("{id: a, take: rest, give: {rules: []}}"),
		[]string{"/rules/0/give/rules required"}},
	{"by missing", withRules(toMembers("among: {}")), []string{by + " required"}},
	{"unknown by", withRules(toMembers("by: hours")), []string{by + " unknown_by"}},
	{"empty by", withRules(toMembers("by: {}")), []string{by + " required"}},
	{"no factors", withRules(toMembers("by: {contributions: {factors: {}}}")),
		[]string{by + "/contributions/factors required"}},
	{"negative factor", withRules(toMembers(`by: {contributions: {factors: {work: "-1"}}}`)),
		[]string{by + "/contributions/factors/work negative"}},
	{"factor decimals", withRules(toMembers(`by: {contributions: {factors: {work: "0.1234567"}}}`)),
		[]string{by + "/contributions/factors/work too_many_decimals"}},
	{"factor as number", withRules(toMembers(`by: {contributions: {factors: {work: 1.5}}}`)),
		[]string{by + "/contributions/factors/work amount_must_be_string"}},
	{"kind's name", withRules(toMembers(`by: {contributions: {factors: {"a/b~c": "1"}}}`)),
		[]string{by + "/contributions/factors/a~1b~0c invalid_name"}},
	{"count", byWork(`, count: old`),
		[]string{by + "/contributions/count unknown_count"}},
	{"count last", byWork(`, count: {last: "3 moons"}`),
		[]string{by + "/contributions/count/last invalid_count"}},
	{"count last none", byWork(`, count: {last: "0 days"}`),
		[]string{by + "/contributions/count/last invalid_count"}},
	{"count last 03", byWork(`, count: {last: "03 days"}`),
		[]string{by + "/contributions/count/last invalid_count"}},
	{"since without new", byWork(`, count: all, since: 2026-01-01`),
		[]string{by + "/contributions/since not_allowed_here"}},
	{"since", byWork(`, since: 2026-02-30`),
		[]string{by + "/contributions/since invalid_date"}},
	{"areas", byWork(`, areas: [lab, lab]`),
		[]string{by + "/contributions/areas/1 duplicate"}},
	{"no shares", withRules(toMembers("by: {shares: {}}")), []string{by + "/shares required"}},
	{"share below zero", withRules(toMembers(`by: {shares: {ana: "-1"}}`)),
		[]string{by + "/shares/ana negative"}},
	{"stage", withRules(toMembers("by: equal, among: {stages: [members]}")),
		[]string{"/rules/0/give/members/among/stages/0 unknown_stage"}},
	{"role", withRules(toMembers("by: equal, among: {roles: [cook, steward]}")),
		[]string{"/rules/0/give/members/among/roles/0 unknown_role"}},
	{"catch_up's shape", withRules(toMembers(`by: {catch_up: {factor: {work: "1"}}}`)),
		[]string{by + "/catch_up/factor unknown_field", by + "/catch_up/factors required"}},
	{"catch_up and more", withRules(toMembers(`by: {catch_up: {factors: {work: "1"}, count: new}}`)),
		[]string{by + "/catch_up/count unknown_field"}},
	{"limits' shape", withRules(toMembers(`by: equal, limits: {least: "6.00", most: "5.00"}`)),
		[]string{"/rules/0/give/members/limits/most most_below_least"}},
	{"limits that exclude each other", withRules(toMembers(`by: equal, limits: {floor: "6.00", most: "5.00"}`)),
		[]string{"/rules/0/give/members/limits/most most_below_floor"}},
	{"a limit below zero", withRules(toMembers(`by: equal, limits: {floor: "-6.00"}`)),
		[]string{"/rules/0/give/members/limits/floor negative"}},
	{"a limit that gives nothing", withRules(toMembers(`by: equal, limits: {most: "0.00"}`)),
		[]string{"/rules/0/give/members/limits/most not_positive"}},
	{"limits of takes", withRules(toMembers(`by: takes, limits: {least: "1.00", floor: "1.00", most: "5.00"}`)),
		[]string{"/rules/0/give/members/limits/floor not_allowed_here",
			"/rules/0/give/members/limits/most not_allowed_here"}},
	{"keep", withRules(toMembers(`by: equal, keep: {percent: "200"}`)),
		[]string{"/rules/0/give/members/keep/percent percent_over_100"}},
	{"decay", byWork(`, decay: {factor: "1.1", per: year}`),
		[]string{by + "/contributions/decay/factor factor_over_1", by + "/contributions/decay/per unknown_per"}},
	{"decay to nothing", byWork(`, decay: {factor: "0", per: day}`),
		[]string{by + "/contributions/decay/factor not_positive"}},
	{"after the rest to a fund", withRules("{id: a, take: rest, "+toFund+"}",
		"{id: b, take: rest, "+toFund+"}", "{id: c, take: rest, "+toFund+"}"), []string{"/rules/1 never_receives", "/rules/2 never_receives"}},
	{"after the rest to equals", withRules(toMembers("by: equal"), "{id: b, take: rest, "+toFund+"}"),
		[]string{"/rules/1 never_receives"}},
	{"after the rest to parties", withRules(toMembers(`by: {shares: {ana: "1"}}`),
		"{id: b, take: rest, "+toFund+"}"), []string{"/rules/1 never_receives"}},
	{"after a group that gives all", withRules(
		"{id: g, take: rest, give: {rules: [{id: a, take: rest, "+toFund+"}]}}",
		"{id: b, take: rest, "+toFund+"}"), []string{"/rules/1 never_receives"}},
	{"after 100 percent", withRules(`{id: a, take: {percent: "100", of: left}, `+toFund+"}",
		"{id: b, take: rest, "+toFund+"}"), []string{"/rules/1 never_receives"}},
	{"unknown keys", "nam: a\n" + "name: a\ncurrency: EUR\nleftover: carry\n" +
		"rules: [{id: a, Take: rest, take: rest, " + toFund + "}]",
		[]string{"/nam unknown_field", "/rules/0/Take unknown_field"}},
	{"duplicate key", withRules("{id: a, id: b, take: rest, " + toFund + "}"),
		[]string{"/rules/0/id duplicate_field"}},
	{"duplicate kind", withRules(toMembers(`by: {contributions: {factors: {work: "1", work: "2"}}}`)),
		[]string{by + "/contributions/factors/work duplicate_field"}},
	{"kinds", withRules(toMembers("by: equal")) + "kinds: {work: {unit: hour, becomes: money, rate: \"1\"}}",
		[]string{"/kinds/work/becomes unknown_becomes", "/kinds/work/rate unknown_field"}},
	{"kind is no mapping", withRules(toMembers("by: equal")) + "kinds: {work: hour}",
		[]string{"/kinds/work wrong_type"}},
}

func TestParseRefuses(t *testing.T) {
	for _, c := range refusals {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.text), YAML)
			if diff := cmp.Diff(c.want, wrongAt(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseBounds(t *testing.T) {
	rules := []string{}
	for i := range maxRules {
		rules = append(rules, fmt.Sprintf(`{id: r%d, take: {percent: "1", of: left}, give: {fund: a}}`, i))
	}
	if _, err := Parse([]byte(withRules(rules...)), YAML); err != nil {
		t.Errorf("%d rules: %v", maxRules, err)
	}
	_, err := Parse([]byte(withRules(append(rules, `{id: x, take: rest, give: {fund: a}}`)...)), YAML)
	if diff := cmp.Diff([]string{"/rules/200 too_many_rules"}, wrongAt(err)); diff != "" {
		t.Error(diff)
	}
	group := func(depth int) string {
		text := "{id: inner, take: rest, give: {fund: a}}"
		for i := range depth {
			text = fmt.Sprintf("{id: g%d, take: rest, give: {rules: [%s]}}", i, text)
		}
		return withRules(text)
	}
	if _, err := Parse([]byte(group(maxGroups)), YAML); err != nil {
		t.Errorf("%d groups in each other: %v", maxGroups, err)
	}
	_, err = Parse([]byte(group(maxGroups+1)), YAML)
	if diff := cmp.Diff([]string{"/rules/0" + strings.Repeat("/give/rules/0", maxGroups) +
		"/give/rules too_deep"}, wrongAt(err)); diff != "" {
		t.Error(diff)
	}
	examples := withRules(toMembers("by: equal")) + "examples:\n" +
		strings.Repeat("  - {name: a, income: \"1.00\", members: [ana]}\n", maxExamples+1)
	_, err = Parse([]byte(examples), YAML)
	if diff := cmp.Diff([]string{"/examples/100 too_many_examples"}, wrongAt(err)); diff != "" {
		t.Error(diff)
	}
}

// inExample is where the example of withExample stands.
const inExample = "/examples/0"

// exampleRefusals lists what is refused in an example, and where and why.
var exampleRefusals = []struct{ example, want string }{
	{`income: "1.00"`, inExample + "/income duplicate_field"},
	{`incom: "1.00"`, inExample + "/incom unknown_field"},
	{`then: true`, inExample + "/then nothing_before"},
	{`then: "yes"`, inExample + "/then wrong_type"},
	{`through: 2026-13-01`, inExample + "/through invalid_date"},
	{`received: {work: {ana: "-1.00"}}`, inExample + "/received/work/ana negative"},
	{`takes: {work: {ana: "1.001"}}`, inExample + "/takes/work/ana too_many_decimals"},
	{`rounding: {ana: "0.0000000000001"}`, inExample + "/rounding/ana malformed_amount"},
	{`rounding: {ana: 0.5}`, inExample + "/rounding/ana amount_must_be_string"},
	{`funds: {reserve: "-1.00"}`, inExample + "/funds/reserve negative"},
	{`claims: {costs: {ana: "1.001"}}`, inExample + "/claims/costs/ana too_many_decimals"},
	{`contributions: [{member: ana, kind: work}]`, inExample + "/contributions/0/quantity required"},
	{`contributions: [{member: ana, kind: work, quantity: "0"}]`, inExample + "/contributions/0/quantity not_positive"},
	{`contributions: [{member: ana, kind: work, quantity: "0.0000001"}]`,
		inExample + "/contributions/0/quantity too_many_decimals"},
	{`contributions: [{member: ana, kind: work, quantity: 42}]`,
		inExample + "/contributions/0/quantity amount_must_be_string"},
	{`contributions: [{member: ana, kind: work, quantity: "1", hours: "1"}]`,
		inExample + "/contributions/0/hours unknown_field"},
	{`expect: {paid: {}}`, inExample + "/expect/paid unknown_field"},
	{`expect: {left: 1}`, inExample + "/expect/left amount_must_be_string"},
	{`expect: {payable: {ana: "1.001"}}`, inExample + "/expect/payable/ana too_many_decimals"},
}

func TestParseRefusesExamples(t *testing.T) {
	for _, c := range exampleRefusals {
		_, err := Parse([]byte(withExample(c.example)), YAML)
		if diff := cmp.Diff([]string{c.want}, wrongAt(err)); diff != "" {
			t.Errorf("%s: %s", c.example, diff)
		}
	}
	for members, want := range map[string]string{
		`[ana, ana]`:                     "/examples/0/members/1 duplicate",
		`[{handle: ana, stage: boss}]`:   "/examples/0/members/0/stage unknown_stage",
		`[{handle: ana, roles: [boss]}]`: "/examples/0/members/0/roles/0 unknown_role",
		`[{stage: member}]`:              "/examples/0/members/0/handle required",
		`[12]`:                           "/examples/0/members/0 amount_must_be_string",
		`[{handle: ana, joined: 2026-02-01, left: 2026-01-01}]`: "/examples/0/members/0/left left_before_joined",
	} {
		text := strings.Replace(withExample("then: false"), "[ana]", members, 1)
		_, err := Parse([]byte(text), YAML)
		if diff := cmp.Diff([]string{want}, wrongAt(err)); diff != "" {
			t.Errorf("%s: %s", members, diff)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	known := Known{
		Kinds: map[string]Kind{
			"care": {Becomes: ledger.BecomesWeight}, "costs": {Becomes: ledger.BecomesClaim}},
		Funds: map[string]bool{"reserve": true}, Areas: map[string]bool{"lab": true},
		Members: map[string]bool{"ana": true},
	}
	text := withRules(
		`{id: a, take: {percent: "1", of: left}, give: {fund: reserv}}`,
		`{id: b, take: rest, give: {claims: {kinds: [costs, cost, care]}}}`,
		`{id: c, take: rest, give: {rules: [{id: d, take: rest, give: {members: {by: {contributions: `+
			`{factors: {care: "1", cre: "1", costs: "1"}, areas: [lab, shop]}}}}}]}}`,
		`{id: e, take: rest, give: {members: {by: {shares: {ana: "1", anna: "2"}}}}}`)
	text = strings.Replace(text, "carry", "{fund: reserve-2}", 1)
	a, err := Parse([]byte(text), YAML)
	if err != nil {
		t.Fatal(err)
	}
	contributions := "/rules/2/give/rules/0/give/members/by/contributions"
	want := []string{
		"/leftover/fund unknown_fund",
		"/rules/0/give/fund unknown_fund",
		"/rules/1/give/claims/kinds/1 unknown_kind",
		"/rules/1/give/claims/kinds/2 not_a_claim_kind",
		contributions + "/areas/1 unknown_area",
		contributions + "/factors/costs not_a_weight_kind",
		contributions + "/factors/cre unknown_kind",
		"/rules/3/give/members/by/shares/anna unknown_member",
	}
	err = a.Check(known)
	if diff := cmp.Diff(want, wrongAt(err)); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(err.Error(), `did you mean "care"`) {
		t.Errorf("no suggestion in %v", err)
	}
	declared := a.Declared()
	declared.Kinds = map[string]Kind{"cre": {Becomes: ledger.BecomesWeight}}
	for _, field := range wrongAt(a.Check(declared)) {
		if strings.Contains(field, "fund") || strings.Contains(field, "area") ||
			strings.Contains(field, "member ") {
			t.Errorf("naming it declares it: %s", field)
		}
	}
}

func TestPlace(t *testing.T) {
	for pointer, want := range map[string]string{
		"/rules/2/give/members/by/contributions/factors/cre": "" +
			"rules[2].give.members.by.contributions.factors.cre",
		"/rules/0/give/rules/10": "rules[0].give.rules[10]",
		"/a~1b/c~0d":             "a/b.c~d",
		"":                       "",
	} {
		if got := Place(pointer); got != want {
			t.Errorf("%s: got %s, want %s", pointer, got, want)
		}
	}
}

// riverside returns the agreement of domain.md.
func riverside(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/riverside.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestYAMLAndJSONAreEqual(t *testing.T) {
	text := riverside(t)
	fromYAML, err := Parse(text, Detect)
	if err != nil {
		t.Fatal(err)
	}
	root, err := parseTree(text, YAML)
	if err != nil {
		t.Fatal(err)
	}
	fromJSON, err := Parse(toJSON(root), Detect)
	if err != nil {
		t.Fatal(err)
	}
	same := cmp.Options{cmpopts.EquateEmpty(), cmp.AllowUnexported(ledger.Date{})}
	if diff := cmp.Diff(fromYAML, fromJSON, same); diff != "" {
		t.Error(diff)
	}
	if fromYAML.Name != "Riverside, version 3" || len(fromYAML.Rules) != 3 ||
		len(fromYAML.Examples) != 1 {
		t.Errorf("not all was read: %+v", fromYAML)
	}
}

package agreement

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFiles checks the examples of every agreement in testdata.
func TestFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			report := CheckFile(filepath.Base(file), text)
			if !report.OK() || len(report.Examples) == 0 {
				t.Error("\n" + report.Text())
			}
		})
	}
}

// TestEveryExpectationCanFail changes each figure that the files expect, one by
// one, and demands that the example fails.
func TestEveryExpectationCanFail(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.yaml")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; ; {
			next := bytes.Index(text[at:], []byte("expect:"))
			if next < 0 {
				break
			}
			at += next + 1
			figure := bytes.Index(text[at:], []byte(`"`))
			if figure < 0 {
				break
			}
			changed := bytes.Clone(text)
			changed[at+figure+1] ^= 1
			if report := CheckFile(file, changed); report.OK() {
				t.Errorf("%s: a wrong figure passes at byte %d", file, at+figure+1)
			}
		}
	}
}

const differing = `name: Differing
currency: EUR
rules: [{id: aside, take: {percent: "10", of: whole}, give: {fund: reserve}},
  {id: costs, take: {amount: "5.00"}, give: {claims: {kinds: [costs]}}},
  {id: equal, take: {amount: "30.00"}, give: {members: {by: equal}}}]
leftover: carry
kinds: {costs: {unit: EUR, becomes: claim}}
examples:
  - name: Right
    income: "0.00"
    members: [ana]
    expect: {payable: {ana: "0.00"}, left: "0.00"}
  - name: Wrong
    income: "100.00"
    members: [ana, bo]
    claims: {costs: {ana: "8.00"}}
    expect:
      payable: {ana: "20.01", bo: "0.00"}
      capital: {ana: "1.00"}
      funds: {tools: "10.00"}
      claims: {costs: {bo: "3.00"}}
      left: "54.00"
  - name: Not expecting anything
    income: "100.00"
    members: [ana]
`

func TestReportDifferences(t *testing.T) {
	report := CheckFile("differing.yaml", []byte(differing))
	want := `differing.yaml: Right: ok
differing.yaml: Wrong: differs
                   expected    got
  payable ana         20.01  20.00
  payable bo           0.00  15.00
  capital ana          1.00   0.00
  fund reserve         0.00  10.00
  fund tools          10.00   0.00
  claim costs ana      0.00   3.00
  claim costs bo       3.00   0.00
  left                54.00  55.00
differing.yaml: Not expecting anything: ok
`
	if diff := cmp.Diff(want, report.Text()); diff != "" {
		t.Error(diff)
	}
	if report.OK() {
		t.Error("the report is ok")
	}
}

func TestReportJSON(t *testing.T) {
	got := string(CheckFile("differing.yaml", []byte(differing)).JSON())
	want := `[{"name":"Right","ok":true,"got":{"payable":{},"capital":{},"funds":{},"claims":{}}},` +
		`{"name":"Wrong","ok":false,"got":{"payable":{"ana":"20.00","bo":"15.00"},"capital":{},` +
		`"funds":{"reserve":"10.00"},"claims":{"costs":{"ana":"3.00"}},"left":"55.00"}},` +
		`{"name":"Not expecting anything","ok":true,"got":{"payable":{"ana":"30.00"},"capital":{},` +
		`"funds":{"reserve":"10.00"},"claims":{},"left":"60.00"}}]`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var none []any
	if err := json.Unmarshal(CheckFile("a", []byte("a")).JSON(), &none); err != nil || none == nil {
		t.Errorf("of a wrong file: %v %v", none, err)
	}
}

// What is wrong with a file is reported with its place and line.
func TestReportProblems(t *testing.T) {
	text := strings.Replace(differing, "fund: reserve", "fond: reserve", 1)
	text = strings.Replace(text, "members: [ana, bo]", "members: [ana, bo, 7]", 1)
	want := `differing.yaml:3: rules[0].give: One of these is missing: fund, claims, rules, members.
differing.yaml:3: rules[0].give.fond: "fond" is not known here; did you mean "fund"?
differing.yaml:15: examples[1].members[2]: Write "7" in quotes: numbers are strings here.
`
	if diff := cmp.Diff(want, CheckFile("differing.yaml", []byte(text)).Text()); diff != "" {
		t.Error(diff)
	}
	if got := CheckFile("a.yaml", []byte("a: [")).Text(); got !=
		"a.yaml: Line 1, column 5: a value is missing here.\n" {
		t.Error(got)
	}
}

// Names in examples are compared with those in the file, and days with each other.
func TestExampleNames(t *testing.T) {
	base := withRules(`{id: costs, take: {percent: "1", of: left}, give: {claims: {kinds: [costs]}}}`,
		`{id: work, take: rest, give: {members: {by: {contributions: {factors: {work: "1"}}}}}}`,
		`{id: parties, take: rest, give: {members: {by: {shares: {ana: "1"}}}}}`) +
		"kinds: {work: {unit: hour}, costs: {unit: EUR, becomes: claim}}\nexamples:\n"
	one := `  - {name: One, income: "1.00", members: [ana], `
	for _, c := range []struct {
		examples string
		want     []string
	}{
		{one + `expect: {payable: {ana: "1.00"}}}`, nil},
		{`  - {name: One, income: "1.00", members: [bo]}`, []string{"/examples/0/members unknown_member"}},
		{one + `contributions: [{member: bo, kind: wrk, quantity: "1"}]}`, []string{
			"/examples/0/contributions/0/kind unknown_kind", "/examples/0/contributions/0/member unknown_member"}},
		{one + `contributions: [{member: ana, kind: costs, quantity: "2", rate: "0.0125"}], ` +
			`expect: {claims: {costs: {ana: "0.01"}}}}`, nil},
		{one + `contributions: [{member: ana, kind: costs, quantity: "1000000", rate: "1000000000.01"}]}`,
			[]string{"/examples/0/contributions/0/quantity amount_out_of_range"}},
		{one + `claims: {work: {ana: "1.00"}, costs: {bo: "1.00"}}}`, []string{
			"/examples/0/claims/costs/bo unknown_member", "/examples/0/claims/work not_a_claim_kind"}},
		{one + `received: {wrk: {ana: "1.00"}}, takes: {work: {bo: "1.00"}}}`, []string{
			"/examples/0/received/wrk unknown_rule", "/examples/0/takes/work/bo unknown_member"}},
		{one + `rounding: {bo: "0.1"}}`, []string{"/examples/0/rounding/bo unknown_member"}},
		{one + `expect: {payable: {bo: "1.00"}, claims: {cost: {}}}}`, []string{
			"/examples/0/expect/claims/cost unknown_kind", "/examples/0/expect/payable/bo unknown_member"}},
		{one + `contributions: [{member: ana, kind: work, quantity: "1", date: 2026-01-01}]}`, []string{
			"/examples/0/through required"}},
		{one + "through: 2026-02-01}\n  - {name: Two, then: true, income: \"1.00\", through: 2026-01-31}",
			[]string{"/examples/1/through through_backwards"}},
		{one + "through: 2026-02-01}\n  - {name: Two, then: true, income: \"1.00\"}",
			[]string{"/examples/1/through required"}},
		{one + "through: 2026-02-01}\n  - {name: Two, then: true, income: \"1.00\", through: 2026-02-01, " +
			`funds: {a: "1.00"}, rounding: {ana: "0"}, received: {}}`,
			[]string{"/examples/1/funds not_with_then", "/examples/1/received not_with_then",
				"/examples/1/rounding not_with_then"}},
	} {
		report := CheckFile("a.yaml", []byte(base+c.examples))
		if c.want == nil {
			if report.Err != nil {
				t.Error(report.Err)
			}
			continue
		}
		if diff := cmp.Diff(c.want, wrongAt(error(report.Err))); diff != "" {
			t.Errorf("%s: %s", c.examples, diff)
		}
	}
}

package independent_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger/agreement"
)

// handCase is a document whose examples were worked out by hand. What it does not say of
// itself comes from defaults.
type handCase struct {
	name string
	text string
}

var defaults = []struct{ key, line string }{
	{"name:", "name: Worked out by hand"},
	{"currency:", "currency: EUR"},
	{"leftover:", "leftover: carry"},
	{"kinds:", "kinds: {work: {unit: hour}, care: {unit: hour}, craft: {unit: item}, " +
		"materials: {unit: EUR, becomes: claim}, love: {unit: EUR, becomes: claim}}"},
}

func (c handCase) complete() string {
	lines := []string{}
	for _, d := range defaults {
		if !strings.Contains("\n"+c.text, "\n"+d.key) {
			lines = append(lines, d.line)
		}
	}
	return strings.Join(lines, "\n") + "\n" + strings.TrimLeft(c.text, "\n")
}

// TestCases holds both evaluators to what was worked out by hand.
func TestCases(t *testing.T) {
	all := [][]handCase{
		describedCases, takingCases, claimCases, amongCases, contributionCases, calendarCases,
		continuedCases, shareCases, limitCases,
	}
	for _, cases := range all {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) { checkCase(t, c) })
		}
	}
}

func checkCase(t *testing.T, c handCase) {
	d := readDocument(c.complete())
	report := agreement.CheckFile("case.yaml", []byte(c.complete()))
	theirs, refusal := resultsOf(report)
	if refusal != "" {
		t.Error("the program refuses the document:", refusal)
	}
	for i, got := range evaluate(d) {
		want := *d.Examples[i].Expect
		if diff := cmp.Diff(want.tidy(), got.tidy()); diff != "" {
			t.Errorf("%s, evaluated here (-want +got):\n%s", d.Examples[i].Name, diff)
		}
		if refusal != "" {
			continue
		}
		if diff := cmp.Diff(want.tidy(), theirs[i].tidy()); diff != "" {
			t.Errorf("%s, from the program (-want +got):\n%s", d.Examples[i].Name, diff)
		}
		if !report.Examples[i].OK {
			t.Errorf("%s: the program says that what it got differs", d.Examples[i].Name)
		}
	}
}

// resultsOf reads what the program says of a file through its JSON, or why it refused it.
func resultsOf(report agreement.Report) (results []result, refusal string) {
	if report.Err != nil || len(report.Problems) > 0 {
		text, err := json.Marshal(report.Problems)
		if err != nil {
			panic(err)
		}
		if report.Err != nil {
			return nil, report.Err.Code + ": " + report.Err.Error() + " " + string(text)
		}
		return nil, string(text)
	}
	type checked struct {
		Name string `json:"name"`
		OK   bool   `json:"ok"`
		Got  result `json:"got"`
	}
	for _, one := range readJSON[[]checked](report.JSON()) {
		results = append(results, one.Got)
	}
	return results, ""
}

// tidy leaves out what is empty: a zero in an expectation, a kind without outstanding claims.
func (r result) tidy() result {
	tidied := result{
		Payable: withoutZeros(r.Payable), Capital: withoutZeros(r.Capital),
		Funds: withoutZeros(r.Funds), Claims: map[string]map[string]string{},
	}
	for kind, amounts := range r.Claims {
		if amounts = withoutZeros(amounts); len(amounts) > 0 {
			tidied.Claims[kind] = amounts
		}
	}
	if r.Left != "" && fraction(r.Left).Sign() != 0 {
		tidied.Left = r.Left
	}
	return tidied
}

func withoutZeros(amounts map[string]string) map[string]string {
	kept := map[string]string{}
	for name, amount := range amounts {
		if fraction(amount).Sign() != 0 {
			kept[name] = amount
		}
	}
	return kept
}

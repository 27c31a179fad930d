package independent_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"phyle/ledger/agreement"
)

var (
	howMany   = flag.Int("agreements", 300, "how many random agreements to compare")
	firstSeed = flag.Uint64("seed", 0, "the seed of the first agreement; 0 for any")
)

// TestAgree compares both evaluators on random agreements. Each has a seed of its own, so
// that a difference can be seen again with -seed and -agreements 1.
func TestAgree(t *testing.T) {
	seed := *firstSeed
	if seed == 0 {
		seed = rand.Uint64N(1_000_000_000_000)
	}
	t.Logf("%d agreements from -seed %d", *howMany, seed)
	refused, examples := 0, 0
	for i := range uint64(*howMany) {
		d := generate(seed + i)
		examples += len(d.Examples)
		compared := compare(d, seed+i)
		if compared.refusal != "" {
			if refused++; refused <= 3 {
				t.Logf("seed %d is refused: %s\n%s", seed+i, compared.refusal, d.text())
			}
		}
		if compared.difference != "" {
			explain(t, d, seed+i)
			return
		}
	}
	t.Logf("%d examples; %d agreements were refused", examples, refused)
	if refused*50 > *howMany {
		t.Errorf("%d of %d agreements were refused, which is more than 2 %%", refused, *howMany)
	}
}

// comparison says in which example the two differ first, and how; or why the program does
// not take the document.
type comparison struct {
	refusal    string
	example    string
	difference string
	panicked   bool
}

// compare asks both for what the examples get. Every other document also expects what was
// evaluated here, in some by a unit too much left; the program has to see which.
func compare(d document, seed uint64) (compared comparison) {
	defer func() {
		if failure := recover(); failure != nil {
			compared.difference = fmt.Sprint("one of the two panicked: ", failure)
			compared.panicked = true
		}
	}()
	ours := evaluate(d)
	off := int64(seed % 8 / 6)
	for i := range d.Examples {
		d.Examples[i].Expect = nil
		if seed%2 == 0 {
			d.Examples[i].Expect = expecting(ours[i], minorDigits(d.Currency), off)
		}
	}
	report := agreement.CheckFile(fileOf(d, seed))
	theirs, refusal := resultsOf(report)
	if refusal != "" {
		return comparison{refusal: refusal}
	}
	if len(theirs) != len(ours) {
		return comparison{difference: fmt.Sprint("results for ", len(theirs), " examples")}
	}
	for i, e := range d.Examples {
		if diff := cmp.Diff(ours[i].tidy(), theirs[i].tidy()); diff != "" {
			return comparison{example: e.Name, difference: diff}
		}
		if ok := seed%2 == 1 || off == 0; report.Examples[i].OK != ok {
			return comparison{example: e.Name, difference: fmt.Sprint("the same, but ok is ", !ok)}
		}
	}
	return comparison{}
}

// expecting is a result with so many units more left.
func expecting(r result, digits int, units int64) *result {
	left := number(units)
	if r.Left != "" {
		left = add(left, minorUnits(r.Left, digits))
	}
	r.Left = moneyText(left, digits)
	return &r
}

// fileOf writes the document as JSON, as JSON under a name that says YAML, or as YAML.
func fileOf(d document, seed uint64) (name string, text []byte) {
	switch text = d.text(); seed % 3 {
	case 0:
		return "agreement.json", text
	case 1:
		return "agreement.yaml", text
	}
	text, err := yaml.JSONToYAML(text)
	if err != nil {
		panic(err)
	}
	return "agreement.yaml", text
}

// explain shows a difference in the smallest document that still has one, so that a person
// can say who is right.
func explain(t *testing.T, d document, seed uint64) {
	panicked := compare(d, seed).panicked
	d = shrink(d, func(d document) bool {
		compared := compare(d, seed)
		return compared.difference != "" && compared.panicked == panicked
	})
	compared := compare(d, seed)
	t.Errorf("seed %d differs in %q (-evaluated here +from the program):\n%s\nin\n%s",
		seed, compared.example, compared.difference, d.text())
}

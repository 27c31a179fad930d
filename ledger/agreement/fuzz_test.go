package agreement

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"phyle/ledger"
)

// seeds are agreements of all kinds, from which fuzzing starts.
func seeds(f *testing.F, format Format) {
	files, _ := filepath.Glob("testdata/*.yaml")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if format == JSON {
			root, err := parseTree(text, YAML)
			if err != nil {
				f.Fatal(err)
			}
			text = toJSON(root)
		}
		f.Add(text)
	}
	for _, text := range hostile() {
		f.Add([]byte(text[:min(len(text), 200)]))
	}
}

// checkRefusal demands that an error is one that its reader can act on.
func checkRefusal(t *testing.T, err error) {
	var refused *ledger.Error
	if !errors.As(err, &refused) || refused.Code == "" || refused.Message == "" {
		t.Fatalf("%v is not a refusal", err)
	}
	for _, field := range refused.Fields {
		if field.Code == "" || field.Message == "" || field.Pointer != "" && field.Pointer[0] != '/' {
			t.Fatalf("%+v", field)
		}
	}
}

// fuzzParse checks that parsing does not panic, gives the same again, and that
// what it takes can be checked, read for and written down.
func fuzzParse(f *testing.F, format Format) {
	seeds(f, format)
	f.Fuzz(func(t *testing.T, text []byte) {
		report := CheckFile("fuzz", text)
		_, _ = report.Text(), report.JSON()
		a, err := Parse(text, format)
		if err != nil {
			checkRefusal(t, err)
			return
		}
		if err := a.Check(Known{}); err != nil {
			checkRefusal(t, err)
		}
		a.Readings(ledger.NewDate(2026, 10, 31))
		root, err := parseTree(text, format)
		if err != nil {
			t.Fatal(err)
		}
		written := toJSON(root)
		if _, err := Parse(written, JSON); err != nil {
			t.Fatalf("as JSON: %v\n%s", err, written)
		}
	})
}

func FuzzParseJSON(f *testing.F) { fuzzParse(f, JSON) }

func FuzzParseYAML(f *testing.F) { fuzzParse(f, YAML) }

func FuzzParseInputs(f *testing.F) {
	f.Add([]byte(canonicalOctober))
	in := october()
	in.Rules[0].Absent = []MemberWeights{{9, decimals("1.5")}}
	f.Add(in.Canonical())
	f.Add(Inputs{Currency: "EUR", Carried: euro("1.00")}.Canonical())
	a := must(f, string(riverside(f)))
	f.Fuzz(func(t *testing.T, text []byte) {
		in, err := ParseInputs(text)
		if err != nil {
			checkRefusal(t, err)
			return
		}
		back, err := ParseInputs(in.Canonical())
		if err != nil {
			t.Fatalf("%v\n%s", err, in.Canonical())
		}
		if !bytes.Equal(back.Canonical(), in.Canonical()) || back.Digest() != in.Digest() {
			t.Fatalf("%s is read back as %s", in.Canonical(), back.Canonical())
		}
		if _, err := Evaluate(a, in); err != nil {
			checkRefusal(t, err)
		}
	})
}

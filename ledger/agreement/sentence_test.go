package agreement

import (
	stdcmp "cmp"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"phyle/ledger"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The sentences of all forms that there are.
func TestSentences(t *testing.T) {
	text, err := os.ReadFile("testdata/sentences.yaml")
	if err != nil {
		t.Fatal(err)
	}
	a := must(t, string(text))
	var got strings.Builder
	for _, sentence := range a.Sentences(a.Names()) {
		indent := strings.Repeat("  ", sentence.Depth)
		place := stdcmp.Or(sentence.Rule, sentence.Pointer, "/")
		fmt.Fprintf(&got, "%s%s: %s\n", indent, place, sentence.Text)
	}
	if *update {
		if err := os.WriteFile("testdata/sentences.txt", []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/sentences.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("with -update it is written anew:\n%s", diff)
	}
}

// The agreement of domain.md with the names that its commons uses.
func TestSentencesWithNames(t *testing.T) {
	names := Names{
		Funds: map[string]string{"reserve": "Reserve", "care": "Pot of the carers"},
		Kinds: map[string]string{"work": "Hours", "care": "Care", "materials": "Material"},
	}
	want := []Sentence{
		{Text: "“Riverside, version 3” divides income in EUR. Each rule takes its part of what the " +
			"rules before it left, never more, and what it cannot give stays left."},
		{Rule: "materials", Name: "Pay back materials", Pointer: "/rules/0",
			Text: "All that is left pays what members, past ones too, are owed for Material; if there is " +
				"too little, each is paid the same proportion of all that they are owed."},
		{Rule: "aside", Name: "Set aside", Pointer: "/rules/1",
			Text: "All that is left is divided as follows; what is not given goes back."},
		{Rule: "reserve", Name: "Reserve", Pointer: "/rules/1/give/rules/0", Depth: 1,
			Text: "10 % of the group's amount goes to Reserve until it holds 10,000.00 €."},
		{Rule: "care-fund", Name: "Care fund", Pointer: "/rules/1/give/rules/1", Depth: 1,
			Text: "5 % of the group's amount goes to “Pot of the carers”."},
		{Rule: "work", Name: "By work and care", Pointer: "/rules/2",
			Text: "All that is left is divided among newcomers and members (whoever has left counts as on " +
				"their last day) in proportion to their contributions that are new since this rule last gave " +
				"money: Care counts 1.2 times, Hours once, anything else not at all."},
		{Pointer: "/leftover", Text: "What no rule gives goes to Reserve."},
		{Pointer: "/rounding", Text: "Parts are rounded down to 0.01 €, and what that leaves goes, " +
			"0.01 € each, to those who are furthest below their exact parts of this and all earlier times."},
	}
	got := must(t, string(riverside(t))).Sentences(names)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestShow(t *testing.T) {
	names := map[string]string{
		"a": "Reserve", "b": "Pot", "c": "Pot", "d": "a and b", "e": "“Quoted”", "f": "Care fund",
		"g": "until it holds 5.00 €", "h": "Ana-María d’Arc / 2", "i": "two  blanks",
		"j": "Upstream e.V.",
	}
	for code, want := range map[string]string{
		"a": "Reserve", "b": "Pot (b)", "c": "Pot (c)", "d": "“a and b”", "e": "““Quoted”” (e)",
		"f": "Care fund", "g": "“until it holds 5.00 €”", "h": "Ana-María d’Arc / 2",
		"i": "“two  blanks”",
		"j": "“Upstream e.V.”", "care-fund": "Care fund (care-fund)", "tools": "Tools", "-": "“ ”",
		"bread-and-butter": "“Bread and butter”",
	} {
		got := said(Names{Funds: names}.fund(code))
		if diff := cmp.Diff(want+".", got); diff != "" {
			t.Errorf("%s: %s", code, diff)
		}
	}
}

// likeRules compares rules: a list that is empty is one that is not there.
var likeRules = cmp.Options{cmpopts.EquateEmpty(), cmp.AllowUnexported(ledger.Date{})}

// sameMeaning compares agreements but for what does not matter when they divide.
func sameMeaning(a, b Agreement) string {
	return cmp.Diff(a.meaning(), b.meaning(), likeRules)
}

// Whatever changes an agreement changes its sentences, and nothing else does.
func TestSentencesSayEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := mutated(t)
		differ := sameMeaning(a, b)
		sentences := cmp.Diff(a.Sentences(Names{}), b.Sentences(Names{}))
		if (differ == "") != (sentences == "") {
			t.Fatalf("the agreements differ in\n%s\ntheir sentences in\n%s", differ, sentences)
		}
	})
}

// The texts alone, without names and places, tell rules apart.
func TestTextsTellRulesApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := mutated(t)
		for i, rule := range a.meaning().Rules {
			if i >= len(b.Rules) {
				break
			}
			other := b.meaning().Rules[i]
			other.ID, other.Name = rule.ID, rule.Name
			rule.Give.Rules, other.Give.Rules = nil, nil
			differ := cmp.Diff(rule, other, likeRules)
			texts := cmp.Diff(rule.sentence(Names{}, 0), other.sentence(Names{}, 0))
			if a.Currency == b.Currency && (differ == "") != (texts == "") {
				t.Fatalf("the rules differ in\n%s\ntheir texts in\n%s", differ, texts)
			}
		}
	})
}

// However a document is formatted, it says the same.
func TestFormattingChangesNoSentence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &mutator{maker{T: t}}
		root := m.agreement()
		a, err := Parse(toJSON(root), JSON)
		if err != nil {
			t.Fatal(err)
		}
		w := &writer{T: t}
		w.block(root, "")
		b, err := Parse([]byte(w.text.String()), YAML)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a.Sentences(Names{}), b.Sentences(Names{})); diff != "" {
			t.Fatal(diff)
		}
		if changes := Differences(a, b, Names{}); len(changes) > 0 {
			t.Fatalf("%+v", changes)
		}
	})
}

package agreement

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The slugs are names by which programs ask: they stay.
func TestTemplates(t *testing.T) {
	want := []string{"equal-shares", "by-hours", "fund-first", "disco", "patronage",
		"open-value-network"}
	var got []string
	for _, template := range Templates() {
		got = append(got, template.Slug)
		for what, text := range map[string]string{
			"title": template.Title, "summary": template.Summary, "who": template.Who,
			"watch": template.Watch,
		} {
			if len(text) < 8 || strings.ContainsAny(text, "#\n") || strings.Contains(text, "  ") {
				t.Errorf("%s: the %s is %q", template.Slug, what, text)
			}
		}
		if len(template.Summary) > 100 || len(template.Who) < 250 || len(template.Watch) < 250 {
			t.Errorf("%s: the summary is long or a paragraph is short", template.Slug)
		}
		for i, line := range strings.Split(string(template.Text), "\n") {
			if len([]rune(line)) > 100 {
				t.Errorf("%s:%d is longer than 100 characters", template.Slug, i+1)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	files, err := os.ReadDir("templates")
	if err != nil || len(files) != len(want) {
		t.Errorf("there are %d files: %v", len(files), err)
	}
}

// TestTemplateExamples holds each template to its own examples, of which at least one
// continues another, one shows what a leftover comes to, and all say what they expect.
func TestTemplateExamples(t *testing.T) {
	for _, template := range Templates() {
		report := CheckFile(template.Slug+".yaml", template.Text)
		if !report.OK() {
			t.Error("\n" + report.Text())
		}
		continued, left := 0, 0
		for _, example := range template.Agreement.Examples {
			if example.Then {
				continued++
			}
			if example.Expect == nil || example.Expect.Payable == nil {
				t.Errorf("%s: %q expects nothing", template.Slug, example.Name)
				continue
			}
			if example.Expect.Left != nil && !example.Expect.Left.IsZero() {
				left++
			}
		}
		if template.Agreement.Leftover.Fund == "" && left == 0 {
			t.Errorf("%s: no example leaves anything", template.Slug)
		}
		if continued == 0 || len(template.Agreement.Examples) < 5 {
			t.Errorf("%s: %d examples, of which %d continue another",
				template.Slug, len(template.Agreement.Examples), continued)
		}
	}
}

var figureInQuotes = regexp.MustCompile(`"[0-9.]+[0-9]"`)

// TestEveryTemplateFigureCanFail changes each figure that a template expects by one
// cent, one by one, and demands that nothing but an example fails.
func TestEveryTemplateFigureCanFail(t *testing.T) {
	for _, template := range Templates() {
		figures := expectedFigures(template.Text)
		if len(figures) < 15 {
			t.Errorf("%s: only %d figures", template.Slug, len(figures))
		}
		for _, at := range figures {
			changed := bytes.Clone(template.Text)
			changed[at] ^= 1 // 0 is 1, 1 is 0, and so on to 9
			report := CheckFile(template.Slug, changed)
			if report.Err != nil {
				t.Fatal(report.Text())
			}
			if report.OK() {
				line := 1 + bytes.Count(changed[:at], []byte("\n"))
				t.Errorf("%s:%d: a wrong figure passes", template.Slug, line)
			}
		}
	}
}

// expectedFigures returns where the last digits of all expected amounts are.
func expectedFigures(text []byte) (digits []int) {
	at, expects := 0, false
	for line := range bytes.Lines(text) {
		switch trimmed := bytes.TrimSpace(line); {
		case bytes.HasPrefix(trimmed, []byte("expect:")):
			expects = true
		case bytes.HasPrefix(trimmed, []byte("- name:")):
			expects = false
		}
		if expects {
			for _, figure := range figureInQuotes.FindAllIndex(line, -1) {
				digits = append(digits, at+figure[1]-2)
			}
		}
		at += len(line)
	}
	return digits
}

var takeLine = regexp.MustCompile(`(?m)^    take: .*$`)

// TestEveryTemplateRuleMatters lets each rule, one by one, take nothing, and demands
// that an example fails: so each gives something in one of them.
func TestEveryTemplateRuleMatters(t *testing.T) {
	for _, template := range Templates() {
		takes := takeLine.FindAllIndex(template.Text, -1)
		if len(takes) != len(template.Agreement.placed()) {
			t.Fatalf("%s: %d rules take something", template.Slug, len(takes))
		}
		for i, take := range takes {
			changed := slices.Concat(template.Text[:take[0]],
				[]byte(`    take: {percent: "0.000001", of: left}`), template.Text[take[1]:])
			report := CheckFile(template.Slug, changed)
			if report.Err != nil {
				t.Fatal(report.Text())
			}
			if report.OK() {
				t.Errorf("%s: nothing shows what %s gives",
					template.Slug, template.Agreement.Rules[i].ID)
			}
		}
	}
}

func TestTemplateBySlug(t *testing.T) {
	found, err := TemplateBySlug("disco")
	if err != nil || found.Title != "DisCO: livelihood and love" ||
		!strings.HasPrefix(found.Who, "Distributed co-operative organizations (DisCOs)") ||
		!strings.HasPrefix(found.Watch, "A promise is not money.") {
		t.Errorf("got %+v, %v", found, err)
	}
	for slug, want := range map[string]string{
		"dicso":                  `There is no template "dicso"; did you mean "disco"?`,
		"by-hour":                `There is no template "by-hour"; did you mean "by-hours"?`,
		"":                       `There is no template "".`,
		"templates/disco":        `There is no template "templates/disco".`,
		strings.Repeat("é", 100): `There is no template "` + clip(strings.Repeat("é", 100)) + `".`,
	} {
		if _, err := TemplateBySlug(slug); err == nil || err.Error() != want {
			t.Errorf("%q: got %v", slug, err)
		}
	}
}

// What a caller does with a template stays with that caller.
func TestTemplatesAreOwn(t *testing.T) {
	first := Templates()[0]
	want := string(first.Text)
	first.Text[0] = '!'
	first.Agreement.Rules[0].ID = "other"
	second := Templates()[0]
	if string(second.Text) != want || second.Agreement.Rules[0].ID != "equal" {
		t.Error("one caller has changed what another is given")
	}
}

func BenchmarkTemplates(b *testing.B) {
	for b.Loop() {
		Templates()
	}
}

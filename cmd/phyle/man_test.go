package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var overstrike = regexp.MustCompile(`.\x08`)

// The manual page is read without a complaint by what formats manual pages, and shows
// every command with its examples.
func TestManual(t *testing.T) {
	t.Parallel()
	page := writtenBy(t, "man")
	path := filepath.Join(t.TempDir(), "phyle.1")
	if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		".TH PHYLE 1", ".SS phyle report payouts\n", ".SS phyle import contributions <file>\n",
		`.B \-\-date\-format`, ".SH EXIT STATUS", ".B PHYLE_LISTEN\n", ".B DATABASE_URL\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	tried := false
	for _, formatter := range [][]string{
		{"mandoc", "-T", "utf8", "-W", "error"}, {"groff", "-man", "-T", "utf8", "-ww"},
	} {
		if _, err := exec.LookPath(formatter[0]); err != nil {
			continue
		}
		tried = true
		command := exec.Command(formatter[0], append(formatter[1:], path)...)
		var complaints strings.Builder
		command.Stderr = &complaints
		shown, err := command.Output()
		if err != nil || complaints.Len() > 0 {
			t.Errorf("%v: %v\n%s", formatter, err, &complaints)
		}
		text := overstrike.ReplaceAllString(string(shown), "")
		for _, want := range []string{
			"phyle - the books of a commons", "phyle report payouts --from 2026-10-01 --to 2026-10-31",
			`--first-member ana --first-name Ana`, `--map Stunden=quantity --map Tag=date`,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not show %q", formatter[0], want)
			}
		}
	}
	if !tried {
		t.Skip("there is neither mandoc nor groff here")
	}
}

// What troff takes for requests stays text.
func TestTroff(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		".TH is text": `\&.TH is text`, "'quoted' first": `\(aqquoted\(aq first`, `a\b`: `a\eb`,
		"~/x": `\(ti/x`, "-1": `\-1`, "plain": "plain",
	} {
		if got := troff(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

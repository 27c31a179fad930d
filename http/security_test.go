package http

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// requirementsOf says how the requirements of level 1 and 2 are numbered in each
// section of the standard: from 1 on, with those of level 3 after them.
var requirementsOf = map[string]int{
	"1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
	"2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
	"3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
	"4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
	"5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
	"6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
	"7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
	"8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
	"9.1": 3, "9.2": 4,
	"10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
	"11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
	"12.1": 3, "12.2": 2, "12.3": 4,
	"13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
	"14.1": 2, "14.2": 4, "14.3": 3,
	"15.1": 3, "15.2": 3, "15.3": 7,
	"16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
	"17.1": 1, "17.2": 4, "17.3": 2,
}

var (
	requirementForm = regexp.MustCompile(`^(\d+\.\d+)\.(\d+)(?:–(\d+\.\d+)\.(\d+))?$`)
	reasonForm      = regexp.MustCompile(`^(Not here|Later|Operator|Open): .+\.$`)
	namedTest       = regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Za-z0-9_]+)`")
)

// TestSecurityTable holds that SECURITY.md answers every requirement once, each by
// tests that there are or by a reason.
func TestSecurityTable(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, name := range testNames(t) {
		known[name] = true
	}
	for _, m := range namedTest.FindAllStringSubmatch(string(text), -1) {
		if !known[m[1]] {
			t.Errorf("there is no %s", m[1])
		}
	}
	answered := map[string]int{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if len(cells) != 3 || !requirementForm.MatchString(strings.TrimSpace(cells[0])) {
			continue
		}
		for _, id := range requirementsIn(t, strings.TrimSpace(cells[0])) {
			answered[id]++
		}
		by := strings.TrimSpace(cells[2])
		onlyTests := strings.Trim(namedTest.ReplaceAllString(by, ""), ", ") == ""
		if by == "" || !onlyTests && !reasonForm.MatchString(by) {
			t.Errorf("%s has neither tests nor a reason: %s", cells[0], by)
		}
	}
	wanted := map[string]int{}
	for section, n := range requirementsOf {
		for i := range n {
			wanted[fmt.Sprintf("%s.%d", section, i+1)] = 1
		}
	}
	if diff := cmp.Diff(wanted, answered); diff != "" {
		t.Errorf("required (-) and answered (+):\n%s", diff)
	}
}

// requirementsIn lists the requirements from the first to the last that is named.
func requirementsIn(t *testing.T, text string) (all []string) {
	t.Helper()
	m := requirementForm.FindStringSubmatch(text)
	first, last := m[2], m[4]
	if last == "" {
		last = first
	}
	from, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	to, err := strconv.Atoi(last)
	if err != nil {
		t.Fatal(err)
	}
	if m[3] != "" && m[3] != m[1] || to < from {
		t.Errorf("%s is no span", text)
	}
	for i := from; i <= to; i++ {
		all = append(all, fmt.Sprintf("%s.%d", m[1], i))
	}
	return all
}

package http

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
)

// neverAnswered are codes that the source seems to give and cannot.
var neverAnswered = map[string]string{
	"contribution_logged": "a contribution that is only logged takes every decision",
}

// kindsByName are the kinds as the source names them.
var kindsByName = map[string]ledger.Kind{
	"Invalid": ledger.Invalid, "Malformed": ledger.Malformed, "NotFound": ledger.NotFound,
	"Conflict": ledger.Conflict, "Forbidden": ledger.Forbidden,
	"Unauthenticated": ledger.Unauthenticated, "Unavailable": ledger.Unavailable, "": "",
}

// answeredCodes returns every code in the source with the statuses of its answers.
func answeredCodes(t *testing.T) map[string][]int {
	t.Helper()
	found, unclear := collectCodes(t)
	for _, place := range unclear {
		t.Errorf("%s: write it out, so that every code has its page", place)
	}
	answered := map[string][]int{}
	for code, kinds := range found {
		if _, never := neverAnswered[code]; never {
			continue
		}
		for name := range kinds {
			kind, known := kindsByName[name]
			if !known {
				t.Errorf("%s: %q is no kind", code, name)
			}
			answered[code] = append(answered[code], statusOf(&ledger.Error{Kind: kind, Code: code}))
		}
		slices.Sort(answered[code])
		answered[code] = slices.Compact(answered[code])
	}
	return answered
}

// TestEveryCodeHasItsPage holds that the codes in the source and those of the pages
// are the same, with the same statuses.
func TestEveryCodeHasItsPage(t *testing.T) {
	answered := answeredCodes(t)
	if len(answered) < 100 {
		t.Fatalf("only %d codes were found", len(answered))
	}
	described := map[string][]int{}
	for code, page := range problemPages {
		described[code] = []int{page.Status}
		if page.Also != 0 {
			described[code] = append(described[code], page.Also)
		}
		slices.Sort(described[code])
	}
	if diff := cmp.Diff(answered, described); diff != "" {
		t.Errorf("answered (-) and described (+):\n%s", diff)
	}
}

// TestProblemPagesReadWell holds what is said about codes to the form of sentences.
func TestProblemPagesReadWell(t *testing.T) {
	for _, code := range slices.Sorted(maps.Keys(problemPages)) {
		page := problemPages[code]
		if !codeForm.MatchString(code) {
			t.Errorf("%q is no code", code)
		}
		for _, sentence := range []string{page.Means, page.Do} {
			if len(sentence) < 10 || !strings.HasSuffix(sentence, ".") {
				t.Errorf("%s: %q is no sentence", code, sentence)
			}
			for _, word := range []string{"please", "sorry", "oops"} {
				if strings.Contains(strings.ToLower(sentence), word) {
					t.Errorf("%s: %q says %s", code, sentence, word)
				}
			}
		}
	}
}

// TestShowProblem holds that every code has its page, and no other code has one.
func TestShowProblem(t *testing.T) {
	s := New(nil, quiet())
	for code, page := range problemPages {
		got := get(s, "GET", "/docs/problems/"+code, nil)
		text := got.Body.String()
		if got.Code != 200 || !strings.Contains(text, "<code>"+code+"</code>") ||
			!strings.Contains(text, statusText(page.Status)) {
			t.Errorf("%s: got %d %s", code, got.Code, text)
		}
	}
	for _, code := range []string{"no_such_code", "a.b", "NOT_FOUND"} {
		got := get(s, "GET", "/docs/problems/"+code, nil)
		if got.Code != 404 || !strings.Contains(got.Header().Get("Content-Type"), "text/html") {
			t.Errorf("%s: got %d %s", code, got.Code, got.Header())
		}
	}
}

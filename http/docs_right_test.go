package http

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
)

// TestEveryRouteHasItsRight holds that every route names a row of the matrix, and that
// there is a route for every row but those of the command line.
func TestEveryRouteHasItsRight(t *testing.T) {
	named := map[ledger.Operation]bool{}
	for _, r := range routes() {
		row, known := r.operation.Right()
		if !known {
			t.Errorf("%s %s has no row in the matrix of rights", r.method, r.path)
		}
		if (r.access == instanceOnly) != (row.Scope == ledger.OfInstance) {
			t.Errorf("%s takes other tokens than %s is for", r.id, row.Operation)
		}
		named[r.operation] = true
	}
	for _, r := range webRoutes() {
		if _, known := r.operation.Right(); !known {
			t.Errorf("%s %s has no row in the matrix of rights", r.method, r.path)
		}
		named[r.operation] = true
	}
	var without []ledger.Operation
	for _, row := range ledger.Rights() {
		if !named[row.Operation] {
			without = append(without, row.Operation)
		}
	}
	if diff := cmp.Diff([]ledger.Operation{ledger.UndoImport}, without); diff != "" {
		t.Error(diff)
	}
}

// TestShowRights holds that the page has every row of the matrix, and the routes of it.
func TestShowRights(t *testing.T) {
	got := get(New(nil, quiet()), "GET", "/docs/rights", nil)
	text := got.Body.String()
	if got.Code != 200 {
		t.Fatalf("got %d %s", got.Code, text)
	}
	for _, row := range ledger.Rights() {
		at := strings.Index(text, `<tr id="`+string(row.Operation)+`">`)
		if at < 0 || !strings.Contains(text[at:], string(row.Scope)) {
			t.Errorf("there is no row of %s", row.Operation)
		}
	}
	for _, r := range routes() {
		if !r.undocumented && !strings.Contains(text, `<a href="/docs#`+r.id+`">`) {
			t.Errorf("%s is in no row", r.id)
		}
	}
}

// TestScopes holds that reading needs no scope that writes, and that nobody is given the
// scope of the instance.
func TestScopes(t *testing.T) {
	for _, scope := range ledger.ReadScopes() {
		if !slices.Contains(ledger.Scopes(), scope) {
			t.Errorf("%s is no scope", scope)
		}
	}
	if slices.Contains(ledger.Scopes(), ledger.OfInstance) {
		t.Error("members can be given the scope of the instance")
	}
	for _, r := range routes() {
		row, _ := r.operation.Right()
		reads := slices.Contains(ledger.ReadScopes(), row.Scope)
		if reads && r.method != "GET" && !r.undocumented && !writesNothing[r.id] {
			t.Errorf("%s writes, and a token that reads may ask for it", r.id)
		}
	}
}

// TestEveryPageAsksWhoIsThere holds that who is not signed in is sent to sign in by just
// those pages that the matrix does not open to everybody.
func TestEveryPageAsksWhoIsThere(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	options := quiet()
	options.URL = &url.URL{Scheme: "https", Host: "example.com"}
	s := New(a.store, options)
	asked := 0
	for _, r := range webRoutes() {
		if r.method != "GET" || r.path == "/sign-in/code" { // no code was asked for
			continue
		}
		asked++
		row, _ := r.operation.Right()
		answer := get(s, "GET", inColons.ReplaceAllString(r.path, "x"), nil)
		sent := strings.HasPrefix(answer.Header().Get("Location"), "/sign-in")
		if sent != (row.Anonymous == ledger.No) {
			t.Errorf("%s: got %d, to %q", r.path, answer.Code, answer.Header().Get("Location"))
		}
	}
	if asked < 10 {
		t.Errorf("only %d pages were asked for", asked)
	}
}

// inColons matches the names in the path of a page.
var inColons = regexp.MustCompile(`:[a-z]+`)

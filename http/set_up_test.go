package http

import (
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"phyle/ledger/postgres"
	"phyle/ledger/postgres/postgrestest"
)

// newEmptySite serves books in which there is nothing yet.
func newEmptySite(t *testing.T) *site {
	t.Helper()
	store, err := postgres.Open(t.Context(), postgrestest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	s := &site{T: t, log: &journal{}}
	http := httptest.NewUnstartedServer(nil)
	s.server = New(store, Options{
		Rate: -1, Log: slog.New(slog.NewTextHandler(s.log, nil)),
		URL: &url.URL{Scheme: "http", Host: http.Listener.Addr().String()},
	})
	http.Config.Handler = s.server.Handler()
	http.Start()
	t.Cleanup(http.Close)
	s.address = http.URL
	return s
}

// TestSetUp founds the first commons once, by the link, and has its founder signed in.
func TestSetUp(t *testing.T) {
	t.Parallel()
	s := newEmptySite(t)
	link, err := s.server.SetUpLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(link, s.address)
	ana, other := s.browser(), s.browser()
	ana.open("/set-up/another").sees("/set-up/another", 404, "starting phyle serve again")
	other.open(path).sees(path, 200)
	ana.open(path).sees(path, 200, `value="EUR"`).
		fill(path, "name", " ", "slug", "River side", "currency", "eur", "email", "ana").
		sees(path, 422, `href="#name"`, `href="#slug"`, `href="#time_zone"`, `href="#first_member-name"`,
			`href="#first_member-handle"`, `href="#email"`, `value="River side"`, `value="EUR"`)
	answers := []string{"name", "Riverside", "slug", "riverside", "currency", "eur",
		"time_zone", "Europe/Berlin", "first_member-name", "Ana", "first_member-handle", "ana",
		"email", "ana@example.org"}
	ana.fill(path, answers...).
		sees("/commons/riverside", 200, "You are Ana", "member, steward and treasurer")
	other.fill(path, answers...).sees(path, 409, "set up already")
	s.browser().open(path).sees(path, 409, "sign in, or ask")
	if link, err := s.server.SetUpLink(t.Context()); err != nil || link != "" {
		t.Errorf("there is a link still: %q, %v", link, err)
	}
	if strings.Contains(s.log.String(), path) || strings.Contains(s.log.String(), "example.org") {
		t.Errorf("the log tells too much: %s", s.log)
	}
}

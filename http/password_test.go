package http

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const goodPassword = "nine bees under a linden"

// TestPassword sets one with a fresh sign-in, which signs out everywhere else, and signs
// in with it.
func TestPassword(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	bo := s.browser().join("bo", "bo@example.org")
	other := s.browser()
	other.open("/sign-in").fill("/sign-in", "email", "bo@example.org").
		fill("/sign-in/code", "code", s.code()).sees("/commons/riverside", 200)
	bo.open("/account/password").fill("/account/password", "password", "too short").
		sees("/account/password", 422, "at least 12 characters")
	bo.fill("/account/password", "password", strings.Repeat("x", mostPassword+1)).
		sees("/account/password", 422, "At most 1024 bytes")
	bo.fill("/account/password", "password", goodPassword).sees("/account", 200)
	other.open("/account").sees("/sign-in", 200)

	page := map[string]string{}
	for name, c := range map[string][2]string{
		"another password": {"bo@example.org", "nine bees under a linden tree"},
		"no such address":  {"no@example.org", goodPassword},
		"far too long":     {"bo@example.org", goodPassword + strings.Repeat("x", mostPassword)},
		"nothing":          {"bo@example.org", ""},
	} {
		other.open("/sign-in/password").fill("/sign-in/password", "email", c[0], "password", c[1]).
			sees("/sign-in/password", 403, "not the address and its password")
		page[name] = strings.ReplaceAll(formToken.ReplaceAllString(other.page, ""), c[0], "")
	}
	for name, text := range page {
		if diff := cmp.Diff(page["nothing"], text); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	other.open("/sign-in/password").fill("/sign-in/password", "email", "bo", "password", "x").
		sees("/sign-in/password", 422, "Write an e-mail address")
	other.fill("/sign-in/password", "email", "BO@example.org", "password", goodPassword).
		sees("/commons/riverside", 200)
}

// TestFreshSignIn asks who signed in 15 minutes ago to do so again, and gives them
// another session in place of the one from before.
func TestFreshSignIn(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	bo := s.browser().join("bo", "bo@example.org")
	bo.open("/account/password").sees("/account/password", 200)
	before := s.sessions(bo)
	now := s.api.store.Now().Add(15 * time.Minute)
	s.api.store.SetClock(func() time.Time { return now })
	bo.fill("/account/password", "password", goodPassword).
		sees("/account/password", 403, "Sign in again first", `href="/sign-in?to=%2Faccount%2Fpassword"`)
	bo.open("/account/password").sees("/sign-in", 200, "Sign in again", `value="bo@example.org"`)
	bo.fill("/sign-in", "email", "bo@example.org").sees("/sign-in/code", 200)
	bo.fill("/sign-in/code", "code", s.code()).sees("/account/password", 200)
	after := s.sessions(bo)
	if len(before) != 1 || len(after) != 1 || before[0] == after[0] {
		t.Errorf("the sessions were %v and are %v", before, after)
	}
	bo.open("/account/password").fill("/account/password", "password", goodPassword).
		sees("/account", 200)
}

// sessions lists the sessions that somebody sees as their own.
func (s *site) sessions(r *reader) (ids []string) {
	r.Helper()
	r.open("/account")
	for part := range strings.SplitSeq(r.page, "/account/sessions/") {
		if id, _, found := strings.Cut(part, "/end"); found && strings.HasPrefix(id, "ses_") {
			ids = append(ids, id)
		}
	}
	r.open("/account/password")
	return ids
}

// TestCase43_Hashes are salted, name how they were made, and are computed few at once;
// who gives up while waiting costs nothing.
func TestCase43_Hashes(t *testing.T) {
	t.Parallel()
	h := newHasher()
	ctx := t.Context()
	one, err := h.hash(ctx, goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	two, err := h.hash(ctx, goodPassword)
	if err != nil || one == two || !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("got %s and %s, %v", one, two, err)
	}
	for _, c := range []struct {
		name, password, kept string
		right, broken        bool
	}{
		{"right", goodPassword, one, true, false},
		{"right again", goodPassword, two, true, false},
		{"wrong", goodPassword + " ", one, false, false},
		{"none is kept", goodPassword, "", false, false},
		{"nothing at all", "", "", false, false},
		{"another kind", goodPassword, "$argon2id$v=19$m=1,t=1,p=1$AA$AA", false, true},
		{"a scrap", goodPassword, hashPrefix + "%$%", false, true},
	} {
		right, err := h.isRight(ctx, c.password, c.kept)
		if right != c.right || (err != nil) != c.broken {
			t.Errorf("%s: %v, %v", c.name, right, err)
		}
	}
	for range mostHashes {
		h <- struct{}{}
	}
	gone, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if _, err := h.hash(gone, goodPassword); err == nil {
				t.Error("a hash was computed out of turn")
			}
		})
	}
	group.Wait()
}

package http

import (
	"io"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestOnward goes on to the page that was asked for, and to no other place than ours.
func TestOnward(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	s.browser().join("bo", "bo@example.org")
	bo := s.browser().open("/account").sees("/sign-in", 200, `name="to" value="/account"`)
	bo.fill("/sign-in", "email", "bo@example.org").
		sees("/sign-in/code", 200, `href="/sign-in?to=%2faccount"`).
		fill("/sign-in/code", "code", s.code()).sees("/account", 200)
	for _, to := range []string{"//evil.example", "https://evil.example", "/\\evil.example", "evil", "",
		"/sign-in", "/..//evil.example", "/%2Fevil.example", "/a?b", "javascript:alert(1)"} {
		bo.open("/sign-in?to="+url.QueryEscape(to)).sees("/commons/riverside", 200)
	}
}

// TestSignOutElsewhere ends all sessions but the one that asks for it.
func TestSignOutElsewhere(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	bo := s.browser().join("bo", "bo@example.org")
	bo.open("/account").sees("/account", 200, "from the network 127.0.0.0/24")
	if strings.Contains(bo.page, "Sign out everywhere") {
		t.Error("there is nowhere else to sign out")
	}
	others := []*reader{s.browser(), s.browser()}
	for _, other := range others {
		other.open("/sign-in").fill("/sign-in", "email", "bo@example.org").
			fill("/sign-in/code", "code", s.code()).sees("/commons/riverside", 200)
	}
	bo.open("/account").sees("/account", 200, "Sign out everywhere but here").
		fill("/account/sessions/end").sees("/account", 200, "this browser")
	for _, other := range others {
		other.open("/account").sees("/sign-in", 200)
	}
}

// TestSeveralCommons has one person choose among what they are in.
func TestSeveralCommons(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	bo := s.browser().join("bo", "bo@example.org")
	hill := s.api.instance.found("hillside")
	link := hill.send("POST", "members/founder/invite", "").want(200)["link"].(string)
	path := strings.TrimPrefix(link, "http://localhost")
	bo.open(path).sees(path, 200, "signed in as <b>Bo</b>")
	bo.fill(path).sees("/commons/hillside", 200, "steward and treasurer")
	bo.open("/").sees("/", 200, `href="/commons/hillside"`, `href="/commons/riverside"`)
	bo.open("/commons/elsewhere").sees("/commons/elsewhere", 404, "There is nothing here")
}

// TestCase44_SuspendedOnPages tells who is suspended so, in the session that is open, and lets
// them in again once it ends.
func TestCase44_SuspendedOnPages(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	bo := s.browser().join("bo", "bo@example.org")
	s.api.send("POST", "members/bo/suspension", `{"reason":"until <Friday>"}`).want(200)
	bo.open("/commons/riverside").sees("/commons/riverside", 200, "You are suspended here",
		"until &lt;Friday&gt;", "what you are owed stays yours")
	bo.open("/").sees("/commons/riverside", 200, "You are suspended here")
	bo.open("/commons/riverside/token").fill("/commons/riverside/token").
		sees("/commons/riverside/token", 403, "You are suspended here", "ask a steward")
	bo.open("/account").sees("/account", 200, "bo@example.org")
	bo.downloads("/commons/riverside/data", `"reason":"until <Friday>"`)
	s.api.send("DELETE", "members/bo/suspension", "").want(200)
	bo.open("/commons/riverside").sees("/commons/riverside", 200, "Owed to you")
	s.api.suspend("bo")
	bo.open("/commons/riverside/leave").sees("/commons/riverside/leave", 200, "Stay").
		fill("/commons/riverside/leave").sees("/", 200, "You are in no commons yet")
}

// TestLeaveOnPage has members leave by themselves after a fresh sign-in, but for the last
// treasurer.
func TestLeaveOnPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	const path = "/commons/riverside/leave"
	first := s.browser().join("founder", "founder@example.org")
	first.open("/commons/riverside").sees("/commons/riverside", 200, path, "/commons/riverside/data")
	first.open(path).fill(path).sees(path, 409, "You are the last treasurer")
	bo := s.browser().join("bo", "bo@example.org")
	now := s.api.store.Now().Add(15 * time.Minute)
	s.api.store.SetClock(func() time.Time { return now })
	bo.open(path).sees("/sign-in", 200, "Sign in again")
	bo.downloads("/commons/riverside/data", `"handle":"bo"`)
	bo.open("/sign-in").fill("/sign-in", "email", "bo@example.org").
		fill("/sign-in/code", "code", s.code()).sees("/commons/riverside", 200)
	bo.open(path).fill(path).sees("/", 200, "You are in no commons yet")
	s.api.send("GET", "members/bo", "").wantField("stage", "left")
}

// downloads fails unless there is a file at the path that holds the text and stays with who
// asked for it.
func (r *reader) downloads(path, want string) {
	r.Helper()
	answer, err := r.client.Get(r.address + path)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 || !strings.Contains(string(text), want) ||
		!strings.HasPrefix(answer.Header.Get("Content-Disposition"), "attachment") ||
		answer.Header.Get("Cache-Control") != "private, no-store" {
		r.Errorf("%s: %d %v %s, %v", path, answer.StatusCode, answer.Header, text, err)
	}
}

// TestCase44_RemovedMember refuses who has left with the session still open.
func TestCase44_RemovedMember(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	bo := s.browser().join("bo", "bo@example.org")
	s.api.send("POST", "members/bo/stages", `{"stage":"left"}`).want(200)
	bo.open("/commons/riverside").sees("/commons/riverside", 404)
	bo.open("/").sees("/", 200, "You are in no commons yet")
}

package http

import (
	"regexp"
	"testing"
	"time"
)

// TestFreshToken holds that who can sign in does with a token of 15 minutes alone what is
// for nobody's programs, and makes it after a fresh sign-in.
func TestFreshToken(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	long := s.api.as("bo")
	long.send("GET", "tokens", "").want(200)
	bo := s.browser().join("bo", "bo@example.org")
	long.send("GET", "members", "").want(200)
	long.send("GET", "tokens", "").wantProblem(403, "scope_missing")
	long.send("POST", "tokens", `{"label":"more"}`).wantProblem(403, "scope_missing")
	long.send("POST", "members/bo/leave", "").wantProblem(403, "scope_missing")

	const path = "/commons/riverside/token"
	bo.open(path).fill(path).sees(path, 200, "It is shown only now")
	short := *long
	short.token = regexp.MustCompile(`phy_[0-9a-z]{39}`).FindString(bo.page)
	short.send("GET", "tokens", "").want(200)
	// What it makes, or is replaced by, has not been made by hand, however soon it ends.
	for _, made := range []map[string]any{
		short.send("POST", "tokens", `{"label":"reports"}`).want(200),
		short.send("POST", "tokens/"+short.newestToken()+"/rotate", `{"grace_hours":1}`).want(200),
		short.send("POST", "tokens/"+byHand(&short)+"/rotate", `{"grace_hours":1}`).want(200),
	} {
		other := short
		other.token = made["token"].(string)
		other.send("GET", "members", "").want(200)
		other.send("GET", "tokens", "").wantProblem(403, "scope_missing")
	}

	now := s.api.store.Now().Add(15 * time.Minute)
	s.api.store.SetClock(func() time.Time { return now })
	short.send("GET", "tokens", "").wantProblem(401, "token_expired")
	bo.open(path).sees("/sign-in", 200, "Sign in again")
	bo.open("/commons/riverside").sees("/commons/riverside", 200, path)
}

// byHand returns the id of the caller's token that was made on a page.
func byHand(a *api) (id string) {
	a.t.Helper()
	for _, token := range a.send("GET", "tokens", "").want(200)["data"].([]any) {
		if t := token.(map[string]any); t["label"] == "by hand" {
			id = t["id"].(string)
		}
	}
	return id
}

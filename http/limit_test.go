package http

import (
	"log/slog"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A member who asks too fast is told when to go on, and others are not held up;
// so is an address that guesses tokens.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.send("POST", "members", `{"handle":"bo","name":"Bo"}`).want(201)
	a.server = New(a.store, Options{Rate: 2, Log: slog.New(slog.DiscardHandler)})
	first := a.send("GET", "kinds", "")
	first.want(200)
	if got := first.Header().Get("RateLimit-Policy"); got != `"token";q=4;w=2` {
		t.Errorf("RateLimit-Policy is %s", got)
	}
	if got := first.Header().Get("RateLimit"); !strings.HasPrefix(got, `"token";r=3;t=`) {
		t.Errorf("RateLimit is %s", got)
	}
	refused := 0
	for range 20 {
		if answer := a.send("GET", "kinds", ""); answer.Code == nethttp.StatusTooManyRequests {
			refused++
			answer.wantProblem(429, "too_many_requests")
			if got := answer.Header().Get("Retry-After"); got != "1" {
				t.Errorf("it says to go on after %q", got)
			}
		}
	}
	if refused < 10 {
		t.Errorf("%d of 20 were refused", refused)
	}
	a.as("bo").send("GET", "kinds", "").want(200)
	guesses := 0
	for range 20 {
		r := httptest.NewRequest("GET", "/v1/commons/riverside/kinds", nil)
		r.Header.Set("Authorization", "Bearer phy_guess")
		w := httptest.NewRecorder()
		a.server.Handler().ServeHTTP(w, r)
		if w.Code == nethttp.StatusTooManyRequests {
			guesses++
		}
	}
	if guesses < 10 {
		t.Errorf("%d of 20 guesses were refused", guesses)
	}
}

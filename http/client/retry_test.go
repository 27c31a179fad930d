package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	phyle "phyle/http"
	"phyle/http/client"
)

// TestCutConnections ends connections in the worst moments: what was asked for
// happens once, and the caller hears of it.
func TestCutConnections(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		cuts     map[int64]cut
		attempts int
		replayed bool
	}{
		{"never", nil, 1, false},
		{"before the request", map[int64]cut{1: before}, 2, false},
		{"in the middle of the answer", map[int64]cut{1: during}, 2, true},
		{"before the answer", map[int64]cut{1: after}, 2, true},
		{"again and again", map[int64]cut{1: after, 2: before, 3: during, 4: after}, 5, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, phyle.Options{}).withWork()
			books := p.client(relayTo(t, p.address, test.cuts), p.token).In("riverside")
			var receipt client.Receipt
			logged := must(books.LogContribution(t.Context(), work("bo", "7.5"), client.Into(&receipt)))(t)
			want := client.Receipt{
				Status: 201, RequestID: receipt.RequestID, Key: receipt.Key, Replayed: test.replayed,
				Location: "/v1/commons/riverside/contributions/" + string(logged.ID), Attempts: test.attempts,
			}
			if diff := cmp.Diff(want, receipt); diff != "" || receipt.Key == "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]client.Contribution{logged}, p.contributions()); diff != "" {
				t.Errorf("there is other than what was logged once:\n%s", diff)
			}
		})
	}
}

// TestCutReads ends the connections of reads.
func TestCutReads(t *testing.T) {
	t.Parallel()
	p := newPlace(t, phyle.Options{}).withWork()
	relay := relayTo(t, p.address, map[int64]cut{1: before, 2: during})
	books := p.client(relay, p.token).In("riverside")
	var receipt client.Receipt
	found := must(books.ListMembers(t.Context(), client.PageQuery{}, client.Into(&receipt)))(t)
	if len(found.Data) != 2 || receipt.Attempts != 3 {
		t.Errorf("got %v after %d attempts", found.Data, receipt.Attempts)
	}
}

// TestUnansweredKey finds out by its key what became of an act to which no answer
// came.
func TestUnansweredKey(t *testing.T) {
	t.Parallel()
	p := newPlace(t, phyle.Options{}).withWork()
	cuts := map[int64]cut{1: after}
	books := p.client(relayTo(t, p.address, cuts), p.token, client.Attempts(1)).In("riverside")
	_, err := books.LogContribution(t.Context(), work("bo", "7.5"))
	var unanswered *client.Unanswered
	if !errors.As(err, &unanswered) || unanswered.Key == "" || unanswered.Attempts != 1 {
		t.Fatalf("got %#v", err)
	}
	var receipt client.Receipt
	again := must(books.LogContribution(t.Context(), work("bo", "7.5"),
		client.Key(unanswered.Key), client.Into(&receipt)))(t)
	if diff := cmp.Diff([]client.Contribution{again}, p.contributions()); diff != "" {
		t.Error(diff)
	}
	if !receipt.Replayed || receipt.Key != unanswered.Key {
		t.Errorf("got %+v", receipt)
	}
}

// TestWithoutKeyNothingIsRepeated cuts acts whose answers the server does not keep.
func TestWithoutKeyNothingIsRepeated(t *testing.T) {
	t.Parallel()
	p := newPlace(t, phyle.Options{})
	founding := p.client(relayTo(t, p.address, map[int64]cut{1: after}), p.instance)
	_, err := founding.CreateCommons(t.Context(), client.CommonsRequest{
		Slug: "seaside", Name: "Seaside", Currency: "EUR", TimeZone: "Europe/Berlin",
	})
	wantUnanswered(t, err)
	_, err = p.client(p.address, p.instance).CreateCommons(t.Context(), client.CommonsRequest{
		Slug: "seaside", Name: "Seaside", Currency: "EUR", TimeZone: "Europe/Berlin",
	})
	if !client.IsConflict(err) {
		t.Errorf("the first founding had no effect: %v", err)
	}
	earlier := must(p.books.ListTokens(t.Context(), client.ListTokensQuery{}))(t)
	books := p.client(relayTo(t, p.address, map[int64]cut{1: after}), p.token).In("riverside")
	_, err = books.CreateToken(t.Context(), client.TokenRequest{Label: "laptop"})
	wantUnanswered(t, err)
	if tokens := must(p.books.ListTokens(t.Context(), client.ListTokensQuery{}))(t); len(tokens.Data) != len(earlier.Data)+1 {
		t.Errorf("there are %d tokens, and were %d", len(tokens.Data), len(earlier.Data))
	}
}

// wantUnanswered holds the error to be of an act that was sent once, without a key.
func wantUnanswered(t *testing.T, err error) {
	t.Helper()
	var unanswered *client.Unanswered
	if !errors.As(err, &unanswered) || unanswered.Key != "" || unanswered.Attempts != 1 {
		t.Errorf("got %#v", err)
	}
}

// front stands before the server as a proxy does: it answers by itself until it has
// said all that it is told to say.
func (p *place) front(t *testing.T, say ...http.HandlerFunc) (address string, asked *atomic.Int64) {
	t.Helper()
	asked = &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := asked.Add(1); n <= int64(len(say)) {
			say[n-1](w, r)
			return
		}
		p.handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

// problem answers as the API refuses.
func problem(status int, code string, header ...string) http.HandlerFunc {
	return answer(status, "application/problem+json",
		`{"type":"/docs/problems/x","title":"X","detail":"It is so.","code":"`+code+`"}`, header...)
}

func answer(status int, media, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// TestWhatIsTriedAgain refuses once, and looks whether the client comes again.
func TestWhatIsTriedAgain(t *testing.T) {
	t.Parallel()
	p := newPlace(t, phyle.Options{}).withWork()
	for _, test := range []struct {
		name  string
		first http.HandlerFunc
		again bool
		least time.Duration
	}{
		{"unavailable", problem(503, "unavailable", "Retry-After", "1"), true, time.Second},
		{"unavailable proxy", answer(503, "text/html", "<h1>Sorry</h1>"), true, 0},
		{"too many", problem(429, "rate_limited", "Retry-After", "1"), true, time.Second},
		{"in flight", problem(409, "idempotency_in_flight"), true, 0},
		{"other conflict", problem(409, "period_closed", "Retry-After", "1"), false, 0},
		{"our fault", problem(500, "internal", "Retry-After", "1"), false, 0},
		{"bad gateway", answer(502, "text/html", "<h1>Sorry</h1>"), true, 0},
		{"slow gateway", answer(504, "text/plain", "late"), true, 0},
		{"program behind a gateway", problem(502, "internal"), false, 0},
		{"invalid", problem(422, "required"), false, 0},
		{"unauthenticated", problem(401, "unauthenticated"), false, 0},
		{"timeout", problem(408, "body_too_slow"), false, 0},
		{"other answer", answer(201, "text/html", "{}"), false, 0},
		{"no JSON", answer(201, "application/json", `{"id":7}`), false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			address, asked := p.front(t, test.first)
			start := time.Now()
			_, err := p.client(address, p.token).In("riverside").
				LogContribution(t.Context(), work("bo", "1"), client.DryRun())
			if wantAsked := map[bool]int64{true: 2, false: 1}[test.again]; asked.Load() != wantAsked {
				t.Errorf("asked %d times, want %d", asked.Load(), wantAsked)
			}
			if (err == nil) != test.again || time.Since(start) < test.least {
				t.Errorf("got %v after %s", err, time.Since(start))
			}
		})
	}
}

// TestAttemptsAreBounded refuses for ever.
func TestAttemptsAreBounded(t *testing.T) {
	t.Parallel()
	p := newPlace(t, phyle.Options{})
	sorry := problem(503, "unavailable")
	address, asked := p.front(t, sorry, sorry, sorry, sorry, sorry)
	_, err := p.client(address, p.token, client.Attempts(3)).In("riverside").GetCommons(t.Context())
	if !client.HasCode(err, "unavailable") || asked.Load() != 3 {
		t.Errorf("got %v after %d attempts", err, asked.Load())
	}
}

// TestPatienceIsBounded is asked to wait longer than it wants to.
func TestPatienceIsBounded(t *testing.T) {
	t.Parallel()
	p := newPlace(t, phyle.Options{})
	address, asked := p.front(t, problem(503, "unavailable", "Retry-After", "3600"))
	start := time.Now()
	_, err := p.client(address, p.token, client.Patience(10*time.Second)).In("riverside").
		GetCommons(t.Context())
	var refused *client.Problem
	if !errors.As(err, &refused) || refused.RetryAfter != time.Hour || asked.Load() != 1 {
		t.Errorf("got %#v after %d attempts", err, asked.Load())
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it waited %s for nothing", took)
	}
}

// TestRateLimit asks faster than the server likes, which says when to come again.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	p := newPlace(t, phyle.Options{Rate: 4})
	attempts := 0
	for range 10 {
		var receipt client.Receipt
		must(p.books.GetCommons(t.Context(), client.Into(&receipt)))(t)
		attempts += receipt.Attempts
	}
	if attempts <= 10 {
		t.Error("the server never refused")
	}
}

// TestSameKeyAtOnce sends one act from many sides at the same time.
func TestSameKeyAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t, phyle.Options{}).withWork()
	var group sync.WaitGroup
	ids := make([]client.ContributionID, 8)
	for i := range ids {
		group.Go(func() {
			logged, err := p.books.LogContribution(t.Context(), work("bo", "7.5"), client.Key("sheet-5"))
			if err != nil {
				t.Error(err)
			}
			ids[i] = logged.ID
		})
	}
	group.Wait()
	for _, id := range ids {
		if all := p.contributions(); len(all) != 1 || all[0].ID != id {
			t.Errorf("got %s of %v", id, all)
		}
	}
}

// TestCancel ends the caller's context while the server is silent, and while the
// client waits to come again.
func TestCancel(t *testing.T) {
	t.Parallel()
	p := newPlace(t, phyle.Options{}).withWork()
	silent := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else nobody notices that the caller has gone
		<-r.Context().Done()
	}
	for name, first := range map[string]http.HandlerFunc{
		"silent server": silent, "pause": problem(503, "unavailable", "Retry-After", "60"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, asked := p.front(t, first)
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				for asked.Load() == 0 {
					time.Sleep(time.Millisecond)
				}
				time.Sleep(50 * time.Millisecond)
				cancel()
			}()
			start := time.Now()
			_, err := p.client(address, p.token).In("riverside").LogContribution(ctx, work("bo", "1"))
			if !errors.Is(err, context.Canceled) || asked.Load() != 1 {
				t.Errorf("got %v after %d attempts", err, asked.Load())
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %s to notice", took)
			}
		})
	}
}

// TestCutActsOfEverySort cuts acts that a second sending would refuse if it were not
// known by its key: what was there is changed already.
func TestCutActsOfEverySort(t *testing.T) {
	t.Parallel()
	p, ctx := newPlace(t, phyle.Options{}).withWork(), t.Context()
	cutOnce := func() client.Books {
		return p.client(relayTo(t, p.address, map[int64]cut{1: after}), p.token).In("riverside")
	}
	var read client.Receipt
	must(p.books.GetCommons(ctx, client.Into(&read)))(t)
	must(p.books.CreateToken(ctx, client.TokenRequest{Label: "old"}))(t)
	token := must(p.books.ListTokens(ctx, client.ListTokensQuery{}))(t).Data[0]
	for name, act := range map[string]func(client.CallOption) error{
		"change under a tag": func(o client.CallOption) error {
			_, err := cutOnce().UpdateCommons(ctx, read.ETag, client.CommonsPatch{Name: new("River")}, o)
			return err
		},
		"name that is taken then": func(o client.CallOption) error {
			_, err := cutOnce().AddArea(ctx, client.AreaRequest{Code: "lab", Name: "Laboratory"}, o)
			return err
		},
		"end of a token": func(o client.CallOption) error {
			return cutOnce().RevokeToken(ctx, token.ID, o)
		},
		"many in lines": func(o client.CallOption) error {
			_, err := cutOnce().LogContributions(ctx, client.ContributionsRequest{
				Contributions: []client.ContributionRequest{work("bo", "1"), work("ana", "2")},
			}, client.InLines(), o)
			return err
		},
	} {
		var receipt client.Receipt
		if err := act(client.Into(&receipt)); err != nil || !receipt.Replayed || receipt.Attempts != 2 {
			t.Errorf("%s: got %+v and %v", name, receipt, err)
		}
	}
	if all := p.contributions(); len(all) != 2 {
		t.Errorf("there are %d contributions", len(all))
	}
}

package http

import (
	"context"
	"fmt"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/postgres/postgrestest"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

// api is a server over a database of one test, as a member sees it.
type api struct {
	t      testing.TB
	server *Server
	store  *postgres.Store
	// address is the database's own, with all rights.
	address string
	// instance is the API with the token that founds commons.
	instance *api
	token    string
	slug     string
	keys     *atomic.Int64
}

// newAPI returns the API of a new commons called riverside, as its founder.
func newAPI(t testing.TB) *api {
	t.Helper()
	return newInstance(t).found("riverside")
}

// newInstance returns the API of books without a commons, as the instance.
func newInstance(t testing.TB) *api {
	t.Helper()
	ctx := context.Background()
	address := postgrestest.URL(t)
	store, err := postgres.Open(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	store.SetClock(func() time.Time { return time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC) })
	made, err := store.CreateInstanceToken(ctx, ledger.NewToken{Label: "test"})
	if err != nil {
		t.Fatal(err)
	}
	a := &api{t: t, server: New(store, quiet()), store: store, address: address, token: made.Secret,
		keys: &atomic.Int64{}}
	a.instance = a
	return a
}

// found returns the API of a new commons, as its founder.
func (a *api) found(slug string) *api {
	a.t.Helper()
	founded := a.instance.send("POST", "/v1/commons", fmt.Sprintf(
		`{"slug":%q,"name":"A commons","currency":"EUR","time_zone":"Europe/Berlin"}`, slug))
	other := *a
	other.token, other.slug = founded.want(201)["token"].(string), slug
	return &other
}

// as returns the API as another member of the commons sees it.
func (a *api) as(handle string) *api {
	a.t.Helper()
	ctx := context.Background()
	caller, err := a.store.Authenticate(ctx, a.token)
	if err != nil {
		a.t.Fatal(err)
	}
	member, err := a.store.Member(ctx, caller, handle)
	if err != nil {
		a.t.Fatal(err)
	}
	caller.Member, caller.Handle, caller.Token = member.ID, member.Handle, ""
	made, err := a.store.CreateToken(ctx, &postgres.Act{By: caller}, ledger.NewToken{Label: "test"})
	if err != nil {
		a.t.Fatal(err)
	}
	other := *a
	other.token = made.Secret
	return &other
}

// answer is what came back.
type answer struct {
	*httptest.ResponseRecorder
	t testing.TB
}

// send asks for a path below the commons, or a whole one that starts with a
// slash. Acts get a new key unless the headers, name and value in turn, say so.
func (a *api) send(method, path, body string, header ...string) answer {
	a.t.Helper()
	if !strings.HasPrefix(path, "/") {
		path = "/v1/commons/" + a.slug + "/" + path
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+a.token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if method == nethttp.MethodPost {
		r.Header.Set(keyHeader, fmt.Sprintf("made-%d", a.keys.Add(1)))
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Del(header[i])
		if header[i+1] != "" {
			r.Header.Set(header[i], header[i+1])
		}
	}
	w := httptest.NewRecorder()
	a.server.Handler().ServeHTTP(w, r)
	return answer{w, a.t}
}

// want returns the body of an answer that must have the status.
func (a answer) want(status int) map[string]any {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("got %d, want %d: %s", a.Code, status, a.Body)
	}
	var body map[string]any
	if a.Body.Len() > 0 {
		if err := json.Unmarshal(a.Body.Bytes(), &body); err != nil {
			a.t.Fatalf("%v in %s", err, a.Body)
		}
	}
	return body
}

// wantProblem holds the answer to the status and the code.
func (a answer) wantProblem(status int, code string) {
	a.t.Helper()
	if body := a.want(status); body["code"] != code {
		a.t.Errorf("got %v, want %s", body, code)
	}
}

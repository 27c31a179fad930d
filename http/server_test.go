package http

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

func quiet() Options { return Options{Rate: -1, Log: slog.New(slog.DiscardHandler)} }

func TestGates(t *testing.T) {
	s := New(nil, quiet())
	for _, test := range []struct {
		name, method, path string
		header             map[string]string
		status             int
		code               string
	}{
		{"no token", "GET", "/v1/commons/riverside", nil, 401, "unauthenticated"},
		{"no token for what is not there", "GET", "/v1/commons/nowhere", nil, 401, "unauthenticated"},
		{"no token in the address", "GET", "/v1/commons/riverside?access_token=phy_abc", nil, 401,
			"unauthenticated"},
		{"no such path", "GET", "/v1/nothing", nil, 404, "not_found"},
		{"no such page", "GET", "/nothing", nil, 404, "not_found"},
		{"slash at the end", "GET", "/v1/commons/", nil, 404, "not_found"},
		{"wrong method", "PUT", "/v1/commons", nil, 405, "method_not_allowed"},
		{"trace", "TRACE", "/v1/commons", nil, 405, "method_not_allowed"},
		{"alive", "GET", "/healthz", nil, 200, ""},
		{"document", "GET", "/openapi.json", nil, 200, ""},
		{"page", "GET", "/docs", nil, 200, ""},
		{"page of a problem", "GET", "/docs/problems/malformed_amount", nil, 200, ""},
		{"page of what is no problem", "GET", "/docs/problems/a.b", nil, 404, ""},
		{"stylesheet", "GET", "/static/docs.css", nil, 200, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := get(s, test.method, test.path, test.header)
			if got.Code != test.status {
				t.Errorf("got %d, want %d: %s", got.Code, test.status, got.Body)
			}
			if got.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Error("the type may be guessed")
			}
			if got.Header().Get("Access-Control-Allow-Origin") != "" || got.Header().Get("Location") != "" {
				t.Errorf("it lets others in or sends away: %v", got.Header())
			}
			if test.status == 405 && got.Header().Get("Allow") == "" {
				t.Error("no Allow")
			}
			if strings.HasPrefix(test.path, "/v1") && got.Header().Get("Cache-Control") != "no-store" {
				t.Error("it may be stored")
			}
			if test.code != "" {
				checkProblem(t, got.Body.Bytes(), test.code)
			}
		})
	}
}

func checkProblem(t *testing.T, body []byte, code string) {
	t.Helper()
	var p problem
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	if p.Code != code || p.RequestID == "" || p.Detail == "" || p.Title == "" {
		t.Errorf("got %+v, want %s", p, code)
	}
}

func TestRequestIDs(t *testing.T) {
	s := New(nil, quiet())
	for _, test := range []struct {
		name, given string
		kept        bool
	}{
		{"good", "a.B_9-z", true},
		{"longest", strings.Repeat("a", 64), true},
		{"too long", strings.Repeat("a", 65), false},
		{"empty", "", false},
		{"blank", "a b", false},
		{"markup", "<a>", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := get(s, "GET", "/v1/nothing", map[string]string{requestIDHeader: test.given})
			id := got.Header().Get(requestIDHeader)
			if !isRequestID(id) || (id == test.given) != test.kept {
				t.Errorf("got %q for %q", id, test.given)
			}
			if !strings.Contains(got.Body.String(), `"request_id":"`+id+`"`) {
				t.Errorf("not in the problem: %s", got.Body)
			}
		})
	}
}

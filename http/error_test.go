package http

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"phyle/ledger"
)

func TestRefuse(t *testing.T) {
	fields := ledger.Errorf(ledger.Invalid, "malformed_amount", "One field is wrong.")
	fields.Fields = []ledger.FieldError{
		{Pointer: "/amount", Code: "malformed_amount", Message: "Write it."},
	}
	for _, test := range []struct {
		name   string
		err    error
		status int
		header [2]string
		want   map[string]any
	}{
		{"invalid", fields, 422, [2]string{}, map[string]any{
			"type": "/docs/problems/malformed_amount", "title": "Malformed amount", "status": 422.0,
			"detail": "One field is wrong.", "code": "malformed_amount", "request_id": "r1",
			"errors": []any{map[string]any{
				"pointer": "/amount", "code": "malformed_amount", "message": "Write it.",
			}},
		}},
		{"conflict with facts", ledger.Errorf(ledger.Conflict, "exceeds_fund", "Too much.").
			With("shortfall", "5.00 EUR").With("status", "200"), 409, [2]string{}, map[string]any{
			"type": "/docs/problems/exceeds_fund", "title": "Exceeds fund", "status": 409.0,
			"detail": "Too much.", "code": "exceeds_fund", "request_id": "r1", "shortfall": "5.00 EUR",
		}},
		{"case 37 not found", ledger.Errorf(ledger.NotFound, "not_found", "There is no such entry here.").
			With("id", "ent_1"), 404, [2]string{}, map[string]any{
			"type": "/docs/problems/not_found", "title": "Not found", "status": 404.0,
			"detail": notFoundDetail, "code": "not_found", "request_id": "r1",
		}},
		{"wrapped", fmt.Errorf("look: %w", ledger.Errorf(ledger.Forbidden, "forbidden", "Ask ana.")), 403,
			[2]string{}, map[string]any{
				"type": "/docs/problems/forbidden", "title": "Forbidden", "status": 403.0,
				"detail": "Ask ana.", "code": "forbidden", "request_id": "r1",
			}},
		{"unauthenticated", ledger.Errorf(ledger.Unauthenticated, "unauthenticated", "Send one."), 401,
			[2]string{"WWW-Authenticate", "Bearer"}, nil},
		{"unavailable", ledger.Errorf(ledger.Unavailable, "busy", "Again."), 503,
			[2]string{"Retry-After", "1"}, nil},
		{"malformed", ledger.Errorf(ledger.Malformed, "bad_cursor", "Again."), 400, [2]string{}, nil},
		{"too slow", context.DeadlineExceeded, 503, [2]string{"Retry-After", "1"}, nil},
		{"no route", echo.ErrNotFound, 404, [2]string{}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := answerTo(t, test.err, slog.New(slog.DiscardHandler))
			if got.Code != test.status || got.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("got %d %s, want %d", got.Code, got.Header().Get("Content-Type"), test.status)
			}
			if name := test.header[0]; name != "" && got.Header().Get(name) != test.header[1] {
				t.Errorf("%s is %q, want %q", name, got.Header().Get(name), test.header[1])
			}
			var body map[string]any
			if err := json.Unmarshal(got.Body.Bytes(), &body); err != nil {
				t.Fatal(err)
			}
			if test.want != nil {
				if diff := cmp.Diff(test.want, body); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// answerTo returns what a request gets whose handler fails with err.
func answerTo(t *testing.T, err error, log *slog.Logger) *httptest.ResponseRecorder {
	t.Helper()
	s := New(nil, Options{Log: log})
	s.echo.GET("/fail", func(echo.Context) error { return err })
	return get(s, "GET", "/fail", map[string]string{requestIDHeader: "r1"})
}

func get(s *Server, method, path string, header map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

// TestFaultsAreLoggedAndNotTold holds that what is our fault is in the log with
// the request's id, and nowhere else.
func TestFaultsAreLoggedAndNotTold(t *testing.T) {
	secret := "duplicate key violates constraint posting_pkey"
	for _, test := range []struct {
		name string
		fail echo.HandlerFunc
	}{
		{"error", func(echo.Context) error { return errors.New(secret) }},
		{"panic", func(echo.Context) error { panic(secret) }},
		{"panic with an error", func(echo.Context) error { panic(errors.New(secret)) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log bytes.Buffer
			s := New(nil, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
			s.echo.GET("/fail", test.fail)
			got := get(s, "GET", "/fail", map[string]string{requestIDHeader: "r1"})
			var p problem
			if err := json.Unmarshal(got.Body.Bytes(), &p); err != nil {
				t.Fatal(err)
			}
			if got.Code != nethttp.StatusInternalServerError || p.Code != "internal" || p.RequestID != "r1" {
				t.Errorf("got %d %+v", got.Code, p)
			}
			if strings.Contains(got.Body.String(), "posting") {
				t.Errorf("the answer tells: %s", got.Body)
			}
			if !strings.Contains(log.String(), secret) || !strings.Contains(log.String(), "request_id=r1") {
				t.Errorf("the log does not tell: %s", log.String())
			}
		})
	}
}

package http

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// What is planted in requests, to be looked for where it must not be. All of it is
// somebody's: who, what about them, and what opens their doors.
var planted = map[string]string{
	"handle":  "zz-canary",
	"name":    "Quilla Canary",
	"note":    "laser, then a \"sick\" knee",
	"payer":   "Widow Canary",
	"IBAN":    "DE89370400440532013000",
	"token":   "phy_0123456789abcdefghjkmnpqrstvwxyz012345",
	"mail":    "quilla@canary.example",
	"address": "203.0.113.77",
	"method":  "CANARYMETHOD",
}

// plantedIn returns what of the planted things the text holds.
func plantedIn(text string) (found []string) {
	for what, value := range planted {
		quoted, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		for _, form := range []string{value, strings.Trim(string(quoted), `"`), url.QueryEscape(value)} {
			if strings.Contains(strings.ToLower(text), strings.ToLower(form)) {
				found = append(found, what)
				break
			}
		}
	}
	return found
}

// TestNothingPersonalIsKept plants what is personal in every part of a request, in
// requests that succeed, that are refused and that fail by our own fault, and looks
// for it in the log, down to its last level, and in the metrics.
func TestNothingPersonalIsKept(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	var log bytes.Buffer
	a.server = New(a.store, Options{
		Rate: -1, Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	for i, r := range plantedRequests() {
		header := append([]string{
			"User-Agent", planted["mail"], "Referer", "https://canary.example/" + planted["handle"],
			"Cookie", "session=" + planted["token"], "X-Forwarded-For", planted["address"],
			"Forwarded", "for=" + planted["address"], "Traceparent", "00-" + planted["handle"],
			"X-Request-Id", planted["name"], "Idempotency-Key", fmt.Sprint(planted["IBAN"], "-", i),
		}, r.header...)
		got := a.send(r.method, r.path, r.body, header...)
		if r.status != got.Code {
			t.Errorf("%s %s: got %d, want %d: %s", r.method, r.path, got.Code, r.status, got.Body)
		}
		if got.Code >= 400 && slices.Contains(plantedIn(got.Body.String()), "token") {
			t.Errorf("%s %s: the answer tells the token: %s", r.method, r.path, got.Body)
		}
	}
	for _, rule := range breakingRules {
		breakBooks(t, a, rule)
		fault := a.send("POST", "contributions", plantedContribution)
		fault.wantProblem(500, "internal")
		if found := plantedIn(fault.Body.String()); found != nil {
			t.Errorf("the fault tells %v: %s", found, fault.Body)
		}
	}
	text := log.String()
	if found := plantedIn(text); found != nil {
		t.Errorf("the log holds %v: %s", found, text)
	}
	lines := strings.Count(text, `"msg":"request"`)
	if lines != len(plantedRequests())+len(breakingRules) {
		t.Errorf("the log has %d requests: %s", lines, text)
	}
	for _, needed := range []string{
		"canary_broke_it", "23514", "42704", `"msg":"internal"`, "unknown_member",
	} {
		if !strings.Contains(text, needed) {
			t.Errorf("the log does not say %s: %s", needed, text)
		}
	}
	if found := plantedIn(a.auditTrail()); found != nil {
		t.Errorf("the audit trail holds %v: %s", found, a.auditTrail())
	}
	metrics := httptest.NewRecorder()
	promhttp.HandlerFor(a.server.metrics.registry, promhttp.HandlerOpts{}).
		ServeHTTP(metrics, httptest.NewRequest("GET", "/metrics", nil))
	if found := plantedIn(metrics.Body.String()); found != nil {
		t.Errorf("the metrics hold %v: %s", found, metrics.Body)
	}
}

// auditTrail returns all that the audit trail holds, as text.
func (a *api) auditTrail() (text string) {
	a.t.Helper()
	a.send("GET", "audit", "").want(200) // waits for what is on its way
	db, err := sql.Open("postgres", a.address)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	err = db.QueryRowContext(context.Background(),
		`SELECT string_agg(a::text, E'\n') FROM phyle.audit AS a`).Scan(&text)
	if err != nil || !strings.Contains(text, "refused") {
		a.t.Fatalf("the audit trail: %v %s", err, text)
	}
	return text
}

// plantedRequest is one that carries what is planted, and the status it is to get.
type plantedRequest struct {
	method, path, body string
	header             []string
	status             int
}

var plantedContribution = fmt.Sprintf(
	`{"member":%q,"kind":"work","quantity":"2","date":"2026-10-05","note":%q}`,
	planted["handle"], planted["note"])

func plantedRequests() []plantedRequest {
	p := planted
	income := fmt.Sprintf(`{"amount":{"amount":"10.00","currency":"EUR"},"date":"2026-10-05",`+
		`"source":"sale","payer":%q,"note":%q}`, p["payer"], p["IBAN"])
	return []plantedRequest{
		{"POST", "members", fmt.Sprintf(`{"handle":%q,"name":%q}`, p["handle"], p["name"]), nil, 201},
		{"POST", "kinds", `{"code":"work","name":"Work","unit":"hour","reviews":0}`, nil, 201},
		{"POST", "contributions", plantedContribution, nil, 201},
		{"POST", "incomes", income, nil, 201},
		{"POST", "tokens", fmt.Sprintf(`{"label":%q}`, p["note"]), nil, 200},
		{"POST", "openings", fmt.Sprintf(`{"amount":{"amount":"1.00","currency":"EUR"},`+
			`"date":"2026-10-05","asset":"bank","memo":%q}`, p["note"]), nil, 201},
		{"POST", "spendings", fmt.Sprintf(`{"amount":{"amount":"9.00","currency":"EUR"},`+
			`"date":"2026-10-05","fund":%q,"payee":%q,"memo":%q}`, p["handle"], p["payer"], p["IBAN"]),
			nil, 422},
		{"POST", "entries/" + p["token"] + "/reverse", fmt.Sprintf(`{"reason":%q}`, p["mail"]), nil, 404},
		{"GET", "members/" + p["handle"], "", nil, 200},
		{"HEAD", "members/" + p["handle"], "", nil, 200},
		{"GET", "members/" + p["handle"] + "/balance", "", nil, 200},
		{"GET", "contributions?member=" + p["handle"], "", nil, 200},

		{"GET", "members/" + p["IBAN"], "", nil, 404},
		{"GET", "contributions/" + p["token"], "", nil, 404},
		{"GET", "contributions?note=" + url.QueryEscape(p["note"]), "", nil, 400},
		{"GET", "contributions?" + p["IBAN"] + "=" + url.QueryEscape(p["name"]), "", nil, 400},
		{"GET", "/v1/" + p["IBAN"] + "/" + p["handle"], "", nil, 404},
		{"GET", "/v1/commons/" + p["handle"] + "/members", "", nil, 404},
		{"GET", "/v1/commons/%2F" + p["handle"] + "%00", "", nil, 400},
		{"GET", "/docs/problems/" + p["handle"], "", nil, 404},
		{p["method"], "members/" + p["handle"], "", nil, 405},
		{"GET", "members", "", []string{"Authorization", "Bearer " + p["token"]}, 401},
		{"GET", "members?access_token=" + p["token"], "", []string{"Authorization", ""}, 401},
		{"POST", "contributions", `{"member":"` + p["mail"] + `","kind":"work","quantity":"2",` +
			`"date":"2026-10-05","note":` + `"` + p["IBAN"] + `"}`, nil, 422},
		{"POST", "contributions", strings.Replace(plantedContribution, p["handle"], "nobody", 1), nil,
			422},
		{"POST", "contributions", `{"` + p["name"] + `":"` + p["IBAN"] + `"}`, nil, 422},
		{"POST", "contributions", p["note"] + p["IBAN"], nil, 400},
		{"POST", "contributions", plantedContribution, []string{"Content-Type", p["mail"]}, 415},
		{"POST", "contributions", plantedContribution, []string{"Content-Encoding", p["mail"]}, 415},
		{"POST", "contributions", plantedContribution, []string{"If-Match", p["token"]}, 201},
	}
}

// breakingRules are rules that the program does not know. What is reported of a row
// that breaks the first shows the row; of the second, the value in the message.
var breakingRules = []string{"note NOT LIKE '%knee%'", "current_setting(note) IS NULL"}

// breakBooks puts a rule into the database.
func breakBooks(t *testing.T, a *api, rule string) {
	t.Helper()
	db, err := sql.Open("postgres", a.address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(context.Background(), `ALTER TABLE phyle.contribution
		DROP CONSTRAINT IF EXISTS canary_broke_it,
		ADD CONSTRAINT canary_broke_it CHECK (`+rule+`) NOT VALID`)
	if err != nil {
		t.Fatal(err)
	}
}

// TestWithoutQuotations holds that what an error quotes does not get into the log.
func TestWithoutQuotations(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "connection refused", "connection refused"},
		{"value", `parsing "Ana": invalid syntax`, `parsing "…": invalid syntax`},
		{"value with quotations", `no "sick "knee" leave" here`, `no "…" here`},
		{"two", `"Ana" is not "Bo"`, `"…"`},
		{"lines", "panic: \"Ana\nBo\"\ngoroutine 1\n\tmain.go:7",
			"panic: \"…\"\ngoroutine 1\n\tmain.go:7"},
		{"half", `left open "Ana`, `left open "…"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := withoutQuotations(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestWithoutPeer holds that what went wrong on a connection is told without whose
// it was.
func TestWithoutPeer(t *testing.T) {
	t.Parallel()
	broken := fmt.Errorf("write: %w", &net.OpError{
		Op: "write", Net: "tcp", Addr: &net.TCPAddr{IP: net.ParseIP(planted["address"]), Port: 4321},
		Err: syscall.EPIPE,
	})
	if !strings.Contains(broken.Error(), planted["address"]) {
		t.Fatalf("%v does not name the peer", broken)
	}
	if got := withoutPeer(broken); !errors.Is(got, syscall.EPIPE) || plantedIn(got.Error()) != nil {
		t.Errorf("got %v", got)
	}
}

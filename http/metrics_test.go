package http

import (
	"context"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// figures returns what the metrics of the server say, by name and labels.
func figures(t *testing.T, s *Server) map[string]string {
	t.Helper()
	answer := httptest.NewRecorder()
	promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}).
		ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	if answer.Code != nethttp.StatusOK {
		t.Fatalf("got %d: %s", answer.Code, answer.Body)
	}
	found := map[string]string{}
	for line := range strings.SplitSeq(answer.Body.String(), "\n") {
		if i := strings.LastIndexByte(line, ' '); i > 0 && !strings.HasPrefix(line, "#") {
			found[line[:i]] = line[i+1:]
		}
	}
	return found
}

// starting returns those of the figures that begin with one of the names.
func starting(all map[string]string, names ...string) map[string]string {
	found := map[string]string{}
	for key, value := range all {
		for _, name := range names {
			if strings.HasPrefix(key, name) {
				found[key] = value
			}
		}
	}
	return found
}

// TestMetrics counts requests by route, method and status, and refusals by code.
func TestMetrics(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := New(a.store, quiet())
	a.server = s
	a.send("GET", "/healthz", "")
	a.send("HEAD", "members/ana", "")
	a.send("GET", "members/ana", "").wantProblem(404, "not_found")
	a.send("GET", "members/bo", "").wantProblem(404, "not_found")
	a.send("GET", "/v1/commons/elsewhere/members/bo", "").wantProblem(404, "not_found")
	a.send("GET", "/nothing/here", "").wantProblem(404, "not_found")
	a.send("BREW", "members/ana", "").wantProblem(405, "method_not_allowed")
	a.send("POST", "kinds", `{"code":"work"}`).wantProblem(422, "required")
	a.send("POST", "kinds", `{"code":"work","name":"Work","unit":"hour","reviews":0}`).want(201)
	const member, kinds = "/v1/commons/:commons/members/:member", "/v1/commons/:commons/kinds"
	count := func(route, method, status string) string {
		return fmt.Sprintf(`phyle_http_requests_total{method=%q,route=%q,status=%q}`, method, route, status)
	}
	want := map[string]string{
		count("/healthz", "GET", "200"): "1",
		count(member, "GET", "404"):     "3",
		count(member, "HEAD", "404"):    "1",
		count("other", "GET", "404"):    "1",
		count(member, "other", "405"):   "1",
		count(kinds, "POST", "422"):     "1",
		count(kinds, "POST", "201"):     "1",

		`phyle_http_refusals_total{code="not_found"}`:          "5",
		`phyle_http_refusals_total{code="method_not_allowed"}`: "1",
		`phyle_http_refusals_total{code="required"}`:           "1",
	}
	got := figures(t, s)
	counted := starting(got, "phyle_http_requests_total", "phyle_http_refusals_total")
	if diff := cmp.Diff(want, counted); diff != "" {
		t.Error(diff)
	}
	histogram := `phyle_http_request_duration_seconds_count` +
		`{method="GET",route="` + member + `",status="404"}`
	if got[histogram] != "3" {
		t.Errorf("%s is %q", histogram, got[histogram])
	}
	for _, name := range []string{
		"go_goroutines", "process_start_time_seconds", "phyle_http_requests_in_flight",
	} {
		if got[name] == "" {
			t.Errorf("%s is not there", name)
		}
	}
	if build := starting(got, "phyle_build_info{"); len(build) != 1 {
		t.Errorf("the build is %v", build)
	}
}

// TestStoreMetrics counts connections and batches.
func TestStoreMetrics(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.send("POST", "kinds", `{"code":"work","name":"Work","unit":"hour","reviews":0}`).want(201)
	for range 3 {
		a.send("POST", "contributions",
			`{"member":"founder","kind":"work","quantity":"1","date":"2026-10-05"}`).want(201)
	}
	got := starting(figures(t, a.server), "phyle_database_")
	for range 100 { // the last use of a token is written down aside
		if got["phyle_database_connections_in_use"] == "0" {
			break
		}
		time.Sleep(20 * time.Millisecond)
		got = starting(figures(t, a.server), "phyle_database_")
	}
	if got["phyle_database_connections_idle"] == "0" {
		t.Error("no connection is idle")
	}
	delete(got, "phyle_database_connections_idle")
	want := map[string]string{
		"phyle_database_connections_in_use":            "0",
		"phyle_database_refusals_lost_total":           "0",
		"phyle_database_connections_most":              "24",
		"phyle_database_connection_waits_total":        "0",
		"phyle_database_connection_wait_seconds_total": "0",
		"phyle_database_batches_total":                 "3",
		"phyle_database_batched_acts_total":            "3",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestServeMetrics holds that metrics are answered on their own listener and
// nowhere else.
func TestServeMetrics(t *testing.T) {
	t.Parallel()
	s := New(nil, quiet())
	if got := get(s, "GET", "/metrics", nil); got.Code != nethttp.StatusNotFound {
		t.Errorf("the API answers metrics: %d", got.Code)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.ServeMetrics(ctx, listener) }()
	address := listener.Addr().String()
	for path, want := range map[string]int{
		"/metrics": 200, "/": 404, "/v1/commons": 404, "/healthz": 404,
	} {
		if got, err := status(address, path); err != nil || got != want {
			t.Errorf("%s: got %d and %v, want %d", path, got, err, want)
		}
	}
	answer, err := nethttp.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || !strings.Contains(string(text), "# TYPE phyle_http_requests_in_flight gauge\n") {
		t.Errorf("%v in %s", err, text)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := status(address, "/metrics"); err == nil {
		t.Error("it still answers")
	}
}

package http

import (
	"context"
	"log/slog"
	"net"
	nethttp "net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// durations are the upper bounds in seconds that requests are counted by; the last
// is the longest that one may take.
var durations = []float64{
	.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, handlerTime.Seconds(),
}

// other stands for a route or a method that we do not have.
const other = "other"

// methods are those that routes may have.
var methods = []string{
	nethttp.MethodGet, nethttp.MethodHead, nethttp.MethodPost, nethttp.MethodPut,
	nethttp.MethodPatch, nethttp.MethodDelete, nethttp.MethodOptions,
}

// metrics counts what a Server does, for whoever runs it. Labels hold nothing that
// a request brings: a route is its template, a problem its code.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	refusals *prometheus.CounterVec
	inFlight prometheus.Gauge
	dropped  *prometheus.CounterVec
}

// newMetrics returns metrics on a registry of their own.
func newMetrics(version string) *metrics {
	request := []string{"route", "method", "status"}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "phyle_http_requests_total", Help: "Requests that were answered.",
		}, request),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "phyle_http_request_duration_seconds", Buckets: durations,
			Help: "Time from the end of a request's header to the end of its answer.",
		}, request),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "phyle_http_refusals_total", Help: "Requests that were refused, by the problem's code.",
		}, []string{"code"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "phyle_http_requests_in_flight", Help: "Requests that are being answered.",
		}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "phyle_http_connections_dropped_total",
			Help: "Connections closed to make room: of one address its share, or of all.",
		}, []string{"reason"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "phyle_build_info", Help: "Always 1; the labels say which program this is.",
		ConstLabels: prometheus.Labels{"version": version, "revision": revision()},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.duration, m.refusals, m.inFlight, m.dropped, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// revision returns the commit that the program was built from, if it knows.
func revision() string {
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return ""
	}
	i := slices.IndexFunc(info.Settings, func(s debug.BuildSetting) bool {
		return s.Key == "vcs.revision"
	})
	if i < 0 {
		return ""
	}
	return info.Settings[i].Value
}

// measure counts the request once it is answered.
func (s *Server) measure(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		s.metrics.inFlight.Inc()
		defer s.metrics.inFlight.Dec()
		err := next(c)
		labels := prometheus.Labels{
			"route":  s.template(c),
			"method": methodOf(c.Request()),
			"status": strconv.Itoa(c.Response().Status),
		}
		s.metrics.requests.With(labels).Inc()
		s.metrics.duration.With(labels).Observe(time.Since(start).Seconds())
		return err
	}
}

// template returns the route as the table has it, without the names in the path.
func (s *Server) template(c echo.Context) string {
	if path := c.Path(); s.templates[path] {
		return path
	}
	return other
}

// methodOf returns the request's method if it is one that routes may have. All
// else is whatever somebody chose to send.
func methodOf(r *nethttp.Request) string {
	if slices.Contains(methods, r.Method) {
		return r.Method
	}
	return other
}

// ServeMetrics answers GET /metrics on the listener, for Prometheus, until ctx
// ends. The listener is for whoever runs the machine: nobody is asked for a token.
func (s *Server) ServeMetrics(ctx context.Context, listener net.Listener) error {
	mux := nethttp.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{
		ErrorLog:            slog.NewLogLogger(s.options.Log.Handler(), slog.LevelWarn),
		MaxRequestsInFlight: 4,
	}))
	server := s.bounded(mux)
	ended := make(chan error, 1)
	held := bound(listener, mostScrapers, nil, s.metrics.dropped)
	go func() { ended <- server.Serve(held) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	return finish(server, ended, headerTime)
}

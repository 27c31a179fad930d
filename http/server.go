// Package http answers the JSON API of Phyle over a postgres.Store.
//
// Every route is one row of the table in route.go. A request passes through the
// same gates in the same order, whatever its row: request id, path, route, token,
// commons, media type and size, idempotency key, query, body. Only then its
// function runs, which binds nothing and renders nothing: it calls one method of
// the store. Whatever goes wrong comes out of one door, in error.go.
//
// Bodies and queries are plain structs. The json tag names a field; a field is
// required unless its tag says omitzero. The tags enum, maxLength, minItems,
// maxItems, uniqueItems, minimum and maximum are both what the decoder holds a
// value to and what the OpenAPI document says about it; doc and example are for
// the document.
package http

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	nethttp "net/http"
	"net/netip"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/labstack/echo/v4"

	"phyle/ledger/postgres"
)

// The bounds of a connection and of a request on it.
const (
	headerTime     = 5 * time.Second
	bodyTime       = 30 * time.Second
	writeTime      = 60 * time.Second
	idleTime       = 60 * time.Second
	handlerTime    = 40 * time.Second
	headerBytes    = 64 << 10
	mostConnection = 1000
	mostScrapers   = 16
)

// FinishTime is how long requests may go on once a Server is told to end. By then
// each has ended by itself, one way or another.
const FinishTime = writeTime

// Options are what a Server needs to know beside its store. The zero Options
// are good.
type Options struct {
	// Version is what the program calls itself in the OpenAPI document.
	Version string
	// Log takes a line for each request and whatever is our own fault.
	Log *slog.Logger
	// URL is where people reach the Server from outside, and how links begin;
	// http://localhost unless given. Where it begins with https, browsers are told to come
	// by nothing else. People sign in over https, or on the machine itself.
	URL *url.URL
	// Proxies are believed when they say for whom they ask, in the headers Forwarded
	// and X-Forwarded-For. Nobody else is.
	Proxies []netip.Prefix
	// Connections is how many may be open at once, 1,000 unless given, and a quarter of
	// them from one address.
	Connections int
	// Rate is how many requests a second each member may make, 100 unless given,
	// and twice as many at once; below 0 there is no limit.
	Rate float64
	// Drain is how long a Server that is told to end says that it is not ready before
	// it refuses new connections, so that whoever balances the load can turn away.
	Drain time.Duration
	// Mail sends the codes that people sign in with.
	Mail Mail
	// Development writes those codes into the log where there is no mail.
	Development bool
	// Demo fills the explorer at /docs, where the books are a demonstration.
	Demo *Demo
}

// Server is the API over one store. It is safe for concurrent use.
type Server struct {
	store     *postgres.Store
	options   Options
	echo      *echo.Echo
	openAPI   []byte
	explorer  func() ([]byte, error)
	origins   *nethttp.CrossOriginProtection
	members   *limiter
	strangers *limiter
	readers   *limiter
	metrics   *metrics
	templates map[string]bool  // the routes that there are
	rows      map[string]route // of the API, by method and path as the router has them
	leaving   atomic.Bool
	post      *postbox
	hasher    hasher
	passkeys  *webauthn.WebAuthn // nil where there can be none
	tries     tries
}

// New returns a Server over the store.
func New(store *postgres.Store, o Options) *Server {
	if o.Version == "" {
		o.Version = "0"
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Connections == 0 {
		o.Connections = mostConnection
	}
	if o.Rate == 0 {
		o.Rate = tokenRate
	}
	if o.URL == nil {
		o.URL = &url.URL{Scheme: "http", Host: "localhost"}
	}
	s := &Server{
		store: store, options: o, echo: echo.New(), members: newLimiter("token", o.Rate),
		strangers: newLimiter("address", min(o.Rate, strangerRate)),
		readers:   newLimiter("address", o.Rate), origins: originsOf(o.URL),
		metrics: newMetrics(o.Version), templates: map[string]bool{},
		rows: map[string]route{},
		post: newPostbox(o.Mail, o.Log), hasher: newHasher(),
		passkeys: passkeysAt(o.URL),
	}
	if store != nil {
		s.metrics.registry.MustRegister(newStoreCollector(store))
	}
	s.openAPI = describe(routes(), o.Version)
	s.explorer = sync.OnceValues(s.renderExplorer)
	s.echo.IPExtractor = func(r *nethttp.Request) string {
		return proxies(o.Proxies).client(r).String()
	}
	s.echo.HTTPErrorHandler = s.refuse
	s.echo.Pre(s.identify, s.measure, s.record, s.recoverPanic, s.protect, s.checkOrigin,
		boundTime, checkPath)
	for _, r := range routes() {
		s.register(r)
	}
	s.registerDocuments()
	s.registerPages()
	for _, r := range s.echo.Routes() {
		s.templates[r.Path] = true
	}
	return s
}

// register puts the row's handler below /v1; what can be read can be asked for
// by HEAD as well.
func (s *Server) register(r route) {
	serve := func(c echo.Context) error { return s.serve(c, r) }
	s.rows[r.method+" /v1"+colons(r.path)] = r
	s.echo.Add(r.method, "/v1"+colons(r.path), serve)
	if r.method == nethttp.MethodGet {
		s.echo.Add(nethttp.MethodHead, "/v1"+colons(r.path), serve)
	}
}

// Handler returns what answers requests, for a server of the caller's own.
func (s *Server) Handler() nethttp.Handler { return s.echo }

// Serve answers on the listener until ctx ends. Then it is not ready any more, and
// once whoever balances the load may have seen that, it refuses new connections and
// lets running requests finish. It returns nil when it ended because ctx did.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := s.bounded(s.echo)
	defer s.post.running.Wait()
	ended := make(chan error, 1)
	held := bound(listener, s.options.Connections, s.options.Proxies, s.metrics.dropped)
	go func() { ended <- server.Serve(held) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	s.leaving.Store(true)
	server.SetKeepAlivesEnabled(false)
	select {
	case err := <-ended:
		return err
	case <-time.After(s.options.Drain):
	}
	return finish(server, ended, FinishTime)
}

// bounded returns a server that no connection can hold up.
func (s *Server) bounded(handler nethttp.Handler) *nethttp.Server {
	return &nethttp.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       bodyTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    headerBytes,
		ConnContext:       withConnection,
		ConnState:         noteState,
		ErrorLog:          slog.NewLogLogger(s.options.Log.Handler(), slog.LevelDebug),
	}
}

// finish lets the server's running requests end, cuts off those that do not within
// the time, and returns when the server has ended.
func finish(server *nethttp.Server, ended <-chan error, within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	err := server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("requests were cut off after %v: %w", within, err), server.Close())
	}
	if stopped := <-ended; !errors.Is(stopped, nethttp.ErrServerClosed) {
		return stopped
	}
	return err
}

package http

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	nethttp "net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"phyle/ledger"
)

const (
	requestIDHeader = "X-Request-Id"
	// codeKey is where a request keeps the code of the problem that it was refused by.
	codeKey = "code"
)

// identify gives the request its id: the one it came with if that is well
// formed, else a new one. The id is in the answer's header from here on.
func (s *Server) identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		given := c.Request().Header.Values(requestIDHeader)
		id := "req_" + strings.ToLower(rand.Text())
		if len(given) == 1 && isRequestID(given[0]) {
			id = given[0]
		}
		c.Response().Header().Set(requestIDHeader, id)
		return next(c)
	}
}

// requestID returns the id that identify gave the request.
func requestID(c echo.Context) string { return c.Response().Header().Get(requestIDHeader) }

func isRequestID(s string) bool {
	return len(s) > 0 && len(s) <= 64 && consistsOf(s, "._-")
}

// consistsOf reports whether s holds ASCII letters, digits and the others only.
func consistsOf(s, others string) bool {
	for i := range len(s) {
		c := s[i]
		isLetter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !isLetter && (c < '0' || c > '9') && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return true
}

// record writes one line for the request into the log. It names the route and
// not the path, which may hold a member's handle, and no address.
func (s *Server) record(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		if err := next(c); err != nil {
			c.Error(err)
		}
		line := append(s.about(c),
			slog.Int("status", c.Response().Status),
			slog.Int64("bytes", c.Response().Size),
			slog.Duration("took", time.Since(start)))
		if code, refused := c.Get(codeKey).(string); refused {
			line = append(line, slog.String("code", code))
		}
		s.options.Log.LogAttrs(c.Request().Context(), slog.LevelInfo, "request", line...)
		return nil
	}
}

// about says which request a line in the log is of.
func (s *Server) about(c echo.Context) []slog.Attr {
	line := []slog.Attr{
		slog.String("request_id", requestID(c)),
		slog.String("method", methodOf(c.Request())),
		slog.String("route", s.template(c)),
	}
	if trace := traceID(c.Request().Header); trace != "" {
		line = append(line, slog.String("trace_id", trace))
	}
	return line
}

// recoverPanic turns a panic into an error that says where it happened.
func (s *Server) recoverPanic(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch cause := recover(); cause {
			case nil:
			case nethttp.ErrAbortHandler:
				panic(cause)
			default:
				err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
			}
		}()
		return next(c)
	}
}

// deviceless keeps pages from asking for what no page here needs.
const deviceless = "accelerometer=(), camera=(), display-capture=(), geolocation=(), " +
	"gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()"

// protect sets the headers that keep browsers and caches from doing more with an
// answer than show it. Nothing here allows other origins.
func (s *Server) protect(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		header := c.Response().Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; "+
			"form-action 'none'; frame-ancestors 'none'")
		header.Set("Permissions-Policy", deviceless)
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		if s.isSecure() {
			header.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		if strings.HasPrefix(c.Request().URL.Path, "/v1") {
			header.Set("Cache-Control", "no-store")
		}
		return next(c)
	}
}

// originsOf returns what knows the requests of other sites' pages. Where a proxy
// gives us another name than people know, the URL says which is ours.
func originsOf(ours *url.URL) *nethttp.CrossOriginProtection {
	origins := nethttp.NewCrossOriginProtection()
	if ours != nil {
		origin := url.URL{Scheme: ours.Scheme, Host: ours.Host}
		if err := origins.AddTrustedOrigin(origin.String()); err != nil {
			panic(fmt.Sprintf("the URL of the server is %s: %v", ours, err))
		}
	}
	return origins
}

// checkOrigin refuses what a page of another site has a browser send. Browsers that
// do not say where a request comes from send it without a token all the same.
func (s *Server) checkOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if s.origins.Check(c.Request()) != nil {
			return ledger.Errorf(ledger.Forbidden, "cross_origin",
				"A page of another site asked your browser to send this; go to the page that you want "+
					"to use and do it there.")
		}
		return next(c)
	}
}

// boundTime ends the request's context before the connection's write time does.
func boundTime(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx, cancel := context.WithTimeout(c.Request().Context(), handlerTime)
		defer cancel()
		c.SetRequest(c.Request().WithContext(ctx))
		return next(c)
	}
}

// checkPath refuses paths that two readers could understand differently, so that
// what is routed, logged and hashed is one and the same.
func checkPath(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !isPlainPath(c.Request().URL.Path, c.Request().URL.RawPath) {
			return ledger.Errorf(ledger.Malformed, "malformed_path",
				"Paths hold letters, digits and - . _ : ~ between single slashes, nothing else.")
		}
		c.Request().URL.RawPath = ""
		return next(c)
	}
}

// isPlainPath reports whether the path, as decoded and as sent, means one thing
// only: no empty, "." or ".." parts, and no slash that came in disguise.
func isPlainPath(path, raw string) bool {
	if len(path) > 1024 || !consistsOf(path, "/-._:~") || !strings.HasPrefix(path, "/") {
		return false
	}
	if strings.Contains(strings.ToLower(raw), "%2f") || strings.Contains(path, "//") {
		return false
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == "." || part == ".." {
			return false
		}
	}
	return true
}

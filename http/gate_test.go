package http

import (
	"fmt"
	"io"
	"mime"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestEdgeHeaders holds what browsers are told with every answer, and that they are
// bound to https only where people come by it.
func TestEdgeHeaders(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		url  *url.URL
		hsts string
	}{
		{"no address", nil, ""},
		{"http", &url.URL{Scheme: "http", Host: "127.0.0.1:8080"}, ""},
		{"https", &url.URL{Scheme: "https", Host: "phyle.example.org"},
			"max-age=31536000; includeSubDomains"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := quiet()
			o.URL = test.url
			s := New(nil, o)
			for _, path := range []string{"/healthz", "/docs", "/v1/commons", "/nothing", "/v1/a%2Fb"} {
				got := map[string]string{}
				header := get(s, "GET", path, nil).Header()
				for _, name := range []string{
					"X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy",
					"Cross-Origin-Resource-Policy", "Strict-Transport-Security", "Permissions-Policy",
					"Access-Control-Allow-Origin",
				} {
					got[name] = header.Get(name)
				}
				want := map[string]string{
					"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
					"Cross-Origin-Opener-Policy":   "same-origin",
					"Cross-Origin-Resource-Policy": "same-origin",
					"Strict-Transport-Security":    test.hsts, "Permissions-Policy": deviceless,
					"Access-Control-Allow-Origin": "",
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %s", path, diff)
				}
			}
		})
	}
}

// TestContentTypes holds that every answer says what it is and, where it is text, in
// which encoding.
func TestContentTypes(t *testing.T) {
	t.Parallel()
	s := New(nil, quiet())
	for _, path := range []string{
		"/healthz", "/docs", "/docs/problems", "/docs/problems/not_found", "/openapi.json", "/nothing",
		"/static/docs.css", "/static/docs.js", "/static/icon.svg", "/v1/commons",
	} {
		got := get(s, "GET", path, nil)
		media, parameters, err := mime.ParseMediaType(got.Header().Get("Content-Type"))
		isText := strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+xml")
		if err != nil || isText && !strings.EqualFold(parameters["charset"], "utf-8") {
			t.Errorf("%s is %q: %v", path, got.Header().Get("Content-Type"), err)
		}
	}
}

// TestPolicies holds that no answer may be framed, lead elsewhere or run a script
// that is not one of the files here.
func TestPolicies(t *testing.T) {
	t.Parallel()
	s := New(nil, quiet())
	for _, path := range []string{"/healthz", "/docs", "/docs/problems", "/nothing", "/v1/commons"} {
		policy := get(s, "GET", path, nil).Header().Get("Content-Security-Policy")
		for _, needed := range []string{
			"default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
		} {
			if !strings.Contains(policy, needed) {
				t.Errorf("%s has not %s: %s", path, needed, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http:") {
			t.Errorf("%s: %s", path, policy)
		}
	}
}

// TestMessageBounds holds that a message whose end two readers could see in different
// places is refused, and the connection with it.
func TestMessageBounds(t *testing.T) {
	t.Parallel()
	address := servingOn(t, New(nil, quiet()))
	for _, header := range []string{
		"Content-Length: 5\r\nContent-Length: 6",
		"Content-Length: +5",
		"Content-Length: 5, 5, 6",
		"Transfer-Encoding: xchunked",
		"Transfer-Encoding: chunked, identity",
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
		"Content-Length : 5",
		"Bad Name: 5",
	} {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		_, err = fmt.Fprintf(connection, "POST /v1/commons HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n"+
			"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", header)
		if err != nil {
			t.Fatal(err)
		}
		if err := connection.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(connection) // what is unread may reset the connection
		if err := connection.Close(); err != nil {
			t.Error(err)
		}
		status := string(text[:min(len(text), 12)])
		if status != "HTTP/1.1 400" && status != "HTTP/1.1 501" || strings.Contains(string(text), "ok") {
			t.Errorf("%q: got %s", header, text)
		}
	}
}

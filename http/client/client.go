package client

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The bounds of a call, unless options say otherwise.
const (
	usualAttempts = 5
	usualPatience = 3 * time.Minute
	usualAnswer   = 64 << 20 // bytes
	usualAgent    = "phyle-client"
)

// attemptTime bounds one attempt. The server gives a request up before.
const attemptTime = 75 * time.Second

// Client speaks to one server with one token. It is safe for concurrent use.
type Client struct {
	base *url.URL
	// token returns the token. It is a function so that no way of printing a Client
	// prints it.
	token    func() string
	http     *http.Client
	agent    string
	attempts int
	patience time.Duration
	largest  int64
}

// Option changes how a Client works.
type Option func(*Client)

// HTTPClient has requests sent by a client of the caller's own, which brings its
// transport and its time limit. Redirects are not followed in any case: they would
// take the token elsewhere.
func HTTPClient(own *http.Client) Option {
	return func(c *Client) { c.http = own }
}

// Attempts bounds how often one call is sent, 5 times unless given; 1 means that
// nothing is sent again.
func Attempts(most int) Option {
	return func(c *Client) { c.attempts = max(most, 1) }
}

// Patience bounds how long one call takes with all its attempts and the pauses
// between them, 3 minutes unless given. A context that ends earlier ends the call
// earlier.
func Patience(most time.Duration) Option {
	return func(c *Client) { c.patience = most }
}

// LargestAnswer bounds how many bytes of an answer are read, 64 MiB unless given.
func LargestAnswer(bytes int64) Option {
	return func(c *Client) { c.largest = bytes }
}

// UserAgent names the program in the User-Agent header, before the name of this
// package.
func UserAgent(program string) Option {
	return func(c *Client) { c.agent = program + " " + usualAgent }
}

// New returns a Client of the server at the address, such as
// https://phyle.example.org, that acts with the token. It sends nothing yet.
func New(address, token string, options ...Option) (*Client, error) {
	base, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	if token == "" || !isVisible(token) {
		return nil, errors.New("client: The token is empty or has blanks in it; give it as it was shown")
	}
	c := &Client{
		base: base, token: func() string { return token }, http: &http.Client{},
		agent: usualAgent, attempts: usualAttempts, patience: usualPatience, largest: usualAnswer,
	}
	for _, option := range options {
		option(c)
	}
	if !isPrintable(c.agent) {
		return nil, errors.New("client: The user agent has other than printable ASCII characters in it")
	}
	// A copy, so that the caller's own keeps following redirects.
	own := *c.http
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &own
	return c, nil
}

// parseAddress returns the address without a slash at its end. The errors leave it
// out, for there may be a password in it.
func parseAddress(address string) (*url.URL, error) {
	base, err := url.Parse(address)
	switch {
	case err != nil, base.Host == "", base.Scheme != "https" && base.Scheme != "http":
		return nil, errors.New(
			"client: The address of the server is written as https://phyle.example.org")
	case base.User != nil, base.RawQuery != "", base.Fragment != "":
		return nil, errors.New(
			"client: The address of the server has no user, no query and no fragment; leave them out")
	}
	base.Path, base.RawPath = strings.TrimRight(base.Path, "/"), ""
	return base, nil
}

// String names the server. The token is not in it.
func (c *Client) String() string { return "phyle client of " + c.base.String() }

// GoString is String.
func (c *Client) GoString() string { return c.String() }

// In returns the books of the commons with the slug. It sends nothing: whether the
// token reaches them is found out by the first call.
func (c *Client) In(commons string) Books { return Books{client: c, commons: commons} }

// Books are the books of one commons, as the token's member may use them.
type Books struct {
	client  *Client
	commons string
}

// String names the commons and the server. The token is not in it.
func (b Books) String() string { return b.commons + ", " + b.client.String() }

// GoString is String.
func (b Books) GoString() string { return b.String() }

// isVisible reports whether s holds nothing but visible ASCII characters.
func isVisible(s string) bool { return isPrintable(s) && !strings.Contains(s, " ") }

func isPrintable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

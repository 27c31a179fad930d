package http

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	nethttp "net/http"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// servingOn runs a server on a port of its own until the test ends.
func servingOn(t testing.TB, s *Server) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// guest is a client on one connection.
type guest struct {
	t *testing.T
	net.Conn
	answers *bufio.Reader
}

// dialFrom connects from one of the addresses that this machine has for itself.
func dialFrom(ctx context.Context, from, to string) (net.Conn, error) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	return dialer.DialContext(ctx, "tcp", to)
}

func newGuest(t *testing.T, from, to string) guest {
	t.Helper()
	connection, err := dialFrom(context.Background(), from, to)
	if errors.Is(err, syscall.EADDRNOTAVAIL) {
		t.Skip("this system has one address for itself only")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return guest{t, connection, bufio.NewReader(connection)}
}

// isAnswered reports whether a request on the connection is answered in time.
func (g guest) isAnswered(within time.Duration) bool {
	g.t.Helper()
	if err := g.SetDeadline(time.Now().Add(within)); err != nil {
		g.t.Fatal(err)
	}
	if _, err := fmt.Fprint(g, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		return false
	}
	answer, err := nethttp.ReadResponse(g.answers, nil)
	return err == nil && answer.StatusCode == nethttp.StatusOK && answer.Body.Close() == nil
}

// isOpen reports whether the connection is still open after a while without a word.
func (g guest) isOpen() bool {
	g.t.Helper()
	if err := g.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		g.t.Fatal(err)
	}
	_, err := g.answers.Peek(1)
	return errors.Is(err, os.ErrDeadlineExceeded)
}

// TestConnectionsOfOneAddress holds that one address has its share of the
// connections and takes none from others: its own give way, the oldest first.
func TestConnectionsOfOneAddress(t *testing.T) {
	t.Parallel()
	o := quiet()
	o.Connections = 3 * shares
	s := New(nil, o)
	address := servingOn(t, s)
	other := newGuest(t, "127.0.0.3", address)
	if !other.isAnswered(time.Minute) {
		t.Fatal("nobody is answered")
	}
	var greedy []guest
	for range 5 {
		g := newGuest(t, "127.0.0.2", address)
		if !g.isAnswered(time.Minute) {
			t.Fatal("a new connection is not answered")
		}
		greedy = append(greedy, g)
	}
	for i, g := range greedy {
		if got := g.isOpen(); got != (i >= 2) {
			t.Errorf("connection %d is open: %v", i, got)
		}
	}
	if !other.isOpen() || !other.isAnswered(time.Minute) {
		t.Error("another address lost its connection")
	}
	if got := figures(t, s)[`phyle_http_connections_dropped_total{reason="share"}`]; got != "2" {
		t.Errorf("%s were counted as dropped", got)
	}
}

// TestConnectionsOfAll holds that where all places are taken, who has waited longest
// gives way, and that the connections of a proxy are not taken for one client's.
func TestConnectionsOfAll(t *testing.T) {
	t.Parallel()
	o := quiet()
	o.Connections, o.Proxies = 4, []netip.Prefix{netip.MustParsePrefix("127.0.0.8/32")}
	s := New(nil, o)
	address := servingOn(t, s)
	var guests []guest
	for _, from := range []string{"127.0.0.2", "127.0.0.8", "127.0.0.8", "127.0.0.8", "127.0.0.3"} {
		g := newGuest(t, from, address)
		if !g.isAnswered(time.Minute) {
			t.Fatalf("a new connection from %s is not answered", from)
		}
		guests = append(guests, g)
	}
	for i, g := range guests {
		if got := g.isOpen(); got != (i > 0) {
			t.Errorf("connection %d is open: %v", i, got)
		}
	}
	if got := figures(t, s)[`phyle_http_connections_dropped_total{reason="room"}`]; got != "1" {
		t.Errorf("%s were counted as dropped", got)
	}
}

// TestConnectionInUse holds that a connection does not give way while a member is
// answered on it, and does afterwards.
func TestConnectionInUse(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := New(a.store, quiet())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	held := bound(listener, 1, nil, s.metrics.dropped)
	server := s.bounded(s.Handler())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(held) }()
	defer func() {
		if err := finish(server, ended, time.Second); err != nil {
			t.Error(err)
		}
	}()
	address := listener.Addr().String()
	complete := slowly(t, address, a.token, "/v1/commons/riverside/kinds",
		`{"code":"work","name":"Work","unit":"hour"}`)
	for !keepsOne(held) {
		time.Sleep(time.Millisecond)
	}
	if newGuest(t, "127.0.0.1", address).isAnswered(200 * time.Millisecond) {
		t.Error("its address had another connection beside it")
	}
	waiting := newGuest(t, "127.0.0.2", address)
	if waiting.isAnswered(200 * time.Millisecond) {
		t.Error("another connection was answered beside it")
	}
	if answer := complete(); answer.StatusCode != nethttp.StatusCreated {
		t.Errorf("got %s", answer.Status)
	}
	if err := waiting.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	line, err := waiting.answers.ReadString('\n')
	if err != nil || !strings.Contains(line, "200") {
		t.Errorf("who waited got %q and %v", line, err)
	}
}

// keepsOne reports whether one of the connections is kept.
func keepsOne(l *boundedListener) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for c := range l.open {
		if c.kept {
			return true
		}
	}
	return false
}

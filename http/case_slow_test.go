package http

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// How many are slow in TestCase45_OthersAreAnswered and in the benchmark, and how
// long others may wait meanwhile. "-slow 2000 -slow-within 500ms" is what is promised.
var (
	slowOnes   = flag.Int("slow", 200, "how many slow connections there are")
	slowWithin = flag.Duration("slow-within", 20*time.Second, "how long others may wait meanwhile")
)

// TestCase45_Bounds holds the times and sizes of a connection to what is required.
func TestCase45_Bounds(t *testing.T) {
	t.Parallel()
	server := New(nil, quiet()).bounded(nil)
	for _, bound := range []struct {
		name      string
		got, want time.Duration
	}{
		{"header", server.ReadHeaderTimeout, 5 * time.Second},
		{"body", server.ReadTimeout, 30 * time.Second},
		{"write", server.WriteTimeout, time.Minute},
		{"idle", server.IdleTimeout, time.Minute},
	} {
		if bound.got != bound.want {
			t.Errorf("%s: %v, want %v", bound.name, bound.got, bound.want)
		}
	}
	if server.MaxHeaderBytes != 64<<10 {
		t.Errorf("headers have up to %d bytes", server.MaxHeaderBytes)
	}
}

// TestCase45_Header holds that who does not finish the header loses the connection.
func TestCase45_Header(t *testing.T) {
	t.Parallel()
	connection, err := net.Dial("tcp", servingOn(t, New(nil, quiet())))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	start := time.Now()
	if _, err := io.WriteString(connection, "GET /healthz HTTP/1.1\r\nHost: a\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := connection.SetReadDeadline(start.Add(4 * headerTime)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, connection); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 2*headerTime {
		t.Errorf("it took %v to end", took)
	}
}

// TestCase45_Body holds that a body that does not arrive in time is refused, and the
// connection with it. The time is shortened: its length is held elsewhere.
func TestCase45_Body(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	server := a.server.bounded(a.server.Handler())
	server.ReadTimeout = 300 * time.Millisecond
	address := servingWith(t, server)
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	_, err = fmt.Fprintf(connection, "POST /v1/commons/riverside/kinds HTTP/1.1\r\nHost: a\r\n"+
		"Authorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{",
		a.token)
	if err != nil {
		t.Fatal(err)
	}
	got, err := nethttp.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode != nethttp.StatusRequestTimeout || !got.Close {
		t.Errorf("got %s, closing: %v, %v", got.Status, got.Close, err)
	}
	checkProblem(t, text, "body_too_slow")
	if kinds := a.send("GET", "kinds", "").want(200)["data"].([]any); len(kinds) != 0 {
		t.Errorf("something was written: %v", kinds)
	}
}

// TestCase45_Reader holds that who does not read the answer loses the connection.
// The time is shortened: its length is held elsewhere.
func TestCase45_Reader(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	server := New(nil, quiet()).bounded(nethttp.HandlerFunc(
		func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			_, err := io.CopyN(w, strings.NewReader(strings.Repeat("a", 64<<20)), 64<<20)
			ended <- err
		}))
	server.WriteTimeout = 300 * time.Millisecond
	connection, err := net.Dial("tcp", servingWith(t, server))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if _, err := io.WriteString(connection, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Error("it was all written to nobody")
		}
	case <-time.After(time.Minute):
		t.Error("it still waits")
	}
}

// servingWith runs the server on a port of its own until the test ends.
func servingWith(t *testing.T, server *nethttp.Server) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		if err := finish(server, ended, time.Minute); err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// slowCrowd are clients that hold on to connections and begin again when they lose
// them.
type slowCrowd struct {
	opened  atomic.Int64
	stop    context.CancelFunc
	running sync.WaitGroup
}

// newSlowCrowd has n slow clients of every sort come from many addresses, where this
// system has them, and returns when each has come once.
func newSlowCrowd(t testing.TB, n int, address string) *slowCrowd {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	crowd := &slowCrowd{stop: stop}
	for i := range n {
		crowd.running.Go(func() {
			crowd.hold(ctx, i, address)
			for ctx.Err() == nil {
				time.Sleep(time.Second)
				crowd.hold(ctx, i, address)
			}
		})
	}
	for deadline := time.Now().Add(time.Minute); crowd.opened.Load() < int64(n); {
		if time.Sleep(time.Millisecond); time.Now().After(deadline) {
			t.Fatalf("%d of %d slow connections came about", crowd.opened.Load(), n)
		}
	}
	return crowd
}

// leave ends all of them.
func (s *slowCrowd) leave() {
	s.stop()
	s.running.Wait()
}

// hold keeps one connection, until it is closed or ctx ends.
func (s *slowCrowd) hold(ctx context.Context, i int, address string) {
	connection, err := dialFrom(ctx, fmt.Sprintf("127.0.%d.%d", i%16, 10+i%7), address)
	if err != nil {
		if connection, err = dialFrom(ctx, "127.0.0.1", address); err != nil {
			return
		}
	}
	defer connection.Close()
	defer context.AfterFunc(ctx, func() { _ = connection.Close() })()
	request := []string{
		"", // idle
		"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ",                                      // the header
		"POST /v1/commons HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n{",          // the body
		strings.Repeat("GET /docs HTTP/1.1\r\nHost: a\r\n\r\n", 20) + "GET /docs HTTP/1.1 ", // the answer
	}[i%4]
	_, err = io.WriteString(connection, request)
	s.opened.Add(1)
	for err == nil && ctx.Err() == nil {
		time.Sleep(500 * time.Millisecond)
		if i%4 == 0 {
			_, err = connection.Read(make([]byte, 1))
		} else {
			_, err = io.WriteString(connection, "a")
		}
	}
}

// asks sends n requests one after the other, half of them on new connections, and
// returns how long each took.
func asks(t testing.TB, a *api, address string, n int) (took []time.Duration) {
	t.Helper()
	kept := &nethttp.Transport{}
	defer kept.CloseIdleConnections()
	for i := range n {
		client := &nethttp.Client{Transport: kept, Timeout: time.Minute}
		if i%2 == 0 {
			client.Transport = &nethttp.Transport{DisableKeepAlives: true}
		}
		start := time.Now()
		r, err := nethttp.NewRequest("GET", "http://"+address+"/v1/commons/riverside/kinds", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+a.token)
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, answer.Body)
		if err != nil || answer.StatusCode != nethttp.StatusOK || answer.Body.Close() != nil {
			t.Fatalf("got %s and %v", answer.Status, err)
		}
		took = append(took, time.Since(start))
	}
	return took
}

// percentile99 returns the time that 99 of 100 stay under or meet.
func percentile99(took []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(took))
	return sorted[(len(sorted)*99+99)/100-1]
}

// TestCase45_OthersAreAnswered holds that members are answered while others hold on
// to more connections than there are places.
func TestCase45_OthersAreAnswered(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	o := quiet()
	if *slowOnes <= mostConnection {
		o.Connections = *slowOnes / 2
	}
	address := servingOn(t, New(a.store, o))
	crowd := newSlowCrowd(t, *slowOnes, address)
	took := asks(t, a, address, 200)
	crowd.leave()
	p99 := percentile99(took)
	t.Logf("with %d slow connections, 99 of 100 requests took up to %v", *slowOnes, p99)
	if p99 > *slowWithin {
		t.Errorf("that is more than %v", *slowWithin)
	}
}

// BenchmarkSlowConnections prints how long requests take, 99 of 100 of them, with
// slow connections and without any, in turns, and the ratio.
func BenchmarkSlowConnections(b *testing.B) {
	a := newAPI(b)
	address := servingOn(b, New(a.store, quiet()))
	asks(b, a, address, 20)
	var with, without []time.Duration
	for b.Loop() {
		without = append(without, asks(b, a, address, 500)...)
		crowd := newSlowCrowd(b, *slowOnes, address)
		with = append(with, asks(b, a, address, 500)...)
		crowd.leave()
	}
	b.ReportMetric(float64(percentile99(without).Microseconds())/1000, "ms-p99-alone")
	b.ReportMetric(float64(percentile99(with).Microseconds())/1000, "ms-p99-beside-slow")
	b.ReportMetric(float64(percentile99(with))/float64(percentile99(without)), "ratio")
}

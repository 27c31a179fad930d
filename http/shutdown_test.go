package http

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	nethttp "net/http"
	"strings"
	"testing"
	"time"
)

// slowly begins a request with the body and sends all but its last byte. What is
// returned sends the rest and reads the answer.
func slowly(t *testing.T, address, token, path, body string) (finish func() *nethttp.Response) {
	t.Helper()
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	_, err = fmt.Fprintf(connection, "POST %s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n"+
		"Idempotency-Key: slow\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		path, token, len(body), body[:len(body)-1])
	if err != nil {
		t.Fatal(err)
	}
	return func() *nethttp.Response {
		t.Helper()
		if _, err := io.WriteString(connection, body[len(body)-1:]); err != nil {
			t.Fatal(err)
		}
		answer, err := nethttp.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = answer.Body.Close() })
		return answer
	}
}

// inFlight waits until so many requests are being answered.
func inFlight(t *testing.T, s *Server, want string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if got := figures(t, s)["phyle_http_requests_in_flight"]; got == want {
			return
		} else if time.Now().After(deadline) {
			t.Fatalf("%s requests are in flight, not %s", got, want)
		}
	}
}

// status asks for the path on a connection of its own.
func status(address, path string) (int, error) {
	client := &nethttp.Client{Transport: &nethttp.Transport{DisableKeepAlives: true}}
	answer, err := client.Get("http://" + address + path)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

// TestEnd holds the order in which a server ends: it is not ready any more, then it
// refuses connections, then it answers what had begun, and only then it is gone.
func TestEnd(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.send("POST", "kinds", `{"code":"work","name":"Work","unit":"hour","reviews":0}`).want(201)
	o := quiet()
	o.Drain = time.Second
	s := New(a.store, o)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listener) }()
	if got, err := status(address, "/readyz"); err != nil || got != nethttp.StatusOK {
		t.Fatalf("before: got %d and %v", got, err)
	}
	finish := slowly(t, address, a.token, "/v1/commons/riverside/contributions",
		`{"member":"founder","kind":"work","quantity":"7.5","date":"2026-10-05"}`)
	inFlight(t, s, "1")

	stop()
	for deadline := time.Now().Add(o.Drain / 2); ; time.Sleep(time.Millisecond) {
		got, err := status(address, "/readyz")
		if err != nil {
			t.Fatalf("connections were refused while it drained: %v", err)
		}
		if got == nethttp.StatusServiceUnavailable {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it stayed ready")
		}
	}
	answer, err := new(nethttp.Client).Get("http://" + address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != nethttp.StatusOK || !answer.Close || answer.Body.Close() != nil {
		t.Errorf("while it drains: got %s, closing: %v", answer.Status, answer.Close)
	}
	if err := CheckReady(context.Background(), "http://"+address); err == nil ||
		!strings.Contains(err.Error(), "finishes what is begun") {
		t.Errorf("the check says %v", err)
	}
	for deadline := time.Now().Add(10 * o.Drain); ; time.Sleep(10 * time.Millisecond) {
		if connection, err := net.Dial("tcp", address); err != nil {
			break
		} else if err := connection.Close(); err != nil || time.Now().After(deadline) {
			t.Fatalf("connections are still accepted: %v", err)
		}
	}
	select {
	case err := <-ended:
		t.Fatalf("it ended before its request did: %v", err)
	default:
	}

	if answer = finish(); answer.StatusCode != nethttp.StatusCreated || !answer.Close {
		t.Errorf("got %s, closing: %v", answer.Status, answer.Close)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if logged := a.send("GET", "contributions", "").want(200)["data"].([]any); len(logged) != 1 {
		t.Errorf("%d contributions are logged", len(logged))
	}
}

// TestEndCutsOff holds that a request which does not end cannot hold up the end for
// ever, and that this is said.
func TestEndCutsOff(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := New(a.store, Options{Rate: -1, Log: slog.New(slog.DiscardHandler)})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := s.bounded(s.Handler())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	slowly(t, listener.Addr().String(), a.token, "/v1/commons/riverside/kinds", `{"code":"work"}`)
	inFlight(t, s, "1")
	err = finish(server, ended, 50*time.Millisecond)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("got %v", err)
	}
	inFlight(t, s, "0")
}

package client_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
)

// cut says when a relay ends a connection.
type cut int

const (
	never  cut = iota
	before     // before the request reaches the server
	during     // in the middle of the answer
	after      // when the server has answered, and nobody has heard it
)

// relayTo returns the address of a relay of TCP connections to the server, each for
// one request. It ends the n-th, from 1, as cuts has it.
func relayTo(t *testing.T, server string, cuts map[int64]cut) string {
	t.Helper()
	target := strings.TrimPrefix(server, "http://")
	var number atomic.Int64
	return serve(t, func(ctx context.Context, listener net.Listener) error {
		stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
		defer stop()
		for {
			from, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return nil
			} else if err != nil {
				return err
			}
			go relay(from, target, cuts[number.Add(1)])
		}
	})
}

func relay(from net.Conn, target string, when cut) {
	defer func() { _ = from.Close() }()
	if when == before {
		_, _ = from.Read(make([]byte, 1))
		return
	}
	to, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer func() { _ = to.Close() }()
	go func() { _, _ = io.Copy(to, from) }()
	switch when {
	case during:
		_, _ = io.CopyN(from, to, 300)
		_, _ = io.Copy(io.Discard, to)
	case after:
		_, _ = io.Copy(io.Discard, to)
	default:
		_, _ = io.Copy(from, to)
	}
}

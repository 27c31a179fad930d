package http

import (
	"context"
	"net"
	nethttp "net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// shares is how many addresses it takes to use up all connections.
const shares = 4

// boundedListener holds a bounded number of connections open, and no more than a
// share of them for one address. Where there is no room, a connection that waits for
// its client gives way: of the address that holds the most the one that has waited
// longest. Those on which a known caller is answered never do.
type boundedListener struct {
	net.Listener
	most    int
	proxies proxies
	dropped *prometheus.CounterVec

	mutex  sync.Mutex
	change *sync.Cond // a connection was closed, or may give way now
	open   map[*heldConnection]bool
	held   map[netip.Prefix]int // how many an address holds, proxies left out
	closed bool
}

// bound returns the listener, holding at most most connections open.
func bound(l net.Listener, most int, p proxies, dropped *prometheus.CounterVec) *boundedListener {
	b := &boundedListener{
		Listener: l, most: most, proxies: p, dropped: dropped,
		open: map[*heldConnection]bool{}, held: map[netip.Prefix]int{},
	}
	b.change = sync.NewCond(&b.mutex)
	return b
}

// Accept waits for a connection and makes room for it. While all are busy, the
// others wait in the system's queue.
func (l *boundedListener) Accept() (net.Conn, error) {
	for {
		connection, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		address := addressOf(connection.RemoteAddr().String())
		c := &heldConnection{
			Conn: connection, listener: l, address: networkOf(address), since: time.Now(),
			isProxy: l.proxies.include(address),
		}
		if l.admit(c) {
			return c, nil
		}
		_ = connection.Close()
	}
}

// admit makes room for the connection, and reports whether there is any.
func (l *boundedListener) admit(c *heldConnection) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for !l.closed {
		overShare := !c.isProxy && l.held[c.address] >= max(1, l.most/shares)
		switch {
		case overShare:
			if !l.giveWay("share", func(o *heldConnection) bool { return o.address == c.address }) {
				l.dropped.WithLabelValues("share").Inc()
				return false
			}
		case len(l.open) < l.most:
			l.open[c] = true
			if !c.isProxy {
				l.held[c.address]++
			}
			return true
		case !l.giveWay("room", func(*heldConnection) bool { return true }):
			l.change.Wait()
		}
	}
	return false
}

// giveWay closes one of the connections that may be closed, and reports whether
// there was any.
func (l *boundedListener) giveWay(reason string, may func(*heldConnection) bool) bool {
	var first *heldConnection
	for c := range l.open {
		if !c.kept && may(c) && (first == nil || l.yields(c, first)) {
			first = c
		}
	}
	if first == nil {
		return false
	}
	l.dropped.WithLabelValues(reason).Inc()
	l.forget(first)
	_ = first.Conn.Close()
	return true
}

// yields reports whether a gives way before b. What comes through a proxy is counted
// one by one: it is not known here whose it is.
func (l *boundedListener) yields(a, b *heldConnection) bool {
	if ofA, ofB := max(1, l.held[a.address]), max(1, l.held[b.address]); ofA != ofB {
		return ofA > ofB
	}
	return a.since.Before(b.since)
}

// forget gives the place of the connection back, once.
func (l *boundedListener) forget(c *heldConnection) {
	if !l.open[c] {
		return
	}
	delete(l.open, c)
	if !c.isProxy {
		if l.held[c.address]--; l.held[c.address] == 0 {
			delete(l.held, c.address)
		}
	}
	l.change.Signal()
}

// Close ends the listener and those who wait for a place.
func (l *boundedListener) Close() error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.closed = true
	l.change.Broadcast()
	return l.Listener.Close()
}

// heldConnection is a connection that has a place. What changes of it is guarded by
// its listener's mutex.
type heldConnection struct {
	net.Conn
	listener *boundedListener
	address  netip.Prefix
	isProxy  bool
	since    time.Time // when it began to do what it does now
	kept     bool      // a known caller is being answered
}

// Close closes the connection and frees its place.
func (c *heldConnection) Close() error {
	c.listener.mutex.Lock()
	c.listener.forget(c)
	c.listener.mutex.Unlock()
	return c.Conn.Close()
}

// connectionKey is what a request's context has its connection under.
type connectionKey struct{}

// withConnection puts the connection into the context of its requests.
func withConnection(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, c)
}

// noteState begins the connection's time anew when a header has arrived and when an
// answer is sent. After an answer it may give way again.
func noteState(connection net.Conn, state nethttp.ConnState) {
	c, held := connection.(*heldConnection)
	if !held || state != nethttp.StateActive && state != nethttp.StateIdle {
		return
	}
	c.listener.mutex.Lock()
	defer c.listener.mutex.Unlock()
	c.since, c.kept = time.Now(), false
	if state == nethttp.StateIdle {
		c.listener.change.Signal()
	}
}

// keepConnection has the request's connection not give way until it is answered. It
// returns an error when it had to already.
func keepConnection(ctx context.Context) error {
	c, held := ctx.Value(connectionKey{}).(*heldConnection)
	if !held {
		return nil
	}
	c.listener.mutex.Lock()
	defer c.listener.mutex.Unlock()
	if !c.listener.open[c] {
		return context.Canceled
	}
	c.kept = true
	return nil
}

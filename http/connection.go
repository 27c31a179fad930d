package http

import (
	"net"
	"sync"
)

// limitedListener accepts a connection only while fewer than its limit are open;
// the others wait in the system's queue.
type limitedListener struct {
	net.Listener
	places chan struct{}
	closed chan struct{}
	close  sync.Once
}

// limit returns the listener, holding at most most connections open.
func limit(listener net.Listener, most int) net.Listener {
	return &limitedListener{
		Listener: listener,
		places:   make(chan struct{}, most),
		closed:   make(chan struct{}),
	}
}

// Accept waits for a free place, then for a connection.
func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	connection, err := l.Listener.Accept()
	if err != nil {
		<-l.places
		return nil, err
	}
	return &placedConnection{Conn: connection, leave: func() { <-l.places }}, nil
}

// Close ends the listener and those who wait for a place.
func (l *limitedListener) Close() error {
	l.close.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// placedConnection gives its place back when it is closed, once.
type placedConnection struct {
	net.Conn
	leave func()
	left  sync.Once
}

// Close closes the connection and frees its place.
func (c *placedConnection) Close() error {
	defer c.left.Do(c.leave)
	return c.Conn.Close()
}

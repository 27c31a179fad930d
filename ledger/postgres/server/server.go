// Package server runs a private PostgreSQL for a program or a test that was
// given no database.
//
// A home is a directory that holds one PostgreSQL data directory. One program
// at a time owns it: the owner holds the lock on owner.lock, runs the server
// as its child and stops it at the end. Other programs that open the same home
// meanwhile join the owner's server, and one of them takes over when the owner
// leaves. The address stays the same throughout.
//
// The programs of PostgreSQL are looked for where PHYLE_POSTGRES_BIN says, or
// else where distributions put them and in PATH. As the last resort they are
// fetched, once, as the package bundle says.
//
// The server listens on no network address. Its socket lies in a directory
// that only the account running it may enter, and that directory is the whole
// of its access control. Nothing in a data directory is ever deleted by this
// package.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// joinLimit bounds the wait for an owner that is still starting.
	joinLimit = 20 * time.Second
	// startLimit bounds a start, recovery after a crash included.
	startLimit = 2 * time.Minute
	// takeoverPause lies between two looks of a joiner at the lock.
	takeoverPause = 200 * time.Millisecond
	// housePause lies between two looks of an owner at the log and at the dead.
	housePause = 5 * time.Second
	// steadyAfter is how long a server has run when earlier deaths are forgiven.
	steadyAfter = time.Minute
	// restartLimit is how many starts in a row may fail before we give up.
	restartLimit = 8
)

// Options say where a server lives and how it runs. The zero value is ready to
// use.
type Options struct {
	// Home is the directory of the server; DefaultHome when empty.
	Home string
	// Database is created when missing; "phyle" when empty.
	Database string
	// Settings are PostgreSQL settings that win over our own, such as fsync=off
	// in tests. The socket and the listening addresses cannot be set.
	Settings map[string]string
	// Log hears of starts, stops and restarts; nobody does when it is nil.
	Log *slog.Logger
}

// Server is a running private PostgreSQL that this program owns or has joined.
type Server struct {
	options Options
	home    home
	log     *slog.Logger
	socket  string
	cluster *cluster
	owner   atomic.Bool

	life    context.Context // ends when Close is called
	leave   context.CancelFunc
	closing chan context.Context
	ended   chan struct{}
	died    chan error
	once    sync.Once
	result  error // of Close; settled once ended is closed
}

// Open starts the server of a home, or joins the one that another program has
// running there. It returns when the database answers.
func Open(ctx context.Context, options Options) (*Server, error) {
	options, err := options.complete()
	if err != nil {
		return nil, err
	}
	h, err := openHome(options.Home)
	if err != nil {
		return nil, err
	}
	s := &Server{
		options: options, home: h, log: options.Log.With("home", h.path),
		closing: make(chan context.Context, 1),
		ended:   make(chan struct{}),
		died:    make(chan error, 1),
	}
	s.life, s.leave = context.WithCancel(context.Background())
	if err := s.open(ctx); err != nil {
		s.leave()
		return nil, err
	}
	return s, nil
}

func (o Options) complete() (Options, error) {
	if o.Home == "" {
		directory, err := DefaultHome()
		if err != nil {
			return o, err
		}
		o.Home = directory
	}
	if o.Database == "" {
		o.Database = "phyle"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Settings = maps.Clone(o.Settings)
	return o, nil
}

// open owns the home if nobody does and joins its owner otherwise, whichever
// comes first.
func (s *Server) open(ctx context.Context) error {
	deadline, fetched := time.Now().Add(joinLimit), false
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, takeoverPause) {
		lock, err := s.home.lock()
		if err != nil {
			return err
		}
		if lock != nil {
			running, err := s.lead(ctx)
			if err == nil {
				go s.keep(running, lock)
				return nil
			}
			lock.release()
			if err := s.fetch(ctx, err, fetched); err != nil {
				return err
			}
			deadline, fetched = time.Now().Add(joinLimit), true
			continue
		}
		joined, err := s.join(ctx)
		if joined {
			go s.follow()
			return nil
		}
		if time.Now().After(deadline) {
			return s.home.unanswered(err)
		}
		if ended := sleep(ctx, pause); ended != nil {
			return s.home.unanswered(fmt.Errorf("%w (%w)", ended, err))
		}
	}
}

// join reports whether the owner's server answers, and why not.
func (s *Server) join(ctx context.Context) (bool, error) {
	record, err := s.home.readRecord()
	if err != nil {
		return false, err
	}
	if err := ensureDatabase(ctx, record.Socket, s.options.Database); err != nil {
		return false, err
	}
	s.socket = record.Socket
	s.log.Debug("joined a running server", "owner", record.ProcessID)
	return true, nil
}

// lead starts the server. The caller holds the home's lock.
func (s *Server) lead(ctx context.Context) (*process, error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if s.cluster == nil {
		c, err := prepareCluster(ctx, s.home, s.options, s.log)
		if err != nil {
			return nil, err
		}
		s.cluster = c
	}
	socket, err := s.home.socketDirectory(s.cluster.account)
	if err != nil {
		return nil, err
	}
	if s.socket == "" {
		s.socket = socket
	}
	if s.socket != socket {
		return nil, fmt.Errorf("the socket directory %s is gone", s.socket)
	}
	if err := s.home.writeRecord(socket); err != nil {
		return nil, err
	}
	running, err := s.cluster.start(ctx, socket, s.options)
	if err != nil {
		return nil, err
	}
	s.owner.Store(true)
	s.log.Info("PostgreSQL started", "version", s.cluster.installation.version,
		"process", running.id())
	return running, nil
}

// keep owns the running server until Close, and starts it again when it dies.
func (s *Server) keep(running *process, lock *lock) {
	defer close(s.ended)
	defer lock.release()
	defer s.owner.Store(false)
	look := time.NewTicker(housePause)
	defer look.Stop()
	adopted := orphans{}
	for failures, started := 0, time.Now(); ; {
		select {
		case <-look.C:
			adopted.reap()
			if err := s.home.boundLog(); err != nil {
				s.log.Warn("the log of PostgreSQL cannot be put aside", "error", err)
			}
			continue
		case <-s.life.Done():
			s.result = s.stop(<-s.closing, running)
			s.home.leaveSocket(s.socket)
			return
		case <-running.done:
		}
		if s.life.Err() != nil {
			continue // the select chose the other of two ready cases
		}
		s.log.Error("PostgreSQL died and is started again", "reason", running.reason())
		if time.Since(started) > steadyAfter {
			failures = 0
		}
		next, err := s.restart(&failures)
		if err != nil {
			if s.life.Err() == nil {
				s.died <- err
			}
			return
		}
		running, started = next, time.Now()
	}
}

// stop stops the running server. One that has lost a process and recovers has
// nothing to write yet, and would wait for ever if it were asked gently.
func (s *Server) stop(ctx context.Context, running *process) error {
	if recovering(ctx, s.socket) {
		s.log.Info("PostgreSQL is stopped while it recovers, and recovers at its next start")
		return running.stop(ctx, atOnce)
	}
	return running.stop(ctx, gently)
}

// restart starts the server again, more patiently each time it fails. It does
// not give up while the disk is full: nobody gains by our leaving, and there may
// be room again.
func (s *Server) restart(failures *int) (*process, error) {
	for {
		pause := min(50*time.Millisecond<<*failures, 5*time.Second)
		*failures++
		if err := sleep(s.life, pause); err != nil {
			return nil, err
		}
		running, err := s.lead(s.life)
		if err == nil {
			return running, nil
		}
		full := errors.Is(err, syscall.ENOSPC)
		if s.life.Err() != nil || *failures >= restartLimit && !full {
			return nil, err
		}
		*failures = min(*failures, restartLimit)
		s.log.Error("PostgreSQL could not be started again", "error", err)
	}
}

// follow waits for the owner to leave, and then takes its place.
func (s *Server) follow() {
	for {
		if err := sleep(s.life, takeoverPause); err != nil {
			close(s.ended)
			return
		}
		lock, err := s.home.lock()
		if lock == nil && err == nil {
			continue
		}
		var running *process
		if err == nil {
			s.log.Info("the owner has left; taking over")
			failures := 0
			running, err = s.restart(&failures)
		}
		if err != nil {
			lock.release()
			if s.life.Err() == nil {
				s.died <- err
			}
			close(s.ended)
			return
		}
		s.keep(running, lock)
		return
	}
}

// URL is the address of the database, in the form that lib/pq and psql read.
func (s *Server) URL() string { return address(s.socket, s.options.Database) }

// Owner reports whether this program runs the server. A joiner becomes the
// owner when the owner leaves.
func (s *Server) Owner() bool { return s.owner.Load() }

// Died receives one error when the server is gone for good: it died and could
// not be started again.
func (s *Server) Died() <-chan error { return s.died }

// Close stops the server if this program owns it, and leaves it alone
// otherwise. Connections are cut. When ctx ends before PostgreSQL has stopped
// cleanly it is stopped at once, and recovers at its next start.
func (s *Server) Close(ctx context.Context) error {
	s.once.Do(func() {
		s.closing <- ctx
		s.leave()
	})
	<-s.ended
	return s.result
}

func sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

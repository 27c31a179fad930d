// Package postgrestest gives every test a database of its own.
//
// A package that wants one says so in TestMain:
//
//	func TestMain(m *testing.M) { postgrestest.Main(m) }
//
// The first test that asks starts a private server, which then serves all tests
// of the process. Nothing is started where no test asks.
package postgrestest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq" // the driver

	"phyle/ledger/postgres/server"
	"phyle/schema"
)

const (
	// template is the database that was migrated once, and is copied.
	template = "phyle_template"
	// limit bounds each thing done to the server.
	limit = time.Minute
)

// careless are settings that trade the data for speed. Tests lose nothing by a
// power cut.
var careless = map[string]string{
	"fsync":              "off",
	"synchronous_commit": "off",
	"full_page_writes":   "off",
	"max_connections":    "300",
}

var (
	// running reports that Main runs the tests, and will clean up after them.
	running atomic.Bool
	counter atomic.Int64
	// copying is held while the template is copied or a copy dropped, because
	// PostgreSQL refuses to copy a database that another copy is reading.
	copying sync.Mutex
	common  = sync.OnceValues(startCommon)
	started atomic.Pointer[shared]
)

// shared is the server of this process, and a connection to it.
type shared struct {
	server *server.Server
	home   string
	admin  *sql.DB
}

// Main runs the tests and exits with their code. The server is stopped first
// and its directory removed, if any test has asked for one.
func Main(m *testing.M) {
	running.Store(true)
	code := m.Run()
	if s := started.Load(); s != nil {
		if err := s.stop(); err != nil {
			fmt.Fprintln(os.Stderr, "postgrestest:", err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// URL is the address of a new database with the current schema and no rows. It
// is dropped when the test ends.
func URL(t testing.TB) string {
	t.Helper()
	if !running.Load() {
		t.Fatal("postgrestest: the package needs func TestMain(m *testing.M) " +
			"{ postgrestest.Main(m) }")
	}
	s, err := common()
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	name := fmt.Sprintf("phyle_test_%d", counter.Add(1))
	err = s.execute(`CREATE DATABASE ` + name + ` TEMPLATE ` + template + ` STRATEGY file_copy`)
	if err != nil {
		t.Fatalf("postgrestest: copying the template: %v", err)
	}
	t.Cleanup(func() {
		if err := s.execute(`DROP DATABASE ` + name + ` WITH (FORCE)`); err != nil {
			t.Errorf("postgrestest: dropping %s: %v", name, err)
		}
	})
	return strings.Replace(s.server.URL(), "/"+template+"?", "/"+name+"?", 1)
}

// Durable is URL on a server of the test's own that writes to disk as in
// production. Fault tests and benchmarks want that; it takes about a second.
func Durable(t testing.TB) string {
	t.Helper()
	s, err := start("phyle", nil)
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("postgrestest: %v", err)
		}
	})
	return s.server.URL()
}

func startCommon() (*shared, error) {
	s, err := start(template, careless)
	if err != nil {
		return nil, err
	}
	started.Store(s)
	return s, nil
}

// start runs a server in a temporary directory and migrates its database.
func start(database string, settings map[string]string) (*shared, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	home, err := temporaryHome(settings["fsync"] == "off")
	if err != nil {
		return nil, err
	}
	s := &shared{home: home}
	s.server, err = server.Open(ctx, server.Options{
		Home: home, Database: database, Settings: settings,
	})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(home))
	}
	if err := migrate(ctx, s.server.URL()); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	// From a database that nobody copies, so that it is in nobody's way.
	url := strings.Replace(s.server.URL(), "/"+database+"?", "/postgres?", 1)
	if s.admin, err = sql.Open("postgres", url); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// parentOf is where a server's home goes: in memory for a careless one if the
// system has room there and TMPDIR does not say otherwise. Short, for the sake of
// the socket in it.
func parentOf(careless bool) string {
	const memory, room = "/dev/shm", 1 << 30
	var free syscall.Statfs_t
	if careless && os.Getenv("TMPDIR") == "" && syscall.Statfs(memory, &free) == nil &&
		free.Bavail*uint64(free.Bsize) > room {
		return memory
	}
	if parent := os.TempDir(); len(parent) <= 40 {
		return parent
	}
	return "/tmp"
}

// temporaryHome lets others pass, for the account that PostgreSQL runs as under
// root.
func temporaryHome(careless bool) (string, error) {
	home, err := os.MkdirTemp(parentOf(careless), "phyle-test-")
	if err != nil {
		return "", err
	}
	if os.Geteuid() == 0 {
		err = os.Chmod(home, 0o711)
	}
	return home, err
}

func migrate(ctx context.Context, url string) (err error) {
	database, err := sql.Open("postgres", url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	if err := schema.Migrate(ctx, database); err != nil {
		return fmt.Errorf("migrating the template: %w", err)
	}
	return nil
}

// execute runs one statement on the server, after those before it.
func (s *shared) execute(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	copying.Lock()
	defer copying.Unlock()
	_, err := s.admin.ExecContext(ctx, statement)
	return err
}

// stop ends the server and removes its directory, which this package made.
func (s *shared) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var err error
	if s.admin != nil {
		err = s.admin.Close()
	}
	return errors.Join(err, s.server.Close(ctx), os.RemoveAll(s.home))
}

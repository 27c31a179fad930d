// Package postgres keeps the books of a commons in PostgreSQL: all SQL on the
// ledger's tables is here. One method is one use case in one transaction.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"phyle/ledger"
)

// Store is the database, ready to use. It is safe for concurrent use.
type Store struct {
	db    *sqlx.DB
	role  string
	now   atomic.Pointer[func() time.Time]
	queue queue
	// refusals are what the audit trail will tell of besides acts.
	refusals refusals
	uses     uses
}

// settings hold for every connection. They bound what a mistake can cost, and
// make the answers independent of the server's own settings.
var settings = map[string]string{
	"application_name":                    "phyle",
	"binary_parameters":                   "yes",
	"idle_in_transaction_session_timeout": "10000",
	"lock_timeout":                        "3000",
	"search_path":                         "phyle, pg_temp",
	"statement_timeout":                   "5000",
	"timezone":                            "UTC",
}

const (
	// maxConnections is how many connections a Store opens at the most.
	maxConnections = 24
	// readLimit is how long one answer of the database may take to arrive: longer
	// than any statement may run.
	readLimit = 40 * time.Second
	// reportLimit is how long the statements of reports may run.
	reportLimit = "30s"
)

// Open connects to the database at the URL, which has been migrated. Where the
// server has the role phyle_app and lets us take it, all work is done in it.
func Open(ctx context.Context, address string) (*Store, error) {
	db, err := Connect(address)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db}
	s.SetClock(time.Now)
	err = db.GetContext(ctx, &s.role, `
		SELECT coalesce((SELECT rolname FROM pg_roles
		                  WHERE rolname = 'phyle_app' AND pg_has_role(current_user, oid, 'MEMBER')),
		                current_user)`)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the store: %w", err), db.Close())
	}
	return s, nil
}

// Connect opens the database with the settings of a Store, for its own use and
// for migrations.
func Connect(address string) (*sqlx.DB, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return nil, errors.New("the address of the database is no URL: " +
			"write it as postgres://user@host/database?sslmode=verify-full")
	}
	query := u.Query()
	for name, value := range settings {
		query.Set(name, value)
	}
	u.RawQuery = query.Encode()
	connector, err := pq.NewConnector(u.String())
	if err != nil {
		return nil, fmt.Errorf("read the address of the database: %w", withoutAddress(err))
	}
	connector.Dialer(dialer{})
	db := sqlx.NewDb(sql.OpenDB(connector), "postgres")
	db.SetMaxOpenConns(maxConnections)
	db.SetMaxIdleConns(maxConnections)
	return db, nil
}

// withoutAddress keeps a password in a malformed address out of the message.
func withoutAddress(err error) error {
	var parse *url.Error
	if errors.As(err, &parse) {
		return parse.Err
	}
	return err
}

// Close waits for what is being written, and ends all connections. Those that were
// lost before need no ending.
func (s *Store) Close() error {
	s.queue.running.Wait()
	s.refusals.finish(s)
	s.uses.running.Wait()
	if err := s.db.Close(); !lost(err) {
		return err
	}
	return nil
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	return translate(s.db.PingContext(ctx))
}

// Stats says how the connections to the database are used.
func (s *Store) Stats() sql.DBStats { return s.db.Stats() }

// SetClock replaces the clock, for demonstrations and tests.
func (s *Store) SetClock(now func() time.Time) { s.now.Store(&now) }

// Now returns the instant by the store's clock, to the microsecond, in UTC.
func (s *Store) Now() time.Time { return (*s.now.Load())().UTC().Truncate(time.Microsecond) }

// dialer opens connections whose reads end: a network that swallows packets must
// not hold a caller for ever.
type dialer struct{}

// Dial connects to the address.
func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, 10*time.Second)
}

// DialTimeout connects to the address within the time.
func (dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return dialer{}.DialContext(ctx, network, address)
}

// DialContext connects to the address while the context holds.
func (dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return patient{conn}, nil
}

// patient is a connection that waits for an answer no longer than readLimit.
type patient struct{ net.Conn }

// Read reads what has arrived, waiting up to readLimit.
func (p patient) Read(b []byte) (int, error) {
	if err := p.Conn.SetReadDeadline(time.Now().Add(readLimit)); err != nil {
		return 0, err
	}
	return p.Conn.Read(b)
}

// newID returns a fresh identifier: a UUID of version 7, which sorts by time.
func newID[I ~string]() I {
	return I(uuid.Must(uuid.NewV7()).String())
}

// nullable returns nil for "", so that nothing is stored as NULL.
func nullable[S ~string](s S) any {
	if s == "" {
		return nil
	}
	return string(s)
}

// Caller is who asks: a member of one commons, or the instance itself, which can
// only create commons.
type Caller struct {
	Instance bool
	Commons  ledger.Commons
	Member   ledger.MemberID
	Handle   string
	// Token is the token that came with the request and Scopes what it may be used
	// for; both are empty for who is at the machine itself.
	Token  ledger.TokenID
	Scopes []ledger.Scope
	// Operation is what the caller came to do, where that is known: asking for the
	// right to another is a defect.
	Operation ledger.Operation
}

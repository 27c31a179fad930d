package server

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/lib/pq"
)

const (
	superuser = "phyle"
	port      = "5432" // names the socket only; there is no network
	// pingLimit bounds one look at a server that may not answer.
	pingLimit = 3 * time.Second
)

// address is the URL of a database behind a socket directory.
func address(socket, database string) string {
	query := url.Values{"host": {socket}, "port": {port}, "sslmode": {"disable"}}
	return (&url.URL{
		Scheme: "postgres", User: url.User(superuser), Path: "/" + database,
		// libpq reads a plus sign as itself.
		RawQuery: strings.ReplaceAll(query.Encode(), "+", "%20"),
	}).String()
}

// IsAway reports whether an error says that the server has died, stops or is
// still starting. A private server is started again by its owner.
func IsAway(err error) bool {
	var refused *pq.Error
	if errors.As(err, &refused) {
		return strings.HasPrefix(string(refused.Code), "57P")
	}
	var network *net.OpError
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, driver.ErrBadConn)
}

// recovering reports whether the server behind a socket is there but takes
// nobody in.
func recovering(ctx context.Context, socket string) bool {
	var refused *pq.Error
	return errors.As(ensureDatabase(ctx, socket, "postgres"), &refused) && refused.Code == "57P03"
}

// ensureDatabase reports whether the server behind a socket answers, and makes
// the database if it is missing.
func ensureDatabase(ctx context.Context, socket, name string) (err error) {
	database, err := sql.Open("postgres", address(socket, "postgres"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	brief, cancel := context.WithTimeout(ctx, pingLimit)
	defer cancel()
	var found bool
	err = database.QueryRowContext(brief,
		`SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&found)
	if err != nil || found {
		return err
	}
	_, err = database.ExecContext(ctx, `CREATE DATABASE `+pq.QuoteIdentifier(name))
	var refused *pq.Error
	if errors.As(err, &refused) && (refused.Code == "42P04" || refused.Code == "23505") {
		return nil // another program has just made it
	}
	return err
}

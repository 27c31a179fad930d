package server

import (
	"context"
	"database/sql"
	"errors"
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

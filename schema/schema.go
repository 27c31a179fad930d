// Package schema holds the tables of Phyle as migrations, which run in order,
// forward only, each in a transaction of its own.
package schema

import (
	"context"
	"database/sql"
	"embed"
	"fmt"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed 0*.sql
var migrations embed.FS

//go:embed roles.sql
var roles string

// Newest returns the version of the schema that this program works with.
func Newest() int64 {
	newest := int64(0)
	entries, err := migrations.ReadDir(".")
	if err != nil {
		panic(fmt.Sprintf("the migrations are part of the program: %v", err))
	}
	for _, entry := range entries {
		version, err := goose.NumericComponent(entry.Name())
		if err != nil {
			panic(fmt.Sprintf("%s is no name of a migration: %v", entry.Name(), err))
		}
		newest = max(newest, version)
	}
	return newest
}

// Migrate brings the database to the newest version, under one lock. It takes db
// over: db is left with one connection, which acts as the owner of the tables. A
// database that is newer than this program is refused.
func Migrate(ctx context.Context, db *sql.DB) error {
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, roles); err != nil {
		return fmt.Errorf("prepare the schema: %w", err)
	}
	settings := "SET search_path = phyle, pg_temp; SET lock_timeout = '2s'"
	if _, err := db.ExecContext(ctx, settings); err != nil {
		return fmt.Errorf("prepare the session: %w", err)
	}
	return up(ctx, db)
}

func up(ctx context.Context, db *sql.DB) error {
	provider, err := newProvider(db)
	if err != nil {
		return err
	}
	current, newest, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the schema: %w", err)
	}
	if current > newest {
		return fmt.Errorf("the database has schema %d, this program knows up to %d: "+
			"use the newer program", current, newest)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the schema: %w", err)
	}
	return nil
}

func newProvider(db *sql.DB) (*goose.Provider, error) {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, migrations,
		goose.WithSessionLocker(locker), goose.WithTableName("schema_version"),
		goose.WithDisableGlobalRegistry(true))
}

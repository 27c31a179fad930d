package schema_test

import (
	"database/sql"
	"strings"
	"testing"

	_ "github.com/lib/pq" // the driver

	"phyle/ledger/postgres/postgrestest"
	"phyle/schema"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

func open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", postgrestest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// A database that is migrated already stays as it is, and belongs to the owner.
func TestMigrateAgain(t *testing.T) {
	t.Parallel()
	db := open(t)
	if err := schema.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	var owner string
	err := db.QueryRow(`SELECT tableowner FROM pg_tables WHERE schemaname = 'phyle' AND tablename = 'entry'`).
		Scan(&owner)
	if err != nil || owner != "phyle_owner" {
		t.Errorf("entry belongs to %q, %v", owner, err)
	}
}

// What was migrated has the newest version that the program knows.
func TestNewest(t *testing.T) {
	t.Parallel()
	var version int64
	err := open(t).QueryRow(`SELECT max(version_id) FROM phyle.schema_version WHERE is_applied`).Scan(&version)
	if err != nil || version != schema.Newest() {
		t.Errorf("the database has %d, %v; the newest is %d", version, err, schema.Newest())
	}
}

// A database from a newer program is refused with one clear line.
func TestNewerSchema(t *testing.T) {
	t.Parallel()
	db := open(t)
	_, err := db.Exec(`INSERT INTO phyle.schema_version (version_id, is_applied) VALUES (9999, true)`)
	if err != nil {
		t.Fatal(err)
	}
	err = schema.Migrate(t.Context(), db)
	if err == nil || !strings.Contains(err.Error(), "use the newer program") {
		t.Errorf("got %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one line: %v", err)
	}
}

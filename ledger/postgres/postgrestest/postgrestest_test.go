package postgrestest_test

import (
	"database/sql"
	"fmt"
	"testing"

	"phyle/ledger/postgres/postgrestest"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

// TestURLIsolates fails when two tests see each other's tables.
func TestURLIsolates(t *testing.T) {
	t.Parallel()
	for i := range 6 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			database := open(t, postgrestest.URL(t))
			if _, err := database.Exec(`CREATE TABLE mine (id int)`); err != nil {
				t.Error(err)
			}
			if got := setting(t, database, "fsync"); got != "off" {
				t.Errorf("fsync is %s, want off", got)
			}
		})
	}
}

// TestURLDropsOpenDatabase leaves a connection behind, which must not keep the
// database.
func TestURLDropsOpenDatabase(t *testing.T) {
	t.Parallel()
	var database *sql.DB
	t.Run("leaves a connection", func(t *testing.T) {
		var err error
		if database, err = sql.Open("postgres", postgrestest.URL(t)); err != nil {
			t.Fatal(err)
		}
		if err := database.Ping(); err != nil {
			t.Fatal(err)
		}
	})
	defer func() { _ = database.Close() }()
	if err := database.Ping(); err == nil {
		t.Error("the database outlived its test")
	}
}

func TestDurable(t *testing.T) {
	t.Parallel()
	database := open(t, postgrestest.Durable(t))
	for _, name := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		if got := setting(t, database, name); got != "on" {
			t.Errorf("%s is %s, want on", name, got)
		}
	}
}

func BenchmarkURL(b *testing.B) {
	for b.Loop() {
		postgrestest.URL(b)
	}
}

func open(t *testing.T, url string) *sql.DB {
	t.Helper()
	database, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := database.Close(); err != nil {
			t.Error(err)
		}
	})
	return database
}

func setting(t *testing.T, database *sql.DB, name string) string {
	t.Helper()
	var value string
	if err := database.QueryRow(`SELECT current_setting($1)`, name).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

package postgres_test

import (
	"errors"
	"testing"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// What the database itself says about values is the caller's to correct, and what it
// says about its own state passes.
func TestDatabaseErrors(t *testing.T) {
	t.Parallel()
	store := open(t)
	for _, test := range []struct {
		name, statement string
		kind            ledger.Kind
		code            string
	}{
		{"text that is no day", `SELECT CAST('the day before' AS date)`, ledger.Invalid, "invalid_value"},
		{"a day of no calendar", `SELECT CAST('2026-02-30' AS date)`, ledger.Invalid, "invalid_value"},
		{"text that is no id", `SELECT CAST('x' AS uuid)`, ledger.Invalid, "invalid_value"},
		{"text that is no number", `SELECT CAST('x' AS numeric)`, ledger.Invalid, "invalid_value"},
		{"a large number", `SELECT CAST('99999999999' AS integer)`, ledger.Invalid, "invalid_value"},
		{"bytes that are no text", `SELECT convert_from('\xff'::bytea, 'UTF8')`,
			ledger.Invalid, "invalid_value"},
		{"a statement that takes too long",
			`DO $$ BEGIN PERFORM set_config('statement_timeout', '10', true); END $$; SELECT pg_sleep(10)`,
			ledger.Unavailable, "timeout"},
		{"a connection that is ended", `SELECT pg_terminate_backend(pg_backend_pid())`,
			ledger.Unavailable, "database_unavailable"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := store.Raw().ExecContext(t.Context(), test.statement)
			var refused *ledger.Error
			if err = postgres.Translate(err); !errors.As(err, &refused) {
				t.Fatalf("got %v", err)
			}
			if refused.Kind != test.kind || refused.Code != test.code {
				t.Errorf("got %s, %s", refused.Kind, refused.Code)
			}
		})
	}
	_, err := store.Raw().ExecContext(t.Context(), `SELECT 1 / 0`)
	var refused *ledger.Error
	if err = postgres.Translate(err); err == nil || errors.As(err, &refused) {
		t.Errorf("a defect of ours is shown as %v", err)
	}
}

package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"phyle/ledger"
	"phyle/schema"
)

// Inspection is what the database says of itself, as far as guarantees depend on it.
type Inspection struct {
	// Version is that of the server, in words and as the number that it compares by.
	Version string
	Number  int
	// Settings holds the settings that bear on guarantees, by name.
	Settings map[string]string
	// Login is who signed in, Role who the store acts as.
	Login     string
	Superuser bool
	Role      string
	// Standby says that the server only follows another one.
	Standby bool
	// Schema is the version of the tables, 0 where there are none.
	Schema int64
	// Disabled lists triggers that are switched off, as table.trigger.
	Disabled []string
	// Open lists tables whose rows are not kept to their commons. Unbound says that who
	// the store acts as is not held to that in any table.
	Open    []string
	Unbound bool
	// Ahead is by how much the server's clock is before ours; Uncertain is how long
	// asking took, and so how far off that may be.
	Ahead     time.Duration
	Uncertain time.Duration
	// Recorded is the latest instant in the books: zero where they are empty.
	Recorded time.Time
	// Bytes is the size of the database.
	Bytes int64
	// InstanceTokens counts the tokens of the instance; Stale lists the members who
	// have left and still have tokens, as commons/handle.
	InstanceTokens int
	Stale          []string
}

// inspected are the settings that are asked for.
var inspected = []string{
	"autovacuum", "data_checksums", "default_transaction_read_only", "fsync", "full_page_writes",
	"ignore_checksum_failure", "server_encoding", "session_replication_role", "synchronous_commit",
	"zero_damaged_pages",
}

// Inspect asks the database about itself. It writes nothing.
func (s *Store) Inspect(ctx context.Context) (Inspection, error) {
	i := Inspection{Role: s.role, Settings: map[string]string{}}
	var clock time.Time
	before := time.Now()
	err := s.db.QueryRowContext(ctx, `
		SELECT clock_timestamp(), current_setting('server_version'),
		       current_setting('server_version_num')::int, current_user,
		       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), pg_is_in_recovery(),
		       pg_database_size(current_database())`).
		Scan(&clock, &i.Version, &i.Number, &i.Login, &i.Superuser, &i.Standby, &i.Bytes)
	if err != nil {
		return i, translate(err)
	}
	i.Uncertain = time.Since(before)
	i.Ahead = clock.Sub(before.Add(i.Uncertain / 2))
	if err := s.inspectSettings(ctx, &i); err != nil {
		return i, translate(err)
	}
	if i.Schema, err = s.SchemaVersion(ctx); err != nil || i.Schema != schema.Newest() {
		return i, err // whose tables are not those that are looked at next
	}
	return i, translate(s.inspectTables(ctx, &i))
}

func (s *Store) inspectSettings(ctx context.Context, i *Inspection) error {
	rows, err := s.db.QueryContext(ctx,
		`SELECT name, setting FROM pg_settings WHERE name = ANY ($1)`, pq.Array(inspected))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return err
		}
		i.Settings[name] = value
	}
	return rows.Err()
}

// inspectTables looks at what guards the tables, and at what is in them: what belongs to
// no commons, and then each commons by itself.
func (s *Store) inspectTables(ctx context.Context, i *Inspection) error {
	err := s.directory(ctx, func(tx *sqlx.Tx) error {
		return tx.QueryRowContext(ctx, `
			SELECT (SELECT count(*) FROM phyle.token WHERE commons_id IS NULL),
			       ARRAY(SELECT t.tgrelid::regclass || '.' || t.tgname FROM pg_trigger AS t
			               JOIN pg_class AS r ON r.oid = t.tgrelid
			              WHERE r.relnamespace = 'phyle'::regnamespace AND t.tgenabled = 'D' ORDER BY 1),
			       ARRAY(SELECT r.relname FROM pg_class AS r
			               JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attname = 'commons_id'
			              WHERE r.relnamespace = 'phyle'::regnamespace AND r.relkind = 'r'
			                AND NOT (r.relrowsecurity AND r.relforcerowsecurity) ORDER BY 1),
			       (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)`).
			Scan(&i.InstanceTokens, pq.Array(&i.Disabled), pq.Array(&i.Open), &i.Unbound)
	})
	if err != nil {
		return err
	}
	return s.EveryCommons(ctx, func(c ledger.Commons) error { return s.inspectCommons(ctx, i, c) })
}

// inspectCommons looks at what is in one commons.
func (s *Store) inspectCommons(ctx context.Context, i *Inspection, c ledger.Commons) error {
	return s.within(ctx, &sql.TxOptions{ReadOnly: true}, func(tx *sqlx.Tx) error {
		if err := s.assume(ctx, tx, c.ID); err != nil {
			return err
		}
		var recorded time.Time
		var stale []string
		err := tx.QueryRowContext(ctx, `
			SELECT h.recorded_at, ARRAY(
			       SELECT DISTINCT m.handle
			         FROM phyle.token AS t JOIN phyle.member AS m USING (commons_id, member_id)
			        WHERE m.commons_id = h.commons_id
			          AND phyle.stage_on(m.commons_id, m.member_id, current_date) = 'left' ORDER BY 1)
			  FROM phyle.journal_head AS h WHERE h.commons_id = $1`, string(c.ID)).
			Scan(&recorded, pq.Array(&stale))
		if recorded.After(i.Recorded) {
			i.Recorded = recorded.UTC()
		}
		for _, handle := range stale {
			i.Stale = append(i.Stale, c.Slug+"/"+handle)
		}
		return err
	})
}

// SchemaVersion returns the version of the tables in the database, 0 where there are
// none.
func (s *Store) SchemaVersion(ctx context.Context) (version int64, err error) {
	there, err := s.HasTables(ctx)
	if err != nil || !there {
		return 0, err
	}
	err = s.db.GetContext(ctx, &version,
		`SELECT coalesce(max(version_id), 0) FROM phyle.schema_version WHERE is_applied`)
	return version, translate(err)
}

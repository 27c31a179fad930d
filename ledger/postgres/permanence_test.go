package postgres_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"phyle/schema"
)

// permanent tables refuse UPDATE, DELETE and TRUNCATE, whoever asks.
var permanent = []string{
	"acceptance", "account", "adoption", "agreement", "allocation", "approval", "approval_policy", "area", "audit",
	"change", "change_confirmation", "contribution",
	"contribution_decision", "contribution_move", "coverage", "decision", "decision_vote", "deduction", "distribution", "distribution_check",
	"distribution_income", "distribution_inputs", "distribution_reversal", "distribution_rounding", "entry", "erasure",
	"event",
	"fund", "idempotency_key", "import", "import_undo", "income", "income_reversal", "kind", "member", "member_role", "member_stage",
	"member_suspension",
	"period", "posting", "proposal", "proposal_withdrawal", "rate", "received_opening", "rule_start", "take", "vote",
}

// projections follow the permanent rows by trigger; the app can only read them.
var projections = []string{
	"balance", "balance_on", "contribution_ref", "contribution_state", "income_held", "rounding_balance",
}

// mutable tables change in the ways that are named: columns to update, rows to delete.
var mutable = map[string]struct {
	updates []string
	deletes bool
}{
	"commons":      {updates: []string{"advance_limit", "books_shown", "contributions_shown", "name", "time_zone"}},
	"draft":        {deletes: true},
	"invitation":   {updates: []string{"revoked_at", "used_at", "used_by"}},
	"journal_head": {updates: []string{"recorded_at"}}, // for the lock; a trigger refuses the update itself
	"token":        {updates: []string{"expires_at"}, deletes: true},
	"token_use":    {updates: []string{"used_at"}},
	// Who somebody is stays apart from the books, so that it can be erased.
	"ceremony":      {updates: []string{"challenge", "expires_at"}, deletes: true},
	"passkey":       {updates: []string{"credential", "used_at"}, deletes: true},
	"password":      {updates: []string{"created_at", "password_hash"}},
	"person":        {},
	"person_member": {},
	"set_up":        {deletes: true},
	"session":       {updates: []string{"last_seen_at", "revoked_at"}, deletes: true},
	"sign_in_code":  {updates: []string{"attempts"}, deletes: true},
}

// A table belongs to one of the groups above, or this fails; and the rights of the
// app are those of its group.
func TestRights(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	all := slices.Concat(permanent, projections)
	for name := range mutable {
		all = append(all, name)
	}
	slices.Sort(all)
	if diff := cmp.Diff(all, tables(t, w.store.Raw())); diff != "" {
		t.Errorf("say whether each table is permanent, a projection or mutable: %s", diff)
	}
	type rights struct{ Insert, Delete, Truncate, Trigger, References bool }
	for _, name := range tables(t, w.store.Raw()) {
		var got rights
		err := w.store.Raw().GetContext(t.Context(), &got, `
			SELECT has_any_column_privilege('phyle_app', $1, 'INSERT') AS insert,
			       has_table_privilege('phyle_app', $1, 'DELETE') AS delete,
			       has_table_privilege('phyle_app', $1, 'TRUNCATE') AS truncate,
			       has_table_privilege('phyle_app', $1, 'TRIGGER') AS trigger,
			       has_any_column_privilege('phyle_app', $1, 'REFERENCES') AS references`, "phyle."+name)
		if err != nil {
			t.Fatal(err)
		}
		want := rights{Insert: !slices.Contains(projections, name) && name != "contribution_move",
			Delete: mutable[name].deletes}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the rights of the app on %s: %s", name, diff)
		}
		var updates []string
		err = w.store.Raw().SelectContext(t.Context(), &updates, `
			SELECT attname FROM pg_attribute
			 WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
			   AND has_column_privilege('phyle_app', attrelid, attnum, 'UPDATE') ORDER BY attname`, "phyle."+name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(mutable[name].updates, updates); diff != "" {
			t.Errorf("what the app updates of %s: %s", name, diff)
		}
	}
}

// asRole runs statements in a transaction as the role and of the commons, the oldest one
// there is, with all that is checked at commit, and commits if nothing refuses.
func asRole(t *testing.T, db *sqlx.DB, role, statements string) error {
	t.Helper()
	tx, err := db.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), `
		SELECT set_config('phyle.commons', min(commons_id::text), true) FROM phyle.commons`); err != nil {
		t.Fatal(err)
	}
	if role != "" {
		if _, err := tx.ExecContext(t.Context(), `SET LOCAL ROLE `+role); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tx.ExecContext(t.Context(), statements); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// refusal is the condition and the constraint with which the database refuses.
func refusal(err error) string {
	var report *pq.Error
	if err == nil {
		return "done"
	}
	if !errors.As(err, &report) {
		return err.Error()
	}
	return strings.TrimSuffix(report.Code.Name()+" "+report.Constraint, " ")
}

const (
	denied = "insufficient_privilege"
	fixed  = "restrict_violation permanent"
)

// Nobody changes or removes permanent rows: the app may not, and where somebody may
// do everything, as long as the triggers are on, the triggers refuse.
func TestPermanentRows(t *testing.T) {
	t.Parallel()
	w := rich(t)
	db := w.store.Raw()
	before := state(t, db)
	for _, name := range slices.Concat(permanent, []string{"commons", "journal_head"}) {
		var first string
		if err := db.GetContext(t.Context(), &first, `
			SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum = 1`, "phyle."+name); err != nil {
			t.Fatal(err)
		}
		attempts := []string{
			fmt.Sprintf(`UPDATE %s SET %s = %s`, name, first, first),
			`DELETE FROM ` + name,
			`TRUNCATE ` + name + ` CASCADE`,
			fmt.Sprintf(`MERGE INTO %s AS a USING (SELECT 1) AS b ON true WHEN MATCHED THEN DELETE`, name),
		}
		if count(t, db, `SELECT count(*) FROM `+name) == 0 && name != "idempotency_key" {
			t.Errorf("%s is empty, so nothing of it was tried", name)
		}
		for _, attempt := range attempts {
			if diff := cmp.Diff(denied, refusal(asRole(t, db, "phyle_app", attempt))); diff != "" {
				t.Errorf("the app: %s: %s", attempt, diff)
			}
			if name == "idempotency_key" && !strings.HasPrefix(attempt, "TRUNCATE") {
				continue // it has no row on which a trigger could fire
			}
			for _, role := range []string{"phyle_owner", ""} {
				if diff := cmp.Diff(fixed, refusal(asRole(t, db, role, attempt))); diff != "" {
					t.Errorf("role %q: %s: %s", role, attempt, diff)
				}
			}
		}
		for _, column := range columnsOf(t, db, name) {
			if slices.Contains(mutable[name].updates, column) {
				continue
			}
			attempt := fmt.Sprintf(`UPDATE %s SET %s = %s`, name, column, column)
			if diff := cmp.Diff(denied, refusal(asRole(t, db, "phyle_app", attempt))); diff != "" {
				t.Errorf("the app: %s: %s", attempt, diff)
			}
			if name == "idempotency_key" || name == "journal_head" {
				continue // one has no rows that a trigger could fire for, of the other triggers move all
			}
			if diff := cmp.Diff(fixed, refusal(asRole(t, db, "phyle_owner", attempt))); diff != "" {
				t.Errorf("the owner: %s: %s", attempt, diff)
			}
		}
	}
	if diff := cmp.Diff(before, state(t, db)); diff != "" {
		t.Error(diff)
	}
}

func columnsOf(t *testing.T, db *sqlx.DB, table string) (columns []string) {
	t.Helper()
	err := db.SelectContext(t.Context(), &columns, `
		SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
		"phyle."+table)
	if err != nil {
		t.Fatal(err)
	}
	return columns
}

// The ways around permanence are closed to the app. Its session belongs to a user
// who may do more: RESET ROLE gives that back, so the app never lets a caller's
// text run as SQL, and a server of its own gives it a login of its own.
func TestWaysAround(t *testing.T) {
	t.Parallel()
	w := rich(t)
	db := w.store.Raw()
	migrateAgain(t, db)
	before := state(t, db)
	for _, c := range []struct{ name, do, want string }{
		{"upsert", `INSERT INTO posting SELECT * FROM posting LIMIT 1
			ON CONFLICT (commons_id, sequence, ordinal) DO UPDATE SET amount = 1`, denied},
		{"upsert of a projection", `INSERT INTO balance SELECT * FROM balance ON CONFLICT DO NOTHING`, denied},
		{"disable a trigger", `ALTER TABLE posting DISABLE TRIGGER permanent_row`, denied},
		{"disable all triggers", `ALTER TABLE posting DISABLE TRIGGER ALL`, denied},
		{"drop a trigger", `DROP TRIGGER permanent_row ON posting`, denied},
		{"replace a function", `CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql
			AS $$ BEGIN RETURN NEW; END $$`, denied},
		{"alter a function", `ALTER FUNCTION refuse_change() RENAME TO nothing`, denied},
		{"drop a constraint", `ALTER TABLE posting DROP CONSTRAINT posting_pkey`, denied},
		{"drop a table", `DROP TABLE posting`, denied},
		{"add a column", `ALTER TABLE posting ADD COLUMN note text`, denied},
		{"a rule", `CREATE RULE away AS ON INSERT TO posting DO INSTEAD NOTHING`, denied},
		{"a trigger", `CREATE TRIGGER mine BEFORE INSERT ON posting
			FOR EACH ROW EXECUTE FUNCTION refuse_change()`, denied},
		{"row security off", `ALTER TABLE posting DISABLE ROW LEVEL SECURITY`, denied},
		{"row security for all but the owner", `ALTER TABLE posting NO FORCE ROW LEVEL SECURITY`, denied},
		{"past row security", `SET LOCAL row_security = off; SELECT count(*) FROM posting`, denied},
		{"a policy", `CREATE POLICY mine ON posting USING (true)`, denied},
		{"drop a policy", `DROP POLICY own_commons ON posting`, denied},
		{"isolate by hand", `SELECT isolate('posting')`, denied},
		{"a writing query", `WITH gone AS (DELETE FROM posting RETURNING *) SELECT count(*) FROM gone`, denied},
		{"a query that writes on", `WITH a AS (UPDATE posting SET amount = 1 RETURNING *)
			INSERT INTO posting SELECT * FROM a`, denied},
		{"a prepared statement", `PREPARE gone AS DELETE FROM posting; EXECUTE gone`, denied},
		{"a cursor", `DECLARE mine CURSOR FOR SELECT * FROM posting; FETCH mine;
			DELETE FROM posting WHERE CURRENT OF mine`, denied},
		{"hold rows", `SELECT FROM posting FOR UPDATE`, denied},
		{"hold rows a little", `SELECT FROM posting FOR KEY SHARE`, denied},
		{"a default", `ALTER TABLE entry ALTER COLUMN xid SET DEFAULT '1'`, denied},
		{"a domain", `ALTER DOMAIN amount DROP CONSTRAINT amount_check`, denied},
		{"an index", `DROP INDEX entry_pkey`, denied},
		{"a table below", `CREATE TABLE phyle.mine () INHERITS (posting)`, denied},
		{"a column's type", `ALTER TABLE posting ALTER COLUMN amount TYPE numeric(4, 0)`, denied},
		{"a table that is lost", `ALTER TABLE posting SET UNLOGGED`, denied},
		{"a view", `CREATE VIEW mine AS SELECT * FROM posting`, denied},
		{"a function of the owner", `CREATE FUNCTION mine() RETURNS void LANGUAGE sql SECURITY DEFINER
			AS 'DELETE FROM phyle.posting'`, denied},
		{"a procedure elsewhere", `CREATE PROCEDURE public.mine() LANGUAGE sql SECURITY DEFINER
			AS 'DELETE FROM phyle.posting'`, denied},
		{"a trigger on events", `CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION refuse_change()`, denied},
		{"a publication", `CREATE PUBLICATION mine FOR TABLE posting`, denied},
		{"settings of the server", `ALTER SYSTEM SET fsync = off`, ""},
		{"settings of the role", `ALTER ROLE phyle_app SET session_replication_role = replica`, denied},
		{"settings of the database", `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET fsync = off', current_database()); END $$`, denied},
		{"replica role", `SET session_replication_role = replica`, denied},
		{"replica role by function", `SELECT set_config('session_replication_role', 'replica', true)`, denied},
		{"to a program", `COPY posting TO PROGRAM 'cat'`, denied},
		{"from a program", `COPY token FROM PROGRAM 'true'`, denied},
		{"to a file", `COPY posting TO '/tmp/phyle-posting'`, denied},
		{"from a file", `COPY token FROM '/etc/passwd'`, denied},
		{"read a file", `SELECT pg_read_file('/etc/passwd')`, denied},
		{"a large object", `SELECT lo_import('/etc/passwd')`, denied},
		{"a large object to a file", `SELECT lo_export(1, '/tmp/phyle-posting')`, denied},
		{"a table", `CREATE TABLE mine (id int)`, denied},
		{"a table elsewhere", `CREATE TABLE public.mine (id int)`, denied},
		{"a temporary table", `CREATE TEMP TABLE journal_head (id int)`, denied},
		{"a function", `CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`, denied},
		{"a schema", `CREATE SCHEMA mine`, denied},
		{"an extension", `CREATE EXTENSION dblink`, denied},
		{"a role", `CREATE ROLE mine`, denied},
		{"the owner's role", `SET LOCAL ROLE NONE; SET LOCAL SESSION AUTHORIZATION phyle_app; SET ROLE phyle_owner`, denied},
		{"own the tables", `ALTER TABLE posting OWNER TO phyle_app`, denied},
		{"give rights", `GRANT UPDATE ON posting TO phyle_app`, "done"}, // a warning: nothing is granted
		{"a trigger's function by hand", `SELECT posting_balances()`, denied},
		{"the numbers by hand", `SELECT numbers_follow()`, denied},
		{"a block", `DO $$ BEGIN UPDATE posting SET amount = 1; END $$`, denied},
		{"the system's own tables", `UPDATE pg_trigger SET tgenabled = 'D'`, denied},
		{"the sequence of the head", `UPDATE journal_head SET sequence = sequence + 1`, denied},
		{"the instant of the head", `UPDATE journal_head SET recorded_at = recorded_at - interval '1 day'`, fixed},
		{"a head that begins later", `INSERT INTO journal_head (commons_id, sequence, recorded_at)
			VALUES (gen_random_uuid(), 7, now())`, denied},
		{"a second head", `INSERT INTO journal_head (commons_id, recorded_at) SELECT commons_id, now() FROM commons`,
			"unique_violation journal_head_pkey"},
		{"the currency of the commons", `UPDATE commons SET currency = 'USD'`, denied},
		{"balance", `UPDATE balance SET amount = 0`, denied},
		{"balance by date", `INSERT INTO balance_on SELECT commons_id, account_id, '2026-01-01', 1 FROM balance`, denied},
		{"state", `UPDATE contribution_state SET state = 'accepted'`, denied},
		{"income held", `DELETE FROM income_held`, denied},
		{"rounding", `DELETE FROM rounding_balance`, denied},
		{"a new move of contributions", `INSERT INTO contribution_move VALUES ('declined', 'accepted', 'accepted')`, denied},
		{"the version of the schema", `DELETE FROM schema_version`, denied},
		{"lock out", `LOCK TABLE posting IN ACCESS EXCLUSIVE MODE`, denied},
		{"another search path", `SET LOCAL search_path = pg_temp, public, phyle;
			UPDATE posting SET amount = 1`, denied},
		{"kill others", `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> 'phyle_app'
			AND usesysid = (SELECT oid FROM pg_roles WHERE rolsuper LIMIT 1) AND pid <> pg_backend_pid()`, ""},
		{"a second adoption", `INSERT INTO adoption SELECT commons_id, agreement_id, area_id, version, from_on, outcome,
			1, adopted_by, adopted_at FROM adoption LIMIT 1`, ""},
		{"an entry for nobody", `INSERT INTO entry (commons_id, sequence, entry_id, kind, date, recorded_at)
			VALUES ('00000000-0000-0000-0000-000000000000', 1, gen_random_uuid(), 'spending', '2026-11-05', now())`, ""},
		{"read on", `SELECT commons_id FROM commons`, "done"},
	} {
		got := refusal(asRole(t, db, "phyle_app", c.do))
		if c.want != "" && got != c.want || got == "done" && c.want != "done" {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if diff := cmp.Diff(before, state(t, db)); diff != "" {
			t.Fatalf("%s: %s", c.name, diff)
		}
	}
	if count(t, db, `SELECT count(*) FROM pg_class WHERE relname = 'mine'`) > 0 ||
		count(t, db, `SELECT has_table_privilege('phyle_app', 'phyle.posting', 'UPDATE')::int`) > 0 {
		t.Error("the app has made or given itself something")
	}
}

// migrateAgain prepares the rights of the database itself: a copy of a database
// does not have those of its template.
func migrateAgain(t *testing.T, db *sqlx.DB) {
	t.Helper()
	directory, _, _ := socket(t, db)
	own, err := sql.Open("postgres", through(t, db, directory))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = own.Close() }()
	if err := schema.Migrate(t.Context(), own); err != nil {
		t.Fatal(err)
	}
}

// A function that runs as the owner finds its own tables, whatever the caller's
// search path and whatever else has their names.
func TestShadowedTables(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	db := w.store.Raw()
	w.income("10.00", "2026-10-31")
	before := state(t, db)
	err := asRole(t, db, "", `
		CREATE SCHEMA shadow;
		CREATE TABLE shadow.journal_head AS TABLE phyle.journal_head;
		CREATE TABLE shadow.balance AS TABLE phyle.balance;
		CREATE TABLE shadow.period AS TABLE phyle.period;
		CREATE FUNCTION shadow.sum_zero(numeric, numeric) RETURNS boolean LANGUAGE sql AS 'SELECT false';
		CREATE OPERATOR shadow.<> (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = shadow.sum_zero);
		GRANT USAGE ON SCHEMA shadow TO phyle_app;
		GRANT ALL ON ALL TABLES IN SCHEMA shadow TO phyle_app`)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"shadow, phyle, pg_catalog", "pg_temp, shadow, phyle"} {
		got := refusal(asRole(t, db, "phyle_app", `
			SET LOCAL search_path = `+path+`;
			`+entryOf(2, "spending", "2026-11-05")+`;
			`+postingsOf(2, "2026-11-05", "5.00", "-4.00")))
		if diff := cmp.Diff("check_violation posting_balances", got); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
		got = refusal(asRole(t, db, "phyle_app", `
			CREATE TEMP TABLE journal_head (commons_id uuid, sequence bigint, recorded_at timestamptz);
			SET LOCAL search_path = `+path+`;
			`+entryOf(7, "spending", "2026-11-05")))
		if got != "check_violation numbers_follow" && got != denied {
			t.Errorf("%s, with a temporary head: %s", path, got)
		}
	}
	if diff := cmp.Diff(before, state(t, db)); diff != "" {
		t.Error(diff)
	}
}

// entryOf and postingsOf write what the app could write by hand: an entry, and a
// posting for each amount on the accounts that there are.
func entryOf(sequence int, kind, day string) string {
	return fmt.Sprintf(`INSERT INTO phyle.entry (commons_id, sequence, entry_id, kind, date, recorded_at)
		SELECT commons_id, %d, gen_random_uuid(), '%s', '%s', recorded_at FROM phyle.entry WHERE sequence = 1`,
		sequence, kind, day)
}

func postingsOf(sequence int, day string, amounts ...string) string {
	var rows []string
	for i, amount := range amounts {
		rows = append(rows, fmt.Sprintf(`(%d, '%s'::numeric)`, i+1, amount))
	}
	return fmt.Sprintf(`INSERT INTO phyle.posting (commons_id, sequence, ordinal, account_id, date, amount, unit)
		SELECT a.commons_id, %d, v.place, a.account_id, '%s', v.amount, 'EUR'
		  FROM (VALUES %s) AS v (place, amount)
		  JOIN (SELECT *, row_number() OVER (ORDER BY name DESC) AS place FROM phyle.account
		         WHERE name IN ('equity:undistributed', 'assets:bank')) AS a
		    ON a.place = 1 + v.place %% 2`, sequence, day, strings.Join(rows, ", "))
}

// told tells of an entry in feed and audit trail.
const told = `
	INSERT INTO phyle.event (commons_id, number, type, subject, recorded_at)
	SELECT commons_id, event + 1, 'entry.recorded', 'ent_00000000000000000000000000', recorded_at
	  FROM phyle.journal_head;
	INSERT INTO phyle.audit (commons_id, number, at, operation, outcome, type, subject, count, event_from,
	            event_to, request_id, address, recorded_at)
	SELECT commons_id, audit + 1, recorded_at, 'move_money', 'done', 'entry.recorded',
	       'ent_00000000000000000000000000', 1, event, event, '', 'local', recorded_at
	  FROM phyle.journal_head`

// The books take no entry that is wrong in itself, from the app or the owner.
func TestWrongEntries(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	db := w.store.Raw()
	w.income("10.00", "2026-10-31")
	w.opened()
	n := count(t, db, `SELECT max(sequence) FROM entry`) + 1
	const day = "2026-11-05"
	good := entryOf(n, "spending", day)
	before := state(t, db)
	for _, c := range []struct{ name, do, want string }{
		{"unbalanced", good + ";" + postingsOf(n, day, "5.00", "-4.99"), "check_violation posting_balances"},
		{"balanced only in all", good + ";" + postingsOf(n, day, "5.00") + ";" + postingsOf(n, day, "-5.00"),
			"check_violation posting_balances"},
		{"one posting", good + ";" + postingsOf(n, day, "5.00"), "check_violation posting_balances"},
		{"no posting", good, "check_violation entry_balances"},
		{"zero", good + ";" + postingsOf(n, day, "0", "0"), "check_violation posting_amount_check"},
		{"too many decimals", good + ";" + postingsOf(n, day, "0.001", "-0.001"),
			"check_violation posting_in_minor_units"},
		{"not a number", good + ";" + postingsOf(n, day, "NaN", "NaN"), "check_violation amount_check"},
		{"infinity", good + ";" + postingsOf(n, day, "Infinity", "-Infinity"), "check_violation amount_check"},
		{"too much", good + ";" + postingsOf(n, day, "1e16", "-1e16"), "check_violation amount_check"},
		{"another day", good + ";" + postingsOf(n, "2026-11-04", "5.00", "-5.00"),
			"foreign_key_violation posting_commons_id_sequence_date_fkey"},
		{"a gap", entryOf(n+1, "spending", day), "check_violation numbers_follow"},
		{"a number again", entryOf(n-1, "spending", day), "unique_violation entry_pkey"},
		{"number zero", entryOf(0, "spending", day), "check_violation numbers_follow"},
		{"late postings", postingsOf(1, "2026-10-31", "5.00", "-5.00"), "unique_violation posting_pkey"},
		{"later postings", strings.ReplaceAll(postingsOf(1, "2026-10-31", "5.00", "-5.00"),
			"v.place, a.", "v.place + 10, a."),
			"check_violation posting_with_entry"},
		{"a forged transaction", `INSERT INTO phyle.entry (commons_id, sequence, entry_id, kind, date, recorded_at, xid)
			SELECT commons_id, ` + fmt.Sprint(n) + `, gen_random_uuid(), 'spending', '2026-11-05', recorded_at, '9999999'
			  FROM phyle.entry WHERE sequence = 1;` + postingsOf(n, day, "5.00", "-5.00"),
			"check_violation posting_with_entry"},
		{"a closed period", entryOf(n, "spending", "2026-09-30"), "check_violation period_closed"},
		{"before its predecessor", strings.ReplaceAll(good, "recorded_at FROM", "recorded_at - interval '1 second' FROM"),
			"check_violation entry_recorded_in_order"},
		{"a reversal of nothing", entryOf(n, "reversal", day), "check_violation entry_reversal_names_entry"},
		{"an unknown kind", entryOf(n, "correction", day), "check_violation entry_kind_check"},
		{"below zero", good + ";" + postingsOf(n, day, "-10.01", "10.01"),
			"check_violation undistributed_not_below_zero"},
		{"another unit", good + ";" + strings.ReplaceAll(postingsOf(n, day, "1.00", "-1.00"), "'EUR'", "'USD'"),
			"foreign_key_violation posting_commons_id_account_id_unit_fkey"},
	} {
		for _, role := range []string{"phyle_app", "phyle_owner", ""} {
			if diff := cmp.Diff(c.want, refusal(asRole(t, db, role, c.do))); diff != "" {
				t.Errorf("%s, as %q: %s", c.name, role, diff)
			}
		}
		if diff := cmp.Diff(before, state(t, db)); diff != "" {
			t.Fatalf("%s: %s", c.name, diff)
		}
	}
	fine := asRole(t, db, "phyle_app", good+";"+postingsOf(n, day, "5.00", "-5.00")+";"+told)
	if diff := cmp.Diff("done", refusal(fine)); diff != "" {
		t.Errorf("a good entry: %s", diff)
	}
}

// What the superuser of the session may do, its own role may not: it can be given
// back only where the login itself may take it.
func TestResetRole(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	for _, c := range []struct{ do, want string }{
		{`SET LOCAL ROLE phyle_app; SET LOCAL session_replication_role = replica`, denied},
		{`SET LOCAL ROLE phyle_app; RESET ROLE; SET LOCAL session_replication_role = replica`, "done"},
		{`SET LOCAL SESSION AUTHORIZATION phyle_app; RESET ROLE; SET LOCAL session_replication_role = replica`, denied},
	} {
		if diff := cmp.Diff(c.want, refusal(asRole(t, w.store.Raw(), "", c.do))); diff != "" {
			t.Errorf("%s: %s", c.do, diff)
		}
	}
}

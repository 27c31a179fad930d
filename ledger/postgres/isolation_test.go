package postgres_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/schema"
)

// ofNoCommons are the tables that belong to no commons: they say how, not what, or who
// somebody is wherever they are a member.
var ofNoCommons = []string{"ceremony", "contribution_move", "passkey", "password", "person", "session", "set_up", "sign_in_code"}

// isolated returns every table that has a commons_id.
func isolated(t testing.TB, db *sqlx.DB) []string {
	t.Helper()
	return slices.DeleteFunc(tables(t, db), func(name string) bool {
		return slices.Contains(ofNoCommons, name)
	})
}

// ownCommons is what the policy of every table of a commons says.
const ownCommons = "ALL uuid_eq(commons_id, ( SELECT (NULLIF(current_setting('phyle.commons'::text, true), " +
	"''::text))::uuid AS \"nullif\"))"

// further are the policies of the tables that are asked before a commons is known. None
// lets anybody change what is there.
var further = map[string]string{
	"commons directory": "SELECT (( SELECT current_setting('phyle.directory'::text, true) AS current_setting) = 'on'::text)",
	"person_member own_person": "SELECT (person_id = ( SELECT (NULLIF(current_setting('phyle.person'::text, true), " +
		"''::text))::uuid AS \"nullif\"))",
	"token directory": "SELECT ((commons_id IS NULL) AND (( SELECT current_setting('phyle.directory'::text, true) " +
		"AS current_setting) = 'on'::text))",
	"token of_instance": "INSERT  with ((commons_id IS NULL) AND (( SELECT NULLIF(current_setting('phyle.commons'::text, true), " +
		"''::text) AS \"nullif\") IS NULL))",
	"token presented": "SELECT (token_hash = ( SELECT decode(NULLIF(current_setting('phyle.token'::text, true), ''::text), " +
		"'hex'::text) AS decode))",
}

// A table with a commons_id keeps its rows to their commons, even from its owner, and
// there is no other way in than those that are listed.
func TestIsolated(t *testing.T) {
	t.Parallel()
	db := riverside(t).store.Raw()
	type table struct{ Name, Guard string }
	var got, want []table
	err := db.SelectContext(t.Context(), &got, `
		SELECT c.relname AS name,
		       concat_ws(' ', CASE WHEN c.relrowsecurity THEN 'enabled' END,
		                      CASE WHEN c.relforcerowsecurity THEN 'forced' END) AS guard
		  FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'commons_id'
		 WHERE c.relnamespace = 'phyle'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	policies := map[string]string{}
	for name, policy := range further {
		policies[name] = policy
	}
	for _, name := range isolated(t, db) {
		want = append(want, table{name, "enabled forced"})
		policies[name+" own_commons"] = ownCommons
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var rows []struct{ Name, Policy string }
	err = db.SelectContext(t.Context(), &rows, `
		SELECT tablename || ' ' || policyname AS name,
		       concat_ws(' ', cmd, coalesce(qual, ''), 'with ' || with_check) AS policy
		  FROM pg_policies WHERE schemaname = 'phyle' AND permissive = 'PERMISSIVE' AND roles = '{public}'`)
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]string{}
	for _, row := range rows {
		held[row.Name] = row.Policy
	}
	if diff := cmp.Diff(policies, held); diff != "" {
		t.Error(diff)
	}
}

// Who names no commons, another one or none that there is sees no row, whatever the role.
func TestNobodySeesNothing(t *testing.T) {
	t.Parallel()
	w := rich(t)
	db := w.store.Raw()
	do[postgres.MadeToken](t)(w.store.CreateInstanceToken(t.Context(), ledger.NewToken{}))
	for _, commons := range []string{
		``, `SET LOCAL phyle.commons = ''`, `SET LOCAL phyle.commons = '00000000-0000-7000-8000-000000000000'`,
	} {
		for _, role := range []string{"phyle_app", "phyle_owner"} {
			for _, name := range isolated(t, db) {
				seen := fmt.Sprintf(`SET LOCAL ROLE %s; %s;
					DO $$ BEGIN IF EXISTS (SELECT FROM phyle.%s) THEN RAISE 'seen'; END IF; END $$`, role, commons, name)
				if _, err := db.ExecContext(t.Context(), seen); err != nil {
					t.Errorf("%s as %s, %q: %v", name, role, commons, err)
				}
				if count(t, db, `SELECT count(*) FROM `+name) == 0 && name != "idempotency_key" && name != "draft" {
					t.Errorf("%s is empty, so there was nothing to see", name)
				}
			}
		}
	}
	seen := `SET LOCAL ROLE phyle_app; SET LOCAL phyle.commons = '` + string(w.ana.Commons.ID) + `';
		DO $$ BEGIN IF EXISTS (SELECT FROM phyle.income) THEN RAISE 'seen'; END IF; END $$`
	if _, err := db.ExecContext(t.Context(), seen); err == nil || !strings.Contains(err.Error(), "seen") {
		t.Errorf("its own commons sees nothing either: %v", err)
	}
}

// A connection that worked for one commons keeps nothing of it.
func TestNothingStays(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	db := w.store.Raw()
	db.SetMaxOpenConns(1)
	token := do[postgres.MadeToken](t)(w.store.CreateToken(t.Context(), &postgres.Act{By: w.ana}, ledger.NewToken{}))
	for name, use := range map[string]func() error{
		"write": func() error {
			_, err := w.store.RecordIncomes(t.Context(), w.act(), sale(t, "10.00", "2026-10-31"))
			return err
		},
		"authenticate": func() error { _, err := w.store.Authenticate(t.Context(), token.Secret); return err },
		"directory":    func() error { _, err := w.store.CommonsBySlug(t.Context(), "riverside"); return err },
		"refused":      func() error { _, err := w.store.Member(t.Context(), w.ana, "nobody"); return err },
	} {
		if got := code(use()); name != "refused" && got != "ok" {
			t.Errorf("%s: %s", name, got)
		}
		for _, setting := range []string{"phyle.commons", "phyle.token", "phyle.directory"} {
			if n := count(t, db, `SELECT length(coalesce(current_setting($1, true), ''))`, setting); n > 0 {
				t.Errorf("%s leaves %s", name, setting)
			}
		}
	}
}

// login makes a user in the role, or in none, with a database of their own, and returns
// addresses for them: of the books that there are, and of the new database.
func login(t *testing.T, db *sqlx.DB, role string) (address, own string) {
	t.Helper()
	directory, _, database := socket(t, db)
	user := "login_" + role + database
	options := ""
	if role != "" {
		options = ` IN ROLE ` + role
	}
	execute := func(statements ...string) {
		for _, statement := range statements {
			if _, err := db.ExecContext(context.Background(), statement); err != nil {
				t.Errorf("%s: %v", statement, err)
			}
		}
	}
	execute(`CREATE ROLE `+user+` LOGIN`+options, `CREATE DATABASE own_`+user+` OWNER `+user)
	t.Cleanup(func() {
		execute(`DROP DATABASE own_`+user+` WITH (FORCE)`, `DROP OWNED BY `+user, `DROP ROLE `+user)
	})
	u := do[*url.URL](t)(url.Parse(through(t, db, directory)))
	u.User = url.User(user)
	address = u.String()
	u.Path = "/own_" + user
	return address, u.String()
}

// Somebody who signs in without being a superuser is held to the commons everywhere, and
// everything works: also what is asked before a commons is known.
func TestPlainLogin(t *testing.T) {
	t.Parallel()
	db := riverside(t).store.Raw()
	address, _ := login(t, db, "phyle_app")
	store := openAt(t, address)
	founded := do[postgres.Founded](t)(store.CreateCommons(t.Context(), &postgres.Act{By: postgres.Caller{Instance: true}},
		ledger.Commons{Slug: "hill", Name: "Hill", Currency: "USD", TimeZone: "UTC"},
		ledger.NewMember{Handle: "eva", Name: "Eva", Stage: ledger.FullPart}))
	instance := do[postgres.MadeToken](t)(store.CreateInstanceToken(t.Context(), ledger.NewToken{})).Secret
	if by := do[postgres.Caller](t)(store.Authenticate(t.Context(), instance)); !by.Instance {
		t.Errorf("the token of the instance acts for %+v", by)
	}
	want := postgres.Caller{Commons: founded.Commons, Member: founded.Member.ID, Handle: "eva"}
	got := do[postgres.Caller](t)(store.Authenticate(t.Context(), founded.Token))
	want.Token, want.Scopes = got.Token, ledger.Scopes()
	want.Commons.Visibility = ledger.Visibility{} // it is read with the rights
	if diff := cmp.Diff(want, got); diff != "" || got.Token == "" {
		t.Error(diff)
	}
	var slugs []string
	if err := store.EveryCommons(t.Context(), func(c ledger.Commons) error {
		slugs = append(slugs, c.Slug)
		return nil
	}); err != nil {
		t.Error(err)
	}
	i := do[postgres.Inspection](t)(store.Inspect(t.Context()))
	said := fmt.Sprintln(slugs, i.Role, i.Superuser, i.Unbound, i.Open, i.InstanceTokens, i.Recorded.Equal(now))
	if diff := cmp.Diff("[hill riverside] phyle_app false false [] 1 true\n", said); diff != "" {
		t.Error(diff)
	}
	if n := count(t, store.Raw(), `SELECT count(*) FROM token`) + count(t, store.Raw(), `SELECT count(*) FROM commons`); n > 0 {
		t.Errorf("%d tokens and commons are there for anybody", n)
	}
}

// Who migrates and who works can be two users, neither of whom may do the other's work.
func TestRolesApart(t *testing.T) {
	t.Parallel()
	db := riverside(t).store.Raw()
	_, own := login(t, db, "phyle_migrate")
	migrating := do[*sqlx.DB](t)(postgres.Connect(own))
	defer func() { _ = migrating.Close() }()
	for range 2 {
		if err := schema.Migrate(t.Context(), migrating.DB); err != nil {
			t.Fatal(err)
		}
	}
	address, _ := login(t, db, "phyle_app")
	u := do[*url.URL](t)(url.Parse(address))
	u.Path = do[*url.URL](t)(url.Parse(own)).Path
	w := riversideIn(t, openAt(t, u.String()))
	w.income("10.00", "2026-10-31")
	if got := refusal(asRole(t, w.store.Raw(), "", `ALTER TABLE posting ADD COLUMN note text`)); got != denied {
		t.Errorf("the app changes tables: %s", got)
	}
	if got := refusal(asRole(t, w.store.Raw(), "", `SET ROLE phyle_owner`)); got != denied {
		t.Errorf("the app becomes their owner: %s", got)
	}
	var owners []string
	err := migrating.SelectContext(t.Context(), &owners, `
		SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'phyle'`)
	if diff := cmp.Diff([]string{"phyle_owner"}, owners); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// Nobody signs in as a role unless an administrator lets them, and what they do then ends.
func TestRoleSettings(t *testing.T) {
	t.Parallel()
	db := riverside(t).store.Raw()
	type role struct {
		Name   string
		Strong bool
		Config string
	}
	var got []role
	err := db.SelectContext(t.Context(), &got, `
		SELECT rolname AS name, rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS strong,
		       coalesce(array_to_string(rolconfig, '; '), '') AS config
		  FROM pg_roles WHERE rolname LIKE 'phyle\_%' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]role{
		{Name: "phyle_app", Config: "statement_timeout=5s; lock_timeout=3s; idle_in_transaction_session_timeout=10s; " +
			"TimeZone=UTC; search_path=phyle, pg_temp"},
		{Name: "phyle_migrate"},
		{Name: "phyle_owner"},
		{Name: "phyle_report", Config: "statement_timeout=30s; lock_timeout=3s; idle_in_transaction_session_timeout=10s; " +
			"default_transaction_read_only=on; TimeZone=UTC; search_path=phyle, pg_temp"},
	}, got); diff != "" {
		t.Error(diff)
	}
}

// Where one user owns everything the commons are kept apart all the same.
func TestOneOwner(t *testing.T) {
	t.Parallel()
	_, own := login(t, riverside(t).store.Raw(), "")
	db := do[*sqlx.DB](t)(postgres.Connect(own))
	defer func() { _ = db.Close() }()
	if err := schema.Migrate(t.Context(), db.DB); err != nil {
		t.Fatal(err)
	}
	w := riversideIn(t, openAt(t, own))
	w.october()
	w.post(w.draft("2026-10-31"))
	i := do[postgres.Inspection](t)(w.store.Inspect(t.Context()))
	if i.Role != i.Login || i.Unbound || len(i.Open) > 0 {
		t.Errorf("%+v", i)
	}
	for _, name := range isolated(t, w.store.Raw()) {
		if n := count(t, w.store.Raw(), `SELECT count(*) FROM `+name); n > 0 {
			t.Errorf("%d rows of %s are there for anybody", n, name)
		}
	}
}

// A statement without a WHERE reads and changes its own commons only, and one that adds
// to another is refused.
func TestForgottenCommons(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	db := w.store.Raw()
	w.clock(now.AddDate(0, 0, 1))
	founded := do[postgres.Founded](t)(w.store.CreateCommons(t.Context(), &postgres.Act{By: postgres.Caller{Instance: true}},
		ledger.Commons{Slug: "hill", Name: "Hill", Currency: "EUR", TimeZone: "UTC"},
		ledger.NewMember{Handle: "eva", Name: "Eva", Stage: ledger.FullPart}))
	hill := string(founded.Commons.ID)
	const (
		refused = "insufficient_privilege"
		token   = `INSERT INTO token (token_hash, token_id, label, created_at, expires_at, commons_id, member_id, scopes)
			SELECT sha256('a'), gen_random_uuid(), 'mine', now(), now(), `
	)
	for _, c := range []struct{ do, want string }{
		{`UPDATE commons SET name = 'Ours'`, "done"},
		{`DELETE FROM token`, "done"},
		{`INSERT INTO area SELECT '` + hill + `', gen_random_uuid(), 'lab', 'Lab', now()`, refused},
		{token + `'` + hill + `', '` + string(founded.Member.ID) + `', '{ledger:read}'`, refused},
		{token + `NULL, NULL, '{instance:admin}'`, refused},
	} {
		if diff := cmp.Diff(c.want, refusal(asRole(t, db, "phyle_app", c.do))); diff != "" {
			t.Errorf("%s: %s", c.do, diff)
		}
	}
	left := count(t, db, `SELECT count(*) FROM token`)*10 + count(t, db, `SELECT count(*) FROM commons WHERE name = 'Hill'`)
	if left != 11 {
		t.Errorf("one token and one name are left, not %d", left)
	}
}

package postgres_test

import (
	"errors"
	"fmt"
	"net/url"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
)

// tables returns every table of the schema but the migrations' own.
func tables(t testing.TB, db *sqlx.DB) []string {
	t.Helper()
	var names []string
	err := db.SelectContext(t.Context(), &names, `
		SELECT c.relname FROM pg_class AS c
		 WHERE c.relnamespace = 'phyle'::regnamespace AND c.relkind IN ('r', 'p')
		   AND c.relname <> 'schema_version' ORDER BY c.relname`)
	if err != nil || len(names) == 0 {
		t.Fatalf("tables: %d, %v", len(names), err)
	}
	return names
}

// state returns, for each table, how many rows it has and a hash of all of them:
// journal head and balances included. What the audit trail says of refusals is left out,
// and when tokens were used: both are written aside, by design.
func state(t testing.TB, db *sqlx.DB) map[string]string {
	t.Helper()
	rows := map[string]string{}
	for _, name := range tables(t, db) {
		if name == "token_use" {
			continue
		}
		var hash string
		err := db.GetContext(t.Context(), &hash, fmt.Sprintf(`
			SELECT count(*) || ' rows ' || md5(coalesce(string_agg(r::text, E'\n' ORDER BY r::text), ''))
			  FROM (SELECT to_jsonb(r) - 'audit' AS r FROM phyle.%s AS r
			         WHERE to_jsonb(r) ->> 'outcome' IS DISTINCT FROM 'refused') AS r`, name))
		if err != nil {
			t.Fatalf("state of %s: %v", name, err)
		}
		rows[name] = hash
	}
	return rows
}

// count returns the number that the query answers.
func count(t testing.TB, db *sqlx.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := db.GetContext(t.Context(), &n, query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// code returns the code of a refusal, "ok" for none and the text of any other
// error, which is our own fault.
func code(err error) string {
	var refusal *ledger.Error
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, postgres.ErrReplayed):
		return "replayed"
	case errors.As(err, &refusal):
		return refusal.Code
	}
	return err.Error()
}

func wantCode(t testing.TB, want string, err error) {
	t.Helper()
	if diff := cmp.Diff(want, code(err)); diff != "" {
		t.Error(diff)
	}
}

// atOnce calls f n times at once and counts the codes of what it returns. On a slow
// machine some may be told to try again; nothing was done then, and they do.
func atOnce(n int, f func(i int) error) map[string]int {
	codes := make([]string, n)
	var start, end sync.WaitGroup
	start.Add(1)
	for i := range n {
		end.Go(func() {
			start.Wait()
			for range 20 {
				codes[i] = code(f(i))
				if codes[i] != "busy" && codes[i] != "timeout" {
					return
				}
			}
		})
	}
	start.Done()
	end.Wait()
	tally := map[string]int{}
	for _, c := range codes {
		tally[c]++
	}
	return tally
}

// wantRefusals fails unless exactly one of n went through and every other got one
// of the codes.
func wantRefusals(t testing.TB, tally map[string]int, n int, codes ...string) {
	t.Helper()
	refused := 0
	for _, c := range codes {
		refused += tally[c]
	}
	if tally["ok"] != 1 || refused != n-1 {
		t.Errorf("of %d attempts one goes through and the others get one of %q; got %v", n, codes, tally)
	}
}

// socket returns the directory and the name of the socket that the database
// listens on, and the database.
func socket(t testing.TB, db *sqlx.DB) (directory, name, database string) {
	t.Helper()
	var port, user string
	err := db.QueryRowxContext(t.Context(), `
		SELECT split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'),
		       current_user, current_database()`).Scan(&directory, &port, &user, &database)
	if err != nil {
		t.Fatal(err)
	}
	return directory, ".s.PGSQL." + port, database
}

// through returns the address of the same database over the socket of the same
// name in another directory.
func through(t testing.TB, db *sqlx.DB, directory string) string {
	t.Helper()
	_, name, database := socket(t, db)
	var user string
	if err := db.GetContext(t.Context(), &user, `SELECT session_user`); err != nil {
		t.Fatal(err)
	}
	query := url.Values{"host": {directory}, "port": {name[len(".s.PGSQL."):]}, "sslmode": {"disable"}}
	return "postgres://" + url.PathEscape(user) + "@/" + database + "?" + query.Encode()
}

// accept accepts contributions as Bo, or as Ana those that Bo gave.
func (w *world) accept(by postgres.Caller, ids ...ledger.ContributionID) {
	w.Helper()
	do[[]ledger.Contribution](w.T)(w.store.DecideContributions(w.Context(), w.actAs(by), ids, ledger.Accept, ""))
}

// move records one move of money.
func (w *world) move(m ledger.Move) ledger.Entry {
	w.Helper()
	return do[[]ledger.Entry](w.T)(w.store.MoveMoney(w.Context(), w.act(), []ledger.Move{m}))[0]
}

// tryMove records one move of money that may be refused.
func (w *world) tryMove(m ledger.Move) error {
	_, err := w.store.MoveMoney(w.Context(), w.act(), []ledger.Move{m})
	return err
}

// tryDraft drafts what may be refused.
func (w *world) tryDraft(request postgres.DistributionRequest) error {
	_, err := w.store.DraftDistributions(w.Context(), w.act(), []postgres.DistributionRequest{request})
	return err
}

// tryPost posts what may be refused.
func (w *world) tryPost(d postgres.Distribution) error {
	_, err := w.store.PostDistribution(w.Context(), w.act(), d.ID, d.Digest)
	return err
}

// reverse takes a distribution back, today.
func (w *world) reverse(d postgres.Distribution) postgres.Distribution {
	w.Helper()
	return do[postgres.Distribution](w.T)(
		w.store.ReverseDistribution(w.Context(), w.act(), d.ID, ledger.Date{}, "by mistake"))
}

// adoptFor adopts rules for an area.
func (w *world) adoptFor(area, rules, from string) postgres.Agreement {
	w.Helper()
	a := do[postgres.Agreement](w.T)(
		w.store.CreateAgreement(w.Context(), w.act(), area, []byte(rules), agreement.YAML))
	return do[postgres.Agreement](w.T)(w.store.AdoptAgreement(w.Context(), w.act(), a.ID,
		consent(date(w.T, from), date(w.T, "2025-12-20"))))
}

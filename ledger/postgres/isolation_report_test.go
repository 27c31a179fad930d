package postgres_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// The views of reports show all of a commons that is named, and nothing of any other.
func TestReportViews(t *testing.T) {
	t.Parallel()
	w := rich(t)
	db := w.store.Raw()
	do[postgres.Founded](t)(w.store.CreateCommons(t.Context(), &postgres.Act{By: postgres.Caller{Instance: true}},
		ledger.Commons{Slug: "hill", Name: "Hill", Currency: "EUR", TimeZone: "UTC"},
		ledger.NewMember{Handle: "eva", Name: "Eva", Stage: ledger.FullPart}))
	tx := do[*sqlx.Tx](t)(db.BeginTxx(t.Context(), nil))
	defer func() { _ = tx.Rollback() }()
	rows := func(name, where string) (n int) {
		t.Helper()
		if err := tx.GetContext(t.Context(), &n, `SELECT count(*) FROM phyle.`+name+where); err != nil {
			t.Fatal(err)
		}
		return n
	}
	set := func(role, commons string) {
		t.Helper()
		if _, err := tx.ExecContext(t.Context(), `
			SELECT set_config('role', $1, true), set_config('phyle.commons', $2, true)`, role, commons); err != nil {
			t.Fatal(err)
		}
	}
	var views []string
	err := tx.SelectContext(t.Context(), &views, `
		SELECT relname FROM pg_class WHERE relnamespace = 'phyle'::regnamespace AND relkind = 'v' ORDER BY 1`)
	if diff := cmp.Diff([]string{"report_allocation", "report_balance", "report_contribution", "report_distribution",
		"report_income", "report_member", "report_posting"}, views); diff != "" || err != nil {
		t.Fatal(diff, err)
	}
	for _, view := range views {
		set("none", "")
		want := rows(view[len("report_"):], ` WHERE commons_id = '`+string(w.ana.Commons.ID)+`'`)
		set("phyle_report", string(w.ana.Commons.ID))
		if got := rows(view, ""); got != want || got == 0 {
			t.Errorf("%s has %d rows of %d", view, got, want)
		}
		set("phyle_report", "")
		if got := rows(view, ""); got != 0 {
			t.Errorf("%s shows %d rows of all commons", view, got)
		}
	}
}

// Who makes reports reads what the views need, writes nothing, and sees nothing that
// somebody wrote about somebody.
func TestReportRights(t *testing.T) {
	t.Parallel()
	db := riverside(t).store.Raw()
	for _, name := range tables(t, db) {
		writes := count(t, db, `SELECT (
			has_any_column_privilege('phyle_report', $1, 'INSERT') OR has_any_column_privilege('phyle_report', $1, 'UPDATE')
			OR has_table_privilege('phyle_report', $1, 'DELETE') OR has_table_privilege('phyle_report', $1, 'TRUNCATE'))::int`,
			"phyle."+name)
		if writes > 0 {
			t.Errorf("it writes in %s", name)
		}
	}
	var columns []string
	err := db.SelectContext(t.Context(), &columns, `
		SELECT c.relname || '.' || a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
		 WHERE c.relnamespace = 'phyle'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
		   AND has_column_privilege('phyle_report', a.attrelid, a.attnum, 'SELECT')`)
	if err != nil || len(columns) < 50 {
		t.Fatalf("it reads %d columns: %v", len(columns), err)
	}
	for _, private := range []string{"member.name", "contribution.note", "contribution.evidence", "income.payer",
		"income.note", "income.document", "entry.memo", "entry.payee", "entry.document", "token.token_hash",
		"idempotency_key.body", "vote.reason", "commons.name"} {
		if slices.Contains(columns, private) {
			t.Errorf("it reads %s", private)
		}
	}
}

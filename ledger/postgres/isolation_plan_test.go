package postgres_test

import (
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"phyle/ledger/postgres"
)

// Row-level security keeps no condition from the indexes: what the statements that meet
// many rows ask for by number, day or account is found, and not picked out row by row.
func TestIndexesUnderIsolation(t *testing.T) {
	t.Parallel()
	w := rich(t)
	commons := string(w.ana.Commons.ID)
	for _, c := range []struct {
		name, query string
		args        []any
		want        []string
	}{
		{
			"weights", postgres.CountedRows, []any{commons, 90, "2026-11-30", 85, "2026-10-31", nil},
			[]string{"(performed_on > '2026-10-31'::date)"},
		},
		{
			"register", `
				SELECT amount FROM posting AS p JOIN entry AS e USING (commons_id, sequence)
				 WHERE p.commons_id = $1 AND p.account_id = $2
				   AND (p.date, p.sequence, p.ordinal) > ($3::date, $4::bigint, 0)
				 ORDER BY p.date, p.sequence, p.ordinal LIMIT 50`,
			[]any{commons, commons, "2026-10-31", 7},
			[]string{"AND (ROW(date, sequence, ordinal) > ROW('2026-10-31'::date, '7'::bigint, 0))"},
		},
		{
			"feed", `SELECT number FROM event WHERE commons_id = $1 AND number > $2 ORDER BY number LIMIT 50`,
			[]any{commons, 7}, []string{"(number > '7'::bigint)"},
		},
		{
			"contributions of a member", `SELECT note FROM contribution WHERE commons_id = $1 AND member_id = $2
				AND performed_on >= $3`,
			[]any{commons, commons, "2026-10-31"}, []string{"AND (performed_on >= '2026-10-31'::date)"},
		},
	} {
		plan := w.plan(c.query, c.args...)
		for _, want := range c.want {
			if !strings.Contains(plan, want) {
				t.Errorf("%s: there is no %s in\n%s", c.name, want, plan)
			}
		}
	}
}

// plan returns the conditions on indexes with which the app would look for many rows.
func (w *world) plan(query string, args ...any) string {
	w.Helper()
	tx := do[*sqlx.Tx](w.T)(w.store.Raw().BeginTxx(w.Context(), nil))
	defer func() { _ = tx.Rollback() }()
	_, err := tx.ExecContext(w.Context(), `
		SELECT set_config('role', 'phyle_app', true), set_config('phyle.commons', $1, true),
		       set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)`,
		string(w.ana.Commons.ID))
	if err != nil {
		w.Fatal(err)
	}
	var lines, conditions []string
	if err := tx.SelectContext(w.Context(), &lines, `EXPLAIN `+query, args...); err != nil {
		w.Fatal(err)
	}
	for _, line := range lines {
		if strings.Contains(line, "Index Cond") {
			conditions = append(conditions, line)
		}
	}
	return strings.Join(conditions, "\n")
}

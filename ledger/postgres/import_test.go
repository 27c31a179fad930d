package postgres_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// rowsOf yields the rows of a text.
func rowsOf(text string) postgres.ImportRows {
	return rowsFrom(func() io.Reader { return strings.NewReader(text) })
}

func rowsFrom(open func() io.Reader) postgres.ImportRows {
	return func(yield func(ledger.ImportRow, error) bool) {
		r, err := ledger.NewImportReader(open(), ledger.ImportFormat{})
		for err == nil {
			var row ledger.ImportRow
			if row, err = r.Next(); err == nil && !yield(row, nil) {
				return
			}
		}
		if !errors.Is(err, io.EOF) {
			yield(ledger.ImportRow{}, err)
		}
	}
}

// fileOf describes a text with so many rows.
func fileOf(text string, rows int) ledger.ImportFile {
	return ledger.ImportFile{Name: "october.csv", Rows: rows,
		Digest: fmt.Sprintf("%x", sha256.Sum256([]byte(text)))}
}

const heading = "member,kind,quantity,date,area,note,external_ref\n"

// imports imports the lines below the heading as Bo.
func (w *world) imports(lines string) (ledger.Import, error) {
	return w.store.ImportContributions(w.Context(), w.actAs(w.bo),
		fileOf(lines, strings.Count(lines, "\n")), rowsOf(heading+lines))
}

func TestImport(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	i := do[ledger.Import](t)(w.imports("ana,work,7.5,2026-10-05,,=1+1,sheet-1\n" +
		"bo,care,2,2026-10-05,,,sheet-2\n" +
		"cy,materials,40.01,2026-10-06,,,\n"))
	if diff := cmp.Diff([]string{"october.csv", "bo", "3"}, []string{i.File, i.By, fmt.Sprint(i.Rows)}); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, c := range do[[]ledger.Contribution](t)(w.store.Contributions(t.Context(), w.ana,
		postgres.ContributionFilter{Limit: 10})) {
		got = append(got, fmt.Sprintf("%s %s %s %s %s %q %q by %s", c.Member, c.Kind, c.Quantity, c.Date, c.State,
			c.Note, c.ExternalRef, c.LoggedBy))
	}
	if diff := cmp.Diff([]string{
		`cy materials 40.01 2026-10-06 accepted "" "" by bo`,
		`bo care 2 2026-10-05 logged "" "sheet-2" by bo`,
		`ana work 7.5 2026-10-05 accepted "=1+1" "sheet-1" by bo`,
	}, got); diff != "" {
		t.Error(diff)
	}
	list := do[[]ledger.Import](t)(w.store.Imports(t.Context(), w.ana, 10))
	if len(list) != 1 || list[0].ID != i.ID || list[0].Undo != nil {
		t.Errorf("listed are %v", list)
	}
	if diff := cmp.Diff("40.01", w.claims("")[0].Outstanding); diff != "" {
		t.Error(diff)
	}
	_, err := w.store.LogContributions(t.Context(), w.act(), []ledger.NewContribution{{Member: "ana", Kind: "work",
		Quantity: eur("1").Amount, Date: date(t, "2026-10-07"), ExternalRef: "sheet-1"}})
	wantCode(t, "external_ref_taken", err)
}

// Everything that is wrong is said, row by row, and nothing is written.
func TestImportRefusesRows(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.log("ana", "work", "20", "2026-10-05")
	do[ledger.Import](t)(w.imports("ana,work,1,2026-10-01,,,taken\n"))
	before := state(t, w.store.Raw())
	lines := "ana,work,4,2026-10-05,,,a\n" + // 24 in all
		"ana,work,0.5,2026-10-05,,,b\n" +
		"ana,work,0.5,2026-10-06,,,a\n" +
		"nobody,work,1,2026-10-06,,,\n" +
		"ana,wrok,1,2026-10-06,attic,,taken\n" +
		",work,0,2027-10-06,,,\n" +
		"ana,care,30,2026-10-06,,,\n" +
		"bo,work,1\n"
	p := do[ledger.ImportPreview](t)(w.store.CheckImport(t.Context(), w.bo, rowsOf(heading+lines)))
	var got []string
	for _, row := range p.Wrong {
		for _, wrong := range row.Wrong {
			got = append(got, fmt.Sprintf("%d%s %s", row.Line, wrong.Pointer, wrong.Code))
		}
	}
	if diff := cmp.Diff([]string{
		"3/quantity too_many_hours", "4/external_ref external_ref_taken", "5/member unknown_member",
		"6/area unknown_area", "6/kind unknown_kind", "6/external_ref external_ref_taken",
		"7/date invalid_date", "7/member required", "7/quantity not_positive",
		"8/quantity too_many_hours", "9 import_cells",
	}, got); diff != "" {
		t.Error(diff)
	}
	if p.Rows != 8 || p.Bad != 7 {
		t.Errorf("%d rows, %d bad", p.Rows, p.Bad)
	}
	if diff := cmp.Diff([]ledger.ImportCount{{Member: "ana", Kind: "work", Rows: 1, Quantity: eur("4").Amount}},
		p.Counts()); diff != "" {
		t.Error(diff)
	}
	_, err := w.imports(lines)
	wantCode(t, "too_many_hours", err)
	var refusal *ledger.Error
	if !errors.As(err, &refusal) || refusal.Fields[0].Pointer != "/lines/3/quantity" {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Error(diff)
	}
}

// What is not a steward's is not imported, and a file that changes meanwhile, that is
// in already or has nothing in it is refused whole.
func TestImportRefusesFiles(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	ctx := t.Context()
	const lines = "ana,work,1,2026-10-05,,,\n"
	do[ledger.Import](t)(w.imports(lines))
	before := state(t, w.store.Raw())
	_, err := w.imports(lines)
	wantCode(t, "already_imported", err)
	_, err = w.store.ImportContributions(ctx, w.actAs(w.cy), fileOf("x", 1), rowsOf(heading+lines))
	wantCode(t, "forbidden", err)
	_, err = w.store.CheckImport(ctx, w.cy, rowsOf(heading+lines))
	wantCode(t, "forbidden", err)
	_, err = w.store.ImportContributions(ctx, w.actAs(w.bo), fileOf("x", 2), rowsOf(heading+lines))
	wantCode(t, "import_changed", err)
	_, err = w.store.ImportContributions(ctx, w.actAs(w.bo), fileOf("x", 0), rowsOf(heading))
	wantCode(t, "import_empty", err)
	_, err = w.store.ImportContributions(ctx, w.actAs(w.bo), fileOf("x", 1), rowsOf("member\n"))
	wantCode(t, "import_heading", err)
	_, err = w.store.UndoImport(ctx, w.actAs(w.bo), ledger.ImportID(w.bo.Member), "no such import", nil)
	wantCode(t, "not_found", err)
	act := w.actAs(w.bo)
	act.DryRun = true
	do[ledger.Import](t)(w.store.ImportContributions(ctx, act, fileOf("x", 1), rowsOf(heading+lines)))
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Error(diff)
	}
}

// Undoing withdraws and reverses what stands, and lets the file be imported again.
func TestUndoImport(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	ctx := t.Context()
	const lines = "ana,work,7.5,2026-10-05,,,sheet-1\n" +
		"ana,materials,12.50,2026-10-05,,,sheet-2\n" +
		"bo,care,2,2026-10-05,,,sheet-3\n" +
		"cy,care,3,2026-10-05,,,sheet-4\n" +
		"cy,work,4,2026-10-05,,,sheet-5\n"
	i := do[ledger.Import](t)(w.imports(lines))
	all := do[[]ledger.Contribution](t)(w.store.Contributions(ctx, w.ana, postgres.ContributionFilter{Limit: 10}))
	do[[]ledger.Contribution](t)(w.store.DecideContributions(ctx, w.act(),
		[]ledger.ContributionID{all[1].ID}, ledger.Decline, "not agreed"))
	do[[]ledger.Contribution](t)(w.store.ReverseContributions(ctx, w.act(),
		[]ledger.ContributionID{all[0].ID}, "twice"))
	_, err := w.store.UndoImport(ctx, w.actAs(w.cy), i.ID, "wrong file", nil)
	wantCode(t, "forbidden", err)
	_, err = w.store.UndoImport(ctx, w.actAs(w.bo), i.ID, "", nil)
	wantCode(t, "required", err)
	undone := do[ledger.Import](t)(w.store.UndoImport(ctx, w.actAs(w.bo), i.ID, "wrong file", nil))
	if undone.Undo == nil || undone.Undo.Withdrawn != 1 || undone.Undo.Reversed != 2 {
		t.Errorf("undone: %+v", undone.Undo)
	}
	_, err = w.store.UndoImport(ctx, w.actAs(w.bo), i.ID, "again", nil)
	wantCode(t, "already_undone", err)
	if diff := cmp.Diff([]claimed{}, w.claims("")); diff != "" {
		t.Error(diff)
	}
	listed := do[[]ledger.Import](t)(w.store.Imports(ctx, w.ana, 10))
	if diff := cmp.Diff(undone, listed[0]); diff != "" {
		t.Error(diff)
	}
	again := do[ledger.Import](t)(w.imports(lines))
	if again.ID == i.ID {
		t.Error("it is the same import")
	}
	_, err = w.imports(lines)
	wantCode(t, "already_imported", err)
	do[ledger.Import](t)(w.store.UndoImport(ctx, w.act(), again.ID, "wrong again", nil))
	do[ledger.Import](t)(w.imports(lines))
}

// Once money was divided by a row the import stands, until that is reversed. What was
// performed or accepted later does not count.
func TestUndoImportUntilDistributed(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	ctx := t.Context()
	w.adopt(riversideRules, "2026-01-01")
	undo := func(i ledger.Import) error {
		_, err := w.store.UndoImport(ctx, w.actAs(w.bo), i.ID, "wrong file", nil)
		return err
	}
	w.log("ana", "work", "1", "2026-10-05")
	hours := do[ledger.Import](t)(w.imports("ana,work,7.5,2026-10-05,,,\nbo,care,1,2026-10-05,,,\n"))
	later := do[ledger.Import](t)(w.imports("ana,work,2,2026-11-02,,,\n"))
	w.income("100.00", "2026-10-20")
	posted := w.post(w.draft("2026-10-31"))
	after := do[ledger.Import](t)(w.imports("ana,work,3,2026-10-06,,,\n"))
	wantCode(t, "import_distributed", undo(hours))
	wantCode(t, "ok", undo(later))
	wantCode(t, "ok", undo(after))
	w.reverse(posted)
	wantCode(t, "ok", undo(hours))

	// A promise that was paid stays, whenever it was performed.
	promise := do[ledger.Import](t)(w.imports("ana,materials,10.00,2026-11-03,,,\n"))
	other := do[ledger.Import](t)(w.imports("bo,work,1,2026-11-04,,,\n"))
	w.post(w.draft("2026-10-31"))
	wantCode(t, "import_distributed", undo(promise))
	wantCode(t, "ok", undo(other))
}

// A wrong row at the end leaves nothing of many batches, and the books as they were.
func TestImportIsWhole(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	before := state(t, w.store.Raw())
	lines := manyLines(10_500)
	_, err := w.imports(lines + "ana,work,x,2026-10-05,,,\n")
	wantCode(t, "malformed_amount", err)
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Error(diff)
	}
	i := do[ledger.Import](t)(w.imports(lines))
	var heard [][2]int
	undone := do[ledger.Import](t)(w.store.UndoImport(t.Context(), w.act(), i.ID, "wrong",
		func(done, all int) { heard = append(heard, [2]int{done, all}) }))
	if diff := cmp.Diff([][2]int{{0, 10_500}, {10_000, 10_500}}, heard); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(10_500, undone.Undo.Withdrawn+undone.Undo.Reversed); diff != "" {
		t.Error(diff)
	}
}

// at yields the rows and does something before the row of the number, once.
func at(rows postgres.ImportRows, number int, do func()) postgres.ImportRows {
	done := false
	return func(yield func(ledger.ImportRow, error) bool) {
		n := 0
		for row, err := range rows {
			if n++; n == number && !done {
				done = true
				do()
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// An import that is cut off in the middle leaves nothing, and can be run again; one
// whose connection is lost begins again by itself, and doubles nothing.
func TestImportCutOff(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	lines := manyLines(10_200)
	file := fileOf(lines, 10_200)
	before := state(t, w.store.Raw())
	ctx, cancel := context.WithCancel(t.Context())
	_, err := w.store.ImportContributions(ctx, w.actAs(w.bo), file, at(rowsOf(heading+lines), 10_100, cancel))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Error(diff)
	}
	do[ledger.Import](t)(w.store.ImportContributions(t.Context(), w.actAs(w.bo), file,
		at(rowsOf(heading+lines), 10_100, func() {
			_, err := w.store.Raw().ExecContext(t.Context(), `
				SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				 WHERE datname = current_database() AND state = 'idle in transaction'`)
			if err != nil {
				t.Error(err)
			}
		})))
	if n := count(t, w.store.Raw(), `SELECT count(*) FROM contribution`); n != 10_200 {
		t.Errorf("%d contributions", n)
	}
}

// An import reads in proportion to its rows, whatever the database planned or counted
// before: while the tables were small, or when the rows of an import that was given up
// were all there was.
func TestImportReadsInProportion(t *testing.T) {
	t.Parallel()
	const rows = 3000
	lines := manyLines(rows)
	for name, before := range map[string]func(t *testing.T, w *world){
		"after plans for small tables": func(t *testing.T, w *world) {
			for i := range 10 {
				few := fmt.Sprintf("ana,materials,1,2026-10-01,,few,\nbo,work,1,2026-10-%02d,,few,\n", i+1)
				do[ledger.Import](t)(w.imports(few))
				if i == 0 {
					analyze(t, w.store.Raw())
				}
			}
		},
		"after one that was given up": func(t *testing.T, w *world) {
			_, err := w.store.ImportContributions(t.Context(), w.actAs(w.bo), fileOf(lines, rows+1),
				rowsOf(heading+lines))
			wantCode(t, "import_changed", err)
			analyze(t, w.store.Raw())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := riverside(t)
			before(t, w)
			do[ledger.Import](t)(w.imports(lines))
			if n := rowsRead(t, w.store.Raw()) / rows; n > 150 {
				t.Errorf("the database read %d rows for each row of the file", n)
			}
		})
	}
}

func analyze(t *testing.T, db *sqlx.DB) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), `ANALYZE`); err != nil {
		t.Fatal(err)
	}
}

// rowsRead ends all connections, for only then has each told what it read, and returns
// how many rows the database has read of our tables in all.
func rowsRead(t *testing.T, db *sqlx.DB) int {
	t.Helper()
	db.SetMaxIdleConns(0)
	for count(t, db, `
		SELECT count(*) FROM pg_stat_activity
		 WHERE datname = current_database() AND backend_type = 'client backend'
		   AND pid <> pg_backend_pid()`) > 0 {
		time.Sleep(10 * time.Millisecond)
	}
	return count(t, db, `
		SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables`)
}

// manyLines returns lines of work, care and materials, spread over three members and
// ten years.
func manyLines(n int) string {
	var text strings.Builder
	members, kinds := []string{"ana", "bo", "cy"}, []string{"work", "work", "work", "care", "materials"}
	day := time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		fmt.Fprintf(&text, "%s,%s,0.%02d,%s,,row %d,ref-%d\n", members[i%3], kinds[i%5], i%50+1,
			day.AddDate(0, 0, i%3650).Format(time.DateOnly), i, i)
	}
	return text.String()
}

var big = flag.Int("import", 0, "import so many rows in TestImportLarge")

// TestImportLarge measures a large import: go test ./ledger/postgres -run
// TestImportLarge -import 100000 -v.
func TestImportLarge(t *testing.T) {
	if *big == 0 {
		t.Skip("give -import")
	}
	w := riverside(t)
	lines := manyLines(*big)
	began := time.Now()
	lap := func(what string) {
		t.Logf("%s: %s", what, time.Since(began).Round(time.Millisecond))
		began = time.Now()
	}
	p := do[ledger.ImportPreview](t)(w.store.CheckImport(t.Context(), w.bo, rowsOf(heading+lines)))
	if p.Bad != 0 {
		t.Fatalf("%d bad: %v", p.Bad, p.Wrong[0].Wrong)
	}
	lap("checked")
	i := do[ledger.Import](t)(w.imports(lines))
	lap("imported")
	do[ledger.Import](t)(w.store.UndoImport(t.Context(), w.act(), i.ID, "wrong", nil))
	lap("undone")
}

package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/report"
)

// preview is of a file whose cells try to steer the terminal and whose rows are wrong
// more often than is shown.
func preview() (ledger.ImportLayout, ledger.ImportPreview) {
	layout := ledger.ImportLayout{Separator: ';', Columns: []ledger.ImportColumn{
		{Heading: "Person", Name: "member"}, {Heading: "What\x1b[31m", Name: "kind"},
		{Heading: "Hours", Name: "quantity"}, {Heading: "Day", Name: "date"}, {Heading: "Invoice no"},
		{Heading: "Note", Name: "note"},
	}}
	var p ledger.ImportPreview
	for i := range 70 {
		row := ledger.ImportRow{Line: i + 2, NewContribution: ledger.NewContribution{
			Member: fmt.Sprintf("member-%02d", i), Kind: "work", Quantity: decimal.New(15, -1),
			Date: day("2026-10-05"), Note: "one\ntwo\x1b]0;title\x07\u202e and many more words about it"}}
		p.Add(row)
		row.Wrong.Add("/quantity", "too_many_hours", "That is too much.\x1b[2J")
		if i == 0 {
			row.Wrong.Add("/member", "unknown_member", "There is no member of that name.")
			row.Wrong.Add("", "import_cells", "There are 3 cells in this row and 6 headings.")
		}
		p.Add(row)
	}
	return layout, p
}

func TestImportPreview(t *testing.T) {
	t.Parallel()
	layout, p := preview()
	format := ledger.ImportFormat{Decimal: ledger.DecimalComma, Dates: "DD.MM.YYYY"}
	var out bytes.Buffer
	if err := report.ImportText(&out, "october\x1b.csv", format, layout, p); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "import.txt")
	if *update {
		if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Error(diff)
	}
	if strings.ContainsAny(out.String(), "\x1b\x07\u202e") {
		t.Error("a cell reaches the terminal as it is")
	}
	text, err := json.Marshal(report.Import("october.csv", layout, p))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"rows":140,"bad":70`, `{"heading":"Invoice no"}`, `{"kind":"work","member":"member-00","rows":1,"quantity":"1.5"}`,
		`{"line":2,"column":3,"heading":"Hours","code":"too_many_hours"`, `{"line":2,"code":"import_cells"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in %.600s", want, text)
		}
	}
}

func TestImportList(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 5, 9, 0, 0, 0, time.UTC)
	first := ledger.Import{ID: "0198d5f0-0000-7000-8000-000000000001", File: "a.csv", Rows: 3, By: "bo",
		At: at, Undo: &ledger.ImportUndo{At: at.AddDate(0, 0, 1)}}
	second := ledger.Import{ID: "0198d5f0-0000-7000-8000-000000000002", File: "b\x1b.csv", Rows: 12,
		By: "ana", At: at}
	var out bytes.Buffer
	if err := report.ImportsText(&out, []ledger.Import{second, first}); err != nil {
		t.Fatal(err)
	}
	want := "import                          on          by   rows  undone      file\n" +
		second.ID.String() + "  2026-11-05  ana  12                b\ufffd.csv\n" +
		first.ID.String() + "  2026-11-05  bo   3     2026-11-06  a.csv\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	out.Reset()
	if err := report.ImportsText(&out, nil); err != nil || out.String() != "No file was imported yet.\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

package ledger_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
)

// readImport returns what is in the rows of a file, as text, or the refusal.
func readImport(in io.Reader, format ledger.ImportFormat) (layout string, rows []string) {
	r, err := ledger.NewImportReader(in, format)
	if err != nil {
		return err.Error(), nil
	}
	var names []string
	for _, c := range r.Layout().Columns {
		names = append(names, c.Name)
	}
	layout = fmt.Sprintf("%q %s", r.Layout().Separator, strings.Join(names, " "))
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return layout, rows
		}
		if err != nil {
			return layout, append(rows, err.Error())
		}
		text := fmt.Sprintf("%d: %s %s %s %s", row.Line, row.Member, row.Kind, row.Quantity, row.Date)
		for _, more := range []string{row.Area, row.Note, row.Evidence, row.ExternalRef} {
			if more != "" {
				text += fmt.Sprintf(" %q", more)
			}
		}
		for _, wrong := range row.Wrong {
			number, heading := r.Layout().Place(wrong.Pointer)
			text = fmt.Sprintf("%d.%d %s: %s", row.Line, number, heading, wrong.Code)
		}
		rows = append(rows, text)
	}
}

const plainLayout = "',' member kind quantity date"

func TestCase22_ImportReader(t *testing.T) {
	t.Parallel()
	const heading = "member,kind,quantity,date\n"
	for _, c := range []struct {
		name, text string
		format     ledger.ImportFormat
		layout     string
		rows       []string
	}{
		{"plain", heading + "ana,work,7.5,2026-10-05\n", ledger.ImportFormat{}, plainLayout,
			[]string{"2: ana work 7.5 2026-10-05"}},
		{"no last line break", heading + "ana,work,7,2026-10-05", ledger.ImportFormat{}, plainLayout,
			[]string{"2: ana work 7 2026-10-05"}},
		{"only headings", heading, ledger.ImportFormat{}, plainLayout, nil},
		{"all columns", "Date;Member; KIND ;quantity;External Ref;note;evidence;area\r\n" +
			"2026-10-05;Ana;Work;2;sheet-1;shelves;https://example.org;lab\r\n", ledger.ImportFormat{},
			"';' date member kind quantity external_ref note evidence area",
			[]string{`2: ana work 2 2026-10-05 "lab" "shelves" "https://example.org" "sheet-1"`}},
		{"byte order mark and tabs", "\ufeffmember\tkind\tquantity\tdate\r\nana\twork\t1\t2026-10-05\r\n",
			ledger.ImportFormat{}, `'\t' member kind quantity date`, []string{"2: ana work 1 2026-10-05"}},
		{"CR only", "member,kind,quantity,date\rana,work,1,2026-10-05\r\"bo\",work,2,2026-10-05\r",
			ledger.ImportFormat{}, plainLayout,
			[]string{"2: ana work 1 2026-10-05", "3: bo work 2 2026-10-05"}},
		{"quotes", "member,kind,quantity,date,note\nana,work,1,2026-10-05,\"say \"\"no\"\", Bo\n=1+1\"\nbo,work,1,2026-10-05,x\n",
			ledger.ImportFormat{}, plainLayout + " note",
			[]string{`2: ana work 1 2026-10-05 "say \"no\", Bo\n=1+1"`, `4: bo work 1 2026-10-05 "x"`}},
		{"a heading in quotes over two lines", "\"member\",kind,quantity,date,\"no\nte\"\nana,work,1,2026-10-05,x\n",
			ledger.ImportFormat{Columns: map[string]string{"no\nte": "note"}}, plainLayout + " note",
			[]string{`3: ana work 1 2026-10-05 "x"`}},
		{"formula cells", "member,kind,quantity,date,note\nana,work,1,2026-10-05,\"=HYPERLINK(\"\"x\"\")\"\n",
			ledger.ImportFormat{}, plainLayout + " note", []string{`2: ana work 1 2026-10-05 "=HYPERLINK(\"x\")"`}},
		{"mapped and left out", "Person,What,Hours,Day,Invoice no\nana,work,1,2026-10-05,7\n",
			ledger.ImportFormat{Columns: map[string]string{"person": "Member", "What": "kind", "HOURS": "quantity",
				"Day": "date"}, Ignored: []string{"invoice NO"}},
			"',' member kind quantity date ", []string{"2: ana work 1 2026-10-05"}},
		{"blank rows and columns", "member,kind,quantity,date,,\n,,,,,\nana,work,1,2026-10-05,,\n\n",
			ledger.ImportFormat{}, plainLayout + "  ", []string{"3: ana work 1 2026-10-05"}},
		{"a cell without heading", "member,kind,quantity,date,\nana,work,1,2026-10-05,x\n",
			ledger.ImportFormat{}, plainLayout + " ", []string{"2.0 : import_cells"}},
		{"ragged", heading + "ana,work,1\nbo,work,1,2026-10-05\nana,work,1,2026-10-05,x\n",
			ledger.ImportFormat{}, plainLayout,
			[]string{"2.0 : import_cells", "3: bo work 1 2026-10-05", "4.0 : import_cells"}},
		{"quotes that do not match", heading + "a\"na,work,1,2026-10-05\nbo,work,1,2026-10-05\n\"cy\"x,work,1,2026-10-05\n",
			ledger.ImportFormat{}, plainLayout,
			[]string{"2.0 : import_quotes", "3: bo work 1 2026-10-05", "4.0 : import_quotes"}},
		{"an open quote at the end", heading + "ana,work,1,2026-10-05\n\"bo,work,1,2026-10-05\n",
			ledger.ImportFormat{}, plainLayout, []string{"2: ana work 1 2026-10-05", "3.0 : import_quotes"}},
		{"wrong cells", heading + "ana,work,,2026-10-05\nana,work,x,2026-10-05\nana,work,1,\nana,work,1,05.10.2026\n",
			ledger.ImportFormat{}, plainLayout,
			[]string{"2.3 quantity: required", "3.3 quantity: malformed_amount", "4.4 date: required",
				"5.4 date: invalid_date"}},
		{"decimal comma and days as written here", "member;kind;quantity;date\nana;work;1.234,5;5.10.2026\nana;work;1,5;05.10.2026\n",
			ledger.ImportFormat{Decimal: ledger.DecimalComma, Dates: "DD.MM.YYYY"},
			"';' member kind quantity date",
			[]string{"2: ana work 1234.5 2026-10-05", "3: ana work 1.5 2026-10-05"}},
		{"numbers are not guessed", heading + "ana,work,1.234,2026-10-05\nana,work,\"1,5\",2026-10-05\nana,work,0.125,2026-10-05\n",
			ledger.ImportFormat{}, plainLayout,
			[]string{"2.3 quantity: ambiguous_number", "3.3 quantity: ambiguous_number", "4: ana work 0.125 2026-10-05"}},
		{"no separator fits", "member|kind|quantity|date\n", ledger.ImportFormat{},
			`The first line is "member|kind|quantity|date", and has none of the headings that are needed: member, kind, quantity, date.`, nil},
		{"headings that are wrong", "member,kind,quantity,Day,Member\n",
			ledger.ImportFormat{Ignored: []string{"remark"}},
			`There is no heading "remark". The heading "Day" is unknown: map it to a column, or leave it out. ` +
				`Two headings stand for member: the second is "Member". No heading stands for date, which is needed.`, nil},
		{"far too many headings", strings.Repeat("member,", 1000) + "\n", ledger.ImportFormat{},
			strings.Repeat(`Two headings stand for member: the second is "member". `, 10) + "And 992 more.", nil},
		{"mapped to nothing", heading, ledger.ImportFormat{Columns: map[string]string{"kind": "sort"}},
			`"kind" cannot stand for "sort"; columns are member, kind, quantity, date, area, note, evidence, external_ref.`, nil},
		{"another separator", heading, ledger.ImportFormat{Separator: '|'},
			"Cells are separated by a comma, a semicolon or a tab.", nil},
		{"nothing", "\n", ledger.ImportFormat{}, "There is nothing in this file.", nil},
		{"UTF-16", "\xff\xfem\x00e\x00", ledger.ImportFormat{}, "This is not UTF-8 text; save it as UTF-8.", nil},
		{"Latin-1", "member,kind,quantity,date,gr\xf6\xdfe\n", ledger.ImportFormat{},
			"This is not UTF-8 text; save it as UTF-8.", nil},
		{"no form of days", heading, ledger.ImportFormat{Dates: "dd.mm"},
			`"dd.mm" does not say how days are written; write dd.mm.yyyy, mm/dd/yyyy or the like.`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			layout, rows := readImport(strings.NewReader(c.text), c.format)
			if diff := cmp.Diff(c.layout, layout); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.rows, rows); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCase22_DecimalMark(t *testing.T) {
	t.Parallel()
	const asked, no = "ambiguous_number", "malformed_amount"
	for _, c := range []struct{ text, unmarked, point, comma string }{
		{"7", "7", "7", "7"},
		{"7.5", "7.5", "7.5", no},
		{"7,5", asked, no, "7.5"},
		{"1.234", asked, "1.234", "1234"},
		{"1,234", asked, "1234", "1.234"},
		{"0.125", "0.125", "0.125", no},
		{"1234.567", "1234.567", "1234.567", no},
		{"1.2345", "1.2345", "1.2345", no},
		{"1.234,5", asked, no, "1234.5"},
		{"1,234.5", asked, "1234.5", no},
		{"1.234.567", asked, no, "1234567"},
		{"1 234", "1234", "1234", "1234"},
		{"1\u202f234,5", asked, no, "1234.5"},
		{"1'234.5", "1234.5", "1234.5", no},
		{"1.23.456", no, no, no},
		{"1.234 567", no, no, no},
		{"1,2,3", no, no, no},
		{"01", no, no, no},
		{"-1", no, no, no},
		{"1e5", no, no, no},
		{"1.", no, no, no},
		{".5", no, no, no},
		{"", no, no, no},
		{"１", no, no, no},
		{"0.1234567", "too_many_decimals", "too_many_decimals", no},
		{"9999999999999999", "amount_out_of_range", "amount_out_of_range", "amount_out_of_range"},
		{strings.Repeat("9", 1_000_000), no, no, no},
	} {
		got := func(m ledger.DecimalMark) string {
			d, err := m.Parse(c.text)
			var refusal *ledger.Error
			if errors.As(err, &refusal) {
				if len(refusal.Message) > 200 {
					t.Errorf("%.20q: a message of %d bytes", c.text, len(refusal.Message))
				}
				return refusal.Code
			}
			return d.String()
		}
		want := []string{c.unmarked, c.point, c.comma}
		have := []string{got(""), got(ledger.DecimalPoint), got(ledger.DecimalComma)}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("%.20q: %s", c.text, diff)
		}
	}
}

func TestImportDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ form, text, want string }{
		{"", "2026-10-05", "2026-10-05"},
		{"", "2026-10-5", "invalid_date"},
		{"dd.mm.yyyy", "5.10.2026", "2026-10-05"},
		{"d.m.yyyy", "05.10.2026", "2026-10-05"},
		{"mm/dd/yyyy", "10/05/2026", "2026-10-05"},
		{"yyyy/mm/dd", "2026/10/05", "2026-10-05"},
		{"dd mm yyyy", "05 10 2026", "2026-10-05"},
		{"dd.mm.yyyy", "29.02.2026", "invalid_date"},
		{"dd.mm.yyyy", "05.10.26", "invalid_date"},
		{"dd.mm.yyyy", "05.10.1899", "invalid_date"},
		{"mm/dd/yyyy", "13/05/2026", "invalid_date"},
		{"dd.mm.yyyy", "05.10.2026 12:00", "invalid_date"},
	} {
		_, rows := readImport(strings.NewReader("member,kind,quantity,date\nana,work,1,"+c.text+"\n"),
			ledger.ImportFormat{Dates: c.form})
		want := "2: ana work 1 " + c.want
		if c.want == "invalid_date" {
			want = "2.4 date: invalid_date"
		}
		if diff := cmp.Diff([]string{want}, rows); diff != "" {
			t.Errorf("%s: %s", c.form, diff)
		}
	}
}

// endless yields a text for ever, after a first line.
type endless struct {
	first string
	then  byte
	read  int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.first)
	e.first = e.first[n:]
	for i := n; i < len(p); i++ {
		p[i] = e.then
	}
	e.read += len(p)
	return len(p), nil
}

// A row without an end is refused after little was read of it.
func TestImportIsBounded(t *testing.T) {
	t.Parallel()
	for _, first := range []string{
		"", "member,kind,quantity,date\n", "member,kind,quantity,date\nana,work,1,2026-10-05\n\"",
	} {
		in := &endless{first: first, then: 'x'}
		layout, rows := readImport(in, ledger.ImportFormat{})
		last := layout
		if len(rows) > 0 {
			last = rows[len(rows)-1]
		}
		if !strings.Contains(last, "longer than any line") && !strings.Contains(last, "comes a row of more than") {
			t.Errorf("after %q: %q", first, last)
		}
		if in.read > 1<<20 {
			t.Errorf("after %q it read %d bytes", first, in.read)
		}
	}
}

// Reading takes memory for a row, however many there are.
func TestImportMemory(t *testing.T) {
	const row = "ana,work,1,2026-10-05,some words about what was done that day\n"
	r, err := ledger.NewImportReader(io.MultiReader(strings.NewReader("member,kind,quantity,date,note\n"),
		&repeated{text: row, left: 200_000}), ledger.ImportFormat{})
	if err != nil {
		t.Fatal(err)
	}
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	rows, highest := 0, uint64(0)
	for {
		if _, err = r.Next(); err != nil {
			break
		}
		if rows++; rows%50_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			highest = max(highest, now.HeapAlloc)
		}
	}
	if !errors.Is(err, io.EOF) || rows != 200_000 {
		t.Fatalf("%d rows, %v", rows, err)
	}
	if grown := int64(highest) - int64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("it holds %d bytes more than before", grown)
	}
}

// repeated yields a text many times.
type repeated struct {
	text string
	left int
	rest string
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if r.rest == "" {
			if r.left == 0 {
				break
			}
			r.rest, r.left = r.text, r.left-1
		}
		copied := copy(p[n:], r.rest)
		n, r.rest = n+copied, r.rest[copied:]
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func FuzzImportReader(f *testing.F) {
	f.Add("member,kind,quantity,date\nana,work,1,2026-10-05\n", "dd.mm.yyyy", "comma")
	f.Add("\ufeffmember;kind;quantity;date\r\n\"ana\";work;1,5;5.10.2026\r", "", "")
	f.Fuzz(func(t *testing.T, text, dates, mark string) {
		format := ledger.ImportFormat{Dates: dates, Decimal: ledger.DecimalMark(mark)}
		_, rows := readImport(strings.NewReader(text), format)
		if len(rows) > len(text)+1 {
			t.Errorf("%d rows in %d bytes", len(rows), len(text))
		}
	})
}

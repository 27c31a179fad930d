package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"phyle/ledger"
)

// longestCell is how many characters of a cell are shown.
const longestCell = 32

// mostCounts is how many lines of counts are shown.
const mostCounts = 60

// ImportText writes how a file was understood, and what would come of importing it:
// columns, first rows, counts, and what is wrong with which row.
func ImportText(
	out io.Writer, file string, format ledger.ImportFormat, layout ledger.ImportLayout,
	p ledger.ImportPreview,
) error {
	if err := importHeading(out, file, format, layout, p); err != nil {
		return err
	}
	for _, part := range [][][]string{importColumns(layout), importFirst(p), importCounts(p)} {
		if len(part) == 1 {
			continue
		}
		if _, err := fmt.Fprintln(out); err != nil {
			return err
		}
		if err := table(out, len(part[0]), part); err != nil {
			return err
		}
	}
	return importWrong(out, layout, p)
}

var separatorNames = map[rune]string{',': "commas", ';': "semicolons", '\t': "tabs"}

func importHeading(
	out io.Writer, file string, format ledger.ImportFormat, layout ledger.ImportLayout,
	p ledger.ImportPreview,
) error {
	dates, decimals := "2026-10-31", "as in 7.5"
	if format.Dates != "" {
		dates = visible(strings.ToLower(format.Dates))
	}
	if format.Decimal != "" {
		decimals = "after a " + string(format.Decimal)
	}
	_, err := fmt.Fprintf(out, "%s: %s, separated by %s, decimals %s, days as %s\n", visible(file),
		counted(p.Rows, "row"), separatorNames[layout.Separator], decimals, dates)
	return err
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

func importColumns(layout ledger.ImportLayout) [][]string {
	lines := [][]string{{"heading", "is"}}
	for _, c := range layout.Columns {
		name := c.Name
		if name == "" {
			name = "left out"
		}
		lines = append(lines, []string{cell(c.Heading), name})
	}
	return lines
}

func importFirst(p ledger.ImportPreview) [][]string {
	lines := [][]string{{"line", "member", "kind", "quantity", "date", "area", "note"}}
	for _, row := range p.First {
		if len(row.Wrong) > 0 {
			continue
		}
		lines = append(lines, []string{strconv.Itoa(row.Line), cell(row.Member), cell(row.Kind),
			row.Quantity.String(), row.Date.String(), cell(row.Area), cell(row.Note)})
	}
	return lines
}

func importCounts(p ledger.ImportPreview) [][]string {
	lines := [][]string{{"kind", "member", "rows", "quantity"}}
	counts := p.Counts()
	for _, c := range counts[:min(len(counts), mostCounts)] {
		lines = append(lines, []string{c.Kind, c.Member, strconv.Itoa(c.Rows), c.Quantity.String()})
	}
	if more := len(counts) - mostCounts; more > 0 {
		lines = append(lines, []string{fmt.Sprintf("and %d more", more), "", "", ""})
	}
	return lines
}

func importWrong(out io.Writer, layout ledger.ImportLayout, p ledger.ImportPreview) error {
	if p.Bad == 0 {
		return nil
	}
	if _, err := fmt.Fprintf(out, "\nWrong in %s:\n", counted(p.Bad, "row")); err != nil {
		return err
	}
	for _, row := range p.Wrong {
		for _, wrong := range byColumn(layout, row.Wrong) {
			place := "line " + strconv.Itoa(row.Line)
			if number, heading := layout.Place(wrong.Pointer); number > 0 {
				place += fmt.Sprintf(", column %d (%s)", number, cell(heading))
			}
			if _, err := fmt.Fprintf(out, "  %s: %s\n", place, visible(wrong.Message)); err != nil {
				return err
			}
		}
	}
	if more := p.Bad - len(p.Wrong); more > 0 {
		_, err := fmt.Fprintf(out, "  and so on, in %s more\n", counted(more, "row"))
		return err
	}
	return nil
}

// byColumn returns what is wrong in a row from left to right. What is wrong with the
// whole row comes first.
func byColumn(layout ledger.ImportLayout, wrong ledger.FieldErrors) ledger.FieldErrors {
	column := func(one ledger.FieldError) int {
		number, _ := layout.Place(one.Pointer)
		return number
	}
	return slices.SortedStableFunc(slices.Values(wrong), func(a, b ledger.FieldError) int {
		return cmp.Compare(column(a), column(b))
	})
}

// cell returns what fits of a text that came from outside.
func cell(s string) string {
	s = visible(s)
	if runes := []rune(s); len(runes) > longestCell {
		return string(runes[:longestCell-1]) + "…"
	}
	return s
}

// visible keeps a text that came from outside on one line, and from steering a
// terminal.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// ImportJSON is a preview of an import, and the import where there is one.
type ImportJSON struct {
	File      string             `json:"file"`
	Separator string             `json:"separator"`
	Columns   []importColumnJSON `json:"columns"`
	Rows      int                `json:"rows"`
	Bad       int                `json:"bad"`
	Errors    []importErrorJSON  `json:"errors"`
	Counts    []importCountJSON  `json:"counts"`
	Import    string             `json:"import,omitempty"`
}

type importColumnJSON struct {
	Heading string `json:"heading"`
	Column  string `json:"column,omitempty"`
}

type importErrorJSON struct {
	Line    int    `json:"line"`
	Column  int    `json:"column,omitempty"`
	Heading string `json:"heading,omitempty"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

type importCountJSON struct {
	Kind     string `json:"kind"`
	Member   string `json:"member"`
	Rows     int    `json:"rows"`
	Quantity string `json:"quantity"`
}

// Import returns a preview of an import for programs. The errors are those of the
// first rows that have any.
func Import(file string, layout ledger.ImportLayout, p ledger.ImportPreview) ImportJSON {
	j := ImportJSON{File: file, Separator: string(layout.Separator), Rows: p.Rows, Bad: p.Bad,
		Columns: []importColumnJSON{}, Errors: []importErrorJSON{}, Counts: []importCountJSON{}}
	for _, c := range layout.Columns {
		j.Columns = append(j.Columns, importColumnJSON{c.Heading, c.Name})
	}
	for _, row := range p.Wrong {
		for _, wrong := range byColumn(layout, row.Wrong) {
			number, heading := layout.Place(wrong.Pointer)
			j.Errors = append(j.Errors,
				importErrorJSON{row.Line, number, heading, wrong.Code, wrong.Message})
		}
	}
	for _, c := range p.Counts() {
		j.Counts = append(j.Counts, importCountJSON{c.Kind, c.Member, c.Rows, c.Quantity.String()})
	}
	return j
}

// ImportsText writes a list of imports.
func ImportsText(out io.Writer, imports []ledger.Import) error {
	if len(imports) == 0 {
		_, err := fmt.Fprintln(out, "No file was imported yet.")
		return err
	}
	lines := [][]string{{"import", "on", "by", "rows", "undone", "file"}}
	for _, i := range imports {
		undone := ""
		if i.Undo != nil {
			undone = i.Undo.At.Format("2006-01-02")
		}
		lines = append(lines, []string{i.ID.String(), i.At.Format("2006-01-02"), i.By,
			strconv.Itoa(i.Rows), undone, cell(i.File)})
	}
	return table(out, len(lines[0]), lines)
}

// ImportedJSON is an import for programs.
type ImportedJSON struct {
	ID        string `json:"id"`
	File      string `json:"file"`
	SHA256    string `json:"sha256"`
	Rows      int    `json:"rows"`
	By        string `json:"by"`
	At        string `json:"imported_at"`
	UndoneBy  string `json:"undone_by,omitempty"`
	UndoneAt  string `json:"undone_at,omitempty"`
	Reason    string `json:"reason,omitempty"`
	Withdrawn int    `json:"withdrawn,omitempty"`
	Reversed  int    `json:"reversed,omitempty"`
}

// Imported returns an import for programs.
func Imported(i ledger.Import) ImportedJSON {
	const instant = "2006-01-02T15:04:05.999999Z07:00"
	j := ImportedJSON{ID: i.ID.String(), File: i.File, SHA256: i.Digest, Rows: i.Rows, By: i.By,
		At: i.At.Format(instant)}
	if i.Undo != nil {
		j.UndoneBy, j.UndoneAt, j.Reason = i.Undo.By, i.Undo.At.Format(instant), i.Undo.Reason
		j.Withdrawn, j.Reversed = i.Undo.Withdrawn, i.Undo.Reversed
	}
	return j
}

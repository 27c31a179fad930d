package ledger

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// headingLimit bounds the first line of a file, in bytes.
	headingLimit = 64 << 10
	// rowLimit bounds what is read at once for one row, in bytes: more than its texts
	// may have. It keeps a quote that is never closed from taking in the whole file.
	rowLimit = 256 << 10
)

// ImportReader reads contributions from a file of comma-separated values and the
// like, one at a time, in memory that does not grow with the file.
type ImportReader struct {
	layout  ImportLayout
	decimal DecimalMark
	dates   string
	csv     *csv.Reader
	bound   *bounded
	line    int // on which the last row that could be read begins
	ended   error
}

// ImportLayout is how a file is laid out: what stands between cells, and which
// columns there are.
type ImportLayout struct {
	Separator rune
	Columns   []ImportColumn
}

// ImportColumn is one column of a file: its heading, and which of ImportColumns it
// is, "" where it is left out.
type ImportColumn struct {
	Heading string
	Name    string
}

// Place returns the number, counted from 1, and the heading of the column that a
// pointer names; 0 where it is about the row as a whole, or the column is missing.
func (l ImportLayout) Place(pointer string) (number int, heading string) {
	name := strings.TrimPrefix(pointer, "/")
	for i, column := range l.Columns {
		if column.Name == name && name != "" {
			return i + 1, column.Heading
		}
	}
	return 0, ""
}

// NewImportReader reads the headings of the file and returns a reader of its rows.
// Headings that are unknown, missing or there twice are refused by name.
func NewImportReader(in io.Reader, format ImportFormat) (*ImportReader, error) {
	if err := format.validate(); err != nil {
		return nil, err
	}
	dates, err := dateLayout(format.Dates)
	if err != nil {
		return nil, err
	}
	buffered := bufio.NewReaderSize(in, headingLimit)
	line, err := peekHeading(buffered)
	if err != nil {
		return nil, err
	}
	layout, err := format.layout(line)
	if err != nil {
		return nil, err
	}
	bound := &bounded{in: buffered, loneCR: endsInLoneCR(line)}
	r := &ImportReader{layout: layout, decimal: format.Decimal, dates: dates, bound: bound,
		csv: csv.NewReader(bound)}
	r.csv.Comma, r.csv.FieldsPerRecord, r.csv.ReuseRecord = layout.Separator, -1, true
	_, err = r.read()
	return r, err
}

// Layout returns how the file is laid out.
func (r *ImportReader) Layout() ImportLayout { return r.layout }

// peekHeading returns the first line with its end, past a byte order mark.
func peekHeading(in *bufio.Reader) ([]byte, error) {
	start, _ := in.Peek(3)
	if bytes.HasPrefix(start, []byte{0xff, 0xfe}) || bytes.HasPrefix(start, []byte{0xfe, 0xff}) {
		return nil, notUTF8()
	}
	if bytes.Equal(start, []byte("\ufeff")) {
		_, _ = in.Discard(len(start)) // they were just seen
	}
	line, err := in.Peek(headingLimit)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	end := endOfLine(line)
	switch {
	case len(bytes.TrimSpace(line)) == 0:
		return nil, Errorf(Invalid, "import_empty", "There is nothing in this file.")
	case end < 0 && len(line) == headingLimit:
		return nil, Errorf(Invalid, "import_heading",
			"The first line is longer than any line of headings; is this a text file with columns?")
	case end >= 0:
		line = line[:end]
	}
	if !utf8.Valid(line) {
		return nil, notUTF8()
	}
	return line, nil
}

func notUTF8() error {
	return Errorf(Invalid, "invalid_text", "This is not UTF-8 text; save it as UTF-8.")
}

// endOfLine returns where the first line ends that no quotes hold open, −1 if nowhere.
func endOfLine(text []byte) int {
	quoted := false
	for i, b := range text {
		switch {
		case b == '"':
			quoted = !quoted
		case b == '\n' && !quoted:
			return i + 1
		case b == '\r' && !quoted && i+1 < len(text) && text[i+1] != '\n':
			return i + 1
		}
	}
	return -1
}

func endsInLoneCR(line []byte) bool { return bytes.HasSuffix(line, []byte("\r")) }

// bounded reads up to what is left for one row. Where lines end in CR alone it makes
// them end in LF.
type bounded struct {
	in     io.Reader
	left   int
	loneCR bool
}

var errRowTooLong = errors.New("the row is too long")

// Read reads what is left.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errRowTooLong
	}
	n, err := b.in.Read(p[:min(len(p), b.left)])
	b.left -= n
	if b.loneCR {
		for i := range p[:n] {
			if p[i] == '\r' {
				p[i] = '\n'
			}
		}
	}
	return n, err
}

// read returns the cells of the next row.
func (r *ImportReader) read() ([]string, error) {
	r.bound.left = rowLimit
	cells, err := r.csv.Read()
	if errors.Is(err, errRowTooLong) {
		return nil, Errorf(Invalid, "import_row_too_long",
			"After line %d comes a row of more than %d KiB, "+
				"or a quote is opened there and never closed.", r.line, rowLimit>>10)
	}
	if err == nil {
		r.line, _ = r.csv.FieldPos(0)
	}
	return cells, err
}

// Next returns the next row that is not blank. At the end it returns io.EOF; after
// another error nothing more can be read.
func (r *ImportReader) Next() (ImportRow, error) {
	for r.ended == nil {
		cells, err := r.read()
		var quotes *csv.ParseError
		switch {
		case errors.As(err, &quotes):
			return misquoted(quotes), nil
		case err != nil:
			r.ended = err
		case slices.ContainsFunc(cells, func(cell string) bool { return cell != "" }):
			return r.row(cells), nil
		}
	}
	return ImportRow{}, r.ended
}

func misquoted(err *csv.ParseError) ImportRow {
	row := ImportRow{Line: err.StartLine}
	row.Wrong.Add("", "import_quotes", "The quotes in this row do not match: put the whole cell into "+
		"quotes, and double the quotes inside it.")
	return row
}

// row reads the cells of a row.
func (r *ImportReader) row(cells []string) ImportRow {
	row := ImportRow{Line: r.line}
	columns := r.layout.Columns
	if wrong := misfit(cells, columns); wrong != "" {
		row.Wrong.Add("", "import_cells", "%s", wrong)
		return row
	}
	for i, column := range columns {
		if err := r.cell(&row, column.Name, cells[i]); err != nil {
			row.Wrong.AddError("/"+column.Name, err)
		}
	}
	return row
}

// misfit says how the cells do not fit the headings, "" if they do.
func misfit(cells []string, columns []ImportColumn) string {
	if len(cells) != len(columns) {
		return fmt.Sprintf("There are %d cells in this row and %d headings; a separator is missing or "+
			"too many, or belongs in quotes.", len(cells), len(columns))
	}
	for i, column := range columns {
		if column.Heading == "" && cells[i] != "" {
			return fmt.Sprintf("Column %d has no heading, and in this row a cell: %q.", i+1,
				excerpt(cells[i]))
		}
	}
	return ""
}

// cell reads one cell into the row. Texts are kept as they are.
func (r *ImportReader) cell(row *ImportRow, name, text string) (err error) {
	word := strings.TrimSpace(text)
	switch name {
	case "member":
		row.Member = strings.ToLower(word)
	case "kind":
		row.Kind = strings.ToLower(word)
	case "area":
		row.Area = strings.ToLower(word)
	case "note":
		row.Note = text
	case "evidence":
		row.Evidence = text
	case "external_ref":
		row.ExternalRef = word
	case "quantity":
		if word == "" {
			return Errorf(Invalid, "required", "Write a quantity above zero.")
		}
		row.Quantity, err = r.decimal.Parse(word)
	case "date":
		if word == "" {
			return Errorf(Invalid, "required", "Write the day.")
		}
		row.Date, err = parseDay(word, r.dates)
	}
	return err
}

// Check adds what the commons has against the row to what is wrong with it already.
func (row *ImportRow) Check(err error) {
	var found FieldErrors
	found.AddError("", err)
	for _, field := range found {
		known := slices.ContainsFunc(row.Wrong, func(f FieldError) bool {
			return f.Pointer == field.Pointer || f.Pointer == ""
		})
		if !known {
			row.Wrong = append(row.Wrong, field)
		}
	}
}

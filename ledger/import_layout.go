package ledger

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// separators can stand between cells.
var separators = []rune{',', ';', '\t'}

// mostWrongHeadings bounds how much is said about a line that may be no heading.
const mostWrongHeadings = 10

// validate refuses what a format says that means nothing.
func (f ImportFormat) validate() error {
	if f.Separator != 0 && !slices.Contains(separators, f.Separator) {
		return Errorf(Invalid, "import_separator",
			"Cells are separated by a comma, a semicolon or a tab.")
	}
	if f.Decimal != "" && f.Decimal != DecimalPoint && f.Decimal != DecimalComma {
		return Errorf(Invalid, "unknown_decimal_mark", "Write point or comma.")
	}
	for _, heading := range slices.Sorted(maps.Keys(f.Columns)) {
		if name := f.Columns[heading]; columnOf(name) == unknownHeading {
			return Errorf(Invalid, "import_heading", "%q cannot stand for %q; columns are %s.",
				excerpt(heading), excerpt(name), strings.Join(ImportColumns, ", "))
		}
	}
	return nil
}

// layout finds out how the file with this first line is laid out.
func (f ImportFormat) layout(line []byte) (ImportLayout, error) {
	best, known := ImportLayout{}, -1
	for _, separator := range separators {
		if f.Separator != 0 && separator != f.Separator {
			continue
		}
		columns, found := f.columns(headings(line, separator))
		if found > known {
			best, known = ImportLayout{Separator: separator, Columns: columns}, found
		}
	}
	if known == 0 {
		return best, Errorf(Invalid, "import_heading", "The first line is %q, and has none of the "+
			"headings that are needed: %s.", excerpt(strings.TrimRight(string(line), "\r\n")),
			strings.Join(ImportColumns[:neededColumns], ", "))
	}
	wrong := slices.Concat(f.absent(best.Columns), misnamed(best.Columns), missing(best.Columns))
	if more := len(wrong) - mostWrongHeadings; more > 0 {
		wrong = append(wrong[:mostWrongHeadings], fmt.Sprintf("And %d more.", more))
	}
	if len(wrong) > 0 {
		return best, Errorf(Invalid, "import_heading", "%s", strings.Join(wrong, " "))
	}
	return best, nil
}

// headings splits the first line.
func headings(line []byte, separator rune) []string {
	r := csv.NewReader(bytes.NewReader(bytes.TrimRight(line, "\r\n")))
	r.Comma = separator
	cells, err := r.Read()
	if err != nil {
		return nil
	}
	return cells
}

// unknownHeading is the name of columns that nothing is known of.
const unknownHeading = "?"

// columns says what each heading stands for, and counts those that stand for
// something.
func (f ImportFormat) columns(headings []string) (columns []ImportColumn, known int) {
	ignored := make([]string, len(f.Ignored))
	for i, heading := range f.Ignored {
		ignored[i] = folded(heading)
	}
	mapped := map[string]string{}
	for heading, name := range f.Columns {
		mapped[folded(heading)] = name
	}
	for _, heading := range headings {
		c := ImportColumn{Heading: strings.TrimSpace(heading), Name: unknownHeading}
		name, isMapped := mapped[folded(heading)]
		switch {
		case isMapped:
			c.Name = columnOf(name)
		case c.Heading == "" || slices.Contains(ignored, folded(heading)):
			c.Name = ""
		default:
			c.Name = columnOf(heading)
		}
		if c.Name != "" && c.Name != unknownHeading {
			known++
		}
		columns = append(columns, c)
	}
	return columns, known
}

// columnOf returns the column that is meant by a name, however it is spelled.
func columnOf(name string) string {
	for _, column := range ImportColumns {
		if folded(column) == folded(name) {
			return column
		}
	}
	return unknownHeading
}

// folded leaves case, blanks and lines between words out of a name.
func folded(name string) string {
	return strings.NewReplacer(" ", "", "\u00a0", "", "\t", "", "_", "", "-", "").
		Replace(strings.ToLower(name))
}

// absent says which headings the format names that the file does not have.
func (f ImportFormat) absent(columns []ImportColumn) (wrong []string) {
	named := slices.Concat(slices.Sorted(maps.Keys(f.Columns)), f.Ignored)
	for _, heading := range named {
		isIt := func(c ImportColumn) bool { return folded(c.Heading) == folded(heading) }
		if !slices.ContainsFunc(columns, isIt) {
			wrong = append(wrong, fmt.Sprintf("There is no heading %q.", excerpt(heading)))
		}
	}
	return wrong
}

// misnamed says which headings are unknown or stand for the same.
func misnamed(columns []ImportColumn) (wrong []string) {
	for i, c := range columns {
		isSame := func(other ImportColumn) bool { return other.Name == c.Name }
		switch {
		case c.Name == unknownHeading:
			wrong = append(wrong, fmt.Sprintf(
				"The heading %q is unknown: map it to a column, or leave it out.",
				excerpt(c.Heading)))
		case c.Name != "" && slices.ContainsFunc(columns[:i], isSame):
			wrong = append(wrong, fmt.Sprintf("Two headings stand for %s: the second is %q.", c.Name,
				excerpt(c.Heading)))
		}
	}
	return wrong
}

// missing says which columns are needed and not there.
func missing(columns []ImportColumn) (wrong []string) {
	for _, name := range ImportColumns[:neededColumns] {
		if !slices.ContainsFunc(columns, func(c ImportColumn) bool { return c.Name == name }) {
			wrong = append(wrong, fmt.Sprintf("No heading stands for %s, which is needed.", name))
		}
	}
	return wrong
}

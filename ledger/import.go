package ledger

import (
	"regexp"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// ImportColumns lists what a row of an import can hold. The first four are needed.
var ImportColumns = []string{
	"member", "kind", "quantity", "date", "area", "note", "evidence", "external_ref",
}

// neededColumns is how many of ImportColumns every import has.
const neededColumns = 4

// DecimalMark says what stands before the decimals of the numbers in a file.
type DecimalMark string

// The marks. Without one, numbers that could mean two things are refused.
const (
	DecimalPoint DecimalMark = "point"
	DecimalComma DecimalMark = "comma"
)

// ImportFormat says how a file of contributions is to be read. The zero value sees
// the separator from the headings and takes days as 2026-10-31.
type ImportFormat struct {
	// Columns names the column that a heading stands for, where they are called
	// otherwise; Ignored lists headings to be left out. Case and blanks do not matter.
	Columns map[string]string
	Ignored []string
	// Separator stands between cells: a comma, a semicolon or a tab; 0 if not known.
	Separator rune
	Decimal   DecimalMark
	// Dates is how days are written, such as dd.mm.yyyy.
	Dates string
}

// ImportRow is one row of a file: a contribution, and what is wrong with it. Line is
// the line of the file that it begins on. Pointers are those of a contribution, and
// "" for the row as a whole.
type ImportRow struct {
	Line int
	NewContribution
	Wrong FieldErrors
}

// Import is a file of contributions that were logged in one act.
type Import struct {
	ID     ImportID
	File   string
	Digest string
	Rows   int
	By     string
	At     time.Time
	// Undo is nil while the import stands.
	Undo *ImportUndo
}

// ImportUndo says who took an import back, when, and what became of its rows.
type ImportUndo struct {
	Withdrawn int
	Reversed  int
	Reason    string
	By        string
	At        time.Time
}

// ImportFile is what is known of a file before it is imported: its name, the SHA-256
// of what is in it as 64 hexadecimal digits, and its rows.
type ImportFile struct {
	Name   string
	Digest string
	Rows   int
}

// Validate refuses names that cannot be kept and files without rows.
func (f ImportFile) Validate() error {
	var wrong FieldErrors
	wrong.AddError("/file", RequiredText(f.Name, 200))
	if f.Rows == 0 {
		wrong.Add("/rows", "import_empty", "There are no rows in this file below the headings.")
	}
	return wrong.Err()
}

// Parse reads a number as people write it in files: with decimals after the mark and
// perhaps one sign between groups of three digits. Without a mark it takes what has
// one meaning only: digits, and decimals after a point that cannot end a group.
func (m DecimalMark) Parse(s string) (decimal.Decimal, error) {
	if m == "" {
		return parseUnmarked(s)
	}
	mark := "."
	if m == DecimalComma {
		mark = ","
	}
	whole, decimals, found := strings.Cut(s, mark)
	whole = withoutGroups(whole)
	if !isDigits(whole, 18) || found && !isDigits(decimals, 12) {
		return decimal.Decimal{}, Errorf(Invalid, "malformed_amount",
			"%q is no number here; write it as 1234%s5.", excerpt(s), mark)
	}
	if found {
		whole += "." + decimals
	}
	return ParseQuantity(whole)
}

func parseUnmarked(s string) (decimal.Decimal, error) {
	point, notPoint := DecimalPoint.Parse(s)
	comma, notComma := DecimalComma.Parse(s)
	switch {
	case notPoint != nil && notComma != nil:
		return point, notPoint
	case notPoint == nil && notComma == nil && point.Equal(comma):
		return point, nil
	case notComma != nil && !strings.Contains(s, ","):
		return point, nil
	}
	return point, Errorf(Invalid, "ambiguous_number",
		"%q can be read in two ways: say whether a point or a comma is before the decimals.",
		excerpt(s))
}

// groupSigns stand between groups of three digits, somewhere in the world.
var groupSigns = []string{".", ",", "'", "’", " ", "\u00a0", "\u202f"}

// withoutGroups returns the digits of a whole number in groups of three, and anything
// else as it is.
func withoutGroups(whole string) string {
	for _, sign := range groupSigns {
		groups := strings.Split(whole, sign)
		if len(groups) == 1 {
			continue
		}
		for i, group := range groups {
			if !isDigits(group, 3) || i > 0 && len(group) != 3 {
				return whole
			}
		}
		return strings.Join(groups, "")
	}
	return whole
}

// excerpt bounds what a message repeats of a cell.
func excerpt(s string) string {
	const most = 40
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// dateForm matches how days are written in a file: day, month and year in some order.
var dateForm = regexp.MustCompile(`^(dd?|mm?|yyyy)([-./ ])(dd?|mm?|yyyy)([-./ ])(dd?|mm?|yyyy)$`)

// dateLayout returns the layout of package time for a form such as dd.mm.yyyy, "" for
// days as they are written everywhere in Phyle.
func dateLayout(form string) (string, error) {
	if form == "" {
		return "", nil
	}
	parts := dateForm.FindStringSubmatch(strings.ToLower(form))
	seen := map[byte]bool{}
	for i := 1; i < len(parts); i += 2 {
		seen[parts[i][0]] = true
	}
	if len(seen) != 3 {
		return "", Errorf(Invalid, "invalid_date",
			"%q does not say how days are written; write dd.mm.yyyy, mm/dd/yyyy or the like.",
			excerpt(form))
	}
	for _, i := range []int{1, 3, 5} {
		parts[i] = layoutOf[parts[i][0]]
	}
	return strings.Join(parts[1:], ""), nil
}

// layoutOf says how package time writes day, month and year.
var layoutOf = map[byte]string{'d': "2", 'm': "1", 'y': "2006"}

// parseDay reads a day in the layout of package time; "" is as ParseDate has it.
func parseDay(s, layout string) (Date, error) {
	if layout == "" {
		return ParseDate(s)
	}
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < 1900 || t.Year() > 9998 {
		return Date{}, Errorf(Invalid, "invalid_date", "%q is no day of the calendar from 1900 on, "+
			"written as 31 October 2026 would be: %s.", excerpt(s),
			NewDate(2026, 10, 31).Time().Format(layout))
	}
	return DateOf(t), nil
}

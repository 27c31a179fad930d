package http

import (
	"bytes"
	"errors"
	"fmt"

	"phyle/ledger"
)

// linesMedia is one JSON object a line, as programs write what they have much of.
const linesMedia = "application/x-ndjson"

// byLine is a body that can also be written as one object a line.
type byLine interface {
	// addLine reads one line as a further item.
	addLine(line []byte) error
	// items returns the pointer to the items, and how many there may be.
	items() (pointer string, most int)
}

// decodeLines reads a body line by line. Wrong fields point at the item, as if the
// lines were a list; blank lines are passed over.
func decodeLines(text []byte, into byLine) error {
	pointer, most := into.items()
	var wrong ledger.FieldErrors
	item, number := 0, 0
	for line := range bytes.Lines(text) {
		number++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if item++; item > most {
			return ledger.Errorf(ledger.Invalid, "too_many_items",
				"At most %d lines fit one request; send the others by another.", most)
		}
		err := into.addLine(line)
		var refusal *ledger.Error
		if errors.As(err, &refusal) && refusal.Kind == ledger.Malformed {
			return ledger.Errorf(ledger.Malformed, refusal.Code, "Line %d: %s", number, refusal.Message)
		}
		if err != nil && len(wrong) < mostWrong {
			wrong.AddError(fmt.Sprintf("%s/%d", pointer, item-1), err)
		}
	}
	if item == 0 {
		return ledger.Errorf(ledger.Malformed, "malformed_json", "The body holds no line; send one object a line.")
	}
	return wrong.Err()
}

func (b *contributionsBody) addLine(line []byte) error {
	b.Contributions = append(b.Contributions, contributionBody{})
	return decode(line, &b.Contributions[len(b.Contributions)-1])
}

func (b *contributionsBody) items() (string, int) { return "/contributions", mostBulk }

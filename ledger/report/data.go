package report

import (
	"bytes"
	"encoding/json"
	"io"
	"time"

	"phyle/ledger"
)

// DataWriter writes what is kept about a member as one JSON document, as it comes. What
// was not closed is no document, so that nobody takes a part of it for the whole.
type DataWriter struct {
	out  io.Writer
	part ledger.DataPart
	rows int
	err  error
}

// NewData begins a document of the commons, as it was made at the instant.
func NewData(out io.Writer, commons string, at time.Time) *DataWriter {
	d := &DataWriter{out: out}
	d.write("{\n\"commons\": ", commons)
	d.write(",\n\"made_at\": ", at)
	return d
}

// Add writes rows of a part, below those of the same part that came before. Parts come in
// the order of ledger.DataParts. Of a part without a row an empty list is written.
func (d *DataWriter) Add(part ledger.DataPart, rows []ledger.DataRow) error {
	if part != d.part {
		d.end()
		d.part, d.rows = part, 0
	}
	if d.rows == 0 && (len(rows) > 0 || !part.IsSingle()) {
		d.write(",\n", string(part))
		d.text(": ")
		if !part.IsSingle() {
			d.text("[")
		}
	}
	for _, row := range rows {
		separator := "\n"
		if d.rows++; d.rows > 1 {
			separator = ",\n"
		}
		if part.IsSingle() {
			separator = ""
		}
		d.write(separator, row)
	}
	return d.err
}

// Close ends the document.
func (d *DataWriter) Close() error {
	d.end()
	d.text("\n}\n")
	return d.err
}

// end closes the list of the part.
func (d *DataWriter) end() {
	if d.part != "" && !d.part.IsSingle() {
		d.text("]")
	}
}

// write writes a text and the value behind it.
func (d *DataWriter) write(before string, value any) {
	var line bytes.Buffer
	line.WriteString(before)
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil && d.err == nil {
		d.err = err
	}
	d.text(string(bytes.TrimSuffix(line.Bytes(), []byte("\n"))))
}

func (d *DataWriter) text(text string) {
	if d.err == nil {
		_, d.err = io.WriteString(d.out, text)
	}
}

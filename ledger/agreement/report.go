package agreement

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"phyle/ledger"
)

// Report is what checking one file found: what is wrong with the file, or what
// each of its examples came to.
type Report struct {
	File     string
	Err      *ledger.Error
	Problems []Problem
	Examples []ExampleReport
}

// Problem is one wrong field of a file; Line is 0 where none is known.
type Problem struct {
	Pointer, Place string
	Line           int
	Code, Message  string
}

// ExampleReport is what one example came to. Without an expectation it is ok.
type ExampleReport struct {
	Name        string       `json:"name"`
	OK          bool         `json:"ok"`
	Got         Outcome      `json:"got"`
	Differences []Difference `json:"-"`
}

// CheckFile checks the text of an agreement file and evaluates its examples.
func CheckFile(name string, text []byte) Report {
	report := Report{File: name, Examples: []ExampleReport{}}
	root, err := parseTree(text, Detect)
	if err != nil {
		return report.failed(err, nil)
	}
	a, fields := bind(root)
	if len(fields) == 0 {
		fields = append(a.check(a.Declared()), a.checkExamples()...)
	}
	if err := fields.Err(); err != nil {
		return report.failed(err, root)
	}
	var b *books
	work := maxWork
	for i, example := range a.Examples {
		if b == nil || !example.Then {
			b = newBooks(a)
			b.work = &work
		}
		if b.record(example); work < 0 {
			fields.Add("/examples/"+itoa(i), "too_much_work",
				"The examples up to here cost too much to work out; use fewer or smaller ones.")
			return report.failed(fields.Err(), root)
		}
		done, err := b.run(example)
		if err != nil {
			return report.failed(err, root)
		}
		report.Examples = append(report.Examples, done)
	}
	return report
}

// run evaluates an example that is recorded and posts it to the books.
func (b *books) run(e Example) (ExampleReport, error) {
	result, err := Evaluate(b.agreement, b.inputs(e))
	if err != nil {
		return ExampleReport{}, err
	}
	b.post(e, result)
	done := ExampleReport{Name: e.Name, OK: true, Got: b.outcome(result)}
	if e.Expect != nil {
		done.Differences = e.Expect.differences(done.Got, b.agreement.Currency)
		done.OK = len(done.Differences) == 0
	}
	return done, nil
}

// failed adds an error and, for its fields, the lines on which they stand.
func (r Report) failed(err error, root *node) Report {
	if !errors.As(err, &r.Err) {
		panic(fmt.Sprintf("checking a file failed otherwise than by refusing it: %v", err))
	}
	for _, field := range r.Err.Fields {
		problem := Problem{
			Pointer: field.Pointer, Place: Place(field.Pointer),
			Code: field.Code, Message: field.Message,
		}
		if root != nil {
			problem.Line = root.lineOf(field.Pointer)
		}
		r.Problems = append(r.Problems, problem)
	}
	slices.SortStableFunc(r.Problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return r
}

// lineOf returns the line of what the pointer names, or of what it should be in.
func (n *node) lineOf(pointer string) int {
	parts := strings.Split(pointer, "/")[1:]
	for i, part := range parts {
		parts[i] = unescapePointer.Replace(part)
	}
	return int(n.at(parts).line)
}

// OK reports whether the file is right and every example comes to what it expects.
func (r Report) OK() bool {
	for _, example := range r.Examples {
		if !example.OK {
			return false
		}
	}
	return r.Err == nil
}

// JSON returns the examples as an array of objects with name, ok and got.
func (r Report) JSON() []byte {
	text, err := json.Marshal(r.Examples)
	if err != nil {
		panic(err)
	}
	return text
}

// Text returns the report for people: a line for each example or problem, and a
// table of the differences where an example failed.
func (r Report) Text() string {
	var text bytes.Buffer
	if r.Err != nil && len(r.Problems) == 0 {
		fmt.Fprintf(&text, "%s: %s\n", r.File, r.Err.Message)
	}
	for _, problem := range r.Problems {
		fmt.Fprintf(&text, "%s:%d: %s: %s\n", r.File, problem.Line, problem.Place, problem.Message)
	}
	for _, example := range r.Examples {
		verdict := "ok"
		if !example.OK {
			verdict = "differs"
		}
		fmt.Fprintf(&text, "%s: %s: %s\n", r.File, example.Name, verdict)
		writeDifferences(&text, example.Differences)
	}
	if r.Err == nil && len(r.Examples) == 0 {
		fmt.Fprintf(&text, "%s: the agreement is right; it has no examples\n", r.File)
	}
	return text.String()
}

// writeDifferences writes a table: names to the left, figures to the right.
func writeDifferences(text *bytes.Buffer, differences []Difference) {
	if len(differences) == 0 {
		return
	}
	rows := append([]Difference{{What: "", Expected: "expected", Got: "got"}}, differences...)
	what, expected, got := 0, 0, 0
	for _, row := range rows {
		what = max(what, len(row.What))
		expected, got = max(expected, len(row.Expected)), max(got, len(row.Got))
	}
	for _, row := range rows {
		fmt.Fprintf(text, "  %-*s  %*s  %*s\n", what, row.What, expected, row.Expected, got, row.Got)
	}
}

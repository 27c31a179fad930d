package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"unicode/utf8"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

type agreementSchemaCommand struct{}

// Help shows examples.
func (agreementSchemaCommand) Help() string {
	return `Needs no database. An editor that knows the schema completes and checks an agreement while
it is written, in YAML as in JSON.

Examples:

    phyle agreement schema > agreement.schema.json`
}

// Run writes the schema.
func (agreementSchemaCommand) Run(s *session) error {
	_, err := s.out.Write(agreement.Schema())
	return err
}

type agreementReadCommand struct {
	inJSON
	File string `arg:"" help:"An agreement file in YAML or JSON; - is the standard input."`
}

// Help shows examples.
func (agreementReadCommand) Help() string {
	return `Needs no database. Says every rule of the file in one plain sentence, and where the rest
goes.

Examples:

    phyle agreement read riverside.yaml
    phyle agreement templates disco | phyle agreement read -`
}

// Run says what the file says.
func (c agreementReadCommand) Run(s *session) error {
	rules, err := s.readAgreement(c.File)
	if err != nil {
		return err
	}
	sentences := rules.Sentences(rules.Names())
	if c.JSON {
		return writeJSON(s, sentences)
	}
	return writeSentences(s.out, sentences)
}

type agreementDiffCommand struct {
	inJSON
	Old string `arg:"" help:"The agreement file as it was; - is the standard input."`
	New string `arg:"" help:"The agreement file as it is."`
}

// Help shows examples.
func (agreementDiffCommand) Help() string {
	return `Needs no database. Says in plain sentences what one version of an agreement changes in
another: which rules are new, gone, in another place or say something else. Rules are the same if
they have the same id. Examples and kinds of the files do not matter.

Examples:

    phyle agreement diff riverside-3.yaml riverside-4.yaml`
}

// Run compares the two files.
func (c agreementDiffCommand) Run(s *session) error {
	before, err := s.readAgreement(c.Old)
	if err != nil {
		return err
	}
	after, err := s.readAgreement(c.New)
	if err != nil {
		return err
	}
	names := before.Names()
	maps.Copy(names.Kinds, after.Names().Kinds)
	changes := agreement.Differences(before, after, names)
	if c.JSON {
		return writeJSON(s, append([]agreement.Amendment{}, changes...))
	}
	if len(changes) == 0 {
		_, err := fmt.Fprintf(s.out, "%s and %s say the same.\n", c.Old, c.New)
		return err
	}
	for _, change := range changes {
		if _, err := io.WriteString(s.out, folded("", change.Text)); err != nil {
			return err
		}
	}
	return nil
}

// readAgreement reads an agreement from a file. What is wrong with one goes to the
// remarks, as when it is checked.
func (s *session) readAgreement(name string) (agreement.Agreement, error) {
	text, err := s.readFile(name)
	if err != nil {
		return agreement.Agreement{}, err
	}
	rules, err := agreement.Parse(text, agreement.Detect)
	var refused *ledger.Error
	if !errors.As(err, &refused) {
		return rules, err
	}
	if _, err := io.WriteString(s.remarks, agreement.CheckFile(name, text).Text()); err != nil {
		return rules, err
	}
	return rules, refuse("Correct the places named above; phyle agreement check names them, too.",
		"%s is not right.", name)
}

// writeSentences writes each sentence behind the name of its rule, a group's below it.
func writeSentences(out io.Writer, sentences []agreement.Sentence) error {
	for _, sentence := range sentences {
		text := sentence.Text
		if sentence.Rule != "" {
			text = "- " + cmp.Or(sentence.Name, sentence.Rule) + ": " + text
		}
		if _, err := io.WriteString(out, folded(strings.Repeat("  ", sentence.Depth), text)); err != nil {
			return err
		}
	}
	return nil
}

// folded returns the text in lines of at most 100 columns, where words allow it. The
// first is indented so far, the others two columns more.
func folded(indent, text string) string {
	var lines strings.Builder
	width := 0
	for i, word := range strings.Split(text, " ") {
		length := utf8.RuneCountInString(word)
		switch {
		case i == 0:
			lines.WriteString(indent)
			width = len(indent)
		case width+1+length > 100:
			lines.WriteString("\n" + indent + "  ")
			width = len(indent) + 2
		default:
			lines.WriteString(" ")
			width++
		}
		lines.WriteString(word)
		width += length
	}
	return lines.String() + "\n"
}

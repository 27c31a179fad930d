package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"phyle/ledger/agreement"
)

// longestFile is more than any agreement may have; of longer files no more is read.
const longestFile = 1 << 20

type agreementCommand struct {
	Check     agreementCheckCommand     `cmd:"" help:"Check agreement files and evaluate their examples."`
	Read      agreementReadCommand      `cmd:"" help:"Say in plain sentences what an agreement file says."`
	Diff      agreementDiffCommand      `cmd:"" help:"Say what one agreement file changes in another."`
	Schema    agreementSchemaCommand    `cmd:"" help:"Write the JSON Schema of agreements, for editors."`
	Templates agreementTemplatesCommand `cmd:"" help:"List agreements to begin with, or write one out."`
	Add       agreementAddCommand       `cmd:"" help:"Keep an agreement as a draft."`
	List      agreementListCommand      `cmd:"" help:"List agreements and how far they have come."`
	Show      agreementShowCommand      `cmd:"" help:"Show how far an agreement has come, with all votes."`
	Rehearse  agreementRehearseCommand  `cmd:"" help:"Say what an agreement would have made of the last months."`
	Propose   agreementProposeCommand   `cmd:"" help:"Put a draft before the group, and perhaps to a vote."`
	Withdraw  agreementWithdrawCommand  `cmd:"" help:"Take a proposal back."`
	Vote      agreementVoteCommand      `cmd:"" help:"Vote on an agreement."`
	Decide    agreementDecideCommand    `cmd:"" help:"Count the votes, or record a decision made elsewhere."`
	Adopt     agreementAdoptCommand     `cmd:"" help:"Put an accepted agreement in force from a day."`
}

type agreementCheckCommand struct {
	inJSON
	Files []string `arg:"" name:"file" help:"Agreement files in YAML or JSON; - is the standard input."`
}

// Help shows examples.
func (agreementCheckCommand) Help() string {
	return `Needs no database. Says what is wrong and where, evaluates the examples in the file, and
exits 1 if one comes to something else than it expects.

Examples:

    phyle agreement check riverside.yaml
    phyle agreement check --json rules/*.yaml
    phyle agreement check - < riverside.yaml`
}

// Run checks the files in order. With JSON the examples of all files are one list.
func (c agreementCheckCommand) Run(s *session) error {
	examples := []agreement.ExampleReport{}
	wrong := 0
	var unread error
	for _, name := range c.Files {
		text, err := s.readFile(name)
		if err != nil {
			unread = errors.Join(unread, err)
			continue
		}
		if name == "-" {
			name = "standard input"
		}
		checked := agreement.CheckFile(name, text)
		if !checked.OK() {
			wrong++
		}
		examples = append(examples, checked.Examples...)
		if err := c.write(s, checked); err != nil {
			return err
		}
	}
	if c.JSON {
		if err := writeJSON(s, examples); err != nil {
			return err
		}
	}
	return errors.Join(unread, c.verdict(wrong))
}

// write shows what checking a file found. Where the output is for programs, what is
// wrong with the file goes to the remarks.
func (c agreementCheckCommand) write(s *session, checked agreement.Report) (err error) {
	switch {
	case !c.JSON:
		_, err = io.WriteString(s.out, checked.Text())
	case checked.Err != nil:
		_, err = io.WriteString(s.remarks, checked.Text())
	}
	return err
}

func (c agreementCheckCommand) verdict(wrong int) error {
	const hint = "Correct the places named above, and check again."
	switch {
	case wrong == 0:
		return nil
	case len(c.Files) == 1:
		return refuse(hint, "%s is not right.", c.Files[0])
	}
	return refuse(hint, "%d of %d files are not right.", wrong, len(c.Files))
}

// readFile returns the text of a file, or of the standard input for "-".
func (s *session) readFile(name string) ([]byte, error) {
	in := s.in
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, unreadable(name, err)
		}
		defer func() { _ = file.Close() }() // it was only read
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, longestFile))
	if err != nil {
		return nil, unreadable(name, err)
	}
	return text, nil
}

func unreadable(name string, err error) error {
	reason := err.Error()
	var path *os.PathError
	if errors.As(err, &path) {
		reason = path.Err.Error()
	}
	return &refusal{
		message: fmt.Sprintf("%s cannot be read: %s.", strings.ToValidUTF8(name, "?"), reason),
		hint:    "Check the path and whether you may read the file.", cause: err,
	}
}

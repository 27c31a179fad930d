package main

import (
	"bytes"
	"context"

	"phyle/http/client"
	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
	"phyle/ledger/report"
)

type agreementRehearseCommand struct {
	inJSON
	File    string `arg:"" name:"file" help:"The agreement in YAML or JSON; - is the standard input, and the id of a draft is a draft."`
	Commons string `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
	Months  int    `default:"12" placeholder:"N" help:"How many months back, 1 to 36; 12 unless given."`
	Area    string `placeholder:"CODE" help:"The area whose incomes a file divides; else all others."`
}

// Help shows examples.
func (agreementRehearseCommand) Help() string {
	return `Replays the distributions of the last months under the agreement and under what was in
force, and shows side by side what everybody would have got. Writes nothing, and says what it
assumes. In JSON there is every single run, too.

Examples:

    phyle agreement rehearse riverside.yaml --months 12
    phyle agreement rehearse lab.yaml --commons riverside --area lab --json
    phyle agreement rehearse agr_06fa0m4h7kx8r9w2t5v3y6z1bc`
}

// kept returns the id of the draft, if it was one that was typed.
func (c agreementRehearseCommand) kept() (id ledger.AgreementID, found bool) {
	id, err := ledger.ParseID[ledger.AgreementNoun](c.File)
	return id, err == nil
}

// Run rehearses the agreement in the books of the database.
func (c agreementRehearseCommand) Run(ctx context.Context, s *session) error {
	request := postgres.RehearsalRequest{
		Format: agreement.Detect, Area: c.Area, Months: c.months(),
	}
	var found bool
	if request.Agreement, found = c.kept(); !found {
		var err error
		if request.Text, err = s.readFile(c.File); err != nil {
			return err
		}
	}
	return s.inBooks(ctx, c.Commons, "", func(b *books, by postgres.Caller) error {
		rehearsed, err := b.Rehearse(ctx, by, request)
		if err != nil {
			return err
		}
		return c.show(s, report.Rehearsal(rehearsed))
	})
}

// months returns what was typed: no months are too few, and not the usual.
func (c agreementRehearseCommand) months() int {
	if c.Months == 0 {
		return -1
	}
	return c.Months
}

func (c agreementRehearseCommand) runRemotely(
	ctx context.Context, s *session, to *client.Client,
) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	found, err := c.ask(ctx, s, books)
	if err != nil {
		return err
	}
	shown, err := likewise[report.RehearsalJSON](found)
	if err != nil {
		return err
	}
	return c.show(s, shown)
}

func (c agreementRehearseCommand) ask(
	ctx context.Context, s *session, books remoteBooks,
) (found client.ReportRehearsal, err error) {
	months := int64(c.months())
	if id, kept := c.kept(); kept {
		return books.RehearseAgreement(ctx, client.AgreementID(id.String()),
			client.RehearsalRequest{Months: months})
	}
	text, err := s.readFile(c.File)
	if err != nil {
		return found, err
	}
	document := client.InYAML(text)
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		document = client.InJSON(text)
	}
	return books.RehearseDocument(ctx,
		client.RehearseDocumentQuery{Area: c.Area, Months: months}, document)
}

func (c agreementRehearseCommand) show(s *session, r report.RehearsalJSON) error {
	if c.JSON {
		return writeJSON(s, r)
	}
	return report.RehearsalText(s.out, r)
}

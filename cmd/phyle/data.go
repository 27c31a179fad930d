package main

import (
	"bufio"
	"context"
	"encoding/json"

	"phyle/http/client"
	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/report"
)

type memberDataCommand struct {
	Handle  string `arg:"" help:"Whose data; on a server whose token it is."`
	Commons string `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
}

// Help shows examples.
func (memberDataCommand) Help() string {
	return `Writes everything that is kept about a member as one JSON document, one thing a line.
Others are in it by their handles; secrets are not in it. On a server everybody gets their own, also
after they have left or while they are suspended; then they name the commons.

Examples:

    phyle member data ana > ana.json
    phyle member data ana --commons riverside --server https://phyle.example.org > ana.json`
}

// Run writes what is kept in the database.
func (c memberDataCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, c.Handle, func(b *books, by postgres.Caller) error {
		out := bufio.NewWriter(s.out)
		document := report.NewData(out, by.Commons.Slug, b.Now())
		if err := b.OwnData(ctx, by, by.Handle, document.Add); err != nil {
			return err
		}
		if err := document.Close(); err != nil {
			return err
		}
		return out.Flush()
	})
}

// runRemotely writes what a server keeps about whose token it is, in the same form.
func (c memberDataCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	books, err := namedUnseen(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	found, err := books.GetOwnData(ctx, c.Handle)
	if err != nil {
		return err
	}
	parts, err := likewise[map[ledger.DataPart]json.RawMessage](found)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(s.out)
	document := report.NewData(out, found.Commons, found.MadeAt)
	for _, part := range ledger.DataParts {
		rows, err := rowsOf(part, parts[part])
		if err == nil {
			err = document.Add(part, rows)
		}
		if err != nil {
			return err
		}
	}
	if err := document.Close(); err != nil {
		return err
	}
	return out.Flush()
}

// rowsOf reads the rows of a part as a server sent them.
func rowsOf(part ledger.DataPart, text json.RawMessage) (rows []ledger.DataRow, err error) {
	switch {
	case len(text) == 0:
		return nil, nil
	case part.IsSingle():
		rows = []ledger.DataRow{nil}
		return rows, json.Unmarshal(text, &rows[0])
	}
	return rows, json.Unmarshal(text, &rows)
}

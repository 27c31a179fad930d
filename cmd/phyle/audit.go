package main

import (
	"context"

	"phyle/http/client"
	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/report"
)

type auditCommand struct {
	inJSON
	Commons   string      `placeholder:"SLUG" help:"Which commons; not needed where there is one."`
	Member    string      `placeholder:"HANDLE" help:"Only acts of this member."`
	Operation string      `placeholder:"NAME" help:"Only of this operation, such as move_money."`
	Subject   string      `placeholder:"ID" help:"Only what concerned the thing of this id."`
	Outcome   string      `enum:"done,refused," default:"" help:"Only what was done, or was refused."`
	From      ledger.Date `placeholder:"DATE" help:"Only of this day or later."`
	To        ledger.Date `placeholder:"DATE" help:"Only of this day or earlier."`
	Limit     uint16      `default:"50" help:"How many rows at the most."`
}

// Help shows examples.
func (auditCommand) Help() string {
	return `Every act has one row, newest first, and so has every refusal of an act on money. Of the
address a request came from, the network is kept.

Examples:

    phyle audit
    phyle audit --member ana --from 2026-10-01 --to 2026-10-31
    phyle audit --outcome refused --json`
}

// Run lists who did what.
func (c auditCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, "", func(b *books, by postgres.Caller) error {
		found, err := b.Audit(ctx, by, postgres.AuditFilter{
			Member: c.Member, Operation: ledger.Operation(c.Operation), Subject: c.Subject,
			Outcome: ledger.AuditOutcome(c.Outcome), From: c.From, To: c.To, Limit: int(c.Limit),
		})
		if err != nil {
			return err
		}
		rows := make([]report.AuditJSON, len(found))
		for i, r := range found {
			rows[i] = report.Audit(r)
		}
		return c.show(s, rows)
	})
}

// runRemotely lists what a server shows to whose token it is.
func (c auditCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	books, err := namedUnseen(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	rows := []report.AuditJSON{}
	for r, err := range books.AllAudit(ctx, client.ListAuditQuery{
		Member: c.Member, Operation: c.Operation, Subject: c.Subject, Outcome: c.Outcome,
		From: client.Date(c.From.String()), To: client.Date(c.To.String()),
	}) {
		if err != nil {
			return err
		}
		if len(rows) >= int(c.Limit) {
			break
		}
		rows = append(rows, auditOf(r))
	}
	return c.show(s, rows)
}

func (c auditCommand) show(s *session, rows []report.AuditJSON) error {
	if c.JSON {
		return writeJSON(s, rows)
	}
	return report.AuditText(s.out, rows)
}

// auditOf returns what a server sent as commands show it.
func auditOf(r client.Audit) report.AuditJSON {
	return report.AuditJSON{
		Number: r.Sequence, At: r.At, RecordedAt: r.RecordedAt, By: r.By, Token: string(r.TokenID),
		Operation: r.Operation, Outcome: r.Outcome, Code: r.Code, Type: r.Type, Subject: string(r.Subject),
		Last: string(r.LastSubject), Count: r.Count, FirstEvent: r.EventFrom, LastEvent: r.EventTo,
		Before: r.Before, After: r.After, RequestID: string(r.RequestID), Address: r.Address,
	}
}

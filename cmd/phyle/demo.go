package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"

	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/report"
)

type demoCommand struct {
	listenFlag
}

// Help shows examples.
func (demoCommand) Help() string {
	return `Fills the commons "riverside" with one October, shows what everybody got, and serves it
until Ctrl-C. It lives in the directory demo below PHYLE_HOME and is found again the next time.

Examples:

    phyle demo
    phyle demo --listen 127.0.0.1:9000`
}

// Run fills the demonstration and serves it.
func (c demoCommand) Run(ctx context.Context, s *session) error {
	if !s.hasAddress() {
		home, err := s.directory()
		if err != nil {
			return err
		}
		s.home = filepath.Join(home, "demo")
	}
	log := slog.New(slog.NewTextHandler(s.remarks, &slog.HandlerOptions{Level: slog.LevelWarn}))
	return s.serve(ctx, c.Listen, log, s.showDemo)
}

// showDemo sees to it that October has happened, and leads through what came of
// it.
func (s *session) showDemo(ctx context.Context, out io.Writer, b *books, address string) error {
	if err := tellStory(ctx, b); err != nil {
		return err
	}
	ana, err := b.AsMember(ctx, demoSlug, "ana")
	if err != nil {
		return err
	}
	token, err := b.CreateToken(ctx, ana, "demo")
	if err != nil {
		return err
	}
	payouts, err := b.Payouts(ctx, ana,
		ledger.NewDate(2026, 10, 1), ledger.NewDate(2026, 10, 31), ledger.ByMember)
	if err != nil {
		return err
	}
	fmt.Fprint(out, `Ana, Bo and Cy run a workshop. In October 4,200.00 came in. Materials were paid back first,
15 % was set aside, and the rest was divided by hours of work and care.

`)
	return errors.Join(report.PayoutsText(out, payouts), showRequests(out, address, token, ana, b))
}

// showRequests writes three requests that work when they are pasted.
func showRequests(out io.Writer, address, token string, ana postgres.Caller, b *books) error {
	commons := address + "/v1/commons/" + demoSlug
	bearer := `-H "Authorization: Bearer ` + token + `"`
	today := ana.Commons.Today(b.Now())
	_, err := fmt.Fprintf(out, `
What was given, newest first; what Ana is owed; and three hours of Bo's, logged once however
often they are sent:

curl -sS %[2]s "%[1]s/contributions?limit=5"

curl -sS %[2]s %[1]s/members/ana/balance

curl -sS %[2]s %[1]s/contributions \
  -H "Content-Type: application/json" -H "Idempotency-Key: bo-%[3]s" \
  -d '{"member":"bo","kind":"work","quantity":"3","date":"%[3]s","note":"shelves"}'

All requests are described on %[4]s/docs. Ctrl-C ends it; phyle demo finds it again.
`, commons, bearer, today, address)
	return err
}

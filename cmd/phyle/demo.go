package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"

	"phyle/http"
	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/report"
)

type demoCommand struct {
	listenFlag
	Reset bool `help:"Remove the demonstration first, and begin anew. Asks before it does."`
	Yes   bool `help:"Do not ask."`
}

// Help shows examples.
func (demoCommand) Help() string {
	return `Fills two commons, and serves them until Ctrl-C: "riverside", one October that can be
checked by hand, and "millrace", a year of a workshop with twelve members. They live in the
directory demo below PHYLE_HOME and are found again the next time.

Examples:

    phyle demo
    phyle demo --listen 127.0.0.1:9000
    phyle demo --reset`
}

// Run fills the demonstration and serves it.
func (c demoCommand) Run(ctx context.Context, s *session) error {
	if s.hasAddress() && c.Reset {
		return refuse("Unset it to reset the demonstration below PHYLE_HOME.",
			"Only a demonstration that lives in a home of its own can be reset, and a database "+
				"is given.")
	}
	if !s.hasAddress() {
		if err := c.prepare(s); err != nil {
			return err
		}
	}
	log := logFlags{LogFormat: "text", LogLevel: "warn"}.logger(s.remarks)
	return s.serve(ctx, serveFlags{listenFlag: c.listenFlag}, log, s.showDemo)
}

// prepare chooses the home of the demonstration, removes it if it was asked to, and
// makes it. Where nothing could be served nothing is removed.
func (c demoCommand) prepare(s *session) error {
	home, err := s.directory()
	if err != nil {
		return err
	}
	s.home = filepath.Join(home, "demo")
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return cannotListen("--listen", c.Listen, err)
	}
	if err := listener.Close(); err != nil {
		return err
	}
	if c.Reset {
		if err := s.resetDemo(s.home, c.Yes); err != nil {
			return err
		}
	}
	return makeDemoHome(s.home)
}

// showDemo sees to it that everything has happened, and leads through the October.
func (s *session) showDemo(ctx context.Context, out io.Writer, b *books, address string) error {
	bar := newProgress(s.remarks, "Filling the demonstration")
	err := tellStories(ctx, b.Store, bar.show)
	bar.clear()
	if err != nil {
		return err
	}
	var ana postgres.Caller
	var token postgres.MadeToken
	var payouts ledger.Payouts
	err = persist(ctx, func() (err error) {
		if s.demo, err = exampleOf(ctx, b.Store); err != nil {
			return err
		}
		if ana, err = b.AsMember(ctx, riversideSlug, "ana"); err != nil {
			return err
		}
		if token, err = b.CreateToken(ctx, &postgres.Act{By: ana}, ledger.NewToken{Label: "demo"}); err != nil {
			return err
		}
		payouts, err = b.Payouts(ctx, ana, october(1), october(31), ledger.ByMember)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprint(out, `Riverside: Ana, Bo and Cy run a workshop. In October 4,200.00 came in. Materials
were paid back first, 15 % was set aside, and the rest was divided by hours of work and care.

`)
	return errors.Join(report.PayoutsText(out, payouts),
		s.showRequests(out, address, token.Secret, ana, b))
}

// showRequests writes three requests that work when they are pasted, and where the
// year is.
func (s *session) showRequests(
	out io.Writer, address, token string, ana postgres.Caller, b *books,
) error {
	commons := address + "/v1/commons/" + riversideSlug
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

Millrace is a whole year: twelve members, who gave some 1,500 times, and twelve distributions.

%[5]s report payouts --commons millrace --from 2025-11-01 --to 2026-10-31 --by month

All requests can be tried on %[4]s/docs. Ctrl-C ends it; phyle demo finds it again.
`, commons, bearer, today, address, s.program())
	return err
}

// exampleOf returns what the explorer shows of the year: the newest of everything,
// and a token that can only read.
func exampleOf(ctx context.Context, store *postgres.Store) (*http.Demo, error) {
	by, err := store.AsMember(ctx, millraceSlug, "ines")
	if err != nil {
		return nil, err
	}
	token, err := store.CreateToken(ctx, &postgres.Act{By: by},
		ledger.NewToken{Label: "explorer of the demo", Scopes: ledger.ReadScopes()})
	if err != nil {
		return nil, err
	}
	agreements, err := store.Agreements(ctx, by, "", "", 1)
	if err != nil {
		return nil, err
	}
	contributions, err := store.Contributions(ctx, by,
		postgres.ContributionFilter{State: ledger.Accepted, Limit: 1})
	if err != nil {
		return nil, err
	}
	incomes, err := store.Incomes(ctx, by, postgres.IncomeFilter{Limit: 1})
	if err != nil {
		return nil, err
	}
	distributions, err := store.Distributions(ctx, by, 0, 1)
	if err != nil {
		return nil, err
	}
	entries, err := store.Entries(ctx, by, postgres.EntryFilter{Limit: 1})
	if err != nil {
		return nil, err
	}
	return &http.Demo{Commons: millraceSlug, Token: token.Secret, IDs: map[string]string{
		"account": "assets:bank", "area": "bikes", "fund": "reserve", "kind": "work",
		"member":       "marta",
		"other":        "omar",
		"agreement":    agreements[0].ID.String(),
		"contribution": contributions[0].ID.String(),
		"distribution": distributions[0].ID.String(),
		"entry":        entries[0].ID.String(),
		"income":       incomes[0].ID.String(),
	}}, nil
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/alecthomas/kong"

	"phyle/http/client"
	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
)

// agreeing is part of every command that does something about an agreement.
type agreeing struct {
	inJSON
	Commons string `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
	By      string `placeholder:"HANDLE" help:"Who does it; on a server always whose token it is."`
}

// Validate refuses an act of nobody. On a server it is the caller's.
func (c agreeing) Validate(typed *kong.Context) error {
	all, _ := typed.Model.Target.Interface().(commandLine)
	switch {
	case c.By == "" && all.Server == "":
		return errors.New("missing flags: --by=HANDLE")
	case c.By != "" && all.Server != "":
		return errors.New("--by is not for a server, which knows whose token it is")
	}
	return nil
}

// here acts on the books in the database and shows the agreement as it is then.
func (c agreeing) here(
	ctx context.Context, s *session, act func(b *books, a *postgres.Act) (postgres.Agreement, error),
) error {
	return s.inBooks(ctx, c.Commons, c.By, func(b *books, by postgres.Caller) error {
		found, err := act(b, &postgres.Act{By: by})
		if err != nil {
			return err
		}
		return c.show(s, viewAgreed(found))
	})
}

// there acts on a server and shows the agreement as it is then.
func (c agreeing) there(
	ctx context.Context, s *session, to *client.Client,
	act func(b remoteBooks) (client.Agreement, error),
) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	found, err := act(books)
	if err != nil {
		return unsure(err, "Look whether it was done: phyle agreement show says how far it has come.")
	}
	view, err := likewise[agreed](found)
	if err != nil {
		return err
	}
	return c.show(s, view)
}

// show says in a line how far the agreement has come.
func (c agreeing) show(s *session, a agreed) error {
	if c.JSON {
		return writeJSON(s, a)
	}
	_, err := fmt.Fprintf(s.out, "%s is %s\n", a.ID, a.inWords())
	return err
}

type agreementAddCommand struct {
	agreeing
	File string `arg:"" name:"file" help:"The agreement in YAML or JSON; - is the standard input."`
	Area string `placeholder:"CODE" help:"The area whose incomes it divides; else all others."`
}

// Help shows examples.
func (agreementAddCommand) Help() string {
	return `Keeps the agreement as a draft, once nothing is wrong with it. A draft binds nobody.

Examples:

    phyle agreement add riverside.yaml --by ana
    phyle agreement add lab.yaml --by ana --area lab`
}

// Run keeps the draft.
func (c agreementAddCommand) Run(ctx context.Context, s *session) error {
	text, err := s.readFile(c.File)
	if err != nil {
		return err
	}
	return c.here(ctx, s, func(b *books, act *postgres.Act) (postgres.Agreement, error) {
		return b.CreateAgreement(ctx, act, c.Area, text, agreement.Detect)
	})
}

func (c agreementAddCommand) runRemotely(
	ctx context.Context, s *session, to *client.Client,
) error {
	text, err := s.readFile(c.File)
	if err != nil {
		return err
	}
	document := client.InYAML(text)
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		document = client.InJSON(text)
	}
	return c.there(ctx, s, to, func(b remoteBooks) (client.Agreement, error) {
		return b.CreateAgreement(ctx, client.CreateAgreementQuery{Area: c.Area}, document)
	})
}

// mostAgreements is how many agreements are listed.
const mostAgreements = 200

type agreementListCommand struct {
	inJSON
	Commons string                 `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
	Status  ledger.AgreementStatus `enum:",draft,proposed,voting,withdrawn,rejected,accepted,adopted,in_force,superseded" default:"" placeholder:"STATUS" help:"Only those that have come so far: draft, proposed, voting, withdrawn, rejected, accepted, adopted, in_force or superseded."`
}

// Help shows examples.
func (agreementListCommand) Help() string {
	return `Lists the latest 200 agreements, newest first.

Examples:

    phyle agreement list
    phyle agreement list --status voting --json`
}

// Run lists the agreements.
func (c agreementListCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, "", func(b *books, by postgres.Caller) error {
		found, err := b.Agreements(ctx, by, c.Status, "", mostAgreements)
		if err != nil {
			return err
		}
		all := []agreed{}
		for _, a := range found {
			all = append(all, viewAgreed(a))
		}
		return c.show(s, all)
	})
}

func (c agreementListCommand) runRemotely(
	ctx context.Context, s *session, to *client.Client,
) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	found, err := books.ListAgreements(ctx,
		client.ListAgreementsQuery{Status: string(c.Status), Limit: mostAgreements})
	if err != nil {
		return err
	}
	all, err := likewise[[]agreed](found.Data)
	if err != nil {
		return err
	}
	return c.show(s, all)
}

func (c agreementListCommand) show(s *session, all []agreed) error {
	if c.JSON {
		return writeJSON(s, all)
	}
	return writeAgreements(s.out, all)
}

type agreementShowCommand struct {
	inJSON
	Agreement ledger.AgreementID `arg:"" help:"The id of the agreement; phyle agreement list shows it."`
	Commons   string             `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
}

// Help shows examples.
func (agreementShowCommand) Help() string {
	return `Shows how far the agreement has come, who decided, and every vote in order.

Examples:

    phyle agreement show agr_06fa0m4h7kx8r9w2t5v3y6z1bc
    phyle agreement show agr_06fa0m4h7kx8r9w2t5v3y6z1bc --json`
}

// Run shows the agreement.
func (c agreementShowCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, "", func(b *books, by postgres.Caller) error {
		found, err := b.Agreement(ctx, by, c.Agreement)
		if err != nil {
			return err
		}
		votes, err := b.Votes(ctx, by, c.Agreement, 0, everyone)
		if err != nil {
			return err
		}
		view := viewAgreed(found)
		for _, v := range votes {
			view.Votes = append(view.Votes, viewVoted(v))
		}
		return c.show(s, view)
	})
}

func (c agreementShowCommand) runRemotely(
	ctx context.Context, s *session, to *client.Client,
) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	id := client.AgreementID(c.Agreement.String())
	found, err := books.GetAgreement(ctx, id)
	if err != nil {
		return err
	}
	view, err := likewise[agreed](found)
	if err != nil {
		return err
	}
	for vote, err := range books.AllVotes(ctx, id, client.PageQuery{}) {
		if err != nil {
			return err
		}
		shown, err := likewise[agreedVote](vote)
		if err != nil {
			return err
		}
		view.Votes = append(view.Votes, shown)
	}
	return c.show(s, view)
}

func (c agreementShowCommand) show(s *session, a agreed) error {
	if c.JSON {
		return writeJSON(s, a)
	}
	return a.write(s.out)
}

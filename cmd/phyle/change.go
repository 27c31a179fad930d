package main

import (
	"context"
	"fmt"

	"phyle/http/client"
	"phyle/ledger"
	"phyle/ledger/postgres"
)

type changeCommand struct {
	List     changeListCommand     `cmd:"" help:"List what was asked of a second person, and how it ended."`
	Show     changeShowCommand     `cmd:"" help:"Show one change, and how it ended."`
	Confirm  changeConfirmCommand  `cmd:"" help:"Put a change into effect, as the second person."`
	Withdraw changeWithdrawCommand `cmd:"" help:"Take a change back before it is confirmed."`
}

// byPerson is part of every command that somebody does in person: with their token and
// on a server, for a machine is nobody.
type byPerson struct {
	inJSON
	Commons string `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
}

// Run refuses to do at the machine what is a person's to do.
func (byPerson) Run() error {
	return refuse("Name a server with --server or PHYLE_SERVER, and put your token into "+
		tokenVariable+": who can sign in makes one on the page of their commons, with the scope "+
		"person, for 15 minutes.",
		"This is for a person to do with their token, and a machine is nobody.")
}

// acted is what a change looks like after an act of which no answer may have come.
func (c byPerson) acted(s *session, found client.Change, err error) error {
	if err != nil {
		return unsure(err, "Look at phyle change list, and run it again if need be.")
	}
	view, err := changedThere(found)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(s, view)
	}
	_, err = fmt.Fprintf(s.out, "%s: %s\n", view.ID, view.inWords())
	return err
}

// mostChanges is how many changes are listed.
const mostChanges = 200

type changeListCommand struct {
	inJSON
	Commons string             `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
	State   ledger.ChangeState `enum:",waiting,confirmed,unchecked,withdrawn" default:"" placeholder:"STATE" help:"Only those that are waiting, confirmed, unchecked or withdrawn."`
}

// Help shows examples.
func (changeListCommand) Help() string {
	return `Lists the latest 200 changes, newest first: what one person alone does not decide. What
is unchecked took effect at once, because nobody else could confirm it.

Examples:

    phyle change list --state waiting
    phyle change list --commons riverside --json`
}

// Run lists the changes.
func (c changeListCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, "", func(b *books, by postgres.Caller) error {
		found, err := b.Changes(ctx, by, c.State, "", mostChanges)
		if err != nil {
			return err
		}
		all := []changed{}
		for _, one := range found {
			all = append(all, viewChanged(one, by.Commons.Currency))
		}
		return c.show(s, all)
	})
}

func (c changeListCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	found, err := books.ListChanges(ctx,
		client.ListChangesQuery{State: string(c.State), Limit: mostChanges})
	if err != nil {
		return err
	}
	all := []changed{}
	for _, one := range found.Data {
		view, err := changedThere(one)
		if err != nil {
			return err
		}
		all = append(all, view)
	}
	return c.show(s, all)
}

func (c changeListCommand) show(s *session, all []changed) error {
	if c.JSON {
		return writeJSON(s, all)
	}
	return writeChanges(s.out, all)
}

type changeShowCommand struct {
	inJSON
	Change  ledger.ChangeID `arg:"" help:"The id of the change; phyle change list shows it."`
	Commons string          `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
}

// Help shows examples.
func (changeShowCommand) Help() string {
	return `Shows what was asked for, by whom, and how it ended.

Examples:

    phyle change show chg_06fa0m4h7kx8r9w2t5v3y6z1bc
    phyle change show chg_06fa0m4h7kx8r9w2t5v3y6z1bc --json`
}

// Run shows the change.
func (c changeShowCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, "", func(b *books, by postgres.Caller) error {
		found, err := b.Change(ctx, by, c.Change)
		if err != nil {
			return err
		}
		return c.show(s, viewChanged(found, by.Commons.Currency))
	})
}

func (c changeShowCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	found, err := books.GetChange(ctx, client.ChangeID(c.Change.String()))
	if err != nil {
		return err
	}
	view, err := changedThere(found)
	if err != nil {
		return err
	}
	return c.show(s, view)
}

func (c changeShowCommand) show(s *session, one changed) error {
	if c.JSON {
		return writeJSON(s, one)
	}
	return one.write(s.out)
}

type changeConfirmCommand struct {
	byPerson
	Change ledger.ChangeID `arg:"" help:"The id of the change; phyle change list shows it."`
}

// Help shows examples.
func (changeConfirmCommand) Help() string {
	return `Somebody else than who asked for it confirms a change, in person: on a server, with
their token. Look at what it is with phyle change show first.

Examples:

    phyle change confirm chg_06fa0m4h7kx8r9w2t5v3y6z1bc --server https://phyle.example.org`
}

func (c changeConfirmCommand) runRemotely(
	ctx context.Context, s *session, to *client.Client,
) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	found, err := books.ConfirmChange(ctx, client.ChangeID(c.Change.String()))
	return c.acted(s, found, err)
}

type changeWithdrawCommand struct {
	byPerson
	Change ledger.ChangeID `arg:"" help:"The id of the change; phyle change list shows it."`
}

// Help shows examples.
func (changeWithdrawCommand) Help() string {
	return `Who asked for a change takes it back, or who could confirm it, in person: on a server,
with their token.

Examples:

    phyle change withdraw chg_06fa0m4h7kx8r9w2t5v3y6z1bc --server https://phyle.example.org`
}

func (c changeWithdrawCommand) runRemotely(
	ctx context.Context, s *session, to *client.Client,
) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	found, err := books.WithdrawChange(ctx, client.ChangeID(c.Change.String()))
	return c.acted(s, found, err)
}

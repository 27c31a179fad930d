package main

import (
	"context"
	"fmt"
	"time"

	"phyle/http/client"
	"phyle/ledger"
	"phyle/ledger/postgres"
)

type memberSuspendCommand struct {
	inJSON
	Handle  string `arg:"" help:"Which member, such as cy."`
	Reason  string `required:"" placeholder:"TEXT" help:"Why; the member reads it."`
	Commons string `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
}

// Help shows examples.
func (memberSuspendCommand) Help() string {
	return `Takes a member's part away, at once and until phyle member readmit. The books stay as they
are: what they gave counts, and what they are owed can be paid. They can still sign in, read what is
kept about them, leave, and ask to be erased. Roles are taken first, by two people.

Examples:

    phyle member suspend cy --reason "until we have talked about Friday"
    phyle member suspend cy --reason "as decided on Monday" --server https://phyle.example.org`
}

type memberReadmitCommand struct {
	inJSON
	Handle  string `arg:"" help:"Which member, such as cy."`
	Commons string `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
}

// Help shows examples.
func (memberReadmitCommand) Help() string {
	return `Ends the suspension of a member. Roles that they gave back do not come back by it.

Examples:

    phyle member readmit cy
    phyle member readmit cy --server https://phyle.example.org`
}

// suspended says whether a member is suspended, for programs.
type suspended struct {
	Commons     string `json:"commons"`
	Handle      string `json:"handle"`
	SuspendedAt string `json:"suspended_at,omitempty"`
}

// Run suspends the member.
func (c memberSuspendCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, "", func(b *books, by postgres.Caller) error {
		members, err := b.SuspendMember(ctx, &postgres.Act{By: by},
			ledger.Suspension{Member: c.Handle, Reason: c.Reason})
		if err != nil {
			return err
		}
		return c.showSuspension(s, by.Commons.Slug, members[0].Handle, members[0].SuspendedAt)
	})
}

// Run readmits the member.
func (c memberReadmitCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, "", func(b *books, by postgres.Caller) error {
		members, err := b.ReadmitMember(ctx, &postgres.Act{By: by}, c.Handle)
		if err != nil {
			return err
		}
		return c.showSuspension(s, by.Commons.Slug, members[0].Handle, members[0].SuspendedAt)
	})
}

func (c memberSuspendCommand) runRemotely(
	ctx context.Context, s *session, to *client.Client,
) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	m, err := books.SuspendMember(ctx, c.Handle, client.SuspensionRequest{Reason: c.Reason})
	if err != nil {
		return unsure(err, "Run it again: if it was done, it says that they are suspended already.")
	}
	return c.showSuspension(s, books.commons.Slug, m.Handle, m.SuspendedAt)
}

func (c memberReadmitCommand) runRemotely(
	ctx context.Context, s *session, to *client.Client,
) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	m, err := books.ReadmitMember(ctx, c.Handle)
	if err != nil {
		return unsure(err, "Run it again: if it was done, it says that they are not suspended.")
	}
	return c.showSuspension(s, books.commons.Slug, m.Handle, m.SuspendedAt)
}

// showSuspension writes whether the member is suspended now.
func (c inJSON) showSuspension(s *session, commons, handle string, since time.Time) error {
	if c.JSON {
		found := suspended{Commons: commons, Handle: handle}
		if !since.IsZero() {
			found.SuspendedAt = since.UTC().Format(time.RFC3339)
		}
		return writeJSON(s, found)
	}
	text := "%s has their part in %s back.\n"
	if !since.IsZero() {
		text = "%s is suspended in %s. What is owed stays owed.\n"
	}
	_, err := fmt.Fprintf(s.out, text, handle, commons)
	return err
}

package main

import (
	"context"
	"fmt"
	"time"

	"phyle/http"
	"phyle/http/client"
	"phyle/ledger/postgres"
)

type memberInviteCommand struct {
	inJSON
	Handle  string `arg:"" help:"Which member the person is, such as ana."`
	Commons string `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
	URL     string `env:"PHYLE_URL" default:"http://127.0.0.1:8080" placeholder:"URL" help:"Where people reach it, as the link begins; http://127.0.0.1:8080 unless given."`
}

// Help shows examples.
func (memberInviteCommand) Help() string {
	return `The link is printed this once, alone on the standard output. It is good once, for 7 days, and
ends the one made before. Opening it uses nothing up.

Examples:

    phyle member invite bo
    phyle member invite cy --commons riverside --url https://phyle.example.org`
}

// invited is a new invitation, for programs.
type invited struct {
	Commons   string `json:"commons"`
	Member    string `json:"member"`
	Link      string `json:"link"`
	ExpiresAt string `json:"expires_at"`
}

// Run makes the link.
func (c memberInviteCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, "", func(b *books, by postgres.Caller) error {
		made, err := b.InviteMember(ctx, &postgres.Act{By: by}, c.Handle)
		if err != nil {
			return err
		}
		return c.show(s, invited{
			by.Commons.Slug, c.Handle, http.InvitationAddress(c.URL, made.Link),
			made.ExpiresAt.Format(time.RFC3339),
		})
	})
}

// runRemotely makes the link on a server, which knows its own address.
func (c memberInviteCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	made, err := books.InviteMember(ctx, c.Handle)
	if err != nil {
		return unsure(err, "Run it again: a new link ends the one before.")
	}
	return c.show(s, invited{
		books.commons.Slug, c.Handle, made.Link, made.ExpiresAt.Format(time.RFC3339),
	})
}

// show writes the link alone, and beside it what it is for.
func (c memberInviteCommand) show(s *session, made invited) error {
	if c.JSON {
		return writeJSON(s, made)
	}
	fmt.Fprintf(s.remarks, "With this link a person becomes %s in %s, once, until %s.\n"+
		"Give it to nobody else:\n", made.Member, made.Commons, made.ExpiresAt)
	_, err := fmt.Fprintln(s.out, made.Link)
	return err
}

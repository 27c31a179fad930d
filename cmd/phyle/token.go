package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/alecthomas/kong"

	"phyle/http/client"
	"phyle/ledger/postgres"
)

type tokenCommand struct {
	Create tokenCreateCommand `cmd:"" help:"Make a token for a member, or for the instance."`
}

type tokenCreateCommand struct {
	inJSON
	Commons  string `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
	Member   string `xor:"for" placeholder:"HANDLE" help:"For whom the token acts; on a server always for the caller."`
	Instance bool   `xor:"for" help:"Make a token that can found commons, and nothing else."`
	Label    string `default:"command line" help:"What it is for."`
}

// Help shows examples.
func (tokenCreateCommand) Help() string {
	return `The token is printed this once, alone on the standard output; only its hash is kept.

Examples:

    phyle token create --commons riverside --member ana --label laptop
    TOKEN=$(phyle token create --instance)`
}

// issued is a new token, for programs.
type issued struct {
	Commons string `json:"commons,omitempty"`
	Member  string `json:"member,omitempty"`
	Token   string `json:"token"`
}

// Run makes the token.
func (c tokenCreateCommand) Run(ctx context.Context, s *session) (err error) {
	b, err := s.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	made, purpose, err := c.make(ctx, b)
	if err != nil {
		return err
	}
	return c.show(s, made, purpose)
}

// Validate refuses a token for nobody. On a server it is for the caller.
func (c tokenCreateCommand) Validate(typed *kong.Context) error {
	all, _ := typed.Model.Target.Interface().(commandLine)
	if c.Member == "" && !c.Instance && all.Server == "" {
		return errors.New("missing flags: --member=HANDLE or --instance")
	}
	return nil
}

// runRemotely makes a token on a server for whoever the token at hand acts for.
func (c tokenCreateCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	if c.Instance || c.Member != "" {
		return refuse("Leave --member and --instance out, or run it where the database is.",
			"A server makes tokens for nobody but the member whose token is in %s.", tokenVariable)
	}
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	made, err := books.CreateToken(ctx, client.TokenRequest{Label: c.Label})
	if err != nil {
		return unsure(err, "If it was made, it is in the list of your tokens, where it can be "+
			"ended; nobody knows it.")
	}
	return c.show(s, issued{Commons: books.commons.Slug, Token: made.Token},
		"acts for you in "+books.commons.Slug)
}

// show writes the token alone, and beside it what it is for.
func (c tokenCreateCommand) show(s *session, made issued, purpose string) error {
	if c.JSON {
		return writeJSON(s, made)
	}
	fmt.Fprintf(s.remarks, "This token %s.\nIt is shown only now; keep it like a password:\n",
		purpose)
	_, err := fmt.Fprintln(s.out, made.Token)
	return err
}

// make makes the token and says what it is for.
func (c tokenCreateCommand) make(
	ctx context.Context, b *books,
) (made issued, purpose string, err error) {
	if c.Instance {
		made.Token, err = b.CreateInstanceToken(ctx, c.Label)
		return made, "founds commons, and does nothing else", err
	}
	commons, err := b.named(ctx, c.Commons)
	if err != nil {
		return made, "", err
	}
	by, err := b.AsMember(ctx, commons.Slug, c.Member)
	if err != nil {
		return made, "", err
	}
	made.Commons, made.Member = commons.Slug, by.Handle
	made.Token, err = b.CreateToken(ctx, &postgres.Act{By: by}, c.Label)
	return made, fmt.Sprintf("acts for %s in %s", by.Handle, commons.Slug), err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/alecthomas/kong"

	"phyle/http/client"
	"phyle/ledger"
	"phyle/ledger/postgres"
)

type tokenCommand struct {
	Create tokenCreateCommand `cmd:"" help:"Make a token for a member, or for the instance."`
	List   tokenListCommand   `cmd:"" help:"List tokens, without their secrets."`
	Revoke tokenRevokeCommand `cmd:"" help:"End a token."`
	Rotate tokenRotateCommand `cmd:"" help:"Make a new secret for a token."`
}

type tokenCreateCommand struct {
	inJSON
	Commons  string `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
	Member   string `xor:"for" placeholder:"HANDLE" help:"For whom the token acts; on a server always for the caller."`
	Instance bool   `xor:"for" help:"Make a token that can found commons, and nothing else."`
	Label    string `default:"command line" help:"What it is for."`

	Scope   []ledger.Scope `placeholder:"SCOPE" help:"What it may be used for, as in phyle rights; everything unless given."`
	Expires ledger.Date    `placeholder:"DATE" help:"Its last day, at most a year from now; unless given, it lasts 90 days."`
}

// Help shows examples.
func (tokenCreateCommand) Help() string {
	return `The token is printed this once, alone on the standard output; only its hash is kept.

Examples:

    phyle token create --commons riverside --member ana --label laptop
    phyle token create --member ana --scope contributions:write --expires 2027-01-31
    TOKEN=$(phyle token create --instance)`
}

// issued is a new token, for programs.
type issued struct {
	Commons string `json:"commons,omitempty"`
	Member  string `json:"member,omitempty"`
	Token   string `json:"token"`

	ID        string    `json:"id"`
	Scopes    []string  `json:"scopes"`
	ExpiresAt time.Time `json:"expires_at"`
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
	asked := client.TokenRequest{Label: c.Label, Scopes: scopeNames(c.Scope)}
	if !c.Expires.IsZero() {
		asked.ExpiresOn = client.Date(c.Expires.String())
	}
	made, err := books.CreateToken(ctx, asked)
	if err != nil {
		return unsure(err, "If it was made, it is in the list of your tokens, where it can be "+
			"ended; nobody knows it.")
	}
	return c.show(s, remotelyIssued(books.commons.Slug, made),
		"acts for you in "+books.commons.Slug)
}

// remotelyIssued is what a server answered, as commands show it.
func remotelyIssued(commons string, made client.NewToken) issued {
	return issued{Commons: commons, Token: made.Token, ID: string(made.ID), Scopes: made.Scopes,
		ExpiresAt: made.ExpiresAt}
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

// locallyIssued is a token of the database, as commands show it.
func locallyIssued(made postgres.MadeToken) issued {
	return issued{Token: made.Secret, ID: made.ID.String(), Scopes: scopeNames(made.Scopes),
		ExpiresAt: made.ExpiresAt.UTC()}
}

// make makes the token and says what it is for.
func (c tokenCreateCommand) make(
	ctx context.Context, b *books,
) (made issued, purpose string, err error) {
	asked := ledger.NewToken{Label: c.Label, Scopes: c.Scope, ExpiresOn: c.Expires}
	if c.Instance {
		token, err := b.CreateInstanceToken(ctx, asked)
		return locallyIssued(token), "founds commons, and does nothing else", err
	}
	commons, err := b.named(ctx, c.Commons)
	if err != nil {
		return made, "", err
	}
	by, err := b.AsMember(ctx, commons.Slug, c.Member)
	if err != nil {
		return made, "", err
	}
	token, err := b.CreateToken(ctx, &postgres.Act{By: by}, asked)
	made = locallyIssued(token)
	made.Commons, made.Member = commons.Slug, by.Handle
	return made, fmt.Sprintf("acts for %s in %s", by.Handle, commons.Slug), err
}

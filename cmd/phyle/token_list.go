package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"phyle/http/client"
	"phyle/ledger"
	"phyle/ledger/postgres"
)

type tokenListCommand struct {
	agreeing
	All bool `help:"Those of all members, for stewards, treasurers and auditors."`
}

// Help shows examples.
func (tokenListCommand) Help() string {
	return `Their secrets are kept nowhere. Those that have ended are not listed.

Examples:

    phyle token list --by ana
    phyle token list --by ana --all --json`
}

// listedToken is a token as lists show it, for programs.
type listedToken struct {
	ID         string     `json:"id"`
	Member     string     `json:"member"`
	Label      string     `json:"label"`
	Scopes     []string   `json:"scopes"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  time.Time  `json:"expires_at"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty"`
}

// Run lists tokens.
func (c tokenListCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, c.By, func(b *books, by postgres.Caller) error {
		found, err := b.Tokens(ctx, by, c.All)
		if err != nil {
			return err
		}
		tokens := make([]listedToken, len(found))
		for i, t := range found {
			tokens[i] = listedToken{t.ID.String(), t.Member, t.Label, scopeNames(t.Scopes),
				t.CreatedAt.UTC(), t.ExpiresAt.UTC(), t.LastUsedAt}
		}
		return c.show(s, tokens)
	})
}

// runRemotely lists tokens of the caller on a server.
func (c tokenListCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	found, err := books.ListTokens(ctx, client.ListTokensQuery{All: c.All})
	if err != nil {
		return err
	}
	tokens := make([]listedToken, len(found.Data))
	for i, t := range found.Data {
		tokens[i] = listedToken{string(t.ID), t.Member, t.Label, t.Scopes, t.CreatedAt, t.ExpiresAt,
			t.LastUsedAt}
	}
	return c.show(s, tokens)
}

func (c tokenListCommand) show(s *session, tokens []listedToken) error {
	if c.JSON {
		return writeJSON(s, tokens)
	}
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "Id\tMember\tLabel\tEnds\tLast use\tScopes")
	for _, t := range tokens {
		used := "never"
		if t.LastUsedAt != nil {
			used = t.LastUsedAt.UTC().Format(time.DateOnly)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Member, printable(t.Label),
			t.ExpiresAt.UTC().Format(time.DateOnly), used, strings.Join(t.Scopes, " "))
	}
	return table.Flush()
}

func scopeNames(scopes []ledger.Scope) []string {
	var names []string
	for _, scope := range scopes {
		names = append(names, string(scope))
	}
	return names
}

type tokenRevokeCommand struct {
	agreeing
	ID ledger.TokenID `arg:"" help:"The id of the token, as in phyle token list."`
}

// Help shows examples.
func (tokenRevokeCommand) Help() string {
	return `The token ends at once. Stewards and treasurers can end anybody's.

Examples:

    phyle token revoke tok_06fa0m4h7kx8r9w2t5v3y6z1bc --by ana`
}

// Run ends the token.
func (c tokenRevokeCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, c.By, func(b *books, by postgres.Caller) error {
		if err := b.RevokeToken(ctx, &postgres.Act{By: by}, c.ID); err != nil {
			return err
		}
		return c.show(s)
	})
}

// runRemotely ends the token on a server.
func (c tokenRevokeCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	if err := books.RevokeToken(ctx, client.TokenID(c.ID.String())); err != nil {
		return unsure(err, "Look at phyle token list, and run it again if need be.")
	}
	return c.show(s)
}

func (c tokenRevokeCommand) show(s *session) error {
	if c.JSON {
		return writeJSON(s, map[string]string{"id": c.ID.String()})
	}
	_, err := fmt.Fprintf(s.out, "%s has ended.\n", c.ID)
	return err
}

type tokenRotateCommand struct {
	agreeing
	ID    ledger.TokenID `arg:"" help:"The id of the token, as in phyle token list."`
	Grace int            `default:"0" placeholder:"HOURS" help:"For how many hours the old secret goes on."`
}

// Help shows examples.
func (tokenRotateCommand) Help() string {
	return `The new token is printed this once. It has the label and the scopes of the old one.

Examples:

    phyle token rotate tok_06fa0m4h7kx8r9w2t5v3y6z1bc --by ana --grace 24`
}

// Run makes a new secret for the token.
func (c tokenRotateCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, c.By, func(b *books, by postgres.Caller) error {
		made, err := b.RotateToken(ctx, &postgres.Act{By: by}, c.ID, c.Grace)
		if err != nil {
			return err
		}
		replaced := locallyIssued(made)
		replaced.Commons, replaced.Member = by.Commons.Slug, by.Handle
		return c.show(s, replaced)
	})
}

// runRemotely makes a new secret for the token on a server.
func (c tokenRotateCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	made, err := books.RotateToken(ctx, client.TokenID(c.ID.String()),
		client.RotateRequest{GraceHours: int64(c.Grace)})
	if err != nil {
		return unsure(err, "Look at phyle token list: if there is a new one, end it; nobody knows it.")
	}
	return c.show(s, remotelyIssued(books.commons.Slug, made))
}

func (c tokenRotateCommand) show(s *session, made issued) error {
	return tokenCreateCommand{inJSON: c.inJSON}.show(s, made, "replaces "+c.ID.String())
}

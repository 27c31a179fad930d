package main

import (
	"context"
	"errors"
	"fmt"
)

type tokenCommand struct {
	Create tokenCreateCommand `cmd:"" help:"Make a token for a member, or for the instance."`
}

type tokenCreateCommand struct {
	inJSON
	Commons  string `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
	Member   string `xor:"for" required:"" placeholder:"HANDLE" help:"For whom the token acts."`
	Instance bool   `xor:"for" required:"" help:"Make a token that can found commons, and nothing else."`
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
	if c.JSON {
		return writeJSON(s, made)
	}
	fmt.Fprintf(s.remarks, "This token %s.\nIt is shown only now; keep it like a password:\n", purpose)
	_, err = fmt.Fprintln(s.out, made.Token)
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
	made.Token, err = b.CreateToken(ctx, by, c.Label)
	return made, fmt.Sprintf("acts for %s in %s", by.Handle, commons.Slug), err
}

package main

import (
	"context"

	"phyle/http/client"
)

type memberEraseCommand struct {
	byPerson
	Handle     string `arg:"" help:"Whose personal data; they have left."`
	KeepReason string `placeholder:"TEXT" help:"Why what is open stays open; only stewards and treasurers may say so."`
}

// Help shows examples.
func (memberEraseCommand) Help() string {
	return `Asks for the personal data of a member who has left to be erased: on a server, with the
token of the member, a steward or a treasurer. It waits until a second person confirms it with phyle
change confirm. Where nobody else could, it takes effect at once. Nothing brings the data back;
amounts stay. Who has left names the commons.

Examples:

    phyle member erase di --commons riverside --server https://phyle.example.org
    phyle member erase di --keep-reason "paid in cash in May" --server https://phyle.example.org`
}

func (c memberEraseCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	books, err := namedUnseen(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	found, err := books.EraseMember(ctx, c.Handle, client.EraseRequest{KeepReason: c.KeepReason})
	return c.acted(s, found, err)
}

package main

import (
	"context"
	"fmt"
)

type migrateCommand struct{}

// Help shows examples.
func (migrateCommand) Help() string {
	return `Serving and writing do this by themselves. It goes forward only; a database of a newer
program is refused.

Examples:

    phyle migrate
    DATABASE_URL=postgres://owner@db.example.org/phyle phyle migrate`
}

// Run opens the books, which brings them up to date.
func (migrateCommand) Run(ctx context.Context, s *session) error {
	b, err := s.open(ctx, nil)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "The schema in %s is up to date.\n", s.place(b))
	return b.Close()
}

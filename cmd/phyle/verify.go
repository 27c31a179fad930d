package main

import (
	"context"
	"errors"
	"fmt"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

type verifyCommand struct {
	inJSON
	Commons string `placeholder:"SLUG" help:"Which commons; all unless given."`
}

// Help shows examples.
func (verifyCommand) Help() string {
	return `Recomputes every invariant from the rows, writes nothing, exits 1 if one does not hold.

Examples:

    phyle verify
    phyle verify --commons riverside
    phyle verify --json`
}

// verified is what verification found, for programs.
type verified struct {
	Commons  string         `json:"commons"`
	OK       bool           `json:"ok"`
	Entries  int64          `json:"entries"`
	Postings int64          `json:"postings"`
	Checks   []verifiedRows `json:"checks"`
}

type verifiedRows struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Rows int64  `json:"rows"`
	Bad  string `json:"bad,omitempty"`
}

// Run verifies the books of one commons or of all.
func (c verifyCommand) Run(ctx context.Context, s *session) (err error) {
	b, err := s.openExisting(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	slugs, err := c.slugs(ctx, b)
	if err != nil {
		return err
	}
	found := []verified{}
	var bad error
	for _, slug := range slugs {
		v, err := b.Verify(ctx, slug)
		if err != nil {
			return err
		}
		if bad == nil {
			bad = firstBad(v)
		}
		if !c.JSON {
			writeVerification(s, v)
		}
		found = append(found, describe(v))
	}
	if c.JSON {
		return errors.Join(writeJSON(s, found), bad)
	}
	if len(slugs) == 0 {
		fmt.Fprintln(s.out, "There is no commons in these books yet.")
	}
	return bad
}

func (c verifyCommand) slugs(ctx context.Context, b *books) (slugs []string, err error) {
	if c.Commons != "" {
		commons, err := b.named(ctx, c.Commons)
		return []string{commons.Slug}, err
	}
	return slugs, b.EveryCommons(ctx, func(c ledger.Commons) error {
		slugs = append(slugs, c.Slug)
		return nil
	})
}

// firstBad returns a refusal that names the first row that breaks an invariant.
func firstBad(v postgres.Verification) error {
	for _, check := range v.Checks {
		if check.Bad != "" {
			return refuse("Something has changed the database from outside, or Phyle has a defect: keep "+
				"a copy of it as it is, and go back to the last backup that verifies.",
				"In %s it does not hold that %s: %s.", v.Commons.Slug, check.Name, check.Bad)
		}
	}
	return nil
}

func writeVerification(s *session, v postgres.Verification) {
	fmt.Fprintf(s.out, "%s: %d entries, %d postings\n", v.Commons.Slug, v.Sequence, v.Postings)
	for _, check := range v.Checks {
		if check.Bad == "" {
			fmt.Fprintf(s.out, "  ok %9d  %s\n", check.Rows, check.Name)
		} else {
			fmt.Fprintf(s.out, "  BAD%9d  %s: %s\n", check.Rows, check.Name, check.Bad)
		}
	}
}

func describe(v postgres.Verification) verified {
	d := verified{Commons: v.Commons.Slug, OK: v.OK(), Entries: v.Sequence, Postings: v.Postings}
	for _, check := range v.Checks {
		d.Checks = append(d.Checks, verifiedRows{
			Name: check.Name, OK: check.Bad == "", Rows: check.Rows, Bad: check.Bad,
		})
	}
	return d
}

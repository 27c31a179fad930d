package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"phyle/http/client"
	"phyle/ledger"
	"phyle/ledger/postgres"
)

type commonsCommand struct {
	Create commonsCreateCommand `cmd:"" help:"Found a commons and print the token of its first member."`
}

type commonsCreateCommand struct {
	inJSON
	Slug         string `arg:"" help:"Its name in addresses, such as riverside."`
	Name         string `required:"" placeholder:"NAME" help:"Its name."`
	Currency     string `required:"" placeholder:"CODE" help:"The currency of its books, such as EUR."`
	TimeZone     string `required:"" placeholder:"ZONE" help:"The zone of its dates, such as Europe/Berlin."`
	FirstMember  string `default:"founder" placeholder:"HANDLE" help:"Who begins, as steward and treasurer; founder unless given."`
	FirstName    string `placeholder:"NAME" help:"Their name; the handle unless given."`
	AdvanceLimit string `default:"0" placeholder:"AMOUNT" help:"How far advances may go for each member; 0 unless given."`
}

// Help shows examples.
func (commonsCreateCommand) Help() string {
	return `The token is printed this once, alone on the standard output. It acts for the first
member, who is steward and treasurer.

Examples:

    phyle commons create riverside --name Riverside --currency EUR --time-zone Europe/Berlin
    TOKEN=$(phyle commons create mill --name "The Mill" --currency EUR --time-zone Europe/Rome \
        --first-member ana --first-name Ana --advance-limit 500)`
}

// founded is a new commons, for programs.
type founded struct {
	Commons string `json:"commons"`
	Member  string `json:"member"`
	Token   string `json:"token"`
}

// Run founds the commons.
func (c commonsCreateCommand) Run(ctx context.Context, s *session) (err error) {
	commons, first, err := c.read(time.Now())
	if err != nil {
		return err
	}
	b, err := s.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	made, err := b.CreateCommons(ctx, &postgres.Act{By: postgres.Caller{Instance: true}}, commons, first)
	if err != nil {
		return err
	}
	return c.show(s, founded{made.Commons.Slug, made.Member.Handle, made.Token})
}

// runRemotely founds the commons on a server. It is sent once only.
func (c commonsCreateCommand) runRemotely(
	ctx context.Context, s *session, to *client.Client,
) error {
	commons, first, err := c.read(time.Now())
	if err != nil {
		return err
	}
	made, err := to.CreateCommons(ctx, client.CommonsRequest{
		Slug: commons.Slug, Name: commons.Name, Currency: string(commons.Currency),
		TimeZone:     commons.TimeZone,
		AdvanceLimit: &client.Money{Amount: commons.AdvanceLimit, Currency: string(commons.Currency)},
		FirstMember:  &client.FirstMemberRequest{Handle: first.Handle, Name: first.Name},
	})
	if err != nil {
		return unsure(err, "Look first: if it was founded, its token is lost, and phyle token create "+
			"--commons "+commons.Slug+" --member "+first.Handle+" makes another where the database is.")
	}
	return c.show(s, founded{made.Commons.Slug, made.FirstMember.Handle, made.Token})
}

// show writes the token alone, and beside it whose it is.
func (c commonsCreateCommand) show(s *session, made founded) error {
	if c.JSON {
		return writeJSON(s, made)
	}
	fmt.Fprintf(s.remarks, "%s is founded. This token acts for %s, its steward and treasurer.\n"+
		"It is shown only now; keep it like a password:\n", made.Commons, made.Member)
	_, err := fmt.Fprintln(s.out, made.Token)
	return err
}

// read returns what was typed, or everything that is wrong with it.
func (c commonsCreateCommand) read(now time.Time) (ledger.Commons, ledger.NewMember, error) {
	var wrong ledger.FieldErrors
	limit, err := ledger.ParseDecimal(c.AdvanceLimit)
	wrong.AddError("/advance_limit/amount", err)
	commons := ledger.Commons{
		Slug: c.Slug, Name: c.Name, Currency: ledger.Currency(c.Currency), TimeZone: c.TimeZone,
		AdvanceLimit: limit,
	}
	// Whoever founds it has been there from the beginning.
	first := ledger.NewMember{
		Handle: c.FirstMember, Name: c.FirstName,
		JoinedOn: ledger.Beginning, Stage: ledger.FullPart,
		Roles: []ledger.Role{ledger.Steward, ledger.Treasurer},
	}
	if first.Name == "" {
		first.Name = first.Handle
	}
	wrong.AddError("", commons.Validate())
	wrong.AddError("/first_member", first.Validate(commons, now))
	return commons, first, wrong.Err()
}

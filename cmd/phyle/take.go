package main

import (
	"context"
	"fmt"

	"phyle/http/client"
	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/report"
)

type takeCommand struct {
	agreeing
	Rule   string `arg:"" help:"The id of the rule."`
	Amount string `arg:"" help:"How much, such as 20.00; 0 for nothing."`
	Area   string `placeholder:"CODE" help:"The area whose agreement has the rule, if it is for one."`
}

// Help shows examples.
func (takeCommand) Help() string {
	return `It holds for distributions that are drafted from now on, until the member sets another.

Examples:

    phyle take team 20.00 --by ana
    phyle take team 0 --by ana --commons riverside --area lab`
}

// Run sets what the member takes.
func (c takeCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, c.By, func(b *books, by postgres.Caller) error {
		amount, err := c.amount(by.Commons.Currency)
		if err != nil {
			return err
		}
		set, err := b.SetTake(ctx, &postgres.Act{By: by}, []ledger.NewTake{
			{Area: c.Area, Rule: c.Rule, Amount: amount},
		})
		if err != nil {
			return err
		}
		return c.show(s, report.Take(set[0]))
	})
}

// runRemotely sets what the caller takes on a server.
func (c takeCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	amount, err := c.amount(ledger.Currency(books.commons.Currency))
	if err != nil {
		return err
	}
	set, err := books.SetTake(ctx, client.TakeRequest{
		Rule: c.Rule, Area: c.Area,
		Amount: client.Money{Amount: amount.Amount, Currency: books.commons.Currency},
	})
	if err != nil {
		return unsure(err, "Look at phyle takes, and run it again if need be.")
	}
	return c.show(s, takeOf(set))
}

// amount reads what was typed as money of the commons.
func (c takeCommand) amount(currency ledger.Currency) (ledger.Money, error) {
	amount, err := ledger.ParseMoney(c.Amount, currency)
	var wrong ledger.FieldErrors
	wrong.AddError("/amount/amount", err)
	return amount, wrong.Err()
}

// show writes what holds now.
func (c takeCommand) show(s *session, t report.TakeJSON) error {
	if c.JSON {
		return writeJSON(s, t)
	}
	line := fmt.Sprintf("%s takes %s %s of the rule %s from now on.", t.Member,
		t.Amount.Amount, t.Amount.Currency, t.Rule)
	_, err := fmt.Fprintln(s.out, printable(line))
	return err
}

// takeOf returns what a server sent as commands show it.
func takeOf(t client.Take) report.TakeJSON {
	amount := ledger.Money{Amount: t.Amount.Amount, Currency: ledger.Currency(t.Amount.Currency)}
	return report.Take(ledger.Take{
		NewTake: ledger.NewTake{Area: t.Area, Rule: t.Rule, Amount: amount},
		Member:  ledger.MemberRef{Handle: t.Member}, RecordedAt: t.RecordedAt,
	})
}

type takesCommand struct {
	inJSON
	Commons string `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
}

// Help shows examples.
func (takesCommand) Help() string {
	return `Examples:

    phyle takes
    phyle takes --commons riverside --json`
}

// Run lists what members take.
func (c takesCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, "", func(b *books, by postgres.Caller) error {
		found, err := b.Takes(ctx, by, 0, everyone)
		if err != nil {
			return err
		}
		takes := make([]report.TakeJSON, len(found))
		for i, t := range found {
			takes[i] = report.Take(t)
		}
		return c.show(s, takes)
	})
}

// runRemotely lists what members take on a server.
func (c takesCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	takes := []report.TakeJSON{}
	for found, err := range books.AllTakes(ctx, client.PageQuery{}) {
		if err != nil {
			return err
		}
		takes = append(takes, takeOf(found))
	}
	return c.show(s, takes)
}

func (c takesCommand) show(s *session, takes []report.TakeJSON) error {
	if c.JSON {
		return writeJSON(s, takes)
	}
	return report.TakesText(s.out, takes)
}

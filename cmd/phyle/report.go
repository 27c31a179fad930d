package main

import (
	"context"
	"errors"
	"math"

	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/report"
)

// everyone is a limit for reports that show all there is.
const everyone = math.MaxInt32

type reportCommand struct {
	Payouts  payoutsCommand  `cmd:"" help:"What was distributed, paid and is owed between two days."`
	Balances balancesCommand `cmd:"" help:"What every member is owed and promised."`
	Trial    trialCommand    `cmd:"" help:"Every account with its balance; together they are zero."`
}

// reported is part of every report.
type reported struct {
	inJSON
	Commons string `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
}

// of opens the books and has the report written about the commons.
func (r reported) of(
	ctx context.Context, s *session, write func(b *books, by postgres.Caller) error,
) (err error) {
	b, err := s.openExisting(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	commons, err := b.named(ctx, r.Commons)
	if err != nil {
		return err
	}
	return write(b, postgres.Caller{Commons: commons})
}

type payoutsCommand struct {
	reported
	From ledger.Date           `placeholder:"DATE" help:"The first day; the first of last month unless given."`
	To   ledger.Date           `placeholder:"DATE" help:"The last day; today unless given."`
	By   ledger.PayoutGrouping `default:"member" enum:"member,month,rule,kind" placeholder:"WHAT" help:"What a line is: member (unless given), month, rule or kind."`
}

// Help shows examples.
func (payoutsCommand) Help() string {
	return `Examples:

    phyle report payouts
    phyle report payouts --from 2026-10-01 --to 2026-10-31
    phyle report payouts --commons riverside --from 2026-01-01 --by month --json`
}

// Run writes a payout report.
func (c payoutsCommand) Run(ctx context.Context, s *session) error {
	return c.of(ctx, s, func(b *books, by postgres.Caller) error {
		from, to := c.span(by.Commons.Today(b.Now()))
		payouts, err := b.Payouts(ctx, by, from, to, c.By)
		switch {
		case err != nil:
			return err
		case c.JSON:
			return report.PayoutsTo(s.out, payouts)
		}
		return report.PayoutsText(s.out, payouts)
	})
}

// span returns the days asked for. A treasurer asks most often for last month and
// for this one so far.
func (c payoutsCommand) span(today ledger.Date) (from, to ledger.Date) {
	from, to = c.From, c.To
	if to.IsZero() {
		to = today
	}
	if from.IsZero() {
		day := today.Time()
		from = ledger.NewDate(day.Year(), day.Month()-1, 1)
	}
	return from, to
}

// dated is part of reports about one day.
type dated struct {
	reported
	Date ledger.Date `placeholder:"DATE" help:"Up to which day; everything unless given."`
}

type balancesCommand struct {
	dated
}

// Help shows examples.
func (balancesCommand) Help() string {
	return `Examples:

    phyle report balances
    phyle report balances --commons riverside --date 2026-10-31 --json`
}

// Run writes what every member is owed.
func (c balancesCommand) Run(ctx context.Context, s *session) error {
	return c.of(ctx, s, func(b *books, by postgres.Caller) error {
		balances, err := b.Balances(ctx, by, postgres.BalanceQuery{Date: c.Date}, 0, everyone)
		switch {
		case err != nil:
			return err
		case c.JSON:
			return report.BalancesTo(s.out, balances)
		}
		return report.BalancesText(s.out, by.Commons, c.Date, balances)
	})
}

type trialCommand struct {
	dated
}

// Help shows examples.
func (trialCommand) Help() string {
	return `Examples:

    phyle report trial
    phyle report trial --commons riverside --date 2026-10-31 --json`
}

// Run writes a trial balance.
func (c trialCommand) Run(ctx context.Context, s *session) error {
	return c.of(ctx, s, func(b *books, by postgres.Caller) error {
		accounts, err := b.Accounts(ctx, by, postgres.BalanceQuery{Date: c.Date}, "", everyone)
		switch {
		case err != nil:
			return err
		case c.JSON:
			return report.TrialTo(s.out, by.Commons, c.Date, accounts)
		}
		return report.TrialText(s.out, by.Commons, c.Date, accounts)
	})
}

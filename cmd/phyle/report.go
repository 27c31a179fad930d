package main

import (
	"context"
	"io"
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
	Funds    fundsCommand    `cmd:"" help:"What every fund got, spent and holds."`
	Claims   claimsCommand   `cmd:"" help:"What is promised, how old it is, and whether there is cash for it."`
}

// reported is part of every report.
type reported struct {
	JSON    bool   `name:"json" xor:"format" help:"Write JSON."`
	CSV     bool   `name:"csv" xor:"format" help:"Write CSV for spreadsheets: a line for each, without the total."`
	Commons string `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
}

// written is a report that was looked up: how it is written in each format, and
// whether the books agree with it.
type written struct {
	text, csv, json func(out io.Writer) error
	agrees          bool
}

// of opens the books, looks the report up and writes it. One that the books do not
// agree with is written all the same, and refused then.
func (r reported) of(
	ctx context.Context, s *session, look func(b *books, by postgres.Caller) (written, error),
) error {
	return s.inBooks(ctx, r.Commons, "", func(b *books, by postgres.Caller) error {
		found, err := look(b, by)
		if err != nil {
			return err
		}
		return r.write(s, found)
	})
}

func (r reported) write(s *session, found written) error {
	write := found.text
	switch {
	case r.JSON:
		write = found.json
	case r.CSV:
		write = found.csv
	}
	if err := write(s.out); err != nil {
		return err
	}
	if !found.agrees {
		return refuse("Run phyle verify, which names the first row that is wrong.",
			"The books do not agree with this report.")
	}
	return nil
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
    phyle report payouts --commons riverside --from 2026-01-01 --by month --csv > 2026.csv`
}

// Run writes a payout report.
func (c payoutsCommand) Run(ctx context.Context, s *session) error {
	return c.of(ctx, s, func(b *books, by postgres.Caller) (written, error) {
		from, to := c.span(by.Commons.Today(b.Now()))
		found, err := b.Payouts(ctx, by, from, to, c.By)
		return written{
			text:   func(out io.Writer) error { return report.PayoutsText(out, found) },
			csv:    func(out io.Writer) error { return report.PayoutsCSV(out, found) },
			json:   func(out io.Writer) error { return report.PayoutsTo(out, found) },
			agrees: found.Agrees(),
		}, err
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
	Date ledger.Date `placeholder:"DATE" help:"As of which day; everything unless given."`
}

// query asks for the day.
func (d dated) query() postgres.BalanceQuery { return postgres.BalanceQuery{Date: d.Date} }

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
	return c.of(ctx, s, func(b *books, by postgres.Caller) (written, error) {
		found, err := b.BalancesReport(ctx, by, c.query())
		return written{
			text:   func(out io.Writer) error { return report.BalancesText(out, found) },
			csv:    func(out io.Writer) error { return report.BalancesCSV(out, found) },
			json:   func(out io.Writer) error { return report.BalancesTo(out, found) },
			agrees: found.Agrees(),
		}, err
	})
}

type trialCommand struct {
	dated
}

// Help shows examples.
func (trialCommand) Help() string {
	return `Examples:

    phyle report trial
    phyle report trial --commons riverside --date 2026-10-31 --csv > trial.csv`
}

// Run writes a trial balance.
func (c trialCommand) Run(ctx context.Context, s *session) error {
	return c.of(ctx, s, func(b *books, by postgres.Caller) (written, error) {
		found, err := b.Accounts(ctx, by, c.query(), "", everyone)
		return written{
			text:   func(out io.Writer) error { return report.TrialText(out, by.Commons, c.Date, found) },
			csv:    func(out io.Writer) error { return report.TrialCSV(out, by.Commons, found) },
			json:   func(out io.Writer) error { return report.TrialTo(out, by.Commons, c.Date, found) },
			agrees: report.Trial(by.Commons, c.Date, found).OK,
		}, err
	})
}

type fundsCommand struct {
	dated
}

// Help shows examples.
func (fundsCommand) Help() string {
	return `Given came from distributions; other are gifts, transfers and openings.

Examples:

    phyle report funds
    phyle report funds --commons riverside --date 2026-12-31`
}

// Run writes what the funds hold.
func (c fundsCommand) Run(ctx context.Context, s *session) error {
	return c.of(ctx, s, func(b *books, by postgres.Caller) (written, error) {
		found, err := b.FundsReport(ctx, by, c.query())
		return written{
			text:   func(out io.Writer) error { return report.FundsText(out, found) },
			csv:    func(out io.Writer) error { return report.FundsCSV(out, found) },
			json:   func(out io.Writer) error { return report.FundsTo(out, found) },
			agrees: found.Agrees(),
		}, err
	})
}

type claimsCommand struct {
	dated
}

// Help shows examples.
func (claimsCommand) Help() string {
	return `What was paid is counted against the oldest promises first. The cover is what cash there
is beside the promises, before and after what is owed already.

Examples:

    phyle report claims
    phyle report claims --commons riverside --date 2026-12-31 --csv`
}

// Run writes what is promised.
func (c claimsCommand) Run(ctx context.Context, s *session) error {
	return c.of(ctx, s, func(b *books, by postgres.Caller) (written, error) {
		found, err := b.ClaimsReport(ctx, by, c.query())
		return written{
			text:   func(out io.Writer) error { return report.ClaimsText(out, found) },
			csv:    func(out io.Writer) error { return report.ClaimsCSV(out, found) },
			json:   func(out io.Writer) error { return report.ClaimsTo(out, found) },
			agrees: found.Agrees(),
		}, err
	})
}

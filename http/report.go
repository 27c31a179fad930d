package http

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"reflect"

	"phyle/ledger"
	"phyle/ledger/report"
)

const reportsPath = inCommons + "/reports"

func reportRoutes() []route {
	return []route{
		{
			method: "GET", path: reportsPath + "/payouts", id: "reportPayouts",
			operation: ledger.ReadBooks,
			summary:   "Report what was distributed, paid and is owed between two days",
			handler:   readReport(reportPayouts),
		},
		{
			method: "GET", path: reportsPath + "/balances", id: "reportBalances",
			operation: ledger.ReadBooks,
			summary:   "Report what is owed and promised to all members", handler: readReport(reportBalances),
		},
		{
			method: "GET", path: reportsPath + "/trial", id: "reportTrial",
			operation: ledger.ReadBooks,
			summary:   "Report the balances of all accounts, which sum to zero",
			handler:   readReport(reportTrial),
		},
		{
			method: "GET", path: reportsPath + "/funds", id: "reportFunds",
			operation: ledger.ReadBooks,
			summary:   "Report what every fund got, spent and holds", handler: readReport(reportFunds),
		},
		{
			method: "GET", path: reportsPath + "/claims", id: "reportClaims",
			operation: ledger.ReadBooks,
			summary:   "Report what is promised, how old it is, and whether there is cash for it",
			handler:   readReport(reportClaims),
		},
	}
}

// The media types of reports for people and for spreadsheets.
const (
	textMedia = "text/plain; charset=utf-8"
	csvMedia  = "text/csv; charset=utf-8"
)

// everything is a limit where a report shows all there is.
const everything = math.MaxInt32

// reportFormat is how a report is sent.
type reportFormat string

// The formats beside JSON: for people, and for spreadsheets.
const (
	asText reportFormat = "text"
	asCSV  reportFormat = "csv"
)

// reported is a report, shown as JSON or, where it has been written, as that.
type reported[View any] struct {
	view    View
	media   string
	written bytes.Buffer
}

// writers are how a report is written in formats other than JSON, and whether the
// books agree with it.
type writers struct {
	text, csv func(io.Writer) error
	agrees    bool
}

// inFormat returns the report as the caller wants it. CSV has no check that could
// say that the books say otherwise, so such a report is not sent as CSV.
func inFormat[View any](format reportFormat, view View, in writers) (*reported[View], error) {
	r := &reported[View]{view: view}
	switch format {
	case asText:
		r.media = textMedia
		return r, in.text(&r.written)
	case asCSV:
		if !in.agrees {
			return nil, errors.New("the books do not agree with this report: run phyle verify")
		}
		r.media = csvMedia
		return r, in.csv(&r.written)
	}
	return r, nil
}

// readReport returns a handler that looks a report up and sends it.
func readReport[Query, View any](
	look func(ctx context.Context, c *call, query Query) (*reported[View], error),
) handler {
	return handler{
		query:   reflect.TypeFor[Query](),
		view:    reflect.TypeFor[View](),
		formats: []string{textMedia, csvMedia},
		serve: func(ctx context.Context, c *call) error {
			var query Query
			if err := bindQuery(c.query, &query); err != nil {
				return err
			}
			found, err := look(ctx, c, query)
			switch {
			case err != nil:
				return err
			case found.media != "":
				return c.showTagged(found.media, found.written.Bytes())
			}
			return c.show(found.view)
		},
	}
}

type payoutQuery struct {
	From   ledger.Date           `json:"from" doc:"The first day." example:"2026-10-01"`
	To     ledger.Date           `json:"to" doc:"The last day." example:"2026-10-31"`
	By     ledger.PayoutGrouping `json:"by,omitzero" enum:"member,month,rule,kind" doc:"What a line is; member unless given."`
	Format reportFormat          `json:"format,omitzero" enum:"json,text,csv" doc:"How it is sent; json unless given."`
}

func reportPayouts(
	ctx context.Context, c *call, q payoutQuery,
) (*reported[report.PayoutsJSON], error) {
	if q.By == "" {
		q.By = ledger.ByMember
	}
	found, err := c.store.Payouts(ctx, c.caller, q.From, q.To, q.By)
	if err != nil {
		return nil, err
	}
	return inFormat(q.Format, report.Payouts(found), writers{
		text:   func(out io.Writer) error { return report.PayoutsText(out, found) },
		csv:    func(out io.Writer) error { return report.PayoutsCSV(out, found) },
		agrees: found.Agrees(),
	})
}

type reportQuery struct {
	balanceQuery
	Format reportFormat `json:"format,omitzero" enum:"json,text,csv" doc:"How it is sent; json unless given."`
}

func reportBalances(
	ctx context.Context, c *call, q reportQuery,
) (*reported[report.BalancesJSON], error) {
	found, err := c.store.BalancesReport(ctx, c.caller, q.when())
	if err != nil {
		return nil, err
	}
	return inFormat(q.Format, report.Balances(found), writers{
		text:   func(out io.Writer) error { return report.BalancesText(out, found) },
		csv:    func(out io.Writer) error { return report.BalancesCSV(out, found) },
		agrees: found.Agrees(),
	})
}

func reportTrial(
	ctx context.Context, c *call, q reportQuery,
) (*reported[report.TrialJSON], error) {
	commons := c.caller.Commons
	found, err := c.store.Accounts(ctx, c.caller, q.when(), "", everything)
	if err != nil {
		return nil, err
	}
	view := report.Trial(commons, q.Date, found)
	return inFormat(q.Format, view, writers{
		text:   func(out io.Writer) error { return report.TrialText(out, commons, q.Date, found) },
		csv:    func(out io.Writer) error { return report.TrialCSV(out, commons, found) },
		agrees: view.OK,
	})
}

func reportFunds(
	ctx context.Context, c *call, q reportQuery,
) (*reported[report.FundsJSON], error) {
	found, err := c.store.FundsReport(ctx, c.caller, q.when())
	if err != nil {
		return nil, err
	}
	return inFormat(q.Format, report.Funds(found), writers{
		text:   func(out io.Writer) error { return report.FundsText(out, found) },
		csv:    func(out io.Writer) error { return report.FundsCSV(out, found) },
		agrees: found.Agrees(),
	})
}

func reportClaims(
	ctx context.Context, c *call, q reportQuery,
) (*reported[report.ClaimsJSON], error) {
	found, err := c.store.ClaimsReport(ctx, c.caller, q.when())
	if err != nil {
		return nil, err
	}
	return inFormat(q.Format, report.Claims(found), writers{
		text:   func(out io.Writer) error { return report.ClaimsText(out, found) },
		csv:    func(out io.Writer) error { return report.ClaimsCSV(out, found) },
		agrees: found.Agrees(),
	})
}

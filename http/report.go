package http

import (
	"bytes"
	"context"
	"io"
	"math"
	nethttp "net/http"
	"reflect"

	"phyle/ledger"
	"phyle/ledger/report"
)

const reportsPath = inCommons + "/reports"

func reportRoutes() []route {
	return []route{
		{
			method: "GET", path: reportsPath + "/payouts", id: "reportPayouts",
			summary: "Report what was distributed, paid and is owed between two days",
			handler: readReport(reportPayouts),
		},
		{
			method: "GET", path: reportsPath + "/balances", id: "reportBalances",
			summary: "Report what is owed and promised to all members", handler: readReport(reportBalances),
		},
		{
			method: "GET", path: reportsPath + "/trial", id: "reportTrial",
			summary: "Report the balances of all accounts, which sum to zero",
			handler: readReport(reportTrial),
		},
	}
}

// textMedia is the media type of reports for people.
const textMedia = "text/plain; charset=utf-8"

// everything is a limit where a report shows all there is.
const everything = math.MaxInt32

// reportFormat is how a report is sent.
type reportFormat string

// asText is a report for people; it is JSON unless asked for.
const asText reportFormat = "text"

// reported is a report, shown as JSON or, where it has been written, as text.
type reported[View any] struct {
	view View
	text *bytes.Buffer
}

// inFormat returns the report as the caller wants it: write writes it as text.
func inFormat[View any](
	format reportFormat, view View, write func(io.Writer) error,
) (reported[View], error) {
	if format != asText {
		return reported[View]{view: view}, nil
	}
	var text bytes.Buffer
	err := write(&text)
	return reported[View]{text: &text}, err
}

// readReport returns a handler that looks a report up and sends it.
func readReport[Query, View any](
	look func(ctx context.Context, c *call, query Query) (reported[View], error),
) handler {
	return handler{
		query: reflect.TypeFor[Query](),
		view:  reflect.TypeFor[View](),
		text:  true,
		serve: func(ctx context.Context, c *call) error {
			var query Query
			if err := bindQuery(c.query, &query); err != nil {
				return err
			}
			found, err := look(ctx, c, query)
			switch {
			case err != nil:
				return err
			case found.text != nil:
				return c.echo.Blob(nethttp.StatusOK, textMedia, found.text.Bytes())
			}
			return c.show(found.view)
		},
	}
}

type payoutQuery struct {
	From   ledger.Date           `json:"from" doc:"The first day." example:"2026-10-01"`
	To     ledger.Date           `json:"to" doc:"The last day." example:"2026-10-31"`
	By     ledger.PayoutGrouping `json:"by,omitzero" enum:"member,month,rule,kind" doc:"What a line is; member unless given."`
	Format reportFormat          `json:"format,omitzero" enum:"json,text" doc:"How it is sent; json unless given."`
}

func reportPayouts(
	ctx context.Context, c *call, q payoutQuery,
) (reported[report.PayoutsJSON], error) {
	if q.By == "" {
		q.By = ledger.ByMember
	}
	found, err := c.store.Payouts(ctx, c.caller, q.From, q.To, q.By)
	if err != nil {
		return reported[report.PayoutsJSON]{}, err
	}
	return inFormat(q.Format, report.Payouts(found), func(out io.Writer) error {
		return report.PayoutsText(out, found)
	})
}

type reportQuery struct {
	balanceQuery
	Format reportFormat `json:"format,omitzero" enum:"json,text" doc:"How it is sent; json unless given."`
}

func reportBalances(
	ctx context.Context, c *call, q reportQuery,
) (reported[page[balanceView]], error) {
	found, err := c.store.Balances(ctx, c.caller, q.when(), 0, everything)
	if err != nil {
		return reported[page[balanceView]]{}, err
	}
	return inFormat(q.Format, all(viewBalance)(c, found), func(out io.Writer) error {
		return report.BalancesText(out, c.caller.Commons, q.Date, found)
	})
}

func reportTrial(
	ctx context.Context, c *call, q reportQuery,
) (reported[report.TrialJSON], error) {
	found, err := c.store.Accounts(ctx, c.caller, q.when(), "", everything)
	if err != nil {
		return reported[report.TrialJSON]{}, err
	}
	view := report.Trial(c.caller.Commons, q.Date, found)
	return inFormat(q.Format, view, func(out io.Writer) error {
		return report.TrialText(out, c.caller.Commons, q.Date, found)
	})
}

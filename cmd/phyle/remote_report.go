package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"phyle/http/client"
	"phyle/ledger"
	"phyle/ledger/report"
)

// ask asks a server for a report, in the format of the options.
type ask[Found any] func(books remoteBooks, options ...client.CallOption) (Found, error)

// remoteReport looks a report up on a server and writes it as it is written beside the
// database. View is what that writes as JSON; agrees says whether the books agree.
func remoteReport[Found, View any](
	ctx context.Context, s *session, to *client.Client, r reported, look ask[Found],
	view func(Found) (shown View, agrees bool, err error),
) error {
	books, err := namedRemotely(ctx, to, r.Commons)
	if err != nil {
		return err
	}
	agrees := true
	var text bytes.Buffer
	switch {
	case r.JSON:
		found, err := look(books)
		if err != nil {
			return ofAnotherVersion(err)
		}
		var shown View
		if shown, agrees, err = view(found); err != nil {
			return err
		}
		if err := writeJSON(&session{out: &text}, shown); err != nil {
			return err
		}
	case r.CSV: // which a server does not send where the books do not agree
		if _, err := look(books, client.As("csv", &text)); err != nil {
			return ofAnotherVersion(err)
		}
	default:
		if _, err := look(books, client.As("text", &text)); err != nil {
			return ofAnotherVersion(err)
		}
		agrees = !hasBadCheck(text.String())
	}
	if _, err := s.out.Write(text.Bytes()); err != nil {
		return err
	}
	if !agrees {
		return refuse("Run phyle verify where the database is; it names the first row that is wrong.",
			"The books do not agree with this report.")
	}
	return nil
}

// ofAnotherVersion says what it comes from that a server which knows the commons does
// not know the report, or sends something else.
func ofAnotherVersion(err error) error {
	if !client.HasCode(err, "not_found") && !client.HasCode(err, "unknown_filter") &&
		!errors.Is(err, client.ErrUnreadable) {
		return err
	}
	return &refusal{
		message: "The server does not send this report as this program expects it.",
		hint:    "This is phyle " + version() + "; use the one of the server, which its /docs names.",
		cause:   err,
	}
}

// hasBadCheck reports whether a line of figures that the report checks itself with
// says that the books disagree.
func hasBadCheck(text string) bool {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "Check: ") && strings.Contains(line, "✗") {
			return true
		}
	}
	return false
}

// asHere returns what a server found as this program shows it: the same names in the
// same order, and amounts with all decimals of their currency.
func asHere[View any](found any) (shown View, err error) {
	text, err := json.Marshal(found)
	if err != nil {
		return shown, err
	}
	var parts any
	if err := json.Unmarshal(text, &parts); err != nil {
		return shown, err
	}
	if whole, isObject := parts.(map[string]any); !isObject || whole["commons"] == "" {
		return shown, ofAnotherVersion(client.ErrUnreadable) // not a name of it was there
	}
	fillFigures(parts)
	if text, err = json.Marshal(parts); err != nil {
		return shown, err
	}
	return shown, json.Unmarshal(text, &shown)
}

// fillFigures writes all amounts of money below v with all decimals.
func fillFigures(v any) {
	switch v := v.(type) {
	case []any:
		for _, part := range v {
			fillFigures(part)
		}
	case map[string]any:
		amount, isAmount := v["amount"].(string)
		currency, isMoney := v["currency"].(string)
		if isAmount && isMoney {
			if m, err := ledger.ParseMoney(amount, ledger.Currency(currency)); err == nil {
				v["amount"] = m.Figure()
			}
		}
		for _, part := range v {
			fillFigures(part)
		}
	}
}

func (c payoutsCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	look := func(b remoteBooks, options ...client.CallOption) (client.ReportPayouts, error) {
		from, until := c.span(b.today())
		return b.ReportPayouts(ctx, client.ReportPayoutsQuery{
			From: client.Date(from.String()), To: client.Date(until.String()), By: string(c.By),
		}, options...)
	}
	return remoteReport(ctx, s, to, c.reported, look,
		func(found client.ReportPayouts) (report.PayoutsJSON, bool, error) {
			shown, err := asHere[report.PayoutsJSON](found)
			return shown, found.Check.OK, err
		})
}

func (c balancesCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	look := func(b remoteBooks, options ...client.CallOption) (client.ReportBalances, error) {
		return b.ReportBalances(ctx, client.ReportBalancesQuery{Date: c.day()}, options...)
	}
	return remoteReport(ctx, s, to, c.reported, look,
		func(found client.ReportBalances) (report.BalancesJSON, bool, error) {
			shown, err := asHere[report.BalancesJSON](found)
			return shown, found.Check.OK, err
		})
}

func (c trialCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	look := func(b remoteBooks, options ...client.CallOption) (client.ReportTrial, error) {
		return b.ReportTrial(ctx, client.ReportTrialQuery{Date: c.day()}, options...)
	}
	return remoteReport(ctx, s, to, c.reported, look,
		func(found client.ReportTrial) (report.TrialJSON, bool, error) {
			shown, err := asHere[report.TrialJSON](found)
			return shown, found.OK, err
		})
}

func (c fundsCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	look := func(b remoteBooks, options ...client.CallOption) (client.ReportFunds, error) {
		return b.ReportFunds(ctx, client.ReportFundsQuery{Date: c.day()}, options...)
	}
	return remoteReport(ctx, s, to, c.reported, look,
		func(found client.ReportFunds) (report.FundsJSON, bool, error) {
			shown, err := asHere[report.FundsJSON](found)
			return shown, found.Check.OK, err
		})
}

func (c claimsCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	look := func(b remoteBooks, options ...client.CallOption) (client.ReportClaims, error) {
		return b.ReportClaims(ctx, client.ReportClaimsQuery{Date: c.day()}, options...)
	}
	return remoteReport(ctx, s, to, c.reported, look,
		func(found client.ReportClaims) (report.ClaimsJSON, bool, error) {
			shown, err := asHere[report.ClaimsJSON](found)
			return shown, found.Check.OK, err
		})
}

// day returns the day asked for as the client sends it.
func (d dated) day() client.Date { return client.Date(d.Date.String()) }

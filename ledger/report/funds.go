package report

import (
	"fmt"
	"io"

	"phyle/ledger"
)

// FundsText writes what every fund got, spent and holds, with the check below it.
func FundsText(out io.Writer, r ledger.FundsReport) error {
	if err := heading(out, r.Commons, "funds", r.Date); err != nil {
		return err
	}
	if len(r.Lines) == 0 {
		if _, err := fmt.Fprintln(out, "There are no funds in this commons yet."); err != nil {
			return err
		}
	} else if err := fundTable(out, r); err != nil {
		return err
	}
	t := r.Total
	_, err := fmt.Fprintf(out, "\nCheck: %s + %s − %s = %s; holds = fund accounts %s %s\n",
		figure(t.Given), figure(t.Other), figure(t.Spent), figure(t.Holds), figure(r.Books),
		mark(r.Agrees()))
	return err
}

func fundTable(out io.Writer, r ledger.FundsReport) error {
	lines := [][]string{{"fund", "given", "other", "spent", "holds", "target", "missing"}}
	for _, l := range r.Lines {
		target, missing := "", ""
		if !l.Target.IsZero() {
			target, missing = figure(l.Target), figure(l.Missing())
		}
		lines = append(lines, []string{l.Code, figure(l.Given), figure(l.Other), figure(l.Spent),
			figure(l.Holds), target, missing})
	}
	t := r.Total
	lines = append(lines,
		[]string{t.Code, figure(t.Given), figure(t.Other), figure(t.Spent), figure(t.Holds), "", ""})
	return table(out, 1, lines)
}

// fundJSON is a line of a fund report as the API shows it.
type fundJSON struct {
	Fund   string `json:"fund"`
	Name   string `json:"name"`
	Given  money  `json:"given"`
	Other  money  `json:"other"`
	Spent  money  `json:"spent"`
	Holds  money  `json:"holds"`
	Target *money `json:"target,omitempty"`
}

// FundsJSON is a fund report as the API shows it.
type FundsJSON struct {
	Commons string     `json:"commons"`
	Date    string     `json:"date,omitempty"`
	Lines   []fundJSON `json:"lines"`
	Total   fundJSON   `json:"total"`
	Check   heldCheck  `json:"check"`
}

type heldCheck struct {
	OK    bool  `json:"ok"`
	Books money `json:"fund_accounts"`
}

// Funds returns a fund report as the API shows it.
func Funds(r ledger.FundsReport) FundsJSON {
	j := FundsJSON{
		Commons: r.Commons.Slug, Date: r.Date.String(), Lines: []fundJSON{}, Total: fundLine(r.Total),
		Check: heldCheck{OK: r.Agrees(), Books: moneyOf(r.Books)},
	}
	for _, l := range r.Lines {
		j.Lines = append(j.Lines, fundLine(l))
	}
	return j
}

func fundLine(l ledger.FundLine) fundJSON {
	j := fundJSON{Fund: l.Code, Name: l.Name, Given: moneyOf(l.Given), Other: moneyOf(l.Other),
		Spent: moneyOf(l.Spent), Holds: moneyOf(l.Holds)}
	if !l.Target.IsZero() {
		j.Target = pointerTo(l.Target)
	}
	return j
}

// FundsTo writes a fund report as JSON.
func FundsTo(out io.Writer, r ledger.FundsReport) error { return writeJSON(out, Funds(r)) }

package report

import (
	"fmt"
	"io"
	"strings"

	"phyle/ledger"
)

// BalancesText writes what every member is owed and promised, and has as capital,
// with the check below it.
func BalancesText(out io.Writer, r ledger.BalancesReport) error {
	if err := heading(out, r.Commons, "balances", r.Date); err != nil {
		return err
	}
	lines := [][]string{{"member", "claims", "owed", "capital", "promised"}}
	for _, b := range r.Lines {
		var kinds []string
		for _, c := range b.Claims {
			if !c.Outstanding.IsZero() {
				kinds = append(kinds, c.Kind)
			}
		}
		lines = append(lines, []string{b.Member.Handle, strings.Join(kinds, " "), figure(b.Payable),
			figure(b.Capital), figure(b.Promised())})
	}
	t := r.Total
	lines = append(lines,
		[]string{"total", "", figure(t.Payable), figure(t.Capital), figure(t.Promised)})
	if err := table(out, 2, lines); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out,
		"\nCheck: owed = payables %s, capital = accounts %s, promised = memorandum %s %s\n",
		figure(r.Books.Payable), figure(r.Books.Capital), figure(r.Books.Promised), mark(r.Agrees()))
	return err
}

// balanceLine is a member's balance as the API shows it.
type balanceLine struct {
	Member   string      `json:"member"`
	Name     string      `json:"name"`
	Payable  money       `json:"payable"`
	Capital  money       `json:"capital"`
	Promised money       `json:"promised"`
	Claims   []claimJSON `json:"claims"`
}

type claimJSON struct {
	Kind        string `json:"kind"`
	Outstanding money  `json:"outstanding"`
}

// BalancesJSON is a balances report as the API shows it.
type BalancesJSON struct {
	Commons string        `json:"commons"`
	Date    string        `json:"date,omitempty"`
	Lines   []balanceLine `json:"lines"`
	Total   balanceSums   `json:"total"`
	Check   balancesCheck `json:"check"`
}

type balanceSums struct {
	Payable  money `json:"payable"`
	Capital  money `json:"capital"`
	Promised money `json:"promised"`
}

type balancesCheck struct {
	OK       bool  `json:"ok"`
	Payables money `json:"payables"`
	Capital  money `json:"capital_accounts"`
	Promises money `json:"memorandum"`
}

// Balances returns a balances report as the API shows it.
func Balances(r ledger.BalancesReport) BalancesJSON {
	j := BalancesJSON{
		Commons: r.Commons.Slug, Date: r.Date.String(), Lines: []balanceLine{},
		Total: balanceSums{moneyOf(r.Total.Payable), moneyOf(r.Total.Capital), moneyOf(r.Total.Promised)},
		Check: balancesCheck{
			OK: r.Agrees(), Payables: moneyOf(r.Books.Payable), Capital: moneyOf(r.Books.Capital),
			Promises: moneyOf(r.Books.Promised),
		},
	}
	for _, b := range r.Lines {
		line := balanceLine{
			Member: b.Member.Handle, Name: b.Member.Name, Payable: moneyOf(b.Payable),
			Capital: moneyOf(b.Capital), Promised: moneyOf(b.Promised()), Claims: []claimJSON{},
		}
		for _, c := range b.Claims {
			line.Claims = append(line.Claims, claimJSON{c.Kind, moneyOf(c.Outstanding)})
		}
		j.Lines = append(j.Lines, line)
	}
	return j
}

// BalancesTo writes a balances report as JSON.
func BalancesTo(out io.Writer, r ledger.BalancesReport) error { return writeJSON(out, Balances(r)) }

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
	lines = append(lines, []string{"total", "", figure(t.Payable), figure(t.Capital), figure(t.Promised)})
	if err := table(out, 2, lines); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\nCheck: owed = payables %s, capital = accounts %s, promised = memorandum %s %s\n",
		figure(r.Books.Payable), figure(r.Books.Capital), figure(r.Books.Promised), mark(r.Agrees()))
	return err
}

// BalanceJSON is a member's balance as the API shows it.
type BalanceJSON struct {
	Member  string      `json:"member"`
	Name    string      `json:"name"`
	Payable money       `json:"payable"`
	Capital money       `json:"capital"`
	Claims  []claimJSON `json:"claims"`
}

type claimJSON struct {
	Kind        string `json:"kind"`
	Outstanding money  `json:"outstanding"`
}

// Balance returns a member's balance as the API shows it.
func Balance(b ledger.MemberBalance) BalanceJSON {
	j := BalanceJSON{Member: b.Member.Handle, Name: b.Member.Name, Payable: moneyOf(b.Payable),
		Capital: moneyOf(b.Capital), Claims: []claimJSON{}}
	for _, c := range b.Claims {
		j.Claims = append(j.Claims, claimJSON{c.Kind, moneyOf(c.Outstanding)})
	}
	return j
}

// BalancesTo writes balances as JSON.
func BalancesTo(out io.Writer, balances []ledger.MemberBalance) error {
	all := make([]BalanceJSON, len(balances))
	for i, b := range balances {
		all[i] = Balance(b)
	}
	return writeJSON(out, all)
}

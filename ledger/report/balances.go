package report

import (
	"fmt"
	"io"
	"strings"

	"phyle/ledger"
)

// BalancesText writes what every member is owed and promised, and has as capital.
func BalancesText(out io.Writer, commons ledger.Commons, date ledger.Date, balances []ledger.MemberBalance) error {
	if _, err := fmt.Fprintf(out, "%s: balances%s, in %s\n\n", commons.Name, until(date),
		commons.Currency); err != nil {
		return err
	}
	zero := ledger.Zero(commons.Currency)
	payable, capital, claims := zero, zero, zero
	lines := [][]string{{"member", "claims", "owed", "capital", "promised"}}
	for _, b := range balances {
		promised, kinds := zero, []string{}
		for _, c := range b.Claims {
			promised = promised.Plus(c.Outstanding)
			if !c.Outstanding.IsZero() {
				kinds = append(kinds, c.Kind)
			}
		}
		lines = append(lines, []string{b.Member.Handle, strings.Join(kinds, " "), figure(b.Payable),
			figure(b.Capital), figure(promised)})
		payable, capital, claims = payable.Plus(b.Payable), capital.Plus(b.Capital), claims.Plus(promised)
	}
	lines = append(lines, []string{"total", "", figure(payable), figure(capital), figure(claims)})
	return table(out, 2, lines)
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

package report

import (
	"fmt"
	"io"

	"phyle/ledger"
)

// TrialText writes a trial balance: every account with its debit or credit
// balance. The memoranda stand apart: they balance among themselves.
func TrialText(
	out io.Writer, commons ledger.Commons, date ledger.Date, accounts []ledger.AccountBalance,
) error {
	if err := heading(out, commons, "trial balance", date); err != nil {
		return err
	}
	zero := ledger.Zero(commons.Currency)
	debits, credits := zero, zero
	lines := [][]string{{"account", "debit", "credit"}}
	for _, a := range accounts {
		if a.Balance.Sign() >= 0 {
			debits = debits.Plus(a.Balance)
			lines = append(lines, []string{a.Name, figure(a.Balance), ""})
		} else {
			credits = credits.Minus(a.Balance)
			lines = append(lines, []string{a.Name, "", figure(a.Balance.Negated())})
		}
	}
	lines = append(lines, []string{"total", figure(debits), figure(credits)})
	if len(accounts) == 0 {
		_, err := fmt.Fprintln(out, "The books are empty: record an income or a contribution first.")
		if err != nil {
			return err
		}
	} else if err := table(out, 1, lines); err != nil {
		return err
	}
	mark := "✓"
	if !debits.Equal(credits) {
		mark = "✗ THE BOOKS DO NOT BALANCE: run phyle verify"
	}
	_, err := fmt.Fprintf(out, "\nCheck: debits %s = credits %s %s\n",
		figure(debits), figure(credits), mark)
	return err
}

func until(date ledger.Date) string {
	if date.IsZero() {
		return ""
	}
	return " as of " + date.String()
}

// TrialJSON is a trial balance as the API shows it.
type TrialJSON struct {
	Commons  string         `json:"commons"`
	Date     string         `json:"date,omitempty"`
	Accounts []trialAccount `json:"accounts"`
	Debits   money          `json:"debits"`
	Credits  money          `json:"credits"`
	OK       bool           `json:"ok"`
}

type trialAccount struct {
	Name    string `json:"name"`
	Class   string `json:"class"`
	Balance money  `json:"balance"`
}

// Trial returns a trial balance as the API shows it: debits positive.
func Trial(commons ledger.Commons, date ledger.Date, accounts []ledger.AccountBalance) TrialJSON {
	debits, credits := ledger.Zero(commons.Currency), ledger.Zero(commons.Currency)
	j := TrialJSON{Commons: commons.Slug, Date: date.String(), Accounts: []trialAccount{}}
	for _, a := range accounts {
		j.Accounts = append(j.Accounts, trialAccount{a.Name, string(a.Class), moneyOf(a.Balance)})
		if a.Balance.Sign() >= 0 {
			debits = debits.Plus(a.Balance)
		} else {
			credits = credits.Minus(a.Balance)
		}
	}
	j.Debits, j.Credits, j.OK = moneyOf(debits), moneyOf(credits), debits.Equal(credits)
	return j
}

// TrialTo writes a trial balance as JSON.
func TrialTo(
	out io.Writer, commons ledger.Commons, date ledger.Date, accounts []ledger.AccountBalance,
) error {
	return writeJSON(out, Trial(commons, date, accounts))
}

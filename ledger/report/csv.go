package report

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"phyle/ledger"
)

// formulaStarts are the characters by which spreadsheets take a cell for a formula,
// in both widths.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// csvText returns text as a cell of a spreadsheet shows it: an apostrophe before what
// would run as a formula keeps it text.
func csvText(s string) string {
	start := strings.TrimLeftFunc(s, unicode.IsSpace)
	for _, begin := range []string{s, start} {
		r, _ := utf8.DecodeRuneInString(begin)
		if begin != "" && strings.ContainsRune(formulaStarts, r) {
			return "'" + s
		}
	}
	return s
}

// writeCSV writes the names of columns and lines as RFC 4180 has them: commas, quotes where they
// are needed, CR LF. What is in a cell stays as it is, line breaks too.
func writeCSV(out io.Writer, columns []string, lines [][]string) error {
	var text strings.Builder
	for _, line := range append([][]string{columns}, lines...) {
		for i, cell := range line {
			if i > 0 {
				text.WriteByte(',')
			}
			text.WriteString(quoted(cell))
		}
		text.WriteString("\r\n")
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// quoted puts a cell into quotes where it holds anything that a program might take
// for the end of it, whichever separator that program looks for.
func quoted(cell string) string {
	if !strings.ContainsAny(cell, "\",;|\t\r\n") {
		return cell
	}
	return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
}

// PayoutsCSV writes the lines of a payout report, without the total.
func PayoutsCSV(out io.Writer, p ledger.Payouts) error {
	columns := []string{string(p.By), "name", "distributed", "currency"}
	if p.By.HasBalances() {
		columns = []string{
			string(p.By), "name", "owed_before", "distributed", "other", "paid", "owed", "currency",
		}
	}
	lines := make([][]string, len(p.Lines))
	for i, l := range p.Lines {
		figures := []string{l.Distributed.Figure()}
		if p.By.HasBalances() {
			figures = []string{
				l.Opening.Figure(), l.Distributed.Figure(), l.Other.Figure(), l.Paid.Figure(), l.Owed.Figure(),
			}
		}
		lines[i] = append([]string{csvText(l.Key), csvText(l.Name)}, figures...)
		lines[i] = append(lines[i], string(p.Commons.Currency))
	}
	return writeCSV(out, columns, lines)
}

// TrialCSV writes every account with its balance: debit positive, credit negative.
func TrialCSV(out io.Writer, commons ledger.Commons, accounts []ledger.AccountBalance) error {
	lines := make([][]string, len(accounts))
	for i, a := range accounts {
		lines[i] = []string{
			csvText(a.Name), string(a.Class), a.Balance.Figure(), string(commons.Currency),
		}
	}
	return writeCSV(out, []string{"account", "class", "balance", "currency"}, lines)
}

// BalancesCSV writes a line for every member, without the total.
func BalancesCSV(out io.Writer, r ledger.BalancesReport) error {
	lines := make([][]string, len(r.Lines))
	for i, l := range r.Lines {
		lines[i] = []string{
			csvText(l.Member.Handle), csvText(l.Member.Name), l.Payable.Figure(), l.Capital.Figure(),
			l.Promised().Figure(), string(r.Commons.Currency),
		}
	}
	return writeCSV(out, []string{"member", "name", "owed", "capital", "promised", "currency"}, lines)
}

// FundsCSV writes a line for every fund, without the total.
func FundsCSV(out io.Writer, r ledger.FundsReport) error {
	lines := make([][]string, len(r.Lines))
	for i, l := range r.Lines {
		target := ""
		if !l.Target.IsZero() {
			target = l.Target.Figure()
		}
		lines[i] = []string{
			csvText(l.Code), csvText(l.Name), l.Given.Figure(), l.Other.Figure(), l.Spent.Figure(),
			l.Holds.Figure(), target, string(r.Commons.Currency),
		}
	}
	columns := []string{"fund", "name", "given", "other", "spent", "holds", "target", "currency"}
	return writeCSV(out, columns, lines)
}

// ClaimsCSV writes a line for every member and kind, without the total.
func ClaimsCSV(out io.Writer, r ledger.ClaimsReport) error {
	lines := make([][]string, len(r.Lines))
	for i, l := range r.Lines {
		lines[i] = []string{
			csvText(l.Kind), csvText(l.Member), csvText(l.Name), l.Promised.Figure(), l.Paid.Figure(),
			l.Outstanding.Figure(), l.Oldest.String(), days(l), string(r.Commons.Currency),
		}
	}
	columns := []string{
		"kind", "member", "name", "promised", "paid", "outstanding", "oldest", "days", "currency",
	}
	return writeCSV(out, columns, lines)
}

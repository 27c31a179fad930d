// Package report turns rows of the ledger into reports: text for people, CSV for
// spreadsheets, JSON for programs. Every report that shows a sum shows beside it what
// the books say.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"phyle/ledger"
)

// Table writes lines of cells with aligned columns; the columns from right on are
// figures, aligned right.
func table(out io.Writer, right int, lines [][]string) error {
	widths := make([]int, 0, 8)
	for _, line := range lines {
		for i, cell := range line {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(cell))
		}
	}
	for _, line := range lines {
		var text strings.Builder
		for i, cell := range line {
			blank := strings.Repeat(" ", widths[i]-width(cell))
			if i > 0 {
				text.WriteString("  ")
			}
			if i >= right {
				text.WriteString(blank + cell)
			} else {
				text.WriteString(cell + blank)
			}
		}
		if _, err := fmt.Fprintln(out, strings.TrimRight(text.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// heading writes what a report is about.
func heading(out io.Writer, commons ledger.Commons, what string, date ledger.Date) error {
	_, err := fmt.Fprintf(out, "%s: %s%s, in %s\n\n",
		commons.Name, what, until(date), commons.Currency)
	return err
}

// mark ends a check.
func mark(agrees bool) string {
	if agrees {
		return "✓"
	}
	return "✗ THE BOOKS SAY OTHERWISE: run phyle verify"
}

func width(s string) int { return len([]rune(s)) }

// figure returns an amount with its thousands in groups, as "1,076.40".
func figure(m ledger.Money) string { return ledger.Grouped(m.Figure()) }

// money is an amount as the API shows it.
type money struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

// UnmarshalJSON reads money, and gives it the currency's own decimals again.
func (m *money) UnmarshalJSON(text []byte) error {
	var in struct {
		Amount   string          `json:"amount"`
		Currency ledger.Currency `json:"currency"`
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	parsed, err := ledger.ParseMoney(in.Amount, in.Currency)
	*m = moneyOf(parsed)
	return err
}

func moneyOf(m ledger.Money) money { return money{m.Figure(), string(m.Currency)} }

func writeJSON(out io.Writer, v any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

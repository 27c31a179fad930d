package report

import (
	"fmt"
	"io"
	"time"

	"phyle/ledger"
)

// TakeJSON is what a member takes of a rule, as the API shows it.
type TakeJSON struct {
	Member     string    `json:"member"`
	Rule       string    `json:"rule"`
	Area       string    `json:"area,omitempty"`
	Amount     money     `json:"amount"`
	RecordedAt time.Time `json:"recorded_at"`
}

// Take returns what a member takes for programs.
func Take(t ledger.Take) TakeJSON {
	return TakeJSON{
		Member: t.Member.Handle, Rule: t.Rule, Area: t.Area, Amount: moneyOf(t.Amount),
		RecordedAt: t.RecordedAt,
	}
}

// TakesText writes what members take.
func TakesText(out io.Writer, takes []TakeJSON) error {
	if len(takes) == 0 {
		_, err := fmt.Fprintln(out, "Nobody takes anything yet.")
		return err
	}
	lines := [][]string{{"member", "rule", "area", "since", "amount"}}
	for _, t := range takes {
		lines = append(lines, []string{cell(t.Member), cell(t.Rule), cell(t.Area),
			t.RecordedAt.Format("2006-01-02"), cell(t.Amount.Amount)})
	}
	return table(out, len(lines[0])-1, lines)
}

package report

import (
	"fmt"
	"io"
	"time"

	"phyle/ledger"
)

// AuditJSON is a row of the audit trail, as the API shows it.
type AuditJSON struct {
	Number     int64        `json:"sequence"`
	At         time.Time    `json:"at"`
	RecordedAt time.Time    `json:"recorded_at"`
	By         string       `json:"by,omitempty"`
	Token      string       `json:"token_id,omitempty"`
	Operation  string       `json:"operation"`
	Outcome    string       `json:"outcome"`
	Code       string       `json:"code,omitempty"`
	Type       string       `json:"type,omitempty"`
	Subject    string       `json:"subject,omitempty"`
	Last       string       `json:"last_subject,omitempty"`
	Count      int64        `json:"count"`
	FirstEvent int64        `json:"event_from,omitempty"`
	LastEvent  int64        `json:"event_to,omitempty"`
	Before     ledger.Facts `json:"before,omitempty"`
	After      ledger.Facts `json:"after,omitempty"`
	RequestID  string       `json:"request_id,omitempty"`
	Address    string       `json:"address"`
}

// Audit returns a row of the audit trail for programs.
func Audit(r ledger.AuditRow) AuditJSON {
	row := AuditJSON{
		Number: r.Number, At: r.At, RecordedAt: r.RecordedAt, By: r.By.Handle, Token: r.Token.String(),
		Operation: string(r.Operation), Outcome: string(r.Outcome), Code: r.Code, Type: string(r.Type),
		Subject: r.Subject, Count: r.Count, FirstEvent: r.FirstEvent, LastEvent: r.LastEvent,
		Before: r.Before, After: r.After, RequestID: r.RequestID, Address: r.Address,
	}
	if r.Last != r.Subject {
		row.Last = r.Last
	}
	return row
}

// AuditText writes who did what, or why it was refused.
func AuditText(out io.Writer, rows []AuditJSON) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintln(out, "The audit trail has nothing of that.")
		return err
	}
	lines := [][]string{{"at (UTC)", "by", "operation", "came out", "subject", "from", "count"}}
	for _, r := range rows {
		outcome := r.Outcome
		if r.Code != "" {
			outcome += ": " + r.Code
		}
		lines = append(lines, []string{r.At.UTC().Format("2006-01-02 15:04:05"), cell(r.By),
			cell(r.Operation), cell(outcome), cell(r.Subject), cell(r.Address), fmt.Sprint(r.Count)})
	}
	return table(out, len(lines[0])-1, lines)
}

package report

import (
	"fmt"
	"io"

	"phyle/ledger"
)

// PayoutsText writes a payout report for people, with the check below it.
func PayoutsText(out io.Writer, p ledger.Payouts) error {
	_, err := fmt.Fprintf(out, "%s: payouts by %s, %s to %s, in %s\n\n",
		p.Commons.Name, p.By, p.From, p.To, p.Commons.Currency)
	if err != nil {
		return err
	}
	if len(p.Lines) == 0 {
		_, err = fmt.Fprintln(out, "Nothing was distributed, paid or owed in these days.")
		return err
	}
	lines := [][]string{{string(p.By), "distributed"}}
	if p.By.HasBalances() {
		lines = [][]string{{string(p.By), "owed before", "distributed", "other", "paid", "owed"}}
	}
	for _, l := range append(p.Lines[:len(p.Lines):len(p.Lines)], p.Total) {
		lines = append(lines, payoutCells(p, l))
	}
	if err := table(out, 1, lines); err != nil {
		return err
	}
	return payoutCheck(out, p)
}

func payoutCells(p ledger.Payouts, l ledger.PayoutLine) []string {
	name := l.Key
	switch {
	case p.By == ledger.ByKind && l.Key == "":
		name = "by weight or share"
	case p.By == ledger.ByRule && l.Key == "":
		name = "left over"
	}
	if !p.By.HasBalances() {
		return []string{name, figure(l.Distributed)}
	}
	return []string{name, figure(l.Opening), figure(l.Distributed), figure(l.Other), figure(l.Paid),
		figure(l.Owed)}
}

func payoutCheck(out io.Writer, p ledger.Payouts) error {
	if !p.By.HasBalances() {
		_, err := fmt.Fprintf(out, "\nCheck: distributed %s = journal %s %s\n",
			figure(p.Total.Distributed), figure(p.Booked), mark(p.Agrees()))
		return err
	}
	_, err := fmt.Fprintf(out,
		"\nCheck: %s + %s + %s − %s = %s; distributed = journal %s, owed = payables %s %s\n",
		figure(p.Total.Opening), figure(p.Total.Distributed), figure(p.Total.Other), figure(p.Total.Paid),
		figure(p.Total.Owed), figure(p.Booked), figure(p.Books), mark(p.Agrees()))
	return err
}

// payoutJSON is a line of a payout report as the API shows it. By rule and kind
// there is only what was distributed.
type payoutJSON struct {
	Key         string `json:"key"`
	Name        string `json:"name"`
	Opening     *money `json:"owed_before,omitempty"`
	Distributed money  `json:"distributed"`
	Other       *money `json:"other,omitempty"`
	Paid        *money `json:"paid,omitempty"`
	Owed        *money `json:"owed,omitempty"`
}

// PayoutsJSON is a payout report as the API shows it.
type PayoutsJSON struct {
	Commons string       `json:"commons"`
	From    string       `json:"from"`
	To      string       `json:"to"`
	By      string       `json:"by"`
	Lines   []payoutJSON `json:"lines"`
	Total   payoutJSON   `json:"total"`
	Check   payoutsCheck `json:"check"`
}

type payoutsCheck struct {
	OK          bool   `json:"ok"`
	Distributed money  `json:"journal_distributed"`
	Owed        *money `json:"payables_owed,omitempty"`
}

// Payouts returns a payout report as the API shows it.
func Payouts(p ledger.Payouts) PayoutsJSON {
	j := PayoutsJSON{
		Commons: p.Commons.Slug, From: p.From.String(), To: p.To.String(), By: string(p.By),
		Lines: []payoutJSON{}, Total: payoutLine(p, p.Total),
		Check: payoutsCheck{OK: p.Agrees(), Distributed: moneyOf(p.Booked)},
	}
	if p.By.HasBalances() {
		j.Check.Owed = pointerTo(p.Books)
	}
	for _, l := range p.Lines {
		j.Lines = append(j.Lines, payoutLine(p, l))
	}
	return j
}

func payoutLine(p ledger.Payouts, l ledger.PayoutLine) payoutJSON {
	j := payoutJSON{Key: l.Key, Name: l.Name, Distributed: moneyOf(l.Distributed)}
	if p.By.HasBalances() {
		j.Opening, j.Other = pointerTo(l.Opening), pointerTo(l.Other)
		j.Paid, j.Owed = pointerTo(l.Paid), pointerTo(l.Owed)
	}
	return j
}

func pointerTo(m ledger.Money) *money {
	shown := moneyOf(m)
	return &shown
}

// PayoutsTo writes a payout report as JSON.
func PayoutsTo(out io.Writer, p ledger.Payouts) error { return writeJSON(out, Payouts(p)) }

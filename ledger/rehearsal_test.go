package ledger

import (
	"testing"

	"github.com/shopspring/decimal"
)

// rehearsed is a rehearsal of two runs that adds up.
func rehearsed() Rehearsal {
	cents := func(n int64) Money { return Money{Amount: decimal.New(n, -2), Currency: "EUR"} }
	side := func(in, incomes, given, out int64) RehearsedSide {
		return RehearsedSide{cents(in), cents(incomes), cents(given), cents(out)}
	}
	line := func(name string, inForce, draft int64) RehearsedLine {
		return RehearsedLine{Member: name, InForce: cents(inForce), Draft: cents(draft)}
	}
	return Rehearsal{
		Commons: Commons{Currency: "EUR"},
		Runs: []RehearsedRun{
			{
				Lines: []RehearsedLine{line("ana", 60, 100), line("bo", 40, 0)},
				Sides: Sides{InForce: side(7, 100, 100, 7), Draft: side(7, 100, 100, 7)},
			},
			{
				Lines: []RehearsedLine{line("ana", 207, 150)},
				Sides: Sides{InForce: side(7, 200, 207, 0), Draft: side(7, 200, 150, 57)},
			},
		},
		Totals: []RehearsedLine{line("ana", 267, 250), line("bo", 40, 0)},
	}
}

// A rehearsal agrees only if every sum that it shows does, on both sides.
func TestRehearsalAgrees(t *testing.T) {
	cent := Money{Amount: decimal.New(1, -2), Currency: "EUR"}
	for name, change := range map[string]func(*Rehearsal){
		"a line":       func(r *Rehearsal) { r.Runs[0].Lines[1].Draft = cent },
		"a total":      func(r *Rehearsal) { r.Totals[0].InForce = cent },
		"an income":    func(r *Rehearsal) { r.Runs[1].Sides.InForce.Incomes = cent },
		"what is left": func(r *Rehearsal) { r.Runs[1].Sides.Draft.CarriedOut = cent },
		"what goes on": func(r *Rehearsal) {
			first := &r.Runs[0].Sides.Draft
			first.CarriedIn, first.CarriedOut = cent, cent
		},
	} {
		r := rehearsed()
		if !r.Agrees() {
			t.Fatal("it does not agree as it is")
		}
		if change(&r); r.Agrees() {
			t.Errorf("it agrees with another %s", name)
		}
	}
	if got := rehearsed().Sides().Draft.CarriedOut.Figure(); got != "0.57" {
		t.Errorf("the last run carries %s on", got)
	}
}

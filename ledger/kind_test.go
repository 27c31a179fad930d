package ledger

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// The most specific rate in force wins, then the latest day, then the latest record.
func TestRateFor(t *testing.T) {
	t.Parallel()
	january, june := NewDate(2026, time.January, 1), NewDate(2026, time.June, 1)
	rate := func(number int64, value string, from Date, narrow func(r *Rate)) Rate {
		r := Rate{Number: number, Kind: "work", From: from, Rate: decimal.RequireFromString(value)}
		narrow(&r)
		return r
	}
	plain := func(r *Rate) {}
	rates := []Rate{
		rate(1, "2", january, plain),
		rate(2, "3", june, plain),
		rate(3, "4", january, func(r *Rate) { r.Area = "lab" }),
		rate(4, "5", january, func(r *Rate) { r.Stage = Newcomer }),
		rate(5, "6", january, func(r *Rate) { r.Area, r.Stage = "lab", Newcomer }),
		rate(6, "7", june, func(r *Rate) { r.Member = "ana" }),
		rate(7, "8", june, func(r *Rate) { r.Kind = "care" }),
		rate(8, "9", june, func(r *Rate) { r.Stage = Guest }),
		rate(9, "10", june, func(r *Rate) { r.Stage = Guest }),
	}
	for _, test := range []struct {
		name, want string
		kind       KindID
		member     MemberID
		area       AreaID
		stage      Stage
		on         Date
	}{
		{"before any", "1", "work", "bo", "", FullPart, january.AddDays(-1)},
		{"plain", "2", "work", "bo", "", FullPart, january},
		{"the day before the next", "2", "work", "bo", "", FullPart, june.AddDays(-1)},
		{"the next", "3", "work", "bo", "", FullPart, june},
		{"area beats plain, though older", "4", "work", "bo", "lab", FullPart, june},
		{"stage beats area", "5", "work", "bo", "shop", Newcomer, june},
		{"area with stage beats stage", "6", "work", "bo", "lab", Newcomer, june},
		{"member beats all", "7", "work", "ana", "lab", Newcomer, june},
		{"member not yet", "6", "work", "ana", "lab", Newcomer, june.AddDays(-1)},
		{"other kind", "8", "care", "bo", "", FullPart, june},
		{"of one day the latest record", "10", "work", "bo", "", Guest, june},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := RateFor(rates, test.kind, test.member, test.area, test.stage, test.on)
			if got.String() != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// A rehearsal is written the same whether it comes from the books or from a server.
func TestRehearsalText(t *testing.T) {
	euro := func(s string) ledger.Money {
		return ledger.Money{Amount: decimal.RequireFromString(s), Currency: "EUR"}
	}
	lines := []ledger.RehearsedLine{
		{Member: "ana", InForce: euro("1200"), Draft: euro("1234.50")},
		{Fund: "reserve", InForce: euro("40"), Draft: euro("0")},
	}
	shown := Rehearsal(ledger.Rehearsal{
		Commons: ledger.Commons{Slug: "riverside", Currency: "EUR"}, Name: "Less\naside", Months: 12,
		After: ledger.NewDate(2025, 11, 5), Totals: lines,
		Runs: []ledger.RehearsedRun{{
			Through: ledger.NewDate(2026, 10, 31), Lines: lines,
			InForce: "01890000-0000-7000-8000-000000000000",
			Sides: ledger.Sides{
				InForce: ledger.RehearsedSide{
					CarriedIn: euro("10"), Incomes: euro("1230"), Given: euro("1240"), CarriedOut: euro("0"),
				},
				Draft: ledger.RehearsedSide{
					CarriedIn: euro("10"), Incomes: euro("1230"), Given: euro("1234.50"),
					CarriedOut: euro("5.50"),
				},
			},
		}},
		Claims: []ledger.RehearsedLine{
			{Member: "bo", Kind: "cash", InForce: euro("5"), Draft: euro("5")},
		},
		Notes: []string{"Look here."},
	})
	text, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	var sent RehearsalJSON
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), `.00"`, `"`)), &sent); err != nil {
		t.Fatal(err)
	}
	const want = `riverside: "Less aside" beside what was in force, 1 run since 2025-11-05, in EUR

to            in force     draft  difference
ana           1,200.00  1,234.50      +34.50
fund reserve     40.00      0.00      -40.00
carried on        0.00      5.50
total         1,240.00  1,240.00

after the last run    in force  draft  difference
promised to bo, cash      5.00   5.00        0.00

Check: in force 10.00 carried in + 1,230.00 came in = 1,240.00 given + 0.00 carried on; ` +
		`draft 10.00 carried in + 1,230.00 came in = 1,234.50 given + 5.50 carried on ✓

Look at this:
- Look here.

This assumes:
`
	for name, r := range map[string]RehearsalJSON{"here": shown, "sent": sent} {
		var got strings.Builder
		if err := RehearsalText(&got, r); err != nil {
			t.Fatal(err)
		}
		report, assumed, _ := strings.Cut(got.String(), "- It replays")
		if diff := cmp.Diff(want, report); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if strings.Count(assumed, "\n- ") != 3 {
			t.Errorf("%s assumes %q", name, assumed)
		}
	}
}

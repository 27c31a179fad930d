package ledger

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func shared(quantity string, shares ...string) SharedContribution {
	s := SharedContribution{NewContribution: NewContribution{Kind: "work", ExternalRef: "sheet-1",
		Quantity: decimal.RequireFromString(quantity)}}
	for i, share := range shares {
		s.Shares = append(s.Shares, ContributionShare{
			Member: string(rune('a' + i)), Share: decimal.RequireFromString(share)})
	}
	return s
}

func TestParts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, quantity, unit string
		shares, want         []string
	}{
		{name: "halves", quantity: "7.5", shares: []string{"1", "1"}, want: []string{"3.75", "3.75"}},
		{name: "thirds", quantity: "10", shares: []string{"1", "1", "1"},
			want: []string{"3.333334", "3.333333", "3.333333"}},
		{name: "by shares", quantity: "6", shares: []string{"2", "0.5", "0.5"},
			want: []string{"4", "1", "1"}},
		{name: "smallest", quantity: "0.000003", shares: []string{"2", "1"},
			want: []string{"0.000002", "0.000001"}},
		{name: "thirds of money", quantity: "10", unit: "EUR", shares: []string{"1", "1", "1"},
			want: []string{"3.34", "3.33", "3.33"}},
		{name: "finer money", quantity: "10.005", unit: "EUR", shares: []string{"1", "1", "1"},
			want: []string{"3.335", "3.335", "3.335"}},
		{name: "finest money", quantity: "0.100001", unit: "EUR", shares: []string{"1", "1"},
			want: []string{"0.050001", "0.05"}},
		{name: "other money", quantity: "10", unit: "USD", shares: []string{"2", "1"},
			want: []string{"6.666667", "3.333333"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			parts, err := shared(test.quantity, test.shares...).Parts(test.unit, "EUR")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i, p := range parts {
				got = append(got, p.Quantity.String())
				if (p.ExternalRef != "") != (i == 0) {
					t.Errorf("part %d has reference %q", i, p.ExternalRef)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPartsRefused(t *testing.T) {
	t.Parallel()
	twice := shared("6", "1", "1")
	twice.Shares[1].Member = twice.Shares[0].Member
	for _, test := range []struct {
		name    string
		shared  SharedContribution
		unit    string
		pointer string
	}{
		{"one alone", shared("6", "1"), "hour", "/shares"},
		{"no share", shared("6", "1", "0"), "hour", "/shares/1/share"},
		{"negative quantity", shared("-6", "1", "1"), "hour", "/quantity"},
		{"too fine", shared("0.0000001", "1", "1"), "hour", "/quantity"},
		{"comes to nothing", shared("0.000001", "1", "1"), "hour", "/shares/1/share"},
		{"less than a cent", shared("0.01", "1", "1"), "EUR", "/shares/1/share"},
		{"twice", twice, "hour", "/shares/1/member"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := test.shared.Parts(test.unit, "EUR")
			refusal, ok := err.(*Error)
			if !ok || len(refusal.Fields) != 1 || refusal.Fields[0].Pointer != test.pointer {
				t.Errorf("got %v", err)
			}
		})
	}
}

// However it is divided, the parts sum to the quantity exactly.
func TestPartsSum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := SharedContribution{NewContribution: NewContribution{
			Quantity: decimal.New(rapid.Int64Range(1_000, 1e15).Draw(t, "quantity"), -6)}}
		for i := range rapid.IntRange(2, 20).Draw(t, "n") {
			s.Shares = append(s.Shares, ContributionShare{Member: string(rune('a' + i)),
				Share: decimal.New(rapid.Int64Range(1, 1e9).Draw(t, "share"), -3)})
		}
		unit := rapid.SampledFrom([]string{"hour", "EUR"}).Draw(t, "unit")
		parts, err := s.Parts(unit, "EUR")
		if wrong := (*Error)(nil); errors.As(err, &wrong) && wrong.Code != "too_small" {
			t.Fatal(err)
		}
		sum := decimal.Zero
		for _, p := range parts {
			sum = sum.Add(p.Quantity)
		}
		if !sum.Equal(s.Quantity) {
			t.Fatalf("%s of %s: %v", sum, s.Quantity, err)
		}
	})
}

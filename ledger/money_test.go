package ledger

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

func TestCase1ParseDecimal(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"0", "1", "1.5", "-1.50", "0.000000000001", "999999999999999999.5"} {
		if d, err := ParseDecimal(s); err != nil || !d.Equal(decimal.RequireFromString(s)) {
			t.Errorf("%q is %s, %v", s, d, err)
		}
	}
	for _, s := range []string{
		"", "1e5", "+1", ".5", "1.", "-0", "-0.00", " 1", "1 ", "1_000", "1,50", "１", "١", "−1", "NaN", "Infinity",
		"01", "-", "--1", "1.2.3", "0x10", "1000000000000000000", "0.0000000000001", strings.Repeat("9", 1_000_000),
	} {
		if d, err := ParseDecimal(s); err == nil {
			t.Errorf("%.40q is taken for %s", s, d)
		}
	}
}

func TestCase3NewMoney(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ amount, currency, code string }{
		{"1.50", "EUR", ""}, {"1.505", "EUR", "too_many_decimals"}, {"1.5", "JPY", "too_many_decimals"},
		{"1.505", "KWD", ""}, {"1.5055", "KWD", "too_many_decimals"}, {"1", "EURO", "unknown_currency"},
		{"1", "eur", "unknown_currency"}, {"1000000000000000", "EUR", ""},
		{"1000000000000000.01", "EUR", "amount_out_of_range"}, {"-1000000000000001", "EUR", "amount_out_of_range"},
	} {
		_, err := NewMoney(decimal.RequireFromString(test.amount), Currency(test.currency))
		code := ""
		if refusal, ok := err.(*Error); ok {
			code = refusal.Code
		}
		if code != test.code {
			t.Errorf("%s %s: %q, want %q", test.amount, test.currency, code, test.code)
		}
	}
}

// Percent and the value of a claim round half to even, and nothing else does.
func TestRoundHalfEven(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ amount, percent, want string }{
		{"0.25", "10", "0.02"}, {"0.35", "10", "0.04"}, {"0.26", "10", "0.03"}, {"100.00", "33.333333", "33.33"},
		{"0.05", "50", "0.02"}, {"0.15", "50", "0.08"},
	} {
		m := Money{decimal.RequireFromString(test.amount), "EUR"}
		if got := Percent(m, decimal.RequireFromString(test.percent)).Figure(); got != test.want {
			t.Errorf("%s %% of %s is %s, want %s", test.percent, test.amount, got, test.want)
		}
	}
	claim := ContributionKind{Becomes: BecomesClaim}
	for quantity, want := range map[string]string{"0.125": "0.12", "0.135": "0.14", "-0.125": "-0.12", "7": "7.00"} {
		weight, value, err := claim.Value(decimal.RequireFromString(quantity), decimal.New(1, 0), "EUR")
		if err != nil || value.Figure() != want || weight.String() != quantity {
			t.Errorf("%s is worth %v, weighs %s, %v; want %s", quantity, value, weight, err, want)
		}
	}
}

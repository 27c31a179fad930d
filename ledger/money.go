package ledger

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/shopspring/decimal"
)

// MaxAmount bounds every amount, quantity, rate and weight: 10^15.
var MaxAmount = decimal.New(1, 15)

// Money is an exact amount of one currency. It never holds more decimals than
// the currency's minor unit; the zero Money is no amount of no currency.
type Money struct {
	Amount   decimal.Decimal
	Currency Currency
}

// NewMoney returns the amount as Money, refusing more decimals than the currency
// has and amounts beyond MaxAmount.
func NewMoney(amount decimal.Decimal, currency Currency) (Money, error) {
	digits, known := currency.Digits()
	switch {
	case !known:
		return Money{}, Errorf(Invalid, "unknown_currency",
			"%q is not a currency of ISO 4217 in use; write a code such as EUR.", string(currency))
	case !amount.Equal(amount.Truncate(digits)):
		return Money{}, Errorf(Invalid, "too_many_decimals",
			"%s has %d decimals at the most; write the amount without more.", currency, digits)
	case amount.Abs().GreaterThan(MaxAmount):
		return Money{}, Errorf(Invalid, "amount_out_of_range",
			"Amounts go up to 10^15; split it or check the figure.")
	}
	return Money{Amount: amount, Currency: currency}, nil
}

// ParseMoney reads an amount in the grammar of ParseDecimal as Money.
func ParseMoney(amount string, currency Currency) (Money, error) {
	d, err := ParseDecimal(amount)
	if err != nil {
		return Money{}, err
	}
	return NewMoney(d, currency)
}

// MinorUnits returns the amount as a whole number of minor units (cents).
func (m Money) MinorUnits() *big.Int {
	digits, _ := m.Currency.Digits()
	return m.Amount.Shift(digits).BigInt()
}

// FromMinorUnits returns a whole number of minor units as Money.
func FromMinorUnits(units *big.Int, currency Currency) Money {
	digits, _ := currency.Digits()
	return Money{Amount: decimal.NewFromBigInt(units, -digits), Currency: currency}
}

// Zero returns no money of the currency.
func Zero(currency Currency) Money { return Money{Currency: currency} }

// Plus returns m + n, which must be of one currency.
func (m Money) Plus(n Money) Money {
	m.mustMatch(n)
	return Money{Amount: m.Amount.Add(n.Amount), Currency: m.Currency}
}

// Minus returns m − n, which must be of one currency.
func (m Money) Minus(n Money) Money { return m.Plus(n.Negated()) }

// Negated returns −m.
func (m Money) Negated() Money { return Money{Amount: m.Amount.Neg(), Currency: m.Currency} }

// Equal reports whether both are the same amount of the same currency.
func (m Money) Equal(n Money) bool { return m.Currency == n.Currency && m.Amount.Equal(n.Amount) }

// IsZero reports whether the amount is zero.
func (m Money) IsZero() bool { return m.Amount.IsZero() }

// Sign returns −1, 0 or 1.
func (m Money) Sign() int { return m.Amount.Sign() }

// Figure returns the amount with the currency's own number of decimals.
func (m Money) Figure() string {
	digits, _ := m.Currency.Digits()
	return m.Amount.StringFixed(digits)
}

// String returns the amount and its currency, as "1234.50 EUR".
func (m Money) String() string { return m.Figure() + " " + string(m.Currency) }

// Spoken returns the amount as people write it: with its thousands apart, and the
// currency's sign where that means no other currency.
func (m Money) Spoken() string { return m.Currency.Spoken(m.Figure()) }

// Spoken groups a plain figure and adds the currency's sign or code.
func (c Currency) Spoken(figure string) string {
	if sign, found := signs[c]; found {
		return Grouped(figure) + " " + sign
	}
	return Grouped(figure) + " " + string(c)
}

// Grouped sets the thousands of a plain figure apart, as "1,234.50".
func Grouped(figure string) string {
	body, negative := strings.CutPrefix(figure, "-")
	whole, fraction, pointed := strings.Cut(body, ".")
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if pointed {
		whole += "." + fraction
	}
	if negative {
		return "-" + whole
	}
	return whole
}

// signs are those that only one currency uses.
var signs = map[Currency]string{"EUR": "€", "GBP": "£", "INR": "₹", "KRW": "₩", "ILS": "₪", "UAH": "₴"}

func (m Money) mustMatch(n Money) {
	if m.Currency != n.Currency {
		panic(fmt.Sprintf("%s and %s are not of one currency", m, n))
	}
}

// Percent returns percent % of m, rounded half-even to the minor unit.
func Percent(m Money, percent decimal.Decimal) Money {
	digits, _ := m.Currency.Digits()
	return Money{Amount: m.Amount.Mul(percent).Shift(-2).RoundBank(digits), Currency: m.Currency}
}

// ParseDecimal reads a plain decimal: an optional minus sign, a whole part of up
// to 18 digits without leading zeros and up to 12 decimals. It takes no exponent,
// plus sign, grouping, blank or "-0". Length is checked before anything is read.
func ParseDecimal(s string) (decimal.Decimal, error) {
	malformed := Errorf(Invalid, "malformed_amount",
		`Write a plain number such as "1234.50": digits and one point, no spaces, signs or grouping.`)
	if len(s) == 0 || len(s) > 32 {
		return decimal.Decimal{}, malformed
	}
	body, negative := strings.CutPrefix(s, "-")
	whole, fraction, pointed := strings.Cut(body, ".")
	if !isDigits(whole, 18) || pointed && !isDigits(fraction, 12) {
		return decimal.Decimal{}, malformed
	}
	if len(whole) > 1 && whole[0] == '0' {
		return decimal.Decimal{}, malformed
	}
	if negative && strings.Trim(body, "0.") == "" {
		return decimal.Decimal{}, malformed
	}
	return decimal.RequireFromString(s), nil
}

func isDigits(s string, most int) bool {
	if len(s) == 0 || len(s) > most {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// ParseQuantity reads a quantity, rate or factor: not negative, at most 6
// decimals, at most MaxAmount.
func ParseQuantity(s string) (decimal.Decimal, error) {
	d, err := ParseDecimal(s)
	switch {
	case err != nil:
		return d, err
	case d.Sign() < 0:
		return d, Errorf(Invalid, "negative", "Write a number that is not negative.")
	case !d.Equal(d.Truncate(6)):
		return d, Errorf(Invalid, "too_many_decimals", "Six decimals are the most here.")
	case d.GreaterThan(MaxAmount):
		return d, Errorf(Invalid, "amount_out_of_range", "Numbers go up to 10^15 here.")
	}
	return d, nil
}

package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"
)

// plain is how decimals are written: no exponent, no plus sign, no grouping.
var plain = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?$`)

// longestFigure is how many characters a plain decimal has at most.
const longestFigure = 32

// Money is an amount of a currency, a code of ISO 4217. It is exact, and travels as
// {"amount": "1234.50", "currency": "EUR"}; amounts that are JSON numbers are
// refused.
type Money struct {
	Amount   decimal.Decimal
	Currency string
}

// ParseMoney returns the money of a plain amount such as "1234.50".
func ParseMoney(amount, currency string) (Money, error) {
	if !isPlain(amount) {
		return Money{}, fmt.Errorf(
			`client: %.64q is no amount; write a plain number such as "1234.50"`, amount)
	}
	return Money{Amount: decimal.RequireFromString(amount), Currency: currency}, nil
}

func isPlain(s string) bool { return len(s) <= longestFigure && plain.MatchString(s) }

// String returns the amount, with the decimals that it came with, and the currency.
func (m Money) String() string {
	return strings.TrimSpace(m.figure() + " " + m.Currency)
}

func (m Money) figure() string {
	if digits := -m.Amount.Exponent(); digits > 0 && digits <= longestFigure {
		return m.Amount.StringFixed(digits)
	}
	return m.Amount.String()
}

// moneyText is money as it travels.
type moneyText struct {
	Amount   *string `json:"amount"`
	Currency *string `json:"currency"`
}

// MarshalJSON implements json.Marshaler. An amount that the API could not write
// down exactly is an error; nothing is rounded.
func (m Money) MarshalJSON() ([]byte, error) {
	// The exponent is looked at first, for a large one makes a long text.
	if exponent := m.Amount.Exponent(); exponent < -1000 || exponent > 1000 {
		return nil, fmt.Errorf("client: an amount with exponent %d is out of range", exponent)
	}
	figure := m.Amount.String()
	if !isPlain(figure) {
		return nil, fmt.Errorf("client: the amount %.64s has more than 18 digits or 12 decimals", figure)
	}
	return json.Marshal(moneyText{Amount: &figure, Currency: &m.Currency})
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *Money) UnmarshalJSON(text []byte) error {
	var in moneyText
	if err := json.Unmarshal(text, &in); err != nil {
		return fmt.Errorf("client: money is an amount in a string and a currency: %w", err)
	}
	if in.Amount == nil || in.Currency == nil {
		return fmt.Errorf("client: money is an amount and a currency, not %.64s", bytes.TrimSpace(text))
	}
	parsed, err := ParseMoney(*in.Amount, *in.Currency)
	*m = parsed
	return err
}

// Number is an exact decimal that is no money: a quantity, a rate or a weight, such
// as "7.5". "" is none.
type Number string

// NumberOf returns the decimal as a Number.
func NumberOf(d decimal.Decimal) Number { return Number(d.String()) }

// Decimal returns the number to reckon with, or an error where it is no plain
// decimal.
func (n Number) Decimal() (decimal.Decimal, error) {
	if !isPlain(string(n)) {
		return decimal.Decimal{}, fmt.Errorf(
			`client: %.64q is no plain decimal such as "7.5"`, string(n))
	}
	return decimal.NewFromString(string(n))
}

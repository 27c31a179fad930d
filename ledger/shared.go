package ledger

import (
	"fmt"
	"math/big"

	"github.com/shopspring/decimal"
)

// SharedContribution is one piece of work that several members gave together. Its
// Member is empty; Shares say who gave how much of it.
type SharedContribution struct {
	NewContribution
	Shares []ContributionShare
}

// ContributionShare is one member's part of a shared contribution.
type ContributionShare struct {
	Member string
	Share  decimal.Decimal
}

// quantityDecimals is how finely quantities and shares can be written.
const quantityDecimals = 6

// Whole returns the contribution once for each share, undivided: what can be said of
// the parts before it is known what is counted.
func (s SharedContribution) Whole() []NewContribution {
	parts := make([]NewContribution, len(s.Shares))
	for i, share := range s.Shares {
		parts[i] = s.NewContribution
		parts[i].Member = share.Member
		if i > 0 {
			parts[i].ExternalRef = ""
		}
	}
	return parts
}

// Parts divides the quantity of the unit in proportion to the shares, by largest
// remainder with ties to the earlier share. The parts sum to the quantity exactly: to
// six decimals or, where the unit is the currency, to its own, so that no promise is
// lost in rounding. An external reference stays with the first part: it is unique.
func (s SharedContribution) Parts(unit string, currency Currency) ([]NewContribution, error) {
	if err := s.checkShares(); err != nil {
		return nil, err
	}
	decimals := s.decimals(unit, currency)
	units, total := s.Quantity.Shift(decimals).BigInt(), new(big.Int)
	numerators := make([]*big.Int, len(s.Shares))
	for i, share := range s.Shares {
		weight := share.Share.Shift(quantityDecimals).BigInt()
		total.Add(total, weight)
		numerators[i] = new(big.Int).Mul(units, weight)
	}
	var wrong FieldErrors
	parts := s.Whole()
	for i, part := range roundFractions(numerators, total, func(int) RoundingBalance { return 0 }) {
		parts[i].Quantity = decimal.NewFromBigInt(new(big.Int).SetUint64(part.Units), -decimals)
		if part.Units == 0 {
			wrong.Add(fmt.Sprintf("/shares/%d/share", i), "too_small",
				"This share comes to nothing of the quantity; leave the member out.")
		}
	}
	return parts, wrong.Err()
}

// decimals returns how finely the quantity is divided. A quantity of money that is
// finer than its currency keeps its own decimals.
func (s SharedContribution) decimals(unit string, currency Currency) int32 {
	digits, known := currency.Digits()
	if unit != string(currency) || !known {
		return quantityDecimals
	}
	for digits < quantityDecimals && !s.Quantity.Equal(s.Quantity.Truncate(digits)) {
		digits++
	}
	return digits
}

func (s SharedContribution) checkShares() error {
	var wrong FieldErrors
	if len(s.Shares) < 2 || len(s.Shares) > 100 {
		wrong.Add("/shares", "too_few_or_many", "Name from 2 to 100 members.")
	}
	seen := map[string]bool{}
	for i, share := range s.Shares {
		pointer := fmt.Sprintf("/shares/%d", i)
		if share.Share.Sign() <= 0 || !share.Share.Equal(share.Share.Truncate(quantityDecimals)) ||
			share.Share.GreaterThan(MaxAmount) {
			wrong.Add(pointer+"/share", "not_positive",
				"Write a share above zero, with six decimals at the most.")
		}
		if seen[share.Member] {
			wrong.Add(pointer+"/member", "duplicate_member", "This member is named twice.")
		}
		seen[share.Member] = true
	}
	if s.Quantity.Sign() <= 0 || !s.Quantity.Equal(s.Quantity.Truncate(quantityDecimals)) ||
		s.Quantity.GreaterThan(decimal.New(1, 12)) {
		wrong.Add("/quantity", "not_positive",
			"Write a quantity above zero and up to 10^12, with six decimals at the most.")
	}
	return wrong.Err()
}

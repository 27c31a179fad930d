package ledger

import (
	"math/big"

	"github.com/shopspring/decimal"
)

// MemberSums are sums over all members: what is owed, the capital, what is promised.
type MemberSums struct {
	Payable  Money
	Capital  Money
	Promised Money
}

// BalancesReport is what every member is owed and promised, and has as capital. A
// zero Date is now.
type BalancesReport struct {
	Commons Commons
	Date    Date
	Lines   []MemberBalance
	Total   MemberSums
	// Books is what the postings on all payables, capital accounts and promises sum
	// to; it must equal the total.
	Books MemberSums
}

// Promised returns what is still promised to the member, over all kinds.
func (b MemberBalance) Promised() Money {
	promised := Zero(b.Payable.Currency)
	for _, claim := range b.Claims {
		promised = promised.Plus(claim.Outstanding)
	}
	return promised
}

// AddUp fills in the total of the lines.
func (r *BalancesReport) AddUp() {
	zero := Zero(r.Commons.Currency)
	r.Total = MemberSums{Payable: zero, Capital: zero, Promised: zero}
	for _, line := range r.Lines {
		r.Total.Payable = r.Total.Payable.Plus(line.Payable)
		r.Total.Capital = r.Total.Capital.Plus(line.Capital)
		r.Total.Promised = r.Total.Promised.Plus(line.Promised())
	}
}

// Agrees reports whether the total is that of the books.
func (r BalancesReport) Agrees() bool {
	return r.Total.Payable.Equal(r.Books.Payable) && r.Total.Capital.Equal(r.Books.Capital) &&
		r.Total.Promised.Equal(r.Books.Promised)
}

// FundLine is what went through one fund: Given + Other − Spent = Holds. Given came
// from distributions, Other from gifts, transfers and openings, and reversals count
// with what they negate. Target is zero where there is none.
type FundLine struct {
	Code   string
	Name   string
	Target Money
	Given  Money
	Other  Money
	Spent  Money
	Holds  Money
}

// Missing returns how much the fund lacks of its target: zero where it has none.
func (l FundLine) Missing() Money {
	if missing := l.Target.Minus(l.Holds); missing.Sign() > 0 && !l.Target.IsZero() {
		return missing
	}
	return Zero(l.Holds.Currency)
}

// FundsReport is what every fund got, spent and holds. A zero Date is now.
type FundsReport struct {
	Commons Commons
	Date    Date
	Lines   []FundLine
	Total   FundLine
	// Books is what the balances of all fund accounts sum to; it must equal what the
	// lines hold.
	Books Money
}

// AddUp fills in the total of the lines. Targets are not added up.
func (r *FundsReport) AddUp() {
	zero := Zero(r.Commons.Currency)
	r.Total = FundLine{Code: "total", Name: "Total", Target: zero, Given: zero, Other: zero, Spent: zero}
	for _, line := range r.Lines {
		r.Total.Given = r.Total.Given.Plus(line.Given)
		r.Total.Other = r.Total.Other.Plus(line.Other)
		r.Total.Spent = r.Total.Spent.Plus(line.Spent)
	}
	r.Total.Holds = r.Total.Given.Plus(r.Total.Other).Minus(r.Total.Spent)
}

// Agrees reports whether the total is that of the books.
func (r FundsReport) Agrees() bool { return r.Total.Holds.Equal(r.Books) }

// ClaimLine is what one member was promised for one kind: Promised − Paid =
// Outstanding. What was paid is counted against the oldest promises first; Oldest is
// the day of the oldest one that is not paid in full, and Days how old that is.
type ClaimLine struct {
	Kind        string
	Member      string
	Name        string
	Promised    Money
	Paid        Money
	Outstanding Money
	Oldest      Date
	Days        int
}

// ClaimsReport is what is promised and not paid yet, and whether the money is there.
// A zero Date is now.
type ClaimsReport struct {
	Commons Commons
	Date    Date
	Lines   []ClaimLine
	Total   ClaimLine
	// Books is the balance of the memorandum that all promises stand against; it must
	// equal what is outstanding.
	Books Money
	// Cash is what the commons has, and Owed what it has to pay before any promise: to
	// members now, in taxes, and on its way.
	Cash Money
	Owed Money
}

// AddUp fills in the total of the lines, with the oldest promise of all.
func (r *ClaimsReport) AddUp() {
	zero := Zero(r.Commons.Currency)
	r.Total = ClaimLine{Kind: "total", Promised: zero, Paid: zero}
	for _, line := range r.Lines {
		r.Total.Promised = r.Total.Promised.Plus(line.Promised)
		r.Total.Paid = r.Total.Paid.Plus(line.Paid)
		if !line.Oldest.IsZero() && (r.Total.Oldest.IsZero() || line.Oldest.Before(r.Total.Oldest)) {
			r.Total.Oldest, r.Total.Days = line.Oldest, line.Days
		}
	}
	r.Total.Outstanding = r.Total.Promised.Minus(r.Total.Paid)
}

// Agrees reports whether the total is that of the books.
func (r ClaimsReport) Agrees() bool { return r.Total.Outstanding.Equal(r.Books) }

// Left returns what is left of the cash for promises; below zero it is missing.
func (r ClaimsReport) Left() Money { return r.Cash.Minus(r.Owed) }

// Cover returns how many percent of what is promised the cash comes to, rounded
// down; there is none where nothing is promised.
func (r ClaimsReport) Cover() (percent decimal.Decimal, found bool) {
	promised := r.Total.Outstanding.MinorUnits()
	if promised.Sign() <= 0 {
		return decimal.Zero, false
	}
	cash := new(big.Int).Mul(r.Cash.MinorUnits(), big.NewInt(100))
	// Euclidean division rounds down, as promised is above zero.
	return decimal.NewFromBigInt(cash.Div(cash, promised), 0), true
}

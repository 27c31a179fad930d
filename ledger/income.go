package ledger

import (
	"fmt"
	"slices"
	"time"
)

// Sources lists where income can come from.
var Sources = []string{"sale", "grant", "donation", "licence", "membership", "upstream"}

// DeductionType says what became of a part of the gross amount.
type DeductionType string

// Collected tax arrives and is owed on; what is withheld, and fees, never arrive.
const (
	Collected DeductionType = "collected"
	Withheld  DeductionType = "withheld"
	Fee       DeductionType = "fee"
)

// Deduction is a part of an income's gross amount that is not divided.
type Deduction struct {
	Type   DeductionType
	Name   string
	Amount Money
}

// NewIncome is money received, as a caller records it.
type NewIncome struct {
	Amount      Money
	Date        Date
	Payer       string
	Source      string
	Area        string
	Asset       string
	Document    string
	Note        string
	ExternalRef string
	Deductions  []Deduction
}

// Net returns gross − deductions: what is divided.
func (n NewIncome) Net() Money {
	net := n.Amount
	for _, d := range n.Deductions {
		net = net.Minus(d.Amount)
	}
	return net
}

// Validate reports every wrong field that can be seen without the database.
func (n NewIncome) Validate(commons Commons, now time.Time) error {
	var wrong FieldErrors
	wrong.AddError("/amount", CheckPositive(n.Amount, commons.Currency))
	wrong.AddError("/date", commons.CheckDate(n.Date, now))
	wrong.AddError("/payer", CheckText(n.Payer, 200))
	if !slices.Contains(Sources, n.Source) {
		wrong.Add("/source", "unknown_source",
			"Write sale, grant, donation, licence, membership or upstream.")
	}
	if !IsHandle(n.Asset) {
		wrong.Add("/asset", "invalid_handle", handleHint)
	}
	wrong.AddError("/document", CheckText(n.Document, 2000))
	wrong.AddError("/note", CheckText(n.Note, 2000))
	wrong.AddError("/external_ref", CheckText(n.ExternalRef, 200))
	if len(n.Deductions) > 20 {
		wrong.Add("/deductions", "too_many", "At most 20 deductions fit one income.")
	}
	for i, d := range n.Deductions {
		wrong.AddError(fmt.Sprintf("/deductions/%d", i), d.validate(commons))
	}
	if len(wrong) == 0 && n.Net().Sign() <= 0 {
		wrong.Add("/deductions", "nothing_left",
			"The deductions leave nothing to divide; check them against the amount.")
	}
	return wrong.Err()
}

func (d Deduction) validate(commons Commons) error {
	var wrong FieldErrors
	if d.Type != Collected && d.Type != Withheld && d.Type != Fee {
		wrong.Add("/type", "unknown_type", "Write collected, withheld or fee.")
	}
	if !IsHandle(d.Name) {
		wrong.Add("/name", "invalid_handle", handleHint)
	}
	wrong.AddError("/amount", CheckPositive(d.Amount, commons.Currency))
	return wrong.Err()
}

// CheckPositive refuses money that is not of the currency, has more decimals than
// it has, or is not above zero.
func CheckPositive(m Money, currency Currency) error {
	var wrong FieldErrors
	checkMoney(&wrong, m, currency)
	if m.Amount.Sign() <= 0 {
		wrong.Add("/amount", "not_positive", "Write an amount above zero.")
	}
	return wrong.Err()
}

func checkMoney(wrong *FieldErrors, m Money, currency Currency) {
	if _, err := NewMoney(m.Amount, m.Currency); err != nil {
		if err.(*Error).Code == "unknown_currency" {
			wrong.AddError("/currency", err)
		} else {
			wrong.AddError("/amount", err)
		}
	} else if m.Currency != currency {
		wrong.Add("/currency", "wrong_currency", "The books of this commons are kept in %s.", currency)
	}
}

// Income is money received that is to be divided.
type Income struct {
	ID          IncomeID
	Gross       Money
	Net         Money
	Date        Date
	Payer       string
	Source      string
	Area        string
	Asset       string
	Document    string
	Note        string
	ExternalRef string
	Deductions  []Deduction
	Entry       EntryID
	RecordedBy  string
	RecordedAt  time.Time
	Reversed    bool
	// Distribution is the posted one that divided it, or "".
	Distribution DistributionID
}

// Entry books the income: what arrives on the asset, against what is to be divided
// and the collected tax.
func (n NewIncome) Entry() Entry {
	e := Entry{Kind: IncomeEntry, Date: n.Date, Memo: n.Note, Payee: n.Payer, Document: n.Document}
	asset := AssetAccount(n.Asset)
	arrived := n.Net()
	taxes := map[string]Money{}
	var names []string
	for _, d := range n.Deductions {
		if d.Type != Collected {
			continue
		}
		arrived = arrived.Plus(d.Amount)
		if _, found := taxes[d.Name]; !found {
			names = append(names, d.Name)
			taxes[d.Name] = Zero(d.Amount.Currency)
		}
		taxes[d.Name] = taxes[d.Name].Plus(d.Amount)
	}
	e.Postings = append(e.Postings, Posting{asset, arrived},
		Posting{UndistributedAccount(), n.Net().Negated()})
	for _, name := range names {
		e.Postings = append(e.Postings, Posting{TaxAccount(name), taxes[name].Negated()})
	}
	return e.MustBalance()
}

package ledger

import (
	"time"
)

// Move is money that moves by one act of the commons, as a caller records it.
// Each kind of entry uses the fields that concern it.
type Move struct {
	Kind   EntryKind
	Amount Money
	Date   Date
	// Member owes or receives; To is the member that a gift goes to.
	Member string
	To     string
	// Fund and ToFund hold; FromUndistributed takes from what is not divided yet.
	Fund              string
	ToFund            string
	FromUndistributed bool
	// Asset is where the money is; ToAsset is where a transfer brings it.
	Asset   string
	ToAsset string
	// Tax names collected tax that is passed on.
	Tax string
	// Contribution kind of an opening claim.
	ClaimKind string
	// Capital says that it is a member's capital; Redeem turns it into a payable.
	Capital bool
	Redeem  bool

	Memo        string
	Payee       string
	Document    string
	ExternalRef string
}

// Parties are what the names of a Move stand for.
type Parties struct {
	Member MemberRef
	To     MemberRef
	Fund   FundRef
	ToFund FundRef
	Claim  KindRef
}

// Validate reports every wrong field that can be seen without the database.
func (m Move) Validate(commons Commons, now time.Time) error {
	var wrong FieldErrors
	wrong.AddError("/amount", CheckPositive(m.Amount, commons.Currency))
	wrong.AddError("/date", commons.CheckDate(m.Date, now))
	wrong.AddError("/memo", CheckText(m.Memo, 2000))
	wrong.AddError("/payee", CheckText(m.Payee, 200))
	wrong.AddError("/document", CheckText(m.Document, 2000))
	wrong.AddError("/external_ref", CheckText(m.ExternalRef, 200))
	for field, code := range map[string]string{"/asset": m.Asset, "/to_asset": m.ToAsset, "/tax": m.Tax} {
		if code != "" && !IsHandle(code) {
			wrong.Add(field, "invalid_handle", handleHint)
		}
	}
	m.checkParties(&wrong)
	return wrong.Err()
}

// checkParties refuses too few or too many sides for the kind of entry.
func (m Move) checkParties(wrong *FieldErrors) {
	switch m.Kind {
	case SpendingEntry:
		one(wrong, "/fund", "Name the fund that pays, or the tax that is passed on.", m.Fund != "", m.Tax != "")
	case RefundEntry:
		one(wrong, "/fund", "Name the fund that pays, or say undistributed.", m.Fund != "", m.FromUndistributed)
	case GiftEntry:
		needed(wrong, "/member", m.Member)
		one(wrong, "/to", "Name the member or the fund that receives it.", m.To != "", m.ToFund != "")
		if m.To != "" && m.To == m.Member {
			wrong.Add("/to", "same_account", "A gift goes to somebody else.")
		}
	case TransferEntry:
		one(wrong, "/fund", "Name two funds, fund and to_fund, or two assets, asset and to_asset.",
			m.Fund != "" && m.ToFund != "" && m.Asset+m.ToAsset == "",
			m.Asset != "" && m.ToAsset != "" && m.Fund+m.ToFund == "")
		if m.Fund != "" && m.Fund == m.ToFund || m.Asset != "" && m.Asset == m.ToAsset {
			wrong.Add("/to_fund", "same_account", "Name two different ones.")
		}
	case OpeningEntry:
		one(wrong, "/member", "Name one to open: a member, a fund or an asset.",
			m.Member != "", m.Fund != "", m.Asset != "")
		if m.Capital && m.ClaimKind != "" {
			wrong.Add("/capital", "choose_one", "Open a capital or a claim, not both at once.")
		}
		if m.Capital || m.ClaimKind != "" {
			needed(wrong, "/member", m.Member)
		}
	case CapitalEntry, AdvanceEntry, PaymentEntry:
		needed(wrong, "/member", m.Member)
	default:
		wrong.Add("/kind", "unknown_kind", "Nothing moves by an entry of the kind %q.", m.Kind)
	}
}

// one refuses fewer or more than one of the choices.
func one(wrong *FieldErrors, pointer, sentence string, choices ...bool) {
	n := 0
	for _, chosen := range choices {
		if chosen {
			n++
		}
	}
	if n != 1 {
		wrong.Add(pointer, "choose_one", "%s", sentence)
	}
}

func needed(wrong *FieldErrors, pointer, value string) {
	if value == "" {
		wrong.Add(pointer, "required", "This is needed.")
	}
}

// Entry books the move, as the table of accounts says.
func (m Move) Entry(p Parties) Entry {
	e := Entry{
		Kind: m.Kind, Date: m.Date, Memo: m.Memo, Payee: m.Payee, Document: m.Document,
		ExternalRef: m.ExternalRef,
	}
	switch m.Kind {
	case SpendingEntry:
		from := FundAccount(p.Fund)
		if m.Tax != "" {
			from = TaxAccount(m.Tax)
		}
		e.move(m.Amount, from, AssetAccount(m.Asset))
	case RefundEntry:
		from := FundAccount(p.Fund)
		if m.FromUndistributed {
			from = UndistributedAccount()
		}
		e.move(m.Amount, from, AssetAccount(m.Asset))
	case TransferEntry:
		if m.Fund != "" {
			e.move(m.Amount, FundAccount(p.Fund), FundAccount(p.ToFund))
		} else {
			e.move(m.Amount, AssetAccount(m.ToAsset), AssetAccount(m.Asset))
		}
	case GiftEntry:
		if m.ToFund != "" {
			e.move(m.Amount, PayableAccount(p.Member), FundAccount(p.ToFund))
		} else {
			e.move(m.Amount, PayableAccount(p.Member), PayableAccount(p.To))
		}
	case CapitalEntry:
		if m.Redeem {
			e.move(m.Amount, CapitalAccount(p.Member), PayableAccount(p.Member))
		} else {
			e.move(m.Amount, AssetAccount(m.Asset), CapitalAccount(p.Member))
		}
	case AdvanceEntry, PaymentEntry:
		e.move(m.Amount, PayableAccount(p.Member), AssetAccount(m.Asset))
	case OpeningEntry:
		m.open(&e, p)
	}
	return e.MustBalance()
}

// open books what was there before the books began, against equity:opening;
// claims among the memoranda.
func (m Move) open(e *Entry, p Parties) {
	switch {
	case m.ClaimKind != "":
		e.move(m.Amount, ClaimsAccount(), ClaimAccount(p.Claim, p.Member))
	case m.Capital:
		e.move(m.Amount, OpeningAccount(), CapitalAccount(p.Member))
	case m.Member != "":
		e.move(m.Amount, OpeningAccount(), PayableAccount(p.Member))
	case m.Fund != "":
		e.move(m.Amount, OpeningAccount(), FundAccount(p.Fund))
	default:
		e.move(m.Amount, AssetAccount(m.Asset), OpeningAccount())
	}
}

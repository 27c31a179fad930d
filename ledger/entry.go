package ledger

import (
	"fmt"
	"time"
)

// EntryKind says what an entry records.
type EntryKind string

// The kinds of entries.
const (
	IncomeEntry       EntryKind = "income"
	ClaimEntry        EntryKind = "claim"
	DistributionEntry EntryKind = "distribution"
	SpendingEntry     EntryKind = "spending"
	RefundEntry       EntryKind = "refund"
	TransferEntry     EntryKind = "transfer"
	GiftEntry         EntryKind = "gift"
	CapitalEntry      EntryKind = "capital"
	AdvanceEntry      EntryKind = "advance"
	PaymentEntry      EntryKind = "payment"
	OpeningEntry      EntryKind = "opening"
	ReversalEntry     EntryKind = "reversal"
)

// Entry is a journal entry: dated, balanced, permanent. Date is the day it
// happened, RecordedAt the instant we wrote it down, Sequence its place.
type Entry struct {
	ID          EntryID
	Sequence    int64
	Kind        EntryKind
	Date        Date
	Memo        string
	Payee       string
	Document    string
	ExternalRef string
	Reverses    EntryID
	ReversedBy  EntryID
	// Recorder is who recorded it, and RecordedBy their handle, once it is kept.
	Recorder   MemberID
	RecordedBy string
	RecordedAt time.Time
	Postings   []Posting
}

// Posting is a signed amount on one account: debit positive, credit negative.
type Posting struct {
	Account Account
	Amount  Money
}

// MustBalance returns e if its postings sum to zero in every currency, number two
// or more and are not zero. It panics otherwise: that is our own defect.
func (e Entry) MustBalance() Entry {
	sums := map[Currency]Money{}
	for _, p := range e.Postings {
		if p.Amount.IsZero() {
			panic(fmt.Sprintf("entry %q has a posting of zero on %s", e.Memo, p.Account.Name))
		}
		sum, found := sums[p.Amount.Currency]
		if !found {
			sum = Zero(p.Amount.Currency)
		}
		sums[p.Amount.Currency] = sum.Plus(p.Amount)
	}
	for currency, sum := range sums {
		if !sum.IsZero() {
			panic(fmt.Sprintf("entry %q is out of balance by %s in %s", e.Memo, sum, currency))
		}
	}
	if len(e.Postings) < 2 {
		panic(fmt.Sprintf("entry %q has fewer than two postings", e.Memo))
	}
	return e
}

// move adds postings that take the amount from one account to another: debit to,
// credit from. Nothing is added for no money.
func (e *Entry) move(amount Money, debit, credit Account) {
	if amount.IsZero() {
		return
	}
	e.Postings = append(e.Postings,
		Posting{Account: debit, Amount: amount}, Posting{Account: credit, Amount: amount.Negated()})
}

// Reversal returns the entry that negates e and names it. It never divides again.
func (e Entry) Reversal(date Date, reason string) Entry {
	r := Entry{Kind: ReversalEntry, Date: date, Memo: reason, Reverses: e.ID}
	for _, p := range e.Postings {
		r.Postings = append(r.Postings, Posting{Account: p.Account, Amount: p.Amount.Negated()})
	}
	return r.MustBalance()
}

// AccountClass is the side of the books an account stands on.
type AccountClass string

// The classes. Memorandum accounts balance among themselves, off the sheet.
const (
	Asset      AccountClass = "asset"
	Liability  AccountClass = "liability"
	Equity     AccountClass = "equity"
	Memorandum AccountClass = "memorandum"
)

// Account is a place in the chart of accounts. Its name is unique in a commons.
// Member, Fund and Kind name what the account is about, where it is about one.
type Account struct {
	ID     AccountID
	Name   string
	Class  AccountClass
	Role   string
	Member MemberID
	Fund   FundID
	Kind   KindID
}

// AssetAccount holds money outside: a bank, a cash box.
func AssetAccount(code string) Account {
	return Account{Name: "assets:" + code, Class: Asset, Role: "asset"}
}

// TaxAccount holds collected tax that is owed on.
func TaxAccount(name string) Account {
	return Account{Name: "liabilities:tax:" + name, Class: Liability, Role: "tax"}
}

// UndistributedAccount holds income that is not divided yet.
func UndistributedAccount() Account {
	return Account{Name: "equity:undistributed", Class: Equity, Role: "undistributed"}
}

// OpeningAccount balances what was there before the books began.
func OpeningAccount() Account {
	return Account{Name: "equity:opening", Class: Equity, Role: "opening"}
}

// PayableAccount holds what the commons owes the member now.
func PayableAccount(m MemberRef) Account {
	return Account{Name: "liabilities:payable:" + m.Handle, Class: Liability, Role: "payable", Member: m.ID}
}

// CapitalAccount holds the member's own capital in the commons.
func CapitalAccount(m MemberRef) Account {
	return Account{Name: "equity:capital:" + m.Handle, Class: Equity, Role: "capital", Member: m.ID}
}

// FundAccount holds what is set aside for a purpose.
func FundAccount(f FundRef) Account {
	return Account{Name: "equity:fund:" + f.Code, Class: Equity, Role: "fund", Fund: f.ID}
}

// ClaimsAccount balances all claims; it is a memorandum.
func ClaimsAccount() Account {
	return Account{Name: "memo:claims", Class: Memorandum, Role: "claims"}
}

// ClaimAccount holds what is promised to the member for one kind.
func ClaimAccount(k KindRef, m MemberRef) Account {
	return Account{
		Name: "memo:claim:" + k.Code + ":" + m.Handle, Class: Memorandum, Role: "claim",
		Member: m.ID, Kind: k.ID,
	}
}

// MemberRef, FundRef and KindRef are what an account's name needs.
type (
	// MemberRef names a member.
	MemberRef struct {
		ID     MemberID
		Handle string
	}
	// FundRef names a fund.
	FundRef struct {
		ID   FundID
		Code string
	}
	// KindRef names a kind of contribution.
	KindRef struct {
		ID   KindID
		Code string
	}
)

// ClaimAccepted is the memorandum of a promise: what accepting a contribution of
// a claim kind books, on the day of acceptance. A reversal has a negative value.
func ClaimAccepted(value Money, k KindRef, m MemberRef, on Date) Entry {
	e := Entry{Kind: ClaimEntry, Date: on, Memo: "Claim for " + k.Code}
	e.move(value, ClaimsAccount(), ClaimAccount(k, m))
	return e.MustBalance()
}

// CheckReversible refuses to reverse an entry by itself where more than the entry
// must be taken back, and names what to reverse instead.
func (e Entry) CheckReversible() error {
	if e.ReversedBy != "" {
		return Errorf(Conflict, "already_reversed", "That entry is reversed already.")
	}
	switch e.Kind {
	case IncomeEntry:
		return Errorf(Conflict, "reverse_its_source",
			"This entry belongs to an income; reverse that, and the entry follows.")
	case DistributionEntry:
		return Errorf(Conflict, "reverse_its_source",
			"This entry belongs to a distribution; reverse that, and the entry follows.")
	case ClaimEntry:
		return Errorf(Conflict, "reverse_its_source",
			"This entry belongs to a contribution; reverse that, and the entry follows.")
	case ReversalEntry:
		return Errorf(Conflict, "is_reversal", "This is a reversal itself; record the act again instead.")
	}
	return nil
}

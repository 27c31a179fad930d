package ledger

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// DistributionState is how far a distribution has come.
type DistributionState string

// A draft claims nothing; a posted distribution is in the books; a reversed one
// counts as never having been.
const (
	Draft    DistributionState = "draft"
	Posted   DistributionState = "posted"
	Reversed DistributionState = "reversed"
)

// Distribution is the division of incomes under one version of an agreement.
// Incomes + CarriedIn = Given + CarriedOut.
type Distribution struct {
	ID         DistributionID
	Number     int64
	State      DistributionState
	Area       string
	Agreement  AgreementID
	Version    int
	Date       Date
	Through    Date
	Cut        int64
	Setting    int64
	Digest     string
	Incomes    []DividedIncome
	IncomeSum  Money
	CarriedIn  Money
	Given      Money
	CarriedOut Money
	Entry      EntryID
	DraftedBy  string
	DraftedAt  time.Time
	PostedBy   string
	PostedAt   time.Time
	ReversedBy string
	ReversedAt time.Time
	Reason     string
}

// DividedIncome is one income of a distribution, net.
type DividedIncome struct {
	ID     IncomeID
	Amount Money
}

// Allocation is the money that one rule gives one account: a member's, for their
// weight of the total or, with a Kind, for their claims; or a fund's. What is Kept of
// it becomes the member's capital, the rest payable. Rule is "" for what no rule gave.
type Allocation struct {
	Rule        string
	Member      MemberRef
	Kind        KindRef
	Fund        FundRef
	Amount      Money
	Kept        Money
	Weight      decimal.Decimal
	TotalWeight decimal.Decimal
}

// BookAllocations books allocations: from what is undistributed to payables, capital
// and funds, one posting for each account; and, beside that, the claims that are
// paid. The memo names the distribution.
func BookAllocations(number int64, date Date, allocations []Allocation, currency Currency) Entry {
	e := Entry{Kind: DistributionEntry, Date: date, Memo: fmt.Sprintf("Distribution %d", number)}
	sums := accountSums{currency: currency, place: map[string]int{}}
	for _, a := range allocations {
		if a.Fund.ID != "" {
			sums.add(FundAccount(a.Fund), a.Amount.Negated())
		} else {
			sums.add(PayableAccount(a.Member), a.Kept.Minus(a.Amount))
			sums.add(CapitalAccount(a.Member), a.Kept.Negated())
		}
		sums.add(UndistributedAccount(), a.Amount)
		if a.Kind.ID != "" {
			sums.add(ClaimAccount(a.Kind, a.Member), a.Amount)
			sums.add(ClaimsAccount(), a.Amount.Negated())
		}
	}
	e.Postings = slices.DeleteFunc(sums.postings, func(p Posting) bool { return p.Amount.IsZero() })
	return e.MustBalance()
}

// accountSums adds up what goes to each account, in the order of first mention.
type accountSums struct {
	currency Currency
	place    map[string]int
	postings []Posting
}

func (s *accountSums) add(a Account, amount Money) {
	i, found := s.place[a.Name]
	if !found {
		i = len(s.postings)
		s.place[a.Name] = i
		s.postings = append(s.postings, Posting{Account: a, Amount: Zero(s.currency)})
	}
	s.postings[i].Amount = s.postings[i].Amount.Plus(amount)
}

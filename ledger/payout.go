package ledger

// PayoutGrouping says by what a payout report is grouped.
type PayoutGrouping string

// The groupings. By rule and by kind there is only what was distributed.
const (
	ByMember PayoutGrouping = "member"
	ByMonth  PayoutGrouping = "month"
	ByRule   PayoutGrouping = "rule"
	ByKind   PayoutGrouping = "kind"
)

// PayoutGroupings lists every grouping.
var PayoutGroupings = []PayoutGrouping{ByMember, ByMonth, ByRule, ByKind}

// PayoutLine is what one member, month, rule or kind came to between two days.
// Opening + Distributed + Other − Paid = Owed. Other is what gifts, openings,
// capital and their reversals moved.
type PayoutLine struct {
	Key         string
	Name        string
	Opening     Money
	Distributed Money
	Other       Money
	Paid        Money
	Owed        Money
}

// Payouts is a payout report: what was distributed, paid and is owed.
type Payouts struct {
	Commons Commons
	From    Date
	To      Date
	By      PayoutGrouping
	Lines   []PayoutLine
	Total   PayoutLine
	// Books is what the balances of all payables say for the end, and Booked what
	// the journal says was distributed; they must equal the total's.
	Books  Money
	Booked Money
}

// AddUp fills in the total of the lines. Months follow each other: their total
// begins with the first opening and ends with the last sum owed.
func (p *Payouts) AddUp() {
	zero := Zero(p.Commons.Currency)
	p.Total = PayoutLine{
		Key: "total", Name: "Total", Opening: zero, Distributed: zero, Other: zero, Paid: zero, Owed: zero}
	for i, l := range p.Lines {
		p.Total.Distributed = p.Total.Distributed.Plus(l.Distributed)
		p.Total.Other = p.Total.Other.Plus(l.Other)
		p.Total.Paid = p.Total.Paid.Plus(l.Paid)
		if p.By != ByMonth || i == 0 {
			p.Total.Opening = p.Total.Opening.Plus(l.Opening)
		}
	}
	p.Total.Owed = p.Total.Opening.Plus(p.Total.Distributed).Plus(p.Total.Other).Minus(p.Total.Paid)
}

// HasBalances reports whether the grouping shows what is owed and paid, and not
// only what was distributed.
func (g PayoutGrouping) HasBalances() bool { return g == ByMember || g == ByMonth }

// Agrees reports whether the totals are those of the books.
func (p Payouts) Agrees() bool {
	if !p.Total.Distributed.Equal(p.Booked) {
		return false
	}
	return !p.By.HasBalances() || p.Total.Owed.Equal(p.Books)
}

package http

import (
	"math/big"
	"time"

	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
)

type distributionView struct {
	ID          ledger.DistributionID    `json:"id" doc:"Its id."`
	State       ledger.DistributionState `json:"state" doc:"Draft, posted or reversed."`
	Digest      string                   `json:"digest" doc:"A hash of all that its rules read."`
	Number      int64                    `json:"number,omitzero" doc:"Its place among those posted."`
	Agreement   ledger.AgreementID       `json:"agreement" doc:"The agreement that divides."`
	Version     int                      `json:"version,omitzero" doc:"The agreement's version."`
	Area        string                   `json:"area,omitzero" doc:"The area, if it is for one."`
	Date        ledger.Date              `json:"date" doc:"The day of its entry."`
	Through     ledger.Date              `json:"through" doc:"The last day of the work that counts."`
	Cut         int64                    `json:"cut" doc:"The last acceptance that counts."`
	IncomeSum   *moneyView               `json:"income_sum,omitzero" doc:"The incomes together."`
	CarriedIn   *moneyView               `json:"carried_in,omitzero" doc:"What the one before left."`
	Given       *moneyView               `json:"given,omitzero" doc:"What its rules give."`
	CarriedOut  *moneyView               `json:"carried_out,omitzero" doc:"What it leaves for the next."`
	Entry       ledger.EntryID           `json:"entry,omitzero" doc:"The entry that books it."`
	DraftedBy   string                   `json:"drafted_by" doc:"The handle of who drafted it."`
	DraftedAt   time.Time                `json:"drafted_at,omitzero" doc:"When."`
	PostedBy    string                   `json:"posted_by,omitzero" doc:"The handle of who posted it."`
	PostedAt    time.Time                `json:"posted_at,omitzero" doc:"When."`
	ReversedBy  string                   `json:"reversed_by,omitzero" doc:"The handle of who took it back."`
	ReversedAt  time.Time                `json:"reversed_at,omitzero" doc:"When."`
	Reason      string                   `json:"reason,omitzero" doc:"Why."`
	Incomes     []dividedView            `json:"incomes,omitzero" doc:"What it divides."`
	Rules       []ruleView               `json:"rules,omitzero" doc:"What each rule did, in order."`
	Allocations []allocationView         `json:"allocations,omitzero" doc:"What it gives to whom."`
	Negative    []negativeView           `json:"negative_weights,omitzero" doc:"Weights below zero, which counted as zero."`
	Approvals   *approvalsView           `json:"approvals,omitzero" doc:"Who must approve it before it is posted, and who has; none if nobody must and nobody has."`
	Preview     *previewView             `json:"preview,omitzero" doc:"What to look at before posting."`
}

func (v distributionView) resource() string { return v.ID.String() }

// viewDistributionHead shows a distribution as lists have it.
func viewDistributionHead(_ *call, d ledger.Distribution) distributionView {
	return distributionView{
		ID: d.ID, State: d.State, Digest: d.Digest, Number: d.Number, Agreement: d.Agreement,
		Version: d.Version, Area: d.Area, Date: d.Date, Through: d.Through, Cut: d.Cut,
		IncomeSum: viewKnownMoney(d.IncomeSum), CarriedIn: viewKnownMoney(d.CarriedIn),
		Given: viewKnownMoney(d.Given), CarriedOut: viewKnownMoney(d.CarriedOut),
		Entry: d.Entry, DraftedBy: d.DraftedBy, DraftedAt: d.DraftedAt.UTC(), PostedBy: d.PostedBy,
		PostedAt: d.PostedAt, ReversedBy: d.ReversedBy, ReversedAt: d.ReversedAt, Reason: d.Reason,
	}
}

// viewDistribution shows all there is of a distribution.
func viewDistribution(c *call, d postgres.Distribution) distributionView {
	view := viewDistributionHead(c, d.Distribution)
	view.Incomes = viewEach(c, d.Incomes, viewDivided)
	view.Rules = viewEach(c, d.Rules, viewRule)
	view.Allocations = viewEach(c, d.Allocations, viewAllocation)
	if len(d.Negative) > 0 {
		view.Negative = viewEach(c, d.Negative, viewNegative)
	}
	view.Approvals = viewApprovals(c, d.Approvals)
	if d.Preview != nil {
		view.Preview = viewPreview(c, *d.Preview)
	}
	return view
}

// viewKnownMoney shows money that a list may not know.
func viewKnownMoney(m ledger.Money) *moneyView {
	if m.Currency == "" {
		return nil
	}
	return viewOptionalMoney(&m)
}

type dividedView struct {
	ID     ledger.IncomeID `json:"id" doc:"The income."`
	Amount moneyView       `json:"amount" doc:"Its net amount."`
}

func viewDivided(_ *call, i ledger.DividedIncome) dividedView {
	return dividedView{ID: i.ID, Amount: viewMoney(i.Amount)}
}

type ruleView struct {
	Rule        string             `json:"rule" doc:"Its id in the agreement."`
	Name        string             `json:"name" doc:"Its name."`
	Gives       agreement.GiveForm `json:"gives" doc:"To what it gives."`
	Depth       int                `json:"depth" doc:"In how many groups it stands."`
	Available   moneyView          `json:"available" doc:"What was left when it started."`
	Took        moneyView          `json:"took" doc:"What it took."`
	Gave        moneyView          `json:"gave" doc:"What it gave."`
	Back        moneyView          `json:"back" doc:"What it could not give."`
	Why         agreement.Reason   `json:"why,omitzero" doc:"Why it gave nothing."`
	Members     int                `json:"members,omitzero" doc:"Among how many it divided."`
	TotalWeight string             `json:"total_weight,omitzero" doc:"Their weights together, on the scale of the allocations'."`
}

func viewRule(_ *call, r agreement.RuleResult) ruleView {
	view := ruleView{
		Rule: r.Rule, Name: r.Name, Gives: r.Form, Depth: r.Depth,
		Available: viewMoney(r.Available), Took: viewMoney(r.Took), Gave: viewMoney(r.Gave),
		Back: viewMoney(r.Back), Why: r.Why, Members: r.Members,
	}
	if !r.TotalWeight.IsZero() {
		view.TotalWeight = r.TotalWeight.String()
	}
	return view
}

type allocationView struct {
	Rule   string     `json:"rule,omitzero" doc:"The rule that gives it; none for the leftover."`
	Member string     `json:"member,omitzero" doc:"The handle of the member who gets it."`
	Fund   string     `json:"fund,omitzero" doc:"The code of the fund that gets it instead."`
	Kind   string     `json:"kind,omitzero" doc:"The kind of the claim that it pays."`
	Amount moneyView  `json:"amount" doc:"How much, with what is kept."`
	Kept   *moneyView `json:"kept,omitzero" doc:"What of it stays in the commons as the member's capital, if any; the rest is payable."`
	Weight string     `json:"weight,omitzero" doc:"The member's weight in the rule; with limits or where it catches up the exact share, on a scale of its own."`
	Share  *shareView `json:"share,omitzero" doc:"The member's exact share of what the rule divided, limits and all."`
}

type shareView struct {
	Numerator   string `json:"numerator" doc:"Of the exact fraction."`
	Denominator string `json:"denominator" doc:"Of the exact fraction."`
	Percent     string `json:"percent" doc:"Rounded, to look at only."`
}

func viewAllocation(_ *call, a ledger.Allocation) allocationView {
	view := allocationView{
		Rule: a.Rule, Member: a.Member.Handle, Fund: a.Fund.Code, Kind: a.Kind.Code,
		Amount: viewMoney(a.Amount),
	}
	if !a.Kept.IsZero() {
		view.Kept = viewOptionalMoney(&a.Kept)
	}
	if a.Fund.Code == "" && !a.TotalWeight.IsZero() {
		view.Weight, view.Share = a.Weight.String(), viewShare(a.Weight, a.TotalWeight)
	}
	return view
}

func viewShare(weight, total decimal.Decimal) *shareView {
	share := new(big.Rat).Quo(weight.Rat(), total.Rat())
	percent := new(big.Rat).Mul(share, big.NewRat(100, 1))
	return &shareView{
		Numerator: share.Num().String(), Denominator: share.Denom().String(),
		Percent: percent.FloatString(4),
	}
}

type negativeView struct {
	Rule   string `json:"rule" doc:"The rule."`
	Member string `json:"member" doc:"The handle of the member."`
	Weight string `json:"weight" doc:"The weight that counted as zero."`
}

func viewNegative(_ *call, n postgres.NegativeWeight) negativeView {
	return negativeView{Rule: n.Rule, Member: n.Member, Weight: n.Weight}
}

type previewView struct {
	Waiting        []waitingView         `json:"waiting" doc:"What waits for review; the first hundred."`
	WaitingCount   int                   `json:"waiting_count" doc:"How many wait."`
	Uncounted      []uncountedView       `json:"uncounted" doc:"What is covered without counting; the first hundred of each rule."`
	UncountedCount int                   `json:"uncounted_count" doc:"How many."`
	SamePeriod     ledger.DistributionID `json:"same_period,omitzero" doc:"A posted one that has just used the same period."`
}

type waitingView struct {
	ID       ledger.ContributionID    `json:"id" doc:"The contribution."`
	Member   string                   `json:"member" doc:"The handle of who gave it."`
	Kind     string                   `json:"kind" doc:"The code of its kind."`
	Quantity string                   `json:"quantity" doc:"How many units."`
	Date     ledger.Date              `json:"date" doc:"When it was given."`
	State    ledger.ContributionState `json:"state" doc:"How far it has come."`
}

type uncountedView struct {
	Rule   string                `json:"rule" doc:"The rule that covers it."`
	ID     ledger.ContributionID `json:"id" doc:"The contribution."`
	Member string                `json:"member" doc:"The handle of who gave it."`
	Kind   string                `json:"kind" doc:"The code of its kind."`
	Weight string                `json:"weight" doc:"What it weighs."`
	Date   ledger.Date           `json:"date" doc:"When it was given."`
}

func viewPreview(c *call, p postgres.Preview) *previewView {
	return &previewView{
		Waiting: viewEach(c, p.Waiting, viewWaiting), WaitingCount: p.WaitingCount,
		Uncounted: viewEach(c, p.Uncounted, viewUncounted), UncountedCount: p.UncountedCount,
		SamePeriod: p.SamePeriod,
	}
}

func viewWaiting(_ *call, w postgres.WaitingContribution) waitingView {
	return waitingView{
		ID: w.ID, Member: w.Member, Kind: w.Kind, Quantity: w.Quantity.String(), Date: w.Date,
		State: w.State,
	}
}

func viewUncounted(_ *call, u postgres.UncountedContribution) uncountedView {
	return uncountedView{
		Rule: u.Rule, ID: u.ID, Member: u.Member, Kind: u.Kind, Weight: u.Weight.String(),
		Date: u.Date,
	}
}

package http

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

const (
	contributionsPath = inCommons + "/contributions"
	contributionPath  = contributionsPath + "/{contribution}"
	bulkBytes         = 16 << 20
	mostBulk          = 10_000
)

func contributionRoutes() []route {
	return []route{
		{
			method: "POST", path: contributionsPath, id: "logContribution",
			operation: ledger.LogContribution,
			summary:   "Log a contribution",
			about:     "It is accepted at once where its kind needs no review.",
			money:     true, made: "contributions/{}", status: 201,
			handler: write(logContribution, first(viewContribution)),
		},
		{
			method: "POST", path: contributionsPath + "/bulk", id: "logContributions",
			operation: ledger.LogContribution,
			summary:   "Log many contributions, all or none",
			about:     "As a list, or as one object a line.",
			money:     true, largest: bulkBytes, media: []string{jsonMedia, linesMedia},
			handler: write(logContributions, all(viewContribution)),
		},
		{
			method: "POST", path: contributionsPath + "/shared", id: "logSharedContribution",
			operation: ledger.LogContribution,
			summary:   "Log one piece of work that several members gave together",
			about:     "Each gets a contribution by their share; the quantities sum exactly.",
			money:     true, handler: write(logShared, all(viewContribution)),
		},
		{
			method: "GET", path: contributionsPath, id: "listContributions",
			operation: ledger.ReadContributions,
			summary:   "List contributions, newest first", handler: read(listContributions),
		},
		{
			method: "GET", path: contributionPath, id: "getContribution",
			operation: ledger.ReadContributions,
			summary:   "Show a contribution and what was decided about it",
			handler:   read(getContribution),
		},
		{
			method: "POST", path: contributionsPath + "/accept", id: "acceptContributions",
			operation: ledger.ReviewContribution,
			summary:   "Accept many contributions, all or none",
			money:     true, largest: bulkBytes,
			handler: write(acceptContributions, all(viewContribution)),
		},
		decisionRoute(ledger.ReviewContribution, "accept", ledger.Accept,
			"Accept a contribution, which fixes its rate and weight"),
		decisionRoute(ledger.QuestionContribution, "question", ledger.Question,
			"Ask about a contribution before accepting it"),
		decisionRoute(ledger.ReviewContribution, "decline", ledger.Decline,
			"Decline a contribution"),
		decisionRoute(ledger.WithdrawContribution, "withdraw", ledger.Withdraw,
			"Withdraw one's own contribution before acceptance"),
		{
			method: "POST", path: contributionPath + "/reverse", id: "reverseContribution",
			operation: ledger.ReverseContribution,
			summary:   "Take an accepted contribution back by a reversing one",
			money:     true, made: "contributions/{}", status: 201,
			handler: write(reverseContribution, first(viewContribution)),
		},
	}
}

// decisionRoute is the row of one thing that can be said about a contribution.
// Only acceptance is a money fact.
func decisionRoute(
	operation ledger.Operation, verb string, decision ledger.Decision, summary string,
) route {
	return route{
		method: "POST", path: contributionPath + "/" + verb, id: verb + "Contribution",
		operation: operation, summary: summary, money: decision == ledger.Accept,
		handler: write(decideContribution(decision), first(viewContribution)),
	}
}

type contributionBody struct {
	Member      string          `json:"member" maxLength:"32" doc:"Who gave it, by handle or id." example:"ana"`
	Kind        string          `json:"kind" maxLength:"32" doc:"The code of its kind." example:"work"`
	Quantity    decimal.Decimal `json:"quantity" doc:"How many units, with at most 6 decimals."`
	Date        ledger.Date     `json:"date" doc:"The day on which it was given." example:"2026-10-05"`
	Area        string          `json:"area,omitzero" maxLength:"32" doc:"The code of its area." example:"lab"`
	Note        string          `json:"note,omitzero" maxLength:"2000" doc:"What it was." example:"laser cutter"`
	Evidence    string          `json:"evidence,omitzero" maxLength:"2000" doc:"A link to what shows it." example:"https://example.org/5"`
	ExternalRef string          `json:"external_ref,omitzero" doc:"Its name elsewhere; unique." example:"sheet-5"`
}

func (b contributionBody) contribution() ledger.NewContribution {
	return ledger.NewContribution{
		Member: b.Member, Kind: b.Kind, Area: b.Area, Quantity: b.Quantity, Date: b.Date,
		Note: b.Note, Evidence: b.Evidence, ExternalRef: b.ExternalRef,
	}
}

func logContribution(
	ctx context.Context, c *call, in contributionBody,
) ([]ledger.Contribution, error) {
	return c.store.LogContributions(ctx, c.act, []ledger.NewContribution{in.contribution()})
}

type contributionsBody struct {
	Contributions []contributionBody `json:"contributions" minItems:"1" maxItems:"10000" doc:"What to log, in order."`
}

func logContributions(
	ctx context.Context, c *call, in contributionsBody,
) ([]ledger.Contribution, error) {
	added := make([]ledger.NewContribution, len(in.Contributions))
	for i, b := range in.Contributions {
		added[i] = b.contribution()
	}
	logged, err := c.store.LogContributions(ctx, c.act, added)
	return logged, below("/contributions", len(added), err)
}

type sharedBody struct {
	Shares      []shareBody     `json:"shares" minItems:"2" maxItems:"100" doc:"Who gave how much of it." example:"[{\"member\":\"ana\",\"share\":\"2\"},{\"member\":\"bo\",\"share\":\"1\"}]"`
	Kind        string          `json:"kind" maxLength:"32" doc:"The code of its kind." example:"work"`
	Quantity    decimal.Decimal `json:"quantity" doc:"How many units in all, with at most 6 decimals."`
	Date        ledger.Date     `json:"date" doc:"The day on which it was given." example:"2026-10-05"`
	Area        string          `json:"area,omitzero" maxLength:"32" doc:"The code of its area." example:"lab"`
	Note        string          `json:"note,omitzero" maxLength:"2000" doc:"What it was." example:"laser cutter"`
	Evidence    string          `json:"evidence,omitzero" maxLength:"2000" doc:"A link to what shows it." example:"https://example.org/5"`
	ExternalRef string          `json:"external_ref,omitzero" doc:"Its name elsewhere; unique." example:"sheet-6"`
}

type shareBody struct {
	Member string          `json:"member" maxLength:"32" doc:"Who gave it, by handle or id." example:"ana"`
	Share  decimal.Decimal `json:"share" doc:"Their part, in proportion to the others'."`
}

func logShared(ctx context.Context, c *call, in sharedBody) ([]ledger.Contribution, error) {
	shared := ledger.SharedContribution{NewContribution: ledger.NewContribution{
		Kind: in.Kind, Area: in.Area, Quantity: in.Quantity, Date: in.Date, Note: in.Note,
		Evidence: in.Evidence, ExternalRef: in.ExternalRef,
	}}
	for _, share := range in.Shares {
		shared.Shares = append(shared.Shares, ledger.ContributionShare{Member: share.Member, Share: share.Share})
	}
	return c.store.LogShared(ctx, c.act, shared)
}

type contributionQuery struct {
	paging
	Member string                   `json:"member,omitzero" maxLength:"32" doc:"Only of this member, by handle or id."`
	Kind   string                   `json:"kind,omitzero" maxLength:"32" doc:"Only of the kind of this code."`
	Area   string                   `json:"area,omitzero" maxLength:"32" doc:"Only in the area of this code."`
	State  ledger.ContributionState `json:"state,omitzero" enum:"logged,questioned,accepted,declined,withdrawn" doc:"Only in this state."`
	From   ledger.Date              `json:"from,omitzero" doc:"Only given on this day or later."`
	To     ledger.Date              `json:"to,omitzero" doc:"Only given on this day or earlier."`
}

func listContributions(
	ctx context.Context, c *call, q contributionQuery,
) (page[contributionView], error) {
	from, err := after[ledger.ContributionID](c, q.paging)
	if err != nil {
		return page[contributionView]{}, err
	}
	found, err := c.store.Contributions(ctx, c.caller, postgres.ContributionFilter{
		Member: q.Member, Kind: q.Kind, Area: q.Area, State: q.State, From: q.From, To: q.To,
		After: from, Limit: q.size() + 1,
	})
	if err != nil {
		return page[contributionView]{}, err
	}
	return newPage(c, q.paging, found, viewContribution,
		func(found ledger.Contribution) ledger.ContributionID { return found.ID })
}

func getContribution(ctx context.Context, c *call, _ none) (contributionView, error) {
	id, err := idIn[ledger.ContributionID](c, "contribution")
	if err != nil {
		return contributionView{}, err
	}
	found, err := c.store.Contribution(ctx, c.caller, id)
	return viewContribution(c, found), err
}

type acceptBody struct {
	IDs    []ledger.ContributionID `json:"ids" minItems:"1" maxItems:"10000" uniqueItems:"true" doc:"Which ones." example:"[\"ctr_06fa0m4h7kx8r9w2t5v3y6z1bc\"]"`
	Reason string                  `json:"reason,omitzero" maxLength:"2000" doc:"Why." example:"as agreed"`
}

func acceptContributions(
	ctx context.Context, c *call, in acceptBody,
) ([]ledger.Contribution, error) {
	return c.store.DecideContributions(ctx, c.act, in.IDs, ledger.Accept, in.Reason)
}

type decisionBody struct {
	Reason string `json:"reason,omitzero" maxLength:"2000" doc:"Why; needed to question or decline." example:"as agreed"`
}

func decideContribution(
	decision ledger.Decision,
) func(context.Context, *call, decisionBody) ([]ledger.Contribution, error) {
	return func(ctx context.Context, c *call, in decisionBody) ([]ledger.Contribution, error) {
		id, err := idIn[ledger.ContributionID](c, "contribution")
		if err != nil {
			return nil, err
		}
		return c.store.DecideContributions(ctx, c.act, []ledger.ContributionID{id}, decision, in.Reason)
	}
}

type reasonBody struct {
	Reason string `json:"reason" maxLength:"2000" doc:"Why." example:"entered twice"`
}

func reverseContribution(
	ctx context.Context, c *call, in reasonBody,
) ([]ledger.Contribution, error) {
	id, err := idIn[ledger.ContributionID](c, "contribution")
	if err != nil {
		return nil, err
	}
	return c.store.ReverseContributions(ctx, c.act, []ledger.ContributionID{id}, in.Reason)
}

type contributionView struct {
	ID          ledger.ContributionID    `json:"id" doc:"Its id."`
	Member      string                   `json:"member" doc:"The handle of who gave it."`
	Kind        string                   `json:"kind" doc:"The code of its kind."`
	Quantity    string                   `json:"quantity" doc:"How many units."`
	Unit        string                   `json:"unit" doc:"What is counted."`
	Date        ledger.Date              `json:"date" doc:"The day on which it was given."`
	State       ledger.ContributionState `json:"state" doc:"How far it has come."`
	Area        string                   `json:"area,omitzero" doc:"The code of its area."`
	Note        string                   `json:"note,omitzero" doc:"What it was."`
	Evidence    string                   `json:"evidence,omitzero" doc:"A link to what shows it."`
	ExternalRef string                   `json:"external_ref,omitzero" doc:"Its name elsewhere."`
	Group       ledger.GroupID           `json:"group,omitzero" doc:"The id of the work that it is a share of."`
	Reverses    ledger.ContributionID    `json:"reverses,omitzero" doc:"The one that it takes back."`
	ReversedBy  ledger.ContributionID    `json:"reversed_by,omitzero" doc:"The one that takes it back."`
	LoggedBy    string                   `json:"logged_by" doc:"The handle of who logged it."`
	LoggedAt    time.Time                `json:"logged_at" doc:"When it was logged."`
	Approvals   int                      `json:"approvals" doc:"How many have accepted it."`
	Reviews     int                      `json:"reviews" doc:"How many must accept it."`
	Acceptance  *acceptanceView          `json:"acceptance,omitzero" doc:"What accepting it fixed."`
	Decisions   []decisionView           `json:"decisions,omitzero" doc:"What was said about it, in order."`
}

type acceptanceView struct {
	Number int64      `json:"number" doc:"Its place in the order of acceptance."`
	Rate   string     `json:"rate" doc:"What a unit weighs."`
	Weight string     `json:"weight" doc:"Quantity times rate."`
	Value  *moneyView `json:"value,omitzero" doc:"The promise of money, for claims."`
	By     string     `json:"by" doc:"The handle of who accepted it."`
	At     time.Time  `json:"at" doc:"When."`
}

type decisionView struct {
	Decision ledger.Decision `json:"decision" doc:"What was decided."`
	Reason   string          `json:"reason,omitzero" doc:"Why."`
	By       string          `json:"by" doc:"The handle of who decided."`
	At       time.Time       `json:"at" doc:"When."`
}

func (v contributionView) resource() string { return v.ID.String() }

func viewContribution(c *call, found ledger.Contribution) contributionView {
	view := contributionView{
		ID: found.ID, Member: found.Member, Kind: found.Kind, Quantity: found.Quantity.String(),
		Unit: found.Unit, Date: found.Date, State: found.State, Area: found.Area, Note: found.Note,
		Evidence: found.Evidence, ExternalRef: found.ExternalRef, Group: found.Group,
		Reverses: found.Reverses, ReversedBy: found.ReversedBy, LoggedBy: found.LoggedBy,
		LoggedAt: found.LoggedAt, Approvals: found.Approvals, Reviews: found.Reviews,
	}
	if x := found.Acceptance; x != nil {
		view.Acceptance = &acceptanceView{
			Number: x.Number, Rate: x.Rate.String(), Weight: x.Weight.String(), By: x.By, At: x.At,
			Value: viewOptionalMoney(x.Value),
		}
	}
	if len(found.Decisions) > 0 {
		view.Decisions = viewEach(c, found.Decisions, viewDecision)
	}
	return view
}

func viewDecision(_ *call, d ledger.ContributionDecision) decisionView {
	return decisionView{Decision: d.Decision, Reason: d.Note, By: d.By, At: d.At}
}

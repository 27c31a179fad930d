package http

import (
	"context"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

const (
	distributionsPath = inCommons + "/distributions"
	distributionPath  = distributionsPath + "/{distribution}"
)

func distributionRoutes() []route {
	return []route{
		{
			method: "POST", path: distributionsPath, id: "draftDistribution",
			operation: ledger.PreviewDistribution,
			summary:   "Draft a division of incomes, with its digest",
			about: "A draft claims nothing; several may be there at once. With dry_run=true not even " +
				"the draft is kept.",
			money: true, made: "distributions/{}", status: 201,
			handler: write(draftDistribution, first(viewDistribution)),
		},
		{
			method: "GET", path: distributionsPath, id: "listDistributions",
			operation: ledger.ReadAgreements,
			summary:   "List posted distributions, or the drafts, newest first",
			handler:   read(listDistributions),
		},
		{
			method: "GET", path: distributionPath, id: "getDistribution",
			operation: ledger.ReadBooks,
			summary:   "Show a distribution and what its rules did", handler: read(getDistribution),
		},
		{
			method: "GET", path: distributionPath + "/allocations", id: "listAllocations",
			operation: ledger.ReadBooks,
			summary:   "List what a distribution gives to whom", handler: read(listAllocations),
		},
		{
			method: "POST", path: distributionPath + "/approve", id: "approveDistribution",
			operation: ledger.ApproveDistribution,
			summary:   "Approve a draft, if it is still what was looked at",
			about: "That may treasurers and approvers do, but not who drafted it. It stays, and counts " +
				"as long as who gave it holds one of these roles.",
			money: true, handler: write(approveDistribution, viewDistribution),
		},
		{
			method: "POST", path: distributionPath + "/post", id: "postDistribution",
			operation: ledger.PostDistribution,
			summary:   "Post a draft for good, if it is still what was looked at",
			money:     true, made: "distributions/{}", status: 201,
			handler: write(postDistribution, viewDistribution),
		},
		{
			method: "POST", path: distributionPath + "/reverse", id: "reverseDistribution",
			operation: ledger.ReverseDistribution,
			summary:   "Take the latest distribution back",
			money:     true, handler: write(reverseDistribution, viewDistribution),
		},
		{
			method: "POST", path: distributionPath + "/discard", id: "discardDistribution",
			operation: ledger.PreviewDistribution,
			summary:   "Throw a draft away", matched: true, status: 204, handler: write(discardDistribution, viewNothing),
		},
	}
}

type distributionBody struct {
	Through ledger.Date       `json:"through" doc:"The last day of the work that counts." example:"2026-10-31"`
	Incomes []ledger.IncomeID `json:"incomes,omitzero" minItems:"1" maxItems:"1000" uniqueItems:"true" doc:"Which incomes; unless given all that are open." example:"[\"inc_06fa0m4h7kx8r9w2t5v3y6z1bc\"]"`
	Date    ledger.Date       `json:"date,omitzero" doc:"The day of its entry; unless given through, or the latest income's."`
	Area    string            `json:"area,omitzero" maxLength:"32" doc:"The area whose agreement divides." example:"lab"`
}

func draftDistribution(
	ctx context.Context, c *call, in distributionBody,
) ([]postgres.Distribution, error) {
	return c.store.DraftDistributions(ctx, c.act, []postgres.DistributionRequest{{
		Incomes: in.Incomes, Through: in.Through, Date: in.Date, Area: in.Area,
	}})
}

type distributionQuery struct {
	paging
	State ledger.DistributionState `json:"state,omitzero" enum:"draft,posted" doc:"Drafts, or what was posted; posted unless given."`
}

func listDistributions(
	ctx context.Context, c *call, q distributionQuery,
) (page[distributionView], error) {
	if q.State == ledger.Draft {
		drafts, err := c.store.Drafts(ctx, c.caller)
		return all(viewDistributionHead)(c, drafts), err
	}
	from, err := after[int64](c, q.paging)
	if err != nil {
		return page[distributionView]{}, err
	}
	found, err := c.store.Distributions(ctx, c.caller, from, q.size()+1)
	if err != nil {
		return page[distributionView]{}, err
	}
	return newPage(c, q.paging, found, viewDistributionHead,
		func(d ledger.Distribution) int64 { return d.Number })
}

func getDistribution(ctx context.Context, c *call, _ none) (distributionView, error) {
	found, err := distributionOf(ctx, c)
	if err != nil {
		return distributionView{}, err
	}
	return viewDistribution(c, found), nil
}

func distributionOf(ctx context.Context, c *call) (postgres.Distribution, error) {
	id, err := idIn[ledger.DistributionID](c, "distribution")
	if err != nil {
		return postgres.Distribution{}, err
	}
	return c.store.Distribution(ctx, c.caller, id)
}

// listAllocations pages through what the distribution's rules give, whose order
// never changes.
func listAllocations(ctx context.Context, c *call, q pageQuery) (page[allocationView], error) {
	from, err := after[int](c, q.paging)
	if err != nil {
		return page[allocationView]{}, err
	}
	found, err := distributionOf(ctx, c)
	if err != nil {
		return page[allocationView]{}, err
	}
	rest := found.Allocations[min(max(from, 0), len(found.Allocations)):]
	places := make([]placed, min(len(rest), q.size()+1))
	for i := range places {
		places[i] = placed{Allocation: rest[i], place: from + i + 1}
	}
	return newPage(c, q.paging, places, viewPlaced, func(p placed) int { return p.place })
}

// placed is an allocation with its place in the distribution, from 1.
type placed struct {
	ledger.Allocation
	place int
}

func viewPlaced(c *call, p placed) allocationView { return viewAllocation(c, p.Allocation) }

type digestBody struct {
	Digest string `json:"digest" maxLength:"64" doc:"The digest of the draft that was looked at." example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
}

func postDistribution(
	ctx context.Context, c *call, in digestBody,
) (postgres.Distribution, error) {
	id, err := idIn[ledger.DistributionID](c, "distribution")
	if err != nil {
		return postgres.Distribution{}, err
	}
	return c.store.PostDistribution(ctx, c.act, id, in.Digest)
}

func approveDistribution(
	ctx context.Context, c *call, in digestBody,
) (postgres.Distribution, error) {
	id, err := idIn[ledger.DistributionID](c, "distribution")
	if err != nil {
		return postgres.Distribution{}, err
	}
	return c.store.ApproveDistribution(ctx, c.act, id, in.Digest)
}

func reverseDistribution(
	ctx context.Context, c *call, in reversalBody,
) (postgres.Distribution, error) {
	id, err := idIn[ledger.DistributionID](c, "distribution")
	if err != nil {
		return postgres.Distribution{}, err
	}
	return c.store.ReverseDistribution(ctx, c.act, id, in.Date, in.Reason)
}

func discardDistribution(ctx context.Context, c *call, _ none) (struct{}, error) {
	id, err := idIn[ledger.DistributionID](c, "distribution")
	if err != nil {
		return struct{}{}, err
	}
	c.mustMatch(func(current any) any { return viewDistribution(c, current.(postgres.Distribution)) })
	return struct{}{}, c.store.DiscardDistribution(ctx, c.act, id)
}

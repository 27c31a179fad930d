// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"iter"
	"time"
)

// ListDistributionsQuery says what ListDistributions shows.
type ListDistributionsQuery struct {
	// How many items to send; 50 unless given.
	Limit int64 `json:"limit"`
	// The next_cursor of the page before, with the same filters.
	Cursor string `json:"cursor"`
	// Drafts, or what was posted; posted unless given. One of: draft, posted.
	State string `json:"state"`
}

// Share is part of Allocation.
type Share struct {
	// Of the exact fraction.
	Numerator string `json:"numerator"`
	// Of the exact fraction.
	Denominator string `json:"denominator"`
	// Rounded, to look at only.
	Percent string `json:"percent"`
}

// Allocation is what ListAllocations answers.
type Allocation struct {
	// How much, with what is kept.
	Amount Money `json:"amount"`
	// The code of the fund that gets it instead.
	Fund string `json:"fund,omitzero"`
	// What of it stays in the commons as the member's capital, if any; the rest is payable.
	Kept *Money `json:"kept,omitzero"`
	// The kind of the claim that it pays.
	Kind string `json:"kind,omitzero"`
	// The handle of the member who gets it.
	Member string `json:"member,omitzero"`
	// The rule that gives it; none for the leftover.
	Rule string `json:"rule,omitzero"`
	// The member's exact share of what the rule divided, limits and all.
	Share *Share `json:"share,omitzero"`
	// The member's weight in the rule; with limits or where it catches up the exact share, on a
	// scale of its own.
	Weight Number `json:"weight,omitzero"`
}

// Approval is part of Approvals.
type Approval struct {
	// The handle of who has approved.
	Member string `json:"member"`
	// When.
	ApprovedAt time.Time `json:"approved_at"`
	// Whether they held the right to approve when it was posted; of a draft, whether they hold it
	// now.
	Counts bool `json:"counts"`
}

// Approvals is part of Distribution.
type Approvals struct {
	// How many other members must approve it.
	Asked int64 `json:"asked"`
	// How many still must.
	Missing int64 `json:"missing"`
	// Who has approved these figures.
	Given []Approval `json:"given"`
}

// Divided is part of Distribution.
type Divided struct {
	// The income.
	ID IncomeID `json:"id"`
	// Its net amount.
	Amount Money `json:"amount"`
}

// Negative is part of Distribution.
type Negative struct {
	// The rule.
	Rule string `json:"rule"`
	// The handle of the member.
	Member string `json:"member"`
	// The weight that counted as zero.
	Weight Number `json:"weight"`
}

// Waiting is part of Preview.
type Waiting struct {
	// The contribution.
	ID ContributionID `json:"id"`
	// The handle of who gave it.
	Member string `json:"member"`
	// The code of its kind.
	Kind string `json:"kind"`
	// How many units.
	Quantity Number `json:"quantity"`
	// When it was given.
	Date Date `json:"date"`
	// How far it has come.
	State string `json:"state"`
}

// Uncounted is part of Preview.
type Uncounted struct {
	// The rule that covers it.
	Rule string `json:"rule"`
	// The contribution.
	ID ContributionID `json:"id"`
	// The handle of who gave it.
	Member string `json:"member"`
	// The code of its kind.
	Kind string `json:"kind"`
	// What it weighs.
	Weight Number `json:"weight"`
	// When it was given.
	Date Date `json:"date"`
}

// Preview is part of Distribution.
type Preview struct {
	// What waits for review; the first hundred.
	Waiting []Waiting `json:"waiting"`
	// How many wait.
	WaitingCount int64 `json:"waiting_count"`
	// What is covered without counting; the first hundred of each rule.
	Uncounted []Uncounted `json:"uncounted"`
	// How many.
	UncountedCount int64 `json:"uncounted_count"`
	// A posted one that has just used the same period.
	SamePeriod DistributionID `json:"same_period,omitzero"`
}

// Rule is part of Distribution.
type Rule struct {
	// Its id in the agreement.
	Rule string `json:"rule"`
	// Its name.
	Name string `json:"name"`
	// To what it gives.
	Gives string `json:"gives"`
	// In how many groups it stands.
	Depth int64 `json:"depth"`
	// What was left when it started.
	Available Money `json:"available"`
	// What it took.
	Took Money `json:"took"`
	// What it gave.
	Gave Money `json:"gave"`
	// What it could not give.
	Back Money `json:"back"`
	// Among how many it divided.
	Members int64 `json:"members,omitzero"`
	// Their weights together, on the scale of the allocations'.
	TotalWeight Number `json:"total_weight,omitzero"`
	// Why it gave nothing.
	Why string `json:"why,omitzero"`
}

// Distribution is what ListDistributions answers, among others.
type Distribution struct {
	// Its id.
	ID DistributionID `json:"id"`
	// Draft, posted or reversed.
	State string `json:"state"`
	// A hash of all that its rules read.
	Digest string `json:"digest"`
	// The agreement that divides.
	Agreement AgreementID `json:"agreement"`
	// The day of its entry.
	Date Date `json:"date"`
	// The last day of the work that counts.
	Through Date `json:"through"`
	// The last acceptance that counts.
	Cut int64 `json:"cut"`
	// The handle of who drafted it.
	DraftedBy string `json:"drafted_by"`
	// What it gives to whom.
	Allocations []Allocation `json:"allocations,omitzero"`
	// Who must approve it before it is posted, and who has; none if nobody must and nobody has.
	Approvals *Approvals `json:"approvals,omitzero"`
	// The area, if it is for one.
	Area string `json:"area,omitzero"`
	// What the one before left.
	CarriedIn *Money `json:"carried_in,omitzero"`
	// What it leaves for the next.
	CarriedOut *Money `json:"carried_out,omitzero"`
	// When.
	DraftedAt time.Time `json:"drafted_at,omitzero"`
	// The entry that books it.
	Entry EntryID `json:"entry,omitzero"`
	// What its rules give.
	Given *Money `json:"given,omitzero"`
	// The incomes together.
	IncomeSum *Money `json:"income_sum,omitzero"`
	// What it divides.
	Incomes []Divided `json:"incomes,omitzero"`
	// Weights below zero, which counted as zero.
	NegativeWeights []Negative `json:"negative_weights,omitzero"`
	// Its place among those posted.
	Number int64 `json:"number,omitzero"`
	// When.
	PostedAt time.Time `json:"posted_at,omitzero"`
	// The handle of who posted it.
	PostedBy string `json:"posted_by,omitzero"`
	// What to look at before posting.
	Preview *Preview `json:"preview,omitzero"`
	// Why.
	Reason string `json:"reason,omitzero"`
	// When.
	ReversedAt time.Time `json:"reversed_at,omitzero"`
	// The handle of who took it back.
	ReversedBy string `json:"reversed_by,omitzero"`
	// What each rule did, in order.
	Rules []Rule `json:"rules,omitzero"`
	// The agreement's version.
	Version int64 `json:"version,omitzero"`
}

// ListDistributions: list posted distributions, or the drafts, newest first.
func (b Books) ListDistributions(
	ctx context.Context, query ListDistributionsQuery, options ...CallOption,
) (Page[Distribution], error) {
	return do[Page[Distribution]](ctx, b.client, call{
		operation: "listDistributions", method: "GET",
		path:   []string{"commons", b.commons, "distributions"},
		query:  query,
		status: 200,
	}, options)
}

// AllDistributions goes through what ListDistributions shows, page after page from the query's
// cursor on, and ends with the first error.
func (b Books) AllDistributions(
	ctx context.Context, query ListDistributionsQuery, options ...CallOption,
) iter.Seq2[Distribution, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Distribution], error) {
		query := query
		query.Cursor = cursor
		return b.ListDistributions(ctx, query, options...)
	})
}

// DistributionRequest is what DraftDistribution sends.
type DistributionRequest struct {
	// The last day of the work that counts.
	Through Date `json:"through"`
	// The area whose agreement divides.
	Area string `json:"area,omitzero"`
	// The day of its entry; unless given through, or the latest income's.
	Date Date `json:"date,omitzero"`
	// Which incomes; unless given all that are open.
	Incomes []IncomeID `json:"incomes,omitzero"`
}

// DraftDistribution: draft a division of incomes, with its digest. A draft claims nothing;
// several may be there at once. With dry_run=true not even the draft is kept.
func (b Books) DraftDistribution(
	ctx context.Context, body DistributionRequest, options ...CallOption,
) (Distribution, error) {
	return do[Distribution](ctx, b.client, call{
		operation: "draftDistribution", method: "POST",
		path:   []string{"commons", b.commons, "distributions"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 201,
	}, options)
}

// GetDistribution: show a distribution and what its rules did.
func (b Books) GetDistribution(
	ctx context.Context, distribution DistributionID, options ...CallOption,
) (Distribution, error) {
	return do[Distribution](ctx, b.client, call{
		operation: "getDistribution", method: "GET",
		path:   []string{"commons", b.commons, "distributions", string(distribution)},
		status: 200,
	}, options)
}

// ListAllocations: list what a distribution gives to whom.
func (b Books) ListAllocations(
	ctx context.Context, distribution DistributionID, query PageQuery, options ...CallOption,
) (Page[Allocation], error) {
	return do[Page[Allocation]](ctx, b.client, call{
		operation: "listAllocations", method: "GET",
		path:   []string{"commons", b.commons, "distributions", string(distribution), "allocations"},
		query:  query,
		status: 200,
	}, options)
}

// AllAllocations goes through what ListAllocations shows, page after page from the query's
// cursor on, and ends with the first error.
func (b Books) AllAllocations(
	ctx context.Context, distribution DistributionID, query PageQuery, options ...CallOption,
) iter.Seq2[Allocation, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Allocation], error) {
		query := query
		query.Cursor = cursor
		return b.ListAllocations(ctx, distribution, query, options...)
	})
}

// DigestRequest is what ApproveDistribution sends, among others.
type DigestRequest struct {
	// The digest of the draft that was looked at.
	Digest string `json:"digest"`
}

// ApproveDistribution: approve a draft, if it is still what was looked at. That may treasurers
// and approvers do, but not who drafted it. It stays, and counts as long as who gave it holds
// one of these roles.
func (b Books) ApproveDistribution(
	ctx context.Context, distribution DistributionID, body DigestRequest, options ...CallOption,
) (Distribution, error) {
	return do[Distribution](ctx, b.client, call{
		operation: "approveDistribution", method: "POST",
		path:   []string{"commons", b.commons, "distributions", string(distribution), "approve"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}

// DiscardDistribution: throw a draft away.
func (b Books) DiscardDistribution(
	ctx context.Context, distribution DistributionID, tag ETag, options ...CallOption,
) error {
	_, err := do[nothing](ctx, b.client, call{
		operation: "discardDistribution", method: "POST",
		path:    []string{"commons", b.commons, "distributions", string(distribution), "discard"},
		keyed:   true,
		ifMatch: tag,
		status:  204,
	}, options)
	return err
}

// PostDistribution: post a draft for good, if it is still what was looked at.
func (b Books) PostDistribution(
	ctx context.Context, distribution DistributionID, body DigestRequest, options ...CallOption,
) (Distribution, error) {
	return do[Distribution](ctx, b.client, call{
		operation: "postDistribution", method: "POST",
		path:   []string{"commons", b.commons, "distributions", string(distribution), "post"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 201,
	}, options)
}

// ReversalRequest is what ReverseDistribution sends, among others.
type ReversalRequest struct {
	// Why.
	Reason string `json:"reason"`
	// The day of the reversal; today unless given.
	Date Date `json:"date,omitzero"`
}

// ReverseDistribution: take the latest distribution back. Where the approval policy asks for
// approvals, it waits until a second person confirms it, or is marked unchecked if nobody
// could.
func (b Books) ReverseDistribution(
	ctx context.Context, distribution DistributionID, body ReversalRequest, options ...CallOption,
) (Distribution, error) {
	return do[Distribution](ctx, b.client, call{
		operation: "reverseDistribution", method: "POST",
		path:   []string{"commons", b.commons, "distributions", string(distribution), "reverse"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 200,
		waits:  true,
	}, options)
}

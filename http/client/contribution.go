// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"iter"
	"time"
)

// ListContributionsQuery says what ListContributions shows.
type ListContributionsQuery struct {
	// How many items to send; 50 unless given.
	Limit int64 `json:"limit"`
	// The next_cursor of the page before, with the same filters.
	Cursor string `json:"cursor"`
	// Only of this member, by handle or id.
	Member string `json:"member"`
	// Only of the kind of this code.
	Kind string `json:"kind"`
	// Only in the area of this code.
	Area string `json:"area"`
	// Only in this state. One of: logged, questioned, accepted, declined, withdrawn.
	State string `json:"state"`
	// Only given on this day or later.
	From Date `json:"from"`
	// Only given on this day or earlier.
	To Date `json:"to"`
}

// Acceptance is part of Contribution.
type Acceptance struct {
	// Its place in the order of acceptance.
	Number int64 `json:"number"`
	// What a unit weighs.
	Rate Number `json:"rate"`
	// Quantity times rate.
	Weight Number `json:"weight"`
	// The handle of who accepted it.
	By string `json:"by"`
	// When.
	At time.Time `json:"at"`
	// The promise of money, for claims.
	Value *Money `json:"value,omitzero"`
}

// Decision is part of Contribution.
type Decision struct {
	// What was decided.
	Decision string `json:"decision"`
	// The handle of who decided.
	By string `json:"by"`
	// When.
	At time.Time `json:"at"`
	// Why.
	Reason string `json:"reason,omitzero"`
}

// Contribution is what ListContributions answers, among others.
type Contribution struct {
	// Its id.
	ID ContributionID `json:"id"`
	// The handle of who gave it.
	Member string `json:"member"`
	// The code of its kind.
	Kind string `json:"kind"`
	// How many units.
	Quantity Number `json:"quantity"`
	// What is counted.
	Unit string `json:"unit"`
	// The day on which it was given.
	Date Date `json:"date"`
	// How far it has come.
	State string `json:"state"`
	// The handle of who logged it.
	LoggedBy string `json:"logged_by"`
	// When it was logged.
	LoggedAt time.Time `json:"logged_at"`
	// How many have accepted it.
	Approvals int64 `json:"approvals"`
	// How many must accept it.
	Reviews int64 `json:"reviews"`
	// What accepting it fixed.
	Acceptance *Acceptance `json:"acceptance,omitzero"`
	// The code of its area.
	Area string `json:"area,omitzero"`
	// What was said about it, in order.
	Decisions []Decision `json:"decisions,omitzero"`
	// A link to what shows it.
	Evidence string `json:"evidence,omitzero"`
	// Its name elsewhere.
	ExternalRef string `json:"external_ref,omitzero"`
	// The id of the work that it is a share of.
	Group GroupID `json:"group,omitzero"`
	// What it was.
	Note string `json:"note,omitzero"`
	// The one that takes it back.
	ReversedBy ContributionID `json:"reversed_by,omitzero"`
	// The one that it takes back.
	Reverses ContributionID `json:"reverses,omitzero"`
}

// ListContributions: list contributions, newest first.
func (b Books) ListContributions(
	ctx context.Context, query ListContributionsQuery, options ...CallOption,
) (Page[Contribution], error) {
	return do[Page[Contribution]](ctx, b.client, call{
		operation: "listContributions", method: "GET",
		path:   []string{"commons", b.commons, "contributions"},
		query:  query,
		status: 200,
	}, options)
}

// AllContributions goes through what ListContributions shows, page after page from the query's
// cursor on, and ends with the first error.
func (b Books) AllContributions(
	ctx context.Context, query ListContributionsQuery, options ...CallOption,
) iter.Seq2[Contribution, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Contribution], error) {
		query := query
		query.Cursor = cursor
		return b.ListContributions(ctx, query, options...)
	})
}

// ContributionRequest is what LogContribution sends.
type ContributionRequest struct {
	// Who gave it, by handle or id.
	Member string `json:"member"`
	// The code of its kind.
	Kind string `json:"kind"`
	// How many units, with at most 6 decimals.
	Quantity Number `json:"quantity"`
	// The day on which it was given.
	Date Date `json:"date"`
	// The code of its area.
	Area string `json:"area,omitzero"`
	// A link to what shows it.
	Evidence string `json:"evidence,omitzero"`
	// Its name elsewhere; unique.
	ExternalRef string `json:"external_ref,omitzero"`
	// What it was.
	Note string `json:"note,omitzero"`
}

// LogContribution: log a contribution. It is accepted at once where its kind needs no review.
func (b Books) LogContribution(
	ctx context.Context, body ContributionRequest, options ...CallOption,
) (Contribution, error) {
	return do[Contribution](ctx, b.client, call{
		operation: "logContribution", method: "POST",
		path:   []string{"commons", b.commons, "contributions"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 201,
	}, options)
}

// AcceptRequest is what AcceptContributions sends.
type AcceptRequest struct {
	// Which ones.
	IDs []ContributionID `json:"ids"`
	// Why.
	Reason string `json:"reason,omitzero"`
}

// AcceptContributions: accept many contributions, all or none.
func (b Books) AcceptContributions(
	ctx context.Context, body AcceptRequest, options ...CallOption,
) (Page[Contribution], error) {
	return do[Page[Contribution]](ctx, b.client, call{
		operation: "acceptContributions", method: "POST",
		path:   []string{"commons", b.commons, "contributions", "accept"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}

// ContributionsRequest is what LogContributions sends.
type ContributionsRequest struct {
	// What to log, in order.
	Contributions []ContributionRequest `json:"contributions"`
}

// LogContributions: log many contributions, all or none. As a list, or as one object a line.
func (b Books) LogContributions(
	ctx context.Context, body ContributionsRequest, options ...CallOption,
) (Page[Contribution], error) {
	return do[Page[Contribution]](ctx, b.client, call{
		operation: "logContributions", method: "POST",
		path:   []string{"commons", b.commons, "contributions", "bulk"},
		dry:    true,
		keyed:  true,
		lines:  true,
		body:   body,
		status: 200,
	}, options)
}

// ShareRequest is part of SharedRequest.
type ShareRequest struct {
	// Who gave it, by handle or id.
	Member string `json:"member"`
	// Their part, in proportion to the others'.
	Share Number `json:"share"`
}

// SharedRequest is what LogSharedContribution sends.
type SharedRequest struct {
	// Who gave how much of it.
	Shares []ShareRequest `json:"shares"`
	// The code of its kind.
	Kind string `json:"kind"`
	// How many units in all, with at most 6 decimals.
	Quantity Number `json:"quantity"`
	// The day on which it was given.
	Date Date `json:"date"`
	// The code of its area.
	Area string `json:"area,omitzero"`
	// A link to what shows it.
	Evidence string `json:"evidence,omitzero"`
	// Its name elsewhere; unique.
	ExternalRef string `json:"external_ref,omitzero"`
	// What it was.
	Note string `json:"note,omitzero"`
}

// LogSharedContribution: log one piece of work that several members gave together. Each gets a
// contribution by their share; the quantities sum exactly.
func (b Books) LogSharedContribution(
	ctx context.Context, body SharedRequest, options ...CallOption,
) (Page[Contribution], error) {
	return do[Page[Contribution]](ctx, b.client, call{
		operation: "logSharedContribution", method: "POST",
		path:   []string{"commons", b.commons, "contributions", "shared"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}

// GetContribution: show a contribution and what was decided about it.
func (b Books) GetContribution(
	ctx context.Context, contribution ContributionID, options ...CallOption,
) (Contribution, error) {
	return do[Contribution](ctx, b.client, call{
		operation: "getContribution", method: "GET",
		path:   []string{"commons", b.commons, "contributions", string(contribution)},
		status: 200,
	}, options)
}

// DecisionRequest is what AcceptContribution sends, among others.
type DecisionRequest struct {
	// Why; needed to question or decline.
	Reason string `json:"reason,omitzero"`
}

// AcceptContribution: accept a contribution, which fixes its rate and weight.
func (b Books) AcceptContribution(
	ctx context.Context, contribution ContributionID, body DecisionRequest, options ...CallOption,
) (Contribution, error) {
	return do[Contribution](ctx, b.client, call{
		operation: "acceptContribution", method: "POST",
		path:   []string{"commons", b.commons, "contributions", string(contribution), "accept"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}

// DeclineContribution: decline a contribution.
func (b Books) DeclineContribution(
	ctx context.Context, contribution ContributionID, body DecisionRequest, options ...CallOption,
) (Contribution, error) {
	return do[Contribution](ctx, b.client, call{
		operation: "declineContribution", method: "POST",
		path:   []string{"commons", b.commons, "contributions", string(contribution), "decline"},
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}

// QuestionContribution: ask about a contribution before accepting it.
func (b Books) QuestionContribution(
	ctx context.Context, contribution ContributionID, body DecisionRequest, options ...CallOption,
) (Contribution, error) {
	return do[Contribution](ctx, b.client, call{
		operation: "questionContribution", method: "POST",
		path:   []string{"commons", b.commons, "contributions", string(contribution), "question"},
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}

// ReasonRequest is what ReverseContribution sends.
type ReasonRequest struct {
	// Why.
	Reason string `json:"reason"`
}

// ReverseContribution: take an accepted contribution back by a reversing one.
func (b Books) ReverseContribution(
	ctx context.Context, contribution ContributionID, body ReasonRequest, options ...CallOption,
) (Contribution, error) {
	return do[Contribution](ctx, b.client, call{
		operation: "reverseContribution", method: "POST",
		path:   []string{"commons", b.commons, "contributions", string(contribution), "reverse"},
		dry:    true,
		keyed:  true,
		body:   body,
		status: 201,
	}, options)
}

// WithdrawContribution: withdraw one's own contribution before acceptance.
func (b Books) WithdrawContribution(
	ctx context.Context, contribution ContributionID, body DecisionRequest, options ...CallOption,
) (Contribution, error) {
	return do[Contribution](ctx, b.client, call{
		operation: "withdrawContribution", method: "POST",
		path:   []string{"commons", b.commons, "contributions", string(contribution), "withdraw"},
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}

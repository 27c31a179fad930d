// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// ListAgreementsQuery says what ListAgreements shows.
type ListAgreementsQuery struct {
	// How many items to send; 50 unless given.
	Limit int64 `json:"limit"`
	// The next_cursor of the page before, with the same filters.
	Cursor string `json:"cursor"`
	// Only those that have come so far. One of: draft, proposed, voting, withdrawn, rejected,
	// accepted, adopted, in_force, superseded.
	Status string `json:"status"`
}

// Adoption is part of Agreement.
type Adoption struct {
	// Its number among those adopted.
	Version int64 `json:"version"`
	// From which day on it is in force.
	From Date `json:"from"`
	// The handle of who adopted it.
	AdoptedBy string `json:"adopted_by"`
	// When.
	AdoptedAt time.Time `json:"adopted_at"`
}

// Tally is part of AgreementDecision.
type Tally struct {
	// How many could vote.
	Eligible int64 `json:"eligible"`
	// How many did.
	Voted int64 `json:"voted"`
	// How many said yes.
	Yes int64 `json:"yes"`
	// How many said no.
	No int64 `json:"no"`
	// How many abstained.
	Abstain int64 `json:"abstain"`
	// How many objected to the end.
	Object int64 `json:"object"`
}

// RecordedVote is part of AgreementDecision.
type RecordedVote struct {
	// The handle of who voted.
	Member string `json:"member"`
	// How.
	Vote string `json:"vote"`
	// Why.
	Reason string `json:"reason,omitzero"`
}

// AgreementDecision is part of Agreement.
type AgreementDecision struct {
	// accepted or rejected.
	Outcome string `json:"outcome"`
	// How the group decided.
	Method string `json:"method"`
	// The day of the decision; of a vote here, its last day.
	Date Date `json:"date"`
	// The handle of who recorded or counted it.
	DecidedBy string `json:"decided_by"`
	// When.
	DecidedAt time.Time `json:"decided_at"`
	// Where it is written down.
	Link string `json:"link,omitzero"`
	// What else is to be known.
	Note string `json:"note,omitzero"`
	// Why counted votes rejected it: no_quorum, objection or too_few_yes.
	Reason string `json:"reason,omitzero"`
	// How the votes here fell out; none if it was decided elsewhere.
	Tally *Tally `json:"tally,omitzero"`
	// Who voted how elsewhere, as who recorded it says.
	Votes []RecordedVote `json:"votes,omitzero"`
}

// Ballot is part of Proposal.
type Ballot struct {
	// How votes are counted.
	Method string `json:"method"`
	// How many percent of those who may vote must do so.
	QuorumPercent int64 `json:"quorum_percent"`
	// How many may vote: the members of the day on which it was opened.
	Eligible int64 `json:"eligible"`
	// Its last day.
	ClosesOn Date `json:"closes_on"`
	// The instant at which that day is over in the commons.
	ClosesAt time.Time `json:"closes_at"`
}

// Withdrawal is part of Proposal.
type Withdrawal struct {
	// The handle of who took it back.
	WithdrawnBy string `json:"withdrawn_by"`
	// When.
	WithdrawnAt time.Time `json:"withdrawn_at"`
	// Why.
	Reason string `json:"reason,omitzero"`
}

// Proposal is part of Agreement.
type Proposal struct {
	// Nothing is decided before this day.
	NoticeUntil Date `json:"notice_until"`
	// The handle of who proposed it.
	ProposedBy string `json:"proposed_by"`
	// When.
	ProposedAt time.Time `json:"proposed_at"`
	// What is to be known about it.
	Note string `json:"note,omitzero"`
	// The vote that was opened on it.
	Vote *Ballot `json:"vote,omitzero"`
	// That it was taken back.
	Withdrawal *Withdrawal `json:"withdrawal,omitzero"`
}

// Agreement is what ListAgreements answers, among others.
type Agreement struct {
	// Its id.
	ID AgreementID `json:"id"`
	// Its name.
	Name string `json:"name"`
	// How far it has come: draft, proposed, voting, withdrawn, rejected, accepted, adopted (from a
	// later day), in_force or superseded.
	Status string `json:"status"`
	// The agreement itself.
	Document json.RawMessage `json:"document"`
	// What it says, in plain sentences that use its codes for names.
	Sentences []Sentence `json:"sentences"`
	// The handle of who brought it in.
	CreatedBy string `json:"created_by"`
	// When.
	CreatedAt time.Time `json:"created_at"`
	// From when on it is in force.
	Adoption *Adoption `json:"adoption,omitzero"`
	// The area whose incomes it divides, if it is for one.
	Area string `json:"area,omitzero"`
	// What the group decided about it.
	Decision *AgreementDecision `json:"decision,omitzero"`
	// How it was put before the group.
	Proposal *Proposal `json:"proposal,omitzero"`
}

// ListAgreements: list the agreements, newest first.
func (b Books) ListAgreements(
	ctx context.Context, query ListAgreementsQuery, options ...CallOption,
) (Page[Agreement], error) {
	return do[Page[Agreement]](ctx, b.client, call{
		operation: "listAgreements", method: "GET",
		path:   []string{"commons", b.commons, "agreements"},
		query:  query,
		status: 200,
	}, options)
}

// AllAgreements goes through what ListAgreements shows, page after page from the query's cursor
// on, and ends with the first error.
func (b Books) AllAgreements(
	ctx context.Context, query ListAgreementsQuery, options ...CallOption,
) iter.Seq2[Agreement, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Agreement], error) {
		query := query
		query.Cursor = cursor
		return b.ListAgreements(ctx, query, options...)
	})
}

// CreateAgreementQuery says what CreateAgreement shows.
type CreateAgreementQuery struct {
	// The area whose incomes it divides; else all others.
	Area string `json:"area"`
}

// CreateAgreement: keep an agreement, in JSON or YAML, for adoption.
func (b Books) CreateAgreement(
	ctx context.Context, query CreateAgreementQuery, body Document, options ...CallOption,
) (Agreement, error) {
	return do[Agreement](ctx, b.client, call{
		operation: "createAgreement", method: "POST",
		path:   []string{"commons", b.commons, "agreements"},
		keyed:  true,
		query:  query,
		body:   body,
		status: 201,
	}, options)
}

// Check is what CheckAgreement answers.
type Check struct {
	// Its name.
	Name string `json:"name"`
	// Its currency.
	Currency string `json:"currency"`
	// How many rules it has, beside those in groups.
	Rules int64 `json:"rules"`
	// What it says, in plain sentences.
	Sentences []Sentence `json:"sentences"`
}

// CheckAgreement: say what is wrong with an agreement, and keep nothing.
func (b Books) CheckAgreement(
	ctx context.Context, body Document, options ...CallOption,
) (Check, error) {
	return do[Check](ctx, b.client, call{
		operation: "checkAgreement", method: "POST",
		path:   []string{"commons", b.commons, "agreements", "check"},
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}

// GetAgreement: show an agreement and how far it has come.
func (b Books) GetAgreement(
	ctx context.Context, agreement AgreementID, options ...CallOption,
) (Agreement, error) {
	return do[Agreement](ctx, b.client, call{
		operation: "getAgreement", method: "GET",
		path:   []string{"commons", b.commons, "agreements", string(agreement)},
		status: 200,
	}, options)
}

// RecordedVoteRequest is part of AgreedDecision, among others.
type RecordedVoteRequest struct {
	// Who voted, by handle or id.
	Member string `json:"member"`
	// How. One of: yes, no, abstain, object.
	Vote string `json:"vote"`
	// Why.
	Reason string `json:"reason,omitzero"`
}

// AgreedDecision is part of AdoptionRequest.
type AgreedDecision struct {
	// How. One of: consent, consensus, majority, two_thirds, other.
	Method string `json:"method"`
	// The day of the decision.
	Date Date `json:"date"`
	// Where it is written down.
	Link string `json:"link,omitzero"`
	// What else is to be known.
	Note string `json:"note,omitzero"`
	// Who voted how, where that is to be known.
	Votes []RecordedVoteRequest `json:"votes,omitzero"`
}

// AdoptionRequest is what AdoptAgreement sends.
type AdoptionRequest struct {
	// From which day on it is in force.
	From Date `json:"from"`
	// How the group decided, if that is not recorded or counted yet.
	Decision *AgreedDecision `json:"decision,omitzero"`
}

// AdoptAgreement: put an accepted agreement in force from a day. A decision that was made
// elsewhere can be recorded in the same step, also about a draft. Where the approval policy
// asks for approvals, it waits until a second person confirms it, or is marked unchecked if
// nobody could: unless the members have voted on it here.
func (b Books) AdoptAgreement(
	ctx context.Context, agreement AgreementID, body AdoptionRequest, options ...CallOption,
) (Agreement, error) {
	return do[Agreement](ctx, b.client, call{
		operation: "adoptAgreement", method: "POST",
		path:   []string{"commons", b.commons, "agreements", string(agreement), "adopt"},
		keyed:  true,
		body:   body,
		status: 200,
		waits:  true,
	}, options)
}

// AgreementDecisionRequest is what DecideAgreement sends.
type AgreementDecisionRequest struct {
	// The day of the decision.
	Date Date `json:"date,omitzero"`
	// Where it is written down.
	Link string `json:"link,omitzero"`
	// How. One of: consent, consensus, majority, two_thirds, other.
	Method string `json:"method,omitzero"`
	// What else is to be known.
	Note string `json:"note,omitzero"`
	// What was decided. One of: accepted, rejected.
	Outcome string `json:"outcome,omitzero"`
	// Who voted how, where that is to be known.
	Votes []RecordedVoteRequest `json:"votes,omitzero"`
}

// DecideAgreement: count the votes on an agreement, or record what was decided elsewhere. Where
// a vote was opened, send nothing: the votes are counted once it has closed, and the tally is
// kept. Else method, date and outcome are needed.
func (b Books) DecideAgreement(
	ctx context.Context, agreement AgreementID, body AgreementDecisionRequest, options ...CallOption,
) (Agreement, error) {
	return do[Agreement](ctx, b.client, call{
		operation: "decideAgreement", method: "POST",
		path:   []string{"commons", b.commons, "agreements", string(agreement), "decide"},
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}

// BallotRequest is part of ProposalRequest.
type BallotRequest struct {
	// How votes are counted. One of: consent, majority, two_thirds.
	Method string `json:"method"`
	// How many percent of those who may vote must do so; who abstains has voted too.
	QuorumPercent int64 `json:"quorum_percent"`
	// The last day of the vote, where the commons is.
	ClosesOn Date `json:"closes_on"`
}

// ProposalRequest is what ProposeAgreement sends.
type ProposalRequest struct {
	// Until when all can think about it; nothing is decided before this day.
	NoticeUntil Date `json:"notice_until"`
	// What is to be known about it.
	Note string `json:"note,omitzero"`
	// The vote to open, if the members vote here.
	Vote *BallotRequest `json:"vote,omitzero"`
}

// ProposeAgreement: put a draft before the group, with a notice time. With vote, the members
// vote here: those who are members on this day. Without it the group decides elsewhere, and its
// decision is recorded.
func (b Books) ProposeAgreement(
	ctx context.Context, agreement AgreementID, body ProposalRequest, options ...CallOption,
) (Agreement, error) {
	return do[Agreement](ctx, b.client, call{
		operation: "proposeAgreement", method: "POST",
		path:   []string{"commons", b.commons, "agreements", string(agreement), "propose"},
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}

// Vote is what ListVotes answers, among others.
type Vote struct {
	// Its place in the order of votes on this agreement.
	Number int64 `json:"number"`
	// The handle of who voted.
	Member string `json:"member"`
	// What they said: yes, no, abstain or object.
	Vote string `json:"vote"`
	// When.
	CastAt time.Time `json:"cast_at"`
	// Whether it counts: they have not voted again since.
	Standing bool `json:"standing"`
	// Why.
	Reason string `json:"reason,omitzero"`
}

// ListVotes: list all votes on an agreement, in order.
func (b Books) ListVotes(
	ctx context.Context, agreement AgreementID, query PageQuery, options ...CallOption,
) (Page[Vote], error) {
	return do[Page[Vote]](ctx, b.client, call{
		operation: "listVotes", method: "GET",
		path:   []string{"commons", b.commons, "agreements", string(agreement), "votes"},
		query:  query,
		status: 200,
	}, options)
}

// AllVotes goes through what ListVotes shows, page after page from the query's cursor on, and
// ends with the first error.
func (b Books) AllVotes(
	ctx context.Context, agreement AgreementID, query PageQuery, options ...CallOption,
) iter.Seq2[Vote, error] {
	query.Limit = perPage(query.Limit)
	return each(query.Cursor, func(cursor string) (Page[Vote], error) {
		query := query
		query.Cursor = cursor
		return b.ListVotes(ctx, agreement, query, options...)
	})
}

// VoteRequest is what CastVote sends.
type VoteRequest struct {
	// What to say; object only where the method is consent. One of: yes, no, abstain, object.
	Vote string `json:"vote"`
	// Why; needed to object.
	Reason string `json:"reason,omitzero"`
}

// CastVote: vote on a proposed agreement, for oneself. Voting again takes the place of the vote
// before, which stays visible. So an objection is withdrawn.
func (b Books) CastVote(
	ctx context.Context, agreement AgreementID, body VoteRequest, options ...CallOption,
) (Vote, error) {
	return do[Vote](ctx, b.client, call{
		operation: "castVote", method: "POST",
		path:   []string{"commons", b.commons, "agreements", string(agreement), "votes"},
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}

// WithdrawalRequest is what WithdrawAgreement sends.
type WithdrawalRequest struct {
	// Why.
	Reason string `json:"reason,omitzero"`
}

// WithdrawAgreement: take a proposed agreement back before it is decided. That may do who
// brought it in or proposed it, and stewards.
func (b Books) WithdrawAgreement(
	ctx context.Context, agreement AgreementID, body WithdrawalRequest, options ...CallOption,
) (Agreement, error) {
	return do[Agreement](ctx, b.client, call{
		operation: "withdrawAgreement", method: "POST",
		path:   []string{"commons", b.commons, "agreements", string(agreement), "withdraw"},
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}

// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// Adoption is part of Agreement.
type Adoption struct {
	// Its number among those adopted.
	Version int64 `json:"version"`
	// From which day on it is in force.
	From Date `json:"from"`
	// How the group decided.
	Method string `json:"method"`
	// The day of the decision.
	Date Date `json:"date"`
	// The handle of who recorded it.
	AdoptedBy string `json:"adopted_by"`
	// When.
	AdoptedAt time.Time `json:"adopted_at"`
	// Where it is written down.
	Link string `json:"link,omitzero"`
	// What else is to be known.
	Note string `json:"note,omitzero"`
}

// Agreement is what ListAgreements answers, among others.
type Agreement struct {
	// Its id.
	ID AgreementID `json:"id"`
	// Its name.
	Name string `json:"name"`
	// The agreement itself.
	Document json.RawMessage `json:"document"`
	// The handle of who brought it in.
	CreatedBy string `json:"created_by"`
	// When.
	CreatedAt time.Time `json:"created_at"`
	// The decision that put it in force.
	Adoption *Adoption `json:"adoption,omitzero"`
	// The area whose incomes it divides, if it is for one.
	Area string `json:"area,omitzero"`
}

// ListAgreements: list the agreements, newest first.
func (b Books) ListAgreements(
	ctx context.Context, query PageQuery, options ...CallOption,
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
	ctx context.Context, query PageQuery, options ...CallOption,
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

// GetAgreement: show an agreement.
func (b Books) GetAgreement(
	ctx context.Context, agreement AgreementID, options ...CallOption,
) (Agreement, error) {
	return do[Agreement](ctx, b.client, call{
		operation: "getAgreement", method: "GET",
		path:   []string{"commons", b.commons, "agreements", string(agreement)},
		status: 200,
	}, options)
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
}

// AdoptionRequest is what AdoptAgreement sends.
type AdoptionRequest struct {
	// From which day on it is in force.
	From Date `json:"from"`
	// How the group decided.
	Decision AgreedDecision `json:"decision"`
}

// AdoptAgreement: put an agreement in force from a day, by a recorded decision.
func (b Books) AdoptAgreement(
	ctx context.Context, agreement AgreementID, body AdoptionRequest, options ...CallOption,
) (Agreement, error) {
	return do[Agreement](ctx, b.client, call{
		operation: "adoptAgreement", method: "POST",
		path:   []string{"commons", b.commons, "agreements", string(agreement), "adopt"},
		keyed:  true,
		body:   body,
		status: 200,
	}, options)
}

// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"encoding/json"
)

// GetAgreementSchema: show the JSON Schema of agreements. It needs no token. Editors that know
// it complete and check an agreement while it is written.
func (c *Client) GetAgreementSchema(
	ctx context.Context, options ...CallOption,
) (json.RawMessage, error) {
	return do[json.RawMessage](ctx, c, call{
		operation: "getAgreementSchema", method: "GET",
		path:   []string{"agreement.schema.json"},
		answer: "application/schema+json",
		status: 200,
	}, options)
}

// GetAgreementSentencesQuery says what GetAgreementSentences shows.
type GetAgreementSentencesQuery struct {
	// The id of the agreement to compare it with; the version adopted before it unless given.
	Since AgreementID `json:"since"`
}

// Amendment is part of AgreementSentences.
type Amendment struct {
	// What became of the rule. One of: added, removed, moved, changed.
	Form string `json:"form"`
	// Where it stands in this version, or stood in the other if it is gone.
	Pointer string `json:"pointer"`
	// What is and what was, in a sentence.
	Text string `json:"text"`
	// The id of the rule; none where the agreement speaks of itself.
	Rule string `json:"rule,omitzero"`
}

// AgreementSentences is what GetAgreementSentences answers.
type AgreementSentences struct {
	// What it says, in the order in which it is done.
	Sentences []Sentence `json:"sentences"`
	// What is other than it was.
	Changes []Amendment `json:"changes"`
	// The id of the agreement that the changes are since, if there is one.
	Since AgreementID `json:"since,omitzero"`
}

// GetAgreementSentences: say in plain sentences what an agreement says, and what is other than
// before.
func (b Books) GetAgreementSentences(
	ctx context.Context, agreement AgreementID, query GetAgreementSentencesQuery, options ...CallOption,
) (AgreementSentences, error) {
	return do[AgreementSentences](ctx, b.client, call{
		operation: "getAgreementSentences", method: "GET",
		path:   []string{"commons", b.commons, "agreements", string(agreement), "sentences"},
		query:  query,
		status: 200,
	}, options)
}

// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"encoding/json"
)

// AgreementTemplateSummary is what ListAgreementTemplates answers.
type AgreementTemplateSummary struct {
	// Its name in addresses.
	Slug string `json:"slug"`
	// Its name for people.
	Title string `json:"title"`
	// What it does, in one sentence.
	Summary string `json:"summary"`
	// Who uses such an agreement.
	Who string `json:"who"`
	// What to watch when it is used.
	Watch string `json:"watch"`
}

// ListAgreementTemplates: list agreements to begin with, the plainest first.
func (c *Client) ListAgreementTemplates(
	ctx context.Context, options ...CallOption,
) (Page[AgreementTemplateSummary], error) {
	return do[Page[AgreementTemplateSummary]](ctx, c, call{
		operation: "listAgreementTemplates", method: "GET",
		path:   []string{"agreement-templates"},
		status: 200,
	}, options)
}

// Sentence is part of Agreement, among others.
type Sentence struct {
	// Where in the document it stands, as a JSON Pointer.
	Pointer string `json:"pointer"`
	// In how many groups the rule stands.
	Depth int64 `json:"depth"`
	// The sentence.
	Text string `json:"text"`
	// The name of the rule.
	Name string `json:"name,omitzero"`
	// The id of the rule; none where the agreement speaks of itself.
	Rule string `json:"rule,omitzero"`
}

// AgreementTemplate is what GetAgreementTemplate answers.
type AgreementTemplate struct {
	// Its name in addresses.
	Slug string `json:"slug"`
	// Its name for people.
	Title string `json:"title"`
	// What it does, in one sentence.
	Summary string `json:"summary"`
	// Who uses such an agreement.
	Who string `json:"who"`
	// What to watch when it is used.
	Watch string `json:"watch"`
	// What it says, in plain sentences.
	Sentences []Sentence `json:"sentences"`
	// The agreement itself, with kinds and examples.
	Document json.RawMessage `json:"document"`
	// The same in YAML, with comments: a file to keep.
	Text string `json:"text"`
}

// GetAgreementTemplate: show an agreement to begin with. Its document can be sent as it is to
// createAgreement, in a commons that has the kinds and funds that it names.
func (c *Client) GetAgreementTemplate(
	ctx context.Context, template string, options ...CallOption,
) (AgreementTemplate, error) {
	return do[AgreementTemplate](ctx, c, call{
		operation: "getAgreementTemplate", method: "GET",
		path:   []string{"agreement-templates", template},
		status: 200,
	}, options)
}

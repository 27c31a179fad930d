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

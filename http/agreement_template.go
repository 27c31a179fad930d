package http

import (
	"context"
	"encoding/json"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

const templatesPath = "/agreement-templates"

func templateRoutes() []route {
	return []route{
		{
			method: "GET", path: templatesPath, id: "listAgreementTemplates",
			operation: ledger.ReadDocuments,
			summary:   "List agreements to begin with, the plainest first", access: anyone,
			handler: read(listTemplates),
		},
		{
			method: "GET", path: templatesPath + "/{template}", id: "getAgreementTemplate",
			operation: ledger.ReadDocuments,
			summary:   "Show an agreement to begin with",
			about: "Its document can be sent as it is to createAgreement, in a commons that has the " +
				"kinds and funds that it names.",
			access: anyone, handler: read(getTemplate),
		},
	}
}

type agreementTemplateSummary struct {
	Slug    string `json:"slug" doc:"Its name in addresses."`
	Title   string `json:"title" doc:"Its name for people."`
	Summary string `json:"summary" doc:"What it does, in one sentence."`
	Who     string `json:"who" doc:"Who uses such an agreement."`
	Watch   string `json:"watch" doc:"What to watch when it is used."`
}

func listTemplates(_ context.Context, c *call, _ none) (page[agreementTemplateSummary], error) {
	return all(viewTemplateSummary)(c, agreement.Templates()), nil
}

func viewTemplateSummary(_ *call, t agreement.Template) agreementTemplateSummary {
	return agreementTemplateSummary{
		Slug: t.Slug, Title: t.Title, Summary: t.Summary, Who: t.Who, Watch: t.Watch,
	}
}

type agreementTemplateView struct {
	Slug      string          `json:"slug" doc:"Its name in addresses."`
	Title     string          `json:"title" doc:"Its name for people."`
	Summary   string          `json:"summary" doc:"What it does, in one sentence."`
	Who       string          `json:"who" doc:"Who uses such an agreement."`
	Watch     string          `json:"watch" doc:"What to watch when it is used."`
	Sentences []sentenceView  `json:"sentences" doc:"What it says, in plain sentences."`
	Document  json.RawMessage `json:"document" doc:"The agreement itself, with kinds and examples."`
	Text      string          `json:"text" doc:"The same in YAML, with comments: a file to keep."`
}

func getTemplate(_ context.Context, c *call, _ none) (agreementTemplateView, error) {
	t, err := agreement.TemplateBySlug(c.param("template"))
	if err != nil {
		return agreementTemplateView{}, err
	}
	document, err := agreement.Document(t.Text, agreement.YAML)
	return agreementTemplateView{
		Slug: t.Slug, Title: t.Title, Summary: t.Summary, Who: t.Who, Watch: t.Watch,
		Sentences: viewSentences(t.Agreement.Sentences(t.Agreement.Names())),
		Document:  document, Text: string(t.Text),
	}, err
}

package main

import (
	"encoding/json"
	"fmt"

	"phyle/ledger/agreement"
)

type agreementTemplatesCommand struct {
	inJSON
	Slug string `arg:"" optional:"" help:"Which template to write out; without it, all are listed."`
}

// Help shows examples.
func (agreementTemplatesCommand) Help() string {
	return `Needs no database. A template is a file with rules, what is said about them and examples.
Save one, put in the name and the currency of your commons, change the rules to what you agree on
and the examples with them, and check it.

Examples:

    phyle agreement templates
    phyle agreement templates fund-first > ours.yaml
    phyle agreement check ours.yaml`
}

// Run lists the templates, or writes one out.
func (c agreementTemplatesCommand) Run(s *session) error {
	if c.Slug == "" {
		return c.list(s, agreement.Templates())
	}
	template, err := agreement.TemplateBySlug(c.Slug)
	if err != nil {
		return &refusal{
			message: err.Error(), hint: "phyle agreement templates lists those that there are.", cause: err,
		}
	}
	if c.JSON {
		shown, err := newTemplate(template)
		if err != nil {
			return err
		}
		return writeJSON(s, shown)
	}
	_, err = s.out.Write(template.Text)
	return err
}

func (c agreementTemplatesCommand) list(s *session, templates []agreement.Template) error {
	if c.JSON {
		all := make([]shownTemplate, len(templates))
		for i, template := range templates {
			var err error
			if all[i], err = newTemplate(template); err != nil {
				return err
			}
		}
		return writeJSON(s, all)
	}
	for _, template := range templates {
		_, err := fmt.Fprintf(s.out, "%-20s%s\n%20s%s\n",
			template.Slug, template.Title, "", template.Summary)
		if err != nil {
			return err
		}
	}
	return nil
}

// shownTemplate is a template for programs, with what its rules say.
type shownTemplate struct {
	Slug     string          `json:"slug"`
	Title    string          `json:"title"`
	Summary  string          `json:"summary"`
	Who      string          `json:"who"`
	Watch    string          `json:"watch"`
	Says     []string        `json:"says"`
	Document json.RawMessage `json:"document"`
	Text     string          `json:"text"`
}

func newTemplate(t agreement.Template) (shownTemplate, error) {
	document, err := agreement.Document(t.Text, agreement.YAML)
	shown := shownTemplate{
		Slug: t.Slug, Title: t.Title, Summary: t.Summary, Who: t.Who, Watch: t.Watch,
		Document: document, Text: string(t.Text),
	}
	for _, sentence := range t.Agreement.Sentences(t.Agreement.Names()) {
		shown.Says = append(shown.Says, sentence.Text)
	}
	return shown, err
}

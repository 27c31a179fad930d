package http

import (
	"context"
	"encoding/json"
	"reflect"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

const schemaMedia = "application/schema+json"

func sentenceRoutes() []route {
	return []route{
		{
			method: "GET", path: agreementPath + "/sentences", id: "getAgreementSentences",
			operation: ledger.ReadAgreements,
			summary:   "Say in plain sentences what an agreement says, and what is other than before",
			handler:   read(getAgreementSentences),
		},
		{
			method: "GET", path: "/agreement.schema.json", id: "getAgreementSchema",
			operation: ledger.ReadDocuments,
			summary:   "Show the JSON Schema of agreements",
			about: "It needs no token. Editors that know it complete and check an agreement while it is " +
				"written.",
			access: anyone, handler: showAgreementSchema(),
		},
	}
}

// showAgreementSchema returns the handler of what is the same until the program is
// another.
func showAgreementSchema() handler {
	return handler{
		query: reflect.TypeFor[none](), view: reflect.TypeFor[json.RawMessage](), media: schemaMedia,
		serve: func(_ context.Context, c *call) error {
			if err := bindQuery(c.query, &none{}); err != nil {
				return err
			}
			return sendFile(c.echo, schemaMedia, agreement.Schema())
		},
	}
}

type sentencesQuery struct {
	Since string `json:"since,omitzero" maxLength:"64" doc:"The id of the agreement to compare it with; the version adopted before it unless given."`
}

func getAgreementSentences(
	ctx context.Context, c *call, q sentencesQuery,
) (agreementSentencesView, error) {
	id, err := idIn[ledger.AgreementID](c, "agreement")
	if err != nil {
		return agreementSentencesView{}, err
	}
	var since ledger.AgreementID
	if q.Since != "" {
		if err := since.UnmarshalText([]byte(q.Since)); err != nil {
			return agreementSentencesView{}, err
		}
	}
	said, err := c.store.AgreementSentences(ctx, c.caller, id, since)
	if err != nil {
		return agreementSentencesView{}, err
	}
	view := agreementSentencesView{
		Sentences: viewSentences(said.Sentences), Changes: []amendmentView{},
	}
	if said.Since != "" {
		view.Since = said.Since.String()
	}
	for _, change := range said.Changes {
		view.Changes = append(view.Changes, amendmentView{
			Form: string(change.Form), Rule: change.Rule, Pointer: change.Pointer, Text: change.Text,
		})
	}
	return view, nil
}

type agreementSentencesView struct {
	Sentences []sentenceView  `json:"sentences" doc:"What it says, in the order in which it is done."`
	Since     string          `json:"since,omitzero" doc:"The id of the agreement that the changes are since, if there is one."`
	Changes   []amendmentView `json:"changes" doc:"What is other than it was."`
}

// sentenceView is one sentence about an agreement.
type sentenceView struct {
	Rule    string `json:"rule,omitzero" doc:"The id of the rule; none where the agreement speaks of itself."`
	Name    string `json:"name,omitzero" doc:"The name of the rule."`
	Pointer string `json:"pointer" doc:"Where in the document it stands, as a JSON Pointer."`
	Depth   int    `json:"depth" doc:"In how many groups the rule stands."`
	Text    string `json:"text" doc:"The sentence."`
}

// amendmentView is one difference between two versions.
type amendmentView struct {
	Form    string `json:"form" enum:"added,removed,moved,changed" doc:"What became of the rule."`
	Rule    string `json:"rule,omitzero" doc:"The id of the rule; none where the agreement speaks of itself."`
	Pointer string `json:"pointer" doc:"Where it stands in this version, or stood in the other if it is gone."`
	Text    string `json:"text" doc:"What is and what was, in a sentence."`
}

func viewSentences(sentences []agreement.Sentence) []sentenceView {
	views := make([]sentenceView, len(sentences))
	for i, s := range sentences {
		views[i] = sentenceView{
			Rule: s.Rule, Name: s.Name, Pointer: s.Pointer, Depth: s.Depth, Text: s.Text,
		}
	}
	return views
}

// sentencesOf says what a kept document says, by the codes in it: nothing where an
// older program took what is refused today.
func sentencesOf(document json.RawMessage) []sentenceView {
	rules, err := agreement.Parse(document, agreement.JSON)
	if err != nil {
		return []sentenceView{}
	}
	return viewSentences(rules.Sentences(agreement.Names{}))
}

package http

import (
	"context"
	"encoding/json"
	"time"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
)

const (
	agreementsPath = inCommons + "/agreements"
	agreementPath  = agreementsPath + "/{agreement}"
	agreementBytes = 256 << 10
	yamlMedia      = "application/yaml"
)

// agreementMedia lists how agreements can be written.
var agreementMedia = []string{jsonMedia, yamlMedia}

// exampleAgreement shows what an agreement looks like, in the OpenAPI document.
const exampleAgreement = `{"name": "Equal shares", "currency": "EUR", "rules": [
	{"id": "all", "name": "The same to all", "take": "rest", "give": {"members": {"by": "equal"}}}],
	"leftover": "carry"}`

func agreementRoutes() []route {
	return []route{
		{
			method: "POST", path: agreementsPath, id: "createAgreement",
			operation: ledger.ProposeAgreement,
			summary:   "Keep an agreement, in JSON or YAML, for adoption",
			made:      "agreements/{}", status: 201, media: agreementMedia, largest: agreementBytes,
			example: exampleAgreement, handler: writeAsked(createAgreement, viewAgreement),
		},
		{
			method: "POST", path: agreementsPath + "/check", id: "checkAgreement",
			operation: ledger.ReadAgreements,
			summary:   "Say what is wrong with an agreement, and keep nothing",
			media:     agreementMedia, largest: agreementBytes, example: exampleAgreement,
			handler: write(checkAgreement, viewCheck),
		},
		{
			method: "GET", path: agreementsPath, id: "listAgreements",
			operation: ledger.ReadAgreements,
			summary:   "List the agreements, newest first", handler: read(listAgreements),
		},
		{
			method: "GET", path: agreementPath, id: "getAgreement",
			operation: ledger.ReadAgreements,
			summary:   "Show an agreement and how far it has come", handler: read(getAgreement),
		},
		{
			method: "POST", path: agreementPath + "/adopt", id: "adoptAgreement",
			operation: ledger.AdoptAgreement,
			summary:   "Put an accepted agreement in force from a day",
			about: "A decision that was made elsewhere can be recorded in the same step, also about a " +
				"draft.",
			handler: write(adoptAgreement, viewAgreement),
		},
	}
}

// format returns how the body is written.
func (b rawBody) format() agreement.Format {
	if b.media == yamlMedia {
		return agreement.YAML
	}
	return agreement.JSON
}

type agreementQuery struct {
	Area string `json:"area,omitzero" maxLength:"32" doc:"The area whose incomes it divides; else all others."`
}

func createAgreement(
	ctx context.Context, c *call, q agreementQuery, in rawBody,
) (postgres.Agreement, error) {
	return c.store.CreateAgreement(ctx, c.act, q.Area, in.text, in.format())
}

func checkAgreement(ctx context.Context, c *call, in rawBody) (agreement.Agreement, error) {
	return c.store.CheckAgreement(ctx, c.caller, in.text, in.format())
}

type checkView struct {
	Name     string `json:"name" doc:"Its name."`
	Currency string `json:"currency" doc:"Its currency."`
	Rules    int    `json:"rules" doc:"How many rules it has, beside those in groups."`

	Sentences []sentenceView `json:"sentences" doc:"What it says, in plain sentences."`
}

func viewCheck(_ *call, a agreement.Agreement) checkView {
	return checkView{
		Name: a.Name, Currency: string(a.Currency), Rules: len(a.Rules),
		Sentences: viewSentences(a.Sentences(agreement.Names{})),
	}
}

type agreementsQuery struct {
	paging
	Status ledger.AgreementStatus `json:"status,omitzero" enum:"draft,proposed,voting,withdrawn,rejected,accepted,adopted,in_force,superseded" doc:"Only those that have come so far."`
}

func listAgreements(
	ctx context.Context, c *call, q agreementsQuery,
) (page[agreementView], error) {
	from, err := after[ledger.AgreementID](c, q.paging)
	if err != nil {
		return page[agreementView]{}, err
	}
	found, err := c.store.Agreements(ctx, c.caller, q.Status, from, q.size()+1)
	if err != nil {
		return page[agreementView]{}, err
	}
	return newPage(c, q.paging, found, viewAgreement,
		func(a postgres.Agreement) ledger.AgreementID { return a.ID })
}

func getAgreement(ctx context.Context, c *call, _ none) (agreementView, error) {
	id, err := idIn[ledger.AgreementID](c, "agreement")
	if err != nil {
		return agreementView{}, err
	}
	found, err := c.store.Agreement(ctx, c.caller, id)
	if err != nil {
		return agreementView{}, err
	}
	return viewAgreement(c, found), nil
}

type adoptionBody struct {
	From     ledger.Date     `json:"from" doc:"From which day on it is in force." example:"2026-01-01"`
	Decision *agreedDecision `json:"decision,omitzero" doc:"How the group decided, if that is not recorded or counted yet."`
}

// agreedDecision is a decision that accepted something: adopting says so.
type agreedDecision struct {
	Method string             `json:"method" enum:"consent,consensus,majority,two_thirds,other" doc:"How." example:"consent"`
	Date   ledger.Date        `json:"date" doc:"The day of the decision." example:"2025-12-20"`
	Link   string             `json:"link,omitzero" maxLength:"2000" doc:"Where it is written down." example:"https://example.org/9"`
	Note   string             `json:"note,omitzero" maxLength:"2000" doc:"What else is to be known." example:"nobody objected"`
	Votes  []recordedVoteBody `json:"votes,omitzero" maxItems:"1000" doc:"Who voted how, where that is to be known."`
}

func adoptAgreement(
	ctx context.Context, c *call, in adoptionBody,
) (postgres.Agreement, error) {
	id, err := idIn[ledger.AgreementID](c, "agreement")
	if err != nil {
		return postgres.Agreement{}, err
	}
	adoption := ledger.NewAdoption{From: in.From}
	if d := in.Decision; d != nil {
		adoption.Decision = &ledger.RecordedDecision{
			Method: d.Method, Date: d.Date, Link: d.Link, Note: d.Note,
			Outcome: ledger.OutcomeAccepted, Votes: recordedVotes(d.Votes),
		}
	}
	return c.store.AdoptAgreement(ctx, c.act, id, adoption)
}

type agreementView struct {
	ID        ledger.AgreementID     `json:"id" doc:"Its id."`
	Name      string                 `json:"name" doc:"Its name."`
	Status    ledger.AgreementStatus `json:"status" doc:"How far it has come: draft, proposed, voting, withdrawn, rejected, accepted, adopted (from a later day), in_force or superseded."`
	Area      string                 `json:"area,omitzero" doc:"The area whose incomes it divides, if it is for one."`
	Document  json.RawMessage        `json:"document" doc:"The agreement itself."`
	Sentences []sentenceView         `json:"sentences" doc:"What it says, in plain sentences that use its codes for names."`
	CreatedBy string                 `json:"created_by" doc:"The handle of who brought it in."`
	CreatedAt time.Time              `json:"created_at" doc:"When."`
	Proposal  *proposalView          `json:"proposal,omitzero" doc:"How it was put before the group."`
	Decision  *agreementDecisionView `json:"decision,omitzero" doc:"What the group decided about it."`
	Adoption  *adoptionView          `json:"adoption,omitzero" doc:"From when on it is in force."`
}

type adoptionView struct {
	Version   int         `json:"version" doc:"Its number among those adopted."`
	From      ledger.Date `json:"from" doc:"From which day on it is in force."`
	AdoptedBy string      `json:"adopted_by" doc:"The handle of who adopted it."`
	AdoptedAt time.Time   `json:"adopted_at" doc:"When."`
}

func (v agreementView) resource() string { return v.ID.String() }

func viewAgreement(_ *call, a postgres.Agreement) agreementView {
	view := agreementView{
		ID: a.ID, Name: a.Name, Status: a.Status, Area: a.Area, Document: a.Document,
		Sentences: sentencesOf(a.Document), CreatedBy: a.CreatedBy, CreatedAt: a.CreatedAt, Proposal: viewProposal(a.Proposal),
		Decision: viewAgreementDecision(a.Decision),
	}
	if a.Version > 0 {
		view.Adoption = &adoptionView{
			Version: a.Version, From: a.From, AdoptedBy: a.AdoptedBy, AdoptedAt: a.AdoptedAt,
		}
	}
	return view
}

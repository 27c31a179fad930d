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
			summary: "Keep an agreement, in JSON or YAML, for adoption",
			made:    "agreements/{}", status: 201, media: agreementMedia, largest: agreementBytes,
			example: exampleAgreement, handler: writeAsked(createAgreement, viewAgreement),
		},
		{
			method: "POST", path: agreementsPath + "/check", id: "checkAgreement",
			summary: "Say what is wrong with an agreement, and keep nothing",
			media:   agreementMedia, largest: agreementBytes, example: exampleAgreement,
			handler: write(checkAgreement, viewCheck),
		},
		{
			method: "GET", path: agreementsPath, id: "listAgreements",
			summary: "List the agreements, newest first", handler: read(listAgreements),
		},
		{
			method: "GET", path: agreementsPath + "/{agreement}", id: "getAgreement",
			summary: "Show an agreement", handler: read(getAgreement),
		},
		{
			method: "POST", path: agreementsPath + "/{agreement}/adopt", id: "adoptAgreement",
			summary: "Put an agreement in force from a day, by a recorded decision",
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
}

func viewCheck(_ *call, a agreement.Agreement) checkView {
	return checkView{Name: a.Name, Currency: string(a.Currency), Rules: len(a.Rules)}
}

func listAgreements(ctx context.Context, c *call, q pageQuery) (page[agreementView], error) {
	from, err := after[ledger.AgreementID](c, q.paging)
	if err != nil {
		return page[agreementView]{}, err
	}
	found, err := c.store.Agreements(ctx, c.caller, from, q.size()+1)
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
	From     ledger.Date    `json:"from" doc:"From which day on it is in force." example:"2026-01-01"`
	Decision agreedDecision `json:"decision" doc:"How the group decided."`
}

type agreedDecision struct {
	Method string      `json:"method" enum:"consent,consensus,majority,two_thirds,other" doc:"How." example:"consent"`
	Date   ledger.Date `json:"date" doc:"The day of the decision." example:"2025-12-20"`
	Link   string      `json:"link,omitzero" maxLength:"2000" doc:"Where it is written down." example:"https://example.org/9"`
	Note   string      `json:"note,omitzero" maxLength:"2000" doc:"What else is to be known." example:"nobody objected"`
}

func adoptAgreement(
	ctx context.Context, c *call, in adoptionBody,
) (postgres.Agreement, error) {
	id, err := idIn[ledger.AgreementID](c, "agreement")
	if err != nil {
		return postgres.Agreement{}, err
	}
	return c.store.AdoptAgreement(ctx, c.act, id, ledger.NewAdoption{
		From: in.From, Method: in.Decision.Method, Date: in.Decision.Date, Link: in.Decision.Link,
		Note: in.Decision.Note,
	})
}

type agreementView struct {
	ID        ledger.AgreementID `json:"id" doc:"Its id."`
	Name      string             `json:"name" doc:"Its name."`
	Area      string             `json:"area,omitzero" doc:"The area whose incomes it divides, if it is for one."`
	Document  json.RawMessage    `json:"document" doc:"The agreement itself."`
	CreatedBy string             `json:"created_by" doc:"The handle of who brought it in."`
	CreatedAt time.Time          `json:"created_at" doc:"When."`
	Adoption  *adoptionView      `json:"adoption,omitzero" doc:"The decision that put it in force."`
}

type adoptionView struct {
	Version   int         `json:"version" doc:"Its number among those adopted."`
	From      ledger.Date `json:"from" doc:"From which day on it is in force."`
	Method    string      `json:"method" doc:"How the group decided."`
	Date      ledger.Date `json:"date" doc:"The day of the decision."`
	Link      string      `json:"link,omitzero" doc:"Where it is written down."`
	Note      string      `json:"note,omitzero" doc:"What else is to be known."`
	AdoptedBy string      `json:"adopted_by" doc:"The handle of who recorded it."`
	AdoptedAt time.Time   `json:"adopted_at" doc:"When."`
}

func (v agreementView) resource() string { return v.ID.String() }

func viewAgreement(_ *call, a postgres.Agreement) agreementView {
	view := agreementView{
		ID: a.ID, Name: a.Name, Area: a.Area, Document: a.Document, CreatedBy: a.CreatedBy,
		CreatedAt: a.CreatedAt,
	}
	if a.Version > 0 {
		view.Adoption = &adoptionView{
			Version: a.Version, From: a.Adoption.From, Method: a.Adoption.Method,
			Date: a.Adoption.Date, Link: a.Adoption.Link, Note: a.Adoption.Note,
			AdoptedBy: a.AdoptedBy, AdoptedAt: a.AdoptedAt,
		}
	}
	return view
}

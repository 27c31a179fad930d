package http

import (
	"context"

	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/report"
)

func rehearsalRoutes() []route {
	const about = "It replays the distributions of the last months with the incomes and " +
		"contributions that they had, under the draft and under what was in force, each from the same " +
		"books on. Where nothing was distributed the runs are ends of months. The answer says what it " +
		"assumes."
	return []route{
		{
			method: "POST", path: agreementPath + "/rehearse", id: "rehearseAgreement",
			operation: ledger.ReadBooks,
			summary:   "Replay the last months under an agreement, and keep nothing", about: about,
			looks: true, handler: write(rehearseAgreement, viewRehearsal),
		},
		{
			method: "POST", path: agreementsPath + "/rehearse", id: "rehearseDocument",
			operation: ledger.ReadBooks,
			summary:   "Replay the last months under an agreement that is not kept, and keep nothing",
			about:     about, looks: true, media: agreementMedia, largest: agreementBytes,
			example: exampleAgreement, handler: writeAsked(rehearseDocument, viewRehearsal),
		},
	}
}

type rehearsalBody struct {
	Months int `json:"months,omitzero" minimum:"1" maximum:"36" doc:"How many months back; 12 unless given." example:"12"`
}

func rehearseAgreement(
	ctx context.Context, c *call, in rehearsalBody,
) (ledger.Rehearsal, error) {
	id, err := idIn[ledger.AgreementID](c, "agreement")
	if err != nil {
		return ledger.Rehearsal{}, err
	}
	return c.store.Rehearse(ctx, c.caller,
		postgres.RehearsalRequest{Agreement: id, Months: in.Months})
}

type rehearsalQuery struct {
	Area   string `json:"area,omitzero" maxLength:"32" doc:"The area whose incomes it divides; else all others."`
	Months int    `json:"months,omitzero" minimum:"1" maximum:"36" doc:"How many months back; 12 unless given." example:"12"`
}

func rehearseDocument(
	ctx context.Context, c *call, q rehearsalQuery, in rawBody,
) (ledger.Rehearsal, error) {
	return c.store.Rehearse(ctx, c.caller, postgres.RehearsalRequest{
		Text: in.text, Format: in.format(), Area: q.Area, Months: q.Months,
	})
}

func viewRehearsal(_ *call, r ledger.Rehearsal) report.RehearsalJSON { return report.Rehearsal(r) }

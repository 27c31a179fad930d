package http

import (
	"bufio"
	"context"
	"reflect"
	"time"

	"github.com/labstack/echo/v4"

	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/report"
)

func dataRoutes() []route {
	return []route{{
		method: "GET", path: inCommons + "/members/{member}/data", id: "getOwnData",
		operation: ledger.ReadOwnData,
		summary:   "Download everything that is kept about oneself",
		about: "It is the caller's own, also after they have left. Every value is a text, and what " +
			"is empty is left out. Others are in it by their handles. No secrets are in it, nor what " +
			"only checks them, nor answers that are kept under idempotency keys. It is sent as it is " +
			"read: a document that was cut short is no JSON.",
		streamed: true, handler: streamData(),
	}}
}

// streamData returns a handler that sends one's own data as they are read.
func streamData() handler {
	return handler{
		query: reflect.TypeFor[none](),
		view:  reflect.TypeFor[ownDataView](),
		serve: func(ctx context.Context, c *call) error {
			if err := bindQuery(c.query, &none{}); err != nil {
				return err
			}
			return c.server.sendData(ctx, c.echo, c.caller, c.param("member"))
		},
	}
}

func dataPages() []webRoute {
	return []webRoute{{
		method: "GET", path: "/commons/:commons/data",
		operation: ledger.ReadOwnData, serve: showData,
	}}
}

// showData hands somebody what is kept about them in the commons.
func showData(ctx context.Context, v *visit) error {
	by, err := v.caller(ctx)
	if err != nil {
		return err
	}
	return v.server.sendData(ctx, v.echo, by, by.Handle)
}

// sendData sends nothing before the first rows are there, so that who is refused is told so.
func (s *Server) sendData(
	ctx context.Context, c echo.Context, by postgres.Caller, member string,
) error {
	out := bufio.NewWriter(c.Response())
	var document *report.DataWriter
	err := s.store.OwnData(ctx, by, member,
		func(part ledger.DataPart, rows []ledger.DataRow) error {
			if document == nil {
				header := c.Response().Header()
				header.Set(echo.HeaderContentType, jsonMedia)
				header.Set(echo.HeaderCacheControl, "private, no-store")
				header.Set(echo.HeaderContentDisposition, `attachment; filename="data.json"`)
				document = report.NewData(out, by.Commons.Slug, s.store.Now())
			}
			return document.Add(part, rows)
		})
	if err == nil {
		err = document.Close()
	}
	if err == nil {
		err = out.Flush()
	}
	return err
}

// ownDataView says what is in the document, which is written row by row.
type ownDataView struct {
	Commons string         `json:"commons" doc:"The slug of the commons."`
	MadeAt  time.Time      `json:"made_at" doc:"When the document was made."`
	Member  ledger.DataRow `json:"member" doc:"Handle, name, and how they are known."`
	Person  ledger.DataRow `json:"person,omitzero" doc:"The address and what else is kept of the person who signs in, if somebody does."`

	Stages      []ledger.DataRow `json:"stages" doc:"How far they were from which day on."`
	Roles       []ledger.DataRow `json:"roles" doc:"Which roles they got or gave back, from which day on."`
	Suspensions []ledger.DataRow `json:"suspensions" doc:"When they were suspended, why, and when that ended."`
	Rates       []ledger.DataRow `json:"rates" doc:"Rates for them alone."`
	Passkeys    []ledger.DataRow `json:"passkeys" doc:"Keys that they sign in with, by the browser that made them."`
	Sessions    []ledger.DataRow `json:"sessions" doc:"Browsers that they are or were signed in with."`
	Codes       []ledger.DataRow `json:"codes" doc:"Codes that were mailed lately, without the codes."`
	Invitations []ledger.DataRow `json:"invitations" doc:"Invitations for them, and those that they made."`
	Tokens      []ledger.DataRow `json:"tokens" doc:"Their tokens, without the secrets."`

	Contributions []ledger.DataRow `json:"contributions" doc:"What they gave, with what became of it; those that they took back or shared with others, too."`
	Decisions     []ledger.DataRow `json:"decisions" doc:"What was decided about their contributions, and what they decided."`
	Imports       []ledger.DataRow `json:"imports" doc:"Files that they imported."`
	ImportUndos   []ledger.DataRow `json:"import_undos" doc:"Files that they took back."`

	Agreements    []ledger.DataRow `json:"agreements" doc:"Agreements that they wrote."`
	Proposals     []ledger.DataRow `json:"proposals" doc:"What they put before the group."`
	Withdrawals   []ledger.DataRow `json:"withdrawals" doc:"Proposals that they took back."`
	Votes         []ledger.DataRow `json:"votes" doc:"How they voted, every time."`
	RecordedVotes []ledger.DataRow `json:"recorded_votes" doc:"How they voted elsewhere, as it was recorded."`
	Approvals     []ledger.DataRow `json:"approvals" doc:"Distributions that they approved."`
	Changes       []ledger.DataRow `json:"changes" doc:"Changes that are about them, or that they proposed or decided."`

	Takes       []ledger.DataRow `json:"takes" doc:"What they said they take, every time."`
	Received    []ledger.DataRow `json:"received" doc:"What rules gave them before the books began."`
	Allocations []ledger.DataRow `json:"allocations" doc:"What distributions gave them, rule by rule."`
	Roundings   []ledger.DataRow `json:"roundings" doc:"What rounding gave or took, by distribution."`
	Accounts    []ledger.DataRow `json:"accounts" doc:"What they are owed, by account."`
	Lines       []ledger.DataRow `json:"lines" doc:"What came to and went from what they are owed."`

	Keys []ledger.DataRow `json:"keys" doc:"Idempotency keys of their requests."`
	Acts []ledger.DataRow `json:"acts" doc:"Their rows of the audit trail."`
}

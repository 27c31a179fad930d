package http

import (
	"context"
	"net/netip"
	"regexp"
	"time"

	"github.com/labstack/echo/v4"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

func auditRoutes() []route {
	return []route{{
		method: "GET", path: inCommons + "/audit", id: "listAudit",
		operation: ledger.ReadAudit,
		summary:   "List who did what, and who was refused it, newest first",
		about: "Each act has one row, and so has each refusal of an act on money, up to 30 a minute " +
			"for each caller; those beyond share a row with their count. Stewards, treasurers and " +
			"auditors see all rows, others their own.",
		handler: read(listAudit),
	}}
}

type auditQuery struct {
	paging
	Member    string              `json:"member,omitzero" maxLength:"32" doc:"Only acts of this member, by handle or id."`
	Operation ledger.Operation    `json:"operation,omitzero" maxLength:"64" doc:"Only of this operation." example:"move_money"`
	Subject   string              `json:"subject,omitzero" maxLength:"30" doc:"Only what concerned the thing of this id."`
	Outcome   ledger.AuditOutcome `json:"outcome,omitzero" enum:"done,refused" doc:"Only what came out so."`
	From      ledger.Date         `json:"from,omitzero" doc:"Only of this day or later."`
	To        ledger.Date         `json:"to,omitzero" doc:"Only of this day or earlier."`
}

type auditView struct {
	Number     int64               `json:"sequence" doc:"Its number; there is no gap between them."`
	At         time.Time           `json:"at" doc:"When it happened."`
	RecordedAt time.Time           `json:"recorded_at" doc:"When it was written down."`
	By         string              `json:"by,omitzero" doc:"The handle of who asked; nobody for who is at the machine itself or founded the commons."`
	Token      ledger.TokenID      `json:"token_id,omitzero" doc:"The token that was shown; none on the command line."`
	Operation  ledger.Operation    `json:"operation" doc:"What was asked for, as far as rights go." example:"move_money"`
	Outcome    ledger.AuditOutcome `json:"outcome" enum:"done,refused" doc:"What came of it."`
	Code       string              `json:"code,omitzero" doc:"Why it was refused."`
	Type       ledger.EventType    `json:"type,omitzero" doc:"What happened first, as noun and verb."`
	Subject    string              `json:"subject,omitzero" doc:"The id of what it happened to; of several the first."`
	Last       string              `json:"last_subject,omitzero" doc:"The id of the last of several."`
	Count      int64               `json:"count" doc:"How many events the act made, or how many refusals the row stands for."`
	FirstEvent int64               `json:"event_from,omitzero" doc:"The number of the first event of the act."`
	LastEvent  int64               `json:"event_to,omitzero" doc:"The number of the last event of the act."`
	Before     ledger.Facts        `json:"before,omitempty" doc:"What a single thing was before, where the act changed it."`
	After      ledger.Facts        `json:"after,omitempty" doc:"What a single thing was after the act."`
	RequestID  string              `json:"request_id,omitzero" doc:"The id of the request."`
	Address    string              `json:"address" doc:"The network that the request came from, of which the last part is left out; or local." example:"192.0.2.0/24"`
}

func viewAudit(_ *call, r ledger.AuditRow) auditView {
	v := auditView{
		Number: r.Number, At: r.At, RecordedAt: r.RecordedAt, By: r.By.Handle, Token: r.Token,
		Operation: r.Operation, Outcome: r.Outcome, Code: r.Code, Type: r.Type, Subject: r.Subject,
		Count: r.Count, FirstEvent: r.FirstEvent, LastEvent: r.LastEvent, Before: r.Before,
		After: r.After, RequestID: r.RequestID, Address: r.Address,
	}
	if r.Last != r.Subject {
		v.Last = r.Last
	}
	return v
}

func listAudit(ctx context.Context, c *call, q auditQuery) (page[auditView], error) {
	from, err := after[int64](c, q.paging)
	if err != nil {
		return page[auditView]{}, err
	}
	found, err := c.store.Audit(ctx, c.caller, postgres.AuditFilter{
		Member: q.Member, Operation: q.Operation, Subject: q.Subject, Outcome: q.Outcome,
		From: q.From, To: q.To, After: from, Limit: q.size() + 1,
	})
	if err != nil {
		return page[auditView]{}, err
	}
	return newPage(c, q.paging, found, viewAudit, func(r ledger.AuditRow) int64 { return r.Number })
}

// newAct returns what is known of an act when its request arrives.
func newAct(c echo.Context, caller postgres.Caller, operation ledger.Operation) *postgres.Act {
	caller.Operation = operation
	act := &postgres.Act{
		By: caller, RequestID: requestID(c), Address: blurred(c.RealIP()), Operation: operation,
	}
	for _, value := range c.ParamValues() {
		if isID.MatchString(value) {
			act.Subject = value
		}
	}
	return act
}

// isID matches what has the form of an id.
var isID = regexp.MustCompile(`^[a-z]{3}_[0-9a-z]{26}$`)

// unknownNetwork stands for an address that cannot be read.
const unknownNetwork = "0.0.0.0/0"

// blurred returns the network of an address: 24 bits of one of version 4, 48 of one
// of version 6. What is left tells where a request came from, and not whose it was.
func blurred(address string) string {
	peer, err := netip.ParseAddr(address)
	if err != nil {
		return unknownNetwork
	}
	bits := 48
	if peer = peer.Unmap().WithZone(""); peer.Is4() {
		bits = 24
	}
	network, err := peer.Prefix(bits)
	if err != nil {
		return unknownNetwork
	}
	return network.String()
}

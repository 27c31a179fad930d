package http

import (
	"context"
	"encoding/json"
	"fmt"
	nethttp "net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

type actView struct {
	Operation ledger.Operation `json:"operation" doc:"The row of the matrix of rights that it is about."`
	Method    string           `json:"method" doc:"The method of the request."`
	Path      string           `json:"path" doc:"The path of the request."`
	Match     string           `json:"if_match,omitzero" doc:"The If-Match of the request: it is done only as long as nobody changes what that names."`
	Body      json.RawMessage  `json:"body,omitzero" doc:"The body of the request; none once the personal data of a member were erased."`
}

func viewAct(a ledger.ActRequest) *actView {
	view := &actView{Operation: a.Operation, Method: a.Method, Path: a.Path, Match: a.Match}
	if a.Body != "" {
		view.Body = json.RawMessage(a.Body)
	}
	return view
}

// asked returns the request as it can be asked for again.
func (c *call) asked() *ledger.ActRequest {
	request := c.echo.Request()
	asked := ledger.ActRequest{
		Operation: c.route.operation, Method: c.route.method, Path: request.URL.Path,
		Match: request.Header.Get(matchHeader), Body: "{}",
	}
	if len(c.raw.text) > 0 {
		asked.Body = string(c.raw.text)
	}
	return &asked
}

// renderChange answers with a change in place of what was to be made.
func (c *call) renderChange(status int) func(ledger.Change) (postgres.Answer, error) {
	return func(change ledger.Change) (postgres.Answer, error) {
		body, err := marshal(viewChange(c, change))
		return postgres.Answer{
			Status: status, Body: body, Resource: change.ID.String(),
			Location: "/v1/commons/" + c.caller.Commons.Slug + "/changes/" + change.ID.String(),
		}, err
	}
}

// confirming returns the handler of confirmations: of acts by doing them, of what else is
// asked for by the handler given.
func confirming(others handler) handler {
	confirm := others.serve
	others.serve = func(ctx context.Context, c *call) error {
		id, err := idIn[ledger.ChangeID](c, "change")
		if err != nil {
			return err
		}
		change, err := c.store.ActToConfirm(ctx, c.caller, id)
		if err != nil {
			return err
		}
		if change.Type != ledger.ActChange {
			return confirm(ctx, c)
		}
		if err := c.server.repeat(ctx, c.act, change); err != nil {
			return err
		}
		return c.answer(c.act.Answer)
	}
	return others
}

// repeat takes the request that a change asks for to its handler again, by an act that
// confirms it. The act's Answer is of the change.
func (s *Server) repeat(ctx context.Context, act *postgres.Act, change ledger.Change) error {
	asked := change.Act
	inner := s.echo.NewContext(requestOf(asked).WithContext(ctx), unread{})
	row, found := s.rowOf(inner)
	if !found {
		return fmt.Errorf("nothing does %s %s any more", asked.Method, inner.Path())
	}
	act.Asked, act.Confirms = &asked, change.ID
	c := &call{
		server: s, store: s.store, route: row, echo: inner, caller: act.By, query: url.Values{}, act: act,
		raw: rawBody{media: jsonMedia, text: []byte(asked.Body)},
	}
	act.RenderChange = c.renderChange(nethttp.StatusOK)
	return row.handler.serve(ctx, c)
}

// requestOf returns the request as it was, but for its body.
func requestOf(asked ledger.ActRequest) *nethttp.Request {
	return &nethttp.Request{
		Method: asked.Method, URL: &url.URL{Path: asked.Path},
		Header: nethttp.Header{matchHeader: {asked.Match}}, Body: nethttp.NoBody,
	}
}

// rowOf returns the row of the table that the request of a context is for, and gives the
// context the names in its path.
func (s *Server) rowOf(c echo.Context) (route, bool) {
	request := c.Request()
	s.echo.Router().Find(request.Method, request.URL.Path, c)
	r, found := s.rows[request.Method+" "+c.Path()]
	return r, found
}

// unread is the writer of an answer that nobody reads: it is in the act.
type unread struct{}

func (unread) Header() nethttp.Header         { return nethttp.Header{} }
func (unread) Write(text []byte) (int, error) { return len(text), nil }
func (unread) WriteHeader(int)                {}

// waitSentences say when an act waits.
var waitSentences = map[ledger.Second]string{
	ledger.Unvoted: "unless the members have voted on it here",
	ledger.AboveLimit: "above its limit, counted with what else was moved by hand in the thirty days " +
		"before, and where it pays to you",
}

// saying returns what is said about the row, and about its waiting.
func (r route) saying() string {
	if !r.waits() {
		return r.about
	}
	row, _ := r.operation.Right()
	sentence := "Where the approval policy asks for approvals, it waits until a second person confirms " +
		"it, or is marked unchecked if nobody could"
	if row.Second != ledger.Always {
		sentence += ": " + waitSentences[row.Second]
	}
	return strings.TrimSpace(r.about + " " + sentence + ".")
}

// waiting describes the answer to an act that waits.
func (d describer) waiting() *huma.Response {
	return &huma.Response{
		Description: "Nothing is done yet: a second person has to confirm it.",
		Content: map[string]*huma.MediaType{jsonMedia: {
			Schema: d.schemas.Schema(reflect.TypeFor[changeView](), true, ""),
		}},
		Headers: map[string]*huma.Param{"Location": {
			Description: "The path of the change that waits.", Schema: &huma.Schema{Type: "string"},
		}},
	}
}

package http

import (
	"context"
	"encoding/json"
	"fmt"
	nethttp "net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

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
		return c.doAsked(ctx, change)
	}
	return others
}

// doAsked takes the request that a change asks for to its handler, confirmed by the
// caller. To what is outside it stays the request of a confirmation.
func (c *call) doAsked(ctx context.Context, change ledger.Change) error {
	asked := change.Act
	outer, path := c.echo.Request(), c.echo.Path()
	names, values := slices.Clone(c.echo.ParamNames()), slices.Clone(c.echo.ParamValues())
	defer func() {
		c.echo.SetRequest(outer)
		c.echo.SetPath(path)
		c.echo.SetParamNames(names...)
		c.echo.SetParamValues(values...)
	}()
	request := outer.Clone(ctx)
	request.Method, request.URL = asked.Method, &url.URL{Path: asked.Path}
	request.Header.Set(matchHeader, asked.Match)
	c.echo.SetRequest(request)
	c.server.echo.Router().Find(asked.Method, asked.Path, c.echo)
	table := routes()
	i := slices.IndexFunc(table, func(r route) bool {
		return r.method == asked.Method && "/v1"+colons(r.path) == c.echo.Path()
	})
	if i < 0 {
		return fmt.Errorf("nothing does %s %s any more", asked.Method, c.echo.Path())
	}
	c.route, c.query, c.raw = table[i], url.Values{}, rawBody{media: jsonMedia, text: []byte(asked.Body)}
	c.act.Asked, c.act.Confirms = &asked, change.ID
	c.act.RenderChange = c.renderChange(nethttp.StatusOK)
	return c.route.handler.serve(ctx, c)
}

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
	sentence := "Where the approval policy asks for approvals, it waits until a second person confirms it"
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

package http

import (
	"context"
	"encoding"
	"errors"
	"fmt"
	nethttp "net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/labstack/echo/v4"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// call is one request that has passed the gates of its row.
type call struct {
	server *Server
	store  *postgres.Store
	route  route
	echo   echo.Context
	caller postgres.Caller
	query  url.Values
	// act is what a writing handler hands to the store.
	act *postgres.Act
	raw rawBody
}

// serve takes a request through the gates of its row and to its handler.
func (s *Server) serve(c echo.Context, r route) error {
	ctx := c.Request().Context()
	if !r.deprecated.IsZero() {
		// RFC 9745: the instant since when nobody should begin to use it.
		c.Response().Header().Set("Deprecation", fmt.Sprintf("@%d", r.deprecated.Time().Unix()))
	}
	caller, err := s.enter(ctx, c, r)
	if err != nil {
		return err
	}
	caller.Operation = r.operation
	in := &call{
		server: s, store: s.store, route: r, echo: c, caller: caller, act: newAct(c, caller, r.operation),
	}
	err = in.answerTo(ctx)
	s.store.Refuse(in.act, err)
	return err
}

// answerTo takes the request of a caller who is known through the other gates.
func (c *call) answerTo(ctx context.Context) (err error) {
	if err := admit(c.caller, c.route, c.param("commons")); err != nil {
		return err
	}
	if c.query, err = queryOf(c.echo.Request().URL); err != nil {
		return err
	}
	if c.route.handler.body != nil {
		if err := c.prepare(); err != nil {
			return err
		}
	}
	return c.route.handler.serve(ctx, c)
}

// enter returns who is asking, if they do not ask too often: nobody in particular where
// anyone may ask.
func (s *Server) enter(ctx context.Context, c echo.Context, r route) (postgres.Caller, error) {
	if r.access == anyone {
		return postgres.Caller{}, s.readers.takeFrom(c)
	}
	header := c.Response().Header()
	caller, err := s.authenticate(ctx, c.Request())
	if err != nil {
		var refusal *ledger.Error
		if errors.As(err, &refusal) && refusal.Kind == ledger.Unauthenticated {
			if busy := s.strangers.takeFrom(c); busy != nil {
				return caller, busy
			}
		}
		return caller, err
	}
	if err := keepConnection(ctx); err != nil {
		return caller, err
	}
	return caller, s.members.take(header, bucketOf(caller))
}

// prepare reads what a writing request brings beside its query: body, dry run
// and idempotency key.
func (c *call) prepare() (err error) {
	request := c.echo.Request()
	if c.raw, err = readBody(request, c.route); err != nil {
		return err
	}
	if c.route.money {
		if c.act.DryRun, err = takeDryRun(c.query); err != nil {
			return err
		}
	}
	if c.route.waits() {
		c.act.Asked, c.act.RenderChange = c.asked(), c.renderChange(nethttp.StatusAccepted)
	}
	key, err := idempotencyKey(request.Header)
	switch {
	case err != nil:
		return err
	case c.act.DryRun:
		// What has no effect is not kept, and nothing that was kept answers it.
		return nil
	case key == "" && c.route.money:
		return keyRequired()
	}
	c.act.Key, c.act.Fingerprint = key, fingerprint(request, c.query, c.raw)
	return nil
}

// bindBody reads the body into what in points to, which for routes that take
// other than JSON is a *rawBody.
func (c *call) bindBody(in any) error {
	if raw, ok := in.(*rawBody); ok {
		*raw = c.raw
		return raw.check()
	}
	if lines, ok := in.(byLine); ok && c.raw.media == linesMedia {
		return decodeLines(c.raw.text, lines)
	}
	if len(c.raw.text) == 0 && nothingRequired(reflect.TypeOf(in).Elem()) {
		return nil
	}
	return decode(c.raw.text, in)
}

// param returns a name from the path.
func (c *call) param(name string) string { return c.echo.Param(name) }

// idIn returns the id that the path has under the name. One that cannot be an id
// is not found, like one that is not there.
func idIn[ID any, Pointer interface {
	*ID
	encoding.TextUnmarshaler
}](c *call, name string) (id ID, err error) {
	err = Pointer(&id).UnmarshalText([]byte(c.param(name)))
	return id, err
}

// named is what views have of things with a name: what paths and stored keys
// know them by.
type named interface{ resource() string }

// render writes the view down as the answer to this call.
func (c *call) render(view any) (postgres.Answer, error) {
	body, err := marshal(view)
	if err != nil {
		return postgres.Answer{}, err
	}
	answer := postgres.Answer{Status: c.route.successStatus(), Body: body}
	if answer.Status == nethttp.StatusNoContent {
		answer.Body = nil
	}
	thing, hasName := view.(named)
	if hasName {
		answer.Resource = thing.resource()
	}
	switch {
	case answer.Status != nethttp.StatusCreated:
	case c.act.DryRun:
		answer.Status = nethttp.StatusOK
	case hasName:
		answer.Location = c.location(answer.Resource)
	}
	return answer, nil
}

// location returns the path of the thing that the route made.
func (c *call) location(name string) string {
	path := strings.ReplaceAll(c.route.made, "{}", name)
	if c.route.access == instanceOnly {
		return "/v1/" + path
	}
	return "/v1/commons/" + c.param("commons") + "/" + path
}

// answer sends what was rendered, now or the first time.
func (c *call) answer(a postgres.Answer) error {
	header := c.echo.Response().Header()
	if a.Location != "" {
		header.Set("Location", a.Location)
	}
	if c.act.Replayed {
		header.Set("Idempotent-Replayed", "true")
	}
	if len(a.Body) == 0 {
		return c.echo.NoContent(a.Status)
	}
	// The answer is what would be read now, and can be changed again, unless it has to wait.
	if c.route.matched && a.Status == nethttp.StatusOK {
		header.Set("ETag", etagOf(a.Body))
	}
	return c.echo.Blob(a.Status, echo.MIMEApplicationJSON, a.Body)
}

// show sends the view of what was looked up.
func (c *call) show(view any) error {
	body, err := marshal(view)
	if err != nil {
		return err
	}
	if list, ok := view.(interface{ next() string }); ok && list.next() != "" {
		c.echo.Response().Header().Set("Link", c.link(list.next()))
	}
	return c.showTagged(jsonMedia, body)
}

// marshal writes every answer there is, the same view always as the same bytes.
func marshal(view any) ([]byte, error) { return json.Marshal(view, json.Deterministic(true)) }

// authenticate returns whose token the request carries. Cookies say nothing here.
func (s *Server) authenticate(ctx context.Context, r *nethttp.Request) (postgres.Caller, error) {
	token, err := bearer(r.Header)
	if err != nil {
		return postgres.Caller{}, err
	}
	return s.store.Authenticate(ctx, token)
}

// admit refuses callers whom the row is not for. A commons other than their own
// does not exist for them. A token is refused what its scopes are not for; the roles of
// its member are read where the act is done.
func admit(caller postgres.Caller, to route, slug string) error {
	switch {
	case to.access == instanceOnly && !caller.Instance:
		return ledger.Errorf(ledger.Forbidden, "forbidden",
			"Only an instance token may do this; whoever runs the machine makes one.")
	case to.access == anyMember && caller.Instance:
		return ledger.Errorf(ledger.Forbidden, "forbidden",
			"An instance token creates commons and does nothing else; use a member's token.")
	case to.access == membersOnly && (caller.Instance || caller.Commons.Slug != slug):
		return notFound()
	}
	row, known := to.operation.Right()
	if !known {
		return fmt.Errorf("%s %s has no row in the matrix of rights", to.method, to.path)
	}
	if row.Scope == "" {
		return nil // nobody in particular may ask for it
	}
	return ledger.CheckScopes(caller.Scopes, []ledger.Scope{row.Scope})
}

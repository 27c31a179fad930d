package http

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// access says whose tokens a route takes.
type access int

// The zero access is the narrowest one.
const (
	membersOnly  access = iota // tokens of the commons that the path names
	instanceOnly               // the token that creates commons
	anyMember                  // tokens of any commons
	anyone                     // requests without a token, too
)

// route is one row of the table.
type route struct {
	method  string
	path    string // below /v1, with {names}
	id      string // the operation id
	summary string
	// operation is the row of the matrix of rights that says who may ask for it.
	operation ledger.Operation
	// about says more than the summary where more needs saying.
	about  string
	access access
	// money marks an act that moves money or decides about it: it is written under
	// an idempotency key, and dry_run asks for it without effect.
	money bool
	// matched marks a change to what others may be changing too: If-Match must name
	// what the caller saw.
	matched bool
	// unkept marks an act whose answer is a secret: it is not kept under a key.
	unkept bool
	// looks marks a POST that only reads: its body is what to look at. No answer is kept.
	looks bool
	// streamed marks an answer that is sent as it is read, and so has no tag.
	streamed bool
	// made is the path, below the commons, of what a 201 answer is about, with {}
	// for its own name.
	made   string
	status int
	// largest bounds the body in bytes, 1 MiB unless given.
	largest int64
	// media lists what bodies may be, application/json unless given.
	media []string
	// example shows a body that no type describes.
	example string
	// deprecated is the day from which on nobody should begin to use the row; the
	// zero Date is none.
	deprecated ledger.Date
	// undocumented keeps a row out of the OpenAPI document: it only refuses.
	undocumented bool
	handler      handler
}

// waits reports whether the act is kept as it was asked for until a second person
// confirms it.
func (r route) waits() bool {
	row, _ := r.operation.Right()
	return row.Waits() && r.handler.body != nil
}

// keyed reports whether the answer is kept under an idempotency key.
func (r route) keyed() bool {
	return r.handler.body != nil && r.access == membersOnly && !r.unkept && !r.looks
}

// routes returns the table: every operation of the API, group by group.
func routes() []route {
	return slices.Concat(
		commonsRoutes(),
		memberRoutes(),
		suspensionRoutes(),
		erasureRoutes(),
		dataRoutes(),
		changeRoutes(),
		invitationRoutes(),
		areaRoutes(),
		kindRoutes(),
		rateRoutes(),
		fundRoutes(),
		contributionRoutes(),
		incomeRoutes(),
		agreementRoutes(),
		templateRoutes(),
		sentenceRoutes(),
		proposalRoutes(),
		voteRoutes(),
		agreementDecisionRoutes(),
		rehearsalRoutes(),
		distributionRoutes(),
		explanationRoutes(),
		accountRoutes(),
		entryRoutes(),
		spendingRoutes(),
		receivedRoutes(),
		takeRoutes(),
		periodRoutes(),
		reportRoutes(),
		tokenRoutes(),
		eventRoutes(),
		auditRoutes(),
	)
}

// inCommons is how the paths begin that are for the members of one commons.
const inCommons = "/commons/{commons}"

// none is the body or the query of a route that takes none.
type none struct{}

// handler answers one row, once the request has passed the gates. Its types are
// those of the body, of the query and of the answer, for the document.
type handler struct {
	body, query, view reflect.Type
	// media is the media type of the answer, application/json unless given.
	media string
	// formats are the media types that the answer can be had in beside JSON.
	formats []string
	serve   func(ctx context.Context, c *call) error
}

// read returns a handler that looks something up and shows it.
func read[Query, View any](
	look func(ctx context.Context, c *call, query Query) (View, error),
) handler {
	return handler{
		query: reflect.TypeFor[Query](),
		view:  reflect.TypeFor[View](),
		serve: func(ctx context.Context, c *call) error {
			var query Query
			if err := bindQuery(c.query, &query); err != nil {
				return err
			}
			view, err := look(ctx, c, query)
			if err != nil {
				return err
			}
			return c.show(view)
		},
	}
}

// write returns a handler that acts. The view of what came of it is made inside
// the act's own transaction, where the store keeps it with the idempotency key.
func write[Body, Result, View any](
	act func(ctx context.Context, c *call, body Body) (Result, error),
	view func(c *call, result Result) View,
) handler {
	return writeAsked(func(ctx context.Context, c *call, _ none, body Body) (Result, error) {
		return act(ctx, c, body)
	}, view)
}

// writeAsked is write for acts that take a query beside their body.
func writeAsked[Query, Body, Result, View any](
	act func(ctx context.Context, c *call, query Query, body Body) (Result, error),
	view func(c *call, result Result) View,
) handler {
	return handler{
		query: reflect.TypeFor[Query](),
		body:  reflect.TypeFor[Body](),
		view:  reflect.TypeFor[View](),
		serve: func(ctx context.Context, c *call) error {
			var query Query
			var body Body
			if err := bindQuery(c.query, &query); err != nil {
				return err
			}
			if err := c.bindBody(&body); err != nil {
				return err
			}
			if err := c.requireMatch(); err != nil {
				return err
			}
			c.act.Render = func(result any) (postgres.Answer, error) {
				return c.render(view(c, result.(Result)))
			}
			result, err := act(ctx, c, query, body)
			if err != nil && !errors.Is(err, postgres.ErrReplayed) && !errors.Is(err, postgres.ErrWaits) {
				return err
			}
			if c.act.Answer.Status == 0 {
				// The act was one that keeps no answers, such as founding a commons.
				if c.act.Answer, err = c.render(view(c, result)); err != nil {
					return err
				}
			}
			c.server.tellConfirmers(ctx, c.act)
			return c.answer(c.act.Answer)
		},
	}
}

// colons returns the path as the router writes it: {name} as :name.
func colons(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

package http

import (
	"context"
	"errors"
	"log/slog"
	"net"
	nethttp "net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"phyle/ledger"
)

// problem is the body of every refusal, as RFC 9457 has it.
type problem struct {
	Type      string              `json:"type" doc:"A page about this problem." example:"/docs/problems/malformed_amount"`
	Title     string              `json:"title" doc:"The code in words." example:"Malformed amount"`
	Status    int                 `json:"status" doc:"The status of the answer." example:"422"`
	Detail    string              `json:"detail" doc:"What is wrong and what to do." example:"One field is wrong."`
	Code      string              `json:"code" doc:"The stable name of the problem." example:"malformed_amount"`
	RequestID string              `json:"request_id" doc:"The id to name when asking about it." example:"req_7"`
	Errors    []ledger.FieldError `json:"errors,omitempty" doc:"Every wrong field, by JSON Pointer."`
	Facts     map[string]string   `json:",embed" hidden:"true"`
}

// statusOfKind says which status a refusal of the kind has, unless its code is
// in statusOfCode.
var statusOfKind = map[ledger.Kind]int{
	ledger.Invalid:         nethttp.StatusUnprocessableEntity,
	ledger.Malformed:       nethttp.StatusBadRequest,
	ledger.NotFound:        nethttp.StatusNotFound,
	ledger.Conflict:        nethttp.StatusConflict,
	ledger.Forbidden:       nethttp.StatusForbidden,
	ledger.Unauthenticated: nethttp.StatusUnauthorized,
	ledger.Unavailable:     nethttp.StatusServiceUnavailable,
}

// statusOfCode holds the refusals for which HTTP has a status of its own.
var statusOfCode = map[string]int{
	"method_not_allowed":     nethttp.StatusMethodNotAllowed,
	"too_many_requests":      nethttp.StatusTooManyRequests,
	"too_many_tries":         nethttp.StatusTooManyRequests,
	"precondition_required":  nethttp.StatusPreconditionRequired,
	"precondition_failed":    nethttp.StatusPreconditionFailed,
	"body_too_slow":          nethttp.StatusRequestTimeout,
	"body_too_large":         nethttp.StatusRequestEntityTooLarge,
	"unsupported_encoding":   nethttp.StatusUnsupportedMediaType,
	"unsupported_media_type": nethttp.StatusUnsupportedMediaType,
}

// notFoundDetail is all that a missing thing is told about, so that it cannot be
// told from one that the caller may not know of.
const notFoundDetail = "There is nothing here by that name, or nothing that this token may know " +
	"of. Check the path and the ids in it."

// refuse answers the request with the problem that err is. Errors that are not
// the caller's are logged, without what they quote, and told to nobody.
func (s *Server) refuse(err error, c echo.Context) {
	e := s.answerable(c, err)
	c.Set(codeKey, e.Code)
	s.metrics.refusals.WithLabelValues(e.Code).Inc()
	if c.Response().Committed {
		return
	}
	if wantsPage(c) {
		if err := (&visit{server: s, echo: c}).sendRefusal(e); err != nil {
			s.logFault(c, err)
		}
		return
	}
	p := newProblem(e, requestID(c))
	header := c.Response().Header()
	switch p.Status {
	case nethttp.StatusUnauthorized:
		header.Set("WWW-Authenticate", "Bearer")
	case nethttp.StatusServiceUnavailable:
		header.Set("Retry-After", "1")
	case nethttp.StatusRequestEntityTooLarge, nethttp.StatusRequestTimeout:
		header.Set("Connection", "close")
	}
	body, err := marshal(p)
	if err != nil {
		s.logFault(c, err)
		return
	}
	if err := c.Blob(p.Status, "application/problem+json", body); err != nil {
		s.options.Log.Debug("answer not sent", "request_id", requestID(c),
			"error", withoutPeer(err))
	}
}

// answerable returns what the caller is told of err. What is our own fault is logged.
func (s *Server) answerable(c echo.Context, err error) *ledger.Error {
	if e := asRefusal(err); e != nil {
		return e
	}
	s.logFault(c, err)
	return ledger.Errorf("", "internal", "Something is wrong on our side; nothing about it is yours to "+
		"correct. Name the request id when you ask for help.")
}

func (s *Server) logFault(c echo.Context, err error) {
	s.options.Log.LogAttrs(c.Request().Context(), slog.LevelError, "internal",
		append(s.about(c), slog.String("error", withoutQuotations(err.Error())))...)
}

// withoutQuotations returns the text of an error without what it quotes, from the
// first quotation mark to the last: what is quoted may hold some itself. It is what
// somebody has written, such as a note, a name, the number of an account.
func withoutQuotations(text string) string {
	first, last := strings.IndexByte(text, '"'), strings.LastIndexByte(text, '"')
	switch {
	case first < 0:
		return text
	case first == last:
		return text[:first] + `"…"`
	}
	return text[:first] + `"…"` + text[last+1:]
}

// withoutPeer returns what went wrong on a connection without whose it was.
func withoutPeer(err error) error {
	var connection *net.OpError
	if errors.As(err, &connection) {
		return connection.Err
	}
	return err
}

// asRefusal returns what the caller is to be told of err, nil if it is our fault.
func asRefusal(err error) *ledger.Error {
	var refusal *ledger.Error
	var routing *echo.HTTPError
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.As(err, &routing) && routing.Code == nethttp.StatusMethodNotAllowed:
		return ledger.Errorf(ledger.Malformed, "method_not_allowed",
			"This path does not take that method; the Allow header names those that it takes.")
	case errors.As(err, &routing) && routing.Code == nethttp.StatusNotFound:
		return notFound()
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return ledger.Errorf(ledger.Unavailable, "too_slow",
			"This took too long and was given up. Try again, with the same Idempotency-Key if it had one.")
	}
	return nil
}

// below puts the wrong fields of an act on n items into the body's list of them.
// The store points at /0, /1 and so on, and at a single item not at all.
func below(pointer string, n int, err error) error {
	var refusal *ledger.Error
	if !errors.As(err, &refusal) || len(refusal.Fields) == 0 {
		return err
	}
	if n == 1 {
		pointer += "/0"
	}
	moved := *refusal
	moved.Fields = nil
	for _, f := range refusal.Fields {
		f.Pointer = pointer + f.Pointer
		moved.Fields = append(moved.Fields, f)
	}
	return &moved
}

// notFound is what a path gets that leads nowhere, for whatever reason.
func notFound() *ledger.Error {
	return ledger.Errorf(ledger.NotFound, "not_found", notFoundDetail)
}

// newProblem returns the problem document of the refusal.
func newProblem(e *ledger.Error, requestID string) problem {
	p := problem{
		Type:      "/docs/problems/" + e.Code,
		Title:     inWords(e.Code),
		Status:    statusOf(e),
		Detail:    e.Message,
		Code:      e.Code,
		RequestID: requestID,
		Errors:    e.Fields,
		Facts:     map[string]string{},
	}
	for name, fact := range e.Detail {
		if !isProblemMember(name) {
			p.Facts[name] = fact
		}
	}
	if e.Kind == ledger.NotFound && len(e.Fields) == 0 {
		p.Detail, p.Facts = notFoundDetail, nil
	}
	return p
}

func statusOf(e *ledger.Error) int {
	if status, ok := statusOfCode[e.Code]; ok {
		return status
	}
	if status, ok := statusOfKind[e.Kind]; ok {
		return status
	}
	return nethttp.StatusInternalServerError
}

// isProblemMember reports whether the name is taken, so that no fact of a refusal
// can stand in for it.
func isProblemMember(name string) bool {
	switch name {
	case "type", "title", "status", "detail", "code", "request_id", "errors", "instance":
		return true
	}
	return false
}

// inWords returns the code as a title: "not_found" as "Not found".
func inWords(code string) string {
	words := strings.ReplaceAll(code, "_", " ")
	if words == "" {
		return words
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

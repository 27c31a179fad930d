package http

import (
	nethttp "net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"phyle/ledger"
)

// note counts a refusal, and has its code in the log.
func (v *visit) note(e *ledger.Error) {
	v.echo.Set(codeKey, e.Code)
	v.server.metrics.refusals.WithLabelValues(e.Code).Inc()
}

// refusedPage says what went wrong and where to go on.
type refusedPage struct {
	Message, RequestID string
	Path, Words        string
}

// refuse answers with a page that says what is wrong and what to do. Errors that are
// our own fault are logged, and told to nobody.
func (v *visit) refuse(err error) error {
	e := v.server.answerable(v.echo, err)
	v.note(e)
	if v.echo.Response().Committed {
		return nil // what was sent is no page, and cut short
	}
	if (e.Code == "signed_out" || e.Code == "sign_in_again") && v.echo.Request().Method != nethttp.MethodPost {
		return v.goTo(via(signInPath, v.echo.Request().URL.Path))
	}
	return v.sendRefusal(e)
}

// sendRefusal answers with the page about the refusal.
func (v *visit) sendRefusal(e *ledger.Error) error {
	title, found := refusalTitles[e.Code]
	if !found {
		title = inWords(e.Code)
	}
	data := refusedPage{Message: e.Message, RequestID: requestID(v.echo), Path: "/", Words: "Go on"}
	switch e.Code {
	case "signed_out":
		data.Path, data.Words = signInPath, "Sign in"
	case "sign_in_again": // whatever asks for that has a page at the same path
		data.Path, data.Words = via(signInPath, v.echo.Request().URL.Path), "Sign in again"
	}
	return v.send(statusOf(e), "web_refused", webPage{Title: title, Data: data})
}

// refusalTitles are the headings of the pages that say what is wrong.
var refusalTitles = map[string]string{
	"already_in_commons": "You are a member already",
	"already_set_up":     "This is set up already",
	"code_gone":          "That code is good no more",
	"cross_origin":       "That came from another site",
	"email_taken":        "Somebody has that address already",
	"form_stale":         "This page was out of date",
	"insecure_address":   "This address is not safe to sign in at",
	"internal":           "Something is wrong on our side",
	"last_steward":       "You are the last steward",
	"last_treasurer":     "You are the last treasurer",
	"link_gone":          "This link is good no more",
	"link_used":          "This link was used already",
	"mail_not_set_up":    "No mail can be sent from here",
	"malformed_form":     "That could not be read",
	"member_suspended":   "You are suspended here",
	"not_found":          "There is nothing here",
	"passkey_refused":    "That passkey opens nothing",
	"passkeys_need_name": "There are no passkeys here",
	"sign_in_again":      "Sign in again first",
	"signed_out":         "You are signed out",
	"too_many_requests":  "That was too fast",
	"too_many_passkeys":  "You have many passkeys",
	"too_many_tries":     "That was tried too often",
}

// wantsPage reports whether what is refused was asked for by a person in a browser.
func wantsPage(c echo.Context) bool {
	r := c.Request()
	return strings.Contains(r.Header.Get("Accept"), "text/html") &&
		!strings.HasPrefix(r.URL.Path, "/v1") && r.Method != nethttp.MethodHead
}

package http

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net"
	nethttp "net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// webPolicy lets the pages for people use their stylesheet and icon, send forms to
// this server, and nothing else.
const webPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

// policyOf lets the pages about passkeys run the script that is served beside them.
func policyOf(page webPage) string {
	if page.HasScript() {
		return webPolicy + "; script-src 'self'"
	}
	return webPolicy
}

const (
	formBytes = 16 << 10
	// stayTime is how long a browser keeps the cookie; the store ends sessions itself.
	stayTime = 14 * 24 * time.Hour
)

// webRoute is one row of the table of pages.
type webRoute struct {
	method, path string
	// operation is the row of the matrix of rights that the page belongs to: where nobody in
	// particular may, who is not signed in may, too.
	operation ledger.Operation
	// fresh says that it asks for a sign-in of the last 15 minutes, as acts do that
	// decide about money or about who somebody is.
	fresh bool
	serve func(ctx context.Context, v *visit) error
}

// webRoutes returns the table: every page for people.
func webRoutes() []webRoute {
	return slices.Concat(homePages(), setUpPages(), signInPages(), passwordPages(), passkeyPages(),
		invitationPages(), accountPages(), tokenPages(), changePages(), dataPages(), leavePages())
}

// visit is one request for a page, of somebody or nobody.
type visit struct {
	server *Server
	echo   echo.Context
	form   url.Values
	// session is that of who is signed in, else the zero one.
	session postgres.Session
	// secret is that of the session, and visit that of the browser, which forms and
	// codes to sign in are tied to.
	secret, visit string
}

// registerPages puts the pages for people beside the table of the API.
func (s *Server) registerPages() {
	for _, r := range webRoutes() {
		serve := func(c echo.Context) error { return s.servePage(c, r) }
		if r.method == nethttp.MethodGet {
			s.show(r.path, serve)
		} else {
			s.echo.Add(r.method, r.path, serve)
		}
	}
}

// servePage takes a request through the gates of the pages and to its page.
func (s *Server) servePage(c echo.Context, r webRoute) error {
	v := &visit{server: s, echo: c}
	c.Response().Header().Set("Cache-Control", "no-store")
	err := v.admit(c.Request().Context(), r)
	if err == nil {
		err = r.serve(c.Request().Context(), v)
	}
	if err == nil {
		return nil
	}
	return v.refuse(err)
}

// admit lets in what comes from a page of this server, by somebody who is signed in
// where the page is for them only.
func (v *visit) admit(ctx context.Context, r webRoute) error {
	request := v.echo.Request()
	if !v.server.isSecure() && !isLoopback(hostOf(request.Host)) {
		return ledger.Errorf(ledger.Forbidden, "insecure_address",
			"People sign in over https only, or on the machine itself. Whoever runs this Phyle "+
				"sets PHYLE_URL to the https address at which it is reached.")
	}
	v.readVisit()
	if err := v.readSession(ctx); err != nil {
		return err
	}
	if request.Method == nethttp.MethodPost {
		if err := v.readForm(); err != nil {
			return err
		}
	}
	row, _ := r.operation.Right()
	switch {
	case row.Anonymous == ledger.Yes:
		return nil
	case !v.isSignedIn():
		return errSignedOut
	case r.fresh && !v.isFresh():
		return errNotFresh
	}
	return nil
}

// errNotFresh is what a page answers that asks for a fresh sign-in.
var errNotFresh = ledger.Errorf(ledger.Forbidden, "sign_in_again",
	"This asks for a sign-in of the last 15 minutes, so nothing was done. Sign in again.")

// isFresh reports whether somebody has signed in within the last 15 minutes.
func (v *visit) isFresh() bool {
	return v.isSignedIn() && v.session.IsFresh(v.server.now())
}

// errSignedOut is what a page answers that is not for everybody.
var errSignedOut = ledger.Errorf(ledger.Unauthenticated, "signed_out",
	"You are not signed in here, or not any more; sign in again.")

// isSignedIn reports whether somebody is signed in.
func (v *visit) isSignedIn() bool { return v.session.ID != "" }

// caller is who is signed in, as the member that they are in the commons that the path
// names.
func (v *visit) caller(ctx context.Context) (postgres.Caller, error) {
	return v.server.store.CallerOf(ctx, v.session.Person.ID, v.echo.Param("commons"))
}

// isSecure reports whether browsers reach the server over https.
func (s *Server) isSecure() bool { return s.options.URL.Scheme == "https" }

func hostOf(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

// The cookies, whose names begin with __Host- over https: no other host can plant one.
const (
	sessionCookie = "phyle"
	visitCookie   = "phyle-visit"
)

func (v *visit) cookie(name string) string {
	cookie, err := v.echo.Request().Cookie(v.server.cookieName(name))
	if err != nil {
		return ""
	}
	return cookie.Value
}

func (s *Server) cookieName(name string) string {
	if s.isSecure() {
		return "__Host-" + name
	}
	return name
}

// setCookie has the browser keep the value for so long; 0 is until it is closed, and
// below 0 it forgets it.
func (v *visit) setCookie(name, value string, stay time.Duration) {
	v.echo.SetCookie(&nethttp.Cookie{
		Name: v.server.cookieName(name), Value: value, Path: "/", MaxAge: int(stay.Seconds()),
		Secure: v.server.isSecure(), HttpOnly: true, SameSite: nethttp.SameSiteLaxMode,
	})
}

// readVisit takes the browser's secret, or gives it one.
func (v *visit) readVisit() {
	v.visit = v.cookie(visitCookie)
	if raw, err := base64.RawURLEncoding.DecodeString(v.visit); err != nil || len(raw) != 32 {
		secret := make([]byte, 32)
		_, _ = rand.Read(secret) // it never fails: package crypto/rand ends the program instead
		v.setVisit(base64.RawURLEncoding.EncodeToString(secret))
	}
}

func (v *visit) setVisit(secret string) {
	v.visit = secret
	v.setCookie(visitCookie, secret, 0)
}

// readSession finds out who is signed in. A session that has ended is forgotten.
func (v *visit) readSession(ctx context.Context) error {
	v.secret = v.cookie(sessionCookie)
	if v.secret == "" {
		return nil
	}
	session, err := v.server.store.Session(ctx, v.secret)
	var refusal *ledger.Error
	if errors.As(err, &refusal) && refusal.Kind == ledger.Unauthenticated {
		v.leave()
		return nil
	}
	v.session = session
	return err
}

// enter signs the browser in under a new secret, and gives it a new one of its own.
func (v *visit) enter(secret string) {
	v.setCookie(sessionCookie, secret, stayTime)
	v.setCookie(visitCookie, "", -time.Second)
}

// enterAgain is enter for who may be signed in already, with fewer rights: the session
// from before ends.
func (v *visit) enterAgain(ctx context.Context, secret string) error {
	v.enter(secret)
	if v.isSignedIn() {
		err := v.server.store.EndSession(ctx, v.session.Person.ID, v.session.ID)
		if err != nil && !isAbout(err, ledger.NotFound) {
			return err
		}
	}
	return v.goTo(v.onward())
}

// onward returns the page of ours that somebody was on the way to when they were asked
// to sign in, the first one if none. It leads nowhere else.
func (v *visit) onward() string {
	to := v.echo.QueryParam("to")
	if v.form != nil {
		to = v.form.Get("to")
	}
	if !isPlainPath(to, to) || strings.HasPrefix(to, signInPath) {
		return "/"
	}
	return to
}

const signInPath = "/sign-in"

// via returns the path of a page to sign in on, from which it goes on to another.
func via(page, to string) string {
	if to == "/" {
		return page
	}
	return page + "?to=" + url.QueryEscape(to)
}

// leave has the browser forget who was signed in.
func (v *visit) leave() {
	v.secret, v.session = "", postgres.Session{}
	v.setCookie(sessionCookie, "", -time.Second)
}

// readForm reads the fields of a form that one of our own pages has shown to this
// browser, as it is signed in now.
func (v *visit) readForm() error {
	request := v.echo.Request()
	if v.session.ID == "" {
		if err := v.server.strangers.take(v.echo.Response().Header(), v.echo.RealIP()); err != nil {
			return err
		}
	}
	request.Body = nethttp.MaxBytesReader(v.echo.Response(), request.Body, formBytes)
	if err := request.ParseForm(); err != nil {
		return ledger.Errorf(ledger.Malformed, "malformed_form",
			"The form could not be read; open the page again and send less.")
	}
	v.form = request.PostForm
	if subtle.ConstantTimeCompare([]byte(v.form.Get("token")), []byte(v.token())) != 1 {
		return ledger.Errorf(ledger.Forbidden, "form_stale",
			"This page was open from before you signed in or out, so nothing was done. Open it "+
				"again and send it once more.")
	}
	return nil
}

// token is what a form must bring along: it says that the form was shown to this
// browser, as it is signed in now.
func (v *visit) token() string {
	mac := hmac.New(sha256.New, []byte(v.visit))
	mac.Write([]byte("form " + v.secret))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// field returns a field of the form, without blanks around it.
func (v *visit) field(name string) string { return strings.TrimSpace(v.form.Get(name)) }

// goTo sends the browser to another page of ours.
func (v *visit) goTo(path string) error { return v.echo.Redirect(nethttp.StatusSeeOther, path) }

// webPage is what the templates of the pages are given.
type webPage struct {
	Title  string
	Token  string
	Person string
	// To is where it goes on after signing in, "" if to the first page.
	To string
	// Wrong is what of a form must be corrected.
	Wrong []ledger.FieldError
	Data  any
}

// HasScript reports whether the page has the script that asks for passkeys.
func (p webPage) HasScript() bool {
	_, found := p.Data.(passkeyPage)
	return found
}

// Fault returns what is wrong with the field, "" if nothing is.
func (p webPage) Fault(field string) string {
	for _, wrong := range p.Wrong {
		if wrong.Pointer == field {
			return wrong.Message
		}
	}
	return ""
}

// show answers with a page.
func (v *visit) show(template, title string, data any) error {
	return v.send(nethttp.StatusOK, template, webPage{Title: title, Data: data})
}

// form is a page that asks for something, as it was filled in.
type form struct {
	template, title string
	data            any
}

// showAgain answers with a form that is to be corrected at the field. Errors that are
// not for its reader stay as they are.
func (v *visit) showAgain(f form, field string, err error) error {
	var refusal *ledger.Error
	if !errors.As(err, &refusal) {
		return err
	}
	page := webPage{Title: f.title, Data: f.data}
	for _, wrong := range refusal.Fields {
		wrong.Pointer = strings.ReplaceAll(strings.TrimPrefix(wrong.Pointer, "/"), "/", "-")
		page.Wrong = append(page.Wrong, wrong)
	}
	if len(page.Wrong) == 0 {
		page.Wrong = []ledger.FieldError{{Pointer: field, Message: refusal.Message}}
	}
	v.note(refusal)
	return v.send(statusOf(refusal), f.template, page)
}

func (v *visit) send(status int, template string, page webPage) error {
	page.Token, page.Person = v.token(), v.session.Person.Name
	if to := v.onward(); to != "/" {
		page.To = to
	}
	text, err := v.server.render(template, page)
	if err != nil {
		return err
	}
	header := v.echo.Response().Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", policyOf(page))
	header.Set("Referrer-Policy", "same-origin") // else browsers send forms from Origin: null
	return v.echo.HTMLBlob(status, text)
}

// now is the clock of the books.
func (s *Server) now() time.Time { return s.store.Now() }

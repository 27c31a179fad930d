package http

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

func signInPages() []webRoute {
	return []webRoute{
		{
			method: "GET", path: "/sign-in",
			operation: ledger.SignIn, serve: showSignIn,
		},
		{
			method: "POST", path: "/sign-in",
			operation: ledger.SignIn, serve: startSignIn,
		},
		{
			method: "GET", path: "/sign-in/code",
			operation: ledger.SignIn, serve: showCode,
		},
		{
			method: "POST", path: "/sign-in/code",
			operation: ledger.SignIn, serve: finishSignIn,
		},
		{
			method: "POST", path: "/sign-out",
			operation: ledger.KeepAccount, serve: signOut,
		},
	}
}

// emailPage is a form that asks for an address, as it was filled in.
type emailPage struct{ Email string }

// signInPage is how somebody can sign in here.
type signInPage struct {
	Email string
	// Sends says that codes reach people, and Passkeys that there can be some.
	Sends, Passkeys bool
}

func (v *visit) signInPage(email string) signInPage {
	return signInPage{email, v.server.sendsCodes(), v.server.passkeys != nil}
}

func showSignIn(_ context.Context, v *visit) error {
	if v.isFresh() {
		return v.goTo(v.onward())
	}
	return v.show("web_sign_in", "Sign in", v.signInPage(v.session.Person.Email))
}

// canSend refuses to promise a code where none can be sent.
func (s *Server) canSend() error {
	if s.sendsCodes() {
		return nil
	}
	return ledger.Errorf(ledger.Unavailable, "mail_not_set_up",
		"People sign in with a code by mail, and this Phyle has no mail server. Whoever runs it "+
			"sets PHYLE_SMTP and PHYLE_MAIL_FROM; to try things out, phyle serve --development "+
			"writes the codes into its log.")
}

// sendsCodes reports whether codes reach anybody, by mail or in the log.
func (s *Server) sendsCodes() bool { return s.post.mail.isSet() || s.options.Development }

func startSignIn(ctx context.Context, v *visit) error {
	return v.sendCode(ctx, postgres.SignIn{Email: v.field("email")}, func(err error) error {
		return v.showAgain(form{"web_sign_in", "Sign in", v.signInPage(v.field("email"))}, "email", err)
	})
}

// sendCode sends a code and asks for it. Nothing tells whether anybody has the
// address. What is wrong with it goes back to the form.
func (v *visit) sendCode(
	ctx context.Context, in postgres.SignIn, again func(error) error,
) error {
	if err := v.server.canSend(); err != nil {
		return err
	}
	if err := ledger.CheckEmail(in.Email); err != nil {
		return again(err)
	}
	if err := v.try("send " + strings.ToLower(in.Email)); err != nil {
		return err
	}
	sent, err := v.server.store.StartSignIn(ctx, in)
	if err != nil {
		return err
	}
	v.server.sendLetter(sent)
	v.setVisit(sent.Visit)
	return v.goTo(via(signInPath+"/code", v.onward()))
}

// isAbout reports whether err is a refusal of the kind.
func isAbout(err error, kind ledger.Kind) bool {
	var refusal *ledger.Error
	return errors.As(err, &refusal) && refusal.Kind == kind
}

// sendLetter sends the code, or writes it into the log of who develops.
func (s *Server) sendLetter(sent postgres.Letter) {
	switch {
	case sent.To == "":
	case s.post.mail.isSet():
		s.post.post(letter{
			to: sent.To, subject: sent.Code + " is your code to sign in",
			text: fmt.Sprintf("Your code to sign in at %s is\n\n    %s\n\n"+
				"It is good for 10 minutes, once, in the browser in which you asked for it.\n\n"+
				"You get this because somebody typed your address there. If that was not you, nothing\n"+
				"happens: do not pass the code on.\n", s.options.URL, sent.Code),
		})
	default:
		s.options.Log.Warn("code to sign in, for development only", "code", sent.Code)
	}
}

// tell sends who is signed in a letter about what was done with their account, so that
// they learn of what was done by somebody else.
func (v *visit) tell(what string) {
	if !v.server.post.mail.isSet() {
		return
	}
	v.server.post.post(letter{
		to: v.session.Person.Email, subject: "Your account was changed",
		text: fmt.Sprintf("%s\n\nIt was done at %s in %s.\n\n"+
			"If that was not you, sign in there with a code, sign out everywhere else, and remove what\n"+
			"you do not know.\n", what, v.server.options.URL, v.browser().Agent),
	})
}

// codePage asks for the code that was sent.
type codePage struct{ Email string }

func showCode(ctx context.Context, v *visit) error {
	if v.isFresh() {
		return v.goTo(v.onward())
	}
	email, err := v.server.store.SentTo(ctx, v.visit)
	if err != nil {
		return err
	}
	if email == "" {
		return v.goTo(via(signInPath, v.onward()))
	}
	return v.show("web_code", "Type the code", codePage{email})
}

func finishSignIn(ctx context.Context, v *visit) error {
	email, err := v.server.store.SentTo(ctx, v.visit)
	if err != nil {
		return err
	}
	account := strings.ToLower(email)
	if err := v.try("code " + account); err != nil {
		return err
	}
	code := strings.Map(digitsOnly, v.form.Get("code"))
	secret, err := v.server.store.FinishSignIn(ctx, v.visit, code, v.browser())
	if isCode(err, "code_gone") || isCode(err, "code_wrong") {
		return v.showAgain(form{"web_code", "Type the code", codePage{email}}, "code", err)
	}
	if err != nil {
		return err
	}
	v.forgive("code " + account)
	v.forgive("send " + account)
	return v.enterAgain(ctx, secret)
}

func isCode(err error, code string) bool {
	var refusal *ledger.Error
	return errors.As(err, &refusal) && refusal.Code == code
}

// digitsOnly drops what people type or paste between the digits of a code.
func digitsOnly(r rune) rune {
	if r < '0' || r > '9' {
		return -1
	}
	return r
}

func signOut(ctx context.Context, v *visit) error {
	if err := v.server.store.EndSession(ctx, v.session.Person.ID, v.session.ID); err != nil {
		return err
	}
	v.leave()
	return v.goTo("/sign-in")
}

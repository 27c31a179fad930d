package http

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// mostPasskeys is how many passkeys a person may have.
const mostPasskeys = 20

func passkeyPages() []webRoute {
	return []webRoute{
		{
			method: "GET", path: "/sign-in/passkey",
			operation: ledger.SignIn, serve: showPasskey,
		},
		{
			method: "POST", path: "/sign-in/passkey",
			operation: ledger.SignIn, serve: signInByPasskey,
		},
		{
			method: "GET", path: "/account/passkey",
			operation: ledger.KeepAccount, fresh: true, serve: showNewPasskey,
		},
		{
			method: "POST", path: "/account/passkey",
			operation: ledger.KeepAccount, fresh: true, serve: addPasskey,
		},
		{
			method: "GET", path: "/account/passkeys/:passkey",
			operation: ledger.KeepAccount, fresh: true, serve: showRemoval,
		},
		{
			method: "POST", path: "/account/passkeys/:passkey",
			operation: ledger.KeepAccount, fresh: true, serve: removePasskey,
		},
	}
}

// passkeysAt returns what checks passkeys at the address, nil where there are none:
// they belong to a name, and to no number.
func passkeysAt(u *url.URL) *webauthn.WebAuthn {
	if net.ParseIP(u.Hostname()) != nil {
		return nil
	}
	checker, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "Phyle", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey:        protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification:   protocol.VerificationRequired,
		},
	})
	if err != nil {
		panic(fmt.Sprintf("passkeys at %s: %v", u, err))
	}
	return checker
}

// errNoPasskeys is what is answered where there can be no passkeys.
var errNoPasskeys = ledger.Errorf(ledger.Conflict, "passkeys_need_name",
	"Passkeys belong to a name, and this Phyle is reached by a number. Whoever runs it sets "+
		"PHYLE_URL to an address with a name, such as http://localhost:8080.")

// errPasskey is what a passkey gets that signs nobody in, for whatever reason.
var errPasskey = ledger.Errorf(ledger.Forbidden, "passkey_refused",
	"That passkey opens nothing here, or its answer took longer than 5 minutes. Try again, or "+
		"sign in another way.")

// holder is a person as the protocol sees them.
type holder struct {
	person ledger.Person
	keys   []webauthn.Credential
}

// WebAuthnID is what passkeys know the person by.
func (h holder) WebAuthnID() []byte { return []byte(h.person.ID) }

// WebAuthnName tells people which of their passkeys is which.
func (h holder) WebAuthnName() string { return h.person.Email }

// WebAuthnDisplayName is shown beside it.
func (h holder) WebAuthnDisplayName() string { return h.person.Name }

// WebAuthnCredentials are the passkeys that the person has.
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

// holderOf returns the person with the passkeys.
func holderOf(person ledger.Person, keys []postgres.Passkey) (holder, error) {
	h := holder{person: person, keys: make([]webauthn.Credential, len(keys))}
	for i, k := range keys {
		if err := json.Unmarshal([]byte(k.Credential), &h.keys[i]); err != nil {
			return h, err
		}
	}
	return h, nil
}

// passkeyPage has a browser ask for a passkey. Options is what it is asked for.
type passkeyPage struct{ Options string }

// ask keeps what the browser is asked to have signed, and returns the options for it.
func (v *visit) ask(
	ctx context.Context, options any, kept *webauthn.SessionData, err error,
) (string, error) {
	if err != nil {
		return "", err
	}
	asked, err := json.Marshal(options)
	if err != nil {
		return "", err
	}
	challenge, err := json.Marshal(kept)
	if err != nil {
		return "", err
	}
	return string(asked), v.server.store.StartCeremony(ctx, v.visit, string(challenge))
}

// asked returns what this browser was asked to have signed, once.
func (v *visit) asked(ctx context.Context) (kept webauthn.SessionData, err error) {
	challenge, err := v.server.store.TakeCeremony(ctx, v.visit)
	if isAbout(err, ledger.NotFound) {
		return kept, errPasskey
	}
	if err != nil {
		return kept, err
	}
	return kept, json.Unmarshal([]byte(challenge), &kept)
}

const passkeyTitle, newPasskeyTitle = "Sign in with a passkey", "Add a passkey"

func showPasskey(ctx context.Context, v *visit) error {
	if v.isFresh() {
		return v.goTo(v.onward())
	}
	f, err := v.passkeyForm(ctx)
	if err != nil {
		return err
	}
	return v.show(f.template, f.title, f.data)
}

// passkeyForm asks for whichever passkey the browser has.
func (v *visit) passkeyForm(ctx context.Context) (form, error) {
	checker := v.server.passkeys
	if checker == nil {
		return form{}, errNoPasskeys
	}
	options, kept, err := checker.BeginDiscoverableLogin(
		webauthn.WithUserVerification(protocol.VerificationRequired))
	asked, err := v.ask(ctx, options, kept, err)
	return form{"web_passkey", passkeyTitle, passkeyPage{asked}}, err
}

// signInByPasskey signs in whose passkey has signed what this browser was asked to.
func signInByPasskey(ctx context.Context, v *visit) error {
	if v.server.passkeys == nil {
		return errNoPasskeys
	}
	if err := v.try("passkey"); err != nil {
		return err
	}
	key, err := v.checkPasskey(ctx)
	if errors.Is(err, errPasskey) {
		again, failed := v.passkeyForm(ctx)
		if failed != nil {
			return failed
		}
		return v.showAgain(again, "passkey", err)
	}
	if err != nil {
		return err
	}
	v.forgive("passkey")
	secret, err := v.server.store.SignInWith(ctx, key, v.browser())
	if err != nil {
		return err
	}
	return v.enterAgain(ctx, secret)
}

// checkPasskey returns the passkey that the form has an answer of, as it is to be kept.
func (v *visit) checkPasskey(ctx context.Context) (key postgres.Passkey, err error) {
	kept, err := v.asked(ctx)
	if err != nil {
		return key, err
	}
	answer, err := protocol.ParseCredentialRequestResponseBytes([]byte(v.form.Get("answer")))
	if err != nil {
		return key, errPasskey
	}
	key, err = v.server.store.PasskeyOf(ctx, answer.RawID)
	if isAbout(err, ledger.NotFound) {
		return key, errPasskey
	}
	if err != nil {
		return key, err
	}
	whose, err := holderOf(key.Person, []postgres.Passkey{key})
	if err != nil {
		return key, err
	}
	find := func(_, handle []byte) (webauthn.User, error) {
		if string(handle) != string(whose.person.ID) {
			return nil, errPasskey
		}
		return whose, nil
	}
	_, used, err := v.server.passkeys.ValidatePasskeyLogin(find, kept, answer)
	if err != nil || used.Authenticator.CloneWarning {
		return key, errPasskey
	}
	text, err := json.Marshal(used)
	key.Credential = string(text)
	return key, err
}

func showNewPasskey(ctx context.Context, v *visit) error {
	f, err := v.newPasskeyForm(ctx)
	if err != nil {
		return err
	}
	return v.show(f.template, f.title, f.data)
}

// newPasskeyForm asks for a passkey beside those that the person has.
func (v *visit) newPasskeyForm(ctx context.Context) (f form, err error) {
	checker := v.server.passkeys
	if checker == nil {
		return f, errNoPasskeys
	}
	whose, err := v.holder(ctx)
	if err != nil {
		return f, err
	}
	options, kept, err := checker.BeginRegistration(whose,
		webauthn.WithExclusions(webauthn.Credentials(whose.keys).CredentialDescriptors()))
	asked, err := v.ask(ctx, options, kept, err)
	return form{"web_new_passkey", newPasskeyTitle, passkeyPage{asked}}, err
}

// holder returns who is signed in with their passkeys, if they may have another.
func (v *visit) holder(ctx context.Context) (holder, error) {
	keys, err := v.server.store.Passkeys(ctx, v.session.Person.ID)
	if err == nil && len(keys) >= mostPasskeys {
		err = ledger.Errorf(ledger.Conflict, "too_many_passkeys",
			"You have %d passkeys, which is as many as fit; remove one first.", len(keys))
	}
	if err != nil {
		return holder{}, err
	}
	return holderOf(v.session.Person, keys)
}

// addPasskey keeps the passkey that the browser has made, as it was asked to.
func addPasskey(ctx context.Context, v *visit) error {
	if v.server.passkeys == nil {
		return errNoPasskeys
	}
	kept, err := v.asked(ctx)
	if err != nil {
		return err
	}
	whose, err := v.holder(ctx)
	if err != nil {
		return err
	}
	answer, err := protocol.ParseCredentialCreationResponseBytes([]byte(v.form.Get("answer")))
	if err != nil {
		return errPasskey
	}
	made, err := v.server.passkeys.CreateCredential(whose, kept, answer)
	if err != nil {
		return errPasskey
	}
	text, err := json.Marshal(made)
	if err != nil {
		return err
	}
	err = v.server.store.AddPasskey(ctx, postgres.Passkey{
		Person: v.session.Person, Name: made.ID, Credential: string(text), Agent: v.browser().Agent,
	})
	if err != nil {
		return err
	}
	v.tell("A passkey was added: from now on it signs you in.")
	return v.goTo("/account")
}

// removalPage asks whether a passkey is to be removed.
type removalPage struct{ passkeyLine }

// passkey returns the passkey of who is signed in that the path names.
func (v *visit) passkey(ctx context.Context) (postgres.Passkey, error) {
	keys, err := v.server.store.Passkeys(ctx, v.session.Person.ID)
	for _, k := range keys {
		if k.ID.String() == v.echo.Param("passkey") {
			return k, nil
		}
	}
	if err == nil {
		err = notFound()
	}
	return postgres.Passkey{}, err
}

func showRemoval(ctx context.Context, v *visit) error {
	key, err := v.passkey(ctx)
	if err != nil {
		return err
	}
	return v.show("web_removal", "Remove a passkey", removalPage{passkeyLine{key}})
}

func removePasskey(ctx context.Context, v *visit) error {
	key, err := v.passkey(ctx)
	if err == nil {
		err = v.server.store.RemovePasskey(ctx, v.session.Person.ID, key.ID)
	}
	if err != nil {
		return err
	}
	v.tell("A passkey was removed: it does not sign you in any more.")
	return v.goTo("/account")
}

// passkeyLine is a passkey as its person sees it.
type passkeyLine struct{ postgres.Passkey }

// Since says when it was made.
func (k passkeyLine) Since() string { return inUTC(k.CreatedAt) }

// Used says when it was used last, "" if never.
func (k passkeyLine) Used() string {
	if k.UsedAt.IsZero() {
		return ""
	}
	return inUTC(k.UsedAt)
}

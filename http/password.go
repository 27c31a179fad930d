package http

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"phyle/ledger"
)

// What a password costs to try: 19 MiB and two passes, which OWASP asks for.
const (
	hashMemory = 19 << 10 // in KiB
	hashPasses = 2
	hashBytes  = 32
	saltBytes  = 16
	// mostHashes is how many are computed at once; the others wait.
	mostHashes = 2

	leastPassword = 12
	mostPassword  = 1 << 10
)

// hasher computes few hashes at once, because each takes as much memory as many pages.
type hasher chan struct{}

func newHasher() hasher { return make(hasher, mostHashes) }

// derive returns the hash of the password with the salt, once it is its turn.
func (h hasher) derive(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case h <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h }()
	return argon2.IDKey([]byte(password), salt, hashPasses, hashMemory, 1, hashBytes), nil
}

// hashPrefix says in what is kept how it was made.
var hashPrefix = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$", argon2.Version, hashMemory, hashPasses)

// hash returns what is kept of a new password.
func (h hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // it never fails: package crypto/rand ends the program instead
	sum, err := h.derive(ctx, password, salt)
	encode := base64.RawStdEncoding.EncodeToString
	return hashPrefix + encode(salt) + "$" + encode(sum), err
}

// isRight reports whether the password is the one that the hash was kept of. Where none
// was, it takes as long to say no.
func (h hasher) isRight(ctx context.Context, password, kept string) (bool, error) {
	salt, sum := make([]byte, saltBytes), make([]byte, hashBytes)
	if kept != "" {
		var err error
		if salt, sum, err = readHash(kept); err != nil {
			return false, err
		}
	}
	got, err := h.derive(ctx, password, salt)
	return kept != "" && subtle.ConstantTimeCompare(got, sum) == 1, err
}

func readHash(kept string) (salt, sum []byte, err error) {
	rest, found := strings.CutPrefix(kept, hashPrefix)
	one, two, split := strings.Cut(rest, "$")
	if !found || !split {
		return nil, nil, fmt.Errorf("the hash of a password is of an unknown kind")
	}
	if salt, err = base64.RawStdEncoding.DecodeString(one); err != nil {
		return nil, nil, err
	}
	sum, err = base64.RawStdEncoding.DecodeString(two)
	return salt, sum, err
}

func passwordPages() []webRoute {
	return []webRoute{
		{
			method: "GET", path: "/sign-in/password",
			operation: ledger.SignIn, serve: showPassword,
		},
		{
			method: "POST", path: "/sign-in/password",
			operation: ledger.SignIn, serve: signInByPassword,
		},
		{
			method: "GET", path: "/account/password",
			operation: ledger.KeepAccount, fresh: true, serve: showNewPassword,
		},
		{
			method: "POST", path: "/account/password",
			operation: ledger.KeepAccount, fresh: true, serve: setPassword,
		},
	}
}

const passwordTitle, newPasswordTitle = "Sign in with a password", "Set a password"

func showPassword(_ context.Context, v *visit) error {
	return v.show("web_password", passwordTitle, emailPage{})
}

// signInByPassword says the same, after the same time, whether the address is unknown,
// has no password, or has another.
func signInByPassword(ctx context.Context, v *visit) error {
	email, password := v.field("email"), v.form.Get("password")
	again := func(field string, err error) error {
		return v.showAgain(form{"web_password", passwordTitle, emailPage{email}}, field, err)
	}
	if err := ledger.CheckEmail(email); err != nil {
		return again("email", err)
	}
	account := "password " + strings.ToLower(email)
	if err := v.try(account); err != nil {
		return err
	}
	id, kept, err := v.server.store.PasswordHash(ctx, email)
	if err != nil {
		return err
	}
	right := false
	if len(password) <= mostPassword {
		if right, err = v.server.hasher.isRight(ctx, password, kept); err != nil {
			return err
		}
	}
	if !right {
		return again("password", ledger.Errorf(ledger.Forbidden, "password_wrong",
			"That is not the address and its password. Try again, or sign in with a code."))
	}
	v.forgive(account)
	secret, err := v.server.store.SignInAs(ctx, id, v.browser())
	if err != nil {
		return err
	}
	return v.enterAgain(ctx, secret)
}

func showNewPassword(_ context.Context, v *visit) error {
	return v.show("web_new_password", newPasswordTitle, emailPage{v.session.Person.Email})
}

// setPassword keeps a new password and signs the person out everywhere else.
func setPassword(ctx context.Context, v *visit) error {
	password := v.form.Get("password")
	if err := checkPassword(password); err != nil {
		page := emailPage{v.session.Person.Email} // which programs that keep passwords look for
		return v.showAgain(form{"web_new_password", newPasswordTitle, page}, "password", err)
	}
	hash, err := v.server.hasher.hash(ctx, password)
	if err == nil {
		err = v.server.store.SetPassword(ctx, v.session.Person.ID, hash, v.session.ID)
	}
	if err != nil {
		return err
	}
	v.tell("A password was set: it signs you in, and you were signed out everywhere else.")
	return v.goTo("/account")
}

// checkPassword refuses what is too short to be hard to guess, or too long to be typed.
func checkPassword(password string) error {
	switch {
	case len(password) > mostPassword:
		return ledger.Errorf(ledger.Invalid, "too_long", "At most %d bytes fit here.", mostPassword)
	case len([]rune(password)) < leastPassword:
		return ledger.Errorf(ledger.Invalid, "password_short",
			"Take at least %d characters; a few words are easy to keep in mind.", leastPassword)
	}
	return nil
}

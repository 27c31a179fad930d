package http

import (
	"context"
	"time"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

func accountPages() []webRoute {
	return []webRoute{
		{
			method: "GET", path: "/account",
			operation: ledger.KeepAccount, serve: showAccount,
		},
		{
			method: "POST", path: "/account/sessions/end",
			operation: ledger.KeepAccount, serve: endOtherSessions,
		},
		{
			method: "POST", path: "/account/sessions/:session/end",
			operation: ledger.KeepAccount, serve: endSession,
		},
	}
}

// accountPage shows somebody who they are here and where they are signed in.
type accountPage struct {
	Person   ledger.Person
	Sessions []sessionLine
	Passkeys []passkeyLine
	// HasPassword says that they have set one.
	HasPassword bool
	// CanAdd says that there can be passkeys here.
	CanAdd bool
}

// HasOthers reports whether there is another browser than this one.
func (p accountPage) HasOthers() bool { return len(p.Sessions) > 1 }

// sessionLine is one browser that the person is signed in with.
type sessionLine struct {
	postgres.Session
	IsThis bool
}

// Since says when they signed in, and Seen when they were last seen.
func (s sessionLine) Since() string { return inUTC(s.CreatedAt) }

// Seen says when the session was last used.
func (s sessionLine) Seen() string { return inUTC(s.LastSeenAt) }

// Where says from which network they signed in.
func (s sessionLine) Where() string {
	if s.Network == unknownNetwork {
		return "an unknown network"
	}
	return "the network " + s.Network
}

func inUTC(at time.Time) string { return at.UTC().Format("2 January 2006, 15:04") + " UTC" }

func showAccount(ctx context.Context, v *visit) error {
	sessions, err := v.server.store.Sessions(ctx, v.session.Person.ID)
	if err != nil {
		return err
	}
	keys, err := v.server.store.Passkeys(ctx, v.session.Person.ID)
	if err != nil {
		return err
	}
	found, err := v.server.store.HasPassword(ctx, v.session.Person.ID)
	if err != nil {
		return err
	}
	page := accountPage{
		Person: v.session.Person, HasPassword: found, CanAdd: v.server.passkeys != nil,
	}
	for _, k := range keys {
		page.Passkeys = append(page.Passkeys, passkeyLine{k})
	}
	for _, s := range sessions {
		page.Sessions = append(page.Sessions, sessionLine{s, s.ID == v.session.ID})
	}
	return v.show("web_account", "Your account", page)
}

func endSession(ctx context.Context, v *visit) error {
	id, err := ledger.ParseID[ledger.SessionNoun](v.echo.Param("session"))
	if err != nil {
		return err
	}
	if err := v.server.store.EndSession(ctx, v.session.Person.ID, id); err != nil {
		return err
	}
	if id == v.session.ID {
		v.leave()
		return v.goTo("/sign-in")
	}
	return v.goTo("/account")
}

// endOtherSessions signs the person out everywhere but here.
func endOtherSessions(ctx context.Context, v *visit) error {
	err := v.server.store.EndOtherSessions(ctx, v.session.Person.ID, v.session.ID)
	if err != nil {
		return err
	}
	return v.goTo("/account")
}

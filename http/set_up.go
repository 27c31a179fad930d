package http

import (
	"context"
	"strings"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

func setUpPages() []webRoute {
	return []webRoute{
		{
			method: "GET", path: "/set-up/:secret",
			operation: ledger.SetUp, serve: showSetUp,
		},
		{
			method: "POST", path: "/set-up/:secret",
			operation: ledger.SetUp, serve: setUp,
		},
	}
}

// SetUpLink returns a new address at which somebody founds the first commons, once and
// within a day, "" where there is a commons or a person already.
func (s *Server) SetUpLink(ctx context.Context) (string, error) {
	secret, err := s.store.StartSetUp(ctx)
	if err != nil || secret == "" {
		return "", err
	}
	return s.options.URL.String() + "/set-up/" + secret, nil
}

// setUpPage asks for the first commons and the first person.
type setUpPage struct {
	postgres.Founding
	// Sends says that codes to sign in go to the address.
	Sends bool
}

func (v *visit) setUpForm(in postgres.Founding) form {
	return form{"web_set_up", "Set up Phyle", setUpPage{in, v.server.sendsCodes()}}
}

func showSetUp(ctx context.Context, v *visit) error {
	if err := v.server.store.CheckSetUp(ctx, v.echo.Param("secret")); err != nil {
		return err
	}
	f := v.setUpForm(postgres.Founding{Commons: ledger.Commons{Currency: "EUR"}})
	return v.show(f.template, f.title, f.data)
}

// setUp founds the first commons and signs its founder in.
func setUp(ctx context.Context, v *visit) error {
	in := postgres.Founding{
		Commons: ledger.Commons{
			Name: v.field("name"), Slug: v.field("slug"), TimeZone: v.field("time_zone"),
			Currency: ledger.Currency(strings.ToUpper(v.field("currency"))),
		},
		First: ledger.NewMember{
			Name: v.field("first_member-name"), Handle: v.field("first_member-handle"),
		},
		Email: v.field("email"),
	}
	secret, err := v.server.store.SetUp(ctx, v.echo.Param("secret"), in, v.browser())
	if isAbout(err, ledger.Invalid) {
		return v.showAgain(v.setUpForm(in), "name", err)
	}
	if err != nil {
		return err
	}
	v.enter(secret)
	return v.goTo("/commons/" + in.Commons.Slug)
}

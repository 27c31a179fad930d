package http

import (
	"context"
	"crypto/subtle"
	"strings"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

func homePages() []webRoute {
	return []webRoute{
		{method: "GET", path: "/", serve: showHome},
		{method: "GET", path: "/commons/:commons", serve: showCommons},
		{method: "GET", path: "/set-up/:secret", open: true, serve: showSetUp},
		{method: "POST", path: "/set-up/:secret", open: true, serve: setUp},
	}
}

// showHome shows every commons that somebody is in, or goes to the only one.
func showHome(ctx context.Context, v *visit) error {
	all, err := v.server.store.Memberships(ctx, v.session.Person.ID)
	if err != nil {
		return err
	}
	if len(all) == 1 {
		return v.goTo("/commons/" + all[0].Commons.Slug)
	}
	page := make([]commonsPage, len(all))
	for i, m := range all {
		page[i] = commonsPage{Commons: m.Commons, Member: m.Member}
	}
	return v.show("web_home", "Your commons", page)
}

// commonsPage shows a member what they are in a commons and what it owes them.
type commonsPage struct {
	Commons ledger.Commons
	Member  ledger.Member
	Owed    ledger.Money
}

// Part says what the member is: "member, steward and treasurer".
func (p commonsPage) Part() string {
	words := []string{string(p.Member.Stage)}
	for _, role := range p.Member.Roles {
		words = append(words, string(role))
	}
	if len(words) == 1 {
		return words[0]
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// Owes reports whether the member owes the commons rather than the other way round.
func (p commonsPage) Owes() bool { return p.Owed.Sign() < 0 }

// Amount returns what is owed, one way or the other, with the currency.
func (p commonsPage) Amount() string {
	amount := p.Owed
	if p.Owes() {
		amount = amount.Negated()
	}
	return strings.ReplaceAll(amount.String(), " ", "\u00a0")
}

func showCommons(ctx context.Context, v *visit) error {
	by, err := v.server.store.CallerOf(ctx, v.session.Person.ID, v.echo.Param("commons"))
	if err != nil {
		return err
	}
	owed, err := v.server.store.MemberBalance(ctx, by, postgres.BalanceQuery{}, by.Handle)
	if err != nil {
		return err
	}
	member, err := v.server.store.Member(ctx, by, by.Handle)
	if err != nil {
		return err
	}
	return v.show("web_commons", by.Commons.Name, commonsPage{
		Commons: by.Commons, Member: member, Owed: owed.Payable,
	})
}

// SetUpLink returns the address at which the first person sets this instance up, ""
// where somebody has done so. It is good as long as the program runs.
func (s *Server) SetUpLink(ctx context.Context) (string, error) {
	found, err := s.store.HasPeople(ctx)
	if err != nil || found {
		return "", err
	}
	return s.options.URL.String() + "/set-up/" + s.setUp, nil
}

// checkSetUp refuses links that do not set this instance up.
func (v *visit) checkSetUp(ctx context.Context) error {
	if subtle.ConstantTimeCompare([]byte(v.echo.Param("secret")), []byte(v.server.setUp)) != 1 {
		return ledger.Errorf(ledger.NotFound, "set_up_gone",
			"This link sets nothing up any more. Whoever runs this Phyle gets a new one by "+
				"starting phyle serve again.")
	}
	found, err := v.server.store.HasPeople(ctx)
	if err == nil && found {
		return ledger.Errorf(ledger.Conflict, "already_set_up",
			"Somebody has set this Phyle up already; sign in, or ask them for an invitation.")
	}
	return err
}

func showSetUp(ctx context.Context, v *visit) error {
	if err := v.checkSetUp(ctx); err != nil {
		return err
	}
	return v.show("web_set_up", "Set up Phyle", ledger.NewPerson{})
}

// setUp makes the first person and signs them in.
func setUp(ctx context.Context, v *visit) error {
	if err := v.checkSetUp(ctx); err != nil {
		return err
	}
	first := ledger.NewPerson{Name: v.field("name"), Email: v.field("email")}
	secret, err := v.server.store.CreateFirstPerson(ctx, first, v.browser())
	if isAbout(err, ledger.Invalid) {
		return v.showAgain(form{"web_set_up", "Set up Phyle", first}, "name", err)
	}
	if err != nil {
		return err
	}
	v.enter(secret)
	return v.goTo("/")
}

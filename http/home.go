package http

import (
	"context"
	"strings"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

func homePages() []webRoute {
	return []webRoute{
		{
			method: "GET", path: "/",
			operation: ledger.KeepAccount, serve: showHome,
		},
		{
			method: "GET", path: "/commons/:commons",
			operation: ledger.ReadBooks, serve: showCommons,
		},
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
	// Waiting is what waits for a second person.
	Waiting []changePage
}

// Part says what the member is: "member, steward and auditor until 30 June 2027".
func (p commonsPage) Part() string {
	words := []string{string(p.Member.Stage)}
	for _, term := range p.Member.Terms {
		word := string(term.Role)
		if !term.Until.IsZero() {
			word += " until " + term.Until.Time().Format("2 January 2006")
		}
		words = append(words, word)
	}
	if !p.Member.SuspendedAt.IsZero() {
		words = append(words, "suspended")
	}
	if len(words) == 1 {
		return words[0]
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// Shows says what members see of each other.
func (p commonsPage) Shows() string {
	shown := p.Commons.Visibility
	switch work, books := shown.Contributions == ledger.ToMembers, shown.Books == ledger.ToMembers; {
	case work && books:
		return "Everybody here sees all contributions and the books."
	case work:
		return "Everybody here sees all contributions. The books are shown to who holds a role."
	case books:
		return "Everybody here sees the books. Contributions of others are shown to who holds a role."
	}
	return "Members see what is their own. The rest is shown to who holds a role."
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
	by, err := v.caller(ctx)
	if err != nil {
		return err
	}
	suspension, err := v.server.store.OwnSuspension(ctx, by)
	if err != nil {
		return err
	}
	if !suspension.Since.IsZero() {
		return v.show("web_suspended", by.Commons.Name, suspendedPage{by.Commons, suspension})
	}
	owed, err := v.server.store.MemberBalance(ctx, by, postgres.BalanceQuery{}, by.Handle)
	if err != nil {
		return err
	}
	member, err := v.server.store.Member(ctx, by, by.Handle)
	if err != nil {
		return err
	}
	waiting, err := v.waitingChanges(ctx, by)
	if err != nil {
		return err
	}
	return v.show("web_commons", by.Commons.Name, commonsPage{
		Commons: by.Commons, Member: member, Owed: owed.Payable, Waiting: waiting,
	})
}

package http

import (
	"context"
	"strings"
	"time"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

func invitationRoutes() []route {
	return []route{
		{
			method: "POST", path: inCommons + "/members/{member}/invite", id: "inviteMember",
			operation: ledger.ManageMembers,
			summary:   "Make a link by which somebody becomes the person of a member",
			about: "It is shown here only, is good once and for 7 days, and ends the one made before. " +
				"Opening it uses nothing up. Nothing is kept to answer with again.",
			unkept: true, handler: write(inviteMember, viewInvited),
		},
		{
			method: "DELETE", path: inCommons + "/members/{member}/invite", id: "revokeInvitation",
			operation: ledger.ManageMembers,
			summary:   "Take back the open invitation of a member", status: 204,
			handler: write(revokeInvitation, viewNothing),
		},
	}
}

func inviteMember(ctx context.Context, c *call, _ none) (postgres.Invited, error) {
	return c.store.Invite(ctx, c.act, c.param("member"))
}

func revokeInvitation(ctx context.Context, c *call, _ none) (struct{}, error) {
	return struct{}{}, c.store.RevokeInvitation(ctx, c.act, c.param("member"))
}

type invitedView struct {
	Link      string    `json:"link" doc:"What to give to the person; shown here only."`
	ExpiresAt time.Time `json:"expires_at" doc:"Until when it is good."`
}

func viewInvited(c *call, in postgres.Invited) invitedView {
	return invitedView{Link: InvitationAddress(c.server.options.URL.String(), in.Link), ExpiresAt: in.ExpiresAt}
}

// InvitationAddress returns the URL of the link on a Phyle that is reached at the
// address.
func InvitationAddress(address string, link postgres.Link) string {
	return strings.TrimSuffix(address, "/") + "/join/" + link.Commons + "/" + link.Secret
}

func invitationPages() []webRoute {
	return []webRoute{
		{
			method: "GET", path: "/join/:commons/:secret",
			operation: ledger.AcceptInvitation, serve: showInvitation,
		},
		{
			method: "POST", path: "/join/:commons/:secret",
			operation: ledger.AcceptInvitation, serve: acceptInvitation,
		},
	}
}

// invitationPage says who is invited into what, and asks who they are.
type invitationPage struct {
	postgres.Invitation
	Email string
	// IsMine says that who is signed in has used it.
	IsMine bool
	// Sends says that a code goes to the address first.
	Sends bool
}

func (v *visit) link() postgres.Link {
	return postgres.Link{Commons: v.echo.Param("commons"), Secret: v.echo.Param("secret")}
}

func showInvitation(ctx context.Context, v *visit) error {
	page, err := v.invitation(ctx)
	if err != nil {
		return err
	}
	if page.UsedBy != "" {
		return v.show("web_joined", "This link was used already", page)
	}
	return v.show("web_join", joinTitle(page), page)
}

func joinTitle(page invitationPage) string { return "Join " + page.Commons.Name }

func (v *visit) invitation(ctx context.Context) (invitationPage, error) {
	in, err := v.server.store.Invitation(ctx, v.link())
	return invitationPage{
		Invitation: in, Email: v.field("email"), Sends: v.server.sendsCodes(),
		IsMine: v.isSignedIn() && in.UsedBy == v.session.Person.ID,
	}, err
}

// acceptInvitation makes who is signed in the member. Somebody else says their address
// and gets a code there or, where no mail is sent, is taken at their word.
func acceptInvitation(ctx context.Context, v *visit) error {
	page, err := v.invitation(ctx)
	if err != nil {
		return err
	}
	if page.UsedBy != "" && !page.IsMine {
		return v.show("web_joined", "This link was used already", page)
	}
	if v.isSignedIn() {
		if err := v.server.store.Join(ctx, v.link(), v.session.Person.ID, v.browser()); err != nil {
			return err
		}
		return v.goTo("/commons/" + page.Commons.Slug)
	}
	again := func(err error) error {
		return v.showAgain(form{"web_join", joinTitle(page), page}, "email", err)
	}
	if page.Sends {
		in := postgres.SignIn{Email: page.Email, Invitation: v.link()}
		return v.sendCode(ctx, in, again)
	}
	secret, err := v.server.store.JoinAsNew(ctx, v.link(), page.Email, v.browser())
	if isAbout(err, ledger.Invalid) || isCode(err, "email_taken") {
		return again(err)
	}
	if err != nil {
		return err
	}
	v.enter(secret)
	return v.goTo("/commons/" + page.Commons.Slug)
}

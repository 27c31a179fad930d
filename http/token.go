package http

import (
	"context"
	"time"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

func tokenRoutes() []route {
	return []route{
		{
			method: "POST", path: inCommons + "/tokens", id: "createToken",
			operation: ledger.MakeToken,
			summary:   "Make a token that acts for the caller",
			about: "It is shown here only. Nothing is kept to answer with again: whoever asks " +
				"twice has two.",
			unkept: true, handler: write(createToken, viewNewToken),
		},
		{
			method: "GET", path: inCommons + "/tokens", id: "listTokens",
			operation: ledger.ListTokens,
			summary:   "List the caller's own tokens, or all, newest first", handler: read(listTokens),
		},
		{
			method: "POST", path: inCommons + "/tokens/{token}/rotate", id: "rotateToken",
			operation: ledger.MakeToken,
			summary:   "Make a new secret for one of the caller's own tokens",
			about: "The new token has the label and the scopes of the old one, and its secret is " +
				"shown here only. The old one ends at once or after the hours of grace.",
			unkept: true, handler: write(rotateToken, viewNewToken),
		},
		{
			method: "DELETE", path: inCommons + "/tokens/{token}", id: "revokeToken",
			operation: ledger.RevokeToken,
			summary:   "End a token at once", status: 204,
			about:   "Members end their own. Stewards and treasurers end anybody's.",
			handler: write(revokeToken, viewNothing),
		},
	}
}

type tokenBody struct {
	Label     string         `json:"label" doc:"What it is for." example:"laptop"`
	Scopes    []ledger.Scope `json:"scopes,omitzero" minItems:"1" doc:"What it may be used for; unless given, all that the caller's own token may." example:"[\"public:read\",\"ledger:read\"]"`
	ExpiresOn ledger.Date    `json:"expires_on,omitzero" doc:"Its last day, at most a year from now; unless given, it lasts 90 days." example:"2027-01-31"`
}

func createToken(ctx context.Context, c *call, in tokenBody) (postgres.MadeToken, error) {
	return c.store.CreateToken(ctx, c.unkept(),
		ledger.NewToken{Label: in.Label, Scopes: in.Scopes, ExpiresOn: in.ExpiresOn})
}

// unkept returns the act without what would keep its answer, which is a secret.
func (c *call) unkept() *postgres.Act {
	act := *c.act
	act.Key, act.Render = "", nil
	return &act
}

type rotateBody struct {
	GraceHours int `json:"grace_hours,omitzero" minimum:"0" maximum:"168" doc:"For how many hours the old secret goes on."`
}

func rotateToken(ctx context.Context, c *call, in rotateBody) (postgres.MadeToken, error) {
	id, err := idIn[ledger.TokenID](c, "token")
	if err != nil {
		return postgres.MadeToken{}, err
	}
	return c.store.RotateToken(ctx, c.unkept(), id, in.GraceHours)
}

type newTokenView struct {
	ID        ledger.TokenID `json:"id" doc:"Its id."`
	Token     string         `json:"token" doc:"What to send as bearer token; shown here only."`
	Scopes    []ledger.Scope `json:"scopes" doc:"What it may be used for."`
	ExpiresAt time.Time      `json:"expires_at" doc:"When it ends."`
}

func viewNewToken(_ *call, t postgres.MadeToken) newTokenView {
	return newTokenView{ID: t.ID, Token: t.Secret, Scopes: t.Scopes, ExpiresAt: t.ExpiresAt.UTC()}
}

type tokenView struct {
	ID         ledger.TokenID `json:"id" doc:"Its id."`
	Member     string         `json:"member" doc:"For whom it acts."`
	Label      string         `json:"label" doc:"What it is for."`
	Scopes     []ledger.Scope `json:"scopes" doc:"What it may be used for."`
	CreatedAt  time.Time      `json:"created_at" doc:"When it was made."`
	ExpiresAt  time.Time      `json:"expires_at" doc:"When it ends."`
	LastUsedAt *time.Time     `json:"last_used_at,omitzero" doc:"When it was used last, to the minute."`
}

func viewToken(_ *call, t postgres.Token) tokenView {
	view := tokenView{ID: t.ID, Member: t.Member, Label: t.Label, Scopes: t.Scopes,
		CreatedAt: t.CreatedAt.UTC(), ExpiresAt: t.ExpiresAt.UTC()}
	if t.LastUsedAt != nil {
		used := t.LastUsedAt.UTC()
		view.LastUsedAt = &used
	}
	return view
}

type tokenQuery struct {
	All bool `json:"all,omitzero" doc:"With true, those of all members: for stewards, treasurers and auditors."`
}

func listTokens(ctx context.Context, c *call, q tokenQuery) (page[tokenView], error) {
	tokens, err := c.store.Tokens(ctx, c.caller, q.All)
	return all(viewToken)(c, tokens), err
}

func revokeToken(ctx context.Context, c *call, _ none) (struct{}, error) {
	id, err := idIn[ledger.TokenID](c, "token")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, c.store.RevokeToken(ctx, c.act, id)
}

func viewNothing(*call, struct{}) none { return none{} }

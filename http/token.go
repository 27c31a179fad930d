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
			summary: "Make a token that acts for the caller", about: "It is shown here only. Nothing is kept to answer with again: whoever asks twice has two.",
			unkept: true, handler: write(createToken, viewNewToken),
		},
		{
			method: "GET", path: inCommons + "/tokens", id: "listTokens",
			summary: "List the caller's own tokens, newest first", handler: read(listTokens),
		},
		{
			method: "DELETE", path: inCommons + "/tokens/{token}", id: "revokeToken",
			summary: "End one of the caller's own tokens at once", status: 204,
			handler: write(revokeToken, viewNothing),
		},
	}
}

type tokenBody struct {
	Label    string `json:"label" doc:"What it is for." example:"laptop"`
	ReadOnly bool   `json:"read_only,omitzero" doc:"With true: it can read and is refused all that writes."`
}

func createToken(ctx context.Context, c *call, in tokenBody) (string, error) {
	act := *c.act
	act.Key, act.Render = "", nil // the answer is a secret, and is kept nowhere
	if in.ReadOnly {
		return c.store.CreateReadOnlyToken(ctx, &act, in.Label)
	}
	return c.store.CreateToken(ctx, &act, in.Label)
}

type newTokenView struct {
	Token string `json:"token" doc:"What to send as bearer token; shown here only."`
}

func viewNewToken(_ *call, token string) newTokenView { return newTokenView{Token: token} }

type tokenView struct {
	ID        ledger.TokenID `json:"id" doc:"Its id."`
	Label     string         `json:"label" doc:"What it is for."`
	ReadOnly  bool           `json:"read_only" doc:"Whether it is refused all that writes."`
	CreatedAt time.Time      `json:"created_at" doc:"When it was made."`
}

func viewToken(_ *call, t postgres.Token) tokenView {
	return tokenView{ID: t.ID, Label: t.Label, ReadOnly: t.ReadOnly, CreatedAt: t.CreatedAt.UTC()}
}

func listTokens(ctx context.Context, c *call, _ none) (page[tokenView], error) {
	tokens, err := c.store.Tokens(ctx, c.caller)
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

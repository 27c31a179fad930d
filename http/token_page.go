package http

import (
	"context"

	"phyle/ledger"
)

func tokenPages() []webRoute {
	const path = "/commons/:commons/token"
	return []webRoute{
		{
			method: "GET", path: path,
			operation: ledger.MakeToken, fresh: true, serve: showMakeToken,
		},
		{
			method: "POST", path: path,
			operation: ledger.MakeToken, fresh: true, serve: makeToken,
		},
	}
}

// tokenPage asks whether a token is wanted, and shows it once it is made.
type tokenPage struct {
	Commons ledger.Commons
	Secret  string
	Ends    string
}

const makeTokenTitle = "A token for 15 minutes"

func showMakeToken(ctx context.Context, v *visit) error {
	by, err := v.caller(ctx)
	if err != nil {
		return err
	}
	return v.show("web_token", makeTokenTitle, tokenPage{Commons: by.Commons})
}

func makeToken(ctx context.Context, v *visit) error {
	by, err := v.caller(ctx)
	if err != nil {
		return err
	}
	made, err := v.server.store.CreatePersonToken(ctx, newAct(v.echo, by, ledger.MakeToken))
	if err != nil {
		return err
	}
	return v.show("web_token", makeTokenTitle, tokenPage{
		Commons: by.Commons, Secret: made.Secret, Ends: made.ExpiresAt.UTC().Format("15:04 UTC"),
	})
}

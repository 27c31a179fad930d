// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"time"
)

// Token is what ListTokens answers.
type Token struct {
	// Its id.
	ID TokenID `json:"id"`
	// What it is for.
	Label string `json:"label"`
	// Whether it is refused all that writes.
	ReadOnly bool `json:"read_only"`
	// When it was made.
	CreatedAt time.Time `json:"created_at"`
}

// ListTokens: list the caller's own tokens, newest first.
func (b Books) ListTokens(ctx context.Context, options ...CallOption) (Page[Token], error) {
	return do[Page[Token]](ctx, b.client, call{
		operation: "listTokens", method: "GET",
		path:   []string{"commons", b.commons, "tokens"},
		status: 200,
	}, options)
}

// TokenRequest is what CreateToken sends.
type TokenRequest struct {
	// What it is for.
	Label string `json:"label"`
	// With true: it can read and is refused all that writes.
	ReadOnly bool `json:"read_only,omitzero"`
}

// NewToken is what CreateToken answers.
type NewToken struct {
	// What to send as bearer token; shown here only.
	Token string `json:"token"`
}

// CreateToken: make a token that acts for the caller. It is shown here only. Nothing is kept to
// answer with again: whoever asks twice has two.
func (b Books) CreateToken(
	ctx context.Context, body TokenRequest, options ...CallOption,
) (NewToken, error) {
	return do[NewToken](ctx, b.client, call{
		operation: "createToken", method: "POST",
		path:   []string{"commons", b.commons, "tokens"},
		body:   body,
		status: 200,
	}, options)
}

// RevokeToken: end one of the caller's own tokens at once.
func (b Books) RevokeToken(ctx context.Context, token TokenID, options ...CallOption) error {
	_, err := do[nothing](ctx, b.client, call{
		operation: "revokeToken", method: "DELETE",
		path:   []string{"commons", b.commons, "tokens", string(token)},
		keyed:  true,
		status: 204,
	}, options)
	return err
}

// Code generated from the OpenAPI document by go generate; DO NOT EDIT.

package client

import (
	"context"
	"time"
)

// ListTokensQuery says what ListTokens shows.
type ListTokensQuery struct {
	// With true, those of all members: for stewards, treasurers and auditors.
	All bool `json:"all"`
}

// Token is what ListTokens answers.
type Token struct {
	// Its id.
	ID TokenID `json:"id"`
	// For whom it acts.
	Member string `json:"member"`
	// What it is for.
	Label string `json:"label"`
	// What it may be used for.
	Scopes []string `json:"scopes"`
	// When it was made.
	CreatedAt time.Time `json:"created_at"`
	// When it ends.
	ExpiresAt time.Time `json:"expires_at"`
	// When it was used last, to the minute.
	LastUsedAt *time.Time `json:"last_used_at,omitzero"`
}

// ListTokens: list the caller's own tokens, or all, newest first.
func (b Books) ListTokens(
	ctx context.Context, query ListTokensQuery, options ...CallOption,
) (Page[Token], error) {
	return do[Page[Token]](ctx, b.client, call{
		operation: "listTokens", method: "GET",
		path:   []string{"commons", b.commons, "tokens"},
		query:  query,
		status: 200,
	}, options)
}

// TokenRequest is what CreateToken sends.
type TokenRequest struct {
	// What it is for.
	Label string `json:"label"`
	// Its last day, at most a year from now; unless given, it lasts 90 days.
	ExpiresOn Date `json:"expires_on,omitzero"`
	// What it may be used for; unless given, all that the caller's own token may.
	Scopes []string `json:"scopes,omitzero"`
}

// NewToken is what CreateToken answers, among others.
type NewToken struct {
	// Its id.
	ID TokenID `json:"id"`
	// What to send as bearer token; shown here only.
	Token string `json:"token"`
	// What it may be used for.
	Scopes []string `json:"scopes"`
	// When it ends.
	ExpiresAt time.Time `json:"expires_at"`
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

// RevokeToken: end a token at once. Members end their own. Stewards and treasurers end
// anybody's.
func (b Books) RevokeToken(ctx context.Context, token TokenID, options ...CallOption) error {
	_, err := do[nothing](ctx, b.client, call{
		operation: "revokeToken", method: "DELETE",
		path:   []string{"commons", b.commons, "tokens", string(token)},
		keyed:  true,
		status: 204,
	}, options)
	return err
}

// RotateRequest is what RotateToken sends.
type RotateRequest struct {
	// For how many hours the old secret goes on.
	GraceHours int64 `json:"grace_hours,omitzero"`
}

// RotateToken: make a new secret for one of the caller's own tokens. The new token has the
// label and the scopes of the old one, and its secret is shown here only. The old one ends at
// once or after the hours of grace.
func (b Books) RotateToken(
	ctx context.Context, token TokenID, body RotateRequest, options ...CallOption,
) (NewToken, error) {
	return do[NewToken](ctx, b.client, call{
		operation: "rotateToken", method: "POST",
		path:   []string{"commons", b.commons, "tokens", string(token), "rotate"},
		body:   body,
		status: 200,
	}, options)
}

package postgres_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// TestTokenScopes holds that a token has the scopes and the end that were asked for,
// that it lets nothing else be done, and makes no token that is for more.
func TestTokenScopes(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	narrow := ledger.NewToken{Label: "import", Scopes: []ledger.Scope{"contributions:write"},
		ExpiresOn: ledger.NewDate(2027, time.January, 31)}
	made := do[postgres.MadeToken](t)(w.store.CreateToken(t.Context(), &postgres.Act{By: w.bo}, narrow))
	by := do[postgres.Caller](t)(w.store.Authenticate(t.Context(), made.Secret))
	if diff := cmp.Diff(narrow.Scopes, by.Scopes); diff != "" || by.Member != w.bo.Member {
		t.Errorf("the token acts for %s: %s", by.Handle, diff)
	}
	if want := "2027-02-01"; w.bo.Commons.Today(made.ExpiresAt).String() != want {
		t.Errorf("the token ends at %s, not as %s begins", made.ExpiresAt, want)
	}
	_, err := w.store.Members(t.Context(), by, 0, 10)
	wantCode(t, "scope_missing", err)
	_, err = w.store.CreateToken(t.Context(), &postgres.Act{By: by}, ledger.NewToken{})
	wantCode(t, "scope_missing", err)

	maker := narrow
	maker.Scopes = []ledger.Scope{ledger.InPerson, "members:read"}
	made = do[postgres.MadeToken](t)(w.store.CreateToken(t.Context(), &postgres.Act{By: w.bo}, maker))
	by = do[postgres.Caller](t)(w.store.Authenticate(t.Context(), made.Secret))
	_, err = w.store.CreateToken(t.Context(), &postgres.Act{By: by}, narrow)
	wantCode(t, "scope_missing", err)
	made = do[postgres.MadeToken](t)(w.store.CreateToken(t.Context(), &postgres.Act{By: by}, ledger.NewToken{}))
	if diff := cmp.Diff(maker.Scopes, made.Scopes); diff != "" {
		t.Error(diff)
	}
	for code, wrong := range map[string]ledger.NewToken{
		"unknown_scope":   {Scopes: []ledger.Scope{"everything"}},
		"duplicate_scope": {Scopes: []ledger.Scope{"ledger:read", "ledger:read"}},
		"invalid_date":    {ExpiresOn: ledger.NewDate(2030, time.January, 1)},
	} {
		_, err := w.store.CreateToken(t.Context(), &postgres.Act{By: w.bo}, wrong)
		wantCode(t, code, err)
	}
}

// TestTokenEnds holds that what was ended does nothing any more: neither a token that
// is presented, nor a caller who was let in before.
func TestTokenEnds(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	now := w.store.Now()
	w.store.SetClock(func() time.Time { return now })
	made := do[postgres.MadeToken](t)(w.store.CreateToken(t.Context(), &postgres.Act{By: w.bo}, ledger.NewToken{}))
	by := do[postgres.Caller](t)(w.store.Authenticate(t.Context(), made.Secret))
	act := &postgres.Act{By: w.bo}
	next := do[postgres.MadeToken](t)(w.store.RotateToken(t.Context(), act, made.ID, 1))
	if diff := cmp.Diff(made.Scopes, next.Scopes); diff != "" || made.Secret == next.Secret {
		t.Errorf("the new secret is for other things: %s", diff)
	}
	do[[]ledger.Member](t)(w.store.Members(t.Context(), by, 0, 1))
	now = now.Add(time.Hour)
	_, err := w.store.Authenticate(t.Context(), made.Secret)
	wantCode(t, "token_expired", err)
	_, err = w.store.Members(t.Context(), by, 0, 1)
	wantCode(t, "unauthenticated", err)

	by = do[postgres.Caller](t)(w.store.Authenticate(t.Context(), next.Secret))
	if err := w.store.RevokeToken(t.Context(), &postgres.Act{By: w.ana}, next.ID); err != nil {
		t.Fatal(err)
	}
	_, err = w.store.Members(t.Context(), by, 0, 1)
	wantCode(t, "unauthenticated", err)
	_, err = w.store.Authenticate(t.Context(), next.Secret)
	wantCode(t, "unauthenticated", err)
}

// TestLastUse holds that the last use of a token is written down, to the minute.
func TestLastUse(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	now := w.store.Now()
	made := do[postgres.MadeToken](t)(w.store.CreateToken(t.Context(), &postgres.Act{By: w.bo}, ledger.NewToken{}))
	for _, step := range []struct {
		after time.Duration
		want  time.Duration
	}{{0, 0}, {59 * time.Second, 0}, {time.Minute, time.Minute}} {
		w.store.SetClock(func() time.Time { return now.Add(step.after) })
		do[postgres.Caller](t)(w.store.Authenticate(t.Context(), made.Secret))
		w.store.AwaitUses()
		tokens := do[[]postgres.Token](t)(w.store.Tokens(t.Context(), w.bo, false))
		if tokens[0].LastUsedAt == nil || !tokens[0].LastUsedAt.Equal(now.Add(step.want)) {
			t.Errorf("used after %s, last use is %v", step.after, tokens[0].LastUsedAt)
		}
	}
}

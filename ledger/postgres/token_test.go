package postgres_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger/postgres"
)

// TestReadOnlyToken holds that a token says whether it only reads, wherever it is
// shown.
func TestReadOnlyToken(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	for label, make := range map[string]func() (string, error){
		"writes": func() (string, error) {
			return w.store.CreateToken(t.Context(), w.actAs(w.bo), "writes")
		},
		"reads": func() (string, error) {
			return w.store.CreateReadOnlyToken(t.Context(), w.actAs(w.bo), "reads")
		},
	} {
		by := do[postgres.Caller](t)(w.store.Authenticate(t.Context(), do[string](t)(make())))
		if by.ReadOnly != (label == "reads") || by.Member != w.bo.Member {
			t.Errorf("the token that %s acts for %+v", label, by)
		}
	}
	got := map[string]bool{}
	for _, token := range do[[]postgres.Token](t)(w.store.Tokens(t.Context(), w.bo)) {
		got[token.Label] = token.ReadOnly
	}
	if diff := cmp.Diff(map[string]bool{"writes": false, "reads": true}, got); diff != "" {
		t.Error(diff)
	}
}

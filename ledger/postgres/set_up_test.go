package postgres_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/postgres/postgrestest"
)

// founding is what somebody says who sets an instance up.
func founding(handle string) postgres.Founding {
	return postgres.Founding{
		Commons: ledger.Commons{Slug: "mill", Name: "Mill", Currency: "EUR", TimeZone: "Europe/Rome"},
		First:   ledger.NewMember{Handle: handle, Name: "Ana"},
		Email:   handle + "@example.org",
	}
}

// An instance is set up once, whoever is quickest, by a link that is not too old; and
// its founder is steward and treasurer, and signed in.
func TestSetUp(t *testing.T) {
	t.Parallel()
	store := do[*postgres.Store](t)(postgres.Open(t.Context(), postgrestest.URL(t)))
	t.Cleanup(func() { _ = store.Close() })
	ctx := t.Context()
	old := do[string](t)(store.StartSetUp(ctx))
	begin := store.Now()
	store.SetClock(func() time.Time { return begin.Add(24 * time.Hour) })
	link, other := do[string](t)(store.StartSetUp(ctx)), do[string](t)(store.StartSetUp(ctx))
	for name, c := range map[string]struct {
		link string
		in   postgres.Founding
		want string
	}{
		"an old link":      {old, founding("ana"), "set_up_gone"},
		"a part of a link": {link[:20], founding("ana"), "set_up_gone"},
		"nothing":          {"", founding("ana"), "set_up_gone"},
		"no commons":       {link, postgres.Founding{}, "unknown_currency"},
	} {
		if _, err := store.SetUp(ctx, c.link, c.in, laptop); codeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := store.CheckSetUp(ctx, old); codeOf(err) != "set_up_gone" {
		t.Errorf("an old link: %v", err)
	}
	var group sync.WaitGroup
	codes, secrets := make([]string, 8), make([]string, 8)
	for i := range codes {
		group.Go(func() {
			if err := store.CheckSetUp(ctx, link); err != nil && codeOf(err) != "already_set_up" {
				t.Error(err)
			}
			secret, err := store.SetUp(ctx, []string{link, other}[i%2], founding(fmt.Sprint("ana-", i)), laptop)
			codes[i], secrets[i] = codeOf(err), secret
		})
	}
	group.Wait()
	got := map[string]int{}
	for i, code := range codes {
		got[code]++
		if code == "done" {
			founder := do[postgres.Session](t)(store.Session(ctx, secrets[i]))
			all := do[[]postgres.Membership](t)(store.Memberships(ctx, founder.Person.ID))
			want := []ledger.Role{ledger.Steward, ledger.Treasurer}
			if len(all) != 1 || founder.Person.Name != "Ana" || !cmp.Equal(all[0].Member.Roles, want) {
				t.Errorf("%v is %+v", founder, all)
			}
		}
	}
	if diff := cmp.Diff(map[string]int{"done": 1, "already_set_up": 7}, got); diff != "" {
		t.Error(diff)
	}
	if secret := do[string](t)(store.StartSetUp(ctx)); secret != "" {
		t.Error("there is a link after all")
	}
}

package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// storyTime is the end of what the demonstration tells: it must not depend on today.
var storyTime = time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)

// story is a commons of the demonstration on its way into the books. Every act has
// an idempotency key, so that a story which was interrupted goes on where it
// stopped, and one that was told is not told again.
type story struct {
	*postgres.Store
	ctx     context.Context
	slug    string
	callers map[string]postgres.Caller
	err     error
}

// told hears how much of the demonstration is in the books: done of all steps, and
// what comes next.
type told func(done, all int, next string)

// tellStories fills the two commons of the demonstration, as far as they are not
// there yet: one October that can be checked by hand, and a year. After an error the
// store is only good to be closed: its clock stands, and it may still be writing.
func tellStories(ctx context.Context, store *postgres.Store, hear told) error {
	if err := tellOctober(ctx, store); err != nil {
		return err
	}
	if err := tellYear(ctx, store, hear); err != nil {
		return err
	}
	store.SetClock(time.Now)
	return nil
}

// founding is how a commons of the demonstration begins, and what tells it from a
// real one of that name: the instant.
type founding struct {
	at      time.Time
	commons ledger.Commons
	first   ledger.NewMember
}

// found makes the commons, unless it is there, and returns it as it is.
func (f founding) found(ctx context.Context, store *postgres.Store) (ledger.Commons, error) {
	store.SetClock(func() time.Time { return f.at })
	var found ledger.Commons
	err := persist(ctx, func() (err error) {
		found, err = f.make(ctx, store)
		return err
	})
	if err == nil && !found.CreatedAt.Equal(f.at) {
		return found, refuse("Unset DATABASE_URL, or name another home with --home.",
			"These books have a commons %s already that is not the demonstration's.", found.Slug)
	}
	return found, err
}

func (f founding) make(ctx context.Context, store *postgres.Store) (ledger.Commons, error) {
	found, err := store.CommonsBySlug(ctx, f.commons.Slug)
	var missing, taken *ledger.Error
	if !errors.As(err, &missing) || missing.Kind != ledger.NotFound {
		return found, err
	}
	made, err := store.CreateCommons(ctx, &postgres.Act{By: postgres.Caller{Instance: true}}, f.commons, f.first)
	if errors.As(err, &taken) && taken.Code == "slug_taken" {
		return store.CommonsBySlug(ctx, f.commons.Slug) // another program was quicker
	}
	return made.Commons, err
}

// storyPatience bounds how long one act of a story waits for others.
const storyPatience = 30 * time.Second

// persist does something until no other program is in the way that tells the same
// story: one that does the same act, or one whose end took the database with it
// until it is started again.
func persist(ctx context.Context, do func() error) error {
	for deadline := time.Now().Add(storyPatience); ; {
		err := do()
		var refused *ledger.Error
		passes := errors.As(err, &refused) && (refused.Code == "idempotency_in_flight" ||
			refused.Kind == ledger.Unavailable && refused.Code != "storage_full")
		if !passes || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// at sets the clock, as long as nothing went wrong.
func (t *story) at(now time.Time) {
	if t.err == nil {
		t.SetClock(func() time.Time { return now })
	}
}

// as returns the member as the caller of an act.
func (t *story) as(handle string) postgres.Caller {
	by, known := t.callers[handle]
	if !known && t.err == nil {
		t.err = persist(t.ctx, func() (err error) {
			by, err = t.AsMember(t.ctx, t.slug, handle)
			return err
		})
		if t.err == nil {
			t.callers[handle] = by
		}
	}
	return by
}

// once does an act of the story, unless it was done before, and returns what name
// says of it, now or then.
func once[T any](
	t *story, key string, by postgres.Caller, do func(act *postgres.Act) (T, error),
	name func(T) string,
) string {
	if t.err != nil {
		return ""
	}
	resource := ""
	t.err = persist(t.ctx, func() error {
		act := &postgres.Act{
			By: by, Key: "story-" + key, Fingerprint: []byte(key),
			Render: func(result any) (postgres.Answer, error) {
				answer := postgres.Answer{Status: 201, Body: []byte("{}")}
				answer.Resource = name(result.(T))
				return answer, nil
			},
		}
		if _, err := do(act); err != nil && !errors.Is(err, postgres.ErrReplayed) {
			return err
		}
		resource = act.Answer.Resource
		return nil
	})
	return resource
}

// unnamed is for acts whose result nobody asks for again.
func unnamed[T any](T) string { return "" }

// idsOf names contributions by their ids, in order.
func idsOf(logged []ledger.Contribution) string {
	ids := make([]string, len(logged))
	for i, c := range logged {
		ids[i] = string(c.ID)
	}
	return strings.Join(ids, " ")
}

// contributionIDs reads what idsOf wrote.
func contributionIDs(text string) (ids []ledger.ContributionID) {
	for id := range strings.FieldsSeq(text) {
		ids = append(ids, ledger.ContributionID(id))
	}
	return ids
}

// divide drafts the distribution of all that came in through the day, and posts it.
func (t *story) divide(key string, by postgres.Caller, through ledger.Date) ledger.DistributionID {
	drafted := once(t, key+"draft", by, func(act *postgres.Act) ([]postgres.Distribution, error) {
		return t.DraftDistributions(t.ctx, act,
			[]postgres.DistributionRequest{{Through: through, Date: through}})
	}, func(drafts []postgres.Distribution) string {
		return string(drafts[0].ID) + " " + drafts[0].Digest
	})
	id, digest, _ := strings.Cut(drafted, " ")
	once(t, key+"post", by, func(act *postgres.Act) (postgres.Distribution, error) {
		return t.PostDistribution(t.ctx, act, ledger.DistributionID(id), digest)
	}, unnamed)
	return ledger.DistributionID(id)
}

// move records moves of money as one act.
func (t *story) move(key string, by postgres.Caller, moves ...ledger.Move) {
	once(t, key, by, func(act *postgres.Act) ([]ledger.Entry, error) {
		return t.MoveMoney(t.ctx, act, moves)
	}, unnamed)
}

func eur(amount string) ledger.Money {
	return ledger.Money{Amount: decimal.RequireFromString(amount), Currency: "EUR"}
}

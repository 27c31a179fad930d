package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// hours is one contribution of work.
func hours(t testing.TB, member, quantity, day, reference string) []ledger.NewContribution {
	t.Helper()
	return []ledger.NewContribution{{Member: member, Kind: "work", Date: date(t, day),
		Quantity: decimal.RequireFromString(quantity), ExternalRef: reference}}
}

// Acts that are written together are answered each by itself: what is wrong with
// one is nothing to the others.
func TestBatchAnswersEach(t *testing.T) {
	t.Parallel()
	const n = 120
	w := riverside(t)
	do[[]ledger.Contribution](t)(w.store.LogContributions(t.Context(), w.act(),
		hours(t, "ana", "1", "2026-09-30", "taken")))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	tally := atOnce(n, func(i int) error {
		day := fmt.Sprintf("2026-10-%02d", 1+i/8)
		ctx, act, added := t.Context(), w.act(), hours(t, "ana", "1", day, "")
		switch i % 8 {
		case 1:
			added[0].Member = "nobody"
		case 2:
			added[0].ExternalRef = "taken"
		case 3:
			act.By = w.cy // who may log for themselves only
		case 4:
			added[0].Quantity = decimal.NewFromInt(25)
		case 5:
			ctx = gone
		case 6:
			act = keyed(w.ana, "a key for all", "request")
			added[0].Date = date(t, "2026-09-01")
		case 7:
			act.Render = func(any) (postgres.Answer, error) { return postgres.Answer{}, errors.New("no answer") }
		}
		_, err := w.store.LogContributions(ctx, act, added)
		return err
	})
	each := n / 8
	want := map[string]int{"ok": each + 1, "replayed": each - 1, "unknown_member": each, "external_ref_taken": each,
		"forbidden": each, "too_many_hours": each, "context canceled": each, "no answer": each}
	if diff := cmp.Diff(want, tally); diff != "" {
		t.Error(diff)
	}
	if got := count(t, w.store.Raw(), `SELECT count(*) FROM contribution`); got != each+2 {
		t.Errorf("%d contributions, want %d", got, each+2)
	}
}

// A panic in one answer is an error of that act; it stops neither the others nor
// the program, and leaves no transaction open.
func TestBatchPanic(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	tally := atOnce(30, func(i int) error {
		act := w.act()
		if i%10 == 0 {
			act.Render = func(any) (postgres.Answer, error) { panic("no answer at all") }
		}
		_, err := w.store.LogContributions(t.Context(), act, hours(t, "cy", "0.5", "2026-10-05", ""))
		if err != nil && strings.Contains(err.Error(), "no answer at all") {
			return errors.New("panic")
		}
		return err
	})
	if diff := cmp.Diff(map[string]int{"ok": 27, "panic": 3}, tally); diff != "" {
		t.Error(diff)
	}
	waitUntilIdle(t, w)
}

// An act that panics outside of a batch leaves no transaction open either.
func TestPanicRollsBack(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	act := w.act()
	act.Render = func(any) (postgres.Answer, error) { panic("no answer at all") }
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is lost")
			}
		}()
		_, _ = w.store.RecordIncomes(t.Context(), act, sale(t, "10.00", "2026-10-31"))
	}()
	waitUntilIdle(t, w)
	used := func() int { return w.store.Raw().Stats().InUse }
	// The last use of a token is written down beside all this, and takes a connection too.
	for began := time.Now(); used() > 0 && time.Since(began) < 10*time.Second; {
		time.Sleep(10 * time.Millisecond)
	}
	if got := used(); got != 0 {
		t.Errorf("%d connections are lost", got)
	}
	w.income("10.00", "2026-10-31")
}

// Hours of one day stay within the day, however many log them at once.
func TestHoursAtOnce(t *testing.T) {
	t.Parallel()
	const n = 40
	w := riverside(t)
	tally := atOnce(n, func(i int) error {
		added := hours(t, "cy", "1.5", "2026-10-05", "")
		if i%2 == 0 {
			added[0].Kind = "care" // this one waits for review, and counts all the same
		}
		_, err := w.store.LogContributions(t.Context(), w.act(), added)
		return err
	})
	if diff := cmp.Diff(map[string]int{"ok": 16, "too_many_hours": n - 16}, tally); diff != "" {
		t.Error(diff)
	}
}

// Whether a key was used before is looked up, and not asked of every key that was ever used.
func TestKeysAreLookedUp(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	db := w.store.Raw()
	const kept, logged = 5000, 20
	_, err := db.ExecContext(t.Context(), `
		INSERT INTO idempotency_key (commons_id, member_id, key, fingerprint, status, location, resource,
		            body, created_at)
		SELECT $1, $2, 'kept-' || i, '\x00', 201, '', '', '{}', $3 FROM generate_series(1, $4::int) AS i`,
		string(w.bo.Commons.ID), string(w.bo.Member), w.store.Now(), kept)
	if err != nil {
		t.Fatal(err)
	}
	analyze(t, db)
	before := rowsRead(t, db)
	for i := range logged {
		do[[]ledger.Contribution](t)(w.store.LogContributions(t.Context(), w.keyed(w.bo, fmt.Sprint("new-", i)),
			[]ledger.NewContribution{{Member: "bo", Kind: "materials", Quantity: decimal.NewFromInt(1),
				Date: date(t, "2026-10-05")}}))
	}
	if n := (rowsRead(t, db) - before) / logged; n > kept/10 {
		t.Errorf("the database read %d rows for each contribution", n)
	}
}

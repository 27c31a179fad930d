package postgres_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// The feed of an October tells of everything, in order.
func TestEventsOfOctober(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	w.post(w.draft("2026-10-31"))
	got := map[ledger.EventType]int{}
	last := int64(0)
	for {
		events := do[[]ledger.Event](t)(w.store.Events(t.Context(), w.ana, last, 7))
		for _, e := range events {
			if e.Number != last+1 {
				t.Fatalf("event %d follows %d", e.Number, last)
			}
			last = e.Number
			got[e.Type]++
		}
		if len(events) < 7 {
			break
		}
	}
	want := map[ledger.EventType]int{
		"commons.created": 1, "change.unchecked": 1, "member.added": 3, "kind.added": 3, "fund.added": 2, "agreement.created": 1,
		"agreement.accepted": 1, "agreement.adopted": 1, "contribution.logged": 1, "contribution.accepted": 21, "income.recorded": 3,
		"entry.recorded": 1, "distribution.drafted": 1, "distribution.posted": 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A reader who goes on after the last number misses nothing, however many write.
func TestEventsWithoutGap(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	const writers, each = 6, 15
	var wait sync.WaitGroup
	for i := range writers {
		wait.Go(func() {
			for range each {
				_, err := w.store.LogContributions(t.Context(), w.act(), []ledger.NewContribution{{
					Member: "bo", Kind: []string{"care", "materials"}[i%2], Quantity: decimal.New(1, -2),
					Date: date(t, "2026-10-05")}})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wait.Wait(); close(done) }()
	last, finished := int64(0), false
	for {
		select {
		case <-done:
			finished = true
		default:
		}
		events := do[[]ledger.Event](t)(w.store.Events(t.Context(), w.ana, last, 50))
		for _, e := range events {
			if e.Number != last+1 {
				t.Fatalf("event %d follows %d", e.Number, last)
			}
			last = e.Number
		}
		if finished && len(events) == 0 {
			break
		}
	}
	if last < writers*each {
		t.Errorf("%d events", last)
	}
}

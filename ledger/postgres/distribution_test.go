package postgres_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The October of domain.md 7, to the cent.
func TestOctober(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	d := w.draft("2026-10-31")
	posted := w.post(d)
	if diff := cmp.Diff(d.Digest, posted.Digest); diff != "" {
		t.Error(diff)
	}
	got := map[string]string{}
	for _, a := range posted.Allocations {
		got[a.Rule+" "+a.Member.Handle+a.Fund.Code] = a.Amount.Figure()
	}
	want := map[string]string{
		"materials ana": "120.00", "materials bo": "180.00",
		"reserve reserve": "390.00", "care-fund care": "195.00",
		"work ana": "1156.40", "work bo": "1284.88", "work cy": "873.72",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	payables := map[string]string{"ana": w.payable("ana"), "bo": w.payable("bo"), "cy": w.payable("cy")}
	if diff := cmp.Diff(map[string]string{"ana": "1076.40", "bo": "1464.88", "cy": "873.72"}, payables); diff != "" {
		t.Error(diff)
	}
}

package http

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCase10 holds that names that look alike are accepted, with a warning.
func TestCase10(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	plain := f.send("POST", "members", `{"handle":"di","name":"Di"}`).want(201)
	if warning, found := plain["warning"]; found {
		t.Errorf("a plain name is warned of: %v", warning)
	}
	mixed := f.send("POST", "members", `{"handle":"di-2","name":"Dі"}`).want(201)
	if mixed["warning"] == nil {
		t.Errorf("nothing warns of %v", mixed["name"])
	}
	f.send("POST", "members", `{"handle":"ſam","name":"Sam"}`).wantProblem(422, "invalid_handle")
}

// TestCase25 sends one act five times, as impatient people do: it takes effect once
// and is answered alike.
func TestCase25(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	body := incomeOf("10.00", "2026-10-30")
	first := f.send("POST", "incomes", body, keyHeader, "double-click")
	first.want(201)
	before := f.snapshot()
	for range 4 {
		again := f.send("POST", "incomes", body, keyHeader, "double-click")
		if diff := cmp.Diff(first.Body.String(), again.Body.String()); diff != "" || again.Code != 201 {
			t.Errorf("got %d: %s", again.Code, diff)
		}
		if again.Header().Get("Idempotent-Replayed") != "true" {
			t.Error("the answer does not say that it was given before")
		}
	}
	if diff := cmp.Diff(before, f.snapshot()); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
}

// TestCase27 holds that a key is not taken for another request.
func TestCase27(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	made := f.send("POST", "incomes", incomeOf("10.00", "2026-10-30"), keyHeader, "a-key").want(201)
	before := f.snapshot()
	other := f.send("POST", "incomes", incomeOf("10.01", "2026-10-30"), keyHeader, "a-key")
	other.wantProblem(422, "idempotency_key_reused")
	if got := other.want(422)["resource_id"]; got != made["id"] {
		t.Errorf("resource_id is %v, want %v", got, made["id"])
	}
	if diff := cmp.Diff(before, f.snapshot()); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
}

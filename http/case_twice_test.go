package http

import (
	"bufio"
	"fmt"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestCase25_DoubleClick sends one act five times, as impatient people do: it takes
// effect once and is answered alike.
func TestCase25_DoubleClick(t *testing.T) {
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
	f.same(t, before)
}

// TestCase26_AtOnce sends one request many times at once under one key.
func TestCase26_AtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	codes := atOnce(50, func() *httptest.ResponseRecorder {
		return f.send("POST", "incomes",
			`{"amount":{"amount":"10","currency":"EUR"},"date":"2026-10-31","source":"sale"}`,
			keyHeader, "the-key").ResponseRecorder
	})
	var made []string
	for _, got := range codes {
		switch {
		case got.Code == 201:
			made = append(made, got.Body.String())
		case got.Code != 409 || !strings.Contains(got.Body.String(), "idempotency_in_flight"):
			t.Errorf("got %d: %s", got.Code, got.Body)
		}
	}
	if len(made) == 0 {
		t.Fatal("none got through")
	}
	for _, body := range made {
		if body != made[0] {
			t.Errorf("two answers under one key: %s and %s", body, made[0])
		}
	}
	if incomes := f.send("GET", "incomes", "").want(200)["data"].([]any); len(incomes) != 2 {
		t.Errorf("%d incomes, want the fixture's and one more", len(incomes))
	}
}

// atOnce runs f many times at the same time.
func atOnce(n int, f func() *httptest.ResponseRecorder) []*httptest.ResponseRecorder {
	answers := make([]*httptest.ResponseRecorder, n)
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() { answers[i] = f() })
	}
	running.Wait()
	return answers
}

// TestCase27_OtherBody holds that a key is not taken for another request.
func TestCase27_OtherBody(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	made := f.send("POST", "incomes", incomeOf("10.00", "2026-10-30"), keyHeader, "a-key").want(201)
	before := f.snapshot()
	other := f.send("POST", "incomes", incomeOf("10.01", "2026-10-30"), keyHeader, "a-key")
	other.wantProblem(422, "idempotency_key_reused")
	if got := other.want(422)["resource_id"]; got != made["id"] {
		t.Errorf("resource_id is %v, want %v", got, made["id"])
	}
	f.same(t, before)
}

// TestCase28_KeysOfOthers holds that a key belongs to one member of one commons.
func TestCase28_KeysOfOthers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	body := func(member string) string {
		return fmt.Sprintf(`{"member":%q,"kind":"work","quantity":"1","date":"2026-10-09"}`, member)
	}
	f.send("POST", "contributions", body("bo"), keyHeader, "the-key").want(201)
	other := f.as("ana").send("POST", "contributions", body("ana"), keyHeader, "the-key")
	if other.want(201); other.Header().Get("Idempotent-Replayed") != "" {
		t.Error("the key of one member answered another")
	}
	kind := `{"code":"work","name":"Work","unit":"hour"}`
	f.stranger.send("POST", "kinds", kind, keyHeader, "the-key").want(201)
}

// TestCase29_NoKey holds that no act which moves money is done without a key.
func TestCase29_NoKey(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var all []badCase
	for _, o := range cases(t) {
		if o.keyRequired {
			all = append(all, badCase{o.id, o.method, f.pathOf(o), o.body, 400,
				"idempotency_key_required"})
		}
	}
	if len(all) < 15 {
		t.Fatalf("only %d operations move money", len(all))
	}
	f.refuses(t, all, keyHeader, "")
}

// TestCase30_LostAnswer sends an act and is gone before the answer: asked again under
// the same key, it is done once and answered as it would have been.
func TestCase30_LostAnswer(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	s := New(f.store, quiet())
	address := servingOn(t, s)
	body := incomeOf("10.00", "2026-10-30")
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(connection, "POST /v1/commons/riverside/incomes HTTP/1.1\r\nHost: a\r\n"+
		"Authorization: Bearer %s\r\nIdempotency-Key: lost\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\n\r\n%s", f.token, len(body), body)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(connection).Peek(1); err != nil || connection.Close() != nil {
		t.Fatal(err)
	}
	again := f.send("POST", "incomes", body, keyHeader, "lost")
	again.want(201)
	if again.Header().Get("Idempotent-Replayed") != "true" {
		t.Error("it was done twice")
	}
	if incomes := f.send("GET", "incomes", "").want(200)["data"].([]any); len(incomes) != 2 {
		t.Errorf("%d incomes, want the fixture's and one more", len(incomes))
	}
}

// TestCase30_GivenUp holds that an act whose caller gives up in the middle is done
// whole or not at all, and that asking again does it once.
func TestCase30_GivenUp(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	address := servingOn(t, New(f.store, quiet()))
	body := incomeOf("10.00", "2026-10-30")
	for i := range 20 {
		client := &nethttp.Client{Timeout: time.Duration(i) * time.Millisecond / 2}
		r, err := nethttp.NewRequest("POST", "http://"+address+"/v1/commons/riverside/incomes",
			strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+f.token)
		r.Header.Set("Content-Type", jsonMedia)
		r.Header.Set(keyHeader, fmt.Sprintf("given-up-%d", i))
		if answer, err := client.Do(r); err == nil && answer.Body.Close() != nil {
			t.Error("the answer has no end")
		}
	}
	for i := range 20 {
		f.send("POST", "incomes", body, keyHeader, fmt.Sprintf("given-up-%d", i)).want(201)
	}
	if incomes := f.send("GET", "incomes", "").want(200)["data"].([]any); len(incomes) != 21 {
		t.Errorf("%d incomes, want the fixture's and 20 more", len(incomes))
	}
}

// TestCase31_PostedAtOnce posts the distribution of the same income many times at
// once.
func TestCase31_PostedAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	type draft struct{ path, body string }
	var drafts []draft
	for range 10 {
		made := f.send("POST", "distributions", `{"through":"2026-10-31"}`).want(201)
		drafts = append(drafts, draft{
			"distributions/" + made["id"].(string) + "/post",
			`{"digest":"` + made["digest"].(string) + `"}`,
		})
	}
	var running sync.WaitGroup
	answers := make([]answer, len(drafts))
	for i, d := range drafts {
		running.Go(func() { answers[i] = f.send("POST", d.path, d.body) })
	}
	running.Wait()
	posted := 0
	for _, got := range answers {
		if got.Code == 201 {
			posted++
			continue
		}
		got.wantProblem(409, "income_already_distributed")
	}
	if posted != 1 {
		t.Errorf("%d were posted, want 1", posted)
	}
}

// TestCase35_MoreThanIsOwed holds that parts are not paid beyond the whole.
func TestCase35_MoreThanIsOwed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	payment := `{"member":"bo","amount":{"amount":"30","currency":"EUR"},"date":"2026-10-31"}`
	f.send("POST", "payments", payment).want(201)
	f.refuses(t, []badCase{
		{"the second part", "POST", "payments", payment, 409, "exceeds_payable"},
	})
}

// TestOneThingTwice holds that a batch names each thing once.
func TestOneThingTwice(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.refuses(t, []badCase{{"in a batch", "POST", "contributions/accept",
		fmt.Sprintf(`{"ids":[%q,%[1]q]}`, f.names["contribution"]), 422, "duplicate_item"}})
}

package http

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCase44_SuspendedMember holds that an open token does nothing for who is suspended but
// look after them, from the next request on, and all again once that ends.
func TestCase44_SuspendedMember(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	bo := f.as("bo")
	logs := `{"member":"bo","kind":"work","quantity":"2","date":"2026-10-07"}`
	bo.send("POST", "contributions", logs).want(201)
	suspended := f.send("POST", "members/bo/suspension", `{"reason":"until Friday"}`)
	since, _ := suspended.want(200)["suspended_at"].(string)
	if f.send("GET", "members/bo", "").want(200)["suspended_at"] != since || since == "" {
		t.Errorf("bo is not suspended since %q: %s", since, suspended.Body)
	}
	if strings.Contains(suspended.Body.String(), "Friday") {
		t.Error("all members read the reason")
	}
	before := f.snapshot()
	bo.send("POST", "contributions", logs).wantProblem(403, "member_suspended")
	bo.send("GET", "kinds", "").wantProblem(403, "member_suspended")
	bo.send("GET", "contributions/"+f.names["contribution"], "").wantProblem(403, "member_suspended")
	bo.send("POST", "members/bo/suspension", `{"reason":"me"}`).wantProblem(403, "member_suspended")
	bo.send("DELETE", "members/bo/suspension", "").wantProblem(403, "member_suspended")
	f.send("POST", "members/bo/suspension", `{"reason":""}`).wantProblem(422, "required")
	f.send("POST", "members/bo/suspension", `{"reason":"too"}`).wantProblem(409, "already_suspended")
	f.send("POST", "members/ana/suspension", `{"reason":"too"}`).wantProblem(409, "holds_role")
	f.send("POST", "members/bo/roles", `{"role":"steward","held":true}`).
		wantProblem(409, "member_is_suspended")
	f.same(t, before)
	if own := bo.send("GET", "members/bo/data", "").want(200)["suspensions"].([]any); len(own) != 1 ||
		own[0].(map[string]any)["reason"] != "until Friday" {
		t.Errorf("bo reads %v", own)
	}
	bo.send("GET", "audit", "").want(200)
	f.send("POST", "payments", fiveEuro+`,"member":"bo"}`).want(201)
	readmitted := f.send("DELETE", "members/bo/suspension", "").want(200)
	if at, found := readmitted["suspended_at"]; found {
		t.Errorf("bo is suspended since %v still", at)
	}
	f.send("DELETE", "members/bo/suspension", "").wantProblem(409, "not_suspended")
	bo.send("POST", "contributions", logs).want(201)
	f.feed(t, "member.suspended", "member.readmitted")
}

// feed holds that the events of these types are these, in order.
func (f *fixture) feed(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, event := range f.send("GET", "events?limit=200", "").want(200)["data"].([]any) {
		if kind := event.(map[string]any)["type"].(string); slices.Contains(want, kind) {
			got = append(got, kind)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

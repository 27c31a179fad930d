package main

import (
	"strings"
	"testing"
	"time"
)

// TestChangeInWords says in sentences what was asked, also of what this program does not
// know, and keeps it from steering the terminal.
func TestChangeInWords(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 10, 2, 23, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name, want string
		changed    changed
	}{
		{
			"role", "ana proposes: bo becomes treasurer from 2026-10-01 – waiting for a second person",
			changed{State: "waiting", ProposedBy: "ana",
				Grant: &changedGrant{Member: "bo", Role: "treasurer", Held: true, From: "2026-10-01"}},
		},
		{
			"role taken", "ana proposes: bo is treasurer no more – in effect since 2026-10-02, unchecked",
			changed{State: "unchecked", ProposedBy: "ana", DecidedAt: at,
				Grant: &changedGrant{Member: "bo", Role: "treasurer"}},
		},
		{
			"role with an end", "ana proposes: bo becomes auditor through 2027-10-01 – waiting for a second person",
			changed{State: "waiting", ProposedBy: "ana",
				Grant: &changedGrant{Member: "bo", Role: "auditor", Held: true, Until: "2027-10-01"}},
		},
		{
			"policy", "somebody at the machine or in founding proposes: nobody else has to approve " +
				"distributions – withdrawn by bo on 2026-10-02",
			changed{State: "withdrawn", DecidedBy: "bo", DecidedAt: at, Policy: &changedPolicy{}},
		},
		{
			"act", `ana asks to do: POST /v1/commons/mill/rates {"rate":"2"} – confirmed by bo on 2026-10-02`,
			changed{Type: "act", State: "confirmed", ProposedBy: "ana", DecidedBy: "bo", DecidedAt: at,
				Act: &changedAct{Operation: "manage_settings", Method: "POST",
					Path: "/v1/commons/mill/rates", Body: []byte(`{"rate":"2"}`)}},
		},
		{
			"unknown", "ana asks for: new \ufffd[2Jthing – waiting for a second person",
			changed{Type: "new_\x1b[2Jthing", State: "waiting", ProposedBy: "ana"},
		},
	} {
		if got := test.changed.inWords(); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestChangeList keeps long requests from filling the list, and shows them whole alone.
func TestChangeList(t *testing.T) {
	t.Parallel()
	long := changed{ID: "chg_1", State: "waiting", ProposedBy: "ana", Made: "/v1/made/1", Act: &changedAct{
		Operation: "move_money", Method: "POST", Path: "/v1/commons/mill/spendings",
		Body: []byte(`{"memo":"` + strings.Repeat("é", 300) + `"}`),
	}}
	var list, alone strings.Builder
	if err := writeChanges(&list, []changed{long}); err != nil {
		t.Fatal(err)
	}
	if err := long.write(&alone); err != nil {
		t.Fatal(err)
	}
	if got := list.String(); !strings.HasSuffix(got, "é… – waiting for a second person\n") ||
		strings.Contains(got, strings.Repeat("é", 200)) {
		t.Errorf("got %q", got)
	}
	for _, want := range []string{strings.Repeat("é", 300), "right    move money\n", "made     /v1/made/1\n"} {
		if !strings.Contains(alone.String(), want) {
			t.Errorf("%q lacks %q", alone.String(), want)
		}
	}
}

package ledger_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
)

// Who has left and has nothing open can be erased, and others only for a reason.
func TestLeaving(t *testing.T) {
	t.Parallel()
	left := ledger.Leaving{Member: ledger.Member{Stage: ledger.Left}, StaysLeft: true}
	with := func(change func(l *ledger.Leaving)) ledger.Leaving {
		l := left
		change(&l)
		return l
	}
	for _, c := range []struct {
		name   string
		who    ledger.Leaving
		reason string
		want   string
	}{
		{"who has left", left, "", ""},
		{"a member", with(func(l *ledger.Leaving) { l.Member.Stage = ledger.FullPart }), "because", "member_not_left"},
		{"who comes back", with(func(l *ledger.Leaving) { l.StaysLeft = false }), "", "member_not_left"},
		{"who is owed", with(func(l *ledger.Leaving) { l.Open = []string{"a", "b"} }), "", "member_has_open a, b"},
		{"who is owed for a reason", with(func(l *ledger.Leaving) { l.Open = []string{"a"} }), "cannot be reached", ""},
		{"whose work waits", with(func(l *ledger.Leaving) { l.Undecided = 2 }), "", "member_has_open 2"},
		{"who is erased", with(func(l *ledger.Leaving) { l.ErasedAt = time.Unix(1, 0) }), "again", "member_erased"},
	} {
		var refusal *ledger.Error
		got := ""
		if errors.As(c.who.Check(c.reason), &refusal) {
			got = refusal.Code
			for _, fact := range refusal.Detail {
				got += " " + fact
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	if err := with(func(l *ledger.Leaving) { l.Asked = true }).CheckAsked(); err == nil || left.CheckAsked() != nil {
		t.Errorf("asked twice: %v", err)
	}
}

// Nobody else can be called like an erased member.
func TestPseudonym(t *testing.T) {
	t.Parallel()
	for handle, want := range map[string]bool{
		ledger.Pseudonym(7): true, "gone-007": true, "gone-": false, "gone": false, "gone-7a": false, "begone-7": false,
	} {
		if got := ledger.IsPseudonym(handle); got != want {
			t.Errorf("%s: %t", handle, got)
		}
	}
	m := ledger.NewMember{Handle: "gone-7", Name: "Gone", Stage: ledger.FullPart, JoinedOn: ledger.Beginning}
	var refusal *ledger.Error
	if !errors.As(m.Validate(ledger.Commons{}, time.Now()), &refusal) || refusal.Fields[0].Code != "reserved_handle" {
		t.Errorf("such a member joins: %v", refusal)
	}
}

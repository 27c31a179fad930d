package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// laptop is where people sign in from.
var laptop = postgres.Browser{
	Agent: "Firefox on Linux", Network: "198.51.100.0/24", RequestID: "req_1",
}

// codeOf returns the code of a refusal, "done" where nothing was refused.
func codeOf(err error) string {
	var refusal *ledger.Error
	switch {
	case err == nil:
		return "done"
	case errors.As(err, &refusal):
		return refusal.Code
	}
	return err.Error()
}

// person makes a person by an invitation of the member, and returns who they are.
func (w *world) person(handle, email string) ledger.Person {
	w.Helper()
	invited := do[postgres.Invited](w.T)(w.store.Invite(w.Context(), w.act(), handle))
	secret := do[string](w.T)(w.store.JoinAsNew(w.Context(), invited.Link, email, laptop))
	return do[postgres.Session](w.T)(w.store.Session(w.Context(), secret)).Person
}

// An invitation makes one person the member, once, as long as it is open; and who is
// no steward makes none.
func TestInvitation(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	ctx := t.Context()
	_, err := w.store.Invite(ctx, w.actAs(w.cy), "bo")
	if diff := cmp.Diff("forbidden", codeOf(err)); diff != "" {
		t.Error(diff)
	}
	first := do[postgres.Invited](t)(w.store.Invite(ctx, w.act(), "bo"))
	second := do[postgres.Invited](t)(w.store.Invite(ctx, w.act(), "bo"))
	if _, err := w.store.Invitation(ctx, first.Link); codeOf(err) != "link_gone" {
		t.Errorf("an invitation that another has followed: %v", err)
	}
	for range 3 { // looking uses nothing up
		in := do[postgres.Invitation](t)(w.store.Invitation(ctx, second.Link))
		if in.Member.Handle != "bo" || in.By != "Ana" || in.UsedBy != "" {
			t.Errorf("got %+v", in)
		}
	}
	elsewhere := second.Link
	elsewhere.Commons = "hillside"
	cut := second.Link
	cut.Secret = cut.Secret[:20]
	for _, c := range []struct {
		name, email string
		link        postgres.Link
		want        string
	}{
		{"no address", "bo", second.Link, "invalid_email"},
		{"another commons", "bo@example.org", elsewhere, "link_gone"},
		{"a part of a link", "bo@example.org", cut, "link_gone"},
		{"one that was replaced", "bo@example.org", first.Link, "link_gone"},
		{"the right one", "Bo@example.org", second.Link, "done"},
		{"the address again", "bo@EXAMPLE.org", second.Link, "email_taken"},
		{"somebody else", "eve@example.org", second.Link, "link_used"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.store.JoinAsNew(ctx, c.link, c.email, laptop)
			if diff := cmp.Diff(c.want, codeOf(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := w.store.Invite(ctx, w.act(), "bo"); codeOf(err) != "member_joined" {
		t.Errorf("an invitation for who is there: %v", err)
	}
	late := do[postgres.Invited](t)(w.store.Invite(ctx, w.act(), "cy"))
	if err := w.store.RevokeInvitation(ctx, w.act(), "cy"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.JoinAsNew(ctx, late.Link, "cy@example.org", laptop); codeOf(err) != "link_gone" {
		t.Errorf("an invitation that was taken back: %v", err)
	}
	late = do[postgres.Invited](t)(w.store.Invite(ctx, w.act(), "cy"))
	w.store.SetClock(func() time.Time { return late.ExpiresAt })
	if _, err := w.store.JoinAsNew(ctx, late.Link, "cy@example.org", laptop); codeOf(err) != "link_gone" {
		t.Errorf("an invitation of 7 days ago: %v", err)
	}
}

// Many who click the same link at once make one person of one member.
func TestInvitationOnce(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	link := do[postgres.Invited](t)(w.store.Invite(t.Context(), w.act(), "bo")).Link
	var codes sync.Map
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			_, err := w.store.JoinAsNew(t.Context(), link, fmt.Sprintf("bo%d@example.org", i), laptop)
			codes.Store(i, codeOf(err))
		})
	}
	group.Wait()
	got := map[string]int{}
	codes.Range(func(_, code any) bool { got[code.(string)]++; return true })
	if diff := cmp.Diff(map[string]int{"done": 1, "link_used": 7}, got); diff != "" {
		t.Error(diff)
	}
	if n := count(t, w.store.Raw(), `SELECT count(*) FROM person`); n != 1 {
		t.Errorf("%d people", n)
	}
}

// A person is one member in each of several commons, and nothing where they left.
func TestMemberships(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	ctx := t.Context()
	bo := w.person("bo", "bo@example.org")
	mill := do[postgres.Founded](t)(w.store.CreateCommons(ctx, &postgres.Act{By: postgres.Caller{Instance: true}},
		ledger.Commons{Slug: "mill", Name: "Mill", Currency: "EUR", TimeZone: "Europe/Berlin"},
		ledger.NewMember{Handle: "robert", Name: "Robert", Stage: ledger.FullPart}))
	founder := postgres.Caller{Commons: mill.Commons, Member: mill.Member.ID}
	atMachine := &postgres.Act{By: founder}
	link := do[postgres.Invited](t)(w.store.InviteMember(ctx, atMachine, "robert")).Link
	for range 2 { // the second click says the same
		if err := w.store.Join(ctx, link, bo.ID, laptop); err != nil {
			t.Fatal(err)
		}
	}
	cy := do[postgres.Invited](t)(w.store.Invite(ctx, w.act(), "cy")).Link
	if err := w.store.Join(ctx, cy, bo.ID, laptop); codeOf(err) != "already_in_commons" {
		t.Errorf("two members in one commons: %v", err)
	}
	want := []string{"mill robert", "riverside bo"}
	if diff := cmp.Diff(want, w.memberships(bo.ID)); diff != "" {
		t.Error(diff)
	}
	if _, err := w.store.CallerOf(ctx, bo.ID, "riverside"); err != nil {
		t.Error(err)
	}
	do[[]ledger.Member](t)(w.store.Leave(ctx, w.actAs(w.bo), "bo", ledger.Date{}))
	if diff := cmp.Diff(want[:1], w.memberships(bo.ID)); diff != "" {
		t.Errorf("after leaving: %s", diff)
	}
	if _, err := w.store.CallerOf(ctx, bo.ID, "riverside"); codeOf(err) != "not_found" {
		t.Errorf("after leaving: %v", err)
	}
}

func (w *world) memberships(id ledger.PersonID) (got []string) {
	w.Helper()
	for _, m := range do[[]postgres.Membership](w.T)(w.store.Memberships(w.Context(), id)) {
		got = append(got, m.Commons.Slug+" "+m.Member.Handle)
	}
	return got
}

// A code signs in once, within ten minutes, in the browser that asked for it, and is
// good no more after five tries.
func TestCodes(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	ctx := t.Context()
	bo := w.person("bo", "bo@example.org")
	ask := func(email string) postgres.Letter {
		t.Helper()
		return do[postgres.Letter](t)(w.store.StartSignIn(ctx, postgres.SignIn{Email: email}))
	}
	finish := func(visit, code string) string {
		_, err := w.store.FinishSignIn(ctx, visit, code, laptop)
		return codeOf(err)
	}
	letter, other := ask("BO@example.org"), ask("nobody@example.org")
	if letter.To != bo.Email || other.To != "" {
		t.Errorf("letters go to %q and %q", letter.To, other.To)
	}
	if sent := do[string](t)(w.store.SentTo(ctx, letter.Visit)); sent != "BO@example.org" {
		t.Errorf("sent to %q", sent)
	}
	wrong := strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, letter.Code)
	for _, c := range []struct{ name, visit, code, want string }{
		{"no browser", "", letter.Code, "code_gone"},
		{"another browser", ask("bo@example.org").Visit, letter.Code, "code_wrong"},
		{"another code", letter.Visit, wrong, "code_wrong"},
		{"nobody's address", other.Visit, other.Code, "code_gone"},
		{"the code", letter.Visit, letter.Code, "done"},
		{"the code again", letter.Visit, letter.Code, "code_gone"},
	} {
		if diff := cmp.Diff(c.want, finish(c.visit, c.code)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	letter = ask("bo@example.org")
	for range 5 {
		if got := finish(letter.Visit, "no code"); got != "code_wrong" {
			t.Error(got)
		}
	}
	if got := finish(letter.Visit, letter.Code); got != "code_gone" {
		t.Errorf("the sixth try: %s", got)
	}
	letter = ask("bo@example.org")
	w.later(10 * time.Minute)
	if got := finish(letter.Visit, letter.Code); got != "code_gone" {
		t.Errorf("after ten minutes: %s", got)
	}
	sent := 0
	for range 30 {
		if ask("bo@example.org").To != "" {
			sent++
		}
	}
	if sent > 20 || sent < 10 {
		t.Errorf("%d codes were sent at once", sent)
	}
	w.later(2 * time.Hour)
	if ask("bo@example.org").To == "" {
		t.Error("no code is sent ever after")
	}
	if n := count(t, w.store.Raw(), `SELECT count(*) FROM sign_in_code`); n != 1 {
		t.Errorf("%d codes are kept", n)
	}
}

// later moves the clock.
func (w *world) later(by time.Duration) {
	now := w.store.Now().Add(by)
	w.store.SetClock(func() time.Time { return now })
}

// Who comes by an invitation becomes a person when the code comes back, and not before.
func TestCodeOfInvitation(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	ctx := t.Context()
	link := do[postgres.Invited](t)(w.store.Invite(ctx, w.act(), "bo")).Link
	in := postgres.SignIn{Email: "bo@example.org", Invitation: link}
	letter := do[postgres.Letter](t)(w.store.StartSignIn(ctx, in))
	if n := count(t, w.store.Raw(), `SELECT count(*) FROM person`); letter.To != in.Email || n > 0 {
		t.Errorf("the letter goes to %q", letter.To)
	}
	secret := do[string](t)(w.store.FinishSignIn(ctx, letter.Visit, letter.Code, laptop))
	got := do[postgres.Session](t)(w.store.Session(ctx, secret)).Person
	if diff := cmp.Diff(ledger.Person{ID: got.ID, Email: "bo@example.org", Name: "Bo"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"riverside bo"}, w.memberships(got.ID)); diff != "" {
		t.Error(diff)
	}
	if in := do[postgres.Invitation](t)(w.store.Invitation(ctx, link)); in.UsedBy != got.ID {
		t.Errorf("used by %q", in.UsedBy)
	}
}

// A session ends by being ended, by 12 idle hours and after 14 days at the latest; and
// nothing that opens one is in the database.
func TestSessions(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	ctx := t.Context()
	bo := w.person("bo", "bo@example.org")
	open := func() string {
		t.Helper()
		letter := do[postgres.Letter](t)(w.store.StartSignIn(ctx, postgres.SignIn{Email: bo.Email}))
		return do[string](t)(w.store.FinishSignIn(ctx, letter.Visit, letter.Code, laptop))
	}
	state := func(secret string) string {
		_, err := w.store.Session(ctx, secret)
		return codeOf(err)
	}
	one, two := open(), open()
	first := do[postgres.Session](t)(w.store.Session(ctx, one))
	if !first.IsFresh(w.store.Now()) || first.IsFresh(w.store.Now().Add(15*time.Minute)) {
		t.Errorf("fresh until %v at %v", first.FreshUntil, w.store.Now())
	}
	if n := len(do[[]postgres.Session](t)(w.store.Sessions(ctx, bo.ID))); n != 3 {
		t.Errorf("%d sessions", n)
	}
	other := w.person("cy", "cy@example.org")
	if err := w.store.EndSession(ctx, other.ID, first.ID); codeOf(err) != "not_found" {
		t.Errorf("the session of another: %v", err)
	}
	if err := w.store.EndSession(ctx, bo.ID, first.ID); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{one, "", "scrap", strings.Repeat("A", 43), one + "A"} {
		if got := state(secret); got != "signed_out" {
			t.Errorf("%q: %s", secret, got)
		}
	}
	kept := count(t, w.store.Raw(), `SELECT count(*) FROM session AS s WHERE s::text LIKE '%`+two+`%'`)
	if kept > 0 {
		t.Error("the secret is in the database")
	}
	for range 27 { // not idle, for 13 and a half days
		w.later(12*time.Hour - time.Second)
		if got := state(two); got != "done" {
			t.Fatal(got)
		}
	}
	w.later(11 * time.Hour)
	w.later(2 * time.Hour)
	if got := state(two); got != "signed_out" {
		t.Errorf("after 14 days: %s", got)
	}
	three := open()
	w.later(12 * time.Hour)
	if got := state(three); got != "signed_out" {
		t.Errorf("after 12 idle hours: %s", got)
	}
}

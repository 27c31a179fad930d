package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"phyle/http/client"
	"phyle/ledger"
	"phyle/ledger/report"
)

// TestRemoteCommands lists what a server can be asked to do, so that no command comes
// to that, or to be done here all the same, by accident.
func TestRemoteCommands(t *testing.T) {
	t.Parallel()
	var remote, others []string
	for _, leaf := range kong.Must(&commandLine{}, kong.Name("phyle")).Model.Leaves(false) {
		name := withoutArguments(strings.TrimPrefix(leaf.FullPath(), "phyle "))
		first, _, _ := strings.Cut(name, " ")
		_, can := leaf.Target.Interface().(remotely)
		switch {
		case can && slices.Contains(apart, first):
			t.Errorf("%s is for servers and apart from books", name)
		case can:
			remote = append(remote, name)
		case slices.Contains(apart, first):
			others = append(others, name)
		}
	}
	want := []string{
		"commons create", "member add", "token create", "report payouts", "report balances",
		"report trial", "report funds", "report claims",
	}
	if diff := cmp.Diff(want, remote); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"agreement check", "health", "version"} {
		if !slices.Contains(others, name) {
			t.Errorf("%s is not apart from books: %v", name, others)
		}
	}
}

func TestOverheard(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://phyle.example.org": false, "http://phyle.example.org": true,
		"http://localhost:8080": false, "http://127.0.0.1:8080": false, "http://[::1]:8080": false,
		"http://192.0.2.1": true, "http://localhost.example.org": true,
	} {
		if got := isOverheard(address); got != want {
			t.Errorf("%s: got %t, want %t", address, got, want)
		}
	}
}

// TestRemoteProblem holds the refusals of a server to the form of our own, and keeps
// them from steering the terminal.
func TestRemoteProblem(t *testing.T) {
	t.Parallel()
	message, hint, fields := explain(explainRemote(&client.Problem{
		Status: 422, Code: "invalid", Detail: "One field\x1b[2J is wrong.", RequestID: "req_1",
		Errors: []client.FieldError{{Pointer: "/joined_on", Code: "required", Message: "Needed."}},
	}))
	if want := "One field�[2J is wrong."; message != want {
		t.Errorf("got %q, want %q", message, want)
	}
	want := "Nothing was written; correct the command and run it again. " +
		"The server knows this request as req_1."
	if hint != want {
		t.Errorf("got %q, want %q", hint, want)
	}
	wrong := []ledger.FieldError{{Pointer: "/joined_on", Code: "required", Message: "Needed."}}
	if diff := cmp.Diff(wrong, fields); diff != "" {
		t.Error(diff)
	}
}

// TestUnsure names the key by which it can be found out what was done.
func TestUnsure(t *testing.T) {
	t.Parallel()
	unanswered := &client.Unanswered{Operation: "addMember", Key: "k1", Err: context.DeadlineExceeded}
	message, hint, _ := explain(explainRemote(unsure(unanswered, "Look.")))
	if want := "Look. Its Idempotency-Key was k1."; hint != want {
		t.Errorf("got %q, want %q", hint, want)
	}
	if !strings.Contains(message, "Whether it was done is not known") {
		t.Errorf("got %q", message)
	}
}

// TestBadCheck holds what a text is searched for to what reports write.
func TestBadCheck(t *testing.T) {
	t.Parallel()
	commons := ledger.Commons{Name: "✗ Check: ✗", Currency: "EUR"}
	money := func(amount string) ledger.Money {
		m, err := ledger.ParseMoney(amount, "EUR")
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for credit, want := range map[string]bool{"-5.00": false, "-4.00": true} {
		var text strings.Builder
		err := report.TrialText(&text, commons, ledger.Date{}, []ledger.AccountBalance{
			{Account: ledger.Account{Name: "assets:bank"}, Balance: money("5.00")},
			{Account: ledger.Account{Name: "equity:undistributed"}, Balance: money(credit)},
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := hasBadCheck(text.String()); got != want {
			t.Errorf("got %t, want %t for\n%s", got, want, &text)
		}
	}
}

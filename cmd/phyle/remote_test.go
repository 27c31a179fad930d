package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
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
		_, can := leaf.Target.Interface().(remotely)
		switch {
		case can && slices.Contains(apart, name):
			t.Errorf("%s is for servers and apart from books", name)
		case can:
			remote = append(remote, name)
		case slices.Contains(apart, name):
			others = append(others, name)
		}
	}
	want := []string{
		"commons create", "member add", "member invite", "member data", "member suspend",
		"member readmit", "member leave", "member erase",
		"change list", "change show", "change confirm", "change withdraw", "token create", "token list", "token revoke", "token rotate",
		"report payouts", "report balances", "report trial", "report funds", "report claims", "explain", "agreement add", "agreement list",
		"agreement show", "agreement rehearse", "agreement propose", "agreement withdraw", "agreement vote",
		"agreement decide", "agreement adopt", "take", "takes", "audit",
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

// TestOfAnotherVersion asks servers that do not know the report, or have another form
// of it, and holds that nothing of what they sent is written.
func TestOfAnotherVersion(t *testing.T) {
	t.Setenv(tokenVariable, "phy_token")
	for _, test := range []struct {
		name, media, body string
		status            int
	}{
		{"older", "application/problem+json", `{"code":"not_found","detail":"Nothing is here."}`, 404},
		{"newer", "application/json", `{"something":"else"}`, 200},
		{"no text", "text/html", `<h1>Funds</h1>`, 200},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/v1/commons" {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{"data":[{"slug":"mill","currency":"EUR","time_zone":"UTC"}]}`))
				return
			}
			w.Header().Set("Content-Type", test.media)
			w.WriteHeader(test.status)
			_, _ = w.Write([]byte(test.body))
		}))
		for _, format := range []reported{{}, {JSON: true}, {CSV: true}} {
			var out strings.Builder
			s := &session{server: server.URL, out: &out, remarks: io.Discard}
			to, err := s.remote()
			if err != nil {
				t.Fatal(err)
			}
			asked := fundsCommand{dated{reported: format}}
			message, hint, _ := explain(explainRemote(asked.runRemotely(t.Context(), s, to)))
			if out.Len() > 0 || !strings.Contains(message, "as this program expects it") ||
				!strings.Contains(hint, "use the one of the server") {
				t.Errorf("%s, %+v: %q, %q and\n%s", test.name, format, message, hint, &out)
			}
		}
		server.Close()
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

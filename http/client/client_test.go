package client_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	phyle "phyle/http"
	"phyle/http/client"
)

// TestMethods holds the methods to the operations of the API: there is one for each,
// and one more for each that has pages.
func TestMethods(t *testing.T) {
	t.Parallel()
	want := map[string]bool{
		"Client.String": true, "Client.GoString": true, "Client.In": true,
		"Books.String": true, "Books.GoString": true,
	}
	for _, o := range operations(t) {
		for _, name := range o.methods() {
			want[name] = true
		}
	}
	got := map[string]bool{}
	for name, of := range map[string]reflect.Type{
		"Client.": reflect.TypeFor[*client.Client](), "Books.": reflect.TypeFor[client.Books](),
	} {
		for i := range of.NumMethod() {
			got[name+of.Method(i).Name] = true
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
		t.Error(diff)
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, address, token, want string }{
		{"usual", "https://phyle.example.org", "phy_a", "phyle client of https://phyle.example.org"},
		{"slash", "http://127.0.0.1:8080/", "phy_a", "phyle client of http://127.0.0.1:8080"},
		{"below", "https://example.org/phyle/", "phy_a", "phyle client of https://example.org/phyle"},
		{"no scheme", "phyle.example.org", "phy_a", ""},
		{"other scheme", "ftp://phyle.example.org", "phy_a", ""},
		{"no host", "https:///v1", "phy_a", ""},
		{"password", "https://ana:secret@example.org", "phy_a", ""},
		{"query", "https://example.org?token=phy_a", "phy_a", ""},
		{"fragment", "https://example.org#a", "phy_a", ""},
		{"control", "https://example.org\n", "phy_a", ""},
		{"no token", "https://example.org", "", ""},
		{"token with line feed", "https://example.org", "phy_a\n", ""},
		{"token with blank", "https://example.org", "Bearer phy_a", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := client.New(test.address, test.token)
			if (err == nil) != (test.want != "") {
				t.Fatalf("got %v and %v", c, err)
			}
			if err == nil && c.String() != test.want {
				t.Errorf("got %s", c)
			}
			for _, secret := range []string{"secret", "phy_"} {
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("the error tells: %v", err)
				}
			}
		})
	}
	if _, err := client.New("https://example.org", "phy_a", client.UserAgent("a\nb")); err == nil {
		t.Error("a user agent of two lines")
	}
}

// TestTokenIsNotTold prints everything in every way.
func TestTokenIsNotTold(t *testing.T) {
	t.Parallel()
	const token = "phy_never_to_be_seen"
	c := must(client.New("http://127.0.0.1:1", token, client.Attempts(1)))(t)
	_, err := c.In("riverside").LogContribution(t.Context(), work("bo", "1"))
	var unanswered *client.Unanswered
	if !errors.As(err, &unanswered) {
		t.Fatalf("got %v", err)
	}
	books := c.In("riverside")
	for _, value := range []any{c, *c, books, &books, err, unanswered, *unanswered} {
		for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			text := fmt.Sprintf(format, value)
			if strings.Contains(text, "never") || strings.Contains(text, fmt.Sprintf("%x", "never")) {
				t.Errorf("%s of %T tells the token: %s", format, value, text)
			}
		}
	}
}

// TestMisusedOptions gives calls what they do not take: nothing is sent.
func TestMisusedOptions(t *testing.T) {
	t.Parallel()
	p := newPlace(t, phyle.Options{}).withWork()
	address, asked := p.front(t)
	books, ctx := p.client(address, p.token).In("riverside"), t.Context()
	for name, call := range map[string]func() error{
		"dry run of what has none": func() error {
			_, err := books.AddMember(ctx, client.MemberRequest{Handle: "cy", Name: "Cy"}, client.DryRun())
			return err
		},
		"dry run of a read": func() error {
			_, err := books.GetCommons(ctx, client.DryRun())
			return err
		},
		"key of a read": func() error {
			_, err := books.GetCommons(ctx, client.Key("a"))
			return err
		},
		"key of what keeps none": func() error {
			_, err := books.CreateToken(ctx, client.TokenRequest{Label: "a"}, client.Key("a"))
			return err
		},
		"key of a dry run": func() error {
			_, err := books.LogContribution(ctx, work("bo", "1"), client.Key("a"), client.DryRun())
			return err
		},
		"empty key": func() error {
			_, err := books.LogContribution(ctx, work("bo", "1"), client.Key(""))
			return err
		},
		"key of two lines": func() error {
			_, err := books.LogContribution(ctx, work("bo", "1"), client.Key("a\r\nX: y"))
			return err
		},
		"long key": func() error {
			_, err := books.LogContribution(ctx, work("bo", "1"), client.Key(strings.Repeat("a", 256)))
			return err
		},
		"no member": func() error {
			_, err := books.GetMember(ctx, "")
			return err
		},
		"member above": func() error {
			_, err := books.GetMember(ctx, "..")
			return err
		},
		"no commons": func() error {
			_, err := p.client(address, p.token).In("").GetCommons(ctx)
			return err
		},
		"unknown format": func() error {
			_, err := books.ReportTrial(ctx, client.ReportTrialQuery{}, client.As("odt", nil))
			return err
		},
		"format of no report": func() error {
			_, err := books.GetCommons(ctx, client.As("text", &bytes.Buffer{}))
			return err
		},
		"lines of no list": func() error {
			_, err := books.GetCommons(ctx, client.InLines())
			return err
		},
		"tag of an act": func() error {
			_, err := books.LogContribution(ctx, work("bo", "1"), client.IfNoneMatch(`"a"`))
			return err
		},
		"amount that is none": func() error {
			_, err := books.RecordIncome(ctx, client.IncomeRequest{Amount: euro("0.0000000000001")})
			return err
		},
	} {
		if err := call(); err == nil || !strings.HasPrefix(err.Error(), "client: ") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if asked.Load() != 0 {
		t.Errorf("%d requests were sent", asked.Load())
	}
}

// TestNamesStayNames asks for names with what paths are made of.
func TestNamesStayNames(t *testing.T) {
	t.Parallel()
	p := newPlace(t, phyle.Options{}).withWork()
	for _, name := range []string{"bo/balance", "bo?limit=1", "bo%2fbalance", "../ana", "b o", "bo#"} {
		var refused *client.Problem
		_, err := p.books.GetMember(t.Context(), name)
		if !errors.As(err, &refused) || refused.Status > 404 {
			t.Errorf("%q: got %v", name, err)
		}
	}
}

// TestProblems reads refusals of the server itself.
func TestProblems(t *testing.T) {
	t.Parallel()
	p, ctx := newPlace(t, phyle.Options{}).withWork(), t.Context()
	_, err := p.books.LogContribution(ctx, client.ContributionRequest{
		Member: "bo", Kind: "work", Quantity: "1.5e3", Date: "2026-02-30",
	})
	var refused *client.Problem
	if !errors.As(fmt.Errorf("logging: %w", err), &refused) || !client.IsInvalid(err) {
		t.Fatalf("got %v", err)
	}
	var pointers []string
	for _, f := range refused.Errors {
		pointers = append(pointers, f.Pointer)
		if f.Message == "" || f.Code == "" || !strings.Contains(err.Error(), f.Message) {
			t.Errorf("the field says %+v and the error %v", f, err)
		}
	}
	slices.Sort(pointers)
	if diff := cmp.Diff([]string{"/date", "/quantity"}, pointers); diff != "" {
		t.Error(diff)
	}
	if refused.Status != 422 || refused.RequestID == "" || refused.Key == "" || refused.Detail == "" {
		t.Errorf("got %+v", refused)
	}
	first := must(p.books.LogContribution(ctx, work("bo", "1"), client.Key("a")))(t)
	_, err = p.books.LogContribution(ctx, work("bo", "2"), client.Key("a"))
	if !client.HasCode(err, "other", "idempotency_key_reused") {
		t.Errorf("got %v", err)
	}
	if errors.As(err, &refused) && refused.Extra["resource_id"] != string(first.ID) {
		t.Errorf("got %+v", refused)
	}
	_, err = p.books.GetContribution(ctx, "ctr_06fa0m4h7kx8r9w2t5v3y6z1bc")
	if !client.IsNotFound(err) || client.IsConflict(err) || client.IsInvalid(err) {
		t.Errorf("got %v", err)
	}
	stranger := p.client(p.address, p.token+"0").In("riverside")
	if _, err := stranger.GetCommons(ctx); !client.HasCode(err, "unauthenticated") {
		t.Errorf("got %v", err)
	}
}

// TestProblemsOfOthers reads refusals by what is before the server.
func TestProblemsOfOthers(t *testing.T) {
	t.Parallel()
	p := newPlace(t, phyle.Options{})
	for name, first := range map[string]http.HandlerFunc{
		"page":          answer(502, "text/html", "<h1>Bad gateway</h1>"),
		"nothing":       answer(502, "application/problem+json", ""),
		"other problem": answer(502, "application/problem+json", `{"title":"x"}`),
		"list":          answer(502, "application/problem+json", `[]`),
		"plain JSON":    answer(502, "application/json", `{"code":"not_found"}`),
	} {
		address, _ := p.front(t, first)
		_, err := p.client(address, p.token, client.Attempts(1)).In("riverside").
			GetCommons(t.Context())
		var refused *client.Problem
		if !errors.As(err, &refused) {
			t.Fatalf("%s: got %v", name, err)
		}
		if refused.Status != 502 || refused.Code != "" || refused.Detail == "" {
			t.Errorf("%s: got %+v", name, refused)
		}
	}
	address, _ := p.front(t, answer(409, "application/problem+json; charset=utf-8",
		`{"code":"x","detail":"It is so.","reversed_by":"ent_1","count":7}`, "X-Request-Id", "req_1"))
	_, err := p.client(address, p.token).In("riverside").GetCommons(t.Context())
	var refused *client.Problem
	if !errors.As(err, &refused) {
		t.Fatalf("got %v", err)
	}
	want := map[string]string{"reversed_by": "ent_1", "count": "7"}
	if diff := cmp.Diff(want, refused.Extra); diff != "" {
		t.Error(diff)
	}
}

// TestAnswersOfOthers reads good answers that are none.
func TestAnswersOfOthers(t *testing.T) {
	t.Parallel()
	p := newPlace(t, phyle.Options{})
	const sumInNumber = `{"advance_limit":{"amount":1,"currency":"EUR"}}`
	const good = `{"id":"com_1","slug":"riverside","advance_limit":{"amount":"1","currency":"EUR"}}`
	for name, test := range map[string]struct {
		first http.HandlerFunc
		read  bool
	}{
		"good":           {answer(200, "application/json", good), true},
		"charset":        {answer(200, "application/json; charset=UTF-8", good), true},
		"other charset":  {answer(200, "application/json; charset=latin1", good), false},
		"page":           {answer(200, "text/html", good), false},
		"no type":        {answer(200, "", good), false},
		"trailing":       {answer(200, "application/json", good+"{}"), false},
		"nothing":        {answer(200, "application/json", ""), false},
		"no content":     {answer(204, "", ""), false},
		"accepted":       {answer(202, "application/json", good), false},
		"redirect":       {answer(302, "", "", "Location", "https://example.org/"), false},
		"number as sum":  {answer(200, "application/json", sumInNumber), false},
		"too long":       {answer(200, "application/json", strings.Repeat(" ", 5000)+good), false},
		"unknown is new": {answer(200, "application/json", `{"new":1,`+good[1:]), true},
	} {
		address, asked := p.front(t, test.first)
		books := p.client(address, p.token, client.LargestAnswer(5000)).In("riverside")
		_, err := books.GetCommons(t.Context())
		if (err == nil) != test.read || err != nil && !errors.Is(err, client.ErrUnreadable) {
			t.Errorf("%s: got %v", name, err)
		}
		if asked.Load() != 1 {
			t.Errorf("%s: asked %d times", name, asked.Load())
		}
	}
}

// TestRedirectsKeepTheToken holds that the token goes to no other server.
func TestRedirectsKeepTheToken(t *testing.T) {
	t.Parallel()
	told := make(chan string, 1)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		told <- r.Header.Get("Authorization")
	}))
	t.Cleanup(other.Close)
	p := newPlace(t, phyle.Options{})
	address, _ := p.front(t, answer(307, "", "", "Location", other.URL+"/v1/commons/riverside"))
	if _, err := p.client(address, p.token).In("riverside").GetCommons(t.Context()); err == nil {
		t.Error("it has followed")
	}
	select {
	case token := <-told:
		t.Errorf("the other server was asked with %q", token)
	default:
	}
}

// TestHeaders looks at what is sent.
func TestHeaders(t *testing.T) {
	t.Parallel()
	p := newPlace(t, phyle.Options{}).withWork()
	seen := make(chan http.Header, 1)
	address, _ := p.front(t, func(w http.ResponseWriter, r *http.Request) {
		seen <- r.Header.Clone()
		p.handler.ServeHTTP(w, r)
	})
	books := p.client(address, p.token, client.UserAgent("mill/1.2")).In("riverside")
	must(books.LogContribution(t.Context(), work("bo", "1"), client.Key("sheet-5")))(t)
	got := <-seen
	got.Del("Content-Length")
	got.Del("Accept-Encoding")
	got.Del("Connection")
	want := http.Header{
		"Accept":          {"application/json, application/problem+json"},
		"Authorization":   {"Bearer " + p.token},
		"Content-Type":    {"application/json"},
		"Idempotency-Key": {"sheet-5"},
		"User-Agent":      {"mill/1.2 phyle-client"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestUntrustedServer meets a certificate that nobody vouches for.
func TestUntrustedServer(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	c := must(client.New(server.URL, "phy_a"))(t)
	_, err := c.In("riverside").GetCommons(t.Context())
	var untrusted *tls.CertificateVerificationError
	var unanswered *client.Unanswered
	if !errors.As(err, &untrusted) || !errors.As(err, &unanswered) || unanswered.Attempts != 1 {
		t.Errorf("got %v", err)
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	berlin := must(time.LoadLocation("Europe/Berlin"))(t)
	day := client.DateOf(time.Date(2026, 10, 31, 23, 30, 0, 0, berlin))
	begins := must(day.In(berlin))(t)
	if day != "2026-10-31" || !begins.Equal(time.Date(2026, 10, 31, 0, 0, 0, 0, berlin)) {
		t.Errorf("%s begins %s", day, begins)
	}
	if _, err := client.Date("2026-02-30").In(berlin); err == nil {
		t.Error("that is no day")
	}
}

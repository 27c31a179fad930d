package http

import (
	"context"
	"fmt"
	"log/slog"
	nethttp "net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCase37_OfAnother holds that what is another's looks like what is not there.
func TestCase37_OfAnother(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, test := range []struct{ name, method, path, body string }{
		{"contribution", "GET", "contributions/%s", ""},
		{"contribution acted on", "POST", "contributions/%s/accept", "{}"},
		{"income", "GET", "incomes/%s", ""},
		{"income reversed", "POST", "incomes/%s/reverse", `{"reason":"x"}`},
		{"agreement", "GET", "agreements/%s", ""},
		{"distribution", "GET", "distributions/%s", ""},
		{"distribution posted", "POST", "distributions/%s/post", `{"digest":"x"}`},
		{"entry", "GET", "entries/%s", ""},
		{"entry reversed", "POST", "entries/%s/reverse", `{"reason":"x"}`},
		{"member", "GET", "members/%s/balance", ""},
		{"contributions of a member", "GET", "contributions?member=%s", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			noun, _, _ := strings.Cut(test.name, " ")
			f.stranger.t = t
			theirs, missing := f.names[noun], madeUp(f.names[noun])
			if strings.Contains(test.path, "member") {
				theirs, missing = f.memberID("bo"), madeUp(f.memberID("bo"))
			}
			header := []string{requestIDHeader, "r1"}
			got := f.stranger.send(test.method, fmt.Sprintf(test.path, theirs), test.body, header...)
			want := f.stranger.send(test.method, fmt.Sprintf(test.path, missing), test.body, header...)
			got.wantProblem(404, "not_found")
			if got.Body.String() != want.Body.String() {
				t.Errorf("%s and %s", got.Body, want.Body)
			}
			if diff := cmp.Diff(want.Header(), got.Header()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCase37_EveryRoute holds that each operation of a commons is, for those of
// another one, what a commons that is not there is.
func TestCase37_EveryRoute(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	before := f.snapshot()
	asked := 0
	for _, o := range cases(t) {
		if !strings.HasPrefix(o.path, "/v1"+inCommons) {
			continue
		}
		asked++
		path := f.pathOf(o)
		header := []string{requestIDHeader, "r1", matchHeader, "*"}
		got := f.stranger.send(o.method, path+"?"+o.query, o.body, header...)
		elsewhere := strings.Replace(path, "/riverside", "/nowhere", 1)
		want := f.stranger.send(o.method, elsewhere+"?"+o.query, o.body, header...)
		got.wantProblem(404, "not_found")
		if diff := cmp.Diff(want.Body.String(), got.Body.String()); diff != "" {
			t.Errorf("%s: %s", o.id, diff)
		}
		if diff := cmp.Diff(want.Header(), got.Header()); diff != "" {
			t.Errorf("%s: %s", o.id, diff)
		}
	}
	if asked < 50 {
		t.Errorf("only %d operations were asked for", asked)
	}
	f.same(t, before)
}

func (f *fixture) memberID(handle string) string {
	f.t.Helper()
	return f.send("GET", "members/"+handle, "").want(200)["id"].(string)
}

// madeUp returns an id of the same kind that names nothing.
func madeUp(id string) string {
	prefix, _, _ := strings.Cut(id, "_")
	return prefix + "_06fa0m4h7kx8r9w2t5v3y6z1b4"
}

// TestCase38_KnownButNotAllowed holds that who may know of a thing and not do it is
// told who may.
func TestCase38_KnownButNotAllowed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	before := f.snapshot()
	founding := `{"slug":"third","name":"Third","currency":"EUR","time_zone":"UTC"}`
	refused := f.send("POST", "/v1/commons", founding)
	refused.wantProblem(403, "forbidden")
	if !strings.Contains(refused.Body.String(), "instance token") {
		t.Errorf("it does not say who may: %s", refused.Body)
	}
	f.instance.send("GET", "/v1/commons", "").wantProblem(403, "forbidden")
	f.same(t, before)
}

// TestCase40_Host holds that nothing which a request says of where it was sent to
// gets into an answer.
func TestCase40_Host(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	o := quiet()
	o.URL = &url.URL{Scheme: "https", Host: "phyle.example.org"}
	f.api.server = New(f.store, o)
	const forged = "forged.example"
	for _, r := range []struct{ method, path, body string }{
		{"POST", "incomes", incomeOf("1", "2026-10-30")},
		{"GET", "members?limit=1", ""},
		{"GET", "nothing", ""},
		{"GET", "/docs", ""},
		{"GET", "/docs/problems", ""},
		{"GET", "/openapi.json", ""},
		{"GET", "/healthz", ""},
	} {
		path := r.path
		if !strings.HasPrefix(path, "/") {
			path = "/v1/commons/riverside/" + path
		}
		request := httptest.NewRequest(r.method, path, strings.NewReader(r.body))
		request.Host = forged
		for name, value := range map[string]string{
			"Authorization": "Bearer " + f.token, keyHeader: "forged", "Content-Type": jsonMedia,
			"X-Forwarded-Host": forged, "X-Forwarded-Proto": forged, "X-Original-URL": "/" + forged,
			"X-Rewrite-URL": "/" + forged, "Forwarded": "host=" + forged,
		} {
			request.Header.Set(name, value)
		}
		got := httptest.NewRecorder()
		f.server.Handler().ServeHTTP(got, request)
		if told := fmt.Sprint(got.Header()) + got.Body.String(); strings.Contains(told, forged) {
			t.Errorf("%s %s repeats it: %s", r.method, r.path, told)
		}
	}
}

// TestCase40_MethodOverride holds that a request is what its first line says.
func TestCase40_MethodOverride(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	before := f.snapshot()
	path := "tokens/" + f.names["token"]
	for _, header := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
		f.send("GET", "tokens", "", header, "DELETE").want(200)
		f.send("POST", path, "", header, "DELETE").wantProblem(405, "method_not_allowed")
	}
	f.send("POST", path+"?_method=DELETE", "").wantProblem(405, "method_not_allowed")
	f.same(t, before)
}

// TestCase40_ForwardedFor holds that nobody gets out of a limit by what they say of
// themselves, and that who comes through a proxy has a limit of their own.
func TestCase40_ForwardedFor(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	guess := func(s *Server, from string) int {
		r := httptest.NewRequest("GET", "/v1/commons", nil)
		r.Header.Set("X-Forwarded-For", from)
		r.RemoteAddr = "10.0.0.1:80"
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return w.Code
	}
	for _, test := range []struct {
		name    string
		proxies []netip.Prefix
		want    int
	}{
		{"no proxy", nil, nethttp.StatusTooManyRequests},
		{"another proxy", []netip.Prefix{netip.MustParsePrefix("10.0.0.2/32")},
			nethttp.StatusTooManyRequests},
		{"this proxy", []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")},
			nethttp.StatusUnauthorized},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := New(a.store, Options{Rate: 1, Log: slog.New(slog.DiscardHandler), Proxies: test.proxies})
			got := 0
			for i := range 20 {
				got = guess(s, fmt.Sprintf("203.0.113.%d", i))
			}
			if got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

// TestCase41_OtherSites holds that a page of another site cannot have a browser
// change anything here, and that cookies open no door of the API.
func TestCase41_OtherSites(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	o := quiet()
	o.URL = &url.URL{Scheme: "https", Host: "phyle.example.org"}
	f.api.server = New(f.store, o)
	before := f.snapshot()
	for _, header := range [][]string{
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Origin", "null"},
		{"Origin", "https://other.example"},
		{"Origin", "https://forum.phyle.example.org"},
		{"Origin", "http://phyle.example.org"},
		{"Sec-Fetch-Site", "cross-site", "Origin", "https://example.com"},
	} {
		for _, path := range []string{"incomes", "/v1/commons", "/docs", "/nothing"} {
			f.send("POST", path, incomeOf("1", "2026-10-30"), header...).wantProblem(403, "cross_origin")
		}
		f.send("DELETE", "tokens/"+f.names["token"], "", header...).wantProblem(403, "cross_origin")
		got := f.send("GET", "kinds", "", header...)
		got.want(200)
		for name := range got.Header() {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%v: other origins are let in by %s", header, name)
			}
		}
	}
	preflight := f.send("OPTIONS", "incomes", "", "Origin", "https://other.example",
		"Access-Control-Request-Method", "POST")
	if got := preflight.Header().Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("%s may ask", got)
	}
	// A token that a browser would send by itself is none.
	f.send("POST", "incomes", incomeOf("1", "2026-10-30"), "Authorization", "",
		"Cookie", "__Host-session="+f.token+"; token="+f.token).wantProblem(401, "unauthenticated")
	f.same(t, before)
	for _, header := range [][]string{
		{"Sec-Fetch-Site", "same-origin"},
		{"Origin", "https://phyle.example.org"},
		{},
	} {
		f.send("POST", "incomes", incomeOf("1", "2026-10-30"), header...).want(201)
	}
}

// TestCase41_ReadsChangeNothing holds that no operation which is asked for by GET or
// HEAD writes anything.
func TestCase41_ReadsChangeNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.names["member"] = "founder" // who asks

	for _, o := range cases(t) { // the first use of a token on a day is noted
		if o.method == "GET" {
			f.send("GET", f.pathOf(o)+"?"+o.query, "").want(200)
		}
	}
	before := f.snapshot()
	for _, o := range cases(t) {
		if o.method == "GET" {
			f.send("GET", f.pathOf(o)+"?"+o.query, "").want(200)
			f.send("HEAD", f.pathOf(o)+"?"+o.query, "")
		}
	}
	f.same(t, before)
}

// TestCase43_Guessing holds that who guesses tokens is told nothing, is slowed down
// with the time to wait, and locks out nobody.
func TestCase43_Guessing(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	s := New(a.store, Options{Rate: 2, Log: slog.New(slog.DiscardHandler)})
	guess := func(token, from string) answer {
		r := httptest.NewRequest("GET", "/v1/commons/riverside/kinds", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set(requestIDHeader, "r1")
		r.RemoteAddr = from + ":4000"
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return answer{w, t}
	}
	wellFormed, malformed := guess(a.token[:len(a.token)-1]+"x", "203.0.113.1"),
		guess("phy_x", "203.0.113.2")
	wellFormed.wantProblem(401, "unauthenticated")
	malformed.wantProblem(401, "unauthenticated")
	refused := 0
	for i := range 20 {
		got := guess(fmt.Sprintf("phy_guess%d", i), "203.0.113.3")
		if got.Code == nethttp.StatusTooManyRequests {
			refused++
			got.wantProblem(429, "too_many_requests")
			if got.Header().Get("Retry-After") == "" || got.Header().Get("RateLimit") == "" {
				t.Errorf("it does not say when to go on: %v", got.Header())
			}
		}
	}
	if refused < 10 {
		t.Errorf("%d of 20 guesses were refused", refused)
	}
	guess("phy_guess", "203.0.113.4").wantProblem(401, "unauthenticated")
	guess(a.token, "203.0.113.3").want(200)
}

// TestCase44_Revoked holds that a token which is revoked opens nothing from the next
// request on.
func TestCase44_Revoked(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	bo := f.as("bo")
	bo.send("GET", "kinds", "").want(200)
	caller, err := f.store.Authenticate(context.Background(), bo.token)
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range bo.send("GET", "tokens", "").want(200)["data"].([]any) {
		one := token.(map[string]any)
		if one["member"] == nil || one["member"] == caller.Handle {
			bo.send("DELETE", "tokens/"+one["id"].(string), "")
		}
	}
	before := f.snapshot()
	bo.send("GET", "kinds", "").wantProblem(401, "unauthenticated")
	bo.send("POST", "incomes", incomeOf("1", "2026-10-30")).wantProblem(401, "unauthenticated")
	f.same(t, before)
}

// TestCase51_OwnContribution holds that nobody accepts what they gave themselves.
func TestCase51_OwnContribution(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ana := f.as("ana")
	own := f.contribution(ana, "ana")
	before := f.snapshot()
	ana.send("POST", "contributions/"+own+"/accept", "{}").wantProblem(403, "self_acceptance")
	ana.send("POST", "contributions/accept", `{"ids":["`+own+`"]}`).
		wantProblem(403, "self_acceptance")
	after := f.snapshot()
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
}

// TestCase53_ClosedPeriod holds that nothing is dated into a closed period.
func TestCase53_ClosedPeriod(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.send("POST", "periods", `{"through":"2026-10-20"}`).want(201)
	f.refuses(t, []badCase{
		{"income", "POST", "incomes", incomeOf("10", "2026-10-20"), 409, "period_closed"},
		{"payment", "POST", "payments", `{"member":"bo","amount":{"amount":"1","currency":"EUR"},` +
			`"date":"2026-10-01"}`, 409, "period_closed"},
		{"reversal", "POST", "incomes/" + f.names["income"] + "/reverse",
			`{"reason":"mistake","date":"2026-10-15"}`, 409, "period_closed"},
	})
}

// TestCase53_PostedEntry holds that an entry is neither edited nor deleted.
func TestCase53_PostedEntry(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	entry := "entries/" + f.names["entry"]
	f.refuses(t, []badCase{
		{"deleted", "DELETE", entry, "", 409, "entry_is_permanent"},
		{"edited", "PATCH", entry, `{"memo":"x"}`, 409, "entry_is_permanent"},
		{"what is not there", "PATCH", "entries/ent_06fa0m4h7kx8r9w2t5v3y6z1bc", `{}`, 404,
			"not_found"},
	})
	if got := f.send("DELETE", entry, ""); !strings.Contains(got.Body.String(), "revers") {
		t.Errorf("it does not name the reversal: %s", got.Body)
	}
}

// TestCase54_OtherDigest holds that what is posted is what was looked at.
func TestCase54_OtherDigest(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	post := "distributions/" + f.names["distribution"] + "/post"
	f.refuses(t, []badCase{
		{"another digest", "POST", post, `{"digest":"abc"}`, 409, "inputs_changed"},
	})
	made := f.send("POST", "distributions", `{"through":"2026-10-31"}`).want(201)
	f.send("POST", "agreements/"+f.make("agreements", exampleAgreement)+"/adopt",
		`{"from":"2026-06-01","decision":{"method":"consent","date":"2026-05-20"}}`).want(200)
	f.refuses(t, []badCase{{"another agreement since", "POST",
		"distributions/" + made["id"].(string) + "/post",
		fmt.Sprintf(`{"digest":%q}`, made["digest"]), 409, "inputs_changed"}})
}

// TestCase55_Agreements holds that an agreement is data in a bounded grammar: there
// are no formulas in it, and none that unfolds without end.
func TestCase55_Agreements(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	bomb := "a0: &a0 [x]\n"
	for i := 1; i < 30; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [*a%d, *a%[3]d]\n", i, i, i-1)
	}
	deep := `{id: r, name: R, take: rest, give: {rules: [`
	take := func(take string) string {
		return "name: A\ncurrency: EUR\nrules:\n  - {id: r, name: R, take: " + take +
			", give: {members: {by: equal}}}\nleftover: carry\n"
	}
	for _, test := range []struct{ name, text string }{
		{"aliases without end", bomb},
		{"itself", "a: &a [*a]\n"},
		{"too deep", "name: A\ncurrency: EUR\nrules: [" + strings.Repeat(deep, 200) +
			strings.Repeat("]}}", 200) + "]\nleftover: carry\n"},
		{"division", take(`{percent: "1/0", of: left}`)},
		{"formula", take(`{percent: "=10/0", of: left}`)},
		{"a type of the host", take("!!python/object/apply:os.system [id]")},
		{"too many rules", "name: A\ncurrency: EUR\nrules:\n" +
			strings.Repeat("  - {id: r, name: R, take: rest, give: {members: {by: equal}}}\n", 2000)},
	} {
		before := f.snapshot()
		got := f.send("POST", "agreements", test.text, "Content-Type", yamlMedia)
		if got.Code != 422 && got.Code != 400 {
			t.Errorf("%s: got %d: %s", test.name, got.Code, got.Body)
		}
		f.same(t, before)
	}
}

// TestCase56_TokenInAddress holds that a token in an address opens nothing, and that
// no answer repeats one.
func TestCase56_TokenInAddress(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	before := f.snapshot()
	for _, parameter := range []string{"token", "access_token", "authorization", "bearer"} {
		got := f.send("GET", "kinds?"+parameter+"="+f.token, "", "Authorization", "")
		got.wantProblem(401, "unauthenticated")
		if strings.Contains(got.Body.String(), f.token) {
			t.Errorf("the answer repeats it: %s", got.Body)
		}
	}
	f.send("GET", "kinds", "", "Authorization", "Basic "+f.token).wantProblem(401, "unauthenticated")
	f.same(t, before)
}

// TestCase56_ShownOnce holds that a token is told when it is made and never again.
func TestCase56_ShownOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	token := f.send("POST", "tokens", `{"label":"board"}`).want(200)["token"].(string)
	list := f.send("GET", "tokens", "")
	list.want(200)
	if strings.Contains(list.Body.String(), token) {
		t.Error("the list shows it")
	}
	for table := range f.snapshot() {
		var found bool
		err := f.database.QueryRow(
			`SELECT count(*) > 0 FROM phyle.`+table+` AS t WHERE position($1 IN t::text) > 0`, token).
			Scan(&found)
		if err != nil || found {
			t.Errorf("%s holds it: %v", table, err)
		}
	}
}

// TestCase58_Script holds that what members write is never run: answers are of one
// type that browsers do not guess, and pages run no script but their own.
func TestCase58_Script(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const script = `<script>alert(1)</script>`
	made := f.send("POST", "members", fmt.Sprintf(`{"handle":"zed","name":%q}`, script))
	if made.want(201)["name"] != script {
		t.Errorf("the name is changed: %s", made.Body)
	}
	for _, path := range []string{
		"members/zed", "/docs", "/docs/problems", "/openapi.json", "/nothing",
	} {
		got := f.send("GET", path, "")
		header := got.Header()
		policy := header.Get("Content-Security-Policy")
		if header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe-") {
			t.Errorf("%s: %v", path, header)
		}
		isPage := strings.HasPrefix(header.Get("Content-Type"), "text/html")
		if isPage && strings.Contains(got.Body.String(), "<script>") {
			t.Errorf("%s has a script in it", path)
		}
	}
}

// TestCase52_LastTreasurer holds that the last treasurer neither leaves nor loses the role,
// and that both go well once there is another.
func TestCase52_LastTreasurer(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ana := f.as("ana")
	before := f.snapshot()
	f.send("POST", "members/founder/leave", "").wantProblem(409, "last_treasurer")
	ana.send("POST", "members/founder/stages", `{"stage":"left"}`).wantProblem(409, "holds_role")
	f.same(t, before)
	f.send("POST", "members/ana/roles", `{"role":"treasurer","held":true}`).want(200)
	f.send("POST", "members/founder/leave", "").wantField("stage", "left")
	f.send("GET", "members", "").wantProblem(403, "member_left")
}

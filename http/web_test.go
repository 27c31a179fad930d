package http

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	nethttp "net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger/postgres"
)

// site is a server for people, with a log that the codes are written into.
type site struct {
	*testing.T
	api     *api
	server  *Server
	address string
	log     *journal
}

// journal is a log that may be read while it is written.
type journal struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

// Write adds a line.
func (j *journal) Write(line []byte) (int, error) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.text.Write(line)
}

// String returns all lines.
func (j *journal) String() string {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.text.String()
}

// newSite serves the books of a commons with the founder, Ana and Bo.
func newSite(t *testing.T, o Options) *site {
	t.Helper()
	a := newAPI(t)
	for _, member := range []string{
		`{"handle":"ana","name":"Ana","roles":["steward"]}`, `{"handle":"bo","name":"Bo"}`,
	} {
		a.send("POST", "members", member).want(201)
	}
	s := &site{T: t, api: a, log: &journal{}}
	o.Rate, o.Log = -1, slog.New(slog.NewTextHandler(s.log, nil))
	http := httptest.NewUnstartedServer(nil)
	_, port, _ := net.SplitHostPort(http.Listener.Addr().String())
	o.URL = &url.URL{Scheme: "http", Host: "localhost:" + port} // passkeys need a name
	s.server = New(a.store, o)
	http.Config.Handler = s.server.Handler()
	http.Start()
	t.Cleanup(http.Close)
	t.Cleanup(s.server.post.running.Wait)
	s.address = o.URL.String()
	return s
}

// code returns the code that was written into the log last.
func (s *site) code() string {
	s.Helper()
	codes := regexp.MustCompile(`code=(\d{6})`).FindAllStringSubmatch(s.log.String(), -1)
	if len(codes) == 0 {
		s.Fatal("no code was sent")
	}
	return codes[len(codes)-1][1]
}

// invite returns the path of an invitation of the member.
func (s *site) invite(handle string) string {
	s.Helper()
	link := s.api.send("POST", "members/"+handle+"/invite", "").want(200)["link"].(string)
	return regexp.MustCompile(`^https?://[^/]+`).ReplaceAllString(link, "")
}

// reader is somebody's browser, without a script.
type reader struct {
	*site
	client *nethttp.Client
	page   string
	status int
	path   string
}

func (s *site) browser() *reader {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.Fatal(err)
	}
	return &reader{site: s, client: &nethttp.Client{Jar: jar}}
}

func (r *reader) do(request *nethttp.Request) *reader {
	r.Helper()
	request.Header.Set("Accept", "text/html,application/xhtml+xml")
	answer, err := r.client.Do(request)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		r.Fatal(err)
	}
	r.page, r.status, r.path = string(text), answer.StatusCode, answer.Request.URL.Path
	if policy := answer.Header.Get("Content-Security-Policy"); policy != webPolicy {
		r.Errorf("%s has the policy %q", r.path, policy)
	}
	if answer.Header.Get("Cache-Control") != "no-store" {
		r.Errorf("%s may be stored", r.path)
	}
	return r
}

func (r *reader) open(path string) *reader {
	r.Helper()
	request, err := nethttp.NewRequestWithContext(r.Context(), "GET", r.address+path, nil)
	if err != nil {
		r.Fatal(err)
	}
	return r.do(request)
}

var (
	formToken = regexp.MustCompile(`name="token" value="([^"]+)"`)
	formTo    = regexp.MustCompile(`name="to" value="([^"]+)"`)
)

// fill sends a form to the path with what is hidden in the page that is open.
func (r *reader) fill(path string, fields ...string) *reader {
	r.Helper()
	form := url.Values{}
	if found := formToken.FindStringSubmatch(r.page); found != nil {
		form.Set("token", found[1])
	}
	if found := formTo.FindStringSubmatch(r.page); found != nil {
		form.Set("to", found[1])
	}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return r.post(path, form, nil)
}

func (r *reader) post(path string, form url.Values, header map[string]string) *reader {
	r.Helper()
	request, err := nethttp.NewRequestWithContext(r.Context(), "POST", r.address+path,
		strings.NewReader(form.Encode()))
	if err != nil {
		r.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range header {
		request.Header.Set(name, value)
	}
	return r.do(request)
}

// sees fails unless the page that is open has the path, the status and the words.
func (r *reader) sees(path string, status int, words ...string) *reader {
	r.Helper()
	if r.path != path || r.status != status {
		r.Errorf("is on %s with %d, want %s with %d: %s", r.path, r.status, path, status, r.page)
	}
	for _, word := range words {
		if !strings.Contains(r.page, word) {
			r.Errorf("%s does not say %q: %s", path, word, r.page)
		}
	}
	return r
}

// join comes in by an invitation of the member, by code.
func (r *reader) join(handle, email string) *reader {
	r.Helper()
	path := r.invite(handle)
	r.open(path).fill(path, "email", email).fill("/sign-in/code", "code", r.code())
	return r.sees("/commons/riverside", 200)
}

// TestJoinAndSignIn goes from an invitation to being signed in again.
func TestJoinAndSignIn(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	bo := s.browser()
	bo.open("/").sees("/sign-in", 200, "Send the code")
	path := s.invite("bo")
	for range 3 { // a program that looks at mail opens links
		s.browser().open(path).sees(path, 200, "Join A commons", "as <b>Bo</b>")
	}
	bo.open(path).fill(path, "email", "not an address").
		sees(path, 422, "Correct this first", "Write an e-mail address", `value="not an address"`)
	bo.fill(path, "email", "bo@example.org").sees("/sign-in/code", 200, "bo@example.org")
	bo.fill("/sign-in/code", "code", "").sees("/sign-in/code", 403, "not the code in the mail")
	code := s.code()
	bo.fill("/sign-in/code", "code", " "+code[:3]+" "+code[3:]).
		sees("/commons/riverside", 200, "Owed to you", "0.00\u00a0EUR", "You are Bo")
	bo.open(path).sees(path, 200, "used already", "By you")
	s.browser().open(path).sees(path, 200, "used already", "If that was you, sign in")

	other := s.browser()
	other.open("/sign-in").fill("/sign-in", "email", "BO@example.org").
		fill("/sign-in/code", "code", s.code()).sees("/commons/riverside", 200)
	bo.open("/account").sees("/account", 200, "bo@example.org", "another browser", "this browser")
	ends := regexp.MustCompile(`/account/sessions/ses_\w+/end`).FindAllString(bo.page, -1)
	if len(ends) != 2 {
		t.Fatalf("%d sessions: %s", len(ends), bo.page)
	}
	bo.fill(ends[0]).sees("/account", 200)
	other.open("/account").sees("/sign-in", 200)
	bo.fill("/sign-out").sees("/sign-in", 200)
	bo.open("/").sees("/sign-in", 200)
}

// TestWithoutMail says what to do, and takes who is invited at their word.
func TestWithoutMail(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{})
	s.browser().open("/sign-in").sees("/sign-in", 200, "no mail server", "PHYLE_SMTP")
	s.browser().open("/sign-in/password").
		fill("/sign-in", "email", "bo@example.org").sees("/sign-in", 503, "no mail server")
	path := s.invite("bo")
	s.browser().open(path).fill(path, "email", "bo@example.org").sees("/commons/riverside", 200)
	path = s.invite("ana")
	s.browser().open(path).fill(path, "email", "Bo@example.org").
		sees(path, 409, "Somebody signs in with that address already")
}

// TestCase41_CrossSite refuses forms that no page of ours has shown to this browser, as
// it is signed in now; and nothing happens.
func TestCase41_CrossSite(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	bo := s.browser().join("bo", "bo@example.org")
	bo.open("/account")
	token := formToken.FindStringSubmatch(bo.page)[1]
	stranger := s.browser().open("/sign-in")
	theirs := formToken.FindStringSubmatch(stranger.page)[1]
	for _, c := range []struct {
		name, token string
		header      map[string]string
		want        string
	}{
		{"cross-site", token, map[string]string{"Sec-Fetch-Site": "cross-site"}, "another site"},
		{"another host of ours", token, map[string]string{"Sec-Fetch-Site": "same-site"},
			"another site"},
		{"another origin", token, map[string]string{"Origin": "https://evil.example"}, "another site"},
		{"no origin", token, map[string]string{"Origin": "null"}, "another site"},
		{"an old browser without a token", "", nil, "out of date"},
		{"an old browser with another's token", theirs, nil, "out of date"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bo.post("/sign-out", url.Values{"token": {c.token}}, c.header).
				sees("/sign-out", 403, c.want)
		})
	}
	bo.open("/account").sees("/account", 200)
	request, err := nethttp.NewRequestWithContext(t.Context(), "GET", s.address+"/account", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.api.token)
	s.browser().do(request).sees("/sign-in", 200) // pages take no tokens
}

// TestCase42_Cookies holds what the cookies are, and that signing in gives new ones,
// whatever was planted before.
func TestCase42_Cookies(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.send("POST", "members", `{"handle":"bo","name":"Bo"}`).want(201)
	s := New(a.store, Options{Rate: -1, Log: slog.New(slog.DiscardHandler),
		URL: &url.URL{Scheme: "https", Host: "phyle.example.org"}})
	invited, err := a.store.InviteMember(t.Context(), a.founder(), "bo")
	if err != nil {
		t.Fatal(err)
	}
	path := "/join/riverside/" + invited.Link.Secret
	link := InvitationAddress("https://phyle.example.org/", invited.Link)
	if link != "https://phyle.example.org"+path {
		t.Errorf("the link is %s", link)
	}
	planted := strings.Repeat("A", 43)
	cookies := "__Host-phyle=" + planted + "; phyle=" + planted + "; __Host-phyle-visit=" + planted
	page := get(s, "GET", path, map[string]string{"Cookie": cookies})
	token := formToken.FindStringSubmatch(page.Body.String())[1]
	form := url.Values{"email": {"bo@example.org"}, "token": {token}}
	request := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Cookie", "__Host-phyle-visit="+planted)
	answer := httptest.NewRecorder()
	s.Handler().ServeHTTP(answer, request)
	if answer.Code != 303 {
		t.Fatalf("got %d: %s", answer.Code, answer.Body)
	}
	got := map[string]string{}
	for _, cookie := range answer.Result().Cookies() {
		if cookie.Value == planted {
			t.Errorf("%s is what was planted", cookie.Name)
		}
		if cookie.Value != "" && len(cookie.Value) != 43 {
			t.Errorf("%s is %q", cookie.Name, cookie.Value)
		}
		_, attributes, _ := strings.Cut(cookie.Raw, ";")
		got[cookie.Name] = attributes
	}
	want := map[string]string{
		"__Host-phyle":       " Path=/; Max-Age=1209600; HttpOnly; Secure; SameSite=Lax",
		"__Host-phyle-visit": " Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// founder is an act of the founder of the commons.
func (a *api) founder() *postgres.Act {
	a.t.Helper()
	by, err := a.store.AsMember(context.Background(), a.slug, "founder")
	if err != nil {
		a.t.Fatal(err)
	}
	return &postgres.Act{By: by}
}

// TestInsecureAddress refuses to sign anybody in where others can read along.
func TestInsecureAddress(t *testing.T) {
	t.Parallel()
	s := New(nil, quiet())
	for host, want := range map[string]int{
		"phyle.example.org": 403, "192.0.2.7:8080": 403, "localhost.example.org": 403,
		"localhost:8080": 200, "127.0.0.1": 200, "[::1]:8080": 200,
	} {
		request := httptest.NewRequest("GET", "http://"+host+"/sign-in", nil)
		answer := httptest.NewRecorder()
		s.Handler().ServeHTTP(answer, request)
		if answer.Code != want {
			t.Errorf("%s: %d, want %d", host, answer.Code, want)
		}
	}
}

// TestCase43_GuessingCodes answers alike whether somebody has the address, and holds up who
// tries too often, and nobody else.
func TestCase43_GuessingCodes(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	s.browser().join("bo", "bo@example.org")
	pages := map[string]string{}
	for _, email := range []string{"bo@example.org", "no@example.org"} {
		r := s.browser().open("/sign-in")
		r.fill("/sign-in", "email", email).sees("/sign-in/code", 200)
		pages[email] = strings.ReplaceAll(formToken.ReplaceAllString(r.page, ""), email, "")
	}
	if diff := cmp.Diff(pages["bo@example.org"], pages["no@example.org"]); diff != "" {
		t.Error(diff)
	}
	r := s.browser()
	for range 4 {
		r.open("/sign-in").fill("/sign-in", "email", "BO@example.org").sees("/sign-in/code", 200)
	}
	r.open("/sign-in").fill("/sign-in", "email", "bo@example.org").
		sees("/sign-in", 429, "tried too often", "wait 60 s")
	r.open("/sign-in").fill("/sign-in", "email", "ana@example.org").sees("/sign-in/code", 200)
	for range 5 {
		r.fill("/sign-in/code", "code", "000 000x").sees("/sign-in/code", 403)
	}
	r.fill("/sign-in/code", "code", s.code()).sees("/sign-in/code", 429)
	if got := strings.Count(s.log.String(), "example.org"); got > 0 {
		t.Errorf("addresses are in the log: %s", s.log.String())
	}
}

// TestTries waits longer each time, and forgets in the end.
func TestTries(t *testing.T) {
	var all tries
	now := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	var got []time.Duration
	for range 5 {
		got = append(got, all.take("a", now))
	}
	for range 6 {
		wait := all.take("a", now)
		now = now.Add(wait)
		got = append(got, wait, all.take("a", now))
	}
	m := time.Minute
	want := []time.Duration{0, 0, 0, 0, 0, m, 0, 2 * m, 0, 4 * m, 0, 8 * m, 0, 15 * m, 0, 15 * m, 0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if wait := all.take("b", now); wait != 0 {
		t.Errorf("another waits %v", wait)
	}
	now = now.Add(2 * time.Hour)
	for range 5 {
		if wait := all.take("a", now); wait != 0 {
			t.Errorf("still waits %v", wait)
		}
	}
}

func TestAgents(t *testing.T) {
	const engine = " AppleWebKit/537.36 (KHTML, like Gecko) "
	for header, want := range map[string]string{
		"": "another browser",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":             "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0)" + engine + "Chrome/140.0 Safari/537.36 Edg/140.0":    "Edge on Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)" + engine + "Safari/604.1":   "Safari on iPhone",
		"Mozilla/5.0 (Linux; Android 15)" + engine + "Chrome/140.0.0.0 Mobile Safari/537.36": "Chrome on Android",
		"<script>": "another browser",
		"curl/8.0": "another browser",
	} {
		request := httptest.NewRequest("GET", "/", nil)
		request.Header.Set("User-Agent", header)
		if diff := cmp.Diff(want, agentOf(request)); diff != "" {
			t.Errorf("%s: %s", header, diff)
		}
	}
}

// TestLongForms refuses what no form sends.
func TestLongForms(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	s.browser().open("/sign-in").fill("/sign-in", "email", strings.Repeat("a", formBytes)).
		sees("/sign-in", 400, "could not be read")
}

// TestPagesOfPeople are drawn whole, and what people have written cannot be markup.
func TestPagesOfPeople(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	s.api.send("POST", "members", `{"handle":"cy","name":"<script>alert(1)</script>"}`).want(201)
	cy := s.browser().join("cy", "cy@example.org")
	for _, path := range []string{"/commons/riverside", "/account"} {
		cy.open(path).sees(path, 200, "&lt;script&gt;", "</html>")
		if strings.Contains(cy.page, "<script") {
			t.Errorf("%s runs what a name says", path)
		}
	}
}

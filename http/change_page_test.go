package http

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// asked has the founder ask for a kind, with texts that are no markup, and returns the
// path of the page about it.
func (s *site) asked(code string) string {
	s.Helper()
	made := s.api.send("POST", "kinds", `{"code":"`+code+`","name":"<b>Songs</b> & more","unit":"item"}`).want(202)
	return "/commons/riverside/changes/" + made["id"].(string)
}

// twoOfThem puts the policy into force by which acts wait.
func (s *site) twoOfThem() {
	s.Helper()
	policy := s.api.send("POST", "changes", `{"approvals":1}`).want(201)
	s.api.as("ana").send("POST", "changes/"+policy["id"].(string)+"/confirm", "").want(200)
}

// TestChangePages has a second person look at what waits, and confirm it or take it back.
func TestChangePages(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	s.twoOfThem()
	path := s.asked("song")
	bo, ana := s.browser().join("bo", "bo@example.org"), s.browser().join("ana", "ana@example.org")
	ana.sees("/commons/riverside", 200, "Waiting for a second person", "Add a kind", "Asked for by founder", path)
	ana.open(path).sees(path, 200, "&lt;b&gt;Songs&lt;/b&gt; &amp; more", "POST /v1/commons/riverside/kinds",
		path+"/confirm", path+"/withdraw")

	bo.open(path).sees(path, 200, "Stewards, treasurers and approvers confirm such things")
	bo.open(path+"/confirm").fill(path+"/confirm").sees(path+"/confirm", 403, "This needs the role")

	ana.open(path+"/confirm").sees(path+"/confirm", 200, "Confirm it", "the audit trail names you")
	ana.fill(path+"/confirm").sees(path, 200, "Confirmed by", "ana on 1 November 2026")
	ana.fill(path+"/confirm").sees(path, 200, "Confirmed by") // a second click
	ana.open(path+"/confirm").sees(path, 200, "Confirmed by")
	ana.fill(path+"/withdraw").sees(path, 200, "Confirmed by")
	ana.open("/commons/riverside")
	s.api.send("POST", "kinds", `{"code":"song","name":"Song","unit":"item"}`).wantProblem(409, "code_taken")

	other := s.asked("poem")
	ana.open(other+"/withdraw").fill(other+"/withdraw").sees(other, 200, "Taken back by")
	role := s.api.send("POST", "members/bo/roles", `{"role":"approver","held":true,"until":"2027-06-30"}`).want(200)
	third := "/commons/riverside/changes/" + role["waiting"].([]any)[0].(string)
	ana.open(third).sees(third, 200, "bo becomes approver", "2027-06-30")
	ana.open(third+"/confirm").fill(third+"/confirm").sees(third, 200, "Confirmed by")
	bo.open("/commons/riverside").sees("/commons/riverside", 200, "You are Bo", "member and approver until 30 June 2027")
	ana.open("/commons/riverside/changes/chg_06fa0m4h7kx8r9w2t5v3y6z1bc").
		sees("/commons/riverside/changes/chg_06fa0m4h7kx8r9w2t5v3y6z1bc", 404, "There is nothing here")
}

// TestChangePagesAskAgain: deciding asks for a sign-in of the last 15 minutes, and goes on
// to where somebody was on the way to.
func TestChangePagesAskAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	s.twoOfThem()
	path := s.asked("song")
	ana := s.browser().join("ana", "ana@example.org")
	ana.open(path + "/confirm")
	now := s.api.store.Now().Add(16 * time.Minute)
	s.api.store.SetClock(func() time.Time { return now })
	ana.fill(path+"/confirm").sees(path+"/confirm", 403, "Sign in again first")
	ana.open(path).sees(path, 200, path+"/confirm")
	ana.open(path+"/confirm").sees("/sign-in", 200, "Sign in again").
		fill("/sign-in", "email", "ana@example.org").fill("/sign-in/code", "code", s.code()).
		sees(path+"/confirm", 200, "Confirm it").fill(path+"/confirm").sees(path, 200, "Confirmed by")
}

// TestBrowserConfirms confirms in a real browser what waits; the pages fit.
func TestBrowserConfirms(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	s.twoOfThem()
	path := s.asked("song")
	invited := s.invite("ana")
	p := newTab(t, s.address, invited)
	p.arrive(invited)
	p.do(chromedp.SendKeys(css("#email"), "ana@example.org"), chromedp.Click(css("button.primary")))
	p.arrive("/sign-in/code")
	p.do(chromedp.SendKeys(css("#code"), s.code()), chromedp.Click(css("button.primary")))
	p.arrive("/commons/riverside")
	p.fits()
	p.do(chromedp.Click(css(`a[href="` + path + `"]`)))
	p.arrive(path)
	p.fits()
	p.do(chromedp.Click(css(`a[href="` + path + `/confirm"]`)))
	p.arrive(path + "/confirm")
	p.fits()
	p.do(chromedp.Click(css("main button.primary")))
	p.arrive(path)
	p.fits()
	p.says("main", "Confirmed by")
	p.quiet()
}

// TestMailToConfirmers writes to who may confirm what waits, once, and to nobody else; what
// it says names no sums.
func TestMailToConfirmers(t *testing.T) {
	t.Parallel()
	m := newMailServer(t, true)
	s := newSite(t, Options{Mail: m.mail()})
	s.api.server = s.server
	readers := map[string]*reader{}
	for i, handle := range []string{"ana", "bo"} {
		path := s.invite(handle)
		reader := s.browser().open(path).fill(path, "email", handle+"@example.org")
		reader.fill("/sign-in/code", "code", codeIn(t, m.taken(i+1))).sees("/commons/riverside", 200)
		readers[handle] = reader
	}
	policy := s.api.send("POST", "changes", `{"approvals":1}`).want(201)["id"].(string)
	told := func(n int, title, change string) {
		t.Helper()
		in := m.taken(n)
		link := s.address + "/commons/riverside/changes/" + change + "\r\n"
		if in.to != "TO:<ana@example.org>" || !strings.Contains(in.text, "Something waits for you in A commons") ||
			!strings.Contains(in.text, title) || !strings.Contains(in.text, link) || strings.Contains(in.text, "500") {
			t.Errorf("mail %d is to %s: %s", n, in.to, in.text)
		}
	}
	told(3, "founder asks for this in A commons:\r\n\r\n    Another approval policy\r\n", policy)
	confirm := "/commons/riverside/changes/" + policy + "/confirm"
	readers["ana"].open(confirm).fill(confirm).sees(strings.TrimSuffix(confirm, "/confirm"), 200, "Confirmed by")

	capital := `{"member":"bo","amount":{"amount":"500","currency":"EUR"},"date":"2026-10-20"}`
	s.api.send("POST", "capital?dry_run=true", capital)
	key := []string{keyHeader, "capital"}
	waits := s.api.send("POST", "capital", capital, key...).want(202)["id"].(string)
	told(4, "capital", waits)
	s.api.send("POST", "capital", capital, key...).want(202)
	role := s.api.send("POST", "members/bo/roles", `{"role":"treasurer","held":true}`).want(200)
	told(5, "bo becomes treasurer", role["waiting"].([]any)[0].(string))
	s.server.post.running.Wait()
	if len(m.mails) != 5 {
		t.Errorf("%d mails: %+v", len(m.mails), m.mails)
	}
}

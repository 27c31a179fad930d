package http

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// callTo has the browser do what is no step of a page.
func callTo[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	result, err := chromedp.Call(p.ctx, command, params)
	if err != nil {
		p.t.Fatal(err)
	}
	return result
}

// lock gives the browser something that makes passkeys, such as the lock of a phone.
func (p *tab) lock() webauthn.AuthenticatorID {
	p.t.Helper()
	callTo(p, webauthn.Enable, webauthn.EnableParams{})
	return callTo(p, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
		Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true,
			AutomaticPresenceSimulation: true,
		},
	}).AuthenticatorID
}

// TestBrowserPasskeys adds a passkey in a real browser, under the policy of the pages,
// signs in with it, sees it refused where its holder does not unlock it or where its
// answer was changed, and removes it.
func TestBrowserPasskeys(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	path := s.invite("bo")
	p := newTab(t, s.address, path)
	lock := p.lock()
	p.arrive(path)
	p.do(chromedp.SendKeys(css("#email"), "bo@example.org"), chromedp.Click(css("button.primary")))
	p.arrive("/sign-in/code")
	p.do(chromedp.SendKeys(css("#code"), s.code()), chromedp.Click(css("button.primary")))
	p.arrive("/commons/riverside")

	p.do(chromedp.Navigate(s.address+"/account"), chromedp.Click(css(`a[href="/account/passkey"]`)))
	p.arrive("/account/passkey")
	p.fits()
	p.do(chromedp.Click(css("#passkey button")))
	p.arrive("/account")
	p.fits()
	p.says("main", "Passkey made in Chrome on Linux")
	p.do(chromedp.Navigate(s.address+"/account/passkey"), chromedp.Click(css("#passkey button")))
	p.until(`document.querySelector('#said').textContent.includes('on this device already')`)

	p.do(chromedp.Click(css(".leave button")))
	p.arrive("/sign-in")
	p.do(chromedp.Navigate(s.address+"/sign-in?to=/account"), chromedp.Click(css(`a[href^="/sign-in/passkey"]`)))
	p.arrive("/sign-in/passkey")
	p.fits()
	p.do(chromedp.Click(css("#passkey button")))
	p.arrive("/account")
	p.says("main", "last used")

	p.do(chromedp.Click(css(".leave button")))
	p.arrive("/sign-in")
	yes := true
	for name, change := range map[string]webauthn.SetResponseOverrideBitsParams{
		"not unlocked": {AuthenticatorID: lock, IsBadUV: &yes},
		"not signed":   {AuthenticatorID: lock, IsBogusSignature: &yes},
	} {
		callTo(p, webauthn.SetResponseOverrideBits, change)
		p.do(chromedp.Navigate(s.address+"/sign-in/passkey"), chromedp.Click(css("#passkey button")))
		p.until(`document.querySelector('.faults')?.textContent.includes('opens nothing here')`)
		if p.t.Failed() {
			t.Fatal(name)
		}
	}
	callTo(p, webauthn.SetResponseOverrideBits, webauthn.SetResponseOverrideBitsParams{AuthenticatorID: lock})
	p.do(chromedp.Click(css("#passkey button"))) // on the page that was shown again
	p.arrive("/commons/riverside")

	now := s.api.store.Now().Add(16 * time.Minute)
	s.api.store.SetClock(func() time.Time { return now })
	p.do(chromedp.Navigate(s.address+"/account"), chromedp.Click(css(`a[href^="/account/passkeys/"]`)))
	p.arrive("/sign-in") // removing it asks for a fresh sign-in
	p.do(chromedp.Click(css(`a[href^="/sign-in/passkey"]`)))
	p.arrive("/sign-in/passkey")
	p.do(chromedp.Click(css("#passkey button")))
	p.until(`location.pathname.startsWith('/account/passkeys/')`)
	p.fits()
	p.do(chromedp.Click(css("main button.primary")))
	p.arrive("/account")
	p.do(chromedp.Click(css(".leave button")))
	p.arrive("/sign-in")
	p.do(chromedp.Navigate(s.address+"/sign-in/passkey"), chromedp.Click(css("#passkey button")))
	p.until(`document.querySelector('.faults')?.textContent.includes('opens nothing here')`)
	p.quiet()
	if strings.Contains(s.log.String(), "example.org") {
		t.Errorf("the log tells too much: %s", s.log)
	}
}

// says holds that the element has the words.
func (p *tab) says(element, words string) {
	p.t.Helper()
	text := valueOf[string](p, `document.querySelector('`+element+`').textContent`)
	if !strings.Contains(text, words) {
		p.t.Errorf("%s does not say %q: %s", element, words, text)
	}
}

// TestPasskeysAtNumber has none where the server is reached by a number, and says what
// to do.
func TestPasskeysAtNumber(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	o := quiet()
	o.URL = &url.URL{Scheme: "http", Host: "127.0.0.1:8080"}
	s := New(a.store, o)
	if page := get(s, "GET", "http://localhost/sign-in/passkey", nil); page.Code != 409 ||
		!strings.Contains(page.Body.String(), "an address with a name") {
		t.Errorf("got %d: %s", page.Code, page.Body)
	}
	if page := get(s, "GET", "http://localhost/sign-in", nil); strings.Contains(page.Body.String(), "with a passkey") {
		t.Error("a passkey is offered")
	}
}

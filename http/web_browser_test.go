package http

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// arrive waits until the page of the path is there.
func (p *tab) arrive(path string) {
	p.t.Helper()
	p.until(`location.pathname === '` + path + `'`)
}

// until is wait for what becomes true on another page than the one that is left, once
// that is there with its styles.
func (p *tab) until(expression string) {
	p.t.Helper()
	expression = `document.readyState === 'complete' && (` + expression + `)`
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		came, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](expression))
		if err == nil && came {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.t.Fatalf("%s does not come true on %s", expression, valueOf[string](p, `location.pathname`))
}

// shape complains about what of the page does not fit a narrow screen, or is hard to
// hit or to find.
const shape = `(() => {
	const wrong = [];
	if (document.documentElement.scrollWidth > innerWidth) wrong.push('it is too wide');
	const targets = 'main button, main input:not([type=hidden], [hidden]), .button';
	for (const one of document.querySelectorAll(targets)) {
		if (one.getBoundingClientRect().height < 44) wrong.push(one.outerHTML);
	}
	for (const one of document.querySelectorAll('main input:not([type=hidden], [hidden])')) {
		if (!one.labels.length) wrong.push('without a label: ' + one.outerHTML);
	}
	if (document.querySelectorAll('h1').length !== 1) wrong.push('not one heading');
	return wrong.join('; ');
})()`

// fits holds the page to every width, in light and in dark.
func (p *tab) fits() {
	p.t.Helper()
	where := valueOf[string](p, `location.pathname`)
	for _, scheme := range []string{"light", "dark"} {
		prefers := emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		}
		if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, prefers); err != nil {
			p.t.Fatal(err)
		}
		for _, width := range []int64{320, 390, 1280} {
			p.do(chromedp.EmulateViewport(width, 800))
			if wrong := valueOf[string](p, shape); wrong != "" {
				p.t.Errorf("%s, %s at %d: %s", where, scheme, width, wrong)
			}
		}
		if pale := valueOf[string](p, faint); pale != "" {
			p.t.Errorf("%s, %s: too faint are %s", where, scheme, pale)
		}
	}
}

// TestBrowserSignsIn joins and signs in with the keyboard, in a real browser, under the
// policy of the pages; and every page fits.
func TestBrowserSignsIn(t *testing.T) {
	t.Parallel()
	m := newMailServer(t, true)
	s := newSite(t, Options{Mail: m.mail()})
	path := s.invite("bo")
	p := newTab(t, s.address, path)
	p.arrive(path)
	p.fits()
	p.do(chromedp.SendKeys(css("#email"), "bo@example.org"+kb.Enter))
	p.arrive("/sign-in/code")
	p.fits()
	if kind := valueOf[string](p, `document.querySelector('#code').autocomplete`); kind != "one-time-code" {
		t.Errorf("the code is completed as %q", kind)
	}
	code := codeIn(t, m.taken(1))
	other := strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, code)
	p.do(chromedp.SendKeys(css("#code"), other+kb.Enter))
	p.until(`document.querySelector('.faults a')?.hash === '#code'`)
	p.fits()
	p.do(chromedp.SendKeys(css("#code"), code[:3]+" "+code[3:]+kb.Enter))
	p.arrive("/commons/riverside")
	p.fits()
	if cookies := valueOf[string](p, `document.cookie`); cookies != "" {
		t.Errorf("a script could read %q", cookies)
	}
	p.do(chromedp.Click(css(`a[href="/account"]`)))
	p.arrive("/account")
	p.fits()
	if line := valueOf[string](p, `document.querySelector('.sessions h3').textContent`); line !=
		"Chrome on Linux this browser" {
		t.Errorf("the session is shown as %q", line)
	}
	p.do(chromedp.Click(css(`a[href="/account/password"]`)))
	p.arrive("/account/password")
	p.fits()
	p.do(chromedp.SendKeys(css("#password"), goodPassword+kb.Enter))
	p.arrive("/account")
	if told := m.taken(2).text; !strings.Contains(told, "A password was set") {
		t.Errorf("the account's person is told %q", told)
	}
	p.do(chromedp.Click(css(".leave button")))
	p.arrive("/sign-in")
	p.fits()
	p.do(chromedp.SendKeys(css("#email"), "bo@example.org"+kb.Enter))
	p.arrive("/sign-in/code")
	p.do(chromedp.SendKeys(css("#code"), codeIn(t, m.taken(3))+kb.Enter))
	p.arrive("/commons/riverside")
	p.do(chromedp.Click(css(".leave button")))
	p.arrive("/sign-in")
	p.do(chromedp.Click(css(`a[href="/sign-in/password"]`)))
	p.arrive("/sign-in/password")
	p.fits()
	p.do(chromedp.SendKeys(css("#email"), "bo@example.org"),
		chromedp.SendKeys(css("#password"), goodPassword+kb.Enter))
	p.arrive("/commons/riverside")
	s.api.send("POST", "members/bo/suspension", `{"reason":"`+strings.Repeat("long", 60)+`"}`).want(200)
	p.do(chromedp.Navigate(s.address + "/commons/riverside"))
	p.until(`document.querySelector('blockquote') !== null`)
	p.fits()
	p.quiet()
}

package http

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// browsers bounds how many run at once: each is several processes.
var browsers = make(chan struct{}, 2)

// tab is a page in a browser, and what it has asked for and complained about.
type tab struct {
	t       *testing.T
	ctx     context.Context
	address string

	mutex      sync.Mutex
	requests   []string
	complaints []string
}

// newTab opens a browser whose page is the path, or skips the test where there is
// no browser.
func newTab(t *testing.T, address, path string) *tab {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && program == "" {
			program = found
		}
	}
	if program == "" {
		t.Skip("no Chromium is here, so /docs is not tried in a browser: install chromium")
	}
	browsers <- struct{}{}
	t.Cleanup(func() { <-browsers })
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true))
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	p := &tab{t: t, ctx: ctx, address: address}
	p.do() // which starts it
	if err := chromedp.Listen(ctx, p.note); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(address+path))
	return p
}

// note keeps what the browser tells about the page.
func (p *tab) note(event any) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *runtime.EventExceptionThrown:
		p.complaints = append(p.complaints, fmt.Sprint(e.ExceptionDetails.Text))
	case *runtime.EventConsoleAPICalled:
		p.complaints = append(p.complaints, fmt.Sprint("console: ", e.Type))
	case *log.EventEntryAdded:
		// A refusal that was asked for is no complaint.
		if e.Entry.Source != "network" || !strings.Contains(e.Entry.Text, "403") {
			p.complaints = append(p.complaints, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

// quiet holds that the page asked nobody else and complained about nothing.
func (p *tab) quiet() {
	p.t.Helper()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if len(p.requests) == 0 {
		p.t.Error("the page has asked for nothing")
	}
	for _, request := range p.requests {
		if !strings.HasPrefix(request, p.address+"/") {
			p.t.Errorf("the page asked for %s", request)
		}
	}
	for _, complaint := range p.complaints {
		p.t.Errorf("the browser says: %s", complaint)
	}
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// valueOf evaluates an expression in the page.
func valueOf[T any](p *tab, expression string) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// wait waits until the expression holds.
func (p *tab) wait(expression string) {
	p.t.Helper()
	often := chromedp.WithPollingInterval(20 * time.Millisecond)
	long := chromedp.WithPollingTimeout(2 * time.Minute)
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool](expression, often, long)); err != nil {
		p.t.Fatalf("%s does not come true: %v", expression, err)
	}
}

// fill is what it takes to put a value into a field.
func (p *tab) fill(id, value string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Evaluate[bool](fmt.Sprintf(`(() => {
			const field = document.getElementById(%q);
			field.value = %q;
			return field.dispatchEvent(new Event('input', { bubbles: true }));
		})()`, id, value))(ctx, t)
		return err
	})
}

// press presses a button wherever it is by now: opening an operation still moves those
// below it when the browser is slow, and a click at a place would miss.
func (p *tab) press(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Evaluate[bool](fmt.Sprintf(
			`(document.querySelector(%q).click(), true)`, selector))(ctx, t)
		return err
	})
}

func css(selector string) chromedp.CSS { return chromedp.CSS(selector) }

// explorerTab opens the explorer of a demonstration.
func explorerTab(t *testing.T) (riverside, *tab) {
	t.Helper()
	r := newRiverside(t)
	caller, err := r.store.Authenticate(t.Context(), r.token)
	if err != nil {
		t.Fatal(err)
	}
	o := quiet()
	o.Demo = &Demo{Commons: r.slug, IDs: r.names}
	made, err := r.store.CreateToken(t.Context(), &postgres.Act{By: caller},
		ledger.NewToken{Label: "demo", Scopes: ledger.ReadScopes()})
	o.Demo.Token = made.Secret
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(New(r.store, o).Handler())
	t.Cleanup(server.Close)
	return r, newTab(t, server.URL, "/docs")
}

const shownOperations = `[...document.querySelectorAll('details.operation')]
	.filter(o => o.checkVisibility()).map(o => o.id).join(' ')`

func TestExplorerFilters(t *testing.T) {
	t.Parallel()
	_, p := explorerTab(t)
	all := valueOf[string](p, shownOperations)
	if len(strings.Fields(all)) != len(cases(t)) {
		t.Errorf("at first the page shows %s", all)
	}
	p.do(chromedp.KeyEvent("/"))
	if focused := valueOf[string](p, `document.activeElement.id`); focused != "filter" {
		t.Errorf("a slash leads to %q", focused)
	}
	p.do(chromedp.SendKeys(css("#filter"), "member statement"))
	if got := valueOf[string](p, shownOperations); got != "getStatement" {
		t.Errorf("the filter shows %q", got)
	}
	found := valueOf[string](p, `document.getElementById('found').textContent`)
	if found != "1 operation" {
		t.Errorf("the filter says %q", found)
	}
	p.do(chromedp.SendKeys(css("#filter"), " zebra"))
	if !valueOf[bool](p, `document.getElementById('nothing-found').checkVisibility()`) {
		t.Error("nothing says that nothing was found")
	}
	p.do(chromedp.SendKeys(css("#filter"), kb.Escape))
	if got := valueOf[string](p, shownOperations); got != all {
		t.Errorf("after Escape the page shows %s", got)
	}
	p.quiet()
}

// TestExplorerSends holds that a reader can send what the page is filled with, that
// the demonstration's token writes nothing, and that another one does.
func TestExplorerSends(t *testing.T) {
	t.Parallel()
	r, p := explorerTab(t)
	before := r.snapshot()
	p.do(chromedp.Click(css("#getBalance > summary")), p.press("#getBalance .primary"))
	p.wait(`document.querySelector('#getBalance .status').textContent.startsWith('200 ')`)
	shown := valueOf[string](p, `document.querySelector('#getBalance .answer').textContent`)
	owed := "\"payable\": {\n    \"amount\": \"50.00\",\n    \"currency\": \"EUR\"\n  }"
	if !strings.Contains(shown, owed) {
		t.Errorf("the answer is shown as %s", shown)
	}
	headers := valueOf[string](p, `document.querySelector('#getBalance .headers').textContent`)
	if !strings.Contains(headers, "content-type: application/json") {
		t.Errorf("the headers are shown as %s", headers)
	}
	p.do(chromedp.Click(css("#logContribution > summary")),
		p.press("#logContribution .primary"))
	p.wait(`document.querySelector('#logContribution .status').textContent.startsWith('403 ')`)
	link := valueOf[string](p,
		`document.querySelector('#logContribution .detail a').getAttribute('href')`)
	if link != "/docs/problems/scope_missing" {
		t.Errorf("the refusal leads to %q", link)
	}
	if diff := cmp.Diff(before, r.snapshot()); diff != "" {
		t.Errorf("the demonstration's token has written:\n%s", diff)
	}
	p.do(p.fill("token", r.token), p.fill("logContribution-dry_run", "false"),
		p.press("#logContribution .primary"))
	p.wait(`document.querySelector('#logContribution .status').textContent.startsWith('201 ')`)
	found := r.send("GET", "contributions?limit=1", "").want(200)["data"].([]any)[0].(map[string]any)
	if found["note"] != "laser cutter" {
		t.Errorf("the newest contribution is %v", found)
	}
	kept := valueOf[string](p, `JSON.stringify(
		[localStorage, sessionStorage, document.cookie, location.href])`)
	if strings.Contains(kept, "phy_") {
		t.Errorf("the token is kept in %s", kept)
	}
	p.quiet()
}

// TestExplorerAsksForWhatIsNeeded holds that nothing is sent without a token or
// with a field empty that is needed.
func TestExplorerAsksForWhatIsNeeded(t *testing.T) {
	t.Parallel()
	_, p := explorerTab(t)
	p.do(chromedp.Click(css("#getMember > summary")), p.fill("getMember-member", " "),
		p.press("#getMember .primary"))
	p.wait(`document.querySelector('#getMember .told').textContent.includes('member')`)
	if focused := valueOf[string](p, `document.activeElement.id`); focused != "getMember-member" {
		t.Errorf("the missing field is shown at %q", focused)
	}
	p.do(p.fill("getMember-member", "ana"), p.fill("token", ""),
		p.press("#getMember .primary"))
	p.wait(`document.activeElement.id === 'token'`)
	p.mutex.Lock()
	asked := slices.ContainsFunc(p.requests, func(url string) bool {
		return strings.Contains(url, "/v1/")
	})
	p.mutex.Unlock()
	if asked {
		t.Error("something was sent")
	}
	p.quiet()
}

// focusRing describes what surrounds the element that has the focus.
const focusRing = `(() => { const style = getComputedStyle(document.activeElement);
	return [document.activeElement.tagName, style.outlineStyle, style.outlineWidth,
		style.boxShadow !== 'none', document.activeElement.checkVisibility()].join(' '); })()`

// TestExplorerByKeyboard goes through the page with Tab: the first stop leads to
// the text, and every stop is to be seen.
func TestExplorerByKeyboard(t *testing.T) {
	t.Parallel()
	_, p := explorerTab(t)
	p.do(chromedp.KeyEvent(kb.Tab))
	if first := valueOf[string](p, `document.activeElement.className`); first != "skip" {
		t.Errorf("the first stop is %q", first)
	}
	if left := valueOf[float64](p, `document.activeElement.getBoundingClientRect().left`); left < 0 {
		t.Error("the first stop is not on the screen")
	}
	p.do(chromedp.KeyEvent(kb.Enter))
	stops := map[string]bool{}
	for range 25 {
		p.do(chromedp.KeyEvent(kb.Tab))
		ring := valueOf[string](p, focusRing)
		tag, style, _ := strings.Cut(ring, " ")
		stops[tag] = true
		if style != "solid 3px true true" {
			t.Errorf("the focus on %s is drawn as %s", tag, style)
		}
	}
	for _, tag := range []string{"A", "INPUT", "PRE", "SUMMARY"} {
		if !stops[tag] {
			t.Errorf("no stop is at a %s: %v", tag, stops)
		}
	}
	p.do(chromedp.Focus(css("#listContributions > summary")), chromedp.KeyEvent(kb.Enter))
	if !valueOf[bool](p, `document.getElementById('listContributions').open`) {
		t.Error("Enter does not open an operation")
	}
	p.do(chromedp.Focus(css("#listContributions input[name=limit]")), chromedp.KeyEvent("5"),
		chromedp.KeyEvent(kb.Enter))
	p.wait(`document.querySelector('#listContributions .status').textContent.startsWith('200 ')`)
	p.quiet()
}

// faint lists text whose contrast with what is behind it is below 4.5:1, or 3:1
// where it is large.
const faint = `(() => {
	const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
	const channels = (colour) => {
		canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
		return [...canvas.getImageData(0, 0, 1, 1).data];
	};
	const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
		.map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
		.reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
	const behind = (element) => {
		for (let e = element; e; e = e.parentElement) {
			const colour = channels(getComputedStyle(e).backgroundColor);
			if (colour[3] === 255) return colour;
		}
		return [255, 255, 255, 255];
	};
	const found = new Set();
	for (const element of document.querySelectorAll('body *')) {
		const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
		if (!own && element.tagName !== 'INPUT' || !element.checkVisibility()) continue;
		const style = getComputedStyle(element);
		const [a, b] = [light(channels(style.color)), light(behind(element))].sort((x, y) => y - x);
		const size = parseFloat(style.fontSize);
		const large = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
		if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5))
			found.add([element.tagName, element.className,
				((a + 0.05) / (b + 0.05)).toFixed(2)].join(' '));
	}
	return [...found].join(', ');
})()`

// TestPagesFitAndAreReadable holds that every page fits a phone with all of it
// open, and that its text stands out from its ground, in light and in dark.
func TestPagesFitAndAreReadable(t *testing.T) {
	t.Parallel()
	_, p := explorerTab(t)
	for _, path := range []string{"/docs", "/docs/problems", "/docs/problems/inputs_changed"} {
		for _, scheme := range []string{"light", "dark"} {
			prefers := emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			}
			if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, prefers); err != nil {
				t.Fatal(err)
			}
			p.do(chromedp.EmulateViewport(360, 740), chromedp.Navigate(p.address+path))
			valueOf[int](p, `[...document.querySelectorAll('details')].map(d => d.open = true).length`)
			if wide := valueOf[int](p, `document.documentElement.scrollWidth`); wide > 360 {
				t.Errorf("%s is %d wide on a phone of 360", path, wide)
			}
			if pale := valueOf[string](p, faint); pale != "" {
				t.Errorf("%s, %s: too faint are %s", path, scheme, pale)
			}
			if h1 := valueOf[int](p, `document.querySelectorAll('h1').length`); h1 != 1 {
				t.Errorf("%s has %d first headings", path, h1)
			}
		}
	}
	p.quiet()
}

// TestExplorerWithoutScript holds that the page is a reference without its script.
func TestExplorerWithoutScript(t *testing.T) {
	t.Parallel()
	_, p := explorerTab(t)
	off := emulation.SetScriptExecutionDisabledParams{Value: true}
	if _, err := chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, off); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.Navigate(p.address+"/docs"), chromedp.Click(css("#logContribution > summary")))
	text := valueOf[string](p, `document.getElementById('logContribution').innerText`)
	for _, part := range []string{
		"It is accepted at once where its kind needs no review.", "The slug of the commons.",
		"external_ref", `"quantity": "7.5"`, "201 Created", "Idempotency-Key: logContribution-1",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("without script the operation does not say %q:\n%s", part, text)
		}
	}
	idle := valueOf[string](p, `[...document.querySelectorAll('input, button, select, textarea')]
		.filter(e => e.checkVisibility()).map(e => e.tagName).join(' ')`)
	if idle != "" {
		t.Errorf("without script there are %s that do nothing", idle)
	}
	p.quiet()
}

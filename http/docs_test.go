package http

import (
	"database/sql"
	"html"
	"io"
	"maps"
	nethttp "net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// riverside is a commons in which the examples of the documents can be sent.
type riverside struct{ *fixture }

const riversideBody = `{"slug":"riverside","name":"Riverside","currency":"EUR",
	"time_zone":"Europe/Berlin","first_member":{"handle":"ana","name":"Ana"},
	"advance_limit":{"amount":"500.00","currency":"EUR"}}`

func newRiverside(t *testing.T) riverside {
	t.Helper()
	a := *newInstance(t)
	founded := a.send("POST", "/v1/commons", riversideBody).want(201)
	a.token, a.slug = founded["token"].(string), "riverside"
	r := riverside{&fixture{api: &a, names: map[string]string{}}}
	var err error
	if r.database, err = sql.Open("postgres", r.address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.database.Close() }) // the test is over
	for _, step := range [][2]string{
		{"members", `{"handle":"bo","name":"Bo","roles":["steward"]}`},
		{"members", `{"handle":"cy","name":"Cy","stage":"newcomer"}`},
		{"kinds", `{"code":"work","name":"Work","unit":"hour"}`},
		{"kinds", `{"code":"care","name":"Care","unit":"hour","reviews":1}`},
		{"kinds", `{"code":"materials","name":"Materials","unit":"EUR","becomes":"claim"}`},
		{"funds", `{"code":"reserve","name":"Reserve"}`},
		{"funds", `{"code":"care","name":"Care fund"}`},
		{"openings", opening("asset", "bank", "1000")},
		{"openings", opening("fund", "reserve", "500")},
		{"openings", opening("member", "ana", "50")},
	} {
		r.send("POST", step[0], step[1]).want(201)
	}
	r.names["token"], r.names["entry"] = r.newest("tokens"), r.newest("entries")
	r.names["change"] = r.newest("changes")
	r.make("agreements", readingAgreement)
	r.names["agreement"] = r.make("agreements", exampleAgreement)
	r.send("POST", "agreements/"+r.names["agreement"]+"/adopt",
		`{"from":"2026-01-01","decision":{"method":"consent","date":"2025-12-20"}}`).want(200)
	r.names["income"] = r.make("incomes",
		`{"amount":{"amount":"300","currency":"EUR"},"date":"2026-10-10","source":"sale"}`)
	r.names["contribution"] = care(r.as("bo"), "bo")
	r.names["distribution"] = r.make("distributions", `{"through":"2026-10-31"}`)
	found := r.send("GET", "distributions/"+r.names["distribution"], "").want(200)
	r.names["digest"] = found["digest"].(string)
	return r
}

// readingAgreement has rules that read what members take and what they received.
const readingAgreement = `{"name": "Takes", "currency": "EUR", "leftover": "carry", "rules": [
	{"id": "team", "take": {"amount": "50.00"}, "give": {"members": {"by": "takes"}}},
	{"id": "fair", "take": "rest", "give": {"members": {"by": {"catch_up": {"factors": {"work": "1"}}}}}}]}`

// care logs an hour of care, which waits for somebody to look at it.
func care(by *api, member string) string {
	by.t.Helper()
	logged := by.send("POST", "contributions",
		`{"member":"`+member+`","kind":"care","quantity":"1","date":"2026-10-05"}`)
	return logged.want(201)["id"].(string)
}

// ready brings the books into the state that the example is about.
func (r riverside) ready(id string) {
	r.t.Helper()
	switch id {
	case "createCommons":
		r.token = r.instance.token
	case "confirmChange", "withdrawChange":
		r.names["change"] = r.as("bo").waiting()
	case "approveDistribution":
		r.names["distribution"], r.names["digest"] = r.as("bo").drafted()
	case "leaveCommons":
		r.names["member"], r.token = "cy", r.as("cy").token
	case "eraseMember":
		r.names["member"] = r.leaver()
	case "suspendMember":
		r.names["member"] = "cy"
	case "readmitMember":
		r.names["member"] = "cy"
		r.suspend("cy")
	case "changeRole", "changeStage":
		r.names["member"] = "cy"
	case "withdrawContribution":
		r.names["contribution"] = care(r.api, "ana")
	case "revokeInvitation":
		r.send("POST", "members/ana/invite", "").want(200)
	case "reverseContribution":
		r.send("POST", "contributions/"+r.names["contribution"]+"/accept", "").want(200)
	case "adoptAgreement", "proposeAgreement", "decideAgreement":
		r.names["agreement"] = r.make("agreements", exampleAgreement)
	case "castVote", "withdrawAgreement":
		r.names["agreement"] = r.proposed()
	case "reverseDistribution":
		r.send("POST", "distributions/"+r.names["distribution"]+"/post",
			`{"digest":"`+r.names["digest"]+`"}`).want(201)
	}
}

// serve answers with the explorer filled for the commons, until the test ends.
func (r riverside) serve() (address string) {
	r.t.Helper()
	o := quiet()
	o.Demo = &Demo{Commons: r.slug, Token: r.token, IDs: r.names}
	server := httptest.NewServer(New(r.store, o).Handler())
	r.t.Cleanup(server.Close)
	return server.URL
}

var curlOnPage = regexp.MustCompile(
	`(?s)<details class="operation" id="([A-Za-z]+)">.*?<code class="curl">(.*?)</code>`)

// commandsOn returns the commands of the explorer by operation.
func commandsOn(t *testing.T, address string) map[string]string {
	t.Helper()
	answer, err := nethttp.Get(address + "/docs")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	commands := map[string]string{}
	for _, match := range curlOnPage.FindAllStringSubmatch(string(page), -1) {
		commands[match[1]] = html.UnescapeString(match[2])
	}
	return commands
}

// run runs a command of the explorer as its reader would.
func (r riverside) run(address, id, command string) {
	r.t.Helper()
	sh := exec.Command("sh", "-euc", command)
	sh.Env = append(os.Environ(), "PHYLE="+address, "TOKEN="+r.token)
	if output, err := sh.CombinedOutput(); err != nil {
		r.t.Errorf("%s: %v\n%s\n%s", id, err, command, output)
	}
}

// TestEveryCommandOfTheExplorer runs the command beside every operation against a
// server: those that read in one commons, each of those that write in its own.
func TestEveryCommandOfTheExplorer(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("the program curl is not here, so the commands of /docs are not run: install curl")
	}
	reader := newRiverside(t)
	readerAddress := reader.serve()
	commands := commandsOn(t, readerAddress)
	for _, o := range cases(t) {
		if _, shown := commands[o.id]; !shown {
			t.Errorf("%s is not on the page", o.id)
		}
		if o.method == "GET" {
			reader.run(readerAddress, o.id, commands[o.id])
			continue
		}
		t.Run(o.id, func(t *testing.T) {
			t.Parallel()
			r := newRiverside(t)
			r.ready(o.id)
			address := r.serve()
			before := r.snapshot()
			r.run(address, o.id, commandsOn(t, address)[o.id])
			if !writesNothing[o.id] && cmp.Equal(before, r.snapshot()) {
				t.Error("nothing was written")
			}
		})
	}
	if len(commands) != len(cases(t)) {
		t.Errorf("the page has %d commands for %d operations", len(commands), len(cases(t)))
	}
}

// TestExamplesAreWritten holds that every body has an example of the same commons,
// and no example is for what is not there.
func TestExamplesAreWritten(t *testing.T) {
	var want []string
	for _, r := range routes() {
		if !r.undocumented && r.takesJSON() {
			want = append(want, r.id)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(exampleBodies))); diff != "" {
		t.Error(diff)
	}
}

var fencedBlock = regexp.MustCompile("(?s)<!-- session -->\n```[a-z]*\n.*?```")

// TestNoOtherCommands holds that the documents have no curl commands but in blocks
// that the test of the README runs.
func TestNoOtherCommands(t *testing.T) {
	err := filepath.WalkDir("..", func(name string, entry os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "node_modules"):
			return filepath.SkipDir
		case filepath.Ext(name) != ".md":
			return nil
		}
		text, err := os.ReadFile(name)
		rest := fencedBlock.ReplaceAllString(string(text), "")
		if strings.Contains(rest, "curl -") || strings.Contains(rest, "curl http") {
			t.Errorf("%s has a curl command that no test runs", name)
		}
		if filepath.Dir(name) != ".." && rest != string(text) {
			t.Errorf("%s is marked as a session, and only that of the README is run", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestExplorerHoldsEverything holds that the page says of each operation what the
// OpenAPI document says: its parameters, the fields of its body, its answer.
func TestExplorerHoldsEverything(t *testing.T) {
	page := newExplorer(routes(), "1", nil)
	d := document(t)
	seen := 0
	for _, group := range page.Groups {
		for _, o := range group.Operations {
			seen++
			item := d["paths"].(map[string]any)[o.Path()].(map[string]any)
			operation := item[strings.ToLower(o.Method)].(map[string]any)
			var want, got []string
			parameters, _ := operation["parameters"].([]any)
			for _, parameter := range parameters {
				want = append(want, parameter.(map[string]any)["name"].(string))
			}
			for _, place := range o.Places {
				for _, p := range place.Parameters {
					got = append(got, p.Name)
					if p.About == "" || p.Type == (typePage{}) {
						t.Errorf("%s: nothing is said about %s", o.ID, p.Name)
					}
				}
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", o.ID, diff)
			}
			if o.Body != nil {
				for _, f := range o.Body.Fields {
					if f.About == "" || f.Type == (typePage{}) {
						t.Errorf("%s: nothing is said about %s", o.ID, f.Name)
					}
				}
			}
		}
	}
	if seen != len(cases(t)) {
		t.Errorf("the page has %d operations, the document %d", seen, len(cases(t)))
	}
	for _, shape := range page.Shapes {
		for _, f := range shape.Fields {
			if f.Type == (typePage{}) {
				t.Errorf("%s: nothing is said about %s", shape.Name, f.Name)
			}
		}
	}
}

// TestPagesStandAlone holds that the pages name nothing of elsewhere, have nothing
// inline, and are sent with a policy that allows neither.
func TestPagesStandAlone(t *testing.T) {
	o := quiet()
	o.Demo = &Demo{
		Commons: "riverside", Token: "phy_demo", IDs: map[string]string{"member": `"><script>`},
	}
	s := New(nil, o)
	for _, path := range []string{
		"/docs", "/docs/problems", "/docs/rights", "/docs/problems/not_found", "/docs/problems/none",
	} {
		got := get(s, "GET", path, nil)
		text := got.Body.String()
		if policy := got.Header().Get("Content-Security-Policy"); policy != documentPolicy ||
			strings.Contains(policy, "unsafe") {
			t.Errorf("%s is sent with the policy %q", path, policy)
		}
		for _, bad := range []string{
			`src="http`, `href="http`, "<style", " style=", "<script>", " onclick=", "javascript:",
		} {
			if strings.Contains(text, bad) {
				t.Errorf("%s has %s", path, bad)
			}
		}
		if strings.Contains(text, "phy_demo") != (path == "/docs") {
			t.Errorf("%s: the token of the demonstration is on the explorer and nowhere else", path)
		}
	}
	for _, path := range []string{"/docs", "/docs/problems", "/docs/rights", "/openapi.json", "/static/docs.css"} {
		if got := get(s, "HEAD", path, nil); got.Code != 200 {
			t.Errorf("HEAD %s: got %d", path, got.Code)
		}
	}
	if got := get(s, "GET", "/docs", nil); got.Header().Get("Cache-Control") != "no-store" {
		t.Error("the page may be stored")
	}
	for name, media := range staticFiles {
		got := get(s, "GET", "/static/"+name, nil)
		if got.Code != 200 || got.Header().Get("Content-Type") != media {
			t.Errorf("%s: got %d %s", name, got.Code, got.Header().Get("Content-Type"))
		}
		if strings.Contains(strings.ReplaceAll(got.Body.String(), "http://www.w3.org/", ""), "http://") {
			t.Errorf("%s names another place", name)
		}
		tag := map[string]string{"If-None-Match": got.Header().Get("ETag")}
		if again := get(s, "GET", "/static/"+name, tag); again.Code != 304 {
			t.Errorf("%s is sent again: %d", name, again.Code)
		}
	}
}

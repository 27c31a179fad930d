package http

import (
	"strings"
	"testing"
)

// canary is in the name of everything that one commons has.
const canary = "kestrel"

// canaries gives the commons things of every kind that carry the name.
func (f *fixture) canaries() {
	f.t.Helper()
	for _, step := range [][2]string{
		{"members", `{"handle":"kestrel","name":"Kestrel"}`},
		{"kinds", `{"code":"kestrel-work","name":"Kestrel","unit":"hour"}`},
		{"areas", `{"code":"kestrel-shop","name":"Kestrel"}`},
		{"funds", `{"code":"kestrel-pot","name":"Kestrel"}`},
		{"rates", `{"kind":"kestrel-work","rate":"1.5","from":"2026-01-01"}`},
		{"openings", opening("asset", "kestrel-bank", "10")},
		{"openings", opening("fund", "kestrel-pot", "10")},
		{"openings", opening("member", "kestrel", "10")},
		{"incomes", `{"amount":{"amount":"30","currency":"EUR"},"date":"2026-10-11","source":"sale",
			"payer":"Kestrel"}`},
		{"spendings", fiveEuro + `,"fund":"kestrel-pot","memo":"Kestrel","payee":"Kestrel"}`},
		{"contributions", `{"member":"kestrel","kind":"kestrel-work","area":"kestrel-shop",
			"quantity":"1","date":"2026-10-06","note":"Kestrel"}`},
		{"contributions", `{"member":"bo","kind":"kestrel-work","area":"kestrel-shop",
			"quantity":"1","date":"2026-10-06","note":"Kestrel"}`},
		{"agreements", strings.ReplaceAll(strings.ReplaceAll(exampleAgreement, "Riverside", "Kestrel"),
			"riverside", canary)},
		{"periods", `{"through":"2026-01-31","note":"Kestrel"}`},
	} {
		f.send("POST", step[0], step[1]).want(201)
	}
	f.send("POST", "tokens", `{"label":"kestrel"}`).want(200)
	f.send("POST", "members/kestrel/roles", `{"role":"auditor","held":true,"until":"2027-10-31"}`).want(200)
}

// Whatever a member of another commons asks for, by that commons' own address and with
// every id that they could have found out, no answer holds anything of this one.
func TestNothingOfAnotherCommons(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.canaries()
	asked, told := 0, 0
	for _, o := range cases(t) {
		if o.method != "GET" || !strings.HasPrefix(o.path, "/v1"+inCommons) {
			continue
		}
		asked++
		path := f.pathOf(o) + "?" + o.query
		if strings.Contains(strings.ToLower(f.send("GET", path, "").Body.String()), canary) {
			told++
		}
		path = strings.Replace(path, "/riverside", "/elsewhere", 1)
		answer := f.stranger.send("GET", path, "")
		if answer.Code != 200 && answer.Code != 404 {
			t.Errorf("%s: got %d: %s", path, answer.Code, answer.Body)
		}
		if strings.Contains(strings.ToLower(answer.Body.String()), canary) {
			t.Errorf("%s tells of another commons: %s", path, answer.Body)
		}
		for name, id := range f.names {
			if strings.Contains(id, "_") && !strings.Contains(path, id) &&
				strings.Contains(answer.Body.String(), id) {
				t.Errorf("%s holds the %s of another commons: %s", path, name, answer.Body)
			}
		}
	}
	if asked < 30 || told < asked/2 {
		t.Errorf("of %d answers to its own members %d hold the name", asked, told)
	}
}

package http

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFirstSteps goes from the founding to a balance.
func TestFirstSteps(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, step := range [][2]string{
		{"members", `{"handle":"ana","name":"Ana","stage":"member","roles":["steward"]}`},
		{"members", `{"handle":"bo","name":"Bo"}`},
		{"kinds", `{"code":"work","name":"Work","unit":"hour","reviews":1}`},
		{"kinds", `{"code":"cash","name":"Cash","unit":"EUR","becomes":"claim"}`},
		{"areas", `{"code":"lab","name":"Laboratory"}`},
		{"funds", `{"code":"pot","name":"Pot","target":{"amount":"10.00","currency":"EUR"}}`},
		{"rates", `{"kind":"work","rate":"1.5","from":"2026-01-01"}`},
		{"incomes", incomeOf("4200", "2026-10-31")},
		{"openings", opening("member", "bo", "50")},
	} {
		a.send("POST", step[0], step[1]).want(201)
	}
	logged := a.send("POST", "contributions",
		`{"member":"bo","kind":"work","quantity":"7.5","date":"2026-10-05","area":"lab"}`)
	path := logged.Header().Get("Location")
	if id := logged.want(201)["id"].(string); path != "/v1/commons/riverside/contributions/"+id {
		t.Errorf("Location is %q", path)
	}
	a.send("POST", path+"/accept", ``).wantProblem(403, "self_acceptance")
	accepted := a.as("ana").send("POST", path+"/accept", `{"reason":"seen"}`).want(200)
	if weight := accepted["acceptance"].(map[string]any)["weight"]; weight != "11.25" {
		t.Errorf("weight is %v", weight)
	}
	a.send("GET", path, "").want(200)
	balance := a.send("GET", "members/bo/balance", "").want(200)
	if payable := balance["payable"].(map[string]any)["amount"]; payable != "50.00" {
		t.Errorf("payable is %v", payable)
	}
	statement := a.send("GET", "members/bo/statement", "").want(200)
	if lines := statement["data"].([]any); len(lines) != 1 {
		t.Errorf("statement is %v", statement)
	}
	a.send("GET", "members/ana/statement", "").want(200)
	for _, list := range []string{
		"members", "kinds", "areas", "funds", "rates", "contributions", "incomes", "accounts",
		"accounts/assets:bank/register", "balances", "entries", "periods", "tokens",
	} {
		a.send("GET", list+"?", "").want(200)
	}
}

func incomeOf(amount, date string) string {
	return fmt.Sprintf(
		`{"amount":{"amount":%q,"currency":"EUR"},"date":%q,"source":"sale"}`, amount, date)
}

// octoberAgreement is the one of the worked example.
const octoberAgreement = `
name: Riverside, version 3
currency: EUR
rules:
  - id: materials
    name: Pay back materials
    take: rest
    give: {claims: {kinds: [materials]}}
  - id: aside
    name: Set aside
    take: rest
    give:
      rules:
        - id: reserve
          name: Reserve
          take: {percent: "10", of: whole}
          give: {fund: reserve, until: "10000.00"}
        - {id: care-fund, name: Care, take: {percent: "5", of: whole}, give: {fund: care}}
  - id: work
    name: By work and care
    take: rest
    give:
      members:
        by: {contributions: {factors: {work: "1", care: "1.2"}, count: new}}
leftover: {fund: reserve}
`

// TestOctober divides the worked example through the API, to the cent.
func TestOctober(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, step := range [][2]string{
		{"members", `{"handle":"ana","name":"Ana"}`},
		{"members", `{"handle":"bo","name":"Bo"}`},
		{"members", `{"handle":"cy","name":"Cy"}`},
		{"kinds", `{"code":"work","name":"Work","unit":"hours","reviews":0}`},
		{"kinds", `{"code":"care","name":"Care","unit":"hours","theme":"care","reviews":0}`},
		{"kinds", `{"code":"materials","name":"Materials","unit":"EUR","becomes":"claim","reviews":0}`},
		{"funds", `{"code":"reserve","name":"Reserve"}`},
		{"funds", `{"code":"care","name":"Care"}`},
		{"contributions", `{"member":"ana","kind":"materials","quantity":"120","date":"2026-10-02"}`},
		{"contributions", `{"member":"bo","kind":"materials","quantity":"180","date":"2026-10-02"}`},
		{"contributions", `{"member":"ana","kind":"work","quantity":"42","date":"2026-10-05"}`},
		{"contributions", `{"member":"ana","kind":"care","quantity":"10","date":"2026-10-06"}`},
		{"contributions", `{"member":"bo","kind":"work","quantity":"60","date":"2026-10-05"}`},
		{"contributions", `{"member":"cy","kind":"work","quantity":"40.8","date":"2026-10-05"}`},
		{"incomes", incomeOf("2400", "2026-10-10")},
		{"incomes", incomeOf("1500.0", "2026-10-20")},
		{"incomes", incomeOf("300.00", "2026-10-31")},
	} {
		a.send("POST", step[0], step[1]).want(201)
	}
	advance := `{"member":"ana","amount":{"amount":"200.00","currency":"EUR"},"date":"2026-10-15"}`
	a.send("POST", "advances", advance).wantProblem(409, "exceeds_payable")
	a.send("PATCH", "/v1/commons/riverside",
		`{"advance_limit":{"amount":"200.00","currency":"EUR"}}`,
		matchHeader, a.send("GET", "/v1/commons/riverside", "").Header().Get("ETag")).want(200)
	a.send("POST", "advances", advance).want(201)
	a.send("POST", "agreements/check", octoberAgreement, "Content-Type", yamlMedia).want(200)
	agreement := a.send("POST", "agreements", octoberAgreement, "Content-Type", yamlMedia)
	agreement.want(201)
	a.send("POST", agreement.Header().Get("Location")+"/adopt",
		`{"from":"2026-01-01","decision":{"method":"consent","date":"2025-12-20"}}`).want(200)
	draft := a.send("POST", "distributions", `{"through":"2026-10-31"}`)
	digest := draft.want(201)["digest"].(string)
	path := draft.Header().Get("Location")
	posted := a.send("POST", path+"/post", `{"digest":"`+digest+`"}`).want(201)
	if posted["state"] != "posted" {
		t.Errorf("state is %v", posted["state"])
	}
	got := map[string]string{}
	for _, line := range a.send("GET", "balances", "").want(200)["data"].([]any) {
		balance := line.(map[string]any)
		got[balance["member"].(string)] = balance["payable"].(map[string]any)["amount"].(string)
	}
	want := map[string]string{"founder": "0.00", "ana": "1076.40", "bo": "1464.88", "cy": "873.72"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	report := a.send("GET", "reports/payouts?from=2026-10-01&to=2026-10-31", "").want(200)
	if check := report["check"].(map[string]any); check["ok"] != true {
		t.Errorf("the report does not agree with the books: %v", report)
	}
	text := a.send("GET", "reports/payouts?from=2026-10-01&to=2026-10-31&format=text", "")
	if text.Code != 200 || !strings.Contains(text.Body.String(), "1,076.40") {
		t.Errorf("got %d: %s", text.Code, text.Body)
	}
	allocations := a.send("GET", path+"/allocations?limit=1", "")
	if allocations.Header().Get("Link") == "" || len(allocations.want(200)["data"].([]any)) != 1 {
		t.Errorf("allocations are %s", allocations.Body)
	}
	a.send("POST", path+"/reverse", `{"reason":"wrong income"}`).want(200)
	a.send("GET", "distributions?limit=1", "").want(200)
}

// TestSharedWork logs one piece of work of two members: each gets their share, and
// errors point into what was sent.
func TestSharedWork(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.send("POST", "members", `{"handle":"ana","name":"Ana"}`).want(201)
	a.send("POST", "members", `{"handle":"bo","name":"Bo"}`).want(201)
	a.send("POST", "kinds", `{"code":"work","name":"Work","unit":"hour","reviews":0}`).want(201)
	body := `{"shares":[{"member":"ana","share":"2"},{"member":%q,"share":"1"}],"kind":%q,` +
		`"quantity":"10","date":"2026-10-05"}`
	logged := a.send("POST", "contributions/shared", fmt.Sprintf(body, "bo", "work")).want(200)
	var got []string
	groups := map[string]bool{}
	for _, one := range logged["data"].([]any) {
		c := one.(map[string]any)
		got = append(got, c["member"].(string)+" "+c["quantity"].(string))
		groups[c["group"].(string)] = true
	}
	if diff := cmp.Diff([]string{"ana 6.666667", "bo 3.333333"}, got); diff != "" || len(groups) != 1 {
		t.Errorf("%d groups: %s", len(groups), diff)
	}
	problem := a.send("POST", "contributions/shared", fmt.Sprintf(body, "cy", "wrok"))
	problem.wantProblem(422, "unknown_kind")
	for _, pointer := range []string{`"/kind"`, `"/shares/1/member"`} {
		if !strings.Contains(problem.Body.String(), pointer) {
			t.Errorf("%s does not name %s", problem.Body, pointer)
		}
	}
	// By handle and by id is by two names.
	id := a.send("GET", "members/ana", "").want(200)["id"].(string)
	problem = a.send("POST", "contributions/shared", fmt.Sprintf(body, id, "work"))
	problem.wantProblem(422, "duplicate_member")
	if pointer := `"/shares/1/member"`; !strings.Contains(problem.Body.String(), pointer) {
		t.Errorf("%s does not name %s", problem.Body, pointer)
	}
}

// TestSharedMoney logs what two members paid together: what is promised to them sums
// to what they paid, to the cent.
func TestSharedMoney(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.send("POST", "members", `{"handle":"ana","name":"Ana"}`).want(201)
	a.send("POST", "members", `{"handle":"bo","name":"Bo"}`).want(201)
	a.send("POST", "members", `{"handle":"cy","name":"Cy"}`).want(201)
	a.send("POST", "kinds", `{"code":"materials","name":"Materials","unit":"EUR","becomes":"claim",
		"reviews":0}`).want(201)
	logged := a.send("POST", "contributions/shared", `{"kind":"materials","quantity":"10",
		"date":"2026-10-05","shares":[{"member":"ana","share":"1"},{"member":"bo","share":"1"},
		{"member":"cy","share":"1"}]}`).want(200)
	var got []string
	for _, one := range logged["data"].([]any) {
		c := one.(map[string]any)
		value := c["acceptance"].(map[string]any)["value"].(map[string]any)
		got = append(got, fmt.Sprint(c["quantity"], " becomes ", value["amount"]))
	}
	want := []string{"3.34 becomes 3.34", "3.33 becomes 3.33", "3.33 becomes 3.33"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	a.send("POST", "contributions/shared", `{"kind":"materials","quantity":"0.01","date":"2026-10-05",
		"shares":[{"member":"ana","share":"1"},{"member":"bo","share":"1"}]}`).
		wantProblem(422, "too_small")
}

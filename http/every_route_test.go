package http

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

// operationCase is one operation of the OpenAPI document, ready to be asked for.
type operationCase struct {
	id, method, path string
	parameters       map[string]bool // those of the query and the header
	query            string          // those that are needed
	keyRequired      bool
	matched          bool
	tagged           bool
	open             bool   // to anyone
	body             string // one that is right
	amounts          []string
}

// cases reads the operations out of the document, as any client would.
func cases(t *testing.T) []operationCase {
	t.Helper()
	d := document(t)
	var list []operationCase
	for _, path := range slices.Sorted(maps.Keys(d["paths"].(map[string]any))) {
		for method, value := range d["paths"].(map[string]any)[path].(map[string]any) {
			operation := value.(map[string]any)
			o := operationCase{
				id: operation["operationId"].(string), method: strings.ToUpper(method), path: path,
				parameters: map[string]bool{},
			}
			_, o.tagged = operation["responses"].(map[string]any)["304"]
			security, given := operation["security"].([]any)
			o.open = given && len(security) == 0
			parameters, _ := operation["parameters"].([]any)
			for _, value := range parameters {
				parameter := value.(map[string]any)
				name := parameter["name"].(string)
				o.parameters[name] = true
				if parameter["in"] == "query" && parameter["required"] == true {
					example := parameter["schema"].(map[string]any)["examples"].([]any)[0]
					o.query += fmt.Sprintf("&%s=%v", name, example)
				}
				o.matched = o.matched || name == matchHeader
				o.keyRequired = o.keyRequired || name == keyHeader && parameter["required"] == true
			}
			if body, ok := operation["requestBody"].(map[string]any); ok {
				o.readBody(t, d, body)
			}
			list = append(list, o)
		}
	}
	return list
}

// readBody takes the examples of a body: the short one to send, the long one to
// find the amounts in it.
func (o *operationCase) readBody(t *testing.T, d, body map[string]any) {
	t.Helper()
	media := body["content"].(map[string]any)[jsonMedia].(map[string]any)
	for name, example := range media["examples"].(map[string]any) {
		value := example.(map[string]any)["value"]
		text, err := json.Marshal(value, json.Deterministic(true))
		if err != nil {
			t.Fatal(err)
		}
		if name == "least" {
			o.body = string(text)
			continue
		}
		found := amountsIn(d, media["schema"].(map[string]any), value)
		for _, broken := range found {
			text, err := json.Marshal(broken(value), json.Deterministic(true))
			if err != nil {
				t.Fatal(err)
			}
			o.amounts = append(o.amounts, string(text))
		}
	}
}

// amountsIn returns, for each amount in the value, what makes it a number.
func amountsIn(d, schema map[string]any, value any) []func(any) any {
	if to, ok := schema["$ref"].(string); ok {
		name := strings.TrimPrefix(to, schemaPrefix)
		schema = d["components"].(map[string]any)["schemas"].(map[string]any)[name].(map[string]any)
	}
	if schema["x-decimal"] == true {
		return []func(any) any{func(any) any { return 5 }}
	}
	var found []func(any) any
	switch value := value.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			for _, inner := range amountsIn(d, properties[name].(map[string]any), value[name]) {
				found = append(found, func(whole any) any {
					changed := maps.Clone(whole.(map[string]any))
					changed[name] = inner(changed[name])
					return changed
				})
			}
		}
	case []any:
		for _, inner := range amountsIn(d, schema["items"].(map[string]any), value[0]) {
			found = append(found, func(whole any) any {
				all := slices.Clone(whole.([]any))
				all[0] = inner(all[0])
				return all
			})
		}
	}
	return found
}

// TestEveryRoute asks for every operation of the document, well and badly, and
// proves that nothing is written where nothing may be.
func TestEveryRoute(t *testing.T) {
	for _, o := range cases(t) {
		t.Run(o.id, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			if o.id == "createCommons" {
				f.api = f.instance
			}
			path := f.prepare(&o)
			before := f.snapshot()
			o.refusals(f, path)
			if diff := cmp.Diff(before, f.snapshot()); diff != "" {
				t.Fatalf("something was written:\n%s", diff)
			}
			if o.method == "GET" {
				read := f.send("GET", path+"?"+o.query, "")
				read.want(200)
				if tag := read.Header().Get("ETag"); o.tagged {
					f.send("GET", path+"?"+o.query, "", "If-None-Match", tag).want(304)
				} else if tag != "" {
					t.Errorf("the tag %s is in no document", tag)
				}
				f.send("HEAD", path+"?"+o.query, "").want(200)
				if diff := cmp.Diff(before, f.snapshot()); diff != "" {
					t.Fatalf("reading has written:\n%s", diff)
				}
				return
			}
			o.effects(f, path, before)
		})
	}
}

// refusals sends everything that is refused before anything happens.
func (o operationCase) refusals(f *fixture, path string) {
	f.t.Helper()
	for _, given := range []string{"", "Bearer phy_guess"} {
		if asked := f.send(o.method, path, o.body, "Authorization", given); o.open {
			asked.want(200)
		} else {
			asked.wantProblem(401, "unauthenticated")
		}
	}
	if strings.HasPrefix(o.path, "/v1"+inCommons) {
		f.stranger.send(o.method, path, o.body).wantProblem(404, "not_found")
		f.instance.send(o.method, path, o.body).wantProblem(404, "not_found")
	}
	f.send(o.method, path+"?sort=name", o.body).wantProblem(400, "unknown_filter")
	if o.parameters["limit"] {
		f.send(o.method, path+"?limit=201", "").wantProblem(400, "invalid_parameter")
	}
	if o.parameters["cursor"] {
		f.send(o.method, path+"?cursor=!", "").wantProblem(400, "bad_cursor")
	}
	if o.method == "GET" || o.body == "" {
		return
	}
	f.send(o.method, path, o.body, "Content-Type", "text/plain").
		wantProblem(415, "unsupported_media_type")
	f.send(o.method, path, o.body, "Content-Encoding", "gzip").
		wantProblem(415, "unsupported_encoding")
	f.send(o.method, path, o.body+"{}").wantProblem(400, "malformed_json")
	f.send(o.method, path, `[]`).wantProblem(400, "malformed_json")
	f.send(o.method, path, o.body, keyHeader, "a b").
		wantProblem(400, "idempotency_key_malformed")
	o.wrongFields(f, path)
	if o.keyRequired {
		f.send(o.method, path, o.body, keyHeader, "").
			wantProblem(400, "idempotency_key_required")
		f.send(o.method, path+"?dry_run=yes", o.body).wantProblem(400, "invalid_parameter")
	}
}

func (o operationCase) wrongFields(f *fixture, path string) {
	f.t.Helper()
	inside := strings.TrimSuffix(strings.TrimSpace(o.body), "}")
	if inside != "{" {
		inside += ","
	}
	f.send(o.method, path, inside+`"is_admin":true}`).wantProblem(422, "unknown_field")
	f.send(o.method, path, inside+`"x":1,"x":1}`).wantProblem(400, "duplicate_field")
	f.send(o.method, path, inside+`"k":1,"\u212a":1}`).wantProblem(400, "duplicate_field")
	for _, body := range o.amounts {
		f.send(o.method, path, body).wantProblem(422, "amount_must_be_string")
	}
}

// effects does it: without effect, once, again, and otherwise under the same key.
func (o operationCase) effects(f *fixture, path string, before map[string]string) {
	f.t.Helper()
	if o.keyRequired {
		tried := f.send(o.method, path+"?dry_run=true", o.body, keyHeader, "")
		if tried.want(200); tried.Header().Get("Location") != "" {
			f.t.Errorf("a dry run is at %s", tried.Header().Get("Location"))
		}
		if diff := cmp.Diff(before, f.snapshot()); diff != "" {
			f.t.Fatalf("a dry run has written:\n%s", diff)
		}
	}
	headers := o.headers(f, path, before)
	acts := len(trail(f.t, f.database, `outcome = 'done'`))
	done := f.send(o.method, path, o.body, headers...)
	if done.Code < 200 || done.Code > 299 {
		f.t.Fatalf("got %d: %s", done.Code, done.Body)
	}
	if o.matched && done.Body.Len() > 0 {
		tag := f.send("GET", path, "").Header().Get("ETag")
		if diff := cmp.Diff(tag, done.Header().Get("ETag")); diff != "" {
			f.t.Errorf("the change is answered with another tag than what it made: %s", diff)
		}
	}
	after := f.snapshot()
	if writesNothing[o.id] {
		if diff := cmp.Diff(before, after); diff != "" {
			f.t.Fatalf("something was written:\n%s", diff)
		}
		return
	}
	if cmp.Equal(before, after) {
		f.t.Fatal("nothing was written")
	}
	o.wantAudited(f, acts, done.Header().Get(requestIDHeader))
	if !o.parameters[keyHeader] || o.id == "revokeToken" { // of the one who would ask again
		return
	}
	again := f.send(o.method, path, o.body, append(headers, keyHeader, `"the-key"`)...)
	if again.Code != done.Code || again.Body.String() != done.Body.String() ||
		again.Header().Get("Location") != done.Header().Get("Location") ||
		again.Header().Get("Idempotent-Replayed") != "true" {
		f.t.Errorf("the replay is another: %d %v %s", again.Code, again.Header(), again.Body)
	}
	if o.body != "" {
		f.send(o.method, path, o.body+" ", headers...).wantProblem(422, "idempotency_key_reused")
	}
	if diff := cmp.Diff(after, f.snapshot()); diff != "" {
		f.t.Fatalf("a replay has written:\n%s", diff)
	}
}

// writesNothing are the operations that are posted and only look.
var writesNothing = map[string]bool{
	"checkAgreement": true, "rehearseAgreement": true, "rehearseDocument": true,
}

// headers returns the headers of the act that takes effect. Where If-Match is
// needed, leaving it out and naming another tag are refused before.
func (o operationCase) headers(f *fixture, path string, before map[string]string) []string {
	f.t.Helper()
	headers := []string{keyHeader, "the-key"}
	if !o.matched {
		return headers
	}
	f.send(o.method, path, o.body).wantProblem(428, "precondition_required")
	f.send(o.method, path, o.body, matchHeader, `"another"`).wantProblem(412, "precondition_failed")
	if diff := cmp.Diff(before, f.snapshot()); diff != "" {
		f.t.Fatalf("something was written:\n%s", diff)
	}
	read := f.send("GET", strings.TrimSuffix(path, "/discard"), "")
	tag := read.Header().Get("ETag")
	again := f.send("GET", strings.TrimSuffix(path, "/discard"), "", "If-None-Match", tag)
	if again.Code != 304 || again.Body.Len() > 0 {
		f.t.Errorf("got %d with %d bytes for what is known", again.Code, again.Body.Len())
	}
	return append(headers, matchHeader, tag)
}

// fixture is a commons in which everything can be done.
type fixture struct {
	*api
	stranger *api // of another commons
	database *sql.DB
	names    map[string]string
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{api: newAPI(t), names: map[string]string{
		"commons": "riverside", "member": "bo", "account": "assets:bank", "template": "disco",
	}}
	f.stranger = f.found("elsewhere")
	var err error
	if f.database, err = sql.Open("postgres", f.address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.database.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, step := range [][2]string{
		{"members", `{"handle":"ana","name":"Ana","roles":["steward"]}`},
		{"members", `{"handle":"bo","name":"Bo"}`},
		{"kinds", `{"code":"work","name":"Work","unit":"hour"}`},
		{"kinds", `{"code":"cash","name":"Cash","unit":"EUR","becomes":"claim"}`},
		{"areas", `{"code":"shop","name":"Shop"}`},
		{"funds", `{"code":"pot","name":"Pot"}`},
		{"funds", `{"code":"care","name":"Care"}`},
		{"openings", opening("asset", "bank", "1000")},
		{"openings", opening("fund", "pot", "500")},
		{"openings", opening("member", "founder", "50")},
		{"openings", opening("member", "bo", "50")},
	} {
		f.send("POST", step[0], step[1]).want(201)
	}
	f.names["token"] = f.newest("tokens")
	f.names["entry"] = f.newest("entries")
	f.names["change"] = f.newest("changes")
	f.names["income"] = f.make("incomes",
		`{"amount":{"amount":"300","currency":"EUR"},"date":"2026-10-10","source":"sale"}`)
	f.make("agreements", readingAgreement)
	f.names["agreement"] = f.make("agreements", exampleAgreement)
	f.send("POST", "agreements/"+f.names["agreement"]+"/adopt",
		`{"from":"2026-01-01","decision":{"method":"consent","date":"2025-12-20"}}`).want(200)
	f.names["distribution"] = f.make("distributions", `{"through":"2026-10-31"}`)
	f.names["contribution"] = f.contribution(f.as("ana"), "bo")
	return f
}

// opening is the body of what was on an account before the books began.
func opening(what, name, amount string) string {
	return fmt.Sprintf(`{%q:%q,"amount":{"amount":%q,"currency":"EUR"},"date":"2026-10-01"}`,
		what, name, amount)
}

// make makes something and returns its id.
func (f *fixture) make(collection, body string) string {
	f.t.Helper()
	return f.send("POST", collection, body).want(201)["id"].(string)
}

// newest returns the id of the first of a list.
func (f *fixture) newest(list string) string {
	f.t.Helper()
	items := f.send("GET", list, "").want(200)["data"].([]any)
	return items[0].(map[string]any)["id"].(string)
}

func (f *fixture) contribution(by *api, member string) string {
	f.t.Helper()
	made := by.send("POST", "contributions", fmt.Sprintf(
		`{"member":%q,"kind":"work","quantity":"2","date":"2026-10-05"}`, member))
	return made.want(201)["id"].(string)
}

// fiveEuro begins the body of a move of money.
const fiveEuro = `{"amount":{"amount":"5","currency":"EUR"},"date":"2026-10-20"`

// bodies are those that the document's examples cannot know.
var bodies = map[string]string{
	"addMember":       `{"handle":"dee","name":"Dee"}`,
	"eraseMember":     `{}`,
	"addRate":         `{"kind":"work","rate":"1.5","from":"2026-01-01"}`,
	"logContribution": `{"member":"bo","kind":"work","quantity":"2","date":"2026-10-07"}`,
	"logContributions": `{"contributions":[
		{"member":"bo","kind":"work","quantity":"2","date":"2026-10-07"}]}`,
	"updateCommons":        `{"name":"Other"}`,
	"recordSpending":       fiveEuro + `,"fund":"pot"}`,
	"recordRefund":         fiveEuro + `,"fund":"pot"}`,
	"recordTransfer":       fiveEuro + `,"fund":"pot","to_fund":"care"}`,
	"recordGift":           fiveEuro + `,"to_fund":"pot"}`,
	"recordCapital":        fiveEuro + `,"member":"bo"}`,
	"recordAdvance":        fiveEuro + `,"member":"bo"}`,
	"recordPayment":        fiveEuro + `,"member":"bo"}`,
	"recordOpening":        fiveEuro + `,"asset":"bank"}`,
	"openReceived":         `{"rule":"fair","member":"bo","amount":{"amount":"5","currency":"EUR"}}`,
	"setTake":              `{"rule":"team","amount":{"amount":"5","currency":"EUR"}}`,
	"questionContribution": `{"reason":"which one?"}`,
	"declineContribution":  `{"reason":"not ours"}`,
	"acceptContribution":   `{"reason":"seen"}`,
	"withdrawContribution": `{"reason":"mistake"}`,
}

// prepare brings the books into the state that the operation needs, completes its
// body, and returns its path.
func (f *fixture) prepare(o *operationCase) string {
	f.t.Helper()
	if body, ok := bodies[o.id]; ok {
		o.body = body
	}
	switch o.id {
	case "createCommons":
		o.body = strings.ReplaceAll(o.body, "riverside", "seaside")
	case "acceptContributions":
		o.body = `{"ids":["` + f.names["contribution"] + `"]}`
	case "withdrawContribution":
		f.names["contribution"] = f.contribution(f.api, "founder")
	case "revokeInvitation":
		f.send("POST", "members/"+f.names["member"]+"/invite", "").want(200)
	case "reverseContribution":
		f.send("POST", "contributions/"+f.names["contribution"]+"/accept", "").want(200)
	case "proposeAgreement":
		f.names["agreement"] = f.make("agreements", exampleAgreement)
		o.body = `{"notice_until":"2026-11-02"}`
	case "castVote", "withdrawAgreement":
		f.names["agreement"] = f.proposed()
	case "decideAgreement":
		f.names["agreement"] = f.make("agreements", exampleAgreement)
		o.body = `{"method":"consent","date":"2026-10-20","outcome":"accepted"}`
	case "adoptAgreement":
		f.names["agreement"] = f.make("agreements", exampleAgreement)
		f.send("POST", "agreements/"+f.names["agreement"]+"/decide",
			`{"method":"consent","date":"2026-10-20","outcome":"accepted"}`).want(200)
	case "leaveCommons": // the founder, who is not the last treasurer
		f.send("POST", "members/ana/roles", `{"role":"treasurer","held":true}`).want(200)
		f.names["member"] = "founder"
	case "readmitMember":
		f.suspend("bo")
	case "eraseMember":
		f.names["member"] = f.leaver()
	case "getOwnData":
		f.names["member"] = "founder"
	case "getChange", "confirmChange", "withdrawChange":
		f.names["change"] = f.as("ana").waiting()
	case "approveDistribution":
		var digest string
		f.names["distribution"], digest = f.as("ana").drafted()
		o.body = `{"digest":"` + digest + `"}`
	case "postDistribution":
		found := f.send("GET", "distributions/"+f.names["distribution"], "").want(200)
		o.body = `{"digest":"` + found["digest"].(string) + `"}`
	case "reverseDistribution":
		found := f.send("GET", "distributions/"+f.names["distribution"], "").want(200)
		f.send("POST", "distributions/"+f.names["distribution"]+"/post",
			`{"digest":"`+found["digest"].(string)+`"}`).want(201)
	}
	return f.pathOf(*o)
}

// leaver is the handle of somebody who has joined and left.
func (a *api) leaver() string {
	a.t.Helper()
	a.send("POST", "members", `{"handle":"lea","name":"Lea Kanary"}`).want(201)
	a.send("POST", "members/lea/stages", `{"stage":"left","from":"2026-11-01"}`).want(200)
	return "lea"
}

// suspend takes a member's part away.
func (a *api) suspend(handle string) {
	a.t.Helper()
	a.send("POST", "members/"+handle+"/suspension", `{"reason":"until Friday"}`).want(200)
}

// readmit gives a member's part back.
func (a *api) readmit(handle string) {
	a.t.Helper()
	a.send("DELETE", "members/"+handle+"/suspension", "").want(200)
}

// pathOf returns the operation's path with the names that there are.
func (f *fixture) pathOf(o operationCase) string {
	return inBraces.ReplaceAllStringFunc(o.path, func(name string) string {
		return f.names[strings.Trim(name, "{}")]
	})
}

// snapshot returns a hash of each table of the schema, but for the one that says when
// tokens were used.
func (f *fixture) snapshot() map[string]string {
	f.t.Helper()
	rows, err := f.database.Query(`
		SELECT table_name FROM information_schema.tables
		 WHERE table_schema = 'phyle' AND table_type = 'BASE TABLE' AND table_name <> 'token_use'`)
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			f.t.Fatal(err)
		}
		tables = append(tables, table)
	}
	if err := rows.Err(); err != nil || len(tables) == 0 {
		f.t.Fatalf("no tables: %v", err)
	}
	all := map[string]string{}
	for _, table := range tables {
		var state string
		err := f.database.QueryRow(`
			SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, ' ' ORDER BY t::text)), '')
			  FROM (SELECT to_jsonb(t) - 'audit' AS t FROM phyle.` + table + ` AS t
			         WHERE to_jsonb(t) ->> 'outcome' IS DISTINCT FROM 'refused') AS t`).Scan(&state)
		if err != nil {
			f.t.Fatal(err)
		}
		all[table] = state
	}
	return all
}

package http

import (
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
)

// TestCase60_OwnData: who downloads their own data gets all of it and nobody else's, even if
// they have left; whoever else asks is refused, whatever their roles.
func TestCase60_OwnData(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ana, bo := f.as("ana"), f.as("bo")
	f.send("POST", "members", `{"handle":"lea","name":"Lea Kanary"}`).want(201)
	lea := f.as("lea")
	log := func(by *api, member, note string) string {
		return by.send("POST", "contributions", `{"member":"`+member+`","kind":"work","quantity":"1.5","date":"2026-10-06",`+
			`"note":"`+note+`"}`, keyHeader, "key-of-"+note[4:]).want(201)["id"].(string)
	}
	ana.send("POST", "contributions/"+log(lea, "lea", "her knee")+"/question", `{"reason":"whose knee?"}`).want(200)
	ana.send("POST", "contributions/"+log(bo, "bo", "his foot")+"/decline", `{"reason":"no foot"}`).want(200)
	f.send("POST", "openings", opening("member", "lea", "50")).want(201)
	f.send("POST", "payments", `{"member":"lea","amount":{"amount":"20","currency":"EUR"},"date":"2026-11-01",`+
		`"memo":"her rent"}`).want(201)
	f.send("POST", "payments", `{"member":"bo","amount":{"amount":"20","currency":"EUR"},"date":"2026-11-01",`+
		`"memo":"his rent"}`).want(201)
	f.send("POST", "members/lea/stages", `{"stage":"left","from":"2026-11-01"}`).want(200)

	reader := bo.withScopes(ledger.ReadScopes()...)
	before := f.snapshot()
	for _, who := range []struct {
		by   *api
		path string
		code int
		want string
	}{
		{f.api, "members/lea/data", 403, "forbidden"}, {ana, "members/lea/data", 403, "forbidden"},
		{bo, "members/ana/data", 403, "forbidden"}, {lea, "members/bo/data", 403, "member_left"},
		{bo, "members/" + f.memberID("ana") + "/data", 403, "forbidden"},
		{bo, "members/nobody/data", 404, "not_found"}, {bo, "members/bo/data?member=ana", 400, ""},
		{f.stranger, "members/lea/data", 404, "not_found"},
		{reader, "members/bo/data", 403, "scope_missing"},
	} {
		answer := who.by.send("GET", who.path, "")
		if answer.Code != who.code || who.want != "" && !strings.Contains(answer.Body.String(), `"`+who.want+`"`) {
			t.Errorf("%s: got %d: %s", who.path, answer.Code, answer.Body)
		}
		if answer.Header().Get("Content-Disposition") != "" {
			t.Errorf("%s: a refusal comes as a file", who.path)
		}
	}
	answer := lea.send("GET", "members/lea/data", "")
	answer.want(200)
	if diff := cmp.Diff(before, f.snapshot()); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
	text := answer.Body.String()
	for _, want := range []string{"Lea Kanary", "her knee", "whose knee?", "her rent", "key-of-knee", "30.00", `"decided_by":"ana"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	for _, other := range []string{"his foot", "his rent", "key-of-foot", "no foot", `"bo"`, `"Bo"`, `"Ana"`, lea.token, "phy_"} {
		if strings.Contains(text, other) {
			t.Errorf("%q is another's, or a secret:\n%s", other, text)
		}
	}
	var view ownDataView
	if err := json.Unmarshal(answer.Body.Bytes(), &view, json.RejectUnknownMembers(true)); err != nil {
		t.Errorf("the document is not as it is described: %v", err)
	}
	if header := answer.Header(); header.Get("Cache-Control") != "private, no-store" ||
		header.Get("Content-Disposition") == "" || header.Get("ETag") != "" {
		t.Errorf("the answer is %v", header)
	}
}

// Every part that is sent is described, and no other.
func TestOwnDataIsDescribed(t *testing.T) {
	t.Parallel()
	view := reflect.TypeFor[ownDataView]()
	described := map[string]bool{}
	for i := range view.NumField() {
		name, _, _ := strings.Cut(view.Field(i).Tag.Get("json"), ",")
		described[name] = true
	}
	delete(described, "commons")
	delete(described, "made_at")
	sent := map[string]bool{}
	for _, part := range ledger.DataParts {
		sent[string(part)] = true
	}
	if diff := cmp.Diff(sent, described); diff != "" {
		t.Error(diff)
	}
}

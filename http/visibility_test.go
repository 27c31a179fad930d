package http

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ids returns the ids of a list.
func (a *api) ids(list string) (ids []string) {
	a.t.Helper()
	for _, item := range a.send("GET", list, "").want(200)["data"].([]any) {
		ids = append(ids, item.(map[string]any)["id"].(string))
	}
	return ids
}

// TestCase39_OthersThings holds that what members see of each other is what the commons
// says; what is their own, what was agreed and what was divided in total they see always.
// There are no bank details yet.
func TestCase39_OthersThings(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	bo := f.as("bo")
	own, others := f.names["contribution"], f.contribution(f.as("ana"), "ana")
	f.post()
	if got := bo.ids("contributions"); !slices.Contains(got, others) {
		t.Errorf("in an open commons a member sees %v", got)
	}
	bo.send("GET", "reports/payouts?from=2026-01-01&to=2026-12-31", "").want(200)
	f.closeBooks()

	if diff := cmp.Diff([]string{own}, bo.ids("contributions")); diff != "" {
		t.Error(diff)
	}
	missing := bo.send("GET", "contributions/"+madeUp(others), "", requestIDHeader, "r1")
	hidden := bo.send("GET", "contributions/"+others, "", requestIDHeader, "r1")
	if hidden.wantProblem(404, "not_found"); hidden.Body.String() != missing.Body.String() {
		t.Errorf("%s and %s", hidden.Body, missing.Body)
	}
	distribution := "distributions/" + f.names["distribution"]
	for _, path := range []string{
		"contributions?member=ana", "balances", "members/ana/balance", "members/ana/statement",
		distribution, distribution + "/allocations", distribution + "/explanations/ana",
		"accounts/payable:ana/register", "accounts/assets:bank/register", "accounts/nowhere/register",
		"accounts", "entries", "events", "incomes", "takes", "reports/trial?date=2026-12-31",
		"reports/payouts?from=2026-01-01&to=2026-12-31",
	} {
		bo.send("GET", path, "").wantProblem(403, "forbidden")
		if got := f.send("GET", path, ""); got.Code == 403 {
			t.Errorf("a treasurer is refused %s", path)
		}
	}
	for _, path := range []string{
		"contributions?member=bo", "contributions/" + own, "members/bo/balance",
		"members/bo/statement", distribution + "/explanations/bo", "members/bo/data",
		"distributions", "agreements", "agreements/" + f.names["agreement"], "members", "funds",
	} {
		bo.send("GET", path, "").want(200)
	}
}

// post posts the distribution of the fixture.
func (f *fixture) post() {
	f.t.Helper()
	path := "distributions/" + f.names["distribution"]
	digest := f.send("GET", path, "").want(200)["digest"].(string)
	f.send("POST", path+"/post", `{"digest":"`+digest+`"}`).want(201)
}

// Members are not told of money that waits where they do not see the books, but of the
// settings and roles that do.
func TestVisibilityOfWaitingActs(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.closeBooks()
	bo := f.as("bo")
	f.as("ana").send("POST", "changes/"+f.waiting()+"/confirm", "").want(200)
	gift := f.send("POST", "payments", fiveEuro+`,"member":"founder"}`).want(202)["id"].(string)
	kind := f.send("POST", "kinds", `{"code":"care","name":"Care","unit":"hour"}`).want(202)["id"].(string)
	if got := f.ids("changes"); !slices.Contains(got, gift) || !slices.Contains(got, kind) {
		t.Errorf("a treasurer is told of %v", got)
	}
	if got := bo.ids("changes"); slices.Contains(got, gift) || !slices.Contains(got, kind) {
		t.Errorf("a member is told of %v", got)
	}
	bo.send("GET", "changes/"+gift, "").wantProblem(404, "not_found")
	bo.send("GET", "changes/"+kind, "").want(200)
}

func TestVisibilityIsASetting(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	commons := "/v1/commons/" + f.slug
	tag := f.send("GET", commons, "").Header().Get("ETag")
	open := map[string]any{"contributions": "members", "books": "members"}
	if diff := cmp.Diff(open, f.send("GET", commons, "").want(200)["visibility"]); diff != "" {
		t.Error(diff)
	}
	f.refuses(t, []badCase{
		{"another audience", "PATCH", commons, `{"visibility":{"books":"friends"}}`, 422, "unknown_value"},
		{"another thing", "PATCH", commons, `{"visibility":{"bank":"members"}}`, 422, "unknown_field"},
	}, matchHeader, tag)
	f.as("bo").send("PATCH", commons, `{"visibility":{"books":"officers"}}`, matchHeader, tag).
		wantProblem(403, "forbidden")
	got := f.send("PATCH", commons, `{"visibility":{"books":"officers"}}`, matchHeader, tag).want(200)
	if diff := cmp.Diff(map[string]any{"contributions": "members", "books": "officers"},
		got["visibility"]); diff != "" {
		t.Error(diff)
	}
	if bo := f.as("bo"); len(bo.ids("contributions")) != len(f.ids("contributions")) {
		t.Error("the books alone were to be closed")
	}
}

// The page of a commons says what members see of each other, and shows them no more.
func TestVisibilityOnPages(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Development: true})
	bo := s.browser().join("bo", "bo@example.org")
	const commons = "/commons/riverside"
	bo.open(commons).sees(commons, 200, "Everybody here sees all contributions and the books.")
	s.api.closeBooks()
	s.twoOfThem()
	s.api.send("POST", "capital", fiveEuro+`,"member":"founder"}`).want(202)
	path := s.asked("song")
	bo.open(commons).sees(commons, 200, "Owed to you", "Members see what is their own.", "Add a kind")
	if strings.Contains(strings.ToLower(bo.open(commons).page), "capital") {
		t.Error("the page tells of capital that waits")
	}
	bo.open(path).sees(path, 200, "Songs")
}

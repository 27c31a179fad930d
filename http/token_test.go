package http

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// TestTokenOfOneScope holds, for every scope, that a token which has it alone is refused
// every operation that is for another, and that the refusal names what is missing.
func TestTokenOfOneScope(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.names["member"] = "founder" // who asks
	all := cases(t)
	rows := map[string]route{}
	for _, r := range routes() {
		rows[r.id] = r
	}
	for _, scope := range ledger.Scopes() {
		holder := f.withScopes(scope)
		before := f.snapshot()
		for _, o := range all {
			row, _ := rows[o.id].operation.Right()
			path := f.pathOf(o) + "?" + o.query
			switch {
			case row.Scope == "":
				holder.send(o.method, path, "").want(200)
			case row.Scope == ledger.OfInstance:
				holder.send(o.method, path, o.body).wantProblem(403, "forbidden")
			case row.Scope != scope:
				refusal := holder.send(o.method, path, o.body)
				refusal.wantProblem(403, "scope_missing")
				if !strings.Contains(refusal.Body.String(), fmt.Sprintf("scope %s;", row.Scope)) {
					t.Errorf("%s does not name %s", refusal.Body, row.Scope)
				}
			case o.method == "GET":
				holder.send(o.method, path, "").want(200)
			}
		}
		if diff := cmp.Diff(before, f.snapshot()); diff != "" {
			t.Fatalf("with %s something was written:\n%s", scope, diff)
		}
	}
}

// withScopes returns the API as the same member sees it with a token of the scopes.
func (a *api) withScopes(scopes ...ledger.Scope) *api {
	a.t.Helper()
	caller, err := a.store.Authenticate(a.t.Context(), a.token)
	if err != nil {
		a.t.Fatal(err)
	}
	made, err := a.store.CreateToken(a.t.Context(), &postgres.Act{By: caller}, ledger.NewToken{Scopes: scopes})
	if err != nil {
		a.t.Fatal(err)
	}
	other := *a
	other.token = made.Secret
	return &other
}

// TestTokens holds that the API makes tokens for what was asked, shows them with their
// end and last use, and gives new secrets.
func TestTokens(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	body := `{"label":"board","scopes":["ledger:read"],"expires_on":"2026-12-31"}`
	made := a.send("POST", "tokens", body).want(200)
	if made["expires_at"] != "2026-12-31T23:00:00Z" {
		t.Errorf("it ends at %v", made["expires_at"])
	}
	board := *a
	board.token = made["token"].(string)
	board.send("GET", "entries", "").want(200)
	board.send("POST", "tokens", `{"label":"more"}`).wantProblem(403, "scope_missing")
	rotated := a.send("POST", "tokens/"+made["id"].(string)+"/rotate", `{"grace_hours":1}`).want(200)
	board.send("GET", "entries", "").want(200)
	board.token = rotated["token"].(string)
	board.send("GET", "entries", "").want(200)
	a.send("POST", "tokens/"+made["id"].(string)+"/rotate", "").want(200)
	board.token = made["token"].(string)
	board.send("GET", "entries", "").wantProblem(401, "token_expired")
	a.send("DELETE", "tokens/"+rotated["id"].(string), "").want(204)
	board.token = rotated["token"].(string)
	board.send("GET", "entries", "").wantProblem(401, "unauthenticated")
	var labels []string
	for _, token := range a.send("GET", "tokens", "").want(200)["data"].([]any) {
		labels = append(labels, token.(map[string]any)["label"].(string))
	}
	slices.Sort(labels)
	if diff := cmp.Diff([]string{"board", "first token"}, labels); diff != "" {
		t.Error(diff)
	}
}

// TestTokensOfOthers holds that those who look after the commons see and end everybody's
// tokens, and that for others only their own are there.
func TestTokensOfOthers(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.send("POST", "members", `{"handle":"ana","name":"Ana","roles":["auditor"],"roles_until":"2027-10-31"}`).want(201)
	a.send("POST", "members", `{"handle":"bo","name":"Bo"}`).want(201)
	ana, bo := a.as("ana"), a.as("bo")
	mine, theirs := bo.newestToken(), a.newestToken()
	bo.send("GET", "tokens?all=true", "").wantProblem(403, "forbidden")
	bo.send("DELETE", "tokens/"+theirs, "").wantProblem(404, "not_found")
	ana.send("DELETE", "tokens/"+theirs, "").wantProblem(404, "not_found")
	a.send("POST", "tokens/"+mine+"/rotate", "").wantProblem(404, "not_found")
	for _, reader := range []*api{a, ana} {
		list := reader.send("GET", "tokens?all=true", "").want(200)["data"].([]any)
		if len(list) != 3 {
			t.Errorf("there are %d tokens, want 3", len(list))
		}
	}
	a.send("DELETE", "tokens/"+mine, "").want(204)
	bo.send("GET", "tokens", "").wantProblem(401, "unauthenticated")
}

func (a *api) newestToken() string {
	a.t.Helper()
	list := a.send("GET", "tokens", "").want(200)["data"].([]any)
	return list[0].(map[string]any)["id"].(string)
}

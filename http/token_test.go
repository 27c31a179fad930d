package http

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger/postgres"
)

// TestReadOnlyToken holds that a token which only reads can ask for all that its
// member can read, and is refused every operation that is not a read.
func TestReadOnlyToken(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	caller, err := f.store.Authenticate(context.Background(), f.token)
	if err != nil {
		t.Fatal(err)
	}
	reader := *f.api
	reader.token, err = f.store.CreateReadOnlyToken(context.Background(), &postgres.Act{By: caller}, "reader")
	if err != nil {
		t.Fatal(err)
	}
	before := f.snapshot()
	for _, o := range cases(t) {
		path := f.pathOf(o)
		switch {
		case o.method == "GET":
			reader.send("GET", path+"?"+o.query, "").want(200)
		case o.id == "rehearseAgreement" || o.id == "rehearseDocument":
			reader.send(o.method, path, o.body).want(200)
		case o.id == "createCommons":
			reader.send(o.method, path, o.body).wantProblem(403, "forbidden")
		default:
			reader.send(o.method, path, o.body).wantProblem(403, "read_only_token")
			reader.send(o.method, path+"?dry_run=true", o.body).wantProblem(403, "read_only_token")
		}
	}
	if diff := cmp.Diff(before, f.snapshot()); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
}

// TestReadOnlyTokenIsMade holds that the API makes tokens that only read, and
// shows which ones do.
func TestReadOnlyTokenIsMade(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	made := a.send("POST", "tokens", `{"label":"board","read_only":true}`).want(200)
	reader := *a
	reader.token = made["token"].(string)
	tokens := reader.send("GET", "tokens", "").want(200)["data"].([]any)
	got := map[any]any{}
	for _, token := range tokens {
		got[token.(map[string]any)["label"]] = token.(map[string]any)["read_only"]
	}
	if diff := cmp.Diff(map[any]any{"board": true, "first token": false}, got); diff != "" {
		t.Error(diff)
	}
	reader.send("POST", "tokens", `{"label":"more"}`).wantProblem(403, "read_only_token")
}

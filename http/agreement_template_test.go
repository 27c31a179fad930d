package http

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger/agreement"
)

func TestTemplates(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	list := a.send("GET", "/v1/agreement-templates", "").want(200)["data"].([]any)
	templates := agreement.Templates()
	if len(list) != len(templates) {
		t.Fatalf("got %d of %d templates", len(list), len(templates))
	}
	for i, template := range templates {
		want := map[string]any{
			"slug": template.Slug, "title": template.Title, "summary": template.Summary,
			"who": template.Who, "watch": template.Watch,
		}
		if diff := cmp.Diff(want, list[i]); diff != "" {
			t.Errorf("%s in the list: %s", template.Slug, diff)
		}
		got := a.send("GET", "/v1/agreement-templates/"+template.Slug, "").want(200)
		if diff := cmp.Diff(string(template.Text), got["text"]); diff != "" {
			t.Errorf("%s as a file: %s", template.Slug, diff)
		}
		delete(got, "text")
		delete(got, "document")
		if said := len(got["sentences"].([]any)); said < 4 {
			t.Errorf("%s says %d sentences", template.Slug, said)
		}
		delete(got, "sentences")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s by itself: %s", template.Slug, diff)
		}
	}
	a.send("GET", "/v1/agreement-templates/dicso", "").wantProblem(404, "not_found")
	a.instance.send("GET", "/v1/agreement-templates", "").want(200)
	a.found("elsewhere").send("GET", "/v1/agreement-templates/disco", "").want(200)
}

// In a commons that has its kinds and funds, the document of each template can be
// kept and adopted as it is.
func TestTemplatesAreTaken(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	var made []string
	have := func(collection, code, body string) {
		if !slices.Contains(made, collection+code) {
			a.send("POST", collection, body).want(201)
			made = append(made, collection+code)
		}
	}
	for _, template := range agreement.Templates() {
		known := template.Agreement.Declared()
		for code, kind := range known.Kinds {
			have("kinds", code, fmt.Sprintf(`{"code":%q,"name":%q,"unit":%q,"becomes":%q}`,
				code, code, kind.Unit, kind.Becomes))
		}
		for code := range known.Funds {
			have("funds", code, fmt.Sprintf(`{"code":%q,"name":%q}`, code, code))
		}
		path := "/v1/agreement-templates/" + template.Slug
		var found struct{ Document json.RawMessage }
		if err := json.Unmarshal(a.send("GET", path, "").Body.Bytes(), &found); err != nil {
			t.Fatal(err)
		}
		kept := a.send("POST", "agreements", string(found.Document)).want(201)
		a.send("POST", "agreements/"+kept["id"].(string)+"/adopt",
			`{"from":"2026-11-01","decision":{"method":"consent","date":"2026-10-20"}}`).want(200)
		a.send("POST", "agreements/check", string(template.Text), "Content-Type", yamlMedia).want(200)
	}
}

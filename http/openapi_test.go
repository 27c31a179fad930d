package http

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

func document(t *testing.T) map[string]any {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal(describe(routes(), "1.2.3"), &document); err != nil {
		t.Fatal(err)
	}
	return document
}

// TestDocumentStructure holds the document to what OpenAPI 3.1 asks of one.
func TestDocumentStructure(t *testing.T) {
	d := document(t)
	if d["openapi"] != "3.1.0" {
		t.Errorf("openapi is %v", d["openapi"])
	}
	seen := map[string]bool{}
	for path, item := range d["paths"].(map[string]any) {
		for method, value := range item.(map[string]any) {
			operation := value.(map[string]any)
			name := fmt.Sprint(operation["operationId"])
			if seen[name] || operation["summary"] == nil {
				t.Errorf("%s %s: operation %q is there twice or says nothing", method, path, name)
			}
			seen[name] = true
			checkParameters(t, path, operation)
			checkResponses(t, name, operation)
		}
	}
	checkReferences(t, d, d)
	checkSchemas(t, "", d)
}

// checkParameters holds that every name in the path is declared, and nothing else.
func checkParameters(t *testing.T, path string, operation map[string]any) {
	t.Helper()
	var want, got []string
	for _, match := range inBraces.FindAllStringSubmatch(path, -1) {
		want = append(want, match[1])
	}
	list, _ := operation["parameters"].([]any)
	for _, value := range list {
		parameter := value.(map[string]any)
		if parameter["schema"] == nil || parameter["description"] == nil {
			t.Errorf("%s: parameter %v says nothing", path, parameter["name"])
		}
		if parameter["in"] == "path" {
			got = append(got, parameter["name"].(string))
			if parameter["required"] != true || parameter["example"] == nil {
				t.Errorf("%s: parameter %v must be required and have an example", path, parameter["name"])
			}
		}
	}
	if !slices.Equal(want, got) {
		t.Errorf("%s declares %v", path, got)
	}
}

func checkResponses(t *testing.T, name string, operation map[string]any) {
	t.Helper()
	responses := operation["responses"].(map[string]any)
	if responses["default"] == nil || len(responses) < 2 {
		t.Errorf("%s has responses %v", name, slices.Collect(maps.Keys(responses)))
	}
	for status, value := range responses {
		if value.(map[string]any)["description"] == "" {
			t.Errorf("%s: response %s says nothing", name, status)
		}
	}
}

// checkReferences holds that every $ref leads to a schema of the document.
func checkReferences(t *testing.T, d map[string]any, value any) {
	t.Helper()
	schemas := d["components"].(map[string]any)["schemas"].(map[string]any)
	switch value := value.(type) {
	case map[string]any:
		if to, ok := value["$ref"].(string); ok {
			if name, found := strings.CutPrefix(to, schemaPrefix); !found || schemas[name] == nil {
				t.Errorf("%s leads nowhere", to)
			}
		}
		for _, below := range value {
			checkReferences(t, d, below)
		}
	case []any:
		for _, below := range value {
			checkReferences(t, d, below)
		}
	}
}

// checkSchemas holds that types are those of JSON Schema and that required names
// are properties.
func checkSchemas(t *testing.T, at string, value any) {
	t.Helper()
	switch value := value.(type) {
	case map[string]any:
		checkSchema(t, at, value)
		for name, below := range value {
			if name != "examples" && name != "example" {
				checkSchemas(t, at+"/"+name, below)
			}
		}
	case []any:
		for i, below := range value {
			checkSchemas(t, fmt.Sprintf("%s/%d", at, i), below)
		}
	}
}

func checkSchema(t *testing.T, at string, schema map[string]any) {
	t.Helper()
	types := []string{"object", "array", "string", "integer", "number", "boolean", "null", "http"}
	if name, ok := schema["type"].(string); ok && !slices.Contains(types, name) {
		t.Errorf("%s has type %q", at, name)
	}
	required, ok := schema["required"].([]any)
	if !ok {
		return
	}
	properties, _ := schema["properties"].(map[string]any)
	for _, name := range required {
		if properties[name.(string)] == nil {
			t.Errorf("%s requires %v, which it does not have", at, name)
		}
	}
}

// TestRows holds every row of the table to the table's own rules.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range routes() {
		if name := r.method + " " + inBraces.ReplaceAllString(r.path, "{}"); seen[name] {
			t.Errorf("%s is there twice", name)
		} else {
			seen[name] = true
		}
		if (r.access == membersOnly) != strings.HasPrefix(r.path, "/commons/{commons}") {
			t.Errorf("%s: its path names the commons if and only if it is for its members", r.id)
		}
		if r.undocumented {
			continue
		}
		if (r.method == "GET") == (r.handler.body != nil) {
			t.Errorf("%s: %s takes a body or does not, by its method", r.id, r.method)
		}
		if r.money && r.method != "POST" {
			t.Errorf("%s: only acts move money", r.id)
		}
		isNamed := r.handler.view.Implements(reflect.TypeFor[named]())
		if r.successStatus() == 201 && (r.made == "" || !isNamed) {
			t.Errorf("%s: what is made needs a path", r.id)
		}
	}
}

// TestExamplesAreTaken sends the examples of every body to the decoder.
func TestExamplesAreTaken(t *testing.T) {
	d := newDescriber("1")
	for _, r := range routes() {
		if !r.takesJSON() {
			continue
		}
		for name, example := range d.requestBody(r).Content[jsonMedia].Examples {
			text, err := marshal(example.Value)
			if err != nil {
				t.Fatal(err)
			}
			if err := decode(text, reflect.New(r.handler.body).Interface()); err != nil {
				t.Errorf("%s, %s: %v in %s", r.id, name, err, text)
			}
		}
	}
}

// TestSchemasMatchDecoder holds that what the document says a body has is what
// the decoder takes, and that each field is explained.
func TestSchemasMatchDecoder(t *testing.T) {
	d := newDescriber("1")
	for _, r := range routes() {
		if !r.takesJSON() {
			continue
		}
		schema := d.schemas.SchemaFromRef(d.schemas.Schema(r.handler.body, true, "").Ref)
		for _, f := range fieldsOf(r.handler.body).list {
			property := schema.Properties[f.name]
			if property == nil || slices.Contains(schema.Required, f.name) == f.rules.optional {
				t.Errorf("%s: the document is wrong about %s", r.id, f.name)
				continue
			}
			if property.Description == "" && property.Ref == "" {
				t.Errorf("%s: %s is not explained", r.id, f.name)
			}
		}
		if len(schema.Properties) != len(fieldsOf(r.handler.body).list) {
			t.Errorf("%s: the document has other fields than the decoder", r.id)
		}
	}
}

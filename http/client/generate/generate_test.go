// Package generate writes the part of package client that the OpenAPI document
// says all about: a method for every operation, and the types of what they take and
// give. It is a test only, which holds that part to the document; with -generate it
// writes it anew. It stands in a folder of its own so that it can be run when package
// client does not compile.
package generate

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/format"
	"log/slog"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	phyle "phyle/http"
)

var generate = flag.Bool("generate", false, "write the files made from the OpenAPI document")

// made begins every file that is made from the document.
const made = "// Code generated from the OpenAPI document by go generate; DO NOT EDIT.\n"

// TestGenerated holds the generated files to what the server says of itself today.
func TestGenerated(t *testing.T) {
	g := newGenerator(t)
	want := g.files()
	if *generate {
		for name := range madeFiles(t) {
			if err := os.Remove(filepath.Join("..", name)); err != nil {
				t.Fatal(err)
			}
		}
		for name, text := range want {
			if err := os.WriteFile(filepath.Join("..", name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if diff := cmp.Diff(want, madeFiles(t)); diff != "" {
		t.Errorf("the client is not that of the API; run go generate ./http/client:\n%s", diff)
	}
}

// madeFiles returns the files of this folder that are made, by name.
func madeFiles(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	names, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(string(text), made) {
			files[filepath.Base(name)] = string(text)
		}
	}
	return files
}

// The parts of an OpenAPI document that matter here.
type (
	openAPI struct {
		Paths      map[string]map[string]*operation `json:"paths"`
		Components struct {
			Schemas map[string]*schema `json:"schemas"`
		} `json:"components"`
	}
	operation struct {
		ID          string      `json:"operationId"`
		Summary     string      `json:"summary"`
		Description string      `json:"description"`
		Tags        []string    `json:"tags"`
		Parameters  []parameter `json:"parameters"`
		RequestBody *content    `json:"requestBody"`
		Responses   map[string]content
		method      string
		path        string
	}
	parameter struct {
		Name, In, Description, Example string
		Required                       bool
		Schema                         *schema
	}
	content struct {
		Content map[string]struct {
			Schema *schema `json:"schema"`
		} `json:"content"`
	}
	schema struct {
		Ref         string             `json:"$ref"`
		Type        any                `json:"type"` // a name or a list of them
		Format      string             `json:"format"`
		Description string             `json:"description"`
		Enum        []any              `json:"enum"`
		Items       *schema            `json:"items"`
		Properties  map[string]*schema `json:"properties"`
		Required    []string           `json:"required"`
		Values      json.RawMessage    `json:"additionalProperties"`
		Decimal     bool               `json:"x-decimal"`
	}
)

// readDocument returns what the server serves as its description.
func readDocument(t *testing.T) openAPI {
	t.Helper()
	w := httptest.NewRecorder()
	server := phyle.New(nil, phyle.Options{Log: slog.New(slog.DiscardHandler)})
	server.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/openapi.json", nil))
	var document openAPI
	if err := json.Unmarshal(w.Body.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	for path, item := range document.Paths {
		for method, o := range item {
			o.method, o.path = strings.ToUpper(method), path
		}
	}
	if len(document.Paths) < 40 {
		t.Fatalf("only %d paths in the document", len(document.Paths))
	}
	return document
}

// operations returns all operations, in the order of their paths.
func (d openAPI) operations() (list []*operation) {
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(d.Paths[path])) {
			list = append(list, d.Paths[path][method])
		}
	}
	return list
}

// generator writes the files of the client. What the document leaves open it
// reads out of the tables in table_test.go.
type generator struct {
	t        *testing.T
	document openAPI
	// texts holds what is written so far, by file.
	texts map[string]*bytes.Buffer
	// written holds the schemas whose types are written.
	written map[string]bool
	// ids holds the names of the types of ids.
	ids map[string]bool
}

func newGenerator(t *testing.T) *generator {
	return &generator{
		t: t, document: readDocument(t), texts: map[string]*bytes.Buffer{},
		written: map[string]bool{}, ids: map[string]bool{},
	}
}

// files returns the text of every file.
func (g *generator) files() map[string]string {
	g.t.Helper()
	for _, o := range g.document.operations() {
		g.operation(o)
	}
	for _, name := range slices.Sorted(maps.Keys(g.ids)) {
		thing := inWords(strings.TrimSuffix(name, "ID"))
		g.print("id", "\n// %s is the id of %s.\ntype %s string\n", name, article(thing), name)
	}
	files := map[string]string{}
	for name, body := range g.texts {
		text := made + "\npackage client\n" + importsOf(body.String()) + body.String()
		formatted, err := format.Source([]byte(text))
		if err != nil {
			g.t.Fatalf("%v in\n%s", err, text)
		}
		files[name+".go"] = string(formatted)
	}
	return files
}

// importsOf returns the import declaration that a file needs.
func importsOf(body string) string {
	var needed []string
	for name, use := range map[string]string{
		"context": "context.", "encoding/json": "json.", "iter": "iter.", "time": "time.",
	} {
		if regexp.MustCompile(`[^a-z]` + regexp.QuoteMeta(use) + `[A-Z]`).MatchString(body) {
			needed = append(needed, fmt.Sprintf("%q\n", name))
		}
	}
	if len(needed) == 0 {
		return ""
	}
	slices.Sort(needed)
	return "\nimport (\n" + strings.Join(needed, "") + ")\n"
}

func (g *generator) print(file, format string, args ...any) {
	if g.texts[file] == nil {
		g.texts[file] = &bytes.Buffer{}
	}
	fmt.Fprintf(g.texts[file], format, args...)
}

// comment writes sentences as a comment, to 100 columns.
func (g *generator) comment(file, indent, sentences string) {
	line := indent + "//"
	for _, word := range strings.Fields(sentences) {
		if len(line)+1+len(word) > 96 && line != indent+"//" {
			g.print(file, "%s\n", line)
			line = indent + "//"
		}
		line += " " + word
	}
	g.print(file, "%s\n", line)
}

// fileOf returns the file in which an operation is.
func fileOf(o *operation) string {
	if name, ok := fileOfOperation[o.ID]; ok {
		return name
	}
	tag := o.Tags[0]
	if name, ok := fileOfTag[tag]; ok {
		return name
	}
	return strings.ReplaceAll(strings.TrimSuffix(tag, "s"), "-", "_")
}

// typeOf returns the Go type of a property of a schema.
func (g *generator) typeOf(file, owner, name string, s *schema) string {
	g.t.Helper()
	if given, ok := typeOfProperty[owner+"."+name]; ok {
		return g.note(given)
	}
	switch kind, nullable := kindOf(s); {
	case s.Ref != "":
		return g.schema(file, strings.TrimPrefix(s.Ref, "#/components/schemas/"))
	case kind == "array":
		return "[]" + g.typeOf(file, owner, name, s.Items)
	case kind == "integer":
		return pointerIf(nullable) + "int64"
	case kind == "boolean":
		return pointerIf(nullable) + "bool"
	case kind == "string":
		return pointerIf(nullable) + g.note(stringType(owner, name, s))
	case kind == "object" && len(s.Values) > 0 && s.Values[0] == '{':
		var values schema
		if err := json.Unmarshal(s.Values, &values); err != nil {
			g.t.Fatal(err)
		}
		return "map[string]" + g.typeOf(file, owner, name, &values)
	case kind == "":
		return "json.RawMessage"
	}
	g.t.Fatalf("%s.%s: no Go type for %+v", owner, name, s)
	return ""
}

// kindOf returns the type of a schema and whether null is one of its values.
func kindOf(s *schema) (kind string, nullable bool) {
	switch is := s.Type.(type) {
	case string:
		return is, false
	case []any:
		for _, one := range is {
			if one == "null" {
				nullable = true
			} else {
				kind = one.(string)
			}
		}
	}
	return kind, nullable
}

func pointerIf(nullable bool) string {
	if nullable {
		return "*"
	}
	return ""
}

// stringType returns the Go type of a string by what it is the text of.
func stringType(owner, name string, s *schema) string {
	if name == "id" {
		return strings.TrimSuffix(owner, "Body") + "ID"
	}
	if given, ok := typeOfName[name]; ok {
		return given
	}
	switch {
	case s.Decimal:
		return "Number"
	case s.Format == "date-time":
		return "time.Time"
	case s.Format == "date":
		return "Date"
	}
	return "string"
}

// note remembers a type of ids, and returns the type.
func (g *generator) note(name string) string {
	if id := strings.TrimLeft(name, "[]*"); strings.HasSuffix(id, "ID") {
		g.ids[id] = true
	}
	return name
}

// schema writes the type of a schema unless it is there, and returns its name.
func (g *generator) schema(file, name string) string {
	g.t.Helper()
	if given, ok := typeOfSchema[name]; ok {
		return given
	}
	s := g.document.Components.Schemas[name]
	if s == nil {
		g.t.Fatalf("there is no schema %s", name)
	}
	if item := itemOf(s); item != nil && len(s.Properties) == 2 {
		return "Page[" + g.typeOf(file, name, "data", item) + "]"
	}
	goName := goNameOf(name)
	if !g.written[name] {
		g.written[name] = true
		g.structure(g.home(file, goName), goName, name, s)
	}
	return goName
}

// home returns the file that has the name of the type, the given one where there is
// none such.
func (g *generator) home(file, goName string) string {
	own := strings.ReplaceAll(inWords(strings.TrimSuffix(goName, "Request")), " ", "_")
	for _, o := range g.document.operations() {
		if fileOf(o) == own {
			return own
		}
	}
	return file
}

// itemOf returns the items of a schema that is a page of a list, nil of others.
func itemOf(s *schema) *schema {
	if s.Properties["data"] == nil || s.Properties["next_cursor"] == nil {
		return nil
	}
	return s.Properties["data"].Items
}

// structure writes the struct of a schema: the needed fields as the server orders
// them, then the others. A page with more than its items has the page inside.
func (g *generator) structure(file, goName, name string, s *schema) {
	names := slices.Clone(s.Required)
	for _, property := range slices.Sorted(maps.Keys(s.Properties)) {
		if !slices.Contains(names, property) {
			names = append(names, property)
		}
	}
	var fields bytes.Buffer
	item := itemOf(s)
	inside := &generator{
		t: g.t, document: g.document, written: g.written, ids: g.ids,
		texts: map[string]*bytes.Buffer{file: &fields},
	}
	// Types that the fields need are written first, into g.
	for _, property := range names {
		if item != nil && (property == "data" || property == "next_cursor") {
			continue
		}
		of := s.Properties[property]
		kind := g.typeOf(file, name, property, of)
		inside.field(file, property, kind, of, slices.Contains(s.Required, property))
	}
	if item != nil {
		fmt.Fprintf(&fields, "\tPage[%s]\n", g.typeOf(file, name, "data", item))
	}
	g.print(file, "\n")
	g.comment(file, "", goName+" "+g.use(name))
	g.print(file, "type %s struct {\n%s}\n", goName, fields.String())
}

// field writes one field of a struct.
func (g *generator) field(file, name, kind string, s *schema, required bool) {
	if about := aboutField(s); about != "" {
		g.comment(file, "\t", about)
	}
	tag := name
	if !required {
		tag += ",omitzero"
	}
	if !required && s.Ref != "" {
		kind = "*" + kind
	}
	g.print(file, "\t%s %s `json:%q`\n", exported(name), kind, tag)
}

// aboutField returns what the document says of a field.
func aboutField(s *schema) string {
	of := s
	if s.Items != nil {
		of = s.Items
	}
	if len(of.Enum) == 0 {
		return s.Description
	}
	words := make([]string, len(of.Enum))
	for i, word := range of.Enum {
		words[i] = fmt.Sprint(word)
	}
	return s.Description + " One of: " + strings.Join(words, ", ") + "."
}

package generate

import (
	"fmt"
	"maps"
	"mime"
	"regexp"
	"slices"
	"strings"
)

var inBraces = regexp.MustCompile(`^\{([a-z_]+)\}$`)

// answer returns the schema of the good answer, nil where it has none.
func (o *operation) answer() *schema {
	content := o.Responses[o.status()].Content
	if plain, ok := content["application/json"]; ok {
		return plain.Schema
	}
	return content[schemaMedia].Schema
}

// schemaMedia is the media type of answers that are a JSON Schema.
const schemaMedia = "application/schema+json"

// status returns the status of the good answer.
func (o *operation) status() string {
	for status := range o.Responses {
		if status != "default" && status != "304" && status != "202" {
			return status
		}
	}
	return "202"
}

// waits reports whether the operation may be asked for only, until a second person
// confirms it.
func (o *operation) waits() bool {
	_, waits := o.Responses["202"]
	return waits && o.status() != "202"
}

// formats returns the media types of the answer beside JSON, by format.
func (o *operation) formats() map[string]string {
	formats := map[string]string{}
	for given := range o.Responses[o.status()].Content {
		media, _, err := mime.ParseMediaType(given)
		if err == nil && media != "application/json" && media != schemaMedia {
			formats[formatOfMedia[media]] = media
		}
	}
	return formats
}

// formatOfMedia says by which name a media type is asked for.
var formatOfMedia = map[string]string{"text/plain": "text", "text/csv": "csv"}

// argument is one argument of a method, beside the context and the options.
type argument struct{ name, kind string }

// method is how an operation is written down as a method.
type method struct {
	operation *operation
	file      string
	receiver  string
	arguments []argument
	result    string
	fields    []string // of the call
	pages     bool
	feed      bool
}

// operation writes the types of an operation and its method.
func (g *generator) operation(o *operation) {
	g.t.Helper()
	m := &method{operation: o, file: fileOf(o), receiver: "c *Client"}
	m.fields = append(m.fields, fmt.Sprintf("operation: %q, method: %q", o.ID, o.method))
	g.pathOf(m)
	g.parametersOf(m)
	g.bodyOf(m)
	m.result = "nothing"
	if answer := o.answer(); answer != nil {
		m.result = g.typeOf(m.file, "", "", answer)
	}
	if _, ok := o.Responses[o.status()].Content[schemaMedia]; ok {
		m.fields = append(m.fields, fmt.Sprintf("answer: %q", schemaMedia))
	}
	if formats := o.formats(); len(formats) > 0 {
		var list []string
		for _, name := range slices.Sorted(maps.Keys(formats)) {
			list = append(list, fmt.Sprintf("%q: %q", name, formats[name]))
		}
		m.fields = append(m.fields, "formats: map[string]string{"+strings.Join(list, ", ")+"}")
	}
	m.fields = append(m.fields, "status: "+o.status())
	if o.waits() {
		m.fields = append(m.fields, "waits: true")
	}
	g.method(m)
	if m.pages || m.feed {
		g.iterator(m)
	}
}

// pathOf takes the arguments that stand in the path.
func (g *generator) pathOf(m *method) {
	var parts []string
	for part := range strings.SplitSeq(strings.TrimPrefix(m.operation.path, "/v1/"), "/") {
		match := inBraces.FindStringSubmatch(part)
		switch {
		case match == nil:
			parts = append(parts, fmt.Sprintf("%q", part))
		case match[1] == "commons":
			m.receiver = "b Books"
			parts = append(parts, "b.commons")
		default:
			a := argument{unexported(match[1]), g.nameType(m.operation, match[1])}
			m.arguments = append(m.arguments, a)
			parts = append(parts, convert(a))
		}
	}
	m.fields = append(m.fields, "path: []string{"+strings.Join(parts, ", ")+"}")
}

func convert(a argument) string {
	if a.kind == "string" {
		return a.name
	}
	return "string(" + a.name + ")"
}

var looksLikeID = regexp.MustCompile(`^[a-z]{3}_[0-9a-z]{26}$`)

// nameType returns the type of a name in the path: the ids have examples that look
// like one.
func (g *generator) nameType(o *operation, name string) string {
	for _, p := range o.Parameters {
		if p.In == "path" && p.Name == name && looksLikeID.MatchString(p.Example) {
			return g.note(exported(name) + "ID")
		}
	}
	return "string"
}

// parametersOf takes what the query and the header have.
func (g *generator) parametersOf(m *method) {
	g.t.Helper()
	var query []parameter
	for _, p := range m.operation.Parameters {
		switch {
		case p.In == "path", p.Name == "If-None-Match", p.In == "query" && p.Name == "format":
		case p.Name == "Idempotency-Key":
			m.fields = append(m.fields, "keyed: true")
		case p.Name == "dry_run":
			m.fields = append(m.fields, "dry: true")
		case p.Name == "If-Match":
			m.arguments = append(m.arguments, argument{"tag", "ETag"})
			m.fields = append(m.fields, "ifMatch: tag")
		case p.In == "query":
			query = append(query, p)
			m.pages = m.pages || p.Name == "cursor"
			m.feed = m.feed || p.Name == "after"
		default:
			g.t.Fatalf("%s: nothing is known of the %s parameter %s", m.operation.ID, p.In, p.Name)
		}
	}
	if len(query) == 0 {
		return
	}
	m.arguments = append(m.arguments, argument{"query", g.query(m, query)})
	m.fields = append(m.fields, "query: query")
}

// query writes the struct of the parameters and returns its name.
func (g *generator) query(m *method, list []parameter) string {
	isPage := func(p parameter) bool { return p.Name == "limit" || p.Name == "cursor" }
	if len(list) == 2 && isPage(list[0]) && isPage(list[1]) {
		return "PageQuery"
	}
	name := upperFirst(m.operation.ID) + "Query"
	g.print(m.file, "\n")
	g.comment(m.file, "", name+" says what "+upperFirst(m.operation.ID)+" shows.")
	g.print(m.file, "type %s struct {\n", name)
	for _, p := range list {
		p.Schema.Description = p.Description
		if p.Required {
			p.Schema.Description += " Needed."
		}
		g.field(m.file, p.Name, g.typeOf(m.file, name, p.Name, p.Schema), p.Schema, true)
	}
	g.print(m.file, "}\n")
	return name
}

// writable are the media types in which package client can write bodies.
var writable = []string{"application/json", "application/yaml", "application/x-ndjson"}

// bodyOf takes what is sent.
func (g *generator) bodyOf(m *method) {
	g.t.Helper()
	if m.operation.RequestBody == nil {
		return
	}
	for media := range m.operation.RequestBody.Content {
		if !slices.Contains(writable, media) {
			g.t.Fatalf("%s: package client cannot write %s", m.operation.ID, media)
		}
	}
	kind := "Document"
	if s := m.operation.RequestBody.Content["application/json"].Schema; s != nil && s.Ref != "" {
		kind = g.typeOf(m.file, "", "", s)
	}
	if _, ok := m.operation.RequestBody.Content["application/x-ndjson"]; ok {
		m.fields = append(m.fields, "lines: true")
	}
	m.arguments = append(m.arguments, argument{"body", kind})
	m.fields = append(m.fields, "body: body")
}

// method writes a method.
func (g *generator) method(m *method) {
	o := m.operation
	about := fmt.Sprintf("%s: %s.", upperFirst(o.ID), lowerFirst(strings.TrimSuffix(o.Summary, ".")))
	g.print(m.file, "\n")
	g.comment(m.file, "", about+" "+o.Description)
	results, give := "("+m.result+", error)", "return "
	if m.result == "nothing" {
		results, give = "error", "_, err := "
	}
	g.print(m.file, "%s", m.signature(upperFirst(o.ID), results))
	client := "c"
	if m.receiver == "b Books" {
		client = "b.client"
	}
	g.print(m.file, "\t%sdo[%s](ctx, %s, call{\n", give, m.result, client)
	for _, line := range m.fields {
		g.print(m.file, "\t\t%s,\n", line)
	}
	g.print(m.file, "\t}, options)\n")
	if m.result == "nothing" {
		g.print(m.file, "\treturn err\n")
	}
	g.print(m.file, "}\n")
}

// signature returns the first line of a method, or three where one is too short.
func (m *method) signature(name, results string) string {
	var list strings.Builder
	list.WriteString("ctx context.Context, ")
	for _, a := range m.arguments {
		fmt.Fprintf(&list, "%s %s, ", a.name, a.kind)
	}
	list.WriteString("options ...CallOption")
	line := fmt.Sprintf("func (%s) %s(%s) %s {\n", m.receiver, name, &list, results)
	if len(line) <= 100 {
		return line
	}
	return fmt.Sprintf("func (%s) %s(\n\t%s,\n) %s {\n", m.receiver, name, &list, results)
}

var verb = regexp.MustCompile(`^(list|get)`)

// iterator writes the method that goes through all pages of a list or of a feed.
func (g *generator) iterator(m *method) {
	lists := upperFirst(m.operation.ID)
	name := "All" + verb.ReplaceAllString(m.operation.ID, "")
	var given []string
	for _, a := range m.arguments {
		given = append(given, a.name)
	}
	asked := fmt.Sprintf("%s.%s(ctx, %s, options...)",
		m.receiver[:1], lists, strings.Join(given, ", "))
	way, from, about := "each", "Cursor", "page after page from the query's cursor on"
	item, page := g.itemOfList(m)
	list := fmt.Sprintf("func(cursor string) (Page[%s], error) {\nquery := query\n"+
		"query.Cursor = cursor\n", item)
	switch {
	case m.feed:
		way, from, about = "follow", "After", "as far as it goes now"
		list = fmt.Sprintf("func(after int64) ([]%s, int64, error) {\nquery := query\n"+
			"query.After = after\nfeed, err := %s\nreturn feed.Data, feed.Last, err\n", item, asked)
	case page == m.result:
		list += "return " + asked + "\n"
	default:
		list += "page, err := " + asked + "\nreturn page.Page, err\n"
	}
	g.print(m.file, "\n")
	g.comment(m.file, "", fmt.Sprintf(
		"%s goes through what %s shows, %s, and ends with the first error.", name, lists, about))
	g.print(m.file, "%squery.Limit = perPage(query.Limit)\nreturn %s(query.%s, %s})\n}\n",
		m.signature(name, "iter.Seq2["+item+", error]"), way, from, list)
}

// itemOfList returns the type of the items that a list has, and that of its page.
func (g *generator) itemOfList(m *method) (item, page string) {
	ref := strings.TrimPrefix(m.operation.answer().Ref, "#/components/schemas/")
	data := g.document.Components.Schemas[ref].Properties["data"]
	item = g.typeOf(m.file, "", "", data.Items)
	return item, "Page[" + item + "]"
}

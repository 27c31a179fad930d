package http

import (
	"bytes"
	"encoding/json"
	"fmt"
	nethttp "net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// pageWriter turns operations of the OpenAPI document into what the page shows of
// them. It remembers which shapes it has linked to.
type pageWriter struct {
	describer
	names map[string]string
	shown map[string]bool
}

// operationPage is one operation as the page shows it.
type operationPage struct {
	ID, Method string
	// Stem is the part of the path that most operations share, Rest what follows.
	Stem, Rest     string
	Summary, About string
	Money          bool
	// Deprecated says that nobody should begin to use it.
	Deprecated bool
	Places     []placePage
	Body       *bodyPage
	Answer     answerPage
	Curl       string
}

// Path returns the whole path, with {names}.
func (o operationPage) Path() string { return o.Stem + o.Rest }

// Writes reports whether the operation changes something.
func (o operationPage) Writes() bool { return o.Method != nethttp.MethodGet }

// placePage is the parameters in one place: path, query or header.
type placePage struct {
	In, Title  string
	Parameters []parameterPage
}

// parameterPage is one parameter. Value is what the form starts with.
type parameterPage struct {
	fieldPage
	ID, In  string
	Value   string
	Choices []string
}

// bodyPage is what is said about a body.
type bodyPage struct {
	Required bool
	Media    []string
	Fields   []fieldPage
	Example  string
}

// answerPage is the answer when all is well.
type answerPage struct {
	Status  string
	Type    typePage
	Media   []string
	Headers []fieldPage
}

func (w *pageWriter) operation(r route) operationPage {
	op := w.describer.operation(r)
	page := operationPage{
		ID: r.id, Method: r.method, Rest: op.Path, Summary: r.summary, About: r.saying(), Money: r.money,
		Deprecated: op.Deprecated,
		Body:       w.body(r, op), Answer: w.answer(r, op),
	}
	if rest, below := strings.CutPrefix(op.Path, "/v1"+inCommons+"/"); below {
		page.Stem, page.Rest = "/v1"+inCommons+"/", rest
	}
	for _, place := range []placePage{
		{In: "path", Title: "In the path"},
		{In: "query", Title: "In the query"},
		{In: "header", Title: "In the header"},
	} {
		for _, parameter := range op.Parameters {
			if parameter.In == place.In {
				place.Parameters = append(place.Parameters, w.parameter(r, parameter))
			}
		}
		if len(place.Parameters) > 0 {
			page.Places = append(page.Places, place)
		}
	}
	page.Curl = w.curl(r, page)
	return page
}

func (w *pageWriter) parameter(r route, p *huma.Param) parameterPage {
	said := newField(p.Name, p.Schema, w.typeOf(p.Schema), p.Required)
	said.About = p.Description
	page := parameterPage{fieldPage: said, ID: r.id + "-" + p.Name, In: p.In}
	switch {
	case p.In == "path":
		page.Value = w.names[p.Name]
	case p.In == "query" && p.Required && len(p.Schema.Examples) > 0:
		page.Value = fmt.Sprint(p.Schema.Examples[0])
	case p.Name == "dry_run":
		page.Value = "true"
	}
	for _, choice := range p.Schema.Enum {
		page.Choices = append(page.Choices, fmt.Sprint(choice))
	}
	if p.Schema.Type == huma.TypeBoolean {
		page.Choices = []string{"true", "false"}
	}
	return page
}

func (w *pageWriter) body(r route, op *huma.Operation) *bodyPage {
	if op.RequestBody == nil {
		return nil
	}
	page := &bodyPage{Required: op.RequestBody.Required, Media: r.media, Example: w.exampleBody(r, op)}
	if len(page.Media) == 0 {
		page.Media = []string{jsonMedia}
	}
	if r.takesJSON() {
		page.Fields = w.fields("", op.RequestBody.Content[jsonMedia].Schema.Ref)
	}
	return page
}

func (w *pageWriter) answer(r route, op *huma.Operation) answerPage {
	response := op.Responses[fmt.Sprint(r.successStatus())]
	page := answerPage{Status: statusText(r.successStatus())}
	for media := range response.Content {
		page.Media = append(page.Media, media)
	}
	slices.Sort(page.Media)
	if content := response.Content[jsonMedia]; content != nil {
		page.Type = w.typeOf(content.Schema)
	}
	for name, header := range response.Headers {
		// What every answer has is said once, at the top.
		if _, everywhere := limitHeaders[name]; !everywhere && name != requestIDHeader && name != "ETag" {
			page.Headers = append(page.Headers, fieldPage{Name: name, About: header.Description})
		}
	}
	slices.SortFunc(page.Headers, func(a, b fieldPage) int { return strings.Compare(a.Name, b.Name) })
	return page
}

var namesInQuotes = regexp.MustCompile(`"\{([a-z]+)\}"`)

// exampleBody returns a body that is right in a commons such as the examples',
// indented, with its ids.
func (w *pageWriter) exampleBody(r route, op *huma.Operation) string {
	text := exampleBodies[r.id]
	if text == "" {
		text = r.example
	}
	if text == "" {
		least, err := marshal(w.example(op.RequestBody.Content[jsonMedia].Schema, false))
		if err != nil {
			panic(fmt.Sprintf("the example of %s cannot be written: %v", r.id, err))
		}
		text = string(least)
	}
	text = namesInQuotes.ReplaceAllStringFunc(text, func(quoted string) string {
		return quotedJSON(w.names[strings.Trim(quoted, `"{}`)])
	})
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(text), "", "  "); err != nil {
		panic(fmt.Sprintf("the example of %s is no JSON: %v", r.id, err))
	}
	return indented.String()
}

// curl returns the commands that ask for the operation as the form would, where
// PHYLE and TOKEN are set.
func (w *pageWriter) curl(r route, page operationPage) string {
	address := "$PHYLE" + w.filled(page.Path())
	var query []string
	headers := []string{`Authorization: Bearer $TOKEN`}
	var before string
	for _, place := range page.Places {
		for _, p := range place.Parameters {
			switch {
			case p.In == "query" && p.Required:
				query = append(query, p.Name+"="+p.Value)
			case p.Name == keyHeader && p.Required:
				headers = append(headers, keyHeader+": "+r.id+"-1")
			case p.Name == matchHeader:
				before = tagCommand(strings.TrimSuffix(address, "/discard"))
				headers = append(headers, matchHeader+": $ETAG")
			}
		}
	}
	if len(query) > 0 {
		address += "?" + strings.Join(query, "&")
	}
	lines := []string{"curl -sS --fail-with-body"}
	if r.method != nethttp.MethodGet && (page.Body == nil || r.method != nethttp.MethodPost) {
		lines[0] += " -X " + r.method
	}
	if page.Body != nil {
		headers = append(headers, "Content-Type: "+jsonMedia)
	}
	for _, header := range headers {
		lines = append(lines, `-H "`+header+`"`)
	}
	if page.Body != nil {
		lines = append(lines, "-d '"+strings.ReplaceAll(compact(page.Body.Example), "'", `'\''`)+"'")
	}
	return before + strings.Join(append(lines, `"`+address+`"`), " \\\n  ")
}

// tagCommand reads the ETag that a change must name.
func tagCommand(address string) string {
	return `ETAG=$(curl -sS -D - -o /dev/null -H "Authorization: Bearer $TOKEN" \` + "\n" +
		`  "` + address + `" | sed -n 's/^[Ee][Tt][Aa][Gg]: \([^[:space:]]*\).*/\1/p')` + "\n"
}

// filled returns the path with what stands for its names.
func (w *pageWriter) filled(path string) string {
	return inBraces.ReplaceAllStringFunc(path, func(name string) string {
		return w.names[strings.Trim(name, "{}")]
	})
}

func quotedJSON(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(fmt.Sprintf("%q cannot be written as JSON: %v", text, err))
	}
	return string(quoted)
}

func compact(text string) string {
	var out bytes.Buffer
	if err := json.Compact(&out, []byte(text)); err != nil {
		panic(fmt.Sprintf("an example is no JSON: %v", err))
	}
	return out.String()
}

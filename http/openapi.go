package http

import (
	"cmp"
	"encoding/json"
	"fmt"
	nethttp "net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"phyle/ledger"
)

const schemaPrefix = "#/components/schemas/"

// pathNames says what stands in a path under each name, with an example.
var pathNames = map[string][2]string{
	"account":      {"The name of an account.", "assets:bank"},
	"agreement":    {"The id of an agreement.", "agr_06fa0m4h7kx8r9w2t5v3y6z1bc"},
	"area":         {"The code of an area.", "lab"},
	"commons":      {"The slug of the commons.", "riverside"},
	"contribution": {"The id of a contribution.", "ctr_06fa0m4h7kx8r9w2t5v3y6z1bc"},
	"change":       {"The id of a change.", "chg_06fa0m4h7kx8r9w2t5v3y6z1bc"},
	"distribution": {"The id of a distribution.", "dst_06fa0m4h7kx8r9w2t5v3y6z1bc"},
	"entry":        {"The id of an entry.", "ent_06fa0m4h7kx8r9w2t5v3y6z1bc"},
	"fund":         {"The code of a fund.", "reserve"},
	"income":       {"The id of an income.", "inc_06fa0m4h7kx8r9w2t5v3y6z1bc"},
	"kind":         {"The code of a kind of contribution.", "work"},
	"member":       {"The handle of a member, or their id.", "ana"},
	"template":     {"The slug of a template.", "disco"},
	"token":        {"The id of a token.", "tok_06fa0m4h7kx8r9w2t5v3y6z1bc"},
}

// describer writes the OpenAPI document of a route table.
type describer struct {
	document *huma.OpenAPI
	schemas  huma.Registry
}

// describe returns the OpenAPI 3.1 document of the routes as JSON. A table that
// cannot be described is our own defect.
func describe(table []route, version string) []byte {
	d := drawn(table, version)
	text, err := json.MarshalIndent(d.document, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("the OpenAPI document cannot be written: %v", err))
	}
	return text
}

// drawn returns the describer of the routes with its document.
func drawn(table []route, version string) describer {
	d := newDescriber(version)
	for _, r := range table {
		if !r.undocumented {
			d.document.AddOperation(d.operation(r))
		}
	}
	d.settle(table)
	return d
}

func newDescriber(version string) describer {
	schemas := huma.NewMapRegistry(schemaPrefix, schemaName)
	schemas.RegisterTypeAlias(moneyType, reflect.TypeFor[moneyBody]())
	schemas.RegisterTypeAlias(decimalType, reflect.TypeFor[quantitySchema]())
	schemas.RegisterTypeAlias(amountType, reflect.TypeFor[amountSchema]())
	schemas.RegisterTypeAlias(reflect.TypeFor[ledger.Date](), reflect.TypeFor[dateSchema]())
	return describer{schemas: schemas, document: &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title:   "Phyle",
			Version: version,
			Description: "The ledger of a commons: who contributed what, who is owed what and why, " +
				"and whether it was paid.",
			License: &huma.License{Name: "AGPL-3.0-or-later", Identifier: "AGPL-3.0-or-later"},
		},
		Servers: []*huma.Server{{URL: "/"}},
		Components: &huma.Components{
			Schemas: schemas,
			SecuritySchemes: map[string]*huma.SecurityScheme{"token": {
				Type: "http", Scheme: "bearer", BearerFormat: "phy_…",
				Description: "A token of a member of one commons, or of the instance.",
			}},
		},
		Security: []map[string][]string{{"token": {}}},
	}}
}

// schemaName names a type in the document: contributionView is a Contribution,
// and the types of package report say that they are of a report.
func schemaName(t reflect.Type, hint string) string {
	name := strings.TrimSuffix(huma.DefaultSchemaNamer(t, hint), "View")
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if strings.HasSuffix(t.PkgPath(), "/report") {
		return "Report" + strings.TrimSuffix(name, "JSON")
	}
	return name
}

func (d describer) operation(r route) *huma.Operation {
	op := &huma.Operation{
		Method:      r.method,
		Path:        "/v1" + r.path,
		OperationID: r.id,
		Summary:     r.summary,
		Deprecated:  !r.deprecated.IsZero(),
		Description: r.saying(),
		Tags:        []string{group(r.path)},
		Parameters:  d.parameters(r),
		Responses: map[string]*huma.Response{
			strconv.Itoa(r.successStatus()): d.success(r),
			"default": {
				Description: "A problem: nothing was done.",
				Content: map[string]*huma.MediaType{"application/problem+json": {
					Schema: d.schemas.Schema(reflect.TypeFor[problem](), true, ""),
				}},
			},
		},
	}
	if r.handler.body != nil && r.handler.body != reflect.TypeFor[none]() {
		op.RequestBody = d.requestBody(r)
	}
	if r.waits() {
		op.Responses["202"] = d.waiting()
	}
	if r.access == anyone {
		op.Security = []map[string][]string{}
	}
	if r.method == nethttp.MethodGet && !r.streamed {
		op.Responses["304"] = &huma.Response{
			Description: "Nothing has changed since the answer that If-None-Match names.",
		}
	}
	return op
}

// tagged reports whether the row's good answer names what it says.
func (r route) tagged() bool {
	return r.method == nethttp.MethodGet && !r.streamed || r.matched && r.successStatus() != nethttp.StatusNoContent
}

// limitHeaders are in every answer to a token.
var limitHeaders = map[string]string{
	"RateLimit":        "How many requests are left, and in how many seconds all of them are again.",
	"RateLimit-Policy": "How many requests there may be in how many seconds.",
}

// successStatus returns the status of the row's good answer.
func (r route) successStatus() int {
	if r.status == 0 {
		return nethttp.StatusOK
	}
	return r.status
}

// group returns the part of the path that says what the operation is about.
func group(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, "/commons/{commons}/"), "/")
	if parts[0] == "" {
		return parts[1]
	}
	return parts[0]
}

var inBraces = regexp.MustCompile(`\{([a-z_]+)\}`)

func (d describer) parameters(r route) []*huma.Param {
	var list []*huma.Param
	for _, match := range inBraces.FindAllStringSubmatch(r.path, -1) {
		about, known := pathNames[match[1]]
		if !known {
			panic(fmt.Sprintf("route %s: nothing is said about {%s}", r.id, match[1]))
		}
		list = append(list, &huma.Param{
			Name: match[1], In: "path", Required: true, Description: about[0], Example: about[1],
			Schema: &huma.Schema{Type: huma.TypeString},
		})
	}
	if r.handler.query != nil {
		list = append(list, d.queryParameters(r.handler.query)...)
	}
	if r.money {
		list = append(list, &huma.Param{
			Name: "dry_run", In: "query", Schema: &huma.Schema{Type: huma.TypeBoolean},
			Description: "With true: the full answer and no effect.",
		})
	}
	if r.keyed() {
		list = append(list, keyParameter(r.money))
	}
	if r.matched {
		list = append(list, &huma.Param{
			Name: matchHeader, In: "header", Required: true,
			Description: "The ETag of what is changed, as it was read.",
			Schema:      &huma.Schema{Type: huma.TypeString},
		})
	}
	return list
}

func (d describer) queryParameters(query reflect.Type) []*huma.Param {
	var list []*huma.Param
	for _, f := range fieldsOf(query).list {
		schema := huma.SchemaFromField(d.schemas, query.FieldByIndex(f.index), f.name)
		schema.Nullable = false
		description := schema.Description
		schema.Description = ""
		list = append(list, &huma.Param{
			Name: f.name, In: "query", Required: !f.rules.optional,
			Description: description, Schema: schema,
		})
	}
	return list
}

func keyParameter(required bool) *huma.Param {
	most := longestKey
	return &huma.Param{
		Name: keyHeader, In: "header", Required: required, Example: "5f0c7a4e-october",
		Description: "Names this act: sent again with the same request, it gets the first answer " +
			"again. Not needed with dry_run=true.",
		Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &most},
	}
}

func (d describer) success(r route) *huma.Response {
	text := &huma.Schema{Type: huma.TypeString}
	response := &huma.Response{
		Description: nethttp.StatusText(r.successStatus()),
		Headers: map[string]*huma.Param{
			requestIDHeader: {Description: "The id of the request.", Schema: text},
		},
	}
	if r.keyed() {
		response.Headers["Idempotent-Replayed"] = &huma.Param{
			Description: "true where the answer is one given before.", Schema: text,
		}
	}
	if r.tagged() {
		response.Headers["ETag"] = &huma.Param{
			Description: "Names what the answer says, for If-None-Match and If-Match.", Schema: text,
		}
	}
	for name, about := range limitHeaders {
		if r.access == anyone {
			continue
		}
		response.Headers[name] = &huma.Param{Description: about, Schema: text}
	}
	if r.successStatus() == nethttp.StatusCreated {
		response.Headers["Location"] = &huma.Param{Description: "Where the new thing is.", Schema: text}
	}
	if r.successStatus() != nethttp.StatusNoContent {
		response.Content = map[string]*huma.MediaType{
			cmp.Or(r.handler.media, jsonMedia): {Schema: d.schemas.Schema(r.handler.view, true, r.id)},
		}
		for _, media := range r.handler.formats {
			response.Content[media] = &huma.MediaType{Schema: text}
		}
	}
	return response
}

package http

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// quantitySchema is how the document shows decimal.Decimal.
type quantitySchema struct{}

// Schema implements huma.SchemaProvider.
func (quantitySchema) Schema(huma.Registry) *huma.Schema {
	return decimalSchema(`^(0|[1-9][0-9]{0,17})(\.[0-9]{1,6})?$`, "7.5")
}

// amountSchema is how the document shows amounts.
type amountSchema struct{}

// Schema implements huma.SchemaProvider.
func (amountSchema) Schema(huma.Registry) *huma.Schema {
	return decimalSchema(`^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?$`, "1234.50")
}

func decimalSchema(pattern, example string) *huma.Schema {
	most := 32
	return &huma.Schema{
		Type: huma.TypeString, Pattern: pattern, MaxLength: &most, Examples: []any{example},
		Extensions: map[string]any{"x-decimal": true},
	}
}

// dateSchema is how the document shows ledger.Date.
type dateSchema struct{}

// Schema implements huma.SchemaProvider.
func (dateSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date", Examples: []any{"2026-10-31"}}
}

// takesJSON reports whether the row has a body whose type says what is in it.
func (r route) takesJSON() bool {
	body := r.handler.body
	return body != nil && body != reflect.TypeFor[none]() && body != reflect.TypeFor[rawBody]()
}

func (d describer) requestBody(r route) *huma.RequestBody {
	body := &huma.RequestBody{
		Required: !nothingRequired(r.handler.body), Content: map[string]*huma.MediaType{},
	}
	if r.handler.body == reflect.TypeFor[rawBody]() {
		body.Required = true
		for _, media := range r.media {
			body.Content[media] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeObject}}
		}
		body.Content[jsonMedia].Examples = map[string]*huma.Example{
			"least": {Summary: "A short one", Value: json.RawMessage(r.example)},
		}
		return body
	}
	schema := d.schemas.Schema(r.handler.body, true, r.id)
	body.Content[jsonMedia] = &huma.MediaType{
		Schema: schema,
		Examples: map[string]*huma.Example{
			"least": {Summary: "What is needed", Value: d.example(schema, false)},
			"full":  {Summary: "All that there is", Value: d.example(schema, true)},
		},
	}
	if lines, ok := reflect.New(r.handler.body).Interface().(byLine); ok {
		pointer, _ := lines.items()
		list := d.schemas.SchemaFromRef(schema.Ref).Properties[strings.TrimPrefix(pointer, "/")]
		body.Content[linesMedia] = &huma.MediaType{Schema: list.Items}
	}
	return body
}

// example returns a value of the schema, with its optional members or without.
func (d describer) example(s *huma.Schema, full bool) any {
	if s.Ref != "" {
		s = d.schemas.SchemaFromRef(s.Ref)
	}
	switch {
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type == huma.TypeArray:
		return []any{d.example(s.Items, full)}
	case s.Type == huma.TypeObject:
		return d.exampleObject(s, full)
	case s.Type == huma.TypeBoolean:
		return true
	case s.Type == huma.TypeInteger:
		return 1
	case s.Format == "date-time":
		return "2026-10-31T18:30:00Z"
	}
	return "text"
}

func (d describer) exampleObject(s *huma.Schema, full bool) map[string]any {
	example := map[string]any{}
	if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
		example["ana"] = d.example(values, full)
	}
	for name, property := range s.Properties {
		if full || slices.Contains(s.Required, name) {
			example[name] = d.example(property, full)
		}
	}
	return example
}

// settle says of every schema what its types leave open: nothing is null unless
// its tag says so, and what is in answers only may get more members one day.
func (d describer) settle(table []route) {
	sent := map[string]bool{}
	for _, r := range table {
		if r.takesJSON() {
			d.mark(d.schemas.Schema(r.handler.body, true, r.id), sent)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.schemas.Map())) {
		schema := d.schemas.Map()[name]
		if !sent[name] && schema.AdditionalProperties == false {
			schema.AdditionalProperties = nil
		}
		for _, property := range schema.Properties {
			if property.Type == huma.TypeArray {
				property.Nullable = false
			}
		}
	}
}

// mark notes the schema and all below it by name.
func (d describer) mark(s *huma.Schema, names map[string]bool) {
	if s == nil {
		return
	}
	if name, isRef := strings.CutPrefix(s.Ref, schemaPrefix); isRef {
		if names[name] {
			return
		}
		names[name] = true
		s = d.schemas.SchemaFromRef(s.Ref)
	}
	d.mark(s.Items, names)
	if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
		d.mark(values, names)
	}
	for _, property := range s.Properties {
		d.mark(property, names)
	}
}

package http

import (
	"fmt"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// fieldPage is one field, parameter or header as the page shows it.
type fieldPage struct {
	Name     string
	Type     typePage
	Required bool
	About    string
	// Limits says what bounds the value beside its type.
	Limits  string
	Example string
}

// typePage names a type: words, and the shape they lead to if it has one.
type typePage struct{ Before, Shape, After string }

// shapePage is an object that answers hold.
type shapePage struct {
	Name   string
	Fields []fieldPage
}

// newField describes one property, which is of the type.
func newField(name string, s *huma.Schema, of typePage, required bool) fieldPage {
	page := fieldPage{
		Name: name, Type: of, Required: required, About: s.Description, Limits: limits(s),
	}
	if s.Format == "date-time" {
		page.Example = "2026-10-31T18:30:00Z"
	}
	if len(s.Examples) > 0 {
		if text, ok := s.Examples[0].(string); ok {
			page.Example = text
		}
	}
	return page
}

// fields describes what an object that is sent holds. Objects in it are taken
// apart: their fields have a dot before their name, those of lists brackets.
func (w *pageWriter) fields(prefix, ref string) []fieldPage {
	var list []fieldPage
	schema := w.schemas.SchemaFromRef(ref)
	for _, name := range w.order(ref) {
		property := schema.Properties[name]
		of, below, after := typePage{Before: "object"}, property, "."
		if property.Type == huma.TypeArray {
			of, below, after = typePage{Before: "list of objects"}, property.Items, "[]."
		}
		if below.Ref == "" {
			of = w.typeOf(property)
		}
		list = append(list, newField(prefix+name, property, of, slices.Contains(schema.Required, name)))
		if below.Ref != "" {
			list = append(list, w.fields(prefix+name+after, below.Ref)...)
		}
	}
	return list
}

// order returns the names of an object's fields as its type has them.
func (w *pageWriter) order(ref string) []string {
	var names []string
	schema := w.schemas.SchemaFromRef(ref)
	for _, f := range fieldsOf(w.schemas.TypeFromRef(ref)).list {
		if schema.Properties[f.name] != nil {
			names = append(names, f.name)
		}
	}
	return names
}

// typeOf says in words what a value is.
func (w *pageWriter) typeOf(s *huma.Schema) typePage {
	if s.Ref != "" {
		return w.link(s.Ref)
	}
	if s.Type == huma.TypeArray {
		item := w.typeOf(s.Items)
		return typePage{Before: "list of " + item.Before, Shape: item.Shape, After: item.After}
	}
	if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
		value := w.typeOf(values)
		return typePage{
			Before: "object of " + value.Before, Shape: value.Shape, After: value.After + " by name",
		}
	}
	return typePage{Before: wordsFor(s)}
}

// link names a shape and remembers that it is to be shown. A page of a list is
// not shown as a shape of its own.
func (w *pageWriter) link(ref string) typePage {
	name := strings.TrimPrefix(ref, schemaPrefix)
	schema := w.schemas.SchemaFromRef(ref)
	if data := schema.Properties["data"]; data != nil && schema.Properties["next_cursor"] != nil {
		item := w.typeOf(data.Items)
		return typePage{
			Before: "a page: data, a list of ", Shape: item.Shape,
			After: ", and next_cursor, the cursor of the next page or null",
		}
	}
	if !w.shown[name] {
		w.shown[name] = true
		for _, property := range schema.Properties {
			w.typeOf(property)
		}
	}
	return typePage{Shape: name}
}

// shapes returns all that was linked to, by name.
func (w *pageWriter) shapes() []shapePage {
	var list []shapePage
	for name := range w.shown {
		ref := schemaPrefix + name
		schema := w.schemas.SchemaFromRef(ref)
		shape := shapePage{Name: name}
		for _, name := range w.order(ref) {
			property := schema.Properties[name]
			shape.Fields = append(shape.Fields,
				newField(name, property, w.typeOf(property), slices.Contains(schema.Required, name)))
		}
		list = append(list, shape)
	}
	slices.SortFunc(list, func(a, b shapePage) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// wordsFor names a type that is no object and no list.
func wordsFor(s *huma.Schema) string {
	switch {
	case s.Extensions["x-decimal"] == true:
		return "decimal, as a string"
	case s.Format == "date":
		return "date"
	case s.Format == "date-time":
		return "instant"
	case s.Type == huma.TypeString:
		return "string"
	case s.Type == huma.TypeInteger:
		return "whole number"
	case s.Type == huma.TypeBoolean:
		return "true or false"
	case s.Type == huma.TypeObject:
		return "object"
	}
	return "any JSON"
}

// limits says what bounds a value, "" for nothing.
func limits(s *huma.Schema) string {
	var parts []string
	say := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if len(s.Enum) > 0 {
		words := make([]string, len(s.Enum))
		for i, word := range s.Enum {
			words[i] = fmt.Sprint(word)
		}
		say("one of %s", strings.Join(words, ", "))
	}
	if s.MaxLength != nil && s.Extensions["x-decimal"] != true {
		say("at most %d characters", *s.MaxLength)
	}
	switch {
	case s.MinItems != nil && s.MaxItems != nil:
		say("%d to %d items", *s.MinItems, *s.MaxItems)
	case s.MaxItems != nil:
		say("at most %d items", *s.MaxItems)
	case s.MinItems != nil:
		say("at least %d items", *s.MinItems)
	}
	if s.UniqueItems {
		say("each once")
	}
	switch {
	case s.Minimum != nil && s.Maximum != nil:
		say("from %v to %v", *s.Minimum, *s.Maximum)
	case s.Minimum != nil:
		say("%v or more", *s.Minimum)
	case s.Maximum != nil:
		say("%v at most", *s.Maximum)
	}
	return strings.Join(parts, "; ")
}

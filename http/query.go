package http

import (
	"net/url"
	"reflect"

	"phyle/ledger"
)

// queryOf returns the parameters of the query, each given once.
func queryOf(address *url.URL) (url.Values, error) {
	query, err := url.ParseQuery(address.RawQuery)
	if err != nil {
		return nil, ledger.Errorf(ledger.Malformed, "invalid_parameter",
			"The query cannot be read; write it as name=value&name=value.")
	}
	for name, values := range query {
		if len(values) > 1 {
			return nil, invalidParameter(name, "Give it once.")
		}
	}
	return query, nil
}

// takeDryRun removes dry_run from the query and returns what it says.
func takeDryRun(query url.Values) (bool, error) {
	if !query.Has("dry_run") {
		return false, nil
	}
	said := query.Get("dry_run")
	query.Del("dry_run")
	if said != "true" && said != "false" {
		return false, invalidParameter("dry_run", "It is true or false.")
	}
	return said == "true", nil
}

// bindQuery reads the query into the struct that into points to. Parameters that
// it has no field for are refused: a filter that is spelled wrong must not show
// more than was asked for.
func bindQuery(query url.Values, into any) error {
	v := reflect.ValueOf(into).Elem()
	fields := fieldsOf(v.Type())
	for name := range query {
		if _, known := fields.index[name]; !known {
			return ledger.Errorf(ledger.Malformed, "unknown_filter",
				"There is no parameter %.64q here; correct its name or leave it out.", name)
		}
	}
	for _, f := range fields.list {
		if err := bindParameter(query, f, v.FieldByIndex(f.index)); err != nil {
			return err
		}
	}
	return nil
}

func bindParameter(query url.Values, f field, v reflect.Value) error {
	if !query.Has(f.name) {
		if !f.rules.optional {
			return invalidParameter(f.name, "It is needed here.")
		}
		return nil
	}
	if err := setParameter(v, query.Get(f.name), f.rules); err != nil {
		return invalidParameter(f.name, err.Error())
	}
	return nil
}

// setParameter reads one value; an empty one says nothing, so it is wrong.
func setParameter(v reflect.Value, s string, r rules) error {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if s == "" {
		return ledger.Errorf(ledger.Invalid, "required", "Give it a value or leave it out.")
	}
	switch v.Kind() {
	case reflect.Int:
		return setWhole(v, s, r)
	case reflect.Bool:
		v.SetBool(s == "true")
		if s != "true" && s != "false" {
			return ledger.Errorf(ledger.Invalid, "wrong_type", "It is true or false.")
		}
		return nil
	}
	return setText(v, s, r)
}

func invalidParameter(name, message string) error {
	return ledger.Errorf(ledger.Malformed, "invalid_parameter",
		"The parameter %.64q is wrong. %s", name, message)
}

package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Kind says whose fault an Error is and what the caller can do about it.
type Kind string

// The kinds of errors. Whatever is not an *Error is our own fault.
const (
	Invalid         Kind = "invalid"         // a value breaks a rule; correct it
	Malformed       Kind = "malformed"       // the request cannot be read at all
	NotFound        Kind = "not_found"       // there is no such thing, or not for this caller
	Conflict        Kind = "conflict"        // the books are in another state
	Forbidden       Kind = "forbidden"       // the caller may know of it but not do it
	Unauthenticated Kind = "unauthenticated" // the caller is not known
	Unavailable     Kind = "unavailable"     // try again later
)

// Error is a refusal that its reader can act on. Code is a stable contract;
// Message is a sentence saying what is wrong and what to do. Nothing was written.
type Error struct {
	Kind    Kind
	Code    string
	Message string
	// Fields names every wrong field at once, where there are any.
	Fields []FieldError
	// Detail holds further facts of the refusal: a shortfall, an id.
	Detail map[string]string
}

// FieldError is one wrong field. Pointer is a JSON Pointer (RFC 6901).
type FieldError struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error returns the sentence, with the wrong fields after it.
func (e *Error) Error() string {
	if len(e.Fields) == 0 {
		return e.Message
	}
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = f.Pointer + ": " + f.Message
	}
	return e.Message + " " + strings.Join(parts, " ")
}

// Errorf returns an Error of the kind and code with a formatted sentence.
func Errorf(kind Kind, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Message: fmt.Sprintf(format, args...)}
}

// With returns a copy of e that carries one more fact.
func (e *Error) With(key, value string) *Error {
	c := *e
	c.Detail = map[string]string{key: value}
	for k, v := range e.Detail {
		c.Detail[k] = v
	}
	return &c
}

// FieldErrors collects wrong fields so that all are reported at once.
type FieldErrors []FieldError

// Add notes one wrong field.
func (f *FieldErrors) Add(pointer, code, format string, args ...any) {
	*f = append(*f, FieldError{Pointer: pointer, Code: code, Message: fmt.Sprintf(format, args...)})
}

// AddError notes err at the pointer; the fields of an *Error go below it.
func (f *FieldErrors) AddError(pointer string, err error) {
	e, ok := err.(*Error)
	switch {
	case err == nil:
	case !ok:
		f.Add(pointer, "invalid", "%s", err.Error())
	case len(e.Fields) == 0:
		f.Add(pointer, e.Code, "%s", e.Message)
	default:
		for _, field := range e.Fields {
			f.Add(pointer+field.Pointer, field.Code, "%s", field.Message)
		}
	}
}

// Err returns nil when nothing is wrong, else one Invalid error holding every
// field in the order of their pointers. Its code is that of the first field.
func (f FieldErrors) Err() error {
	if len(f) == 0 {
		return nil
	}
	slices.SortStableFunc(f, func(a, b FieldError) int {
		return slices.CompareFunc(
			strings.Split(a.Pointer, "/"), strings.Split(b.Pointer, "/"), compareSegments)
	})
	message := "One field is wrong; correct it and send again."
	if len(f) > 1 {
		message = fmt.Sprintf("%d fields are wrong; correct them and send again.", len(f))
	}
	return &Error{Kind: Invalid, Code: f[0].Code, Message: message, Fields: f}
}

// compareSegments orders the numbers of a list as numbers, and before names.
func compareSegments(a, b string) int {
	switch numberA, numberB := isIndex(a), isIndex(b); {
	case numberA && numberB:
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	case numberA:
		return -1
	case numberB:
		return 1
	}
	return cmp.Compare(a, b)
}

// isIndex reports whether a segment of a pointer is the number of an item: RFC 6901
// writes it without leading zeros.
func isIndex(segment string) bool {
	return segment != "" && strings.Trim(segment, "0123456789") == ""
}

package http

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"phyle/ledger"
)

const (
	deepest   = 64  // objects and arrays in each other
	mostWrong = 100 // wrong fields reported at once
)

// newDecoder reads JSON as it is sent: scan has its own word on names given
// twice and on text that is no text, which are not errors of the grammar.
func newDecoder(body []byte) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewBuffer(body),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// scan checks the form of a body, whatever it says: one JSON object and nothing
// else, not too deep, no name twice in one object in any spelling, all text
// UTF-8. The fields whose text is not are added to wrong.
func scan(body []byte, wrong *ledger.FieldErrors) error {
	s := scanner{decoder: newDecoder(body), wrong: wrong}
	if s.decoder.PeekKind() != '{' {
		return malformed(s.decoder.InputOffset())
	}
	for {
		if err := s.next(); err != nil {
			return s.refusal(err)
		}
		if s.decoder.StackDepth() == 0 {
			break
		}
	}
	if _, err := s.decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return malformed(s.decoder.InputOffset())
	}
	return nil
}

type scanner struct {
	decoder *jsontext.Decoder
	wrong   *ledger.FieldErrors
	// names holds those seen so far in each open object, as foldName has them.
	names   []map[string]bool
	scratch []byte
}

// next reads one token, whose place in the body the decoder knows.
func (s *scanner) next() error {
	if s.decoder.PeekKind() == '"' {
		return s.text()
	}
	token, err := s.decoder.ReadToken()
	if err != nil {
		return err
	}
	switch token.Kind() {
	case '{', '[':
		if s.decoder.StackDepth() > deepest {
			return ledger.Errorf(ledger.Malformed, "malformed_json",
				"Objects and arrays go %d deep here, not more.", deepest)
		}
		s.names = append(s.names, nil)
	case '}', ']':
		s.names = s.names[:len(s.names)-1]
	}
	return nil
}

// text reads a string or a name.
func (s *scanner) text() error {
	kind, before := s.decoder.StackIndex(s.decoder.StackDepth())
	raw, err := s.decoder.ReadValue()
	if err != nil {
		return err
	}
	isName := kind == '{' && before%2 == 0
	if !s.isText(raw) {
		addWrong(s.wrong, s.pointer(isName), "invalid_text",
			"This is not UTF-8 text; save it as UTF-8, without halves of surrogate pairs.")
		return nil
	}
	if !isName {
		return nil
	}
	return s.name(raw)
}

// isText reports whether the raw string is UTF-8 and stays so unquoted.
func (s *scanner) isText(raw []byte) bool {
	if bytes.IndexByte(raw, '\\') < 0 {
		return utf8.Valid(raw)
	}
	var err error
	s.scratch, err = jsontext.AppendUnquote(s.scratch[:0], raw)
	return err == nil
}

// name notes a name of the innermost object and refuses it the second time.
func (s *scanner) name(raw []byte) error {
	unquoted, err := jsontext.AppendUnquote(s.scratch[:0], raw)
	if err != nil {
		return err
	}
	s.scratch = unquoted
	name, level := foldName(string(unquoted)), len(s.names)-1
	if s.names[level][name] {
		refusal := ledger.Errorf(ledger.Malformed, "duplicate_field",
			"A field is given twice in one object, perhaps in another spelling; send it once.")
		refusal.Fields = []ledger.FieldError{{
			Pointer: string(s.decoder.StackPointer()), Code: "duplicate_field", Message: "Send this once.",
		}}
		return refusal
	}
	if s.names[level] == nil {
		s.names[level] = map[string]bool{}
	}
	s.names[level][name] = true
	return nil
}

// pointer returns the place of what was read last; a name that is no text has
// none, so its object stands for it.
func (s *scanner) pointer(isName bool) string {
	pointer := s.decoder.StackPointer()
	if isName {
		pointer = pointer.Parent()
	}
	return string(pointer)
}

func (s *scanner) refusal(err error) error {
	var refusal *ledger.Error
	if errors.As(err, &refusal) {
		return refusal
	}
	return malformed(s.decoder.InputOffset())
}

func malformed(offset int64) *ledger.Error {
	return ledger.Errorf(ledger.Malformed, "malformed_json",
		"The body must be one JSON object and nothing else; look after byte %d.", offset)
}

// foldName returns the one spelling that stands for all that differ in case only,
// the Kelvin sign and the long s among them.
func foldName(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, name)
}

// addWrong notes one wrong field, unless there are too many to tell already.
func addWrong(wrong *ledger.FieldErrors, pointer, code, format string, args ...any) {
	if len(*wrong) < mostWrong {
		wrong.Add(pointer, code, format, args...)
	}
}

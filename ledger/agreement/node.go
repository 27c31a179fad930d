package agreement

import (
	"unicode"
	"unicode/utf8"

	"phyle/ledger"
)

// Bounds on documents, in either format. What is beyond them is refused before
// it is read in full.
const (
	maxBytes = 128 << 10
	maxDepth = 64
	maxNodes = 10_000
)

type nodeKind byte

const (
	nullNode nodeKind = iota
	boolNode
	numberNode
	stringNode
	arrayNode
	objectNode
)

// node is a part of a document, the same for JSON and YAML. Text is a string's
// value or any other scalar as it is written; an object's keys run beside its
// items.
type node struct {
	kind  nodeKind
	line  int32
	text  string
	keys  []string
	items []*node
}

// position is a place in a text, both counted from 1.
type position struct{ line, column int }

// positionOf returns where the byte at the offset is, columns in characters.
func positionOf(text []byte, offset int) position {
	at := position{line: 1, column: 1}
	for _, r := range string(text[:min(offset, len(text))]) {
		at.column++
		if r == '\n' {
			at = position{line: at.line + 1, column: 1}
		}
	}
	return at
}

// refusal is an error about a document as a whole, at a place in it.
func refusal(kind ledger.Kind, code string, at position, sentence string) error {
	return ledger.Errorf(kind, code, "Line %d, column %d: %s", at.line, at.column, sentence)
}

// Format is how a document is written.
type Format string

// Detect takes JSON for what begins like a JSON object and YAML for all else.
const (
	JSON   Format = "json"
	YAML   Format = "yaml"
	Detect Format = ""
)

// detect looks at the first characters: a brace and then a quote or a brace.
func detect(text []byte) Format {
	seen := 0
	for _, c := range text {
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		case seen == 0 && c == '{':
			seen++
		case seen == 1 && (c == '"' || c == '}'):
			return JSON
		default:
			return YAML
		}
	}
	return YAML
}

// parseTree reads a document of either format.
func parseTree(text []byte, format Format) (*node, error) {
	if len(text) > maxBytes && (len(text) > 4*maxBytes || len(counted(text)) > maxBytes) {
		return nil, ledger.Errorf(ledger.Invalid, "too_large",
			"The document has %d bytes; the most is %d. Leave out examples or split it.",
			len(text), maxBytes)
	}
	if len(text) >= 3 && string(text[:3]) == "\uFEFF" {
		text = text[3:]
	}
	if err := checkBytes(text); err != nil {
		return nil, err
	}
	if format == Detect {
		format = detect(text)
	}
	switch format {
	case JSON:
		return parseJSON(text)
	case YAML:
		return parseYAML(text)
	}
	return nil, ledger.Errorf(ledger.Invalid, "unknown_format", "Write the agreement in JSON or YAML.")
}

// checkBytes refuses invalid UTF-8 and characters that show a reader something
// else than the program reads.
func checkBytes(text []byte) error {
	for offset := 0; offset < len(text); {
		r, size := utf8.DecodeRune(text[offset:])
		broken := r == utf8.RuneError && size == 1
		blank := r == '\t' || r == '\n' || r == '\r'
		if broken || !blank && isHidden(r) {
			return refusal(ledger.Invalid, "invalid_text", positionOf(text, offset),
				"the text has a control character or is not UTF-8; remove it.")
		}
		offset += size
	}
	return nil
}

// isHidden reports whether a character controls how text is shown: control
// characters, marks of writing direction, line separators, byte order marks.
func isHidden(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r) ||
		r == '\u2028' || r == '\u2029' || r == '\uFEFF'
}

// at returns the node that the pointer names, or the last one on the way to it.
func (n *node) at(pointer []string) *node {
	if len(pointer) == 0 {
		return n
	}
	for i, item := range n.items {
		if n.kind == objectNode && n.keys[i] == pointer[0] ||
			n.kind == arrayNode && itoa(i) == pointer[0] {
			return item.at(pointer[1:])
		}
	}
	return n
}

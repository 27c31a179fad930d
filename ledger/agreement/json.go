package agreement

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"phyle/ledger"
)

// reader reads a text from left to right; both formats build on it.
type reader struct {
	text   []byte
	offset int
	line   int32
	nodes  int
	// code is that of syntax errors.
	code string
}

func (r *reader) wrong(sentence string) error {
	return refusal(ledger.Malformed, r.code, positionOf(r.text, r.offset), sentence)
}

// next returns the byte n further on, 0 beyond the end.
func (r *reader) next(n int) byte {
	if r.offset+n >= len(r.text) {
		return 0
	}
	return r.text[r.offset+n]
}

// node begins a node, so deep in the document.
func (r *reader) node(depth int) (*node, error) {
	r.nodes++
	if depth > maxDepth || r.nodes > maxNodes {
		return nil, refusal(ledger.Invalid, "too_large", positionOf(r.text, r.offset),
			"the document is nested too deep or has too many values.")
	}
	return &node{line: r.line}, nil
}

// entries reads what stands between the bracket here and its end, with commas.
// Blanks is what may stand between two entries.
func (r *reader) entries(end byte, trailing bool, blanks func() byte, entry func() error) error {
	for r.offset++; ; r.offset++ {
		c := blanks()
		if c == end && (trailing || r.previous() != ',') {
			r.offset++
			return nil
		}
		if err := entry(); err != nil {
			return err
		}
		switch blanks() {
		case end:
			r.offset++
			return nil
		case ',':
		default:
			return r.wrong(`a comma or "` + string(end) + `" is missing here.`)
		}
	}
}

// previous returns the last byte before this one that is not blank.
func (r *reader) previous() byte {
	before := bytes.TrimRight(r.text[:r.offset], " \t\r\n")
	if len(before) == 0 {
		return 0
	}
	return before[len(before)-1]
}

// quoted reads a string in double quotes, which ends on the line it begins.
func (r *reader) quoted() (string, error) {
	r.offset++
	start := r.offset
	var unescaped []byte
	for r.offset < len(r.text) {
		switch c := r.text[r.offset]; {
		case c == '"':
			r.offset++
			return string(append(unescaped, r.text[start:r.offset-1]...)), nil
		case c == '\\':
			unescaped = append(unescaped, r.text[start:r.offset]...)
			character, err := r.escape()
			if err != nil {
				return "", err
			}
			unescaped, start = utf8.AppendRune(unescaped, character), r.offset
		case c < ' ':
			return "", r.wrong("text in quotes ends on the line it begins, and has no tabs.")
		default:
			r.offset++
		}
	}
	return "", r.wrong("text in quotes has no end.")
}

func (r *reader) escape() (rune, error) {
	c := r.next(1)
	if c == 'u' {
		return r.unicodeEscape()
	}
	i := strings.IndexByte(`"\/bfnrt`, c)
	if i < 0 {
		return 0, r.wrong(`this escape is not known; there are \" \\ \/ \b \f \n \r \t \u.`)
	}
	r.offset += 2
	return rune("\"\\/\b\f\n\r\t"[i]), nil
}

// unicodeEscape reads \uXXXX, and two of them where a character needs both.
func (r *reader) unicodeEscape() (rune, error) {
	first, ok := r.hexadecimal()
	if !ok {
		return 0, r.wrong(`write four hexadecimal digits after \u.`)
	}
	r.offset += 6
	if !utf16.IsSurrogate(first) {
		return first, nil
	}
	second, ok := r.hexadecimal()
	character := utf16.DecodeRune(first, second)
	if !ok || character == utf8.RuneError {
		return 0, r.wrong("half a character stands alone here.")
	}
	r.offset += 6
	return character, nil
}

func (r *reader) hexadecimal() (rune, bool) {
	if r.next(0) != '\\' || r.next(1) != 'u' || r.offset+6 > len(r.text) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(r.text[r.offset+2:r.offset+6]), 16, 16)
	return rune(n), err == nil
}

// jsonParser reads JSON as RFC 8259 has it, and nothing else. Numbers keep their
// spelling, because none may pass through binary floating point.
type jsonParser struct{ reader }

func parseJSON(text []byte) (*node, error) {
	p := &jsonParser{reader{text: text, line: 1, code: "malformed_json"}}
	root, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.peek() != 0 {
		return nil, p.wrong("something follows the document; one document is all there may be.")
	}
	return root, nil
}

// peek skips blanks and returns the next byte, 0 at the end.
func (p *jsonParser) peek() byte {
	for ; p.offset < len(p.text); p.offset++ {
		switch c := p.text[p.offset]; c {
		case '\n':
			p.line++
		case ' ', '\t', '\r':
		default:
			return c
		}
	}
	return 0
}

func (p *jsonParser) value(depth int) (*node, error) {
	c := p.peek()
	n, err := p.node(depth)
	if err != nil {
		return nil, err
	}
	switch {
	case c == '{':
		n.kind = objectNode
		err = p.entries('}', false, p.peek, func() error { return p.member(n, depth) })
	case c == '[':
		n.kind = arrayNode
		err = p.entries(']', false, p.peek, func() error {
			item, err := p.value(depth + 1)
			n.items = append(n.items, item)
			return err
		})
	case c == '"':
		n.kind = stringNode
		n.text, err = p.quoted()
	case c == '-' || c >= '0' && c <= '9':
		n.kind = numberNode
		n.text, err = p.number()
	default:
		err = p.word(n)
	}
	return n, err
}

func (p *jsonParser) member(n *node, depth int) error {
	if p.peek() != '"' {
		return p.wrong(`a name in quotes is missing here.`)
	}
	key, err := p.quoted()
	if err != nil {
		return err
	}
	if p.peek() != ':' {
		return p.wrong(`a ":" is missing here.`)
	}
	p.offset++
	item, err := p.value(depth + 1)
	n.keys, n.items = append(n.keys, key), append(n.items, item)
	return err
}

func (p *jsonParser) word(n *node) error {
	for _, word := range []string{"null", "true", "false"} {
		if bytes.HasPrefix(p.text[p.offset:], []byte(word)) {
			n.text = word
			if word != "null" {
				n.kind = boolNode
			}
			p.offset += len(word)
			return nil
		}
	}
	return p.wrong("a value is missing here.")
}

func (p *jsonParser) number() (string, error) {
	start := p.offset
	p.skip("-")
	zero := p.next(0) == '0'
	digits := p.digits()
	whole := digits > 0 && (!zero || digits == 1)
	if !whole || p.skip(".") && p.digits() == 0 {
		return "", p.wrong("this is not a number.")
	}
	if p.skip("eE") {
		p.skip("+-")
		if p.digits() == 0 {
			return "", p.wrong("this is not a number.")
		}
	}
	return string(p.text[start:p.offset]), nil
}

func (p *jsonParser) digits() (n int) {
	for p.skip("0123456789") {
		n++
	}
	return n
}

// skip passes over the next byte if it is one of them.
func (p *jsonParser) skip(bytes string) bool {
	if p.offset < len(p.text) && strings.IndexByte(bytes, p.text[p.offset]) >= 0 {
		p.offset++
		return true
	}
	return false
}

func itoa(i int) string { return strconv.Itoa(i) }

package agreement

import (
	"bytes"
	"cmp"
	"strings"

	"phyle/ledger"
)

// yamlParser reads the part of YAML 1.2 in which a text means what it shows:
// mappings and sequences by indentation or in brackets, text on one line, plain
// or in quotes (double quotes with the escapes of JSON), and comments. Anchors,
// aliases, tags, merge keys, directives, further documents and text over several
// lines are refused by name. Its time and memory grow with the text alone, as
// those of parsers for all of YAML do not.
type yamlParser struct {
	reader
	lineStart int
	// begun says that the one document there may be has begun.
	begun bool
}

func parseYAML(text []byte) (*node, error) {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	p := &yamlParser{reader: reader{text: text, line: 1, code: "malformed_yaml"}}
	if i := bytes.IndexByte(text, '\r'); i >= 0 {
		p.offset = i
		return nil, p.wrong("a carriage return stands alone here.")
	}
	if err := p.begin(); err != nil {
		return nil, err
	}
	root, err := p.block(0)
	if err != nil {
		return nil, err
	}
	more, err := p.content()
	return root, cmp.Or(err, p.unless(!more,
		"this line is indented otherwise than the lines before it."))
}

// begin moves to the first content, past the mark that begins a document.
func (p *yamlParser) begin() error {
	if _, err := p.content(); err != nil {
		return err
	}
	if p.column() == 0 && p.marker("---") {
		p.offset += 3
		if !p.blanks() {
			return p.wrong("a document begins on a line of its own.")
		}
	}
	p.begun = true
	more, err := p.content()
	return cmp.Or(err, p.unless(more, "the document is empty."))
}

func (p *yamlParser) unless(right bool, sentence string) error {
	if right {
		return nil
	}
	return p.wrong(sentence)
}

// refuse names a part of YAML that has no place in an agreement.
func (p *yamlParser) refuse(what string) error {
	return refusal(ledger.Invalid, "yaml_feature", positionOf(p.text, p.offset),
		what+" no place in an agreement; write out what is meant, in quotes if it is text.")
}

func (p *yamlParser) column() int { return p.offset - p.lineStart }

// blanks passes over blanks and a comment and reports whether the line ends.
func (p *yamlParser) blanks() (ends bool) {
	start := p.offset
	for p.next(0) == ' ' || p.next(0) == '\t' {
		p.offset++
	}
	if p.next(0) == '#' && (p.offset > start || p.column() == 0) {
		if i := bytes.IndexByte(p.text[p.offset:], '\n'); i >= 0 {
			p.offset += i
		} else {
			p.offset = len(p.text)
		}
	}
	return p.offset == len(p.text) || p.next(0) == '\n'
}

// content moves to the next content, on this line or a later one, and reports
// whether there is any.
func (p *yamlParser) content() (more bool, err error) {
	for p.blanks() {
		if p.offset == len(p.text) {
			return false, nil
		}
		p.offset++
		p.line++
		p.lineStart = p.offset
	}
	indentation := p.text[p.lineStart:p.offset]
	switch {
	case len(bytes.TrimSpace(indentation)) > 0:
		return true, nil
	case bytes.IndexByte(indentation, '\t') >= 0:
		return true, p.wrong("indent with blanks, not with tabs.")
	case p.begun && p.column() == 0 && (p.marker("---") || p.marker("...")):
		return true, p.refuse("A second document has")
	}
	return true, nil
}

func (p *yamlParser) marker(marker string) bool {
	return bytes.HasPrefix(p.text[p.offset:], []byte(marker)) && isBlank(p.next(3))
}

// isBlank takes the end of the text, which is 0, for a blank.
func isBlank(c byte) bool { return c == 0 || c == ' ' || c == '\t' || c == '\n' }

// block reads what begins here: a sequence, a mapping, or a value on one line.
func (p *yamlParser) block(depth int) (*node, error) {
	n, err := p.node(depth)
	if err != nil {
		return nil, err
	}
	switch {
	case p.atDash():
		return n, p.sequence(n, depth)
	case p.atKey():
		return n, p.mapping(n, depth)
	}
	return n, p.inline(n, depth)
}

func (p *yamlParser) atDash() bool { return p.next(0) == '-' && isBlank(p.next(1)) }

// atKey reports whether a key and a colon stand here.
func (p *yamlParser) atKey() bool {
	ahead := *p
	var key node
	if c := p.next(0); c == '[' || c == '{' || ahead.scalar(&key, false) != nil {
		return false
	}
	ahead.blanks()
	return ahead.next(0) == ':' && isBlank(ahead.next(1))
}

func (p *yamlParser) sequence(n *node, depth int) error {
	n.kind = arrayNode
	column := p.column()
	for p.atDash() {
		p.offset++
		item, err := p.below(column+1, depth)
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
		if more, err := p.nextEntry(column); err != nil || !more {
			return err
		}
	}
	return nil
}

func (p *yamlParser) mapping(n *node, depth int) error {
	n.kind = objectNode
	column := p.column()
	for {
		var key node
		line, keyed := p.line, p.atKey()
		if err := p.scalar(&key, false); err != nil {
			return err
		}
		if !keyed {
			return p.wrong(`a ":" is missing here.`)
		}
		if key.text == "<<" {
			return p.refuse("A merge key has")
		}
		p.blanks()
		p.offset++
		item, err := p.value(column, depth)
		if err != nil {
			return err
		}
		item.line = line
		n.keys, n.items = append(n.keys, key.text), append(n.items, item)
		if more, err := p.nextEntry(column); err != nil || !more {
			return err
		}
		if p.atDash() {
			return nil
		}
	}
}

// nextEntry moves to the next content and reports whether it is a further entry
// of the block at the column.
func (p *yamlParser) nextEntry(column int) (more bool, err error) {
	if !p.blanks() && !p.atStart() {
		return false, p.wrong("something follows that does not belong to the value; put it in quotes.")
	}
	more, err = p.content()
	if more && err == nil && p.column() > column {
		return false, p.wrong("this line is indented further than the entries before it; " +
			"text stands on one line.")
	}
	return more && p.column() == column, err
}

// atStart reports whether what stands here is the first on its line, as it is
// after a block that ended by indentation.
func (p *yamlParser) atStart() bool {
	return len(bytes.TrimSpace(p.text[p.lineStart:p.offset])) == 0
}

// value reads the value of a key in the block at the column. A sequence may stand
// right below the key.
func (p *yamlParser) value(column, depth int) (*node, error) {
	if !p.blanks() {
		n, err := p.node(depth + 1)
		if err != nil {
			return nil, err
		}
		return n, p.inline(n, depth+1)
	}
	ahead := *p
	more, err := ahead.content()
	if err == nil && more && ahead.column() == column && ahead.atDash() {
		*p = ahead
		return p.block(depth + 1)
	}
	return p.below(column+1, depth)
}

// below reads what is indented at least as far, on this line or the next, and
// nothing if that stands elsewhere.
func (p *yamlParser) below(column, depth int) (*node, error) {
	ahead := *p
	more, err := ahead.content()
	if err != nil {
		*p = ahead
		return nil, err
	}
	if !more || ahead.column() < column {
		p.blanks()
		return p.node(depth + 1)
	}
	*p = ahead
	return p.block(depth + 1)
}

// inline reads a value that begins and ends on one line, but for brackets.
func (p *yamlParser) inline(n *node, depth int) error {
	if c := p.next(0); c == '[' || c == '{' {
		return p.flow(n, depth)
	}
	if p.atDash() {
		return p.wrong("a list begins on a line of its own.")
	}
	if p.atKey() {
		return p.wrong("a mapping begins on a line of its own; put text with a colon in quotes.")
	}
	return p.scalar(n, false)
}

// flow reads what stands in brackets, over any number of lines.
func (p *yamlParser) flow(n *node, depth int) (err error) {
	var broken error
	next := func() byte {
		more, err := p.content()
		broken = err
		if err != nil || !more {
			return 0
		}
		return p.next(0)
	}
	switch p.next(0) {
	case '[':
		n.kind = arrayNode
		err = p.entries(']', true, next, func() error {
			item, err := p.flowValue(depth + 1)
			n.items = append(n.items, item)
			return cmp.Or(broken, err)
		})
	case '{':
		n.kind = objectNode
		err = p.entries('}', true, next, func() error {
			return cmp.Or(broken, p.flowMember(n, depth, next))
		})
	default:
		err = p.scalar(n, true)
	}
	return cmp.Or(broken, err)
}

func (p *yamlParser) flowValue(depth int) (*node, error) {
	n, err := p.node(depth)
	if err != nil {
		return nil, err
	}
	return n, p.flow(n, depth)
}

func (p *yamlParser) flowMember(n *node, depth int, next func() byte) error {
	var key node
	quoted := p.next(0) == '"' || p.next(0) == '\''
	if err := p.scalar(&key, true); err != nil {
		return err
	}
	if key.text == "<<" {
		return p.refuse("A merge key has")
	}
	if next() != ':' || !quoted && !endsPlain(p.next(1), true) {
		return p.wrong(`a ":" is missing here.`)
	}
	p.offset++
	if c := next(); c == ',' || c == '}' {
		item, err := p.node(depth + 1)
		n.keys, n.items = append(n.keys, key.text), append(n.items, item)
		return err
	}
	item, err := p.flowValue(depth + 1)
	n.keys, n.items = append(n.keys, key.text), append(n.items, item)
	return err
}

// scalar reads text on one line, plain or in quotes.
func (p *yamlParser) scalar(n *node, inFlow bool) (err error) {
	switch c := p.next(0); c {
	case '"':
		n.kind = stringNode
		n.text, err = p.quoted()
		return err
	case '\'':
		n.kind = stringNode
		n.text, err = p.apostrophes()
		return err
	case '&', '*':
		return p.refuse("Anchors and aliases have")
	case '!':
		return p.refuse("Tags have")
	case '%', '@', '`':
		return p.refuse("Directives and reserved characters have")
	case '|', '>':
		return p.refuse("Text over several lines has")
	case '?', '-', ':':
		if endsPlain(p.next(1), inFlow) {
			return p.wrong("a value is missing here.")
		}
	case ',', '[', ']', '{', '}', '#', 0:
		return p.wrong("a value is missing here.")
	}
	p.plain(n, inFlow)
	return nil
}

// endsPlain reports whether plain text ends before the byte if a colon does too.
func endsPlain(c byte, inFlow bool) bool {
	return isBlank(c) || inFlow && strings.IndexByte(",[]{}", c) >= 0
}

// plain reads text without quotes, up to a colon, a comment or the line's end.
func (p *yamlParser) plain(n *node, inFlow bool) {
	start := p.offset
	for p.offset < len(p.text) {
		c := p.next(0)
		if c == '\n' || c == ':' && endsPlain(p.next(1), inFlow) ||
			c == '#' && isBlank(p.text[p.offset-1]) || inFlow && strings.IndexByte(",[]{}", c) >= 0 {
			break
		}
		p.offset++
	}
	written := bytes.TrimRight(p.text[start:p.offset], " \t")
	p.offset = start + len(written)
	n.text, n.kind = string(written), stringNode
	switch {
	case yamlNull[n.text]:
		n.kind = nullNode
	case yamlBool[n.text]:
		n.kind, n.text = boolNode, strings.ToLower(n.text)
	case isNumber(n.text) || yamlRare[strings.TrimLeft(n.text, "+-")]:
		n.kind = numberNode
	}
}

// apostrophes reads text in single quotes, in which two stand for one.
func (p *yamlParser) apostrophes() (string, error) {
	var text []byte
	for p.offset++; p.offset < len(p.text); p.offset++ {
		c := p.text[p.offset]
		switch {
		case c == '\n':
			return "", p.wrong("text in quotes ends on the line it begins.")
		case c == '\'' && p.next(1) != '\'':
			p.offset++
			return string(text), nil
		case c == '\'':
			p.offset++
		}
		text = append(text, c)
	}
	return "", p.wrong("text in quotes has no end.")
}

// The words that YAML 1.1 or 1.2 does not take for text.
var (
	yamlNull = wordSet("~ null Null NULL")
	yamlBool = wordSet("true True TRUE false False FALSE")
	yamlRare = wordSet(".inf .Inf .INF .nan .NaN .NAN")
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}

// otherBases holds the prefixes of numbers not in base ten, and their digits.
var otherBases = [][2]string{{"0x", "0123456789abcdefABCDEF_"}, {"0o", "01234567_"}, {"0b", "01_"}}

// isNumber reports whether YAML 1.1 or 1.2 takes the text for a number: in base
// ten, with underscores or an exponent, in another base, infinite or none.
func isNumber(text string) bool {
	text = strings.TrimPrefix(text, "-")
	text = strings.TrimPrefix(text, "+")
	for _, base := range otherBases {
		if rest, found := strings.CutPrefix(text, base[0]); found {
			return rest != "" && strings.Trim(rest, base[1]) == ""
		}
	}
	if i := strings.IndexAny(text, "eE"); i > 0 {
		exponent := strings.TrimLeft(text[i+1:], "+-")
		if exponent == "" || len(text)-len(exponent) > i+2 || strings.Trim(exponent, "0123456789") != "" {
			return false
		}
		text = text[:i]
	}
	whole, fraction, _ := strings.Cut(text, ".")
	first := strings.TrimPrefix(text, ".")
	return first != "" && first[0] >= '0' && first[0] <= '9' &&
		strings.Trim(whole, "0123456789_") == "" && strings.Trim(fraction, "0123456789_") == ""
}

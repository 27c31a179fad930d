package agreement

import (
	"encoding/json"
	"strings"
)

// Document returns the document as JSON, with its keys in their order, whichever
// the format it is written in. It says nothing of whether the agreement is right.
func Document(text []byte, format Format) (json.RawMessage, error) {
	root, err := parseTree(text, format)
	if err != nil {
		return nil, err
	}
	var out strings.Builder
	root.write(&out)
	return json.RawMessage(out.String()), nil
}

func (n *node) write(out *strings.Builder) {
	switch n.kind {
	case nullNode:
		out.WriteString("null")
	case boolNode:
		out.WriteString(n.text)
	case numberNode:
		// YAML spells numbers in ways that JSON does not have.
		if json.Valid([]byte(n.text)) {
			out.WriteString(n.text)
			return
		}
		out.Write(quote(n.text))
	case stringNode:
		out.Write(quote(n.text))
	case arrayNode:
		n.writeList(out, '[', ']', func(i int) { n.items[i].write(out) })
	case objectNode:
		n.writeList(out, '{', '}', func(i int) {
			out.Write(quote(n.keys[i]))
			out.WriteByte(':')
			n.items[i].write(out)
		})
	}
}

func (n *node) writeList(out *strings.Builder, open, end byte, item func(i int)) {
	out.WriteByte(open)
	for i := range n.items {
		if i > 0 {
			out.WriteByte(',')
		}
		item(i)
	}
	out.WriteByte(end)
}

func quote(s string) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string can always be written
	}
	return text
}

package agreement

import (
	"regexp"
	"strings"
)

// pseudonyms are what erased members are called. Each counts as one character where
// length is bounded, so that a document can be read after an erasure, too.
var pseudonyms = regexp.MustCompile(`\bgone-[0-9]+(-0)*\b`)

// counted returns what counts of a text towards a bound. Nobody is called by one letter in
// prose, so a text grows no more than fourfold.
func counted[T ~string | ~[]byte](text T) string {
	return pseudonyms.ReplaceAllLiteralString(string(text), "*")
}

// Titles returns the texts of a kept document that people read: the names of the
// agreement, of its rules, kinds and examples.
func Titles(document []byte) ([]string, error) {
	m := mention{}
	_, err := m.rewrite(document)
	return m.titles, err
}

// Rename returns a kept document with the member of a handle under another one, and
// with other titles for those that are listed. What the rules do stays the same.
func Rename(document []byte, from, to string, titles map[string]string) ([]byte, error) {
	return (&mention{from: from, to: to, other: titles}).rewrite(document)
}

// mention goes through a document and knows where it names members, and where it
// says something to people.
type mention struct {
	from, to string
	// examples is what the member is called in examples, where nobody else may be
	// called so.
	examples string
	other    map[string]string
	titles   []string
}

func (m *mention) rewrite(document []byte) ([]byte, error) {
	root, err := parseTree(document, JSON)
	if err != nil {
		return nil, err
	}
	m.examples = m.to
	for m.to != "" && strings.Contains(string(document), `"`+m.examples+`"`) {
		m.examples += "-0" // somebody invented is called so already
	}
	m.title(root.member("name"))
	m.rules(root.member("rules"))
	root.member("kinds").each(func(kind *node) {
		m.title(kind.member("name"))
		m.title(kind.member("theme"))
	})
	root.member("examples").each(m.example)
	var out strings.Builder
	root.write(&out)
	return []byte(out.String()), nil
}

func (m *mention) rules(list *node) {
	list.each(func(rule *node) {
		m.title(rule.member("name"))
		give := rule.member("give")
		give.member("members").member("by").member("shares").rename(m.from, m.to)
		m.rules(give.member("rules"))
	})
}

func (m *mention) example(example *node) {
	m.title(example.member("name"))
	example.member("members").each(func(member *node) {
		member.change(m.from, m.examples)
		member.member("handle").change(m.from, m.examples)
	})
	example.member("contributions").each(func(given *node) {
		given.member("member").change(m.from, m.examples)
	})
	expect := example.member("expect")
	for _, amounts := range []*node{
		example.member("rounding"), expect.member("payable"), expect.member("capital"),
	} {
		amounts.rename(m.from, m.examples)
	}
	for _, byName := range []*node{
		example.member("claims"), example.member("received"), example.member("takes"),
		expect.member("claims"),
	} {
		byName.each(func(amounts *node) { amounts.rename(m.from, m.examples) })
	}
}

// title notes a text for people and puts the other one in its place, if there is one.
func (m *mention) title(n *node) {
	if n == nil || n.kind != stringNode {
		return
	}
	m.titles = append(m.titles, n.text)
	if other, found := m.other[n.text]; found {
		n.text = other
	}
}

// member returns what an object has under a key; nil, which has nothing, if that is
// not there.
func (n *node) member(key string) *node {
	if n == nil || n.kind != objectNode {
		return nil
	}
	for i := range n.keys {
		if n.keys[i] == key {
			return n.items[i]
		}
	}
	return nil
}

// each calls do for what is in a list or an object.
func (n *node) each(do func(item *node)) {
	if n == nil {
		return
	}
	for _, item := range n.items {
		do(item)
	}
}

// rename changes a key of an object.
func (n *node) rename(from, to string) {
	if n == nil || n.kind != objectNode {
		return
	}
	for i := range n.keys {
		if n.keys[i] == from {
			n.keys[i] = to
		}
	}
}

// change changes a string.
func (n *node) change(from, to string) {
	if n != nil && n.kind == stringNode && n.text == from {
		n.text = to
	}
}

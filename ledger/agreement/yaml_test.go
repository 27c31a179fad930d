package agreement

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"phyle/ledger"
)

// toJSON writes a node as JSON.
func toJSON(n *node) []byte {
	var text strings.Builder
	n.write(&text)
	return []byte(text.String())
}

// shape writes a tree as one line: names bare, text in quotes, other scalars as
// kind:text.
func shape(n *node) string {
	parts := []string{}
	switch n.kind {
	case objectNode:
		for i, key := range n.keys {
			parts = append(parts, key+"="+shape(n.items[i]))
		}
		return "{" + strings.Join(parts, " ") + "}"
	case arrayNode:
		for _, item := range n.items {
			parts = append(parts, shape(item))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case stringNode:
		return fmt.Sprintf("%q", n.text)
	case nullNode:
		return "null"
	case boolNode:
		return "bool:" + n.text
	}
	return "number:" + n.text
}

func TestParseYAML(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"mapping", "a: b\nc: d\n", `{a="b" c="d"}`},
		{"no newline at the end", "a: b", `{a="b"}`},
		{"windows", "a: b\r\nc:\r\n  - d\r\n", `{a="b" c=["d"]}`},
		{"document mark", "# hi\n---\na: b\n", `{a="b"}`},
		{"nested", "a:\n  b:\n    c: d\n  e: f\ng: h", `{a={b={c="d"} e="f"} g="h"}`},
		{"sequence below", "a:\n  - b\n  - c\n", `{a=["b" "c"]}`},
		{"sequence right below", "a:\n- b\n- c\nd: e", `{a=["b" "c"] d="e"}`},
		{"mappings in a sequence", "- a: b\n  c: d\n- e: f", `[{a="b" c="d"} {e="f"}]`},
		{"dash alone", "-\n  a: b\n- c", `[{a="b"} "c"]`},
		{"sequence in a sequence", "- - a\n  - b\n- - c", `[["a" "b"] ["c"]]`},
		{"comments", "a: b # c\n# d\n\n  # e\nf: g#h", `{a="b" f="g#h"}`},
		{"flow", "a: {b: c, d: [e, f], g: {}}", `{a={b="c" d=["e" "f"] g={}}}`},
		{"flow over lines", "a: [\n  b, # c\n  d,\n]\ne: f", `{a=["b" "d"] e="f"}`},
		{"flow is json", `{"a":"b","c":[1,true,null],"d":{}}`, `{a="b" c=[number:1 bool:true null] d={}}`},
		{"flow without values", "{a: , b: }", `{a=null b=null}`},
		{"colon in text", "a: b:c\nd: http://e", `{a="b:c" d="http://e"}`},
		{"quotes", `a: "b: \"c\" \u00e9"` + "\nd: 'it''s'", `{a="b: \"c\" é" d="it's"}`},
		{"quoted keys", `"a b": c` + "\n'd': e", `{a b="c" d="e"}`},
		{"nothing", "a:\nb: ~\nc: null\nd:", `{a=null b=null c=null d=null}`},
		{"numbers", "a: 1\nb: -1.5\nc: 1e3\nd: 0x1F\ne: .5\nf: 1_000\ng: .inf\nh: 007",
			"{a=number:1 b=number:-1.5 c=number:1e3 d=number:0x1F e=number:.5 f=number:1_000 " +
				"g=number:.inf h=number:007}"},
		{"not numbers", "a: 2026-10-31\nb: 10 %\nc: 1.2.3\nd: -\ne: '1'", ""},
		{"text", "a: 2026-10-31\nb: 10 %\nc: 1.2.3\nd: '1'\ne: -x\nf: yes\ng: ü",
			`{a="2026-10-31" b="10 %" c="1.2.3" d="1" e="-x" f="yes" g="ü"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			root, err := parseTree([]byte(c.text), YAML)
			if c.want == "" {
				if err == nil {
					t.Errorf("it was read: %s", shape(root))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, shape(root)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDocumentsRefused(t *testing.T) {
	for _, c := range []struct {
		name, text string
		format     Format
		code, at   string
	}{
		{"anchor", "a: &b c", YAML, "yaml_feature", "Line 1, column 4"},
		{"alias", "a: *b", YAML, "yaml_feature", "Line 1, column 4"},
		{"tag", "a: !!str 1", YAML, "yaml_feature", "Line 1, column 4"},
		{"tag in flow", "a: [!b c]", YAML, "yaml_feature", "Line 1, column 5"},
		{"merge key", "a:\n  <<: {b: c}", YAML, "yaml_feature", "Line 2, column 5"},
		{"merge key in flow", "a: {<<: b}", YAML, "yaml_feature", "Line 1, column 7"},
		{"two documents", "a: b\n---\nc: d", YAML, "yaml_feature", "Line 2, column 1"},
		{"document end", "a: b\n...\n", YAML, "yaml_feature", "Line 2, column 1"},
		{"text beside a mark", "--- a: b", YAML, "malformed_yaml", "Line 1, column 5"},
		{"two marks", "---\n---\n", YAML, "yaml_feature", "Line 2, column 1"},
		{"document end at the start", "...", YAML, "yaml_feature", "Line 1, column 1"},
		{"directive", "%YAML 1.2\n---\na: b", YAML, "yaml_feature", "Line 1, column 1"},
		{"block text", "a: |\n  b", YAML, "yaml_feature", "Line 1, column 4"},
		{"complex key", "? a\n: b", YAML, "malformed_yaml", "Line 1, column 1"},
		{"tab", "a:\n\tb: c", YAML, "malformed_yaml", "Line 2, column 2"},
		{"less indented", "  a: b\nc: d", YAML, "malformed_yaml", "Line 2, column 1"},
		{"more indented", "a: b\n  c: d", YAML, "malformed_yaml", "Line 2, column 3"},
		{"between", "a:\n    b: c\n  d: e", YAML, "malformed_yaml", "Line 3, column 3"},
		{"second line", "a: b\n  c", YAML, "malformed_yaml", "Line 2, column 3"},
		{"no colon", "a: b\nc\n", YAML, "malformed_yaml", "Line 2, column 2"},
		{"two values", `a: "b" c`, YAML, "malformed_yaml", "Line 1, column 8"},
		{"colon in a value", "a: b: c", YAML, "malformed_yaml", "Line 1, column 4"},
		{"list beside a key", "a: - b", YAML, "malformed_yaml", "Line 1, column 4"},
		{"unclosed", "a: [b", YAML, "malformed_yaml", "Line 1, column 6"},
		{"unclosed quote", "a: \"b\nc: d", YAML, "malformed_yaml", "Line 1, column 6"},
		{"two commas", "a: [b,,c]", YAML, "malformed_yaml", "Line 1, column 7"},
		{"wrong bracket", "a: [b}", YAML, "malformed_yaml", "Line 1, column 6"},
		{"carriage return", "a: b\rc: d", YAML, "malformed_yaml", "Line 1, column 5"},
		{"empty", " # nothing\n", YAML, "malformed_yaml", "Line 2, column 1"},
		{"json: empty", "", JSON, "malformed_json", "Line 1, column 1"},
		{"json: comma at the end", `{"a": "b",}`, JSON, "malformed_json", "Line 1, column 11"},
		{"json: comma at the end of a list", `{"a": ["b", ]}`, JSON, "malformed_json", "Line 1, column 13"},
		{"json: no quotes", `{a: "b"}`, JSON, "malformed_json", "Line 1, column 2"},
		{"json: more", "{}\n{}", JSON, "malformed_json", "Line 2, column 1"},
		{"json: comment", "{} // a", JSON, "malformed_json", "Line 1, column 4"},
		{"json: single quotes", `{'a': 1}`, JSON, "malformed_json", "Line 1, column 2"},
		{"json: number", `{"a": 01}`, JSON, "malformed_json", "Line 1, column 9"},
		{"json: number without end", `{"a": 1.}`, JSON, "malformed_json", "Line 1, column 9"},
		{"json: NaN", `{"a": NaN}`, JSON, "malformed_json", "Line 1, column 7"},
		{"json: unclosed", `{"a": "b`, JSON, "malformed_json", "Line 1, column 9"},
		{"json: line break in text", "{\"a\": \"b\n\"}", JSON, "malformed_json", "Line 1, column 9"},
		{"json: escape", `{"a": "\x"}`, JSON, "malformed_json", "Line 1, column 8"},
		{"json: half a character", `{"a": "\ud800"}`, JSON, "malformed_json", "Line 1, column 14"},
		{"nul", "a: \x00", YAML, "invalid_text", "Line 1, column 4"},
		{"invalid utf-8", "{\"a\": \"é\xff\"}", JSON, "invalid_text", "Line 1, column 9"},
		{"bidi in a comment", "a: b # \u202e", YAML, "invalid_text", "Line 1, column 8"},
		{"byte order mark inside", "a: \ufeff", YAML, "invalid_text", "Line 1, column 4"},
		{"c1", "a: \u0085", YAML, "invalid_text", "Line 1, column 4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.text), c.format)
			var refused *ledger.Error
			if !errors.As(err, &refused) || refused.Code != c.code {
				t.Fatalf("got %v, want %s", err, c.code)
			}
			if !strings.HasPrefix(refused.Message, c.at+":") {
				t.Errorf("got %q, want %s", refused.Message, c.at)
			}
		})
	}
}

func TestIsNumber(t *testing.T) {
	for _, text := range []string{"0", "-1", "+1", "1.5", "1.", ".5", "1e3", "1E-3", "1.5e+3", "007", "1_000",
		"0x1F", "0o17", "0b11", "-0x1", "1_0.0_1"} {
		if !isNumber(text) {
			t.Errorf("%q is no number", text)
		}
	}
	for _, text := range []string{"", "-", ".", "e", "1e", "1e+-3", "1e3e", "1.2.3", "_1", "1a", "0x", "0xg", "0b2",
		"2026-10-31", "1 000", "--1", "1-", "e3", "._1", "12:30"} {
		if isNumber(text) {
			t.Errorf("%q is a number", text)
		}
	}
}

// Documents are as deep and have as many values as is said, and no more.
func TestDocumentBounds(t *testing.T) {
	for _, c := range []struct {
		text    string
		refused bool
	}{
		{strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1), false},
		{strings.Repeat("[", maxDepth+2) + strings.Repeat("]", maxDepth+2), true},
		{"[" + strings.Repeat("0,", maxNodes-2) + "0]", false},
		{"[" + strings.Repeat("0,", maxNodes-1) + "0]", true},
		{"[" + strings.Repeat(" ", maxBytes-2) + "]", false},
		{"[" + strings.Repeat(" ", maxBytes-1) + "]", true},
	} {
		for _, format := range []Format{JSON, YAML} {
			_, err := parseTree([]byte(c.text), format)
			var refused *ledger.Error
			if errors.As(err, &refused) != c.refused || c.refused && refused.Code != "too_large" {
				t.Errorf("%.40s in %s: %v", c.text, format, err)
			}
		}
	}
	if _, err := parseTree([]byte(deep(maxDepth)), YAML); err != nil {
		t.Error(err)
	}
	if _, err := parseTree([]byte(deep(maxDepth+1)), YAML); err == nil {
		t.Error("a block one too deep was read")
	}
}

// A byte order mark may stand at the beginning.
func TestByteOrderMark(t *testing.T) {
	for _, text := range []string{"\ufeffa: b", "\ufeff{\"a\": \"b\"}"} {
		root, err := parseTree([]byte(text), Detect)
		if err != nil || shape(root) != `{a="b"}` {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Hidden characters do not come in by an escape either.
func TestEscapedTextRefused(t *testing.T) {
	for _, escaped := range []string{`\u0000`, `\u202e`, `\u2066`, `\u001b`, `\n`, `\u0085`, `\u2028`} {
		for _, format := range []Format{JSON, YAML} {
			text := `{"name": "a` + escaped + `", "currency": "EUR", "leftover": "carry", ` +
				`"rules": [{"id": "a", "take": "rest", "give": {"fund": "b"}}]}`
			_, err := Parse([]byte(text), format)
			if diff := cmp.Diff([]string{"/name invalid_text"}, wrongAt(err)); diff != "" {
				t.Errorf("%s: %s", escaped, diff)
			}
		}
	}
}

// otherwise matches what the other parser reads otherwise than YAML 1.2 has it: it
// loses tabs, splits "a:b" in brackets, and puts what follows an empty entry into it.
var otherwise = regexp.MustCompile(`\t|[^"' ]:[^ \n]|- *(#.*)?\n`)

// agreesWith compares what we read with what a parser for all of YAML reads.
func agreesWith(text string) error {
	root, err := parseTree([]byte(text), YAML)
	if err != nil || otherwise.MatchString(text) {
		return nil
	}
	var other any
	if err := yaml.UnmarshalWithOptions([]byte(text), &other, yaml.UseOrderedMap()); err != nil {
		return nil
	}
	return sameValue(root, other)
}

// sameValue compares a node with a value; scalars that are not text by kind only,
// because of their spelling.
func sameValue(n *node, other any) error {
	same := false
	switch other := other.(type) {
	case yaml.MapSlice:
		same = n.kind == objectNode && len(other) == len(n.items)
		for i := 0; same && i < len(other); i++ {
			// Keys that look like numbers are respelled there.
			if fmt.Sprint(other[i].Key) != n.keys[i] && !isNumber(n.keys[i]) {
				return fmt.Errorf("key %q is %q", n.keys[i], other[i].Key)
			}
			if err := sameValue(n.items[i], other[i].Value); err != nil {
				return err
			}
		}
	case []any:
		same = n.kind == arrayNode && len(other) == len(n.items)
		for i := 0; same && i < len(other); i++ {
			if err := sameValue(n.items[i], other[i]); err != nil {
				return err
			}
		}
	case string:
		same = n.kind == stringNode && n.text == other || n.kind == numberNode
	case bool:
		same = n.kind == boolNode
	case nil:
		same = n.kind == nullNode
	default:
		same = n.kind == numberNode
	}
	if !same {
		return fmt.Errorf("%s is %#v", shape(n), other)
	}
	return nil
}

func TestYAMLMeansTheSameElsewhere(t *testing.T) {
	if err := agreesWith(string(riverside(t))); err != nil {
		t.Error(err)
	}
	parts := []string{"a", "b: ", "- ", "\n", "\n  ", "\n    ", " ", "[", "]", "{", "}", ", ", "\"c\"",
		"'d'", " # e", ": ", "1", "true", "x y", "é"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 1, 12).Draw(t, "parts"), "")
		if err := agreesWith(text); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

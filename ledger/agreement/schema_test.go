package agreement

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"phyle/ledger"
)

// compiledSchema returns a validator that goes by the schema alone.
func compiledSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("agreement.schema.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("agreement.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// unseen says which refusals no schema can see: those that compare one place with
// another, or count over several. Where a code has another side that is seen, the
// function tells them apart.
var unseen = map[string]func(pointer, text string) bool{
	"duplicate_field":    always,
	"duplicate_id":       always,
	"never_receives":     always,
	"too_deep":           always,
	"too_many_rules":     always,
	"most_below_least":   always,
	"most_below_floor":   always,
	"left_before_joined": always,
	// A member can be listed by handle and once more with a stage.
	"duplicate": func(pointer, _ string) bool { return strings.HasPrefix(pointer, "/examples/") },
	// Of one percentage it is seen, of the sum in a list it is not.
	"percent_over_100": func(_, text string) bool {
		percent, err := decimal.NewFromString(text)
		return err == nil && percent.LessThanOrEqual(hundred)
	},
	// How many decimals an amount may have depends on the currency; more than four have none.
	"too_many_decimals": func(_, text string) bool {
		_, decimals, _ := strings.Cut(text, ".")
		return len(strings.TrimRight(decimals, "0")) <= 4
	},
}

func always(string, string) bool { return true }

// plain returns the node as package encoding/json would read it.
func (n *node) plain() any {
	switch n.kind {
	case boolNode:
		return n.text == "true"
	case numberNode:
		return json.Number("1")
	case stringNode:
		return n.text
	case arrayNode:
		list := []any{}
		for _, item := range n.items {
			list = append(list, item.plain())
		}
		return list
	case objectNode:
		object := map[string]any{}
		for i, key := range slices.Backward(n.keys) { // of two alike Parse reads the first
			object[key] = n.items[i].plain()
		}
		return object
	}
	return nil
}

// verdict compares what Parse and the schema say of a document. It returns whether both
// take it, and what is wrong where they do not agree.
func verdict(compiled *jsonschema.Schema, root *node) (taken bool, wrong error) {
	_, fields := bind(root)
	refused := compiled.Validate(root.plain())
	if len(fields) == 0 {
		if refused != nil {
			return true, fmt.Errorf("only the schema refuses: %w", refused)
		}
		return true, nil
	}
	seen := slices.DeleteFunc(slices.Clone(fields), func(field ledger.FieldError) bool {
		isUnseen, listed := unseen[field.Code]
		if !listed {
			return false
		}
		pointer := strings.Split(field.Pointer, "/")[1:]
		return isUnseen(field.Pointer, root.at(pointer).text)
	})
	if refused == nil && len(seen) > 0 {
		return false, fmt.Errorf("only Parse refuses: %v", wrongAt(seen.Err()))
	}
	return false, nil
}

// agreesOn holds Parse and the schema to the same verdict on a text.
func agreesOn(t *testing.T, compiled *jsonschema.Schema, text string) (taken bool) {
	t.Helper()
	root, err := parseTree([]byte(text), Detect)
	if err != nil {
		return false
	}
	taken, err = verdict(compiled, root)
	if err != nil {
		t.Errorf("%v\n%s", err, text)
	}
	return taken
}

// The schema refuses and takes what Parse does, in every text that the tests have.
func TestSchemaAgreesOnTexts(t *testing.T) {
	compiled := compiledSchema(t)
	for _, refusal := range refusals {
		if agreesOn(t, compiled, refusal.text) {
			t.Errorf("%s is taken", refusal.name)
		}
	}
	for _, text := range hostile() {
		agreesOn(t, compiled, text)
	}
	for _, example := range exampleRefusals {
		agreesOn(t, compiled, withExample(example.example))
	}
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !agreesOn(t, compiled, string(text)) {
			t.Errorf("%s is not taken", file)
		}
	}
}

// The schema agrees on random agreements, and on them and the files of the tests after
// something in them was changed.
func TestSchemaAgreesOnMutations(t *testing.T) {
	compiled := compiledSchema(t)
	files := map[string]*node{}
	names, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if files[name], err = parseTree(text, YAML); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		m := &mutator{maker{T: t}}
		root := m.agreement()
		if file := m.of("file", append(names, "drawn", "drawn")...); files[file] != nil {
			root = files[file]
		}
		if taken, err := verdict(compiled, root); !taken || err != nil {
			t.Fatalf("taken: %v, %v\n%s", taken, err, toJSON(root))
		}
		for range 50 {
			changed := m.mutate(root)
			if _, err := verdict(compiled, changed); err != nil {
				t.Fatalf("%v\n%s", err, toJSON(changed))
			}
		}
	})
}

// The schema agrees when any mapping of any form loses a key, or gets one more.
func TestSchemaAgreesOnEveryKey(t *testing.T) {
	compiled := compiledSchema(t)
	file, err := os.ReadFile("testdata/sentences.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all, err := parseTree(file, YAML)
	if err != nil {
		t.Fatal(err)
	}
	example, err := parseTree([]byte(withExample(`through: 2026-10-31, funds: {reserve: "1"}, `+
		`contributions: [{member: ana, kind: work, quantity: "1"}], expect: {left: "1"}`)), YAML)
	if err != nil {
		t.Fatal(err)
	}
	documents := []*node{example}
	rules := slices.Index(all.keys, "rules")
	for _, rule := range all.items[rules].items {
		alone := all.clone()
		alone.items[rules].items = []*node{rule.clone()}
		documents = append(documents, alone)
	}
	held := func(root *node) {
		if _, err := verdict(compiled, root); err != nil {
			t.Fatalf("%v\n%s", err, toJSON(root))
		}
	}
	for _, root := range documents {
		held(root)
		root.visit(func(n *node) {
			if n.kind != objectNode {
				return
			}
			names, items := n.keys, n.items
			for i := range names {
				n.keys = slices.Delete(slices.Clone(names), i, i+1)
				n.items = slices.Delete(slices.Clone(items), i, i+1)
				held(root)
			}
			for _, key := range keys {
				if slices.Contains(names, key) {
					continue
				}
				for _, item := range []*node{text("1"), mapping()} {
					n.keys, n.items = append(slices.Clip(names), key), append(slices.Clip(items), item)
					held(root)
				}
			}
			n.keys, n.items = names, items
		})
	}
}

// What is listed as unseen is: Parse refuses these for that alone, the schema takes them.
func TestSchemaDoesNotSee(t *testing.T) {
	compiled := compiledSchema(t)
	fund := func(id, take string) string {
		return "{id: " + id + ", take: " + take + ", " + toFund + "}"
	}
	group := fund("inner", "rest")
	for i := range maxGroups + 1 {
		group = fmt.Sprintf("{id: g%d, take: rest, give: {rules: [%s]}}", i, group)
	}
	var halves [2][]string
	for i := range maxRules + 2 {
		halves[i%2] = append(halves[i%2], fund(fmt.Sprintf("r%d", i), `{amount: "1.00"}`))
	}
	half := func(i int) string {
		return fmt.Sprintf("{id: g%d, take: {amount: \"1.00\"}, give: {rules: [%s]}}",
			i, strings.Join(halves[i], ", "))
	}
	texts := map[string]string{
		"duplicate_field":    withRules("{id: a, id: b, take: rest, " + toFund + "}"),
		"duplicate_id":       withRules(fund("a", `{amount: "1.00"}`), fund("a", "rest")),
		"never_receives":     withRules(fund("a", "rest"), fund("b", "rest")),
		"too_deep":           withRules(group),
		"too_many_rules":     withRules(half(0), half(1)),
		"most_below_least":   withRules(toMembers(`by: equal, limits: {least: "6.00", most: "5.00"}`)),
		"most_below_floor":   withRules(toMembers(`by: equal, limits: {floor: "6.00", most: "5.00"}`)),
		"left_before_joined": withMembers(`[{handle: ana, joined: 2026-02-01, left: 2026-01-01}]`),
		"duplicate":          withMembers(`[ana, {handle: ana}]`),
		"percent_over_100": withRules(fund("a", `{percent: "60", of: whole}`),
			fund("b", `{percent: "40.1", of: whole}`)),
		"too_many_decimals": withRules(fund("a", `{amount: "1.001"}`)),
	}
	for code := range unseen {
		root, err := parseTree([]byte(texts[code]), YAML)
		if err != nil {
			t.Fatal(code, err)
		}
		_, fields := bind(root)
		codes := []string{}
		for _, field := range fields {
			codes = append(codes, field.Code)
		}
		if diff := cmp.Diff([]string{code}, slices.Compact(codes)); diff != "" {
			t.Errorf("%s: %s", code, diff)
		}
		if err := compiled.Validate(root.plain()); err != nil {
			t.Errorf("the schema sees %s: %v", code, err)
		}
	}
}

// withMembers returns an agreement with one example of these members.
func withMembers(members string) string {
	return strings.Replace(withExample("then: false"), "[ana]", members, 1)
}

// Every text that one place may hold or may not, at the edges.
func TestSchemaAgreesOnValues(t *testing.T) {
	compiled := compiledSchema(t)
	places := map[string]string{
		"percent of left": ruleThat(`take: {percent: %s, of: left}, ` + toFund),
		"amount":          ruleThat(`take: {amount: %s}, ` + toFund),
		"factor":          withRules(toMembers(`by: {contributions: {factors: {work: %s}}}`)),
		"decay":           byWork(`, decay: {factor: %s, per: day}`),
		"last":            byWork(`, count: {last: %s}`),
		"since":           byWork(`, since: %s`),
		"least":           withRules(toMembers(`by: equal, limits: {least: %s}`)),
		"most":            withRules(toMembers(`by: equal, limits: {most: %s}`)),
		"keep":            withRules(toMembers(`by: equal, keep: {percent: %s}`)),
		"quantity":        withExample(`contributions: [{member: ana, kind: work, quantity: %s}]`),
		"balance":         withExample(`rounding: {ana: %s}`),
		"name":            "name: %s\ncurrency: EUR\nleftover: carry\n" + ruled,
		"currency":        "name: a\ncurrency: %s\nleftover: carry\n" + ruled,
		"id":              withRules("{id: %s, take: rest, " + toFund + "}"),
	}
	values := slices.Concat(words, numbers, []string{
		"", " ", "\u00a0\u3000", "a\u0085b", "a\u200eb", "é", strings.Repeat("é", 200),
		strings.Repeat("é", 201), strings.Repeat("a", 32), strings.Repeat("a", 33), "leftover", "A",
		"a_b", "1000 days", "1001 days", "1 years", "0 days", "01 days", "1 day ", "1  day", "s", "1 s",
		"2024-02-29", "2000-02-29", "1900-02-29", "2100-02-29", "1900-01-01", "1899-12-31", "9998-12-31",
		"9999-01-01", "2026-04-31", "2026-00-10", "2026-13-01", "2026-1-1", "02026-01-01", "-0.25",
		"-0.0", "0.000", "999999.999999999999", "1000000", "-1000000", "-999999", "0.1234567890123",
		"1000000000000000.000000000000", "XXX", "EURO",
	})
	taken := 0
	for place, text := range places {
		for _, value := range values {
			if agreesOn(t, compiled, strings.Replace(text, "%s", string(quote(value)), 1)) {
				taken++
			}
		}
		if t.Failed() {
			t.Fatal(place)
		}
	}
	if taken < 100 {
		t.Errorf("only %d are taken", taken)
	}
}

// The schema knows the same currencies, stages and roles.
func TestSchemaWords(t *testing.T) {
	var document struct {
		Defs map[string]struct {
			Enum []string `json:"enum"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &document); err != nil {
		t.Fatal(err)
	}
	var currencies []string
	for i := range 26 * 26 * 26 {
		code := string([]byte{'A' + byte(i/676), 'A' + byte(i/26%26), 'A' + byte(i%26)})
		if _, known := ledger.Currency(code).Digits(); known {
			currencies = append(currencies, code)
		}
	}
	for name, want := range map[string][]string{
		"currency": currencies, "stage": wordsOf(ledger.Stages), "role": wordsOf(ledger.Roles),
	} {
		if diff := cmp.Diff(want, document.Defs[name].Enum); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Every part of the schema says what it is.
func TestSchemaExplainsItself(t *testing.T) {
	var document map[string]any
	if err := json.Unmarshal(Schema(), &document); err != nil {
		t.Fatal(err)
	}
	var check func(at string, part any)
	check = func(at string, part any) {
		object, isObject := part.(map[string]any)
		if !isObject {
			return
		}
		said := object["title"] != nil && object["description"] != nil
		if object["$ref"] == nil && !said {
			t.Errorf("%s has no title or no description", at)
		}
		if object["type"] == "object" && object["additionalProperties"] == nil {
			t.Errorf("%s takes anything", at)
		}
		for _, key := range []string{"properties", "$defs"} {
			below, _ := object[key].(map[string]any)
			for name, part := range below {
				check(at+"/"+key+"/"+name, part)
			}
		}
		forms, _ := object["oneOf"].([]any)
		for i, form := range forms {
			check(fmt.Sprintf("%s/oneOf/%d", at, i), form)
		}
	}
	check("", document)
}

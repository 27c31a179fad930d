package agreement

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Each case puts one text of the agreement of domain.md for another.
func TestDifferences(t *testing.T) {
	const lately = `count: {last: "1 month"}, decay: {factor: "0.5", per: week}`
	for _, c := range []struct {
		name, was, is string
		want          []string
	}{
		{"nothing", "", "", nil},
		{"a percentage", `percent: "10"`, `percent: "12"`, []string{
			"changed reserve: Reserve: takes 12 % instead of 10 % of the group's amount."}},
		{"a target", `until: "10000.00"`, `until: "12000.00"`, []string{
			"changed reserve: Reserve: stops when the fund holds 12,000.00 € instead of 10,000.00 €."}},
		{"no target", `, until: "10000.00"`, ``, []string{
			"changed reserve: Reserve: no longer stops when the fund holds 10,000.00 €."}},
		{"a factor", `care: "1.2"`, `care: "1.5"`, []string{
			"changed work: “By work and care”: counts care 1.5 times instead of 1.2 times."}},
		{"another kind", `care: "1.2"`, `materials: "1.2"`, []string{
			"changed work: “By work and care”: now counts materials 1.2 times; no longer counts care 1.2 " +
				"times."}},
		{"whom it is for", "count: new}}", "count: new}}\n        among: {roles: [steward]}", []string{
			"changed work: “By work and care”: is for newcomers and members who are stewards " +
				"instead of newcomers and members."}},
		{"what counts", `count: new`, lately, []string{
			"changed work: “By work and care”: counts contributions of the last 1 month instead of " +
				"contributions that are new since this rule last gave money; now fades: each whole week " +
				"since a contribution leaves 50 % of it."}},
		{"what a rule does", `give: {fund: care}`, `give: {claims: {kinds: [materials]}}`, []string{
			"changed care-fund: Care fund: now says “5 % of the group's amount pays what members, past " +
				"ones too, are owed for materials; if there is too little, each is paid the same proportion " +
				"of all that they are owed” instead of “5 % of the group's amount goes to Care”."}},
		{"names", `name: Reserve`, `name: Nest egg`, []string{
			"changed reserve: Nest egg: is called “Nest egg” instead of “Reserve”."}},
		{"the agreement's name", "version 3", "version 4", []string{
			"changed /name: The agreement is called “Riverside, version 4” instead of “Riverside, version " +
				"3”."}},
		{"leftover", "leftover: {fund: reserve}", "leftover: carry", []string{
			"changed /leftover: What no rule gives goes to the next income instead of Reserve."}},
		{"rounding", "rounding: remembered", "rounding: largest_remainder", []string{
			"changed /rounding: What rounding down leaves goes to those who are furthest below their " +
				"exact part this time instead of to those who are furthest below their exact parts of this " +
				"and all earlier times."}},
		{"an id", "id: care-fund", "id: caring", []string{
			"added caring: Care fund: new, after Reserve in the group Set aside: 5 % of the group's " +
				"amount goes to Care.",
			"removed care-fund: Care fund: gone; it said: 5 % of the group's amount goes to Care."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := string(riverside(t))
			if !strings.Contains(text, c.was) {
				t.Fatalf("there is no %s", c.was)
			}
			before, after := must(t, text), must(t, strings.Replace(text, c.was, c.is, 1))
			if diff := cmp.Diff(c.want, written(Differences(before, after, Names{}))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// written writes changes as "form place: text".
func written(changes []Amendment) (lines []string) {
	for _, change := range changes {
		place := change.Rule
		if place == "" {
			place = change.Pointer
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s", change.Form, place, change.Text))
	}
	return lines
}

func TestDifferencesOfOrder(t *testing.T) {
	rule := func(id, percent string) string {
		return fmt.Sprintf(`{id: %s, take: {percent: "%s", of: whole}, give: {fund: %[1]s}}`, id, percent)
	}
	one, two, three, four := rule("one", "1"), rule("two", "2"), rule("three", "3"), rule("four", "4")
	group := func(rules ...string) string {
		return "{id: group, take: rest, give: {rules: [" + strings.Join(rules, ", ") + "]}}"
	}
	for _, c := range []struct {
		name       string
		before, is []string
		want       []string
	}{
		{"the last comes first", []string{one, two, three, four}, []string{four, one, two, three},
			[]string{"moved four: four: now comes first; it came after three."}},
		{"the first comes last", []string{one, two, three}, []string{two, three, one},
			[]string{"moved one: one: now comes after three; it came first."}},
		{"the other way round", []string{one, two, three}, []string{three, two, one}, []string{
			"moved two: two: now comes after three; it came after one.",
			"moved one: one: now comes after two; it came first."}},
		{"into a group", []string{one, two, group(three)}, []string{two, group(three, one)}, []string{
			"moved one: one: now comes after three in the group group; it came first outside the groups.",
			"changed one: one: takes 1 % of the group's amount instead of 1 % of the whole."}},
		{"inside a group", []string{group(one, two)}, []string{group(two, one)}, []string{
			"moved one: one: now comes after two in the group group; it came first in the group group."}},
		{"gone, and one new", []string{one, two, three}, []string{two, four, three}, []string{
			"added four: four: new, after two: 4 % of the whole goes to Four.",
			"removed one: one: gone; it said: 1 % of the whole goes to One."}},
		{"a group goes", []string{group(one, two), three}, []string{two, three}, []string{
			"moved two: two: now comes first outside the groups; it came after one in the group group.",
			"changed two: two: takes 2 % of the whole instead of 2 % of the group's amount.",
			"removed group: group: gone; it said: all that is left is divided as follows; what is not " +
				"given goes back.",
			"removed one: one: gone; it said: 1 % of the group's amount goes to One."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, after := must(t, withRules(c.before...)), must(t, withRules(c.is...))
			if diff := cmp.Diff(c.want, written(Differences(before, after, Names{}))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// There are differences exactly where the agreements are not the same, and each rule
// that is not is named.
func TestDifferencesAreComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := mutated(t)
		if rapid.Bool().Draw(t, "unlike") {
			_, b, _ = drawn(t)
		}
		differ := sameMeaning(a, b)
		changes := Differences(a, b, Names{})
		if (differ == "") != (len(changes) == 0) {
			t.Fatalf("the agreements differ in\n%s\nbut the changes are\n%s", differ, written(changes))
		}
		for id, rule := range ruleByID(b) {
			was, found := ruleByID(a)[id]
			want := cmp.Diff(was, rule, likeRules) != ""
			noted := slices.ContainsFunc(changes, func(c Amendment) bool {
				return c.Rule == id && (found && c.Form == Reworded || !found && c.Form == AddedRule)
			})
			if want && !noted {
				t.Fatalf("no word of %s in\n%s", id, written(changes))
			}
		}
		for id := range ruleByID(a) {
			_, found := ruleByID(b)[id]
			noted := slices.ContainsFunc(changes, func(c Amendment) bool {
				return c.Rule == id && c.Form == RemovedRule
			})
			if found == noted {
				t.Fatalf("%s is gone: %v, noted: %v", id, !found, noted)
			}
		}
	})
}

// ruleByID returns what each rule says itself, without the rules in it.
func ruleByID(a Agreement) map[string]Rule {
	rules := map[string]Rule{}
	var add func(list []Rule)
	add = func(list []Rule) {
		for _, rule := range list {
			add(rule.Give.Rules)
			rule.Give.Rules = nil
			rules[rule.ID] = rule
		}
	}
	add(a.meaning().Rules)
	return rules
}

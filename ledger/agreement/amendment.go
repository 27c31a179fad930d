package agreement

import (
	"fmt"
	"slices"
	"strings"
)

// AmendmentForm says what became of a rule from one version to another.
type AmendmentForm string

// A rule is new, gone, in another place, or says something else. What an agreement
// says of itself only changes.
const (
	AddedRule   AmendmentForm = "added"
	RemovedRule AmendmentForm = "removed"
	MovedRule   AmendmentForm = "moved"
	Reworded    AmendmentForm = "changed"
)

// Amendment is one difference between two versions of an agreement, in a sentence. Rule
// is the rule's id, empty for what the agreement says of itself; Pointer is its place
// in the later version, or in the earlier one if it is gone.
type Amendment struct {
	Form    AmendmentForm `json:"form"`
	Rule    string        `json:"rule,omitempty"`
	Pointer string        `json:"pointer"`
	Text    string        `json:"text"`
}

// Differences returns how one version of an agreement differs from the one before.
// Rules are the same if they have the same id. There are none if and only if both
// divide alike and call everything by the same name.
func Differences(before, after Agreement, names Names) []Amendment {
	c := comparison{names: names, before: before.standings(), after: after.standings()}
	c.own("/name", "The agreement is called", quoted(before.Name), quoted(after.Name))
	c.own("/currency", "The agreement divides income in",
		string(before.Currency), string(after.Currency))
	stayed := c.stayed()
	for _, rule := range c.after.list {
		was, found := c.before.byID[rule.ID]
		if !found {
			c.added(rule)
			continue
		}
		if !stayed[rule.ID] {
			c.moved(*was, rule)
		}
		c.changed(*was, rule)
	}
	for _, rule := range c.before.list {
		if c.after.byID[rule.ID] == nil {
			c.removed(rule)
		}
	}
	c.own("/leftover", "What no rule gives goes to",
		before.Leftover.to(names), after.Leftover.to(names))
	c.own("/rounding", "What rounding down leaves goes",
		roundingPhrases[before.Rounding], roundingPhrases[after.Rounding])
	return c.changes
}

// to says where the rest goes, in a word.
func (l Leftover) to(names Names) string {
	if l.Fund == "" {
		return "the next income"
	}
	return names.fund(l.Fund)
}

// quoted returns a name in quotes, as one word.
func quoted(name string) string { return "“" + strings.ReplaceAll(name, " ", tie) + "”" }

// standing is a rule among the others of its list. Group is the id of the group that
// it is in, Previous that of the rule before it; both are empty where there is none.
type standing struct {
	Rule
	pointer, group, previous string
	depth                    int
}

// standings are all rules of a version, in the order in which they run.
type standings struct {
	list []standing
	byID map[string]*standing
	// titles holds what each rule is called, by id.
	titles map[string]string
}

func (a Agreement) standings() standings {
	s := standings{byID: map[string]*standing{}, titles: map[string]string{}}
	s.add(a.Rules, "", "/rules", 0)
	called := map[string]string{}
	for i, rule := range s.list {
		s.byID[rule.ID], called[rule.ID] = &s.list[i], rule.Name
	}
	for id := range called {
		s.titles[id] = show(called, id, id)
	}
	return s
}

func (s *standings) add(rules []Rule, group, pointer string, depth int) {
	previous := ""
	for i, rule := range rules {
		at := fmt.Sprintf("%s/%d", pointer, i)
		s.list = append(s.list, standing{
			Rule: rule, pointer: at, group: group, previous: previous, depth: depth,
		})
		s.add(rule.Give.Rules, rule.ID, at+"/give/rules", depth+1)
		previous = rule.ID
	}
}

// place says where a rule stands; nested says that the lists of the agreement have to
// be told apart.
func (s standings) place(rule standing, nested bool) string {
	place := "first"
	if rule.previous != "" {
		place = "after " + s.titles[rule.previous]
	}
	switch {
	case rule.group != "":
		place += " in the group " + s.titles[rule.group]
	case nested:
		place += " outside the groups"
	}
	return place
}

// comparison collects how the rules after differ from those before.
type comparison struct {
	names         Names
	before, after standings
	changes       []Amendment
}

func (c *comparison) note(form AmendmentForm, rule standing, title, text string) {
	c.changes = append(c.changes, Amendment{
		Rule: rule.ID, Pointer: rule.pointer, Form: form, Text: said(title + ": " + text),
	})
}

// own notes a change of what the agreement says of itself.
func (c *comparison) own(pointer, verb, was, is string) {
	if was != is {
		c.changes = append(c.changes, Amendment{
			Pointer: pointer, Form: Reworded, Text: said(verb + " " + instead(is, was)),
		})
	}
}

func (c *comparison) added(rule standing) {
	c.note(AddedRule, rule, c.after.titles[rule.ID], fmt.Sprintf("new, %s: %s",
		c.after.place(rule, rule.depth > 0), rule.sentence(c.names, rule.depth)))
}

func (c *comparison) removed(rule standing) {
	c.note(RemovedRule, rule, c.before.titles[rule.ID], "gone; it said: "+
		rule.sentence(c.names, rule.depth))
}

func (c *comparison) moved(was, is standing) {
	nested := was.group != "" || is.group != ""
	c.note(MovedRule, is, c.after.titles[is.ID], fmt.Sprintf("now comes %s; it came %s",
		c.after.place(is, nested), c.before.place(was, nested)))
}

// stayed returns the ids of the rules that did not move: of the rules that are in the
// same list of both versions, as many as possible that are in the same order.
func (c *comparison) stayed() map[string]bool {
	places, lists := map[string]int{}, map[string][]string{}
	for i, was := range c.before.list {
		places[was.ID] = i
	}
	for _, is := range c.after.list {
		if was := c.before.byID[is.ID]; was != nil && was.group == is.group {
			lists[is.group] = append(lists[is.group], is.ID)
		}
	}
	stayed := map[string]bool{}
	for _, ids := range lists {
		for _, id := range longestInOrder(ids, places) {
			stayed[id] = true
		}
	}
	return stayed
}

// longestInOrder returns a longest choice of the ids whose places ascend.
func longestInOrder(ids []string, places map[string]int) []string {
	best := []string{}
	endingAt := make([][]string, len(ids))
	for i, id := range ids {
		for j := range i {
			if places[ids[j]] < places[id] && len(endingAt[j]) > len(endingAt[i]) {
				endingAt[i] = endingAt[j]
			}
		}
		endingAt[i] = append(slices.Clone(endingAt[i]), id)
		if len(endingAt[i]) > len(best) {
			best = endingAt[i]
		}
	}
	return best
}

// changed notes what a rule says otherwise than before, in one sentence.
func (c *comparison) changed(was, is standing) {
	var changes []string
	if was.Name != is.Name {
		changes = append(changes, "is called "+instead(quoted(is.Name), quoted(was.Name)))
	}
	if was.Give.Form != is.Give.Form || was.Give.Members.By != is.Give.Members.By {
		changes = append(changes, fmt.Sprintf("now says “%s” instead of “%s”",
			is.sentence(c.names, is.depth), was.sentence(c.names, was.depth)))
	} else {
		changes = append(changes, compared(was.parts(c.names, was.depth), is.parts(c.names, is.depth))...)
	}
	if len(changes) > 0 {
		c.note(Reworded, is, c.after.titles[is.ID], strings.Join(changes, "; "))
	}
}

// compared says which parts of a rule are other than they were.
func compared(was, is []part) (changes []string) {
	find := func(parts []part, key string) (part, bool) {
		i := slices.IndexFunc(parts, func(p part) bool { return p.key == key })
		if i < 0 || key == "" {
			return part{}, false
		}
		return parts[i], true
	}
	for _, now := range is {
		before, found := find(was, now.key)
		switch {
		case now.key == "" || found && before.value == now.value:
		case found:
			changes = append(changes, now.verb+" "+instead(now.value, before.value))
		default:
			changes = append(changes, "now "+now.verb+" "+now.value)
		}
	}
	for _, before := range was {
		if _, found := find(is, before.key); !found && before.key != "" {
			changes = append(changes, "no longer "+before.verb+" "+before.value)
		}
	}
	return changes
}

// instead says what is and what was; what both begin and end with is said once where
// they differ in one word.
func instead(is, was string) string {
	now, then := strings.Split(is, " "), strings.Split(was, " ")
	if len(now) == len(then) {
		differ := []int{}
		for i := range now {
			if now[i] != then[i] {
				differ = append(differ, i)
			}
		}
		if len(differ) == 1 {
			now[differ[0]] += " instead of " + then[differ[0]]
			return strings.Join(now, " ")
		}
	}
	return is + " instead of " + was
}

package independent_test

import (
	"maps"
	"slices"
)

// shrink makes a document smaller, a piece at a time, while it still shows a difference.
func shrink(d document, differs func(document) bool) document {
	for smaller := true; smaller; {
		smaller = false
		for at := 0; at < len(edits(&d)); at++ {
			next := readJSON[document](d.text())
			edits(&next)[at]()
			if differs(next) {
				d, smaller = next, true
				at--
			}
		}
	}
	return d
}

// edits are all the ways to take one piece away from a document.
func edits(d *document) []func() {
	var all []func()
	for i := range d.Examples {
		all = append(all, func() { removeExample(d, i) })
	}
	all = append(all, ruleEdits(&d.Rules)...)
	for _, m := range handlesOf(*d) {
		all = append(all, func() { removeMember(d, m) })
	}
	for i := range d.Examples {
		all = append(all, exampleEdits(&d.Examples[i])...)
	}
	if d.Leftover.Word == "" {
		all = append(all, func() { d.Leftover = leftover{Word: "carry"} })
	}
	for _, name := range slices.Sorted(maps.Keys(d.Kinds)) {
		all = append(all, func() { delete(d.Kinds, name) })
	}
	return append(all, blanks(&d.Rounding)...)
}

// blanks empties one of the texts each.
func blanks(texts ...*string) []func() {
	var all []func()
	for _, text := range texts {
		if *text != "" {
			all = append(all, func() { *text = "" })
		}
	}
	return all
}

func removeExample(d *document, at int) {
	if next := at + 1; next < len(d.Examples) && !d.Examples[at].Then {
		d.Examples[next].Then = false
	}
	d.Examples = slices.Delete(d.Examples, at, at+1)
}

func ruleEdits(rules *[]rule) []func() {
	var all []func()
	for i := range *rules {
		r := &(*rules)[i]
		if len(*rules) > 1 {
			all = append(all, func() { *rules = slices.Delete(*rules, i, i+1) })
		}
		if r.Give.Rules != nil {
			all = append(all, func() { *rules = slices.Replace(*rules, i, i+1, r.Give.Rules...) })
			all = append(all, ruleEdits(&r.Give.Rules)...)
		}
		if r.Take.Word != "rest" {
			all = append(all, func() { r.Take = take{Word: "rest"} })
		}
		all = append(all, blanks(&r.Give.Until)...)
		if r.Give.Claims != nil && len(r.Give.Claims.Kinds) > 1 {
			all = append(all, func() { r.Give.Claims.Kinds = r.Give.Claims.Kinds[1:] })
		}
		if r.Give.Members != nil {
			all = append(all, memberRuleEdits(r.Give.Members)...)
		}
	}
	return all
}

func memberRuleEdits(m *giveMembers) []func() {
	var all []func()
	if m.Among != nil {
		all = append(all, func() { m.Among = nil })
	}
	if m.Keep != nil {
		all = append(all, func() { m.Keep = nil })
	}
	if m.Limits != nil {
		all = append(all, func() { m.Limits = nil })
		all = append(all, blanks(&m.Limits.Least, &m.Limits.Floor, &m.Limits.Most)...)
	}
	if c := m.By.Contributions; c != nil {
		if c.Decay != nil {
			all = append(all, func() { c.Decay = nil })
		}
		if c.Areas != nil {
			all = append(all, func() { c.Areas = nil })
		}
		all = append(all, blanks(&c.Since)...)
	}
	return all
}

func handlesOf(d document) []string {
	var handles []string
	for _, e := range d.Examples {
		for _, m := range e.Members {
			handles = append(handles, m.Handle)
		}
	}
	slices.Sort(handles)
	return slices.Compact(handles)
}

// removeMember takes a member away with everything that names them.
func removeMember(d *document, handle string) {
	each(d.Rules, func(r rule) {
		if r.Give.Members != nil {
			delete(r.Give.Members.By.Shares, handle)
		}
	})
	for i := range d.Examples {
		e := &d.Examples[i]
		e.Members = slices.DeleteFunc(e.Members, func(m member) bool {
			return m.Handle == handle
		})
		e.Contributions = slices.DeleteFunc(e.Contributions, func(c contribution) bool {
			return c.Member == handle
		})
		for _, pairs := range []map[string]map[string]string{e.Claims, e.Received, e.Takes} {
			for _, texts := range pairs {
				delete(texts, handle)
			}
		}
		delete(e.Rounding, handle)
	}
}

func exampleEdits(e *example) []func() {
	var all []func()
	for i := range e.Contributions {
		all = append(all, func() { e.Contributions = slices.Delete(e.Contributions, i, i+1) })
	}
	for i := range e.Contributions {
		c := &e.Contributions[i]
		all = append(all, blanks(&c.Rate, &c.Area, &c.Date)...)
	}
	for i := range e.Members {
		m := &e.Members[i]
		all = append(all, blanks(&m.Stage, &m.Joined, &m.Left)...)
		if m.Roles != nil {
			all = append(all, func() { m.Roles = nil })
		}
	}
	for _, pairs := range []map[string]map[string]string{e.Claims, e.Received, e.Takes} {
		for _, name := range slices.Sorted(maps.Keys(pairs)) {
			all = append(all, func() { delete(pairs, name) })
			all = append(all, removals(pairs[name])...)
		}
	}
	all = append(all, removals(e.Funds)...)
	return append(all, removals(e.Rounding)...)
}

func removals(texts map[string]string) []func() {
	var all []func()
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		all = append(all, func() { delete(texts, name) })
	}
	return all
}

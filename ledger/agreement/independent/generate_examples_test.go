package independent_test

import (
	"fmt"
	"slices"
)

// chain is what the generator remembers from an example to those that continue it.
type chain struct {
	through day
	members []member
	listed  int            // how many of them an example has listed
	logged  []contribution // with their dates written out
}

// examples makes one to six of them: chains of continued ones, each starting afresh.
func (g *generator) examples(d document) []example {
	var list []example
	var now *chain
	for i := range 1 + g.below(6) {
		e := example{Name: fmt.Sprintf("Run %d", i+1), Then: i > 0 && g.one(5, 6)}
		if e.Then {
			g.moveOn(now)
		} else {
			now = g.newChain()
		}
		e.Through = now.through.String()
		e.Income = "0"
		if g.one(7, 8) {
			e.Income = g.money()
		}
		g.list(&e, now)
		g.contribute(&e, now)
		g.fillBooks(&e, d, now.members)
		list = append(list, e)
	}
	return list
}

// list names the members: all of them, or in an example that continues another perhaps only
// some, in any order, after which come those who are new.
func (g *generator) list(e *example, now *chain) {
	e.Members = slices.Clone(now.members)
	if e.Then && g.one(1, 4) {
		known := slices.Clone(now.members[:now.listed])
		g.chance.Shuffle(len(known), func(i, j int) { known[i], known[j] = known[j], known[i] })
		e.Members = append(known[:g.below(len(known)+1)], now.members[now.listed:]...)
	}
	now.listed = len(now.members)
}

// newChain starts on any day, with the founders and perhaps others.
func (g *generator) newChain() *chain {
	now := &chain{}
	if g.dated {
		now.through = g.someDay()
	}
	for i, handle := range g.people {
		if i >= g.party && g.one(1, 3) {
			break
		}
		now.members = append(now.members, g.member(handle, now.through))
	}
	return now
}

func (g *generator) member(handle string, through day) member {
	m := member{Handle: handle}
	if g.one(1, 3) {
		m.Stage = pick(g, stages)
	}
	if g.one(1, 3) {
		m.Roles = g.some(roles)
	}
	if g.dated && g.one(1, 6) {
		m.Joined = g.mark(through.plusDays(g.below(60) - 40))
	}
	if m.Joined == "" && g.one(1, 8) {
		g.leave(&m, through)
	}
	return m
}

// leave lets a member go, at about the time of this distribution. Their stage may say so,
// and has to where no day does.
func (g *generator) leave(m *member, through day) {
	if !g.dated || g.one(1, 4) {
		m.Stage = "left"
	}
	if !g.dated || m.Stage == "left" && g.one(1, 4) {
		return
	}
	days := g.below(25) - 20
	if g.one(1, 2) {
		days = g.below(3) - 1
	}
	m.Left = g.mark(through.plusDays(days))
}

// moveOn goes to the next distribution: later or on the same day, some members having
// changed and perhaps one having joined. Where no day mattered yet, one may from now on.
func (g *generator) moveOn(now *chain) {
	switch {
	case !now.through.undated():
		now.through = g.later(now.through)
	case g.one(1, 4):
		now.through = g.someDay()
	}
	now.members = slices.Clone(now.members)
	for i := range now.members {
		m := &now.members[i]
		if m.Left != "" || m.Stage == "left" {
			continue
		}
		switch g.below(10) {
		case 0:
			m.Stage = pick(g, stages)
		case 1:
			m.Roles = g.some(roles)
		case 2:
			if m.Joined == "" {
				g.leave(m, now.through)
			}
		}
	}
	if next := len(now.members); next < len(g.people) && g.one(1, 2) {
		now.members = append(now.members, g.member(g.people[next], now.through))
	}
}

// someDay is often the end of a month or near it, and often in February.
func (g *generator) someDay() day {
	d := day{year: 2023 + g.below(6), month: 1 + g.below(12), date: 1 + g.below(28)}
	if g.one(1, 5) {
		d.month = 2
	}
	switch g.below(4) {
	case 0:
		d.date = lastDate(d.year, d.month)
	case 1:
		d.date = min(28+g.below(4), lastDate(d.year, d.month))
	}
	return d
}

func (g *generator) later(from day) day {
	switch g.below(6) {
	case 0:
		return from
	case 1:
		return from.plusDays(1 + g.below(45))
	case 2:
		return from.plusDays(365)
	}
	next := day{year: from.year, month: from.month + 1}
	if next.month > 12 {
		next = day{year: from.year + 1, month: 1}
	}
	end := lastDate(next.year, next.month)
	next.date = min(from.date, end)
	if g.one(2, 3) {
		next.date = end
	}
	return next
}

// contribute logs up to a dozen contributions, of anybody listed.
func (g *generator) contribute(e *example, now *chain) {
	for range g.below(13) {
		c := contribution{
			Member: pick(g, now.members).Handle, Kind: pick(g, weightKinds),
			Quantity: pick(g, []string{"1", "1", "2", "0.5", "7.25", g.decimal(100, 6)}),
		}
		if g.one(1, 40) {
			c.Quantity = pick(g, []string{"0.000001", "123456789.123456"})
		}
		if g.one(1, 4) {
			c.Rate = pick(g, []string{"1.5", "0.25", g.decimal(20, 4)})
		}
		if g.one(1, 2) {
			c.Area = pick(g, areas)
		}
		if g.dated && g.one(3, 4) {
			c.Date = g.near(now.through).String()
		}
		if len(now.logged) > 0 && g.one(1, 8) {
			c = reversed(pick(g, now.logged))
		}
		e.Contributions = append(e.Contributions, c)
		if c.Date == "" {
			c.Date = e.Through
		}
		now.logged = append(now.logged, c)
	}
	if g.one(1, 10) {
		g.chance.Shuffle(len(e.Contributions), func(i, j int) {
			e.Contributions[i], e.Contributions[j] = e.Contributions[j], e.Contributions[i]
		})
	}
}

// reversed is the correction of a contribution, or of a correction.
func reversed(c contribution) contribution {
	if c.Quantity[0] == '-' {
		c.Quantity = c.Quantity[1:]
	} else {
		c.Quantity = "-" + c.Quantity
	}
	return c
}

// near is a day that may matter: about through, about a day that somebody or some rule
// names, about where a rule's window or unit of decay begins, or any in the year before.
func (g *generator) near(through day) day {
	around := g.below(3) - 1
	switch n := g.below(8); {
	case n < 2:
		return through.plusDays(g.below(9) - 4)
	case n < 4 && len(g.marks) > 0:
		return pick(g, g.marks).plusDays(around)
	case n < 6 && len(g.spans) > 0:
		s := pick(g, g.spans)
		units := s.most
		if g.one(1, 2) {
			units = g.below(s.most + 1)
		}
		return back(through, units, s.unit).plusDays(around)
	}
	return through.plusDays(-g.below(400))
}

// fillBooks says what is outstanding, what members take and, where the example does not
// continue another, how the books stood.
func (g *generator) fillBooks(e *example, d document, members []member) {
	for _, kind := range claimKinds {
		if g.one(1, 2) {
			setPair(&e.Claims, kind, g.amounts(members))
		}
	}
	each(d.Rules, func(r rule) {
		if r.Give.Members == nil {
			return
		}
		switch by := r.Give.Members.By; {
		case by.Word == "takes":
			setPair(&e.Takes, r.ID, g.amounts(members))
		case by.CatchUp != nil && !e.Then && g.one(2, 3):
			setPair(&e.Received, r.ID, g.amounts(members))
		}
	})
	if e.Then {
		return
	}
	for _, fund := range usedFunds(d) {
		if g.one(1, 2) {
			set(&e.Funds, fund, g.money())
		}
	}
	if g.one(1, 2) {
		return
	}
	for _, m := range members {
		if g.one(2, 3) {
			set(&e.Rounding, m.Handle, g.balance())
		}
	}
}

// balance is a rounding balance: often one that thirds or sevenths leave behind, so that
// its last decimal decides.
func (g *generator) balance() string {
	parts := pick(g, []int64{1, 2, 3, 7})
	balance := roundHalfEven(quo(number(1+g.chance.Int64N(2*parts)), number(parts)), 12)
	if g.one(1, 3) {
		balance = fraction(g.decimal(3, pick(g, []int{1, 3, 12})))
	}
	if g.one(1, 2) {
		balance = sub(number(0), balance)
	}
	return balance.FloatString(12)
}

func (g *generator) amounts(members []member) map[string]string {
	amounts := map[string]string{}
	for _, m := range members {
		if g.one(2, 3) {
			amounts[m.Handle] = g.money()
		}
	}
	return amounts
}

func set(to *map[string]string, name, text string) {
	if *to == nil {
		*to = map[string]string{}
	}
	(*to)[name] = text
}

func setPair(to *map[string]map[string]string, name string, texts map[string]string) {
	if *to == nil {
		*to = map[string]map[string]string{}
	}
	(*to)[name] = texts
}

// each visits all rules, those in groups after their group.
func each(rules []rule, visit func(rule)) {
	for _, r := range rules {
		visit(r)
		each(r.Give.Rules, visit)
	}
}

// usedFunds are those that the agreement names.
func usedFunds(d document) []string {
	var names []string
	each(d.Rules, func(r rule) { names = append(names, r.Give.Fund) })
	names = append(names, d.Leftover.Fund)
	slices.Sort(names)
	names = slices.Compact(names)
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

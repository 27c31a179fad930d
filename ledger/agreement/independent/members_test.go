package independent_test

import "math/big"

// giveMembers divides the amount over members: who has weight, less those whom least leaves
// out, exact shares within the limits, rounded once, and of each rounded allocation the kept
// percentage to capital and the rest to the payable. Weights all zero give nothing. A rule
// that counts new contributions and gave something has covered what there was to count.
func (run *distribution) giveMembers(id string, g giveMembers, amount *big.Rat) *big.Rat {
	parties := withWeight(run.parties(id, g, amount))
	pool := func(parties []party) *big.Rat { return dividable(g.By, parties, amount) }
	least, within := run.limitsOf(g.Limits)
	parties = leaveOut(parties, least, pool)
	if len(parties) == 0 {
		return number(0)
	}
	given := run.allocate(parties, within.shares(parties, pool(parties)))
	total := number(0)
	for i, p := range parties {
		if p.present {
			run.credit(id, g.Keep, p.handle, given[i])
			total = add(total, given[i])
		}
	}
	if countsNew(g.By) && positive(total) {
		run.books.cover(id, run.through)
	}
	return total
}

// dividable is the amount; but by takes no more than is taken, for what is not taken stays
// left.
func dividable(y by, parties []party, amount *big.Rat) *big.Rat {
	if y.Word == "takes" {
		return lesserOf(amount, weightOf(parties))
	}
	return amount
}

func (run *distribution) limitsOf(l *limits) (least *big.Rat, within between) {
	least, within.floor = number(0), number(0)
	if l == nil {
		return least, within
	}
	if l.Least != "" {
		least = minorUnits(l.Least, run.digits)
	}
	if l.Floor != "" {
		within.floor = minorUnits(l.Floor, run.digits)
	}
	if l.Most != "" {
		within.most = minorUnits(l.Most, run.digits)
	}
	return least, within
}

// credit books one rounded allocation. What the rule ever gave somebody is counted before
// anything of it is kept.
func (run *distribution) credit(id string, k *keep, handle string, amount *big.Rat) {
	kept := number(0)
	if k != nil {
		kept = percentOf(k.Percent, amount)
	}
	run.capital.add(handle, kept)
	run.payable.add(handle, sub(amount, kept))
	run.books.received.at(id).add(handle, amount)
}

// parties are those a rule divides over, in join order, each with a weight by its basis.
func (run *distribution) parties(id string, g giveMembers, amount *big.Rat) []party {
	switch {
	case g.By.Word == "equal":
		return run.weigh(g, func(member) *big.Rat { return number(1) })
	case g.By.Word == "takes":
		return run.weigh(g, func(m member) *big.Rat { return run.named(id, m) })
	case g.By.Contributions != nil:
		return run.weigh(g, func(m member) *big.Rat {
			return run.contributed(id, *g.By.Contributions, m)
		})
	case g.By.CatchUp != nil:
		return run.behind(id, g, amount)
	case g.By.Shares != nil:
		return run.sharers(g)
	}
	panic("a rule that divides by nothing known")
}

// weigh gives a weight to each member in among.
func (run *distribution) weigh(g giveMembers, weight func(member) *big.Rat) []party {
	var parties []party
	for _, m := range run.books.members {
		if run.inAmong(m, g) {
			parties = append(parties, party{handle: m.Handle, present: true, weight: weight(m)})
		}
	}
	return parties
}

// named is the amount that a member in a rule by takes names.
func (run *distribution) named(id string, m member) *big.Rat {
	if amount, ok := run.example.Takes[id][m.Handle]; ok {
		return minorUnits(amount, run.digits)
	}
	return number(0)
}

// sharers are all parties that fixed shares name, also those who are not in among: their
// part is reckoned and stays left.
func (run *distribution) sharers(g giveMembers) []party {
	var parties []party
	for _, m := range run.books.members {
		if share, ok := g.By.Shares[m.Handle]; ok {
			parties = append(parties, party{
				handle: m.Handle, present: run.inAmong(m, g), weight: fraction(share),
			})
		}
	}
	return parties
}

// behind weighs by lifetime fairness: with what the rule ever gave those in among, and the
// amount, everybody's target is that sum pro rata to their lifetime weight; the weight is
// what each is short of it.
func (run *distribution) behind(id string, g giveMembers, amount *big.Rat) []party {
	lifetime := byContributions{Factors: g.By.CatchUp.Factors, Count: &count{Word: "all"}}
	parties := run.weigh(g, func(m member) *big.Rat {
		return run.contributed(id, lifetime, m)
	})
	if !positive(weightOf(parties)) {
		return nil
	}
	received := run.books.received.at(id)
	total := amount
	for _, p := range parties {
		total = add(total, received.of(p.handle))
	}
	targets := proRata(parties, total)
	for i, p := range parties {
		parties[i].weight = noLessThanZero(sub(targets[i], received.of(p.handle)))
	}
	return parties
}

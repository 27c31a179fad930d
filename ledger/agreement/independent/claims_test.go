package independent_test

import "math/big"

// giveClaims pays what is promised of the named kinds: all of it when the amount is enough,
// else the amount is allocated over members pro rata to what they are owed over all these
// kinds. Members of any stage are paid.
func (run *distribution) giveClaims(kinds []string, amount *big.Rat) *big.Rat {
	var parties []party
	for _, m := range run.books.members {
		owed := number(0)
		for _, kind := range kinds {
			owed = add(owed, run.owed(kind, m.Handle))
		}
		parties = append(parties, party{handle: m.Handle, present: true, weight: owed})
	}
	parties = withWeight(parties)
	pool := lesserOf(amount, weightOf(parties))
	given := run.allocate(parties, proRata(parties, pool))
	for i, p := range parties {
		run.payable.add(p.handle, given[i])
		run.payClaims(kinds, p.handle, given[i])
	}
	return pool
}

// owed is what a member is promised of one kind; never less than nothing.
func (run *distribution) owed(kind, handle string) *big.Rat {
	return noLessThanZero(run.books.claims.at(kind).of(handle))
}

// payClaims pays a member's kinds in the order listed, never above what is outstanding.
func (run *distribution) payClaims(kinds []string, handle string, amount *big.Rat) {
	for _, kind := range kinds {
		paid := lesserOf(amount, run.owed(kind, handle))
		run.books.claims.at(kind).add(handle, sub(number(0), paid))
		amount = sub(amount, paid)
	}
	if amount.Sign() != 0 {
		panic("more was paid than was promised to " + handle)
	}
}

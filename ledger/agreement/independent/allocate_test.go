package independent_test

import "math/big"

// party is somebody whom an amount is divided over. Those of a rule stand in join order.
type party struct {
	handle  string
	present bool // gets what falls to them; only fixed shares name others
	weight  *big.Rat
}

func withWeight(parties []party) []party {
	var kept []party
	for _, p := range parties {
		if positive(p.weight) {
			kept = append(kept, p)
		}
	}
	return kept
}

func weightOf(parties []party) *big.Rat {
	total := number(0)
	for _, p := range parties {
		total = add(total, p.weight)
	}
	return total
}

// proRata is everybody's exact share: amount times weight over all weight.
func proRata(parties []party, amount *big.Rat) []*big.Rat {
	all := weightOf(parties)
	exact := make([]*big.Rat, len(parties))
	for i, p := range parties {
		exact[i] = quo(mul(amount, p.weight), all)
	}
	return exact
}

// allocate turns exact shares into whole minor units and remembers, for those who are
// present, by how much each was off, half-even to 12 decimals of a minor unit.
func (run *distribution) allocate(parties []party, exact []*big.Rat) []*big.Rat {
	balances := make([]*big.Rat, len(parties))
	for i, p := range parties {
		balances[i] = number(0)
		if run.document.Rounding != "largest_remainder" {
			balances[i] = run.books.rounding.of(p.handle)
		}
	}
	given := largestRemainder(exact, balances)
	for i, p := range parties {
		if p.present {
			off := roundHalfEven(sub(exact[i], given[i]), 12)
			run.books.rounding.add(p.handle, off)
		}
	}
	return given
}

// largestRemainder rounds every share down. The units left over go one each to those with
// the largest fraction plus rounding balance, of those who have a fraction at all; the
// first in join order wins a tie.
func largestRemainder(exact, balances []*big.Rat) []*big.Rat {
	given := make([]*big.Rat, len(exact))
	for i := range exact {
		given[i] = roundDown(exact[i])
	}
	spare := sub(sum(exact), sum(given))
	if !spare.IsInt() {
		panic("shares that do not sum to whole units")
	}
	served := map[int]bool{}
	for ; positive(spare); spare = sub(spare, number(1)) {
		next := -1
		var most *big.Rat
		for i := range exact {
			part := sub(exact[i], roundDown(exact[i]))
			claim := add(part, balances[i])
			if !served[i] && positive(part) && (next < 0 || smaller(most, claim)) {
				next, most = i, claim
			}
		}
		served[next] = true
		given[next] = add(given[next], number(1))
	}
	return given
}

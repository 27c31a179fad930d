package independent_test

import (
	"math/big"
	"sort"
)

// leaveOut applies least: while the smallest pro-rata share is below it, the party with that
// share is left out, of equal ones the one who joined later. The pool says what there is to
// divide among those who remain.
func leaveOut(parties []party, least *big.Rat, pool func([]party) *big.Rat) []party {
	for len(parties) > 0 {
		shares := proRata(parties, pool(parties))
		last := 0
		for i := range shares {
			if !smaller(shares[last], shares[i]) {
				last = i
			}
		}
		if !smaller(shares[last], least) {
			break
		}
		remaining := append([]party{}, parties[:last]...)
		parties = append(remaining, parties[last+1:]...)
	}
	return parties
}

// between holds shares to a floor and, unless it is nil, a most.
type between struct{ floor, most *big.Rat }

func (b between) clamp(share *big.Rat) *big.Rat {
	share = greaterOf(share, b.floor)
	if b.most != nil {
		share = lesserOf(share, b.most)
	}
	return share
}

// shares are the exact shares under floor and most. Where even everybody's most is not the
// whole amount, everybody has the most and the rest stays left; where the floors alone take
// it all, everybody has an equal part. Else they are clamp(λ × weight), for the λ with which
// they sum to the amount.
func (b between) shares(parties []party, amount *big.Rat) []*big.Rat {
	heads := number(int64(len(parties)))
	exact := make([]*big.Rat, len(parties))
	switch {
	case b.most != nil && !smaller(amount, mul(heads, b.most)):
		for i := range exact {
			exact[i] = b.most
		}
	case !smaller(mul(heads, b.floor), amount):
		for i := range exact {
			exact[i] = quo(amount, heads)
		}
	default:
		exact = b.at(b.lambda(parties, amount), parties)
		if sum(exact).Cmp(amount) != 0 {
			panic("the λ found does not divide the amount")
		}
	}
	return exact
}

func (b between) at(lambda *big.Rat, parties []party) []*big.Rat {
	exact := make([]*big.Rat, len(parties))
	for i, p := range parties {
		exact[i] = b.clamp(mul(lambda, p.weight))
	}
	return exact
}

// lambda finds where the shares sum to the amount. Their sum grows with λ and bends only
// where somebody leaves the floor or reaches the most, so that between two such points, and
// after the last, it is a straight line.
func (b between) lambda(parties []party, amount *big.Rat) *big.Rat {
	bends := []*big.Rat{number(0)}
	for _, p := range parties {
		bends = append(bends, quo(b.floor, p.weight))
		if b.most != nil {
			bends = append(bends, quo(b.most, p.weight))
		}
	}
	sort.Slice(bends, func(i, j int) bool { return smaller(bends[i], bends[j]) })
	bends = append(bends, add(bends[len(bends)-1], number(1)))
	for i := 1; i < len(bends); i++ {
		low, high := sum(b.at(bends[i-1], parties)), sum(b.at(bends[i], parties))
		beyond := i == len(bends)-1
		if beyond || !smaller(high, amount) {
			slope := quo(sub(high, low), sub(bends[i], bends[i-1]))
			return add(bends[i-1], quo(sub(amount, low), slope))
		}
	}
	panic("no λ divides the amount")
}

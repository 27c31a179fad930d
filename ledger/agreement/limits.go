package agreement

import (
	"cmp"
	"math/big"
	"slices"
	"sort"
)

// bounded is a division after its limits: whom it is divided over, and what was
// done to whom.
type bounded struct {
	basis
	// amount is what is divided, in minor units: less than there is where even the
	// most for everybody leaves some.
	amount *big.Int
	// out marks those of the basis before whose share was below the least.
	out []bool
	// bounds say which limit holds a member's share, in the order of the basis.
	bounds []Bound
}

// Bound is a limit that holds a member's exact share.
type Bound string

// A share is raised to the floor, lowered to the most, or, where there is not
// enough for everybody's floor, the same for all.
const (
	AtFloor Bound = "floor"
	AtMost  Bound = "most"
	AtEven  Bound = "even"
)

// bound applies limits to dividing so many minor units over the basis. Everything
// is whole numbers: the weights it returns are in proportion to the exact shares.
func (l Limits) bound(b basis, amount *big.Int) bounded {
	done := bounded{basis: b, amount: amount}
	if isSet(l.Least) {
		done = done.leaveOut(l.Least.MinorUnits())
	}
	done.amount = done.divisible(done.total())
	if len(done.members) == 0 || !isSet(l.Floor) && !isSet(l.Most) {
		return done
	}
	n := big.NewInt(int64(len(done.members)))
	floor := l.Floor.MinorUnits()
	if new(big.Int).Mul(n, floor).Cmp(done.amount) >= 0 {
		return done.even(AtEven)
	}
	if isSet(l.Most) {
		caps := new(big.Int).Mul(n, l.Most.MinorUnits())
		if caps.Cmp(done.amount) <= 0 {
			done.amount = caps
			return done.even(AtMost)
		}
	}
	return done.clamp(l)
}

// even gives everybody the same.
func (d bounded) even(bound Bound) bounded {
	d.weights, d.exponent = make([]big.Int, len(d.members)), 0
	d.bounds = make([]Bound, len(d.members))
	for i := range d.weights {
		d.weights[i].SetInt64(1)
		d.bounds[i] = bound
	}
	return d
}

// leaveOut leaves out whoever has the smallest share, of equals the one who joined
// last, until nobody's is below the least.
func (d bounded) leaveOut(least *big.Int) bounded {
	order := d.ascending()
	total, out := d.total(), 0
	share, bound := new(big.Int), new(big.Int)
	for out < len(order) {
		smallest := &d.weights[order[out]]
		if share.Mul(d.divisible(total), smallest).Cmp(bound.Mul(least, total)) >= 0 {
			break
		}
		total.Sub(total, smallest)
		out++
	}
	if out == 0 {
		return d
	}
	d.out = make([]bool, len(d.members))
	for _, i := range order[:out] {
		d.out[i] = true
	}
	d.basis = d.without(d.out)
	return d
}

// divisible returns how much is divided over weights of this sum: everything, but
// of what members ask for no more than they ask.
func (d bounded) divisible(total *big.Int) *big.Int {
	if d.asked && total.Cmp(d.amount) < 0 {
		return new(big.Int).Set(total)
	}
	return d.amount
}

// ascending returns the places of the members by weight; of equals the later join
// number comes first.
func (b basis) ascending() []int {
	order := make([]int, len(b.members))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(b.weights[i].Cmp(&b.weights[j]), cmp.Compare(j, i))
	})
	return order
}

func (b basis) total() *big.Int {
	total := new(big.Int)
	for i := range b.weights {
		total.Add(total, &b.weights[i])
	}
	return total
}

// reduce divides the weights by what they have in common, so that they are the same
// however many decimals those had that they were made of.
func (b basis) reduce() {
	common := new(big.Int)
	for i := range b.weights {
		common.GCD(nil, nil, common, &b.weights[i])
	}
	if common.IsInt64() && common.Int64() <= 1 {
		return
	}
	for i := range b.weights {
		b.weights[i].Quo(&b.weights[i], common)
	}
}

// without returns the basis without those who are out.
func (b basis) without(out []bool) basis {
	kept := basis{exponent: b.exponent, asked: b.asked}
	for i, member := range b.members {
		if out[i] {
			continue
		}
		kept.members = append(kept.members, member)
		kept.weights = append(kept.weights, b.weights[i])
		if b.absent != nil {
			kept.absent = append(kept.absent, b.absent[i])
		}
	}
	return kept
}

// clamp gives everybody clamp(λ·weight, floor, most) with the λ that makes these sum
// to the amount, which must lie between everybody's floor and everybody's most. λ
// is a fraction, so the weights become the shares times its denominator.
func (d bounded) clamp(l Limits) bounded {
	c := newClamping(d.basis, l, d.amount)
	low, high := c.unheld()
	if low == 0 && high == len(c.order) {
		return d
	}
	rest, between := c.between(low, high)
	d.weights, d.exponent = make([]big.Int, len(c.order)), 0
	d.bounds = make([]Bound, len(c.order))
	for place, i := range c.order {
		switch {
		case place < low:
			d.weights[i].Mul(c.floor, between)
			d.bounds[i] = AtFloor
		case place >= high:
			d.weights[i].Mul(c.most, between)
			d.bounds[i] = AtMost
		default:
			d.weights[i].Mul(rest, &c.weights[i])
		}
	}
	d.reduce()
	return d
}

// clamping is a basis in the order of its weights; sums[k] is the sum of the k
// smallest. Most is nil where there is none.
type clamping struct {
	weights             []big.Int
	order               []int
	sums                []big.Int
	amount, floor, most *big.Int
}

func newClamping(b basis, l Limits, amount *big.Int) *clamping {
	c := &clamping{
		weights: b.weights, order: b.ascending(), sums: make([]big.Int, len(b.members)+1),
		amount: amount, floor: l.Floor.MinorUnits(),
	}
	for place, i := range c.order {
		c.sums[place+1].Add(&c.sums[place], &b.weights[i])
	}
	if isSet(l.Most) {
		c.most = l.Most.MinorUnits()
	}
	return c
}

// unheld returns the places of those whom no limit holds, from low up to high. All
// below are at the floor, all above at the most: a member is at the floor if the
// sum reaches the amount when λ brings them up to it, and at the most if it does
// not exceed the amount when λ brings them there.
func (c *clamping) unheld() (low, high int) {
	n := len(c.order)
	low = sort.Search(n, func(place int) bool { return c.compareSum(c.floor, place) < 0 })
	if c.most == nil {
		return low, n
	}
	return low, sort.Search(n, func(place int) bool { return c.compareSum(c.most, place) <= 0 })
}

// compareSum compares, with the amount, the sum of all shares when λ gives the
// member at the place just so much.
func (c *clamping) compareSum(share *big.Int, place int) int {
	n, weight := len(c.order), &c.weights[c.order[place]]
	// λ = share/weight holds a member at a limit if share·w ≤ or ≥ limit·weight.
	reaches := func(limit *big.Int) int {
		at := new(big.Int).Mul(limit, weight)
		return sort.Search(n, func(i int) bool {
			return new(big.Int).Mul(share, &c.weights[c.order[i]]).Cmp(at) >= 0
		})
	}
	low, high := reaches(c.floor), n
	sum := new(big.Int)
	if c.most != nil {
		high = reaches(c.most)
		sum.Mul(c.most, big.NewInt(int64(n-high)))
	}
	sum.Add(sum, new(big.Int).Mul(c.floor, big.NewInt(int64(low))))
	sum.Mul(sum, weight)
	middle := new(big.Int).Sub(&c.sums[high], &c.sums[low])
	sum.Add(sum, middle.Mul(middle, share))
	return sum.Cmp(middle.Mul(c.amount, weight))
}

// between returns what floors and caps leave of the amount, and the weights that
// share it; where nobody does, one.
func (c *clamping) between(low, high int) (rest, weights *big.Int) {
	rest = new(big.Int).Mul(c.floor, big.NewInt(int64(low)))
	if n := len(c.order); high < n {
		rest.Add(rest, new(big.Int).Mul(c.most, big.NewInt(int64(n-high))))
	}
	rest.Sub(c.amount, rest)
	if low == high {
		return rest, big.NewInt(1)
	}
	return rest, new(big.Int).Sub(&c.sums[high], &c.sums[low])
}

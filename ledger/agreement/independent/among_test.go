package independent_test

import (
	"math/big"
	"slices"
)

// countsNew says whether a rule counts new contributions, which it does if it counts
// contributions and does not say which.
func countsNew(y by) bool {
	return y.Contributions != nil && (y.Contributions.Count == nil ||
		y.Contributions.Count.Word == "new")
}

// hasLeft says whether a member is gone by then. The day named is the last one on which they
// were a member.
func hasLeft(m member, through day) bool {
	return m.Stage == "left" || through.after(dayOf(m.Left))
}

// inAmong says whether a rule means a member: of its stages, newcomers and members unless it
// says otherwise, and with one of its roles if it names any; and nobody who joined later.
// Who has left is of no stage but left; only in a rule that counts new contributions they are
// still of the stage they had, which is member where the stage given is left itself.
func (run *distribution) inAmong(m member, g giveMembers) bool {
	meant := among{}
	if g.Among != nil {
		meant = *g.Among
	}
	if meant.Stages == nil {
		meant.Stages = []string{"newcomer", "member"}
	}
	if dayOf(m.Joined).after(run.through) {
		return false
	}
	if meant.Roles != nil && !slices.ContainsFunc(m.Roles, func(role string) bool {
		return slices.Contains(meant.Roles, role)
	}) {
		return false
	}
	had := m.Stage
	if had == "" || had == "left" {
		had = "member"
	}
	if !hasLeft(m, run.through) {
		return slices.Contains(meant.Stages, had)
	}
	return slices.Contains(meant.Stages, "left") ||
		countsNew(g.By) && slices.Contains(meant.Stages, had)
}

// contributed is the weight of what a member contributed and a rule counts: weight times
// factor of its kind times decay. Below zero it counts as zero.
func (run *distribution) contributed(id string, basis byContributions, m member) *big.Rat {
	total := number(0)
	for i, c := range run.books.contributions {
		if c.member != m.Handle || !run.counts(id, basis, m, i) {
			continue
		}
		factor, ok := basis.Factors[c.kind]
		if !ok {
			continue
		}
		weight := mul(c.weight, fraction(factor))
		if basis.Decay != nil {
			n := elapsed(c.date, run.through, basis.Decay.Per)
			weight = mul(weight, decayed(basis.Decay.Factor, n))
		}
		total = add(total, weight)
	}
	return noLessThanZero(total)
}

// counts says whether a rule counts the contribution with this acceptance number. Nothing
// performed after through counts. New is what the rule has not covered before, performed not
// before its since, and by one who has left not after their last day; a window is what was
// performed after its start.
func (run *distribution) counts(id string, basis byContributions, m member, at int) bool {
	c := run.books.contributions[at]
	if c.date.after(run.through) {
		return false
	}
	if basis.Areas != nil && !slices.Contains(basis.Areas, c.area) {
		return false
	}
	switch {
	case basis.Count == nil || basis.Count.Word == "new":
		tooOld := basis.Since != "" && dayOf(basis.Since).after(c.date)
		gone := c.date.after(dayOf(m.Left))
		return !run.books.covered[id][at] && !tooOld && !gone
	case basis.Count.Word == "all":
		return true
	}
	return c.date.after(windowStart(basis.Count.Last, run.through))
}

// decayed is the factor after n units of time: one, and then each the one before times the
// factor, half-even to 18 decimals.
func decayed(factor string, n int) *big.Rat {
	f := number(1)
	for range n {
		f = roundHalfEven(mul(f, fraction(factor)), 18)
	}
	return f
}

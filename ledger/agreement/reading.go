package agreement

import "phyle/ledger"

// Reading is what one rule that gives to members has to read.
type Reading struct {
	Rule string
	By   Basis
	// Kinds are the kinds that count, in the order of their names; a member's
	// weights stand in the same order. They are empty but by contributions.
	Kinds []string
	// Areas are the areas that count; empty means every area and none.
	Areas []string
	Count Count
	Decay Decay
	// From is the first day that counts, the zero Date if there is none; Through
	// is the last.
	From, Through ledger.Date
	Among         Among
	// Shares are the parties of a rule by shares, in the order of their handles.
	Shares []Party
}

// Readings returns what each rule that gives to members reads, in the order of
// the rules. With no day for through nothing is dated and everything counts.
func (a Agreement) Readings(through ledger.Date) []Reading {
	placed := a.placed()
	readings := make([]Reading, 0, len(placed))
	for _, rule := range placed {
		if rule.Give.Form == GiveMembers {
			readings = append(readings, rule.reading(through))
		}
	}
	return readings
}

func (r Rule) reading(through ledger.Date) Reading {
	members := r.Give.Members
	reading := Reading{
		Rule: r.ID, By: members.By, Kinds: members.kinds(), Areas: members.Areas,
		Count: members.Count, Decay: members.Decay, Through: through, Among: members.Among, Shares: members.Shares,
	}
	switch {
	case through.IsZero():
	case members.Count.Form == CountLast:
		reading.From = members.Count.back(through).AddDays(1)
	default:
		reading.From = members.Since
	}
	return reading
}

// kinds returns the kinds that count at all: those with a factor above zero.
func (m Members) kinds() []string {
	kinds := []string{}
	for _, factor := range m.Factors {
		if factor.Factor.Sign() > 0 {
			kinds = append(kinds, factor.Kind)
		}
	}
	return kinds
}

package agreement

import (
	"slices"

	"phyle/ledger"
)

// Check compares the names in the agreement with those that are known and reports
// all that are not.
func (a Agreement) Check(known Known) error {
	return a.check(known).Err()
}

func (a Agreement) check(known Known) ledger.FieldErrors {
	c := checker{known: known}
	for _, placed := range a.placed() {
		c.rule(placed)
	}
	if fund := a.Leftover.Fund; fund != "" {
		c.has(known.Funds, "fund", fund, "/leftover/fund")
	}
	return c.fields
}

type checker struct {
	fields ledger.FieldErrors
	known  Known
}

func (c *checker) rule(placed placedRule) {
	give, at := placed.Give, placed.pointer+"/give"
	if give.Form == GiveFund {
		c.has(c.known.Funds, "fund", give.Fund, at+"/fund")
	}
	for i, kind := range give.Kinds {
		c.kind(kind, ledger.BecomesClaim, at+"/claims/kinds/"+itoa(i))
	}
	by := at + "/members/by"
	for _, factor := range give.Members.Factors {
		c.kind(factor.Kind, ledger.BecomesWeight, by+"/contributions/factors/"+factor.Kind)
	}
	for i, area := range give.Members.Areas {
		c.has(c.known.Areas, "area", area, by+"/contributions/areas/"+itoa(i))
	}
	for _, party := range give.Members.Shares {
		c.has(c.known.Members, "member", party.Member, by+"/shares/"+party.Member)
	}
}

func (c *checker) has(names map[string]bool, noun, name, pointer string) {
	if !names[name] {
		c.fields.Add(pointer, "unknown_"+noun, "There is no %s %q here%s", noun, name,
			suggestion(name, namesOf(names)))
	}
}

func (c *checker) kind(name string, becomes ledger.Becomes, pointer string) {
	kind, found := c.known.Kinds[name]
	switch {
	case !found:
		c.fields.Add(pointer, "unknown_kind", "There is no kind %q here%s", name,
			suggestion(name, namesOf(c.known.Kinds)))
	case kind.Becomes != becomes && becomes == ledger.BecomesClaim:
		c.fields.Add(pointer, "not_a_claim_kind",
			"%q becomes a weight; only kinds that become claims are paid back.", name)
	case kind.Becomes != becomes:
		c.fields.Add(pointer, "not_a_weight_kind",
			"%q becomes a claim; only kinds that become weights count here.", name)
	}
}

func namesOf[T any](names map[string]T) []string {
	list := make([]string, 0, len(names))
	for name := range names {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

package agreement

import (
	"fmt"
	"slices"
	"strings"

	"phyle/ledger"
)

// part is one thing that a rule says. Said is how the rule's sentence says it, with
// what joins it to the part before. Key names what it is about, so that it can be
// compared with the same part of another version: verb and value say it alone. A
// part without a key is always said where the keyed ones beside it are.
type part struct{ said, key, verb, value string }

// sentence returns the rule as a sentence without its full stop.
func (r Rule) sentence(names Names, depth int) string {
	var text strings.Builder
	for _, part := range r.parts(names, depth) {
		text.WriteString(part.said)
	}
	return text.String()
}

// parts returns what the rule says, in the order in which its sentence says it.
func (r Rule) parts(names Names, depth int) []part {
	take := r.Take.phrase(depth)
	parts := []part{{said: take, key: "take", verb: "takes", value: take}}
	switch give := r.Give; give.Form {
	case GiveFund:
		return append(parts, give.fundParts(names)...)
	case GiveClaims:
		return append(parts, give.claimParts(names))
	case GiveMembers:
		return append(parts, give.Members.parts(names)...)
	}
	return append(parts, part{said: " is divided as follows; what is not given goes back"})
}

func (t Take) phrase(depth int) string {
	switch {
	case t.Form == TakeRest:
		return "all that is left"
	case t.Form == TakeAmount:
		return amount(t.Amount)
	case t.Form == TakePercentOfLeft:
		return percent(t.Percent) + " of what is left"
	case depth > 0:
		return percent(t.Percent) + " of the group's amount"
	}
	return percent(t.Percent) + " of the whole"
}

func (g Give) fundParts(names Names) []part {
	fund := names.fund(g.Fund)
	parts := []part{{said: " goes to " + fund, key: "fund", verb: "goes to", value: fund}}
	if g.hasTarget() {
		until := amount(g.Until)
		parts = append(parts, part{
			said: " until it holds " + until, key: "until", verb: "stops when the fund holds", value: until,
		})
	}
	return parts
}

func (g Give) claimParts(names Names) part {
	kinds := enumerated(shownAll(g.Kinds, names.kind))
	order := ""
	if len(g.Kinds) > 1 {
		order = ", in the order of these kinds"
	}
	return part{
		said: " pays what members, past ones too, are owed for " + kinds +
			"; if there is too little, each is paid the same proportion of all that they are owed" + order,
		key: "claims", verb: "pays what is owed for", value: kinds,
	}
}

// parts returns what a rule says that divides over members.
func (m Members) parts(names Names) []part {
	var parts []part
	switch m.By {
	case ByEqual:
		parts = []part{m.Among.part(" is divided equally among ", "")}
	case ByContributions:
		parts = m.contributionParts(names)
	case ByShares:
		parts = m.shareParts(names)
	case ByCatchUp:
		parts = append(parts, m.Among.part(" is divided among ", " in proportion to how far each is "+
			"behind their fair part of all that this rule ever gave them and gives now; fair is in "+
			"proportion to all their contributions so far"))
		parts = append(parts, m.factorParts(names)...)
	case ByTakes:
		parts = []part{m.Among.part(" goes to ", " as each of them asks; if they ask for more than "+
			"there is, all get the same proportion of it, and what nobody asks for stays left")}
	}
	return append(append(parts, m.Limits.parts()...), m.keepParts()...)
}

func (m Members) contributionParts(names Names) []part {
	stay := ""
	if m.Count.Form == CountNew {
		stay = " (whoever has left counts as on their last day)"
	}
	parts := []part{m.Among.part(" is divided among ", stay)}
	count := m.Count.phrase()
	parts = append(parts, part{
		said: " in proportion to their " + count, key: "count", verb: "counts", value: count,
	})
	if !m.Since.IsZero() {
		since := m.Since.String()
		parts = append(parts, part{
			said: ", none from before " + since, key: "since", verb: "leaves out what is from before",
			value: since,
		})
	}
	if len(m.Areas) > 0 {
		areas := enumerated(shownAll(slices.Sorted(slices.Values(m.Areas)), names.area))
		noun := "area "
		if len(m.Areas) > 1 {
			noun = "areas "
		}
		parts = append(parts, part{
			said: ", only those in the " + noun + areas, key: "areas", verb: "counts only the " + noun[:4],
			value: areas,
		})
	}
	parts = append(parts, m.factorParts(names)...)
	return append(parts, m.Decay.parts()...)
}

func (c Count) phrase() string {
	switch c.Form {
	case CountNew:
		return "contributions that are new since this rule last gave money"
	case CountAll:
		return "contributions from the beginning on"
	}
	unit := c.Unit
	if c.Number == 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return fmt.Sprintf("contributions of the last %d%s%s", c.Number, tie, unit)
}

func (m Members) factorParts(names Names) []part {
	parts := make([]part, 0, len(m.Factors)+1)
	join, counts := ": ", " counts "
	for _, factor := range m.Factors {
		kind, times := names.kind(factor.Kind), factor.Factor.String()+tie+"times"
		if times == "1"+tie+"times" {
			times = "once"
		}
		parts = append(parts, part{
			said: join + kind + counts + times,
			key:  "factor " + factor.Kind, verb: "counts " + kind, value: times,
		})
		join, counts = ", ", " "
	}
	return append(parts, part{said: ", anything else not at all"})
}

func (d Decay) parts() []part {
	if d.Per == "" {
		return nil
	}
	left := percent(d.Factor.Shift(2))
	fades := fmt.Sprintf("each whole %s since a contribution leaves %s of it", d.Per, left)
	return []part{{said: "; " + fades, key: "decay", verb: "fades:", value: fades}}
}

func (m Members) shareParts(names Names) []part {
	parts := make([]part, 0, len(m.Shares)+1)
	join := " is divided into fixed parts: "
	for _, party := range m.Shares {
		member, share := names.member(party.Member), party.Share.String()+tie+"parts"
		if share == "1"+tie+"parts" {
			share = "1" + tie + "part"
		}
		parts = append(parts, part{
			said: join + share + " to " + member, key: "share " + party.Member, verb: "gives " + member,
			value: share,
		})
		join = ", "
	}
	return append(parts, m.Among.part("; only ", " get theirs, any other part stays left"))
}

// plurals are what members of a stage or role are called.
var plurals = map[string]string{
	string(ledger.Guest): "guests", string(ledger.Newcomer): "newcomers",
	string(ledger.FullPart): "members", string(ledger.Left): "former members",
	string(ledger.Steward): "stewards", string(ledger.Treasurer): "treasurers",
	string(ledger.Auditor): "auditors", string(ledger.Approver): "approvers",
}

// part says who takes part, between what the sentence says before and after.
func (a Among) part(before, after string) part {
	var stages, roles []string
	for _, stage := range ledger.Stages {
		if slices.Contains(a.Stages, stage) {
			stages = append(stages, plurals[string(stage)])
		}
	}
	for _, role := range ledger.Roles {
		if slices.Contains(a.Roles, role) {
			roles = append(roles, plurals[string(role)])
		}
	}
	who := enumerated(stages)
	if len(roles) > 0 {
		who += " who are " + strings.Join(roles, " or ")
	}
	return part{said: before + who + after, key: "among", verb: "is for", value: who}
}

func (l Limits) parts() []part {
	var parts []part
	if isSet(l.Least) {
		least := amount(l.Least)
		parts = append(parts, part{
			said: "; whoever would get less than " + least + " gets nothing, and the others more",
			key:  "least", verb: "leaves out whoever would get less than", value: least,
		})
	}
	if isSet(l.Floor) {
		floor := amount(l.Floor)
		parts = append(parts, part{
			said: "; whoever gets something gets at least " + floor + ", or all get the same if there is " +
				"too little for that",
			key: "floor", verb: "gives everybody at least", value: floor,
		})
	}
	if isSet(l.Most) {
		most := amount(l.Most)
		parts = append(parts, part{
			said: "; nobody gets more than " + most + ", and what nobody may get stays left",
			key:  "most", verb: "gives nobody more than", value: most,
		})
	}
	return parts
}

func (m Members) keepParts() []part {
	if m.Keep.IsZero() {
		return nil
	}
	kept := percent(m.Keep) + " of what each gets"
	return []part{{
		said: "; " + kept + " stays in the commons as their capital",
		key:  "keep", verb: "keeps as capital", value: kept,
	}}
}

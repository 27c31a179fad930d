package agreement

import (
	"slices"
	"strconv"
	"strings"

	"phyle/ledger"
)

func (v value) members() (members Members) {
	members.Among.Stages = []ledger.Stage{ledger.Newcomer, ledger.FullPart}
	o, ok := v.object("by", "among", "limits", "keep")
	if !ok {
		return members
	}
	if by, ok := o.needs("by"); ok {
		by.by(&members)
	}
	if among, ok := o.has("among"); ok {
		among.among(&members.Among)
	}
	if limits, ok := o.has("limits"); ok {
		members.Limits = limits.limits(members.By)
	}
	if keep, ok := o.has("keep"); ok {
		if kept, ok := keep.object("percent"); ok {
			if percent, ok := kept.needs("percent"); ok {
				members.Keep = percent.percent(value.quantity)
			}
		}
	}
	return members
}

func (v value) by(members *Members) {
	if v.kind == stringNode {
		members.By = Basis(v.oneOf("unknown_by", string(ByEqual), string(ByTakes)))
		return
	}
	o, ok := v.object("contributions", "shares", "catch_up")
	if !ok {
		return
	}
	form, member := o.exactlyOne("contributions", "shares", "catch_up")
	switch Basis(form) {
	case ByContributions:
		member.contributions(members)
	case ByShares:
		member.shares(members)
	case ByCatchUp:
		members.By, members.Count = ByCatchUp, Count{Form: CountAll}
		if catchUp, ok := member.object("factors"); ok {
			if factors, ok := catchUp.needs("factors"); ok {
				members.Factors = factors.factors()
			}
		}
	}
}

func (v value) contributions(members *Members) {
	members.By, members.Count = ByContributions, Count{Form: CountNew}
	o, ok := v.object("factors", "count", "areas", "since", "decay")
	if !ok {
		return
	}
	if factors, ok := o.needs("factors"); ok {
		members.Factors = factors.factors()
	}
	if count, ok := o.has("count"); ok {
		members.Count = count.count()
	}
	if areas, ok := o.has("areas"); ok {
		members.Areas = areas.names()
	}
	if since, ok := o.has("since"); ok {
		members.Since = since.date()
		if members.Count.Form != CountNew {
			since.wrong("not_allowed_here", `"since" goes with "count: new" only.`)
		}
	}
	if decay, ok := o.has("decay"); ok {
		members.Decay = decay.decay()
	}
}

func (v value) factors() []Factor {
	factors := []Factor{}
	v.named(func(kind string, member value) {
		factors = append(factors, Factor{Kind: kind, Factor: member.quantity()})
	})
	if v.kind == objectNode && len(v.keys) == 0 {
		v.wrong("required", "Give a factor for at least one kind.")
	}
	slices.SortFunc(factors, func(a, b Factor) int { return strings.Compare(a.Kind, b.Kind) })
	return factors
}

func (v value) shares(members *Members) {
	members.By = ByShares
	v.named(func(member string, share value) {
		members.Shares = append(members.Shares, Party{Member: member, Share: share.quantity()})
	})
	if v.kind == objectNode && len(v.keys) == 0 {
		v.wrong("required", "Give a share to at least one member.")
	}
	slices.SortFunc(members.Shares, func(a, b Party) int {
		return strings.Compare(a.Member, b.Member)
	})
}

func (v value) count() Count {
	if v.kind == stringNode {
		return Count{Form: CountForm(v.oneOf("unknown_count", string(CountNew), string(CountAll)))}
	}
	o, ok := v.object("last")
	if !ok {
		return Count{}
	}
	last, ok := o.needs("last")
	if !ok {
		return Count{}
	}
	text, ok := last.textOf()
	if !ok {
		return Count{}
	}
	number, unit, _ := strings.Cut(text, " ")
	if !strings.HasSuffix(unit, "s") {
		unit += "s"
	}
	n, err := strconv.Atoi(number)
	known := slices.Contains([]string{"days", "weeks", "months", "years"}, unit)
	if err != nil || !known || n < 1 || n > 1000 || number != strconv.Itoa(n) {
		last.wrong("invalid_count", `Write a stretch of time such as "3 months": 1 to 1000 of `+
			`days, weeks, months or years.`)
	}
	return Count{Form: CountLast, Number: n, Unit: unit}
}

func (v value) decay() (decay Decay) {
	o, ok := v.object("factor", "per")
	if !ok {
		return decay
	}
	if factor, ok := o.needs("factor"); ok {
		decay.Factor = factor.positive()
		if decay.Factor.GreaterThan(hundred.Shift(-2)) {
			factor.wrong("factor_over_1", "A decay factor is 1 at the most.")
		}
	}
	if per, ok := o.needs("per"); ok {
		decay.Per = per.oneOf("unknown_per", "day", "week", "month")
	}
	return decay
}

// limits reads bounds on what a member gets of a rule that divides by the basis.
func (v value) limits(by Basis) (limits Limits) {
	o, ok := v.object("least", "floor", "most")
	if !ok {
		return limits
	}
	for key, limit := range map[string]*ledger.Money{
		"least": &limits.Least, "floor": &limits.Floor, "most": &limits.Most,
	} {
		bound, found := o.has(key)
		switch {
		case !found:
		case by == ByTakes && key != "least":
			bound.wrong("not_allowed_here", `Members name their own amounts here; only "least" bounds them.`)
		case key == "most":
			*limit = bound.positiveAmount()
		default:
			*limit, _ = bound.amount()
		}
	}
	most := limits.Most.Amount
	if isSet(limits.Most) && limits.Least.Amount.GreaterThan(most) {
		o.members["most"].wrong("most_below_least", `"most" is below "least".`)
	}
	if isSet(limits.Most) && limits.Floor.Amount.GreaterThan(most) {
		o.members["most"].wrong("most_below_floor", `"most" is below "floor".`)
	}
	return limits
}

func (v value) among(among *Among) {
	o, ok := v.object("stages", "roles")
	if !ok {
		return
	}
	if stages, ok := o.has("stages"); ok {
		among.Stages = nil
		for _, stage := range stages.words("unknown_stage", wordsOf(ledger.Stages)) {
			among.Stages = append(among.Stages, ledger.Stage(stage))
		}
	}
	if roles, ok := o.has("roles"); ok {
		among.Roles = roles.roles()
	}
}

func (v value) roles() (roles []ledger.Role) {
	for _, role := range v.words("unknown_role", wordsOf(ledger.Roles)) {
		roles = append(roles, ledger.Role(role))
	}
	return roles
}

// words returns a list of different words out of those known.
func (v value) words(code string, known []string) []string {
	words := []string{}
	for _, item := range v.list() {
		word := item.oneOf(code, known...)
		if word != "" && slices.Contains(words, word) {
			item.wrong("duplicate", "%q is listed twice.", word)
		}
		words = append(words, word)
	}
	return words
}

func wordsOf[T ~string](values []T) []string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	return words
}

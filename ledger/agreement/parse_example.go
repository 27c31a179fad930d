package agreement

import (
	"slices"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

func (v value) examples() []Example {
	examples := []Example{}
	for i, item := range v.list() {
		if i == maxExamples {
			item.wrong("too_many_examples", "A file has at most %d examples.", maxExamples)
			break
		}
		examples = append(examples, item.example(i == 0))
	}
	return examples
}

func (v value) example(first bool) (e Example) {
	o, ok := v.object("name", "then", "income", "through", "members", "contributions", "claims",
		"funds", "received", "takes", "rounding", "expect")
	if !ok {
		return e
	}
	if name, ok := o.needs("name"); ok {
		e.Name = name.title()
	}
	if then, ok := o.has("then"); ok {
		e.Then = then.flag()
		if e.Then && first {
			then.wrong("nothing_before", "The first example has none before it to continue from.")
		}
	}
	if income, ok := o.needs("income"); ok {
		e.Income, _ = income.amount()
	}
	if through, ok := o.has("through"); ok {
		e.Through = through.date()
	}
	if members, ok := o.has("members"); ok {
		e.Members = members.exampleMembers()
	} else if !e.Then {
		o.needs("members")
	}
	if contributions, ok := o.has("contributions"); ok {
		e.Contributions = contributions.exampleContributions()
	}
	o.exampleBooks(&e)
	if expect, ok := o.has("expect"); ok {
		e.Expect = expect.expectation()
	}
	return e
}

// exampleBooks reads what the books hold before an example.
func (o object) exampleBooks(e *Example) {
	for _, key := range []string{"funds", "received", "rounding"} {
		if member, found := o.has(key); found && e.Then {
			member.wrong("not_with_then", "An example that continues takes %q from the one before.", key)
		}
	}
	if claims, ok := o.has("claims"); ok {
		e.Claims = claims.amountsByName()
	}
	if funds, ok := o.has("funds"); ok {
		e.Funds = funds.amounts()
	}
	if received, ok := o.has("received"); ok {
		e.Received = received.amountsByName()
	}
	if takes, ok := o.has("takes"); ok {
		e.Takes = takes.amountsByName()
	}
	if rounding, ok := o.has("rounding"); ok {
		e.Rounding = map[string]ledger.RoundingBalance{}
		rounding.named(func(member string, balance value) {
			e.Rounding[member], _ = parsed(balance, ledger.ParseRoundingBalance)
		})
	}
}

func (v value) flag() bool {
	if v.kind != boolNode {
		v.wrong("wrong_type", "Write true or false here, not %s.", v.kind)
	}
	return v.kind == boolNode && v.text == "true"
}

func (v value) exampleMembers() []ExampleMember {
	members, seen := []ExampleMember{}, map[string]bool{}
	for _, item := range v.list() {
		member := item.exampleMember()
		if member.Handle != "" && seen[member.Handle] {
			item.wrong("duplicate", "%q is listed twice.", member.Handle)
		}
		seen[member.Handle] = true
		members = append(members, member)
	}
	return members
}

func (v value) exampleMember() ExampleMember {
	member := ExampleMember{Stage: ledger.FullPart}
	if v.kind != objectNode {
		member.Handle, _ = v.handle()
		return member
	}
	o, _ := v.object("handle", "stage", "roles", "joined", "left")
	if handle, ok := o.needs("handle"); ok {
		member.Handle, _ = handle.handle()
	}
	if stage, ok := o.has("stage"); ok {
		member.Stage = ledger.Stage(stage.oneOf("unknown_stage", wordsOf(ledger.Stages)...))
	}
	if roles, ok := o.has("roles"); ok && (roles.kind != arrayNode || len(roles.items) > 0) {
		member.Roles = roles.roles()
	}
	if joined, ok := o.has("joined"); ok {
		member.Joined = joined.date()
	}
	if left, ok := o.has("left"); ok {
		member.Left = left.date()
		if !member.Left.IsZero() && member.Left.Before(member.Joined) {
			left.wrong("left_before_joined", "The last day is before the first.")
		}
	}
	return member
}

func (v value) exampleContributions() []ExampleContribution {
	contributions := []ExampleContribution{}
	if v.kind == arrayNode && len(v.items) == 0 {
		return contributions
	}
	for _, item := range v.list() {
		contributions = append(contributions, item.exampleContribution())
	}
	return contributions
}

func (v value) exampleContribution() ExampleContribution {
	c := ExampleContribution{Rate: decimal.New(1, 0)}
	o, ok := v.object("member", "kind", "quantity", "rate", "date", "area")
	if !ok {
		return c
	}
	if member, ok := o.needs("member"); ok {
		c.Member, _ = member.handle()
	}
	if kind, ok := o.needs("kind"); ok {
		c.Kind, _ = kind.handle()
	}
	if quantity, ok := o.needs("quantity"); ok {
		c.Quantity, _ = parsed(quantity, parseExampleQuantity)
	}
	if rate, ok := o.has("rate"); ok {
		c.Rate = rate.quantity()
	}
	if date, ok := o.has("date"); ok {
		c.Date = date.date()
	}
	if area, ok := o.has("area"); ok {
		c.Area, _ = area.handle()
	}
	return c
}

// parseExampleQuantity reads a quantity that may be below zero, as those of
// reversing contributions are, but not zero.
func parseExampleQuantity(s string) (decimal.Decimal, error) {
	d, err := ledger.ParseDecimal(s)
	if err != nil {
		return d, err
	}
	if _, err := ledger.ParseQuantity(d.Abs().String()); err != nil {
		return d, err
	}
	if d.IsZero() {
		return d, ledger.Errorf(ledger.Invalid, "not_positive", "Write a quantity other than zero.")
	}
	return d, nil
}

func (v value) amounts() map[string]ledger.Money {
	amounts := map[string]ledger.Money{}
	v.named(func(name string, member value) {
		amounts[name], _ = member.amount()
	})
	return amounts
}

// amountsByName reads amounts of members by the name of a kind or a rule.
func (v value) amountsByName() map[string]map[string]ledger.Money {
	names := map[string]map[string]ledger.Money{}
	v.named(func(name string, member value) { names[name] = member.amounts() })
	return names
}

func (v value) expectation() *Expectation {
	expect := &Expectation{}
	o, _ := v.object("payable", "capital", "funds", "claims", "left")
	for key, amounts := range map[string]*map[string]ledger.Money{
		"payable": &expect.Payable, "capital": &expect.Capital, "funds": &expect.Funds,
	} {
		if member, found := o.has(key); found {
			*amounts = member.amounts()
		}
	}
	if claims, ok := o.has("claims"); ok {
		expect.Claims = claims.amountsByName()
	}
	if left, ok := o.has("left"); ok {
		amount, _ := left.amount()
		expect.Left = &amount
	}
	return expect
}

// checkExamples compares the names in the examples with each other and with the
// kinds, and their days with each other.
func (a Agreement) checkExamples() ledger.FieldErrors {
	c := exampleChecker{
		checker: checker{known: Known{Kinds: a.Kinds}}, rules: map[string]bool{},
		agreement: a, parties: a.Declared().Members, kinds: map[string]bool{},
	}
	for _, placed := range a.placed() {
		c.rules[placed.ID] = true
	}
	for kind := range a.Kinds {
		c.kinds[kind] = true
	}
	for i, example := range a.Examples {
		c.example(example, "/examples/"+itoa(i))
	}
	return c.fields
}

// exampleChecker knows the members and the day of the example before.
type exampleChecker struct {
	checker
	agreement Agreement
	rules     map[string]bool
	kinds     map[string]bool
	parties   map[string]bool
	through   ledger.Date
}

func (c *exampleChecker) example(e Example, at string) {
	if !e.Then {
		c.known.Members, c.through = map[string]bool{}, ledger.Date{}
	}
	for _, member := range e.Members {
		c.known.Members[member.Handle] = true
	}
	for handle := range c.parties {
		c.has(c.known.Members, "member", handle, at+"/members")
	}
	for i, contribution := range e.Contributions {
		place := at + "/contributions/" + itoa(i)
		c.has(c.known.Members, "member", contribution.Member, place+"/member")
		c.has(c.kinds, "kind", contribution.Kind, place+"/kind")
		if _, err := c.agreement.claimOf(contribution); err != nil {
			c.fields.AddError(place+"/quantity", err)
		}
	}
	c.claims(e.Claims, at+"/claims")
	checkMembers(c, e.Rounding, at+"/rounding")
	c.byRule(e.Received, at+"/received")
	c.byRule(e.Takes, at+"/takes")
	if e.Expect != nil {
		checkMembers(c, e.Expect.Payable, at+"/expect/payable")
		checkMembers(c, e.Expect.Capital, at+"/expect/capital")
		c.claims(e.Expect.Claims, at+"/expect/claims")
	}
	c.days(e, at+"/through")
}

func (c *exampleChecker) claims(claims map[string]map[string]ledger.Money, at string) {
	for kind, amounts := range claims {
		c.kind(kind, ledger.BecomesClaim, at+"/"+kind)
		checkMembers(c, amounts, at+"/"+kind)
	}
}

// byRule notes names that no rule and names that no member has.
func (c *exampleChecker) byRule(amounts map[string]map[string]ledger.Money, at string) {
	for rule, ofMembers := range amounts {
		c.has(c.rules, "rule", rule, at+"/"+rule)
		checkMembers(c, ofMembers, at+"/"+rule)
	}
}

// checkMembers notes the names that no member has.
func checkMembers[T any](c *exampleChecker, names map[string]T, at string) {
	for name := range names {
		c.has(c.known.Members, "member", name, at+"/"+name)
	}
}

// days notes dates that go backwards, and dates in an example that has no day of
// its own to compare them with.
func (c *exampleChecker) days(e Example, at string) {
	dated := slices.ContainsFunc(e.Contributions, func(contribution ExampleContribution) bool {
		return !contribution.Date.IsZero()
	}) || slices.ContainsFunc(e.Members, func(member ExampleMember) bool {
		return !member.Joined.IsZero() || !member.Left.IsZero()
	})
	switch {
	case e.Through.IsZero() && (dated || !c.through.IsZero()):
		c.fields.Add(at, "required", "Say through which day the example goes: something in it is dated.")
	case e.Through.Before(c.through):
		c.fields.Add(at, "through_backwards", "The example before goes through %s already.", c.through)
	}
	c.through = e.Through
}

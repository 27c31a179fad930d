package agreement

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// Answer says in one sentence what the member, so called, gets and by which rules.
func (e Explanation) Answer(who string) string {
	if e.Amount.IsZero() {
		return fmt.Sprintf("%s gets nothing of the %s.", who, e.Whole.Spoken())
	}
	parts := []string{}
	e.Each(func(rule ExplainedRule) {
		if rule.Step != nil && rule.Step.Amount.Sign() > 0 {
			parts = append(parts, fmt.Sprintf("%s by “%s”", rule.Step.Amount.Spoken(), rule.Name))
		}
	})
	answer := fmt.Sprintf("%s gets %s of the %s: %s.", who, e.Amount.Spoken(), e.Whole.Spoken(),
		enumerated(parts))
	if e.Kept.Sign() > 0 {
		answer = fmt.Sprintf("%s; %s of it stays as capital, %s becomes payable.",
			strings.TrimSuffix(answer, "."), e.Kept.Spoken(), e.Payable.Spoken())
	}
	return answer
}

// CheckLine says that what everybody got sums to what there was.
func (e Explanation) CheckLine(who string) string {
	verdict := "✓"
	if !e.Agrees() {
		verdict = "✗"
	}
	return fmt.Sprintf("%s %s + others %s + funds %s + carried on %s = %s %s", who, e.Amount.Figure(),
		e.Others.Figure(), e.Funds.Figure(), e.Carried.Figure(), e.Whole.Figure(), verdict)
}

// Did says what the rule did, whoever asks.
func (r ExplainedRule) Did() string {
	did := fmt.Sprintf("%s was left; the rule took %s and gave %s.", r.Available.Spoken(),
		r.Took.Spoken(), r.Gave.Spoken())
	switch {
	case r.Available.IsZero():
		did = "Nothing was left."
	case r.Gave.IsZero():
		did = fmt.Sprintf("%s was left; the rule took %s and gave nothing.", r.Available.Spoken(),
			r.Took.Spoken())
	}
	if why := r.because(); why != "" {
		did += " " + why
	}
	if r.Gave.Sign() > 0 && r.Back.Sign() > 0 {
		did += fmt.Sprintf(" %s went back to what is left.", r.Back.Spoken())
	}
	if r.Form == GiveFund && isSet(r.Held) && r.Gave.Sign() > 0 {
		did += fmt.Sprintf(" The fund held %s before.", r.Held.Spoken())
	}
	return did
}

// because says why the rule gave nothing.
func (r ExplainedRule) because() string {
	return map[Reason]string{
		NothingTaken:  "What it takes comes to nothing, rounded to the smallest unit of money.",
		TargetReached: "The fund holds its target already.",
		NoClaims:      "Nothing is promised of these kinds.",
		Nobody:        "Nobody is among those it gives to.",
		NoWeight:      "Nobody has anything that counts here.",
		NothingAsked:  "Nobody asked for anything.",
		BelowLeast:    "Everybody's part would have been below the least.",
		AllAbsent:     "None of those it names takes part.",
		GroupGaveNone: "None of its rules gave anything.",
	}[r.Why]
}

// Lines says, step by step, how the rule came to the part of the member so called.
// Rules that give to funds or to groups have none.
func (r ExplainedRule) Lines(who string, names Names) []string {
	if r.Step == nil || r.Available.IsZero() {
		return nil
	}
	s := r.Step
	lines := r.weightLines(who, names)
	switch {
	case !s.Counted && r.Form == GiveClaims:
		return append(lines, fmt.Sprintf("Nothing of these kinds is promised to %s.", who))
	case !s.Counted && len(s.Terms) > 0:
		return append(lines, fmt.Sprintf("%s counts for nothing here, and gets nothing.", who))
	case !s.Counted:
		return append(lines, fmt.Sprintf("%s has no part in this rule.", who))
	case s.BelowLeast:
		return append(lines, fmt.Sprintf("%s's part would have been below the least, so the others "+
			"share it.", who))
	case r.Divided.IsZero():
		return append(lines, fmt.Sprintf("The rule divided nothing, so %s gets nothing.", who))
	}
	lines = append(lines, r.shareLines(who)...)
	if s.Absent {
		return append(lines, fmt.Sprintf("%s is not among those it gives to: this part stays left.", who))
	}
	lines = append(lines, r.roundingLines(who)...)
	if s.Kept.Sign() > 0 {
		lines = append(lines, fmt.Sprintf("%s of it stays in the commons as %s's capital; %s becomes "+
			"payable.", s.Kept.Spoken(), who, s.Amount.Minus(s.Kept).Spoken()))
	}
	return lines
}

// weightLines say what counts for the member.
func (r ExplainedRule) weightLines(who string, names Names) []string {
	s := r.Step
	terms := []string{}
	for _, term := range s.Terms {
		if term.Kind != "" && !term.Weight.IsZero() {
			terms = append(terms, fmt.Sprintf("%s %s × %s", term.Weight, names.Kind(term.Kind), term.Factor))
		}
	}
	lines := []string{}
	if len(terms) > 0 {
		sum := strings.ReplaceAll(strings.Join(terms, " + "), "+ -", "− ")
		lines = append(lines, fmt.Sprintf("What counts for %s: %s = %s, of %s in all.", who, sum,
			s.weighed(), s.Total))
	}
	if isSet(s.Given) && !s.Given.IsZero() {
		lines = append(lines, fmt.Sprintf("With this run the rule has given its members %s in all; by "+
			"that weight %s of it is %s's, who got %s so far.", s.Given.Spoken(), s.due(), who,
			s.Received.Spoken()))
	}
	return lines
}

// weighed is the sum of the terms, also where it is below zero and counts as zero.
func (s *Step) weighed() decimal.Decimal {
	sum := decimal.Zero
	for _, term := range s.Terms {
		sum = sum.Add(term.Weight.Mul(term.Factor))
	}
	return sum
}

// due is what the member should have got of all that a rule gave that catches up.
func (s *Step) due() string {
	if s.Total.IsZero() {
		return s.Given.Minus(s.Given).Spoken()
	}
	due := new(big.Rat).Mul(s.Given.Amount.Rat(), s.Weight.Rat())
	return spokenRat(due.Quo(due, s.Total.Rat()), s.Given.Currency)
}

// shareLines say which part of what was divided is the member's.
func (r ExplainedRule) shareLines(who string) []string {
	s := r.Step
	exact := spokenRat(s.Exact, r.Took.Currency)
	switch {
	case r.Form == GiveClaims && s.Exact.Cmp(s.Weight.Rat()) == 0:
		return []string{fmt.Sprintf("Promised to %s: %s. There is enough for all.", who,
			spoken(s.Weight, r.Took.Currency))}
	case r.Form == GiveClaims:
		return []string{fmt.Sprintf("Promised to %s: %s of %s to all. In that proportion %s's part of "+
			"%s is %s.", who, spoken(s.Weight, r.Took.Currency), spoken(s.Total, r.Took.Currency), who,
			r.Divided.Spoken(), exact)}
	case s.Bound == AtFloor:
		return []string{fmt.Sprintf("%s's part is raised to the floor, %s.", who, exact)}
	case s.Bound == AtMost:
		return []string{fmt.Sprintf("%s's part is held at the most, %s.", who, exact)}
	case s.Bound == AtEven:
		return []string{fmt.Sprintf("There is not enough for everybody's floor, so all %d get the same: "+
			"%s.", r.Members, exact)}
	}
	share := r.Share()
	percent := Expansion(new(big.Rat).Mul(share, big.NewRat(100, 1)), 4)
	return []string{fmt.Sprintf("%s's share is %s, that is %s %%, of %s among %d: %s exactly (%s).", who,
		share.RatString(), percent, r.Divided.Spoken(), r.Members, exact, s.Exact.RatString())}
}

// roundingLines say how the exact share became money.
func (r ExplainedRule) roundingLines(who string) []string {
	s := r.Step
	if s.Spare.Rank == 0 {
		return []string{fmt.Sprintf("%s gets %s.", who, s.Amount.Spoken())}
	}
	verdict := fmt.Sprintf("%s gets none of them: %s.", who, s.Amount.Spoken())
	if s.Extra {
		verdict = fmt.Sprintf("%s gets one: %s.", who, s.Amount.Spoken())
	}
	line := fmt.Sprintf("Rounded down that is %s. Rounding down left over %s, for the %d whose shares "+
		"have a fraction; %s is number %d in line", s.Down.Spoken(), units(s.Spare.Units), s.Spare.Candidates,
		who, s.Spare.Rank)
	switch {
	case s.Balance > 0:
		line += fmt.Sprintf(", moved forward by %s of a unit that earlier roundings owe", s.Balance)
	case s.Balance < 0:
		line += fmt.Sprintf(", moved back by %s of a unit that earlier roundings gave ahead", -s.Balance)
	}
	return []string{line + ". " + verdict}
}

func units(n int) string {
	if n == 1 {
		return "1 smallest unit of money"
	}
	return fmt.Sprintf("%d smallest units of money", n)
}

// Sentence says how much more or less the member, so called, got than before and
// why. Both parts are rounded so that they sum; the change itself is exact.
func (c Comparison) Sentence(who string) string {
	difference, pool := c.Now.Minus(c.Before), roundHalfEven(c.Pool, c.Now.Currency)
	part := difference.Minus(pool)
	if difference.IsZero() && pool.IsZero() {
		return fmt.Sprintf("%s got as much as before, %s.", who, c.Before.Spoken())
	}
	return fmt.Sprintf("%s got %s before and gets %s now, %s: %s because the rules divided %s, and %s "+
		"because %s's part of it became %s.", who, c.Before.Spoken(), c.Now.Spoken(),
		moreOrLess(difference), signed(pool), larger(pool, "more", "less", "as much"), signed(part), who,
		larger(part, "larger", "smaller", "neither larger nor smaller"))
}

func moreOrLess(m ledger.Money) string {
	if m.Sign() < 0 {
		return m.Negated().Spoken() + " less"
	}
	return m.Spoken() + " more"
}

func signed(m ledger.Money) string {
	if m.Sign() < 0 {
		return "−" + m.Negated().Spoken()
	}
	return "+" + m.Spoken()
}

func larger(m ledger.Money, more, less, same string) string {
	return [...]string{less, same, more}[m.Sign()+1]
}

// spoken writes an amount that is in the currency's own decimals.
func spoken(amount decimal.Decimal, currency ledger.Currency) string {
	return ledger.Money{Amount: amount, Currency: currency}.Spoken()
}

// spokenRat writes a fraction of money with up to six decimals more than the currency
// has.
func spokenRat(amount *big.Rat, currency ledger.Currency) string {
	digits, _ := currency.Digits()
	if figure := Expansion(amount, int(digits)); !strings.HasSuffix(figure, "…") {
		return currency.Spoken(figure)
	}
	return currency.Spoken(Expansion(amount, int(digits)+6))
}

// Expansion writes so many decimals of a fraction, and an ellipsis where it goes on.
func Expansion(r *big.Rat, places int) string {
	digits, rest := new(big.Int), new(big.Int)
	digits.Mul(r.Num(), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil))
	digits.QuoRem(digits, r.Denom(), rest)
	text := decimal.NewFromBigInt(digits, -int32(places)).StringFixed(int32(places))
	if rest.Sign() != 0 {
		text += "…"
	}
	return text
}

// roundHalfEven rounds a fraction of money to the minor unit.
func roundHalfEven(r *big.Rat, currency ledger.Currency) ledger.Money {
	places, _ := currency.Digits()
	scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt(powerOfTen(places)))
	floor, rest := new(big.Int).DivMod(scaled.Num(), scaled.Denom(), new(big.Int))
	half := rest.Lsh(rest, 1).Cmp(scaled.Denom())
	if half > 0 || half == 0 && floor.Bit(0) == 1 {
		floor.Add(floor, big.NewInt(1))
	}
	return ledger.FromMinorUnits(floor, currency)
}

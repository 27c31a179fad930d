package ledger

import (
	"time"

	"github.com/shopspring/decimal"
)

// ContributionState is how far a contribution has come.
type ContributionState string

// The states. A contribution is logged; then it is accepted, declined or
// withdrawn, perhaps after a question.
const (
	Logged     ContributionState = "logged"
	Questioned ContributionState = "questioned"
	Accepted   ContributionState = "accepted"
	Declined   ContributionState = "declined"
	Withdrawn  ContributionState = "withdrawn"
)

// Decision is what somebody said about a contribution. Approved is one acceptance
// of several that the kind asks for; Accepted is the last of them.
type Decision string

// The decisions.
const (
	Approve  Decision = "approved"
	Accept   Decision = "accepted"
	Question Decision = "questioned"
	Decline  Decision = "declined"
	Withdraw Decision = "withdrawn"
)

// NewContribution is something given, as a caller logs it.
type NewContribution struct {
	Member      string
	Kind        string
	Area        string
	Quantity    decimal.Decimal
	Date        Date
	Note        string
	Evidence    string
	ExternalRef string
	// Group ties the parts of one piece of work that several members shared.
	Group GroupID
	// Import is the file that it came in, on the line; both are zero where it did not.
	Import     ImportID
	ImportLine int
}

// Validate reports every wrong field that can be seen without the database.
func (c NewContribution) Validate(commons Commons, now time.Time) error {
	var wrong FieldErrors
	if c.Member == "" {
		wrong.Add("/member", "required", "Name the member who gave it.")
	}
	if c.Kind == "" {
		wrong.Add("/kind", "required", "Name the kind of contribution.")
	}
	switch {
	case c.Quantity.Sign() <= 0:
		wrong.Add("/quantity", "not_positive", "Write a quantity above zero.")
	case !c.Quantity.Equal(c.Quantity.Truncate(6)):
		wrong.Add("/quantity", "too_many_decimals", "Six decimals are the most here.")
	case c.Quantity.GreaterThan(MaxAmount):
		wrong.Add("/quantity", "amount_out_of_range", "Quantities go up to 10^15.")
	}
	wrong.AddError("/date", commons.CheckDate(c.Date, now))
	wrong.AddError("/note", CheckText(c.Note, 2000))
	wrong.AddError("/evidence", CheckText(c.Evidence, 2000))
	wrong.AddError("/external_ref", CheckText(c.ExternalRef, 200))
	return wrong.Err()
}

// HoursInDay is the most that one member can give in hours on one day.
var HoursInDay = decimal.New(24, 0)

// CheckHours refuses hours of one member on one day that add up to more than a
// day has.
func CheckHours(total decimal.Decimal, on Date) error {
	if total.GreaterThan(HoursInDay) {
		return Errorf(Invalid, "too_many_hours",
			"That makes %s hours on %s; a day has 24. Log each day by itself.", total, on)
	}
	return nil
}

// Contribution is something of use given: a quantity of a kind.
type Contribution struct {
	ID          ContributionID
	Member      string
	Kind        string
	Unit        string
	Area        string
	Quantity    decimal.Decimal
	Date        Date
	Note        string
	Evidence    string
	ExternalRef string
	Group       GroupID
	Reverses    ContributionID
	ReversedBy  ContributionID
	LoggedBy    string
	LoggedAt    time.Time
	State       ContributionState
	Approvals   int
	Reviews     int
	// Acceptance is nil until the contribution is accepted.
	Acceptance *Acceptance
	Decisions  []ContributionDecision
}

// ContributionDecision is what one member said about a contribution, and when.
type ContributionDecision struct {
	Decision Decision
	Note     string
	By       string
	At       time.Time
}

// Acceptance is what accepting a contribution fixed for good.
type Acceptance struct {
	Number int64
	Rate   decimal.Decimal
	Weight decimal.Decimal
	// Value is the promise of money that a claim kind makes, else nil.
	Value *Money
	By    string
	At    time.Time
}

// Value returns what a quantity of the kind becomes at the rate: its weight,
// quantity × rate in full, and for claim kinds the money, which is the weight
// rounded half-even to the minor unit.
func (k ContributionKind) Value(
	quantity, rate decimal.Decimal, currency Currency,
) (weight decimal.Decimal, value *Money, err error) {
	weight = quantity.Mul(rate)
	if weight.Abs().GreaterThan(MaxAmount) {
		return weight, nil, Errorf(Invalid, "amount_out_of_range",
			"Quantity times rate goes beyond 10^15; check both.")
	}
	if k.Becomes != BecomesClaim {
		return weight, nil, nil
	}
	digits, _ := currency.Digits()
	return weight, &Money{Amount: weight.RoundBank(digits), Currency: currency}, nil
}

// NextDecision says what an acceptance by one more reviewer amounts to.
func NextDecision(approvals, reviews int) Decision {
	if approvals+1 < reviews {
		return Approve
	}
	return Accept
}

// CheckMove refuses a decision that the state does not allow. A reason is needed
// for questions and for declining.
func (s ContributionState) CheckMove(d Decision, note string) error {
	if s != Logged && s != Questioned || d == Question && s == Questioned {
		return Errorf(Conflict, "contribution_"+string(s),
			"This contribution is %s already, so it cannot be %s.", s, d)
	}
	if (d == Question || d == Decline) && note == "" {
		return Errorf(Invalid, "required", "Say why, so that the member can answer.")
	}
	return nil
}

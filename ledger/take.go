package ledger

import "time"

// NewTake is what a member asks for of a rule by takes, from now on. Nothing is an
// amount too. Area is that of the agreement with the rule, "" for the commons' own.
type NewTake struct {
	Area   string
	Rule   string
	Amount Money
}

// Validate reports every wrong field that can be seen without the database.
func (n NewTake) Validate(commons Commons) error {
	var wrong, amount FieldErrors
	needed(&wrong, "/rule", n.Rule)
	checkMoney(&amount, n.Amount, commons.Currency)
	if n.Amount.Sign() < 0 {
		amount.Add("/amount", "negative", "Write an amount that is not negative.")
	}
	wrong.AddError("/amount", amount.Err())
	return wrong.Err()
}

// Take is a NewTake that is kept. Of several by one member of one rule the one with
// the highest number holds.
type Take struct {
	NewTake
	Number     int64
	Member     MemberRef
	RecordedAt time.Time
}

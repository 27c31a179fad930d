package ledger

import "time"

// NewReceived is what a rule that catches up gave a member before the books were
// opened here. Area is that of the agreement with the rule, "" for the commons' own.
type NewReceived struct {
	Area   string
	Rule   string
	Member string
	Amount Money
}

// Validate reports every wrong field that can be seen without the database.
func (n NewReceived) Validate(commons Commons) error {
	var wrong FieldErrors
	needed(&wrong, "/rule", n.Rule)
	needed(&wrong, "/member", n.Member)
	wrong.AddError("/amount", CheckPositive(n.Amount, commons.Currency))
	return wrong.Err()
}

// Received is a NewReceived that is kept, with who recorded it. Member is a handle.
type Received struct {
	NewReceived
	Number     int64
	RecordedBy string
	RecordedAt time.Time
}

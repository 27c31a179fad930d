package ledger

import (
	"slices"
	"time"
)

// DecisionMethods lists how a group can decide.
var DecisionMethods = []string{"consent", "consensus", "majority", "two_thirds", "other"}

// NewAdoption is the recorded decision that puts an agreement in force from a day.
type NewAdoption struct {
	From   Date
	Method string
	Date   Date
	Link   string
	Note   string
}

// Validate reports every wrong field.
func (a NewAdoption) Validate(commons Commons, now time.Time) error {
	var wrong FieldErrors
	wrong.AddError("/from", commons.CheckDate(a.From, now.AddDate(1, 0, 0)))
	if !slices.Contains(DecisionMethods, a.Method) {
		wrong.Add("/decision/method", "unknown_method",
			"Write consent, consensus, majority, two_thirds or other.")
	}
	wrong.AddError("/decision/date", commons.CheckDate(a.Date, now))
	wrong.AddError("/decision/link", CheckText(a.Link, 2000))
	wrong.AddError("/decision/note", CheckText(a.Note, 2000))
	return wrong.Err()
}

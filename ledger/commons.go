package ledger

import (
	"time"
	_ "time/tzdata" // zones must not depend on the machine's own data

	"github.com/shopspring/decimal"
)

// Commons is the tenant: a group, what it holds, and its one journal.
type Commons struct {
	ID       CommonsID
	Slug     string
	Name     string
	Currency Currency
	TimeZone string
	// AdvanceLimit is how far a payable may go below zero by advances.
	AdvanceLimit decimal.Decimal
	// Approvals changes only by a Change.
	Approvals ApprovalPolicy
	// Visibility is what members see of each other.
	Visibility Visibility
	CreatedAt  time.Time
}

// Validate reports every field of a new commons that is wrong.
func (c Commons) Validate() error {
	var wrong FieldErrors
	if !IsHandle(c.Slug) {
		wrong.Add("/slug", "invalid_handle", handleHint)
	}
	wrong.AddError("/name", RequiredLine(c.Name, 200))
	if _, known := c.Currency.Digits(); !known {
		wrong.Add("/currency", "unknown_currency",
			"%q is not a currency of ISO 4217 in use; write a code such as EUR.", string(c.Currency))
	} else if _, err := NewMoney(c.AdvanceLimit, c.Currency); err != nil {
		wrong.AddError("/advance_limit/amount", err)
	}
	if c.AdvanceLimit.Sign() < 0 {
		wrong.Add("/advance_limit/amount", "negative", "Write a limit that is not negative.")
	}
	if _, err := time.LoadLocation(c.TimeZone); err != nil || c.TimeZone == "" || c.TimeZone == "Local" {
		wrong.Add("/time_zone", "unknown_time_zone",
			"Write a zone of the IANA list, such as Europe/Berlin.")
	}
	return wrong.Err()
}

// Today returns the day that it is in the commons at the instant.
func (c Commons) Today(now time.Time) Date { return DateOf(now.In(c.zone())) }

func (c Commons) zone() *time.Location {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// farAhead is how many days ahead of today a date may lie before it is taken for
// a slip of the pen.
const farAhead = 31

// CheckDate refuses no day, and days so far ahead that they must be a mistake.
func (c Commons) CheckDate(d Date, now time.Time) error {
	if d.IsZero() {
		return Errorf(Invalid, "required", "Write the day, as 2026-10-31.")
	}
	if last := c.Today(now).AddDays(farAhead); d.After(last) {
		return Errorf(Invalid, "invalid_date",
			"%s is more than %d days ahead; check the year.", d, farAhead)
	}
	return nil
}

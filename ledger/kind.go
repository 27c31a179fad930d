package ledger

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Becomes says what accepted contributions of a kind turn into.
type Becomes string

// Weight counts when income is divided; Claim is a promise of money.
const (
	BecomesWeight Becomes = "weight"
	BecomesClaim  Becomes = "claim"
)

// Themes lists what a kind can be about.
var Themes = []string{"work", "care", "material", "money", "equipment", "recognition"}

// HourUnit is the unit of kinds that are measured in hours of a day.
const HourUnit = "hour"

// ContributionKind is something that members give, and its unit.
type ContributionKind struct {
	ID      KindID
	Code    string
	Name    string
	Unit    string
	Theme   string
	Becomes Becomes
	// Reviews is how many others must accept a contribution; with 0 it is
	// accepted as it is logged.
	Reviews int
}

// Validate reports every wrong field of a new kind.
func (k ContributionKind) Validate() error {
	var wrong FieldErrors
	if !IsHandle(k.Code) {
		wrong.Add("/code", "invalid_handle", handleHint)
	}
	wrong.AddError("/name", RequiredLine(k.Name, 200))
	wrong.AddError("/unit", RequiredLine(k.Unit, 32))
	if !slices.Contains(Themes, k.Theme) {
		wrong.Add("/theme", "unknown_theme",
			"Write work, care, material, money, equipment or recognition.")
	}
	if k.Becomes != BecomesWeight && k.Becomes != BecomesClaim {
		wrong.Add("/becomes", "unknown_becomes", "Write weight or claim.")
	}
	if k.Reviews < 0 || k.Reviews > 9 {
		wrong.Add("/reviews", "out_of_range", "Write a number from 0 to 9.")
	}
	return wrong.Err()
}

// Area is a part of the commons, such as a project or a workshop.
type Area struct {
	ID   AreaID
	Code string
	Name string
}

// Validate reports every wrong field of a new area.
func (a Area) Validate() error { return validateNamed(a.Code, a.Name).Err() }

// Fund is a named pot of the commons. Target is zero where there is none.
type Fund struct {
	ID     FundID
	Code   string
	Name   string
	Target decimal.Decimal
}

// Validate reports every wrong field of a new fund.
func (f Fund) Validate(currency Currency) error {
	wrong := validateNamed(f.Code, f.Name)
	if _, err := NewMoney(f.Target, currency); err != nil {
		wrong.AddError("/target/amount", err)
	} else if f.Target.Sign() < 0 {
		wrong.Add("/target/amount", "negative", "Write a target above zero, or none.")
	}
	return wrong.Err()
}

func validateNamed(code, name string) (wrong FieldErrors) {
	if !IsHandle(code) {
		wrong.Add("/code", "invalid_handle", handleHint)
	}
	wrong.AddError("/name", RequiredLine(name, 200))
	return wrong
}

// Rate is what one unit of a kind weighs from a day on; for kinds that become
// claims, the money it is worth. Area, Stage and Member narrow it; empty is any.
type Rate struct {
	ID     RateID
	Number int64
	Kind   KindID
	Area   AreaID
	Stage  Stage
	Member MemberID
	From   Date
	Rate   decimal.Decimal
}

// rank orders rates by how specific they are: member, then area with stage, then
// stage, then area, then plain.
func (r Rate) rank() int {
	switch {
	case r.Member != "":
		return 4
	case r.Area != "" && r.Stage != "":
		return 3
	case r.Stage != "":
		return 2
	case r.Area != "":
		return 1
	default:
		return 0
	}
}

// RateFor returns the rate of one unit for the member, area and stage on the day:
// the most specific one in force, of several the one from the latest day, then
// the one recorded last. Where none is in force a unit weighs 1.
func RateFor(rates []Rate, kind KindID, member MemberID, area AreaID, stage Stage, on Date) decimal.Decimal {
	var best *Rate
	for i := range rates {
		r := &rates[i]
		fits := r.Kind == kind && !r.From.After(on) && (r.Member == "" || r.Member == member) &&
			(r.Area == "" || r.Area == area) && (r.Stage == "" || r.Stage == stage)
		if fits && (best == nil || r.overrides(best)) {
			best = r
		}
	}
	if best == nil {
		return decimal.New(1, 0)
	}
	return best.Rate
}

func (r *Rate) overrides(other *Rate) bool {
	if r.rank() != other.rank() {
		return r.rank() > other.rank()
	}
	if order := r.From.Compare(other.From); order != 0 {
		return order > 0
	}
	return r.Number > other.Number
}

// NewRate is a rate as a caller gives it, with names instead of ids.
type NewRate struct {
	Kind   string
	Area   string
	Stage  Stage
	Member string
	From   Date
	Rate   decimal.Decimal
}

// Validate reports every wrong field that can be seen without the database.
func (r NewRate) Validate(commons Commons, now time.Time) error {
	var wrong FieldErrors
	if r.Kind == "" {
		wrong.Add("/kind", "required", "Name the kind of contribution.")
	}
	if r.Stage != "" && !r.Stage.Known() {
		wrong.Add("/stage", "unknown_stage", "Write guest, newcomer, member or left.")
	}
	if r.Member != "" && (r.Area != "" || r.Stage != "") {
		wrong.Add("/member", "too_specific",
			"A rate for one member holds in every area and stage; leave those out.")
	}
	wrong.AddError("/from", commons.CheckDate(r.From, now.AddDate(100, 0, 0)))
	return wrong.Err()
}

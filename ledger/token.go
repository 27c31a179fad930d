package ledger

import (
	"fmt"
	"slices"
	"time"
)

// Scope is a kind of operation that a token may be used for. A token never lets its
// holder do what their roles do not.
type Scope string

// The scopes that are more than a name.
const (
	// InPerson is for what people should do themselves and no program for them: see
	// PersonTokenTime.
	InPerson Scope = "person"
	// OfInstance is the only scope of the tokens that found commons.
	OfInstance Scope = "instance:admin"
)

// Scopes returns every scope that a member's token can have, in the order of the matrix.
func Scopes() []Scope {
	var scopes []Scope
	for _, r := range rights {
		if r.Scope != "" && r.Scope != OfInstance && !slices.Contains(scopes, r.Scope) {
			scopes = append(scopes, r.Scope)
		}
	}
	return scopes
}

// ReadScopes returns the scopes of a token that changes nothing.
func ReadScopes() []Scope {
	return []Scope{"public:read", "members:read", "contributions:read", "ledger:read"}
}

// How long tokens last: unless told, and at the most.
const (
	tokenDays     = 90
	mostTokenDays = 365
)

// PersonTokenTime is how long a token lasts that somebody makes by hand who has just signed
// in. No other token of a member who can sign in has the scope InPerson.
const PersonTokenTime = 15 * time.Minute

// mostGrace is how many hours a token may go on after its secret was replaced.
const mostGrace = 7 * 24

// NewToken is what is asked for with a token. Without scopes it has all that its
// maker's own has, and without a last day it lasts 90 days.
type NewToken struct {
	Label     string
	Scopes    []Scope
	ExpiresOn Date
}

// Validate reports every wrong field; today is the day on which the token is made.
func (t NewToken) Validate(today Date) error {
	var wrong FieldErrors
	wrong.AddError("/label", CheckText(t.Label, 200))
	for i, scope := range t.Scopes {
		pointer := fmt.Sprintf("/scopes/%d", i)
		if !slices.Contains(Scopes(), scope) {
			wrong.Add(pointer, "unknown_scope",
				"There is no scope %.64q; phyle rights lists them.", string(scope))
		} else if slices.Contains(t.Scopes[:i], scope) {
			wrong.Add(pointer, "duplicate_scope", "This scope is named twice.")
		}
	}
	last := today.AddDays(mostTokenDays)
	if !t.ExpiresOn.IsZero() && (t.ExpiresOn.Before(today) || t.ExpiresOn.After(last)) {
		wrong.Add("/expires_on", "invalid_date",
			"Tokens last a year at the most; write a day from %s to %s.", today, last)
	}
	return wrong.Err()
}

// End returns the instant at which a token made now ends: when its last day is over
// in the commons, where it was given one.
func (t NewToken) End(commons Commons, now time.Time) time.Time {
	if t.ExpiresOn.IsZero() {
		return now.AddDate(0, 0, tokenDays)
	}
	next := t.ExpiresOn.AddDays(1).Time()
	return time.Date(next.Year(), next.Month(), next.Day(), 0, 0, 0, 0, commons.zone()).UTC()
}

// CheckGrace refuses to let a replaced token go on for longer than a week.
func CheckGrace(hours int) error {
	if hours < 0 || hours > mostGrace {
		return Errorf(Invalid, "out_of_range", "Write 0 to %d hours.", mostGrace)
	}
	return nil
}

// CheckScopes refuses scopes that are not among those held, and names the first.
func CheckScopes(held, asked []Scope) error {
	for _, scope := range asked {
		if scope == InPerson && !slices.Contains(held, scope) {
			return Errorf(Forbidden, "scope_missing", "This token lacks the scope person; who can sign in "+
				"makes one that has it for 15 minutes, on the page of their commons.").
				With("scope", string(scope))
		}
		if !slices.Contains(held, scope) {
			return Errorf(Forbidden, "scope_missing",
				"This token lacks the scope %s; use one that has it.", scope).
				With("scope", string(scope))
		}
	}
	return nil
}

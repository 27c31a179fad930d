package postgres

import (
	"fmt"
	"strings"

	"phyle/ledger"
)

// right is what a caller may do: read inside the transaction that acts and, where it
// takes the lock, after that.
type right struct {
	roles           []ledger.Role
	left, suspended bool
	// scopes bound what a token may be used for; bounded is false without a token.
	scopes  []ledger.Scope
	bounded bool
	// operation is the only one that may be asked for, where it is given.
	operation ledger.Operation
	asked     bool
	// shown is what members see of each other in the commons.
	shown ledger.Visibility
}

// held is what the rows say about a caller's rights.
type held struct {
	roles, stage, scopes string
	shown                ledger.Visibility
	suspended            bool
}

// hold takes the rights as they are now. A token that was ended since it was presented
// holds none, and who is at the machine itself sees everything.
func (r *right) hold(by Caller, held held) error {
	if r.shown = held.shown; by.Member == "" {
		r.shown = ledger.Open
	}
	r.roles, r.left = splitRoles(held.roles), ledger.Stage(held.stage) == ledger.Left
	r.suspended = held.suspended
	r.bounded = by.Token != ""
	if !r.bounded {
		return nil
	}
	if r.scopes = splitScopes(held.scopes); len(r.scopes) == 0 {
		return unknownToken()
	}
	return nil
}

// authorize refuses what the caller's roles, or the token that came with them, do not
// allow, or what those who have left or are suspended may not do any more.
func (r *right) authorize(operation ledger.Operation, own bool) error {
	if r.operation != "" && r.operation != operation {
		panic(fmt.Sprintf("asked to %s, and about to %s", r.operation, operation))
	}
	r.asked = true
	row, _ := operation.Right()
	row = row.In(r.shown)
	if r.bounded {
		if err := ledger.CheckScopes(r.scopes, []ledger.Scope{row.Scope}); err != nil {
			return err
		}
	}
	if r.left && !row.Left.Lets(own) {
		return ledger.Errorf(ledger.Forbidden, "member_left",
			"You have left this commons; its members can tell you what its books say.")
	}
	if r.suspended && !row.Suspended.Lets(own) {
		return ledger.ErrSuspended
	}
	return row.Allows(r.roles, own)
}

// visible returns whose things the caller may see of those of the member, or of
// everybody's for "": their own, where they may not see those of others. Who is at the
// machine itself sees all.
func (w *work) visible(o ledger.Operation, member ledger.MemberID) (ledger.MemberID, error) {
	if w.by == "" {
		return member, nil
	}
	if member == "" && !w.sees(o) {
		member = w.by
	}
	return member, w.authorize(o, member == w.by)
}

// sees reports whether the caller's roles let them read what is not their own.
func (w *work) sees(o ledger.Operation) bool {
	row, _ := o.Right()
	return w.by == "" || row.In(w.shown).Lets(w.roles, false)
}

// atMachine is instead of authorize for acts of whoever runs the machine.
func (r *right) atMachine() { r.asked = true }

// mustBeAsked stops an act that nothing has authorized.
func (r *right) mustBeAsked() {
	if !r.asked {
		panic("something is done that nobody was asked to allow")
	}
}

func splitScopes(text string) []ledger.Scope {
	var scopes []ledger.Scope
	for _, scope := range strings.Fields(text) {
		scopes = append(scopes, ledger.Scope(scope))
	}
	return scopes
}

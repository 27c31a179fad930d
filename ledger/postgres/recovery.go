package postgres

import (
	"context"

	"phyle/ledger"
)

// Recovered is how far a recovery has come: of its notice, or done.
type Recovered struct {
	Change ledger.Change
	// Told are the members, with the addresses that they sign in with; those without one
	// have to be told in another way.
	Told []ledger.Contact
}

// RecoverOffice gives a member an office from the machine itself, where nobody can be
// reached who holds it. It is called twice: the first time gives notice to all, and once
// RecoveryNotice is over the second gives the role. In between a steward, treasurer or
// approver can confirm the change, or take it back.
func (s *Store) RecoverOffice(
	ctx context.Context, act *Act, r ledger.Recovery,
) (Recovered, error) {
	if err := r.Validate(); err != nil {
		return Recovered{}, err
	}
	return write(ctx, s, act, func(w *work) (found Recovered, err error) {
		act.Operation = ledger.GiveRole
		w.atMachine()
		member, err := w.member(ctx, r.Member)
		if err != nil {
			return found, err
		}
		waiting, err := w.changes(ctx, changeQuery+`
			   AND e.outcome IS NULL AND c.type = 'role' AND c.proposed_by IS NULL AND c.reason IS NOT NULL
			   AND c.member_id = $2 AND c.role = $3`,
			string(w.commons.ID), string(member.ID), string(r.Role))
		if err != nil {
			return found, err
		}
		if len(waiting) > 0 {
			found.Change, err = w.endNotice(ctx, waiting[0])
			return found, err
		}
		return w.giveNotice(ctx, member, r)
	})
}

// giveNotice keeps the change, and says who has to be told.
func (w *work) giveNotice(
	ctx context.Context, m ledger.Member, r ledger.Recovery,
) (given Recovered, err error) {
	if m.Stage == ledger.Left {
		return given, ledger.Errorf(ledger.Conflict, "member_has_left",
			"%s has left; name a member who is there.", m.Handle)
	}
	if err = m.CheckRole(); err != nil {
		return given, err
	}
	c := ledger.Change{
		ID: newID[ledger.ChangeID](), Type: ledger.GrantChange, Role: r.Role, Held: true, Reason: r.Reason,
		Member: ledger.MemberRef{ID: m.ID, Handle: m.Handle},
		From:   w.commons.Today(w.now.Add(ledger.RecoveryNotice)),
	}
	tell(w, ledger.ChangeProposed, c.ID)
	if err = w.insertChanges(ctx, []ledger.Change{c}); err != nil {
		return given, err
	}
	if given.Change, err = w.change(ctx, c.ID); err != nil {
		return given, err
	}
	given.Told, err = w.contacts(ctx)
	return given, err
}

// endNotice gives the role, once everybody had the time to object.
func (w *work) endNotice(ctx context.Context, c ledger.Change) (ledger.Change, error) {
	if err := c.CheckNotice(w.now); err != nil {
		return c, err
	}
	if err := w.effect(ctx, []ledger.Change{c}, ledger.ChangeUnchecked); err != nil {
		return c, err
	}
	tell(w, ledger.MemberChanged, c.Member.ID)
	return w.change(ctx, c.ID)
}

const contactQuery = `
	SELECT m.handle, coalesce(p.email, '') AS email
	  FROM member AS m
	  LEFT JOIN person_member AS i ON i.commons_id = m.commons_id AND i.member_id = m.member_id
	  LEFT JOIN person AS p USING (person_id)
	 WHERE m.commons_id = $1`

// contacts returns who is in the commons today, with their addresses.
func (w *work) contacts(ctx context.Context) (contacts []ledger.Contact, err error) {
	err = w.SelectContext(ctx, &contacts, contactQuery+`
		   AND stage_on(m.commons_id, m.member_id, $2) <> 'left'
		 ORDER BY m.join_number`, string(w.commons.ID), w.today().String())
	return contacts, err
}

package postgres

import (
	"context"

	"phyle/ledger"
)

// EnrolMembers is AddMembers for the command line, which is at the machine itself:
// it asks for no role, and the rows name nobody who recorded them.
func (s *Store) EnrolMembers(
	ctx context.Context, act *Act, added []ledger.NewMember,
) ([]ledger.Member, error) {
	return write(ctx, s, act, func(w *work) ([]ledger.Member, error) {
		act.Operation = ledger.ManageMembers
		w.atMachine()
		return insertMembers(ctx, w, added)
	})
}

// InviteMember is Invite for the command line, which is at the machine itself: it
// asks for no role, and the invitation names nobody who made it.
func (s *Store) InviteMember(ctx context.Context, act *Act, member string) (Invited, error) {
	return write(ctx, s, act, func(w *work) (Invited, error) {
		act.Operation = ledger.ManageMembers
		w.atMachine()
		return w.invite(ctx, member)
	})
}

// SuspendMember is Suspend for the command line, which is at the machine itself: it asks
// for no role, and the row names nobody who recorded it.
func (s *Store) SuspendMember(
	ctx context.Context, act *Act, suspension ledger.Suspension,
) ([]ledger.Member, error) {
	return s.suspend(ctx, act, suspension, (*work).suspendsAtMachine)
}

// ReadmitMember is Readmit for the command line, which is at the machine itself.
func (s *Store) ReadmitMember(
	ctx context.Context, act *Act, member string,
) ([]ledger.Member, error) {
	return s.readmit(ctx, act, member, (*work).suspendsAtMachine)
}

func (w *work) suspendsAtMachine() error {
	w.act.Operation = ledger.ManageMembers
	w.atMachine()
	return nil
}

// HasTables reports whether the database has been migrated at all.
func (s *Store) HasTables(ctx context.Context) (found bool, err error) {
	err = s.db.GetContext(ctx, &found, `SELECT to_regclass('phyle.commons') IS NOT NULL`)
	return found, translate(err)
}

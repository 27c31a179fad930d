package postgres

import (
	"context"
	"database/sql"
	"errors"

	"phyle/ledger"
)

// ChangeStages puts members into stages from their days on. Who holds roles is not made to
// leave: that would take the roles without a second person.
func (s *Store) ChangeStages(
	ctx context.Context, act *Act, changes []ledger.StageChange,
) ([]ledger.Member, error) {
	return write(ctx, s, act, func(w *work) ([]ledger.Member, error) {
		if err := w.authorize(ledger.ManageMembers, false); err != nil {
			return nil, err
		}
		rows, err := w.stages(ctx, changes)
		if err == nil {
			err = w.checkLeavers(ctx, rows)
		}
		if err != nil {
			return nil, err
		}
		return w.changeStages(ctx, rows)
	})
}

// Leave has the caller leave the commons from a day on, with the roles that they hold.
func (s *Store) Leave(
	ctx context.Context, act *Act, member string, from ledger.Date,
) ([]ledger.Member, error) {
	return write(ctx, s, act, func(w *work) ([]ledger.Member, error) {
		rows, err := w.stages(ctx, []ledger.StageChange{{Member: member, Stage: ledger.Left, From: from}})
		if err != nil {
			return nil, err
		}
		if err := w.authorize(ledger.LeaveCommons, rows[0].member == w.by); err != nil {
			return nil, err
		}
		return w.changeStages(ctx, rows)
	})
}

func (w *work) stages(ctx context.Context, changes []ledger.StageChange) ([]dated, error) {
	return w.checkChanges(ctx, len(changes), func(i int) change {
		c := changes[i]
		return change{c.Member, c.From, ledger.Date{}, string(c.Stage), false, c.Stage.Known(), "/stage"}
	})
}

func (w *work) changeStages(ctx context.Context, rows []dated) ([]ledger.Member, error) {
	if err := w.recall(ctx, rows); err != nil {
		return nil, err
	}
	if err := insertStages(ctx, w, rows); err != nil {
		return nil, err
	}
	for _, row := range rows {
		tell(w, ledger.MemberChanged, row.member)
	}
	return w.changed(ctx, rows)
}

// checkLeavers refuses to have members leave who hold roles, now or later: who would lose
// them by leaving.
func (w *work) checkLeavers(ctx context.Context, rows []dated) error {
	var leaving, from []string
	for _, row := range rows {
		if row.value == string(ledger.Left) {
			leaving = append(leaving, string(row.member))
			from = append(from, ledger.LaterOf(row.from, w.today()).String())
		}
	}
	if len(leaving) == 0 {
		return nil
	}
	var handle, role string
	err := w.QueryRowContext(ctx, `
		SELECT m.handle, a.role
		  FROM unnest($2::uuid[], $3::date[]) AS l (member_id, from_on)
		  JOIN member AS m ON m.commons_id = $1 AND m.member_id = l.member_id
		 CROSS JOIN LATERAL role_ahead($1, l.member_id, l.from_on) AS a (role)
		 WHERE a.role IS NOT NULL
		 ORDER BY m.join_number LIMIT 1`,
		string(w.commons.ID), array(leaving), array(from)).Scan(&handle, &role)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return holdsRole(handle, role)
}

// holdsRole refuses that one person takes what two people take.
func holdsRole(handle, role string) error {
	return ledger.Errorf(ledger.Conflict, "holds_role",
		"%s holds the role %s, which two people take; take it first.", handle, role).
		With("role", role)
}

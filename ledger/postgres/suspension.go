package postgres

import (
	"context"
	"database/sql"
	"errors"

	"phyle/ledger"
)

// Suspend takes a member's part away, from now on. Who holds roles is not suspended: that
// would take the roles without a second person.
func (s *Store) Suspend(
	ctx context.Context, act *Act, suspension ledger.Suspension,
) ([]ledger.Member, error) {
	return s.suspend(ctx, act, suspension, (*work).authorizeSuspension)
}

// Readmit ends the suspension of a member.
func (s *Store) Readmit(ctx context.Context, act *Act, member string) ([]ledger.Member, error) {
	return s.readmit(ctx, act, member, (*work).authorizeSuspension)
}

// OwnSuspension returns why the caller is suspended and since when, the zero Suspension if
// they are not.
func (s *Store) OwnSuspension(ctx context.Context, by Caller) (ledger.Suspension, error) {
	return read(ctx, s, by.toOwn(ledger.ReadOwnData), func(w *work) (own ledger.Suspension, err error) {
		var suspended bool
		err = w.QueryRowContext(ctx, `
			SELECT suspended, reason, recorded_at FROM member_suspension
			 WHERE commons_id = $1 AND member_id = $2 ORDER BY number DESC LIMIT 1`,
			string(w.commons.ID), string(w.by)).Scan(&suspended, &own.Reason, &own.Since)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !suspended {
			return ledger.Suspension{}, nil
		}
		own.Member, own.Since = w.handle, own.Since.UTC()
		return own, err
	})
}

func (w *work) authorizeSuspension() error { return w.authorize(ledger.ManageMembers, false) }

// suspend suspends as who may by the given way.
func (s *Store) suspend(
	ctx context.Context, act *Act, suspension ledger.Suspension, authorize func(w *work) error,
) ([]ledger.Member, error) {
	return write(ctx, s, act, func(w *work) ([]ledger.Member, error) {
		if err := authorize(w); err != nil {
			return nil, err
		}
		if err := suspension.Validate(); err != nil {
			return nil, err
		}
		m, err := w.toSuspend(ctx, suspension.Member)
		if err == nil {
			err = m.CheckSuspend()
		}
		if err == nil {
			err = w.checkNoRole(ctx, m)
		}
		if err != nil {
			return nil, err
		}
		tell(w, ledger.MemberSuspended, m.ID)
		return w.insertSuspension(ctx, m, suspension.Reason)
	})
}

func (s *Store) readmit(
	ctx context.Context, act *Act, member string, authorize func(w *work) error,
) ([]ledger.Member, error) {
	return write(ctx, s, act, func(w *work) ([]ledger.Member, error) {
		if err := authorize(w); err != nil {
			return nil, err
		}
		m, err := w.toSuspend(ctx, member)
		if err == nil {
			err = m.CheckReadmit()
		}
		if err != nil {
			return nil, err
		}
		tell(w, ledger.MemberReadmitted, m.ID)
		return w.insertSuspension(ctx, m, "")
	})
}

// toSuspend returns the member, who is another than the caller, and notes what they were.
func (w *work) toSuspend(ctx context.Context, name string) (ledger.Member, error) {
	m, err := w.member(ctx, name)
	if err == nil && m.ID == w.by {
		err = ledger.Errorf(ledger.Forbidden, "own_suspension",
			"Nobody suspends themself; to go, leave the commons.")
	}
	w.trail.before = factsOf([]ledger.Member{m})
	return m, err
}

// checkNoRole refuses to suspend who holds a role, today or on a day to come.
func (w *work) checkNoRole(ctx context.Context, m ledger.Member) error {
	var role string
	err := w.GetContext(ctx, &role, `SELECT coalesce(role_ahead($1, $2, $3), '')`,
		string(w.commons.ID), string(m.ID), w.today().String())
	if err == nil && role != "" {
		err = holdsRole(m.Handle, role)
	}
	return err
}

// insertSuspension suspends the member for the reason or, without one, readmits them.
func (w *work) insertSuspension(
	ctx context.Context, m ledger.Member, reason string,
) ([]ledger.Member, error) {
	w.head.Setting++
	_, err := w.ExecContext(ctx, `
		INSERT INTO member_suspension (commons_id, number, member_id, suspended, reason, recorded_by,
		            recorded_at)
		VALUES ($1, $2, $3, $4 <> '', $4, $5, $6)`,
		string(w.commons.ID), w.head.Setting, string(m.ID), reason, nullable(w.by), w.now)
	if err != nil {
		return nil, err
	}
	m, err = w.member(ctx, m.ID.String())
	return []ledger.Member{m}, err
}

// checkRoleOf refuses to give a role to who is suspended.
func (w *work) checkRoleOf(ctx context.Context, c ledger.Change) error {
	if c.Type != ledger.GrantChange || !c.Held {
		return nil
	}
	m, err := w.member(ctx, c.Member.ID.String())
	if err == nil {
		err = m.CheckRole()
	}
	return err
}

// suspensionInvariants hold suspensions against roles, by what was known at each. The day
// of a suspension in the commons is not kept, but is never later than the one after that in
// UTC.
var suspensionInvariants = []invariant{
	{
		name:  "nobody suspended holds a role",
		count: `SELECT count(*) FROM member_suspension WHERE commons_id = $1`,
		find: `
			SELECT 'setting ' || s.number
			  FROM member_suspension AS s
			 WHERE s.commons_id = $1 AND s.suspended AND EXISTS (
			       SELECT FROM (
			              SELECT (s.recorded_at AT TIME ZONE 'UTC')::date + 1 AS turn
			               UNION SELECT from_on FROM member_role AS r
			                      WHERE r.commons_id = $1 AND r.member_id = s.member_id
			               UNION SELECT from_on FROM member_stage AS t
			                      WHERE t.commons_id = $1 AND t.member_id = s.member_id) AS d
			        WHERE d.turn > (s.recorded_at AT TIME ZONE 'UTC')::date
			          AND roles_then($1, s.member_id, d.turn, s.number) <> '{}')
			 UNION ALL
			SELECT 'setting ' || r.number
			  FROM member_role AS r
			 WHERE r.commons_id = $1 AND r.held
			   AND (SELECT s.suspended FROM member_suspension AS s
			         WHERE s.commons_id = $1 AND s.member_id = r.member_id AND s.number < r.number
			         ORDER BY s.number DESC LIMIT 1)
			 ORDER BY 1`,
	},
	{
		name:  "suspensions and their ends take turns",
		count: `SELECT count(*) FROM member_suspension WHERE commons_id = $1`,
		find: `
			SELECT 'setting ' || number
			  FROM (SELECT number, suspended, reason, recorded_by, member_id,
			               lag(suspended, 1, false) OVER (PARTITION BY member_id ORDER BY number) AS before
			          FROM member_suspension WHERE commons_id = $1) AS s
			 WHERE suspended = before OR suspended <> (reason <> '') OR recorded_by = member_id
			 ORDER BY number`,
	},
}

package postgres

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/lib/pq"

	"phyle/ledger"
)

// ProposePolicy asks for another approval policy. It takes effect when a second
// person confirms it; at once, and unchecked, where nobody else could.
func (s *Store) ProposePolicy(
	ctx context.Context, act *Act, policy ledger.ApprovalPolicy,
) (ledger.Change, error) {
	return write(ctx, s, act, func(w *work) (ledger.Change, error) {
		if err := w.authorize(ledger.ProposePolicy, false); err != nil {
			return ledger.Change{}, err
		}
		if err := policy.Validate(w.commons.Currency); err != nil {
			return ledger.Change{}, err
		}
		c := ledger.Change{Type: ledger.PolicyChange, Policy: policy}
		made, err := w.propose(ctx, []ledger.Change{c})
		if err != nil {
			return c, err
		}
		return w.change(ctx, made[0].ID)
	})
}

// propose keeps changes, and puts into effect those that nobody else could confirm, such
// as those of founding. They are returned with their ids and states.
func (w *work) propose(ctx context.Context, changes []ledger.Change) ([]ledger.Change, error) {
	if len(changes) == 0 {
		return changes, nil
	}
	others, err := w.holders(ctx, changes[0].Confirmers())
	if err != nil {
		return nil, err
	}
	var unchecked []ledger.Change
	for i := range changes {
		c := &changes[i]
		if err := w.checkRoleOf(ctx, *c); err != nil {
			return nil, err
		}
		c.ID, c.ProposedBy = newID[ledger.ChangeID](), ledger.MemberRef{ID: w.by, Handle: w.handle}
		if c.State = ledger.ChangeWaiting; !c.Confirmable(others) {
			c.State = ledger.ChangeUnchecked
			unchecked = append(unchecked, *c)
			continue
		}
		w.await(c.ID)
	}
	if err := w.insertChanges(ctx, changes); err != nil {
		return nil, err
	}
	return changes, w.effect(ctx, unchecked, ledger.ChangeUnchecked)
}

// holders returns who holds one of the roles today.
func (w *work) holders(
	ctx context.Context, roles []ledger.Role,
) (members []ledger.MemberID, err error) {
	err = w.SelectContext(ctx, &members, `
		SELECT m.member_id
		  FROM (SELECT DISTINCT commons_id, member_id FROM member_role
		         WHERE commons_id = $1 AND held AND role = ANY ($3::text[])) AS m
		 WHERE string_to_array(roles_on(m.commons_id, m.member_id, $2), ' ') && $3::text[]`,
		string(w.commons.ID), w.today().String(), pq.Array(texts(roles)))
	return members, err
}

func (w *work) insertChanges(ctx context.Context, changes []ledger.Change) error {
	for _, c := range changes {
		var approvals, above, member, role, held, from, until, reason any
		var operation, method, path, match, body any
		switch c.Type {
		case ledger.PolicyChange:
			approvals, above = c.Policy.Count, c.Policy.Above
		case ledger.GrantChange:
			member, role, held, from = string(c.Member.ID), string(c.Role), c.Held, c.From.String()
			until, reason = nullable(c.Until.String()), nullable(c.Reason)
		case ledger.EraseChange:
			member, reason = string(c.Member.ID), c.Reason
		case ledger.ActChange:
			operation, method, path = string(c.Act.Operation), c.Act.Method, c.Act.Path
			match, body = c.Act.Match, c.Act.Body
		}
		_, err := w.ExecContext(ctx, `
			INSERT INTO change (commons_id, change_id, type, approvals, approvals_above, member_id, role,
			            held, from_on, reason, operation, method, path, match, body, proposed_by, proposed_at, until_on)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
			string(w.commons.ID), string(c.ID), string(c.Type), approvals, above, member, role, held, from,
			reason, operation, method, path, match, body, nullable(w.by), w.now, until)
		if err != nil {
			return err
		}
	}
	return nil
}

// effect puts changes into effect and settles them.
func (w *work) effect(
	ctx context.Context, changes []ledger.Change, outcome ledger.ChangeState,
) error {
	after := w.head.Setting
	for _, c := range changes {
		var err error
		switch c.Type {
		case ledger.PolicyChange:
			err = w.insertPolicy(ctx, c.Policy)
		case ledger.GrantChange:
			err = w.insertRole(ctx, c)
		case ledger.EraseChange:
			err = w.erase(ctx, c)
		}
		if err == nil {
			err = w.settle(ctx, c, outcome, after)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *work) insertPolicy(ctx context.Context, policy ledger.ApprovalPolicy) error {
	w.head.Setting++
	_, err := w.ExecContext(ctx, `
		INSERT INTO approval_policy (commons_id, number, approvals, above) VALUES ($1, $2, $3, $4)`,
		string(w.commons.ID), w.head.Setting, policy.Count, policy.Above)
	return err
}

// settle ends a change. The setting that it made, if any, is the last one now.
func (w *work) settle(
	ctx context.Context, c ledger.Change, outcome ledger.ChangeState, after int64,
) error {
	event := map[ledger.ChangeState]ledger.EventType{
		ledger.ChangeConfirmed: ledger.ChangeMade, ledger.ChangeUnchecked: ledger.ChangeNotChecked,
		ledger.ChangeWithdrawn: ledger.ChangeTakenBack,
	}[outcome]
	if w.by != "" { // what is done at the machine or in founding tells of the member alone
		tell(w, event, c.ID)
	}
	var number, made, firstEntry, lastEntry any
	switch {
	case outcome == ledger.ChangeWithdrawn:
	case c.Type == ledger.ActChange:
		if made = c.Made; w.head.Sequence > w.began.Sequence {
			firstEntry, lastEntry = w.began.Sequence+1, w.head.Sequence
		}
	default:
		number = w.head.Setting
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO change_confirmation (commons_id, change_id, outcome, proposed_by, decided_by,
		            decided_at, on_day, after_setting, number, made, first_entry, last_entry)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		string(w.commons.ID), string(c.ID), string(outcome), nullable(c.ProposedBy.ID), nullable(w.by),
		w.now, w.today().String(), after, number, made, firstEntry, lastEntry)
	return err
}

// ConfirmChange puts a change into effect. That may do somebody else than who proposed
// it, and nobody who would get a role by it. Approvers do not confirm erasures. What asks
// for an act is confirmed by that act, with Act.Confirms.
func (s *Store) ConfirmChange(
	ctx context.Context, act *Act, id ledger.ChangeID,
) (ledger.Change, error) {
	return write(ctx, s, act, func(w *work) (ledger.Change, error) {
		c, err := w.change(ctx, id)
		if err == nil {
			err = w.authorize(ledger.ConfirmChange, c.ProposedBy.ID == w.by)
		}
		if err == nil {
			err = c.CheckConfirm(w.by, w.roles)
		}
		if err == nil && c.Type == ledger.ActChange {
			err = errors.New("an act is confirmed by doing it")
		}
		if err == nil {
			err = w.effect(ctx, []ledger.Change{c}, ledger.ChangeConfirmed)
		}
		if err == nil && c.Type == ledger.GrantChange {
			tell(w, ledger.MemberChanged, c.Member.ID)
			err = w.checkOffices(ctx)
		}
		if err != nil {
			return c, err
		}
		return w.change(ctx, id)
	})
}

// WithdrawChange takes a change back before it is confirmed. That may do who proposed
// it, and who could confirm it.
func (s *Store) WithdrawChange(
	ctx context.Context, act *Act, id ledger.ChangeID,
) (ledger.Change, error) {
	return write(ctx, s, act, func(w *work) (ledger.Change, error) {
		c, err := w.change(ctx, id)
		if err == nil {
			err = w.authorize(ledger.WithdrawChange, c.ProposedBy.ID == w.by)
		}
		if err == nil {
			err = c.CheckWaiting()
		}
		if err == nil {
			err = w.settle(ctx, c, ledger.ChangeWithdrawn, w.head.Setting)
		}
		if err != nil {
			return c, err
		}
		return w.change(ctx, id)
	})
}

const changeQuery = `
	SELECT c.change_id, c.type, coalesce(e.outcome, 'waiting') AS state, coalesce(c.approvals, 0),
	       coalesce(c.approvals_above, 0), coalesce(c.member_id::text, ''), coalesce(m.handle, ''),
	       coalesce(c.role, ''), coalesce(c.held, false), c.from_on, coalesce(c.reason, ''),
	       coalesce(c.operation, ''), coalesce(c.method, ''), coalesce(c.path, ''), coalesce(c.match, ''),
	       coalesce(c.body, ''), coalesce(e.made, ''), coalesce(c.proposed_by::text, ''),
	       coalesce(p.handle, ''), c.proposed_at, coalesce(e.decided_by::text, ''),
	       coalesce(d.handle, ''), e.decided_at, c.until_on
	  FROM change AS c
	  LEFT JOIN change_confirmation AS e USING (commons_id, change_id)
	  LEFT JOIN member AS m ON m.commons_id = c.commons_id AND m.member_id = c.member_id
	  LEFT JOIN member AS p ON p.commons_id = c.commons_id AND p.member_id = c.proposed_by
	  LEFT JOIN member AS d ON d.commons_id = c.commons_id AND d.member_id = e.decided_by
	 WHERE c.commons_id = $1`

// Changes lists changes, newest first, up to limit before the one that is named; a
// state that is given leaves out the others. Acts on money that others asked for are left
// out for who may not see the books.
func (s *Store) Changes(
	ctx context.Context, by Caller, state ledger.ChangeState, after ledger.ChangeID, limit int,
) ([]ledger.Change, error) {
	return read(ctx, s, by.to(ledger.ReadMembers), func(w *work) ([]ledger.Change, error) {
		return w.changes(ctx, changeQuery+`
			   AND ($2 = '' OR coalesce(e.outcome, 'waiting') = $2)
			   AND ($3::uuid IS NULL OR c.change_id < $3)
			   AND (c.proposed_by IS NOT DISTINCT FROM $5::uuid
			        OR coalesce(c.operation, '') <> ALL ($6::text[]))
			 ORDER BY c.change_id DESC LIMIT $4`,
			string(w.commons.ID), string(state), nullable(after), limit, nullable(w.by),
			pq.Array(texts(w.unseenActs())))
	})
}

// Confirmers returns a change, with those who may confirm it and have an address. The
// server asks for it, in nobody's name.
func (s *Store) Confirmers(
	ctx context.Context, commons ledger.Commons, id ledger.ChangeID,
) (c ledger.Change, to []ledger.Contact, err error) {
	server := Caller{Commons: commons}
	c, err = read(ctx, s, server.to(ledger.ReadMembers), func(w *work) (ledger.Change, error) {
		c, err := w.change(ctx, id)
		if err != nil {
			return c, err
		}
		holders, err := w.holders(ctx, c.Confirmers())
		if err != nil {
			return c, err
		}
		holders = slices.DeleteFunc(holders, func(m ledger.MemberID) bool {
			return !c.Confirmable([]ledger.MemberID{m})
		})
		return c, w.SelectContext(ctx, &to, contactQuery+`
			   AND p.email IS NOT NULL AND m.member_id = ANY ($2::uuid[])
			 ORDER BY m.join_number`, string(w.commons.ID), pq.Array(texts(holders)))
	})
	return c, to, err
}

// await tells that a change waits.
func (w *work) await(id ledger.ChangeID) {
	tell(w, ledger.ChangeProposed, id)
	w.act.Waiting = append(w.act.Waiting, id)
}

// unseenActs returns the operations on money that the caller may not see others ask for,
// since they may not see the books either.
func (w *work) unseenActs() (unseen []ledger.Operation) {
	if w.sees(ledger.ReadBooks) {
		return nil
	}
	for _, row := range ledger.Rights() {
		if row.Waits() && !slices.Contains([]ledger.Operation{ledger.ManageSettings,
			ledger.AdoptAgreement}, row.Operation) {
			unseen = append(unseen, row.Operation)
		}
	}
	return unseen
}

// Change returns a change; one that Changes leaves out is not found.
func (s *Store) Change(
	ctx context.Context, by Caller, id ledger.ChangeID,
) (ledger.Change, error) {
	return read(ctx, s, by.to(ledger.ReadMembers), func(w *work) (ledger.Change, error) {
		c, err := w.change(ctx, id)
		if err == nil && c.ProposedBy.ID != w.by && slices.Contains(w.unseenActs(), c.Act.Operation) {
			err = notFound(sql.ErrNoRows, "change")
		}
		return c, err
	})
}

func (w *work) change(ctx context.Context, id ledger.ChangeID) (ledger.Change, error) {
	found, err := w.changes(ctx, changeQuery+` AND c.change_id = $2`, string(w.commons.ID), string(id))
	if err == nil && len(found) == 0 {
		return ledger.Change{}, notFound(sql.ErrNoRows, "change")
	}
	if err != nil {
		return ledger.Change{}, err
	}
	return found[0], nil
}

func (w *work) changes(
	ctx context.Context, query string, args ...any,
) (changes []ledger.Change, err error) {
	rows, err := w.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c ledger.Change
		var decided sql.NullTime
		if err := rows.Scan(&c.ID, &c.Type, &c.State, &c.Policy.Count, &c.Policy.Above, &c.Member.ID,
			&c.Member.Handle, &c.Role, &c.Held, &c.From, &c.Reason, &c.Act.Operation, &c.Act.Method,
			&c.Act.Path, &c.Act.Match, &c.Act.Body, &c.Made, &c.ProposedBy.ID, &c.ProposedBy.Handle,
			&c.ProposedAt, &c.DecidedBy.ID, &c.DecidedBy.Handle, &decided, &c.Until); err != nil {
			return nil, err
		}
		c.ProposedAt, c.DecidedAt = c.ProposedAt.UTC(), decided.Time.UTC()
		changes = append(changes, c)
	}
	return changes, rows.Err()
}

package postgres

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// ErrWaits is returned when a second person has to confirm an act: it was asked for and
// not done, and the act's Answer tells of the change that waits.
var ErrWaits = errors.New("a second person has to confirm it")

// second is what a transaction knows of the second person.
type second struct {
	// when says whether the act waits for one.
	when ledger.Second
	// change is what is confirmed, if the transaction confirms an act; by then is who
	// confirms it.
	change *ledger.Change
	by     ledger.MemberRef
}

// movement is what an act moves of what one person alone may move up to a limit.
type movement struct {
	moved  decimal.Decimal
	payees []ledger.MemberID
}

// conclude has the act wait if a second person is to confirm it, and finishes it if not.
func (w *work) conclude(ctx context.Context, result any) error {
	if w.second.change != nil {
		return w.confirmAct(ctx, result)
	}
	asks, able, err := w.secondPerson(ctx)
	switch {
	case err != nil:
		return err
	case asks && able && w.act.Asked == nil:
		return ledger.Errorf(ledger.Forbidden, "second_person",
			"A second person has to confirm this; ask for it where it can wait for them.")
	case asks && able:
		return cmp.Or(w.checkNow(ctx), ErrWaits)
	case asks && w.act.Asked != nil:
		if err := w.markUnchecked(ctx, result); err != nil {
			return err
		}
	}
	return finish(ctx, w, w.act, result)
}

// secondPerson reports whether the act asks for a second person, and whether somebody
// could be it. Acts at the machine ask for none.
func (w *work) secondPerson(ctx context.Context) (asks, able bool, err error) {
	if w.second.when == ledger.Alone || w.by == "" || w.act.DryRun || w.commons.Approvals.Count == 0 {
		return false, false, nil
	}
	m, asks := movement{}, true
	if w.second.when == ledger.AboveLimit {
		if m, err = w.movement(ctx); err == nil {
			asks, err = w.aboveLimit(ctx, m)
		}
	}
	if err != nil || !asks {
		return false, false, err
	}
	others, err := w.holders(ctx, ledger.Change{Type: ledger.ActChange}.Confirmers())
	asked := ledger.Change{ProposedBy: ledger.MemberRef{ID: w.by}}
	return true, asked.Confirmable(others, m.payees...), err
}

// markUnchecked keeps the act as a change that nobody else could confirm.
func (w *work) markUnchecked(ctx context.Context, result any) error {
	made, err := w.act.Render(result)
	if err != nil {
		return err
	}
	c := ledger.Change{
		ID: newID[ledger.ChangeID](), Type: ledger.ActChange, Act: *w.act.Asked, Made: made.Location,
		ProposedBy: ledger.MemberRef{ID: w.by, Handle: w.handle},
	}
	if err := w.insertChanges(ctx, []ledger.Change{c}); err != nil {
		return err
	}
	return w.settle(ctx, c, ledger.ChangeUnchecked, w.began.Setting)
}

// aboveLimit reports whether the movement passes the limit of the approval policy,
// together with what was moved before, or pays to who asks for it.
func (w *work) aboveLimit(ctx context.Context, m movement) (bool, error) {
	if slices.Contains(m.payees, w.by) {
		return true, nil
	}
	earlier, err := w.movedAlone(ctx)
	if err != nil {
		return false, err
	}
	money := func(d decimal.Decimal) ledger.Money {
		return ledger.Money{Amount: d, Currency: w.commons.Currency}
	}
	return w.commons.Approvals.Asks(money(m.moved), money(earlier)) > 0, nil
}

// movedByHand are entries e that somebody recorded by hand, or that reverse such, o.
const movedByHand = `
	  FROM entry AS e
	  LEFT JOIN entry AS o ON o.commons_id = e.commons_id AND o.entry_id = e.reverses
	  JOIN posting AS p ON p.commons_id = e.commons_id AND p.sequence = e.sequence
	  JOIN account AS a ON a.commons_id = p.commons_id AND a.account_id = p.account_id
	 WHERE e.commons_id = $1 AND e.recorded_by IS NOT NULL
	   AND (coalesce(o.kind, e.kind) IN ('spending', 'refund', 'transfer', 'capital', 'advance', 'payment',
	                                     'opening') OR o.kind = 'income')`

// movement returns what the entries of this transaction move, and whom they pay.
func (w *work) movement(ctx context.Context) (m movement, err error) {
	var payees pq.StringArray
	err = w.QueryRowContext(ctx, `
		SELECT coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0),
		       array_agg(DISTINCT a.member_id) FILTER (WHERE a.member_id IS NOT NULL)
		`+movedByHand+` AND e.sequence > $2`,
		string(w.commons.ID), w.began.Sequence).Scan(&m.moved, &payees)
	for _, payee := range payees {
		m.payees = append(m.payees, ledger.MemberID(payee))
	}
	return m, err
}

// movedAlone returns what was moved by hand in the days before without a second person.
func (w *work) movedAlone(ctx context.Context) (sum decimal.Decimal, err error) {
	err = w.GetContext(ctx, &sum, `
		SELECT coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0)
		`+movedByHand+` AND e.sequence <= $2 AND e.recorded_at > $3::timestamptz - make_interval(days => $4)
		   AND NOT EXISTS (SELECT FROM change_confirmation AS c
		                    WHERE c.commons_id = e.commons_id AND c.outcome = 'confirmed'
		                      AND e.sequence BETWEEN c.first_entry AND c.last_entry)`,
		string(w.commons.ID), w.began.Sequence, w.now, ledger.ApprovalDays)
	return sum, err
}

// ask keeps the act as it was asked for, until a second person confirms it.
func (s *Store) ask(ctx context.Context, act *Act) error {
	return s.within(ctx, nil, func(tx *sqlx.Tx) error {
		w, err := s.begin(ctx, tx, act, true)
		if err != nil {
			return err
		}
		if err := w.authorize(act.Asked.Operation, false); err != nil {
			return err
		}
		c := ledger.Change{
			ID: newID[ledger.ChangeID](), Type: ledger.ActChange, Act: *act.Asked,
			ProposedBy: ledger.MemberRef{ID: w.by, Handle: w.handle},
		}
		w.await(c.ID)
		if err := w.insertChanges(ctx, []ledger.Change{c}); err != nil {
			return err
		}
		if c, err = w.change(ctx, c.ID); err != nil {
			return err
		}
		return finish(ctx, w, act, c)
	})
}

// ActToConfirm returns a change that asks for an act, for who is about to confirm it.
func (s *Store) ActToConfirm(
	ctx context.Context, by Caller, id ledger.ChangeID,
) (ledger.Change, error) {
	return read(ctx, s, by.to(ledger.ConfirmChange), func(w *work) (ledger.Change, error) {
		return w.change(ctx, id)
	})
}

// standIn has the caller, who confirms an act, stand aside for who asked for it: what
// follows is done by them, with the rights that they have now.
func (w *work) standIn(ctx context.Context) error {
	c, err := w.change(ctx, w.act.Confirms)
	if err == nil {
		err = w.authorize(ledger.ConfirmChange, c.ProposedBy.ID == w.by)
	}
	if err == nil {
		err = c.CheckConfirm(w.by, w.roles)
	}
	if err == nil {
		err = c.Act.CheckConfirm()
	}
	if err != nil {
		return err
	}
	if w.act.Asked == nil || *w.act.Asked != c.Act {
		return errors.New("what is confirmed is not what was asked for")
	}
	w.second = second{change: &c, by: ledger.MemberRef{ID: w.by, Handle: w.handle}}
	row, _ := c.Act.Operation.Right()
	w.second.when = row.Second
	return w.actFor(ctx, c)
}

// actFor goes on as who asked for the change, if they still may.
func (w *work) actFor(ctx context.Context, c ledger.Change) error {
	w.by, w.handle, w.right = c.ProposedBy.ID, c.ProposedBy.Handle, right{operation: c.Act.Operation}
	var held held
	err := w.QueryRowContext(ctx, `
		SELECT coalesce(roles_on($1, $2, $3), ''), coalesce(stage_on($1, $2, $3), ''),
		       suspended_since($1, $2) IS NOT NULL`,
		string(w.commons.ID), string(w.by), w.today().String()).
		Scan(&held.roles, &held.stage, &held.suspended)
	if err == nil {
		err = w.hold(Caller{}, held)
	}
	if err == nil && w.right.authorize(c.Act.Operation, false) != nil {
		err = ledger.Errorf(ledger.Conflict, "proposer_without_right",
			"%s may not do this any more; take it back, and have somebody ask for it who may.", w.handle)
	}
	return err
}

// votedOn says that the members themselves have decided: no second person has to.
func (w *work) votedOn() { w.second.when = ledger.Alone }

// confirmAct settles the change that asked for the act, now that it is done.
func (w *work) confirmAct(ctx context.Context, result any) error {
	c := *w.second.change
	if w.second.when == ledger.AboveLimit {
		m, err := w.movement(ctx)
		if err == nil {
			err = ledger.CheckPayees(w.second.by.ID, m.payees)
		}
		if err != nil {
			return err
		}
	}
	if w.trail.after == nil {
		w.trail.after = factsOf(result)
	}
	made, err := w.act.Render(result)
	if err != nil {
		return err
	}
	c.Made = made.Location
	w.by, w.handle = w.second.by.ID, w.second.by.Handle
	if err := w.settle(ctx, c, ledger.ChangeConfirmed, w.began.Setting); err != nil {
		return err
	}
	if c, err = w.change(ctx, c.ID); err != nil {
		return err
	}
	return finish(ctx, w, w.act, c)
}

package postgres

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"phyle/ledger"
)

// Act is one request that writes: who asks, under which idempotency key, and how
// its answer is written down, so that key, answer and effect are kept together.
type Act struct {
	By Caller
	// RequestID and Address are those of the request, for the audit trail; Address is
	// the network it came from, "" for the command line. Subject is the id of what the
	// act is to change, where the request names one.
	RequestID string
	Address   string
	Subject   string
	// Operation is what the act is, as soon as that is known.
	Operation ledger.Operation
	// DryRun asks for the full answer and no effect.
	DryRun bool
	// Key is the caller's idempotency key, "" for none; Fingerprint is a hash of
	// the request that came with it.
	Key         string
	Fingerprint []byte
	// Unchanged is asked, under the lock, whether the thing that the act changes is
	// still as the caller saw it. It may be nil.
	Unchanged func(current any) error
	// Render turns the result into the answer, inside the transaction. It may be
	// nil where no key is given.
	Render func(result any) (Answer, error)
	// Answer is what Render returned, or what was kept under the key before, in
	// which case Replayed is set and the method returned ErrReplayed.
	Answer   Answer
	Replayed bool
	// Asked is the request, where the matrix of rights has its act wait for a second
	// person, and Confirms the change by which somebody else asked for it, where the
	// caller confirms it. RenderChange then turns the change into the answer.
	Asked        *ledger.ActRequest
	Confirms     ledger.ChangeID
	RenderChange func(change ledger.Change) (Answer, error)
	// Waiting are the changes that the act has left waiting for a second person.
	Waiting []ledger.ChangeID
	// again is set while the act is tried again after its connection was lost.
	again bool
	// refused is set once the audit trail is to tell of the act's refusal.
	refused bool
}

// Answer is what the caller of an Act is told.
type Answer struct {
	Status   int
	Location string
	Body     []byte
	// Resource is the id of what was made, for a key that is used again.
	Resource string
}

// ErrReplayed is returned when the act's key was used by the same request before:
// nothing was done, and the act's Answer is the one given then.
var ErrReplayed = errors.New("the stored answer is given again")

// errDryRun ends a transaction whose effect is not wanted.
var errDryRun = errors.New("dry run")

// work is one transaction of one caller.
type work struct {
	*sqlx.Tx
	commons ledger.Commons
	by      ledger.MemberID
	handle  string
	right
	// now is when the work is recorded: not before what was recorded last.
	now  time.Time
	head head
	// began is the head as it was at the beginning, and second what is known of the second
	// person.
	began  head
	second second
	// told is what the transaction will tell of in the feed.
	told []happening
	// act is whose work it is, and trail what the audit trail will say of it.
	act   *Act
	trail trail
}

// manyRows is how many rows make it worth planning anew.
const manyRows = 500

// replan has the database plan anew what its triggers and references do for each row,
// where many follow: what it planned while a table was small reads the whole table for
// every row.
func (w *work) replan(ctx context.Context, rows int) error {
	if rows < manyRows {
		return nil
	}
	_, err := w.ExecContext(ctx, "DISCARD PLANS")
	return err
}

// head holds the last numbers given in a commons.
type head struct {
	Sequence    int64     `db:"sequence"`
	Acceptance  int64     `db:"acceptance"`
	Setting     int64     `db:"setting"`
	Joined      int64     `db:"joined"`
	Distributed int64     `db:"distributed"`
	Event       int64     `db:"event"`
	Audit       int64     `db:"audit"`
	RecordedAt  time.Time `db:"recorded_at"`
}

// today is the day in the commons.
func (w *work) today() ledger.Date { return w.commons.Today(w.now) }

// authorize refuses what the caller has no right to, and names the act by it.
func (w *work) authorize(operation ledger.Operation, own bool) error {
	row, _ := operation.Right()
	if w.second.change == nil {
		w.act.Operation = operation
		if row.Waits() {
			w.second.when = row.Second
		}
	}
	return w.right.authorize(operation, own)
}

// write runs f in a transaction that holds the commons' lock, from its first
// statement on. What f returns is rendered and kept with the act's key in the
// same transaction. A transaction that lost its connection, or stood in another's
// way, is run again, three times in all.
func write[T any](
	ctx context.Context, s *Store, act *Act, f func(w *work) (T, error),
) (T, error) {
	result, err := repeat(ctx, s, act, f)
	s.Refuse(act, err)
	return result, err
}

func repeat[T any](
	ctx context.Context, s *Store, act *Act, f func(w *work) (T, error),
) (result T, err error) {
	for range 3 {
		result, err = attempt(ctx, s, act, f)
		if err == nil || errors.Is(err, ErrReplayed) || errors.Is(err, ErrWaits) || !repeatable(err) {
			break
		}
		act.again = true
	}
	act.again = false
	return result, translate(err)
}

func attempt[T any](
	ctx context.Context, s *Store, act *Act, f func(w *work) (T, error),
) (result T, err error) {
	grown := false
	err = s.within(ctx, nil, func(tx *sqlx.Tx) error {
		w, err := s.begin(ctx, tx, act, true)
		if err == nil && act.Confirms != "" {
			err = w.standIn(ctx)
		}
		if err != nil {
			return err
		}
		if result, err = f(w); err != nil {
			return err
		}
		w.mustBeAsked()
		err = w.conclude(ctx, result)
		grown = w.grown()
		return err
	})
	switch {
	case err == nil && grown:
		s.freshen(ctx)
	case errors.Is(err, errDryRun):
		return result, nil
	case errors.Is(err, ErrWaits):
		if err = s.ask(ctx, act); err == nil {
			return result, ErrWaits
		}
	}
	var commit commitError
	if errors.As(err, &commit) && act.Key != "" {
		return result, commit.error // the key will tell whether it took effect
	}
	return result, err
}

// within runs f in a transaction and commits it, unless f returns an error or panics.
func (s *Store) within(
	ctx context.Context, options *sql.TxOptions, f func(tx *sqlx.Tx) error,
) (err error) {
	tx, err := s.db.BeginTxx(ctx, options)
	if err != nil {
		return err
	}
	defer func() {
		_ = tx.Rollback() // nothing after a commit; else what led here says more
	}()
	if err = f(tx); err != nil {
		return err
	}
	if err = tx.Commit(); err != nil {
		return commitError{err}
	}
	return nil
}

// begin sets role and commons, tries the key's own lock, takes the commons' lock
// and then, in a statement of its own, reads what must be read under it.
func (s *Store) begin(ctx context.Context, tx *sqlx.Tx, act *Act, lock bool) (*work, error) {
	act.Waiting = nil
	w := &work{Tx: tx, act: act, commons: act.By.Commons, by: act.By.Member, handle: act.By.Handle,
		right: right{operation: act.By.Operation}}
	free := act.Key == ""
	err := s.assume(ctx, tx, w.commons.ID)
	if err == nil && !free {
		free, err = tryKey(ctx, tx, act)
	}
	if err != nil {
		return nil, err
	}
	if !free {
		return nil, keyInFlight()
	}
	if lock {
		if err := w.lock(ctx); err != nil {
			return nil, err
		}
	}
	return w, w.load(ctx, s, act)
}

// tryKey takes the lock of the act's key, if nobody holds it. An act that is tried
// again waits for it: its own lost transaction may not have ended yet.
func tryKey(ctx context.Context, tx *sqlx.Tx, act *Act) (free bool, err error) {
	err = tx.GetContext(ctx, &free, `
		SELECT CASE WHEN $2 THEN pg_advisory_xact_lock(hashtextextended($1, 0)) IS NOT NULL
		            ELSE pg_try_advisory_xact_lock(hashtextextended($1, 0)) END`,
		keyLock(act), act.again)
	return free, err
}

// keyLock is what the lock of the act's key is made from.
func keyLock(act *Act) string {
	return string(act.By.Commons.ID) + " " + string(act.By.Member) + " " + act.Key
}

func keyInFlight() error {
	return ledger.Errorf(ledger.Conflict, "idempotency_in_flight",
		"The first request with this key is still running; ask again in a moment.")
}

func keyReused(kept Answer) error {
	return ledger.Errorf(ledger.Invalid, "idempotency_key_reused",
		"This key was used for another request; take a new key for a new act.").
		With("resource_id", kept.Resource)
}

// assume takes the app's role and names the commons, for this transaction.
func (s *Store) assume(ctx context.Context, tx *sqlx.Tx, commons ledger.CommonsID) error {
	_, err := tx.ExecContext(ctx,
		`SELECT set_config('role', $1, true), set_config('phyle.commons', $2, true)`,
		s.role, string(commons))
	return err
}

// directory runs f where all commons are listed, for who is at the machine itself: it
// reads which there are and the tokens that belong to none, and nothing else.
func (s *Store) directory(ctx context.Context, f func(tx *sqlx.Tx) error) error {
	return s.within(ctx, &sql.TxOptions{ReadOnly: true}, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx,
			`SELECT set_config('role', $1, true), set_config('phyle.directory', 'on', true)`, s.role)
		if err != nil {
			return err
		}
		return f(tx)
	})
}

func (w *work) lock(ctx context.Context) error {
	err := w.GetContext(ctx, &w.head, `
		SELECT sequence, acceptance, setting, joined, distributed, event, audit, recorded_at
		  FROM journal_head WHERE commons_id = $1 FOR UPDATE`, string(w.commons.ID))
	w.began = w.head
	return err
}

// setNow takes the clock, held at the instant that was recorded last.
func (w *work) setNow(s *Store) {
	w.now = s.Now()
	if w.now.Before(w.head.RecordedAt) {
		w.now = w.head.RecordedAt.UTC()
	}
}

// load reads the caller's rights, the commons as it is now and, where the act has
// a key, what was kept under it.
func (w *work) load(ctx context.Context, s *Store, act *Act) error {
	w.setNow(s)
	var held held
	err := w.QueryRowContext(ctx, `
		SELECT c.name, c.time_zone, c.advance_limit, c.contributions_shown, c.books_shown, `+policyColumns+`,
		       coalesce(roles_on($1, $2, $3), ''), coalesce(stage_on($1, $2, $3), ''),
		       suspended_since($1, $2) IS NOT NULL,
		       coalesce((SELECT array_to_string(usable_scopes(t), ' ') FROM token AS t
		                  WHERE t.commons_id = $1 AND t.member_id = $2 AND t.token_id = $4
		                    AND t.expires_at > $5), '')
		  FROM commons AS c WHERE c.commons_id = $1`,
		string(w.commons.ID), nullable(w.by), w.today().String(), nullable(act.By.Token), s.Now(),
	).Scan(&w.commons.Name, &w.commons.TimeZone, &w.commons.AdvanceLimit,
		&w.commons.Visibility.Contributions, &w.commons.Visibility.Books,
		&w.commons.Approvals.Count, &w.commons.Approvals.Above, &held.roles, &held.stage, &held.suspended,
		&held.scopes)
	if err == nil {
		held.shown = w.commons.Visibility
		err = w.hold(act.By, held)
	}
	if err != nil || act.Key == "" {
		return err
	}
	return w.replay(ctx, act)
}

func (w *work) replay(ctx context.Context, act *Act) error {
	var fingerprint []byte
	var kept Answer
	var body string
	err := w.QueryRowContext(ctx, `
		SELECT fingerprint, status, location, resource, body FROM idempotency_key
		 WHERE commons_id = $1 AND member_id = $2 AND key IN ($3, erased_key($3))`,
		string(w.commons.ID), string(w.by), act.Key,
	).Scan(&fingerprint, &kept.Status, &kept.Location, &kept.Resource, &body)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	kept.Body = []byte(body)
	return act.replayed(kept, fingerprint)
}

// replayed gives the act the answer that was kept under its key, if that is there still
// and the request is the same.
func (a *Act) replayed(kept Answer, fingerprint []byte) error {
	switch {
	case len(fingerprint) == 0:
		return answerErased(kept)
	case !bytes.Equal(fingerprint, a.Fingerprint):
		return keyReused(kept)
	}
	a.Answer, a.Replayed = kept, true
	return ErrReplayed
}

// unchanged refuses the act if what it changes is not what the caller saw.
func (a *Act) unchanged(current any) error {
	if a.Unchanged == nil {
		return nil
	}
	return a.Unchanged(current)
}

// render writes the answer down, if somebody wants one.
func (a *Act) render(result any) (err error) {
	change, isChange := result.(ledger.Change)
	switch {
	case isChange && a.RenderChange != nil:
		a.Answer, err = a.RenderChange(change)
	case a.Render != nil:
		a.Answer, err = a.Render(result)
	}
	return err
}

// checkNow has the database check what it would check at commit.
func (w *work) checkNow(ctx context.Context) error {
	_, err := w.ExecContext(ctx, `SET CONSTRAINTS ALL IMMEDIATE`)
	return err
}

// finish renders the answer and keeps it; a dry run ends instead.
func finish(ctx context.Context, w *work, act *Act, result any) error {
	if err := w.insertEvents(ctx); err != nil {
		return err
	}
	if err := act.render(result); err != nil {
		return err
	}
	if act.DryRun {
		return cmp.Or(w.checkNow(ctx), errDryRun)
	}
	if err := w.insertAudit(ctx, w.done(result)); err != nil || act.Key == "" {
		return err
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO idempotency_key (commons_id, member_id, key, fingerprint, status, location,
		            resource, body, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		string(w.commons.ID), string(w.by), act.Key, act.Fingerprint, act.Answer.Status,
		act.Answer.Location, act.Answer.Resource, string(act.Answer.Body), w.now)
	return err
}

// asking is a caller who wants to see something: their own, or whatever there is.
type asking struct {
	Caller
	operation ledger.Operation
	own       bool
}

// to says what the caller wants to see.
func (by Caller) to(o ledger.Operation) asking { return asking{Caller: by, operation: o} }

// toOwn says that the caller wants to see something that may be their own; whether it is
// has to be authorized once it is known.
func (by Caller) toOwn(o ledger.Operation) asking {
	return asking{Caller: by, operation: o, own: true}
}

// read runs f in a transaction that only reads, and sees one state of the books.
func read[T any](
	ctx context.Context, s *Store, by asking, f func(w *work) (T, error),
) (result T, err error) {
	for range 3 {
		result, err = readOnce(ctx, s, by, f)
		if err == nil || !repeatable(err) {
			break
		}
	}
	return result, translate(err)
}

func readOnce[T any](
	ctx context.Context, s *Store, by asking, f func(w *work) (T, error),
) (result T, err error) {
	once := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	err = s.within(ctx, once, func(tx *sqlx.Tx) error {
		w, err := s.begin(ctx, tx, &Act{By: by.Caller}, false)
		if err != nil {
			return err
		}
		if err := w.authorize(by.operation, by.own); err != nil {
			return err
		}
		result, err = f(w)
		return err
	})
	return result, err
}

package postgres

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"phyle/ledger"
)

const (
	// mostRefusals is how many refusals of one caller are written down in a window of
	// refusalWindow; those beyond are counted, and have one row together at its end.
	mostRefusals  = 30
	refusalWindow = time.Minute
	// refusalWait is how long who reads the trail waits for refusals on their way.
	refusalWait = time.Second
)

// refusals holds the refusals that are to be written down. That is done aside: nobody
// waits for it who was refused, and no answer hangs on whether it succeeds.
type refusals struct {
	mutex   sync.Mutex
	waiting map[ledger.CommonsID][]ledger.AuditRow
	// written is closed when nothing waits for the commons any more.
	written map[ledger.CommonsID]chan struct{}
	windows map[refusedCaller]*refusedWindow
	running sync.WaitGroup
	lost    atomic.Int64
}

// refusedCaller is one caller in one commons.
type refusedCaller struct {
	commons ledger.CommonsID
	member  ledger.MemberID
}

// refusedWindow is what a caller was refused since it began.
type refusedWindow struct {
	kept int
	// rest stands for those that are not kept one by one; its Count is their number.
	rest *ledger.AuditRow
	end  *time.Timer
}

// Refuse has the audit trail tell of the act's refusal, if it is of a kind that the
// trail tells of, and once however often it is called. It returns at once.
func (s *Store) Refuse(act *Act, err error) {
	var refusal *ledger.Error
	if act.refused || act.DryRun || act.By.Commons.ID == "" || !act.Operation.KeepsRefusals() ||
		!errors.As(err, &refusal) || !refusal.KeepsRefusal() {
		return
	}
	act.refused = true
	row := act.auditRow(s.Now())
	row.Outcome, row.Code = ledger.ActRefused, refusal.Code
	s.refusals.add(s, refusedCaller{act.By.Commons.ID, act.By.Member}, row)
}

// LostRefusals returns how many refusals could not be written down.
func (s *Store) LostRefusals() int64 { return s.refusals.lost.Load() }

func (r *refusals) add(s *Store, caller refusedCaller, row ledger.AuditRow) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.windows == nil {
		r.windows = map[refusedCaller]*refusedWindow{}
		r.waiting = map[ledger.CommonsID][]ledger.AuditRow{}
		r.written = map[ledger.CommonsID]chan struct{}{}
	}
	window := r.windows[caller]
	if window == nil {
		window = &refusedWindow{}
		window.end = time.AfterFunc(refusalWindow, func() { r.endWindow(s, caller) })
		r.windows[caller] = window
	}
	if window.kept < mostRefusals {
		window.kept++
		r.queue(s, caller.commons, row)
		return
	}
	if window.rest != nil {
		row.Count = window.rest.Count + 1
	}
	window.rest = &row
}

// endWindow writes down what was only counted.
func (r *refusals) endWindow(s *Store, caller refusedCaller) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	window := r.windows[caller]
	delete(r.windows, caller)
	if window != nil && window.rest != nil {
		r.queue(s, caller.commons, *window.rest)
	}
}

// queue lets the row wait, and has somebody write what waits. The mutex is held.
func (r *refusals) queue(s *Store, commons ledger.CommonsID, row ledger.AuditRow) {
	r.waiting[commons] = append(r.waiting[commons], row)
	if r.written[commons] == nil {
		r.written[commons] = make(chan struct{})
		r.running.Go(func() { r.write(s, commons) })
	}
}

// take returns what waits for the commons. When nothing does, nobody writes for it.
func (r *refusals) take(commons ledger.CommonsID) []ledger.AuditRow {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	rows := r.waiting[commons]
	delete(r.waiting, commons)
	if len(rows) == 0 {
		close(r.written[commons])
		delete(r.written, commons)
	}
	return rows
}

func (r *refusals) write(s *Store, commons ledger.CommonsID) {
	for rows := r.take(commons); len(rows) > 0; rows = r.take(commons) {
		if err := s.insertRefusals(commons, rows); err != nil {
			for _, row := range rows {
				r.lost.Add(row.Count)
			}
		}
	}
}

// insertRefusals writes the rows in a transaction of their own.
func (s *Store) insertRefusals(commons ledger.CommonsID, rows []ledger.AuditRow) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), batchLimit)
	defer cancel()
	for range 3 {
		err = s.within(ctx, nil, func(tx *sqlx.Tx) error {
			w := &work{Tx: tx, commons: ledger.Commons{ID: commons}}
			if err := s.assume(ctx, tx, commons); err != nil {
				return err
			}
			if err := w.lock(ctx); err != nil {
				return err
			}
			w.setNow(s)
			return w.insertAudit(ctx, rows...)
		})
		var commit commitError
		if err == nil || errors.As(err, &commit) || !repeatable(err) {
			break
		}
	}
	return err
}

// wait returns when the refusals of the commons are written that were on their way, or
// after refusalWait.
func (r *refusals) wait(ctx context.Context, commons ledger.CommonsID) {
	r.mutex.Lock()
	written := r.written[commons]
	r.mutex.Unlock()
	if written == nil {
		return
	}
	select {
	case <-written:
	case <-ctx.Done():
	case <-time.After(refusalWait):
	}
}

// finish writes what was only counted so far, and waits until all is written.
func (r *refusals) finish(s *Store) {
	r.mutex.Lock()
	for caller, window := range r.windows {
		window.end.Stop()
		delete(r.windows, caller)
		if window.rest != nil {
			r.queue(s, caller.commons, *window.rest)
		}
	}
	r.mutex.Unlock()
	r.running.Wait()
}

package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"phyle/ledger"
)

const (
	// largestBatch is how many acts one transaction takes at the most.
	largestBatch = 200
	// batchLimit is how long a batch may take before its acts are answered.
	batchLimit = 30 * time.Second
)

// logging is one act of logging contributions on its way through a batch.
type logging struct {
	ctx    context.Context // of the one who waits; it may end before the batch begins
	act    *Act
	added  []ledger.NewContribution
	shared *ledger.SharedContribution // what the added are parts of; nil for all others
	right
	rows   []logged
	result []ledger.Contribution
	err    error
	done   chan struct{}
}

// queue holds the acts that wait, by commons. Whatever waits for one commons when
// its turn comes goes into one transaction: one lock, one statement for each kind
// of row, one commit, and no timer.
type queue struct {
	mutex   sync.Mutex
	waiting map[ledger.CommonsID][]*logging
	running sync.WaitGroup
	batches atomic.Int64
	acts    atomic.Int64
}

// Batches returns how many transactions have logged what waited together, and how
// many acts they were of. Those that had to be repeated count once.
func (s *Store) Batches() (batches, acts int64) {
	return s.queue.batches.Load(), s.queue.acts.Load()
}

// add lets the act wait, and has somebody work for its commons.
func (q *queue) add(s *Store, l *logging) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if q.waiting == nil {
		q.waiting = map[ledger.CommonsID][]*logging{}
	}
	commons := l.act.By.Commons.ID
	_, worked := q.waiting[commons]
	q.waiting[commons] = append(q.waiting[commons], l)
	if !worked {
		q.running.Go(func() { s.work(commons) })
	}
}

// take returns what waits for the commons. When nothing does, nobody works for it.
func (q *queue) take(commons ledger.CommonsID) []*logging {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	waiting := q.waiting[commons]
	if len(waiting) == 0 {
		delete(q.waiting, commons)
		return nil
	}
	n := min(len(waiting), largestBatch)
	q.waiting[commons] = waiting[n:]
	return waiting[:n:n]
}

// work writes what waits for the commons, batch by batch, until nothing does.
func (s *Store) work(commons ledger.CommonsID) {
	for batch := s.queue.take(commons); len(batch) > 0; batch = s.queue.take(commons) {
		for len(batch) > 0 {
			now, later := firstOfEachKey(batch)
			s.queue.batches.Add(1)
			s.queue.acts.Add(int64(len(now)))
			s.runBatch(now)
			for _, l := range now {
				close(l.done)
			}
			batch = later
		}
	}
}

// firstOfEachKey parts a batch so that no key is in the first part twice.
func firstOfEachKey(batch []*logging) (first, later []*logging) {
	type key struct {
		member ledger.MemberID
		key    string
	}
	seen := map[key]bool{}
	for _, l := range batch {
		k := key{l.act.By.Member, l.act.Key}
		if k.key != "" && seen[k] {
			later = append(later, l)
			continue
		}
		seen[k] = true
		first = append(first, l)
	}
	return first, later
}

// runBatch writes the acts in one transaction, and answers each. An error that is
// nobody's in particular halves the batch, until it is somebody's.
func (s *Store) runBatch(batch []*logging) {
	err := s.tryBatch(batch)
	if err == nil {
		return
	}
	var commit commitError
	if len(batch) == 1 || errors.As(err, &commit) || lost(err) {
		for _, l := range batch {
			l.result, l.err = nil, err
		}
		return
	}
	s.runBatch(batch[:len(batch)/2])
	s.runBatch(batch[len(batch)/2:])
}

// tryBatch runs the transaction, again if others stood in its way or the connection
// was lost. After a lost COMMIT it goes on only if every act has a key to ask by.
func (s *Store) tryBatch(batch []*logging) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), batchLimit)
	defer cancel()
	for i := range 3 {
		for _, l := range batch {
			l.err, l.result, l.act.again = l.ctx.Err(), nil, i > 0
		}
		grown := false
		err = s.within(ctx, nil, func(tx *sqlx.Tx) (err error) {
			defer recovered(&err)
			grown, err = s.writeBatch(ctx, tx, batch)
			return err
		})
		if err == nil && grown {
			s.freshen(ctx)
		}
		var commit commitError
		if errors.As(err, &commit) && !slices.ContainsFunc(batch, func(l *logging) bool {
			return l.act.Key == ""
		}) {
			err = commit.error
		}
		if err == nil || !repeatable(err) {
			return err
		}
	}
	return err
}

// recovered turns a panic into an error: a batch runs for several callers and in
// nobody's own goroutine, so nobody else would stop it.
func recovered(err *error) {
	if cause := recover(); cause != nil {
		*err = fmt.Errorf("panic in a batch: %v\n%s", cause, debug.Stack())
	}
}

// unanswered returns the acts that are not answered yet.
func unanswered(batch []*logging) []*logging {
	return slices.DeleteFunc(slices.Clone(batch), func(l *logging) bool { return l.err != nil })
}

// writeBatch writes the acts, and reports whether the commons has grown much by them.
func (s *Store) writeBatch(
	ctx context.Context, tx *sqlx.Tx, batch []*logging,
) (grown bool, err error) {
	commons := batch[0].act.By.Commons
	w := &work{Tx: tx, commons: commons}
	if err := s.assume(ctx, tx, commons.ID); err != nil {
		return false, err
	}
	if err := w.tryKeys(ctx, unanswered(batch)); err != nil {
		return false, err
	}
	if err := w.lock(ctx); err != nil {
		return false, err
	}
	if err := w.loadBatch(ctx, s, unanswered(batch)); err != nil {
		return false, err
	}
	if err := w.replayAll(ctx, unanswered(batch)); err != nil {
		return false, err
	}
	if err := logAll(ctx, w, unanswered(batch)); err != nil {
		return false, err
	}
	trails := w.trails(unanswered(batch))
	if err := w.insertEvents(ctx); err != nil {
		return false, err
	}
	if err := w.insertAudit(ctx, trails...); err != nil {
		return false, err
	}
	return w.grown(), w.keepAll(ctx, unanswered(batch))
}

// tryKeys takes the locks of the acts' keys; acts whose key is held by another are
// refused.
func (w *work) tryKeys(ctx context.Context, acts []*logging) error {
	var keyed []*logging
	var names []string
	again := false
	for _, l := range acts {
		if l.act.Key != "" {
			keyed, again = append(keyed, l), l.act.again
			names = append(names, keyLock(l.act))
		}
	}
	if len(keyed) == 0 {
		return nil
	}
	var free []bool
	err := w.SelectContext(ctx, &free, `
		SELECT CASE WHEN $2 THEN pg_advisory_xact_lock(hashtextextended(name, 0)) IS NOT NULL
		            ELSE pg_try_advisory_xact_lock(hashtextextended(name, 0)) END
		  FROM unnest($1::text[]) WITH ORDINALITY AS k (name, place) ORDER BY place`,
		pq.Array(names), again)
	for i := range free {
		if !free[i] {
			keyed[i].err = keyInFlight()
		}
	}
	return err
}

// loadBatch reads the commons as it is now and the rights of everybody in the batch.
func (w *work) loadBatch(ctx context.Context, s *Store, acts []*logging) error {
	w.setNow(s)
	members, tokens := make([]string, len(acts)), make([]string, len(acts))
	for i, l := range acts {
		members[i], tokens[i] = string(l.act.By.Member), string(l.act.By.Token)
	}
	roles, stages, scopes, suspended := []string{}, []string{}, []string{}, []bool{}
	err := w.QueryRowContext(ctx, `
		WITH asking AS (
		    SELECT place, coalesce(roles_on($1, nullif(member, '')::uuid, $3), '') AS roles,
		           coalesce(stage_on($1, nullif(member, '')::uuid, $3), '') AS stage,
		           suspended_since($1, nullif(member, '')::uuid) IS NOT NULL AS suspended,
		           coalesce((SELECT array_to_string(usable_scopes(t), ' ') FROM token AS t
		                      WHERE t.commons_id = $1 AND t.token_id = nullif(token, '')::uuid
		                        AND t.member_id = nullif(member, '')::uuid AND t.expires_at > $5), '')
		           AS scopes
		      FROM unnest($2::text[], $4::text[]) WITH ORDINALITY AS m (member, token, place))
		SELECT c.name, c.time_zone, c.advance_limit, ARRAY(SELECT roles FROM asking ORDER BY place),
		       ARRAY(SELECT stage FROM asking ORDER BY place),
		       ARRAY(SELECT scopes FROM asking ORDER BY place),
		       ARRAY(SELECT suspended FROM asking ORDER BY place)
		  FROM commons AS c WHERE c.commons_id = $1`,
		string(w.commons.ID), pq.Array(members), w.today().String(), pq.Array(tokens), s.Now(),
	).Scan(&w.commons.Name, &w.commons.TimeZone, &w.commons.AdvanceLimit, pq.Array(&roles),
		pq.Array(&stages), pq.Array(&scopes), pq.Array(&suspended))
	for i := range roles {
		l := acts[i]
		l.right = right{operation: l.act.By.Operation}
		l.err = l.hold(l.act.By, held{
			roles: roles[i], stage: stages[i], scopes: scopes[i], suspended: suspended[i],
		})
	}
	return err
}

// replayAll answers the acts whose keys were used before.
func (w *work) replayAll(ctx context.Context, acts []*logging) error {
	byKey := map[string]*logging{}
	var members, keys []string
	for _, l := range acts {
		if l.act.Key != "" {
			byKey[string(l.act.By.Member)+" "+l.act.Key] = l
			members, keys = append(members, string(l.act.By.Member)), append(keys, l.act.Key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	rows, err := w.QueryContext(ctx, `
		SELECT asked.member_id || ' ' || asked.key, k.fingerprint, k.status, k.location, k.resource, k.body
		  FROM (SELECT member_id, key, unnest(ARRAY[key, erased_key(key)]) AS kept
		          FROM unnest($2::uuid[], $3::text[]) AS a (member_id, key)) AS asked
		 CROSS JOIN LATERAL (SELECT * FROM idempotency_key AS k
		                      WHERE k.commons_id = $1 AND k.member_id = asked.member_id
		                        AND k.key = asked.kept LIMIT 1) AS k`,
		string(w.commons.ID), pq.Array(members), pq.Array(keys))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name, body string
		var fingerprint []byte
		var kept Answer
		err := rows.Scan(&name, &fingerprint, &kept.Status, &kept.Location, &kept.Resource, &body)
		if err != nil {
			return err
		}
		kept.Body = []byte(body)
		l := byKey[name]
		l.err = l.act.replayed(kept, fingerprint)
	}
	return rows.Err()
}

// trails puts what is told of into the order of the acts, so that the events of each
// follow each other, and returns what the audit trail will say of each.
func (w *work) trails(acts []*logging) []ledger.AuditRow {
	place := map[string]int{}
	for i, l := range acts {
		for _, row := range l.rows {
			place[row.id.String()] = i
		}
	}
	slices.SortStableFunc(w.told, func(a, b happening) int {
		return cmp.Compare(place[a.subject], place[b.subject])
	})
	rows := make([]ledger.AuditRow, len(acts))
	event, told := w.head.Event, w.told
	for i, l := range acts {
		n := 0
		for n < len(told) && place[told[n].subject] == i {
			n++
		}
		t := trail{}
		t.follow(event, told[:n])
		event, told = event+int64(n), told[n:]
		l.act.Operation = ledger.LogContribution
		rows[i] = t.row(l.act, w.now, l.result)
	}
	return rows
}

// keepAll renders the answers of the acts and keeps those that have a key.
func (w *work) keepAll(ctx context.Context, acts []*logging) error {
	var members, keys, locations, resources, bodies []string
	var fingerprints [][]byte
	var statuses []int64
	for _, l := range acts {
		if l.act.Render == nil && l.act.Key == "" {
			continue
		}
		if err := l.act.render(l.result); err != nil {
			return err
		}
		if l.act.Key == "" {
			continue
		}
		a := l.act.Answer
		members, keys = append(members, string(l.act.By.Member)), append(keys, l.act.Key)
		fingerprints, statuses = append(fingerprints, l.act.Fingerprint), append(statuses, int64(a.Status))
		locations, resources = append(locations, a.Location), append(resources, a.Resource)
		bodies = append(bodies, string(a.Body))
	}
	if len(keys) == 0 {
		return nil
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO idempotency_key (commons_id, created_at, member_id, key, fingerprint, status, location,
		            resource, body)
		SELECT $1, $2::timestamptz, *
		  FROM unnest($3::uuid[], $4::text[], $5::bytea[], $6::int[], $7::text[], $8::text[], $9::text[])`,
		string(w.commons.ID), w.now, pq.Array(members), pq.Array(keys), pq.ByteaArray(fingerprints),
		pq.Array(statuses), pq.Array(locations), pq.Array(resources), pq.Array(bodies))
	return err
}

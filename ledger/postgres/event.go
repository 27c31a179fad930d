package postgres

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"phyle/ledger"
)

// happening is an event that the transaction will tell of.
type happening struct {
	kind    ledger.EventType
	subject string
	by      ledger.MemberID
}

// tell notes that something happened to the things, by the caller.
func tell[I fmt.Stringer](w *work, kind ledger.EventType, subjects ...I) {
	for _, subject := range subjects {
		w.told = append(w.told, happening{kind, subject.String(), w.by})
	}
}

// insertEvents writes what was told of, numbered on from the head. The commons'
// lock is held.
func (w *work) insertEvents(ctx context.Context) error {
	if len(w.told) == 0 {
		return nil
	}
	n := len(w.told)
	w.trail.follow(w.head.Event, w.told)
	numbers, kinds, subjects, by := make([]int64, n), make([]string, n), make([]string, n), make([]string, n)
	for i, h := range w.told {
		w.head.Event++
		numbers[i], kinds[i], subjects[i], by[i] = w.head.Event, string(h.kind), h.subject, string(h.by)
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO event (commons_id, recorded_at, number, type, subject, member_id)
		SELECT $1, $2::timestamptz, number, type, subject, nullif(member, '')::uuid
		  FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[]) AS e (number, type, subject, member)`,
		string(w.commons.ID), w.now, pq.Array(numbers), pq.Array(kinds), pq.Array(subjects), pq.Array(by))
	w.told = nil
	return err
}

// Events lists up to limit events after the number, in order. The list has no gap:
// who reads on from the last number misses nothing.
func (s *Store) Events(
	ctx context.Context, by Caller, after int64, limit int,
) ([]ledger.Event, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) (events []ledger.Event, err error) {
		rows, err := w.QueryContext(ctx, `
			SELECT e.number, e.type, e.subject, coalesce(m.handle, ''), e.recorded_at
			  FROM event AS e LEFT JOIN member AS m USING (commons_id, member_id)
			 WHERE e.commons_id = $1 AND e.number > $2 ORDER BY e.number LIMIT $3`,
			string(w.commons.ID), after, limit)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var e ledger.Event
			if err := rows.Scan(&e.Number, &e.Type, &e.Subject, &e.By, &e.RecordedAt); err != nil {
				return nil, err
			}
			e.RecordedAt = e.RecordedAt.UTC()
			events = append(events, e)
		}
		return events, rows.Err()
	})
}

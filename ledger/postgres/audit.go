package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/lib/pq"

	"phyle/ledger"
)

// localAddress is where acts come from that no request asked for.
const localAddress = "local"

// trail is what the audit trail will say of an act, as far as it is known.
type trail struct {
	first    happening
	last     string
	named    bool
	from, to int64
	// before and after are set where the result of the act does not say them.
	before, after ledger.Facts
}

// follow takes in that what was told of comes after the event.
func (t *trail) follow(event int64, told []happening) {
	if t.from == 0 {
		t.from = event + 1
		if !t.named {
			t.first = told[0]
		}
	}
	if t.to = event + int64(len(told)); !t.named {
		t.last = told[len(told)-1].subject
	}
}

// concern names what the act is about, where the feed tells of something else or of
// nothing.
func (t *trail) concern(kind ledger.EventType, subject string) {
	t.first, t.last, t.named = happening{kind: kind, subject: subject}, subject, true
}

// row returns the row of an act whose result is known.
func (t trail) row(act *Act, at time.Time, result any) ledger.AuditRow {
	row := act.auditRow(at)
	row.Outcome, row.Type = ledger.ActDone, t.first.kind
	if t.first.subject != "" {
		row.Subject, row.Last = t.first.subject, t.last
	}
	row.FirstEvent, row.LastEvent = t.from, t.to
	if t.from > 0 {
		row.Count = t.to - t.from + 1
	}
	if row.Before, row.After = t.before, t.after; row.After == nil {
		row.After = factsOf(result)
	}
	return row
}

// auditRow returns what is known of an act before anything comes of it.
func (a *Act) auditRow(at time.Time) ledger.AuditRow {
	row := ledger.AuditRow{
		At: at, By: ledger.MemberRef{ID: a.By.Member, Handle: a.By.Handle}, Token: a.By.Token,
		Operation: a.Operation, Subject: a.Subject, Last: a.Subject, Count: 1,
		RequestID: a.RequestID, Address: a.Address,
	}
	if row.Address == "" {
		row.Address = localAddress
	}
	return row
}

// done returns the row of the act whose work this is.
func (w *work) done(result any) ledger.AuditRow { return w.trail.row(w.act, w.now, result) }

// insertAudit writes the rows, numbered on from the head. The commons' lock is held.
func (w *work) insertAudit(ctx context.Context, rows ...ledger.AuditRow) error {
	if len(rows) == 0 {
		return nil
	}
	n := len(rows)
	column := func() []string { return make([]string, n) }
	members, tokens, operations, outcomes := column(), column(), column(), column()
	codes, types, subjects, last := column(), column(), column(), column()
	before, after, requests, addresses := column(), column(), column(), column()
	whole := func() []int64 { return make([]int64, n) }
	numbers, counts, from, to, at := whole(), whole(), whole(), whole(), column()
	for i, row := range rows {
		w.head.Audit++
		numbers[i], counts[i], at[i] = w.head.Audit, row.Count, row.At.Format(time.RFC3339Nano)
		members[i], tokens[i] = string(row.By.ID), string(row.Token)
		operations[i], outcomes[i], codes[i] = string(row.Operation), string(row.Outcome), row.Code
		types[i], subjects[i], last[i] = string(row.Type), row.Subject, row.Last
		from[i], to[i] = row.FirstEvent, row.LastEvent
		before[i], after[i] = inJSON(row.Before), inJSON(row.After)
		requests[i], addresses[i] = row.RequestID, row.Address
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO audit (commons_id, recorded_at, number, at, member_id, token_id, operation, outcome,
		            code, type, subject, last_subject, count, event_from, event_to, before, after,
		            request_id, address)
		SELECT $1, $2::timestamptz, number, at, nullif(member, '')::uuid, nullif(token, '')::uuid, operation,
		       outcome, nullif(code, ''), nullif(type, ''), nullif(subject, ''), nullif(last_subject, ''),
		       count, nullif(event_from, 0), nullif(event_to, 0), nullif(before, '')::jsonb,
		       nullif(after, '')::jsonb, request_id, address
		  FROM unnest($3::bigint[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[],
		              $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::bigint[],
		              $15::bigint[], $16::text[], $17::text[], $18::text[], $19::text[])
		    AS a (number, at, member, token, operation, outcome, code, type, subject, last_subject, count,
		          event_from, event_to, before, after, request_id, address)`,
		string(w.commons.ID), w.now, pq.Array(numbers), pq.Array(at), pq.Array(members), pq.Array(tokens),
		pq.Array(operations), pq.Array(outcomes), pq.Array(codes), pq.Array(types), pq.Array(subjects),
		pq.Array(last), pq.Array(counts), pq.Array(from), pq.Array(to), pq.Array(before), pq.Array(after),
		pq.Array(requests), pq.Array(addresses))
	return err
}

// inJSON writes facts down, "" for none.
func inJSON(facts ledger.Facts) string {
	if len(facts) == 0 {
		return ""
	}
	text, _ := json.Marshal(facts) // strings by strings cannot fail
	return string(text)
}

// AuditFilter narrows the audit trail; what is empty does not. From and To are days of
// the commons. After is the number before which a page begins, 0 for the newest.
type AuditFilter struct {
	Member    string
	Operation ledger.Operation
	Subject   string
	Outcome   ledger.AuditOutcome
	From      ledger.Date
	To        ledger.Date
	After     int64
	Limit     int
}

// Audit returns what was done and what was refused, newest first. Those who may not
// read all of it see what was their own. Refusals that were answered before are in it.
func (s *Store) Audit(ctx context.Context, by Caller, f AuditFilter) ([]ledger.AuditRow, error) {
	s.refusals.wait(ctx, by.Commons.ID)
	return read(ctx, s, by.toOwn(ledger.ReadAudit), func(w *work) ([]ledger.AuditRow, error) {
		member, err := w.filterMember(ctx, f.Member)
		if err != nil {
			return nil, err
		}
		if member, err = w.visible(ledger.ReadAudit, member); err != nil {
			return nil, err
		}
		return w.audit(ctx, `
			  FROM audit AS a LEFT JOIN member AS m USING (commons_id, member_id)
			 WHERE a.commons_id = $1
			   AND ($2::uuid IS NULL OR a.member_id = $2) AND ($3 = '' OR a.operation = $3)
			   AND ($4 = '' OR a.outcome = $4)
			   AND ($5 = '' OR a.subject = $5 OR EXISTS (
			        SELECT FROM event AS e
			         WHERE e.commons_id = a.commons_id AND e.subject = $5
			           AND e.number BETWEEN a.event_from AND a.event_to))
			   AND ($6::date IS NULL OR (a.at AT TIME ZONE $8)::date >= $6)
			   AND ($7::date IS NULL OR (a.at AT TIME ZONE $8)::date <= $7)
			   AND ($9 = 0 OR a.number < $9)
			 ORDER BY a.number DESC LIMIT $10`,
			string(w.commons.ID), nullable(member), string(f.Operation), string(f.Outcome), f.Subject,
			nullable(f.From.String()), nullable(f.To.String()), w.commons.TimeZone, f.After, f.Limit)
	})
}

func (w *work) audit(
	ctx context.Context, from string, args ...any,
) (found []ledger.AuditRow, err error) {
	rows, err := w.QueryContext(ctx, `
		SELECT a.number, a.at, a.recorded_at, coalesce(a.member_id::text, ''), coalesce(m.handle, ''),
		       coalesce(a.token_id::text, ''), a.operation, a.outcome, coalesce(a.code, ''),
		       coalesce(a.type, ''), coalesce(a.subject, ''), coalesce(a.last_subject, ''), a.count,
		       coalesce(a.event_from, 0), coalesce(a.event_to, 0), coalesce(a.before, '{}'),
		       coalesce(a.after, '{}'), a.request_id, a.address`+from, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r ledger.AuditRow
		var before, after []byte
		err := rows.Scan(&r.Number, &r.At, &r.RecordedAt, &r.By.ID, &r.By.Handle, &r.Token, &r.Operation,
			&r.Outcome, &r.Code, &r.Type, &r.Subject, &r.Last, &r.Count, &r.FirstEvent, &r.LastEvent,
			&before, &after, &r.RequestID, &r.Address)
		if err == nil {
			err = json.Unmarshal(before, &r.Before)
		}
		if err == nil {
			err = json.Unmarshal(after, &r.After)
		}
		if err != nil {
			return nil, err
		}
		r.At, r.RecordedAt = r.At.UTC(), r.RecordedAt.UTC()
		found = append(found, r)
	}
	return found, rows.Err()
}

package postgres

import (
	"context"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// OpenReceived keeps what rules that catch up gave members before the books were
// opened here, once for each rule and member.
func (s *Store) OpenReceived(
	ctx context.Context, act *Act, added []ledger.NewReceived,
) ([]ledger.Received, error) {
	return write(ctx, s, act, func(w *work) ([]ledger.Received, error) {
		if err := w.authorize(ledger.OpenReceived, false); err != nil {
			return nil, err
		}
		opened, places, err := w.resolveReceived(ctx, added)
		if err != nil {
			return nil, err
		}
		return opened, insertReceived(ctx, w, opened, places)
	})
}

// openedFor says by id where a row of what was received belongs.
type openedFor struct {
	areas   []string
	members []string
}

func (w *work) resolveReceived(
	ctx context.Context, added []ledger.NewReceived,
) (opened []ledger.Received, places openedFor, err error) {
	named, err := w.rulesBy(ctx, agreement.ByCatchUp)
	if err != nil {
		return nil, places, err
	}
	var handles []string
	for _, n := range added {
		handles = append(handles, n.Member)
	}
	members, err := w.memberRefs(ctx, handles)
	if err != nil {
		return nil, places, err
	}
	var wrong ledger.FieldErrors
	for i, n := range added {
		pointer := element(added, i)
		wrong.AddError(pointer, n.Validate(w.commons))
		places.areas = append(places.areas, named.check(&wrong, pointer, n.Area, n.Rule))
		member, found := members[n.Member]
		if !found && n.Member != "" {
			unknown(&wrong, pointer+"/member", "member", n.Member)
		}
		places.members, n.Member = append(places.members, string(member.ID)), member.Handle
		w.head.Setting++
		opened = append(opened, ledger.Received{
			NewReceived: n, Number: w.head.Setting, RecordedBy: w.handle, RecordedAt: w.now})
		tell(w, ledger.ReceivedOpened, member.ID)
	}
	return opened, places, wrong.Err()
}

func insertReceived(
	ctx context.Context, w *work, opened []ledger.Received, places openedFor,
) error {
	var rules, amounts []string
	var numbers []int64
	for _, o := range opened {
		rules, amounts = append(rules, o.Rule), append(amounts, o.Amount.Figure())
		numbers = append(numbers, o.Number)
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO received_opening (commons_id, recorded_by, recorded_at, area_id, rule, member_id,
		            number, amount)
		SELECT $1, $2::uuid, $3::timestamptz, nullif(area, '')::uuid, rule, member, number, amount
		  FROM unnest($4::text[], $5::text[], $6::uuid[], $7::bigint[], $8::numeric[])
		    AS r (area, rule, member, number, amount)`,
		string(w.commons.ID), string(w.by), w.now, pq.Array(places.areas), pq.Array(rules),
		pq.Array(places.members), pq.Array(numbers), pq.Array(amounts))
	return err
}

// OpenedReceived lists what was opened, up to limit after the number, in the order
// in which it was recorded.
func (s *Store) OpenedReceived(
	ctx context.Context, by Caller, after int64, limit int,
) ([]ledger.Received, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) (opened []ledger.Received, err error) {
		rows, err := w.QueryContext(ctx, `
			SELECT coalesce(a.code, ''), r.rule, m.handle, r.amount, r.number, b.handle, r.recorded_at
			  FROM received_opening AS r
			  JOIN member AS m USING (commons_id, member_id)
			  JOIN member AS b ON b.commons_id = r.commons_id AND b.member_id = r.recorded_by
			  LEFT JOIN area AS a ON a.commons_id = r.commons_id AND a.area_id = r.area_id
			 WHERE r.commons_id = $1 AND r.number > $2 ORDER BY r.number LIMIT $3`,
			string(w.commons.ID), after, limit)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var o ledger.Received
			o.Amount = ledger.Zero(w.commons.Currency)
			if err := rows.Scan(&o.Area, &o.Rule, &o.Member, &o.Amount.Amount, &o.Number, &o.RecordedBy,
				&o.RecordedAt); err != nil {
				return nil, err
			}
			o.RecordedAt = o.RecordedAt.UTC()
			opened = append(opened, o)
		}
		return opened, rows.Err()
	})
}

// received loads what a rule gave its members so far: in distributions before the
// reading that stand, and before the books were opened.
func (w *work) received(
	ctx context.Context, r reading, reads agreement.Reading, members people,
) (rows []agreement.MemberAmount, err error) {
	err = w.eachAmount(ctx, reads, members, func(join int, amount decimal.Decimal) {
		rows = append(rows, agreement.MemberAmount{Member: join, Amount: amount})
	}, `
		SELECT m.join_number, sum(g.amount)
		  FROM (SELECT a.member_id, a.amount
		          FROM allocation AS a JOIN distribution AS d USING (commons_id, distribution_id)
		         WHERE a.commons_id = $1 AND d.area_id IS NOT DISTINCT FROM $2::uuid AND a.rule = $3
		           AND a.type = 'member' AND d.number < $5
		           AND NOT EXISTS (SELECT FROM distribution_reversal AS v
		                            WHERE v.commons_id = d.commons_id
		                              AND v.distribution_id = d.distribution_id AND v.after_number < $5)
		         UNION ALL
		        SELECT member_id, amount FROM received_opening
		         WHERE commons_id = $1 AND area_id IS NOT DISTINCT FROM $2::uuid AND rule = $3
		           AND number <= $4) AS g
		  JOIN member AS m ON m.commons_id = $1 AND m.member_id = g.member_id
		 GROUP BY m.join_number`,
		string(w.commons.ID), nullable(r.area), reads.Rule, r.settingOf(reads.Rule), r.number)
	return rows, err
}

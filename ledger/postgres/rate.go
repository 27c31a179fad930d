package postgres

import (
	"context"

	"github.com/lib/pq"

	"phyle/ledger"
)

// Rate is a rate with the names of what it is for.
type Rate struct {
	ledger.Rate
	KindCode     string
	AreaCode     string
	MemberHandle string
}

// AddRates adds rates, which hold for what is accepted from now on.
func (s *Store) AddRates(ctx context.Context, act *Act, added []ledger.NewRate) ([]Rate, error) {
	return write(ctx, s, act, func(w *work) ([]Rate, error) {
		if err := w.authorize(ledger.ManageSettings, false); err != nil {
			return nil, err
		}
		rates, err := w.resolveRates(ctx, added)
		if err != nil {
			return nil, err
		}
		return rates, insertRates(ctx, w, rates)
	})
}

func (w *work) resolveRates(ctx context.Context, added []ledger.NewRate) ([]Rate, error) {
	var codes, handles []string
	for _, r := range added {
		codes, handles = append(codes, r.Kind), append(handles, r.Member)
	}
	kinds, err := w.kinds(ctx, append([]string{}, codes...))
	if err != nil {
		return nil, err
	}
	areas, err := w.areas(ctx)
	if err != nil {
		return nil, err
	}
	members, err := w.memberRefs(ctx, handles)
	if err != nil {
		return nil, err
	}
	var wrong ledger.FieldErrors
	rates := make([]Rate, len(added))
	for i, r := range added {
		pointer := element(added, i)
		wrong.AddError(pointer, r.Validate(w.commons, w.now))
		kind, found := kinds[r.Kind]
		if !found && r.Kind != "" {
			unknown(&wrong, pointer+"/kind", "kind", r.Kind)
		}
		area, found := areas[r.Area]
		if !found && r.Area != "" {
			unknown(&wrong, pointer+"/area", "area", r.Area)
		}
		member, found := members[r.Member]
		if !found && r.Member != "" {
			unknown(&wrong, pointer+"/member", "member", r.Member)
		}
		w.head.Setting++
		rates[i] = Rate{KindCode: r.Kind, AreaCode: r.Area, MemberHandle: member.Handle, Rate: ledger.Rate{
			ID: newID[ledger.RateID](), Number: w.head.Setting, Kind: kind.ID, Area: area,
			Stage: r.Stage, Member: member.ID, From: r.From, Rate: r.Rate}}
		tell(w, ledger.RateAdded, rates[i].ID)
	}
	return rates, wrong.Err()
}

func insertRates(ctx context.Context, w *work, rates []Rate) error {
	var ids, kinds, areas, stages, members, from, values []string
	var numbers []int64
	for _, r := range rates {
		ids, numbers, kinds = append(ids, string(r.ID)), append(numbers, r.Number), append(kinds, string(r.Kind))
		areas, stages = append(areas, string(r.Area)), append(stages, string(r.Stage))
		members, from = append(members, string(r.Member)), append(from, r.From.String())
		values = append(values, r.Rate.Rate.String())
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO rate (commons_id, recorded_by, recorded_at, rate_id, number, kind_id, area_id, stage,
		            member_id, from_on, rate)
		SELECT $1, $2::uuid, $3::timestamptz, id, number, kind, nullif(area, '')::uuid, nullif(stage, ''),
		       nullif(member, '')::uuid, from_on, rate
		  FROM unnest($4::uuid[], $5::bigint[], $6::uuid[], $7::text[], $8::text[], $9::text[],
		              $10::date[], $11::numeric[])
		    AS r (id, number, kind, area, stage, member, from_on, rate)`,
		string(w.commons.ID), nullable(w.by), w.now, pq.Array(ids), pq.Array(numbers), pq.Array(kinds),
		pq.Array(areas), pq.Array(stages), pq.Array(members), pq.Array(from), pq.Array(values))
	return err
}

const rateQuery = `
	SELECT r.rate_id, r.number, r.kind_id, coalesce(r.area_id::text, ''), coalesce(r.stage, ''),
	       coalesce(r.member_id::text, ''), r.from_on, r.rate, k.code, coalesce(a.code, ''),
	       coalesce(m.handle, '')
	  FROM rate AS r
	  JOIN kind AS k USING (commons_id, kind_id)
	  LEFT JOIN area AS a USING (commons_id, area_id)
	  LEFT JOIN member AS m USING (commons_id, member_id)
	 WHERE r.commons_id = $1 AND ($2 OR r.kind_id = ANY ($3::uuid[])) AND r.number > $4
	 ORDER BY r.number LIMIT $5`

// Rates lists up to limit rates after the number, in the order they were recorded.
func (s *Store) Rates(ctx context.Context, by Caller, after int64, limit int) ([]Rate, error) {
	return read(ctx, s, by.to(ledger.ReadCommons), func(w *work) ([]Rate, error) {
		return w.queryRates(ctx, true, nil, after, limit)
	})
}

// ratesOf returns all rates of the kinds, which together are few.
func (w *work) ratesOf(ctx context.Context, kinds []string) ([]ledger.Rate, error) {
	found, err := w.queryRates(ctx, false, kinds, 0, 1<<31-1)
	rates := make([]ledger.Rate, len(found))
	for i, r := range found {
		rates[i] = r.Rate
	}
	return rates, err
}

func (w *work) queryRates(
	ctx context.Context, all bool, kinds []string, after int64, limit int,
) (rates []Rate, err error) {
	rows, err := w.QueryContext(ctx, rateQuery, string(w.commons.ID), all, pq.Array(kinds), after, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r Rate
		if err := rows.Scan(&r.ID, &r.Number, &r.Kind, &r.Area, &r.Stage, &r.Member, &r.From,
			&r.Rate.Rate, &r.KindCode, &r.AreaCode, &r.MemberHandle); err != nil {
			return nil, err
		}
		rates = append(rates, r)
	}
	return rates, rows.Err()
}

package postgres

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/lib/pq"

	"phyle/ledger"
)

// AddKinds adds kinds of contribution.
func (s *Store) AddKinds(
	ctx context.Context, act *Act, added []ledger.ContributionKind,
) ([]ledger.ContributionKind, error) {
	return write(ctx, s, act, func(w *work) ([]ledger.ContributionKind, error) {
		if err := w.authorize(ledger.ManageSettings, false); err != nil {
			return nil, err
		}
		var wrong ledger.FieldErrors
		var ids, codes, names, units, themes, becomes []string
		var reviews []int64
		for i := range added {
			k := &added[i]
			wrong.AddError(element(added, i), k.Validate())
			k.ID = newID[ledger.KindID]()
			tell(w, ledger.KindAdded, k.ID)
			ids, codes, names = append(ids, string(k.ID)), append(codes, k.Code), append(names, k.Name)
			units, themes = append(units, k.Unit), append(themes, k.Theme)
			becomes, reviews = append(becomes, string(k.Becomes)), append(reviews, int64(k.Reviews))
		}
		if err := wrong.Err(); err != nil {
			return nil, err
		}
		_, err := w.ExecContext(ctx, `
			INSERT INTO kind (commons_id, created_at, kind_id, code, name, unit, theme, becomes, reviews)
			SELECT $1, $2::timestamptz, *
			  FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
			              $9::int[])`,
			string(w.commons.ID), w.now, pq.Array(ids), pq.Array(codes), pq.Array(names),
			pq.Array(units), pq.Array(themes), pq.Array(becomes), pq.Array(reviews))
		return added, err
	})
}

// Kinds lists the kinds of contribution by code.
func (s *Store) Kinds(ctx context.Context, by Caller) ([]ledger.ContributionKind, error) {
	return read(ctx, s, by.to(ledger.ReadCommons), func(w *work) ([]ledger.ContributionKind, error) {
		found, err := w.kinds(ctx, nil)
		return slices.SortedFunc(maps.Values(found), func(a, b ledger.ContributionKind) int {
			return cmp.Compare(a.Code, b.Code)
		}), err
	})
}

// AddAreas adds areas.
func (s *Store) AddAreas(
	ctx context.Context, act *Act, added []ledger.Area,
) ([]ledger.Area, error) {
	return write(ctx, s, act, func(w *work) ([]ledger.Area, error) {
		if err := w.authorize(ledger.ManageSettings, false); err != nil {
			return nil, err
		}
		var wrong ledger.FieldErrors
		var ids, codes, names []string
		for i := range added {
			a := &added[i]
			wrong.AddError(element(added, i), a.Validate())
			a.ID = newID[ledger.AreaID]()
			tell(w, ledger.AreaAdded, a.ID)
			ids, codes, names = append(ids, string(a.ID)), append(codes, a.Code), append(names, a.Name)
		}
		if err := wrong.Err(); err != nil {
			return nil, err
		}
		_, err := w.ExecContext(ctx, `
			INSERT INTO area (commons_id, created_at, area_id, code, name)
			SELECT $1, $2::timestamptz, * FROM unnest($3::uuid[], $4::text[], $5::text[])`,
			string(w.commons.ID), w.now, pq.Array(ids), pq.Array(codes), pq.Array(names))
		return added, err
	})
}

// Areas lists the areas by code.
func (s *Store) Areas(ctx context.Context, by Caller) ([]ledger.Area, error) {
	return read(ctx, s, by.to(ledger.ReadCommons), func(w *work) (areas []ledger.Area, err error) {
		err = w.SelectContext(ctx, &areas, `
			SELECT area_id AS id, code, name FROM area WHERE commons_id = $1 ORDER BY code`,
			string(w.commons.ID))
		return areas, err
	})
}

// AddFunds adds funds.
func (s *Store) AddFunds(
	ctx context.Context, act *Act, added []ledger.Fund,
) ([]ledger.Fund, error) {
	return write(ctx, s, act, func(w *work) ([]ledger.Fund, error) {
		if err := w.authorize(ledger.ManageSettings, false); err != nil {
			return nil, err
		}
		var wrong ledger.FieldErrors
		var ids, codes, names, targets []string
		for i := range added {
			f := &added[i]
			wrong.AddError(element(added, i), f.Validate(w.commons.Currency))
			f.ID = newID[ledger.FundID]()
			tell(w, ledger.FundAdded, f.ID)
			ids, codes, names = append(ids, string(f.ID)), append(codes, f.Code), append(names, f.Name)
			targets = append(targets, f.Target.String())
		}
		if err := wrong.Err(); err != nil {
			return nil, err
		}
		_, err := w.ExecContext(ctx, `
			INSERT INTO fund (commons_id, created_at, fund_id, code, name, target)
			SELECT $1, $2::timestamptz, id, code, name, nullif(target, 0)
			  FROM unnest($3::uuid[], $4::text[], $5::text[], $6::numeric[]) AS f (id, code, name, target)`,
			string(w.commons.ID), w.now, pq.Array(ids), pq.Array(codes), pq.Array(names), pq.Array(targets))
		return added, err
	})
}

// FundBalance is a fund and what it holds now.
type FundBalance struct {
	ledger.Fund
	Balance ledger.Money
}

// Funds lists the funds by code with their balances.
func (s *Store) Funds(ctx context.Context, by Caller) ([]FundBalance, error) {
	return read(ctx, s, by.to(ledger.ReadCommons), func(w *work) (funds []FundBalance, err error) {
		rows, err := w.QueryContext(ctx, `
			SELECT f.fund_id, f.code, f.name, coalesce(f.target, 0), coalesce(-sum(b.amount), 0)
			  FROM fund AS f
			  LEFT JOIN account AS a ON a.commons_id = f.commons_id AND a.fund_id = f.fund_id
			  LEFT JOIN balance AS b ON b.commons_id = a.commons_id AND b.account_id = a.account_id
			 WHERE f.commons_id = $1
			 GROUP BY f.fund_id, f.code, f.name, f.target ORDER BY f.code`, string(w.commons.ID))
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			f := FundBalance{Balance: ledger.Zero(w.commons.Currency)}
			if err := rows.Scan(&f.ID, &f.Code, &f.Name, &f.Target, &f.Balance.Amount); err != nil {
				return nil, err
			}
			funds = append(funds, f)
		}
		return funds, rows.Err()
	})
}

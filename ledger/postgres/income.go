package postgres

import (
	"context"

	"github.com/lib/pq"

	"phyle/ledger"
)

// RecordIncomes records money received and books it.
func (s *Store) RecordIncomes(
	ctx context.Context, act *Act, added []ledger.NewIncome,
) ([]ledger.Income, error) {
	return write(ctx, s, act, func(w *work) ([]ledger.Income, error) {
		if err := w.authorize(ledger.RecordIncome, false); err != nil {
			return nil, err
		}
		areas, err := w.areas(ctx)
		if err != nil {
			return nil, err
		}
		var wrong ledger.FieldErrors
		entries := make([]ledger.Entry, len(added))
		for i, n := range added {
			pointer := element(added, i)
			if err := n.Validate(w.commons, w.now); err != nil {
				wrong.AddError(pointer, err)
			} else {
				entries[i] = n.Entry()
			}
			if _, found := areas[n.Area]; !found && n.Area != "" {
				unknown(&wrong, pointer+"/area", "area", n.Area)
			}
		}
		if err := wrong.Err(); err != nil {
			return nil, err
		}
		if err := insertEntries(ctx, w, entries); err != nil {
			return nil, err
		}
		ids, err := insertIncomes(ctx, w, added, areas, entries)
		if err != nil {
			return nil, err
		}
		return w.incomesByID(ctx, ids)
	})
}

func insertIncomes(
	ctx context.Context, w *work, added []ledger.NewIncome, areas map[string]ledger.AreaID,
	entries []ledger.Entry,
) (ids []string, err error) {
	var gross, net, dates, payers, sources, areaIDs, assets, documents, notes, references []string
	var sequences []int64
	for i, n := range added {
		ids = append(ids, string(newID[ledger.IncomeID]()))
		gross, net = append(gross, n.Amount.Figure()), append(net, n.Net().Figure())
		dates = append(dates, n.Date.String())
		payers, sources = append(payers, n.Payer), append(sources, n.Source)
		areaIDs, assets = append(areaIDs, string(areas[n.Area])), append(assets, n.Asset)
		documents, notes = append(documents, n.Document), append(notes, n.Note)
		references = append(references, n.ExternalRef)
		sequences = append(sequences, entries[i].Sequence)
	}
	_, err = w.ExecContext(ctx, `
		INSERT INTO income (commons_id, recorded_by, recorded_at, income_id, gross, net, received_on, payer,
		            source, area_id, asset, document, note, external_ref, sequence)
		SELECT $1, $2::uuid, $3::timestamptz, id, gross, net, received_on, payer, source,
		       nullif(area, '')::uuid, asset, document, note, nullif(reference, ''), sequence
		  FROM unnest($4::uuid[], $5::numeric[], $6::numeric[], $7::date[], $8::text[], $9::text[],
		              $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bigint[])
		    AS i (id, gross, net, received_on, payer, source, area, asset, document, note, reference,
		          sequence)`,
		string(w.commons.ID), string(w.by), w.now, pq.Array(ids), pq.Array(gross), pq.Array(net),
		pq.Array(dates), pq.Array(payers), pq.Array(sources), pq.Array(areaIDs), pq.Array(assets),
		pq.Array(documents), pq.Array(notes), pq.Array(references), pq.Array(sequences))
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		tell(w, ledger.IncomeRecorded, ledger.IncomeID(id))
	}
	return ids, insertDeductions(ctx, w, added, ids)
}

func insertDeductions(ctx context.Context, w *work, added []ledger.NewIncome, ids []string) error {
	var incomes, types, names, amounts []string
	var ordinals []int64
	for i, n := range added {
		for j, d := range n.Deductions {
			incomes, ordinals = append(incomes, ids[i]), append(ordinals, int64(j+1))
			types, names = append(types, string(d.Type)), append(names, d.Name)
			amounts = append(amounts, d.Amount.Figure())
		}
	}
	if len(incomes) == 0 {
		return nil
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO deduction (commons_id, income_id, ordinal, type, name, amount)
		SELECT $1, * FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::numeric[])`,
		string(w.commons.ID), pq.Array(incomes), pq.Array(ordinals), pq.Array(types), pq.Array(names),
		pq.Array(amounts))
	return err
}

const incomeQuery = `
	SELECT i.income_id, i.gross, i.net, i.received_on, i.payer, i.source, coalesce(a.code, ''),
	       i.asset, i.document, i.note, coalesce(i.external_ref, ''), e.entry_id, m.handle, i.recorded_at,
	       r.income_id IS NOT NULL, coalesce(h.distribution_id::text, '')
	  FROM income AS i
	  JOIN entry AS e USING (commons_id, sequence)
	  JOIN member AS m ON m.commons_id = i.commons_id AND m.member_id = i.recorded_by
	  LEFT JOIN area AS a ON a.commons_id = i.commons_id AND a.area_id = i.area_id
	  LEFT JOIN income_reversal AS r ON r.commons_id = i.commons_id AND r.income_id = i.income_id
	  LEFT JOIN income_held AS h ON h.commons_id = i.commons_id AND h.income_id = i.income_id`

// IncomeFilter narrows a list of incomes; what is empty does not. State is open,
// distributed or reversed.
type IncomeFilter struct {
	State  string
	Source string
	Area   string
	From   ledger.Date
	To     ledger.Date
	After  ledger.IncomeID
	Limit  int
}

// Incomes lists incomes, newest first, up to Limit before After.
func (s *Store) Incomes(ctx context.Context, by Caller, f IncomeFilter) ([]ledger.Income, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) ([]ledger.Income, error) {
		return w.incomes(ctx, incomeQuery+`
			 WHERE i.commons_id = $1 AND ($2 = '' OR i.source = $2) AND ($3 = '' OR a.code = $3)
			   AND CASE $4 WHEN 'open' THEN h.income_id IS NULL AND r.income_id IS NULL
			               WHEN 'distributed' THEN h.income_id IS NOT NULL
			               WHEN 'reversed' THEN r.income_id IS NOT NULL ELSE true END
			   AND ($5::date IS NULL OR i.received_on >= $5) AND ($6::date IS NULL OR i.received_on <= $6)
			   AND ($7::uuid IS NULL OR i.income_id < $7)
			 ORDER BY i.income_id DESC LIMIT $8`,
			string(w.commons.ID), f.Source, f.Area, f.State, nullable(f.From.String()),
			nullable(f.To.String()), nullable(f.After), f.Limit)
	})
}

// Income returns one income.
func (s *Store) Income(ctx context.Context, by Caller, id ledger.IncomeID) (ledger.Income, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) (ledger.Income, error) {
		found, err := w.incomesByID(ctx, []string{string(id)})
		if err != nil {
			return ledger.Income{}, err
		}
		return found[0], nil
	})
}

// incomesByID returns the incomes in the order of the ids; one that is missing is
// a NotFound error.
func (w *work) incomesByID(ctx context.Context, ids []string) ([]ledger.Income, error) {
	found, err := w.incomes(ctx, incomeQuery+`
		  JOIN unnest($2::uuid[]) WITH ORDINALITY AS wanted (id, place) ON wanted.id = i.income_id
		 WHERE i.commons_id = $1 AND i.income_id = ANY ($2::uuid[])
		 ORDER BY wanted.place`, string(w.commons.ID), pq.Array(ids))
	if err == nil && len(found) != len(ids) {
		return nil, ledger.Errorf(ledger.NotFound, "not_found", "There is no such income here.")
	}
	return found, err
}

func (w *work) incomes(ctx context.Context, query string, args ...any) ([]ledger.Income, error) {
	rows, err := w.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []ledger.Income
	var ids []string
	for rows.Next() {
		i := ledger.Income{Gross: ledger.Zero(w.commons.Currency), Net: ledger.Zero(w.commons.Currency)}
		err := rows.Scan(&i.ID, &i.Gross.Amount, &i.Net.Amount, &i.Date, &i.Payer, &i.Source, &i.Area,
			&i.Asset, &i.Document, &i.Note, &i.ExternalRef, &i.Entry, &i.RecordedBy, &i.RecordedAt, &i.Reversed,
			&i.Distribution)
		if err != nil {
			return nil, err
		}
		i.RecordedAt = i.RecordedAt.UTC()
		found, ids = append(found, i), append(ids, string(i.ID))
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return found, w.addDeductions(ctx, found, ids)
}

func (w *work) addDeductions(ctx context.Context, incomes []ledger.Income, ids []string) error {
	place := make(map[ledger.IncomeID]int, len(incomes))
	for i, income := range incomes {
		place[income.ID] = i
	}
	rows, err := w.QueryContext(ctx, `
		SELECT income_id, type, name, amount FROM deduction
		 WHERE commons_id = $1 AND income_id = ANY ($2::uuid[]) ORDER BY income_id, ordinal`,
		string(w.commons.ID), pq.Array(ids))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id ledger.IncomeID
		d := ledger.Deduction{Amount: ledger.Zero(w.commons.Currency)}
		if err := rows.Scan(&id, &d.Type, &d.Name, &d.Amount.Amount); err != nil {
			return err
		}
		income := &incomes[place[id]]
		income.Deductions = append(income.Deductions, d)
	}
	return rows.Err()
}

// ReverseIncomes takes incomes back that were recorded by mistake. One that a
// posted distribution has divided cannot be: the distribution is reversed first.
func (s *Store) ReverseIncomes(
	ctx context.Context, act *Act, ids []ledger.IncomeID, date ledger.Date, reason string,
) ([]ledger.Income, error) {
	var wrong ledger.FieldErrors
	wrong.AddError("/reason", ledger.RequiredText(reason, 2000))
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	return write(ctx, s, act, func(w *work) ([]ledger.Income, error) {
		if err := w.authorize(ledger.ReverseIncome, false); err != nil {
			return nil, err
		}
		if err := checkDistinct(ids); err != nil {
			return nil, err
		}
		incomes, err := w.incomesByID(ctx, texts(ids))
		if err != nil {
			return nil, err
		}
		var entries []string
		for _, i := range incomes {
			if i.Distribution != "" {
				return nil, ledger.Errorf(ledger.Conflict, "income_already_distributed",
					"Distribution %s has divided this income; reverse that first.", i.Distribution).
					With("distribution_id", i.Distribution.String())
			}
			if i.Reversed {
				return nil, ledger.Errorf(ledger.Conflict, "already_reversed",
					"That income is reversed already.")
			}
			entries = append(entries, string(i.Entry))
		}
		reversals, err := reverseEntries(ctx, w, entries, date, reason)
		if err != nil {
			return nil, err
		}
		w.trail.before = factsOf(incomes)
		if err := insertIncomeReversals(ctx, w, ids, reversals, reason); err != nil {
			return nil, err
		}
		return w.incomesByID(ctx, texts(ids))
	})
}

func insertIncomeReversals(
	ctx context.Context, w *work, ids []ledger.IncomeID, reversals []ledger.Entry, reason string,
) error {
	tell(w, ledger.IncomeReversed, ids...)
	sequences := make([]int64, len(reversals))
	for i, e := range reversals {
		sequences[i] = e.Sequence
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO income_reversal (commons_id, reason, reversed_by, reversed_at, income_id, sequence)
		SELECT $1, $2, $3::uuid, $4::timestamptz, * FROM unnest($5::uuid[], $6::bigint[])`,
		string(w.commons.ID), reason, string(w.by), w.now, pq.Array(texts(ids)), pq.Array(sequences))
	return err
}

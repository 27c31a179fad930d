package postgres

import (
	"context"
	"slices"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// SetTake keeps what the caller asks for of rules by takes, for the distributions
// that are drafted from now on.
func (s *Store) SetTake(
	ctx context.Context, act *Act, set []ledger.NewTake,
) ([]ledger.Take, error) {
	return write(ctx, s, act, func(w *work) ([]ledger.Take, error) {
		if err := w.authorize(ledger.SetTake, w.by != ""); err != nil {
			return nil, err
		}
		named, err := w.rulesBy(ctx, agreement.ByTakes)
		if err != nil {
			return nil, err
		}
		var wrong ledger.FieldErrors
		areas, takes := make([]string, len(set)), make([]ledger.Take, len(set))
		for i, n := range set {
			pointer := element(set, i)
			wrong.AddError(pointer, n.Validate(w.commons))
			areas[i] = named.check(&wrong, pointer, n.Area, n.Rule)
			w.head.Setting++
			takes[i] = ledger.Take{NewTake: n, Number: w.head.Setting, RecordedAt: w.now,
				Member: ledger.MemberRef{ID: w.by, Handle: w.handle}}
			tell(w, ledger.TakeSet, w.by)
		}
		if err := wrong.Err(); err != nil {
			return nil, err
		}
		return takes, insertTakes(ctx, w, areas, takes)
	})
}

func insertTakes(ctx context.Context, w *work, areas []string, takes []ledger.Take) error {
	var rules, amounts []string
	var numbers []int64
	for _, t := range takes {
		rules, amounts = append(rules, t.Rule), append(amounts, t.Amount.Figure())
		numbers = append(numbers, t.Number)
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO take (commons_id, member_id, recorded_by, recorded_at, area_id, rule, number,
		            amount)
		SELECT $1, $2::uuid, $2::uuid, $3::timestamptz, nullif(area, '')::uuid, rule, number, amount
		  FROM unnest($4::text[], $5::text[], $6::bigint[], $7::numeric[])
		    AS t (area, rule, number, amount)`,
		string(w.commons.ID), string(w.by), w.now, pq.Array(areas), pq.Array(rules), pq.Array(numbers),
		pq.Array(amounts))
	return err
}

// Takes lists what members ask for of rules by takes, up to limit after the number:
// of each member, area and rule what was set last.
func (s *Store) Takes(
	ctx context.Context, by Caller, after int64, limit int,
) ([]ledger.Take, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) (takes []ledger.Take, err error) {
		rows, err := w.QueryContext(ctx, `
			SELECT coalesce(a.code, ''), t.rule, t.amount, t.number, t.member_id, m.handle, t.recorded_at
			  FROM take AS t
			  JOIN member AS m USING (commons_id, member_id)
			  LEFT JOIN area AS a USING (commons_id, area_id)
			 WHERE t.commons_id = $1 AND t.number > $2
			   AND NOT EXISTS (SELECT FROM take AS l
			                    WHERE l.commons_id = t.commons_id AND l.rule = t.rule
			                      AND l.member_id = t.member_id AND l.number > t.number
			                      AND l.area_id IS NOT DISTINCT FROM t.area_id)
			 ORDER BY t.number LIMIT $3`, string(w.commons.ID), after, limit)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			t := ledger.Take{NewTake: ledger.NewTake{Amount: ledger.Zero(w.commons.Currency)}}
			if err := rows.Scan(&t.Area, &t.Rule, &t.Amount.Amount, &t.Number, &t.Member.ID,
				&t.Member.Handle, &t.RecordedAt); err != nil {
				return nil, err
			}
			t.RecordedAt = t.RecordedAt.UTC()
			takes = append(takes, t)
		}
		return takes, rows.Err()
	})
}

// namedRules are areas by code, "" being the commons itself, and the rules in them.
type namedRules struct {
	areas map[string]ledger.AreaID
	rules map[string][]string
}

// rulesBy finds the rules that divide by the basis in all agreements that are kept.
func (w *work) rulesBy(ctx context.Context, basis agreement.Basis) (found namedRules, err error) {
	if found.areas, err = w.areas(ctx); err != nil {
		return found, err
	}
	found.rules = map[string][]string{}
	rows, err := w.QueryContext(ctx, `
		SELECT DISTINCT coalesce(a.code, ''), r.rule ->> 'id'
		  FROM agreement AS g
		 CROSS JOIN jsonb_path_query(g.document::jsonb, '$.**.rules[*]') AS r (rule)
		  LEFT JOIN area AS a USING (commons_id, area_id)
		 WHERE g.commons_id = $1 AND r.rule #> '{give,members,by}' ? $2
		 ORDER BY 1, 2`, string(w.commons.ID), string(basis))
	if err != nil {
		return found, err
	}
	defer rows.Close()
	for rows.Next() {
		var area, rule string
		if err := rows.Scan(&area, &rule); err != nil {
			return found, err
		}
		found.rules[area] = append(found.rules[area], rule)
	}
	return found, rows.Err()
}

// check notes an area or a rule that is not there, and returns the id of the area.
func (n namedRules) check(wrong *ledger.FieldErrors, pointer, area, rule string) string {
	id, found := n.areas[area]
	if !found && area != "" {
		unknown(wrong, pointer+"/area", "area", area)
		return ""
	}
	if rule != "" && !slices.Contains(n.rules[area], rule) {
		wrong.Add(pointer+"/rule", "unknown_rule", "No agreement here has a rule %q of this kind%s",
			rule, agreement.Suggestion(rule, n.rules[area]))
	}
	return string(id)
}

// takesOf loads what the members of a rule by takes ask for, as recorded up to the
// setting.
func (w *work) takesOf(
	ctx context.Context, r reading, reads agreement.Reading, members people,
) (rows []agreement.MemberWeights, err error) {
	err = w.eachAmount(ctx, reads, members, func(join int, amount decimal.Decimal) {
		row := agreement.MemberWeights{Member: join, Weights: []decimal.Decimal{amount}}
		rows = append(rows, row)
	}, `
		SELECT DISTINCT ON (t.member_id) m.join_number, t.amount
		  FROM take AS t JOIN member AS m USING (commons_id, member_id)
		 WHERE t.commons_id = $1 AND t.area_id IS NOT DISTINCT FROM $2::uuid AND t.rule = $3
		   AND t.number <= $4
		 ORDER BY t.member_id, t.number DESC`,
		string(w.commons.ID), nullable(r.area), reads.Rule, r.settingOf(reads.Rule))
	return rows, err
}

// eachAmount calls add for each amount that the query finds of a member who takes
// part in the rule.
func (w *work) eachAmount(
	ctx context.Context, reads agreement.Reading, members people,
	add func(join int, amount decimal.Decimal), query string, args ...any,
) error {
	rows, err := w.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var join int
		var amount decimal.Decimal
		if err := rows.Scan(&join, &amount); err != nil {
			return err
		}
		if admitted, _ := reads.Admits(members[join].standing); admitted {
			add(join, amount)
		}
	}
	return rows.Err()
}

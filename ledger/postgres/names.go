package postgres

import (
	"context"
	"slices"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// memberRefs finds members by handle or id, in one statement. Names that are no
// member's are missing in the result.
func (w *work) memberRefs(ctx context.Context, names []string) (map[string]ledger.MemberRef, error) {
	var handles, ids []string
	for _, name := range distinct(names) {
		if id, err := ledger.ParseID[ledger.MemberNoun](name); err == nil {
			ids = append(ids, string(id))
		} else {
			handles = append(handles, name)
		}
	}
	rows, err := w.QueryContext(ctx, `
		SELECT member_id, handle FROM member WHERE commons_id = $1 AND handle = ANY ($2)
		 UNION ALL
		SELECT member_id, handle FROM member WHERE commons_id = $1 AND member_id = ANY ($3::uuid[])`,
		string(w.commons.ID), pq.Array(handles), pq.Array(ids))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]ledger.MemberRef{}
	for rows.Next() {
		var ref ledger.MemberRef
		if err := rows.Scan(&ref.ID, &ref.Handle); err != nil {
			return nil, err
		}
		found[ref.Handle], found[ref.ID.String()] = ref, ref
	}
	return found, rows.Err()
}

// kinds returns the kinds of the commons by code: all of them where no codes are
// given.
func (w *work) kinds(ctx context.Context, codes []string) (map[string]ledger.ContributionKind, error) {
	rows, err := w.QueryContext(ctx, `
		SELECT kind_id, code, name, unit, theme, becomes, reviews FROM kind
		 WHERE commons_id = $1 AND ($2 OR code = ANY ($3))`,
		string(w.commons.ID), codes == nil, pq.Array(distinct(codes)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]ledger.ContributionKind{}
	for rows.Next() {
		var k ledger.ContributionKind
		if err := rows.Scan(&k.ID, &k.Code, &k.Name, &k.Unit, &k.Theme, &k.Becomes, &k.Reviews); err != nil {
			return nil, err
		}
		found[k.Code] = k
	}
	return found, rows.Err()
}

// areas returns the areas of the commons by code.
func (w *work) areas(ctx context.Context) (map[string]ledger.AreaID, error) {
	return lookUp[ledger.AreaID](ctx, w, `SELECT code, area_id FROM area WHERE commons_id = $1`)
}

// funds returns the funds of the commons by code.
func (w *work) funds(ctx context.Context) (map[string]ledger.FundRef, error) {
	ids, err := lookUp[ledger.FundID](ctx, w, `SELECT code, fund_id FROM fund WHERE commons_id = $1`)
	funds := make(map[string]ledger.FundRef, len(ids))
	for code, id := range ids {
		funds[code] = ledger.FundRef{ID: id, Code: code}
	}
	return funds, err
}

// lookUp runs a query for codes and ids in the caller's commons.
func lookUp[I ~string](ctx context.Context, w *work, query string) (map[string]I, error) {
	rows, err := w.QueryContext(ctx, query, string(w.commons.ID))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]I{}
	for rows.Next() {
		var code string
		var id I
		if err := rows.Scan(&code, &id); err != nil {
			return nil, err
		}
		found[code] = id
	}
	return found, rows.Err()
}

// distinct returns the strings in order, each once, without "".
func distinct(all []string) []string {
	sorted := slices.Compact(slices.Sorted(slices.Values(all)))
	return slices.DeleteFunc(sorted, func(s string) bool { return s == "" })
}

// checkDistinct refuses ids of which one is named twice.
func checkDistinct[I ~string](ids []I) error {
	if len(distinct(texts(ids))) == len(ids) {
		return nil
	}
	return ledger.Errorf(ledger.Invalid, "named_twice", "One of these is named twice; name each once.")
}

// unknown notes that a name is nobody's.
func unknown(wrong *ledger.FieldErrors, pointer, noun, name string) {
	wrong.Add(pointer, "unknown_"+noun, "There is no %s %q in this commons; check the spelling.", noun, name)
}

// array hands strings over as one value.
func array(all []string) any { return pq.Array(all) }

// nullAmount reads an amount that may be missing, as 0.
type nullAmount = decimal.NullDecimal

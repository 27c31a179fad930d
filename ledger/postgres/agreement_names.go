package postgres

import (
	"context"
	"maps"
	"slices"

	"github.com/lib/pq"

	"phyle/ledger/agreement"
)

// namesFor returns what the commons calls the funds, kinds, areas and members that an
// agreement names by code.
func (w *work) namesFor(
	ctx context.Context, rules agreement.Agreement,
) (names agreement.Names, err error) {
	handles := slices.Collect(maps.Keys(rules.Declared().Members))
	rows, err := w.QueryContext(ctx, `
		SELECT 'fund', code, name FROM fund WHERE commons_id = $1
		 UNION ALL
		SELECT 'kind', code, name FROM kind WHERE commons_id = $1
		 UNION ALL
		SELECT 'area', code, name FROM area WHERE commons_id = $1
		 UNION ALL
		SELECT 'member', handle, name FROM member WHERE commons_id = $1 AND handle = ANY ($2)`,
		string(w.commons.ID), pq.Array(handles))
	if err != nil {
		return names, err
	}
	defer rows.Close()
	names = agreement.Names{
		Funds: map[string]string{}, Kinds: map[string]string{}, Areas: map[string]string{},
		Members: map[string]string{},
	}
	byNoun := map[string]map[string]string{
		"fund": names.Funds, "kind": names.Kinds, "area": names.Areas, "member": names.Members,
	}
	for rows.Next() {
		var noun, code, name string
		if err := rows.Scan(&noun, &code, &name); err != nil {
			return names, err
		}
		byNoun[noun][code] = name
	}
	return names, rows.Err()
}

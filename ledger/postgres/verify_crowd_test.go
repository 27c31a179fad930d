package postgres_test

import (
	"fmt"
	"testing"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// Verifying reads in proportion to the books, however many members a distribution has.
func TestVerifyReadsInProportion(t *testing.T) {
	t.Parallel()
	reads := func(members int) int {
		w := riverside(t)
		w.adopt(riversideRules, "2026-01-01")
		joining := make([]ledger.NewMember, members)
		var rows string
		for i := range joining {
			joining[i] = ledger.NewMember{Handle: fmt.Sprintf("m%d", i), Name: "M", Stage: ledger.FullPart}
			rows += fmt.Sprintf("m%d,work,1,2026-10-05,,,\nm%d,materials,1.00,2026-10-05,,,\n", i, i)
		}
		do[[]ledger.Member](t)(w.store.AddMembers(t.Context(), w.act(), joining))
		do[ledger.Import](t)(w.imports(rows))
		w.income("90000.00", "2026-10-10")
		w.post(w.draft("2026-10-31"))
		before := rowsRead(t, w.store.Raw())
		do[postgres.Verification](t)(w.store.Verify(t.Context(), "riverside"))
		return rowsRead(t, w.store.Raw()) - before
	}
	few, many := reads(200), reads(800)
	if many > 6*few {
		t.Errorf("four times the members take %d rows instead of %d", many, few)
	}
}

package postgres

import (
	"context"
	"math/bits"

	"github.com/jmoiron/sqlx"
)

// fewEvents is how many things have happened in a commons before statistics matter.
const fewEvents = 128

// grown reports whether the work made a commons so much larger that what the database
// believes of it may be far off: whenever the number of its events has doubled.
func (w *work) grown() bool {
	before, after := uint64(w.began.Event), uint64(w.head.Event)
	return after >= fewEvents && bits.Len64(after) > bits.Len64(before)
}

// freshen has the database count anew the tables that have grown. That it could not, as
// on a server that only reads, makes statements slower and nothing wrong.
func (s *Store) freshen(ctx context.Context) {
	_ = s.within(ctx, nil, func(tx *sqlx.Tx) error {
		if err := s.assume(ctx, tx, ""); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `SELECT freshen()`)
		return err
	})
}

package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"phyle/ledger"
)

const (
	// useInterval is how often the use of a token is written down at the most.
	useInterval = time.Minute
	// mostUses bounds how many tokens are remembered; after that all are forgotten,
	// and each is written down once more.
	mostUses = 10_000
	// useLimit is how long writing a use down may take.
	useLimit = 5 * time.Second
)

// uses remembers when the use of each token was written down last.
type uses struct {
	mutex   sync.Mutex
	noted   map[ledger.TokenID]time.Time
	running sync.WaitGroup
}

// due reports whether a use at the instant is to be written down, and remembers that
// it is.
func (u *uses) due(id ledger.TokenID, now time.Time) bool {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	if last, known := u.noted[id]; known && now.Sub(last) < useInterval {
		return false
	}
	if u.noted == nil || len(u.noted) >= mostUses {
		u.noted = map[ledger.TokenID]time.Time{}
	}
	u.noted[id] = now
	return true
}

// noteUse writes down that the caller's token was used, beside the request and not in its way.
// A use that cannot be written down is left out: the next minute has another.
func (s *Store) noteUse(by Caller, now time.Time) {
	if by.Instance || !s.uses.due(by.Token, now) {
		return
	}
	s.uses.running.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), useLimit)
		defer cancel()
		_ = s.within(ctx, nil, func(tx *sqlx.Tx) error {
			if err := s.assume(ctx, tx, by.Commons.ID); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `
				INSERT INTO token_use (commons_id, token_id, used_at) VALUES ($1, $2, $3)
				    ON CONFLICT (token_id) DO UPDATE SET used_at = $3
				 WHERE token_use.used_at < $3`, string(by.Commons.ID), string(by.Token), now)
			return err
		})
	})
}

package postgres

import "github.com/jmoiron/sqlx"

// Raw returns the connections of the store, which act as the user that opened
// them: tests look behind the store with it, and tamper.
func (s *Store) Raw() *sqlx.DB { return s.db }

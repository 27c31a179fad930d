package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jmoiron/sqlx"

	"phyle/ledger"
)

// PasswordHash returns who signs in with the address and the hash of their password;
// nobody where there is none.
func (s *Store) PasswordHash(
	ctx context.Context, email string,
) (id ledger.PersonID, hash string, err error) {
	_, err = apart(ctx, s, func(tx *sqlx.Tx) (struct{}, error) {
		err := tx.QueryRowContext(ctx, `
			SELECT p.person_id, w.password_hash
			  FROM person AS p JOIN password AS w ON w.person_id = p.person_id
			 WHERE lower(p.email) = lower($1)`, email).Scan(&id, &hash)
		if errors.Is(err, sql.ErrNoRows) {
			return struct{}{}, nil
		}
		return struct{}{}, err
	})
	return id, hash, err
}

// SetPassword keeps the hash in place of the one before, and signs the person out
// everywhere but in the session that is named.
func (s *Store) SetPassword(
	ctx context.Context, of ledger.PersonID, hash string, except ledger.SessionID,
) error {
	_, err := apart(ctx, s, func(tx *sqlx.Tx) (struct{}, error) {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO password (person_id, password_hash, created_at) VALUES ($1, $2, $3)
			    ON CONFLICT (person_id)
			    DO UPDATE SET password_hash = excluded.password_hash, created_at = excluded.created_at`,
			string(of), hash, s.Now())
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, s.endOtherSessions(ctx, tx, of, except)
	})
	return err
}

// SignInAs signs in somebody whose password was right.
func (s *Store) SignInAs(
	ctx context.Context, id ledger.PersonID, from Browser,
) (secret string, err error) {
	return apart(ctx, s, func(tx *sqlx.Tx) (string, error) {
		return s.insertSession(ctx, tx, id, from)
	})
}

// HasPassword reports whether the person has set a password.
func (s *Store) HasPassword(ctx context.Context, id ledger.PersonID) (bool, error) {
	return apart(ctx, s, func(tx *sqlx.Tx) (found bool, err error) {
		err = tx.GetContext(ctx, &found, `
			SELECT EXISTS (SELECT FROM password WHERE person_id = $1)`, string(id))
		return found, err
	})
}

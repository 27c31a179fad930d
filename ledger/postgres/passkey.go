package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"phyle/ledger"
)

// ceremonyTime is how long a browser may take to have something signed.
const ceremonyTime = 5 * time.Minute

// Passkey is a key that a person signs in with. Name is how the key itself is called,
// and Credential what the protocol knows of it.
type Passkey struct {
	ID         ledger.PasskeyID
	Person     ledger.Person
	Name       []byte
	Credential string
	// Agent is the browser in which it was made.
	Agent     string
	CreatedAt time.Time
	// UsedAt is when it was used last, the zero time if never.
	UsedAt time.Time
}

const passkeyColumns = `k.passkey_id, k.credential_id, k.credential, k.agent, k.created_at, k.used_at,
	p.person_id, p.email, p.name`

func scanPasskey(row interface{ Scan(...any) error }) (k Passkey, err error) {
	var used sql.NullTime
	err = row.Scan(&k.ID, &k.Name, &k.Credential, &k.Agent, &k.CreatedAt, &used,
		&k.Person.ID, &k.Person.Email, &k.Person.Name)
	k.CreatedAt, k.UsedAt = k.CreatedAt.UTC(), used.Time.UTC()
	return k, err
}

// Passkeys lists the passkeys of the person in the order in which they were made.
func (s *Store) Passkeys(ctx context.Context, id ledger.PersonID) ([]Passkey, error) {
	return apart(ctx, s, func(tx *sqlx.Tx) (all []Passkey, err error) {
		rows, err := tx.QueryContext(ctx, `
			SELECT `+passkeyColumns+`
			  FROM passkey AS k JOIN person AS p ON p.person_id = k.person_id
			 WHERE k.person_id = $1 ORDER BY k.created_at, k.passkey_id`, string(id))
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			k, err := scanPasskey(rows)
			if err != nil {
				return nil, err
			}
			all = append(all, k)
		}
		return all, rows.Err()
	})
}

// PasskeyOf returns the passkey that calls itself by the name.
func (s *Store) PasskeyOf(ctx context.Context, name []byte) (Passkey, error) {
	return apart(ctx, s, func(tx *sqlx.Tx) (Passkey, error) {
		k, err := scanPasskey(tx.QueryRowContext(ctx, `
			SELECT `+passkeyColumns+`
			  FROM passkey AS k JOIN person AS p ON p.person_id = k.person_id
			 WHERE k.credential_id = $1`, name))
		return k, notFound(err, "passkey")
	})
}

// AddPasskey keeps a new passkey of its person.
func (s *Store) AddPasskey(ctx context.Context, k Passkey) error {
	_, err := apart(ctx, s, func(tx *sqlx.Tx) (struct{}, error) {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO passkey (passkey_id, person_id, credential_id, credential, agent, created_at)
			VALUES ($1, $2, $3, $4, $5, $6)`,
			string(newID[ledger.PasskeyID]()), string(k.Person.ID), k.Name, k.Credential, k.Agent, s.Now())
		return struct{}{}, err
	})
	return err
}

// RemovePasskey forgets a passkey of the person, which signs nobody in from then on.
func (s *Store) RemovePasskey(
	ctx context.Context, of ledger.PersonID, id ledger.PasskeyID,
) error {
	_, err := apart(ctx, s, func(tx *sqlx.Tx) (struct{}, error) {
		result, err := tx.ExecContext(ctx, `
			DELETE FROM passkey WHERE person_id = $1 AND passkey_id = $2`, string(of), string(id))
		if err != nil {
			return struct{}{}, err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return struct{}{}, errors.Join(err, notFound(sql.ErrNoRows, "passkey"))
		}
		return struct{}{}, nil
	})
	return err
}

// SignInWith signs in the person of a passkey that has signed what it was asked to,
// and keeps what the protocol knows of it now.
func (s *Store) SignInWith(
	ctx context.Context, k Passkey, from Browser,
) (secret string, err error) {
	return apart(ctx, s, func(tx *sqlx.Tx) (string, error) {
		result, err := tx.ExecContext(ctx, `
			UPDATE passkey SET credential = $3, used_at = $4 WHERE passkey_id = $1 AND person_id = $2`,
			string(k.ID), string(k.Person.ID), k.Credential, s.Now())
		if err != nil {
			return "", err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return "", errors.Join(err, notFound(sql.ErrNoRows, "passkey"))
		}
		return s.insertSession(ctx, tx, k.Person.ID, from)
	})
}

// StartCeremony keeps what the browser of the visit is asked to have signed, in place
// of what it was asked before, and forgets what others have left too long.
func (s *Store) StartCeremony(ctx context.Context, visit, challenge string) error {
	hash, _ := secretHash(visit)
	_, err := apart(ctx, s, func(tx *sqlx.Tx) (struct{}, error) {
		now := s.Now()
		_, err := tx.ExecContext(ctx, `DELETE FROM ceremony WHERE expires_at <= $1`, now)
		if err != nil {
			return struct{}{}, err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO ceremony (visit_hash, challenge, expires_at) VALUES ($1, $2, $3)
			    ON CONFLICT (visit_hash)
			    DO UPDATE SET challenge = excluded.challenge, expires_at = excluded.expires_at`,
			hash, challenge, now.Add(ceremonyTime))
		return struct{}{}, err
	})
	return err
}

// TakeCeremony returns what the browser of the visit was asked to have signed, once.
func (s *Store) TakeCeremony(ctx context.Context, visit string) (challenge string, err error) {
	hash, _ := secretHash(visit)
	return apart(ctx, s, func(tx *sqlx.Tx) (challenge string, err error) {
		err = tx.GetContext(ctx, &challenge, `
			DELETE FROM ceremony WHERE visit_hash = $1 AND expires_at > $2 RETURNING challenge`,
			hash, s.Now())
		return challenge, notFound(err, "ceremony")
	})
}

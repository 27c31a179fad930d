package postgres

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"phyle/ledger"
)

// How long somebody stays signed in: without a sign of life, at all, and freshly
// enough to decide about money.
const (
	idleTime  = 12 * time.Hour
	stayTime  = 14 * 24 * time.Hour
	freshTime = 15 * time.Minute
	// seenTime is how exactly it is kept when a session was last seen.
	seenTime = time.Minute
)

// Browser is what is known of where a request for a page came from: which browser on
// which system in words from a list, and the network of its address.
type Browser struct {
	Agent     string
	Network   string
	RequestID string
}

// Session is a browser that a person is signed in with.
type Session struct {
	ID         ledger.SessionID
	Person     ledger.Person
	Agent      string
	Network    string
	CreatedAt  time.Time
	LastSeenAt time.Time
	FreshUntil time.Time
}

// IsFresh reports whether its person has signed in so lately that they may decide
// about money.
func (s Session) IsFresh(now time.Time) bool { return now.Before(s.FreshUntil) }

// errSignedOut is what a session gets that is not, or not any more.
var errSignedOut = ledger.Errorf(ledger.Unauthenticated, "signed_out",
	"You are not signed in here, or not any more; sign in again.")

// makeSecret returns 256 random bits as text that addresses and cookies can hold.
func makeSecret() string {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // it never fails: package crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(secret)
}

// secretHash returns what is kept of a secret, and whether it can be one at all, so
// that scraps of other things do not reach the database.
func secretHash(secret string) (hash []byte, found bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(secret)
	sum := sha256.Sum256([]byte(secret))
	return sum[:], err == nil && len(raw) == 32
}

// insertSession signs the person in and returns the secret of the session, which is
// new at every sign-in. Sessions of theirs that have ended by age are forgotten.
func (s *Store) insertSession(
	ctx context.Context, tx *sqlx.Tx, id ledger.PersonID, from Browser,
) (secret string, err error) {
	now := s.Now()
	_, err = tx.ExecContext(ctx, `DELETE FROM session WHERE person_id = $1 AND created_at < $2`,
		string(id), now.Add(-stayTime))
	if err != nil {
		return "", err
	}
	secret = makeSecret()
	hash, _ := secretHash(secret)
	_, err = tx.ExecContext(ctx, `
		INSERT INTO session (session_hash, session_id, person_id, agent, network, created_at,
		            last_seen_at, fresh_until)
		VALUES ($1, $2, $3, $4, $5, $6, $6, $7)`,
		hash, string(newID[ledger.SessionID]()), string(id), from.Agent,
		cmp.Or(from.Network, localAddress), now, now.Add(freshTime))
	return secret, err
}

const sessionColumns = `s.session_id, s.agent, s.network, s.created_at, s.last_seen_at, s.fresh_until,
	p.person_id, p.email, p.name`

// isOpen holds of sessions that have not ended: last seen after $2, made after $3.
const isOpen = `s.revoked_at IS NULL AND s.last_seen_at > $2 AND s.created_at > $3`

func scanSession(row interface{ Scan(...any) error }) (s Session, err error) {
	err = row.Scan(&s.ID, &s.Agent, &s.Network, &s.CreatedAt, &s.LastSeenAt, &s.FreshUntil,
		&s.Person.ID, &s.Person.Email, &s.Person.Name)
	s.CreatedAt, s.LastSeenAt, s.FreshUntil = s.CreatedAt.UTC(), s.LastSeenAt.UTC(), s.FreshUntil.UTC()
	return s, err
}

// Session returns the session of the secret and notes that it was seen. One that has
// ended, whoever ended it, is none.
func (s *Store) Session(ctx context.Context, secret string) (Session, error) {
	hash, found := secretHash(secret)
	if !found {
		return Session{}, errSignedOut
	}
	return apart(ctx, s, func(tx *sqlx.Tx) (Session, error) {
		now := s.Now()
		session, err := scanSession(tx.QueryRowContext(ctx, `
			SELECT `+sessionColumns+`
			  FROM session AS s JOIN person AS p ON p.person_id = s.person_id
			 WHERE s.session_hash = $1 AND `+isOpen,
			hash, now.Add(-idleTime), now.Add(-stayTime)))
		if errors.Is(err, sql.ErrNoRows) {
			return Session{}, errSignedOut
		}
		if err != nil || now.Sub(session.LastSeenAt) < seenTime {
			return session, err
		}
		session.LastSeenAt = now
		_, err = tx.ExecContext(ctx, `
			UPDATE session SET last_seen_at = $2 WHERE session_hash = $1`, hash, now)
		return session, err
	})
}

// Sessions lists where the person is signed in, the latest first.
func (s *Store) Sessions(ctx context.Context, id ledger.PersonID) ([]Session, error) {
	return apart(ctx, s, func(tx *sqlx.Tx) (all []Session, err error) {
		now := s.Now()
		rows, err := tx.QueryContext(ctx, `
			SELECT `+sessionColumns+`
			  FROM session AS s JOIN person AS p ON p.person_id = s.person_id
			 WHERE s.person_id = $1 AND `+isOpen+`
			 ORDER BY s.created_at DESC, s.session_id DESC LIMIT 100`,
			string(id), now.Add(-idleTime), now.Add(-stayTime))
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			session, err := scanSession(rows)
			if err != nil {
				return nil, err
			}
			all = append(all, session)
		}
		return all, rows.Err()
	})
}

// EndSession signs a browser of the person out at once.
func (s *Store) EndSession(
	ctx context.Context, of ledger.PersonID, id ledger.SessionID,
) error {
	_, err := apart(ctx, s, func(tx *sqlx.Tx) (struct{}, error) {
		result, err := tx.ExecContext(ctx, `
			UPDATE session SET revoked_at = $3
			 WHERE person_id = $1 AND session_id = $2 AND revoked_at IS NULL`,
			string(of), string(id), s.Now())
		if err != nil {
			return struct{}{}, err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return struct{}{}, errors.Join(err, notFound(sql.ErrNoRows, "session"))
		}
		return struct{}{}, nil
	})
	return err
}

// EndOtherSessions signs the person out at once in every browser but that of the session.
func (s *Store) EndOtherSessions(
	ctx context.Context, of ledger.PersonID, except ledger.SessionID,
) error {
	_, err := apart(ctx, s, func(tx *sqlx.Tx) (struct{}, error) {
		return struct{}{}, s.endOtherSessions(ctx, tx, of, except)
	})
	return err
}

func (s *Store) endOtherSessions(
	ctx context.Context, tx *sqlx.Tx, of ledger.PersonID, except ledger.SessionID,
) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE session SET revoked_at = $3
		 WHERE person_id = $1 AND session_id <> $2 AND revoked_at IS NULL`,
		string(of), string(except), s.Now())
	return err
}

package postgres

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"phyle/ledger"
)

// setUpTime is how long a link that sets an instance up is good.
const setUpTime = 24 * time.Hour

// Founding is what the first person says of the first commons and of themself.
type Founding struct {
	Commons ledger.Commons
	First   ledger.NewMember
	Email   string
}

// errSetUp is what comes too late to set the instance up.
var errSetUp = ledger.Errorf(ledger.Conflict, "already_set_up",
	"Somebody has set this Phyle up already; sign in, or ask them for an invitation.")

// errSetUpGone is what a link gets that sets nothing up, for whatever reason.
var errSetUpGone = ledger.Errorf(ledger.NotFound, "set_up_gone",
	"This link is older than a day or was copied in part. Whoever runs this Phyle gets a new one "+
		"by starting phyle serve again.")

// StartSetUp makes the secret of a link by which somebody sets the instance up, once
// and within a day. Where there is a commons or a person there is none.
func (s *Store) StartSetUp(ctx context.Context) (secret string, err error) {
	return apart(ctx, s, func(tx *sqlx.Tx) (string, error) {
		err := s.checkEmpty(ctx, tx)
		if errors.Is(err, errSetUp) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM set_up WHERE expires_at <= $1`, s.Now())
		if err != nil {
			return "", err
		}
		secret := makeSecret()
		hash, _ := secretHash(secret)
		_, err = tx.ExecContext(ctx, `INSERT INTO set_up (link_hash, expires_at) VALUES ($1, $2)`,
			hash, s.Now().Add(setUpTime))
		return secret, err
	})
}

// CheckSetUp refuses links that set nothing up, and uses nothing up.
func (s *Store) CheckSetUp(ctx context.Context, secret string) error {
	_, err := apart(ctx, s, func(tx *sqlx.Tx) (struct{}, error) {
		return struct{}{}, s.checkSetUp(ctx, tx, secret)
	})
	return err
}

func (s *Store) checkSetUp(ctx context.Context, tx *sqlx.Tx, secret string) error {
	if err := s.checkEmpty(ctx, tx); err != nil {
		return err
	}
	hash, found := secretHash(secret)
	if !found {
		return errSetUpGone
	}
	err := tx.GetContext(ctx, &found, `
		SELECT EXISTS (SELECT FROM set_up WHERE link_hash = $1 AND expires_at > $2)`, hash, s.Now())
	if err != nil || found {
		return err
	}
	// Somebody else may have set it up in between, and their links are gone.
	return cmp.Or(s.checkEmpty(ctx, tx), error(errSetUpGone))
}

// checkEmpty refuses instances in which there is a commons or a person.
func (s *Store) checkEmpty(ctx context.Context, tx *sqlx.Tx) error {
	_, err := tx.ExecContext(ctx, `SELECT set_config('phyle.directory', 'on', true)`)
	if err != nil {
		return err
	}
	var found bool
	err = tx.GetContext(ctx, &found,
		`SELECT EXISTS (SELECT FROM commons) OR EXISTS (SELECT FROM person)`)
	if err == nil && found {
		err = errSetUp
	}
	return err
}

// SetUp founds the first commons by the link's secret, and signs its first member in,
// who is its steward and treasurer. Links that set up are good no more.
func (s *Store) SetUp(
	ctx context.Context, link string, in Founding, from Browser,
) (secret string, err error) {
	in.First.Stage, in.First.Roles = ledger.FullPart, []ledger.Role{ledger.Steward, ledger.Treasurer}
	commons, first, err := s.checkFounding(in.Commons, in.First)
	var wrong ledger.FieldErrors
	wrong.AddError("", err)
	wrong.AddError("/email", ledger.CheckEmail(in.Email))
	if err := wrong.Err(); err != nil {
		return "", err
	}
	return apart(ctx, s, func(tx *sqlx.Tx) (string, error) {
		_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('set up', 0))`)
		if err == nil { // in a statement of its own, which sees what was waited for
			err = s.checkSetUp(ctx, tx, link)
		}
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM set_up`)
		}
		if err != nil {
			return "", err
		}
		act := &Act{
			Operation: ledger.CreateCommons, RequestID: from.RequestID, Address: from.Network,
		}
		w := &work{Tx: tx, act: act, commons: commons, now: commons.CreatedAt}
		member, err := s.found(ctx, w, first)
		if err != nil {
			return "", err
		}
		id, err := s.insertPerson(ctx, tx, ledger.Person{Email: in.Email, Name: first.Name})
		if err != nil {
			return "", err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO person_member (commons_id, member_id, person_id, created_at)
			VALUES ($1, $2, $3, $4)`, string(commons.ID), string(member.ID), string(id), w.now)
		if err != nil {
			return "", err
		}
		return s.insertSession(ctx, tx, id, from)
	})
}

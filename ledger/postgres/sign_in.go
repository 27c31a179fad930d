package postgres

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/jmoiron/sqlx"

	"phyle/ledger"
)

const (
	codeTime = 10 * time.Minute
	// mostCodes is how many codes one address is sent within codesTime.
	mostCodes = 20
	codesTime = time.Hour
)

// SignIn is what somebody asks for a code with. Who comes by an invitation may have an
// address that is new here.
type SignIn struct {
	Email      string
	Invitation Link
}

// Letter is a code on its way. To is empty where nobody has the address: then nothing
// is sent, and nothing else is different. Visit is the secret of the browser that asked,
// in which alone the code is good.
type Letter struct {
	To    string
	Code  string
	Visit string
}

// errCodeGone is what a code gets that opens nothing, for whatever reason.
var errCodeGone = ledger.Errorf(ledger.Forbidden, "code_gone",
	"That code has been used or is older than 10 minutes. Send a new one.")

// errCodeWrong is what a code gets that is another than the one that was sent.
var errCodeWrong = ledger.Errorf(ledger.Forbidden, "code_wrong",
	"That is not the code in the mail. Look again; after five tries it is good no more.")

// makeCode returns six random digits.
func makeCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic(fmt.Sprintf("chance has run out: %v", err))
	}
	return fmt.Sprintf("%06d", n.Int64())
}

// codeHash returns what is kept of a code. Its key is the secret of the visit, of
// which only a hash is kept: who reads the database cannot try all codes.
func codeHash(visit, code string) []byte {
	mac := hmac.New(sha256.New, []byte(visit))
	mac.Write([]byte(code))
	return mac.Sum(nil)
}

// StartSignIn makes a code and returns the letter that it is to be sent in. It does the
// same whether the address is known or not.
func (s *Store) StartSignIn(ctx context.Context, in SignIn) (Letter, error) {
	if err := ledger.CheckEmail(in.Email); err != nil {
		return Letter{}, err
	}
	var open openInvitation
	if in.Invitation.Secret != "" {
		var err error
		if open, err = s.openInvitation(ctx, in.Invitation); err != nil {
			return Letter{}, err
		}
	}
	return within(ctx, s, open.commons, func(tx *sqlx.Tx) (letter Letter, err error) {
		letter.Code, letter.Visit = makeCode(), makeSecret()
		person, err := personOf(ctx, tx, in.Email)
		if err != nil {
			return letter, err
		}
		letter.To = person.Email
		if open.hash != nil {
			letter.To = cmp.Or(letter.To, in.Email)
		}
		sent := sentCode{person: person.ID, email: in.Email, link: open}
		if err := s.insertCode(ctx, tx, letter, sent); err != nil {
			return letter, err
		}
		many, err := s.tooManyCodes(ctx, tx, in.Email)
		if many {
			letter.To = ""
		}
		return letter, err
	})
}

// insertCode keeps the letter's code, and forgets those that are too old to count.
func (s *Store) insertCode(
	ctx context.Context, tx *sqlx.Tx, l Letter, sent sentCode,
) error {
	now := s.Now()
	_, err := tx.ExecContext(ctx, `DELETE FROM sign_in_code WHERE created_at < $1`,
		now.Add(-codesTime))
	if err != nil {
		return err
	}
	var invitation any
	if sent.link.hash != nil {
		invitation = sent.link.hash
	}
	visit, _ := secretHash(l.Visit)
	_, err = tx.ExecContext(ctx, `
		INSERT INTO sign_in_code (visit_hash, code_hash, person_id, invited_to, invitation_hash,
		            email, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		visit, codeHash(l.Visit, l.Code), nullable(sent.person), nullable(sent.link.commons),
		invitation, sent.email, now, now.Add(codeTime))
	return err
}

// tooManyCodes reports whether the address is asked for more codes than it is sent.
func (s *Store) tooManyCodes(ctx context.Context, tx *sqlx.Tx, email string) (bool, error) {
	var n int
	err := tx.GetContext(ctx, &n, `
		SELECT count(*) FROM sign_in_code WHERE lower(email) = lower($1) AND created_at > $2`,
		email, s.Now().Add(-codesTime))
	return n > mostCodes, err
}

// SentTo returns the address that the visit's last code was asked for with, "" where
// there is none.
func (s *Store) SentTo(ctx context.Context, visit string) (email string, err error) {
	hash, found := secretHash(visit)
	if !found {
		return "", nil
	}
	return apart(ctx, s, func(tx *sqlx.Tx) (email string, err error) {
		err = tx.GetContext(ctx, &email,
			`SELECT email FROM sign_in_code WHERE visit_hash = $1`, hash)
		if errors.Is(err, sql.ErrNoRows) {
			return "", nil
		}
		return email, err
	})
}

// sentCode is what a code was sent for.
type sentCode struct {
	hash   []byte
	person ledger.PersonID
	email  string
	link   openInvitation
}

// FinishSignIn takes the code that was sent to the visit, once, and signs its person
// in. Who came by an invitation is its member's person from then on.
func (s *Store) FinishSignIn(
	ctx context.Context, visit, code string, from Browser,
) (secret string, err error) {
	hash, found := secretHash(visit)
	if !found {
		return "", errCodeGone
	}
	wrong := false
	secret, err = apart(ctx, s, func(tx *sqlx.Tx) (string, error) {
		sent, err := s.tryCode(ctx, tx, hash)
		if err != nil {
			return "", err
		}
		wrong = !hmac.Equal(sent.hash, codeHash(visit, code))
		if wrong {
			return "", nil // the try is counted
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM sign_in_code WHERE visit_hash = $1`, hash)
		if err != nil {
			return "", err
		}
		return s.enter(ctx, tx, sent, from)
	})
	if err == nil && wrong {
		return "", errCodeWrong
	}
	return secret, err
}

// tryCode counts a try of the visit's code and returns it, if it is good still.
func (s *Store) tryCode(ctx context.Context, tx *sqlx.Tx, visit []byte) (c sentCode, err error) {
	err = tx.QueryRowContext(ctx, `
		UPDATE sign_in_code SET attempts = attempts + 1
		 WHERE visit_hash = $1 AND attempts < 5 AND expires_at > $2
		RETURNING code_hash, coalesce(person_id::text, ''), coalesce(invited_to::text, ''),
		          invitation_hash, email`, visit, s.Now()).
		Scan(&c.hash, &c.person, &c.link.commons, &c.link.hash, &c.email)
	if errors.Is(err, sql.ErrNoRows) {
		return c, errCodeGone
	}
	return c, err
}

// enter signs in whom the code was sent to.
func (s *Store) enter(
	ctx context.Context, tx *sqlx.Tx, sent sentCode, from Browser,
) (_ string, err error) {
	if sent.person == "" && sent.link.hash == nil {
		return "", errCodeGone
	}
	if err := s.assume(ctx, tx, sent.link.commons); err != nil {
		return "", err
	}
	if sent.person == "" {
		if sent.person, err = s.insertInvited(ctx, tx, sent.link, sent.email); err != nil {
			return "", err
		}
	}
	if sent.link.hash != nil {
		if err := s.useInvitation(ctx, tx, sent.link, joining{sent.person, from}); err != nil {
			return "", err
		}
	}
	return s.insertSession(ctx, tx, sent.person, from)
}

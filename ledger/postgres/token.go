package postgres

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"phyle/ledger"
)

// tokenPrefix makes tokens recognizable to people and to scanners.
const tokenPrefix = "phy_"

// What is told of tokens in the audit trail; the feed does not tell of them.
const (
	tokenCreated ledger.EventType = "token.created"
	tokenRevoked ledger.EventType = "token.revoked"
)

var tokenEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").
	WithPadding(base32.NoPadding)

// makeToken returns 160 random bits behind the prefix, with a checksum of four
// bytes, and the hash under which it is kept.
func makeToken() (token string, hash [32]byte) {
	secret := make([]byte, 20)
	_, _ = rand.Read(secret) // it never fails: package crypto/rand ends the program instead
	token = tokenPrefix + tokenEncoding.EncodeToString(
		binary.BigEndian.AppendUint32(secret, crc32.ChecksumIEEE(secret)))
	return token, sha256.Sum256([]byte(token))
}

// wellFormed reports whether s can be a token at all, so that scraps of other
// things do not reach the database.
func wellFormed(s string) bool {
	digits, found := strings.CutPrefix(s, tokenPrefix)
	raw, err := tokenEncoding.DecodeString(digits)
	return found && err == nil && len(raw) == 24 &&
		crc32.ChecksumIEEE(raw[:20]) == binary.BigEndian.Uint32(raw[20:])
}

// Authenticate returns whom the token acts for. The commons in it is as it is now.
func (s *Store) Authenticate(ctx context.Context, token string) (by Caller, err error) {
	unknown := ledger.Errorf(ledger.Unauthenticated, "unauthenticated",
		"This token is not known here; make one with: phyle token create.")
	if !wellFormed(token) {
		return by, unknown
	}
	hash := sha256.Sum256([]byte(token))
	c := &by.Commons
	err = s.db.QueryRowContext(ctx, `
		SELECT of_commons IS NULL, coalesce(of_commons::text, ''), coalesce(of_member::text, ''),
		       coalesce(member_handle, ''), coalesce(commons_slug, ''), coalesce(commons_name, ''),
		       coalesce(commons_currency, ''), coalesce(commons_zone, ''),
		       coalesce(commons_limit, 0), coalesce(founded_at, made_at), reads_only, of_token
		  FROM caller_of($1)`, hash[:]).
		Scan(&by.Instance, &c.ID, &by.Member, &by.Handle, &c.Slug, &c.Name, &c.Currency,
			&c.TimeZone, &c.AdvanceLimit, &c.CreatedAt, &by.ReadOnly, &by.Token)
	if errors.Is(err, sql.ErrNoRows) {
		return Caller{}, unknown
	}
	return by, translate(err)
}

// Token is a token as a list shows it: without its secret.
type Token struct {
	ID        ledger.TokenID `db:"token_id"`
	Label     string         `db:"label"`
	ReadOnly  bool           `db:"read_only"`
	CreatedAt time.Time      `db:"created_at"`
}

// CreateToken makes a token that acts for the caller. Its secret is returned here
// only; its hash is kept.
func (s *Store) CreateToken(ctx context.Context, act *Act, label string) (string, error) {
	return s.createToken(ctx, act, newToken{label: label})
}

// CreateReadOnlyToken is CreateToken for a token that is refused whatever would
// write, whatever the caller's roles allow.
func (s *Store) CreateReadOnlyToken(
	ctx context.Context, act *Act, label string,
) (string, error) {
	return s.createToken(ctx, act, newToken{label: label, readOnly: true})
}

func (s *Store) createToken(ctx context.Context, act *Act, t newToken) (string, error) {
	var wrong ledger.FieldErrors
	wrong.AddError("/label", ledger.CheckText(t.label, 200))
	if err := wrong.Err(); err != nil {
		return "", err
	}
	return write(ctx, s, act, func(w *work) (string, error) {
		if err := w.authorize(ledger.MakeToken, true); err != nil {
			return "", err
		}
		t.id, t.commons, t.member, t.at = newID[ledger.TokenID](), w.commons.ID, w.by, w.now
		w.trail.concern(tokenCreated, t.id.String())
		w.trail.after = ledger.Facts{"read_only": strconv.FormatBool(t.readOnly)}
		return t.insert(ctx, w.Tx)
	})
}

// CreateInstanceToken makes a token that can create commons, and nothing else.
func (s *Store) CreateInstanceToken(ctx context.Context, label string) (token string, err error) {
	err = s.within(ctx, nil, func(tx *sqlx.Tx) error {
		if err := s.assume(ctx, tx, ""); err != nil {
			return err
		}
		token, err = newToken{id: newID[ledger.TokenID](), label: label, at: s.Now()}.insert(ctx, tx)
		return err
	})
	return token, translate(err)
}

// newToken is a token before its secret is made; the instance's has neither
// commons nor member.
type newToken struct {
	id       ledger.TokenID
	commons  ledger.CommonsID
	member   ledger.MemberID
	label    string
	readOnly bool
	at       time.Time
}

// insert makes the secret, keeps its hash and returns it.
func (t newToken) insert(ctx context.Context, tx *sqlx.Tx) (string, error) {
	token, hash := makeToken()
	_, err := tx.ExecContext(ctx, `
		INSERT INTO token (token_hash, token_id, commons_id, member_id, label, read_only, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		hash[:], string(t.id), nullable(t.commons), nullable(t.member), t.label,
		t.readOnly, t.at)
	return token, err
}

// Tokens lists the caller's own tokens, newest first.
func (s *Store) Tokens(ctx context.Context, by Caller) ([]Token, error) {
	return read(ctx, s, by, func(w *work) (tokens []Token, err error) {
		err = w.SelectContext(ctx, &tokens, `
			SELECT token_id, label, read_only, created_at FROM token
			 WHERE commons_id = $1 AND member_id = $2 ORDER BY token_id DESC LIMIT 200`,
			string(by.Commons.ID), string(by.Member))
		return tokens, err
	})
}

// RevokeToken ends one of the caller's own tokens at once.
func (s *Store) RevokeToken(ctx context.Context, act *Act, id ledger.TokenID) error {
	_, err := write(ctx, s, act, func(w *work) (struct{}, error) {
		if err := w.authorize(ledger.RevokeToken, true); err != nil {
			return struct{}{}, err
		}
		w.trail.concern(tokenRevoked, id.String())
		result, err := w.ExecContext(ctx, `
			DELETE FROM token WHERE commons_id = $1 AND member_id = $2 AND token_id = $3`,
			string(w.commons.ID), string(w.by), string(id))
		if err != nil {
			return struct{}{}, err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return struct{}{}, errors.Join(err, notFound(sql.ErrNoRows, "token"))
		}
		return struct{}{}, nil
	})
	return err
}

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
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"phyle/ledger"
)

// tokenPrefix makes tokens recognizable to people and to scanners.
const tokenPrefix = "phy_"

// What is told of tokens in the audit trail; the feed does not tell of them.
const (
	tokenCreated ledger.EventType = "token.created"
	tokenRevoked ledger.EventType = "token.revoked"
	tokenRotated ledger.EventType = "token.rotated"
)

var tokenEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").
	WithPadding(base32.NoPadding)

// newSecret returns 160 random bits behind the prefix, with a checksum of four
// bytes, and the hash under which it is kept.
func newSecret() (token string, hash [32]byte) {
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

func unknownToken() error {
	return ledger.Errorf(ledger.Unauthenticated, "unauthenticated",
		"This token is not known here; make one with: phyle token create.")
}

// Authenticate returns whom the token acts for. The commons in it is as it is now.
func (s *Store) Authenticate(ctx context.Context, token string) (by Caller, err error) {
	if !wellFormed(token) {
		return by, unknownToken()
	}
	hash := sha256.Sum256([]byte(token))
	c := &by.Commons
	var scopes string
	var ends time.Time
	err = s.db.QueryRowContext(ctx, `
		SELECT of_commons IS NULL, coalesce(of_commons::text, ''), coalesce(of_member::text, ''),
		       coalesce(member_handle, ''), coalesce(commons_slug, ''), coalesce(commons_name, ''),
		       coalesce(commons_currency, ''), coalesce(commons_zone, ''),
		       coalesce(commons_limit, 0), coalesce(founded_at, made_at), id_of_token,
		       array_to_string(token_scopes, ' '), ends_at
		  FROM caller_of($1)`, hash[:]).
		Scan(&by.Instance, &c.ID, &by.Member, &by.Handle, &c.Slug, &c.Name, &c.Currency,
			&c.TimeZone, &c.AdvanceLimit, &c.CreatedAt, &by.Token, &scopes, &ends)
	now := s.Now()
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Caller{}, unknownToken()
	case err != nil:
		return Caller{}, translate(err)
	case !ends.After(now):
		return Caller{}, ledger.Errorf(ledger.Unauthenticated, "token_expired",
			"This token ended at %s; make a new one with: phyle token create.",
			ends.UTC().Format(time.RFC3339))
	}
	by.Scopes = splitScopes(scopes)
	s.noteUse(by, now)
	return by, nil
}

// Token is a token as a list shows it: without its secret. LastUsedAt is exact to the
// minute, and nil until the token is used.
type Token struct {
	ID         ledger.TokenID
	Member     string
	Label      string
	Scopes     []ledger.Scope
	CreatedAt  time.Time
	ExpiresAt  time.Time
	LastUsedAt *time.Time
}

// MadeToken is a token right after it was made, the only time that its secret is shown.
type MadeToken struct {
	Token
	Secret string
}

// CreateToken makes a token that acts for the caller, for no more than the caller's own
// token is for. Its secret is returned here only; its hash is kept.
func (s *Store) CreateToken(
	ctx context.Context, act *Act, t ledger.NewToken,
) (MadeToken, error) {
	return write(ctx, s, act, func(w *work) (MadeToken, error) {
		if err := w.authorize(ledger.MakeToken, true); err != nil {
			return MadeToken{}, err
		}
		if err := t.Validate(w.today()); err != nil {
			return MadeToken{}, err
		}
		held := ledger.Scopes()
		if w.bounded {
			held = w.scopes
		}
		if len(t.Scopes) == 0 {
			t.Scopes = held
		}
		if err := ledger.CheckScopes(held, t.Scopes); err != nil {
			return MadeToken{}, err
		}
		return w.makeToken(ctx, tokenCreated, newToken{
			label: t.Label, scopes: t.Scopes, ends: t.End(w.commons, w.now),
		})
	})
}

// CreatePersonToken makes a token for all that the caller may do, for PersonTokenTime. The
// caller is somebody who has just signed in.
func (s *Store) CreatePersonToken(ctx context.Context, act *Act) (MadeToken, error) {
	return write(ctx, s, act, func(w *work) (MadeToken, error) {
		if err := w.authorize(ledger.MakeToken, true); err != nil {
			return MadeToken{}, err
		}
		return w.makeToken(ctx, tokenCreated, newToken{
			label: "by hand", byHand: true, scopes: ledger.Scopes(),
			ends: w.now.Add(ledger.PersonTokenTime),
		})
	})
}

// CreateInstanceToken makes a token that can create commons, and nothing else.
func (s *Store) CreateInstanceToken(
	ctx context.Context, t ledger.NewToken,
) (made MadeToken, err error) {
	now := s.Now()
	if err := t.Validate(ledger.DateOf(now)); err != nil {
		return made, err
	}
	err = s.within(ctx, nil, func(tx *sqlx.Tx) error {
		if err := s.assume(ctx, tx, ""); err != nil {
			return err
		}
		made, err = newToken{
			label: t.Label, scopes: []ledger.Scope{ledger.OfInstance}, at: now,
			ends: t.End(ledger.Commons{}, now),
		}.insert(ctx, tx)
		return err
	})
	return made, translate(err)
}

// makeToken makes a token for the caller, and has the audit trail say what for.
func (w *work) makeToken(
	ctx context.Context, told ledger.EventType, t newToken,
) (MadeToken, error) {
	t.commons, t.member, t.at = w.commons.ID, w.by, w.now
	made, err := t.insert(ctx, w.Tx)
	w.trail.concern(told, made.ID.String())
	w.trail.after = ledger.Facts{"scopes": strings.Join(texts(t.scopes), " "),
		"expires_at": t.ends.UTC().Format(time.RFC3339)}
	return made, err
}

// newToken is a token before its secret is made; the instance's has neither
// commons nor member.
type newToken struct {
	commons  ledger.CommonsID
	member   ledger.MemberID
	label    string
	scopes   []ledger.Scope
	byHand   bool
	at, ends time.Time
}

// insert makes the secret, keeps its hash and returns both.
func (t newToken) insert(ctx context.Context, tx *sqlx.Tx) (MadeToken, error) {
	secret, hash := newSecret()
	made := MadeToken{Secret: secret, Token: Token{
		ID: newID[ledger.TokenID](), Label: t.label, Scopes: t.scopes,
		CreatedAt: t.at, ExpiresAt: t.ends,
	}}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO token (token_hash, token_id, commons_id, member_id, label, scopes, created_at,
		            expires_at, by_hand)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		hash[:], string(made.ID), nullable(t.commons), nullable(t.member), t.label,
		array(texts(t.scopes)), t.at, t.ends, t.byHand)
	return made, err
}

// Tokens lists the caller's own tokens, or those of all members, newest first. Those
// that have ended are not in it.
func (s *Store) Tokens(ctx context.Context, by Caller, all bool) ([]Token, error) {
	asking := asking{Caller: by, operation: ledger.ListTokens, own: !all}
	return read(ctx, s, asking, func(w *work) ([]Token, error) {
		return w.tokens(ctx, `t.commons_id = $1 AND ($2 OR t.member_id = $3) AND t.expires_at > $4`,
			string(w.commons.ID), all, nullable(w.by), s.Now())
	})
}

func (w *work) tokens(ctx context.Context, which string, args ...any) (tokens []Token, err error) {
	rows, err := w.QueryContext(ctx, `
		SELECT t.token_id, m.handle, t.label, t.scopes, t.created_at, t.expires_at, u.used_at
		  FROM token AS t
		  JOIN member AS m ON m.commons_id = t.commons_id AND m.member_id = t.member_id
		  LEFT JOIN token_use AS u ON u.commons_id = t.commons_id AND u.token_id = t.token_id
		 WHERE `+which+` ORDER BY t.token_id DESC LIMIT 200`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t Token
		var scopes []string
		err := rows.Scan(&t.ID, &t.Member, &t.Label, pq.Array(&scopes), &t.CreatedAt, &t.ExpiresAt,
			&t.LastUsedAt)
		if err != nil {
			return nil, err
		}
		for _, scope := range scopes {
			t.Scopes = append(t.Scopes, ledger.Scope(scope))
		}
		tokens = append(tokens, t)
	}
	return tokens, rows.Err()
}

// tokenFor returns a token that the caller may do the operation to. Others are not
// found, like those that are not there.
func (w *work) tokenFor(
	ctx context.Context, operation ledger.Operation, id ledger.TokenID,
) (Token, error) {
	found, err := w.tokens(ctx, `t.commons_id = $1 AND t.token_id = $2`,
		string(w.commons.ID), string(id))
	if err != nil {
		return Token{}, err
	}
	refusal := w.authorize(operation, len(found) > 0 && found[0].Member == w.handle)
	var missing *ledger.Error
	switch {
	case refusal == nil && len(found) > 0:
		return found[0], nil
	case errors.As(refusal, &missing) && missing.Code != "forbidden":
		return Token{}, refusal
	}
	return Token{}, notFound(sql.ErrNoRows, "token")
}

// RevokeToken ends a token at once: one of the caller's own or, for those who look
// after the commons, anybody's.
func (s *Store) RevokeToken(ctx context.Context, act *Act, id ledger.TokenID) error {
	_, err := write(ctx, s, act, func(w *work) (struct{}, error) {
		if _, err := w.tokenFor(ctx, ledger.RevokeToken, id); err != nil {
			return struct{}{}, err
		}
		w.trail.concern(tokenRevoked, id.String())
		result, err := w.ExecContext(ctx, `DELETE FROM token WHERE commons_id = $1 AND token_id = $2`,
			string(w.commons.ID), string(id))
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

// RotateToken makes a new secret for one of the caller's own tokens: a token of the same
// label and scopes, which lasts as long as the old one was to last at first. The old one
// ends after as many hours.
func (s *Store) RotateToken(
	ctx context.Context, act *Act, id ledger.TokenID, hours int,
) (MadeToken, error) {
	var wrong ledger.FieldErrors
	wrong.AddError("/grace_hours", ledger.CheckGrace(hours))
	if err := wrong.Err(); err != nil {
		return MadeToken{}, err
	}
	return write(ctx, s, act, func(w *work) (MadeToken, error) {
		old, err := w.tokenFor(ctx, ledger.MakeToken, id)
		if err != nil {
			return MadeToken{}, err
		}
		if w.bounded {
			if err := ledger.CheckScopes(w.scopes, old.Scopes); err != nil {
				return MadeToken{}, err
			}
		}
		_, err = w.ExecContext(ctx, `
			UPDATE token SET expires_at = least(expires_at, $3)
			 WHERE commons_id = $1 AND token_id = $2`,
			string(w.commons.ID), string(id), w.now.Add(time.Duration(hours)*time.Hour))
		if err != nil {
			return MadeToken{}, err
		}
		return w.makeToken(ctx, tokenRotated, newToken{
			label: old.Label, scopes: old.Scopes, ends: w.now.Add(old.ExpiresAt.Sub(old.CreatedAt)),
		})
	})
}

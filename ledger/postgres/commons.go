package postgres

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// Founded is a new commons with its first member, and a token that acts for them.
type Founded struct {
	Commons ledger.Commons
	Member  ledger.Member
	Token   string
}

// CreateCommons makes a commons, its journal and its first member, who holds the
// roles that are given and, unless a day is given, has been there from the beginning.
// The token is shown here only.
func (s *Store) CreateCommons(
	ctx context.Context, act *Act, commons ledger.Commons, first ledger.NewMember,
) (founded Founded, err error) {
	if act.Operation = ledger.CreateCommons; !act.By.Instance {
		return founded, ledger.Errorf(ledger.Forbidden, "forbidden",
			"A commons is created with a token of the instance.")
	}
	if commons, first, err = s.checkFounding(commons, first); err != nil {
		return founded, err
	}
	founded.Commons = commons
	err = s.within(ctx, nil, func(tx *sqlx.Tx) error {
		w := &work{Tx: tx, act: act, commons: commons, now: commons.CreatedAt}
		if founded.Member, err = s.found(ctx, w, first); err != nil {
			return err
		}
		token, err := newToken{
			commons: commons.ID, member: founded.Member.ID, label: "first token",
			scopes: ledger.Scopes(), at: w.now, ends: ledger.NewToken{}.End(commons, w.now),
		}.insert(ctx, tx)
		founded.Token = token.Secret
		return err
	})
	return founded, translate(err)
}

// checkFounding completes a new commons and its first member, or says what is wrong
// with them.
func (s *Store) checkFounding(
	commons ledger.Commons, first ledger.NewMember,
) (ledger.Commons, ledger.NewMember, error) {
	commons.ID, commons.CreatedAt = newID[ledger.CommonsID](), s.Now()
	commons.Visibility = ledger.Open
	if first.JoinedOn.IsZero() {
		first.JoinedOn = ledger.Beginning
	}
	var wrong ledger.FieldErrors
	wrong.AddError("", commons.Validate())
	wrong.AddError("/first_member", first.Validate(commons, commons.CreatedAt))
	return commons, first, wrong.Err()
}

// found inserts the commons of w and its first member.
func (s *Store) found(
	ctx context.Context, w *work, first ledger.NewMember,
) (m ledger.Member, err error) {
	if err := s.insertCommons(ctx, w); err != nil {
		return m, err
	}
	tell(w, ledger.CommonsCreated, w.commons.ID)
	members, err := insertMembers(ctx, w, []ledger.NewMember{first})
	if err == nil {
		err = w.insertEvents(ctx)
	}
	if err == nil {
		err = w.insertAudit(ctx, w.done(w.commons))
	}
	if err != nil {
		return m, err
	}
	return members[0], nil
}

// insertCommons inserts the commons of w and its head, and locks the head.
func (s *Store) insertCommons(ctx context.Context, w *work) error {
	if err := s.assume(ctx, w.Tx, w.commons.ID); err != nil {
		return err
	}
	digits, _ := w.commons.Currency.Digits()
	_, err := w.ExecContext(ctx, `
		INSERT INTO commons (commons_id, slug, name, currency, digits, time_zone, advance_limit,
		            created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(w.commons.ID), w.commons.Slug, w.commons.Name, string(w.commons.Currency), digits,
		w.commons.TimeZone, w.commons.AdvanceLimit, w.now)
	if err != nil {
		return err
	}
	_, err = w.ExecContext(ctx, `INSERT INTO journal_head (commons_id, recorded_at) VALUES ($1, $2)`,
		string(w.commons.ID), w.now)
	if err != nil {
		return err
	}
	return w.lock(ctx)
}

// CommonsPatch is what of a commons can change; nil leaves it as it is.
type CommonsPatch struct {
	Name         *string
	TimeZone     *string
	AdvanceLimit *decimal.Decimal
	// Contributions and Books are of its visibility.
	Contributions *ledger.Audience
	Books         *ledger.Audience
}

// of returns the commons with the changes.
func (p CommonsPatch) of(c ledger.Commons) ledger.Commons {
	c.Name = given(p.Name, c.Name)
	c.TimeZone = given(p.TimeZone, c.TimeZone)
	c.AdvanceLimit = given(p.AdvanceLimit, c.AdvanceLimit)
	c.Visibility.Contributions = given(p.Contributions, c.Visibility.Contributions)
	c.Visibility.Books = given(p.Books, c.Visibility.Books)
	return c
}

// given returns what the pointer points at, or what is there already.
func given[T any](p *T, there T) T {
	if p == nil {
		return there
	}
	return *p
}

// UpdateCommons changes the commons of the caller and returns it.
func (s *Store) UpdateCommons(
	ctx context.Context, act *Act, patch CommonsPatch,
) (ledger.Commons, error) {
	return write(ctx, s, act, func(w *work) (ledger.Commons, error) {
		if err := w.authorize(ledger.ManageSettings, false); err != nil {
			return w.commons, err
		}
		if err := act.unchanged(w.commons); err != nil {
			return w.commons, err
		}
		w.trail.before = factsOf(w.commons)
		c := patch.of(w.commons)
		var wrong ledger.FieldErrors
		wrong.AddError("", c.Validate())
		wrong.AddError("/visibility", c.Visibility.Validate())
		if err := wrong.Err(); err != nil {
			return c, err
		}
		tell(w, ledger.CommonsChanged, c.ID)
		_, err := w.ExecContext(ctx, `
			UPDATE commons SET name = $2, time_zone = $3, advance_limit = $4,
			       contributions_shown = $5, books_shown = $6
			 WHERE commons_id = $1`, string(c.ID), c.Name, c.TimeZone, c.AdvanceLimit,
			string(c.Visibility.Contributions), string(c.Visibility.Books))
		return c, err
	})
}

// Commons returns the caller's commons as it is now.
func (s *Store) Commons(ctx context.Context, by Caller) (ledger.Commons, error) {
	return read(ctx, s, by.to(ledger.ReadCommons), func(w *work) (ledger.Commons, error) { return w.commons, nil })
}

// CommonsBySlug finds a commons for the command line, which has no token.
func (s *Store) CommonsBySlug(ctx context.Context, slug string) (c ledger.Commons, err error) {
	err = s.directory(ctx, func(tx *sqlx.Tx) error {
		return tx.QueryRowContext(ctx, `
			SELECT commons_id, slug, name, currency, time_zone, advance_limit, contributions_shown,
			       books_shown, created_at
			  FROM commons WHERE slug = $1`, slug).
			Scan(&c.ID, &c.Slug, &c.Name, &c.Currency, &c.TimeZone, &c.AdvanceLimit,
				&c.Visibility.Contributions, &c.Visibility.Books, &c.CreatedAt)
	})
	c.CreatedAt = c.CreatedAt.UTC()
	return c, translate(notFound(err, "commons"))
}

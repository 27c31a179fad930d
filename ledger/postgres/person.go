package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"phyle/ledger"
)

// apart runs f in a transaction that belongs to no commons: who somebody is and how
// they sign in is kept apart from the books.
func apart[T any](
	ctx context.Context, s *Store, f func(tx *sqlx.Tx) (T, error),
) (result T, err error) {
	return within(ctx, s, "", f)
}

// within runs f in a transaction of the commons, on behalf of who is no member yet.
func within[T any](
	ctx context.Context, s *Store, commons ledger.CommonsID, f func(tx *sqlx.Tx) (T, error),
) (result T, err error) {
	for range 3 {
		err = s.within(ctx, nil, func(tx *sqlx.Tx) error {
			if err := s.assume(ctx, tx, commons); err != nil {
				return err
			}
			result, err = f(tx)
			return err
		})
		if err == nil || !repeatable(err) {
			break
		}
	}
	return result, translate(err)
}

func (s *Store) insertPerson(
	ctx context.Context, tx *sqlx.Tx, p ledger.Person,
) (ledger.PersonID, error) {
	id := newID[ledger.PersonID]()
	_, err := tx.ExecContext(ctx, `
		INSERT INTO person (person_id, email, name, created_at) VALUES ($1, $2, $3, $4)`,
		string(id), p.Email, p.Name, s.Now())
	return id, err
}

// personOf returns who has the address, nobody if none has.
func personOf(ctx context.Context, tx *sqlx.Tx, email string) (p ledger.Person, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT person_id, email, name FROM person WHERE lower(email) = lower($1)`, email).
		Scan(&p.ID, &p.Email, &p.Name)
	if errors.Is(err, sql.ErrNoRows) {
		return ledger.Person{}, nil
	}
	return p, err
}

// Membership is what a person is in one commons.
type Membership struct {
	Commons ledger.Commons
	Member  ledger.Member
}

// Memberships lists what the person is, in every commons that they have not left, by
// the names of the commons.
func (s *Store) Memberships(
	ctx context.Context, id ledger.PersonID,
) (all []Membership, err error) {
	found, err := apart(ctx, s, func(tx *sqlx.Tx) (found []Caller, err error) {
		_, err = tx.ExecContext(ctx, `SELECT set_config('phyle.person', $1, true)`, string(id))
		if err != nil {
			return nil, err
		}
		rows, err := tx.QueryContext(ctx, `
			SELECT commons_id, member_id FROM person_member WHERE person_id = $1`, string(id))
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var by Caller
			if err := rows.Scan(&by.Commons.ID, &by.Member); err != nil {
				return nil, err
			}
			found = append(found, by)
		}
		return found, rows.Err()
	})
	if err != nil {
		return nil, err
	}
	for _, by := range found {
		m, err := s.membership(ctx, by)
		if err != nil {
			return nil, err
		}
		if m.Member.Stage != ledger.Left {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b Membership) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Commons.Name), strings.ToLower(b.Commons.Name)),
			strings.Compare(a.Commons.Slug, b.Commons.Slug))
	})
	return all, nil
}

// membership reads what a member is in their commons, on the day that it is there, in a
// transaction of that commons.
func (s *Store) membership(ctx context.Context, by Caller) (Membership, error) {
	return within(ctx, s, by.Commons.ID, func(tx *sqlx.Tx) (m Membership, err error) {
		c := &by.Commons
		err = tx.QueryRowContext(ctx, `
			SELECT slug, name, currency, time_zone, advance_limit, created_at
			  FROM commons WHERE commons_id = $1`, string(c.ID)).
			Scan(&c.Slug, &c.Name, &c.Currency, &c.TimeZone, &c.AdvanceLimit, &c.CreatedAt)
		if err != nil {
			return m, err
		}
		w, err := s.begin(ctx, tx, &Act{By: by}, false)
		if err != nil {
			return m, err
		}
		m.Commons = w.commons
		m.Member, err = w.member(ctx, by.Member.String())
		return m, err
	})
}

func (m Membership) caller() Caller {
	return Caller{Commons: m.Commons, Member: m.Member.ID, Handle: m.Member.Handle}
}

// CallerOf returns the person as the member that they are in the commons of the slug.
// Where they are none, or have left, there is no such commons for them.
func (s *Store) CallerOf(
	ctx context.Context, id ledger.PersonID, slug string,
) (Caller, error) {
	all, err := s.Memberships(ctx, id)
	if err != nil {
		return Caller{}, err
	}
	for _, m := range all {
		if m.Commons.Slug == slug {
			return m.caller(), nil
		}
	}
	return Caller{}, notFound(sql.ErrNoRows, "commons")
}

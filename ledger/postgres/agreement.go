package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/lib/pq"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// Agreement is a version of the rules and, once adopted, the decision about it.
type Agreement struct {
	ID        ledger.AgreementID
	Area      string
	Name      string
	Document  json.RawMessage
	CreatedBy string
	CreatedAt time.Time
	// Version is 0 until the agreement is adopted.
	Version   int
	Adoption  ledger.NewAdoption
	AdoptedBy string
	AdoptedAt time.Time
}

// CreateAgreement keeps an agreement, checked against the commons' own kinds,
// funds, areas and members. It is in force when it is adopted. Area narrows it to
// the incomes of an area; "" is the whole commons.
func (s *Store) CreateAgreement(
	ctx context.Context, act *Act, area string, text []byte, format agreement.Format,
) (Agreement, error) {
	return write(ctx, s, act, func(w *work) (Agreement, error) {
		if err := w.authorize(ledger.ProposeAgreement, false); err != nil {
			return Agreement{}, err
		}
		rules, document, err := w.checkAgreement(ctx, text, format)
		if err != nil {
			return Agreement{}, err
		}
		areaID, err := w.areaNamed(ctx, area)
		if err != nil {
			return Agreement{}, err
		}
		id := newID[ledger.AgreementID]()
		_, err = w.ExecContext(ctx, `
			INSERT INTO agreement (commons_id, agreement_id, area_id, name, document, created_by, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			string(w.commons.ID), string(id), nullable(areaID), rules.Name, string(document), string(w.by), w.now)
		if err != nil {
			return Agreement{}, err
		}
		tell(w, ledger.AgreementCreated, id)
		return w.agreement(ctx, id)
	})
}

// CheckAgreement reports everything that is wrong with an agreement, and keeps
// nothing.
func (s *Store) CheckAgreement(
	ctx context.Context, by Caller, text []byte, format agreement.Format,
) (agreement.Agreement, error) {
	return read(ctx, s, by, func(w *work) (agreement.Agreement, error) {
		rules, _, err := w.checkAgreement(ctx, text, format)
		return rules, err
	})
}

func (w *work) checkAgreement(
	ctx context.Context, text []byte, format agreement.Format,
) (rules agreement.Agreement, document json.RawMessage, err error) {
	if rules, err = agreement.Parse(text, format); err != nil {
		return rules, nil, err
	}
	known, err := w.known(ctx, rules)
	if err != nil {
		return rules, nil, err
	}
	var wrong ledger.FieldErrors
	if rules.Currency != w.commons.Currency {
		wrong.Add("/currency", "wrong_currency", "The books of this commons are kept in %s.", w.commons.Currency)
	}
	wrong.AddError("", rules.Check(known))
	if err := wrong.Err(); err != nil {
		return rules, nil, err
	}
	document, err = agreement.Document(text, format)
	return rules, document, err
}

// known returns the names that an agreement of this commons may use.
func (w *work) known(ctx context.Context, rules agreement.Agreement) (known agreement.Known, err error) {
	kinds, err := w.kinds(ctx, nil)
	if err != nil {
		return known, err
	}
	funds, err := w.funds(ctx)
	if err != nil {
		return known, err
	}
	areas, err := w.areas(ctx)
	if err != nil {
		return known, err
	}
	var handles []string
	for handle := range rules.Declared().Members {
		handles = append(handles, handle)
	}
	members, err := w.memberRefs(ctx, handles)
	known = agreement.Known{Kinds: map[string]agreement.Kind{}, Funds: map[string]bool{},
		Areas: map[string]bool{}, Members: map[string]bool{}}
	for code, k := range kinds {
		known.Kinds[code] = agreement.Kind{Unit: k.Unit, Becomes: k.Becomes}
	}
	for code := range funds {
		known.Funds[code] = true
	}
	for code := range areas {
		known.Areas[code] = true
	}
	for _, m := range members {
		known.Members[m.Handle] = true
	}
	return known, err
}

// areaNamed returns the id of the area of the code, "" for none.
func (w *work) areaNamed(ctx context.Context, code string) (id ledger.AreaID, err error) {
	if code == "" {
		return "", nil
	}
	err = w.GetContext(ctx, &id, `SELECT area_id FROM area WHERE commons_id = $1 AND code = $2`,
		string(w.commons.ID), code)
	return id, notFound(err, "area")
}

// AdoptAgreement puts an agreement in force from a day, by a recorded decision.
// Versions follow each other: none begins before the one that it supersedes.
func (s *Store) AdoptAgreement(
	ctx context.Context, act *Act, id ledger.AgreementID, adoption ledger.NewAdoption,
) (Agreement, error) {
	return write(ctx, s, act, func(w *work) (Agreement, error) {
		if err := w.authorize(ledger.AdoptAgreement, false); err != nil {
			return Agreement{}, err
		}
		if err := adoption.Validate(w.commons, w.now); err != nil {
			return Agreement{}, err
		}
		a, err := w.agreement(ctx, id)
		if err != nil {
			return a, err
		}
		area, err := w.areaNamed(ctx, a.Area)
		if err != nil {
			return a, err
		}
		version, err := w.nextVersion(ctx, area, adoption.From)
		if err != nil {
			return a, err
		}
		if err := w.insertAdoption(ctx, id, area, version, adoption); err != nil {
			return a, err
		}
		if err := w.startRules(ctx, a, area, adoption.From); err != nil {
			return a, err
		}
		tell(w, ledger.AgreementAdopted, id)
		return w.agreement(ctx, id)
	})
}

func (w *work) nextVersion(ctx context.Context, area ledger.AreaID, from ledger.Date) (int, error) {
	var version int
	var last ledger.Date
	err := w.QueryRowContext(ctx, `
		SELECT coalesce(max(version), 0) + 1, max(from_on) FROM adoption
		 WHERE commons_id = $1 AND area_id IS NOT DISTINCT FROM $2::uuid`,
		string(w.commons.ID), nullable(area)).Scan(&version, &last)
	if err == nil && !last.IsZero() && from.Before(last) {
		return 0, ledger.Errorf(ledger.Conflict, "agreement_out_of_order",
			"The version before begins on %s; this one cannot begin earlier.", last)
	}
	return version, err
}

func (w *work) insertAdoption(
	ctx context.Context, id ledger.AgreementID, area ledger.AreaID, version int, a ledger.NewAdoption,
) error {
	w.head.Setting++
	_, err := w.ExecContext(ctx, `
		INSERT INTO adoption (commons_id, agreement_id, area_id, version, from_on, method, decided_on, link,
		            note, number, adopted_by, adopted_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		string(w.commons.ID), string(id), nullable(area), version, a.From.String(), a.Method, a.Date.String(),
		a.Link, a.Note, w.head.Setting, string(w.by), w.now)
	return err
}

// startRules notes from which day the rules are held that no version before held.
func (w *work) startRules(ctx context.Context, a Agreement, area ledger.AreaID, from ledger.Date) error {
	rules, err := agreement.Parse(a.Document, agreement.JSON)
	if err != nil {
		return err
	}
	var ids []string
	for _, reading := range rules.Readings(ledger.Date{}) {
		ids = append(ids, reading.Rule)
	}
	_, err = w.ExecContext(ctx, `
		INSERT INTO rule_start (commons_id, area_id, agreement_id, from_on, rule)
		SELECT $1, $2::uuid, $3::uuid, $4::date, * FROM unnest($5::text[])
		    ON CONFLICT ON CONSTRAINT rule_start_unique DO NOTHING`,
		string(w.commons.ID), nullable(area), string(a.ID), from.String(), pq.Array(ids))
	return err
}

const agreementQuery = `
	SELECT g.agreement_id, coalesce(a.code, ''), g.name, g.document, m.handle, g.created_at,
	       coalesce(d.version, 0), d.from_on, coalesce(d.method, ''), d.decided_on, coalesce(d.link, ''),
	       coalesce(d.note, ''), coalesce(dm.handle, ''), d.adopted_at
	  FROM agreement AS g
	  JOIN member AS m ON m.commons_id = g.commons_id AND m.member_id = g.created_by
	  LEFT JOIN area AS a ON a.commons_id = g.commons_id AND a.area_id = g.area_id
	  LEFT JOIN adoption AS d ON d.commons_id = g.commons_id AND d.agreement_id = g.agreement_id
	  LEFT JOIN member AS dm ON dm.commons_id = d.commons_id AND dm.member_id = d.adopted_by
	 WHERE g.commons_id = $1`

// Agreements lists agreements, newest first, up to limit before after.
func (s *Store) Agreements(
	ctx context.Context, by Caller, after ledger.AgreementID, limit int,
) ([]Agreement, error) {
	return read(ctx, s, by, func(w *work) ([]Agreement, error) {
		return w.agreements(ctx, agreementQuery+`
			   AND ($2::uuid IS NULL OR g.agreement_id < $2) ORDER BY g.agreement_id DESC LIMIT $3`,
			string(w.commons.ID), nullable(after), limit)
	})
}

// Agreement returns one agreement.
func (s *Store) Agreement(ctx context.Context, by Caller, id ledger.AgreementID) (Agreement, error) {
	return read(ctx, s, by, func(w *work) (Agreement, error) { return w.agreement(ctx, id) })
}

func (w *work) agreement(ctx context.Context, id ledger.AgreementID) (Agreement, error) {
	a, found, err := w.version(ctx, id)
	if err == nil && !found {
		err = notFound(sql.ErrNoRows, "agreement")
	}
	return a, err
}

// version returns the agreement of the id; false where there is none.
func (w *work) version(ctx context.Context, id ledger.AgreementID) (Agreement, bool, error) {
	found, err := w.agreements(ctx, agreementQuery+` AND g.agreement_id = $2`,
		string(w.commons.ID), string(id))
	if err != nil || len(found) == 0 {
		return Agreement{}, false, err
	}
	return found[0], true, nil
}

// inForce returns the agreement that governs the area, or the commons for "", on
// the day; false where there is none.
func (w *work) inForce(
	ctx context.Context, area ledger.AreaID, on ledger.Date,
) (Agreement, bool, error) {
	var id ledger.AgreementID
	err := w.GetContext(ctx, &id, `
		SELECT agreement_id FROM adoption
		 WHERE commons_id = $1 AND area_id IS NOT DISTINCT FROM $2::uuid AND from_on <= $3
		 ORDER BY from_on DESC, number DESC LIMIT 1`,
		string(w.commons.ID), nullable(area), on.String())
	if errors.Is(err, sql.ErrNoRows) {
		return Agreement{}, false, nil
	}
	if err != nil {
		return Agreement{}, false, err
	}
	a, err := w.agreement(ctx, id)
	return a, err == nil, err
}

func (w *work) agreements(ctx context.Context, query string, args ...any) (found []Agreement, err error) {
	rows, err := w.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a Agreement
		var document string
		var adopted sql.NullTime
		err := rows.Scan(&a.ID, &a.Area, &a.Name, &document, &a.CreatedBy, &a.CreatedAt, &a.Version,
			&a.Adoption.From, &a.Adoption.Method, &a.Adoption.Date, &a.Adoption.Link, &a.Adoption.Note,
			&a.AdoptedBy, &adopted)
		if err != nil {
			return nil, err
		}
		a.Document, a.CreatedAt, a.AdoptedAt = json.RawMessage(document), a.CreatedAt.UTC(), adopted.Time.UTC()
		found = append(found, a)
	}
	return found, rows.Err()
}

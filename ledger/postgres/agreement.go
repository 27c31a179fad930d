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

// Agreement is a version of the rules, how far it has come, and how. Status is that of
// today. Proposal and Decision are nil until there is one.
type Agreement struct {
	ID        ledger.AgreementID
	Area      string
	Name      string
	Document  json.RawMessage
	CreatedBy string
	CreatedAt time.Time
	Status    ledger.AgreementStatus
	Proposal  *ledger.Proposal
	Decision  *ledger.AgreementDecision
	// Version is 0 until the agreement is adopted.
	Version   int
	From      ledger.Date
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
		return w.wholeAgreement(ctx, id)
	})
}

// CheckAgreement reports everything that is wrong with an agreement, and keeps
// nothing.
func (s *Store) CheckAgreement(
	ctx context.Context, by Caller, text []byte, format agreement.Format,
) (agreement.Agreement, error) {
	return read(ctx, s, by.to(ledger.ReadAgreements), func(w *work) (agreement.Agreement, error) {
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

// AdoptAgreement puts an agreement that the group has accepted in force from a day.
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
		a, err := w.wholeAgreement(ctx, id)
		if err != nil {
			return a, err
		}
		if err := a.Status.CheckAdopt(adoption.Decision != nil); err != nil {
			return a, err
		}
		if adoption.Decision == nil && a.Decision != nil && a.Decision.Tally != nil {
			w.votedOn()
		}
		if adoption.Decision != nil {
			if err := w.decide(ctx, a, adoption.Decision); err != nil {
				return a, below("/decision", err)
			}
		}
		if err := w.adopt(ctx, a, adoption.From); err != nil {
			return a, err
		}
		w.trail.before = factsOf(a)
		return w.wholeAgreement(ctx, id)
	})
}

func (w *work) adopt(ctx context.Context, a Agreement, from ledger.Date) error {
	area, err := w.areaNamed(ctx, a.Area)
	if err != nil {
		return err
	}
	version, err := w.nextVersion(ctx, area, from)
	if err != nil {
		return err
	}
	if err := w.insertAdoption(ctx, a.ID, area, version, from); err != nil {
		return err
	}
	tell(w, ledger.AgreementAdopted, a.ID)
	return w.startRules(ctx, a, area, from)
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
	ctx context.Context, id ledger.AgreementID, area ledger.AreaID, version int, from ledger.Date,
) error {
	w.head.Setting++
	_, err := w.ExecContext(ctx, `
		INSERT INTO adoption (commons_id, agreement_id, area_id, version, from_on, number, adopted_by,
		            adopted_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(w.commons.ID), string(id), nullable(area), version, from.String(), w.head.Setting,
		string(w.by), w.now)
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

// agreementQuery has the commons as $1 and the day of which the status is as $2.
const agreementQuery = `
	SELECT g.agreement_id, coalesce(a.code, ''), g.name, g.document, m.handle, g.created_at, s.status,
	       coalesce(d.version, 0), d.from_on, coalesce(dm.handle, ''), d.adopted_at
	  FROM agreement AS g
	  JOIN member AS m ON m.commons_id = g.commons_id AND m.member_id = g.created_by
	  LEFT JOIN area AS a ON a.commons_id = g.commons_id AND a.area_id = g.area_id
	  LEFT JOIN proposal AS p ON p.commons_id = g.commons_id AND p.agreement_id = g.agreement_id
	  LEFT JOIN proposal_withdrawal AS w
	    ON w.commons_id = g.commons_id AND w.agreement_id = g.agreement_id
	  LEFT JOIN decision AS c ON c.commons_id = g.commons_id AND c.agreement_id = g.agreement_id
	  LEFT JOIN adoption AS d ON d.commons_id = g.commons_id AND d.agreement_id = g.agreement_id
	  LEFT JOIN member AS dm ON dm.commons_id = d.commons_id AND dm.member_id = d.adopted_by
	  CROSS JOIN LATERAL (
	       SELECT CASE WHEN EXISTS (
	                        SELECT FROM adoption AS later
	                         WHERE later.commons_id = d.commons_id
	                           AND later.area_id IS NOT DISTINCT FROM d.area_id AND later.number > d.number
	                           AND later.from_on <= greatest(d.from_on, $2)) THEN 'superseded'
	                   WHEN d.from_on <= $2 THEN 'in_force'
	                   WHEN d.from_on > $2 THEN 'adopted'
	                   WHEN c.outcome IS NOT NULL THEN c.outcome
	                   WHEN w.agreement_id IS NOT NULL THEN 'withdrawn'
	                   WHEN p.method IS NOT NULL THEN 'voting'
	                   WHEN p.agreement_id IS NOT NULL THEN 'proposed'
	                   ELSE 'draft' END AS status) AS s
	 WHERE g.commons_id = $1`

// Agreements lists agreements, newest first, up to limit before after: all of them, or
// those of the status.
func (s *Store) Agreements(
	ctx context.Context, by Caller, status ledger.AgreementStatus, after ledger.AgreementID, limit int,
) ([]Agreement, error) {
	return read(ctx, s, by.to(ledger.ReadAgreements), func(w *work) ([]Agreement, error) {
		found, err := w.agreements(ctx, agreementQuery+`
			   AND ($3 = '' OR s.status = $3) AND ($4::uuid IS NULL OR g.agreement_id < $4)
			 ORDER BY g.agreement_id DESC LIMIT $5`,
			string(w.commons.ID), w.today().String(), string(status), nullable(after), limit)
		if err != nil {
			return nil, err
		}
		return found, w.complete(ctx, found)
	})
}

// Agreement returns one agreement.
func (s *Store) Agreement(ctx context.Context, by Caller, id ledger.AgreementID) (Agreement, error) {
	return read(ctx, s, by.to(ledger.ReadAgreements), func(w *work) (Agreement, error) { return w.wholeAgreement(ctx, id) })
}

// wholeAgreement returns the agreement with its proposal and its decision.
func (w *work) wholeAgreement(ctx context.Context, id ledger.AgreementID) (Agreement, error) {
	a, err := w.agreement(ctx, id)
	if err != nil {
		return a, err
	}
	found := []Agreement{a}
	err = w.complete(ctx, found)
	return found[0], err
}

// complete fills in proposals and decisions.
func (w *work) complete(ctx context.Context, found []Agreement) error {
	byID, ids := map[ledger.AgreementID]*Agreement{}, make([]string, len(found))
	for i := range found {
		byID[found[i].ID], ids[i] = &found[i], string(found[i].ID)
	}
	return errorsInOrder(
		func() error { return w.loadProposals(ctx, ids, byID) },
		func() error { return w.loadDecisions(ctx, ids, byID) },
		func() error { return w.loadDecisionVotes(ctx, ids, byID) },
	)
}

// agreement returns the agreement without its proposal and its decision.
func (w *work) agreement(ctx context.Context, id ledger.AgreementID) (Agreement, error) {
	a, found, err := w.version(ctx, id)
	if err == nil && !found {
		err = notFound(sql.ErrNoRows, "agreement")
	}
	return a, err
}

// version is agreement, and false where there is none.
func (w *work) version(ctx context.Context, id ledger.AgreementID) (Agreement, bool, error) {
	found, err := w.agreements(ctx, agreementQuery+` AND g.agreement_id = $3`,
		string(w.commons.ID), w.today().String(), string(id))
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
		err := rows.Scan(&a.ID, &a.Area, &a.Name, &document, &a.CreatedBy, &a.CreatedAt,
			&a.Status, &a.Version, &a.From, &a.AdoptedBy, &adopted)
		if err != nil {
			return nil, err
		}
		a.Document, a.CreatedAt, a.AdoptedAt = json.RawMessage(document), a.CreatedAt.UTC(), adopted.Time.UTC()
		found = append(found, a)
	}
	return found, rows.Err()
}

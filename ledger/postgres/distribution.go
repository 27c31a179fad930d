package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// DistributionRequest asks for a division. Without incomes all that are open and
// were received up to through are divided; without a date the entry is dated
// through, or the latest income if that is later.
type DistributionRequest struct {
	Incomes []ledger.IncomeID
	Through ledger.Date
	Date    ledger.Date
	Area    string
}

// Distribution is a distribution with what its rules did.
type Distribution struct {
	ledger.Distribution
	Rules       []agreement.RuleResult
	Allocations []ledger.Allocation
	Carried     ledger.Money
	Negative    []NegativeWeight
	Approvals   ledger.Approvals
	// Preview is what to look at before posting; nil once posted.
	Preview *Preview
}

// NegativeWeight says that a member's weight in a rule came out below zero and
// counted as zero.
type NegativeWeight struct {
	Rule   string
	Member string
	Weight string
}

// DraftDistributions keeps drafts of divisions, each with the digest of what its
// rules read. A draft claims nothing.
func (s *Store) DraftDistributions(
	ctx context.Context, act *Act, requests []DistributionRequest,
) ([]Distribution, error) {
	return write(ctx, s, act, func(w *work) ([]Distribution, error) {
		if err := w.authorize(ledger.PreviewDistribution, false); err != nil {
			return nil, err
		}
		drafts := make([]Distribution, len(requests))
		for i, request := range requests {
			var err error
			if drafts[i], err = w.draft(ctx, request); err != nil {
				return nil, err
			}
		}
		return drafts, nil
	})
}

func (w *work) draft(ctx context.Context, request DistributionRequest) (Distribution, error) {
	r, err := w.plan(ctx, request)
	if err != nil {
		return Distribution{}, err
	}
	division, err := w.divide(ctx, r)
	if err != nil {
		return Distribution{}, err
	}
	if division.result.Whole.IsZero() {
		return Distribution{}, ledger.Errorf(ledger.Conflict, "nothing_to_distribute",
			"No income is open through %s and nothing was carried; record income first.", r.through)
	}
	d := division.distribution
	d.ID, d.State, d.Number = newID[ledger.DistributionID](), ledger.Draft, 0
	if d.Date, err = w.entryDate(ctx, r, request.Date); err != nil {
		return d, err
	}
	if err := insertDraft(ctx, w, &d, r.area, division.inputs); err != nil {
		return d, err
	}
	tell(w, ledger.DistributionDrafted, d.ID)
	if d.Approvals, err = w.approvalsOfDraft(ctx, &d); err != nil {
		return d, err
	}
	d.Preview, err = w.preview(ctx, r, division.members)
	return d, err
}

// plan settles what a new distribution reads: as much as there is now.
func (w *work) plan(ctx context.Context, request DistributionRequest) (r reading, err error) {
	var wrong ledger.FieldErrors
	wrong.AddError("/through", w.commons.CheckDate(request.Through, w.now))
	if err := wrong.Err(); err != nil {
		return r, err
	}
	r = reading{
		through: request.Through, cut: w.head.Acceptance, setting: w.head.Setting,
		sequence: w.head.Sequence, number: w.head.Distributed + 1,
	}
	if r.area, err = w.areaNamed(ctx, request.Area); err != nil {
		return r, err
	}
	if r.incomes, err = w.chooseIncomes(ctx, &r, request.Incomes, request.Area == ""); err != nil {
		return r, err
	}
	var found bool
	if r.version, found, err = w.inForce(ctx, r.area, r.through); err != nil {
		return r, err
	}
	if !found {
		return r, ledger.Errorf(ledger.Conflict, "no_agreement",
			"No agreement is in force on %s; adopt one from a day up to then.", r.through)
	}
	return w.continued(ctx, r)
}

// continued adds the money that the distribution before carried, and keeps through
// and cut from going back, so that one of each says what a rule has covered.
func (w *work) continued(ctx context.Context, r reading) (reading, error) {
	rules, err := agreement.Parse(r.version.Document, agreement.JSON)
	if err != nil {
		return r, fmt.Errorf("read agreement %s: %w", r.version.ID, err)
	}
	r.rules, r.carried = rules, ledger.Zero(w.commons.Currency)
	var last ledger.Date
	var cut int64
	err = w.QueryRowContext(ctx, `
		SELECT d.through, d.cut, d.carried_out FROM distribution AS d
		 WHERE d.commons_id = $1 AND d.area_id IS NOT DISTINCT FROM $2::uuid AND d.number < $3
		   AND NOT EXISTS (SELECT FROM distribution_reversal AS v
		                    WHERE v.commons_id = d.commons_id AND v.distribution_id = d.distribution_id
		                      AND v.after_number < $3)
		 ORDER BY d.number DESC LIMIT 1`,
		string(w.commons.ID), nullable(r.area), r.number).Scan(&last, &cut, &r.carried.Amount)
	if errors.Is(err, sql.ErrNoRows) {
		return r, nil
	}
	if err == nil && r.cut < cut {
		return r, errInputsChanged
	}
	if err == nil && r.through.Before(last) {
		var wrong ledger.FieldErrors
		wrong.Add("/through", "through_goes_back",
			"The distribution before went through %s; take that day or a later one.", last)
		return r, wrong.Err()
	}
	return r, err
}

// chooseIncomes loads the incomes that are named, or for nil all that are open. All
// must be divided under the same agreement: that of the reading's area, or, where
// that may follow the incomes, that of the first.
func (w *work) chooseIncomes(
	ctx context.Context, r *reading, named []ledger.IncomeID, follow bool,
) ([]ledger.DividedIncome, error) {
	rows, err := w.QueryContext(ctx, `
		SELECT i.income_id, i.net, coalesce(g.area_id::text, ''),
		       EXISTS (SELECT FROM income_held AS h WHERE h.commons_id = $1 AND h.income_id = i.income_id),
		       EXISTS (SELECT FROM income_reversal AS v WHERE v.commons_id = $1 AND v.income_id = i.income_id)
		  FROM income AS i
		  LEFT JOIN LATERAL (SELECT d.area_id FROM adoption AS d
		                      WHERE d.commons_id = $1 AND d.area_id = i.area_id AND d.from_on <= $4
		                      LIMIT 1) AS g ON true
		 WHERE i.commons_id = $1
		   AND CASE WHEN $2 THEN i.income_id = ANY ($3::uuid[])
		            ELSE i.received_on <= $4 AND coalesce(g.area_id::text, '') = $5
		                 AND NOT EXISTS (SELECT FROM income_held AS h
		                                  WHERE h.commons_id = $1 AND h.income_id = i.income_id)
		                 AND NOT EXISTS (SELECT FROM income_reversal AS v
		                                  WHERE v.commons_id = $1 AND v.income_id = i.income_id) END
		 ORDER BY i.income_id`,
		string(w.commons.ID), named != nil, pq.Array(texts(named)),
		r.through.String(), string(r.area))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var chosen []ledger.DividedIncome
	for rows.Next() {
		i := ledger.DividedIncome{Amount: ledger.Zero(w.commons.Currency)}
		var area ledger.AreaID
		var held, reversed bool
		if err := rows.Scan(&i.ID, &i.Amount.Amount, &area, &held, &reversed); err != nil {
			return nil, err
		}
		if err := checkIncome(i.ID, held, reversed); err != nil {
			return nil, err
		}
		if len(chosen) == 0 && follow {
			r.area = area
		}
		if area != r.area {
			return nil, ledger.Errorf(ledger.Conflict, "incomes_of_different_agreements",
				"These incomes are divided under different agreements; divide each area's by itself.")
		}
		chosen = append(chosen, i)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if named != nil && len(chosen) != len(named) {
		var wrong ledger.FieldErrors
		wrong.Add("/incomes", "unknown_income",
			"Some of these incomes are not in this commons, or named twice.")
		return nil, wrong.Err()
	}
	return chosen, nil
}

func checkIncome(id ledger.IncomeID, held, reversed bool) error {
	if held {
		return ledger.Errorf(ledger.Conflict, "income_already_distributed",
			"Another distribution has divided %s already.", id).With("income_id", id.String())
	}
	if reversed {
		return ledger.Errorf(ledger.Conflict, "income_reversed",
			"%s was reversed, so there is nothing to divide.", id).With("income_id", id.String())
	}
	return nil
}

// entryDate returns the date of the entry: the one asked for, or through or the
// latest income, whichever is later; today, where that lies in a closed period.
func (w *work) entryDate(ctx context.Context, r reading, asked ledger.Date) (ledger.Date, error) {
	ids := make([]string, len(r.incomes))
	for i, income := range r.incomes {
		ids[i] = string(income.ID)
	}
	var latest, closed ledger.Date
	err := w.QueryRowContext(ctx, `
		SELECT (SELECT max(received_on) FROM income WHERE commons_id = $1 AND income_id = ANY ($2::uuid[])),
		       (SELECT max(through_on) FROM period WHERE commons_id = $1)`,
		string(w.commons.ID), pq.Array(ids)).Scan(&latest, &closed)
	first := ledger.LaterOf(latest, r.through)
	if err == nil && asked.IsZero() && !closed.IsZero() && !first.After(closed) {
		return w.today(), nil
	}
	if err != nil || asked.IsZero() {
		return first, err
	}
	var wrong ledger.FieldErrors
	wrong.AddError("/date", w.commons.CheckDate(asked, w.now))
	if asked.Before(first) {
		wrong.Add("/date", "invalid_date", "The entry is dated %s or later: through that day money came in.", first)
	}
	if !asked.After(closed) && !closed.IsZero() {
		wrong.Add("/date", "period_closed", "The days through %s are closed; take a later one.", closed)
	}
	return asked, wrong.Err()
}

// division is a distribution worked out: what preview and posting share.
type division struct {
	distribution Distribution
	inputs       agreement.Inputs
	members      people
	result       agreement.Result
}

// divide loads what the rules read and evaluates them: all but the write.
func (w *work) divide(ctx context.Context, r reading) (division, error) {
	in, members, err := w.inputs(ctx, r)
	if err != nil {
		return division{}, err
	}
	result, err := agreement.Evaluate(r.rules, in)
	if err != nil {
		return division{}, err
	}
	d := Distribution{Distribution: ledger.Distribution{
		Number: r.number, Area: r.version.Area, Agreement: r.version.ID, Version: r.version.Version,
		Through: r.through, Cut: r.cut, Setting: r.setting, Digest: in.Digest(), Incomes: r.incomes,
		CarriedIn: r.carried, IncomeSum: result.Whole.Minus(r.carried), CarriedOut: result.Carried,
		Given: result.Whole.Minus(result.Carried),
	}}
	err = w.describe(ctx, &d, members, result)
	return division{distribution: d, inputs: in, members: members, result: result}, err
}

// describe fills in what the rules did, with members, kinds and funds by name.
func (w *work) describe(
	ctx context.Context, d *Distribution, members people, result agreement.Result,
) error {
	kinds, err := w.kinds(ctx, nil)
	if err != nil {
		return err
	}
	funds, err := w.funds(ctx)
	if err != nil {
		return err
	}
	d.Rules = result.Rules
	for _, note := range result.Notes {
		d.Negative = append(d.Negative, NegativeWeight{
			Rule: note.Rule, Member: members[note.Member].Handle, Weight: note.Weight.String()})
	}
	for _, rule := range append(result.Rules, agreement.RuleResult{
		Allocations: []agreement.Allocation{result.Leftover}}) {
		for _, a := range rule.Allocations {
			if a.Amount.Sign() <= 0 {
				continue
			}
			kind := kinds[a.Kind]
			d.Allocations = append(d.Allocations, ledger.Allocation{
				Rule: a.Rule, Member: members[a.Member].MemberRef, Fund: funds[a.Fund],
				Kind: ledger.KindRef{ID: kind.ID, Code: kind.Code}, Amount: a.Amount, Kept: a.Kept, Weight: a.Weight,
				TotalWeight: rule.TotalWeight,
			})
		}
	}
	return nil
}

func insertDraft(
	ctx context.Context, w *work, d *Distribution, area ledger.AreaID, in agreement.Inputs,
) error {
	ids := make([]string, len(d.Incomes))
	for i, income := range d.Incomes {
		ids[i] = string(income.ID)
	}
	d.DraftedBy, d.DraftedAt = w.handle, w.now
	_, err := w.ExecContext(ctx, `
		INSERT INTO draft (commons_id, distribution_id, area_id, agreement_id, incomes, date, through, cut,
		            setting, digest, inputs, drafted_by, drafted_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		string(w.commons.ID), string(d.ID), nullable(area), string(d.Agreement), pq.Array(ids),
		d.Date.String(), d.Through.String(), d.Cut, d.Setting, d.Digest, string(in.Canonical()),
		string(w.by), w.now)
	return err
}

// PostDistribution posts a draft for good. Digest is the one that was looked at:
// if what the rules read has changed since, nothing is posted.
func (s *Store) PostDistribution(
	ctx context.Context, act *Act, id ledger.DistributionID, digest string,
) (Distribution, error) {
	return write(ctx, s, act, func(w *work) (Distribution, error) {
		if err := w.authorize(ledger.PostDistribution, false); err != nil {
			return Distribution{}, err
		}
		r, kept, err := w.planned(ctx, id)
		if err != nil {
			return Distribution{}, err
		}
		division, err := w.divide(ctx, r)
		if err != nil {
			return Distribution{}, err
		}
		d := division.distribution
		if d.Digest != digest || kept.digest != digest {
			return d, errInputsChanged
		}
		w.trail.before = ledger.Facts{"state": string(ledger.Draft), "digest": digest}
		d.ID, d.Date, d.DraftedBy, d.DraftedAt = id, kept.date, kept.draftedBy, kept.draftedAt
		if err := w.post(ctx, &d, r, division, kept); err != nil {
			return d, err
		}
		return w.distribution(ctx, id)
	})
}

// kept is what a draft holds beside what its rules read.
type kept struct {
	digest    string
	date      ledger.Date
	draftedBy string
	drafter   ledger.MemberID
	draftedAt sqlTime
}

// planned loads a draft as a reading of now, up to the draft's cut. The agreement
// is the one that is in force now: another one has another digest.
func (w *work) planned(ctx context.Context, id ledger.DistributionID) (r reading, k kept, err error) {
	r = reading{sequence: w.head.Sequence, number: w.head.Distributed + 1}
	var incomes []string
	err = w.QueryRowContext(ctx, `
		SELECT coalesce(d.area_id::text, ''), d.incomes, d.date, d.through, d.cut, d.setting, d.digest,
		       m.handle, d.drafted_by, d.drafted_at
		  FROM draft AS d JOIN member AS m ON m.commons_id = d.commons_id AND m.member_id = d.drafted_by
		 WHERE d.commons_id = $1 AND d.distribution_id = $2`, string(w.commons.ID), string(id)).
		Scan(&r.area, pq.Array(&incomes), &k.date, &r.through, &r.cut, &r.setting, &k.digest, &k.draftedBy,
			&k.drafter, &k.draftedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return r, k, w.noDraft(ctx, id)
	}
	if err != nil {
		return r, k, err
	}
	named := make([]ledger.IncomeID, len(incomes))
	for i, income := range incomes {
		named[i] = ledger.IncomeID(income)
	}
	if r.incomes, err = w.chooseIncomes(ctx, &r, named, false); err != nil {
		return r, k, err
	}
	var found bool
	if r.version, found, err = w.inForce(ctx, r.area, r.through); err != nil || !found {
		return r, k, errors.Join(err, notFound(sql.ErrNoRows, "agreement in force"))
	}
	r, err = w.continued(ctx, r)
	return r, k, err
}

// noDraft says whether the distribution was posted already or never was.
func (w *work) noDraft(ctx context.Context, id ledger.DistributionID) error {
	var posted bool
	err := w.GetContext(ctx, &posted, `
		SELECT EXISTS (SELECT FROM distribution WHERE commons_id = $1 AND distribution_id = $2)`,
		string(w.commons.ID), string(id))
	if err == nil && posted {
		return ledger.Errorf(ledger.Conflict, "already_posted", "This distribution is posted already.")
	}
	return errors.Join(err, notFound(sql.ErrNoRows, "draft of a distribution"))
}

// DiscardDistribution throws a draft away.
func (s *Store) DiscardDistribution(ctx context.Context, act *Act, id ledger.DistributionID) error {
	_, err := write(ctx, s, act, func(w *work) (struct{}, error) {
		if err := w.authorize(ledger.PreviewDistribution, false); err != nil {
			return struct{}{}, err
		}
		d, err := w.drafted(ctx, id)
		if err == nil {
			err = act.unchanged(d)
		}
		if err != nil && !isNotFound(err) {
			return struct{}{}, err
		}
		w.trail.before, w.trail.after = factsOf(d), ledger.Facts{"state": "discarded"}
		tell(w, ledger.DistributionDiscarded, id)
		n, err := w.deleteDraft(ctx, id)
		if err == nil && n == 0 {
			err = w.noDraft(ctx, id)
		}
		return struct{}{}, err
	})
	return err
}

func (w *work) deleteDraft(ctx context.Context, id ledger.DistributionID) (int64, error) {
	result, err := w.ExecContext(ctx, `DELETE FROM draft WHERE commons_id = $1 AND distribution_id = $2`,
		string(w.commons.ID), string(id))
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

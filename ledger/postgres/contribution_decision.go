package postgres

import (
	"context"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// accepting is a contribution that is being decided on.
type accepting struct {
	logged
	state     ledger.ContributionState
	approvals int
	step      int
	loggedBy  ledger.MemberID
	stage     ledger.Stage
	// rate is what the reversed contribution had, for a reversing one.
	rate *decimal.Decimal
}

// DecideContributions records the same decision about several contributions:
// all of them, or, where one cannot be decided so, none.
func (s *Store) DecideContributions(
	ctx context.Context, act *Act, ids []ledger.ContributionID, decision ledger.Decision, reason string,
) ([]ledger.Contribution, error) {
	if err := ledger.CheckText(reason, 2000); err != nil {
		var wrong ledger.FieldErrors
		wrong.AddError("/reason", err)
		return nil, wrong.Err()
	}
	return write(ctx, s, act, func(w *work) ([]ledger.Contribution, error) {
		open, err := w.open(ctx, ids)
		if err != nil {
			return nil, err
		}
		if err := w.checkDecision(open, decision, reason); err != nil {
			return nil, err
		}
		w.trail.before = factsOf(open)
		if err := decide(ctx, w, open, decision, reason); err != nil {
			return nil, err
		}
		return w.contributionsByID(ctx, texts(ids))
	})
}

func decide(
	ctx context.Context, w *work, open []accepting, decision ledger.Decision, reason string,
) error {
	if decision != ledger.Accept {
		return insertDecisions(ctx, w, open, decision, reason)
	}
	var final, partial []accepting
	for _, c := range open {
		if ledger.NextDecision(c.approvals, c.kind.Reviews) == ledger.Accept {
			final = append(final, c)
		} else {
			partial = append(partial, c)
		}
	}
	if err := insertDecisions(ctx, w, partial, ledger.Approve, reason); err != nil {
		return err
	}
	_, err := acceptAll(ctx, w, final, reason)
	return err
}

// texts returns the ids as the database takes them.
func texts[I ~string](ids []I) []string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = string(id)
	}
	return all
}

// open loads the contributions that are to be decided on, in the given order.
func (w *work) open(ctx context.Context, ids []ledger.ContributionID) ([]accepting, error) {
	if err := checkDistinct(ids); err != nil {
		return nil, err
	}
	rows, err := w.QueryContext(ctx, `
		SELECT c.contribution_id, c.member_id, m.handle, k.kind_id, k.code, k.becomes, k.reviews,
		       coalesce(c.area_id::text, ''), c.quantity, c.performed_on, c.logged_by, s.state,
		       s.approvals, s.step + 1, coalesce(stage_on(c.commons_id, c.member_id, c.performed_on), '')
		  FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted (id, place)
		  JOIN contribution AS c ON c.commons_id = $1 AND c.contribution_id = wanted.id
		  JOIN contribution_state AS s USING (commons_id, contribution_id)
		  JOIN member AS m USING (commons_id, member_id)
		  JOIN kind AS k USING (commons_id, kind_id)
		 ORDER BY wanted.place`, string(w.commons.ID), pq.Array(texts(ids)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var open []accepting
	for rows.Next() {
		c := accepting{logged: logged{by: ledger.MemberRef{ID: w.by, Handle: w.handle}}}
		if err := rows.Scan(&c.id, &c.member.ID, &c.member.Handle, &c.kind.ID, &c.kind.Code, &c.kind.Becomes,
			&c.kind.Reviews, &c.area, &c.Quantity, &c.Date, &c.loggedBy, &c.state, &c.approvals, &c.step,
			&c.stage); err != nil {
			return nil, err
		}
		open = append(open, c)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(open) != len(ids) {
		return nil, ledger.Errorf(ledger.NotFound, "not_found", "There is no such contribution here.")
	}
	return open, nil
}

// checkDecision refuses what the state, the roles or the objects do not allow.
// Nobody accepts what they gave or logged themselves.
func (w *work) checkDecision(open []accepting, decision ledger.Decision, reason string) error {
	for _, c := range open {
		if err := w.authorizeDecision(c, decision); err != nil {
			return err
		}
		if err := c.state.CheckMove(decision, reason); err != nil {
			if refusal, ok := err.(*ledger.Error); ok && refusal.Kind == ledger.Invalid {
				var wrong ledger.FieldErrors
				wrong.AddError("/reason", err)
				return wrong.Err()
			}
			return err
		}
	}
	return nil
}

func (w *work) authorizeDecision(c accepting, decision ledger.Decision) error {
	switch decision {
	case ledger.Withdraw:
		return w.authorize(ledger.WithdrawContribution, c.member.ID == w.by)
	case ledger.Question:
		return w.authorize(ledger.QuestionContribution, false)
	}
	return w.authorize(ledger.ReviewContribution, c.member.ID == w.by || c.loggedBy == w.by)
}

func insertDecisions(
	ctx context.Context, w *work, open []accepting, decision ledger.Decision, reason string,
) error {
	if len(open) == 0 {
		return nil
	}
	if err := w.replan(ctx, len(open)); err != nil {
		return err
	}
	ids, by, steps := make([]string, len(open)), make([]string, len(open)), make([]int64, len(open))
	for i, c := range open {
		ids[i], by[i], steps[i] = string(c.id), string(c.by.ID), int64(c.step)
		kind := ledger.EventType("contribution." + decision)
		w.told = append(w.told, happening{kind, c.id.String(), c.by.ID})
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO contribution_decision (commons_id, decided_by, decided_at, decision, note,
		            contribution_id, step)
		SELECT $1, decided_by, $3::timestamptz, $4, $5, id, step
		  FROM unnest($2::uuid[], $6::uuid[], $7::int[]) AS d (decided_by, id, step)`,
		string(w.commons.ID), pq.Array(by), w.now, string(decision), reason, pq.Array(ids), pq.Array(steps))
	return err
}

// acceptAll fixes rate and weight of the contributions, in order, numbers them,
// and books the promises of claim kinds. The commons' lock is held.
func acceptAll(
	ctx context.Context, w *work, open []accepting, reason string,
) ([]acceptance, error) {
	if len(open) == 0 {
		return nil, nil
	}
	if err := insertDecisions(ctx, w, open, ledger.Accept, reason); err != nil {
		return nil, err
	}
	kinds := make([]string, len(open))
	for i, c := range open {
		kinds[i] = string(c.kind.ID)
	}
	rates, err := w.ratesOf(ctx, distinct(kinds))
	if err != nil {
		return nil, err
	}
	if err := w.loadStages(ctx, open, rates); err != nil {
		return nil, err
	}
	accepted := make([]acceptance, len(open))
	var claims []ledger.Entry
	for i, c := range open {
		if accepted[i], err = w.accept(c, rates); err != nil {
			return nil, err
		}
		if value := accepted[i].value; value != nil && !value.IsZero() {
			kind := ledger.KindRef{ID: c.kind.ID, Code: c.kind.Code}
			claim := ledger.ClaimAccepted(*value, kind, c.member, w.today())
			claim.Recorder = c.by.ID
			claims = append(claims, claim)
		}
	}
	if err := insertEntries(ctx, w, claims); err != nil {
		return nil, err
	}
	return accepted, insertAcceptances(ctx, w, accepted, claims)
}

// acceptance is what accepting a contribution fixed.
type acceptance struct {
	accepting
	number int64
	rate   decimal.Decimal
	weight decimal.Decimal
	value  *ledger.Money
}

func (w *work) accept(c accepting, rates []ledger.Rate) (a acceptance, err error) {
	w.head.Acceptance++
	a = acceptance{accepting: c, number: w.head.Acceptance}
	if c.rate != nil {
		a.rate = *c.rate
	} else {
		a.rate = ledger.RateFor(rates, c.kind.ID, c.member.ID, c.area, c.stage, c.Date)
	}
	a.weight, a.value, err = c.kind.Value(c.Quantity, a.rate, w.commons.Currency)
	if err != nil {
		var wrong ledger.FieldErrors
		wrong.AddError("/quantity", err)
		err = wrong.Err()
	}
	return a, err
}

// loadStages fills in the stage of each member on the day of the work, where a
// rate asks for it and it is not known yet.
func (w *work) loadStages(ctx context.Context, open []accepting, rates []ledger.Rate) error {
	staged := false
	for _, r := range rates {
		staged = staged || r.Stage != ""
	}
	if !staged {
		return nil
	}
	members, dates := make([]string, len(open)), make([]string, len(open))
	for i, c := range open {
		members[i], dates[i] = string(c.member.ID), c.Date.String()
	}
	var stages []string
	err := w.SelectContext(ctx, &stages, `
		SELECT coalesce(stage_on($1, d.member_id, d.on_day), '')
		  FROM unnest($2::uuid[], $3::date[]) WITH ORDINALITY AS d (member_id, on_day, place)
		 ORDER BY d.place`, string(w.commons.ID), pq.Array(members), pq.Array(dates))
	for i, stage := range stages {
		open[i].stage = ledger.Stage(stage)
	}
	return err
}

func insertAcceptances(ctx context.Context, w *work, accepted []acceptance, claims []ledger.Entry) error {
	var ids, members, kinds, areas, dates, rates, weights, values, by []string
	var numbers, sequences []int64
	booked := 0
	for _, a := range accepted {
		value, sequence := "", int64(0)
		if a.value != nil {
			value = a.value.Figure()
			if !a.value.IsZero() {
				sequence = claims[booked].Sequence
				booked++
			}
		}
		numbers, ids, members = append(numbers, a.number), append(ids, string(a.id)), append(members, string(a.member.ID))
		kinds, areas, dates = append(kinds, string(a.kind.ID)), append(areas, string(a.area)), append(dates, a.Date.String())
		rates, weights = append(rates, a.rate.String()), append(weights, a.weight.String())
		values, sequences = append(values, value), append(sequences, sequence)
		by = append(by, string(a.by.ID))
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO acceptance (commons_id, accepted_by, accepted_at, setting, number, contribution_id,
		            member_id, kind_id, area_id, performed_on, rate, weight, value, sequence)
		SELECT $1, accepted_by, $3::timestamptz, $14, number, id, member, kind, nullif(area, '')::uuid, performed_on,
		       rate, weight, nullif(value, '')::numeric, nullif(sequence, 0)
		  FROM unnest($2::uuid[], $4::bigint[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::date[],
		              $10::numeric[], $11::numeric[], $12::text[], $13::bigint[])
		    AS a (accepted_by, number, id, member, kind, area, performed_on, rate, weight, value, sequence)`,
		string(w.commons.ID), pq.Array(by), w.now, pq.Array(numbers), pq.Array(ids), pq.Array(members),
		pq.Array(kinds), pq.Array(areas), pq.Array(dates), pq.Array(rates), pq.Array(weights),
		pq.Array(values), pq.Array(sequences), w.head.Setting)
	return err
}

// ReverseContributions takes accepted contributions back: each gets a reversing
// one with the same date, kind, area and rate and the negative quantity.
func (s *Store) ReverseContributions(
	ctx context.Context, act *Act, ids []ledger.ContributionID, reason string,
) ([]ledger.Contribution, error) {
	var wrong ledger.FieldErrors
	wrong.AddError("/reason", ledger.RequiredText(reason, 2000))
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	return write(ctx, s, act, func(w *work) ([]ledger.Contribution, error) {
		if err := w.authorize(ledger.ReverseContribution, false); err != nil {
			return nil, err
		}
		open, err := w.open(ctx, ids)
		if err != nil {
			return nil, err
		}
		added, err := w.reverseContributions(ctx, open, reason)
		if err != nil {
			return nil, err
		}
		return w.contributionsByID(ctx, added)
	})
}

// reverseContributions logs and accepts what reverses the contributions, and returns
// the ids of that.
func (w *work) reverseContributions(
	ctx context.Context, open []accepting, reason string,
) ([]string, error) {
	reversing, err := w.reversing(ctx, open, reason)
	if err != nil {
		return nil, err
	}
	rows := make([]logged, len(reversing))
	added := make([]string, len(reversing))
	for i, c := range reversing {
		rows[i], added[i] = c.logged, string(c.id)
	}
	if err := insertContributions(ctx, w, rows); err != nil {
		return nil, err
	}
	_, err = acceptAll(ctx, w, reversing, reason)
	return added, err
}

func (w *work) reversing(ctx context.Context, open []accepting, reason string) ([]accepting, error) {
	ids := make([]string, len(open))
	for i, c := range open {
		ids[i] = string(c.id)
		if c.Quantity.Sign() < 0 {
			return nil, ledger.Errorf(ledger.Conflict, "is_reversal",
				"This is a reversal itself; log the contribution again instead.")
		}
		if c.state != ledger.Accepted {
			return nil, ledger.Errorf(ledger.Conflict, "not_accepted",
				"Only accepted contributions are reversed; this one is %s.", c.state)
		}
	}
	var rates []decimal.Decimal
	err := w.SelectContext(ctx, &rates, `
		SELECT x.rate FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted (id, place)
		  JOIN acceptance AS x ON x.commons_id = $1 AND x.contribution_id = wanted.id
		 ORDER BY wanted.place`, string(w.commons.ID), pq.Array(ids))
	if err != nil {
		return nil, err
	}
	for i := range open {
		c := &open[i]
		tell(w, ledger.ContributionReversed, c.id)
		c.reverses, c.id, c.step = c.id, newID[ledger.ContributionID](), 1
		c.Quantity, c.Note, c.rate = c.Quantity.Neg(), reason, &rates[i]
	}
	return open, nil
}

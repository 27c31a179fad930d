package postgres

import (
	"context"
	"fmt"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// RehearsalRequest asks what an agreement would have made of the last months: one that
// is kept or, without one, the text for the incomes of an area. No months are
// ledger.RehearsalMonths.
type RehearsalRequest struct {
	Agreement ledger.AgreementID
	Text      []byte
	Format    agreement.Format
	Area      string
	Months    int
}

// Rehearse replays the last months under a draft and, beside it, under the agreements
// that were in force, from the same books on. It writes nothing.
func (s *Store) Rehearse(
	ctx context.Context, by Caller, request RehearsalRequest,
) (ledger.Rehearsal, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) (ledger.Rehearsal, error) {
		r, err := w.rehearsal(ctx, request)
		if err != nil {
			return ledger.Rehearsal{}, err
		}
		for i := range r.runs {
			if err := r.replay(ctx, i); err != nil {
				return ledger.Rehearsal{}, err
			}
		}
		err = r.finish(ctx)
		return r.Rehearsal, err
	})
}

// rehearsal is a rehearsal on its way, in one transaction.
type rehearsal struct {
	ledger.Rehearsal
	w     *work
	area  ledger.AreaID
	runs  []replayed
	draft *side
	// inForce follows the agreements that were in force; versions holds them.
	inForce  *side
	versions map[ledger.AgreementID]version
	// begins is the day from which rules count that were not in force at first; the
	// zero Date is the first one.
	begins ledger.Date
	kinds  []string
	funds  []string
	// below has the funds that the draft has taken below zero.
	below  map[string]bool
	totals tally
	// people are the members by join number, last what the last run really left behind.
	people people
	last   agreement.Effect
}

// version is an agreement that was in force.
type version struct {
	rules  agreement.Agreement
	number int
}

// rehearsal reads the draft, and plans the runs.
func (w *work) rehearsal(ctx context.Context, request RehearsalRequest) (*rehearsal, error) {
	months := request.Months
	if months == 0 {
		months = ledger.RehearsalMonths
	}
	if months < 1 || months > ledger.MostRehearsalMonths {
		var wrong ledger.FieldErrors
		wrong.Add("/months", "out_of_range", "Take 1 to %d months.", ledger.MostRehearsalMonths)
		return nil, wrong.Err()
	}
	r := &rehearsal{
		w: w, versions: map[ledger.AgreementID]version{},
		below: map[string]bool{}, totals: tally{},
		Rehearsal: ledger.Rehearsal{
			Commons: w.commons, Months: months, After: w.today().BackMonths(months),
		},
	}
	return r, errorsInOrder(
		func() error { return w.slow(ctx) },
		func() error { return w.loadHead(ctx) },
		func() error { return r.read(ctx, request) },
		func() error { return r.plan(ctx) },
		func() error { return r.begin(ctx) },
		func() error { return r.name(ctx) },
	)
}

// read reads the draft.
func (r *rehearsal) read(ctx context.Context, request RehearsalRequest) (err error) {
	r.draft, r.inForce = newSide(r.w.commons.Currency), newSide(r.w.commons.Currency)
	if request.Agreement != "" {
		var kept Agreement
		if kept, err = r.w.agreement(ctx, request.Agreement); err != nil {
			return err
		}
		r.Agreement, r.Area = kept.ID, kept.Area
		r.draft.rules, err = parsed(kept)
	} else {
		r.Area = request.Area
		r.draft.rules, _, err = r.w.checkAgreement(ctx, request.Text, request.Format)
	}
	if err != nil {
		return err
	}
	r.Name = r.draft.rules.Name
	r.area, err = r.w.areaNamed(ctx, r.Area)
	return err
}

// parsed reads an agreement that is kept: once it was, it can be read.
func parsed(a Agreement) (agreement.Agreement, error) {
	rules, err := agreement.Parse(a.Document, agreement.JSON)
	if err != nil {
		err = fmt.Errorf("read agreement %s: %w", a.ID, err)
	}
	return rules, err
}

// replay replays a run on both sides.
func (r *rehearsal) replay(ctx context.Context, i int) (err error) {
	run := r.runs[i]
	governed, err := r.governing(ctx, run.agreement)
	if err != nil {
		return err
	}
	r.last = agreement.Effect{}
	if run.id != "" {
		if r.last, err = r.w.effectOf(ctx, run.id); err != nil {
			return err
		}
	}
	if err := r.noteFunds(ctx, run.reading); err != nil {
		return err
	}
	r.inForce.rules = governed.rules
	was, err := r.simulate(ctx, r.inForce, run.reading)
	if err != nil {
		return err
	}
	drafted := run.reading
	drafted.assumed.fresh, drafted.assumed.setting = r.fresh(run.reading), r.w.head.Setting
	would, err := r.simulate(ctx, r.draft, drafted)
	if err != nil {
		return err
	}
	r.people = was.members
	r.add(run, governed, was, would)
	r.inForce.follow(was, r.last)
	r.draft.follow(would, r.last)
	return nil
}

// governing returns the agreement that was in force or, where none was, one without
// rules.
func (r *rehearsal) governing(ctx context.Context, id ledger.AgreementID) (v version, err error) {
	if id == "" {
		return version{rules: agreement.Agreement{Currency: r.w.commons.Currency}}, nil
	}
	if v, found := r.versions[id]; found {
		return v, nil
	}
	kept, err := r.w.agreement(ctx, id)
	if err != nil {
		return v, err
	}
	v.number = kept.Version
	v.rules, err = parsed(kept)
	r.versions[id] = v
	return v, err
}

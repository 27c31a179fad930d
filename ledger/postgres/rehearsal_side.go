package postgres

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// assumed is what a reading of a rehearsal takes from elsewhere than from the books.
// The zero assumed takes nothing.
type assumed struct {
	// covered holds what each rule that counts new contributions has covered.
	covered map[string]covered
	// fresh are rules whose takes and openings are read up to the setting.
	fresh   map[string]bool
	setting int64
	// asOf leaves out what happened to claims and funds on a later day; the zero Date
	// leaves out nothing.
	asOf ledger.Date
}

// settingOf returns up to which setting takes and openings of the rule are read.
func (r reading) settingOf(rule string) int64 {
	if r.assumed.fresh[rule] {
		return r.assumed.setting
	}
	return r.setting
}

// side is one side of a rehearsal between two runs: the rules, by how much its books
// are beside the real ones, what its rules have covered and what is carried.
type side struct {
	*agreement.Replay
	rules   agreement.Agreement
	covered map[string]covered
	carried ledger.Money
}

func newSide(currency ledger.Currency) *side {
	return &side{
		Replay: agreement.NewReplay(), covered: map[string]covered{}, carried: ledger.Zero(currency),
	}
}

// begin finds out what was carried into the first run, and since when it lasted: since
// the run before or, for the very first one, since an agreement was in force.
func (r *rehearsal) begin(ctx context.Context) error {
	var last ledger.Date
	carried := ledger.Zero(r.w.commons.Currency)
	err := r.w.QueryRowContext(ctx, `
		SELECT d.through, d.carried_out FROM distribution AS d
		 WHERE d.commons_id = $1 AND d.area_id IS NOT DISTINCT FROM $2::uuid AND d.number < $3
		   AND NOT EXISTS (SELECT FROM distribution_reversal AS v
		                    WHERE v.commons_id = d.commons_id AND v.distribution_id = d.distribution_id)
		 ORDER BY d.number DESC LIMIT 1`,
		string(r.w.commons.ID), nullable(r.area), r.runs[0].number).Scan(&last, &carried.Amount)
	if err == nil {
		r.begins, r.draft.carried, r.inForce.carried = last.AddDays(1), carried, carried
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return r.w.GetContext(ctx, &r.begins, `
		SELECT min(from_on) FROM adoption
		 WHERE commons_id = $1 AND area_id IS NOT DISTINCT FROM $2::uuid AND from_on <= $3`,
		string(r.w.commons.ID), nullable(r.area), r.runs[0].through.String())
}

// simulated is what a run comes to on one side.
type simulated struct {
	reading
	members people
	result  agreement.Result
}

// simulate evaluates a run with the rules of a side, over the real books as this side
// would have left them.
func (r *rehearsal) simulate(
	ctx context.Context, s *side, run reading,
) (done simulated, err error) {
	run.rules, run.carried = s.rules, s.carried
	if run.assumed.covered, err = r.coverage(ctx, s, run); err != nil {
		return done, err
	}
	in, members, err := r.w.inputs(ctx, run)
	if err != nil {
		return done, err
	}
	if in.Rounding, err = r.w.roundings(ctx, run, slices.Collect(maps.Keys(members))); err != nil {
		return done, err
	}
	in = s.Inputs(run.rules, in, func(reads agreement.Reading, member int) bool {
		admitted, _ := reads.Admits(members[member].standing)
		return admitted
	})
	result, err := agreement.Evaluate(run.rules, in)
	return simulated{run, members, result}, err
}

// coverage returns what the rules of a side have covered before a run: what the books
// say for the first run, and what the side has covered since.
func (r *rehearsal) coverage(
	ctx context.Context, s *side, run reading,
) (map[string]covered, error) {
	before := run
	before.number, before.assumed = r.runs[0].number, assumed{}
	all := map[string]covered{}
	for _, reads := range run.rules.Readings(run.through) {
		if reads.Count.Form != agreement.CountNew {
			continue
		}
		done, err := r.w.coveredBy(ctx, before, reads)
		if err != nil {
			return nil, err
		}
		if since, found := s.covered[reads.Rule]; found {
			done.cut, done.through = since.cut, since.through
		}
		if s == r.draft && r.isNew(reads, done.from) {
			done.from = r.begins
			r.startsNew(reads.Rule)
		}
		all[reads.Rule] = done
	}
	return all, nil
}

// isNew reports whether the rule of the draft, which the books start on the day, was
// unknown in the first run. Then it counts what was given since that run began.
func (r *rehearsal) isNew(reads agreement.Reading, start ledger.Date) bool {
	return reads.From.IsZero() && (start.IsZero() || start.After(r.runs[0].through))
}

// startsNew notes that a rule of the draft counts since the first run began.
func (r *rehearsal) startsNew(rule string) {
	start := ledger.RuleStart{Rule: rule, From: r.begins}
	if !slices.Contains(r.Starts, start) {
		r.Starts = append(r.Starts, start)
	}
}

// fresh returns the rules of the draft by takes, or that catch up, whose like was not in
// force. Nobody could say then what to take of them, nor what they had given before.
func (r *rehearsal) fresh(run reading) map[string]bool {
	was := map[string]agreement.Basis{}
	for _, reads := range r.inForce.rules.Readings(run.through) {
		was[reads.Rule] = reads.By
	}
	fresh := map[string]bool{}
	for _, reads := range r.draft.rules.Readings(run.through) {
		asked := reads.By == agreement.ByTakes || reads.By == agreement.ByCatchUp
		if !asked || was[reads.Rule] == reads.By {
			continue
		}
		fresh[reads.Rule] = true
		if !slices.Contains(r.Fresh, reads.Rule) {
			r.Fresh = append(r.Fresh, reads.Rule)
		}
	}
	return fresh
}

// follow brings a side past a run, which really left the effect behind.
func (s *side) follow(done simulated, real agreement.Effect) {
	s.Follow(done.result.Effect(), real)
	s.carried = done.result.Carried
	for _, rule := range done.result.Covered {
		s.covered[rule] = covered{cut: done.cut, through: done.through}
	}
}

package postgres

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// tallied is what a line of a rehearsal is about: a member by join number, or a fund;
// a claim of the kind.
type tallied struct {
	member int
	kind   string
	fund   string
}

// pair is an amount under what was in force, and under the draft.
type pair [2]decimal.Decimal

// The places in a pair.
const (
	ofInForce = iota
	ofDraft
)

// tally adds up what goes to whom on both sides.
type tally map[tallied]pair

func (t tally) add(to tallied, place int, amount decimal.Decimal) {
	sum := t[to]
	sum[place] = sum[place].Add(amount)
	t[to] = sum
}

// addEffect adds what an effect gives to each member and fund, for whatever.
func (t tally) addEffect(e agreement.Effect, place int) {
	for _, a := range e.Allocations {
		t.add(tallied{member: a.Member, fund: a.Fund}, place, a.Amount.Amount)
	}
}

func (t tally) addClaims(claims agreement.Claims, place int) {
	for _, row := range claims.Members {
		for i, amount := range row.Amounts {
			t.add(tallied{member: row.Member, kind: claims.Kinds[i]}, place, amount)
		}
	}
}

// lines returns what is not zero on both sides: members in the order in which they
// joined, then funds.
func (t tally) lines(members people, currency ledger.Currency) []ledger.RehearsedLine {
	keys := slices.SortedFunc(maps.Keys(t), func(a, b tallied) int {
		return cmp.Or(cmp.Compare(a.fund, b.fund), cmp.Compare(a.member, b.member),
			cmp.Compare(a.kind, b.kind))
	})
	lines := []ledger.RehearsedLine{}
	for _, key := range keys {
		sums := t[key]
		if sums[ofInForce].IsZero() && sums[ofDraft].IsZero() {
			continue
		}
		lines = append(lines, ledger.RehearsedLine{
			Member: members[key.member].Handle, Kind: key.kind, Fund: key.fund,
			InForce: ledger.Money{Amount: sums[ofInForce], Currency: currency},
			Draft:   ledger.Money{Amount: sums[ofDraft], Currency: currency},
		})
	}
	return lines
}

// name finds the kinds of claims and the funds that there are.
func (r *rehearsal) name(ctx context.Context) error {
	kinds, err := r.w.kinds(ctx, nil)
	if err != nil {
		return err
	}
	for code, kind := range kinds {
		if kind.Becomes == ledger.BecomesClaim {
			r.kinds = append(r.kinds, code)
		}
	}
	slices.Sort(r.kinds)
	funds, err := r.w.funds(ctx)
	r.funds = slices.Sorted(maps.Keys(funds))
	return err
}

// add adds what a run comes to on both sides.
func (r *rehearsal) add(run replayed, governed version, was, would simulated) {
	given := tally{}
	for place, done := range []simulated{ofInForce: was, ofDraft: would} {
		given.addEffect(done.result.Effect(), place)
		r.totals.addEffect(done.result.Effect(), place)
	}
	r.Runs = append(r.Runs, ledger.RehearsedRun{
		Posted: run.id, Through: run.through, Incomes: run.incomes,
		InForce: run.agreement, Version: governed.number,
		Lines: given.lines(r.people, r.w.commons.Currency),
		Sides: ledger.Sides{InForce: sideOf(was), Draft: sideOf(would)},
	})
	if run.id != "" {
		r.noteDifference(run, was)
	}
}

func sideOf(done simulated) ledger.RehearsedSide {
	whole, carried := done.result.Whole, done.result.Carried
	return ledger.RehearsedSide{
		CarriedIn: done.carried, Incomes: whole.Minus(done.carried),
		Given: whole.Minus(carried), CarriedOut: carried,
	}
}

// noteDifference says where replaying what was in force does not give what was posted.
// Then the rows have changed since, which they cannot but behind the program's back.
func (r *rehearsal) noteDifference(run replayed, was simulated) {
	both := tally{}
	both.addEffect(was.result.Effect(), ofInForce)
	both.addEffect(r.last, ofDraft)
	for _, l := range both.lines(r.people, r.w.commons.Currency) {
		if !l.InForce.Equal(l.Draft) {
			r.Notes = append(r.Notes, fmt.Sprintf(
				"Through %s, replaying what was in force gives %s %s, but %s was posted; run phyle verify.",
				run.through, cmp.Or(l.Member, l.Fund), l.InForce, l.Draft))
			return
		}
	}
	if !was.result.Carried.Equal(run.carried) {
		r.Notes = append(r.Notes, fmt.Sprintf(
			"Through %s, replaying what was in force carries %s on, but %s was carried; run phyle verify.",
			run.through, was.result.Carried, run.carried))
	}
}

// noteFunds says which funds the draft has taken below zero before a run.
func (r *rehearsal) noteFunds(ctx context.Context, run reading) error {
	balances, err := r.w.fundBalances(ctx, run, r.funds)
	if err != nil {
		return err
	}
	for _, real := range balances {
		would := r.draft.Fund(real)
		if would.Balance.Sign() < 0 && !r.below[would.Fund] {
			r.below[would.Fund] = true
			r.Notes = append(r.Notes, fmt.Sprintf(
				"Under the draft, the fund %s would stand at %s before the run through %s: less goes into it, "+
					"and what is spent from it stays as it was.", would.Fund, would.Balance, run.through))
		}
	}
	return nil
}

// finish adds up the runs, and says what is outstanding and held after the last one.
func (r *rehearsal) finish(ctx context.Context) error {
	last, currency := r.runs[len(r.runs)-1].reading, r.w.commons.Currency
	claims, err := r.w.claims(ctx, last, r.kinds)
	if err != nil {
		return err
	}
	funds, err := r.w.fundBalances(ctx, last, r.funds)
	if err != nil {
		return err
	}
	after := agreement.NewReplay() // the real books once the last run was in them
	after.Follow(r.last, agreement.Effect{})
	owed, held := tally{}, tally{}
	for place, s := range []*side{ofInForce: r.inForce, ofDraft: r.draft} {
		owed.addClaims(s.Claims(after.Claims(claims)), place)
		for _, fund := range funds {
			would := s.Fund(after.Fund(fund))
			held.add(tallied{fund: would.Fund}, place, would.Balance.Amount)
		}
	}
	r.Totals = r.totals.lines(r.people, currency)
	r.Claims, r.Funds = owed.lines(r.people, currency), held.lines(r.people, currency)
	return nil
}

package postgres_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
)

// twinRules are rules of every kind. The blanks are percentages, factors and counts.
const twinRules = `
name: Twin
currency: EUR
rules:
  - {id: claims, take: {percent: "%d", of: left}, give: {claims: {kinds: [materials]}}}
  - {id: fill, take: {percent: "%d", of: whole}, give: {fund: reserve, until: "%d.00"}}
  - {id: asked, take: {amount: "15.00"}, give: {members: {by: takes}}}
  - id: fair
    take: {percent: "%d", of: left}
    give: {members: {by: {catch_up: {factors: {work: "1"}}}}}
  - id: new
    take: {percent: "%d", of: left}
    give: {members: {by: {contributions: {factors: {work: "1", care: "1.%d"}}}}}
  - id: faded
    take: {percent: "%d", of: left}
    give:
      members:
        by: {contributions: {factors: {work: "1"}, count: %s, decay: {factor: "0.9", per: week}}}
        keep: {percent: "10"}
leftover: %s
`

// someTwin returns rules with blanks that chance fills.
func someTwin(chance *rand.Rand) string {
	percent := func() int { return 5 + chance.IntN(90) }
	count := []string{"all", "new", `{last: "1 months"}`}[chance.IntN(3)]
	leftover := []string{"carry", "{fund: care}"}[chance.IntN(2)]
	return fmt.Sprintf(twinRules, percent(), percent(), 520+chance.IntN(200), percent(), percent(),
		chance.IntN(9), percent(), count, leftover)
}

// twins are two commons in which the same happens under different agreements.
type twins struct {
	chance *rand.Rand
	real   *world
	would  *world
	day    ledger.Date
	log    []string
}

// What a rehearsal says of a draft is what would have been posted, to the cent: another
// commons, in which the draft was in force all the time, has posted it.
func TestRehearseTwins(t *testing.T) {
	t.Parallel()
	sequences, first := 6, uint64(time.Now().UnixNano())
	if *long {
		sequences = 100
	}
	if *seed != 0 {
		sequences, first = 1, *seed
	}
	for i := range sequences {
		n := first + uint64(i)
		t.Run(fmt.Sprintf("seed=%d", n), func(t *testing.T) {
			t.Parallel()
			newTwins(t, n).run(40)
		})
	}
}

func newTwins(t *testing.T, n uint64) *twins {
	t.Helper()
	s := &twins{chance: rand.New(rand.NewPCG(n, n)), real: riverside(t), would: riverside(t)}
	s.day = date(t, "2026-08-30")
	for _, w := range []*world{s.real, s.would} {
		open := func(amount string, m ledger.Move) {
			m.Kind, m.Amount, m.Date = ledger.OpeningEntry, eur(amount), s.day
			w.move(m)
		}
		open("500.00", ledger.Move{Fund: "reserve"})
		open("500.00", ledger.Move{Asset: "bank"})
		open("40.00", ledger.Move{Member: "bo", ClaimKind: "materials"})
	}
	return s
}

// both has something happen in both commons.
func (s *twins) both(what string, do func(w *world)) {
	s.log = append(s.log, s.day.String()+" "+what)
	do(s.real)
	do(s.would)
}

func (s *twins) run(steps int) {
	real, draft := someTwin(s.chance), someTwin(s.chance)
	defer func() {
		if s.real.Failed() {
			s.real.Logf("%s%s%s", real, draft, strings.Join(s.log, "\n"))
		}
	}()
	s.real.adopt(real, "2026-08-30")
	s.would.adopt(draft, "2026-08-30")
	for range steps {
		if s.chance.IntN(3) == 0 && s.day.Before(date(s.real.T, "2026-11-01")) {
			s.day = s.day.AddDays(s.chance.IntN(9))
		}
		s.step()
	}
	s.divide()
	s.compare(draft)
}

func (s *twins) step() {
	day, member := s.day.String(), []string{"ana", "bo", "cy"}[s.chance.IntN(3)]
	amount := decimal.New(1+s.chance.Int64N(2000), -2).StringFixed(2)
	hours := decimal.New(1+s.chance.Int64N(100), -2).String()
	switch n := s.chance.IntN(14); {
	case n < 5:
		given := s.day.AddDays(-s.chance.IntN(20)).String()
		s.both(member+" works "+hours+" on "+given, func(w *world) {
			w.log(member, "work", hours, given)
		})
	case n < 7:
		s.both(member+" brings "+amount, func(w *world) { w.log(member, "materials", amount, day) })
	case n == 7:
		s.both(member+" takes "+amount, func(w *world) {
			callers := map[string]postgres.Caller{"ana": w.ana, "bo": w.bo, "cy": w.cy}
			found := do[ledger.Member](w.T)(w.store.Member(w.Context(), w.ana, member))
			if found.Stage != ledger.Left { // who has left takes nothing any more
				w.take(callers[member], "", "asked", amount)
			}
		})
	case n == 8:
		s.both("the reserve spends", func(w *world) {
			w.move(ledger.Move{Kind: ledger.SpendingEntry, Amount: eur("7.77"), Date: date(w.T, day),
				Fund: "reserve", Asset: "bank", Payee: "Shop"})
		})
	case n == 9:
		s.both("cy changes", func(w *world) {
			stage := []ledger.Stage{ledger.Left, ledger.FullPart}[len(s.log)%2]
			do[[]ledger.Member](w.T)(w.store.ChangeStages(w.Context(), w.act(),
				[]ledger.StageChange{{Member: "cy", Stage: stage, From: date(w.T, day)}}))
		})
	case n == 10:
		s.reverse()
	default:
		s.divide()
	}
}

// divide posts a distribution of some money.
func (s *twins) divide() {
	amount := decimal.New(1+s.chance.Int64N(30000), -2).StringFixed(2)
	s.both(amount+" comes in and is divided", func(w *world) {
		w.income(amount, s.day.String())
		w.post(w.draft(s.day.String()))
	})
}

// reverse takes the latest distribution back, if there is one.
func (s *twins) reverse() {
	s.both("the latest is taken back", func(w *world) {
		if all := w.standingDistributions(); len(all) > 0 {
			w.reverse(postgres.Distribution{Distribution: all[len(all)-1]})
		}
	})
}

// standingDistributions are those that are not reversed, the oldest first.
func (w *world) standingDistributions() []ledger.Distribution {
	all := do[[]ledger.Distribution](w.T)(w.store.Distributions(w.Context(), w.ana, 0, 99))
	slices.Reverse(all)
	return slices.DeleteFunc(all, func(d ledger.Distribution) bool { return d.State != ledger.Posted })
}

// compare rehearses the draft and compares it with what the other commons posted.
func (s *twins) compare(draft string) {
	w := s.real
	r := do[ledger.Rehearsal](w.T)(w.store.Rehearse(w.Context(), w.bo, postgres.RehearsalRequest{
		Text: []byte(draft), Format: agreement.YAML}))
	w.wantSound(r)
	if len(r.Notes) > 0 {
		w.Errorf("notes: %q", r.Notes)
	}
	posted := s.would.standingDistributions()
	if len(posted) != len(r.Runs) {
		w.Fatalf("%d runs of %d distributions", len(r.Runs), len(posted))
	}
	for i, run := range r.Runs {
		if diff := cmp.Diff(s.posted(posted[i].ID), underDraft(run)); diff != "" {
			w.Errorf("run %d through %s: %s", i+1, run.Through, diff)
		}
	}
	s.compareEnd(r)
}

// posted is what the other commons gave, and carried on.
func (s *twins) posted(id ledger.DistributionID) map[string]string {
	w := s.would
	d := do[postgres.Distribution](w.T)(w.store.Distribution(w.Context(), w.ana, id))
	sums := map[string]decimal.Decimal{"carried": d.CarriedOut.Amount}
	for _, a := range d.Allocations {
		sums[a.Member.Handle+a.Fund.Code] = sums[a.Member.Handle+a.Fund.Code].Add(a.Amount.Amount)
	}
	return texts(sums)
}

// underDraft is what the draft would have given, and carried on.
func underDraft(run ledger.RehearsedRun) map[string]string {
	sums := map[string]decimal.Decimal{"carried": run.Sides.Draft.CarriedOut.Amount}
	for _, l := range run.Lines {
		sums[l.Member+l.Fund] = l.Draft.Amount
	}
	return texts(sums)
}

// compareEnd compares claims and funds after the last run, after which nothing happened.
func (s *twins) compareEnd(r ledger.Rehearsal) {
	w, now := s.would, postgres.BalanceQuery{}
	want, got := map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
	claims := do[ledger.ClaimsReport](w.T)(w.store.ClaimsReport(w.Context(), w.ana, now))
	for _, l := range claims.Lines {
		want[l.Member] = l.Outstanding.Amount
	}
	funds := do[ledger.FundsReport](w.T)(w.store.FundsReport(w.Context(), w.ana, now))
	for _, l := range funds.Lines {
		want[l.Code] = l.Holds.Amount
	}
	for _, l := range append(r.Claims, r.Funds...) {
		got[l.Member+l.Fund] = l.Draft.Amount
	}
	if diff := cmp.Diff(texts(want), texts(got)); diff != "" {
		w.Errorf("in the end: %s", diff)
	}
}

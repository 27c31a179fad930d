package postgres_test

import (
	"flag"
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

// seed runs one sequence again: go test ./ledger/postgres -run CountedOnce -seed N.
var seed = flag.Uint64("seed", 0, "the seed of one sequence of TestCountedOnce")

// Random commoners log, accept late, reverse, adopt, draft, post and reverse. After
// every posting the recorded inputs hold exactly what the model's sets sum to.
func TestCountedOnce(t *testing.T) {
	t.Parallel()
	sequences, first := 16, uint64(time.Now().UnixNano())
	if *long {
		sequences = 500
	}
	if *seed != 0 {
		sequences, first = 1, *seed
	}
	for i := range sequences {
		n := first + uint64(i)
		t.Run(fmt.Sprintf("seed=%d", n), func(t *testing.T) {
			t.Parallel()
			newSimulation(t, n).run(60)
		})
	}
}

// simulation is a commons that chance drives, beside its model.
type simulation struct {
	*world
	model
	chance *rand.Rand
	log    []string
	drafts []drafted
	posts  int
}

var simulated = []string{"ana", "bo", "cy", "di", "eli"}

func newSimulation(t *testing.T, n uint64) *simulation {
	t.Helper()
	s := &simulation{world: riverside(t), chance: rand.New(rand.NewPCG(n, n))}
	ctx := t.Context()
	do[[]ledger.Member](t)(s.store.AddMembers(ctx, s.act(), []ledger.NewMember{
		{Handle: "di", Name: "Di", Stage: ledger.FullPart}, {Handle: "eli", Name: "Eli", Stage: ledger.Newcomer}}))
	do[[]ledger.Area](t)(s.store.AddAreas(ctx, s.act(), []ledger.Area{{Code: "lab", Name: "Lab"}}))
	do[[]ledger.ContributionKind](t)(s.store.AddKinds(ctx, s.act(), []ledger.ContributionKind{
		{Code: "task", Name: "Task", Unit: "item", Theme: "work", Becomes: ledger.BecomesWeight},
		{Code: "help", Name: "Help", Unit: "item", Theme: "care", Becomes: ledger.BecomesWeight, Reviews: 1},
		{Code: "chat", Name: "Chat", Unit: "item", Theme: "care", Becomes: ledger.BecomesWeight},
	}))
	s.stages, s.joins = map[string][]staged{}, map[string]int{}
	for i, member := range simulated {
		stage := ledger.FullPart
		if member == "cy" || member == "eli" {
			stage = ledger.Newcomer
		}
		s.stages[member] = []staged{{ledger.Beginning, stage}}
		s.joins[member] = i + 1
	}
	for _, area := range []string{"", "lab"} {
		s.scopes = append(s.scopes, &scope{area: area, starts: map[string]ledger.Date{}})
		s.adoptVersion(s.scopes[len(s.scopes)-1], date(t, "2026-08-20"))
	}
	return s
}

func (s *simulation) run(steps int) {
	defer func() {
		if s.Failed() {
			s.Logf("what happened:\n%s", strings.Join(s.log, "\n"))
		}
	}()
	acts := []struct {
		weight int
		do     func()
	}{
		{24, s.give}, {10, s.acceptLate}, {6, s.takeBack}, {3, s.adoptLater}, {12, s.receive},
		{10, s.keepDraft}, {10, s.postOld}, {12, s.divide}, {5, s.reverseLatest}, {3, s.changeStage}, {2, s.rate},
	}
	total := 0
	for _, act := range acts {
		total += act.weight
	}
	for range steps {
		n := s.chance.IntN(total)
		for _, act := range acts {
			if n -= act.weight; n < 0 {
				act.do()
				break
			}
		}
		if s.Failed() {
			return
		}
	}
	s.finish()
}

func (s *simulation) note(format string, args ...any) {
	s.log = append(s.log, fmt.Sprintf("%2d ", len(s.log)+1)+fmt.Sprintf(format, args...))
}

// day is a day of the last nine weeks.
func (s *simulation) day() ledger.Date { return date(s.T, "2026-11-05").AddDays(-s.chance.IntN(63)) }

func pick[T any](s *simulation, all []T) T { return all[s.chance.IntN(len(all))] }

func (s *simulation) give() {
	c := &given{member: pick(s, simulated), kind: pick(s, []string{"task", "task", "help", "chat"}), date: s.day()}
	if s.chance.IntN(3) == 0 {
		c.area = "lab"
	}
	quantity := decimal.New(1+s.chance.Int64N(900), -2)
	logged := do[[]ledger.Contribution](s.T)(s.store.LogContributions(s.Context(), s.act(),
		[]ledger.NewContribution{{Member: c.member, Kind: c.kind, Area: c.area, Quantity: quantity, Date: c.date}}))[0]
	c.id = logged.ID
	s.accepted(c, logged)
	s.given = append(s.given, c)
	s.note("%s gives %s of %s %q on %s, number %d", c.member, quantity, c.kind, c.area, c.date, c.number)
}

func (s *simulation) accepted(c *given, from ledger.Contribution) {
	if from.Acceptance != nil {
		c.number, c.weight = from.Acceptance.Number, from.Acceptance.Weight
	}
}

func (s *simulation) acceptLate() {
	waiting := slices.DeleteFunc(slices.Clone(s.given), func(c *given) bool {
		return c.number > 0 || c.member == "bo"
	})
	if len(waiting) == 0 {
		return
	}
	c := pick(s, waiting)
	s.accepted(c, do[[]ledger.Contribution](s.T)(s.store.DecideContributions(s.Context(), s.actAs(s.bo),
		[]ledger.ContributionID{c.id}, ledger.Accept, ""))[0])
	s.note("%s of %s is accepted, number %d", c.kind, c.date, c.number)
}

func (s *simulation) takeBack() {
	standing := slices.DeleteFunc(slices.Clone(s.given), func(c *given) bool {
		return c.number == 0 || c.reversed || c.reversal
	})
	if len(standing) == 0 {
		return
	}
	c := pick(s, standing)
	back := do[[]ledger.Contribution](s.T)(s.store.ReverseContributions(s.Context(), s.act(),
		[]ledger.ContributionID{c.id}, "mistake"))[0]
	c.reversed = true
	r := *c
	r.id, r.reversal = back.ID, true
	s.accepted(&r, back)
	s.given = append(s.given, &r)
	s.note("number %d is taken back by %d", c.number, r.number)
}

// adoptVersion adopts rules of which some may be new and others gone.
func (s *simulation) adoptVersion(at *scope, from ledger.Date) {
	v := adopted{from: from}
	for _, id := range []string{"first", "second", "third"} {
		if len(v.rules) > 0 && s.chance.IntN(2) == 0 {
			continue
		}
		r := ruled{id: id, kinds: []string{"task"}}
		if s.chance.IntN(2) == 0 {
			r.kinds = []string{"task", "help"}
		}
		if s.chance.IntN(4) == 0 {
			r.areas = []string{"lab"}
		}
		if s.chance.IntN(4) == 0 {
			r.since = s.day()
		}
		v.rules = append(v.rules, r)
	}
	document := v.document(s.chance.IntN(2) == 0)
	a := do[postgres.Agreement](s.T)(
		s.store.CreateAgreement(s.Context(), s.act(), at.area, []byte(document), agreement.YAML))
	do[postgres.Agreement](s.T)(s.store.AdoptAgreement(s.Context(), s.act(), a.ID, consent(from, from)))
	at.adopt(v)
	s.note("%q adopts from %s: %+v", at.area, from, v.rules)
}

func (s *simulation) adoptLater() {
	at := pick(s, s.scopes)
	last := at.versions[len(at.versions)-1].from
	s.adoptVersion(at, last.AddDays(s.chance.IntN(20)))
}

func (s *simulation) receive() {
	amount := decimal.New(1+s.chance.Int64N(20_000), -2)
	if s.chance.IntN(6) == 0 {
		amount = decimal.New(1+s.chance.Int64N(3), -2) // rules that give nothing cover nothing
	}
	area := pick(s, []string{"", "", "lab"})
	do[[]ledger.Income](s.T)(s.store.RecordIncomes(s.Context(), s.act(), []ledger.NewIncome{{Area: area,
		Amount: ledger.Money{Amount: amount, Currency: "EUR"}, Date: s.day(), Source: "sale", Asset: "bank"}}))
	s.note("%s comes in for %q", amount, area)
}

func (s *simulation) rate() {
	kind, from := pick(s, []string{"task", "help"}), s.day()
	do[[]postgres.Rate](s.T)(s.store.AddRates(s.Context(), s.act(), []ledger.NewRate{{Kind: kind, From: from,
		Rate: decimal.New(1+s.chance.Int64N(30), -1)}}))
	s.note("a rate for %s from %s", kind, from)
}

// changeStage lets di or eli leave or come back.
func (s *simulation) changeStage() {
	member, from := pick(s, []string{"di", "eli"}), s.day()
	stage := pick(s, []ledger.Stage{ledger.Left, ledger.Left, ledger.FullPart, ledger.Guest})
	do[[]ledger.Member](s.T)(s.store.ChangeStages(s.Context(), s.act(),
		[]ledger.StageChange{{Member: member, Stage: stage, From: from}}))
	s.stages[member] = append(s.stages[member], staged{from, stage})
	s.note("%s is %s from %s", member, stage, from)
}

// tryDraft makes a draft and compares what it shows with the model.
func (s *simulation) newDraft(at *scope, through ledger.Date) (drafted, bool) {
	request := postgres.DistributionRequest{Area: at.area, Through: through}
	if open := s.open(at, through); len(open) > 1 && s.chance.IntN(3) == 0 {
		request.Incomes = []ledger.IncomeID{pick(s, open)}
	}
	made, err := s.store.DraftDistributions(s.Context(), s.act(), []postgres.DistributionRequest{request})
	if err != nil {
		if !slices.Contains([]string{"nothing_to_distribute", "through_goes_back"}, code(err)) {
			s.Errorf("draft: %v", err)
		}
		s.note("no draft for %q through %s: %s", at.area, through, code(err))
		return drafted{}, false
	}
	d := drafted{Distribution: made[0], scope: at, version: at.inForce(through), stages: map[string]int{}}
	for member, rows := range s.stages {
		d.stages[member] = len(rows)
	}
	s.note("draft for %q through %s, cut %d", at.area, through, d.Cut)
	if diff := cmp.Diff(s.waiting(through), d.Preview.WaitingCount); diff != "" {
		s.Errorf("waiting: %s", diff)
	}
	if diff := cmp.Diff(s.uncounted(d), d.Preview.UncountedCount); diff != "" {
		s.Errorf("uncounted: %s", diff)
	}
	return d, true
}

func (s *simulation) open(at *scope, through ledger.Date) (ids []ledger.IncomeID) {
	for _, i := range do[[]ledger.Income](s.T)(s.store.Incomes(s.Context(), s.ana,
		postgres.IncomeFilter{State: "open", Limit: 200})) {
		if i.Area == at.area && !i.Date.After(through) {
			ids = append(ids, i.ID)
		}
	}
	return ids
}

// some is a day on which a distribution may go through: mostly after the last one.
func (s *simulation) someThrough(at *scope) ledger.Date {
	day := s.day()
	if n := len(at.posted); n > 0 && day.Before(at.posted[n-1].Through) && s.chance.IntN(8) > 0 {
		day = at.posted[n-1].Through.AddDays(s.chance.IntN(4))
	}
	return day
}

func (s *simulation) keepDraft() {
	at := pick(s, s.scopes)
	if d, made := s.newDraft(at, s.someThrough(at)); made {
		s.drafts = append(s.drafts, d)
	}
}

// postOld posts a draft that may have been overtaken.
func (s *simulation) postOld() {
	if len(s.drafts) == 0 {
		return
	}
	d := pick(s, s.drafts)
	err := s.post(d)
	refusals := []string{"ok", "inputs_changed", "income_already_distributed", "through_goes_back", "already_posted"}
	if !slices.Contains(refusals, code(err)) {
		s.Errorf("post: %v", err)
	}
}

// divide drafts and posts at once, which is never refused.
func (s *simulation) divide() {
	at := pick(s, s.scopes)
	if d, made := s.newDraft(at, s.someThrough(at)); made {
		if err := s.post(d); err != nil {
			s.Errorf("post: %v", err)
		}
	}
}

// post posts a draft and compares what it recorded with the model.
func (s *simulation) post(d drafted) error {
	posted, err := s.store.PostDistribution(s.Context(), s.act(), d.ID, d.Digest)
	s.note("post through %s, cut %d: %s", d.Through, d.Cut, code(err))
	if err != nil {
		return err
	}
	s.posts++
	if diff := cmp.Diff(s.weights(d), s.recorded(d)); diff != "" {
		s.Errorf("the inputs of distribution %d: %s", posted.Number, diff)
	}
	s.model.post(d, posted)
	var covered []string
	for id := range d.scope.posted[len(d.scope.posted)-1].covered {
		covered = append(covered, id)
	}
	slices.Sort(covered)
	var kept []string
	if err := s.store.Raw().SelectContext(s.Context(), &kept, `
		SELECT rule FROM coverage WHERE distribution_id = $1 ORDER BY rule`, string(d.ID)); err != nil {
		s.Fatal(err)
	}
	if diff := cmp.Diff(covered, kept); diff != "" {
		s.Errorf("the rules that cover: %s", diff)
	}
	return nil
}

// recorded reads the weights that a distribution recorded, by rule, member, kind.
func (s *simulation) recorded(d drafted) map[string]string {
	var document string
	if err := s.store.Raw().GetContext(s.Context(), &document, `
		SELECT document FROM distribution_inputs WHERE distribution_id = $1`, string(d.ID)); err != nil {
		s.Fatal(err)
	}
	in := do[agreement.Inputs](s.T)(agreement.ParseInputs([]byte(document)))
	sums := map[string]decimal.Decimal{}
	for _, r := range d.scope.versions[d.version].rules {
		kinds := slices.Sorted(slices.Values(r.kinds))
		at := slices.IndexFunc(in.Rules, func(rule agreement.RuleInputs) bool { return rule.Rule == r.id })
		for _, row := range in.Rules[at].Members {
			for i, weight := range row.Weights {
				sums[fmt.Sprintf("%s %d %s", r.id, row.Member, kinds[i])] = weight
			}
		}
	}
	return texts(sums)
}

func (s *simulation) reverseLatest() {
	at := pick(s, s.scopes)
	n := len(at.posted)
	if n == 0 {
		return
	}
	if n > 1 {
		_, err := s.store.ReverseDistribution(s.Context(), s.act(), at.posted[0].ID, ledger.Date{}, "too early")
		wantCode(s.T, "not_latest", err)
	}
	s.reverse(at.posted[n-1].Distribution)
	s.note("distribution %d of %q is reversed", at.posted[n-1].Number, at.area)
	at.posted = at.posted[:n-1]
}

// finish accepts all that waits and divides once more in every scope, so that what
// was forgotten would be missing for good.
func (s *simulation) finish() {
	for s.waiting(date(s.T, "2026-12-31")) > s.waitingOf("bo") {
		s.acceptLate()
	}
	for _, at := range s.scopes {
		do[[]ledger.Income](s.T)(s.store.RecordIncomes(s.Context(), s.act(), []ledger.NewIncome{{Area: at.area,
			Amount: eur("1000.00"), Date: date(s.T, "2026-11-05"), Source: "sale", Asset: "bank"}}))
		through := date(s.T, "2026-11-05")
		if n := len(at.posted); n > 0 {
			through = ledger.LaterOf(through, at.posted[n-1].Through)
		}
		if d, made := s.newDraft(at, through); !made {
			s.Error("the last distribution cannot be drafted")
		} else if err := s.post(d); err != nil {
			s.Errorf("the last distribution: %v", err)
		}
		for _, posted := range at.posted[max(0, len(at.posted)-3):] {
			for _, member := range simulated {
				s.explained(posted.Distribution, member)
			}
		}
	}
	s.rehearseAll()
	s.Logf("%d postings", s.posts)
}

func (s *simulation) waitingOf(member string) (n int) {
	for _, c := range s.given {
		if c.number == 0 && c.member == member {
			n++
		}
	}
	return n
}

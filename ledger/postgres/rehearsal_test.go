package postgres_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
)

// rehearse rehearses a text that is not kept.
func (w *world) rehearse(months int, text string) ledger.Rehearsal {
	w.Helper()
	return do[ledger.Rehearsal](w.T)(w.store.Rehearse(w.Context(), w.cy, postgres.RehearsalRequest{
		Text: []byte(text), Format: agreement.YAML, Months: months}))
}

// compared writes lines as what is in force and the draft, by name.
func compared(lines []ledger.RehearsedLine) map[string]string {
	written := map[string]string{}
	for _, l := range lines {
		name := strings.TrimSpace(l.Member + l.Fund + " " + l.Kind)
		written[name] = l.InForce.Figure() + " " + l.Draft.Figure()
	}
	return written
}

// wantCompared compares lines with what is wanted.
func wantCompared(t *testing.T, what string, lines []ledger.RehearsedLine, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, compared(lines)); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

// wantSound fails unless every sum of the rehearsal agrees, its totals are the sums of
// its runs, and what was in force gives what was posted.
func (w *world) wantSound(r ledger.Rehearsal) {
	w.Helper()
	if !r.Agrees() {
		w.Errorf("the rehearsal does not add up: %+v", r.Sides())
	}
	sums := map[string]ledger.RehearsedLine{}
	for _, run := range r.Runs {
		for _, l := range run.Lines {
			sum, found := sums[l.Member+l.Fund]
			if !found {
				sum = ledger.RehearsedLine{Member: l.Member, Fund: l.Fund, InForce: eur("0"), Draft: eur("0")}
			}
			sum.InForce, sum.Draft = sum.InForce.Plus(l.InForce), sum.Draft.Plus(l.Draft)
			sums[l.Member+l.Fund] = sum
		}
		if run.Posted != "" {
			w.wantAsPosted(run)
		}
	}
	var lines []ledger.RehearsedLine
	for _, l := range sums {
		lines = append(lines, l)
	}
	wantCompared(w.T, "totals", r.Totals, compared(lines))
}

// wantAsPosted compares the side in force with the distribution that it replays.
func (w *world) wantAsPosted(run ledger.RehearsedRun) {
	w.Helper()
	posted := do[postgres.Distribution](w.T)(w.store.Distribution(w.Context(), w.ana, run.Posted))
	want := map[string]decimal.Decimal{}
	for _, a := range posted.Allocations {
		want[a.Member.Handle+a.Fund.Code] = want[a.Member.Handle+a.Fund.Code].Add(a.Amount.Amount)
	}
	got := map[string]decimal.Decimal{}
	for _, l := range run.Lines {
		if !l.InForce.IsZero() {
			got[l.Member+l.Fund] = l.InForce.Amount
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("distribution %d: %s", posted.Number, diff)
	}
	side := run.Sides.InForce
	sums := ledger.RehearsedSide{
		CarriedIn: posted.CarriedIn, Incomes: posted.IncomeSum, Given: posted.Given,
		CarriedOut: posted.CarriedOut,
	}
	if diff := cmp.Diff(sums, side); diff != "" {
		w.Errorf("distribution %d: %s", posted.Number, diff)
	}
}

// wantSaid fails unless one of the sentences has the words in it.
func wantSaid(t *testing.T, sentences []string, words string) {
	t.Helper()
	if !strings.Contains(strings.Join(sentences, "\n"), words) {
		t.Errorf("nothing says %q: %q", words, sentences)
	}
}

// fifth has a fifth of everything go to the reserve.
const fifth = `
name: A fifth
currency: EUR
rules:
  - {id: reserve, take: {percent: "20", of: left}, give: {fund: reserve}}
  - {id: work, take: rest, give: {members: {by: {contributions: {factors: {work: "1"}}}}}}
leftover: carry
`

// twoMonths is a commons that divided September and October by a fifth. Ana's hour of
// the 15th of September was late, and counted in October. In between the reserve spent
// 150.00 of its 200.00.
func twoMonths(t *testing.T) *world {
	t.Helper()
	w := riverside(t)
	w.adopt(fifth, "2026-01-01")
	w.log("ana", "work", "6", "2026-09-10")
	w.log("bo", "work", "4", "2026-09-10")
	w.log("ana", "materials", "50", "2026-09-05")
	w.divide("1000.00", "2026-09-30", map[string]string{
		"reserve reserve": "200.00", "work ana": "480.00", "work bo": "320.00"})
	w.log("ana", "work", "1", "2026-09-15")
	w.log("ana", "work", "1", "2026-10-10")
	w.log("bo", "work", "2", "2026-10-10")
	w.log("bo", "materials", "30", "2026-10-05")
	w.move(ledger.Move{Kind: ledger.SpendingEntry, Amount: eur("150.00"), Date: date(t, "2026-10-10"),
		Fund: "reserve", Asset: "bank", Payee: "Shop"})
	w.divide("500.00", "2026-10-31", map[string]string{
		"reserve reserve": "100.00", "work ana": "200.00", "work bo": "200.00"})
	return w
}

// A draft that pays materials first and puts aside a tenth would have paid the claims,
// and overdrawn the reserve.
func TestRehearse(t *testing.T) {
	t.Parallel()
	w := twoMonths(t)
	before := state(t, w.store.Raw())
	r := w.rehearse(0, `
name: A tenth
currency: EUR
rules:
  - {id: materials, take: rest, give: {claims: {kinds: [materials]}}}
  - {id: reserve, take: {percent: "10", of: left}, give: {fund: reserve}}
  - {id: work, take: rest, give: {members: {by: {contributions: {factors: {work: "1"}}}}}}
leftover: carry
`)
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Errorf("rehearsing has written: %s", diff)
	}
	w.wantSound(r)
	if r.Name != "A tenth" || r.Months != 12 || r.After.String() != "2025-11-05" || len(r.Runs) != 2 ||
		r.Runs[0].Version != 1 || r.Runs[1].Through.String() != "2026-10-31" {
		t.Errorf("the rehearsal is %+v", r)
	}
	wantCompared(t, "September", r.Runs[0].Lines, map[string]string{
		"ana": "480.00 563.00", "bo": "320.00 342.00", "reserve": "200.00 95.00"})
	wantCompared(t, "October", r.Runs[1].Lines, map[string]string{
		"ana": "200.00 211.50", "bo": "200.00 241.50", "reserve": "100.00 47.00"})
	wantCompared(t, "totals", r.Totals, map[string]string{
		"ana": "680.00 774.50", "bo": "520.00 583.50", "reserve": "300.00 142.00"})
	wantCompared(t, "claims", r.Claims, map[string]string{
		"ana materials": "50.00 0.00", "bo materials": "30.00 0.00"})
	wantCompared(t, "funds", r.Funds, map[string]string{"reserve": "150.00 -8.00"})
	notes := []string{"Under the draft, the fund reserve would stand at -55.00 EUR before the run " +
		"through 2026-10-31: less goes into it, and what is spent from it stays as it was."}
	if diff := cmp.Diff(notes, r.Notes); diff != "" {
		t.Error(diff)
	}
	if got := r.Totals[0].Difference().Figure(); got != "94.50" {
		t.Errorf("the difference is %s", got)
	}
	wantSaid(t, r.Assumptions(), "It replays the 2 distributions through 2026-09-30 to 2026-10-31")
}

// A rule with another id counts since the first run began, and no late hour of before;
// one that the books know has covered what it has.
func TestRehearseNewRule(t *testing.T) {
	t.Parallel()
	w := twoMonths(t)
	r := w.rehearse(1, strings.ReplaceAll(fifth, "id: work", "id: work-two"))
	w.wantSound(r)
	if len(r.Runs) != 1 {
		t.Fatalf("%d runs", len(r.Runs))
	}
	// Of October's 400.00 Ana's hour is a third.
	wantCompared(t, "October", r.Runs[0].Lines, map[string]string{
		"ana": "200.00 133.33", "bo": "200.00 266.67", "reserve": "100.00 100.00"})
	wantSaid(t, r.Assumptions(),
		"The rule work-two was not in force when the first run began: it counts new contributions "+
			"from 2026-10-01 on.")
	both := w.rehearse(2, strings.ReplaceAll(fifth, "id: work", "id: work-two"))
	wantCompared(t, "both months", both.Totals, map[string]string{
		"ana": "680.00 680.00", "bo": "520.00 520.00", "reserve": "300.00 300.00"})
	wantSaid(t, both.Assumptions(), "from 2026-01-01 on.")
}

// A rule that catches up goes on from what it would have given, and one that counts all
// keeps no account of what it has covered.
func TestRehearseCatchUp(t *testing.T) {
	t.Parallel()
	w := twoMonths(t)
	r := w.rehearse(12, strings.ReplaceAll(fifth,
		`{id: work, take: rest, give: {members: {by: {contributions: {factors: {work: "1"}}}}}}`,
		`{id: fair, take: rest, give: {members: {by: {catch_up: {factors: {work: "1"}}}}}}`))
	w.wantSound(r)
	// In October 1,200.00 for 8 and 6 hours: 685.71 and 514.29, less 480.00 and 320.00.
	wantCompared(t, "October", r.Runs[1].Lines, map[string]string{
		"ana": "200.00 205.71", "bo": "200.00 194.29", "reserve": "100.00 100.00"})
	wantSaid(t, r.Assumptions(), "is read as it stands now: fair.")
	all := w.rehearse(12, strings.ReplaceAll(fifth, `{work: "1"}`, `{work: "1"}, count: all`))
	wantCompared(t, "October", all.Runs[1].Lines, map[string]string{
		"ana": "200.00 228.57", "bo": "200.00 171.43", "reserve": "100.00 100.00"})
}

// What members take of a rule that was not in force is what they say now; of one that
// was, what they said then.
func TestRehearseTakes(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	const rules = `
name: Takes
currency: EUR
rules:
  - {id: team, take: {amount: "50.00"}, give: {members: {by: takes}}}
leftover: carry
`
	w.adopt(rules, "2026-01-01")
	w.take(w.ana, "", "team", "20.00")
	w.divide("100.00", "2026-10-31", map[string]string{"team ana": "20.00"})
	more := strings.Replace(rules, "leftover",
		"  - {id: other, take: {amount: \"50.00\"}, give: {members: {by: takes}}}\nleftover", 1)
	kept := do[postgres.Agreement](t)(
		w.store.CreateAgreement(t.Context(), w.act(), "", []byte(more), agreement.YAML))
	w.take(w.ana, "", "team", "30.00")
	w.take(w.bo, "", "other", "7.00")
	r := do[ledger.Rehearsal](t)(w.store.Rehearse(t.Context(), w.cy,
		postgres.RehearsalRequest{Agreement: kept.ID}))
	w.wantSound(r)
	wantCompared(t, "October", r.Totals, map[string]string{"ana": "20.00 20.00", "bo": "0.00 7.00"})
	if diff := cmp.Diff([]string{"other"}, r.Fresh); diff != "" || r.Agreement != kept.ID {
		t.Errorf("of %s: %s", r.Agreement, diff)
	}
}

// A claim that was really paid, and under the draft was not, meets its holder's rounding
// balance of before all runs: in August Bo got the odd cent, so now it is Cy's.
func TestRehearseRounding(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	const rules = `
name: Claims
currency: EUR
rules:
  - {id: claims, take: {amount: "1.01"}, give: {claims: {kinds: [materials]}}}
leftover: {fund: reserve}
`
	w.adopt(rules, "2026-01-01")
	w.log("bo", "materials", "1", "2026-08-05")
	w.log("cy", "materials", "1", "2026-08-05")
	w.divide("1.01", "2026-08-31", map[string]string{
		"claims bo": "0.51", "claims cy": "0.50"})
	w.divide("0.99", "2026-09-30", map[string]string{
		"claims bo": "0.49", "claims cy": "0.50"})
	w.divide("0.01", "2026-10-31", map[string]string{" reserve": "0.01"})
	r := w.rehearse(2, strings.ReplaceAll(rules, "1.01", "0.01"))
	w.wantSound(r)
	if len(r.Runs) != 2 {
		t.Fatalf("%d runs", len(r.Runs))
	}
	wantCompared(t, "September", r.Runs[0].Lines, map[string]string{
		"bo": "0.49 0.00", "cy": "0.50 0.01", "reserve": "0.00 0.98"})
	wantCompared(t, "October", r.Runs[1].Lines, map[string]string{
		"cy": "0.00 0.01", "reserve": "0.01 0.00"})
}

// Where nothing was distributed the runs are ends of months and today, each with the
// incomes, the claims, the work and the fund money of up to then.
func TestRehearseMonthEnds(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(fifth, "2026-09-15")
	w.income("100.00", "2026-08-10")
	w.income("200.00", "2026-10-20")
	w.income("0.50", "2026-10-31")
	w.income("50.00", "2026-11-03")
	w.log("ana", "work", "1", "2026-08-01")
	w.log("bo", "work", "1", "2026-10-01")
	w.log("bo", "work", "1", "2026-11-04")
	w.log("cy", "materials", "30", "2026-10-02")
	w.move(ledger.Move{Kind: ledger.OpeningEntry, Amount: eur("95.00"), Date: date(t, "2026-10-15"),
		Fund: "reserve"})
	r := w.rehearse(3, `
name: Fill up, pay back, by work
currency: EUR
rules:
  - {id: fill, take: rest, give: {fund: reserve, until: "100.00"}}
  - {id: materials, take: rest, give: {claims: {kinds: [materials]}}}
  - {id: work, take: rest, give: {members: {by: {contributions: {factors: {work: "1"}}}}}}
leftover: carry
`)
	w.wantSound(r)
	var days []string
	for _, run := range r.Runs {
		days = append(days, run.Through.String())
	}
	want := []string{"2026-08-31", "2026-10-31", "2026-11-05"}
	if diff := cmp.Diff(want, days); diff != "" || !r.MonthEnds {
		t.Fatal(diff)
	}
	// In August nothing was in force, and the reserve held nothing.
	wantCompared(t, "August", r.Runs[0].Lines, map[string]string{"reserve": "0.00 100.00"})
	// The opening has filled the reserve beyond its target by then.
	wantCompared(t, "October", r.Runs[1].Lines, map[string]string{
		"cy": "0.00 30.00", "ana": "0.00 85.25", "bo": "240.40 85.25", "reserve": "60.10 0.00"})
	wantCompared(t, "November", r.Runs[2].Lines, map[string]string{
		"bo": "40.00 50.00", "reserve": "10.00 0.00"})
	wantCompared(t, "claims", r.Claims, map[string]string{"cy materials": "30.00 0.00"})
	wantCompared(t, "funds", r.Funds, map[string]string{"reserve": "165.10 195.00"})
	wantSaid(t, r.Assumptions(), "No agreement was in force on 2026-08-31")
	wantSaid(t, r.Assumptions(), "each run is the end of a month, or today")
}

// An agreement for an area that has none is tried on the area's incomes alone.
func TestRehearseArea(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	do[[]ledger.Area](t)(w.store.AddAreas(t.Context(), w.act(), []ledger.Area{{Code: "lab", Name: "Lab"}}))
	w.adopt(fifth, "2026-01-01")
	w.income("100.00", "2026-10-20")
	w.incomeWith("66.25", "2026-10-20", "lab")
	w.log("ana", "work", "1", "2026-10-01")
	r := do[ledger.Rehearsal](t)(w.store.Rehearse(t.Context(), w.cy, postgres.RehearsalRequest{
		Text: []byte(fifth), Format: agreement.YAML, Area: "lab"}))
	w.wantSound(r)
	wantCompared(t, "the lab", r.Totals, map[string]string{"ana": "0.00 40.00", "reserve": "0.00 10.00"})
	if r.Sides().InForce.CarriedOut.Figure() != "50.00" || len(r.Runs) != 1 {
		t.Errorf("the sums are %+v", r.Sides())
	}
	wantSaid(t, r.Assumptions(), "No agreement of the area's own was in force on 2026-10-31, so")
	wantSaid(t, r.Assumptions(), "what was divided outside the area lab")
}

// What cannot be rehearsed is refused.
func TestRehearseRefused(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	try := func(r postgres.RehearsalRequest) error {
		r.Format = agreement.YAML
		_, err := w.store.Rehearse(t.Context(), w.cy, r)
		return err
	}
	text := []byte(fifth)
	wantCode(t, "nothing_to_rehearse", try(postgres.RehearsalRequest{Text: text}))
	wantCode(t, "out_of_range", try(postgres.RehearsalRequest{Text: text, Months: 37}))
	wantCode(t, "out_of_range", try(postgres.RehearsalRequest{Text: text, Months: -1}))
	wantCode(t, "not_found", try(postgres.RehearsalRequest{Text: text, Area: "lab"}))
	wantCode(t, "not_found", try(postgres.RehearsalRequest{
		Agreement: ledger.AgreementID("01890000-0000-7000-8000-000000000000")}))
	wantCode(t, "unknown_fund", try(postgres.RehearsalRequest{
		Text: []byte(strings.ReplaceAll(fifth, "fund: reserve", "fund: reserves"))}))
	wantCode(t, "wrong_currency", try(postgres.RehearsalRequest{
		Text: []byte(strings.ReplaceAll(fifth, "EUR", "USD"))}))
}

// The last 36 runs are replayed, in order, with what was carried into the first.
func TestRehearseManyRuns(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(carryRules, "2026-01-01")
	w.log("ana", "work", "1", "2026-09-20")
	first := date(t, "2026-09-20")
	for i := range ledger.MostRehearsalRuns + 2 {
		w.income("1.00", first.AddDays(i).String())
		w.post(w.draft(first.AddDays(i).String()))
	}
	r := w.rehearse(12, carryRules)
	w.wantSound(r)
	if len(r.Runs) != ledger.MostRehearsalRuns || !r.Shortened ||
		r.Runs[0].Through != first.AddDays(2) {
		t.Errorf("%d runs from %s", len(r.Runs), r.Runs[0].Through)
	}
	for _, l := range r.Totals {
		if !l.Difference().IsZero() {
			t.Errorf("%s: %s", l.Member, l.Difference())
		}
	}
	wantSaid(t, r.Assumptions(), "There were more; the last 36 are replayed.")
}

// Of a commons in which everything has happened, in the area and beside it, what was in
// force gives what was posted; and rehearsing it changes nothing.
func TestRehearseRich(t *testing.T) {
	t.Parallel()
	w := rich(t)
	for area, rules := range map[string]string{"": richRules, "lab": labRules} {
		r := do[ledger.Rehearsal](t)(w.store.Rehearse(t.Context(), w.cy, postgres.RehearsalRequest{
			Text: []byte(rules), Format: agreement.YAML, Area: area}))
		w.wantSound(r)
		if len(r.Runs) == 0 || len(r.Notes) > 0 || r.Area != area {
			t.Errorf("%q: %d runs, %q", area, len(r.Runs), r.Notes)
		}
		if area == "lab" {
			w.wantSame(r)
		}
	}
}

// wantSame fails unless both sides are the same in everything.
func (w *world) wantSame(r ledger.Rehearsal) {
	w.Helper()
	for i, run := range r.Runs {
		if diff := cmp.Diff(run.Sides.InForce, run.Sides.Draft); diff != "" {
			w.Errorf("run %d: %s", i+1, diff)
		}
		r.Totals = append(r.Totals, run.Lines...)
	}
	for _, l := range append(append(r.Totals, r.Claims...), r.Funds...) {
		if !l.InForce.Equal(l.Draft) {
			w.Errorf("%s%s: %s", l.Member, l.Fund, l.Difference())
		}
	}
}

// Where rows were changed behind the program's back, a note says so.
func TestRehearseTampered(t *testing.T) {
	t.Parallel()
	w := twoMonths(t)
	s := tamperWith(t, w.store)
	s.exec(`UPDATE phyle.acceptance SET weight = 3 WHERE number = 1`)
	r := w.rehearse(12, fifth)
	wantSaid(t, r.Notes, "Through 2026-09-30, replaying what was in force gives ana 342.86 EUR, but "+
		"480.00 EUR was posted; run phyle verify.")
	s.restore("acceptance")
	s.exec(`UPDATE phyle.distribution SET carried_out = 5 WHERE number = 2`)
	wantSaid(t, w.rehearse(12, fifth).Notes, "but 5.00 EUR was carried; run phyle verify.")
	s.restore("distribution")
}

// rehearseAll rehearses what governs each scope of the simulation. Where one version
// has governed all the time both sides are the same.
func (s *simulation) rehearseAll() {
	s.at(time.Date(2026, time.December, 20, 9, 0, 0, 0, time.UTC))
	for _, at := range s.scopes {
		last := at.posted[len(at.posted)-1]
		r := do[ledger.Rehearsal](s.T)(s.store.Rehearse(s.Context(), s.cy,
			postgres.RehearsalRequest{Agreement: last.Agreement, Months: 12}))
		s.wantSound(r)
		if len(r.Notes) > 0 {
			s.Errorf("%q: %q", at.area, r.Notes)
		}
		same := true
		for _, run := range r.Runs {
			same = same && run.InForce == last.Agreement
		}
		if same {
			s.wantSame(r)
		}
		if got, want := len(r.Runs), min(len(at.posted), ledger.MostRehearsalRuns); got != want {
			s.Errorf("%q: %d runs of %d", at.area, got, want)
		}
		s.note("rehearsed %q over %d runs, the same: %v", at.area, len(r.Runs), same)
	}
}

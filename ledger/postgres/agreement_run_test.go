package postgres_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// allocated sums what a distribution gave, by rule and receiver.
func allocated(d postgres.Distribution) map[string]string {
	sums := map[string]ledger.Money{}
	for _, a := range d.Allocations {
		key := a.Rule + " " + a.Member.Handle + a.Fund.Code
		if sum, found := sums[key]; found {
			a.Amount = a.Amount.Plus(sum)
		}
		sums[key] = a.Amount
	}
	figures := map[string]string{}
	for key, sum := range sums {
		figures[key] = sum.Figure()
	}
	return figures
}

func wantAllocated(t *testing.T, d postgres.Distribution, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, allocated(d)); diff != "" {
		t.Error(diff)
	}
}

// carryRules keep half for the next distribution.
const carryRules = `
name: Half
currency: EUR
rules:
  - {id: work, name: By work, take: {percent: "50", of: whole}, give: {members: {by: {contributions: {factors: {work: "1"}}}}}}
leftover: carry
`

// What one distribution carries the next one divides, and if that is reversed the
// one after it.
func TestCarry(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(carryRules, "2026-01-01")
	w.log("ana", "work", "1", "2026-10-01")
	w.income("100.00", "2026-10-01")
	first := w.post(w.draft("2026-10-05"))
	wantAllocated(t, first, map[string]string{"work ana": "50.00"})

	w.log("bo", "work", "1", "2026-10-10")
	w.income("30.00", "2026-10-10")
	second := w.post(w.draft("2026-10-15"))
	wantAllocated(t, second, map[string]string{"work bo": "40.00"})
	if diff := cmp.Diff([]string{"50.00", "30.00", "40.00", "40.00"}, sumsOf(second)); diff != "" {
		t.Error(diff)
	}
	w.reverse(second)
	w.log("cy", "work", "3", "2026-10-16")
	again := w.post(w.draft("2026-10-20"))
	wantAllocated(t, again, map[string]string{"work bo": "10.00", "work cy": "30.00"})
	if diff := cmp.Diff([]string{"50.00", "30.00", "40.00", "40.00"}, sumsOf(again)); diff != "" {
		t.Error(diff)
	}
	w.reverse(again)
	w.reverse(first)
	w.log("cy", "work", "2", "2026-10-17")
	all := w.draft("2026-10-20")
	if diff := cmp.Diff([]string{"0.00", "130.00", "65.00", "65.00"}, sumsOf(all)); diff != "" {
		t.Error(diff)
	}
	w.post(all)
	// Only what was carried is there to divide.
	w.log("ana", "work", "1", "2026-10-25")
	carried := w.post(w.draft("2026-10-31"))
	wantAllocated(t, carried, map[string]string{"work ana": "32.50"})
	if len(carried.Incomes) > 0 {
		t.Errorf("it divides %v", carried.Incomes)
	}
}

func sumsOf(d postgres.Distribution) []string {
	return []string{d.CarriedIn.Figure(), d.IncomeSum.Figure(), d.Given.Figure(), d.CarriedOut.Figure()}
}

// An area's agreement governs the incomes of the area from its day on, and counts
// what was given for itself, apart from the commons' own.
func TestAreaAgreement(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	ctx := t.Context()
	do[[]ledger.Area](t)(w.store.AddAreas(ctx, w.act(), []ledger.Area{{Code: "lab", Name: "Lab"}, {Code: "shop", Name: "Shop"}}))
	w.adopt(carryRules, "2026-01-01")
	w.adoptFor("lab", `
name: Lab
currency: EUR
rules:
  - {id: work, name: By work, take: rest, give: {members: {by: {contributions: {factors: {work: "1"}, areas: [lab]}}}}}
leftover: {fund: reserve}
`, "2026-10-10")
	for _, c := range []ledger.NewContribution{
		{Member: "ana", Kind: "work", Area: "lab", Quantity: decimal.NewFromInt(2), Date: date(t, "2026-10-12")},
		{Member: "bo", Kind: "work", Area: "shop", Quantity: decimal.NewFromInt(6), Date: date(t, "2026-10-12")},
		{Member: "cy", Kind: "work", Area: "lab", Quantity: decimal.NewFromInt(3), Date: date(t, "2026-10-09")},
	} {
		do[[]ledger.Contribution](t)(w.store.LogContributions(ctx, w.act(), []ledger.NewContribution{c}))
	}
	in := func(area, amount string) ledger.IncomeID {
		income := sale(t, amount, "2026-10-12")
		income[0].Area = area
		return do[[]ledger.Income](t)(w.store.RecordIncomes(ctx, w.act(), income))[0].ID
	}
	lab, shop, none := in("lab", "110.00"), in("shop", "30.00"), in("", "14.00")

	through := date(t, "2026-10-31")
	wantCode(t, "incomes_of_different_agreements", w.tryDraft(postgres.DistributionRequest{
		Incomes: []ledger.IncomeID{lab, shop}, Through: through}))
	wantCode(t, "not_found", w.tryDraft(postgres.DistributionRequest{Area: "nowhere", Through: through}))
	wantCode(t, "no_agreement", w.tryDraft(postgres.DistributionRequest{Area: "shop", Through: through}))
	wantCode(t, "no_agreement", w.tryDraft(postgres.DistributionRequest{Area: "lab", Through: date(t, "2026-10-09")}))

	drafts := do[[]postgres.Distribution](t)(w.store.DraftDistributions(ctx, w.act(), []postgres.DistributionRequest{
		{Area: "lab", Through: through}, {Incomes: []ledger.IncomeID{lab}, Through: through}, {Through: through}}))
	if drafts[0].Area != "lab" || drafts[1].Area != "lab" || drafts[2].Area != "" || drafts[0].Digest != drafts[1].Digest {
		t.Errorf("the areas are %q, %q and %q", drafts[0].Area, drafts[1].Area, drafts[2].Area)
	}
	// The rule starts with the agreement of the area, so Cy's work of the ninth is not counted.
	wantAllocated(t, w.post(drafts[0]), map[string]string{"work ana": "110.00"})
	wantCode(t, "income_already_distributed", w.tryPost(drafts[1]))
	posted := w.post(drafts[2])
	wantAllocated(t, posted, map[string]string{"work ana": "4.00", "work bo": "12.00", "work cy": "6.00"})
	if len(posted.Incomes) != 2 || posted.Incomes[0].ID != shop || posted.Incomes[1].ID != none {
		t.Errorf("the commons divides %v", posted.Incomes)
	}
	// Each of them is the latest of its own.
	w.reverse(drafts[0])
}

// The part of a party who is absent stays left, and their rounding balance as it was.
func TestAbsentParty(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(`
name: Shares
currency: EUR
rules:
  - id: shares
    name: Partners
    take: rest
    give: {members: {by: {shares: {ana: "3", bo: "2", cy: "1"}}, among: {stages: [member]}}}
leftover: {fund: reserve}
`, "2026-01-01")
	w.income("100.00", "2026-10-01")
	first := w.post(w.draft("2026-10-05"))
	wantAllocated(t, first, map[string]string{"shares ana": "50.00", "shares bo": "33.33", " reserve": "16.67"})
	do[[]ledger.Member](t)(w.store.ChangeStages(t.Context(), w.act(),
		[]ledger.StageChange{{Member: "cy", Stage: ledger.FullPart, From: date(t, "2026-10-06")}}))
	w.income("100.00", "2026-10-06")
	wantAllocated(t, w.post(w.draft("2026-10-06")),
		map[string]string{"shares ana": "50.00", "shares bo": "33.33", "shares cy": "16.67"})
	rounding := count(t, w.store.Raw(), `SELECT round(amount * 3) FROM rounding_balance AS b
		JOIN member AS m USING (commons_id, member_id) WHERE handle = 'cy'`)
	if rounding != -1 {
		t.Errorf("the rounding balance of cy is %d thirds of a cent, want −1: that of the second run alone", rounding)
	}
}

// Who has left keeps what they gave up to their last day where new contributions
// count, and nothing where everybody gets the same.
func TestMemberWhoLeft(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(`
name: Left
currency: EUR
rules:
  - {id: work, name: By work, take: {percent: "50", of: whole}, give: {members: {by: {contributions: {factors: {work: "1"}}}}}}
  - {id: ever, name: Ever, take: {percent: "50", of: left}, give: {members: {by: {contributions: {factors: {work: "1"}, count: all}}}}}
  - {id: same, name: Alike, take: rest, give: {members: {by: equal}}}
leftover: carry
`, "2026-01-01")
	w.log("ana", "work", "2", "2026-10-05")
	w.log("cy", "work", "1", "2026-10-04")
	w.log("cy", "work", "1", "2026-10-09")
	w.log("cy", "work", "5", "2026-10-10") // they have left by then
	do[[]ledger.Member](t)(w.store.ChangeStages(t.Context(), w.act(),
		[]ledger.StageChange{{Member: "cy", Stage: ledger.Left, From: date(t, "2026-10-10")}}))
	w.income("80.00", "2026-10-12")
	d := w.draft("2026-10-31")
	wantAllocated(t, d, map[string]string{"work ana": "20.00", "work cy": "20.00", "ever ana": "20.00",
		"same ana": "10.00", "same bo": "10.00"})
	if d.Preview.UncountedCount != 1 || d.Preview.Uncounted[0].Member != "cy" {
		t.Errorf("the preview lists %+v as covered and not counted", d.Preview.Uncounted)
	}
	w.post(d)
	w.log("cy", "work", "3", "2026-10-08") // late
	w.income("80.00", "2026-10-13")
	wantAllocated(t, w.post(w.draft("2026-11-01")), map[string]string{"work cy": "40.00", "ever ana": "20.00",
		"same ana": "10.00", "same bo": "10.00"})
}

// What comes late, for days that were divided already, counts in the next run, and
// what is taken back then counts against its member.
func TestLateEntries(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(`
name: Late
currency: EUR
rules:
  - {id: work, name: By work, take: rest, give: {members: {by: {contributions: {factors: {work: "1", care: "1"}}}}}}
leftover: {fund: reserve}
`, "2026-01-01")
	first := w.log("ana", "work", "4", "2026-10-05")
	waiting := w.log("cy", "care", "3", "2026-10-06")
	w.log("bo", "work", "4", "2026-10-20")
	w.income("40.00", "2026-10-01")
	d := w.draft("2026-10-15")
	if d.Preview.WaitingCount != 1 || d.Preview.Waiting[0].ID != waiting.ID {
		t.Errorf("waiting: %+v", d.Preview.Waiting)
	}
	w.accept(w.bo, waiting.ID) // beyond the cut
	wantAllocated(t, w.post(d), map[string]string{"work ana": "40.00"})

	w.log("ana", "work", "6", "2026-10-07")
	do[[]ledger.Contribution](t)(w.store.ReverseContributions(t.Context(), w.act(),
		[]ledger.ContributionID{first.ID}, "it was two hours"))
	w.income("90.00", "2026-10-16")
	wantAllocated(t, w.post(w.draft("2026-10-31")),
		map[string]string{"work ana": "20.00", "work bo": "40.00", "work cy": "30.00"})

	only := w.log("ana", "work", "1", "2026-10-07")
	do[[]ledger.Contribution](t)(w.store.ReverseContributions(t.Context(), w.act(),
		[]ledger.ContributionID{only.ID}, "twice"))
	again := w.log("bo", "work", "2", "2026-10-21")
	do[[]ledger.Contribution](t)(w.store.ReverseContributions(t.Context(), w.act(),
		[]ledger.ContributionID{again.ID}, "twice"))
	w.log("cy", "work", "1", "2026-10-22")
	w.income("10.00", "2026-10-31")
	wantAllocated(t, w.post(w.draft("2026-10-31")), map[string]string{"work cy": "10.00"})
}

// A weight below zero counts as zero, and the preview says so.
func TestWeightBelowZero(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(carryRules, "2026-01-01")
	mistake := w.log("ana", "work", "8", "2026-10-05")
	w.income("10.00", "2026-10-01")
	w.post(w.draft("2026-10-05"))
	do[[]ledger.Contribution](t)(w.store.ReverseContributions(t.Context(), w.act(),
		[]ledger.ContributionID{mistake.ID}, "another day"))
	w.log("ana", "work", "2", "2026-10-06")
	w.log("bo", "work", "1", "2026-10-06")
	w.income("15.00", "2026-10-06")
	d := w.draft("2026-10-10")
	wantAllocated(t, d, map[string]string{"work bo": "10.00"})
	want := []postgres.NegativeWeight{{Rule: "work", Member: "ana", Weight: "-6"}}
	if diff := cmp.Diff(want, d.Negative); diff != "" {
		t.Error(diff)
	}
	w.post(d)
}

// The odd cents go round: 0.85 among seven gives the first member the thirteenth
// cent, then the second; and after 0.89 everybody is even.
func TestRotatingCent(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	members := []string{"ana", "bo", "cy", "di", "eli", "fay", "gil"}
	for _, handle := range members[3:] {
		do[[]ledger.Member](t)(w.store.AddMembers(t.Context(), w.act(), []ledger.NewMember{
			{Handle: handle, Name: handle, Stage: ledger.FullPart}}))
	}
	w.adopt(`
name: Alike
currency: EUR
rules:
  - {id: same, name: Alike, take: rest, give: {members: {by: equal}}}
leftover: carry
`, "2026-01-01")
	run := func(amount string) (got []string) {
		w.income(amount, "2026-10-31")
		d := allocated(w.post(w.draft("2026-10-31")))
		for _, handle := range members {
			got = append(got, d["same "+handle])
		}
		return got
	}
	for _, c := range []struct {
		amount string
		want   []string
	}{
		{"0.85", []string{"0.13", "0.12", "0.12", "0.12", "0.12", "0.12", "0.12"}},
		{"0.85", []string{"0.12", "0.13", "0.12", "0.12", "0.12", "0.12", "0.12"}},
		{"0.89", []string{"0.12", "0.12", "0.13", "0.13", "0.13", "0.13", "0.13"}},
		{"0.85", []string{"0.13", "0.12", "0.12", "0.12", "0.12", "0.12", "0.12"}},
	} {
		if diff := cmp.Diff(c.want, run(c.amount)); diff != "" {
			t.Errorf("%s: %s", c.amount, diff)
		}
	}
}

// Every preview says what will be covered without counting: other kinds, areas,
// members who take no part; claims are not among them.
func TestPreviewUncounted(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(carryRules, "2026-01-01")
	do[[]ledger.Member](t)(w.store.AddMembers(t.Context(), w.act(), []ledger.NewMember{
		{Handle: "gus", Name: "Gus", Stage: ledger.Guest}}))
	w.log("ana", "work", "1", "2026-10-01")
	care := w.log("ana", "care", "2", "2026-10-02")
	w.accept(w.bo, care.ID)
	w.log("ana", "materials", "5", "2026-10-02")
	guest := w.log("gus", "work", "3", "2026-10-03")
	w.log("gus", "care", "1", "2026-10-04")
	w.log("ana", "work", "1", "2025-12-31") // before the rule starts
	w.income("10.00", "2026-10-05")
	d := w.draft("2026-10-31")
	type uncounted struct{ Rule, Member, Kind, Weight string }
	var got []uncounted
	for _, u := range d.Preview.Uncounted {
		got = append(got, uncounted{u.Rule, u.Member, u.Kind, u.Weight.String()})
	}
	want := []uncounted{{"work", "ana", "care", "2"}, {"work", "gus", "work", "3"}}
	if diff := cmp.Diff(want, got); diff != "" || d.Preview.UncountedCount != 2 {
		t.Error(diff, d.Preview.UncountedCount)
	}
	if d.Preview.Uncounted[1].ID != guest.ID || d.Preview.WaitingCount != 1 {
		t.Errorf("%+v", d.Preview)
	}
	w.post(d)
	w.income("10.00", "2026-10-05")
	if d := w.draft("2026-10-31"); d.Preview.UncountedCount != 0 {
		t.Errorf("covered already: %+v", d.Preview.Uncounted)
	}
}

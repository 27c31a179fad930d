package postgres_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

const takeRules = `
name: Takes
currency: EUR
rules:
  - {id: team, take: {amount: "100.00"}, give: {members: {by: takes, limits: {least: "2.00"}}}}
  - id: aside
    take: rest
    give: {rules: [{id: extra, take: {amount: "1.00"}, give: {members: {by: takes}}}]}
leftover: {fund: reserve}
`

// take sets what somebody asks for of a rule.
func (w *world) take(by postgres.Caller, area, rule, amount string) ledger.Take {
	w.Helper()
	return do[[]ledger.Take](w.T)(w.store.SetTake(w.Context(), w.actAs(by), []ledger.NewTake{
		{Area: area, Rule: rule, Amount: eur(amount)}}))[0]
}

func (w *world) lab() {
	w.Helper()
	do[[]ledger.Area](w.T)(w.store.AddAreas(w.Context(), w.act(), []ledger.Area{
		{Code: "lab", Name: "Lab"}}))
}

func (w *world) tryTake(takes ...ledger.NewTake) error {
	_, err := w.store.SetTake(w.Context(), w.actAs(w.cy), takes)
	return err
}

// divide posts a distribution of one income of the day, and compares what it gives.
func (w *world) divide(amount, day string, want map[string]string) postgres.Distribution {
	w.Helper()
	w.income(amount, day)
	d := w.post(w.draft(day))
	wantAllocated(w.T, d, want)
	return d
}

// All takes are met or all shrink; what is set after a draft counts from the next one
// on, and nobody is given less than the least.
func TestTakes(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(takeRules, "2026-01-01")
	w.take(w.ana, "", "team", "20.00")
	w.take(w.bo, "", "team", "30.50")
	w.divide("150.00", "2026-10-01", map[string]string{
		"team ana": "20.00", "team bo": "30.50", " reserve": "99.50"})

	w.take(w.ana, "", "team", "60.00")
	w.take(w.bo, "", "team", "80.00")
	w.take(w.cy, "", "team", "60.00")
	w.income("100.00", "2026-10-02")
	draft := w.draft("2026-10-02")
	w.take(w.cy, "", "team", "0.00")
	w.take(w.bo, "", "extra", "5.00")
	wantAllocated(t, w.post(draft), map[string]string{
		"team ana": "30.00", "team bo": "40.00", "team cy": "30.00"})
	// 57.142… and 42.857… of what Ana and Bo still ask for; the cent goes to Bo.
	w.divide("101.00", "2026-10-03", map[string]string{
		"team ana": "42.86", "team bo": "57.14", "extra bo": "1.00"})

	w.take(w.ana, "", "team", "1.99")
	w.divide("101.00", "2026-10-04", map[string]string{
		"team bo": "80.00", "extra bo": "1.00", " reserve": "20.00"})
	w.leave("bo", "2026-10-05")
	w.divide("10.00", "2026-10-05", map[string]string{" reserve": "10.00"})
}

// Takes are listed as they were last set, of each member, area and rule.
func TestTakesList(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.lab()
	w.adopt(takeRules, "2026-01-01")
	w.adoptFor("lab", takeRules, "2026-01-01")
	w.take(w.ana, "", "team", "20.00")
	first := w.take(w.bo, "", "team", "30.00")
	w.take(w.ana, "lab", "team", "40.00")
	last := do[[]ledger.Take](t)(w.store.SetTake(t.Context(), w.actAs(w.ana), []ledger.NewTake{
		{Rule: "team", Amount: eur("50.00")}, {Rule: "team", Amount: eur("60.00")},
		{Rule: "extra", Amount: eur("0.00")}}))
	if last[2].Number != first.Number+4 || last[2].Member.Handle != "ana" {
		t.Errorf("the last is %+v", last[2])
	}
	type row struct{ Member, Area, Rule, Amount string }
	list := func(after int64, limit int) (rows []row) {
		for _, take := range do[[]ledger.Take](t)(w.store.Takes(t.Context(), w.cy, after, limit)) {
			rows = append(rows, row{take.Member.Handle, take.Area, take.Rule, take.Amount.Figure()})
		}
		return rows
	}
	want := []row{{"bo", "", "team", "30.00"}, {"ana", "lab", "team", "40.00"},
		{"ana", "", "team", "60.00"}, {"ana", "", "extra", "0.00"}}
	if diff := cmp.Diff(want, list(0, 10)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want[1:3], list(first.Number, 2)); diff != "" {
		t.Error(diff)
	}
	// The takes of an area are for its own agreement.
	w.divide("150.00", "2026-10-01", map[string]string{
		"team ana": "60.00", "team bo": "30.00", " reserve": "60.00"})
	w.incomeWith("66.25", "2026-10-02", "lab")
	lab := do[[]postgres.Distribution](t)(w.store.DraftDistributions(t.Context(), w.act(),
		[]postgres.DistributionRequest{{Area: "lab", Through: date(t, "2026-10-02")}}))
	wantAllocated(t, w.post(lab[0]), map[string]string{"team ana": "40.00", " reserve": "10.00"})
}

// A take that means nothing is refused, with what may have been meant, and nothing
// is kept.
func TestTakesRefused(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	wantCode(t, "unknown_rule", w.tryTake(ledger.NewTake{Rule: "team", Amount: eur("1.00")}))
	w.lab()
	w.adopt(takeRules, "2026-01-01")
	before := state(t, w.store.Raw())
	for _, c := range []struct {
		name string
		take ledger.NewTake
		want ledger.FieldError
	}{
		{"near miss", ledger.NewTake{Rule: "taem", Amount: eur("1.00")}, ledger.FieldError{
			Pointer: "/1/rule", Code: "unknown_rule",
			Message: `No agreement here has a rule "taem" of this kind; did you mean "team"?`}},
		{"a group", ledger.NewTake{Rule: "aside", Amount: eur("1.00")}, ledger.FieldError{
			Pointer: "/1/rule", Code: "unknown_rule",
			Message: `No agreement here has a rule "aside" of this kind.`}},
		{"in no agreement of the area", ledger.NewTake{Area: "lab", Rule: "team", Amount: eur("1.00")},
			ledger.FieldError{Pointer: "/1/rule", Code: "unknown_rule"}},
		{"no such area", ledger.NewTake{Area: "bal", Rule: "team", Amount: eur("1.00")},
			ledger.FieldError{Pointer: "/1/area", Code: "unknown_area"}},
		{"no rule", ledger.NewTake{Amount: eur("1.00")},
			ledger.FieldError{Pointer: "/1/rule", Code: "required"}},
		{"below zero", ledger.NewTake{Rule: "team", Amount: eur("-0.01")},
			ledger.FieldError{Pointer: "/1/amount/amount", Code: "negative"}},
		{"half cents", ledger.NewTake{Rule: "team", Amount: eur("0.005")},
			ledger.FieldError{Pointer: "/1/amount/amount", Code: "too_many_decimals"}},
		{"another currency", ledger.NewTake{Rule: "team", Amount: ledger.Money{Currency: "USD"}},
			ledger.FieldError{Pointer: "/1/amount/currency", Code: "wrong_currency"}},
	} {
		err, _ := w.tryTake(ledger.NewTake{Rule: "team", Amount: eur("1.00")}, c.take).(*ledger.Error)
		if err == nil {
			t.Errorf("%s: it is taken", c.name)
			continue
		}
		if c.want.Message == "" {
			c.want.Message = err.Fields[0].Message
		}
		if diff := cmp.Diff([]ledger.FieldError{c.want}, err.Fields); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Error(diff)
	}
}

const catchUpRules = `
name: Catch up
currency: EUR
rules:
  - {id: fair, take: rest, give: {members: {by: {catch_up: {factors: {work: "1"}}}}}}
leftover: carry
`

func (w *world) tryReceived(by postgres.Caller, n ledger.NewReceived) error {
	_, err := w.store.OpenReceived(w.Context(), w.actAs(by), []ledger.NewReceived{n})
	return err
}

// openReceived records what a rule gave a member before the books were opened.
func (w *world) openReceived(area, rule, member, amount string) ledger.Received {
	w.Helper()
	return do[[]ledger.Received](w.T)(w.store.OpenReceived(w.Context(), w.act(), []ledger.NewReceived{
		{Area: area, Rule: rule, Member: member, Amount: eur(amount)}}))[0]
}

// A rule that catches up counts what it gave before the books were opened, and not
// what was reversed.
func TestCatchUp(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(catchUpRules, "2026-01-01")
	w.openReceived("", "fair", "ana", "1000.00")
	w.log("ana", "work", "10", "2026-10-01")
	w.log("bo", "work", "10", "2026-10-01")
	// Of 1500 each is due 750: Ana is over that, and Bo gets it all.
	first := w.divide("500.00", "2026-10-01", map[string]string{"fair bo": "500.00"})
	// Of 2200 each is due 1100: Ana lacks 100, Bo 600.
	second := w.divide("700.00", "2026-10-02", map[string]string{
		"fair ana": "100.00", "fair bo": "600.00"})

	w.reverse(second)
	w.log("cy", "work", "20", "2026-10-03")
	// Of 2200 Cy is due 1100, the others 550: 700 over 50 : 1100.
	third := w.post(w.draft("2026-10-03"))
	wantAllocated(t, third, map[string]string{"fair bo": "30.43", "fair cy": "669.57"})

	// All are reversed, and the opening alone is left. What is opened now counts from
	// the next draft on.
	w.reverse(third)
	w.reverse(first)
	draft := w.draft("2026-10-04")
	w.openReceived("", "fair", "bo", "800.00")
	// Of 2200 Cy is due 1100, the others 550: 1200 over 550 : 1100.
	wantAllocated(t, w.post(draft), map[string]string{"fair bo": "400.00", "fair cy": "800.00"})
	w.reverse(draft)
	// Of 3000 Cy is due 1500, the others 750, which both have.
	wantAllocated(t, w.draft("2026-10-04"), map[string]string{"fair cy": "1200.00"})
}

// What was received before is recorded once, by a treasurer, of a rule that reads it.
func TestReceivedOpened(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(catchUpRules, "2026-01-01")
	w.adopt(takeRules, "2026-02-01")
	opened := w.openReceived("", "fair", w.bo.Member.String(), "12.34")
	want := ledger.Received{
		NewReceived: ledger.NewReceived{Rule: "fair", Member: "bo", Amount: eur("12.34")},
		Number:      opened.Number, RecordedBy: "ana", RecordedAt: now}
	if diff := cmp.Diff(want, opened); diff != "" {
		t.Error(diff)
	}
	before := state(t, w.store.Raw())
	good := ledger.NewReceived{Rule: "fair", Member: "cy", Amount: eur("1.00")}
	wantCode(t, "forbidden", w.tryReceived(w.bo, good))
	wantCode(t, "received_already_opened", w.tryReceived(w.ana,
		ledger.NewReceived{Rule: "fair", Member: "bo", Amount: eur("1.00")}))
	for code, change := range map[string]func(*ledger.NewReceived){
		"unknown_rule":   func(n *ledger.NewReceived) { n.Rule = "team" },
		"unknown_member": func(n *ledger.NewReceived) { n.Member = "di" },
		"unknown_area":   func(n *ledger.NewReceived) { n.Area = "lab" },
		"not_positive":   func(n *ledger.NewReceived) { n.Amount = eur("0.00") },
		"required":       func(n *ledger.NewReceived) { n.Member = "" },
	} {
		bad := good
		change(&bad)
		wantCode(t, code, w.tryReceived(w.ana, bad))
	}
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Error(diff)
	}
	w.openReceived("", "fair", "cy", "1.00")
	list := do[[]ledger.Received](t)(w.store.OpenedReceived(t.Context(), w.cy, 0, 1))
	if diff := cmp.Diff([]ledger.Received{want}, list); diff != "" {
		t.Error(diff)
	}
	list = do[[]ledger.Received](t)(w.store.OpenedReceived(t.Context(), w.cy, opened.Number, 9))
	if len(list) != 1 || list[0].Member != "cy" {
		t.Errorf("after the first: %+v", list)
	}
}

// standing is what stands between the commons and a member.
func (w *world) standing(member string) [2]string {
	w.Helper()
	b := do[ledger.MemberBalance](w.T)(w.store.MemberBalance(
		w.Context(), w.ana, postgres.BalanceQuery{}, member))
	return [2]string{b.Payable.Figure(), b.Capital.Figure()}
}

func (w *world) wantStanding(member, payable, capital string) {
	w.Helper()
	if diff := cmp.Diff([2]string{payable, capital}, w.standing(member)); diff != "" {
		w.Errorf("%s: %s", member, diff)
	}
}

// What a rule keeps is the member's capital and not payable; reports tell it apart.
// Once it is redeemed the distribution cannot be reversed.
func TestKeep(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(`
name: Keep
currency: EUR
rules:
  - {id: same, take: {amount: "0.15"}, give: {members: {by: equal, keep: {percent: "50"}}}}
  - id: work
    take: rest
    give: {members: {by: {contributions: {factors: {work: "1"}}}, keep: {percent: "20"}}}
leftover: carry
`, "2026-01-01")
	w.log("ana", "work", "3", "2026-10-01")
	w.log("bo", "work", "1", "2026-10-01")
	// Half of 0.05 is 0.025, to the even cent 0.02.
	d := w.divide("100.15", "2026-10-01", map[string]string{
		"same ana": "0.05", "same bo": "0.05", "same cy": "0.05",
		"work ana": "75.00", "work bo": "25.00"})
	w.wantStanding("ana", "60.03", "15.02")
	w.wantStanding("bo", "20.03", "5.02")
	w.wantStanding("cy", "0.03", "0.02")
	w.wantPayouts(ledger.ByRule, map[string]string{"same": "0.09", "work": "80.00"})
	w.wantPayouts(ledger.ByMember, map[string]string{"ana": "60.03", "bo": "20.03", "cy": "0.03"})

	w.reverse(d)
	w.wantStanding("ana", "0.00", "0.00")
	w.wantPayouts(ledger.ByRule, map[string]string{"same": "0.00", "work": "0.00"})
	again := w.post(w.draft("2026-10-02"))
	w.wantStanding("ana", "60.03", "15.02")

	redeemed := w.move(ledger.Move{Kind: ledger.CapitalEntry, Amount: eur("15.00"),
		Date: date(t, "2026-11-02"), Member: "ana", Redeem: true})
	w.wantStanding("ana", "75.03", "0.02")
	before := state(t, w.store.Raw())
	_, err := w.store.ReverseDistribution(t.Context(), w.act(), again.ID, ledger.Date{}, "mistake")
	wantCode(t, "capital_redeemed", err)
	if refusal, ok := err.(*ledger.Error); !ok || refusal.Detail["shortfall"] != "15.00" ||
		refusal.Detail["account"] != "equity:capital:ana" {
		t.Errorf("the refusal is %v", err)
	}
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Error(diff)
	}
	do[[]ledger.Entry](t)(w.store.ReverseEntries(t.Context(), w.act(),
		[]ledger.EntryID{redeemed.ID}, ledger.Date{}, "too early"))
	w.reverse(again)
	w.wantStanding("ana", "0.00", "0.00")
}

// wantPayouts compares what was distributed, by the keys of the grouping.
func (w *world) wantPayouts(by ledger.PayoutGrouping, want map[string]string) {
	w.Helper()
	report := do[ledger.Payouts](w.T)(w.store.Payouts(w.Context(), w.ana,
		date(w.T, "2026-10-01"), date(w.T, "2026-11-05"), by))
	got := map[string]string{}
	for _, line := range report.Lines {
		got[line.Key] = line.Distributed.Figure()
	}
	if diff := cmp.Diff(want, got); diff != "" || !report.Agrees() {
		w.Errorf("by %s, books %s, booked %s: %s", by, report.Books, report.Booked, diff)
	}
}

package postgres_test

import (
	"testing"

	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// richRules give to claims, funds, parties of whom one is absent, stewards alike
// and by contributions, and carry the rest on.
const richRules = `
name: Riverside, version 4
currency: EUR
rules:
  - {id: materials, name: Pay back, take: rest, give: {claims: {kinds: [materials, love]}}}
  - id: aside
    name: Set aside
    take: rest
    give:
      rules:
        - {id: reserve, name: Reserve, take: {percent: "10", of: whole}, give: {fund: reserve, until: "600.00"}}
        - {id: care-fund, name: Care fund, take: {percent: "5", of: whole}, give: {fund: care}}
  - {id: partners, name: Partners, take: {amount: "20.00"}, give: {members: {by: {shares: {up: "1", eli: "2"}}}}}
  - id: same
    name: Stewards alike
    take: {percent: "10", of: left}
    give: {members: {by: equal, among: {stages: [member], roles: [steward]}}}
  - id: work
    name: By work and care
    take: {percent: "60", of: left}
    give: {members: {by: {contributions: {factors: {work: "1", care: "1.2", repair: "0.5"}, count: new}}}}
leftover: carry
`

// labRules give what members take, keep some as capital, and catch up.
const labRules = `
name: Lab
currency: EUR
rules:
  - {id: lab-takes, name: As asked, take: {amount: "30.00"}, give: {members: {by: takes}}}
  - id: lab-work
    name: By work in the lab
    take: {percent: "80", of: left}
    give: {members: {by: {contributions: {factors: {work: "1"}, areas: [lab]}}, keep: {percent: "12.5"}}}
  - id: lab-fair
    name: Even in the long run
    take: {percent: "50", of: left}
    give: {members: {by: {catch_up: {factors: {work: "1"}}}, keep: {percent: "20"}}}
leftover: {fund: care}
`

// rich is a commons in which everything has happened that the books know.
func rich(t *testing.T) *world {
	t.Helper()
	w := riverside(t)
	w.decided()
	w.opened()
	w.october()
	w.incomeWith("119.00", "2026-10-30", "")
	w.post(w.draft("2026-10-31"))
	w.rated()
	w.imported()
	w.november()
	w.divided()
	w.spent()
	w.approved()
	w.person("bo", "bo@example.org")
	w.incomeWith("59.50", "2026-11-05", "")
	w.reverse(w.post(w.draft("2026-11-05")))
	w.erase("di", "the advance is not paid back yet")
	w.suspend("up")
	w.readmit("up")
	w.suspend("up")
	return w
}

// opened brings what was there before the books began, and closes those days.
func (w *world) opened() {
	w.Helper()
	day := date(w.T, "2026-09-15")
	opening := func(amount string, m ledger.Move) {
		m.Kind, m.Amount, m.Date = ledger.OpeningEntry, eur(amount), day
		w.move(m)
	}
	opening("50.00", ledger.Move{Member: "cy"})
	opening("30.00", ledger.Move{Member: "bo", Capital: true})
	opening("100.00", ledger.Move{Fund: "reserve"})
	opening("500.00", ledger.Move{Asset: "bank"})
	opening("20.00", ledger.Move{Member: "bo", ClaimKind: "materials"})
	do[postgres.Period](w.T)(w.store.ClosePeriod(w.Context(), w.act(), date(w.T, "2026-09-30"), "before the books"))
}

// incomeWith records an income with every type of deduction.
func (w *world) incomeWith(amount, day, area string) ledger.Income {
	w.Helper()
	return do[[]ledger.Income](w.T)(w.store.RecordIncomes(w.Context(), w.act(), []ledger.NewIncome{{
		Amount: eur(amount), Date: date(w.T, day), Payer: "Museum", Source: "sale", Asset: "cash", Area: area,
		Deductions: []ledger.Deduction{
			{Type: ledger.Collected, Name: "vat", Amount: eur("9.50")},
			{Type: ledger.Collected, Name: "vat", Amount: eur("0.50")},
			{Type: ledger.Withheld, Name: "income-tax", Amount: eur("5.00")},
			{Type: ledger.Fee, Name: "card", Amount: eur("1.25")},
		}}}))[0]
}

// rated adds rates of every sort, and members and an area for them.
func (w *world) rated() {
	w.Helper()
	ctx, from := w.Context(), date(w.T, "2026-11-01")
	do[[]ledger.Area](w.T)(w.store.AddAreas(ctx, w.act(), []ledger.Area{{Code: "lab", Name: "Lab"}}))
	do[[]ledger.ContributionKind](w.T)(w.store.AddKinds(ctx, w.act(), []ledger.ContributionKind{
		{Code: "repair", Name: "Repair", Unit: "item", Theme: "work", Becomes: ledger.BecomesWeight, Reviews: 2},
		{Code: "love", Name: "Love", Unit: "credit", Theme: "recognition", Becomes: ledger.BecomesClaim},
	}))
	do[[]ledger.Member](w.T)(w.store.AddMembers(ctx, w.act(), []ledger.NewMember{
		{Handle: "up", Name: "Upstream", Organization: true, Stage: ledger.FullPart, JoinedOn: from},
		{Handle: "eli", Name: "Eli", Stage: ledger.Guest, JoinedOn: from},
		{Handle: "di", Name: "Di", Stage: ledger.FullPart, JoinedOn: from, Roles: []ledger.Role{ledger.Steward}},
	}))
	di := do[ledger.Member](w.T)(w.store.Member(ctx, w.ana, "di"))
	wantCode(w.T, "ok", w.confirm(w.bo, di.Waiting[0]))
	rate := func(value string, r ledger.NewRate) ledger.NewRate {
		r.Rate, r.From = decimal.RequireFromString(value), from
		return r
	}
	do[[]postgres.Rate](w.T)(w.store.AddRates(ctx, w.act(), []ledger.NewRate{
		rate("1.25", ledger.NewRate{Kind: "work"}),
		rate("1.5", ledger.NewRate{Kind: "work", Area: "lab"}),
		rate("0.75", ledger.NewRate{Kind: "work", Stage: ledger.Newcomer}),
		rate("2", ledger.NewRate{Kind: "work", Area: "lab", Stage: ledger.FullPart}),
		rate("3.333333", ledger.NewRate{Kind: "work", Member: "bo"}),
		rate("0.333333", ledger.NewRate{Kind: "love"}),
	}))
}

// imported brings in a file that stays and one that is taken back.
func (w *world) imported() {
	w.Helper()
	do[ledger.Import](w.T)(w.imports("cy,work,1.25,2026-11-01,lab,,sheet-1\nana,care,0.5,2026-11-01,,,sheet-2\n"))
	wrong := do[ledger.Import](w.T)(w.imports("ana,work,1,2026-11-01,,,sheet-3\n" +
		"bo,care,2,2026-11-01,,,\nbo,materials,3.00,2026-11-01,,,sheet-4\n"))
	do[ledger.Import](w.T)(w.store.UndoImport(w.Context(), w.actAs(w.bo), wrong.ID, "the wrong month", nil))
}

// november logs work at every rate, and contributions in every state.
func (w *world) november() {
	w.Helper()
	ctx := w.Context()
	give := func(by postgres.Caller, member, kind, area, quantity, day string) ledger.ContributionID {
		w.Helper()
		return do[[]ledger.Contribution](w.T)(w.store.LogContributions(ctx, w.actAs(by), []ledger.NewContribution{{
			Member: member, Kind: kind, Area: area, Quantity: decimal.RequireFromString(quantity),
			Date: date(w.T, day)}}))[0].ID
	}
	decide := func(by postgres.Caller, id ledger.ContributionID, d ledger.Decision, reason string) {
		w.Helper()
		do[[]ledger.Contribution](w.T)(w.store.DecideContributions(ctx, w.actAs(by), []ledger.ContributionID{id}, d, reason))
	}
	give(w.ana, "ana", "work", "lab", "3.5", "2026-11-02")
	give(w.ana, "eli", "work", "lab", "2", "2026-11-02")
	give(w.ana, "di", "work", "", "4", "2026-11-02")
	give(w.bo, "bo", "work", "", "7.123456", "2026-11-02")
	give(w.cy, "cy", "work", "lab", "5", "2026-11-03")
	give(w.cy, "cy", "work", "", "6", "2026-10-15") // late
	covered := give(w.ana, "cy", "work", "", "1.5", "2026-10-16")
	give(w.cy, "cy", "love", "", "10", "2026-11-03")
	wrong := give(w.ana, "bo", "materials", "", "40.01", "2026-11-03")
	do[[]ledger.Contribution](w.T)(w.store.ReverseContributions(ctx, w.act(),
		[]ledger.ContributionID{covered, wrong}, "entered twice"))
	decide(w.bo, give(w.ana, "ana", "care", "", "2", "2026-11-03"), ledger.Accept, "")
	repair := give(w.cy, "cy", "repair", "", "3", "2026-11-03")
	decide(w.ana, repair, ledger.Accept, "")
	decide(w.bo, repair, ledger.Accept, "well done")
	decide(w.bo, give(w.ana, "cy", "care", "", "1", "2026-11-03"), ledger.Decline, "not agreed")
	decide(w.cy, give(w.cy, "cy", "care", "", "1", "2026-11-03"), ledger.Withdraw, "")
	asked := give(w.cy, "cy", "care", "", "1", "2026-11-03")
	decide(w.bo, asked, ledger.Question, "which child?")
	decide(w.bo, asked, ledger.Accept, "")
	give(w.cy, "cy", "repair", "", "1", "2026-11-04")
}

// divided posts distributions that carry, reverses one, and divides for the lab.
func (w *world) divided() {
	w.Helper()
	ctx := w.Context()
	w.adopt(richRules, "2026-11-01")
	w.adoptFor("lab", labRules, "2026-11-01")
	w.take(w.ana, "lab", "lab-takes", "12.34")
	w.take(w.cy, "lab", "lab-takes", "20.00")
	w.openReceived("lab", "lab-fair", "bo", "15.00")
	first, second := w.income("500.00", "2026-11-02"), w.income("333.33", "2026-11-03")
	mistake := w.income("77.00", "2026-11-03")
	do[[]ledger.Income](w.T)(w.store.ReverseIncomes(ctx, w.act(),
		[]ledger.IncomeID{mistake.ID}, ledger.Date{}, "not ours"))
	w.post(w.draft("2026-11-03", first.ID))
	w.log("di", "work", "2.5", "2026-11-03")
	w.reverse(w.post(w.draft("2026-11-04", second.ID)))
	w.incomeWith("250.00", "2026-11-04", "lab")
	lab := do[[]postgres.Distribution](w.T)(w.store.DraftDistributions(ctx, w.act(),
		[]postgres.DistributionRequest{{Area: "lab", Through: date(w.T, "2026-11-04")}}))
	w.post(lab[0])
	w.leave("di", "2026-11-04")
	w.post(w.draft("2026-11-04", second.ID))
}

// spent moves money in every other way, and takes one move back.
func (w *world) spent() {
	w.Helper()
	day := date(w.T, "2026-11-05")
	moved := func(kind ledger.EntryKind, amount string, m ledger.Move) ledger.Entry {
		w.Helper()
		m.Kind, m.Amount, m.Date = kind, eur(amount), day
		return w.move(m)
	}
	moved(ledger.SpendingEntry, "12.34", ledger.Move{Fund: "care", Asset: "bank", Payee: "Shop"})
	moved(ledger.SpendingEntry, "10.00", ledger.Move{Tax: "vat", Asset: "bank", Payee: "State"})
	wrong := moved(ledger.SpendingEntry, "5.00", ledger.Move{Fund: "reserve", Asset: "bank", Payee: "Shop"})
	moved(ledger.RefundEntry, "1.00", ledger.Move{Fund: "reserve", Asset: "bank", Payee: "Museum"})
	moved(ledger.TransferEntry, "2.00", ledger.Move{Fund: "reserve", ToFund: "care"})
	moved(ledger.TransferEntry, "3.00", ledger.Move{Asset: "bank", ToAsset: "cash"})
	moved(ledger.CapitalEntry, "25.00", ledger.Move{Member: "bo", Asset: "bank"})
	moved(ledger.CapitalEntry, "15.00", ledger.Move{Member: "bo", Redeem: true})
	moved(ledger.PaymentEntry, "40.00", ledger.Move{Member: "cy", Asset: "bank"})
	moved(ledger.AdvanceEntry, "99.00", ledger.Move{Member: "di", Asset: "bank"})
	do[[]ledger.Entry](w.T)(w.store.MoveMoney(w.Context(), w.actAs(w.cy), []ledger.Move{
		{Kind: ledger.GiftEntry, Amount: eur("4.00"), Date: day, Member: "cy", To: "bo"},
		{Kind: ledger.GiftEntry, Amount: eur("6.00"), Date: day, Member: "cy", ToFund: "care"}}))
	do[[]ledger.Entry](w.T)(w.store.ReverseEntries(w.Context(), w.act(),
		[]ledger.EntryID{wrong.ID}, ledger.Date{}, "the wrong fund"))
}

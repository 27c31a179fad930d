package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// at sets the clock.
func (w *world) at(instant time.Time) { w.store.SetClock(func() time.Time { return instant }) }

// owed returns what is payable to the member by the query.
func (w *world) owed(q postgres.BalanceQuery, member string) string {
	w.Helper()
	return do[ledger.MemberBalance](w.T)(w.store.MemberBalance(w.Context(), w.ana, q, member)).Payable.Figure()
}

// held returns the balances that are not zero, by account.
func (w *world) held(q postgres.BalanceQuery) map[string]string {
	w.Helper()
	found := map[string]string{}
	for _, a := range do[[]ledger.AccountBalance](w.T)(w.store.Accounts(w.Context(), w.ana, q, "", 200)) {
		if !a.Balance.IsZero() {
			found[a.Name] = a.Balance.Figure()
		}
	}
	return found
}

func opening(t *testing.T, amount, day string, m ledger.Move) ledger.Move {
	t.Helper()
	m.Kind, m.Amount, m.Date = ledger.OpeningEntry, eur(amount), date(t, day)
	return m
}

// There are two clocks: the day on which it happened, and the instant at which it
// was recorded. An entry dated back changes the one and not the other.
func TestBalanceOf(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	first, second := now, now.Add(time.Hour)
	w.move(opening(t, "100.00", "2026-10-10", ledger.Move{Member: "cy"}))
	w.at(second)
	w.move(opening(t, "30.00", "2026-10-05", ledger.Move{Member: "cy"})) // dated back
	w.at(second.Add(time.Hour))
	w.move(ledger.Move{Kind: ledger.PaymentEntry, Amount: eur("45.00"), Date: date(t, "2026-10-20"),
		Member: "cy", Asset: "bank"})
	for _, c := range []struct {
		name     string
		date     string
		recorded time.Time
		want     string
	}{
		{name: "now", want: "85.00"},
		{name: "before all", date: "2026-10-04", want: "0.00"},
		{name: "on the day of the entry dated back", date: "2026-10-05", want: "30.00"},
		{name: "between", date: "2026-10-09", want: "30.00"},
		{name: "on the day", date: "2026-10-10", want: "130.00"},
		{name: "after all", date: "2026-12-31", want: "85.00"},
		{name: "before anything was recorded", recorded: first.Add(-time.Second), want: "0.00"},
		{name: "as recorded first", recorded: first, want: "100.00"},
		{name: "as recorded between", recorded: second.Add(-time.Microsecond), want: "100.00"},
		{name: "as recorded second", recorded: second, want: "130.00"},
		{name: "as recorded later", recorded: second.Add(24 * time.Hour), want: "85.00"},
		{name: "to a day as recorded first", date: "2026-10-07", recorded: first, want: "0.00"},
		{name: "to a day as recorded second", date: "2026-10-07", recorded: second, want: "30.00"},
	} {
		q := postgres.BalanceQuery{RecordedAt: c.recorded}
		if c.date != "" {
			q.Date = date(t, c.date)
		}
		if diff := cmp.Diff(c.want, w.owed(q, "cy")); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// Every account answers the same in all three ways where they mean the same, and
// the sides of the books balance in each.
func TestBalancesAgree(t *testing.T) {
	t.Parallel()
	w := rich(t)
	all := w.held(postgres.BalanceQuery{})
	for name, q := range map[string]postgres.BalanceQuery{
		"to the last day":       {Date: date(t, "2026-12-31")},
		"as recorded":           {RecordedAt: now},
		"as recorded, to a day": {RecordedAt: now, Date: date(t, "2026-12-31")},
	} {
		if diff := cmp.Diff(all, w.held(q)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for day := range 60 {
		q := postgres.BalanceQuery{Date: date(t, "2026-09-10").AddDays(day)}
		sum, held := decimal.Zero, w.held(q)
		for _, amount := range held {
			sum = sum.Add(decimal.RequireFromString(amount))
		}
		if !sum.IsZero() {
			t.Errorf("on %s all accounts sum to %s", q.Date, sum)
		}
		q.RecordedAt = now
		if diff := cmp.Diff(held, w.held(q)); diff != "" {
			t.Errorf("on %s: %s", q.Date, diff)
		}
	}
}

// A register page by page has the lines and the balances of the whole.
func TestRegisterPages(t *testing.T) {
	t.Parallel()
	w := rich(t)
	for _, account := range []string{"equity:undistributed", "assets:bank", "liabilities:payable:cy", "equity:fund:care"} {
		whole := do[postgres.Register](t)(w.store.Register(t.Context(), w.ana,
			postgres.RegisterFilter{Account: account, Limit: 1000}))
		end := w.held(postgres.BalanceQuery{})[account]
		if n := len(whole.Lines); n < 3 || !whole.Opening.IsZero() || whole.Lines[n-1].Balance.Figure() != end {
			t.Errorf("%s: %d lines from %s to %s, want %s", account, n, whole.Opening, whole.Lines[n-1].Balance, end)
		}
		for _, limit := range []int{1, 2, 3, 7} {
			var lines []postgres.RegisterLine
			filter := postgres.RegisterFilter{Account: account, Limit: limit}
			for {
				page := do[postgres.Register](t)(w.store.Register(t.Context(), w.ana, filter))
				if n := len(lines); n > 0 && !page.Opening.Equal(lines[n-1].Balance) {
					t.Errorf("%s: a page opens with %s after %s", account, page.Opening, lines[n-1].Balance)
				}
				lines = append(lines, page.Lines...)
				if len(page.Lines) < limit {
					break
				}
				last := page.Lines[len(page.Lines)-1]
				filter.After = postgres.RegisterPlace{Date: last.Date, Sequence: last.Sequence, Ordinal: last.Ordinal}
			}
			if diff := cmp.Diff(whole.Lines, lines, cmp.AllowUnexported(ledger.Date{})); diff != "" {
				t.Errorf("%s by %d: %s", account, limit, diff)
			}
		}
		part := do[postgres.Register](t)(w.store.Register(t.Context(), w.ana, postgres.RegisterFilter{
			Account: account, From: date(t, "2026-11-01"), To: date(t, "2026-11-03"), Limit: 1000}))
		before := do[postgres.Register](t)(w.store.Register(t.Context(), w.ana, postgres.RegisterFilter{
			Account: account, To: date(t, "2026-10-31"), Limit: 1000}))
		if n := len(before.Lines); n > 0 && !part.Opening.Equal(before.Lines[n-1].Balance) {
			t.Errorf("%s: November opens with %s, October closes with %s", account, part.Opening, before.Lines[n-1].Balance)
		}
		for _, line := range part.Lines {
			if line.Date.Before(date(t, "2026-11-01")) || line.Date.After(date(t, "2026-11-03")) {
				t.Errorf("%s: a line of %s", account, line.Date)
			}
		}
	}
}

// Opening balances bring in what was there before the books, of every sort.
func TestOpenings(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.opened()
	want := map[string]string{
		"assets:bank": "500.00", "equity:capital:bo": "-30.00", "equity:fund:reserve": "-100.00",
		"equity:opening": "-320.00", "liabilities:payable:cy": "-50.00",
		"memo:claim:materials:bo": "-20.00", "memo:claims": "20.00",
	}
	if diff := cmp.Diff(want, w.held(postgres.BalanceQuery{})); diff != "" {
		t.Error(diff)
	}
}

// A reversal negates the entry, is dated today or later than the entry, and there
// is only one.
func TestReverseEntry(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	before := w.held(postgres.BalanceQuery{})
	e := w.move(opening(t, "70.00", "2026-10-10", ledger.Move{Fund: "care"}))
	reverse := func(id ledger.EntryID, day ledger.Date) error {
		_, err := w.store.ReverseEntries(t.Context(), w.act(), []ledger.EntryID{id}, day, "mistake")
		return err
	}
	wantCode(t, "invalid_date", reverse(e.ID, date(t, "2026-10-09")))
	wantCode(t, "invalid_date", reverse(e.ID, date(t, "2027-10-09")))
	wantCode(t, "ok", reverse(e.ID, ledger.Date{}))
	wantCode(t, "already_reversed", reverse(e.ID, ledger.Date{}))
	ahead := w.move(opening(t, "1.00", "2026-11-20", ledger.Move{Fund: "care"}))
	wantCode(t, "invalid_date", reverse(ahead.ID, date(t, "2026-11-19")))
	wantCode(t, "ok", reverse(ahead.ID, ledger.Date{})) // on its own day
	if diff := cmp.Diff(before, w.held(postgres.BalanceQuery{})); diff != "" {
		t.Error(diff)
	}
	earlier := w.held(postgres.BalanceQuery{Date: date(t, "2026-11-04")})
	if diff := cmp.Diff("-70.00", earlier["equity:fund:care"]); diff != "" {
		t.Errorf("the days before the reversal: %s", diff)
	}
	entries := do[[]ledger.Entry](t)(w.store.Entries(t.Context(), w.ana, postgres.EntryFilter{Limit: 200}))
	if entries[0].Reverses != ahead.ID || entries[0].Date != ahead.Date || entries[2].Reverses != e.ID ||
		entries[0].Kind != ledger.ReversalEntry {
		t.Errorf("the reversal is %+v", entries[0])
	}
	wantCode(t, "is_reversal", reverse(entries[0].ID, ledger.Date{}))
	w.post(w.draft("2026-10-31"))
	for _, kind := range []ledger.EntryKind{ledger.IncomeEntry, ledger.ClaimEntry, ledger.DistributionEntry} {
		one := do[[]ledger.Entry](t)(w.store.Entries(t.Context(), w.ana, postgres.EntryFilter{Kind: kind, Limit: 1}))
		wantCode(t, "reverse_its_source", reverse(one[0].ID, ledger.Date{}))
	}
}

// A closed period takes no entry of any kind; what lies in it is reversed today.
func TestClosedPeriod(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	e := w.move(opening(t, "70.00", "2026-10-10", ledger.Move{Fund: "care"}))
	mistake := w.income("12.00", "2026-10-11")
	d := w.post(w.draft("2026-10-20"))
	shut := func(through string) error {
		_, err := w.store.ClosePeriod(t.Context(), w.act(), date(t, through), "accounts are done")
		return err
	}
	wantCode(t, "invalid_date", shut("2026-11-05")) // today
	wantCode(t, "ok", shut("2026-10-31"))
	wantCode(t, "invalid_date", shut("2026-10-15"))
	before := state(t, w.store.Raw())
	day := date(t, "2026-10-31")
	wantCode(t, "period_closed", w.tryMove(opening(t, "1.00", "2026-10-31", ledger.Move{Member: "cy"})))
	wantCode(t, "period_closed", w.tryMove(opening(t, "1.00", "1900-01-01", ledger.Move{Member: "cy"})))
	_, err := w.store.RecordIncomes(t.Context(), w.act(), sale(t, "5.00", "2026-10-30"))
	wantCode(t, "period_closed", err)
	_, err = w.store.ReverseEntries(t.Context(), w.act(), []ledger.EntryID{e.ID}, day, "mistake")
	wantCode(t, "period_closed", err)
	_, err = w.store.ReverseDistribution(t.Context(), w.act(), d.ID, day, "mistake")
	wantCode(t, "period_closed", err)
	_, err = w.store.ReverseIncomes(t.Context(), w.act(), []ledger.IncomeID{mistake.ID}, day, "mistake")
	wantCode(t, "income_already_distributed", err)
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Error(diff)
	}

	wantCode(t, "ok", w.tryMove(opening(t, "1.00", "2026-11-01", ledger.Move{Member: "cy"})))
	closed := w.held(postgres.BalanceQuery{Date: day})
	w.reverse(d)
	do[[]ledger.Income](t)(w.store.ReverseIncomes(t.Context(), w.act(),
		[]ledger.IncomeID{mistake.ID}, ledger.Date{}, "mistake"))
	do[[]ledger.Entry](t)(w.store.ReverseEntries(t.Context(), w.act(), []ledger.EntryID{e.ID}, ledger.Date{}, "mistake"))
	claim := w.log("cy", "materials", "7", "2026-10-15") // given in October, promised today
	if claim.Acceptance == nil {
		t.Error("the claim is not accepted")
	}
	if diff := cmp.Diff(closed, w.held(postgres.BalanceQuery{Date: day})); diff != "" {
		t.Errorf("the closed days have changed: %s", diff)
	}
	wantCode(t, "ok", shut("2026-11-04"))
	periods := do[[]postgres.Period](t)(w.store.Periods(t.Context(), w.ana))
	if len(periods) != 2 || periods[1].From != date(t, "2026-11-01") {
		t.Errorf("%+v", periods)
	}
}

// Funds, capital, what is undistributed and what is payable never go below zero,
// and the refusal says what is short.
func TestBelowZero(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.opened()
	day := date(t, "2026-11-05")
	pay := func(kind ledger.EntryKind, amount string, m ledger.Move) ledger.Move {
		m.Kind, m.Amount, m.Date = kind, eur(amount), day
		return m
	}
	for _, c := range []struct {
		name      string
		moves     []ledger.Move
		code      string
		account   string
		shortfall string
	}{
		{"fund", []ledger.Move{pay(ledger.SpendingEntry, "100.01", ledger.Move{Fund: "reserve", Asset: "bank"})},
			"exceeds_fund", "equity:fund:reserve", "0.01"},
		{"fund that never had anything", []ledger.Move{
			pay(ledger.TransferEntry, "5.00", ledger.Move{Fund: "care", ToFund: "reserve"})},
			"exceeds_fund", "equity:fund:care", "5.00"},
		{"undistributed", []ledger.Move{pay(ledger.RefundEntry, "1.00", ledger.Move{FromUndistributed: true, Asset: "bank"})},
			"exceeds_undistributed", "equity:undistributed", "1.00"},
		{"capital", []ledger.Move{pay(ledger.CapitalEntry, "30.50", ledger.Move{Member: "bo", Redeem: true})},
			"exceeds_capital", "equity:capital:bo", "0.50"},
		{"payable", []ledger.Move{pay(ledger.PaymentEntry, "51.00", ledger.Move{Member: "cy", Asset: "bank"})},
			"exceeds_payable", "liabilities:payable:cy", "1.00"},
		{"advance", []ledger.Move{pay(ledger.AdvanceEntry, "550.01", ledger.Move{Member: "cy", Asset: "bank"})},
			"exceeds_payable", "liabilities:payable:cy", "0.01"},
		{"payments together", []ledger.Move{pay(ledger.PaymentEntry, "30.00", ledger.Move{Member: "cy", Asset: "bank"}),
			pay(ledger.PaymentEntry, "30.00", ledger.Move{Member: "cy", Asset: "bank"})},
			"exceeds_payable", "liabilities:payable:cy", "10.00"},
		{"a payment that hides before an advance", []ledger.Move{
			pay(ledger.PaymentEntry, "200.00", ledger.Move{Member: "cy", Asset: "bank"}),
			pay(ledger.AdvanceEntry, "0.01", ledger.Move{Member: "cy", Asset: "bank"})},
			"exceeds_payable", "liabilities:payable:cy", "150.00"},
		{"spent before it came", []ledger.Move{pay(ledger.SpendingEntry, "10.00", ledger.Move{Fund: "care", Asset: "bank"}),
			pay(ledger.TransferEntry, "10.00", ledger.Move{Fund: "reserve", ToFund: "care"})},
			"exceeds_fund", "equity:fund:care", "10.00"},
		{"a payment after an advance", []ledger.Move{
			pay(ledger.AdvanceEntry, "60.00", ledger.Move{Member: "cy", Asset: "bank"}),
			pay(ledger.PaymentEntry, "0.01", ledger.Move{Member: "cy", Asset: "bank"})},
			"exceeds_payable", "liabilities:payable:cy", "10.01"},
		{"all that there is", []ledger.Move{pay(ledger.SpendingEntry, "100.00", ledger.Move{Fund: "reserve", Asset: "bank"}),
			pay(ledger.CapitalEntry, "30.00", ledger.Move{Member: "bo", Redeem: true}),
			pay(ledger.PaymentEntry, "50.00", ledger.Move{Member: "cy", Asset: "bank"}),
			pay(ledger.AdvanceEntry, "500.00", ledger.Move{Member: "cy", Asset: "bank"})}, "ok", "", ""},
	} {
		before := state(t, w.store.Raw())
		_, err := w.store.MoveMoney(t.Context(), w.act(), c.moves)
		if diff := cmp.Diff(c.code, code(err)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		refusal, refused := err.(*ledger.Error)
		if !refused {
			continue
		}
		if diff := cmp.Diff(map[string]string{"account": c.account, "shortfall": c.shortfall}, refusal.Detail); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	gift := pay(ledger.GiftEntry, "1.00", ledger.Move{Member: "cy", ToFund: "care"})
	_, err := w.store.MoveMoney(t.Context(), w.actAs(w.cy), []ledger.Move{gift})
	wantCode(t, "exceeds_payable", err)
	wantCode(t, "forbidden", w.tryMove(gift)) // nobody gives what is another's
}

// A clock that is set back, or forward and back, never makes the books go back:
// entries are recorded at the instant of their predecessor or later.
func TestCase14ClockSetBack(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	var want []time.Time
	latest := now
	for i, step := range []time.Duration{0, time.Hour, -48 * time.Hour, -30 * time.Minute, 2 * time.Hour, time.Hour} {
		instant := now.Add(step)
		w.at(instant)
		if instant.After(latest) {
			latest = instant
		}
		want = append(want, latest)
		w.move(opening(t, fmt.Sprintf("%d.00", i+1), "2026-10-10", ledger.Move{Member: "cy"}))
	}
	var got []time.Time
	err := w.store.Raw().SelectContext(t.Context(), &got, `SELECT recorded_at FROM entry ORDER BY sequence`)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		if !got[i].Equal(want[i]) {
			t.Errorf("entry %d is recorded at %s, want %s", i+1, got[i].UTC(), want[i])
		}
	}
	if diff := cmp.Diff("21.00", w.owed(postgres.BalanceQuery{RecordedAt: now.Add(2 * time.Hour)}, "cy")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("10.00", w.owed(postgres.BalanceQuery{RecordedAt: now.Add(time.Hour)}, "cy")); diff != "" {
		t.Error(diff)
	}
}

// An act that names one thing twice is refused as such, and does nothing.
func TestNamedTwice(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	care := w.log("ana", "care", "1", "2026-10-05")
	work := w.log("ana", "work", "1", "2026-10-05")
	income := w.income("5.00", "2026-10-05")
	e := w.move(opening(t, "70.00", "2026-10-10", ledger.Move{Fund: "care"}))
	before := state(t, w.store.Raw())
	_, err := w.store.DecideContributions(t.Context(), w.actAs(w.bo),
		[]ledger.ContributionID{care.ID, care.ID}, ledger.Accept, "")
	wantCode(t, "named_twice", err)
	_, err = w.store.ReverseContributions(t.Context(), w.act(), []ledger.ContributionID{work.ID, work.ID}, "twice")
	wantCode(t, "named_twice", err)
	_, err = w.store.ReverseIncomes(t.Context(), w.act(), []ledger.IncomeID{income.ID, income.ID}, ledger.Date{}, "twice")
	wantCode(t, "named_twice", err)
	_, err = w.store.ReverseEntries(t.Context(), w.act(), []ledger.EntryID{e.ID, e.ID}, ledger.Date{}, "twice")
	wantCode(t, "named_twice", err)
	wantCode(t, "unknown_income", w.tryDraft(postgres.DistributionRequest{
		Incomes: []ledger.IncomeID{income.ID, income.ID}, Through: date(t, "2026-10-31")}))
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Error(diff)
	}
}

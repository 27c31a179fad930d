package postgres_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// claimed is a line of a claim report, as text.
type claimed struct {
	Kind, Member, Promised, Paid, Outstanding, Oldest string
	Days                                              int
}

func (w *world) claims(day string) []claimed {
	w.Helper()
	var q postgres.BalanceQuery
	if day != "" {
		q.Date = date(w.T, day)
	}
	r := do[ledger.ClaimsReport](w.T)(w.store.ClaimsReport(w.Context(), w.ana, q))
	if !r.Agrees() {
		w.Errorf("on %s the lines come to %s, the books to %s", day, r.Total.Outstanding, r.Books)
	}
	lines := []claimed{}
	for _, l := range r.Lines {
		lines = append(lines, claimed{l.Kind, l.Member, l.Promised.Figure(), l.Paid.Figure(),
			l.Outstanding.Figure(), l.Oldest.String(), l.Days})
	}
	return lines
}

// What was paid is counted against the oldest promises, and what was reversed against
// the promise that it takes back, whichever came first.
func TestClaimsReport(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	clock := now
	w.store.SetClock(func() time.Time { return clock })
	on := func(day string) { clock = date(t, day).Time().Add(12 * time.Hour) }
	w.adopt(riversideRules, "2026-01-01")

	on("2026-12-01")
	first := w.log("ana", "materials", "100", "2026-12-01")
	on("2026-12-11")
	w.log("ana", "materials", "50", "2026-12-10")
	w.log("bo", "materials", "30", "2026-12-10")
	if diff := cmp.Diff([]claimed{
		{"materials", "ana", "150.00", "0.00", "150.00", "2026-12-01", 10},
		{"materials", "bo", "30.00", "0.00", "30.00", "2026-12-11", 0},
	}, w.claims("")); diff != "" {
		t.Error(diff)
	}

	// 90 of the 180 are paid: 75 to Ana, 15 to Bo, both of their oldest.
	on("2026-12-20")
	w.income("90.00", "2026-12-20")
	posted := w.post(w.draft("2026-12-20"))
	if diff := cmp.Diff([]claimed{
		{"materials", "ana", "150.00", "75.00", "75.00", "2026-12-01", 19},
		{"materials", "bo", "30.00", "15.00", "15.00", "2026-12-11", 9},
	}, w.claims("")); diff != "" {
		t.Error(diff)
	}

	// The 100 were a mistake: the 50 stand, and more than they were paid.
	w.reverse(posted)
	do[[]ledger.Contribution](t)(w.store.ReverseContributions(t.Context(), w.act(),
		[]ledger.ContributionID{first.ID}, "entered twice"))
	on("2026-12-21")
	if diff := cmp.Diff([]claimed{
		{"materials", "ana", "50.00", "0.00", "50.00", "2026-12-11", 10},
		{"materials", "bo", "30.00", "0.00", "30.00", "2026-12-11", 10},
	}, w.claims("")); diff != "" {
		t.Error(diff)
	}

	// As of an earlier day, what came later has not happened.
	if diff := cmp.Diff([]claimed{
		{"materials", "ana", "100.00", "0.00", "100.00", "2026-12-01", 4},
	}, w.claims("2026-12-05")); diff != "" {
		t.Error(diff)
	}
	on("2026-12-22")
	w.post(w.draft("2026-12-22"))
	if diff := cmp.Diff([]claimed{}, w.claims("")); diff != "" {
		t.Error(diff)
	}
}

// The cover sets cash beside promises, before and after what is owed now.
func TestClaimsCover(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.opened() // 20 promised to Bo, 50 owed to Cy, 500 in the bank
	w.incomeWith("119.00", "2026-10-30", "")
	r := do[ledger.ClaimsReport](t)(w.store.ClaimsReport(t.Context(), w.ana, postgres.BalanceQuery{}))
	percent, found := r.Cover()
	got := []string{r.Total.Outstanding.Figure(), r.Cash.Figure(), r.Owed.Figure(), r.Left().Figure()}
	// 112.75 arrived, 10.00 of it tax that is owed on.
	if diff := cmp.Diff([]string{"20.00", "612.75", "60.00", "552.75"}, got); diff != "" {
		t.Error(diff)
	}
	if !found || percent.String() != "3063" {
		t.Errorf("cover %s %v", percent, found)
	}
}

// The lines of funds add up to what the fund holds, as of each day.
func TestFundsReport(t *testing.T) {
	t.Parallel()
	w := rich(t)
	type line struct{ Fund, Given, Other, Spent, Holds string }
	lines := func(q postgres.BalanceQuery) (all []line) {
		r := do[ledger.FundsReport](t)(w.store.FundsReport(t.Context(), w.ana, q))
		if !r.Agrees() {
			t.Errorf("%+v: the lines come to %s, the books to %s", q, r.Total.Holds, r.Books)
		}
		for _, l := range r.Lines {
			all = append(all, line{l.Code, l.Given.Figure(), l.Other.Figure(), l.Spent.Figure(), l.Holds.Figure()})
		}
		return all
	}
	want := []line{{"care", "0.00", "0.00", "0.00", "0.00"}, {"reserve", "0.00", "100.00", "0.00", "100.00"}}
	if diff := cmp.Diff(want, lines(postgres.BalanceQuery{Date: date(t, "2026-09-30")})); diff != "" {
		t.Error(diff)
	}
	// Of November: 2 moved from reserve to care, 6 given to care, 12.34 spent from it;
	// 5 spent from the reserve were taken back, 1 was refunded.
	got := lines(postgres.BalanceQuery{})
	for i := range got {
		got[i].Given, got[i].Holds = "", ""
	}
	want = []line{{"care", "", "8.00", "12.34", ""}, {"reserve", "", "98.00", "1.00", ""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// On every day, and as it was recorded then, the reports agree with the books.
func TestReportsAgree(t *testing.T) {
	t.Parallel()
	w := rich(t)
	ctx := t.Context()
	queries := []postgres.BalanceQuery{{}, {RecordedAt: now}, {RecordedAt: now.AddDate(0, 0, -1)},
		{Date: date(t, "2026-10-31"), RecordedAt: now}}
	for day := date(t, "2026-09-14"); day.Before(date(t, "2026-11-07")); day = day.AddDays(1) {
		queries = append(queries, postgres.BalanceQuery{Date: day})
	}
	for _, q := range queries {
		balances := do[ledger.BalancesReport](t)(w.store.BalancesReport(ctx, w.ana, q))
		funds := do[ledger.FundsReport](t)(w.store.FundsReport(ctx, w.ana, q))
		claims := do[ledger.ClaimsReport](t)(w.store.ClaimsReport(ctx, w.ana, q))
		if !balances.Agrees() || !funds.Agrees() || !claims.Agrees() {
			t.Errorf("%+v: balances %v, funds %v, claims %v", q,
				balances.Agrees(), funds.Agrees(), claims.Agrees())
		}
		if diff := cmp.Diff(balances.Total.Promised.Figure(), claims.Total.Outstanding.Figure()); diff != "" {
			t.Errorf("%+v: %s", q, diff)
		}
	}
	_, err := w.store.Raw().ExecContext(ctx, `
		SET session_replication_role = replica; SET search_path = phyle;
		UPDATE balance SET amount = amount - 0.01 WHERE account_id IN (
		       SELECT account_id FROM account WHERE name IN
		              ('liabilities:payable:ana', 'equity:fund:care', 'memo:claims'));
		SET session_replication_role = DEFAULT`)
	if err != nil {
		t.Fatal(err)
	}
	var q postgres.BalanceQuery
	balances := do[ledger.BalancesReport](t)(w.store.BalancesReport(ctx, w.ana, q))
	funds := do[ledger.FundsReport](t)(w.store.FundsReport(ctx, w.ana, q))
	claims := do[ledger.ClaimsReport](t)(w.store.ClaimsReport(ctx, w.ana, q))
	if balances.Agrees() || funds.Agrees() || claims.Agrees() {
		t.Errorf("a changed balance is not seen: balances %v, funds %v, claims %v",
			balances.Agrees(), funds.Agrees(), claims.Agrees())
	}
	_, err = w.store.Raw().ExecContext(ctx, `
		SET session_replication_role = replica; SET search_path = phyle;
		UPDATE balance SET amount = amount + 0.01 WHERE account_id IN (
		       SELECT account_id FROM account WHERE name IN
		              ('liabilities:payable:ana', 'equity:fund:care', 'memo:claims'));
		SET session_replication_role = DEFAULT`)
	if err != nil {
		t.Fatal(err)
	}
}

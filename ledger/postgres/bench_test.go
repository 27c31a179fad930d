package postgres_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
	"phyle/ledger/postgres/postgrestest"
)

// benchRules is the agreement of the benchmarks: two rules by contributions.
const benchRules = `
name: Bench
currency: EUR
rules:
  - {id: reserve, name: Reserve, take: {percent: "10", of: whole}, give: {fund: reserve}}
  - {id: care, name: By care, take: {percent: "20", of: left}, give: {members: {by: {contributions: {factors: {care: "1"}}}}}}
  - {id: work, name: By work, take: rest, give: {members: {by: {contributions: {factors: {work: "1", care: "0.5"}}}}}}
leftover: carry
`

// crowded makes a commons of so many members, each with so many accepted
// contributions, on a server that writes to disk.
func crowded(b *testing.B, members, each int) (*postgres.Store, postgres.Caller) {
	b.Helper()
	ctx := context.Background()
	store := do[*postgres.Store](b)(postgres.Open(ctx, postgrestest.Durable(b)))
	b.Cleanup(func() { store.Close() })
	store.SetClock(func() time.Time { return now })
	founded := do[postgres.Founded](b)(store.CreateCommons(ctx, &postgres.Act{By: postgres.Caller{Instance: true}},
		ledger.Commons{Slug: "crowd", Name: "Crowd", Currency: "EUR", TimeZone: "UTC"},
		ledger.NewMember{Handle: "founder", Name: "Founder", Stage: ledger.Guest, JoinedOn: ledger.Beginning,
			Roles: []ledger.Role{ledger.Steward, ledger.Treasurer}}))
	by := do[postgres.Caller](b)(store.Authenticate(ctx, founded.Token))
	act := func() *postgres.Act { return &postgres.Act{By: by} }
	joining := make([]ledger.NewMember, members)
	for i := range joining {
		joining[i] = ledger.NewMember{Handle: fmt.Sprintf("m%d", i), Name: "Member", Stage: ledger.FullPart}
	}
	do[[]ledger.Member](b)(store.AddMembers(ctx, act(), joining))
	do[[]ledger.ContributionKind](b)(store.AddKinds(ctx, act(), []ledger.ContributionKind{
		{Code: "work", Name: "Work", Unit: "hour", Theme: "work", Becomes: ledger.BecomesWeight},
		{Code: "care", Name: "Care", Unit: "hour", Theme: "care", Becomes: ledger.BecomesWeight},
	}))
	do[[]ledger.Fund](b)(store.AddFunds(ctx, act(), []ledger.Fund{{Code: "reserve", Name: "Reserve"}}))
	first := ledger.NewDate(2026, time.January, 1)
	for day := range each {
		batch := make([]ledger.NewContribution, members)
		for i := range batch {
			kind := "work"
			if (i+day)%3 == 0 {
				kind = "care"
			}
			batch[i] = ledger.NewContribution{Member: joining[i].Handle, Kind: kind,
				Quantity: decimal.New(int64(25+(i*7+day)%500), -2), Date: first.AddDays(day)}
		}
		do[[]ledger.Contribution](b)(store.LogContributions(ctx, act(), batch))
	}
	a := do[postgres.Agreement](b)(store.CreateAgreement(ctx, act(), "", []byte(benchRules), agreement.YAML))
	do[postgres.Agreement](b)(store.AdoptAgreement(ctx, act(), a.ID, consent(first, first)))
	return store, by
}

// BenchmarkDistribution previews and posts over 100,000 contributions of 1,000
// members; scan is the reference: one plain sum over the same rows.
func BenchmarkDistribution(b *testing.B) {
	store, by := crowded(b, 1000, 100)
	ctx := context.Background()
	act := func() *postgres.Act { return &postgres.Act{By: by} }
	var draft, post, scan time.Duration
	for b.Loop() {
		do[[]ledger.Income](b)(store.RecordIncomes(ctx, act(), []ledger.NewIncome{{Amount: eur("50000.00"),
			Date: ledger.NewDate(2026, time.October, 1), Source: "sale", Asset: "bank"}}))
		began := time.Now()
		drafts := do[[]postgres.Distribution](b)(store.DraftDistributions(ctx, act(),
			[]postgres.DistributionRequest{{Through: ledger.NewDate(2026, time.October, 31)}}))
		draft += time.Since(began)
		began = time.Now()
		posted := do[postgres.Distribution](b)(store.PostDistribution(ctx, act(), drafts[0].ID, drafts[0].Digest))
		post += time.Since(began)
		began = time.Now()
		if n := do[int](b)(store.CountAcceptances(ctx, by)); n != 100_000 {
			b.Fatalf("%d acceptances", n)
		}
		scan += time.Since(began)
		do[postgres.Distribution](b)(store.ReverseDistribution(ctx, act(), posted.ID, ledger.Date{}, "bench"))
		incomes := do[[]ledger.Income](b)(store.Incomes(ctx, by, postgres.IncomeFilter{State: "open", Limit: 200}))
		for _, i := range incomes {
			do[[]ledger.Income](b)(store.ReverseIncomes(ctx, act(), []ledger.IncomeID{i.ID}, ledger.Date{}, "bench"))
		}
	}
	n := float64(b.N)
	b.ReportMetric(draft.Seconds()*1000/n, "preview-ms")
	b.ReportMetric(post.Seconds()*1000/n, "post-ms")
	b.ReportMetric(scan.Seconds()*1000/n, "scan-ms")
	b.ReportMetric(draft.Seconds()/scan.Seconds(), "preview/scan")
	b.ReportMetric(post.Seconds()/scan.Seconds(), "post/scan")
}

// BenchmarkVerify verifies books of about a million postings and says how much
// memory the program holds after it.
func BenchmarkVerify(b *testing.B) {
	store, by := crowded(b, 1000, 10)
	ctx := context.Background()
	for range 100 {
		moves := make([]ledger.Move, 5000)
		for i := range moves {
			moves[i] = ledger.Move{Kind: ledger.OpeningEntry, Amount: eur("12.34"), Member: fmt.Sprintf("m%d", i%1000),
				Date: ledger.NewDate(2026, time.January, 1+i%300)}
		}
		do[[]ledger.Entry](b)(store.MoveMoney(ctx, &postgres.Act{By: by}, moves))
	}
	var postings int64
	var took, scan time.Duration
	for b.Loop() {
		began := time.Now()
		v := do[postgres.Verification](b)(store.Verify(ctx, "crowd"))
		took += time.Since(began)
		if !v.OK() {
			b.Fatalf("%+v", v.Checks)
		}
		postings = v.Postings
		began = time.Now()
		do[int](b)(store.CountPostings(ctx, by))
		scan += time.Since(began)
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	b.ReportMetric(took.Seconds()/float64(b.N)/float64(postings)*1e6, "s/million-postings")
	b.ReportMetric(took.Seconds()/scan.Seconds(), "verify/scan")
	b.ReportMetric(float64(memory.HeapInuse)/1e6, "heap-MB")
	b.ReportMetric(float64(memory.Sys)/1e6, "sys-MB")
}

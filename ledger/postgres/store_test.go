package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
	"phyle/ledger/postgres/postgrestest"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

// now is the day on which tests take place: the clock is an argument.
var now = time.Date(2026, time.November, 5, 9, 0, 0, 0, time.UTC)

// world is a commons for one test: Riverside as domain.md 7 has it, with Ana as
// treasurer and steward, Bo as steward.
type world struct {
	*testing.T
	store *postgres.Store
	ana   postgres.Caller
	bo    postgres.Caller
	cy    postgres.Caller
}

// open returns a store on a database of the test's own; when the test ends every
// invariant is recomputed from the rows.
func open(t *testing.T) *postgres.Store {
	t.Helper()
	return openAt(t, postgrestest.URL(t))
}

func openAt(t *testing.T, url string) *postgres.Store {
	t.Helper()
	store, err := postgres.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	store.SetClock(func() time.Time { return now })
	t.Cleanup(func() {
		verify(t, store)
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// verify recomputes every invariant of every commons in the store.
func verify(t *testing.T, store *postgres.Store) {
	t.Helper()
	ctx := context.Background()
	err := store.EveryCommons(ctx, func(c ledger.Commons) error {
		v, err := store.Verify(ctx, c.Slug)
		for _, check := range v.Checks {
			if check.Bad != "" {
				t.Errorf("%s: %s: %s", c.Slug, check.Name, check.Bad)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func date(t testing.TB, s string) ledger.Date {
	t.Helper()
	d, err := ledger.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func eur(s string) ledger.Money {
	return ledger.Money{Amount: decimal.RequireFromString(s), Currency: "EUR"}
}

func do[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatalf("%T: %v", v, err)
		}
		return v
	}
}

func riverside(t *testing.T) *world {
	t.Helper()
	return riversideIn(t, open(t))
}

// riversideIn founds Riverside in the store.
func riversideIn(t *testing.T, store *postgres.Store) *world {
	t.Helper()
	w := &world{T: t, store: store}
	ctx := t.Context()
	founded := do[postgres.Founded](t)(w.store.CreateCommons(ctx, &postgres.Act{By: postgres.Caller{Instance: true}},
		ledger.Commons{Slug: "riverside", Name: "Riverside", Currency: "EUR", TimeZone: "Europe/Berlin",
			AdvanceLimit: decimal.NewFromInt(500)},
		ledger.NewMember{Handle: "ana", Name: "Ana", Stage: ledger.FullPart,
			Roles: []ledger.Role{ledger.Steward, ledger.Treasurer}, JoinedOn: ledger.Beginning}))
	w.ana = do[postgres.Caller](t)(w.store.Authenticate(ctx, founded.Token))
	members := do[[]ledger.Member](t)(w.store.AddMembers(ctx, w.act(), []ledger.NewMember{
		{Handle: "bo", Name: "Bo", Stage: ledger.FullPart, Roles: []ledger.Role{ledger.Steward}},
		{Handle: "cy", Name: "Cy", Stage: ledger.Newcomer},
	}))
	w.bo = postgres.Caller{Commons: w.ana.Commons, Member: members[0].ID, Handle: "bo"}
	w.cy = postgres.Caller{Commons: w.ana.Commons, Member: members[1].ID, Handle: "cy"}
	do[[]ledger.ContributionKind](t)(w.store.AddKinds(ctx, w.act(), []ledger.ContributionKind{
		{Code: "work", Name: "Work", Unit: "hour", Theme: "work", Becomes: ledger.BecomesWeight},
		{Code: "care", Name: "Care", Unit: "hour", Theme: "care", Becomes: ledger.BecomesWeight, Reviews: 1},
		{Code: "materials", Name: "Materials", Unit: "EUR", Theme: "material", Becomes: ledger.BecomesClaim},
	}))
	do[[]ledger.Fund](t)(w.store.AddFunds(ctx, w.act(), []ledger.Fund{
		{Code: "reserve", Name: "Reserve"}, {Code: "care", Name: "Care fund"},
	}))
	return w
}

func (w *world) act() *postgres.Act { return &postgres.Act{By: w.ana} }

func (w *world) actAs(by postgres.Caller) *postgres.Act { return &postgres.Act{By: by} }

// log logs hours of at most 8 a day from the first of October on, and sums.
func (w *world) log(member, kind, quantity, day string) ledger.Contribution {
	w.Helper()
	return do[[]ledger.Contribution](w.T)(w.store.LogContributions(w.Context(), w.act(),
		[]ledger.NewContribution{{Member: member, Kind: kind,
			Quantity: decimal.RequireFromString(quantity), Date: date(w.T, day)}}))[0]
}

const riversideRules = `
name: Riverside, version 3
currency: EUR
rules:
  - {id: materials, name: Pay back materials, take: rest, give: {claims: {kinds: [materials]}}}
  - id: aside
    name: Set aside
    take: rest
    give:
      rules:
        - {id: reserve, name: Reserve, take: {percent: "10", of: whole}, give: {fund: reserve, until: "10000.00"}}
        - {id: care-fund, name: Care fund, take: {percent: "5", of: whole}, give: {fund: care}}
  - id: work
    name: By work and care
    take: rest
    give: {members: {by: {contributions: {factors: {work: "1", care: "1.2"}, count: new}}}}
leftover: {fund: reserve}
`

func (w *world) adopt(rules, from string) postgres.Agreement {
	w.Helper()
	a := do[postgres.Agreement](w.T)(w.store.CreateAgreement(w.Context(), w.act(), "", []byte(rules), agreement.YAML))
	return do[postgres.Agreement](w.T)(w.store.AdoptAgreement(w.Context(), w.act(), a.ID,
		consent(date(w.T, from), date(w.T, "2025-12-20"))))
}

func (w *world) income(amount, day string) ledger.Income {
	w.Helper()
	return do[[]ledger.Income](w.T)(w.store.RecordIncomes(w.Context(), w.act(), []ledger.NewIncome{{
		Amount: eur(amount), Date: date(w.T, day), Payer: "City", Source: "sale", Asset: "bank"}}))[0]
}

func (w *world) draft(through string, incomes ...ledger.IncomeID) postgres.Distribution {
	w.Helper()
	return do[[]postgres.Distribution](w.T)(w.store.DraftDistributions(w.Context(), w.act(),
		[]postgres.DistributionRequest{{Incomes: incomes, Through: date(w.T, through)}}))[0]
}

func (w *world) post(d postgres.Distribution) postgres.Distribution {
	w.Helper()
	return do[postgres.Distribution](w.T)(w.store.PostDistribution(w.Context(), w.act(), d.ID, d.Digest))
}

// october logs, accepts and receives what domain.md 7 has before the distribution.
func (w *world) october() {
	w.Helper()
	w.adopt(riversideRules, "2026-01-01")
	for _, day := range []string{"05", "06", "07", "08", "09", "12"} {
		w.log("ana", "work", "7", "2026-10-"+day)
		w.log("bo", "work", "10", "2026-10-"+day)
		w.log("cy", "work", "6.8", "2026-10-"+day)
	}
	care := w.log("ana", "care", "10", "2026-10-20")
	do[[]ledger.Contribution](w.T)(w.store.DecideContributions(w.Context(), w.actAs(w.bo),
		[]ledger.ContributionID{care.ID}, ledger.Accept, ""))
	w.log("ana", "materials", "120", "2026-10-02")
	w.log("bo", "materials", "180", "2026-10-03")
	w.income("2400.00", "2026-10-10")
	w.income("1500.00", "2026-10-20")
	w.income("300.00", "2026-10-31")
	do[[]ledger.Entry](w.T)(w.store.MoveMoney(w.Context(), w.act(), []ledger.Move{{Kind: ledger.AdvanceEntry,
		Amount: eur("200.00"), Date: date(w.T, "2026-10-12"), Member: "ana", Asset: "bank"}}))
}

func (w *world) payable(member string) string {
	w.Helper()
	b := do[ledger.MemberBalance](w.T)(w.store.MemberBalance(w.Context(), w.ana, postgres.BalanceQuery{}, member))
	return b.Payable.Figure()
}

package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/postgres/server"
)

// emptyBooks makes a database of its own on the server of the home, which the first
// who asks starts, and returns its address.
func emptyBooks(t *testing.T, home, database string) string {
	t.Helper()
	private, err := server.Open(t.Context(), server.Options{
		Home: home, Database: database,
		Settings: map[string]string{"fsync": "off"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := private.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if err := migrate(t.Context(), private.URL()); err != nil {
		t.Fatal(err)
	}
	return private.URL()
}

// closeStore waits for what is still being written.
func closeStore(t *testing.T, store *postgres.Store) {
	t.Helper()
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}

func deaf(int, int, string) {}

// yearFigures is what two fillings of the demonstration have in common.
type yearFigures struct {
	States     map[ledger.ContributionState]int
	Kinds      map[string]string // the accepted weight
	Accounts   map[string]string
	Given      []string // of each distribution, newest first
	Reversed   int
	Shared     int
	Corrected  int
	Incomes    map[string]string // net by source, of those that stand
	Deductions map[ledger.DeductionType]string
	Entries    map[ledger.EntryKind]int
}

// figuresOf reads everything through the store, as the API does.
func figuresOf(t *testing.T, store *postgres.Store) yearFigures {
	t.Helper()
	ctx := t.Context()
	by := must(store.AsMember(ctx, millraceSlug, "ines"))(t)
	f := yearFigures{
		States: map[ledger.ContributionState]int{}, Kinds: map[string]string{},
		Accounts: map[string]string{}, Incomes: map[string]string{},
		Deductions: map[ledger.DeductionType]string{}, Entries: map[ledger.EntryKind]int{},
	}
	add := func(sums map[string]string, key string, amount decimal.Decimal) {
		before := decimal.Zero
		if sums[key] != "" {
			before = decimal.RequireFromString(sums[key])
		}
		sums[key] = before.Add(amount).String()
	}
	for _, c := range must(store.Contributions(ctx, by,
		postgres.ContributionFilter{Limit: everyone}))(t) {
		f.States[c.State]++
		if c.Group != "" {
			f.Shared++
		}
		if c.Reverses != "" {
			f.Corrected++
		}
		if c.Acceptance != nil {
			add(f.Kinds, c.Kind, c.Acceptance.Weight)
		}
	}
	for _, a := range must(store.Accounts(ctx, by, postgres.BalanceQuery{}, "", everyone))(t) {
		f.Accounts[a.Name] = a.Balance.Figure()
	}
	for _, d := range must(store.Distributions(ctx, by, 0, everyone))(t) {
		f.Given = append(f.Given, d.Given.Figure())
		if d.State == ledger.Reversed {
			f.Reversed++
		}
	}
	deductions := map[string]string{}
	for _, i := range must(store.Incomes(ctx, by, postgres.IncomeFilter{Limit: everyone}))(t) {
		if i.Reversed {
			continue
		}
		add(f.Incomes, i.Source, i.Net.Amount)
		for _, d := range i.Deductions {
			add(deductions, string(d.Type), d.Amount.Amount)
		}
	}
	for name, sum := range deductions {
		f.Deductions[ledger.DeductionType(name)] = sum
	}
	for _, e := range must(store.Entries(ctx, by, postgres.EntryFilter{Limit: everyone}))(t) {
		f.Entries[e.Kind]++
	}
	return f
}

func must[T any](result T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
}

// TestYear holds the year to what it is to show, to the cent where it matters, and
// the books to every invariant. Then it fills other books, cut off again and again, and
// others by three programs at once, which must all come to the same.
func TestYear(t *testing.T) {
	t.Parallel()
	home, err := temporaryHome()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(home); err != nil {
			t.Error(err)
		}
	})
	ctx := t.Context()
	store := must(postgres.Open(ctx, emptyBooks(t, home, "whole")))(t)
	defer closeStore(t, store)
	if err := tellStories(ctx, store, deaf); err != nil {
		t.Fatal(err)
	}
	for _, slug := range []string{riversideSlug, millraceSlug} {
		if err := firstBad(must(store.Verify(ctx, slug))(t)); err != nil {
			t.Error(err)
		}
	}
	by := must(store.AsMember(ctx, millraceSlug, "ines"))(t)
	if by.Commons.Name != "Millrace" {
		t.Errorf("the commons is called %q when it is full", by.Commons.Name)
	}
	f := figuresOf(t, store)
	t.Logf("%+v", f)
	checkContributions(t, f)
	checkMoney(t, f)
	checkPeople(t, store, by)
	checkRules(t, store, by)
	checkExample(t, store, by)
	if testing.Short() {
		return
	}
	address := emptyBooks(t, home, "parts")
	tellInParts(t, address)
	parts := must(postgres.Open(ctx, address))(t)
	defer closeStore(t, parts)
	if err := firstBad(must(parts.Verify(ctx, millraceSlug))(t)); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(f, figuresOf(t, parts)); diff != "" {
		t.Error(diff)
	}
	address = emptyBooks(t, home, "together")
	tellTogether(t, home, address)
	together := must(postgres.Open(ctx, address))(t)
	defer closeStore(t, together)
	if err := firstBad(must(together.Verify(ctx, millraceSlug))(t)); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(f, figuresOf(t, together)); diff != "" {
		t.Error(diff)
	}
}

// tellTogether has three programs fill the same books at once, while the server under
// them is killed. None of them may fail.
func tellTogether(t *testing.T, home, address string) {
	t.Helper()
	var programs sync.WaitGroup
	for i := range 3 {
		store := must(postgres.Open(t.Context(), address))(t)
		defer closeStore(t, store)
		hear := deaf
		if i == 0 {
			hear = func(done, _ int, _ string) {
				if done == 2 {
					killPostmaster(t, home)
				}
			}
		}
		programs.Go(func() {
			if err := tellStories(t.Context(), store, hear); err != nil {
				t.Errorf("program %d: %v", i, err)
			}
		})
	}
	programs.Wait()
}

// killPostmaster kills the server of the home, which its owner starts again.
func killPostmaster(t *testing.T, home string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(home, "data", "postmaster.pid"))
	if err != nil {
		t.Error(err)
		return
	}
	first, _, _ := strings.Cut(string(text), "\n")
	id, err := strconv.Atoi(first)
	if err == nil {
		err = syscall.Kill(id, syscall.SIGKILL)
	}
	if err != nil {
		t.Error(err)
	}
}

// tellInParts fills the books with a context that ends sooner or later, again from
// where it was cut off, each time for longer.
func tellInParts(t *testing.T, address string) {
	t.Helper()
	cuts := 0
	for patience := 150 * time.Millisecond; ; patience += patience / 2 {
		store := must(postgres.Open(t.Context(), address))(t)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		err := tellStories(ctx, store, deaf)
		cut := ctx.Err() != nil
		cancel()
		closeStore(t, store)
		if err == nil {
			break
		}
		if !cut {
			t.Fatal(err)
		}
		cuts++
	}
	if t.Logf("cut off %d times", cuts); cuts < 2 {
		t.Errorf("it was cut off %d times only", cuts)
	}
}

func checkContributions(t *testing.T, f yearFigures) {
	t.Helper()
	total := 0
	for _, state := range []ledger.ContributionState{
		ledger.Logged, ledger.Questioned, ledger.Accepted, ledger.Declined, ledger.Withdrawn,
	} {
		if total += f.States[state]; f.States[state] < 3 {
			t.Errorf("%d contributions are %s", f.States[state], state)
		}
	}
	if total < 1450 || total > 1600 {
		t.Errorf("there are %d contributions, not about 1,500", total)
	}
	if f.Shared != 12*9 || f.Corrected < 2 {
		t.Errorf("%d are shared and %d reversed", f.Shared, f.Corrected)
	}
	kinds := []string{"care", "cash", "km", "love", "materials", "work"}
	if diff := cmp.Diff(kinds, slices.Sorted(maps.Keys(f.Kinds))); diff != "" {
		t.Error(diff)
	}
}

func checkMoney(t *testing.T, f yearFigures) {
	t.Helper()
	if len(f.Given) != 13 || f.Reversed != 1 {
		t.Errorf("%d distributions, %d of them reversed; want 13 and 1", len(f.Given), f.Reversed)
	}
	sources := slices.Sorted(slices.Values(ledger.Sources))
	if diff := cmp.Diff(sources, slices.Sorted(maps.Keys(f.Incomes))); diff != "" {
		t.Error(diff)
	}
	if n := len(incomes()); n != 40 || f.Entries[ledger.IncomeEntry] != 41 {
		t.Errorf("%d incomes, recorded as %d; want 40, one of them twice",
			n, f.Entries[ledger.IncomeEntry])
	}
	if len(f.Deductions) != 3 {
		t.Errorf("deductions: %v", f.Deductions)
	}
	for _, kind := range []ledger.EntryKind{
		ledger.SpendingEntry, ledger.RefundEntry, ledger.TransferEntry, ledger.GiftEntry,
		ledger.CapitalEntry, ledger.AdvanceEntry, ledger.PaymentEntry, ledger.OpeningEntry,
		ledger.ReversalEntry, ledger.ClaimEntry,
	} {
		if f.Entries[kind] == 0 {
			t.Errorf("there is no %s", kind)
		}
	}
	// What the tables of the story say, added up without the books.
	owed := collectedIn(month{2026, time.October}, month{2026, time.October})
	want := map[string]string{
		"liabilities:tax:vat": owed.Negated().Figure(), "assets:till": "0.00",
		"equity:opening": "0.00", "equity:undistributed": "0.00", "liabilities:payable:tomas": "0.00",
		"equity:capital:tomas": "0.00",
	}
	for name, balance := range want {
		if f.Accounts[name] != balance {
			t.Errorf("%s is %s, want %s", name, f.Accounts[name], balance)
		}
	}
	net := decimal.Zero
	for _, i := range incomes() {
		net = net.Add(i.Net().Amount)
	}
	given := decimal.Zero
	for i, amount := range f.Given {
		if i != len(f.Given)-6 { // April's first, which was reversed
			given = given.Add(decimal.RequireFromString(amount))
		}
	}
	if !net.Equal(given) {
		t.Errorf("%s came in and %s was given", net, given)
	}
}

func checkPeople(t *testing.T, store *postgres.Store, by postgres.Caller) {
	t.Helper()
	members := must(store.Members(t.Context(), by, 0, everyone))(t)
	var names, organizations []string
	stages := map[ledger.Stage][]string{}
	for _, m := range members {
		names, stages[m.Stage] = append(names, m.Handle), append(stages[m.Stage], m.Handle)
		if m.Organization {
			organizations = append(organizations, m.Handle)
		}
	}
	if diff := cmp.Diff(handles, names); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"quay-print", "open-bench"}, organizations); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"tomas"}, stages[ledger.Left]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"sofia"}, stages[ledger.Newcomer]); diff != "" {
		t.Error(diff)
	}
}

func checkRules(t *testing.T, store *postgres.Store, by postgres.Caller) {
	t.Helper()
	ctx := t.Context()
	var adopted []string
	for _, a := range must(store.Agreements(ctx, by, "", "", everyone))(t) {
		adopted = append(adopted,
			fmt.Sprintf("%d from %s by %s", a.Version, a.From, a.Decision.Method))
	}
	want := []string{"2 from 2026-05-01 by consent", "1 from 2025-11-01 by consent"}
	if diff := cmp.Diff(want, adopted); diff != "" {
		t.Error(diff)
	}
	var closed []string
	for _, p := range must(store.Periods(ctx, by))(t) {
		closed = append(closed, p.From.String()+" to "+p.Through.String())
	}
	want = []string{"1900-01-01 to 2025-12-31", "2026-01-01 to 2026-03-31"}
	if diff := cmp.Diff(want, closed); diff != "" {
		t.Error(diff)
	}
	rated := map[string]int{}
	for _, r := range must(store.Rates(ctx, by, 0, everyone))(t) {
		rated[r.KindCode]++
	}
	if diff := cmp.Diff(map[string]int{
		"work": 3, "care": 2, "love": 2, "materials": 1, "km": 2, "cash": 1,
	}, rated); diff != "" {
		t.Error(diff)
	}
}

// checkExample holds that what the explorer is filled with is in the books, and that
// its token cannot write.
func checkExample(t *testing.T, store *postgres.Store, by postgres.Caller) {
	t.Helper()
	ctx := t.Context()
	example := must(exampleOf(ctx, store))(t)
	for _, name := range []string{"member", "other"} {
		must(store.Member(ctx, by, example.IDs[name]))(t)
	}
	kinds := must(store.Kinds(ctx, by))(t)
	if !slices.ContainsFunc(kinds, func(k ledger.ContributionKind) bool {
		return k.Code == example.IDs["kind"]
	}) {
		t.Errorf("there is no kind %s", example.IDs["kind"])
	}
	funds := must(store.Funds(ctx, by))(t)
	if !slices.ContainsFunc(funds, func(f postgres.FundBalance) bool {
		return f.Code == example.IDs["fund"]
	}) {
		t.Errorf("there is no fund %s", example.IDs["fund"])
	}
	reader := must(store.Authenticate(ctx, example.Token))(t)
	if !slices.Equal(reader.Scopes, ledger.ReadScopes()) || reader.Commons.Slug != example.Commons {
		t.Errorf("the token of the example is %+v", reader)
	}
}

// TestChance holds the numbers that the story is drawn from: others would make
// another year.
func TestChance(t *testing.T) {
	t.Parallel()
	draw := newChance("marta2026-03-")
	var got []int
	for range 8 {
		got = append(got, draw.below(1000))
	}
	if diff := cmp.Diff([]int{450, 540, 456, 582, 618, 825, 490, 759}, got); diff != "" {
		t.Error(diff)
	}
}

package postgres_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
)

// The examples of a file come to the same in the books as in memory: takes, catching
// up, limits, decay and what is kept.
func TestExamplesInTheBooks(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"takes", "catch-up", "limits", "decay-and-keep"} {
		text, err := os.ReadFile(filepath.Join("..", "agreement", "testdata", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		file := do[agreement.Agreement](t)(agreement.Parse(text, agreement.YAML))
		checked := agreement.CheckFile(name, text)
		if !checked.OK() || len(checked.Examples) == 0 {
			t.Fatalf("%s: %s", name, checked.Text())
		}
		for first := 0; first < len(file.Examples); {
			last := first + 1
			for last < len(file.Examples) && file.Examples[last].Then {
				last++
			}
			examples, want := file.Examples[first:last], checked.Examples[first:last]
			t.Run(name+"/"+examples[0].Name, func(t *testing.T) {
				t.Parallel()
				b := exampleBooks(t, file, text)
				for i, example := range examples {
					if diff := cmp.Diff(want[i].Got, b.run(example)); diff != "" {
						t.Errorf("%s: %s", example.Name, diff)
					}
				}
			})
			first = last
		}
	}
}

// books are those of a commons in which examples of a file take place.
type books struct {
	*world
	members []agreement.ExampleMember
	// taken are the takes that were set last, by rule and member.
	taken map[string]map[string]bool
}

// exampleBooks founds a commons with the names that the file declares. Its treasurer
// is a guest, and takes no part in the rules.
func exampleBooks(t *testing.T, file agreement.Agreement, text []byte) *books {
	t.Helper()
	w := &world{T: t, store: open(t)}
	ctx, declared := t.Context(), file.Declared()
	w.at(time.Date(2027, time.January, 10, 9, 0, 0, 0, time.UTC))
	founded := do[postgres.Founded](t)(w.store.CreateCommons(ctx, &postgres.Act{By: postgres.Caller{Instance: true}},
		ledger.Commons{Slug: "books", Name: "Books", Currency: file.Currency, TimeZone: "Europe/Berlin"},
		ledger.NewMember{Handle: "founder", Name: "Founder", Stage: ledger.Guest,
			JoinedOn: ledger.Beginning, Roles: []ledger.Role{ledger.Steward, ledger.Treasurer}}))
	w.ana = do[postgres.Caller](t)(w.store.Authenticate(ctx, founded.Token))
	for code := range declared.Kinds { // counted in no hours, for there may be more than a day has
		do[[]ledger.ContributionKind](t)(w.store.AddKinds(ctx, w.act(), []ledger.ContributionKind{
			{Code: code, Name: code, Unit: "item", Theme: "work", Becomes: ledger.BecomesWeight}}))
	}
	for code := range declared.Funds {
		do[[]ledger.Fund](t)(w.store.AddFunds(ctx, w.act(), []ledger.Fund{{Code: code, Name: code}}))
	}
	w.adopt(string(text), "2020-01-01")
	return &books{world: w, taken: map[string]map[string]bool{}}
}

// run has the example take place, and returns what its distribution comes to.
func (b *books) run(e agreement.Example) agreement.Outcome {
	b.Helper()
	if len(e.Claims)+len(e.Funds)+len(e.Rounding) > 0 {
		b.Fatal("these examples have none of that")
	}
	through := e.Through
	if through.IsZero() {
		through = date(b.T, "2026-10-31")
	}
	if e.Members != nil {
		b.members = e.Members
		b.enrol()
	}
	for _, c := range e.Contributions {
		if c.Date.IsZero() {
			c.Date = through
		}
		do[[]ledger.Contribution](b.T)(b.store.LogContributions(b.Context(), b.act(),
			[]ledger.NewContribution{
				{Member: c.Member, Kind: c.Kind, Quantity: c.Quantity, Date: c.Date}}))
	}
	for rule, amounts := range e.Received {
		for member, amount := range amounts {
			b.openReceived("", rule, member, amount.Figure())
		}
	}
	b.takes(e.Takes)
	b.income(e.Income.Figure(), through.String())
	return outcome(b.post(b.draft(through.String())))
}

// enrol adds the members. Those who have left do so after the first day.
func (b *books) enrol() {
	b.Helper()
	for _, m := range b.members {
		if len(m.Roles) > 0 || !m.Joined.IsZero() || !m.Left.IsZero() {
			b.Fatal("these members have no history")
		}
		stage := m.Stage
		if stage == ledger.Left {
			stage = ledger.FullPart
		}
		do[[]ledger.Member](b.T)(b.store.AddMembers(b.Context(), b.act(), []ledger.NewMember{
			{Handle: m.Handle, Name: m.Handle, Stage: stage, JoinedOn: ledger.Beginning}}))
		if m.Stage == ledger.Left {
			do[[]ledger.Member](b.T)(b.store.ChangeStages(b.Context(), b.act(), []ledger.StageChange{
				{Member: m.Handle, Stage: ledger.Left, From: date(b.T, "2026-01-01")}}))
		}
	}
}

// takes sets what members ask for, and nothing for who asked before.
func (b *books) takes(asked map[string]map[string]ledger.Money) {
	b.Helper()
	set := func(member, rule, amount string) {
		b.take(do[postgres.Caller](b.T)(b.store.AsMember(b.Context(), "books", member)), "", rule, amount)
	}
	for rule, members := range b.taken {
		for member := range members {
			set(member, rule, "0")
		}
	}
	for rule, amounts := range asked {
		b.taken[rule] = map[string]bool{}
		for member, amount := range amounts {
			b.taken[rule][member] = true
			set(member, rule, amount.Figure())
		}
	}
}

// outcome is what a distribution came to, as examples have it.
func outcome(d postgres.Distribution) agreement.Outcome {
	got := agreement.Outcome{Payable: map[string]string{}, Capital: map[string]string{},
		Funds: map[string]string{}, Claims: map[string]map[string]string{}}
	sums := map[*map[string]string]map[string]ledger.Money{}
	add := func(to *map[string]string, name string, amount ledger.Money) {
		if sums[to] == nil {
			sums[to] = map[string]ledger.Money{}
		}
		if sum, found := sums[to][name]; found {
			amount = amount.Plus(sum)
		}
		if sums[to][name] = amount; !amount.IsZero() {
			(*to)[name] = amount.Figure()
		}
	}
	for _, a := range d.Allocations {
		if a.Fund.Code != "" {
			add(&got.Funds, a.Fund.Code, a.Amount)
			continue
		}
		add(&got.Payable, a.Member.Handle, a.Amount.Minus(a.Kept))
		add(&got.Capital, a.Member.Handle, a.Kept)
	}
	if !d.CarriedOut.IsZero() {
		got.Left = d.CarriedOut.Figure()
	}
	return got
}

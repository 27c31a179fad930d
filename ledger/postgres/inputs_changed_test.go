package postgres_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// What was looked at is what is posted, or nothing is: each change of what the
// rules read is noticed, and only those.
func TestInputsChanged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(w *world)
		want   string
	}{
		{"nothing", func(*world) {}, "ok"},
		{"more work is accepted", func(w *world) { w.log("cy", "work", "3", "2026-10-28") }, "ok"},
		{"a claim is accepted", func(w *world) { w.log("cy", "materials", "55", "2026-10-28") }, "ok"},
		{"another income", func(w *world) { w.income("99.00", "2026-10-28") }, "ok"},
		{"somebody joins and one leaves", func(w *world) {
			do[[]ledger.Member](w.T)(w.store.AddMembers(w.Context(), w.act(), []ledger.NewMember{
				{Handle: "di", Name: "Di", Stage: ledger.FullPart, JoinedOn: date(w.T, "2026-10-01")}}))
			do[[]ledger.Member](w.T)(w.store.ChangeStages(w.Context(), w.act(), []ledger.StageChange{
				{Member: "cy", Stage: ledger.Left, From: date(w.T, "2026-10-01")}}))
		}, "ok"},
		{"a rate", func(w *world) {
			do[[]postgres.Rate](w.T)(w.store.AddRates(w.Context(), w.act(), []ledger.NewRate{
				{Kind: "work", From: date(w.T, "2026-01-01"), Rate: decimal.NewFromInt(3)}}))
		}, "ok"},
		{"money out of the fund with a target", func(w *world) {
			w.move(ledger.Move{Kind: ledger.SpendingEntry, Amount: eur("1.00"), Date: date(w.T, "2026-10-20"),
				Fund: "reserve", Asset: "bank"})
		}, "inputs_changed"},
		{"money out of a fund without", func(w *world) {
			w.move(ledger.Move{Kind: ledger.TransferEntry, Amount: eur("1.00"), Date: date(w.T, "2026-10-20"),
				Fund: "care", ToFund: "tools"})
		}, "ok"},
		{"a claim from before the books", func(w *world) {
			w.move(ledger.Move{Kind: ledger.OpeningEntry, Amount: eur("1.00"), Date: date(w.T, "2026-10-20"),
				Member: "cy", ClaimKind: "materials"})
		}, "inputs_changed"},
		{"a claim is taken back", func(w *world) {
			claims := do[[]ledger.Contribution](w.T)(w.store.Contributions(w.Context(), w.ana,
				postgres.ContributionFilter{Kind: "materials", Member: "bo", Limit: 1}))
			do[[]ledger.Contribution](w.T)(w.store.ReverseContributions(w.Context(), w.act(),
				[]ledger.ContributionID{claims[0].ID}, "not bought"))
		}, "ok"},
		{"another distribution paid the claims", func(w *world) {
			w.post(w.draft("2026-10-31", w.income("310.00", "2026-10-28").ID))
		}, "inputs_changed"},
		{"another version is in force", func(w *world) { w.adopt(carryRules, "2026-10-15") }, "inputs_changed"},
		{"another version is in force later", func(w *world) { w.adopt(carryRules, "2026-11-01") }, "ok"},
		{"an income of it is reversed", func(w *world) {
			open := do[[]ledger.Income](w.T)(w.store.Incomes(w.Context(), w.ana, postgres.IncomeFilter{State: "open", Limit: 1}))
			do[[]ledger.Income](w.T)(w.store.ReverseIncomes(w.Context(), w.act(),
				[]ledger.IncomeID{open[0].ID}, ledger.Date{}, "not ours"))
		}, "income_reversed"},
		{"it is discarded", func(w *world) {
			for _, d := range do[[]ledger.Distribution](w.T)(w.store.Drafts(w.Context(), w.ana)) {
				if err := w.store.DiscardDistribution(w.Context(), w.act(), d.ID); err != nil {
					w.Error(err)
				}
			}
		}, "not_found"},
		{"its days are closed", func(w *world) {
			do[postgres.Period](w.T)(w.store.ClosePeriod(w.Context(), w.act(), date(w.T, "2026-10-31"), ""))
		}, "period_closed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := riverside(t)
			do[[]ledger.Fund](t)(w.store.AddFunds(t.Context(), w.act(), []ledger.Fund{{Code: "tools", Name: "Tools"}}))
			for _, fund := range []string{"reserve", "care"} {
				w.move(ledger.Move{Kind: ledger.OpeningEntry, Amount: eur("50.00"), Date: date(t, "2026-10-01"), Fund: fund})
			}
			w.october()
			d := w.draft("2026-10-31")
			shown := do[postgres.Distribution](t)(w.store.Distribution(t.Context(), w.ana, d.ID))
			if diff := cmp.Diff(allocated(d), allocated(shown)); diff != "" {
				t.Errorf("the draft read again: %s", diff)
			}
			c.change(w)
			before := state(t, w.store.Raw())
			err := w.tryPost(d)
			wantCode(t, c.want, err)
			if err != nil {
				if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
					t.Errorf("something was written: %s", diff)
				}
				return
			}
			posted := do[postgres.Distribution](t)(w.store.Distribution(t.Context(), w.ana, d.ID))
			if diff := cmp.Diff(allocated(d), allocated(posted)); diff != "" {
				t.Errorf("another thing was posted than previewed: %s", diff)
			}
		})
	}
}

// A digest that is not the draft's own is refused.
func TestWrongDigest(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	d, other := w.draft("2026-10-31"), w.draft("2026-10-30")
	d.Digest = other.Digest
	wantCode(t, "inputs_changed", w.tryPost(d))
}

// A draft of what was carried is overtaken when that is taken back.
func TestCarriedChanged(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(carryRules, "2026-01-01")
	w.log("ana", "work", "1", "2026-10-01")
	w.income("10.00", "2026-10-01")
	first := w.post(w.draft("2026-10-05"))
	carried := w.draft("2026-10-06")
	w.reverse(first)
	wantCode(t, "inputs_changed", w.tryPost(carried))
	w.post(w.draft("2026-10-06"))
}

// through does not go back, in a draft or in one that was overtaken; the same day is
// allowed, with a warning.
func TestThrough(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(carryRules, "2026-01-01")
	w.income("10.00", "2026-10-01")
	early := w.draft("2026-10-14")
	if early.Preview.SamePeriod != "" {
		t.Errorf("the preview warns of %s", early.Preview.SamePeriod)
	}
	w.log("ana", "work", "1", "2026-10-01")
	second := w.income("10.00", "2026-10-02")
	posted := w.post(w.draft("2026-10-15", second.ID))
	wantCode(t, "through_goes_back", w.tryDraft(postgres.DistributionRequest{Through: date(t, "2026-10-14")}))
	if c := code(w.tryPost(early)); c != "inputs_changed" && c != "through_goes_back" {
		t.Errorf("a draft that was overtaken: %s", c)
	}
	if d := w.draft("2026-10-15"); d.Preview.SamePeriod != posted.ID {
		t.Errorf("the preview warns of %q, want %s", d.Preview.SamePeriod, posted.ID)
	}
	w.reverse(posted)
	if d := w.draft("2026-10-14"); d.Preview.SamePeriod != "" {
		t.Errorf("the preview warns of %s, which is reversed", d.Preview.SamePeriod)
	}
}

// A draft that knows fewer contributions than the distribution posted since would
// bring days with it on which those would be forgotten: it is refused.
func TestDraftOvertaken(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.adopt(`
name: All of it
currency: EUR
rules:
  - {id: work, name: By work, take: rest, give: {members: {by: {contributions: {factors: {work: "1"}}}}}}
leftover: {fund: reserve}
`, "2026-01-01")
	a, b, c := w.income("10.00", "2026-10-01"), w.income("10.00", "2026-10-01"), w.income("10.00", "2026-10-01")
	w.log("ana", "work", "1", "2026-10-20")
	old := w.draft("2026-10-31", a.ID) // knows Ana's work alone
	w.log("bo", "work", "1", "2026-10-10")
	w.log("cy", "work", "1", "2026-10-21")
	w.post(w.draft("2026-10-15", b.ID)) // divides Bo's, and changes nothing that the old one reads
	wantCode(t, "inputs_changed", w.tryPost(old))
	wantAllocated(t, w.post(w.draft("2026-10-31", a.ID, c.ID)),
		map[string]string{"work ana": "10.00", "work cy": "10.00"})
}

// Only the latest distribution is reversed; then it counts as never having been.
func TestReverseLatest(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	first := w.post(w.draft("2026-10-31"))
	w.income("100.00", "2026-11-01")
	w.log("bo", "materials", "10", "2026-11-01")
	w.log("bo", "work", "1", "2026-11-01")
	d := w.draft("2026-11-01")
	second := w.post(d)
	_, err := w.store.ReverseDistribution(t.Context(), w.act(), first.ID, ledger.Date{}, "mistake")
	wantCode(t, "not_latest", err)
	_, err = w.store.ReverseDistribution(t.Context(), w.act(), second.ID, ledger.Date{}, "")
	wantCode(t, "required", err)
	reversed := w.reverse(second)
	if reversed.State != ledger.Reversed || reversed.ReversedBy != "ana" || reversed.Reason == "" {
		t.Errorf("%+v", reversed.Distribution)
	}
	_, err = w.store.ReverseDistribution(t.Context(), w.act(), second.ID, ledger.Date{}, "again")
	wantCode(t, "already_reversed", err)
	_, err = w.store.ReverseDistribution(t.Context(), w.act(), w.draft("2026-11-01").ID, ledger.Date{}, "a draft")
	wantCode(t, "not_posted", err)
	again := w.draft("2026-11-01")
	wantAllocated(t, again, allocated(second))
	if diff := cmp.Diff(d.Digest, again.Digest); diff != "" {
		t.Errorf("the inputs are not as if it had never been: %s", diff)
	}
	w.reverse(first)
	balance := do[ledger.MemberBalance](t)(w.store.MemberBalance(t.Context(), w.ana, postgres.BalanceQuery{}, "bo"))
	if diff := cmp.Diff("0.00", balance.Payable.Figure()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("190.00", balance.Claims[0].Outstanding.Figure()); diff != "" {
		t.Error(diff)
	}
}

// Money set aside that is spent cannot be taken back; money paid out can, and the
// next distribution evens it out.
func TestReverseAfterSpending(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	d := w.post(w.draft("2026-10-31"))
	w.move(ledger.Move{Kind: ledger.PaymentEntry, Amount: eur("873.72"), Date: date(t, "2026-11-02"),
		Member: "cy", Asset: "bank"})
	spent := w.move(ledger.Move{Kind: ledger.SpendingEntry, Amount: eur("45.00"), Date: date(t, "2026-11-02"),
		Fund: "care", Asset: "bank"})
	before := state(t, w.store.Raw())
	_, err := w.store.ReverseDistribution(t.Context(), w.act(), d.ID, ledger.Date{}, "mistake")
	wantCode(t, "fund_spent", err)
	if refusal, ok := err.(*ledger.Error); !ok || refusal.Detail["shortfall"] != "45.00" ||
		refusal.Detail["account"] != "equity:fund:care" {
		t.Errorf("the refusal is %v", err)
	}
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Error(diff)
	}
	do[[]ledger.Entry](t)(w.store.ReverseEntries(t.Context(), w.act(),
		[]ledger.EntryID{spent.ID}, ledger.Date{}, "returned"))
	w.reverse(d)
	if diff := cmp.Diff("-873.72", w.payable("cy")); diff != "" {
		t.Error(diff)
	}
	w.post(w.draft("2026-10-31"))
	if diff := cmp.Diff("0.00", w.payable("cy")); diff != "" {
		t.Error(diff)
	}
}

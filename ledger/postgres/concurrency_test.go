package postgres_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// keyed returns an act under a key, whose answer is the text of its result.
func keyed(by postgres.Caller, key, request string) *postgres.Act {
	return &postgres.Act{By: by, Key: key, Fingerprint: []byte(request),
		Render: func(result any) (postgres.Answer, error) {
			resource := fmt.Sprintf("%T", result)
			if incomes, ok := result.([]ledger.Income); ok {
				resource = incomes[0].ID.String()
			}
			return postgres.Answer{Status: 201, Location: "/v1/" + resource, Resource: resource,
				Body: []byte(`{"id":"` + resource + `"}`)}, nil
		}}
}

func sale(t testing.TB, amount, day string) []ledger.NewIncome {
	t.Helper()
	return []ledger.NewIncome{{Amount: eur(amount), Date: date(t, day), Payer: "City", Source: "sale",
		Asset: "bank"}}
}

// Of a hundred drafts that divide one income exactly one is posted.
func TestCase31OneIncomeAtOnce(t *testing.T) {
	t.Parallel()
	const n = 100
	w := riverside(t)
	w.october()
	income := w.income("1000.00", "2026-10-31")
	requests := make([]postgres.DistributionRequest, n)
	for i := range requests {
		requests[i] = postgres.DistributionRequest{
			Incomes: []ledger.IncomeID{income.ID}, Through: date(t, "2026-10-31")}
	}
	drafts := do[[]postgres.Distribution](t)(w.store.DraftDistributions(t.Context(), w.act(), requests))
	tally := atOnce(n, func(i int) error { return w.tryPost(drafts[i]) })
	wantRefusals(t, tally, n, "income_already_distributed", "inputs_changed")
	divided := count(t, w.store.Raw(), `SELECT count(*) FROM distribution_income WHERE income_id = $1`,
		string(income.ID))
	if divided != 1 {
		t.Errorf("the income is divided %d times", divided)
	}
}

// A draft that a hundred post at once is posted once.
func TestPostOneDraftAtOnce(t *testing.T) {
	t.Parallel()
	const n = 100
	w := riverside(t)
	w.october()
	d := w.draft("2026-10-31")
	tally := atOnce(n, func(int) error { return w.tryPost(d) })
	wantRefusals(t, tally, n, "already_posted")
	if diff := cmp.Diff("1076.40", w.payable("ana")); diff != "" {
		t.Error(diff)
	}
}

// Two distributions of different incomes through the same inputs: only one of the
// digests still holds when the second comes.
func TestPostTwoIncomesAtOnce(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	a, b := w.income("700.00", "2026-10-31"), w.income("800.00", "2026-10-31")
	first, second := w.draft("2026-10-31", a.ID), w.draft("2026-10-31", b.ID)
	tally := atOnce(2, func(i int) error { return w.tryPost([]postgres.Distribution{first, second}[i]) })
	wantRefusals(t, tally, 2, "inputs_changed")
}

// Fifty requests with one key have one effect; who comes while the first runs is
// told so, who comes later gets its answer.
func TestCase26OneKeyAtOnce(t *testing.T) {
	t.Parallel()
	const n = 50
	w := riverside(t)
	acts := make([]*postgres.Act, n)
	tally := atOnce(n, func(i int) error {
		acts[i] = keyed(w.ana, "key", "request")
		_, err := w.store.RecordIncomes(t.Context(), acts[i], sale(t, "10.00", "2026-10-31"))
		return err
	})
	if tally["ok"] != 1 || tally["ok"]+tally["replayed"]+tally["idempotency_in_flight"] != n {
		t.Errorf("one effect and %d replays; got %v", n-1, tally)
	}
	if got := count(t, w.store.Raw(), `SELECT count(*) FROM income`); got != 1 {
		t.Errorf("%d incomes", got)
	}
	again := keyed(w.ana, "key", "request")
	_, err := w.store.RecordIncomes(t.Context(), again, sale(t, "10.00", "2026-10-31"))
	wantCode(t, "replayed", err)
	for i, act := range acts {
		if len(act.Answer.Body) > 0 {
			if diff := cmp.Diff(again.Answer, act.Answer); diff != "" {
				t.Errorf("answer %d: %s", i, diff)
			}
		}
	}
	if !again.Replayed || again.Answer.Status != 201 {
		t.Errorf("the stored answer is not given again: %+v", again.Answer)
	}
}

// A hundred keys with several attempts each give exactly a hundred incomes.
func TestManyKeysAtOnce(t *testing.T) {
	t.Parallel()
	const keys, attempts = 100, 5
	w := riverside(t)
	tally := atOnce(keys*attempts, func(i int) error {
		for {
			act := keyed(w.ana, "key "+strconv.Itoa(i%keys), "request")
			_, err := w.store.RecordIncomes(t.Context(), act, sale(t, "10.00", "2026-10-31"))
			if code(err) != "idempotency_in_flight" {
				return err
			}
			time.Sleep(time.Millisecond)
		}
	})
	if diff := cmp.Diff(map[string]int{"ok": keys, "replayed": keys * (attempts - 1)}, tally); diff != "" {
		t.Error(diff)
	}
	if got := count(t, w.store.Raw(), `SELECT count(*) FROM income`); got != keys {
		t.Errorf("%d incomes", got)
	}
}

// A key belongs to one request of one member.
func TestCase28KeyOfAnother(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	first := keyed(w.ana, "key", "request")
	do[[]ledger.Income](t)(w.store.RecordIncomes(t.Context(), first, sale(t, "10.00", "2026-10-31")))
	before := state(t, w.store.Raw())

	_, err := w.store.RecordIncomes(t.Context(), keyed(w.ana, "key", "other"), sale(t, "20.00", "2026-10-31"))
	wantCode(t, "idempotency_key_reused", err)
	var refusal *ledger.Error
	if errors.As(err, &refusal) && refusal.Detail["resource_id"] != first.Answer.Resource {
		t.Errorf("the refusal names %q, want %q", refusal.Detail["resource_id"], first.Answer.Resource)
	}
	_, err = w.store.RecordIncomes(t.Context(), keyed(w.cy, "key", "request"), sale(t, "10.00", "2026-10-31"))
	wantCode(t, "forbidden", err)
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Error(diff)
	}

	given := []ledger.NewContribution{{Member: "bo", Kind: "work", Quantity: decimal.NewFromInt(1),
		Date: date(t, "2026-10-05")}}
	_, err = w.store.LogContributions(t.Context(), keyed(w.bo, "key", "request"), given)
	wantCode(t, "ok", err)
}

// What is owed is paid once, however many pay at once.
func TestCase35PayAtOnce(t *testing.T) {
	t.Parallel()
	const n = 12
	w := riverside(t)
	w.move(ledger.Move{Kind: ledger.OpeningEntry, Amount: eur("100.00"), Date: date(t, "2026-10-01"), Member: "cy"})
	tally := atOnce(n, func(int) error {
		return w.tryMove(ledger.Move{Kind: ledger.PaymentEntry, Amount: eur("60.00"),
			Date: date(t, "2026-10-31"), Member: "cy", Asset: "bank"})
	})
	wantRefusals(t, tally, n, "exceeds_payable")
	if diff := cmp.Diff("40.00", w.payable("cy")); diff != "" {
		t.Error(diff)
	}
}

// Advances together stay within the limit of 500.
func TestAdvanceAtOnce(t *testing.T) {
	t.Parallel()
	const n = 10
	w := riverside(t)
	tally := atOnce(n, func(int) error {
		return w.tryMove(ledger.Move{Kind: ledger.AdvanceEntry, Amount: eur("120.00"),
			Date: date(t, "2026-10-31"), Member: "cy", Asset: "bank"})
	})
	if diff := cmp.Diff(map[string]int{"ok": 4, "exceeds_payable": n - 4}, tally); diff != "" {
		t.Error(diff)
	}
}

// Two stewards accept one contribution many times at once: it is accepted once.
func TestAcceptAtOnce(t *testing.T) {
	t.Parallel()
	const n = 20
	w := riverside(t)
	logged := do[[]ledger.Contribution](t)(w.store.LogContributions(t.Context(), w.actAs(w.cy),
		[]ledger.NewContribution{{Member: "cy", Kind: "care", Quantity: decimal.NewFromInt(3),
			Date: date(t, "2026-10-05")}}))
	tally := atOnce(n, func(i int) error {
		_, err := w.store.DecideContributions(t.Context(), w.actAs([]postgres.Caller{w.ana, w.bo}[i%2]),
			[]ledger.ContributionID{logged[0].ID}, ledger.Accept, "")
		return err
	})
	wantRefusals(t, tally, n, "contribution_accepted")
}

// Where two must accept, each counts once, whoever comes first.
func TestApproveAtOnce(t *testing.T) {
	t.Parallel()
	const n = 20
	w := riverside(t)
	do[[]ledger.ContributionKind](t)(w.store.AddKinds(t.Context(), w.act(), []ledger.ContributionKind{{
		Code: "repair", Name: "Repair", Unit: "item", Theme: "work", Becomes: ledger.BecomesWeight, Reviews: 2}}))
	logged := do[[]ledger.Contribution](t)(w.store.LogContributions(t.Context(), w.actAs(w.cy),
		[]ledger.NewContribution{{Member: "cy", Kind: "repair", Quantity: decimal.NewFromInt(3),
			Date: date(t, "2026-10-05")}}))
	tally := atOnce(n, func(i int) error {
		_, err := w.store.DecideContributions(t.Context(), w.actAs([]postgres.Caller{w.ana, w.bo}[i%2]),
			[]ledger.ContributionID{logged[0].ID}, ledger.Accept, "")
		return err
	})
	if refused := tally["already_approved"] + tally["contribution_accepted"]; tally["ok"] != 2 || refused != n-2 {
		t.Errorf("two acceptances count; got %v", tally)
	}
	c := do[ledger.Contribution](t)(w.store.Contribution(t.Context(), w.ana, logged[0].ID))
	if c.State != ledger.Accepted || c.Acceptance == nil || c.Acceptance.Number != 1 {
		t.Errorf("the contribution is %s, accepted %+v", c.State, c.Acceptance)
	}
}

// Logging with and without review, accepting, and money coming in at the same
// time leave sequence and acceptance numbers without a gap, in commit order.
func TestNumbersAtOnce(t *testing.T) {
	t.Parallel()
	const n = 120
	w := riverside(t)
	var waiting [n]ledger.ContributionID
	tally := atOnce(n, func(i int) error {
		kind := []string{"work", "care", "materials"}[i%3]
		if i%10 == 9 {
			_, err := w.store.RecordIncomes(t.Context(), w.act(), sale(t, "5.00", "2026-10-31"))
			return err
		}
		logged, err := w.store.LogContributions(t.Context(), w.act(), []ledger.NewContribution{{Member: "ana",
			Kind: kind, Quantity: decimal.NewFromInt(1), Date: date(t, "2026-10-01").AddDays(i / 3 % 30)}})
		if err == nil && kind == "care" {
			waiting[i] = logged[0].ID
			_, err = w.store.DecideContributions(t.Context(), w.actAs(w.bo),
				[]ledger.ContributionID{logged[0].ID}, ledger.Accept, "")
		}
		return err
	})
	if diff := cmp.Diff(map[string]int{"ok": n}, tally); diff != "" {
		t.Error(diff)
	}
	for _, numbers := range []string{
		`SELECT number FROM acceptance ORDER BY number`, `SELECT sequence FROM entry ORDER BY sequence`} {
		var got []int64
		if err := w.store.Raw().SelectContext(t.Context(), &got, numbers); err != nil {
			t.Fatal(err)
		}
		for i, number := range got {
			if number != int64(i+1) {
				t.Fatalf("%s: place %d has number %d", numbers, i+1, number)
			}
		}
	}
	if got := count(t, w.store.Raw(), `SELECT count(*) FROM acceptance`); got != n-n/10 {
		t.Errorf("%d acceptances, want %d", got, n-n/10)
	}
}

// Two who reverse one thing at once reverse it once, and one who divides an income
// while another reverses it does not do both.
func TestReverseAtOnce(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	work := w.log("cy", "work", "2", "2026-10-28")
	tally := atOnce(8, func(int) error {
		_, err := w.store.ReverseContributions(t.Context(), w.act(), []ledger.ContributionID{work.ID}, "mistake")
		return err
	})
	wantRefusals(t, tally, 8, "already_reversed")

	income := w.income("100.00", "2026-10-31")
	d := w.draft("2026-10-31", income.ID)
	tally = atOnce(2, func(i int) error {
		if i == 0 {
			return w.tryPost(d)
		}
		_, err := w.store.ReverseIncomes(t.Context(), w.act(), []ledger.IncomeID{income.ID}, ledger.Date{}, "twice")
		return err
	})
	wantRefusals(t, tally, 2, "income_already_distributed", "income_reversed")

	rest := w.post(w.draft("2026-10-31"))
	tally = atOnce(8, func(int) error {
		_, err := w.store.ReverseDistribution(t.Context(), w.act(), rest.ID, ledger.Date{}, "mistake")
		return err
	})
	wantRefusals(t, tally, 8, "already_reversed")
}

// A dry run of every act gives the full answer and leaves every row as it was.
func TestDryRun(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	care := w.log("ana", "care", "2", "2026-10-21")
	work := w.log("cy", "work", "1", "2026-10-22")
	spent := w.move(ledger.Move{Kind: ledger.OpeningEntry, Amount: eur("5.00"), Date: date(t, "2026-10-01"), Fund: "care"})
	posted := w.post(w.draft("2026-10-31"))
	open := w.income("80.00", "2026-10-31")
	draft := w.draft("2026-10-31")
	proposed := do[postgres.Agreement](t)(
		w.store.CreateAgreement(t.Context(), w.act(), "", []byte(riversideRules), "yaml"))
	before := state(t, w.store.Raw())
	acts := dryRuns(w, care, work, spent, posted, open, draft, proposed)
	for _, name := range slices.Sorted(maps.Keys(acts)) {
		act := keyed(w.ana, "dry "+name, "request")
		act.DryRun = true
		if name == "accept" {
			act.By = w.bo
		}
		wantCode(t, "ok", acts[name](act))
		if len(act.Answer.Body) == 0 {
			t.Errorf("%s: there is no answer", name)
		}
		if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func dryRuns(
	w *world, care, work ledger.Contribution, moved ledger.Entry, posted postgres.Distribution,
	open ledger.Income, draft postgres.Distribution, proposed postgres.Agreement,
) map[string]func(*postgres.Act) error {
	ctx, day := w.Context(), date(w.T, "2026-10-31")
	return map[string]func(*postgres.Act) error{
		"log": func(a *postgres.Act) error {
			_, err := w.store.LogContributions(ctx, a, []ledger.NewContribution{
				{Member: "cy", Kind: "work", Quantity: decimal.NewFromInt(1), Date: day},
				{Member: "cy", Kind: "care", Quantity: decimal.NewFromInt(1), Date: day},
				{Member: "cy", Kind: "materials", Quantity: decimal.NewFromInt(1), Date: day}})
			return err
		},
		"accept": func(a *postgres.Act) error {
			_, err := w.store.DecideContributions(ctx, a, []ledger.ContributionID{care.ID}, ledger.Accept, "")
			return err
		},
		"reverse contribution": func(a *postgres.Act) error {
			_, err := w.store.ReverseContributions(ctx, a, []ledger.ContributionID{work.ID}, "mistake")
			return err
		},
		"income": func(a *postgres.Act) error {
			_, err := w.store.RecordIncomes(ctx, a, sale(w.T, "10.00", "2026-10-31"))
			return err
		},
		"reverse income": func(a *postgres.Act) error {
			_, err := w.store.ReverseIncomes(ctx, a, []ledger.IncomeID{open.ID}, ledger.Date{}, "mistake")
			return err
		},
		"draft": func(a *postgres.Act) error {
			_, err := w.store.DraftDistributions(ctx, a, []postgres.DistributionRequest{{Through: day}})
			return err
		},
		"discard": func(a *postgres.Act) error { return w.store.DiscardDistribution(ctx, a, draft.ID) },
		"post": func(a *postgres.Act) error {
			_, err := w.store.PostDistribution(ctx, a, draft.ID, draft.Digest)
			return err
		},
		"reverse distribution": func(a *postgres.Act) error {
			_, err := w.store.ReverseDistribution(ctx, a, posted.ID, ledger.Date{}, "mistake")
			return err
		},
		"move": func(a *postgres.Act) error {
			_, err := w.store.MoveMoney(ctx, a, []ledger.Move{{Kind: ledger.PaymentEntry, Amount: eur("1.00"),
				Date: day, Member: "cy", Asset: "cash"}})
			return err
		},
		"reverse entry": func(a *postgres.Act) error {
			_, err := w.store.ReverseEntries(ctx, a, []ledger.EntryID{moved.ID}, ledger.Date{}, "mistake")
			return err
		},
		"adopt": func(a *postgres.Act) error {
			_, err := w.store.AdoptAgreement(ctx, a, proposed.ID, consent(day, day))
			return err
		},
		"close": func(a *postgres.Act) error {
			_, err := w.store.ClosePeriod(ctx, a, day, "")
			return err
		},
		"members": func(a *postgres.Act) error {
			_, err := w.store.AddMembers(ctx, a, []ledger.NewMember{{Handle: "di", Name: "Di", Stage: ledger.FullPart}})
			return err
		},
		"rates": func(a *postgres.Act) error {
			_, err := w.store.AddRates(ctx, a, []ledger.NewRate{{Kind: "work", From: day, Rate: decimal.NewFromInt(2)}})
			return err
		},
	}
}

// killWhile returns a Render that ends the act's own connection on the server the
// first times that it runs.
func (w *world) killWhile(act *postgres.Act, times int32) *atomic.Int32 {
	var killed atomic.Int32
	render := act.Render
	act.Render = func(result any) (postgres.Answer, error) {
		if killed.Load() < times {
			killed.Add(1)
			_, err := w.store.Raw().ExecContext(w.Context(), `
				SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity
				 WHERE datname = current_database() AND state = 'idle in transaction'
				   AND pid <> pg_backend_pid()`)
			if err != nil {
				return postgres.Answer{}, err
			}
		}
		return render(result)
	}
	return &killed
}

// An act whose server process is killed in the middle is done again, once.
func TestKilledWhileActing(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	act := keyed(w.ana, "key", "request")
	killed := w.killWhile(act, 1)
	_, err := w.store.RecordIncomes(t.Context(), act, sale(t, "10.00", "2026-10-31"))
	wantCode(t, "ok", err)
	if killed.Load() != 1 {
		t.Error("nothing was killed")
	}
	if got := count(t, w.store.Raw(), `SELECT count(*) FROM income`); got != 1 {
		t.Errorf("%d incomes", got)
	}
}

// An act that is killed again and again gives up with a clear answer and no effect.
func TestKilledAlways(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	before := state(t, w.store.Raw())
	act := keyed(w.ana, "key", "request")
	w.killWhile(act, 1000)
	_, err := w.store.RecordIncomes(t.Context(), act, sale(t, "10.00", "2026-10-31"))
	wantCode(t, "database_unavailable", err)
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Error(diff)
	}
}

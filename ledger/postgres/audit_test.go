package postgres_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/postgres/postgrestest"
)

// spend has somebody spend more than there is, or try to.
func (w *world) spend(by postgres.Caller) error {
	_, err := w.store.MoveMoney(w.Context(), w.actAs(by), []ledger.Move{
		{Kind: ledger.SpendingEntry, Fund: "reserve", Amount: eur("1"), Date: date(w.T, "2026-10-05")}})
	return err
}

// trail reads the whole audit trail, oldest first.
func (w *world) trail() []ledger.AuditRow {
	w.Helper()
	found := do[[]ledger.AuditRow](w.T)(
		w.store.Audit(w.Context(), w.ana, postgres.AuditFilter{Limit: 10_000}))
	for i, row := range found {
		if row.Number != int64(len(found)-i) {
			w.Fatalf("row %d is the %d. from the end of %d", row.Number, i+1, len(found))
		}
	}
	return found
}

// Whoever writes at once, acts and refusals are numbered without a gap, and every act
// has one row with the events that it made.
func TestAuditAtOnce(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	before := len(w.trail())
	const writers, each = 6, 5
	var wait sync.WaitGroup
	for i := range writers {
		wait.Go(func() {
			for j := range each {
				_, err := w.store.LogContributions(t.Context(), w.act(), []ledger.NewContribution{
					{Member: "bo", Kind: "care", Quantity: decimal.New(1, -2), Date: date(t, "2026-10-05")},
					{Member: "cy", Kind: []string{"materials", "work"}[i%2], Quantity: decimal.New(1, -2),
						Date: date(t, "2026-10-05")}})
				if err != nil {
					t.Error(err)
				}
				if err := w.spend(w.bo); err == nil {
					t.Errorf("bo spent in round %d", j)
				}
			}
		})
	}
	wait.Wait()
	count := map[string]int64{}
	rows := w.trail()
	for _, row := range rows[:len(rows)-before] {
		count[fmt.Sprint(row.Operation, " ", row.Outcome, " ", row.Code, " ", row.By.Handle)] += row.Count
	}
	want := map[string]int64{
		"log_contribution done  ana":      2 * writers * each,
		"move_money refused forbidden bo": writers * each,
	}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Error(diff)
	}
}

// Neither a replay nor a dry run has a row, nor what is refused without being about
// money; what is done twice has two.
func TestAuditOnce(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	before := len(w.trail())
	logs := func(act *postgres.Act) error {
		_, err := w.store.LogContributions(t.Context(), act, []ledger.NewContribution{
			{Member: "bo", Kind: "care", Quantity: decimal.New(1, -2), Date: date(t, "2026-10-05")}})
		return err
	}
	income := func(act *postgres.Act) error {
		_, err := w.store.RecordIncomes(t.Context(), act, []ledger.NewIncome{
			{Amount: eur("10"), Date: date(t, "2026-10-05"), Source: "sale", Asset: "bank"}})
		return err
	}
	for _, c := range []struct {
		do   func(*postgres.Act) error
		act  *postgres.Act
		fail bool
		rows int
	}{
		{do: income, act: &postgres.Act{By: w.ana, Key: "a", Fingerprint: []byte("a")}, rows: 1},
		{do: income, act: &postgres.Act{By: w.ana, Key: "a", Fingerprint: []byte("a")}, fail: true},
		{do: income, act: &postgres.Act{By: w.ana, Key: "b", Fingerprint: []byte("b")}, rows: 1},
		{do: income, act: &postgres.Act{By: w.ana, DryRun: true}},
		{do: income, act: &postgres.Act{By: w.bo, DryRun: true}, fail: true},
		{do: income, act: &postgres.Act{By: w.bo}, fail: true, rows: 1},
		{do: logs, act: &postgres.Act{By: w.ana, Key: "c", Fingerprint: []byte("c")}, rows: 1},
		{do: logs, act: &postgres.Act{By: w.ana, Key: "c", Fingerprint: []byte("c")}, fail: true},
		{do: logs, act: &postgres.Act{By: w.ana, DryRun: true}},
		{do: logs, act: &postgres.Act{By: w.cy}, fail: true},
	} {
		if err := c.do(c.act); (err != nil) != c.fail {
			t.Fatalf("%+v: %v", c.act, err)
		}
		after := len(w.trail())
		if after-before != c.rows {
			t.Errorf("%+v: %d rows, want %d", c.act, after-before, c.rows)
		}
		before = after
	}
}

// A caller who is refused over and over fills no disk: those beyond the first have one
// row together, by the time the store is closed at the latest.
func TestAuditBounded(t *testing.T) {
	t.Parallel()
	url := postgrestest.URL(t)
	other := openAt(t, url)
	w := &world{T: t, store: do[*postgres.Store](t)(postgres.Open(t.Context(), url))}
	founded := do[postgres.Founded](t)(w.store.CreateCommons(t.Context(),
		&postgres.Act{By: postgres.Caller{Instance: true}},
		ledger.Commons{Slug: "hillside", Name: "Hillside", Currency: "EUR", TimeZone: "UTC"},
		ledger.NewMember{Handle: "ana", Name: "Ana", Stage: ledger.FullPart}))
	w.ana = do[postgres.Caller](t)(w.store.Authenticate(t.Context(), founded.Token))
	for range 37 {
		if err := w.spend(w.ana); err == nil {
			t.Fatal("a member without a role spent")
		}
	}
	most := postgres.AuditFilter{Limit: 100}
	first := do[[]ledger.AuditRow](t)(w.store.Audit(t.Context(), w.ana, most))
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	last := do[[]ledger.AuditRow](t)(other.Audit(t.Context(), w.ana, most))
	if len(first) != 30 || len(last) != 31 || last[0].Count != 7 || last[0].Code != "forbidden" {
		t.Errorf("%d rows, and then %d, the last one %+v", len(first), len(last), last[0])
	}
}

// Who is refused waits for nobody: not for the commons' lock, which another holds, and
// not for a database that is away.
func TestRefusalIsNotHeldUp(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	refuse := func() time.Duration {
		began := time.Now()
		w.store.Refuse(&postgres.Act{By: w.bo, Operation: ledger.MoveMoney},
			ledger.Errorf(ledger.Forbidden, "forbidden", "No."))
		return time.Since(began)
	}
	held, err := w.store.Raw().BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := held.ExecContext(t.Context(), `SELECT FROM journal_head FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	if took := refuse(); took > 200*time.Millisecond {
		t.Errorf("a refusal took %v", took)
	}
	if err := held.Rollback(); err != nil {
		t.Fatal(err)
	}
	if row := w.trail()[0]; row.Outcome != ledger.ActRefused || row.By.Handle != "bo" {
		t.Errorf("the last row is %+v", row)
	}
}

// What cannot be written is counted.
func TestRefusalsLost(t *testing.T) {
	t.Parallel()
	store := do[*postgres.Store](t)(postgres.Open(t.Context(), postgrestest.URL(t)))
	by := postgres.Caller{Commons: ledger.Commons{ID: "0192f0c1-0000-7000-8000-000000000001"}}
	store.Refuse(&postgres.Act{By: by, Operation: ledger.MoveMoney},
		ledger.Errorf(ledger.Forbidden, "forbidden", "No."))
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if n := store.LostRefusals(); n != 1 {
		t.Errorf("%d refusals are lost", n)
	}
}

// The database keeps whole addresses out, and codes with refusals.
func TestAuditConstraints(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	for _, c := range []struct {
		name, address, outcome, code, events string
		skip                                 int
		want                                 string
	}{
		{"good", "203.0.113.0/24", "refused", "'forbidden'", "NULL, NULL", 1, "done"},
		{"a whole address", "203.0.113.7", "done", "NULL", "NULL, NULL", 1,
			"check_violation audit_address_is_network"},
		{"a whole address of version 6", "2001:db8::7/128", "done", "NULL", "NULL, NULL", 1,
			"check_violation audit_address_is_network"},
		{"no code", "local", "refused", "NULL", "NULL, NULL", 1, "check_violation audit_code_of_refusal"},
		{"a refusal with events", "local", "refused", "'forbidden'", "900, 900", 1,
			"check_violation audit_events_of_act"},
		{"events of another count", "local", "done", "NULL", "900, 901", 1,
			"check_violation audit_events_of_act"},
		{"half the events", "local", "done", "NULL", "NULL, 900", 1,
			"check_violation audit_events_of_act"},
		{"events of another act", "local", "done", "NULL", "3, 3", 1,
			"unique_violation audit_event_from_unique"},
		{"a gap", "local", "done", "NULL", "NULL, NULL", 2, "check_violation numbers_follow"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tx, err := w.store.Raw().BeginTxx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback() }() // nothing of it is to stay
			if _, err := tx.ExecContext(t.Context(), `SELECT set_config('phyle.commons', $1, true)`,
				string(w.ana.Commons.ID)); err != nil {
				t.Fatal(err)
			}
			_, err = tx.ExecContext(t.Context(), fmt.Sprintf(`
				INSERT INTO phyle.audit (commons_id, number, at, operation, outcome, code, count, event_from,
				            event_to, request_id, address, recorded_at)
				SELECT commons_id, audit + %d, now(), 'move_money', '%s', %s, 1, %s, '', '%s', now()
				  FROM phyle.journal_head`, c.skip, c.outcome, c.code, c.events, c.address))
			if diff := cmp.Diff(c.want, refusal(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

package postgres_test

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// long asks for the thorough form: go test ./ledger/postgres -long.
var long = flag.Bool("long", false, "try every row and hundreds of sequences")

// column is a column that holds money, quantities or weights.
type column struct {
	Table string `db:"table"`
	Name  string `db:"name"`
}

func (c column) String() string { return c.Table + "." + c.Name }

// notices says for each column with a number in it which invariant notices that it
// was changed by its smallest unit.
var notices = map[string]string{
	"acceptance.rate":             "weights are quantity times rate, and claims their value",
	"acceptance.value":            "weights are quantity times rate, and claims their value",
	"acceptance.weight":           "weights are quantity times rate, and claims their value",
	"allocation.amount":           "each distribution follows from its recorded inputs",
	"allocation.kept":             "each distribution follows from its recorded inputs",
	"allocation.total_weight":     "each distribution follows from its recorded inputs",
	"allocation.weight":           "each distribution follows from its recorded inputs",
	"approval_policy.above":       "approval policies came by changes",
	"balance.amount":              "balances are the sums of postings",
	"balance_on.amount":           "dated balances are the sums of postings",
	"change.approvals_above":      "approval policies came by changes",
	"contribution.quantity":       "weights are quantity times rate, and claims their value",
	"deduction.amount":            "incomes are gross less deductions, and booked so",
	"distribution.carried_in":     "incomes and carried = given and carried on",
	"distribution.carried_out":    "incomes and carried = given and carried on",
	"distribution.given":          "incomes and carried = given and carried on",
	"distribution.incomes":        "incomes and carried = given and carried on",
	"distribution_income.amount":  "incomes and carried = given and carried on",
	"distribution_rounding.delta": "each distribution follows from its recorded inputs",
	"income.gross":                "incomes are gross less deductions, and booked so",
	"income.net":                  "incomes are gross less deductions, and booked so",
	"posting.amount":              "every entry balances",
	"rate.rate":                   "rates are those that were in force",
	"received_opening.amount":     "the inputs of each distribution follow from the raw rows",
	"rounding_balance.amount":     "rounding balances are the sums of unreversed distributions",
	"take.amount":                 "the inputs of each distribution follow from the raw rows",
}

// plain are numbers that nothing in the books follows from, and why.
var plain = map[string]string{
	"commons.advance_limit": "a setting that may change at any time; it bounds what is entered from then on",
	"fund.target":           "an aim to be shown; rules have their own",
}

// smallest is the smallest unit of columns that are not money.
var smallest = map[string]string{
	"acceptance.rate": "0.000001", "acceptance.weight": "0.000001", "allocation.weight": "0.000001",
	"allocation.total_weight": "0.000001", "contribution.quantity": "0.000001", "rate.rate": "0.000001",
	"distribution_rounding.delta": "0.000000000001", "rounding_balance.amount": "0.000000000001",
}

// inBooks narrows a table to the rows that the books hold already.
var inBooks = map[string]string{
	"change": `EXISTS (SELECT FROM change_confirmation AS e
	                    WHERE e.change_id = r.change_id AND e.outcome <> 'withdrawn')`,
	"contribution": `EXISTS (SELECT FROM acceptance AS x WHERE x.contribution_id = r.contribution_id)`,
}

func numbers(t *testing.T, db *sqlx.DB) []column {
	t.Helper()
	var columns []column
	err := db.SelectContext(t.Context(), &columns, `
		SELECT c.relname AS table, a.attname AS name
		  FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid JOIN pg_type AS y ON y.oid = a.atttypid
		 WHERE c.relnamespace = 'phyle'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
		   AND NOT a.attisdropped AND 'numeric'::regtype IN (y.oid, y.typbasetype)
		 ORDER BY c.relname, a.attname`)
	if err != nil {
		t.Fatal(err)
	}
	return columns
}

// tampering is a database whose rows somebody changes who may do everything, and
// puts back again.
type tampering struct {
	*testing.T
	store *postgres.Store
	db    *sqlx.DB
}

// tamperWith keeps a copy of every table.
func tamperWith(t *testing.T, store *postgres.Store) tampering {
	t.Helper()
	s := tampering{t, store, store.Raw()}
	s.exec(`CREATE SCHEMA kept`)
	for _, name := range tables(t, s.db) {
		s.exec(`CREATE TABLE kept.` + name + ` AS TABLE phyle.` + name)
	}
	s.exec(`ALTER TABLE phyle.distribution DROP CONSTRAINT distribution_sums;
		ALTER TABLE phyle.allocation DROP CONSTRAINT allocation_kept`)
	return s
}

// exec runs statements with triggers and foreign keys out of the way.
func (s tampering) exec(statements string) int64 {
	s.Helper()
	tx, err := s.db.BeginTxx(s.Context(), nil)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(s.Context(), `SET LOCAL session_replication_role = replica`); err != nil {
		s.Fatal(err)
	}
	result, err := tx.ExecContext(s.Context(), statements)
	if err != nil {
		s.Fatalf("%s: %v", statements, err)
	}
	n, _ := result.RowsAffected()
	if err := tx.Commit(); err != nil {
		s.Fatal(err)
	}
	return n
}

// restore puts a table back as it was.
func (s tampering) restore(tables ...string) {
	s.Helper()
	for _, table := range tables {
		s.exec(`DELETE FROM phyle.` + table + `; INSERT INTO phyle.` + table + ` TABLE kept.` + table)
	}
}

// found returns what verification finds, as invariant and first bad row.
func (s tampering) found() map[string]string {
	s.Helper()
	bad := map[string]string{}
	v := do[postgres.Verification](s)(s.store.Verify(s.Context(), "riverside"))
	for _, check := range v.Checks {
		if check.Bad != "" {
			bad[check.Name] = check.Bad
		}
	}
	if v.OK() != (len(bad) == 0) {
		s.Errorf("OK is %v with %v", v.OK(), bad)
	}
	return bad
}

// wantFound fails unless the invariant is among those that no longer hold. No name
// is any.
func (s tampering) wantFound(what, invariant string) {
	s.Helper()
	bad := s.found()
	if len(bad) == 0 || invariant != "" && bad[invariant] == "" {
		s.Errorf("%s: verification finds %q, want a row that breaks %q", what, bad, invariant)
	}
}

// Every number of the books, changed by its smallest unit, is found; and a new
// column of numbers must be named here.
func TestVerifyNumbers(t *testing.T) {
	t.Parallel()
	w := rich(t)
	s := tamperWith(t, w.store)
	if diff := cmp.Diff(map[string]string{}, s.found()); diff != "" {
		t.Fatal(diff)
	}
	var all []string
	for _, c := range numbers(t, s.db) {
		all = append(all, c.String())
		if plain[c.String()] != "" {
			continue
		}
		t.Run(c.String(), func(t *testing.T) { s.T = t; s.tamperNumbers(c) })
	}
	s.T = t
	want := slices.Sorted(maps.Keys(notices))
	want = append(want, slices.Collect(maps.Keys(plain))...)
	slices.Sort(want)
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("columns of numbers: %s", diff)
	}
	if diff := cmp.Diff(map[string]string{}, s.found()); diff != "" {
		t.Error(diff)
	}
}

func (s tampering) tamperNumbers(c column) {
	where, unit := "true", "0.01"
	if condition, found := inBooks[c.Table]; found {
		where = condition
	}
	if other, found := smallest[c.String()]; found {
		unit = other
	}
	var rows []string
	err := s.db.SelectContext(s.Context(), &rows, fmt.Sprintf(`
		SELECT md5(r::text) FROM %s AS r WHERE r.%s IS NOT NULL AND %s ORDER BY 1`, c.Table, c.Name, where))
	if err != nil || len(rows) == 0 {
		s.Fatalf("%d rows, %v", len(rows), err)
	}
	if !*long && len(rows) > 3 {
		rows = []string{rows[0], rows[len(rows)/2], rows[len(rows)-1]}
	}
	for _, row := range rows {
		n := s.exec(fmt.Sprintf(`UPDATE phyle.%s AS r SET %s = r.%s + %s WHERE md5(r::text) = '%s'`,
			c.Table, c.Name, c.Name, unit, row))
		if n != 1 {
			s.Fatalf("%d rows changed", n)
		}
		s.wantFound(row, notices[c.String()])
		s.restore(c.Table)
	}
}

// A row that is gone is found, whichever table of money, contributions or
// distributions it is from.
func TestVerifyDeletes(t *testing.T) {
	t.Parallel()
	w := rich(t)
	s := tamperWith(t, w.store)
	for _, table := range []string{
		"acceptance", "account", "adoption", "agreement", "allocation", "approval",
		"approval_policy", "audit", "balance", "balance_on", "change", "change_confirmation", "contribution",
		"contribution_decision", "contribution_ref", "contribution_state", "coverage", "decision", "decision_vote",
		"deduction", "distribution", "distribution_check",
		"distribution_income", "distribution_inputs", "distribution_reversal", "distribution_rounding", "entry", "erasure", "event",
		"import", "import_undo", "income", "income_held", "income_reversal", "member_role", "member_stage",
		"member_suspension", "period", "posting",
		"proposal", "proposal_withdrawal", "rate", "received_opening", "take", "vote",
	} {
		t.Run(table, func(t *testing.T) {
			s.T = t
			where := "true"
			switch table {
			case "contribution":
				where = inBooks[table]
			case "agreement":
				where = `EXISTS (SELECT FROM distribution AS d WHERE d.agreement_id = r.agreement_id)`
			}
			var rows []string
			if err := s.db.SelectContext(t.Context(), &rows, fmt.Sprintf(
				`SELECT md5(r::text) FROM %s AS r WHERE %s ORDER BY 1`, table, where)); err != nil || len(rows) == 0 {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			if !*long && len(rows) > 2 {
				rows = []string{rows[0], rows[len(rows)-1]}
			}
			for _, row := range rows {
				s.exec(fmt.Sprintf(`DELETE FROM phyle.%s AS r WHERE md5(r::text) = '%s'`, table, row))
				s.wantFound(row, "")
				s.restore(table)
			}
		})
	}
}

// Things that are changed with care, so that sums stay right, are found.
func TestVerifyForgeries(t *testing.T) {
	t.Parallel()
	w := rich(t)
	s := tamperWith(t, w.store)
	for _, c := range []struct {
		name   string
		tables string
		do     string
		want   string
	}{
		{name: "a pair of postings is added", tables: "posting", want: "balances are the sums of postings",
			do: `INSERT INTO phyle.posting SELECT commons_id, sequence, ordinal + 10, account_id, date, amount, unit
			       FROM phyle.posting WHERE sequence = 3`},
		{name: "a pair of postings is added with its balances", tables: "posting balance balance_on",
			want: "",
			do: `INSERT INTO phyle.posting SELECT p.commons_id, p.sequence, p.ordinal + 10, p.account_id, p.date, p.amount, p.unit
			       FROM phyle.posting AS p JOIN phyle.entry AS e USING (commons_id, sequence) WHERE e.kind = 'income';
			     DELETE FROM phyle.balance; INSERT INTO phyle.balance
			     SELECT commons_id, account_id, sum(amount) FROM phyle.posting GROUP BY 1, 2;
			     DELETE FROM phyle.balance_on; INSERT INTO phyle.balance_on
			     SELECT commons_id, account_id, date, sum(amount) FROM phyle.posting GROUP BY 1, 2, 3`},
		{name: "the date of a posting", tables: "posting",
			want: "every posting has its entry's date and its account's unit and digits",
			do:   `UPDATE phyle.posting SET date = date + 1 WHERE sequence = 7 AND ordinal = 1`},
		{name: "the date of an entry", tables: "entry",
			want: "every posting has its entry's date and its account's unit and digits",
			do:   `UPDATE phyle.entry SET date = date + 1 WHERE sequence = 7`},
		{name: "the date of an entry and its postings", tables: "entry posting",
			want: "dated balances are the sums of postings",
			do: `UPDATE phyle.entry SET date = date + 1 WHERE sequence = 7;
			     UPDATE phyle.posting SET date = date + 1 WHERE sequence = 7`},
		{name: "an entry is moved into a closed period", tables: "entry posting balance_on period",
			want: "nothing was entered into a period after it was closed",
			do: `UPDATE phyle.period SET closed_at = closed_at - interval '1 day';
			     UPDATE phyle.entry SET date = '2026-09-20' WHERE kind = 'transfer';
			     UPDATE phyle.posting AS p SET date = e.date FROM phyle.entry AS e WHERE e.sequence = p.sequence;
			     DELETE FROM phyle.balance_on; INSERT INTO phyle.balance_on
			     SELECT commons_id, account_id, date, sum(amount) FROM phyle.posting GROUP BY 1, 2, 3`},
		{name: "the instant of an entry", tables: "entry", want: "entries are recorded in order",
			do: `UPDATE phyle.entry SET recorded_at = recorded_at + interval '1 second' WHERE sequence = 7`},
		{name: "money goes to another account", tables: "posting", want: "balances are the sums of postings",
			do: `UPDATE phyle.posting SET account_id = (SELECT account_id FROM phyle.account WHERE name = 'liabilities:payable:bo')
			      WHERE account_id = (SELECT account_id FROM phyle.account WHERE name = 'liabilities:payable:cy')`},
		{name: "a share goes to somebody else", tables: "allocation",
			want: "each distribution follows from its recorded inputs",
			do: `UPDATE phyle.allocation SET member_id = (SELECT member_id FROM phyle.member WHERE handle = 'bo')
			      WHERE rule = 'work' AND member_id = (SELECT member_id FROM phyle.member WHERE handle = 'cy')`},
		{name: "the inputs of a distribution", tables: "distribution_inputs",
			want: "the digest of each distribution is that of its inputs",
			do:   `UPDATE phyle.distribution_inputs SET document = replace(document, '"54', '"55')`},
		{name: "the inputs of a distribution with their digest", tables: "distribution_inputs distribution",
			want: "the inputs of each distribution follow from the raw rows",
			do: `UPDATE phyle.distribution_inputs SET document = replace(document, '"42', '"41');
			     UPDATE phyle.distribution AS d SET digest = encode(sha256(convert_to(i.document, 'UTF8')), 'hex')
			       FROM phyle.distribution_inputs AS i WHERE i.distribution_id = d.distribution_id`},
		{name: "the inputs are no JSON", tables: "distribution_inputs",
			want: "each distribution follows from its recorded inputs",
			do:   `UPDATE phyle.distribution_inputs SET document = 'x' || document`},
		{name: "the cut of what is covered", tables: "coverage",
			want: "each distribution follows from its recorded inputs",
			do:   `UPDATE phyle.coverage SET cut = cut - 1`},
		{name: "the day up to which is covered", tables: "coverage",
			want: "each distribution follows from its recorded inputs",
			do:   `UPDATE phyle.coverage SET through = through - 1`},
		{name: "the cut of a distribution and what it covers", tables: "coverage distribution",
			want: "the inputs of each distribution follow from the raw rows",
			do: `UPDATE phyle.coverage SET cut = cut - 1 WHERE rule = 'work';
			     UPDATE phyle.distribution SET cut = cut - 1`},
		{name: "the date of a distribution", tables: "distribution",
			want: "distributions have their entry's date and read the books before it",
			do:   `UPDATE phyle.distribution SET date = date + 1`},
		{name: "when a distribution read the books", tables: "distribution",
			want: "distributions have their entry's date and read the books before it",
			do:   `UPDATE phyle.distribution SET posted_after = posted_after - 1`},
		{name: "a decision becomes another", tables: "contribution_decision",
			want: "states follow from decisions",
			do:   `UPDATE phyle.contribution_decision SET decision = 'declined' WHERE note = 'well done'`},
		{name: "a question is forgotten", tables: "contribution_decision",
			want: "states follow from decisions",
			do:   `DELETE FROM phyle.contribution_decision WHERE decision = 'questioned'`},
		{name: "somebody accepted their own", tables: "contribution_decision",
			want: "as many others accepted as the kind asks",
			do: `UPDATE phyle.contribution_decision SET decided_by = (SELECT member_id FROM phyle.member WHERE handle = 'cy')
			      WHERE note = 'well done'`},
		{name: "two incomes change places", tables: "income",
			want: "incomes are gross less deductions, and booked so",
			do:   `UPDATE phyle.income AS i SET net = 3900 - net, gross = 3900 - gross WHERE net IN (2400, 1500)`},
		{name: "the day of an income", tables: "income",
			want: "incomes are gross less deductions, and booked so",
			do:   `UPDATE phyle.income SET received_on = received_on + 1 WHERE net = 300`},
		{name: "a reversal that never was", tables: "distribution_reversal",
			want: "what was reversed is reversed by the entry that negates its own",
			do: `INSERT INTO phyle.distribution_reversal SELECT d.commons_id, d.distribution_id, 1, 9, 'forged', d.posted_by, d.posted_at
			       FROM phyle.distribution AS d WHERE d.number = 1`},
		{name: "a reversal of an income is forgotten", tables: "income_reversal",
			want: "every entry of income, claim or distribution has what made it",
			do:   `DELETE FROM phyle.income_reversal`},
		{name: "the head", tables: "journal_head", want: "the sequence runs from 1 without a gap",
			do: `UPDATE phyle.journal_head SET sequence = sequence + 1`},
		{name: "the acceptances of the head", tables: "journal_head",
			want: "acceptance numbers run from 1 without a gap",
			do:   `UPDATE phyle.journal_head SET acceptance = acceptance + 1`},
		{name: "a stage is dated back", tables: "member_stage",
			want: "the inputs of each distribution follow from the raw rows",
			do:   `UPDATE phyle.member_stage SET from_on = '2026-10-31' WHERE stage = 'left'`},
		{name: "a rule starts earlier", tables: "rule_start",
			want: "rules start with the version that first held them",
			do:   `UPDATE phyle.rule_start SET from_on = from_on - 1`},
		{name: "the agreement of a distribution", tables: "agreement",
			want: "each distribution follows from its recorded inputs",
			do:   `UPDATE phyle.agreement SET document = replace(document, '1.2', '1.3')`},
		{name: "the last audit row is forgotten, and the head with it", tables: "audit journal_head",
			want: "every event is of one act",
			do: `DELETE FROM phyle.audit WHERE number = (SELECT audit FROM phyle.journal_head);
			     UPDATE phyle.journal_head SET audit = audit - 1`},
		{name: "an act and what was told of it are forgotten", tables: "audit event journal_head",
			want: "everything in the books was told of",
			do: `DELETE FROM phyle.event AS e USING phyle.audit AS a
			      WHERE a.number = (SELECT audit FROM phyle.journal_head)
			        AND e.number BETWEEN a.event_from AND a.event_to;
			     DELETE FROM phyle.audit WHERE number = (SELECT audit FROM phyle.journal_head);
			     UPDATE phyle.journal_head SET audit = audit - 1, event = (SELECT max(number) FROM phyle.event)`},
		{name: "an act becomes somebody else's", tables: "audit",
			want: "events are by who acted, and acts are about what they made",
			do: `UPDATE phyle.audit SET member_id = (SELECT member_id FROM phyle.member WHERE handle = 'bo')
			      WHERE operation = 'post_distribution'`},
		{name: "an act is about something else", tables: "audit",
			want: "events are by who acted, and acts are about what they made",
			do: `UPDATE phyle.audit SET subject = (SELECT max(subject) FROM phyle.event WHERE type = 'income.recorded')
			      WHERE operation = 'post_distribution'`},
		{name: "a claim on another day", tables: "acceptance",
			want: "weights are quantity times rate, and claims their value",
			do:   `UPDATE phyle.acceptance SET performed_on = performed_on + 1 WHERE number = 5`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.T = t
			s.exec(c.do)
			s.wantFound(c.name, c.want)
			s.restore(strings.Fields(c.tables)...)
			if diff := cmp.Diff(map[string]string{}, s.found()); diff != "" {
				t.Fatalf("after putting it back: %s", diff)
			}
		})
	}
	s.T = t
}

// Books that nothing has happened in verify, and so do several in one database.
func TestVerifyEmpty(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	do[postgres.Founded](t)(w.store.CreateCommons(t.Context(), &postgres.Act{By: postgres.Caller{Instance: true}},
		ledger.Commons{Slug: "hillside", Name: "Hillside", Currency: "JPY", TimeZone: "Asia/Tokyo"},
		ledger.NewMember{Handle: "ana", Name: "Ana", Stage: ledger.FullPart}))
	for _, slug := range []string{"riverside", "hillside"} {
		v := do[postgres.Verification](t)(w.store.Verify(t.Context(), slug))
		if !v.OK() || v.Sequence != 0 || v.Postings != 0 {
			t.Errorf("%s: %+v", slug, v)
		}
	}
}

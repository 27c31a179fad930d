package postgres_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// document is everything that is kept about a member, as it was handed on.
type document map[ledger.DataPart][]ledger.DataRow

// dataOf asks for what is kept about the caller, in pages.
func (w *world) dataOf(by postgres.Caller) document {
	w.Helper()
	all := document{}
	var order []ledger.DataPart
	wantCode(w.T, "ok", w.store.OwnData(w.Context(), by, by.Handle,
		func(part ledger.DataPart, rows []ledger.DataRow) error {
			if len(rows) > 500 {
				w.Errorf("%s: %d rows at once", part, len(rows))
			}
			if len(order) == 0 || order[len(order)-1] != part {
				order = append(order, part)
			}
			all[part] = append(all[part], rows...)
			return nil
		}))
	if diff := cmp.Diff(ledger.DataParts, order); diff != "" {
		w.Error(diff)
	}
	return all
}

// holds reports whether some row has the value.
func (d document) holds(value string) bool {
	for _, rows := range d {
		for _, row := range rows {
			if slices.Contains(slices.Collect(maps.Values(row)), value) {
				return true
			}
		}
	}
	return false
}

// ofMember says when a row of an erasable column that has no condition of its own is the
// member's.
var ofMember = map[string]string{
	"member.handle": "t.member_id = $2", "member.name": "t.member_id = $2",
	"account.name": "t.member_id = $2", "token.label": "t.member_id = $2",
	"agreement.name": "t.created_by = $2", "agreement.document": "t.created_by = $2",
	"change.reason": "t.member_id = $2 OR t.proposed_by = $2", "change.body": "t.proposed_by = $2",
	"idempotency_key.key":      "t.member_id = $2",
	"idempotency_key.location": "t.member_id = $2", "idempotency_key.resource": "t.member_id = $2",
	"contribution_ref.external_ref": `t.contribution_id IN (SELECT c.contribution_id
		FROM phyle.contribution AS c WHERE c.member_id = $2)`,
}

// ofOthers says of every other erasable column why nobody gets it as their own.
var ofOthers = map[string]string{
	"what others wrote for the books, who may have named the member": "area.name decision.link decision.note " +
		"distribution_reversal.reason fund.name income.document income.external_ref income.note income.payer " +
		"income_reversal.reason kind.name period.note",
	"answers that may tell of others, and checks of requests": "idempotency_key.body idempotency_key.fingerprint",
}

// personal returns what an erasure of the member would take from every column.
func (w *world) personal(member ledger.MemberID) map[string][]string {
	w.Helper()
	var columns []struct {
		Table  string  `db:"table_name"`
		Column string  `db:"column_name"`
		Own    *string `db:"own"`
	}
	db := w.store.Raw()
	err := db.SelectContext(w.Context(), &columns, `SELECT table_name, column_name, own FROM phyle.erasable()`)
	if err != nil {
		w.Fatal(err)
	}
	found := map[string][]string{}
	for _, c := range columns {
		name := c.Table + "." + c.Column
		own := ofMember[name]
		if c.Own != nil {
			own = *c.Own
		}
		if own == "" {
			continue
		}
		var values []string
		if err := db.SelectContext(w.Context(), &values, fmt.Sprintf(`
			SELECT DISTINCT t.%[2]s::text FROM phyle.%[1]s AS t
			 WHERE t.commons_id = $1 AND (%[3]s) AND t.%[2]s::text <> ''`, c.Table, c.Column, own),
			string(w.ana.Commons.ID), string(member)); err != nil {
			w.Fatalf("%s: %v", name, err)
		}
		found[name] = values
	}
	for _, names := range ofOthers {
		for _, name := range strings.Fields(names) {
			found[name] = nil
		}
	}
	if len(found) != len(columns) {
		w.Errorf("say of every erasable column whose it is: %d of %d", len(found), len(columns))
	}
	return found
}

// What an erasure would take from somebody, they can read before, after they have left as
// well; and nothing of anybody else.
func TestOwnData(t *testing.T) {
	t.Parallel()
	w := rich(t)
	db := w.store.Raw()
	z := w.zanthe()
	browser := postgres.Browser{Agent: "another browser", Network: "198.51.100.0/24", RequestID: "another"}
	invited := do[postgres.Invited](t)(w.store.Invite(t.Context(), w.act(), "cy"))
	do[string](t)(w.store.JoinAsNew(t.Context(), invited.Link, "cy@example.net", browser))
	do[ledger.Change](t)(w.store.EraseMember(t.Context(), w.actAs(w.bo), "zanthe", "as Zanthe wished"))
	before := state(t, db)
	all := w.dataOf(z)
	if diff := cmp.Diff(before, state(t, db)); diff != "" {
		t.Errorf("reading has written: %s", diff)
	}
	if !w.dataOf(w.bo).holds(`{"name":"Zanthe's"}`) { // what he asked for, and she did not
		t.Error("change.body is missing")
	}
	hers := w.personal(z.Member)
	nothing := strings.Join(append(slices.Collect(maps.Values(ofOthers)), "change.body"), " ")
	for column, values := range hers {
		if len(values) == 0 && !strings.Contains(nothing, column) {
			t.Errorf("%s holds nothing of hers to look for", column)
		}
		for _, value := range values {
			if !all.holds(value) {
				t.Errorf("%s: %q is missing", column, value)
			}
		}
	}
	for part, rows := range all {
		if len(rows) == 0 && !slices.Contains([]ledger.DataPart{"rates", "approvals", "received", "takes"}, part) {
			t.Errorf("there is nothing in %s", part)
		}
	}
	for _, want := range []string{"zanthe@example.org", "kanary browser", "203.0.113.0/24"} {
		if !all.holds(want) {
			t.Errorf("%s is missing", want)
		}
	}
	w.wantNothingOf(all, hers, z.Member)
}

// wantNothingOf fails if the document holds what is another's and not hers too.
func (w *world) wantNothingOf(all document, hers map[string][]string, her ledger.MemberID) {
	w.Helper()
	looked := 0
	for _, m := range do[[]ledger.Member](w.T)(w.store.Members(w.Context(), w.ana, 0, 100)) {
		if m.ID == her {
			continue
		}
		for column, values := range w.personal(m.ID) {
			for _, value := range values {
				shared := column == "member.handle" || column == "idempotency_key.resource" ||
					slices.ContainsFunc(slices.Collect(maps.Values(hers)),
						func(own []string) bool { return slices.Contains(own, value) })
				if looked++; !shared && all.holds(value) {
					w.Errorf("%s of %s: %q is in the document", column, m.Handle, value)
				}
			}
		}
	}
	text, err := json.Marshal(all)
	if err != nil || looked < 50 {
		w.Fatalf("%d values were looked for, %v", looked, err)
	}
	for _, other := range []string{"cy@example.net", "another browser", "198.51.100", "argon2id", "phy_"} {
		if strings.Contains(string(text), other) {
			w.Errorf("%s is in the document", other)
		}
	}
}

// Nobody reads what is another's, whatever their role, and who has left still reads theirs.
func TestOwnDataRefused(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.stage("cy", ledger.Left, "2026-11-01")
	ask := func(by postgres.Caller, name string) error {
		return w.store.OwnData(t.Context(), by, name, func(part ledger.DataPart, rows []ledger.DataRow) error {
			if rows[0]["handle"] != by.Handle {
				t.Errorf("%s got %v", by.Handle, rows)
			}
			return fmt.Errorf("enough of %s", part)
		})
	}
	for _, c := range []struct {
		by         postgres.Caller
		name, want string
	}{
		{w.ana, "bo", "forbidden"}, {w.bo, "ana", "forbidden"}, {w.bo, "cy", "forbidden"},
		{w.cy, "bo", "member_left"}, {w.bo, "nobody", "not_found"}, {w.cy, "nobody", "not_found"},
		{w.ana, w.bo.Member.String(), "forbidden"},
	} {
		wantCode(t, c.want, ask(c.by, c.name))
	}
	for _, by := range []postgres.Caller{w.ana, w.bo, w.cy} {
		for _, name := range []string{by.Handle, by.Member.String()} {
			if err := ask(by, name); err == nil || err.Error() != "enough of member" {
				t.Errorf("%s asks for %s: %v", by.Handle, name, err)
			}
		}
	}

	made := do[postgres.MadeToken](t)(w.store.CreateToken(t.Context(), w.actAs(w.bo), ledger.NewToken{}))
	by := do[postgres.Caller](t)(w.store.Authenticate(t.Context(), made.Secret))
	parts := 0
	wantCode(t, "unauthenticated", w.store.OwnData(t.Context(), by, "bo",
		func(ledger.DataPart, []ledger.DataRow) error {
			if parts++; parts > 1 {
				return nil
			}
			return w.store.RevokeToken(t.Context(), w.actAs(w.bo), made.ID)
		}))
	if parts != 1 {
		t.Errorf("%d parts were handed on to a token that had ended", parts)
	}
}

// However much there is, it comes in pages, and nothing is missing or there twice.
func TestOwnDataMany(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	const many = 1203
	var want []string
	for i := 0; i < many; i += 401 {
		given := make([]ledger.NewContribution, 401)
		for j := range given {
			given[j] = ledger.NewContribution{Member: "cy", Kind: "work", Quantity: decimal.New(1, -2),
				Date: date(t, "2020-01-01").AddDays(i + j), Note: fmt.Sprintf("number %d", i+j)}
			want = append(want, given[j].Note)
		}
		do[[]ledger.Contribution](t)(w.store.LogContributions(t.Context(), w.act(), given))
	}
	var got []string
	all := w.dataOf(w.cy)
	for _, row := range all["contributions"] {
		got = append(got, row["note"])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("of the contributions: %s", diff)
	}
}

// Every table that knows members or people has a part, or acts tell of who is in it.
func TestOwnDataIsWhole(t *testing.T) {
	t.Parallel()
	var tables []string
	if err := riverside(t).store.Raw().SelectContext(t.Context(), &tables, `
		SELECT DISTINCT r.relname::text FROM pg_constraint AS c JOIN pg_class AS r ON r.oid = c.conrelid
		 WHERE c.contype = 'f' AND c.confrelid IN ('phyle.member'::regclass, 'phyle.person'::regclass)`); err != nil {
		t.Fatal(err)
	}
	var statements strings.Builder
	for _, part := range ledger.DataParts {
		statements.WriteString(postgres.DataStatement(part) + "\n")
	}
	var missing []string
	for _, table := range tables {
		if !strings.Contains(statements.String(), " "+table+" AS ") {
			missing = append(missing, table)
		}
	}
	slices.Sort(missing)
	want := []string{
		"adoption", "decision", "draft", "event", "income", "income_reversal", "period", "rounding_balance",
	}
	if diff := cmp.Diff(want, missing); diff != "" {
		t.Errorf("who is in these is told by acts, or else by other rows: %s", diff)
	}
}

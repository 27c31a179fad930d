package postgres_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
)

// Zanthe, who has said something wherever a member can, and of whom others have spoken.
// Whatever tells of her holds one of the canaries.
const (
	zantheName  = "Zanthe O'Kanary-Łukasz"
	zantheRules = `
name: Riverside, as Zanthe wrote it
currency: EUR
kinds: {work: {unit: hour, name: Zanthe's work}}
rules:
  - {id: partners, name: Zanthe & Bo, take: {amount: "21.00"}, give: {members: {by: {shares: {zanthe: "2", bo: "1"}}}}}
  - {id: work, name: By work, take: rest, give: {members: {by: {contributions: {factors: {work: "1"}}}}}}
leftover: carry
examples:
  - {name: "ZANTHE O'KANARY-ŁUKASZ and Bo", income: "30.00", members: [bo, zanthe], contributions: [{member: bo, kind: work, quantity: "1"}], expect: {payable: {zanthe: "14.00", bo: "16.00"}}}
`
)

var canaries = []string{"zanthe", "kanary", "łukasz", "\\u0141ukasz", "203.0.113", "4b616e617279"}

// keyed is an act under a key whose answer shows all that came of it.
func (w *world) keyed(by postgres.Caller, key string) *postgres.Act {
	address := ""
	if by.Handle == "zanthe" {
		address = "203.0.113.0/24"
	}
	return &postgres.Act{By: by, Key: key, Fingerprint: []byte("Kanary"), Address: address,
		RequestID: "zanthe-" + key[:4], Render: func(result any) (postgres.Answer, error) {
			body, err := json.Marshal(result)
			return postgres.Answer{Status: 201, Location: "/of/" + by.Handle, Resource: by.Handle, Body: body}, err
		}}
}

// zanthe joins, has a part in everything, and leaves with nothing open.
func (w *world) zanthe() postgres.Caller {
	w.Helper()
	ctx, today := w.Context(), date(w.T, "2026-11-05")
	members := do[[]ledger.Member](w.T)(w.store.AddMembers(ctx, w.act(), []ledger.NewMember{{Handle: "zanthe",
		Name: zantheName, Stage: ledger.FullPart, JoinedOn: date(w.T, "2026-11-01"), Roles: []ledger.Role{ledger.Steward}}}))
	do[[]ledger.Member](w.T)(w.store.Suspend(ctx, w.act(), ledger.Suspension{Member: "zanthe", Reason: "kanary quarrel"}))
	w.readmit("zanthe")
	wantCode(w.T, "ok", w.confirm(w.bo, members[0].Waiting[0]))
	z := postgres.Caller{Commons: w.ana.Commons, Member: members[0].ID, Handle: "zanthe"}
	do[postgres.MadeToken](w.T)(w.store.CreateToken(ctx, w.actAs(z), ledger.NewToken{Label: "kanary phone"}))
	do[postgres.MadeToken](w.T)(w.store.CreateToken(ctx, w.act(), ledger.NewToken{Label: "as zanthe asked"}))
	w.zantheSignsIn()
	w.zantheGives(z)
	w.zantheSpeaks(z)
	w.zantheIsPaid(z)
	w.policy(1, "1000.00")
	w.wait(w.bo, ledger.ActRequest{Operation: ledger.ManageSettings, Body: `{"name":"Zanthe's"}`}, func(a *postgres.Act) error {
		return dropped(w.store.AddAreas(ctx, a, []ledger.Area{{Code: "shelf", Name: "Zanthe's"}}))
	})
	w.policy(0, "0.00")
	w.leave("zanthe", "2026-11-05")
	w.move(ledger.Move{Kind: ledger.PaymentEntry, Member: "zanthe", Asset: "bank", Date: today,
		Amount: eur(w.payable("zanthe")), Memo: "kanary rent", Payee: zantheName})
	return z
}

// zantheSignsIn has a person who signs in by whatever there is.
func (w *world) zantheSignsIn() {
	w.Helper()
	browser := postgres.Browser{Agent: "kanary browser", Network: "203.0.113.0/24", RequestID: "kanary"}
	invited := do[postgres.Invited](w.T)(w.store.Invite(w.Context(), w.act(), "zanthe"))
	secret := do[string](w.T)(w.store.JoinAsNew(w.Context(), invited.Link, "zanthe@example.org", browser))
	session := do[postgres.Session](w.T)(w.store.Session(w.Context(), secret))
	wantCode(w.T, "ok", w.store.SetPassword(w.Context(), session.Person.ID, "$argon2id$kanary", session.ID))
	wantCode(w.T, "ok", w.store.AddPasskey(w.Context(), postgres.Passkey{
		Person: session.Person, Name: []byte("kanary"), Credential: "kanary", Agent: "kanary browser"}))
	do[postgres.Letter](w.T)(w.store.StartSignIn(w.Context(), postgres.SignIn{
		Email: "zanthe@example.org"}))
}

// zantheGives has contributions in every state, with texts by her and to her.
func (w *world) zantheGives(z postgres.Caller) {
	w.Helper()
	ctx, today := w.Context(), date(w.T, "2026-11-05")
	given := func(member, kind string) ledger.NewContribution {
		return ledger.NewContribution{Member: member, Kind: kind, Quantity: decimal.NewFromInt(1), Date: today,
			Note: "kanary knee", Evidence: "https://example.org/kanary.pdf"}
	}
	own := given("zanthe", "work")
	own.ExternalRef = "kanary-1"
	do[[]ledger.Contribution](w.T)(w.store.LogContributions(ctx, w.keyed(z, "kanary key of zanthe"), []ledger.NewContribution{own}))
	about := given("cy", "work")
	about.Note, about.Evidence, about.ExternalRef = "with ZANTHE o'kanary-łukasz", "zanthe.jpg", "zanthe-2"
	do[[]ledger.Contribution](w.T)(w.store.LogContributions(ctx, w.keyed(w.ana, "pay-zanthe-1"), []ledger.NewContribution{about}))
	shared := given("", "work")
	shared.ExternalRef = "kanary-3"
	do[[]ledger.Contribution](w.T)(w.store.LogShared(ctx, w.actAs(z), ledger.SharedContribution{NewContribution: shared,
		Shares: []ledger.ContributionShare{{Member: "cy", Share: decimal.NewFromInt(1)}, {Member: "zanthe", Share: decimal.NewFromInt(1)}}}))
	decide := func(by postgres.Caller, id ledger.ContributionID, d ledger.Decision) {
		w.Helper()
		do[[]ledger.Contribution](w.T)(w.store.DecideContributions(ctx, w.actAs(by), []ledger.ContributionID{id}, d, "kanary reason"))
	}
	log := func(member string) ledger.ContributionID {
		return do[[]ledger.Contribution](w.T)(w.store.LogContributions(ctx, w.act(), []ledger.NewContribution{given(member, "care")}))[0].ID
	}
	asked, declined, withdrawn, others := log("zanthe"), log("zanthe"), log("zanthe"), given("cy", "care")
	decide(w.bo, asked, ledger.Question)
	decide(w.bo, asked, ledger.Accept)
	decide(w.bo, declined, ledger.Decline)
	decide(z, withdrawn, ledger.Withdraw)
	others.Note, others.Evidence = "help", ""
	cys := do[[]ledger.Contribution](w.T)(w.store.LogContributions(ctx, w.act(), []ledger.NewContribution{others}))[0].ID
	decide(z, cys, ledger.Accept)
	text := heading + "zanthe,work,1,2026-11-05,,,kanary-4\ncy,work,1,2026-11-05,,,\n"
	file := fileOf(text, 2)
	file.Name = "kanary.csv"
	in := do[ledger.Import](w.T)(w.store.ImportContributions(ctx, w.actAs(z), file, rowsOf(text)))
	do[ledger.Import](w.T)(w.store.UndoImport(ctx, w.actAs(z), in.ID, "kanary mistake", nil))
}

// zantheSpeaks has her in what the group decides.
func (w *world) zantheSpeaks(z postgres.Caller) {
	w.Helper()
	ctx, today := w.Context(), date(w.T, "2026-11-05")
	written := func() ledger.AgreementID {
		return do[postgres.Agreement](w.T)(w.store.CreateAgreement(ctx, w.actAs(z), "", []byte(zantheRules), agreement.YAML)).ID
	}
	voted, dropped, elsewhere := written(), written(), written()
	for _, id := range []ledger.AgreementID{voted, dropped} {
		do[postgres.Agreement](w.T)(w.store.ProposeAgreement(ctx, w.actAs(z), id, ledger.NewProposal{NoticeUntil: today,
			Note: "kanary wish", Ballot: &ledger.NewBallot{Method: ledger.ByConsent, ClosesOn: today}}))
	}
	w.wantOK(w.vote(z, voted, "object", "kanary worry"), w.vote(w.ana, voted, "yes", "as Zanthe says"))
	do[postgres.Agreement](w.T)(w.store.WithdrawProposal(ctx, w.actAs(z), dropped, "kanary doubt"))
	do[postgres.Agreement](w.T)(w.store.AdoptAgreement(ctx, w.act(), elsewhere, ledger.NewAdoption{From: today,
		Decision: &ledger.RecordedDecision{Method: "consensus", Date: today, Outcome: ledger.OutcomeAccepted,
			Link: "https://example.org/zanthe", Note: "zanthe asked", Votes: []ledger.RecordedVote{
				{Member: "zanthe", Choice: ledger.VoteYes, Reason: "kanary joy"}}}}))
	do[[]ledger.Area](w.T)(w.store.AddAreas(ctx, w.act(), []ledger.Area{{Code: "corner", Name: "Zanthe's corner"}}))
	do[[]ledger.Fund](w.T)(w.store.AddFunds(ctx, w.act(), []ledger.Fund{{Code: "desk", Name: "Zanthe's desk"}}))
	do[[]ledger.ContributionKind](w.T)(w.store.AddKinds(ctx, w.act(), []ledger.ContributionKind{
		{Code: "song", Name: "Songs of Zanthe", Unit: "item", Theme: "work", Becomes: ledger.BecomesWeight}}))
}

// zantheIsPaid divides and moves money with her, and has her in texts of the books.
func (w *world) zantheIsPaid(z postgres.Caller) {
	w.Helper()
	ctx, today := w.Context(), date(w.T, "2026-11-05")
	record := func(ref string) ledger.Income {
		return do[[]ledger.Income](w.T)(w.store.RecordIncomes(ctx, w.act(), []ledger.NewIncome{{Amount: eur("90.00"), Date: today,
			Payer: "Friends of Zanthe", Source: "sale", Asset: "bank", Document: "zanthe.pdf", Note: "Zanthe sold it", ExternalRef: ref}}))[0]
	}
	wrong := record("zanthe-5")
	do[[]ledger.Income](w.T)(w.store.ReverseIncomes(ctx, w.act(), []ledger.IncomeID{wrong.ID}, ledger.Date{}, "Zanthe's own"))
	record("zanthe-6")
	d := w.post(w.draft("2026-11-05"))
	do[postgres.Distribution](w.T)(w.store.ReverseDistribution(ctx, w.act(), d.ID, ledger.Date{}, "Zanthe was left out"))
	w.post(w.draft("2026-11-05"))
	w.move(ledger.Move{Kind: ledger.SpendingEntry, Amount: eur("1.00"), Date: today, Fund: "care", Asset: "bank",
		Memo: "for Zanthe's laptop", Payee: "zanthe", Document: "zanthe-7.pdf", ExternalRef: "zanthe-7"})
	do[[]ledger.Entry](w.T)(w.store.MoveMoney(ctx, w.actAs(z), []ledger.Move{{Kind: ledger.GiftEntry, Amount: eur("1.00"),
		Date: today, Member: "zanthe", To: "cy", Memo: "kanary love", Payee: "kanary", Document: "kanary", ExternalRef: "kanary-8"}}))
	do[postgres.Period](w.T)(w.store.ClosePeriod(ctx, w.act(), date(w.T, "2026-10-01"), "Zanthe counted"))
}

// erase has bo ask for it and ana confirm it.
func (w *world) erase(member, reason string) ledger.Change {
	w.Helper()
	return w.confirmed(do[ledger.Change](w.T)(w.store.EraseMember(w.Context(), w.actAs(w.bo), member, reason)).ID)
}

// confirmed has ana confirm a change, under a key.
func (w *world) confirmed(id ledger.ChangeID) ledger.Change {
	w.Helper()
	act := w.keyed(w.ana, "confirm-"+string(id))
	act.Address, act.RequestID, act.Fingerprint = "", "", []byte("confirm")
	return do[ledger.Change](w.T)(w.store.ConfirmChange(w.Context(), act, id))
}

// dump writes out the whole database, as who keeps a backup does.
func dump(t *testing.T, db *sqlx.DB) string {
	t.Helper()
	var programs string
	if err := db.GetContext(t.Context(), &programs, `SELECT setting FROM pg_config WHERE name = 'BINDIR'`); err != nil {
		t.Fatal(err)
	}
	directory, _, _ := socket(t, db)
	command := exec.CommandContext(t.Context(), filepath.Join(programs, "pg_dump"), "--dbname="+through(t, db, directory))
	var text, wrong bytes.Buffer
	command.Stdout, command.Stderr = &text, &wrong
	if err := command.Run(); err != nil {
		t.Fatalf("pg_dump: %v: %s", err, &wrong)
	}
	return text.String()
}

// found returns the lines that hold a canary.
func found(text string) (lines []string) {
	for line := range strings.Lines(text) {
		lower := strings.ToLower(line)
		if slices.ContainsFunc(canaries, func(c string) bool { return strings.Contains(lower, c) }) {
			lines = append(lines, line[:min(len(line), 300)])
		}
	}
	return lines
}

// erasable lists the columns that the schema lets an erasure change.
func erasable(t *testing.T, db *sqlx.DB) (columns []column) {
	t.Helper()
	if err := db.SelectContext(t.Context(), &columns, `
		SELECT table_name AS table, column_name AS name FROM phyle.erasable() ORDER BY 1, 2`); err != nil {
		t.Fatal(err)
	}
	return columns
}

// standing returns a hash of each table without its erasable columns, and the rows that
// only an erasure adds.
func standing(t *testing.T, db *sqlx.DB) map[string]string {
	t.Helper()
	without := map[string]string{}
	for _, c := range erasable(t, db) {
		without[c.Table] += " - '" + c.Name + "'"
	}
	hashes := map[string]string{}
	for _, name := range tables(t, db) {
		var hash string
		err := db.GetContext(t.Context(), &hash, fmt.Sprintf(`
			SELECT count(*) || ' ' || coalesce(md5(string_agg(r::text, ' ' ORDER BY r::text)), '')
			  FROM (SELECT to_jsonb(r)%s AS r FROM phyle.%s AS r) AS r`, without[name], name))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		hashes[name] = hash
	}
	for _, grown := range []string{"audit", "change", "change_confirmation", "contribution_ref", "erasure", "event",
		"idempotency_key", "invitation", "journal_head", "passkey", "password", "person", "person_member", "session",
		"sign_in_code", "token"} {
		delete(hashes, grown)
	}
	return hashes
}

// Once a member is erased, a dump of the database holds nothing of them, and nothing else
// has changed: neither the books nor what explains them.
func TestErase(t *testing.T) {
	t.Parallel()
	w := rich(t)
	db := w.store.Raw()
	z := w.zanthe()
	asked := do[ledger.Change](t)(w.store.EraseMember(t.Context(), w.actAs(w.bo), "zanthe", "as Zanthe wished"))
	for _, c := range erasable(t, db) {
		if count(t, db, fmt.Sprintf(`SELECT count(*) FROM phyle.%s WHERE lower(%s::text) ~ $1`, c.Table, c.Name),
			"zanthe|kanary|łukasz|203.0.113|4b616e617279") == 0 {
			t.Errorf("%s holds nothing that would have to go", c)
		}
	}
	books := standing(t, db)
	was := w.recounted("zanthe")
	pseudonym := ledger.Pseudonym(do[ledger.Member](t)(w.store.Member(t.Context(), w.ana, "zanthe")).JoinNumber)

	if c := w.confirmed(asked.ID); c.State != ledger.ChangeConfirmed || c.Member.Handle != pseudonym {
		t.Errorf("the change is %+v", c)
	}
	if lines := found(dump(t, db)); len(lines) > 0 {
		t.Errorf("the dump still holds, %d times:\n%s", len(lines), strings.Join(lines, ""))
	}
	verify(t, w.store)
	if diff := cmp.Diff(books, standing(t, db)); diff != "" {
		t.Errorf("something else has changed: %s", diff)
	}
	if diff := cmp.Diff(was, w.recounted(pseudonym)); diff != "" {
		t.Errorf("the reports and explanations tell otherwise: %s", diff)
	}
	m := do[ledger.Member](t)(w.store.Member(t.Context(), w.ana, z.Member.String()))
	if m.Handle != pseudonym || m.Name != "Former member "+strings.TrimPrefix(pseudonym, "gone-") || !m.ErasedAt.Equal(now) {
		t.Errorf("the member is %+v", m)
	}
}

// recounted is what reports and explanations say of figures, in the order of its text, with
// the member as MEMBER.
func (w *world) recounted(member string) []string {
	w.Helper()
	ctx, now := w.Context(), postgres.BalanceQuery{}
	var said []string
	tell := func(things ...any) { said = append(said, strings.ReplaceAll(fmt.Sprint(things...), member, "MEMBER")) }
	report := do[ledger.BalancesReport](w.T)(w.store.BalancesReport(ctx, w.ana, now))
	tell(report.Total, report.Books)
	for _, line := range report.Lines {
		tell(line.Member.Handle, line.Payable, line.Capital, line.Claims)
	}
	for _, fund := range do[ledger.FundsReport](w.T)(w.store.FundsReport(ctx, w.ana, now)).Lines {
		tell(fund.Code, fund.Given, fund.Other, fund.Spent)
	}
	tell(do[ledger.ClaimsReport](w.T)(w.store.ClaimsReport(ctx, w.ana, now)))
	for _, a := range do[[]ledger.AccountBalance](w.T)(w.store.Accounts(ctx, w.ana, now, "", 200)) {
		tell(a.Name, a.Balance)
		filter := postgres.RegisterFilter{Account: a.ID.String(), Limit: 200}
		for _, line := range do[postgres.Register](w.T)(w.store.Register(ctx, w.ana, filter)).Lines {
			tell(a.Name, line.Sequence, line.Kind, line.Date, line.Amount, line.Balance)
		}
	}
	for _, d := range do[[]ledger.Distribution](w.T)(w.store.Distributions(ctx, w.ana, 0, 100)) {
		one := do[postgres.Distribution](w.T)(w.store.Distribution(ctx, w.ana, d.ID))
		tell(one.Digest, one.Allocations)
		explained := do[postgres.Explanation](w.T)(w.store.ExplainDistribution(ctx, w.ana, d.ID, member))
		tell(one.Number, explained.Amount, explained.Kept, explained.Others, explained.Counted, explained.Uncounted)
		for _, rule := range explained.Rules {
			tell(one.Number, rule.Rule, rule.Took, rule.Gave, rule.TotalWeight)
		}
	}
	slices.Sort(said)
	return said
}

// impersonal says of every other column that could hold text why an erasure leaves it.
var impersonal = map[string]string{
	"code": "area.code contribution_decision.decision coverage.rule deduction.name fund.code income.asset kind.code " +
		"rule_start.rule take.rule received_opening.rule allocation.rule audit.operation audit.code audit.type event.type token.scopes",
	"word of a fixed list": "account.class account.role account.unit adoption.outcome allocation.type audit.outcome " +
		"change.method change.operation change.role change.type change_confirmation.outcome contribution_move.becomes contribution_move.decision " +
		"contribution_move.state contribution_state.state decision.method decision.outcome decision.reason " +
		"decision_vote.vote deduction.type entry.kind income.source kind.becomes kind.theme member.type member_role.role " +
		"member_stage.stage posting.unit proposal.method rate.stage vote.vote " +
		"commons.contributions_shown commons.books_shown",
	"what the commons calls itself and its measures": "commons.currency commons.name commons.slug commons.time_zone kind.unit",
	"id, figure, date or digest": "approval.digest audit.before audit.after audit.last_subject audit.subject " +
		"change.match distribution.digest draft.digest event.subject import.digest token.token_hash",
	"ids, codes and slugs":   "change.path change_confirmation.made",
	"join numbers and codes": "distribution_inputs.document draft.inputs",
	"gone with who is a member nowhere else": "invitation.invitation_hash passkey.agent passkey.credential " +
		"passkey.credential_id password.password_hash person.email person.name session.agent session.network " +
		"session.session_hash sign_in_code.code_hash sign_in_code.email sign_in_code.invitation_hash " +
		"sign_in_code.visit_hash",
	"of nobody": "ceremony.challenge ceremony.visit_hash set_up.link_hash",
}

// Every column that could hold text is either erased or named as one that tells of nobody.
func TestErasable(t *testing.T) {
	t.Parallel()
	db := riverside(t).store.Raw()
	var all, said []string
	err := db.SelectContext(t.Context(), &all, `
		SELECT c.relname || '.' || a.attname
		  FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid JOIN pg_type AS y ON y.oid = a.atttypid
		 WHERE c.relnamespace = 'phyle'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
		   AND NOT a.attisdropped AND c.relname <> 'schema_version'
		   AND coalesce(nullif(y.typbasetype, 0), y.oid) NOT IN ('uuid'::regtype, 'numeric'::regtype, 'bigint'::regtype,
		       'integer'::regtype, 'smallint'::regtype, 'boolean'::regtype, 'date'::regtype, 'timestamptz'::regtype,
		       'xid8'::regtype, 'uuid[]'::regtype)`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range erasable(t, db) {
		said = append(said, c.String())
	}
	for _, names := range impersonal {
		said = append(said, strings.Fields(names)...)
	}
	slices.Sort(all)
	slices.Sort(said)
	if diff := cmp.Diff(all, said); diff != "" {
		t.Errorf("say of every text whether it is personal: %s", diff)
	}
}

// Who asks and who confirms are two, both with a right to it, and the member has left with
// nothing open.
func TestEraseRefused(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.october()
	w.post(w.draft("2026-10-31"))
	ctx := t.Context()
	di := w.joined("di")[0]
	w.role(w.bo, "di", ledger.Approver, true)
	ask := func(by postgres.Caller, reason string) error {
		_, err := w.store.EraseMember(ctx, w.actAs(by), "cy", reason)
		return err
	}
	wantCode(t, "member_not_left", ask(w.cy, ""))
	w.stage("cy", ledger.Left, "2026-11-01")
	w.log("cy", "care", "1", "2026-10-30")
	before := state(t, w.store.Raw())
	var refusal *ledger.Error
	if err := ask(w.ana, ""); !errors.As(err, &refusal) || refusal.Code != "member_has_open" {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"accounts": "liabilities:payable:cy " + w.payable("cy"),
		"undecided_contributions": "1"}, refusal.Detail); diff != "" {
		t.Error(diff)
	}
	wantCode(t, "member_has_open", ask(w.cy, ""))
	wantCode(t, "forbidden", ask(w.cy, "I need no reason"))
	wantCode(t, "forbidden", ask(di, ""))
	_, err := w.store.EraseMember(ctx, w.act(), "nobody", "")
	wantCode(t, "not_found", err)
	_, err = w.store.EraseMember(ctx, w.act(), "cy", "a\x00b")
	wantCode(t, "invalid", codeOfKind(err))
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Errorf("what was refused had an effect: %s", diff)
	}

	c := do[ledger.Change](t)(w.store.EraseMember(ctx, w.actAs(w.bo), "cy", "cy cannot be reached"))
	if c.State != ledger.ChangeWaiting || c.Reason != "cy cannot be reached" {
		t.Errorf("the change is %+v", c)
	}
	wantCode(t, "erasure_waiting", ask(w.ana, "again"))
	wantCode(t, "self_confirmation", w.confirm(w.bo, c.ID))
	wantCode(t, "forbidden", w.confirm(di, c.ID))
	w.stage("cy", ledger.FullPart, "2026-12-01")
	wantCode(t, "member_not_left", w.confirm(w.ana, c.ID))
	w.stage("cy", ledger.Left, "2026-12-01")
	owed := w.payable("cy")
	wantCode(t, "ok", w.confirm(w.ana, c.ID))
	done := do[ledger.Change](t)(w.store.Change(ctx, w.ana, c.ID))
	if done.Reason != "gone-3 cannot be reached" || done.Member.Handle != "gone-3" || owed != w.payable("gone-3") {
		t.Errorf("the change is %+v, and %s is owed", done, w.payable("gone-3"))
	}

	_, err = w.store.EraseMember(ctx, w.act(), "gone-3", "")
	wantCode(t, "member_erased", err)
	_, err = w.store.ChangeStages(ctx, w.act(), []ledger.StageChange{{Member: "gone-3", Stage: ledger.FullPart}})
	wantCode(t, "member_erased", err)
	_, err = w.store.LogContributions(ctx, w.act(), []ledger.NewContribution{{Member: "gone-3", Kind: "work",
		Quantity: decimal.NewFromInt(1), Date: date(t, "2026-10-30")}})
	wantCode(t, "member_erased", err)
	w.move(ledger.Move{Kind: ledger.PaymentEntry, Member: "gone-3", Asset: "bank", Date: date(t, "2026-11-05"),
		Amount: eur(owed), Memo: "what was kept open"})
	_, err = w.store.AddMembers(ctx, w.act(), []ledger.NewMember{{Handle: "cy", Name: "Cy", Stage: ledger.FullPart}})
	wantCode(t, "ok", err)
}

// codeOfKind keeps only what kind of refusal it is.
func codeOfKind(err error) error {
	var refusal *ledger.Error
	if errors.As(err, &refusal) {
		return ledger.Errorf(refusal.Kind, string(refusal.Kind), "")
	}
	return err
}

// A member asks for themself, and one other confirms it.
func TestEraseOwn(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.stage("cy", ledger.Left, "2026-11-01")
	c := do[ledger.Change](t)(w.store.EraseMember(t.Context(), w.actAs(w.cy), "cy", ""))
	wantCode(t, "ok", w.confirm(w.bo, c.ID))
	if m := do[ledger.Member](t)(w.store.Member(t.Context(), w.ana, "gone-3")); len(m.Waiting) > 0 || m.ErasedAt.IsZero() {
		t.Errorf("the member is %+v", m)
	}
}

// An answer that may have told of somebody is not given again, nor another instead.
func TestEraseAnswers(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.stage("cy", ledger.Left, "2026-11-01")
	log := func(by postgres.Caller, key string) error {
		_, err := w.store.LogContributions(t.Context(), w.keyed(by, key), []ledger.NewContribution{{Member: by.Handle,
			Kind: "work", Quantity: decimal.NewFromInt(1), Date: date(t, "2026-10-30")}})
		return err
	}
	spend := func(by postgres.Caller, key string) error {
		_, err := w.store.MoveMoney(t.Context(), w.keyed(by, key), []ledger.Move{{Kind: ledger.OpeningEntry,
			Amount: eur("1.00"), Date: date(t, "2026-10-30"), Asset: "bank"}})
		return err
	}
	for _, act := range []func(postgres.Caller, string) error{log, spend} {
		wantCode(t, "ok", act(w.ana, fmt.Sprintf("plain-%p", act)))
		wantCode(t, "ok", act(w.ana, fmt.Sprintf("for-cy-%p", act)))
	}
	w.erase("cy", "")
	before := state(t, w.store.Raw())
	for _, act := range []func(postgres.Caller, string) error{log, spend} {
		wantCode(t, "answer_erased", act(w.ana, fmt.Sprintf("plain-%p", act)))
		wantCode(t, "answer_erased", act(w.ana, fmt.Sprintf("for-cy-%p", act)))
	}
	if diff := cmp.Diff(before, state(t, w.store.Raw())); diff != "" {
		t.Error(diff)
	}
}

// Handle and name go as whole words, in any spelling, and others keep theirs.
func TestUnnamed(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	do[[]ledger.Member](t)(w.store.AddMembers(t.Context(), w.act(), []ledger.NewMember{
		{Handle: "eva", Name: "Éva (van) Dam+", Stage: ledger.FullPart},
		{Handle: "eva-m", Name: "Eva", Stage: ledger.FullPart},
		{Handle: "max", Name: "Éva (van) Dam+ Mol", Stage: ledger.FullPart},
		{Handle: "x", Name: "Y", Stage: ledger.FullPart},
	}))
	for text, want := range map[string]string{
		"eva":                            "gone-4",
		"Eva's laptop, for EVA.":         "gone-4's laptop, for gone-4.",
		"mail eva@example.org, /eva/1":   "mail gone-4@example.org, /gone-4/1",
		"eva-2026.pdf":                   "gone-4-2026.pdf",
		"evade medieva evä":              "evade medieva evä",
		"with eva-m and Eva-m":           "with eva-m and Eva-m",
		"éva (VAN)  dam+ came":           "gone-4 came",
		"Éva (van) Dam+ Mol came":        "Éva (van) Dam+ Mol came",
		"Évas éva":                       "Évas éva",
		`\1 eva \2`:                      `\1 gone-4 \2`,
		"x and y stay":                   "x and y stay",
		"one\néva (van)\tdam+\nand more": "one\ngone-4\nand more",
	} {
		var got string
		err := w.store.Raw().GetContext(t.Context(), &got, `
			SELECT phyle.unnamed($1, s.pattern, s.shield, s.pseudonym)
			  FROM phyle.member AS m CROSS JOIN phyle.mentions(m.commons_id, m.member_id) AS s WHERE m.handle = 'eva'`, text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %s, %v", text, diff, err)
		}
	}
	if n := count(t, w.store.Raw(), `SELECT count(*) FROM phyle.member AS m, phyle.mentions(m.commons_id, m.member_id)
		WHERE m.handle = 'x'`); n > 0 {
		t.Error("a single letter is looked for")
	}
}

// What an erasure may change changes only by it: not by the app, whatever it brings, and
// not by the owner of the tables outside of one.
func TestEraseWaysAround(t *testing.T) {
	t.Parallel()
	w := rich(t)
	db := w.store.Raw()
	w.stage("eli", ledger.Left, "2026-11-05")
	c := do[ledger.Change](t)(w.store.EraseMember(t.Context(), w.act(), "eli", ""))
	member := func(handle string) string {
		return `(SELECT member_id FROM phyle.member WHERE handle = '` + handle + `')`
	}
	erased := func(handle string) string {
		return `INSERT INTO phyle.erasure (commons_id, member_id, change_id, number, erased_at)
			SELECT commons_id, ` + member(handle) + `, '` + string(c.ID) + `', setting + 1, recorded_at FROM phyle.journal_head;`
	}
	confirmed := `INSERT INTO phyle.change_confirmation (commons_id, change_id, outcome, proposed_by, decided_by,
		            decided_at, on_day, after_setting, number)
		SELECT commons_id, '` + string(c.ID) + `', 'confirmed', ` + member("ana") + `, ` + member("bo") + `, recorded_at,
		       '2026-11-05', setting - 1, setting FROM phyle.journal_head;`
	call := func(handle string) string {
		return `SELECT phyle.erase_member(` + member(handle) + `, '{}', '{}');`
	}
	rewrite := `SELECT phyle.erase_member(` + member("eli") + `, array_agg(agreement_id),
		array_agg(replace(document, '"20.00"', '"90.00"'))) FROM phyle.agreement;`
	const late = "check_violation erasure_rests_on_change"
	before := state(t, db)
	for _, a := range []struct{ name, role, do, want string }{
		{"no erasure", "phyle_app", call("eli"), "check_violation erasure_of_now"},
		{"one of before", "phyle_app", call("gone-6"), "check_violation erasure_of_now"},
		{"one of before again", "phyle_app", erased("gone-6"), "unique_violation erasure_once"},
		{"no change", "phyle_app", erased("eli") + call("eli"), "foreign_key_violation erasure_commons_id_number_fkey"},
		{"a change for somebody else", "phyle_app", erased("bo") + confirmed + call("bo"), late},
		{"nothing erased", "phyle_app", erased("eli") + confirmed, late},
		{"somebody else erased", "phyle_app", erased("eli") + confirmed + call("bo"), "check_violation erasure_of_now"},
		{"other rules", "phyle_app", erased("eli") + confirmed + rewrite, "check_violation erasure_of_mentions"},
		{"a token for who is gone", "phyle_app", `INSERT INTO phyle.token (token_hash, token_id, commons_id, member_id, label,
			scopes, created_at, expires_at) SELECT sha256('x'), gen_random_uuid(), commons_id, ` + member("gone-6") + `, '',
			'{x}', now(), now() FROM phyle.commons`, "check_violation member_erased"},
		{"a text by hand", "phyle_app", erased("eli") + confirmed + `UPDATE phyle.entry SET memo = 'mine'`, denied},
		{"a trigger's function by hand", "phyle_app", `SELECT phyle.erasing()`, denied},
		{"a pseudonym for oneself", "phyle_app", `INSERT INTO phyle.member (commons_id, member_id, join_number, handle, name,
			type, joined_on, created_at) SELECT commons_id, gen_random_uuid(), joined + 1, 'gone-1', 'x', 'person', '2026-11-05',
			recorded_at FROM phyle.journal_head`, "check_violation member_handle_reserved"},
		{"no erasure, by the owner", "phyle_owner", `UPDATE phyle.entry SET memo = 'mine'`, fixed},
		{"more than texts, by the owner", "phyle_owner", erased("eli") + confirmed +
			`UPDATE phyle.entry SET memo = 'mine', date = '2026-01-01'`, fixed},
		{"an amount, by the owner", "phyle_owner", erased("eli") + confirmed + `UPDATE phyle.posting SET amount = 1`, fixed},
		{"a row, by the owner", "phyle_owner", erased("eli") + confirmed + `DELETE FROM phyle.contribution`, fixed},
		{"another commons", "phyle_app", `SET LOCAL phyle.commons = '00000000-0000-7000-8000-000000000000';` + call("eli"),
			"check_violation erasure_of_now"},
	} {
		if diff := cmp.Diff(a.want, refusal(asRole(t, db, a.role, a.do))); diff != "" {
			t.Errorf("%s: %s", a.name, diff)
		}
		if diff := cmp.Diff(before, state(t, db)); diff != "" {
			t.Fatalf("%s: %s", a.name, diff)
		}
	}
	wantCode(t, "ok", w.confirm(w.bo, c.ID))
}

// What somebody brings back who may do everything, or keeps from being erased, is found.
func TestVerifyErased(t *testing.T) {
	t.Parallel()
	w := rich(t)
	w.zanthe()
	w.clock(now.Add(time.Hour))
	w.erase("zanthe", "")
	s := tamperWith(t, w.store)
	const (
		texts  = "nothing is left of what erased members wrote"
		names  = "erased members, and nobody else, are known by pseudonyms, and have no tokens"
		change = "members were erased by changes, and have left"
	)
	const her = `(SELECT member_id FROM phyle.member WHERE handle = 'gone-7')`
	for _, c := range []struct{ tables, do, want string }{
		{"contribution", `UPDATE phyle.contribution SET note = 'hers' WHERE member_id = ` + her, texts},
		{"contribution_decision", `UPDATE phyle.contribution_decision SET note = 'hers' WHERE decided_by = ` + her, texts},
		{"vote", `UPDATE phyle.vote SET reason = 'hers' WHERE member_id = ` + her, texts},
		{"entry", `UPDATE phyle.entry SET memo = 'hers' WHERE kind = 'gift' AND recorded_by = ` + her, texts},
		{"audit", `UPDATE phyle.audit SET address = '203.0.113.0/24' WHERE member_id = ` + her, texts},
		{"member", `UPDATE phyle.member SET name = 'Zanthe' WHERE handle = 'gone-7'`, names},
		{"member", `UPDATE phyle.member SET handle = 'gone-3' WHERE handle = 'cy'`, names},
		{"account", `UPDATE phyle.account SET name = name || '-z' WHERE member_id = ` + her, names},
		{"token", `UPDATE phyle.token SET member_id = ` + her, names},
		{"erasure", `DELETE FROM phyle.erasure WHERE member_id = ` + her, change},
		{"erasure", `UPDATE phyle.erasure SET member_id = (SELECT member_id FROM phyle.member WHERE handle = 'bo')
			WHERE member_id = ` + her, change},
		{"change_confirmation", `UPDATE phyle.change_confirmation AS e SET outcome = 'withdrawn', number = NULL
			FROM phyle.erasure AS x WHERE x.number = e.number`, change},
		{"member_stage", `UPDATE phyle.member_stage SET stage = 'guest' WHERE member_id = ` + her, change},
		{"idempotency_key", `UPDATE phyle.idempotency_key SET body = '{}', created_at = created_at - interval '1 hour'`, names},
	} {
		if s.exec(c.do) == 0 {
			t.Fatalf("%s changed nothing", c.do)
		}
		s.wantFound(c.do, c.want)
		s.restore(c.tables)
	}
	if diff := cmp.Diff(map[string]string{}, s.found()); diff != "" {
		t.Error(diff)
	}
}

// Erasing takes a few statements, however much there is: it ends within what a report may
// take. The thorough form has a hundred thousand contributions.
func TestEraseMany(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	many := make([]ledger.NewContribution, 1000)
	for i := range many {
		many[i] = ledger.NewContribution{Member: []string{"cy", "bo"}[i%2], Kind: "work", Quantity: decimal.NewFromInt(1),
			Date: date(t, "2026-10-30"), Note: "together with cy and others", Evidence: "photo"}
	}
	batches := 3
	if *long {
		batches = 100
	}
	for i := range batches {
		for j := range many {
			many[j].Date = date(t, "2020-01-01").AddDays(i*5 + j%5)
			many[j].Quantity = decimal.New(1, -2)
		}
		do[[]ledger.Contribution](t)(w.store.LogContributions(t.Context(), w.act(), many))
	}
	w.stage("cy", ledger.Left, "2026-11-01")
	began := time.Now()
	w.erase("cy", "")
	t.Logf("%d contributions: %v", batches*len(many), time.Since(began))
	if n := count(t, w.store.Raw(), `SELECT count(*) FROM contribution WHERE note NOT IN ('(erased)',
		'together with gone-3 and others')`); n > 0 {
		t.Errorf("%d notes are left", n)
	}
}

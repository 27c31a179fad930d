package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
)

// unmistakable methods work for no one commons: they are about the store itself, or are
// asked before a commons is known, which TestPlainLogin looks at.
var unmistakable = []string{
	"AsMember", "Authenticate", "AwaitUses", "Batches", "Close", "CommonsBySlug", "CountAcceptances",
	"CountPostings", "CreateCommons", "CreateInstanceToken", "EveryCommons", "HasTables", "Inspect",
	"LostRefusals", "Now", "Ping", "Raw", "Refuse", "SchemaVersion", "SetClock", "Stats",
	// Those about people ask for rows of no commons, or of the one of a secret.
	"AddPasskey", "CallerOf", "CheckSetUp", "EndOtherSessions", "EndSession", "FinishSignIn",
	"HasPassword", "Invitation", "Join", "JoinAsNew", "Memberships", "PasskeyOf", "Passkeys",
	"PasswordHash", "RemovePasskey", "SentTo", "Session", "Sessions", "SetPassword", "SetUp",
	"SignInAs", "SignInWith", "StartCeremony", "StartSetUp", "StartSignIn", "TakeCeremony",
}

// use is a call of a method that writes: by Ana, if nobody is named.
type use struct {
	// waits says that it is asked for, and not done.
	waits bool
	by    postgres.Caller
	call  func(act *postgres.Act) error
}

// dropped has a call without its result.
func dropped[T any](_ T, err error) error { return err }

// mistakenly is what the test of mistakes works on.
type mistakenly struct {
	*world
	care   ledger.ContributionID
	work   ledger.ContributionID
	income ledger.IncomeID
	draft  postgres.Distribution
	posted ledger.DistributionID
	moved  ledger.EntryID
	vote   ledger.AgreementID
	plain  ledger.AgreementID
	ready  ledger.AgreementID
	file   ledger.Import
	token  ledger.TokenID
	change ledger.ChangeID
}

// prepared has something for every method to work on.
func prepared(t *testing.T, w *world) mistakenly {
	t.Helper()
	m := mistakenly{world: w}
	day := "2026-11-05"
	m.care = w.log("ana", "care", "0.25", day).ID
	m.work = w.log("bo", "work", "0.25", day).ID
	m.moved = w.move(ledger.Move{Kind: ledger.OpeningEntry, Amount: eur("5.00"), Date: date(t, day), Fund: "care"}).ID
	w.incomeWith("80.00", day, "")
	m.posted = w.post(w.draft(day)).ID
	m.file = do[ledger.Import](t)(w.imports("cy,care,0.5," + day + ",,,last-1\n"))
	m.income = w.incomeWith("90.00", day, "").ID
	m.draft = w.draft(day)
	m.vote, m.plain, m.ready = w.ballot(ledger.ByConsent, 0, "2026-11-10"), w.written(), w.written()
	w.propose(m.ready, day)
	m.change = do[ledger.Change](t)(w.store.ProposePolicy(t.Context(), w.act(), ledger.ApprovalPolicy{})).ID
	w.joined("gus")
	w.stage("gus", ledger.Left, day)
	m.token = do[postgres.MadeToken](t)(w.store.CreateToken(t.Context(), &postgres.Act{By: w.ana}, ledger.NewToken{})).ID
	do[postgres.Invited](t)(w.store.Invite(t.Context(), w.act(), "cy"))
	return m
}

// writes has a call of every method that writes.
func (m mistakenly) writes(s *postgres.Store) map[string]use {
	ctx, day := m.Context(), date(m.T, "2026-11-05")
	one := decimal.RequireFromString("0.1")
	text := "cy,work,0.25,2026-11-05,,,last-2\n"
	given := ledger.NewContribution{Member: "cy", Kind: "work", Quantity: one, Date: day}
	return map[string]use{
		"AddAreas": {call: func(a *postgres.Act) error {
			return dropped(s.AddAreas(ctx, a, []ledger.Area{{Code: "hall", Name: "Hall"}}))
		}},
		"AddFunds": {call: func(a *postgres.Act) error {
			return dropped(s.AddFunds(ctx, a, []ledger.Fund{{Code: "roof", Name: "Roof"}}))
		}},
		"AddKinds": {call: func(a *postgres.Act) error {
			return dropped(s.AddKinds(ctx, a, []ledger.ContributionKind{
				{Code: "song", Name: "Song", Unit: "item", Theme: "work", Becomes: ledger.BecomesWeight}}))
		}},
		"AddMembers": {call: func(a *postgres.Act) error {
			return dropped(s.AddMembers(ctx, a, []ledger.NewMember{{Handle: "flo", Name: "Flo", Stage: ledger.Guest}}))
		}},
		"AddRates": {call: func(a *postgres.Act) error {
			return dropped(s.AddRates(ctx, a, []ledger.NewRate{{Kind: "work", From: day, Rate: one}}))
		}},
		"AdoptAgreement": {call: func(a *postgres.Act) error {
			return dropped(s.AdoptAgreement(ctx, a, m.plain, consent(day, day)))
		}},
		"ApproveDistribution": {by: m.cy, call: func(a *postgres.Act) error {
			return dropped(s.ApproveDistribution(ctx, a, m.draft.ID, m.draft.Digest))
		}},
		"CastVote": {call: func(a *postgres.Act) error {
			return dropped(s.CastVote(ctx, a, m.vote, ledger.NewVote{Choice: ledger.VoteYes}))
		}},
		"ChangeRoles": {call: func(a *postgres.Act) error {
			return dropped(s.ChangeRoles(ctx, a, []ledger.RoleChange{
				{Member: "cy", Role: ledger.Steward, From: day, Held: true}}))
		}},
		"ChangeStages": {call: func(a *postgres.Act) error {
			return dropped(s.ChangeStages(ctx, a, []ledger.StageChange{{Member: "cy", Stage: ledger.FullPart, From: day}}))
		}},
		"ClosePeriod": {call: func(a *postgres.Act) error {
			return dropped(s.ClosePeriod(ctx, a, date(m.T, "2026-10-02"), ""))
		}},
		"ConfirmChange": {by: m.bo, call: func(a *postgres.Act) error {
			return dropped(s.ConfirmChange(ctx, a, m.change))
		}},
		"CreateAgreement": {call: func(a *postgres.Act) error {
			return dropped(s.CreateAgreement(ctx, a, "", []byte(riversideRules), agreement.YAML))
		}},
		"CreatePersonToken": {call: func(a *postgres.Act) error {
			return dropped(s.CreatePersonToken(ctx, a))
		}},
		"CreateToken": {call: func(a *postgres.Act) error {
			return dropped(s.CreateToken(ctx, a, ledger.NewToken{}))
		}},
		"DecideAgreement": {call: func(a *postgres.Act) error {
			return dropped(s.DecideAgreement(ctx, a, m.ready, &ledger.RecordedDecision{Method: "consensus", Date: day,
				Outcome: ledger.OutcomeRejected, Votes: []ledger.RecordedVote{{Member: "cy", Choice: ledger.VoteNo}}}))
		}},
		"DecideContributions": {by: m.bo, call: func(a *postgres.Act) error {
			return dropped(s.DecideContributions(ctx, a, []ledger.ContributionID{m.care}, ledger.Accept, ""))
		}},
		"DiscardDistribution": {call: func(a *postgres.Act) error { return s.DiscardDistribution(ctx, a, m.draft.ID) }},
		"DraftDistributions": {call: func(a *postgres.Act) error {
			return dropped(s.DraftDistributions(ctx, a, []postgres.DistributionRequest{{Through: day}}))
		}},
		"EraseMember": {call: func(a *postgres.Act) error {
			return dropped(s.EraseMember(ctx, a, "gus", ""))
		}},
		"EnrolMembers": {call: func(a *postgres.Act) error {
			return dropped(s.EnrolMembers(ctx, a, []ledger.NewMember{{Handle: "flo", Name: "Flo", Stage: ledger.Guest}}))
		}},
		"ImportContributions": {call: func(a *postgres.Act) error {
			return dropped(s.ImportContributions(ctx, a, fileOf(text, 1), rowsOf(heading+text)))
		}},
		"Leave": {by: m.cy, call: func(a *postgres.Act) error {
			return dropped(s.Leave(ctx, a, "cy", day))
		}},
		"LogContributions": {call: func(a *postgres.Act) error {
			return dropped(s.LogContributions(ctx, a, []ledger.NewContribution{given}))
		}},
		"LogShared": {call: func(a *postgres.Act) error {
			return dropped(s.LogShared(ctx, a, ledger.SharedContribution{NewContribution: given,
				Shares: []ledger.ContributionShare{{Member: "ana", Share: one}, {Member: "cy", Share: one}}}))
		}},
		"MoveMoney": {call: func(a *postgres.Act) error {
			return dropped(s.MoveMoney(ctx, a, []ledger.Move{{Kind: ledger.PaymentEntry, Amount: eur("1.00"), Date: day,
				Member: "cy", Asset: "cash"}}))
		}},
		"OpenReceived": {call: func(a *postgres.Act) error {
			return dropped(s.OpenReceived(ctx, a, []ledger.NewReceived{
				{Area: "lab", Rule: "lab-fair", Member: "eli", Amount: eur("1.00")}}))
		}},
		"PostDistribution": {call: func(a *postgres.Act) error {
			return dropped(s.PostDistribution(ctx, a, m.draft.ID, m.draft.Digest))
		}},
		"ProposeAgreement": {call: func(a *postgres.Act) error {
			return dropped(s.ProposeAgreement(ctx, a, m.plain, ledger.NewProposal{NoticeUntil: day}))
		}},
		"ProposePolicy": {call: func(a *postgres.Act) error {
			return dropped(s.ProposePolicy(ctx, a, ledger.ApprovalPolicy{Count: 1}))
		}},
		"RecordIncomes": {call: func(a *postgres.Act) error {
			return dropped(s.RecordIncomes(ctx, a, sale(m.T, "10.00", "2026-11-05")))
		}},
		"ReverseContributions": {call: func(a *postgres.Act) error {
			return dropped(s.ReverseContributions(ctx, a, []ledger.ContributionID{m.work}, "mistake"))
		}},
		"RecoverOffice": {call: func(a *postgres.Act) error {
			a.By = postgres.Caller{Commons: m.ana.Commons}
			return dropped(s.RecoverOffice(ctx, a, ledger.Recovery{Member: "cy", Role: ledger.Treasurer, Reason: "lost"}))
		}},
		"ReverseDistribution": {call: func(a *postgres.Act) error {
			return dropped(s.ReverseDistribution(ctx, a, m.posted, ledger.Date{}, "mistake"))
		}},
		"ReverseEntries": {call: func(a *postgres.Act) error {
			return dropped(s.ReverseEntries(ctx, a, []ledger.EntryID{m.moved}, ledger.Date{}, "mistake"))
		}},
		"ReverseIncomes": {call: func(a *postgres.Act) error {
			return dropped(s.ReverseIncomes(ctx, a, []ledger.IncomeID{m.income}, ledger.Date{}, "mistake"))
		}},
		"RotateToken": {call: func(a *postgres.Act) error { return dropped(s.RotateToken(ctx, a, m.token, 1)) }},
		"RevokeToken": {call: func(a *postgres.Act) error { return s.RevokeToken(ctx, a, m.token) }},
		"Invite":      {call: func(a *postgres.Act) error { return dropped(s.Invite(ctx, a, "ana")) }},
		"InviteMember": {call: func(a *postgres.Act) error {
			return dropped(s.InviteMember(ctx, a, "ana"))
		}},
		"RevokeInvitation": {call: func(a *postgres.Act) error { return s.RevokeInvitation(ctx, a, "cy") }},
		"Suspend": {call: func(a *postgres.Act) error {
			return dropped(s.Suspend(ctx, a, ledger.Suspension{Member: "eli", Reason: "for now"}))
		}},
		"SuspendMember": {call: func(a *postgres.Act) error {
			return dropped(s.SuspendMember(ctx, a, ledger.Suspension{Member: "eli", Reason: "for now"}))
		}},
		"Readmit":       {call: func(a *postgres.Act) error { return dropped(s.Readmit(ctx, a, "up")) }},
		"ReadmitMember": {call: func(a *postgres.Act) error { return dropped(s.ReadmitMember(ctx, a, "up")) }},
		"SetTake": {call: func(a *postgres.Act) error {
			return dropped(s.SetTake(ctx, a, []ledger.NewTake{{Area: "lab", Rule: "lab-takes", Amount: eur("1.00")}}))
		}},
		"UndoImport": {call: func(a *postgres.Act) error {
			return dropped(s.UndoImport(ctx, a, m.file.ID, "mistake", nil))
		}},
		"UpdateCommons": {call: func(a *postgres.Act) error {
			name := "Another"
			return dropped(s.UpdateCommons(ctx, a, postgres.CommonsPatch{Name: &name}))
		}},
		"WithdrawChange": {call: func(a *postgres.Act) error {
			return dropped(s.WithdrawChange(ctx, a, m.change))
		}},
		"WithdrawProposal": {call: func(a *postgres.Act) error {
			return dropped(s.WithdrawProposal(ctx, a, m.vote, "mistake"))
		}},
	}
}

// reads has a call of every method that reads.
func (m mistakenly) reads(s *postgres.Store) map[string]func() error {
	ctx, by, some := m.Context(), m.ana, 100
	from, to := date(m.T, "2026-01-01"), date(m.T, "2026-12-31")
	rows := rowsOf(heading + "cy,work,0.25,2026-11-05,lab,,last-3\n")
	up := do[postgres.Caller](m.T)(m.store.AsMember(ctx, by.Commons.Slug, "up"))
	var q postgres.BalanceQuery
	return map[string]func() error{
		"Accounts":   func() error { return dropped(s.Accounts(ctx, by, q, "", some)) },
		"Agreement":  func() error { return dropped(s.Agreement(ctx, by, m.vote)) },
		"Agreements": func() error { return dropped(s.Agreements(ctx, by, "", "", some)) },
		"AgreementSentences": func() error {
			return dropped(s.AgreementSentences(ctx, by, m.vote, ""))
		},
		"Audit": func() error {
			return dropped(s.Audit(ctx, by, postgres.AuditFilter{Limit: some}))
		},
		"Areas":          func() error { return dropped(s.Areas(ctx, by)) },
		"Balances":       func() error { return dropped(s.Balances(ctx, by, q, 0, some)) },
		"BalancesReport": func() error { return dropped(s.BalancesReport(ctx, by, q)) },
		"ActToConfirm":   func() error { return dropped(s.ActToConfirm(ctx, by, m.change)) },
		"Change":         func() error { return dropped(s.Change(ctx, by, m.change)) },
		"Changes":        func() error { return dropped(s.Changes(ctx, by, "", "", some)) },
		"CheckAgreement": func() error { return dropped(s.CheckAgreement(ctx, by, []byte(labRules), agreement.YAML)) },
		"CheckImport":    func() error { return dropped(s.CheckImport(ctx, by, rows)) },
		"ClaimsReport":   func() error { return dropped(s.ClaimsReport(ctx, by, q)) },
		"Commons":        func() error { return dropped(s.Commons(ctx, by)) },
		"Contribution":   func() error { return dropped(s.Contribution(ctx, by, m.care)) },
		"Contributions": func() error {
			return dropped(s.Contributions(ctx, by, postgres.ContributionFilter{Member: "cy", Kind: "work", Area: "lab", Limit: some}))
		},
		"Distribution":  func() error { return dropped(s.Distribution(ctx, by, m.posted)) },
		"Distributions": func() error { return dropped(s.Distributions(ctx, by, 0, some)) },
		"Drafts":        func() error { return dropped(s.Drafts(ctx, by)) },
		"Entries":       func() error { return dropped(s.Entries(ctx, by, postgres.EntryFilter{Member: "cy", Limit: some})) },
		"Entry":         func() error { return dropped(s.Entry(ctx, by, m.moved)) },
		"Events":        func() error { return dropped(s.Events(ctx, by, 0, some)) },
		"ExplainDistribution": func() error {
			return dropped(s.ExplainDistribution(ctx, by, m.posted, "cy"))
		},
		"FundsReport":    func() error { return dropped(s.FundsReport(ctx, by, q)) },
		"Funds":          func() error { return dropped(s.Funds(ctx, by)) },
		"Imports":        func() error { return dropped(s.Imports(ctx, by, some)) },
		"Income":         func() error { return dropped(s.Income(ctx, by, m.income)) },
		"Incomes":        func() error { return dropped(s.Incomes(ctx, by, postgres.IncomeFilter{Limit: some})) },
		"Kinds":          func() error { return dropped(s.Kinds(ctx, by)) },
		"Member":         func() error { return dropped(s.Member(ctx, by, "cy")) },
		"MemberBalance":  func() error { return dropped(s.MemberBalance(ctx, by, q, "cy")) },
		"Members":        func() error { return dropped(s.Members(ctx, by, 0, some)) },
		"OpenedReceived": func() error { return dropped(s.OpenedReceived(ctx, by, 0, some)) },
		"OwnData": func() error {
			return s.OwnData(ctx, by, "ana", func(ledger.DataPart, []ledger.DataRow) error { return nil })
		},
		"Confirmers": func() error {
			_, _, err := s.Confirmers(ctx, by.Commons, m.change)
			return err
		},
		"OwnSuspension": func() error { return dropped(s.OwnSuspension(ctx, up)) },
		"Payouts":       func() error { return dropped(s.Payouts(ctx, by, from, to, ledger.ByMember)) },
		"Periods":       func() error { return dropped(s.Periods(ctx, by)) },
		"Rates":         func() error { return dropped(s.Rates(ctx, by, 0, some)) },
		"Register": func() error {
			return dropped(s.Register(ctx, by, postgres.RegisterFilter{Account: "assets:bank", Limit: some}))
		},
		"Rehearse": func() error {
			return dropped(s.Rehearse(ctx, by, postgres.RehearsalRequest{Agreement: m.vote}))
		},
		"StandingImport": func() error { return dropped(s.StandingImport(ctx, by, m.file.Digest)) },
		"Takes":          func() error { return dropped(s.Takes(ctx, by, 0, some)) },
		"Tokens":         func() error { return dropped(s.Tokens(ctx, by, true)) },
		"Verify":         func() error { return dropped(s.Verify(ctx, "riverside")) },
		"Votes":          func() error { return dropped(s.Votes(ctx, by, m.vote, 0, some)) },
	}
}

// waiting has methods whose acts wait, for who asks and for who confirms.
func (m mistakenly) waiting(s *postgres.Store) map[string]use {
	ctx, day := m.Context(), date(m.T, "2026-11-05")
	spent := ledger.Move{Kind: ledger.SpendingEntry, Amount: eur("0.01"), Date: day, Fund: "care", Asset: "bank"}
	spend := func(a *postgres.Act) error { return dropped(s.MoveMoney(ctx, a, []ledger.Move{spent})) }
	asked := ledger.ActRequest{Operation: ledger.MoveMoney, Body: "{}"}
	change := m.wait(m.ana, asked, func(a *postgres.Act) error {
		return dropped(m.store.MoveMoney(ctx, a, []ledger.Move{spent}))
	})
	return map[string]use{
		"MoveMoney asked for": {waits: true, call: func(a *postgres.Act) error {
			a.Asked = &asked
			return spend(a)
		}},
		"MoveMoney confirmed": {by: m.bo, call: func(a *postgres.Act) error {
			a.Asked, a.Confirms, a.Render = &asked, change, nowhere
			return spend(a)
		}},
	}
}

// A statement of the store that asks as another commons is told nothing, and one that
// writes is refused: each statement of each method in turn, to the end of its work.
func TestMistakenCommons(t *testing.T) {
	t.Parallel()
	w := rich(t)
	m := prepared(t, w)
	hill := do[postgres.Founded](t)(w.store.CreateCommons(t.Context(), &postgres.Act{By: postgres.Caller{Instance: true}},
		ledger.Commons{Slug: "hill", Name: "Hill", Currency: "EUR", TimeZone: "UTC"},
		ledger.NewMember{Handle: "eva", Name: "Eva", Stage: ledger.FullPart})).Commons
	directory, _, _ := socket(t, w.store.Raw())
	var mistake postgres.Mistake
	s := do[*postgres.Store](t)(postgres.OpenMistaken(context.Background(), through(t, w.store.Raw(), directory), &mistake))
	t.Cleanup(func() { _ = s.Close() })
	s.SetClock(func() time.Time { return now })
	reads, writes := m.reads(s), m.writes(s)
	covered := slices.Concat(slices.Collect(maps.Keys(reads)), slices.Collect(maps.Keys(writes)), unmistakable)
	slices.Sort(covered)
	if diff := cmp.Diff(methods(s), covered); diff != "" {
		t.Errorf("say of every method how it is called: %s", diff)
	}
	for _, name := range slices.Sorted(maps.Keys(reads)) {
		mistake.Make("", 0)
		m.readMistakenly(&mistake, hill.ID, name, reads[name])
	}
	for _, name := range slices.Sorted(maps.Keys(writes)) {
		m.writeMistakenly(&mistake, hill.ID, name, writes[name])
	}
	m.policy(1, "0.00")
	for name, use := range m.waiting(s) {
		m.writeMistakenly(&mistake, hill.ID, name, use)
	}
}

// readMistakenly reads as it should be, and then with the mistake at each statement; of
// very many, at every twentieth part of them.
func (m mistakenly) readMistakenly(
	mistake *postgres.Mistake, other ledger.CommonsID, name string, read func() error,
) {
	m.Helper()
	mistake.Make(m.ana.Commons.ID, 0) // which is none
	wantCode(m.T, "ok", read())
	n, said := mistake.Seen()
	if len(said) == 0 && name != "Commons" {
		m.Errorf("%s is told nothing even so", name)
	}
	for after := 0; after < n; after += max(1, n/20) {
		mistake.Make(other, after)
		_ = stopped(read) // it may be refused, because so much is missing
		if _, said := mistake.Seen(); len(said) > 0 {
			m.Errorf("%s is told after statement %d of %d: %q", name, after, n, said)
		}
	}
}

// writeMistakenly writes as it should be, without effect where the method can, and then
// with the mistake at each statement.
func (m mistakenly) writeMistakenly(mistake *postgres.Mistake, other ledger.CommonsID, name string, u use) {
	m.Helper()
	if u.by.Member == "" {
		u.by = m.ana
	}
	mistake.Make("", 0)
	if err := u.call(&postgres.Act{By: u.by, DryRun: !u.waits}); err != nil && !errors.Is(err, postgres.ErrWaits) {
		m.Errorf("%s: %v", name, err)
	}
	n, _ := mistake.Seen()
	if n == 0 {
		m.Errorf("%s asks nothing", name)
	}
	before := state(m.T, m.store.Raw())
	for after := range n {
		mistake.Make(other, after)
		if err := stopped(func() error { return u.call(&postgres.Act{By: u.by}) }); err == nil {
			m.Errorf("%s goes through after statement %d of %d", name, after, n)
		}
		if _, said := mistake.Seen(); len(said) > 0 {
			m.Errorf("%s is told after statement %d of %d: %q", name, after, n, said)
		}
	}
	if diff := cmp.Diff(before, state(m.T, m.store.Raw())); diff != "" {
		m.Errorf("%s has an effect: %s", name, diff)
	}
}

// stopped calls f and returns its error, or its panic as one: rows that are there for one
// statement and gone for the next are a defect, on which the program may stop.
func stopped(f func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return f()
}

// methods returns the names of all methods of the store.
func methods(s *postgres.Store) (names []string) {
	t := reflect.TypeOf(s)
	for i := range t.NumMethod() {
		names = append(names, t.Method(i).Name)
	}
	return names
}

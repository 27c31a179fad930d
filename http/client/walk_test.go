package client_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"phyle/http/client"
)

// walk uses one operation after the other.
type walk struct {
	*testing.T
	*recorder
	place        *place
	instance     *client.Client
	member       *client.Client
	books, bo    client.Books // as ana and as bo see them
	distribution client.Distribution
}

// seen returns the result of a call that has to go well, once it is held to the
// answer.
func seen[Result any](result Result, err error) func(*walk) Result {
	return func(w *walk) Result {
		w.Helper()
		if err != nil {
			w.Fatal(err)
		}
		w.sameAs(w, result)
		return result
	}
}

// done holds a call without a result to have gone well.
func (w *walk) done(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *walk) found() {
	ctx := w.Context()
	seen(w.instance.CreateCommons(ctx, client.CommonsRequest{
		Slug: "seaside", Name: "Seaside", Currency: "EUR", TimeZone: "Europe/Berlin",
		AdvanceLimit: new(euro("10.5")),
	}))(w)
	var read client.Receipt
	seen(w.books.GetCommons(ctx, client.Into(&read)))(w)
	seen(w.books.UpdateCommons(ctx, read.ETag, client.CommonsPatch{
		AdvanceLimit: new(euro("500")), TimeZone: new("Europe/Rome"),
	}))(w)
	seen(w.books.AddMember(ctx, client.MemberRequest{Handle: "eli", Name: "Eli"}))(w)
	eli := w.place.as("eli", client.HTTPClient(&http.Client{Transport: w.recorder}))
	seen(eli.LeaveCommons(ctx, "eli", client.LeaveRequest{}))(w)
	seen(w.books.AddMember(ctx, client.MemberRequest{
		Handle: "bo", Name: "Bo", Stage: "newcomer", Roles: []string{"steward"}, JoinedOn: "2026-01-01",
	}))(w)
	seen(w.books.ChangeStage(ctx, "bo", client.StageRequest{Stage: "member"}))(w)
	seen(w.books.ChangeRole(ctx, "bo", client.RoleRequest{
		Role: "auditor", Held: true, From: "2026-11-01", Until: "2027-10-31",
	}))(w)
	for _, kind := range []client.KindRequest{
		{Code: "work", Name: "Work", Unit: "hour", Reviews: new(int64(1))},
		{Code: "cash", Name: "Cash", Unit: "EUR", Becomes: "claim", Reviews: new(int64(0))},
	} {
		seen(w.books.AddKind(ctx, kind))(w)
	}
	seen(w.books.AddArea(ctx, client.AreaRequest{Code: "lab", Name: "Laboratory"}))(w)
	for _, code := range []string{"reserve", "care"} {
		seen(w.books.AddFund(ctx, client.FundRequest{
			Code: code, Name: code, Target: new(euro("10000")),
		}))(w)
	}
	seen(w.books.AddRate(ctx, client.RateRequest{Kind: "work", Rate: "1.25", From: "2026-01-01"}))(w)
	token := seen(w.books.CreateToken(ctx, client.TokenRequest{Label: "laptop"}))(w)
	if token.Token == "" {
		w.Error("there is no token")
	}
	tokens := seen(w.books.ListTokens(ctx, client.ListTokensQuery{}))(w)
	next := seen(w.books.RotateToken(ctx, tokens.Data[0].ID, client.RotateRequest{
		GraceHours: 1,
	}))(w)
	w.done(w.books.RevokeToken(ctx, next.ID))
	seen(w.books.InviteMember(ctx, "bo"))(w)
	w.done(w.books.RevokeInvitation(ctx, "bo"))
}

// contribute takes contributions through everything that can happen to one. The
// caller is ana, who decides on what bo has logged.
func (w *walk) contribute() {
	ctx := w.Context()
	w.bo = w.place.as("bo", client.HTTPClient(&http.Client{Transport: w.recorder}))
	log := func(member string) client.ContributionID {
		books := map[string]client.Books{"ana": w.books, "bo": w.bo}[member]
		return seen(books.LogContribution(ctx, client.ContributionRequest{
			Member: member, Kind: "work", Quantity: "7.5", Date: "2026-10-05", Area: "lab",
			Note: "laser cutter", Evidence: "https://example.org/5",
		}))(w).ID
	}
	accepted := log("bo")
	seen(w.books.QuestionContribution(ctx, accepted, client.DecisionRequest{Reason: "which one?"}))(w)
	seen(w.books.AcceptContribution(ctx, accepted, client.DecisionRequest{Reason: "seen"}))(w)
	seen(w.books.ReverseContribution(ctx, accepted, client.ReasonRequest{Reason: "twice"}))(w)
	seen(w.books.GetContribution(ctx, accepted))(w)
	seen(w.books.DeclineContribution(ctx, log("bo"), client.DecisionRequest{Reason: "not ours"}))(w)
	seen(w.books.WithdrawContribution(ctx, log("ana"), client.DecisionRequest{}))(w)
	seen(w.books.AcceptContributions(ctx, client.AcceptRequest{
		IDs: []client.ContributionID{log("bo"), log("bo")},
	}))(w)
	seen(w.books.LogSharedContribution(ctx, client.SharedRequest{
		Kind: "work", Quantity: "10", Date: "2026-10-06",
		Shares: []client.ShareRequest{{Member: "ana", Share: "2"}, {Member: "bo", Share: "1"}},
	}))(w)
	seen(w.books.LogContributions(ctx, client.ContributionsRequest{
		Contributions: []client.ContributionRequest{
			{Member: "bo", Kind: "cash", Quantity: "12.34", Date: "2026-10-07"},
		},
	}))(w)
	seen(w.books.ListContributions(ctx, client.ListContributionsQuery{
		Member: "bo", From: "2026-10-01",
	}))(w)
}

func (w *walk) divide() {
	ctx := w.Context()
	record := func(ref string) client.Income {
		return seen(w.books.RecordIncome(ctx, client.IncomeRequest{
			Amount: euro("1190"), Date: "2026-10-31", Source: "sale", Payer: "City", ExternalRef: ref,
			Deductions: []client.DeductionRequest{{Type: "collected", Name: "vat", Amount: euro("190")}},
		}))(w)
	}
	seen(w.books.ReverseIncome(ctx, record("a").ID, client.ReversalRequest{Reason: "twice"}))(w)
	seen(w.books.GetIncome(ctx, record("b").ID))(w)
	seen(w.books.ListIncomes(ctx, client.ListIncomesQuery{State: "open"}))(w)
	seen(w.books.CheckAgreement(ctx, client.InYAML([]byte(rules))))(w)
	agreement := seen(w.books.CreateAgreement(
		ctx, client.CreateAgreementQuery{}, client.InYAML([]byte(rules))))(w)
	seen(w.books.AdoptAgreement(ctx, agreement.ID, byConsent))(w)
	seen(w.books.GetAgreement(ctx, agreement.ID))(w)
	seen(w.books.RehearseAgreement(ctx, agreement.ID, client.RehearsalRequest{Months: 3}))(w)
	seen(w.books.RehearseDocument(
		ctx, client.RehearseDocumentQuery{Months: 3}, client.InYAML([]byte(rules))))(w)
	seen(w.books.GetAgreementSentences(
		ctx, agreement.ID, client.GetAgreementSentencesQuery{Since: agreement.ID}))(w)
	seen(w.member.GetAgreementSchema(ctx))(w)
	seen(w.books.ListAgreements(ctx, client.ListAgreementsQuery{Status: "in_force"}))(w)
	w.agree()
	draft := func() client.Distribution {
		return seen(w.books.DraftDistribution(ctx, client.DistributionRequest{Through: "2026-10-31"}))(w)
	}
	var read client.Receipt
	thrown := seen(w.books.GetDistribution(ctx, draft().ID, client.Into(&read)))(w)
	w.done(w.books.DiscardDistribution(ctx, thrown.ID, read.ETag))
	post := func() client.Distribution {
		found := draft()
		return seen(w.books.PostDistribution(
			ctx, found.ID, client.DigestRequest{Digest: found.Digest}))(w)
	}
	approved := seen(w.bo.DraftDistribution(ctx, client.DistributionRequest{Through: "2026-10-31"}))(w)
	seen(w.books.ApproveDistribution(
		ctx, approved.ID, client.DigestRequest{Digest: approved.Digest}))(w)
	seen(w.books.ReverseDistribution(
		ctx, post().ID, client.ReversalRequest{Reason: "wrong income"}))(w)
	w.distribution = post()
	seen(w.books.ListDistributions(ctx, client.ListDistributionsQuery{}))(w)
	seen(w.books.ListAllocations(ctx, w.distribution.ID, client.PageQuery{}))(w)
	seen(w.books.ExplainDistribution(ctx, w.distribution.ID, "ana"))(w)
}

// change has a policy confirmed by a second person, and one taken back.
func (w *walk) change() {
	ctx := w.Context()
	propose := func(approvals int64) client.ChangeID {
		return seen(w.books.ProposeChange(ctx, client.ChangeRequest{
			Approvals: approvals, Above: new(euro("500")),
		}))(w).ID
	}
	seen(w.bo.ConfirmChange(ctx, propose(1)))(w)
	taken := propose(0)
	seen(w.books.WithdrawChange(ctx, taken))(w)
	seen(w.books.GetChange(ctx, taken))(w)
	var waits *client.Unconfirmed
	if _, err := w.books.AddArea(ctx, client.AreaRequest{Code: "hall", Name: "Hall"}); !errors.As(err, &waits) {
		w.Fatalf("it does not wait: %v", err)
	}
	if done := seen(w.bo.ConfirmChange(ctx, waits.Change.ID))(w); done.Made == "" || done.Act.Operation != "manage_settings" {
		w.Errorf("what was confirmed is %+v", done)
	}
	seen(w.bo.ConfirmChange(ctx, propose(0)))(w)
	seen(w.books.AddMember(ctx, client.MemberRequest{Handle: "lea", Name: "Lea"}))(w)
	suspended := seen(w.books.SuspendMember(ctx, "lea", client.SuspensionRequest{Reason: "until Friday"}))(w)
	if suspended.SuspendedAt.IsZero() || !seen(w.books.ReadmitMember(ctx, "lea"))(w).SuspendedAt.IsZero() {
		w.Errorf("lea is suspended until she is readmitted: %+v", suspended)
	}
	seen(w.books.ChangeStage(ctx, "lea", client.StageRequest{Stage: "left"}))(w)
	erased := seen(w.books.EraseMember(ctx, "lea", client.EraseRequest{KeepReason: "none"}))(w)
	seen(w.bo.ConfirmChange(ctx, erased.ID))(w)
	seen(w.books.GetMember(ctx, "gone-4"))(w)
	seen(w.books.ListChanges(ctx, client.ListChangesQuery{State: "unchecked"}))(w)
}

// agree takes agreements to a decision in every way, and adopts none.
func (w *walk) agree() {
	ctx := w.Context()
	draft := func() client.AgreementID {
		return seen(w.books.CreateAgreement(
			ctx, client.CreateAgreementQuery{}, client.InYAML([]byte(rules))))(w).ID
	}
	voted, decided := draft(), draft()
	seen(w.books.ProposeAgreement(ctx, voted, client.ProposalRequest{
		NoticeUntil: "2026-11-20", Note: "for next year", Vote: &client.BallotRequest{
			Method: "consent", QuorumPercent: 50, ClosesOn: "2026-11-20",
		},
	}))(w)
	seen(w.bo.CastVote(ctx, voted, client.VoteRequest{Vote: "object", Reason: "too soon"}))(w)
	seen(w.bo.CastVote(ctx, voted, client.VoteRequest{Vote: "yes"}))(w)
	if votes := seen(w.books.ListVotes(ctx, voted, client.PageQuery{}))(w); len(votes.Data) != 2 {
		w.Errorf("the votes are %+v", votes.Data)
	}
	seen(w.books.WithdrawAgreement(ctx, voted, client.WithdrawalRequest{Reason: "in spring"}))(w)
	seen(w.books.DecideAgreement(ctx, decided, client.AgreementDecisionRequest{
		Method: "other", Date: "2026-10-20", Outcome: "rejected",
		Votes: []client.RecordedVoteRequest{{Member: "bo", Vote: "no", Reason: "too little for care"}},
	}))(w)
}

func (w *walk) move() {
	ctx := w.Context()
	five, day := euro("5"), client.Date("2026-10-31")
	entry := seen(w.books.RecordOpening(ctx, client.OpeningRequest{
		Amount: euro("1000"), Date: day, Asset: "bank",
	}))(w)
	seen(w.books.ReverseEntry(ctx, entry.ID, client.ReversalRequest{Reason: "wrong"}))(w)
	seen(w.books.GetEntry(ctx, entry.ID))(w)
	seen(w.books.RecordSpending(ctx, client.SpendingRequest{
		Amount: five, Date: day, Fund: "reserve", Payee: "Mill",
	}))(w)
	seen(w.books.RecordRefund(ctx, client.RefundRequest{Amount: five, Date: day, Fund: "reserve"}))(w)
	seen(w.books.RecordTransfer(ctx, client.TransferRequest{
		Amount: five, Date: day, Fund: "reserve", ToFund: "care",
	}))(w)
	seen(w.bo.RecordGift(ctx, client.GiftRequest{
		Amount: five, Date: day, ToFund: "care", Memo: "for care",
	}))(w)
	seen(w.books.RecordCapital(ctx, client.CapitalRequest{Amount: five, Date: day, Member: "bo"}))(w)
	seen(w.books.RecordAdvance(ctx, client.AdvanceRequest{Amount: five, Date: day, Member: "bo"}))(w)
	seen(w.books.RecordPayment(ctx, client.PaymentRequest{Amount: five, Date: day, Member: "bo"}))(w)
	seen(w.books.ClosePeriod(ctx, client.PeriodRequest{
		Through: "2026-09-30", Note: "third quarter",
	}))(w)
}

// takes says what bo takes, and what rules gave before the books were opened.
func (w *walk) takes() {
	ctx := w.Context()
	seen(w.books.CreateAgreement(ctx, client.CreateAgreementQuery{}, client.InYAML([]byte(`
name: Takes
currency: EUR
rules:
  - {id: team, take: {amount: "50.00"}, give: {members: {by: takes}}}
  - {id: fair, take: rest, give: {members: {by: {catch_up: {factors: {work: "1"}}}}}}
leftover: carry
`))))(w)
	seen(w.bo.SetTake(ctx, client.TakeRequest{Rule: "team", Amount: euro("20")}))(w)
	seen(w.books.ListTakes(ctx, client.PageQuery{}))(w)
	seen(w.books.OpenReceived(ctx, client.ReceivedRequest{
		Rule: "fair", Member: "bo", Amount: euro("1060.20"),
	}))(w)
	seen(w.books.ListReceived(ctx, client.PageQuery{}))(w)
}

func (w *walk) look() {
	ctx := w.Context()
	if _, err := w.instance.ListCommons(ctx); !client.IsForbidden(err) {
		w.Errorf("got %v", err)
	}
	seen(w.member.ListCommons(ctx))(w)
	templates := seen(w.member.ListAgreementTemplates(ctx))(w)
	seen(w.member.GetAgreementTemplate(ctx, templates.Data[0].Slug))(w)
	member := seen(w.books.GetMember(ctx, "bo"))(w)
	seen(w.books.ListMembers(ctx, client.PageQuery{Limit: 1}))(w)
	seen(w.books.ListKinds(ctx))(w)
	seen(w.books.ListAreas(ctx))(w)
	seen(w.books.ListFunds(ctx))(w)
	seen(w.books.ListRates(ctx, client.PageQuery{}))(w)
	seen(w.books.ListPeriods(ctx))(w)
	seen(w.books.ListAccounts(ctx, client.ListAccountsQuery{}))(w)
	seen(w.books.ListEntries(ctx, client.ListEntriesQuery{Limit: 200}))(w)
	seen(w.books.ListBalances(ctx, client.ListBalancesQuery{Date: "2026-10-31"}))(w)
	seen(w.books.GetBalance(ctx, string(member.ID), client.GetBalanceQuery{
		AsRecordedAt: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
	}))(w)
	w.registers()
	seen(w.books.ReportBalances(ctx, client.ReportBalancesQuery{}))(w)
	seen(w.books.ReportFunds(ctx, client.ReportFundsQuery{}))(w)
	seen(w.books.ReportClaims(ctx, client.ReportClaimsQuery{}))(w)
	seen(w.books.ReportTrial(ctx, client.ReportTrialQuery{Date: "2026-10-31"}))(w)
	seen(w.books.ReportPayouts(ctx, client.ReportPayoutsQuery{
		From: "2026-10-01", To: "2026-10-31", By: "member",
	}))(w)
}

// registers reads the lists that are more than a list, page by page as well.
func (w *walk) registers() {
	ctx := w.Context()
	all := seen(w.books.GetRegister(ctx, "assets:bank", client.GetRegisterQuery{}))(w)
	if len(all.Data) < 3 || all.Account != "assets:bank" {
		w.Errorf("the register is %+v", all)
	}
	i := 0
	for line, err := range w.books.AllRegister(ctx, "assets:bank", client.GetRegisterQuery{Limit: 1}) {
		if err != nil || line.Sequence != all.Data[i].Sequence {
			w.Fatal(errors.Join(err, errors.New("the pages are other than the whole")))
		}
		i++
	}
	if i != len(all.Data) {
		w.Errorf("%d lines in pages, %d in all", i, len(all.Data))
	}
	i = 0
	for event, err := range w.books.AllEvents(ctx, client.ListEventsQuery{Limit: 7}) {
		if i++; err != nil || event.Sequence != int64(i) {
			w.Fatalf("event %d is %+v: %v", i, event, err)
		}
	}
	feed := seen(w.books.ListEvents(ctx, client.ListEventsQuery{Limit: 200}))(w)
	if len(feed.Data) != i || i < 8 {
		w.Errorf("%d events in pages, %d in all", i, len(feed.Data))
	}
	trail := seen(w.books.ListAudit(ctx, client.ListAuditQuery{Operation: "move_money"}))(w)
	if len(trail.Data) == 0 || trail.Data[0].Address != "127.0.0.0/24" {
		w.Errorf("the audit trail is %+v", trail.Data)
	}
	own := seen(w.bo.GetOwnData(ctx, "bo"))(w)
	if own.Member["handle"] != "bo" || len(own.Contributions) == 0 || len(own.Lines) == 0 {
		w.Errorf("bo's own data are %+v", own)
	}
	seen(w.books.GetStatement(ctx, "bo", client.GetStatementQuery{To: "2026-10-31"}))(w)
}

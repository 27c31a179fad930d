package client_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	phyle "phyle/http"
	"phyle/http/client"
)

// rules are the agreement of the first session.
const rules = `
name: By hours
currency: EUR
leftover: carry
rules:
  - {id: reserve, name: Reserve, take: {percent: "10", of: left}, give: {fund: reserve}}
  - id: work
    name: By hours
    take: rest
    give: {members: {by: {contributions: {factors: {work: "1"}}}}}
`

var byConsent = client.AdoptionRequest{From: "2026-01-01", Decision: &client.AgreedDecision{
	Method: "consent", Date: "2025-12-20",
}}

// TestFirstSession goes from the founding to a balance, to the cent.
func TestFirstSession(t *testing.T) {
	t.Parallel()
	p, ctx := newPlace(t, phyle.Options{}).withWork(), t.Context()
	must(p.books.AddFund(ctx, client.FundRequest{Code: "reserve", Name: "Reserve"}))(t)
	must(p.books.LogContribution(ctx, work("ana", "7.5")))(t)
	must(p.books.LogContribution(ctx, work("bo", "4.5")))(t)
	income := must(p.books.RecordIncome(ctx, client.IncomeRequest{
		Amount: euro("4200.00"), Date: "2026-10-31", Payer: "City", Source: "sale",
	}))(t)
	agreement := must(p.books.CreateAgreement(
		ctx, client.CreateAgreementQuery{}, client.InYAML([]byte(rules))))(t)
	must(p.books.AdoptAgreement(ctx, agreement.ID, byConsent))(t)
	draft := must(p.books.DraftDistribution(ctx, client.DistributionRequest{
		Incomes: []client.IncomeID{income.ID}, Through: "2026-10-31",
	}))(t)
	posted := must(p.books.PostDistribution(
		ctx, draft.ID, client.DigestRequest{Digest: draft.Digest}))(t)
	if posted.State != "posted" || posted.ID != draft.ID {
		t.Errorf("posted is %+v", posted)
	}
	got := map[string]string{}
	for balance, err := range p.books.AllBalances(ctx, client.ListBalancesQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		got[balance.Member] = balance.Payable.String()
	}
	for _, fund := range must(p.books.ListFunds(ctx))(t).Data {
		got[fund.Code] = fund.Balance.String()
	}
	want := map[string]string{"ana": "2362.50 EUR", "bo": "1417.50 EUR", "reserve": "420.00 EUR"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var text bytes.Buffer
	must(p.books.ReportPayouts(ctx, client.ReportPayoutsQuery{From: "2026-10-01", To: "2026-10-31"},
		client.As("text", &text)))(t)
	if !strings.Contains(text.String(), "2,362.50") {
		t.Errorf("the report is %s", &text)
	}
}

// TestPages goes through 500 contributions, in pages of several sizes.
func TestPages(t *testing.T) {
	t.Parallel()
	p, ctx := newPlace(t, phyle.Options{}).withWork(), t.Context()
	request := client.ContributionsRequest{}
	for i := range 500 {
		one := work([]string{"ana", "bo"}[i%2], "0.25")
		one.Note, one.Date = fmt.Sprint(i), client.Date(fmt.Sprintf("2026-10-%02d", i%25+1))
		request.Contributions = append(request.Contributions, one)
	}
	var receipt client.Receipt
	logged := must(p.books.LogContributions(ctx, request, client.InLines(), client.Key("sheet")))(t)
	again := must(p.books.LogContributions(
		ctx, request, client.InLines(), client.Key("sheet"), client.Into(&receipt)))(t)
	if diff := cmp.Diff(logged, again); diff != "" || !receipt.Replayed {
		t.Errorf("sent again, %+v:\n%s", receipt, diff)
	}
	for _, limit := range []int64{0, 7, 200} {
		notes := map[string]int{}
		var before client.ContributionID
		query := client.ListContributionsQuery{Limit: limit}
		for one, err := range p.books.AllContributions(ctx, query) {
			if err != nil {
				t.Fatal(err)
			}
			if before != "" && one.ID >= before {
				t.Fatalf("%s comes after %s", one.ID, before)
			}
			before = one.ID
			notes[one.Note]++
		}
		if len(notes) != 500 {
			t.Errorf("in pages of %d there are %d", limit, len(notes))
		}
		for note, times := range notes {
			if times != 1 {
				t.Errorf("%s is there %d times", note, times)
			}
		}
	}
}

// TestPagesEnd stops in the middle of a list, and at its first error.
func TestPagesEnd(t *testing.T) {
	t.Parallel()
	p, ctx := newPlace(t, phyle.Options{}).withWork(), t.Context()
	for range 5 {
		must(p.books.LogContribution(ctx, work("bo", "1")))(t)
	}
	seen := 0
	for range p.books.AllContributions(ctx, client.ListContributionsQuery{Limit: 2}) {
		if seen++; seen == 3 {
			break
		}
	}
	if seen != 3 {
		t.Errorf("seen %d", seen)
	}
	address, asked := p.front(t, p.handler.ServeHTTP, problem(500, "internal"))
	books := p.client(address, p.token).In("riverside")
	var failed error
	seen = 0
	for _, err := range books.AllContributions(ctx, client.ListContributionsQuery{Limit: 2}) {
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		seen++
	}
	if seen != 2 || asked.Load() != 2 || !client.HasCode(failed, "internal") {
		t.Errorf("seen %d after %d requests, then %v", seen, asked.Load(), failed)
	}
}

// TestTags changes settings that somebody else has changed.
func TestTags(t *testing.T) {
	t.Parallel()
	p, ctx := newPlace(t, phyle.Options{}), t.Context()
	var read client.Receipt
	must(p.books.GetCommons(ctx, client.Into(&read)))(t)
	_, err := p.books.GetCommons(ctx, client.IfNoneMatch(read.ETag))
	if !errors.Is(err, client.ErrNotModified) {
		t.Errorf("got %v", err)
	}
	changed := must(p.books.UpdateCommons(ctx, read.ETag, client.CommonsPatch{Name: new("River")}))(t)
	if changed.Name != "River" {
		t.Errorf("got %+v", changed)
	}
	must(p.books.GetCommons(ctx, client.IfNoneMatch(read.ETag)))(t)
	_, err = p.books.UpdateCommons(ctx, read.ETag, client.CommonsPatch{Name: new("Sea")})
	if !client.IsConflict(err) || !client.HasCode(err, "precondition_failed") {
		t.Errorf("got %v", err)
	}
}

// TestDryRun asks for an act without effect.
func TestDryRun(t *testing.T) {
	t.Parallel()
	p := newPlace(t, phyle.Options{}).withWork()
	var receipt client.Receipt
	tried := must(p.books.LogContribution(
		t.Context(), work("bo", "7.5"), client.DryRun(), client.Into(&receipt)))(t)
	if tried.Quantity != "7.5" || receipt.Status != 200 || receipt.Key != "" {
		t.Errorf("got %+v and %+v", tried, receipt)
	}
	if all := p.contributions(); len(all) != 0 {
		t.Errorf("it had the effect %v", all)
	}
}

// TestEveryOperation uses every operation once, and holds every result to the answer
// that it was read from.
func TestEveryOperation(t *testing.T) {
	t.Parallel()
	p := newPlace(t, phyle.Options{})
	r := &recorder{asked: map[string]bool{}}
	own := client.HTTPClient(&http.Client{Transport: r})
	w := &walk{
		T: t, recorder: r, place: p, instance: p.client(p.address, p.instance, own),
		member: p.client(p.address, p.token, own),
	}
	w.books = w.member.In("riverside")
	w.found()
	w.contribute()
	w.divide()
	w.change()
	w.move()
	w.takes()
	w.look()
	for _, o := range operations(t) {
		if !o.isAskedBy(r.asked) {
			t.Errorf("the walk leaves %s out; let it take a step there", o.ID)
		}
	}
}

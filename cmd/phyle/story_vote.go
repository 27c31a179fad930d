package main

import (
	"time"

	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
)

// voiced is a vote on the second version: who said what, on which day of April.
type voiced struct {
	day            int
	member, choice string
	reason         string
}

// voices are in order. Marta objects, and is heard.
var voices = []voiced{
	{day: 7, member: "jonas", choice: "yes"},
	{day: 7, member: "leila", choice: "yes", reason: "The saw will not last another winter."},
	{day: 8, member: "pia", choice: "yes"},
	{day: 9, member: "marta", choice: "object", reason: "Love would wait behind the tools for years."},
	{day: 11, member: "omar", choice: "yes"},
	{day: 13, member: "tomas", choice: "abstain", reason: "I am leaving before it matters."},
	{day: 14, member: "noor", choice: "yes"},
	{day: 15, member: "ines", choice: "yes", reason: "The fund is small, and ends when it is full."},
	{day: 16, member: "marta", choice: "yes", reason: "Now that it ends at 2,500 euros: yes."},
}

// save opens the fund for tools and brings in the second version, on which all vote in
// April, for May.
func (t *yearStory) save() {
	april := month{2026, time.April}
	t.at(april.at(4, 10))
	once(t.story, "tools", t.as("ines"), func(act *postgres.Act) ([]ledger.Fund, error) {
		return t.AddFunds(t.ctx, act, []ledger.Fund{
			{Code: "tools", Name: "Tools", Target: decimal.NewFromInt(2500)},
		})
	}, unnamed)
	version := t.bringIn("second", millraceSecond)
	proposal := ledger.NewProposal{
		NoticeUntil: april.day(17), Note: "As talked about in March: saving for tools.",
		Ballot: &ledger.NewBallot{Method: ledger.ByConsent, Quorum: 60, ClosesOn: april.day(17)},
	}
	once(t.story, "proposal-second", t.as("leila"),
		func(act *postgres.Act) (postgres.Agreement, error) {
			return t.ProposeAgreement(t.ctx, act, version, proposal)
		}, unnamed)
	for _, v := range voices {
		t.at(april.at(v.day, 18))
		once(t.story, "vote-"+april.day(v.day).String()+v.member, t.as(v.member),
			func(act *postgres.Act) (ledger.Vote, error) {
				return t.CastVote(t.ctx, act, version,
					ledger.NewVote{Choice: ledger.Choice(v.choice), Reason: v.reason})
			}, unnamed)
	}
	t.at(april.at(18, 9))
	once(t.story, "decision-second", t.as("jonas"),
		func(act *postgres.Act) (postgres.Agreement, error) {
			return t.DecideAgreement(t.ctx, act, version, nil)
		}, unnamed)
	t.at(april.at(20, 19))
	t.adopt("second", version, ledger.NewAdoption{From: april.next().day(1)})
}

// bringIn keeps rules as a draft.
func (t *yearStory) bringIn(key string, rules []byte) ledger.AgreementID {
	version := once(t.story, "agreement-"+key, t.as("leila"),
		func(act *postgres.Act) (postgres.Agreement, error) {
			return t.CreateAgreement(t.ctx, act, "", rules, agreement.YAML)
		}, func(a postgres.Agreement) string { return string(a.ID) })
	return ledger.AgreementID(version)
}

func (t *yearStory) adopt(key string, version ledger.AgreementID, adoption ledger.NewAdoption) {
	once(t.story, "adoption-"+key, t.as("jonas"), func(act *postgres.Act) (postgres.Agreement, error) {
		return t.AdoptAgreement(t.ctx, act, version, adoption)
	}, unnamed)
}

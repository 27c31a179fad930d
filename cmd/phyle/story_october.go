package main

import (
	"context"
	_ "embed"
	"time"

	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
)

const riversideSlug = "riverside"

//go:embed riverside.yaml
var riversideRules []byte

var riversideFounding = founding{
	at: storyTime,
	commons: ledger.Commons{
		Slug: riversideSlug, Name: "Riverside", Currency: "EUR", TimeZone: "Europe/Berlin",
		AdvanceLimit: decimal.NewFromInt(500),
	},
	first: ledger.NewMember{
		Handle: "ana", Name: "Ana", JoinedOn: ledger.Beginning, Stage: ledger.FullPart,
		Roles: []ledger.Role{ledger.Treasurer, ledger.Steward},
	},
}

// octoberStory is the October of Riverside, small enough to be checked by hand.
type octoberStory struct {
	*story
	ana postgres.Caller
}

// tellOctober fills Riverside, as far as it is not there yet.
func tellOctober(ctx context.Context, store *postgres.Store) error {
	if _, err := riversideFounding.found(ctx, store); err != nil {
		return err
	}
	t := octoberStory{story: &story{
		Store: store, ctx: ctx, slug: riversideSlug, callers: map[string]postgres.Caller{},
	}}
	t.ana = t.as("ana")
	t.settle()
	t.agree()
	t.give()
	t.receive()
	t.divide("", t.ana, october(31))
	return t.err
}

// settle adds the other members and what there is to give and to hold.
func (t octoberStory) settle() {
	once(t.story, "members", t.ana, func(act *postgres.Act) ([]ledger.Member, error) {
		return t.AddMembers(t.ctx, act, []ledger.NewMember{
			{
				Handle: "bo", Name: "Bo", Stage: ledger.FullPart, Roles: []ledger.Role{ledger.Steward},
			},
			{Handle: "cy", Name: "Cy", Stage: ledger.Newcomer},
		})
	}, unnamed)
	once(t.story, "kinds", t.ana, func(act *postgres.Act) ([]ledger.ContributionKind, error) {
		return t.AddKinds(t.ctx, act, []ledger.ContributionKind{
			{
				Code: "work", Name: "Work", Unit: "hour", Theme: "work",
				Becomes: ledger.BecomesWeight,
			},
			{
				Code: "care", Name: "Care", Unit: "hour", Theme: "care",
				Becomes: ledger.BecomesWeight, Reviews: 1,
			},
			{
				Code: "materials", Name: "Materials", Unit: "EUR", Theme: "material",
				Becomes: ledger.BecomesClaim,
			},
		})
	}, unnamed)
	once(t.story, "funds", t.ana, func(act *postgres.Act) ([]ledger.Fund, error) {
		return t.AddFunds(t.ctx, act, []ledger.Fund{
			{Code: "reserve", Name: "Reserve"}, {Code: "care", Name: "Care fund"},
		})
	}, unnamed)
}

// agree adopts the rules.
func (t octoberStory) agree() {
	version := once(t.story, "agreement", t.ana, func(act *postgres.Act) (postgres.Agreement, error) {
		return t.CreateAgreement(t.ctx, act, "", riversideRules, agreement.YAML)
	}, func(a postgres.Agreement) string { return string(a.ID) })
	once(t.story, "adoption", t.ana, func(act *postgres.Act) (postgres.Agreement, error) {
		return t.AdoptAgreement(t.ctx, act, ledger.AgreementID(version), ledger.NewAdoption{
			From: ledger.NewDate(2026, 1, 1), Decision: &ledger.RecordedDecision{
				Method: ledger.ByConsent, Date: ledger.NewDate(2025, 12, 20),
				Outcome: ledger.OutcomeAccepted,
			},
		})
	}, unnamed)
}

// october returns a day of the month in which the story takes place.
func october(day int) ledger.Date { return ledger.NewDate(2026, time.October, day) }

// hours returns one contribution of work for each of the days.
func hours(member, quantity, note string, days ...int) (given []ledger.NewContribution) {
	for _, day := range days {
		given = append(given, ledger.NewContribution{
			Member: member, Kind: "work", Quantity: decimal.RequireFromString(quantity),
			Date: october(day), Note: note,
		})
	}
	return given
}

// givenInOctober is what everybody gave but for the care, which is reviewed.
func givenInOctober() []ledger.NewContribution {
	spent := func(member, amount, note string, day int) ledger.NewContribution {
		return ledger.NewContribution{
			Member: member, Kind: "materials", Quantity: decimal.RequireFromString(amount),
			Date: october(day), Note: note,
		}
	}
	all := append(hours("ana", "7", "laser cutter", 5, 6, 7, 14, 15, 16),
		hours("bo", "10", "joinery for the library", 5, 6, 8, 19, 20, 21)...)
	all = append(all, hours("cy", "6.8", "learning at the lathe", 7, 8, 9, 21, 22, 23)...)
	return append(all, spent("ana", "120", "plywood", 2), spent("bo", "180", "screws and glue", 3))
}

// give logs what was given. Ana's care is accepted by Bo.
func (t octoberStory) give() {
	once(t.story, "given", t.ana, func(act *postgres.Act) ([]ledger.Contribution, error) {
		return t.LogContributions(t.ctx, act, givenInOctober())
	}, unnamed)
	ids := once(t.story, "care", t.ana, func(act *postgres.Act) ([]ledger.Contribution, error) {
		care := hours("ana", "5", "cooking and listening", 13, 27)
		for i := range care {
			care[i].Kind = "care"
		}
		return t.LogContributions(t.ctx, act, care)
	}, idsOf)
	once(t.story, "review", t.as("bo"), func(act *postgres.Act) ([]ledger.Contribution, error) {
		return t.DecideContributions(t.ctx, act, contributionIDs(ids), ledger.Accept, "")
	}, unnamed)
}

// receive records what came in, and the advance that Ana took.
func (t octoberStory) receive() {
	received := func(amount, source, payer string, day int) ledger.NewIncome {
		return ledger.NewIncome{
			Amount: eur(amount), Date: october(day), Payer: payer, Source: source, Asset: "bank",
		}
	}
	once(t.story, "incomes", t.ana, func(act *postgres.Act) ([]ledger.Income, error) {
		return t.RecordIncomes(t.ctx, act, []ledger.NewIncome{
			received("2400.00", "sale", "City library", 10),
			received("1500.00", "grant", "Town council", 20),
			received("300.00", "donation", "Neighbours", 31),
		})
	}, unnamed)
	t.move("advance", t.ana, ledger.Move{
		Kind: ledger.AdvanceEntry, Amount: eur("200.00"), Date: october(12), Member: "ana",
		Asset: "bank",
	})
}

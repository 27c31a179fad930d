package main

import (
	_ "embed"
	"time"

	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

const millraceSlug = "millrace"

// While it is being filled the commons has another name, so that nobody takes a
// part of the year for all of it.
const (
	millraceName       = "Millrace"
	millraceUnfinished = "Millrace, being filled"
)

//go:embed millrace-1.yaml
var millraceFirst []byte

//go:embed millrace-2.yaml
var millraceSecond []byte

var millraceFounding = founding{
	at: time.Date(2025, time.October, 20, 9, 0, 0, 0, time.UTC),
	commons: ledger.Commons{
		Slug: millraceSlug, Name: millraceUnfinished, Currency: "EUR", TimeZone: "Europe/Berlin",
		AdvanceLimit: decimal.NewFromInt(500),
	},
	first: ledger.NewMember{
		Handle: "ines", Name: "Ines Moreau", JoinedOn: ledger.NewDate(2019, time.March, 1),
		Stage: ledger.FullPart, Roles: []ledger.Role{ledger.Treasurer, ledger.Steward},
	},
}

// handles are the members of Millrace in the order in which they joined.
var handles = []string{
	"ines", "jonas", "leila", "marta", "noor", "omar", "pia", "tomas", "quay-print", "open-bench",
	"yuki", "sofia",
}

// onPaper are those whose contributions Ines logs, from the sheet on the wall.
var onPaper = []string{
	"marta", "noor", "omar", "tomas", "quay-print", "open-bench", "yuki", "sofia",
}

// stewards decide on contributions, the first who may.
var stewards = []string{"jonas", "leila", "ines"}

// settle adds the members of the beginning, and what there is to give and to hold.
func (t *yearStory) settle() {
	first := theYear()[0]
	t.at(millraceFounding.at.Add(time.Hour))
	once(t.story, "members", t.as("ines"), func(act *postgres.Act) ([]ledger.Member, error) {
		return t.AddMembers(t.ctx, act, firstMembers())
	}, unnamed)
	once(t.story, "areas", t.as("ines"), func(act *postgres.Act) ([]ledger.Area, error) {
		return t.AddAreas(t.ctx, act, []ledger.Area{
			{Code: "laser", Name: "Laser cutter and joinery"}, {Code: "bikes", Name: "Bike repair"},
			{Code: "kits", Name: "Open hardware kits"}, {Code: "house", Name: "House and childcare"},
		})
	}, unnamed)
	once(t.story, "kinds", t.as("ines"), func(act *postgres.Act) ([]ledger.ContributionKind, error) {
		return t.AddKinds(t.ctx, act, kindsOfMillrace())
	}, unnamed)
	once(t.story, "funds", t.as("ines"), func(act *postgres.Act) ([]ledger.Fund, error) {
		return t.AddFunds(t.ctx, act, []ledger.Fund{
			{Code: "house", Name: "Rent and insurance"},
			{Code: "reserve", Name: "Reserve", Target: decimal.NewFromInt(6000)},
			{Code: "care", Name: "Care fund"},
		})
	}, unnamed)
	t.rate("rates", []ledger.NewRate{
		{Kind: "work", Rate: decimal.New(10, -1)},
		{Kind: "work", Stage: ledger.Newcomer, Rate: decimal.New(8, -1)},
		{Kind: "care", Rate: decimal.New(10, -1)},
		{Kind: "love", Rate: decimal.New(12, 0)},
		{Kind: "materials", Rate: decimal.New(1, 0)},
		{Kind: "km", Rate: decimal.New(30, -2)},
		{Kind: "cash", Rate: decimal.New(1, 0)},
	}, first.day(1))
	t.adopt("first", t.bringIn("first", millraceFirst), ledger.NewAdoption{
		From: first.day(1), Decision: &ledger.RecordedDecision{
			Method: ledger.ByConsent, Date: ledger.NewDate(2025, time.October, 18),
			Outcome: ledger.OutcomeAccepted,
			Note:    "All eight who were there agreed; to be looked at again in spring.",
		},
	})
	t.open(first.day(1))
}

func firstMembers() []ledger.NewMember {
	member := func(handle, name string, joined ledger.Date, roles ...ledger.Role) ledger.NewMember {
		return ledger.NewMember{
			Handle: handle, Name: name, JoinedOn: joined, Stage: ledger.FullPart, Roles: roles,
		}
	}
	organization := func(handle, name string, joined ledger.Date) ledger.NewMember {
		m := member(handle, name, joined)
		m.Organization = true
		return m
	}
	began := ledger.NewDate(2019, time.March, 1)
	yuki := member("yuki", "Yuki Tanaka", ledger.NewDate(2025, time.October, 6))
	yuki.Stage = ledger.Newcomer
	pia := member("pia", "Pia Lindgren", ledger.NewDate(2022, time.October, 10), ledger.Auditor)
	pia.RolesUntil = ledger.NewDate(2027, time.September, 30)
	return []ledger.NewMember{
		member("jonas", "Jonas Weber", began, ledger.Steward),
		member("leila", "Leila Haddad", ledger.NewDate(2020, time.May, 11), ledger.Steward),
		member("marta", "Marta Nowak", ledger.NewDate(2020, time.September, 1)),
		member("noor", "Noor Aziz", ledger.NewDate(2021, time.January, 18)),
		member("omar", "Omar Diallo", ledger.NewDate(2022, time.April, 4)),
		pia,
		member("tomas", "Tomas Novak", ledger.NewDate(2023, time.February, 20)),
		organization("quay-print", "Quay Print Workshop", ledger.NewDate(2023, time.June, 1)),
		organization("open-bench", "Open Bench commons", ledger.NewDate(2024, time.March, 1)),
		yuki,
	}
}

func kindsOfMillrace() []ledger.ContributionKind {
	kind := func(
		code, name, unit, theme string, becomes ledger.Becomes, reviews int,
	) ledger.ContributionKind {
		return ledger.ContributionKind{
			Code: code, Name: name, Unit: unit, Theme: theme, Becomes: becomes, Reviews: reviews,
		}
	}
	return []ledger.ContributionKind{
		kind("work", "Work", ledger.HourUnit, "work", ledger.BecomesWeight, 1),
		kind("care", "Care", ledger.HourUnit, "care", ledger.BecomesWeight, 1),
		kind("love", "Love, given for free", ledger.HourUnit, "recognition", ledger.BecomesClaim, 1),
		kind("materials", "Materials", "EUR", "material", ledger.BecomesClaim, 0),
		kind("km", "Kilometres", "km", "equipment", ledger.BecomesClaim, 0),
		kind("cash", "Cash advanced", "EUR", "money", ledger.BecomesClaim, 2),
	}
}

// turn does what changes for good in the month, if anything does.
func (t *yearStory) turn(m month) {
	t.at(m.at(3, 10))
	switch {
	case m.is(2026, time.March):
		t.rate("rates-care", []ledger.NewRate{{Kind: "care", Rate: decimal.New(11, -1)}}, m.day(1))
	case m.is(2026, time.April):
		t.stage("yuki", ledger.FullPart, m.day(1))
		t.save()
	case m.is(2026, time.May):
		t.rate("rates-love", []ledger.NewRate{{Kind: "love", Rate: decimal.New(14, 0)}}, m.day(1))
	case m.is(2026, time.June):
		t.stage("tomas", ledger.Left, m.day(1))
	case m.is(2026, time.July):
		once(t.story, "sofia", t.as("ines"), func(act *postgres.Act) ([]ledger.Member, error) {
			return t.AddMembers(t.ctx, act, []ledger.NewMember{{
				Handle: "sofia", Name: "Sofia Rossi", JoinedOn: m.day(1), Stage: ledger.Newcomer,
			}})
		}, unnamed)
		t.rate("rates-summer", []ledger.NewRate{
			{Kind: "km", Rate: decimal.New(35, -2)},
			{Kind: "work", Stage: ledger.Newcomer, Rate: decimal.New(9, -1)},
		}, m.day(1))
	}
}

func (t *yearStory) rate(key string, rates []ledger.NewRate, from ledger.Date) {
	for i := range rates {
		rates[i].From = from
	}
	once(t.story, key, t.as("ines"), func(act *postgres.Act) ([]postgres.Rate, error) {
		return t.AddRates(t.ctx, act, rates)
	}, unnamed)
}

func (t *yearStory) stage(member string, stage ledger.Stage, from ledger.Date) {
	once(t.story, "stage-"+member, t.as("jonas"), func(act *postgres.Act) ([]ledger.Member, error) {
		return t.ChangeStages(t.ctx, act,
			[]ledger.StageChange{{Member: member, Stage: stage, From: from}})
	}, unnamed)
}

package main

import (
	"context"
	_ "embed"
	"errors"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
	"phyle/ledger/postgres"
)

const demoSlug = "riverside"

//go:embed riverside.yaml
var riversideRules []byte

// storyTime is when the story is told: it must not depend on today. It is also
// how a commons of the demonstration is known from a real one of that name.
var storyTime = time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)

// story is the October of Riverside on its way into the books. Every act has an
// idempotency key, so that a story which was interrupted goes on where it
// stopped, and one that was told is not told again.
type story struct {
	*postgres.Store
	ctx context.Context
	ana postgres.Caller
	bo  postgres.Caller
	err error
}

// tellStory fills the commons of the demonstration, as far as it is not there yet.
func tellStory(ctx context.Context, b *books) error {
	b.SetClock(func() time.Time { return storyTime })
	defer b.SetClock(time.Now)
	if err := foundRiverside(ctx, b.Store); err != nil {
		return err
	}
	t := &story{Store: b.Store, ctx: ctx}
	t.ana, t.err = t.AsMember(ctx, demoSlug, "ana")
	t.settle()
	t.agree()
	t.give()
	t.receive()
	t.divide()
	return t.err
}

func foundRiverside(ctx context.Context, store *postgres.Store) error {
	found, err := store.CommonsBySlug(ctx, demoSlug)
	var missing *ledger.Error
	switch {
	case err == nil && found.CreatedAt.Equal(storyTime):
		return nil
	case err == nil:
		return refuse("Unset DATABASE_URL, or name another home with --home.",
			"These books have a commons %s already that is not the demonstration's.", demoSlug)
	case !errors.As(err, &missing) || missing.Kind != ledger.NotFound:
		return err
	}
	_, err = store.CreateCommons(ctx, postgres.Caller{Instance: true},
		ledger.Commons{
			Slug: demoSlug, Name: "Riverside", Currency: "EUR", TimeZone: "Europe/Berlin",
			AdvanceLimit: decimal.NewFromInt(500),
		},
		ledger.NewMember{
			Handle: "ana", Name: "Ana", JoinedOn: ledger.Beginning, Stage: ledger.FullPart,
			Roles: []ledger.Role{ledger.Treasurer, ledger.Steward},
		})
	return err
}

// once does an act of the story, unless it was done before, and returns what name
// says of it, now or then.
func once[T any](
	t *story, key string, by postgres.Caller, do func(act *postgres.Act) (T, error),
	name func(T) string,
) string {
	if t.err != nil {
		return ""
	}
	act := &postgres.Act{
		By: by, Key: "story-" + key, Fingerprint: []byte(key),
		Render: func(result any) (postgres.Answer, error) {
			return postgres.Answer{Status: 201, Body: []byte("{}"), Resource: name(result.(T))}, nil
		},
	}
	if _, err := do(act); err != nil && !errors.Is(err, postgres.ErrReplayed) {
		t.err = err
	}
	return act.Answer.Resource
}

// unnamed is for acts whose result nobody asks for again.
func unnamed[T any](T) string { return "" }

// settle adds the other members and what there is to give and to hold.
func (t *story) settle() {
	once(t, "members", t.ana, func(act *postgres.Act) ([]ledger.Member, error) {
		return t.AddMembers(t.ctx, act, []ledger.NewMember{
			{
				Handle: "bo", Name: "Bo", Stage: ledger.FullPart, Roles: []ledger.Role{ledger.Steward},
			},
			{Handle: "cy", Name: "Cy", Stage: ledger.Newcomer},
		})
	}, unnamed)
	once(t, "kinds", t.ana, func(act *postgres.Act) ([]ledger.ContributionKind, error) {
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
	once(t, "funds", t.ana, func(act *postgres.Act) ([]ledger.Fund, error) {
		return t.AddFunds(t.ctx, act, []ledger.Fund{
			{Code: "reserve", Name: "Reserve"}, {Code: "care", Name: "Care fund"},
		})
	}, unnamed)
}

// agree adopts the rules.
func (t *story) agree() {
	version := once(t, "agreement", t.ana, func(act *postgres.Act) (postgres.Agreement, error) {
		return t.CreateAgreement(t.ctx, act, "", riversideRules, agreement.YAML)
	}, func(a postgres.Agreement) string { return string(a.ID) })
	once(t, "adoption", t.ana, func(act *postgres.Act) (postgres.Agreement, error) {
		return t.AdoptAgreement(t.ctx, act, ledger.AgreementID(version), ledger.NewAdoption{
			From: ledger.NewDate(2026, 1, 1), Method: "consent", Date: ledger.NewDate(2025, 12, 20),
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

// given is what everybody gave in October but for the care, which is reviewed.
func given() []ledger.NewContribution {
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
func (t *story) give() {
	once(t, "given", t.ana, func(act *postgres.Act) ([]ledger.Contribution, error) {
		return t.LogContributions(t.ctx, act, given())
	}, unnamed)
	ids := once(t, "care", t.ana, func(act *postgres.Act) ([]ledger.Contribution, error) {
		care := hours("ana", "5", "cooking and listening", 13, 27)
		for i := range care {
			care[i].Kind = "care"
		}
		return t.LogContributions(t.ctx, act, care)
	}, func(logged []ledger.Contribution) string {
		return string(logged[0].ID) + " " + string(logged[1].ID)
	})
	if t.err == nil {
		t.bo, t.err = t.AsMember(t.ctx, demoSlug, "bo")
	}
	once(t, "review", t.bo, func(act *postgres.Act) ([]ledger.Contribution, error) {
		var logged []ledger.ContributionID
		for id := range strings.FieldsSeq(ids) {
			logged = append(logged, ledger.ContributionID(id))
		}
		return t.DecideContributions(t.ctx, act, logged, ledger.Accept, "")
	}, unnamed)
}

// receive records what came in, and the advance that Ana took.
func (t *story) receive() {
	once(t, "incomes", t.ana, func(act *postgres.Act) ([]ledger.Income, error) {
		return t.RecordIncomes(t.ctx, act, []ledger.NewIncome{
			received("2400.00", "sale", "City library", 10),
			received("1500.00", "grant", "Town council", 20),
			received("300.00", "donation", "Neighbours", 31),
		})
	}, unnamed)
	once(t, "advance", t.ana, func(act *postgres.Act) ([]ledger.Entry, error) {
		return t.MoveMoney(t.ctx, act, []ledger.Move{{
			Kind: ledger.AdvanceEntry, Amount: eur("200.00"), Date: october(12),
			Member: "ana", Asset: "bank",
		}})
	}, unnamed)
}

func received(amount, source, payer string, day int) ledger.NewIncome {
	return ledger.NewIncome{
		Amount: eur(amount), Date: october(day), Payer: payer, Source: source, Asset: "bank",
	}
}

func eur(amount string) ledger.Money {
	return ledger.Money{Amount: decimal.RequireFromString(amount), Currency: "EUR"}
}

// divide drafts the distribution of all that came in, and posts it.
func (t *story) divide() {
	id := once(t, "draft", t.ana, func(act *postgres.Act) ([]postgres.Distribution, error) {
		return t.DraftDistributions(t.ctx, act,
			[]postgres.DistributionRequest{{Through: october(31), Date: october(31)}})
	}, func(drafts []postgres.Distribution) string {
		return string(drafts[0].ID) + " " + drafts[0].Digest
	})
	draft, digest, _ := strings.Cut(id, " ")
	once(t, "post", t.ana, func(act *postgres.Act) (postgres.Distribution, error) {
		return t.PostDistribution(t.ctx, act, ledger.DistributionID(draft), digest)
	}, unnamed)
}

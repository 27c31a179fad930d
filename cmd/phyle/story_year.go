package main

import (
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// yearStory is the year of Millrace, from November 2025 to October 2026.
type yearStory struct {
	*story
	// late is what is accepted a month later, and mistaken what is reversed then.
	late, mistaken []reviewed
}

// reviewed is a contribution in the books that others decide on.
type reviewed struct {
	drawn
	id       ledger.ContributionID
	loggedBy string
}

// tellYear fills Millrace, as far as it is not there yet.
func tellYear(ctx context.Context, store *postgres.Store, hear told) error {
	commons, err := millraceFounding.found(ctx, store)
	if err != nil || commons.Name != millraceUnfinished {
		return err
	}
	t := &yearStory{story: &story{
		Store: store, ctx: ctx, slug: millraceSlug, callers: map[string]postgres.Caller{},
	}}
	months := theYear()
	for i, m := range months {
		if t.err != nil {
			return t.err
		}
		hear(i, len(months), m.String())
		if i == 0 {
			t.settle()
		}
		t.tell(m)
	}
	t.finish()
	if t.err == nil {
		hear(len(months), len(months), "")
	}
	return t.err
}

// finish gives the commons its name.
func (t *yearStory) finish() {
	name := millraceName
	once(t.story, "name", t.as("ines"), func(act *postgres.Act) (ledger.Commons, error) {
		return t.UpdateCommons(t.ctx, act, postgres.CommonsPatch{Name: &name})
	}, unnamed)
}

// tell tells one month in the order in which it happened. The month before is paid
// out in it; its own incomes are divided at the beginning of the next.
func (t *yearStory) tell(m month) {
	t.turn(m)
	if m != theYear()[0] {
		t.give(m)
		t.pay(m)
	}
	switch {
	case m.is(2026, time.January):
		t.closing(m, "the year 2025")
	case m.is(2026, time.February):
		t.advance(m)
	case m.is(2026, time.April):
		t.closing(m, "first quarter of 2026")
	}
	t.receive(m)
	t.at(m.atEnd(17))
	t.move("moves-"+m.key(), t.as("ines"), movesIn(m)...)
	waiting := append(t.log(m), t.share(m)...)
	t.at(m.next().at(1, 10))
	t.review(m, waiting)
	t.at(m.next().at(2, 8))
	divided := t.divide(m.key(), t.as("ines"), m.last())
	if m.is(2026, time.April) {
		t.divideAgain(m, divided)
	}
}

// receive records what came in. In March one invoice is recorded twice.
func (t *yearStory) receive(m month) {
	t.at(m.atEnd(16))
	once(t.story, "incomes-"+m.key(), t.as("ines"), func(act *postgres.Act) ([]ledger.Income, error) {
		return t.RecordIncomes(t.ctx, act, incomesIn(m))
	}, unnamed)
	if !m.is(2026, time.March) {
		return
	}
	twice := once(t.story, "twice", t.as("ines"), func(act *postgres.Act) ([]ledger.Income, error) {
		return t.RecordIncomes(t.ctx, act, []ledger.NewIncome{
			sold("2026-03-17", "1935.00", "Kindergarten Seven Oaks", "bikes", "", "cargo bikes"),
		})
	}, func(recorded []ledger.Income) string { return string(recorded[0].ID) })
	once(t.story, "twice-reversed", t.as("ines"), func(act *postgres.Act) ([]ledger.Income, error) {
		return t.ReverseIncomes(t.ctx, act, []ledger.IncomeID{ledger.IncomeID(twice)}, m.last(),
			"Recorded twice: it is invoice 2026-003.")
	}, unnamed)
}

// divideAgain reverses the distribution of the month and divides again, with what
// was accepted late.
func (t *yearStory) divideAgain(m month, divided ledger.DistributionID) {
	t.at(m.next().at(2, 18))
	once(t.story, "reversal", t.as("ines"), func(act *postgres.Act) (postgres.Distribution, error) {
		return t.ReverseDistribution(t.ctx, act, divided, m.last(),
			"Contributions of April were waiting that had been accepted on paper.")
	}, unnamed)
	t.accept(m.key()+"again-", t.late)
	t.late = nil
	t.divide(m.key()+"again-", t.as("ines"), m.last())
}

// log logs what everybody gave in the month, and returns what waits for review.
func (t *yearStory) log(m month) (waiting []reviewed) {
	t.at(m.atEnd(18))
	var sheet []drawn
	for _, handle := range handles {
		given := drawnFor(handle, m)
		if slices.Contains(onPaper, handle) {
			sheet = append(sheet, given...)
		} else {
			waiting = append(waiting, t.logAs(m.key()+"log-"+handle, handle, given)...)
		}
	}
	return append(waiting, t.logAs(m.key()+"log-on-paper", "ines", sheet)...)
}

// logAs logs contributions as the member.
func (t *yearStory) logAs(key, handle string, given []drawn) (waiting []reviewed) {
	if len(given) == 0 {
		return nil
	}
	added := make([]ledger.NewContribution, len(given))
	for i, g := range given {
		added[i] = g.NewContribution
	}
	ids := contributionIDs(once(t.story, key, t.as(handle),
		func(act *postgres.Act) ([]ledger.Contribution, error) {
			return t.LogContributions(t.ctx, act, added)
		}, idsOf))
	for i, id := range ids {
		if slices.Contains(reviewedKinds, given[i].Kind) {
			waiting = append(waiting, reviewed{given[i], id, handle})
		}
	}
	return waiting
}

// sharing is one piece of work that several members give together every month.
type sharing struct {
	kind, area, quantity, note string
	shares                     []ledger.ContributionShare
}

func shared(member string, share int64) ledger.ContributionShare {
	return ledger.ContributionShare{Member: member, Share: decimal.NewFromInt(share)}
}

var sharings = []sharing{
	{"work", "bikes", "14", "repair Saturday with the neighbours", []ledger.ContributionShare{
		shared("marta", 2), shared("omar", 2), shared("yuki", 1),
	}},
	{"care", "house", "10", "workshop tidied together", []ledger.ContributionShare{
		shared("jonas", 1), shared("leila", 1), shared("noor", 1),
	}},
	{"work", "kits", "16", "open hardware kits: batch packed", []ledger.ContributionShare{
		shared("leila", 3), shared("pia", 2), shared("yuki", 1),
	}},
}

// share logs what several gave together on the third Saturday, for Ines to write.
func (t *yearStory) share(m month) (waiting []reviewed) {
	saturday := m.day(15)
	for saturday.Time().Weekday() != time.Saturday {
		saturday = saturday.AddDays(1)
	}
	for _, s := range sharings {
		work := ledger.SharedContribution{Shares: s.shares, NewContribution: ledger.NewContribution{
			Kind: s.kind, Area: s.area, Quantity: decimal.RequireFromString(s.quantity), Date: saturday,
			Note: s.note,
		}}
		key := "share-" + m.key() + s.kind + "-" + s.area
		ids := contributionIDs(once(t.story, key, t.as("ines"),
			func(act *postgres.Act) ([]ledger.Contribution, error) {
				return t.LogShared(t.ctx, act, work)
			}, idsOf))
		for i, id := range ids {
			part := drawn{NewContribution: work.NewContribution}
			part.Member = s.shares[i].Member
			waiting = append(waiting, reviewed{part, id, "ines"})
		}
	}
	return waiting
}

package main

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// habit is what a member gives again and again: about so many times a month, each
// from least to most steps of the kind, on days from since until before the last.
type habit struct {
	member, kind, area string
	times              int
	least, most        int
	notes              []string
}

// steps is in what steps a kind is given: quarters of an hour, cents, kilometres.
var steps = map[string]decimal.Decimal{
	"work": decimal.New(25, -2), "care": decimal.New(25, -2), "love": decimal.New(25, -2),
	"materials": decimal.New(1, -2), "cash": decimal.New(1, -2), "km": decimal.New(1, 0),
}

// habits are those of the members of Millrace, each member's together.
var habits = []habit{
	{"ines", "work", "house", 6, 6, 16, []string{
		"book-keeping", "invoices and reminders", "payouts prepared", "letters to the council",
	}},
	{"ines", "work", "kits", 4, 4, 12, []string{
		"orders packed", "parcels to the post", "stock counted",
	}},
	{"ines", "care", "house", 3, 6, 12, []string{
		"cooking for the Saturday", "newcomers shown around",
	}},
	{"ines", "cash", "house", 1, 2500, 8900, []string{"stamps", "telephone", "fees of the register"}},
	{"ines", "love", "kits", 2, 4, 8, []string{"questions answered in the kit forum"}},

	{"jonas", "work", "laser", 10, 8, 24, []string{
		"laser cutter: fronts for the library", "laser cutter: signs for the school",
		"laser cutter: enclosures for kits", "laser cutter: lens cleaned, bed levelled",
	}},
	{"jonas", "materials", "laser", 2, 2400, 14800, []string{
		"birch plywood", "acrylic sheets", "filters",
	}},
	{"jonas", "care", "house", 2, 6, 12, []string{
		"induction at the laser cutter", "listening round",
	}},
	{"jonas", "km", "laser", 1, 8, 46, []string{"plywood collected"}},

	{"leila", "work", "kits", 9, 8, 22, []string{
		"open hardware kits: boards soldered", "open hardware kits: sensors tested",
		"open hardware kits: firmware", "open hardware kits: parts sorted",
	}},
	{"leila", "materials", "kits", 2, 1900, 13500, []string{
		"sensors", "connectors and cable", "boards",
	}},
	{"leila", "love", "kits", 3, 4, 10, []string{
		"documentation of the air-quality kit", "documentation of the weather kit",
	}},
	{"leila", "care", "house", 1, 6, 10, []string{"newcomers accompanied"}},

	{"marta", "work", "bikes", 10, 8, 22, []string{
		"bike repair: brakes and gears", "bike repair: wheels trued", "bike repair: children's bikes",
		"bike repair: cargo bike of the kindergarten",
	}},
	{"marta", "materials", "bikes", 2, 900, 6200, []string{
		"brake pads", "inner tubes", "chains", "cables",
	}},
	{"marta", "km", "bikes", 2, 6, 38, []string{
		"donated bikes collected", "repaired bikes delivered",
	}},
	{"marta", "cash", "bikes", 1, 1500, 5900, []string{"spare parts at the market", "courier"}},
	{"marta", "love", "bikes", 1, 6, 10, []string{"repair lesson for children"}},

	{"noor", "care", "house", 9, 10, 16, []string{
		"childcare in the afternoon", "childcare during the meeting", "childcare in the holidays",
	}},
	{"noor", "work", "house", 2, 4, 10, []string{"workshop cleaned", "rooms let to the neighbours"}},
	{"noor", "materials", "house", 1, 600, 3900, []string{
		"paper, paint and glue", "fruit and bread",
	}},
	{"noor", "love", "house", 1, 4, 8, []string{"language café"}},

	{"omar", "work", "bikes", 7, 8, 20, []string{
		"bike repair: frames", "bike repair: electric bikes",
	}},
	{"omar", "work", "laser", 3, 8, 20, []string{
		"joinery: shelves for the library", "joinery: workbenches",
	}},
	{"omar", "km", "bikes", 2, 10, 52, []string{"parts collected", "workbenches delivered"}},
	{"omar", "care", "house", 1, 6, 10, []string{"listening round"}},

	{"pia", "work", "kits", 8, 8, 22, []string{
		"open hardware kits: drawings", "open hardware kits: building guide",
		"open hardware kits: web shop",
	}},
	{"pia", "love", "kits", 2, 6, 12, []string{"course at the school", "translation of the guide"}},
	{"pia", "care", "house", 2, 6, 10, []string{"meeting prepared and held", "minutes"}},
	{"pia", "km", "kits", 1, 12, 64, []string{"to the course and back"}},

	{"tomas", "work", "laser", 8, 8, 20, []string{
		"laser cutter: models for architects", "laser cutter: stencils", "laser cutter: repairs",
	}},
	{"tomas", "materials", "laser", 1, 1800, 7600, []string{"acrylic sheets", "card"}},
	{"tomas", "care", "house", 1, 6, 10, []string{"induction at the laser cutter"}},

	{"yuki", "work", "kits", 6, 8, 18, []string{
		"open hardware kits: boards soldered", "open hardware kits: cables cut and crimped",
	}},
	{"yuki", "work", "bikes", 2, 8, 16, []string{"bike repair: learning with Marta"}},
	{"yuki", "care", "house", 2, 8, 14, []string{
		"childcare in the afternoon", "cooking for the Saturday",
	}},

	{"sofia", "work", "laser", 6, 8, 16, []string{
		"laser cutter: learning with Jonas", "laser cutter: gifts",
	}},
	{"sofia", "care", "house", 2, 8, 12, []string{"childcare in the afternoon"}},

	{"quay-print", "work", "laser", 3, 8, 16, []string{
		"printing for orders", "room lent for a course",
	}},
	{"quay-print", "materials", "house", 1, 1500, 5400, []string{"paper and card", "toner"}},

	{"open-bench", "love", "kits", 1, 8, 20, []string{"review of the kits' designs"}},
}

// stays are the days on which members came and, if they left, their last.
var stays = map[string][2]ledger.Date{
	"tomas": {{}, ledger.NewDate(2026, time.May, 31)},
	"sofia": {ledger.NewDate(2026, time.July, 1), {}},
}

// reviewedKinds are the kinds of contribution that others decide on.
var reviewedKinds = []string{"work", "care", "love", "cash"}

// outcome is what becomes of a contribution.
type outcome int

// The outcomes. What is late is accepted a month later; what is doubted stays in
// question; what is mistaken is accepted, and reversed a month later; what waits
// stays as it was logged.
const (
	outcomeAccepted outcome = iota
	outcomeClarified
	outcomeDoubted
	outcomeDeclined
	outcomeWithdrawn
	outcomeLate
	outcomeMistaken
	outcomeWaiting
)

// drawn is one contribution on its way into the books, and its outcome.
type drawn struct {
	ledger.NewContribution
	outcome outcome
}

// drawnFor returns what the member gave in the month, by date.
func drawnFor(member string, m month) (given []drawn) {
	stay := stays[member]
	if m.last().Before(stay[0]) || !stay[1].IsZero() && m.day(1).After(stay[1]) {
		return nil
	}
	draw := newChance(member + m.key())
	days := m.workdays(draw)
	for _, h := range habits {
		if h.member != member {
			continue
		}
		for range h.timesIn(m, draw) {
			c := h.draw(draw, days[len(given)%len(days)])
			given = append(given, drawn{c, outcomeOf(c, draw)})
		}
	}
	slices.SortStableFunc(given, func(a, b drawn) int {
		return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Note, b.Note))
	})
	return given
}

// timesIn is how often the habit is followed in the month: in August half as often.
func (h habit) timesIn(m month, draw *chance) int {
	n := h.times
	if m.month == time.August {
		n /= 2
	}
	if n > 1 {
		n += draw.between(-1, 1)
	}
	return n
}

// draw returns one contribution of the habit.
func (h habit) draw(draw *chance, on ledger.Date) ledger.NewContribution {
	return ledger.NewContribution{
		Member: h.member, Kind: h.kind, Area: h.area, Date: on,
		Quantity: steps[h.kind].Mul(decimal.NewFromInt(int64(draw.between(h.least, h.most)))),
		Note:     h.notes[draw.below(len(h.notes))],
	}
}

// workdays returns the days of the month but Sundays and the last days of December,
// in an order of chance.
func (m month) workdays(draw *chance) (days []ledger.Date) {
	for on := m.day(1); !on.After(m.last()); on = on.AddDays(1) {
		holiday := m.month == time.December && on.After(m.day(23))
		if on.Time().Weekday() != time.Sunday && !holiday {
			days = append(days, on)
		}
	}
	for i := len(days) - 1; i > 0; i-- {
		j := draw.below(i + 1)
		days[i], days[j] = days[j], days[i]
	}
	return days
}

// outcomeOf draws what becomes of a contribution. Of the last days of the story some
// still wait for review; what is mistaken must be found before its end.
func outcomeOf(c ledger.NewContribution, draw *chance) outcome {
	n := draw.below(1000)
	end := c.Date.After(october(20))
	switch {
	case !slices.Contains(reviewedKinds, c.Kind):
		return outcomeAccepted
	case end && n < 300:
		return outcomeWaiting
	case end && n < 440:
		return outcomeDoubted
	case n < 20:
		return outcomeDeclined
	case n < 40:
		return outcomeWithdrawn
	case n < 70:
		return outcomeClarified
	case n < 95 && !end:
		return outcomeLate
	case n < 105 && c.Kind == "work" && c.Date.Before(october(1)):
		return outcomeMistaken
	}
	return outcomeAccepted
}

package agreement

import (
	"slices"

	"phyle/ledger"
)

// Uncounted says why a contribution does not count in any rule of a distribution.
type Uncounted string

// The reasons. A contribution waits for review, was accepted after the distribution's
// cut, was declined or withdrawn; was performed after through, before what a rule
// counts, or when the member had left; is of a kind or an area that no rule counts; or
// the member is not among those whom the rules give to.
const (
	WaitsForReview  Uncounted = "waits_for_review"
	AcceptedLater   Uncounted = "accepted_later"
	WasDeclined     Uncounted = "declined"
	WasWithdrawn    Uncounted = "withdrawn"
	PerformedLater  Uncounted = "after_through"
	BeforeTheWindow Uncounted = "before_window"
	AfterLeaving    Uncounted = "after_leaving"
	OtherKind       Uncounted = "other_kind"
	OtherArea       Uncounted = "other_area"
	NotAmong        Uncounted = "not_among"
	CountedBefore   Uncounted = "counted_before"
)

// Explanation says it in a sentence.
func (u Uncounted) Explanation() string {
	return map[Uncounted]string{
		WaitsForReview:  "It waits for review.",
		AcceptedLater:   "It was accepted only after this distribution was worked out; the next one counts it.",
		WasDeclined:     "It was declined.",
		WasWithdrawn:    "It was withdrawn.",
		PerformedLater:  "It was performed after the last day of this distribution.",
		BeforeTheWindow: "It was performed before the days that the rules count.",
		AfterLeaving:    "It was performed after the member had left.",
		OtherKind:       "No rule counts its kind.",
		OtherArea:       "The rules that count its kind do not count its area.",
		NotAmong:        "The member was not among those whom the rules give to.",
		CountedBefore:   "An earlier distribution counted it.",
	}[u]
}

// Given is a contribution of a member, as far as rules ask.
type Given struct {
	Kind, Area string
	Date       ledger.Date
	// Number is that of its acceptance, 0 if it is not accepted; State says how far it
	// has come.
	Number int64
	State  ledger.ContributionState
}

// Counting is what one rule counts of one member's contributions: a Reading whose From
// may have been moved by the rule's start, with what it covered before.
type Counting struct {
	Reading
	Standing       Standing
	CoveredCut     int64
	CoveredThrough ledger.Date
}

// WhyNot returns why none of the rules counts a contribution in a distribution up to
// the cut; "" if one does.
func WhyNot(g Given, cut int64, rules []Counting) Uncounted {
	switch {
	case g.State == ledger.Declined:
		return WasDeclined
	case g.State == ledger.Withdrawn:
		return WasWithdrawn
	case g.Number == 0:
		return WaitsForReview
	case g.Number > cut:
		return AcceptedLater
	}
	// The reason of the rule that comes closest to counting it.
	closest := OtherKind
	for _, rule := range rules {
		why := rule.whyNot(g)
		if why == "" {
			return ""
		}
		if slices.Index(closeness, why) > slices.Index(closeness, closest) {
			closest = why
		}
	}
	return closest
}

// closeness orders reasons: later ones come closer to counting.
var closeness = []Uncounted{
	OtherKind, OtherArea, NotAmong, PerformedLater, AfterLeaving, BeforeTheWindow, CountedBefore,
}

func (c Counting) whyNot(g Given) Uncounted {
	admitted, last := c.Admits(c.Standing)
	switch {
	case !slices.Contains(c.Kinds, g.Kind):
		return OtherKind
	case len(c.Areas) > 0 && !slices.Contains(c.Areas, g.Area):
		return OtherArea
	case !admitted:
		return NotAmong
	case g.Date.After(c.Through):
		return PerformedLater
	case g.Date.After(last):
		return AfterLeaving
	case !c.From.IsZero() && g.Date.Before(c.From):
		return BeforeTheWindow
	case c.Count.Form == CountNew && g.Number <= c.CoveredCut && !g.Date.After(c.CoveredThrough):
		return CountedBefore
	}
	return ""
}

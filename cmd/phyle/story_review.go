package main

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// review decides on what was logged in the month, on what came too late for the
// month before, and takes back what turned out to be mistaken.
func (t *yearStory) review(m month, waiting []reviewed) {
	accepted := append(t.late, t.correct(m)...)
	t.late, t.mistaken = nil, nil
	var clarified, declined []reviewed
	for _, c := range waiting {
		switch c.outcome {
		case outcomeAccepted:
			accepted = append(accepted, c)
		case outcomeMistaken:
			accepted, t.mistaken = append(accepted, c), append(t.mistaken, c)
		case outcomeClarified:
			accepted, clarified = append(accepted, c), append(clarified, c)
		case outcomeDoubted:
			clarified = append(clarified, c)
		case outcomeDeclined:
			declined = append(declined, c)
		case outcomeLate:
			t.late = append(t.late, c)
		}
	}
	t.withdraw(m, waiting)
	t.decide(m.key()+"question", clarified, 0, ledger.Question, "For which order was this?")
	t.decide(m.key()+"decline", declined, 0, ledger.Decline, "Paid by the customer already.")
	t.accept(m.key(), accepted)
}

// accept accepts contributions; of kinds that ask for two, by two stewards.
func (t *yearStory) accept(key string, accepted []reviewed) {
	t.decide(key+"accept", accepted, 0, ledger.Accept, "")
	twice := slices.DeleteFunc(slices.Clone(accepted), func(c reviewed) bool {
		return c.Kind != "cash"
	})
	t.decide(key+"accept-second", twice, 1, ledger.Accept, "")
}

// decide has each contribution decided on by a steward who may: the first of them,
// or the one after so many others.
func (t *yearStory) decide(
	key string, all []reviewed, others int, decision ledger.Decision, reason string,
) {
	for _, steward := range stewards {
		var ids []ledger.ContributionID
		for _, c := range all {
			if c.steward(others) == steward {
				ids = append(ids, c.id)
			}
		}
		t.decideAs(key+"-"+steward, steward, ids, decision, reason)
	}
}

// steward returns who decides after so many others: nobody decides on what they
// gave or logged themselves.
func (c reviewed) steward(others int) string {
	free := slices.DeleteFunc(slices.Clone(stewards), func(handle string) bool {
		return handle == c.Member || handle == c.loggedBy
	})
	return free[others]
}

func (t *yearStory) decideAs(
	key, handle string, ids []ledger.ContributionID, decision ledger.Decision, reason string,
) {
	if len(ids) == 0 {
		return
	}
	once(t.story, key, t.as(handle), func(act *postgres.Act) ([]ledger.Contribution, error) {
		return t.DecideContributions(t.ctx, act, ids, decision, reason)
	}, unnamed)
}

// withdraw has members withdraw what they logged twice.
func (t *yearStory) withdraw(m month, waiting []reviewed) {
	for _, handle := range handles {
		var ids []ledger.ContributionID
		for _, c := range waiting {
			if c.Member == handle && c.outcome == outcomeWithdrawn {
				ids = append(ids, c.id)
			}
		}
		t.decideAs(m.key()+"withdraw-"+handle, handle, ids, ledger.Withdraw, "Logged twice.")
	}
}

// correct reverses what was mistaken in the month before, and logs half of it
// again. It returns what waits for review.
func (t *yearStory) correct(m month) (waiting []reviewed) {
	for _, steward := range stewards {
		var ids []ledger.ContributionID
		for _, c := range t.mistaken {
			if c.steward(0) == steward {
				ids = append(ids, c.id)
			}
		}
		if len(ids) == 0 {
			continue
		}
		once(t.story, m.key()+"reverse-"+steward, t.as(steward),
			func(act *postgres.Act) ([]ledger.Contribution, error) {
				return t.ReverseContributions(t.ctx, act, ids, "The hours of two were logged as one's.")
			}, unnamed)
	}
	for i, c := range t.mistaken {
		right := c.drawn
		right.outcome = outcomeAccepted
		right.Quantity = right.Quantity.Mul(decimal.New(5, -1))
		right.Note += ", corrected"
		key := fmt.Sprintf("%scorrect-%d", m.key(), i)
		waiting = append(waiting, t.logAs(key, c.loggedBy, []drawn{right})...)
	}
	return waiting
}

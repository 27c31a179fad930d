package main

import (
	"context"
	"strconv"

	"phyle/http"
	"phyle/http/client"
	"phyle/ledger"
	"phyle/ledger/postgres"
	"phyle/ledger/report"
)

type explainCommand struct {
	Distribution string `arg:"" help:"The distribution: its number, its id, or latest."`
	Member       string `arg:"" help:"The handle of the member."`
	JSON         bool   `name:"json" help:"Write JSON, as the API does."`
	Commons      string `placeholder:"SLUG" help:"Which commons; may be left out where there is only one."`
}

// Help shows examples.
func (explainCommand) Help() string {
	return `Shows every rule with what it did, how it came to the member's part, which contributions
counted and which did not, and what changed since the distribution before.

Examples:

    phyle explain latest ana
    phyle explain 3 bo --commons riverside --json`
}

// latestDistribution names the newest that was posted.
const latestDistribution = "latest"

// Run explains what a member got.
func (c explainCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, "", func(b *books, by postgres.Caller) error {
		id, err := c.find(func(after int64) (id string, number int64, err error) {
			found, err := b.Distributions(ctx, by, after, 1)
			if err != nil || len(found) == 0 {
				return "", 0, err
			}
			return found[0].ID.String(), found[0].Number, nil
		})
		if err != nil {
			return err
		}
		parsed, err := ledger.ParseID[ledger.DistributionNoun](id)
		if err != nil {
			return err
		}
		found, err := b.ExplainDistribution(ctx, by, parsed, c.Member)
		if err != nil {
			return err
		}
		return c.write(s, http.Explanation(found))
	})
}

// find returns the id of the distribution that was named. Before returns the newest
// one before a number, or of all for 0, and "" where there is none.
func (c explainCommand) find(
	before func(after int64) (id string, number int64, err error),
) (string, error) {
	number, err := strconv.ParseInt(c.Distribution, 10, 64)
	if err != nil && c.Distribution != latestDistribution {
		return c.Distribution, nil
	}
	if c.Distribution == latestDistribution {
		number = -1
	}
	id, found, err := before(number + 1)
	if err == nil && (id == "" || number >= 0 && found != number) {
		err = refuse("phyle report payouts shows what was distributed, and when.",
			"There is no such distribution in this commons.")
	}
	return id, err
}

func (c explainCommand) write(s *session, e report.ExplanationJSON) error {
	if c.JSON {
		return writeJSON(s, e)
	}
	return report.ExplanationText(s.out, e)
}

// runRemotely explains what a server knows.
func (c explainCommand) runRemotely(ctx context.Context, s *session, to *client.Client) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	id, err := c.find(func(after int64) (id string, number int64, err error) {
		for d, err := range books.AllDistributions(ctx, client.ListDistributionsQuery{}) {
			if err != nil || after == 0 || d.Number < after {
				return string(d.ID), int64(d.Number), err
			}
		}
		return "", 0, nil
	})
	if err != nil {
		return err
	}
	if !c.JSON {
		_, err := books.ExplainDistribution(ctx, client.DistributionID(id), c.Member, client.As("text", s.out))
		return err
	}
	found, err := books.ExplainDistribution(ctx, client.DistributionID(id), c.Member)
	if err != nil {
		return err
	}
	shown, err := asHere[report.ExplanationJSON](found)
	if err != nil {
		return err
	}
	return c.write(s, shown)
}

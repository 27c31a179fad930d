package main

import (
	"context"
	"fmt"
	"strings"

	"phyle/http/client"
	"phyle/ledger"
	"phyle/ledger/postgres"
)

// upon is part of every command about an agreement that is there.
type upon struct {
	agreeing
	Agreement ledger.AgreementID `arg:"" help:"The id of the agreement; phyle agreement list shows it."`
}

// id is the agreement as the client names it.
func (c upon) id() client.AgreementID { return client.AgreementID(c.Agreement.String()) }

type agreementProposeCommand struct {
	upon
	NoticeUntil ledger.Date `required:"" placeholder:"DATE" help:"Until when all can think about it; nothing is decided before."`
	Note        string      `placeholder:"TEXT" help:"What is to be known about it."`
	Vote        string      `enum:",consent,majority,two_thirds" default:"" placeholder:"METHOD" help:"Have the members vote here, by consent, majority or two_thirds."`
	Quorum      int         `default:"50" placeholder:"PERCENT" help:"How many percent of those who may vote must do so; 50 unless given."`
	Closes      ledger.Date `placeholder:"DATE" help:"The last day of the vote; that of the notice unless given."`
}

// Help shows examples.
func (agreementProposeCommand) Help() string {
	return `Puts a draft before the group. With --vote the members vote here: those who are in the
stage member today. Without it the group decides elsewhere, and phyle agreement decide records how.

Examples:

    phyle agreement propose agr_06fa0m4h7kx8r9w2t5v3y6z1bc --by ana --notice-until 2026-11-20
    phyle agreement propose agr_06fa0m4h7kx8r9w2t5v3y6z1bc --by ana --notice-until 2026-11-20 \
        --vote consent --quorum 60 --closes 2026-11-27`
}

func (c agreementProposeCommand) closes() ledger.Date {
	if c.Closes.IsZero() {
		return c.NoticeUntil
	}
	return c.Closes
}

// Run proposes the agreement.
func (c agreementProposeCommand) Run(ctx context.Context, s *session) error {
	proposal := ledger.NewProposal{NoticeUntil: c.NoticeUntil, Note: c.Note}
	if c.Vote != "" {
		proposal.Ballot = &ledger.NewBallot{Method: c.Vote, Quorum: c.Quorum, ClosesOn: c.closes()}
	}
	return c.here(ctx, s, func(b *books, act *postgres.Act) (postgres.Agreement, error) {
		return b.ProposeAgreement(ctx, act, c.Agreement, proposal)
	})
}

func (c agreementProposeCommand) runRemotely(
	ctx context.Context, s *session, to *client.Client,
) error {
	request := client.ProposalRequest{
		NoticeUntil: client.Date(c.NoticeUntil.String()), Note: c.Note,
	}
	if c.Vote != "" {
		request.Vote = &client.BallotRequest{
			Method: c.Vote, QuorumPercent: int64(c.Quorum), ClosesOn: client.Date(c.closes().String()),
		}
	}
	return c.there(ctx, s, to, func(b remoteBooks) (client.Agreement, error) {
		return b.ProposeAgreement(ctx, c.id(), request)
	})
}

type agreementWithdrawCommand struct {
	upon
	Reason string `placeholder:"TEXT" help:"Why."`
}

// Help shows examples.
func (agreementWithdrawCommand) Help() string {
	return `Takes back what is proposed, before it is decided. That may do who brought it in or
proposed it, and stewards.

Examples:

    phyle agreement withdraw agr_06fa0m4h7kx8r9w2t5v3y6z1bc --by ana --reason "not now"`
}

// Run withdraws the proposal.
func (c agreementWithdrawCommand) Run(ctx context.Context, s *session) error {
	return c.here(ctx, s, func(b *books, act *postgres.Act) (postgres.Agreement, error) {
		return b.WithdrawProposal(ctx, act, c.Agreement, c.Reason)
	})
}

func (c agreementWithdrawCommand) runRemotely(
	ctx context.Context, s *session, to *client.Client,
) error {
	return c.there(ctx, s, to, func(b remoteBooks) (client.Agreement, error) {
		return b.WithdrawAgreement(ctx, c.id(), client.WithdrawalRequest{Reason: c.Reason})
	})
}

type agreementVoteCommand struct {
	upon
	Vote   string `arg:"" enum:"yes,no,abstain,object" help:"yes, no, abstain or object; object only where the method is consent."`
	Reason string `placeholder:"TEXT" help:"Why; needed to object."`
}

// Help shows examples.
func (agreementVoteCommand) Help() string {
	return `Everybody votes for themselves. Voting again takes the place of the vote before, which
stays visible; so an objection is withdrawn.

Examples:

    phyle agreement vote agr_06fa0m4h7kx8r9w2t5v3y6z1bc yes --by bo
    phyle agreement vote agr_06fa0m4h7kx8r9w2t5v3y6z1bc object --by bo \
        --reason "It would leave nothing for care."`
}

// Run casts the vote.
func (c agreementVoteCommand) Run(ctx context.Context, s *session) error {
	return s.inBooks(ctx, c.Commons, c.By, func(b *books, by postgres.Caller) error {
		cast, err := b.CastVote(ctx, &postgres.Act{By: by}, c.Agreement,
			ledger.NewVote{Choice: ledger.Choice(c.Vote), Reason: c.Reason})
		if err != nil {
			return err
		}
		return c.cast(s, viewVoted(cast))
	})
}

func (c agreementVoteCommand) runRemotely(
	ctx context.Context, s *session, to *client.Client,
) error {
	books, err := namedRemotely(ctx, to, c.Commons)
	if err != nil {
		return err
	}
	cast, err := books.CastVote(ctx, c.id(), client.VoteRequest{Vote: c.Vote, Reason: c.Reason})
	if err != nil {
		return unsure(err, "Vote again: only the last vote counts.")
	}
	view, err := likewise[agreedVote](cast)
	if err != nil {
		return err
	}
	return c.cast(s, view)
}

// cast says how somebody voted.
func (c agreementVoteCommand) cast(s *session, v agreedVote) error {
	if c.JSON {
		return writeJSON(s, v)
	}
	_, err := fmt.Fprintf(s.out, "%s votes %s on %s.\n", v.Member, v.Vote, c.Agreement)
	return err
}

// elsewhere is a decision that the group made elsewhere, as it is typed.
type elsewhere struct {
	Method string      `enum:",consent,consensus,majority,two_thirds,other" default:"" placeholder:"METHOD" help:"How the group decided elsewhere: consent, consensus, majority, two_thirds or other."`
	Date   ledger.Date `placeholder:"DATE" help:"On which day."`
	Link   string      `placeholder:"URL" help:"Where it is written down."`
	Note   string      `placeholder:"TEXT" help:"What else is to be known."`
	Voted  []string    `sep:"none" placeholder:"HANDLE=VOTE" help:"Who voted how; may be given several times."`
}

// recorded returns the decision, nil where nothing was said of one.
func (e elsewhere) recorded(outcome ledger.Outcome) (*ledger.RecordedDecision, error) {
	if e.Method+e.Date.String()+e.Link+e.Note == "" && len(e.Voted) == 0 {
		return nil, nil
	}
	d := &ledger.RecordedDecision{
		Method: e.Method, Date: e.Date, Link: e.Link, Note: e.Note, Outcome: outcome,
	}
	for _, pair := range e.Voted {
		member, vote, both := strings.Cut(pair, "=")
		if !both {
			return nil, refuse("Write it as --voted ana=yes.", "--voted %q names no member and vote.", pair)
		}
		d.Votes = append(d.Votes, ledger.RecordedVote{Member: member, Choice: ledger.Choice(vote)})
	}
	return d, nil
}

// votesToSend returns recorded votes as the client sends them.
func votesToSend(d *ledger.RecordedDecision) (votes []client.RecordedVoteRequest) {
	for _, v := range d.Votes {
		votes = append(votes, client.RecordedVoteRequest{Member: v.Member, Vote: string(v.Choice)})
	}
	return votes
}

type agreementDecideCommand struct {
	upon
	elsewhere
	Outcome ledger.Outcome `enum:",accepted,rejected" default:"" placeholder:"OUTCOME" help:"What was decided elsewhere: accepted or rejected."`
}

// Help shows examples.
func (agreementDecideCommand) Help() string {
	return `Counts the votes of a vote here that has closed, and keeps the tally. Where the group
decided elsewhere, records what it decided, how and when.

Examples:

    phyle agreement decide agr_06fa0m4h7kx8r9w2t5v3y6z1bc --by ana
    phyle agreement decide agr_06fa0m4h7kx8r9w2t5v3y6z1bc --by ana --outcome accepted \
        --method consensus --date 2026-11-20 --voted ana=yes --voted bo=abstain`
}

// recorded returns the decision, nil where the votes here are to be counted.
func (c agreementDecideCommand) recorded() (*ledger.RecordedDecision, error) {
	d, err := c.elsewhere.recorded(c.Outcome)
	if d == nil && c.Outcome != "" {
		d = &ledger.RecordedDecision{Outcome: c.Outcome}
	}
	return d, err
}

// Run counts or records the decision.
func (c agreementDecideCommand) Run(ctx context.Context, s *session) error {
	recorded, err := c.recorded()
	if err != nil {
		return err
	}
	return c.here(ctx, s, func(b *books, act *postgres.Act) (postgres.Agreement, error) {
		return b.DecideAgreement(ctx, act, c.Agreement, recorded)
	})
}

func (c agreementDecideCommand) runRemotely(
	ctx context.Context, s *session, to *client.Client,
) error {
	recorded, err := c.recorded()
	if err != nil {
		return err
	}
	var request client.AgreementDecisionRequest
	if recorded != nil {
		request = client.AgreementDecisionRequest{
			Method: recorded.Method, Date: client.Date(recorded.Date.String()), Link: recorded.Link,
			Note: recorded.Note, Outcome: string(recorded.Outcome), Votes: votesToSend(recorded),
		}
	}
	return c.there(ctx, s, to, func(b remoteBooks) (client.Agreement, error) {
		return b.DecideAgreement(ctx, c.id(), request)
	})
}

type agreementAdoptCommand struct {
	upon
	elsewhere
	From ledger.Date `required:"" placeholder:"DATE" help:"From which day on it is in force."`
}

// Help shows examples.
func (agreementAdoptCommand) Help() string {
	return `Puts what the group has accepted in force from a day. A decision that was made elsewhere
can be recorded in the same step.

Examples:

    phyle agreement adopt agr_06fa0m4h7kx8r9w2t5v3y6z1bc --by ana --from 2026-12-01
    phyle agreement adopt agr_06fa0m4h7kx8r9w2t5v3y6z1bc --by ana --from 2026-12-01 \
        --method consent --date 2026-11-20`
}

// Run adopts the agreement.
func (c agreementAdoptCommand) Run(ctx context.Context, s *session) error {
	recorded, err := c.recorded(ledger.OutcomeAccepted)
	if err != nil {
		return err
	}
	return c.here(ctx, s, func(b *books, act *postgres.Act) (postgres.Agreement, error) {
		return b.AdoptAgreement(ctx, act, c.Agreement,
			ledger.NewAdoption{From: c.From, Decision: recorded})
	})
}

func (c agreementAdoptCommand) runRemotely(
	ctx context.Context, s *session, to *client.Client,
) error {
	recorded, err := c.recorded(ledger.OutcomeAccepted)
	if err != nil {
		return err
	}
	request := client.AdoptionRequest{From: client.Date(c.From.String())}
	if recorded != nil {
		request.Decision = &client.AgreedDecision{
			Method: recorded.Method, Date: client.Date(recorded.Date.String()), Link: recorded.Link,
			Note: recorded.Note, Votes: votesToSend(recorded),
		}
	}
	return c.there(ctx, s, to, func(b remoteBooks) (client.Agreement, error) {
		return b.AdoptAgreement(ctx, c.id(), request)
	})
}

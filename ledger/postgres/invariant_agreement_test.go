package postgres_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// What somebody plants who may do everything is found: a changed vote, tally, outcome,
// day or right to vote.
func TestVerifyDecisions(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.decided()
	w.adopt(riversideRules, "2026-01-01")
	s := tamperWith(t, w.store)
	s.exec(`ALTER TABLE phyle.decision DROP CONSTRAINT decision_tally, DROP CONSTRAINT decision_reason`)
	s.exec(`ALTER TABLE phyle.proposal DROP CONSTRAINT proposal_days`)
	if diff := cmp.Diff(map[string]string{}, s.found()); diff != "" {
		t.Fatal(diff)
	}
	const (
		cast     = "votes were cast in order and in time, by those who might"
		eligible = "as many might vote as were members when the vote was opened"
		counted  = "decisions that were counted follow from the votes"
		due      = "decisions were due, and not withdrawn from"
		belongs  = "what was proposed or withdrawn belongs to an agreement"
		recorded = "decisions made elsewhere have all the votes that were recorded with them"
		accepted = "only what the group accepted was adopted"
		feed     = "agreements moved as the feed tells"
	)
	// The vote that was counted: ana says yes, bo objects and then abstains.
	const tallied = ` WHERE agreement_id = (SELECT agreement_id FROM phyle.decision WHERE eligible IS NOT NULL)`
	for _, c := range []struct{ name, tables, do, want string }{
		{"a vote becomes another", "vote", `UPDATE phyle.vote SET vote = 'no'` + tallied + ` AND vote = 'yes'`, counted},
		{"an objection is forgotten", "vote", `DELETE FROM phyle.vote` + tallied + ` AND vote = 'object'`, cast},
		{"that it was withdrawn is forgotten", "vote", `DELETE FROM phyle.vote` + tallied + ` AND number = 3`, counted},
		{"a vote becomes another, with all that follows", "vote decision",
			`UPDATE phyle.vote SET vote = 'object'` + tallied + ` AND number = 3;
			 UPDATE phyle.decision SET outcome = 'rejected', reason = 'objection', abstain = 0, object = 1` + tallied, feed},
		{"somebody else has voted", "vote",
			`UPDATE phyle.vote SET member_id = (SELECT member_id FROM phyle.member WHERE handle = 'cy')` + tallied + ` AND number = 1`,
			cast},
		{"a vote is in the other's name", "vote",
			`UPDATE phyle.vote SET member_id = (SELECT member_id FROM phyle.member WHERE handle = 'bo')` + tallied + ` AND number = 1`,
			counted},
		{"a vote is added", "vote", `INSERT INTO phyle.vote SELECT commons_id, agreement_id, 4, member_id, 'yes', '', cast_at
			FROM phyle.vote` + tallied + ` AND number = 2`, counted},
		{"the order of votes", "vote", `UPDATE phyle.vote SET number = number + 1` + tallied + ` AND number = 3`, cast},
		{"a vote after the end", "vote", `UPDATE phyle.vote SET cast_at = cast_at + interval '9 days'` + tallied, cast},
		{"a vote before the proposal", "vote", `UPDATE phyle.vote SET cast_at = cast_at - interval '1 hour'` + tallied, cast},
		{"an objection where votes are counted", "vote",
			`UPDATE phyle.vote SET vote = 'object', reason = 'harm' WHERE vote = 'no'`, cast},
		{"the yes of a tally", "decision", `UPDATE phyle.decision SET yes = yes + 1` + tallied, counted},
		{"the no of a tally", "decision", `UPDATE phyle.decision SET no = no + 1` + tallied, counted},
		{"the abstentions of a tally", "decision", `UPDATE phyle.decision SET abstain = abstain + 1` + tallied, counted},
		{"the objections of a tally", "decision", `UPDATE phyle.decision SET object = object + 1` + tallied, counted},
		{"how many could vote", "decision", `UPDATE phyle.decision SET eligible = eligible + 1` + tallied, counted},
		{"how many could vote, in both places", "decision proposal",
			`UPDATE phyle.decision SET eligible = 3` + tallied + `; UPDATE phyle.proposal SET eligible = 3` + tallied, eligible},
		{"the outcome", "decision", `UPDATE phyle.decision SET outcome = 'rejected'` + tallied, counted},
		{"the outcome and its reason", "decision",
			`UPDATE phyle.decision SET outcome = 'rejected', reason = 'objection'` + tallied, counted},
		{"the reason", "decision", `UPDATE phyle.decision SET reason = 'no_quorum'` + tallied, counted},
		{"the day of a counted decision", "decision",
			`UPDATE phyle.decision SET decided_on = decided_on + 1` + tallied, counted},
		{"the method", "decision", `UPDATE phyle.decision SET method = 'majority'` + tallied, counted},
		{"the method, in both places", "decision proposal", `UPDATE phyle.decision SET method = 'majority'` + tallied + `;
			UPDATE phyle.proposal SET method = 'majority'` + tallied, cast},
		{"the quorum", "proposal vote", `UPDATE phyle.proposal SET quorum_percent = 100` + tallied + `;
			DELETE FROM phyle.vote` + tallied + ` AND vote = 'yes'`, counted},
		{"a count is passed off as a record", "decision",
			`UPDATE phyle.decision SET eligible = NULL, yes = NULL, no = NULL, abstain = NULL, object = NULL, reason = ''` + tallied,
			due},
		{"a decision before the end of the vote", "decision",
			`UPDATE phyle.decision SET decided_at = decided_at - interval '2 days'` + tallied, due},
		{"notice beyond the decision", "proposal", `UPDATE phyle.proposal SET notice_until = notice_until + 9` + tallied, due},
		{"a decision on what is withdrawn", "decision",
			`UPDATE phyle.decision SET agreement_id = (SELECT agreement_id FROM phyle.proposal_withdrawal)` + tallied, due},
		{"a withdrawal of what is decided", "proposal_withdrawal",
			`UPDATE phyle.proposal_withdrawal SET agreement_id = (SELECT agreement_id FROM phyle.decision
			  WHERE eligible IS NOT NULL)`, due},
		{"a withdrawal before the proposal", "proposal_withdrawal",
			`UPDATE phyle.proposal_withdrawal SET withdrawn_at = withdrawn_at - interval '1 day'`, belongs},
		{"a recorded vote is forgotten", "decision_vote", `DELETE FROM phyle.decision_vote WHERE vote = 'yes'`, recorded},
		{"recorded votes are forgotten", "decision_vote", `DELETE FROM phyle.decision_vote`, recorded},
		{"a settled proposal is forgotten", "proposal", `DELETE FROM phyle.proposal` + tallied, counted},
		{"a rejected agreement is adopted", "adoption", `UPDATE phyle.adoption SET agreement_id = (SELECT agreement_id
			FROM phyle.decision WHERE outcome = 'rejected' AND eligible IS NULL)`, accepted},
		{"a draft is adopted", "adoption", `UPDATE phyle.adoption SET agreement_id = gen_random_uuid()`, accepted},
		{"the decision behind an adoption is gone", "decision",
			`DELETE FROM phyle.decision WHERE outcome = 'accepted'`, accepted},
		{"the decision behind an adoption is turned", "decision",
			`UPDATE phyle.decision SET outcome = 'rejected' WHERE outcome = 'accepted'`, accepted},
		{"an adoption before its decision", "adoption",
			`UPDATE phyle.adoption SET adopted_at = adopted_at - interval '1 second'`, accepted},
		{"a withdrawal is forgotten", "proposal_withdrawal", `DELETE FROM phyle.proposal_withdrawal`, feed},
		{"a stage is dated back", "member_stage", `UPDATE phyle.member_stage SET from_on = '2026-11-06'
			WHERE member_id = (SELECT member_id FROM phyle.member WHERE handle = 'bo')`, eligible},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.T = t
			if s.exec(c.do) == 0 {
				t.Fatal("nothing was changed")
			}
			s.wantFound(c.name, c.want)
			s.restore(strings.Fields(c.tables)...)
			if diff := cmp.Diff(map[string]string{}, s.found()); diff != "" {
				t.Fatalf("after putting it back: %s", diff)
			}
		})
	}
	s.T = t
}

// The database itself takes no vote that would not count, no decision before its time,
// nothing after a decision, and no adoption of what was not accepted.
func TestWrongDecisions(t *testing.T) {
	t.Parallel()
	w := riverside(t)
	w.decided()
	open := w.ballot(ledger.ByMajority, 0, "2026-11-10")
	noticed := w.written()
	do[postgres.Agreement](t)(w.store.ProposeAgreement(t.Context(), w.act(), noticed,
		ledger.NewProposal{NoticeUntil: date(t, "2026-11-20")}))
	db := w.store.Raw()
	vote := func(id, member, choice, at string) string {
		return `INSERT INTO phyle.vote (commons_id, agreement_id, number, member_id, vote, reason, cast_at)
			SELECT commons_id, ` + id + `, 9, member_id, '` + choice + `', 'because', '` + at + `'
			  FROM phyle.member WHERE handle = '` + member + `'`
	}
	decide := func(id, outcome, on, tally string) string {
		return `INSERT INTO phyle.decision (commons_id, agreement_id, outcome, method, decided_on, link, note, votes,
			            reason, eligible, yes, no, abstain, object, decided_by, decided_at)
			SELECT commons_id, ` + id + `, '` + outcome + `', 'majority', '` + on + `', '', '', 0, ` + tally + `,
			       member_id, '2026-11-11' FROM phyle.member WHERE handle = 'ana'`
	}
	const (
		none   = `'', NULL, NULL, NULL, NULL, NULL`
		tally  = `'', 2, 2, 0, 0, 0`
		wrong  = `'', 2, 2, 1, 0, 0`
		inTime = "2026-11-06"
		closed = `(SELECT agreement_id FROM phyle.decision WHERE eligible IS NOT NULL)`
		gone   = `(SELECT agreement_id FROM phyle.proposal_withdrawal)`
	)
	opened, waiting, draft := "'"+string(open)+"'", "'"+string(noticed)+"'", "'"+string(w.written())+"'"
	before := state(t, db)
	for _, c := range []struct{ name, do, want string }{
		{"a late vote", vote(opened, "ana", "yes", "2026-11-10 23:00:00+00"), "check_violation vote_counts"},
		{"a newcomer's vote", vote(opened, "cy", "yes", inTime), "check_violation vote_counts"},
		{"an objection to a majority", vote(opened, "ana", "object", inTime), "check_violation vote_counts"},
		{"a vote where none is open", vote(waiting, "ana", "yes", inTime), "check_violation vote_counts"},
		{"a vote on what is decided", vote(closed, "ana", "yes", "2026-11-05 10:00+00"), "check_violation agreement_open"},
		{"a vote on what is withdrawn", vote(gone, "ana", "yes", "2026-11-05 10:00+00"), "check_violation agreement_open"},
		{"a second decision", decide(closed, "accepted", "2026-11-04", tally), "check_violation agreement_open"},
		{"a decision on what is withdrawn", decide(gone, "accepted", "2026-11-09", tally), "check_violation agreement_open"},
		{"a count before the end",
			strings.Replace(decide(opened, "accepted", "2026-11-10", tally), "'2026-11-11'", "'2026-11-10'", 1),
			"check_violation decision_due"},
		{"a record where members vote", decide(opened, "accepted", "2026-11-10", none), "check_violation decision_due"},
		{"a count where nobody votes", decide(draft, "accepted", "2026-11-10", tally), "check_violation decision_due"},
		{"a decision before the end of notice", decide(waiting, "accepted", "2026-11-19", none), "check_violation decision_due"},
		{"more votes than voters", decide(opened, "accepted", "2026-11-10", wrong), "check_violation decision_tally"},
		{"a rejection without a reason", decide(opened, "rejected", "2026-11-10", tally), "check_violation decision_reason"},
		{"a withdrawal of what is decided", `INSERT INTO phyle.proposal_withdrawal
			SELECT commons_id, agreement_id, '', decided_by, decided_at FROM phyle.decision WHERE eligible IS NOT NULL`,
			"check_violation agreement_open"},
		{"an adoption of what is rejected", `INSERT INTO phyle.adoption (commons_id, agreement_id, version, from_on, number,
			            adopted_by, adopted_at)
			SELECT commons_id, agreement_id, 1, '2026-12-01', (SELECT setting + 1 FROM phyle.journal_head), decided_by, decided_at
			  FROM phyle.decision WHERE outcome = 'rejected' LIMIT 1`, "foreign_key_violation adoption_of_accepted"},
		{"an adoption of a draft", `INSERT INTO phyle.adoption (commons_id, agreement_id, version, from_on, number,
			            adopted_by, adopted_at)
			SELECT commons_id, agreement_id, 1, '2026-12-01', (SELECT setting + 1 FROM phyle.journal_head), created_by, created_at
			  FROM phyle.agreement WHERE agreement_id = ` + draft, "foreign_key_violation adoption_of_accepted"},
		{"an adoption of what is rejected, as such", `INSERT INTO phyle.adoption (commons_id, agreement_id, version, from_on,
			            outcome, number, adopted_by, adopted_at)
			SELECT commons_id, agreement_id, 1, '2026-12-01', outcome, (SELECT setting + 1 FROM phyle.journal_head), decided_by,
			       decided_at FROM phyle.decision WHERE outcome = 'rejected' LIMIT 1`, "check_violation adoption_outcome_check"},
	} {
		for _, role := range []string{"phyle_app", "phyle_owner"} {
			if diff := cmp.Diff(c.want, refusal(asRole(t, db, role, c.do))); diff != "" {
				t.Errorf("%s, as %q: %s", c.name, role, diff)
			}
		}
		if diff := cmp.Diff(before, state(t, db)); diff != "" {
			t.Fatalf("%s: %s", c.name, diff)
		}
	}
	w.wantOK(w.vote(w.ana, open, "yes", ""))
	w.clock(time.Date(2026, time.November, 20, 9, 0, 0, 0, time.UTC))
	w.wantOK(w.decide(open, nil))
}

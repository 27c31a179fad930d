package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"phyle/ledger"
)

// DecideAgreement records what the group decided elsewhere about an agreement. Nil
// counts the votes cast here, once the vote has closed, and keeps tally and outcome.
func (s *Store) DecideAgreement(
	ctx context.Context, act *Act, id ledger.AgreementID, recorded *ledger.RecordedDecision,
) (Agreement, error) {
	return write(ctx, s, act, func(w *work) (Agreement, error) {
		if err := w.authorize(ledger.DecideAgreement, false); err != nil {
			return Agreement{}, err
		}
		if recorded != nil {
			if err := recorded.Validate(w.commons, w.now); err != nil {
				return Agreement{}, err
			}
		}
		a, err := w.wholeAgreement(ctx, id)
		if err != nil {
			return a, err
		}
		if err := w.decide(ctx, a, recorded); err != nil {
			return a, err
		}
		w.trail.before = factsOf(a)
		return w.wholeAgreement(ctx, id)
	})
}

// decide records the decision, or counts the votes for nil.
func (w *work) decide(
	ctx context.Context, a Agreement, recorded *ledger.RecordedDecision,
) error {
	if err := a.Status.CheckDecide(a.Proposal, recorded, w.now); err != nil {
		return err
	}
	var d ledger.AgreementDecision
	if recorded != nil {
		d.RecordedDecision = *recorded
	} else {
		votes, err := w.votes(ctx, a.ID, 0, everyVote)
		if err != nil {
			return err
		}
		d = a.Proposal.Ballot.Decision(votes)
	}
	if err := w.insertDecision(ctx, a.ID, d); err != nil {
		return err
	}
	if d.Outcome == ledger.OutcomeAccepted {
		tell(w, ledger.AgreementAccepted, a.ID)
	} else {
		tell(w, ledger.AgreementRejected, a.ID)
	}
	return w.insertDecisionVotes(ctx, a.ID, d.Votes)
}

func (w *work) insertDecision(
	ctx context.Context, id ledger.AgreementID, d ledger.AgreementDecision,
) error {
	var eligible, yes, no, abstain, object any
	if t := d.Tally; t != nil {
		eligible, yes, no, abstain, object = t.Eligible, t.Yes, t.No, t.Abstain, t.Object
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO decision (commons_id, agreement_id, outcome, method, decided_on, link, note, votes,
		            reason, eligible, yes, no, abstain, object, decided_by, decided_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		string(w.commons.ID), string(id), string(d.Outcome), d.Method, d.Date.String(), d.Link, d.Note,
		len(d.Votes), string(d.Reason), eligible, yes, no, abstain, object, string(w.by), w.now)
	return err
}

// insertDecisionVotes keeps who voted how elsewhere, each member once.
func (w *work) insertDecisionVotes(
	ctx context.Context, id ledger.AgreementID, votes []ledger.RecordedVote,
) error {
	if len(votes) == 0 {
		return nil
	}
	n := len(votes)
	names, choices, reasons := make([]string, n), make([]string, n), make([]string, n)
	for i, v := range votes {
		names[i], choices[i], reasons[i] = v.Member, string(v.Choice), v.Reason
	}
	members, err := w.voted(ctx, names)
	if err != nil {
		return err
	}
	_, err = w.ExecContext(ctx, `
		INSERT INTO decision_vote (commons_id, agreement_id, member_id, vote, reason)
		SELECT $1, $2::uuid, * FROM unnest($3::uuid[], $4::text[], $5::text[])`,
		string(w.commons.ID), string(id), pq.Array(members), pq.Array(choices), pq.Array(reasons))
	return err
}

// voted returns the ids of members who are to have voted elsewhere.
func (w *work) voted(ctx context.Context, names []string) ([]string, error) {
	found, err := w.memberRefs(ctx, names)
	if err != nil {
		return nil, err
	}
	var wrong ledger.FieldErrors
	ids, seen := make([]string, len(names)), map[ledger.MemberID]bool{}
	for i, name := range names {
		pointer := fmt.Sprintf("/votes/%d/member", i)
		member, known := found[name]
		if !known {
			unknown(&wrong, pointer, "member", name)
		} else if seen[member.ID] {
			wrong.Add(pointer, "duplicate_item", "This is named twice; name it once.")
		}
		ids[i], seen[member.ID] = string(member.ID), true
	}
	return ids, wrong.Err()
}

// below puts the wrong fields of a part under the pointer to it.
func below(pointer string, err error) error {
	var refusal *ledger.Error
	if !errors.As(err, &refusal) || len(refusal.Fields) == 0 {
		return err
	}
	var wrong ledger.FieldErrors
	wrong.AddError(pointer, refusal)
	return wrong.Err()
}

// loadDecisions fills in what was decided about the agreements.
func (w *work) loadDecisions(
	ctx context.Context, ids []string, into map[ledger.AgreementID]*Agreement,
) error {
	rows, err := w.QueryContext(ctx, `
		SELECT d.agreement_id, d.outcome, d.method, d.decided_on, d.link, d.note, d.reason,
		       d.eligible IS NOT NULL, coalesce(d.eligible, 0), coalesce(d.yes, 0), coalesce(d.no, 0),
		       coalesce(d.abstain, 0), coalesce(d.object, 0), m.handle, d.decided_at
		  FROM decision AS d
		  JOIN member AS m ON m.commons_id = d.commons_id AND m.member_id = d.decided_by
		 WHERE d.commons_id = $1 AND d.agreement_id = ANY ($2::uuid[])`,
		string(w.commons.ID), pq.Array(ids))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		id, d, err := scanDecision(rows)
		if err != nil {
			return err
		}
		into[id].Decision = d
	}
	return rows.Err()
}

func scanDecision(
	rows *sql.Rows,
) (id ledger.AgreementID, d *ledger.AgreementDecision, err error) {
	var counted bool
	var t ledger.Tally
	d = &ledger.AgreementDecision{}
	err = rows.Scan(&id, &d.Outcome, &d.Method, &d.Date, &d.Link, &d.Note, &d.Reason, &counted,
		&t.Eligible, &t.Yes, &t.No, &t.Abstain, &t.Object, &d.By, &d.At)
	d.At = d.At.UTC()
	if counted {
		d.Tally = &t
	}
	return id, d, err
}

// loadDecisionVotes fills in who voted how elsewhere, in join order.
func (w *work) loadDecisionVotes(
	ctx context.Context, ids []string, into map[ledger.AgreementID]*Agreement,
) error {
	rows, err := w.QueryContext(ctx, `
		SELECT v.agreement_id, m.handle, v.vote, v.reason
		  FROM decision_vote AS v JOIN member AS m USING (commons_id, member_id)
		 WHERE v.commons_id = $1 AND v.agreement_id = ANY ($2::uuid[]) ORDER BY m.join_number`,
		string(w.commons.ID), pq.Array(ids))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id ledger.AgreementID
		var v ledger.RecordedVote
		if err := rows.Scan(&id, &v.Member, &v.Choice, &v.Reason); err != nil {
			return err
		}
		into[id].Decision.Votes = append(into[id].Decision.Votes, v)
	}
	return rows.Err()
}

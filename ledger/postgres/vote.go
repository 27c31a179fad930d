package postgres

import (
	"context"
	"database/sql"
	"math"

	"phyle/ledger"
)

// CastVote records what the caller says to an agreement, while the vote is open. Their
// earlier votes stay visible and no longer count.
func (s *Store) CastVote(
	ctx context.Context, act *Act, id ledger.AgreementID, v ledger.NewVote,
) (ledger.Vote, error) {
	return write(ctx, s, act, func(w *work) (cast ledger.Vote, err error) {
		if err := w.authorize(ledger.VoteOnAgreement, false); err != nil {
			return cast, err
		}
		a, err := w.wholeAgreement(ctx, id)
		if err != nil {
			return cast, err
		}
		eligible, err := w.mayVote(ctx, id)
		if err != nil {
			return cast, err
		}
		if err := a.Status.CheckVote(a.Proposal, v, eligible, w.now); err != nil {
			return cast, err
		}
		cast = ledger.Vote{
			Member: w.handle, Choice: v.Choice, Reason: v.Reason, At: w.now, Standing: true,
		}
		tell(w, ledger.AgreementVoted, id)
		err = w.GetContext(ctx, &cast.Number, `
			INSERT INTO vote (commons_id, agreement_id, member_id, vote, reason, cast_at, number)
			SELECT $1, $2, $3, $4, $5, $6, coalesce(max(number), 0) + 1
			  FROM vote WHERE commons_id = $1 AND agreement_id = $2
			RETURNING number`,
			string(w.commons.ID), string(id), string(w.by), string(v.Choice), v.Reason, w.now)
		return cast, err
	})
}

// mayVote reports whether the caller was a member when the vote was opened.
func (w *work) mayVote(ctx context.Context, id ledger.AgreementID) (may bool, err error) {
	err = w.GetContext(ctx, &may, `
		SELECT EXISTS (
		       SELECT FROM proposal AS p
		        WHERE p.commons_id = $1 AND p.agreement_id = $2
		          AND $3::uuid IN (SELECT members_on(p.commons_id, p.proposed_on, p.setting)))`,
		string(w.commons.ID), string(id), nullable(w.by))
	return may, err
}

// Votes lists what members said to an agreement, in order, up to limit after the
// number.
func (s *Store) Votes(
	ctx context.Context, by Caller, id ledger.AgreementID, after, limit int,
) ([]ledger.Vote, error) {
	return read(ctx, s, by.to(ledger.ReadAgreements), func(w *work) ([]ledger.Vote, error) {
		if _, err := w.agreement(ctx, id); err != nil {
			return nil, err
		}
		return w.votes(ctx, id, after, limit)
	})
}

// everyVote is a limit that no vote reaches.
const everyVote = math.MaxInt32

func (w *work) votes(
	ctx context.Context, id ledger.AgreementID, after, limit int,
) (votes []ledger.Vote, err error) {
	rows, err := w.QueryContext(ctx, `
		SELECT v.number, m.handle, v.vote, v.reason, v.cast_at,
		       NOT EXISTS (SELECT FROM vote AS later
		                    WHERE later.commons_id = v.commons_id AND later.agreement_id = v.agreement_id
		                      AND later.member_id = v.member_id AND later.number > v.number)
		  FROM vote AS v JOIN member AS m USING (commons_id, member_id)
		 WHERE v.commons_id = $1 AND v.agreement_id = $2 AND v.number > $3
		 ORDER BY v.number LIMIT $4`, string(w.commons.ID), string(id), after, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		v, err := scanVote(rows)
		if err != nil {
			return nil, err
		}
		votes = append(votes, v)
	}
	return votes, rows.Err()
}

func scanVote(rows *sql.Rows) (v ledger.Vote, err error) {
	err = rows.Scan(&v.Number, &v.Member, &v.Choice, &v.Reason, &v.At, &v.Standing)
	v.At = v.At.UTC()
	return v, err
}

package postgres

import (
	"context"
	"database/sql"

	"github.com/lib/pq"

	"phyle/ledger"
)

// ProposeAgreement puts a draft before the group, with a notice time, and opens a vote
// on it where one is asked for.
func (s *Store) ProposeAgreement(
	ctx context.Context, act *Act, id ledger.AgreementID, p ledger.NewProposal,
) (Agreement, error) {
	return write(ctx, s, act, func(w *work) (Agreement, error) {
		if err := w.authorize(ledger.ProposeAgreement, false); err != nil {
			return Agreement{}, err
		}
		if err := p.Validate(w.commons, w.now); err != nil {
			return Agreement{}, err
		}
		a, err := w.agreement(ctx, id)
		if err != nil {
			return a, err
		}
		if err := a.Status.CheckPropose(); err != nil {
			return a, err
		}
		w.trail.before = factsOf(a)
		if err := w.insertProposal(ctx, id, p); err != nil {
			return a, err
		}
		tell(w, ledger.AgreementProposed, id)
		return w.wholeAgreement(ctx, id)
	})
}

func (w *work) insertProposal(
	ctx context.Context, id ledger.AgreementID, p ledger.NewProposal,
) error {
	var method, quorum, closesOn, closesAt, eligible any
	if b := p.Ballot; b != nil {
		voters, err := w.voters(ctx)
		if err != nil {
			return err
		}
		method, quorum, eligible = b.Method, b.Quorum, voters
		closesOn, closesAt = b.ClosesOn.String(), w.commons.EndOf(b.ClosesOn)
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO proposal (commons_id, agreement_id, notice_until, note, method, quorum_percent,
		            closes_on, closes_at, eligible, setting, proposed_on, proposed_by, proposed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		string(w.commons.ID), string(id), p.NoticeUntil.String(), p.Note, method, quorum, closesOn,
		closesAt, eligible, w.head.Setting, w.today().String(), string(w.by), w.now)
	return err
}

// voters counts who may vote if a vote is opened now.
func (w *work) voters(ctx context.Context) (n int, err error) {
	err = w.GetContext(ctx, &n, `SELECT count(*) FROM members_on($1, $2, $3)`,
		string(w.commons.ID), w.today().String(), w.head.Setting)
	if err == nil && n == 0 {
		err = ledger.Errorf(ledger.Conflict, "nobody_may_vote",
			"There is no member in the stage member who could vote; record a decision instead.")
	}
	return n, err
}

// WithdrawProposal takes a proposal back before it is decided. That may do who made it
// or brought the agreement in, and stewards.
func (s *Store) WithdrawProposal(
	ctx context.Context, act *Act, id ledger.AgreementID, reason string,
) (Agreement, error) {
	var wrong ledger.FieldErrors
	wrong.AddError("/reason", ledger.CheckText(reason, 2000))
	if err := wrong.Err(); err != nil {
		return Agreement{}, err
	}
	return write(ctx, s, act, func(w *work) (Agreement, error) {
		a, err := w.wholeAgreement(ctx, id)
		if err != nil {
			return a, err
		}
		own := a.CreatedBy == w.handle || a.Proposal != nil && a.Proposal.By == w.handle
		if err := w.authorize(ledger.WithdrawProposal, own); err != nil {
			return a, err
		}
		if err := a.Status.CheckWithdraw(a.Proposal, w.now); err != nil {
			return a, err
		}
		w.trail.before = factsOf(a)
		_, err = w.ExecContext(ctx, `
			INSERT INTO proposal_withdrawal (commons_id, agreement_id, reason, withdrawn_by, withdrawn_at)
			VALUES ($1, $2, $3, $4, $5)`,
			string(w.commons.ID), string(id), reason, string(w.by), w.now)
		if err != nil {
			return a, err
		}
		tell(w, ledger.AgreementWithdrawn, id)
		return w.wholeAgreement(ctx, id)
	})
}

// loadProposals fills in how the agreements were put before the group.
func (w *work) loadProposals(
	ctx context.Context, ids []string, into map[ledger.AgreementID]*Agreement,
) error {
	rows, err := w.QueryContext(ctx, `
		SELECT p.agreement_id, p.notice_until, p.note, m.handle, p.proposed_at, p.method IS NOT NULL,
		       coalesce(p.method, ''), coalesce(p.quorum_percent, 0), p.closes_on, p.closes_at,
		       coalesce(p.eligible, 0), coalesce(w.reason, ''), coalesce(wm.handle, ''), w.withdrawn_at
		  FROM proposal AS p
		  JOIN member AS m ON m.commons_id = p.commons_id AND m.member_id = p.proposed_by
		  LEFT JOIN proposal_withdrawal AS w
		    ON w.commons_id = p.commons_id AND w.agreement_id = p.agreement_id
		  LEFT JOIN member AS wm ON wm.commons_id = w.commons_id AND wm.member_id = w.withdrawn_by
		 WHERE p.commons_id = $1 AND p.agreement_id = ANY ($2::uuid[])`,
		string(w.commons.ID), pq.Array(ids))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		id, p, err := scanProposal(rows)
		if err != nil {
			return err
		}
		into[id].Proposal = p
	}
	return rows.Err()
}

func scanProposal(rows *sql.Rows) (id ledger.AgreementID, p *ledger.Proposal, err error) {
	var voting bool
	var closes, withdrawn sql.NullTime
	p = &ledger.Proposal{}
	ballot, withdrawal := ledger.Ballot{}, ledger.ProposalWithdrawal{}
	err = rows.Scan(&id, &p.NoticeUntil, &p.Note, &p.By, &p.At, &voting, &ballot.Method,
		&ballot.Quorum, &ballot.ClosesOn, &closes, &ballot.Eligible, &withdrawal.Reason, &withdrawal.By,
		&withdrawn)
	p.At, ballot.ClosesAt, withdrawal.At = p.At.UTC(), closes.Time.UTC(), withdrawn.Time.UTC()
	if voting {
		p.Ballot = &ballot
	}
	if withdrawn.Valid {
		p.Withdrawal = &withdrawal
	}
	return id, p, err
}

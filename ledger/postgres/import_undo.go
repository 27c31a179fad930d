package postgres

import (
	"context"
	"database/sql"
	"errors"

	"phyle/ledger"
)

// UndoImport takes an import back: rows that are not decided on are withdrawn, and
// accepted ones are reversed by reversing contributions. It is refused once a posted
// distribution that stands has covered a row, or paid a promise that a row made. Hear
// is told now and then how many rows of how many have been looked at; it may be nil.
func (s *Store) UndoImport(
	ctx context.Context, act *Act, id ledger.ImportID, reason string, hear func(done, all int),
) (ledger.Import, error) {
	var wrong ledger.FieldErrors
	wrong.AddError("/reason", ledger.RequiredText(reason, 2000))
	if err := wrong.Err(); err != nil {
		return ledger.Import{}, err
	}
	return write(ctx, s, act, func(w *work) (ledger.Import, error) {
		i, err := w.importByID(ctx, id)
		if err != nil {
			return i, err
		}
		if err := w.authorize(ledger.UndoImport, i.By == w.handle); err != nil {
			return i, err
		}
		if err := w.slow(ctx); err != nil {
			return i, err
		}
		if err := w.checkUndistributed(ctx, id); err != nil {
			return i, err
		}
		w.trail.concern("import.undone", id.String())
		i.Undo = &ledger.ImportUndo{Reason: reason, By: w.handle, At: w.now}
		if err := w.takeBack(ctx, i, hear); err != nil {
			return i, err
		}
		_, err = w.ExecContext(ctx, `
			INSERT INTO import_undo (commons_id, import_id, withdrawn, reversed, reason,
			                         undone_by, undone_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, string(w.commons.ID), string(id),
			i.Undo.Withdrawn, i.Undo.Reversed, reason, string(w.by), w.now)
		return i, err
	})
}

// checkUndistributed refuses to take back what money has been divided by.
func (w *work) checkUndistributed(ctx context.Context, id ledger.ImportID) error {
	var number int64
	err := w.GetContext(ctx, &number, `
		SELECT d.number
		  FROM distribution AS d
		 WHERE d.commons_id = $1
		   AND NOT EXISTS (SELECT FROM distribution_reversal AS v
		                    WHERE v.commons_id = d.commons_id AND v.distribution_id = d.distribution_id)
		   AND EXISTS (SELECT FROM contribution AS c
		                 JOIN acceptance AS x USING (commons_id, contribution_id)
		                WHERE c.commons_id = $1 AND c.import_id = $2
		                  AND (EXISTS (SELECT FROM coverage AS o
		                                WHERE o.commons_id = $1 AND o.distribution_id = d.distribution_id
		                                  AND x.number <= o.cut AND x.performed_on <= o.through)
		                       OR x.number <= d.cut AND x.value > 0 AND EXISTS (
		                              SELECT FROM allocation AS a
		                               WHERE a.commons_id = $1 AND a.distribution_id = d.distribution_id
		                                 AND a.type = 'claim' AND a.member_id = x.member_id
		                                 AND a.kind_id = x.kind_id)))
		 ORDER BY d.number LIMIT 1`, string(w.commons.ID), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return ledger.Errorf(ledger.Conflict, "import_distributed",
		"Distribution %d has divided money by rows of this import. Reverse that distribution first, or "+
			"reverse single contributions; the next distribution evens it out.", number)
}

// takeBack withdraws and reverses the rows that stand, in batches.
func (w *work) takeBack(ctx context.Context, i ledger.Import, hear func(done, all int)) error {
	for line, undo := 0, i.Undo; ; {
		ids, last, err := w.importedAfter(ctx, i.ID, line)
		if err != nil || len(ids) == 0 {
			return err
		}
		if hear != nil {
			hear(undo.Withdrawn+undo.Reversed, i.Rows)
		}
		open, err := w.open(ctx, ids)
		if err != nil {
			return err
		}
		var waiting, accepted []accepting
		for _, c := range open {
			if c.state == ledger.Accepted {
				accepted = append(accepted, c)
			} else {
				waiting = append(waiting, c)
			}
		}
		if err := insertDecisions(ctx, w, waiting, ledger.Withdraw, undo.Reason); err != nil {
			return err
		}
		if err := w.reverseAccepted(ctx, accepted, undo.Reason); err != nil {
			return err
		}
		if err := w.settleBatch(ctx); err != nil {
			return err
		}
		undo.Withdrawn, undo.Reversed = undo.Withdrawn+len(waiting), undo.Reversed+len(accepted)
		line = last
	}
}

// importedAfter returns contributions of the import beyond the line that neither were
// declined or withdrawn nor are reversed, and the line of the last one.
func (w *work) importedAfter(
	ctx context.Context, id ledger.ImportID, line int,
) (ids []ledger.ContributionID, last int, err error) {
	rows, err := w.QueryContext(ctx, `
		SELECT c.contribution_id, c.import_line
		  FROM contribution AS c JOIN contribution_state AS s USING (commons_id, contribution_id)
		 WHERE c.commons_id = $1 AND c.import_id = $2 AND c.import_line > $3
		   AND s.state IN ('logged', 'questioned', 'accepted')
		   AND NOT EXISTS (SELECT FROM contribution AS r
		                    WHERE r.commons_id = c.commons_id AND r.reverses = c.contribution_id)
		 ORDER BY c.import_line LIMIT $4`, string(w.commons.ID), string(id), line, importBatch)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var one ledger.ContributionID
		if err := rows.Scan(&one, &last); err != nil {
			return nil, 0, err
		}
		ids = append(ids, one)
	}
	return ids, last, rows.Err()
}

// reverseAccepted logs the contributions that reverse the accepted ones.
func (w *work) reverseAccepted(ctx context.Context, accepted []accepting, reason string) error {
	if len(accepted) == 0 {
		return nil
	}
	_, err := w.reverseContributions(ctx, accepted, reason)
	return err
}

package postgres

import (
	"context"
	"time"

	"phyle/ledger"
)

// Period is a stretch of days that is closed: no entry may be dated inside.
type Period struct {
	ID       ledger.PeriodID
	From     ledger.Date
	Through  ledger.Date
	Note     string
	ClosedBy string
	ClosedAt time.Time
}

// ClosePeriod closes the days up to and with through, from the day after the last
// closed one. They stay closed.
func (s *Store) ClosePeriod(
	ctx context.Context, act *Act, through ledger.Date, remark string,
) (Period, error) {
	var wrong ledger.FieldErrors
	wrong.AddError("/note", ledger.CheckText(remark, 2000))
	if err := wrong.Err(); err != nil {
		return Period{}, err
	}
	return write(ctx, s, act, func(w *work) (Period, error) {
		if err := w.authorize(ledger.ClosePeriod, false); err != nil {
			return Period{}, err
		}
		p := Period{ID: newID[ledger.PeriodID](), Through: through, Note: remark, ClosedBy: w.handle, ClosedAt: w.now}
		var last ledger.Date
		err := w.QueryRowContext(ctx, `SELECT max(through_on) FROM period WHERE commons_id = $1`,
			string(w.commons.ID)).Scan(&last)
		if err != nil {
			return p, err
		}
		p.From = ledger.Beginning
		if !last.IsZero() {
			p.From = last.AddDays(1)
		}
		if through.Before(p.From) || !through.Before(w.today()) {
			wrong.Add("/through", "invalid_date", "Close days from %s up to yesterday.", p.From)
			return p, wrong.Err()
		}
		tell(w, ledger.PeriodClosed, p.ID)
		_, err = w.ExecContext(ctx, `
			INSERT INTO period (commons_id, period_id, from_on, through_on, note, closed_by, closed_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			string(w.commons.ID), string(p.ID), p.From.String(), p.Through.String(), remark, string(w.by), w.now)
		return p, err
	})
}

// Periods lists the closed periods in order.
func (s *Store) Periods(ctx context.Context, by Caller) ([]Period, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) (periods []Period, err error) {
		rows, err := w.QueryContext(ctx, `
			SELECT p.period_id, p.from_on, p.through_on, p.note, coalesce(m.handle, ''), p.closed_at
			  FROM period AS p
			  LEFT JOIN member AS m ON m.commons_id = p.commons_id AND m.member_id = p.closed_by
			 WHERE p.commons_id = $1 ORDER BY p.through_on LIMIT 1000`, string(w.commons.ID))
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var p Period
			if err := rows.Scan(&p.ID, &p.From, &p.Through, &p.Note, &p.ClosedBy, &p.ClosedAt); err != nil {
				return nil, err
			}
			p.ClosedAt = p.ClosedAt.UTC()
			periods = append(periods, p)
		}
		return periods, rows.Err()
	})
}

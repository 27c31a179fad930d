package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// LogContributions logs contributions. Those of kinds that need no review are
// accepted as they are logged. Acts that wait at the same time for the same commons
// are written together, in one transaction, and answered each by itself.
func (s *Store) LogContributions(
	ctx context.Context, act *Act, added []ledger.NewContribution,
) ([]ledger.Contribution, error) {
	return s.log(ctx, &logging{ctx: ctx, act: act, added: added, done: make(chan struct{})})
}

func (s *Store) log(ctx context.Context, l *logging) ([]ledger.Contribution, error) {
	if l.act.DryRun {
		return write(ctx, s, l.act, func(w *work) ([]ledger.Contribution, error) {
			l.right = w.right
			err := logAll(ctx, w, []*logging{l})
			w.asked = l.asked
			return l.result, errors.Join(err, l.err)
		})
	}
	s.queue.add(s, l)
	select {
	case <-l.done:
		return l.result, translate(l.err)
	case <-ctx.Done():
		return nil, translate(ctx.Err())
	}
}

// logged is a contribution on its way into the books, with what its names mean.
type logged struct {
	ledger.NewContribution
	id       ledger.ContributionID
	member   ledger.MemberRef
	kind     ledger.ContributionKind
	area     ledger.AreaID
	reverses ledger.ContributionID
	by       ledger.MemberRef
}

// logAll logs what the acts add, those that are refused aside. An error of its own
// is nobody's in particular.
func logAll(ctx context.Context, w *work, acts []*logging) error {
	names, err := w.namesIn(ctx, acts)
	if err != nil {
		return err
	}
	for _, l := range acts {
		if l.rows, l.err = names.resolve(w, l); l.err == nil {
			l.err = l.authorize()
		}
	}
	if err := w.checkHours(ctx, acts); err != nil {
		return err
	}
	var rows []logged
	var unreviewed []accepting
	for _, l := range acts {
		for i := 0; l.err == nil && i < len(l.rows); i++ {
			rows = append(rows, l.rows[i])
			if l.rows[i].kind.Reviews == 0 {
				unreviewed = append(unreviewed, accepting{logged: l.rows[i], step: 1})
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := insertContributions(ctx, w, rows); err != nil {
		return err
	}
	for _, row := range rows {
		if row.kind.Reviews > 0 {
			w.told = append(w.told, happening{ledger.ContributionLogged, row.id.String(), row.by.ID})
		}
	}
	accepted, err := acceptAll(ctx, w, unreviewed, "accepted as logged")
	for _, l := range acts {
		if l.err == nil {
			l.result, accepted = w.asLogged(l.rows, accepted)
		}
	}
	return err
}

// authorize refuses to log for others without the right to.
func (l *logging) authorize() error {
	for _, row := range l.rows {
		own := row.member.ID == l.act.By.Member
		if err := l.right.authorize(ledger.LogContribution, own); err != nil {
			return err
		}
	}
	return nil
}

// asLogged returns contributions as they are right after they were logged, in the
// order of the rows; those accepted are in that order too, and what is left of them
// is returned.
func (w *work) asLogged(
	rows []logged, accepted []acceptance,
) ([]ledger.Contribution, []acceptance) {
	all := make([]ledger.Contribution, len(rows))
	for i, row := range rows {
		c := ledger.Contribution{
			ID: row.id, Member: row.member.Handle, Kind: row.kind.Code, Unit: row.kind.Unit, Area: row.Area,
			Quantity: row.Quantity, Date: row.Date, Note: row.Note, Evidence: row.Evidence,
			ExternalRef: row.ExternalRef, Group: row.Group, LoggedBy: row.by.Handle, LoggedAt: w.now, State: ledger.Logged,
			Reviews: row.kind.Reviews,
		}
		if len(accepted) > 0 && accepted[0].id == row.id {
			a := accepted[0]
			c.State, c.Approvals = ledger.Accepted, 1
			c.Acceptance = &ledger.Acceptance{Number: a.number, Rate: a.rate, Weight: a.weight, Value: a.value,
				By: row.by.Handle, At: w.now}
			accepted = accepted[1:]
		}
		all[i] = c
	}
	return all, accepted
}

// names are what the names in contributions stand for.
type names struct {
	members map[string]ledger.MemberRef
	kinds   map[string]ledger.ContributionKind
	areas   map[string]ledger.AreaID
}

// namesIn looks up the names that the acts use, each noun in one statement.
func (w *work) namesIn(ctx context.Context, acts []*logging) (n names, err error) {
	var handles []string
	codes, placed := []string{}, false
	for _, l := range acts {
		for _, c := range l.added {
			handles, codes = append(handles, c.Member), append(codes, c.Kind)
			placed = placed || c.Area != ""
		}
	}
	if n.members, err = w.memberRefs(ctx, handles); err != nil {
		return n, err
	}
	if n.kinds, err = w.kinds(ctx, codes); err != nil || !placed {
		return n, err
	}
	n.areas, err = w.areas(ctx)
	return n, err
}

// resolve puts things in the place of names, and reports all wrong fields at once.
func (n names) resolve(w *work, l *logging) ([]logged, error) {
	if err := l.divide(n, w.commons.Currency); err != nil {
		return nil, err
	}
	var wrong ledger.FieldErrors
	rows := make([]logged, len(l.added))
	for i, c := range l.added {
		pointer := element(l.added, i)
		wrong.AddError(pointer, c.Validate(w.commons, w.now))
		rows[i] = n.row(c, pointer, &wrong)
		rows[i].by = ledger.MemberRef{ID: l.act.By.Member, Handle: l.act.By.Handle}
	}
	l.checkShared(rows, &wrong)
	return rows, wrong.Err()
}

// row puts things in the place of the names in one contribution.
func (n names) row(c ledger.NewContribution, pointer string, wrong *ledger.FieldErrors) logged {
	row := logged{NewContribution: c, id: newID[ledger.ContributionID]()}
	var found bool
	if row.member, found = n.members[c.Member]; !found && c.Member != "" {
		unknown(wrong, pointer+"/member", "member", c.Member)
	}
	if row.kind, found = n.kinds[c.Kind]; !found && c.Kind != "" {
		unknown(wrong, pointer+"/kind", "kind", c.Kind)
	}
	if row.area, found = n.areas[c.Area]; !found && c.Area != "" {
		unknown(wrong, pointer+"/area", "area", c.Area)
	}
	return row
}

// day is one day of one member.
type day struct {
	member ledger.MemberID
	date   ledger.Date
}

// checkHours refuses acts that log hours beyond what a day has, counting what is
// logged already and neither declined, withdrawn nor reversed, and what the acts
// before them add.
func (w *work) checkHours(ctx context.Context, acts []*logging) error {
	totals := map[day]decimal.Decimal{}
	var members, dates []string
	for _, l := range acts {
		for _, row := range l.rows {
			d := day{row.member.ID, row.Date}
			if _, seen := totals[d]; !seen && l.err == nil && row.kind.Unit == ledger.HourUnit {
				totals[d] = decimal.Zero
				members, dates = append(members, string(d.member)), append(dates, d.date.String())
			}
		}
	}
	if len(totals) == 0 {
		return nil
	}
	if err := w.addHours(ctx, members, dates, totals); err != nil {
		return err
	}
	for _, l := range acts {
		if l.err == nil {
			l.err = l.addHours(totals)
		}
	}
	return nil
}

// addHours adds the act's hours to the totals, unless a day has no room for them.
func (l *logging) addHours(totals map[day]decimal.Decimal) error {
	added := map[day]decimal.Decimal{}
	for _, row := range l.rows {
		if row.kind.Unit == ledger.HourUnit {
			d := day{row.member.ID, row.Date}
			added[d] = added[d].Add(row.Quantity)
		}
	}
	var wrong ledger.FieldErrors
	for i, row := range l.rows {
		if row.kind.Unit == ledger.HourUnit {
			d := day{row.member.ID, row.Date}
			wrong.AddError(element(l.rows, i)+"/quantity", ledger.CheckHours(totals[d].Add(added[d]), row.Date))
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	for d, hours := range added {
		totals[d] = totals[d].Add(hours)
	}
	return nil
}

func (w *work) addHours(
	ctx context.Context, members, dates []string, totals map[day]decimal.Decimal,
) error {
	found, err := w.QueryContext(ctx, `
		SELECT d.member_id, d.on_day, sum(c.quantity)
		  FROM unnest($2::uuid[], $3::date[]) AS d (member_id, on_day)
		  JOIN contribution AS c
		    ON c.commons_id = $1 AND c.member_id = d.member_id AND c.performed_on = d.on_day
		  JOIN contribution_state AS s USING (commons_id, contribution_id)
		  JOIN kind AS k USING (commons_id, kind_id)
		 WHERE k.unit = $4 AND s.state NOT IN ('declined', 'withdrawn')
		 GROUP BY d.member_id, d.on_day`,
		string(w.commons.ID), pq.Array(members), pq.Array(dates), ledger.HourUnit)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		var d day
		var hours decimal.Decimal
		if err := found.Scan(&d.member, &d.date, &hours); err != nil {
			return err
		}
		totals[d] = totals[d].Add(hours)
	}
	return found.Err()
}

func insertContributions(ctx context.Context, w *work, rows []logged) error {
	n := len(rows)
	if err := w.replan(ctx, n); err != nil {
		return err
	}
	column := func() []string { return make([]string, n) }
	ids, members, kinds, areas, quantities, dates := column(), column(), column(), column(), column(), column()
	notes, evidence, references, reverses, by := column(), column(), column(), column(), column()
	groups, imports, lines := column(), column(), make([]int64, n)
	for i, row := range rows {
		ids[i], members[i], kinds[i] = string(row.id), string(row.member.ID), string(row.kind.ID)
		areas[i], quantities[i], dates[i] = string(row.area), row.Quantity.String(), row.Date.String()
		notes[i], evidence[i], references[i] = row.Note, row.Evidence, row.ExternalRef
		reverses[i], by[i], groups[i] = string(row.reverses), string(row.by.ID), string(row.Group)
		imports[i], lines[i] = string(row.Import), int64(row.ImportLine)
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO contribution (commons_id, logged_by, logged_at, contribution_id, member_id, kind_id,
		            area_id, quantity, performed_on, note, evidence, external_ref, reverses, group_id, import_id,
		            import_line)
		SELECT $1, logged_by, $3::timestamptz, id, member, kind, nullif(area, '')::uuid, quantity, performed_on,
		       note, evidence, nullif(reference, ''), nullif(reverses, '')::uuid, nullif(team, '')::uuid,
		       nullif(import, '')::uuid, nullif(line, 0)
		  FROM unnest($2::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::numeric[], $9::date[],
		              $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::int[])
		    AS c (logged_by, id, member, kind, area, quantity, performed_on, note, evidence, reference,
		          reverses, team, import, line)`,
		string(w.commons.ID), pq.Array(by), w.now, pq.Array(ids), pq.Array(members), pq.Array(kinds),
		pq.Array(areas), pq.Array(quantities), pq.Array(dates), pq.Array(notes), pq.Array(evidence),
		pq.Array(references), pq.Array(reverses), pq.Array(groups), pq.Array(imports), pq.Array(lines))
	return err
}

const contributionColumns = `
	c.contribution_id, m.handle, k.code, k.unit, coalesce(a.code, ''), c.quantity, c.performed_on,
	c.note, c.evidence, coalesce(c.external_ref, ''), coalesce(c.group_id::text, ''),
	coalesce(c.reverses::text, ''), coalesce(r.contribution_id::text, ''), l.handle, c.logged_at,
	s.state, s.approvals, k.reviews, coalesce(x.number, 0), coalesce(x.rate, 0),
	coalesce(x.weight, 0), x.value, coalesce(xm.handle, ''), x.accepted_at`

const contributionTables = `
	  FROM contribution AS c
	  JOIN contribution_state AS s USING (commons_id, contribution_id)
	  JOIN member AS m ON m.commons_id = c.commons_id AND m.member_id = c.member_id
	  JOIN member AS l ON l.commons_id = c.commons_id AND l.member_id = c.logged_by
	  JOIN kind AS k ON k.commons_id = c.commons_id AND k.kind_id = c.kind_id
	  LEFT JOIN area AS a ON a.commons_id = c.commons_id AND a.area_id = c.area_id
	  LEFT JOIN contribution AS r ON r.commons_id = c.commons_id AND r.reverses = c.contribution_id
	  LEFT JOIN acceptance AS x ON x.commons_id = c.commons_id AND x.contribution_id = c.contribution_id
	  LEFT JOIN member AS xm ON xm.commons_id = c.commons_id AND xm.member_id = x.accepted_by`

// ContributionFilter narrows a list of contributions; what is empty does not.
type ContributionFilter struct {
	Member string
	Kind   string
	Area   string
	State  ledger.ContributionState
	From   ledger.Date
	To     ledger.Date
	After  ledger.ContributionID
	Limit  int
}

// Contributions lists contributions, newest first, up to Limit before After: the
// caller's own, where nobody is named and they may not see those of others.
func (s *Store) Contributions(
	ctx context.Context, by Caller, f ContributionFilter,
) ([]ledger.Contribution, error) {
	return read(ctx, s, by.toOwn(ledger.ReadContributions), func(w *work) ([]ledger.Contribution, error) {
		member, err := w.filterMember(ctx, f.Member)
		if err != nil {
			return nil, err
		}
		if member, err = w.visible(ledger.ReadContributions, member); err != nil {
			return nil, err
		}
		return w.contributions(ctx, `
			SELECT `+contributionColumns+contributionTables+`
			 WHERE c.commons_id = $1
			   AND ($2::uuid IS NULL OR c.member_id = $2) AND ($3 = '' OR k.code = $3)
			   AND ($4 = '' OR a.code = $4) AND ($5 = '' OR s.state = $5)
			   AND ($6::date IS NULL OR c.performed_on >= $6)
			   AND ($7::date IS NULL OR c.performed_on <= $7)
			   AND ($8::uuid IS NULL OR c.contribution_id < $8)
			 ORDER BY c.contribution_id DESC LIMIT $9`,
			string(w.commons.ID), nullable(member), f.Kind, f.Area, string(f.State),
			nullable(f.From.String()), nullable(f.To.String()), nullable(f.After), f.Limit)
	})
}

// filterMember returns the id of the member that a filter names, "" for none.
func (w *work) filterMember(ctx context.Context, name string) (ledger.MemberID, error) {
	if name == "" {
		return "", nil
	}
	m, err := w.member(ctx, name)
	return m.ID, err
}

// Contribution returns one contribution with all that was decided about it. One that
// the caller may not see is not found.
func (s *Store) Contribution(
	ctx context.Context, by Caller, id ledger.ContributionID,
) (ledger.Contribution, error) {
	return read(ctx, s, by.toOwn(ledger.ReadContributions), func(w *work) (ledger.Contribution, error) {
		found, err := w.contributionsByID(ctx, []string{string(id)})
		if err != nil {
			return ledger.Contribution{}, err
		}
		own := found[0].Member == w.handle || found[0].LoggedBy == w.handle
		if !own && !w.sees(ledger.ReadContributions) {
			return ledger.Contribution{}, notFound(sql.ErrNoRows, "contribution")
		}
		found[0].Decisions, err = w.decisions(ctx, id)
		return found[0], err
	})
}

func (w *work) decisions(
	ctx context.Context, id ledger.ContributionID,
) (decisions []ledger.ContributionDecision, err error) {
	rows, err := w.QueryContext(ctx, `
		SELECT d.decision, d.note, m.handle, d.decided_at
		  FROM contribution_decision AS d
		  JOIN member AS m ON m.commons_id = d.commons_id AND m.member_id = d.decided_by
		 WHERE d.commons_id = $1 AND d.contribution_id = $2 ORDER BY d.step`,
		string(w.commons.ID), string(id))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d ledger.ContributionDecision
		if err := rows.Scan(&d.Decision, &d.Note, &d.By, &d.At); err != nil {
			return nil, err
		}
		d.At = d.At.UTC()
		decisions = append(decisions, d)
	}
	return decisions, rows.Err()
}

// contributionsByID returns the contributions in the order of the ids; one that is
// missing is a NotFound error.
func (w *work) contributionsByID(ctx context.Context, ids []string) ([]ledger.Contribution, error) {
	found, err := w.contributions(ctx, `
		SELECT `+contributionColumns+contributionTables+`
		  JOIN unnest($2::uuid[]) WITH ORDINALITY AS wanted (id, place) ON wanted.id = c.contribution_id
		 WHERE c.commons_id = $1 AND c.contribution_id = ANY ($2::uuid[])
		 ORDER BY wanted.place`, string(w.commons.ID), pq.Array(ids))
	if err == nil && len(found) != len(ids) {
		return nil, ledger.Errorf(ledger.NotFound, "not_found", "There is no such contribution here.")
	}
	return found, err
}

func (w *work) contributions(
	ctx context.Context, query string, args ...any,
) (found []ledger.Contribution, err error) {
	rows, err := w.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c ledger.Contribution
		var x ledger.Acceptance
		var value decimal.NullDecimal
		var at sql.NullTime
		err := rows.Scan(&c.ID, &c.Member, &c.Kind, &c.Unit, &c.Area, &c.Quantity, &c.Date, &c.Note,
			&c.Evidence, &c.ExternalRef, &c.Group, &c.Reverses, &c.ReversedBy, &c.LoggedBy, &c.LoggedAt,
			&c.State, &c.Approvals, &c.Reviews, &x.Number, &x.Rate, &x.Weight, &value, &x.By, &at)
		if err != nil {
			return nil, err
		}
		c.LoggedAt = c.LoggedAt.UTC()
		if x.At = at.Time.UTC(); x.Number > 0 {
			c.Acceptance = &x
		}
		if value.Valid {
			x.Value = &ledger.Money{Amount: value.Decimal, Currency: w.commons.Currency}
		}
		found = append(found, c)
	}
	return found, rows.Err()
}

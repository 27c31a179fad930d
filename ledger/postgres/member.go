package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/lib/pq"

	"phyle/ledger"
)

// AddMembers adds members in the given order, which is the order of their join
// numbers. Who names no day has joined today, or from the beginning as long as
// nothing has been distributed.
func (s *Store) AddMembers(
	ctx context.Context, act *Act, added []ledger.NewMember,
) ([]ledger.Member, error) {
	return write(ctx, s, act, func(w *work) ([]ledger.Member, error) {
		if err := w.authorize(ledger.ManageMembers, false); err != nil {
			return nil, err
		}
		return insertMembers(ctx, w, added)
	})
}

func insertMembers(
	ctx context.Context, w *work, added []ledger.NewMember,
) ([]ledger.Member, error) {
	joined := ledger.Beginning
	if w.head.Distributed > 0 {
		joined = w.today()
	}
	var wrong ledger.FieldErrors
	members := make([]ledger.Member, len(added))
	for i, m := range added {
		if m.JoinedOn.IsZero() {
			m.JoinedOn = joined
		}
		wrong.AddError(element(added, i), m.Validate(w.commons, w.now))
		w.head.Joined++
		members[i] = ledger.Member{
			ID: newID[ledger.MemberID](), JoinNumber: w.head.Joined, Handle: m.Handle, Name: m.Name,
			Organization: m.Organization, JoinedOn: m.JoinedOn, Stage: m.Stage, Terms: m.Terms(w.today()),
		}
		tell(w, ledger.MemberAdded, members[i].ID)
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	return members, errorsInOrder(
		func() error { return insertMemberRows(ctx, w, members) },
		func() error { return insertStages(ctx, w, stagesOf(members)) },
		func() error { return w.giveRoles(ctx, members) },
	)
}

// element returns the pointer to the i-th of several, and "" for a single one, so
// that errors point into the body that the caller sent.
func element[T any](all []T, i int) string {
	if len(all) == 1 {
		return ""
	}
	return fmt.Sprintf("/%d", i)
}

// errorsInOrder runs the steps until one fails.
func errorsInOrder(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func insertMemberRows(ctx context.Context, w *work, members []ledger.Member) error {
	n := len(members)
	ids, numbers := make([]string, n), make([]int64, n)
	handles, names := make([]string, n), make([]string, n)
	types, joined := make([]string, n), make([]string, n)
	for i, m := range members {
		ids[i], numbers[i], handles[i], names[i] = string(m.ID), m.JoinNumber, m.Handle, m.Name
		types[i], joined[i] = "person", m.JoinedOn.String()
		if m.Organization {
			types[i] = "organization"
		}
	}
	_, err := w.ExecContext(ctx, `
		INSERT INTO member (commons_id, member_id, join_number, handle, name, type, joined_on, created_at)
		SELECT $1, * , $8::timestamptz
		  FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::date[])`,
		string(w.commons.ID), pq.Array(ids), pq.Array(numbers), pq.Array(handles), pq.Array(names),
		pq.Array(types), pq.Array(joined), w.now)
	return err
}

// dated is a stage or a role of a member, from a day on.
type dated struct {
	member ledger.MemberID
	from   ledger.Date
	until  ledger.Date
	value  string
	held   bool
}

func stagesOf(members []ledger.Member) []dated {
	rows := make([]dated, len(members))
	for i, m := range members {
		rows[i] = dated{member: m.ID, from: m.JoinedOn, value: string(m.Stage)}
	}
	return rows
}

// giveRoles gives new members their roles, as far as nobody else need confirm that,
// and leaves them with those that they have.
func (w *work) giveRoles(ctx context.Context, members []ledger.Member) error {
	var changes []ledger.Change
	for _, m := range members {
		for _, t := range m.Terms {
			changes = append(changes, ledger.Change{Type: ledger.GrantChange, Role: t.Role, Held: true,
				Member: ledger.MemberRef{ID: m.ID, Handle: m.Handle}, From: t.From, Until: t.Until})
		}
	}
	changes, err := w.propose(ctx, changes)
	for i := range members {
		m := &members[i]
		m.Terms = nil
		for _, c := range changes {
			switch {
			case c.Member.ID != m.ID:
			case c.State == ledger.ChangeWaiting:
				m.Waiting = append(m.Waiting, c.ID)
			default:
				m.Roles = append(m.Roles, c.Role)
				m.Terms = append(m.Terms, ledger.Term{Role: c.Role, From: c.From, Until: c.Until})
			}
		}
	}
	return err
}

func insertStages(ctx context.Context, w *work, rows []dated) error {
	members, from, values, numbers := w.columns(rows)
	_, err := w.ExecContext(ctx, `
		INSERT INTO member_stage (commons_id, recorded_by, recorded_at, number, member_id, from_on, stage)
		SELECT $1, $2::uuid, $3::timestamptz, *
		  FROM unnest($4::bigint[], $5::uuid[], $6::date[], $7::text[])`,
		string(w.commons.ID), nullable(w.by), w.now, pq.Array(numbers), pq.Array(members),
		pq.Array(from), pq.Array(values))
	return err
}

// insertRole gives or takes the role as the change says.
func (w *work) insertRole(ctx context.Context, c ledger.Change) error {
	if err := w.checkRoleOf(ctx, c); err != nil {
		return err
	}
	w.head.Setting++
	_, err := w.ExecContext(ctx, `
		INSERT INTO member_role (commons_id, number, member_id, role, from_on, until_on, held,
		            recorded_by, recorded_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		string(w.commons.ID), w.head.Setting, string(c.Member.ID), string(c.Role), c.From.String(),
		nullable(c.Until.String()), c.Held, nullable(w.by), w.now)
	return err
}

// columns turns rows into arrays and gives each the next setting number.
func (w *work) columns(rows []dated) (members, from, values []string, numbers []int64) {
	for _, row := range rows {
		w.head.Setting++
		members, from = append(members, string(row.member)), append(from, row.from.String())
		values, numbers = append(values, row.value), append(numbers, w.head.Setting)
	}
	return members, from, values, numbers
}

const memberColumns = `m.member_id, m.join_number, m.handle, m.name, m.type = 'organization',
	m.joined_on, coalesce(stage_on(m.commons_id, m.member_id, $2), 'guest'),
	ARRAY(SELECT concat_ws(' ', t.role, t.from_on, t.until_on)
	        FROM terms_on(m.commons_id, m.member_id, $2) AS t ORDER BY t.role),
	ARRAY(SELECT c.change_id::text FROM change AS c
	       WHERE c.commons_id = m.commons_id AND c.member_id = m.member_id
	         AND NOT EXISTS (SELECT FROM change_confirmation AS e
	                          WHERE e.commons_id = c.commons_id AND e.change_id = c.change_id)
	       ORDER BY c.change_id),
	suspended_since(m.commons_id, m.member_id),
	(SELECT x.erased_at FROM erasure AS x
	  WHERE x.commons_id = m.commons_id AND x.member_id = m.member_id)`

// Members returns up to limit members after the join number, in join order, with
// their stage and roles of today.
func (s *Store) Members(
	ctx context.Context, by Caller, after int64, limit int,
) ([]ledger.Member, error) {
	return read(ctx, s, by.to(ledger.ReadMembers), func(w *work) ([]ledger.Member, error) {
		return w.members(ctx, `
			SELECT `+memberColumns+` FROM member AS m
			 WHERE m.commons_id = $1 AND m.join_number > $3
			 ORDER BY m.join_number LIMIT $4`,
			string(w.commons.ID), w.today().String(), after, limit)
	})
}

// Member returns the member of the handle or id.
func (s *Store) Member(ctx context.Context, by Caller, name string) (ledger.Member, error) {
	return read(ctx, s, by.to(ledger.ReadMembers), func(w *work) (ledger.Member, error) { return w.member(ctx, name) })
}

func (w *work) member(ctx context.Context, name string) (ledger.Member, error) {
	id, _ := ledger.ParseID[ledger.MemberNoun](name)
	found, err := w.members(ctx, `
		SELECT `+memberColumns+` FROM member AS m
		 WHERE m.commons_id = $1 AND (m.handle = $3 OR m.member_id = $4::uuid)`,
		string(w.commons.ID), w.today().String(), name, nullable(id))
	if err != nil {
		return ledger.Member{}, err
	}
	if len(found) == 0 {
		return ledger.Member{}, ledger.Errorf(ledger.NotFound, "not_found",
			"There is no such member here.")
	}
	return found[0], nil
}

func (w *work) members(
	ctx context.Context, query string, args ...any,
) (members []ledger.Member, err error) {
	rows, err := w.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var m ledger.Member
		var terms, waiting []string
		var suspended, erased sql.NullTime
		if err := rows.Scan(&m.ID, &m.JoinNumber, &m.Handle, &m.Name, &m.Organization, &m.JoinedOn,
			&m.Stage, pq.Array(&terms), pq.Array(&waiting), &suspended, &erased); err != nil {
			return nil, err
		}
		if suspended.Valid {
			m.SuspendedAt = suspended.Time.UTC()
		}
		if erased.Valid {
			m.ErasedAt = erased.Time.UTC()
		}
		for _, id := range waiting {
			m.Waiting = append(m.Waiting, ledger.ChangeID(id))
		}
		for _, text := range terms {
			var t ledger.Term
			if t, err = parseTerm(text); err != nil {
				return nil, err
			}
			m.Roles, m.Terms = append(m.Roles, t.Role), append(m.Terms, t)
		}
		members = append(members, m)
	}
	return members, rows.Err()
}

// parseTerm reads a role, its first day, and its last one where there is any.
func parseTerm(text string) (t ledger.Term, err error) {
	fields := append(strings.Fields(text), "")
	t.Role = ledger.Role(fields[0])
	if err = t.From.UnmarshalText([]byte(fields[1])); err == nil {
		err = t.Until.UnmarshalText([]byte(fields[2]))
	}
	return t, err
}

func splitRoles(text string) []ledger.Role {
	var roles []ledger.Role
	for _, role := range strings.Fields(text) {
		roles = append(roles, ledger.Role(role))
	}
	return roles
}

// ChangeRoles gives roles to members, or takes them, from their days on, each when a
// second person confirms it; at once, and unchecked, where nobody else could. Nobody
// changes their own, and the last treasurer stays.
func (s *Store) ChangeRoles(
	ctx context.Context, act *Act, changes []ledger.RoleChange,
) ([]ledger.Member, error) {
	return write(ctx, s, act, func(w *work) ([]ledger.Member, error) {
		if err := w.authorize(ledger.GiveRole, false); err != nil {
			return nil, err
		}
		rows, err := w.checkChanges(ctx, len(changes), func(i int) change {
			c := changes[i]
			return change{c.Member, c.From, c.Until, string(c.Role), c.Held, c.Role.Known(), "/role"}
		})
		if err == nil {
			err = w.checkOthers(rows)
		}
		if err == nil {
			err = w.recall(ctx, rows)
		}
		if err == nil {
			err = w.proposeRoles(ctx, rows)
		}
		if err != nil {
			return nil, err
		}
		return w.changed(ctx, rows)
	})
}

// proposeRoles asks for changes of roles.
func (w *work) proposeRoles(ctx context.Context, rows []dated) error {
	asked := make([]ledger.Change, len(rows))
	for i, row := range rows {
		asked[i] = ledger.Change{Type: ledger.GrantChange, Member: ledger.MemberRef{ID: row.member},
			Role: ledger.Role(row.value), Held: row.held, From: row.from, Until: row.until}
	}
	asked, err := w.propose(ctx, asked)
	for _, c := range asked {
		if c.State == ledger.ChangeUnchecked {
			tell(w, ledger.MemberChanged, c.Member.ID)
		}
	}
	return err
}

// recall notes what a single member was before the change.
func (w *work) recall(ctx context.Context, rows []dated) error {
	if len(rows) != 1 {
		return nil
	}
	m, err := w.member(ctx, rows[0].member.String())
	w.trail.before = factsOf([]ledger.Member{m})
	return err
}

// checkOthers refuses changes of the caller's own roles.
func (w *work) checkOthers(rows []dated) error {
	for _, row := range rows {
		if row.member == w.by {
			return ledger.Errorf(ledger.Forbidden, "own_role",
				"Nobody gives or takes their own roles; ask another steward.")
		}
	}
	return nil
}

// change is what stage and role changes have in common.
type change struct {
	member string
	from   ledger.Date
	until  ledger.Date
	value  string
	held   bool
	known  bool
	field  string
}

func (w *work) checkChanges(
	ctx context.Context, n int, at func(i int) change,
) (rows []dated, err error) {
	names := make([]string, n)
	for i := range n {
		names[i] = at(i).member
	}
	members, err := w.memberRefs(ctx, names)
	if err != nil {
		return nil, err
	}
	var wrong ledger.FieldErrors
	for i := range n {
		c := at(i)
		pointer := ""
		if n > 1 {
			pointer = fmt.Sprintf("/%d", i)
		}
		member, found := members[c.member]
		if !found {
			return nil, notFound(sql.ErrNoRows, "member")
		}
		if c.from.IsZero() {
			c.from = w.today()
		}
		wrong.AddError(pointer+"/from", w.commons.CheckDate(c.from, w.now))
		wrong.AddError(pointer+"/until", ledger.RoleChange{
			Role: ledger.Role(c.value), Held: c.held, From: c.from, Until: c.until}.CheckUntil())
		if !c.known {
			wrong.Add(pointer+c.field, "unknown_value", "%q is not one of the words for this.", c.value)
		}
		rows = append(rows, dated{member.ID, c.from, c.until, c.value, c.held})
	}
	return rows, wrong.Err()
}

// changed returns the members as they are after a change, which must leave a
// treasurer and a steward.
func (w *work) changed(ctx context.Context, rows []dated) ([]ledger.Member, error) {
	if err := w.checkOffices(ctx); err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = string(row.member)
	}
	return w.members(ctx, `
		SELECT `+memberColumns+`
		  FROM unnest($3::uuid[]) WITH ORDINALITY AS wanted (id, place)
		  JOIN member AS m ON m.commons_id = $1 AND m.member_id = wanted.id
		 ORDER BY wanted.place`, string(w.commons.ID), w.today().String(), array(ids))
}

// checkOffices refuses a change after which nobody would be treasurer or steward: today,
// or on a later day on which one begins, ends or leaves.
func (w *work) checkOffices(ctx context.Context) error {
	var treasurers, stewards int
	err := w.QueryRowContext(ctx, `
		WITH officer AS (
		    SELECT DISTINCT commons_id, member_id FROM member_role
		     WHERE commons_id = $1 AND held AND role IN ('treasurer', 'steward')
		), turn AS (
		    SELECT $2::date AS on_day
		     UNION SELECT from_on FROM member_role WHERE commons_id = $1 AND from_on > $2
		     UNION SELECT until_on + 1 FROM member_role WHERE commons_id = $1 AND until_on >= $2
		     UNION SELECT s.from_on FROM member_stage AS s JOIN officer USING (commons_id, member_id)
		            WHERE s.commons_id = $1 AND s.from_on > $2
		)
		SELECT min(treasurers), min(stewards)
		  FROM (SELECT count(*) FILTER (WHERE 'treasurer' = ANY (held)) AS treasurers,
		               count(*) FILTER (WHERE 'steward' = ANY (held)) AS stewards
		          FROM (SELECT on_day,
		                       string_to_array(roles_on(commons_id, member_id, on_day), ' ') AS held
		                  FROM turn LEFT JOIN officer ON true) AS o
		         GROUP BY on_day) AS d`,
		string(w.commons.ID), w.today().String()).Scan(&treasurers, &stewards)
	if err != nil {
		return err
	}
	if treasurers == 0 {
		return ledger.Errorf(ledger.Conflict, "last_treasurer",
			"Nobody would be treasurer any more; give the role to somebody first.")
	}
	if stewards == 0 {
		return ledger.Errorf(ledger.Conflict, "last_steward",
			"Nobody would be steward any more; give the role to somebody first.")
	}
	return nil
}

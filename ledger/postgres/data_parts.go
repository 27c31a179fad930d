package postgres

import "phyle/ledger"

// ownRows are the rows of a part: what their key is, which columns are shown, and where
// they are from, for the member $2 of the commons $1.
type ownRows struct{ key, columns, from string }

// dataStatement asks for rows of the part behind the key $3, up to $4.
func dataStatement(part ledger.DataPart) string {
	r := dataParts[part]
	return "SELECT " + r.key + ", " + r.columns + " FROM " + r.from +
		" AND " + r.key + " > $3 ORDER BY 1 LIMIT $4"
}

// handleOf shows somebody by their handle.
func handleOf(column string) string {
	return "(SELECT h.handle FROM member AS h WHERE h.commons_id = $1 AND h.member_id = " +
		column + ")"
}

// numbered is a key of a number, and of another below it, that sorts as they do.
func numbered(column string) string { return "lpad(" + column + "::text, 20, '0')" }

// ownContributions are those that the member gave, and of those that they logged what they
// took back or shared: what they wrote there is about themself.
const ownContributions = `(c.member_id = $2 OR c.logged_by = $2 AND (c.reverses IS NOT NULL
	OR c.group_id IN (SELECT g.group_id FROM contribution AS g
	                   WHERE g.commons_id = $1 AND g.member_id = $2)))`

// dataParts say of every part which rows it has. Secrets and what only checks them is in
// none, nor is what others wrote about others.
var dataParts = map[ledger.DataPart]ownRows{
	ledger.DataOfMember: {`m.member_id::text`, `m.member_id AS "mem:id", m.handle, m.name, m.type,
		m.join_number, nullif(m.joined_on, '1900-01-01')::text AS joined_on, m.created_at,
		(SELECT e.erased_at FROM erasure AS e
		  WHERE e.commons_id = $1 AND e.member_id = $2) AS erased_at`,
		`member AS m WHERE m.commons_id = $1 AND m.member_id = $2`},
	"stages": {numbered("s.number"), `nullif(s.from_on, '1900-01-01')::text AS "from", s.stage,
		` + handleOf("s.recorded_by") + ` AS recorded_by, s.recorded_at`,
		`member_stage AS s WHERE s.commons_id = $1 AND s.member_id = $2`},
	"roles": {numbered("r.number"), `nullif(r.from_on, '1900-01-01')::text AS "from", r.role,
		r.held, r.until_on::text AS until, r.recorded_at,
		` + handleOf("r.recorded_by") + ` AS recorded_by`,
		`member_role AS r WHERE r.commons_id = $1 AND r.member_id = $2`},
	"suspensions": {numbered("s.number"), `s.suspended, s.reason,
		` + handleOf("s.recorded_by") + ` AS recorded_by, s.recorded_at`,
		`member_suspension AS s WHERE s.commons_id = $1 AND s.member_id = $2`},
	"rates": {numbered("r.number"), `k.code AS kind, r.from_on::text AS "from",
		trim_scale(r.rate)::text AS rate, r.recorded_at,
		` + handleOf("r.recorded_by") + ` AS recorded_by`,
		`rate AS r JOIN kind AS k USING (commons_id, kind_id)
		  WHERE r.commons_id = $1 AND r.member_id = $2`},
	ledger.DataOfPerson: {`p.person_id::text`, `p.email, p.name, p.created_at,
		pm.created_at AS joined_at, (SELECT w.created_at FROM password AS w
		                              WHERE w.person_id = p.person_id) AS password_set_at`,
		ownPerson + ` WHERE ` + isPerson},
	"passkeys": {`k.passkey_id::text`, `k.passkey_id AS "pky:id", k.agent, k.created_at, k.used_at`,
		ownPerson + ` JOIN passkey AS k USING (person_id) WHERE ` + isPerson},
	"sessions": {`s.session_id::text`, `s.session_id AS "ses:id", s.agent, s.network, s.created_at,
		s.last_seen_at, s.fresh_until, s.revoked_at`,
		ownPerson + ` JOIN session AS s USING (person_id) WHERE ` + isPerson},
	"codes": {`encode(c.visit_hash, 'hex')`, `c.email, c.created_at, c.expires_at, c.attempts`,
		ownPerson + ` JOIN sign_in_code AS c USING (person_id) WHERE ` + isPerson},
	"invitations": {`to_char(i.created_at, 'YYYYMMDDHH24MISSUS') ||
		encode(i.invitation_hash, 'hex')`,
		handleOf("i.member_id") + ` AS member, ` + handleOf("i.made_by") + ` AS made_by,
		i.created_at, i.expires_at, i.revoked_at, i.used_at`,
		`invitation AS i WHERE i.commons_id = $1 AND $2 IN (i.member_id, i.made_by)`},
	"tokens": {`t.token_id::text`, `t.token_id AS "tok:id", t.label,
		array_to_string(t.scopes, ' ') AS scopes, t.by_hand, t.created_at, t.expires_at, u.used_at`,
		`token AS t LEFT JOIN token_use AS u USING (commons_id, token_id)
		  WHERE t.commons_id = $1 AND t.member_id = $2`},
	"contributions": {`c.contribution_id::text`, `c.contribution_id AS "ctr:id",
		` + handleOf("c.member_id") + ` AS member, k.code AS kind, r.code AS area,
		trim_scale(c.quantity)::text AS quantity, c.performed_on::text AS date, c.note, c.evidence,
		c.external_ref, c.group_id AS "grp:group", c.import_id AS "imp:import", c.import_line,
		c.reverses AS "ctr:reverses", s.state, trim_scale(a.rate)::text AS rate,
		trim_scale(a.weight)::text AS weight, trim_scale(a.value)::text AS value, a.accepted_at,
		` + handleOf("c.logged_by") + ` AS logged_by, c.logged_at`,
		`contribution AS c JOIN kind AS k USING (commons_id, kind_id)
		   JOIN contribution_state AS s USING (commons_id, contribution_id)
		   LEFT JOIN acceptance AS a USING (commons_id, contribution_id)
		   LEFT JOIN area AS r ON r.commons_id = c.commons_id AND r.area_id = c.area_id
		  WHERE c.commons_id = $1 AND ` + ownContributions},
	"decisions": {`d.contribution_id || ' ' || ` + numbered("d.step"), `d.contribution_id AS
		"ctr:contribution", ` + handleOf("c.member_id") + ` AS member, d.decision, d.note,
		` + handleOf("d.decided_by") + ` AS decided_by, d.decided_at`,
		`contribution_decision AS d JOIN contribution AS c USING (commons_id, contribution_id)
		  WHERE d.commons_id = $1 AND $2 IN (c.member_id, d.decided_by)`},
	"imports": {`i.import_id::text`, `i.import_id AS "imp:id", i.file, i.digest,
		i.row_count, i.imported_at`,
		`import AS i WHERE i.commons_id = $1 AND i.imported_by = $2`},
	"import_undos": {`u.import_id::text`, `u.import_id AS "imp:import", u.withdrawn, u.reversed,
		u.reason, u.undone_at`,
		`import_undo AS u WHERE u.commons_id = $1 AND u.undone_by = $2`},
	"agreements": {`a.agreement_id::text`, `a.agreement_id AS "agr:id", a.name, a.document,
		a.created_at`,
		`agreement AS a WHERE a.commons_id = $1 AND a.created_by = $2`},
	"proposals": {`p.agreement_id::text`, `p.agreement_id AS "agr:agreement",
		p.notice_until::text AS notice_until, p.note, p.proposed_at`,
		`proposal AS p WHERE p.commons_id = $1 AND p.proposed_by = $2`},
	"withdrawals": {`p.agreement_id::text`, `p.agreement_id AS "agr:agreement", p.reason,
		p.withdrawn_at`,
		`proposal_withdrawal AS p WHERE p.commons_id = $1 AND p.withdrawn_by = $2`},
	"votes": {`v.agreement_id || ' ' || ` + numbered("v.number"),
		`v.agreement_id AS "agr:agreement", v.vote, v.reason, v.cast_at`,
		`vote AS v WHERE v.commons_id = $1 AND v.member_id = $2`},
	"recorded_votes": {`v.agreement_id::text`, `v.agreement_id AS "agr:agreement", v.vote,
		v.reason`,
		`decision_vote AS v WHERE v.commons_id = $1 AND v.member_id = $2`},
	"approvals": {`a.distribution_id::text`, `a.distribution_id AS "dst:distribution", a.digest,
		a.approved_at`,
		`approval AS a WHERE a.commons_id = $1 AND a.approved_by = $2`},
	"changes": {`c.change_id::text`, `c.change_id AS "chg:id", c.type,
		` + handleOf("c.member_id") + ` AS member, c.role, c.held,
		nullif(c.from_on, '1900-01-01')::text AS "from", c.until_on::text AS until, c.approvals,
		trim_scale(c.approvals_above)::text AS above,
		CASE WHEN $2 IN (c.member_id, c.proposed_by) THEN c.reason END AS reason,
		c.operation, c.method, c.path, c.match,
		CASE WHEN c.proposed_by = $2 THEN c.body END AS body, e.made,
		` + handleOf("c.proposed_by") + ` AS proposed_by, c.proposed_at,
		coalesce(e.outcome, 'waiting') AS state,
		` + handleOf("e.decided_by") + ` AS decided_by, e.decided_at`,
		`change AS c LEFT JOIN change_confirmation AS e USING (commons_id, change_id)
		  WHERE c.commons_id = $1 AND $2 IN (c.member_id, c.proposed_by, e.decided_by)`},
	"takes": {numbered("t.number"), `t.rule, a.code AS area, trim_scale(t.amount)::text AS amount,
		t.recorded_at`,
		`take AS t LEFT JOIN area AS a USING (commons_id, area_id)
		  WHERE t.commons_id = $1 AND t.member_id = $2`},
	"received": {numbered("o.number"), `o.rule, a.code AS area,
		trim_scale(o.amount)::text AS amount, o.recorded_at,
		` + handleOf("o.recorded_by") + ` AS recorded_by`,
		`received_opening AS o LEFT JOIN area AS a USING (commons_id, area_id)
		  WHERE o.commons_id = $1 AND o.member_id = $2`},
	"allocations": {numbered("d.number") + ` || ' ' || ` + numbered("x.ordinal"),
		`d.distribution_id AS "dst:distribution", d.number, d.date::text AS date, x.rule, x.type,
		k.code AS kind, round(x.amount, b.digits)::text AS amount,
		round(x.kept, b.digits)::text AS kept,
		trim_scale(x.weight)::text AS weight, trim_scale(x.total_weight)::text AS total_weight,
		v.reversed_at`,
		`allocation AS x JOIN distribution AS d USING (commons_id, distribution_id)
		   JOIN commons AS b USING (commons_id)
		   LEFT JOIN distribution_reversal AS v USING (commons_id, distribution_id)
		   LEFT JOIN kind AS k ON k.commons_id = x.commons_id AND k.kind_id = x.kind_id
		  WHERE x.commons_id = $1 AND x.member_id = $2`},
	"roundings": {`r.distribution_id::text`, `r.distribution_id AS "dst:distribution",
		trim_scale(r.delta)::text AS delta`,
		`distribution_rounding AS r WHERE r.commons_id = $1 AND r.member_id = $2`},
	"accounts": {`a.account_id::text`, `a.name, a.role, a.unit,
		round(-coalesce(b.amount, 0), a.digits)::text AS balance`,
		`account AS a LEFT JOIN balance AS b USING (commons_id, account_id)
		  WHERE a.commons_id = $1 AND a.member_id = $2`},
	"lines": {numbered("p.sequence") + ` || ' ' || ` + numbered("p.ordinal"),
		`e.entry_id AS "ent:entry", p.date::text AS date, e.kind, a.name AS account,
		round(-p.amount, a.digits)::text AS amount, p.unit, e.memo, e.payee, e.document,
		e.external_ref, e.reverses AS "ent:reverses", e.recorded_at,
		` + handleOf("e.recorded_by") + ` AS recorded_by`,
		`account AS a JOIN posting AS p USING (commons_id, account_id)
		   JOIN entry AS e USING (commons_id, sequence)
		  WHERE a.commons_id = $1 AND a.member_id = $2`},
	"keys": {`k.key`, `k.key, k.status, k.location, k.resource, k.created_at`,
		`idempotency_key AS k WHERE k.commons_id = $1 AND k.member_id = $2`},
	"acts": {numbered("u.number"), `u.number AS sequence, u.at, u.token_id AS "tok:token",
		u.operation, u.outcome, u.code, u.type, u.subject, u.last_subject, u.count,
		u.before::text AS before,
		u.after::text AS after, u.request_id, u.address, u.recorded_at`,
		`audit AS u WHERE u.commons_id = $1 AND u.member_id = $2`},
}

// Whoever is the member can sign in, and may be a member elsewhere.
const (
	ownPerson = `person_member AS pm JOIN person AS p USING (person_id)`
	isPerson  = `pm.commons_id = $1 AND pm.member_id = $2`
)

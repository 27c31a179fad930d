package postgres

// approvalInvariants are those about what one person alone does not decide.
var approvalInvariants = []invariant{
	{
		name:  "roles were given and taken by changes",
		count: `SELECT count(*) FROM member_role WHERE commons_id = $1`,
		find: `
			SELECT 'setting ' || coalesce(r.number, c.number)
			  FROM (SELECT number, member_id, role, held, from_on, until_on FROM member_role
			         WHERE commons_id = $1) AS r
			  FULL JOIN (SELECT e.number, c.member_id, c.role, c.held, c.from_on, c.until_on
			               FROM change AS c JOIN change_confirmation AS e USING (commons_id, change_id)
			              WHERE c.commons_id = $1 AND c.type = 'role' AND e.outcome <> 'withdrawn') AS c
			    USING (number)
			 WHERE (r.member_id, r.role, r.held, r.from_on, r.until_on)
			       IS DISTINCT FROM (c.member_id, c.role, c.held, c.from_on, c.until_on)
			 ORDER BY 1`,
	},
	{
		name:  "approval policies came by changes",
		count: `SELECT count(*) FROM approval_policy WHERE commons_id = $1`,
		find: `
			SELECT 'setting ' || coalesce(p.number, c.number)
			  FROM (SELECT number, approvals, above FROM approval_policy WHERE commons_id = $1) AS p
			  FULL JOIN (SELECT e.number, c.approvals, c.approvals_above
			               FROM change AS c JOIN change_confirmation AS e USING (commons_id, change_id)
			              WHERE c.commons_id = $1 AND c.type = 'approval_policy'
			                AND e.outcome <> 'withdrawn') AS c
			    USING (number)
			 WHERE (p.approvals, p.above) IS DISTINCT FROM (c.approvals, c.approvals_above)
			 ORDER BY 1`,
	},
	{
		name:  "changes were confirmed by others who might, or nobody else might",
		count: `SELECT count(*) FROM change_confirmation WHERE commons_id = $1`,
		find: `
			SELECT 'change ' || e.change_id
			  FROM change_confirmation AS e
			  LEFT JOIN change AS c USING (commons_id, change_id)
			  LEFT JOIN LATERAL (
			       SELECT count(*) AS able, count(*) FILTER (WHERE m.member_id = e.decided_by) AS decided
			         FROM member AS m
			        WHERE m.commons_id = $1 AND m.member_id IS DISTINCT FROM c.proposed_by
			          AND (m.member_id = c.member_id AND c.held) IS NOT TRUE
			          AND roles_then($1, m.member_id, e.on_day, e.after_setting)
			              && (ARRAY['steward', 'treasurer']
			                  || CASE WHEN c.type <> 'erasure' THEN ARRAY['approver'] END)) AS o ON e.outcome <> 'withdrawn'
			 WHERE e.commons_id = $1
			   AND (c.type IS NULL OR e.proposed_by IS DISTINCT FROM c.proposed_by
			        OR e.decided_at < c.proposed_at
			        OR abs(e.on_day - (e.decided_at AT TIME ZONE 'UTC')::date) > 1
			        OR e.outcome = 'confirmed' AND o.decided = 0
			        OR e.outcome = 'unchecked' AND c.type <> 'act' AND o.able > 0
			           AND (c.type = 'role' AND c.reason IS NOT NULL
			                AND e.decided_at >= c.proposed_at + interval '72 hours') IS NOT TRUE
			        OR e.outcome = 'unchecked' AND e.decided_by IS DISTINCT FROM c.proposed_by)
			 ORDER BY e.decided_at`,
	},
	{
		name:  "acts that were asked of a second person name the entries that they made",
		count: `SELECT count(*) FROM change_confirmation WHERE commons_id = $1 AND made IS NOT NULL`,
		find: `
			SELECT 'change ' || c.change_id
			  FROM change_confirmation AS c
			 WHERE c.commons_id = $1 AND c.first_entry IS NOT NULL
			   AND c.last_entry - c.first_entry + 1 <> (
			       SELECT count(*) FROM entry AS e
			        WHERE e.commons_id = $1 AND e.sequence BETWEEN c.first_entry AND c.last_entry
			          AND e.recorded_by = c.proposed_by AND e.recorded_at = c.decided_at)
			 ORDER BY 1`,
	},
	{
		name:  "changes moved as the feed tells",
		count: `SELECT count(*) FROM event WHERE commons_id = $1 AND type LIKE 'change.%'`,
		find: `
			SELECT 'events of type ' || type
			  FROM (SELECT 'change.' || outcome AS type, count(*) AS n
			          FROM change_confirmation WHERE commons_id = $1 AND decided_by IS NOT NULL
			         GROUP BY outcome
			         UNION ALL
			        SELECT 'change.proposed', count(*)
			          FROM change AS c LEFT JOIN change_confirmation AS e USING (commons_id, change_id)
			         WHERE c.commons_id = $1
			           AND (e.outcome IS DISTINCT FROM 'unchecked' OR e.decided_at > c.proposed_at)
			         UNION ALL
			        SELECT 'distribution.approved', count(*) FROM approval WHERE commons_id = $1) AS kept
			  FULL JOIN (SELECT type, count(*) AS told FROM event
			              WHERE commons_id = $1 AND (type LIKE 'change.%' OR type = 'distribution.approved')
			              GROUP BY type) AS told USING (type)
			 WHERE coalesce(n, 0) <> coalesce(told, 0)
			 ORDER BY type`,
	},
	{
		name:  "distributions were held to the policy in force",
		count: `SELECT count(*) FROM distribution WHERE commons_id = $1`,
		find: `
			SELECT 'distribution ' || coalesce(d.number::text, c.distribution_id::text)
			  FROM (SELECT * FROM distribution WHERE commons_id = $1) AS d
			  FULL JOIN (SELECT * FROM distribution_check WHERE commons_id = $1) AS c
			    USING (commons_id, distribution_id)
			  LEFT JOIN LATERAL (
			       SELECT coalesce(sum(b.given), 0) AS given FROM distribution AS b
			        WHERE b.commons_id = $1 AND b.number < d.number
			          AND b.posted_at > d.posted_at - interval '30 days') AS b ON true
			  LEFT JOIN LATERAL (
			       SELECT p.approvals, p.above FROM approval_policy AS p
			        WHERE p.commons_id = $1 AND p.number <= c.setting
			        ORDER BY p.number DESC LIMIT 1) AS p ON true
			 WHERE d.number IS NULL OR c.approvals IS DISTINCT FROM
			       CASE WHEN d.given + b.given > p.above THEN p.approvals ELSE 0 END
			    OR abs(c.on_day - (d.posted_at AT TIME ZONE 'UTC')::date) > 1 OR c.setting < d.setting
			    OR EXISTS (SELECT FROM approval_policy AS p
			                 JOIN change_confirmation AS e USING (commons_id, number)
			                WHERE p.commons_id = $1
			                  AND CASE WHEN p.number <= c.setting THEN e.decided_at > d.posted_at
			                           ELSE e.decided_at < d.posted_at END)
			 ORDER BY 1`,
	},
	{
		name:  "distributions were approved by as many others as the policy asked for",
		count: `SELECT count(*) FROM approval WHERE commons_id = $1`,
		find: `
			SELECT 'distribution ' || d.number
			  FROM distribution AS d
			  JOIN distribution_check AS c USING (commons_id, distribution_id)
			  LEFT JOIN LATERAL (
			       SELECT count(*) AS others,
			              count(*) FILTER (WHERE a.approved_by <> d.posted_by) AS not_poster
			         FROM approval AS a
			        WHERE a.commons_id = $1 AND a.distribution_id = d.distribution_id
			          AND a.digest = d.digest
			          AND a.approved_by <> d.drafted_by AND a.approved_at <= d.posted_at
			          AND roles_then($1, a.approved_by, c.on_day, c.setting) && ARRAY['treasurer', 'approver']
			       ) AS a ON true
			 WHERE d.commons_id = $1 AND c.approvals > 0 AND (a.others < c.approvals OR a.not_poster = 0)
			 UNION ALL
			SELECT 'the approval of distribution ' || d.number
			  FROM approval AS a JOIN distribution AS d USING (commons_id, distribution_id)
			 WHERE a.commons_id = $1
			   AND ((a.digest, a.drafted_by) <> (d.digest, d.drafted_by) OR a.approved_at > d.posted_at)
			 ORDER BY 1`,
	},
}

package postgres

// standingVotes has the last vote of each member on each agreement of the commons $1.
const standingVotes = `
	SELECT DISTINCT ON (agreement_id, member_id) agreement_id, member_id, vote FROM vote
	 WHERE commons_id = $1 ORDER BY agreement_id, member_id, number DESC`

// agreementInvariants are those about how a commons came to its rules. The outcome of
// every counted vote is worked out again, in SQL.
var agreementInvariants = []invariant{
	{
		name:  "votes were cast in order and in time, by those who might",
		count: `SELECT count(*) FROM vote WHERE commons_id = $1`,
		find: `
			SELECT 'vote ' || v.number || ' on agreement ' || v.agreement_id
			  FROM (SELECT agreement_id, number, member_id, vote, reason, cast_at,
			               row_number() OVER (PARTITION BY agreement_id ORDER BY number) AS place
			          FROM vote WHERE commons_id = $1) AS v
			  LEFT JOIN proposal AS p ON p.commons_id = $1 AND p.agreement_id = v.agreement_id
			  LEFT JOIN LATERAL (
			       SELECT s.stage FROM member_stage AS s
			        WHERE s.commons_id = $1 AND s.member_id = v.member_id AND s.from_on <= p.proposed_on
			          AND s.number <= p.setting
			        ORDER BY s.from_on DESC, s.number DESC LIMIT 1) AS s ON true
			 WHERE v.number <> v.place OR p.method IS NULL OR s.stage IS DISTINCT FROM 'member'
			    OR v.cast_at < p.proposed_at OR v.cast_at >= p.closes_at
			    OR v.vote = 'object' AND (p.method <> 'consent' OR v.reason = '')
			 ORDER BY v.agreement_id, v.number`,
	},
	{
		name:  "as many might vote as were members when the vote was opened",
		count: `SELECT count(*) FROM proposal WHERE commons_id = $1 AND method IS NOT NULL`,
		find: `
			SELECT 'agreement ' || p.agreement_id
			  FROM proposal AS p
			 WHERE p.commons_id = $1 AND p.method IS NOT NULL
			   AND p.eligible <> (
			       SELECT count(*)
			         FROM member AS m
			         JOIN LATERAL (
			              SELECT s.stage FROM member_stage AS s
			               WHERE s.commons_id = $1 AND s.member_id = m.member_id
			                 AND s.from_on <= p.proposed_on AND s.number <= p.setting
			               ORDER BY s.from_on DESC, s.number DESC LIMIT 1) AS s ON s.stage = 'member'
			        WHERE m.commons_id = $1)
			 ORDER BY p.agreement_id`,
	},
	{
		name:  "decisions that were counted follow from the votes",
		count: `SELECT count(*) FROM decision WHERE commons_id = $1 AND eligible IS NOT NULL`,
		find: `
			SELECT 'agreement ' || d.agreement_id
			  FROM decision AS d
			  LEFT JOIN proposal AS p USING (commons_id, agreement_id)
			  LEFT JOIN LATERAL (
			       SELECT count(*) FILTER (WHERE v.vote = 'yes') AS yes,
			              count(*) FILTER (WHERE v.vote = 'no') AS no,
			              count(*) FILTER (WHERE v.vote = 'abstain') AS abstain,
			              count(*) FILTER (WHERE v.vote = 'object') AS object, count(*) AS voted
			         FROM (` + standingVotes + `) AS v
			        WHERE v.agreement_id = d.agreement_id) AS t ON true
			  LEFT JOIN LATERAL (
			       SELECT CASE WHEN t.voted * 100 < p.eligible * p.quorum_percent THEN 'no_quorum'
			                   WHEN p.method = 'consent' AND t.object > 0 THEN 'objection'
			                   WHEN p.method = 'majority' AND t.yes <= t.no THEN 'too_few_yes'
			                   WHEN p.method = 'two_thirds' AND (t.yes = 0 OR t.yes < 2 * t.no)
			                   THEN 'too_few_yes'
			                   ELSE '' END AS reason) AS o ON true
			 WHERE d.commons_id = $1 AND d.eligible IS NOT NULL
			   AND ((d.eligible, d.yes, d.no, d.abstain, d.object, d.reason, d.method, d.decided_on)
			        IS DISTINCT FROM
			        (p.eligible, t.yes, t.no, t.abstain, t.object, o.reason, p.method, p.closes_on)
			        OR d.outcome <> CASE o.reason WHEN '' THEN 'accepted' ELSE 'rejected' END)
			 ORDER BY d.agreement_id`,
	},
	{
		name:  "decisions were due, and not withdrawn from",
		count: `SELECT count(*) FROM decision WHERE commons_id = $1`,
		find: `
			SELECT 'agreement ' || d.agreement_id
			  FROM decision AS d
			  LEFT JOIN agreement AS g USING (commons_id, agreement_id)
			  LEFT JOIN proposal AS p USING (commons_id, agreement_id)
			  LEFT JOIN proposal_withdrawal AS w USING (commons_id, agreement_id)
			 WHERE d.commons_id = $1
			   AND (g.name IS NULL OR w.reason IS NOT NULL OR d.decided_on < p.notice_until
			        OR d.decided_at < p.closes_at OR (p.method IS NULL) <> (d.eligible IS NULL))
			 ORDER BY d.agreement_id`,
	},
	{
		name: "what was proposed or withdrawn belongs to an agreement",
		count: `SELECT (SELECT count(*) FROM proposal WHERE commons_id = $1)
		             + (SELECT count(*) FROM proposal_withdrawal WHERE commons_id = $1)`,
		find: `
			SELECT 'agreement ' || p.agreement_id
			  FROM proposal AS p LEFT JOIN agreement AS g USING (commons_id, agreement_id)
			 WHERE p.commons_id = $1 AND (g.name IS NULL OR p.proposed_at < g.created_at)
			 UNION ALL
			SELECT 'agreement ' || w.agreement_id
			  FROM proposal_withdrawal AS w LEFT JOIN proposal AS p USING (commons_id, agreement_id)
			 WHERE w.commons_id = $1
			   AND (p.note IS NULL OR w.withdrawn_at < p.proposed_at OR w.withdrawn_at >= p.closes_at)`,
	},
	{
		name:  "decisions made elsewhere have all the votes that were recorded with them",
		count: `SELECT count(*) FROM decision_vote WHERE commons_id = $1`,
		find: `
			SELECT 'agreement ' || agreement_id
			  FROM (SELECT agreement_id, votes FROM decision WHERE commons_id = $1) AS d
			  FULL JOIN (SELECT agreement_id, count(*) AS n FROM decision_vote WHERE commons_id = $1
			              GROUP BY agreement_id) AS v USING (agreement_id)
			 WHERE coalesce(d.votes, -1) <> coalesce(v.n, 0)
			 ORDER BY agreement_id`,
	},
	{
		name:  "only what the group accepted was adopted",
		count: `SELECT count(*) FROM adoption WHERE commons_id = $1`,
		find: `
			SELECT 'agreement ' || a.agreement_id
			  FROM adoption AS a LEFT JOIN decision AS d USING (commons_id, agreement_id)
			 WHERE a.commons_id = $1
			   AND (d.outcome IS DISTINCT FROM 'accepted' OR a.adopted_at < d.decided_at)
			 ORDER BY a.number`,
	},
	{
		name:  "agreements moved as the feed tells",
		count: `SELECT count(*) FROM event WHERE commons_id = $1 AND type LIKE 'agreement.%'`,
		find: `
			SELECT 'events of type ' || type
			  FROM (SELECT 'agreement.created' AS type, count(*) AS n FROM agreement WHERE commons_id = $1
			         UNION ALL
			        SELECT 'agreement.proposed', count(*) FROM proposal WHERE commons_id = $1
			         UNION ALL
			        SELECT 'agreement.withdrawn', count(*) FROM proposal_withdrawal WHERE commons_id = $1
			         UNION ALL
			        SELECT 'agreement.voted', count(*) FROM vote WHERE commons_id = $1
			         UNION ALL
			        SELECT 'agreement.accepted', count(*) FROM decision
			         WHERE commons_id = $1 AND outcome = 'accepted'
			         UNION ALL
			        SELECT 'agreement.rejected', count(*) FROM decision
			         WHERE commons_id = $1 AND outcome = 'rejected'
			         UNION ALL
			        SELECT 'agreement.adopted', count(*) FROM adoption WHERE commons_id = $1) AS kept
			 WHERE n <> (SELECT count(*) FROM event AS e WHERE e.commons_id = $1 AND e.type = kept.type)
			 ORDER BY type`,
	},
}

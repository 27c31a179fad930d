package postgres

// auditInvariants hold the audit trail against the feed, and the feed against the
// books: each event is of one act, and each fact was told of.
var auditInvariants = []invariant{
	{
		name:  "the audit trail runs from 1 without a gap",
		count: `SELECT count(*) FROM audit WHERE commons_id = $1`,
		find: `
			SELECT 'audit row ' || number FROM (
			       SELECT number, row_number() OVER (ORDER BY number) AS place FROM audit
			        WHERE commons_id = $1) AS a
			 WHERE number <> place
			 UNION ALL
			SELECT 'journal head at audit row ' || h.audit FROM journal_head AS h
			 WHERE h.commons_id = $1
			   AND h.audit <> (SELECT count(*) FROM audit WHERE commons_id = $1)`,
	},
	{
		name:  "every event is of one act",
		count: `SELECT count(*) FROM audit WHERE commons_id = $1 AND event_from IS NOT NULL`,
		find: `
			SELECT 'audit row ' || number || ' is of the events from ' || event_from || ', not '
			       || follows
			  FROM (SELECT number, event_from,
			               coalesce(lag(event_to) OVER (ORDER BY number), 0) + 1 AS follows
			          FROM audit WHERE commons_id = $1 AND event_from IS NOT NULL) AS a
			 WHERE event_from <> follows
			 UNION ALL
			SELECT 'event ' || h.event || ' has no audit row' FROM journal_head AS h
			 WHERE h.commons_id = $1
			   AND h.event <> (SELECT coalesce(max(event_to), 0) FROM audit WHERE commons_id = $1)`,
	},
	{
		name:  "events are by who acted, and acts are about what they made",
		count: `SELECT count(*) FROM event WHERE commons_id = $1`,
		find: `
			SELECT 'event ' || e.number || ' of audit row ' || coalesce(a.number::text, 'none')
			  FROM event AS e
			  LEFT JOIN (
			       SELECT number, member_id, event_from, type, subject, at,
			              generate_series(greatest(event_from, 1), least(event_to, (
			                  SELECT max(number) FROM event WHERE commons_id = $1))) AS event
			         FROM audit WHERE commons_id = $1 AND event_from IS NOT NULL) AS a ON a.event = e.number
			 WHERE e.commons_id = $1
			   AND (a.number IS NULL OR a.member_id IS DISTINCT FROM e.member_id AND NOT EXISTS (
			            SELECT FROM change_confirmation AS c
			             WHERE c.commons_id = $1 AND c.made IS NOT NULL AND c.decided_at = a.at
			               AND c.decided_by = a.member_id AND c.proposed_by = e.member_id)
			        OR e.number = a.event_from AND a.type NOT LIKE 'import.%'
			           AND (a.type, a.subject) IS DISTINCT FROM (e.type, e.subject))
			 ORDER BY e.number`,
	},
	{
		name:  "everything in the books was told of",
		count: `SELECT count(*) FROM event WHERE commons_id = $1`,
		find: `
			WITH kept (type, n) AS (` + toldOf + `), told (type, n) AS (
			     SELECT type, count(*) FROM event
			      WHERE commons_id = $1 AND type NOT IN ('commons.changed', 'member.changed',
			            'distribution.drafted', 'distribution.discarded') GROUP BY type)
			SELECT coalesce(told.n, 0) || ' events ' || type || ' of ' || coalesce(kept.n, 0)
			  FROM kept FULL JOIN told USING (type)
			 WHERE coalesce(kept.n, 0) <> coalesce(told.n, 0) ORDER BY type`,
	},
}

// toldOf counts what is in the books by the type of the event that told of it.
const toldOf = `
	SELECT 'commons.created', count(*) FROM commons WHERE commons_id = $1 UNION ALL
	SELECT 'member.added', count(*) FROM member WHERE commons_id = $1 UNION ALL
	SELECT 'kind.added', count(*) FROM kind WHERE commons_id = $1 UNION ALL
	SELECT 'area.added', count(*) FROM area WHERE commons_id = $1 UNION ALL
	SELECT 'fund.added', count(*) FROM fund WHERE commons_id = $1 UNION ALL
	SELECT 'rate.added', count(*) FROM rate WHERE commons_id = $1 UNION ALL
	SELECT 'contribution.logged', count(*)
	  FROM contribution AS c JOIN kind AS k USING (commons_id, kind_id)
	 WHERE c.commons_id = $1 AND c.reverses IS NULL AND k.reviews > 0 UNION ALL
	SELECT 'contribution.reversed', count(*) FROM contribution
	 WHERE commons_id = $1 AND reverses IS NOT NULL UNION ALL
	SELECT 'contribution.' || decision, count(*) FROM contribution_decision
	 WHERE commons_id = $1 GROUP BY decision UNION ALL
	SELECT 'income.recorded', count(*) FROM income WHERE commons_id = $1 UNION ALL
	SELECT 'income.reversed', count(*) FROM income_reversal WHERE commons_id = $1 UNION ALL
	SELECT 'agreement.created', count(*) FROM agreement WHERE commons_id = $1 UNION ALL
	SELECT 'agreement.proposed', count(*) FROM proposal WHERE commons_id = $1 UNION ALL
	SELECT 'agreement.withdrawn', count(*) FROM proposal_withdrawal WHERE commons_id = $1 UNION ALL
	SELECT 'agreement.voted', count(*) FROM vote WHERE commons_id = $1 UNION ALL
	SELECT 'agreement.' || outcome, count(*) FROM decision
	 WHERE commons_id = $1 GROUP BY outcome UNION ALL
	SELECT 'agreement.adopted', count(*) FROM adoption WHERE commons_id = $1 UNION ALL
	SELECT 'change.proposed', count(*)
	  FROM change AS c LEFT JOIN change_confirmation AS s USING (commons_id, change_id)
	 WHERE c.commons_id = $1
	   AND (s.outcome IS DISTINCT FROM 'unchecked' OR s.decided_at > c.proposed_at) UNION ALL
	SELECT 'change.' || outcome, count(*) FROM change_confirmation
	 WHERE commons_id = $1 AND decided_by IS NOT NULL GROUP BY outcome UNION ALL
	SELECT CASE WHEN suspended THEN 'member.suspended' ELSE 'member.readmitted' END, count(*)
	  FROM member_suspension WHERE commons_id = $1 GROUP BY suspended UNION ALL
	SELECT 'member.erased', count(*) FROM erasure WHERE commons_id = $1 UNION ALL
	SELECT 'distribution.approved', count(*) FROM approval WHERE commons_id = $1 UNION ALL
	SELECT 'distribution.posted', count(*) FROM distribution WHERE commons_id = $1 UNION ALL
	SELECT 'distribution.reversed', count(*) FROM distribution_reversal WHERE commons_id = $1 UNION ALL
	SELECT 'take.set', count(*) FROM take WHERE commons_id = $1 UNION ALL
	SELECT 'received.opened', count(*) FROM received_opening WHERE commons_id = $1 UNION ALL
	SELECT 'period.closed', count(*) FROM period WHERE commons_id = $1 UNION ALL
	SELECT 'entry.recorded', count(*) FROM entry
	 WHERE commons_id = $1 AND kind NOT IN ('income', 'claim', 'distribution', 'reversal') UNION ALL
	SELECT 'entry.reversed', count(*)
	  FROM entry AS e JOIN entry AS o ON o.commons_id = e.commons_id AND o.entry_id = e.reverses
	 WHERE e.commons_id = $1 AND o.kind NOT IN ('income', 'claim', 'distribution', 'reversal')`

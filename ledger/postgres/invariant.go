package postgres

// invariant is a sentence about the rows of a commons, with a statement that
// counts what it is about and one that finds what breaks it, first one first.
type invariant struct {
	name     string
	count    string
	find     string
	postings bool
}

// settingNumbers are the numbers of everything that is dated and numbered together.
const settingNumbers = `
	SELECT number FROM member_stage WHERE commons_id = $1 UNION ALL
	SELECT number FROM member_role WHERE commons_id = $1 UNION ALL
	SELECT number FROM member_suspension WHERE commons_id = $1 UNION ALL
	SELECT number FROM rate WHERE commons_id = $1 UNION ALL
	SELECT number FROM adoption WHERE commons_id = $1 UNION ALL
	SELECT number FROM take WHERE commons_id = $1 UNION ALL
	SELECT number FROM received_opening WHERE commons_id = $1 UNION ALL
	SELECT number FROM approval_policy WHERE commons_id = $1 UNION ALL
	SELECT number FROM erasure WHERE commons_id = $1`

// invariants are recomputed by Verify. Each finds its first bad row by itself, in
// the database, and by another way than the triggers.
var invariants = []invariant{
	{
		name:  "events run from 1 without a gap",
		count: `SELECT count(*) FROM event WHERE commons_id = $1`,
		find: `
			SELECT 'event ' || number FROM (
			       SELECT number, row_number() OVER (ORDER BY number) AS place FROM event
			        WHERE commons_id = $1) AS e
			 WHERE number <> place
			 UNION ALL
			SELECT 'journal head at event ' || h.event FROM journal_head AS h
			 WHERE h.commons_id = $1
			   AND h.event <> (SELECT count(*) FROM event WHERE commons_id = $1)`,
	},
	{
		name:  "the sequence runs from 1 without a gap",
		count: `SELECT count(*) FROM entry WHERE commons_id = $1`,
		find: `
			SELECT 'entry ' || sequence FROM (
			       SELECT sequence, row_number() OVER (ORDER BY sequence) AS place FROM entry
			        WHERE commons_id = $1) AS e
			 WHERE sequence <> place
			 UNION ALL
			SELECT 'journal head at ' || h.sequence FROM journal_head AS h
			 WHERE h.commons_id = $1
			   AND h.sequence <> (SELECT count(*) FROM entry WHERE commons_id = $1)`,
	},
	{
		name:  "entries are recorded in order",
		count: `SELECT count(*) FROM entry WHERE commons_id = $1`,
		find: `
			SELECT 'entry ' || sequence FROM (
			       SELECT sequence, recorded_at, lag(recorded_at) OVER (ORDER BY sequence) AS before FROM entry
			        WHERE commons_id = $1) AS e
			 WHERE recorded_at < before`,
	},
	{
		name:     "every entry balances",
		count:    `SELECT count(*) FROM posting WHERE commons_id = $1`,
		postings: true,
		find: `
			SELECT 'entry ' || e.sequence || ' is out by ' || coalesce(sum(p.amount), 0)
			  FROM entry AS e LEFT JOIN posting AS p USING (commons_id, sequence)
			 WHERE e.commons_id = $1
			 GROUP BY e.sequence, p.unit HAVING coalesce(sum(p.amount), 1) <> 0 OR count(p.amount) < 2
			 ORDER BY e.sequence`,
	},
	{
		name:  "every posting has its entry's date and its account's unit and digits",
		count: `SELECT count(*) FROM posting WHERE commons_id = $1`,
		find: `
			SELECT 'posting ' || p.ordinal || ' of entry ' || p.sequence
			  FROM posting AS p
			  LEFT JOIN entry AS e USING (commons_id, sequence)
			  LEFT JOIN account AS a USING (commons_id, account_id)
			 WHERE p.commons_id = $1
			   AND (e.date IS DISTINCT FROM p.date OR a.unit IS DISTINCT FROM p.unit
			        OR scale(trim_scale(p.amount)) > a.digits)
			 ORDER BY p.sequence, p.ordinal`,
	},
	{
		name:  "balances are the sums of postings",
		count: `SELECT count(*) FROM balance WHERE commons_id = $1`,
		find: `
			SELECT 'account ' || a.name || ' has ' || coalesce(b.amount::text, 'nothing') || ', its postings '
			       || coalesce(p.amount::text, 'nothing')
			  FROM account AS a
			  LEFT JOIN balance AS b USING (commons_id, account_id)
			  LEFT JOIN (SELECT account_id, sum(amount) AS amount FROM posting WHERE commons_id = $1
			              GROUP BY account_id) AS p USING (account_id)
			 WHERE a.commons_id = $1 AND b.amount IS DISTINCT FROM p.amount ORDER BY a.name`,
	},
	{
		name:  "dated balances are the sums of postings",
		count: `SELECT count(*) FROM balance_on WHERE commons_id = $1`,
		find: `
			SELECT 'account ' || a.name || ' on ' || date
			  FROM (SELECT account_id, date, amount FROM balance_on WHERE commons_id = $1) AS b
			  FULL JOIN (SELECT account_id, date, sum(amount) AS amount FROM posting WHERE commons_id = $1
			              GROUP BY account_id, date) AS p USING (account_id, date)
			  JOIN account AS a ON a.commons_id = $1 AND a.account_id = coalesce(b.account_id, p.account_id)
			 WHERE b.amount IS DISTINCT FROM p.amount ORDER BY a.name, date`,
	},
	{
		name: "nothing that may not be is below zero",
		count: `SELECT count(*) FROM account WHERE commons_id = $1
		           AND role IN ('undistributed', 'fund', 'capital', 'in_transit')`,
		find: `
			SELECT 'account ' || a.name || ' is short of ' || sum(p.amount)
			  FROM account AS a JOIN posting AS p USING (commons_id, account_id)
			 WHERE a.commons_id = $1 AND a.role IN ('undistributed', 'fund', 'capital', 'in_transit')
			 GROUP BY a.name HAVING sum(p.amount) > 0 ORDER BY a.name`,
	},
	{
		name:  "acceptance numbers run from 1 without a gap",
		count: `SELECT count(*) FROM acceptance WHERE commons_id = $1`,
		find: `
			SELECT 'acceptance ' || number FROM (
			       SELECT number, row_number() OVER (ORDER BY number) AS place FROM acceptance
			        WHERE commons_id = $1) AS a
			 WHERE number <> place
			 UNION ALL
			SELECT 'journal head at acceptance ' || h.acceptance FROM journal_head AS h
			 WHERE h.commons_id = $1
			   AND h.acceptance <> (SELECT count(*) FROM acceptance WHERE commons_id = $1)`,
	},
	{
		name:  "weights are quantity times rate, and claims their value",
		count: `SELECT count(*) FROM acceptance WHERE commons_id = $1`,
		find: `
			SELECT 'acceptance ' || x.number
			  FROM acceptance AS x
			  LEFT JOIN contribution AS c USING (commons_id, contribution_id)
			  LEFT JOIN kind AS k ON k.commons_id = x.commons_id AND k.kind_id = c.kind_id
			  JOIN commons AS m ON m.commons_id = x.commons_id
			  CROSS JOIN LATERAL (SELECT c.quantity * x.rate * 10 ^ m.digits::numeric AS units) AS v
			 WHERE x.commons_id = $1
			   AND (k.kind_id IS NULL OR x.weight <> c.quantity * x.rate OR x.member_id <> c.member_id OR x.kind_id <> c.kind_id
			        OR x.area_id IS DISTINCT FROM c.area_id OR x.performed_on <> c.performed_on
			        OR x.value IS DISTINCT FROM CASE WHEN k.becomes = 'claim' THEN
			               CASE WHEN abs(v.units - trunc(v.units)) = 0.5 THEN 2 * round(v.units / 2)
			                    ELSE round(v.units) END / 10 ^ m.digits::numeric END)
			 ORDER BY x.number`,
	},
	{
		name:  "settings are numbered from 1 without a gap",
		count: `SELECT count(*) FROM (` + settingNumbers + `) AS s`,
		find: `
			SELECT 'setting ' || number FROM (
			       SELECT number, row_number() OVER (ORDER BY number) AS place
			         FROM (` + settingNumbers + `) AS s) AS s
			 WHERE number <> place
			 UNION ALL
			SELECT 'journal head at setting ' || h.setting FROM journal_head AS h
			 WHERE h.commons_id = $1 AND h.setting <> (SELECT count(*) FROM (` + settingNumbers + `) AS s)`,
	},
	{
		name:  "rules start with the version that first held them",
		count: `SELECT count(*) FROM rule_start WHERE commons_id = $1`,
		find: `
			SELECT 'rule ' || s.rule
			  FROM rule_start AS s LEFT JOIN adoption AS a USING (commons_id, agreement_id)
			 WHERE s.commons_id = $1
			   AND (a.from_on IS DISTINCT FROM s.from_on OR a.area_id IS DISTINCT FROM s.area_id)
			 ORDER BY s.rule`,
	},
	{
		name:  "rates are those that were in force",
		count: `SELECT count(*) FROM acceptance WHERE commons_id = $1`,
		find: `
			SELECT 'acceptance ' || x.number || ' at rate ' || x.rate
			  FROM acceptance AS x
			  JOIN contribution AS c USING (commons_id, contribution_id)
			  LEFT JOIN acceptance AS o ON o.commons_id = c.commons_id AND o.contribution_id = c.reverses
			  LEFT JOIN LATERAL (
			       SELECT s.stage FROM member_stage AS s
			        WHERE s.commons_id = x.commons_id AND s.member_id = x.member_id
			          AND s.from_on <= x.performed_on AND s.number <= x.setting
			        ORDER BY s.from_on DESC, s.number DESC LIMIT 1) AS s ON true
			  LEFT JOIN LATERAL (
			       SELECT r.rate FROM rate AS r
			        WHERE r.commons_id = x.commons_id AND r.kind_id = x.kind_id AND r.number <= x.setting
			          AND r.from_on <= x.performed_on
			          AND (r.member_id IS NULL OR r.member_id = x.member_id)
			          AND (r.area_id IS NULL OR r.area_id = x.area_id)
			          AND (r.stage IS NULL OR r.stage = s.stage)
			        ORDER BY r.member_id IS NOT NULL DESC,
			                 (r.area_id IS NOT NULL AND r.stage IS NOT NULL) DESC, r.stage IS NOT NULL DESC,
			                 r.area_id IS NOT NULL DESC, r.from_on DESC, r.number DESC LIMIT 1) AS r ON true
			 WHERE x.commons_id = $1 AND x.rate <> coalesce(o.rate, r.rate, 1)
			 ORDER BY x.number`,
	},
	{
		name:  "claims are booked as they were accepted",
		count: `SELECT count(*) FROM acceptance WHERE commons_id = $1 AND sequence IS NOT NULL`,
		find: `
			SELECT 'acceptance ' || x.number
			  FROM acceptance AS x
			  LEFT JOIN entry AS e USING (commons_id, sequence)
			  LEFT JOIN LATERAL (
			       SELECT sum(-p.amount) AS amount FROM posting AS p JOIN account AS a USING (commons_id, account_id)
			        WHERE p.commons_id = x.commons_id AND p.sequence = x.sequence AND a.role = 'claim'
			          AND a.member_id = x.member_id AND a.kind_id = x.kind_id) AS p ON true
			 WHERE x.commons_id = $1 AND coalesce(x.value, 0) <> 0
			   AND (e.kind IS DISTINCT FROM 'claim' OR p.amount IS DISTINCT FROM x.value)
			 ORDER BY x.number`,
	},
	{
		name:  "states follow from decisions",
		count: `SELECT count(*) FROM contribution WHERE commons_id = $1`,
		find: `
			SELECT 'contribution ' || c.contribution_id
			  FROM contribution AS c
			  LEFT JOIN contribution_state AS s USING (commons_id, contribution_id)
			  LEFT JOIN (SELECT contribution_id, max(step) AS step, count(*) AS steps,
			                    count(*) FILTER (WHERE decision IN ('approved', 'accepted')) AS approvals,
			                    (array_agg(decision ORDER BY step DESC)
			                         FILTER (WHERE decision <> 'approved'))[1] AS last
			               FROM contribution_decision WHERE commons_id = $1
			              GROUP BY contribution_id) AS d USING (contribution_id)
			 WHERE c.commons_id = $1
			   AND (s.state IS DISTINCT FROM coalesce(d.last, 'logged') OR s.step <> coalesce(d.step, 0)
			        OR d.steps <> d.step
			        OR s.approvals <> coalesce(d.approvals, 0)
			        OR (s.state = 'accepted') <> EXISTS (SELECT FROM acceptance AS x
			               WHERE x.commons_id = c.commons_id AND x.contribution_id = c.contribution_id))
			 ORDER BY c.contribution_id`,
	},
	{
		name:  "as many others accepted as the kind asks",
		count: `SELECT count(*) FROM acceptance WHERE commons_id = $1`,
		find: `
			SELECT 'contribution ' || c.contribution_id
			  FROM acceptance AS x
			  JOIN contribution AS c USING (commons_id, contribution_id)
			  JOIN kind AS k ON k.commons_id = c.commons_id AND k.kind_id = c.kind_id
			  LEFT JOIN contribution_decision AS d
			    ON d.commons_id = c.commons_id AND d.contribution_id = c.contribution_id
			   AND d.decision IN ('approved', 'accepted') AND d.decided_by NOT IN (c.member_id, c.logged_by)
			 WHERE x.commons_id = $1 AND k.reviews > 0 AND c.reverses IS NULL
			 GROUP BY c.contribution_id, k.reviews HAVING count(d.step) <> k.reviews
			 ORDER BY c.contribution_id`,
	},
	{
		name:  "reversing contributions negate what they name",
		count: `SELECT count(*) FROM contribution WHERE commons_id = $1 AND reverses IS NOT NULL`,
		find: `
			SELECT 'contribution ' || c.contribution_id
			  FROM contribution AS c LEFT JOIN contribution AS o
			    ON o.commons_id = c.commons_id AND o.contribution_id = c.reverses
			 WHERE c.commons_id = $1 AND c.reverses IS NOT NULL
			   AND (c.quantity IS DISTINCT FROM -o.quantity OR c.kind_id <> o.kind_id
			        OR c.member_id <> o.member_id OR c.performed_on <> o.performed_on
			        OR c.area_id IS DISTINCT FROM o.area_id)
			 ORDER BY c.contribution_id`,
	},
	{
		name:  "incomes are gross less deductions, and booked so",
		count: `SELECT count(*) FROM income WHERE commons_id = $1`,
		find: `
			SELECT 'income ' || i.income_id
			  FROM income AS i
			  LEFT JOIN entry AS e USING (commons_id, sequence)
			  LEFT JOIN LATERAL (
			       SELECT coalesce(sum(amount), 0) AS all_of_it,
			              coalesce(sum(amount) FILTER (WHERE type = 'collected'), 0) AS collected
			         FROM deduction AS d WHERE d.commons_id = i.commons_id AND d.income_id = i.income_id) AS d ON true
			  LEFT JOIN LATERAL (
			       SELECT sum(p.amount) FILTER (WHERE a.role = 'asset') AS arrived,
			              coalesce(-sum(p.amount) FILTER (WHERE a.role = 'tax'), 0) AS tax,
			              -sum(p.amount) FILTER (WHERE a.role = 'undistributed') AS net
			         FROM posting AS p JOIN account AS a USING (commons_id, account_id)
			        WHERE p.commons_id = i.commons_id AND p.sequence = i.sequence) AS p ON true
			 WHERE i.commons_id = $1
			   AND (i.net <> i.gross - d.all_of_it OR e.kind IS DISTINCT FROM 'income'
			        OR e.date IS DISTINCT FROM i.received_on OR p.net IS DISTINCT FROM i.net
			        OR p.arrived IS DISTINCT FROM i.net + d.collected OR p.tax <> d.collected)
			 ORDER BY i.income_id`,
	},
	{
		name:  "reversals negate the entries they name",
		count: `SELECT count(*) FROM entry WHERE commons_id = $1 AND kind = 'reversal'`,
		find: `
			SELECT 'entry ' || e.sequence
			  FROM entry AS e LEFT JOIN entry AS o ON o.commons_id = e.commons_id AND o.entry_id = e.reverses
			 WHERE e.commons_id = $1 AND e.kind = 'reversal'
			   AND (o.sequence IS NULL OR EXISTS (
			        SELECT account_id FROM posting AS p
			         WHERE p.commons_id = e.commons_id AND p.sequence IN (e.sequence, o.sequence)
			         GROUP BY account_id HAVING sum(amount) <> 0))
			 ORDER BY e.sequence`,
	},
	{
		name:  "every entry of income, claim or distribution has what made it",
		count: `SELECT count(*) FROM entry WHERE commons_id = $1`,
		find: `
			SELECT 'entry ' || e.sequence || ' has no ' || e.made_by
			  FROM (SELECT e.sequence, CASE WHEN e.kind = 'reversal' THEN o.kind || ' reversal' ELSE e.kind END
			                   AS made_by
			          FROM entry AS e
			          LEFT JOIN entry AS o ON o.commons_id = e.commons_id AND o.entry_id = e.reverses
			         WHERE e.commons_id = $1) AS e
			  LEFT JOIN (
			       SELECT sequence, 'income' AS made_by FROM income WHERE commons_id = $1
			        UNION ALL
			       SELECT sequence, 'income reversal' FROM income_reversal WHERE commons_id = $1
			        UNION ALL
			       SELECT sequence, 'claim' FROM acceptance WHERE commons_id = $1 AND sequence IS NOT NULL
			        UNION ALL
			       SELECT sequence, 'distribution' FROM distribution
			        WHERE commons_id = $1 AND sequence IS NOT NULL
			        UNION ALL
			       SELECT sequence, 'distribution reversal' FROM distribution_reversal
			        WHERE commons_id = $1 AND sequence IS NOT NULL) AS m USING (sequence, made_by)
			 WHERE e.made_by IN ('income', 'income reversal', 'claim', 'distribution', 'distribution reversal')
			   AND m.sequence IS NULL
			 ORDER BY e.sequence`,
	},
	{
		name: "what was reversed is reversed by the entry that negates its own",
		count: `SELECT (SELECT count(*) FROM income_reversal WHERE commons_id = $1)
		             + (SELECT count(*) FROM distribution_reversal WHERE commons_id = $1)`,
		find: `
			SELECT 'income ' || v.income_id
			  FROM income_reversal AS v
			  LEFT JOIN income AS i USING (commons_id, income_id)
			  LEFT JOIN entry AS o ON o.commons_id = i.commons_id AND o.sequence = i.sequence
			  LEFT JOIN entry AS e ON e.commons_id = v.commons_id AND e.sequence = v.sequence
			  LEFT JOIN income_held AS h ON h.commons_id = v.commons_id AND h.income_id = v.income_id
			 WHERE v.commons_id = $1
			   AND (o.entry_id IS NULL OR e.reverses IS DISTINCT FROM o.entry_id OR h.income_id IS NOT NULL)
			 UNION ALL
			SELECT 'distribution ' || v.distribution_id
			  FROM distribution_reversal AS v
			  LEFT JOIN distribution AS d USING (commons_id, distribution_id)
			  LEFT JOIN entry AS o ON o.commons_id = d.commons_id AND o.sequence = d.sequence
			  LEFT JOIN entry AS e ON e.commons_id = v.commons_id AND e.sequence = v.sequence
			 WHERE v.commons_id = $1
			   AND (d.number IS NULL OR v.after_number < d.number OR e.reverses IS DISTINCT FROM o.entry_id)`,
	},
	{
		name:  "nothing was entered into a period after it was closed",
		count: `SELECT count(*) FROM period WHERE commons_id = $1`,
		find: `
			SELECT 'entry ' || e.sequence
			  FROM period AS p
			  JOIN entry AS e ON e.commons_id = p.commons_id AND e.date BETWEEN p.from_on AND p.through_on
			 WHERE p.commons_id = $1 AND e.recorded_at > p.closed_at
			 ORDER BY e.sequence`,
	},
	{
		name:  "distributions have their entry's date and read the books before it",
		count: `SELECT count(*) FROM distribution WHERE commons_id = $1`,
		find: `
			SELECT 'distribution ' || d.number
			  FROM distribution AS d LEFT JOIN entry AS e USING (commons_id, sequence)
			 WHERE d.commons_id = $1 AND d.sequence IS NOT NULL
			   AND (e.kind IS DISTINCT FROM 'distribution' OR e.date <> d.date OR d.posted_after <> d.sequence - 1)
			 ORDER BY d.number`,
	},
	{
		name:  "incomes and carried = given and carried on",
		count: `SELECT count(*) FROM distribution WHERE commons_id = $1`,
		find: `
			SELECT 'distribution ' || d.number
			  FROM distribution AS d
			  LEFT JOIN LATERAL (
			       SELECT coalesce(sum(x.amount), 0) AS amount, bool_and(x.amount = i.net) AS net
			         FROM distribution_income AS x JOIN income AS i USING (commons_id, income_id)
			        WHERE x.commons_id = d.commons_id AND x.distribution_id = d.distribution_id) AS i ON true
			  LEFT JOIN LATERAL (
			       SELECT coalesce(sum(amount), 0) AS amount FROM allocation AS a
			        WHERE a.commons_id = d.commons_id AND a.distribution_id = d.distribution_id) AS a ON true
			 WHERE d.commons_id = $1
			   AND (d.incomes + d.carried_in <> d.given + d.carried_out OR d.incomes <> i.amount
			        OR NOT coalesce(i.net, true) OR d.given <> a.amount)
			 ORDER BY d.number`,
	},
	{
		name:  "distributions are booked as they were allocated",
		count: `SELECT count(*) FROM distribution WHERE commons_id = $1`,
		find: `
			SELECT 'distribution ' || d.number || ', account ' || c.name
			  FROM (SELECT distribution_id, account_id FROM (
			               SELECT d.distribution_id, p.account_id, p.amount
			                 FROM distribution AS d JOIN posting AS p USING (commons_id, sequence)
			                WHERE d.commons_id = $1
			                UNION ALL
			               SELECT a.distribution_id, c.account_id,
			                      CASE c.role WHEN 'payable' THEN a.amount - a.kept ELSE a.kept END
			                 FROM allocation AS a JOIN account AS c USING (commons_id, member_id)
			                WHERE a.commons_id = $1 AND c.role IN ('payable', 'capital')
			                UNION ALL
			               SELECT a.distribution_id, c.account_id, a.amount
			                 FROM allocation AS a JOIN account AS c USING (commons_id, fund_id)
			                WHERE a.commons_id = $1 AND c.role = 'fund'
			                UNION ALL
			               SELECT a.distribution_id, c.account_id, -a.amount
			                 FROM allocation AS a JOIN account AS c USING (commons_id, member_id, kind_id)
			                WHERE a.commons_id = $1 AND a.type = 'claim' AND c.role = 'claim'
			                UNION ALL
			               SELECT a.distribution_id, c.account_id,
			                      CASE c.role WHEN 'claims' THEN a.amount ELSE -a.amount END
			                 FROM allocation AS a JOIN account AS c USING (commons_id)
			                WHERE a.commons_id = $1
			                  AND (c.role = 'undistributed' OR c.role = 'claims' AND a.type = 'claim')) AS sums
			         GROUP BY distribution_id, account_id HAVING sum(amount) <> 0) AS b
			  JOIN distribution AS d ON d.commons_id = $1 AND d.distribution_id = b.distribution_id
			  JOIN account AS c ON c.commons_id = $1 AND c.account_id = b.account_id
			 ORDER BY d.number, c.name`,
	},
	{
		name:  "each income is held by the distribution that divided it, and by no other",
		count: `SELECT count(*) FROM distribution_income WHERE commons_id = $1`,
		find: `
			SELECT 'income ' || income_id
			  FROM (SELECT x.income_id, x.distribution_id FROM distribution_income AS x
			         WHERE x.commons_id = $1
			           AND NOT EXISTS (SELECT FROM distribution_reversal AS v
			                            WHERE v.commons_id = $1 AND v.distribution_id = x.distribution_id)) AS x
			  FULL JOIN (SELECT income_id, distribution_id FROM income_held WHERE commons_id = $1) AS h
			 USING (income_id, distribution_id)
			 GROUP BY income_id
			HAVING count(x.income_id) <> 1 OR count(h.income_id) <> 1`,
	},
	{
		name:  "rounding balances are the sums of unreversed distributions",
		count: `SELECT count(*) FROM rounding_balance WHERE commons_id = $1`,
		find: `
			SELECT 'member ' || m.handle
			  FROM member AS m
			  LEFT JOIN rounding_balance AS b USING (commons_id, member_id)
			  LEFT JOIN (SELECT member_id, sum(delta) AS amount FROM distribution_rounding AS r
			              WHERE r.commons_id = $1
			                AND NOT EXISTS (SELECT FROM distribution_reversal AS v
			                                 WHERE v.commons_id = $1 AND v.distribution_id = r.distribution_id)
			              GROUP BY member_id) AS r ON r.member_id = m.member_id
			 WHERE m.commons_id = $1 AND coalesce(b.amount, 0) <> coalesce(r.amount, 0)
			 ORDER BY m.join_number`,
	},
	{
		name:  "external references belong to the contributions that have them",
		count: `SELECT count(*) FROM contribution_ref WHERE commons_id = $1`,
		find: `
			SELECT 'external reference ' || external_ref
			  FROM (SELECT c.external_ref, c.contribution_id FROM contribution AS c
			         WHERE c.commons_id = $1 AND c.external_ref IS NOT NULL
			           AND NOT EXISTS (SELECT FROM import_undo AS u
			                            WHERE u.commons_id = $1 AND u.import_id = c.import_id)) AS c
			  FULL JOIN (SELECT external_ref, contribution_id FROM contribution_ref
			              WHERE commons_id = $1) AS r USING (external_ref, contribution_id)
			 WHERE c.external_ref IS NULL OR r.external_ref IS NULL
			 ORDER BY external_ref`,
	},
	{
		name:  "imports have all their rows, and undone ones none that stands",
		count: `SELECT count(*) FROM import WHERE commons_id = $1`,
		find: `
			SELECT 'import ' || i.import_id
			  FROM import AS i
			  LEFT JOIN import_undo AS u USING (commons_id, import_id)
			  LEFT JOIN contribution AS c USING (commons_id, import_id)
			  LEFT JOIN contribution_state AS s USING (commons_id, contribution_id)
			  LEFT JOIN contribution AS r
			    ON r.commons_id = c.commons_id AND r.reverses = c.contribution_id
			 WHERE i.commons_id = $1
			 GROUP BY i.import_id, i.row_count, u.import_id
			HAVING count(c.contribution_id) <> i.row_count
			    OR u.import_id IS NOT NULL AND count(*) FILTER (
			           WHERE s.state IN ('logged', 'questioned')
			              OR s.state = 'accepted' AND r.contribution_id IS NULL) > 0
			 UNION ALL
			SELECT 'contribution ' || c.contribution_id || ' of no import'
			  FROM contribution AS c LEFT JOIN import AS i USING (commons_id, import_id)
			 WHERE c.commons_id = $1 AND c.import_id IS NOT NULL AND i.digest IS NULL`,
	},
}

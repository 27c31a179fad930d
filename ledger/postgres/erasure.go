package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// EraseMember asks for the member of the handle or id to be erased, who has left and
// has nothing open, unless a steward or treasurer gives a reason for keeping it. It
// takes effect when a second person confirms it; at once, and unchecked, where nobody
// else could.
func (s *Store) EraseMember(
	ctx context.Context, act *Act, name, reason string,
) (ledger.Change, error) {
	var wrong ledger.FieldErrors
	wrong.AddError("/keep_reason", ledger.CheckText(reason, 2000))
	if err := wrong.Err(); err != nil {
		return ledger.Change{}, err
	}
	return write(ctx, s, act, func(w *work) (ledger.Change, error) {
		c := ledger.Change{Type: ledger.EraseChange, Reason: reason}
		member, err := w.member(ctx, name)
		if err == nil {
			err = w.authorize(ledger.EraseMember, member.ID == w.by)
		}
		if err == nil && reason != "" {
			err = ledger.EraseMember.Allows(w.roles, false)
		}
		if err != nil {
			return c, err
		}
		c.Member = ledger.MemberRef{ID: member.ID, Handle: member.Handle}
		leaving, err := w.leaving(ctx, member)
		if err == nil {
			err = leaving.Check(reason)
		}
		if err == nil {
			err = leaving.CheckAsked()
		}
		if err != nil {
			return c, err
		}
		made, err := w.propose(ctx, []ledger.Change{c})
		if err != nil {
			return c, err
		}
		return w.change(ctx, made[0].ID)
	})
}

// leaving loads what decides whether the member can be erased.
func (w *work) leaving(ctx context.Context, m ledger.Member) (ledger.Leaving, error) {
	l := ledger.Leaving{Member: m, ErasedAt: m.ErasedAt}
	err := w.QueryRowContext(ctx, `
		SELECT stage_on($1, $2, '9999-12-31') = 'left',
		       EXISTS (SELECT FROM change AS c LEFT JOIN change_confirmation AS e USING (commons_id, change_id)
		                WHERE c.commons_id = $1 AND c.member_id = $2 AND c.type = 'erasure'
		                  AND e.outcome IS NULL),
		       ARRAY(SELECT a.name || ' ' || (-b.amount)::text
		               FROM account AS a JOIN balance AS b USING (commons_id, account_id)
		              WHERE a.commons_id = $1 AND a.member_id = $2 AND b.amount <> 0 ORDER BY a.name),
		       (SELECT count(*) FROM contribution AS c JOIN contribution_state AS s USING (commons_id, contribution_id)
		         WHERE c.commons_id = $1 AND c.member_id = $2 AND s.state IN ('logged', 'questioned'))`,
		string(w.commons.ID), string(m.ID)).
		Scan(&l.StaysLeft, &l.Asked, pq.Array(&l.Open), &l.Undecided)
	return l, err
}

// erase puts an erasure into effect: everything personal goes, in this transaction.
func (w *work) erase(ctx context.Context, c ledger.Change) error {
	member, err := w.member(ctx, c.Member.ID.String())
	if err != nil {
		return err
	}
	leaving, err := w.leaving(ctx, member)
	if err == nil {
		err = leaving.Check(c.Reason)
	}
	if err != nil {
		return err
	}
	w.head.Setting++
	_, err = w.ExecContext(ctx, `
		INSERT INTO erasure (commons_id, member_id, change_id, number, erased_at)
		VALUES ($1, $2, $3, $4, $5)`,
		string(w.commons.ID), string(member.ID), string(c.ID), w.head.Setting, w.now)
	if err != nil {
		return err
	}
	ids, documents, err := w.unnamedAgreements(ctx, member)
	if err != nil {
		return err
	}
	if err := w.slow(ctx); err != nil {
		return err
	}
	tell(w, ledger.MemberErased, member.ID)
	_, err = w.ExecContext(ctx, `SELECT erase_member($1, $2::uuid[], $3::text[])`,
		string(member.ID), pq.Array(ids), pq.Array(documents))
	return err
}

// unnamedAgreements returns the documents that name the member, with the pseudonym
// instead.
func (w *work) unnamedAgreements(
	ctx context.Context, m ledger.Member,
) (ids, documents []string, err error) {
	rows, err := w.QueryContext(ctx, `
		SELECT a.agreement_id, a.document
		  FROM agreement AS a LEFT JOIN mentions($1, $2) AS s ON true
		 WHERE a.commons_id = $1
		   AND (a.document LIKE '%"' || $3 || '"%' OR unescaped(a.document) ~ s.pattern)`,
		string(w.commons.ID), string(m.ID), m.Handle)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	ids, documents = []string{}, []string{}
	for rows.Next() {
		var id, document string
		if err := rows.Scan(&id, &document); err != nil {
			return nil, nil, err
		}
		ids, documents = append(ids, id), append(documents, document)
	}
	if err := rows.Err(); err != nil {
		return nil, nil, err
	}
	for i, document := range documents {
		titles, err := agreement.Titles([]byte(document))
		if err != nil {
			return nil, nil, err
		}
		other, err := w.unnamed(ctx, m.ID, titles)
		if err != nil {
			return nil, nil, err
		}
		renamed, err := agreement.Rename([]byte(document), m.Handle, ledger.Pseudonym(m.JoinNumber), other)
		if err != nil {
			return nil, nil, err
		}
		documents[i] = string(renamed)
	}
	return ids, documents, nil
}

// unnamed returns what the texts are without the member.
func (w *work) unnamed(
	ctx context.Context, member ledger.MemberID, texts []string,
) (map[string]string, error) {
	rows, err := w.QueryContext(ctx, `
		SELECT t.prose, unnamed(t.prose, s.pattern, s.shield, s.pseudonym)
		  FROM unnest($3::text[]) AS t (prose) CROSS JOIN mentions($1, $2) AS s`,
		string(w.commons.ID), string(member), pq.Array(texts))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	others := map[string]string{}
	for rows.Next() {
		var text, other string
		if err := rows.Scan(&text, &other); err != nil {
			return nil, err
		}
		others[text] = other
	}
	return others, rows.Err()
}

// answerErased refuses to give an answer again that may have told of somebody.
func answerErased(kept Answer) error {
	refusal := ledger.Errorf(ledger.Conflict, "answer_erased",
		"This was done, but its answer is kept no more, because personal data were erased since; "+
			"look at what it made.")
	if kept.Resource == "" {
		return refusal
	}
	return refusal.With("resource_id", kept.Resource)
}

// erasureInvariants hold erasures against the changes that asked for them.
var erasureInvariants = []invariant{
	{
		name:  "members were erased by changes, and have left",
		count: `SELECT count(*) FROM erasure WHERE commons_id = $1`,
		find: `
			SELECT 'setting ' || coalesce(x.number, c.number)
			  FROM (SELECT number, member_id, change_id, erased_at FROM erasure
			         WHERE commons_id = $1) AS x
			  FULL JOIN (SELECT e.number, c.member_id, c.change_id, e.decided_at, e.on_day
			               FROM change AS c JOIN change_confirmation AS e USING (commons_id, change_id)
			              WHERE c.commons_id = $1 AND c.type = 'erasure' AND e.outcome <> 'withdrawn') AS c
			    USING (number)
			 WHERE (x.member_id, x.change_id, x.erased_at)
			       IS DISTINCT FROM (c.member_id, c.change_id, c.decided_at)
			    OR stage_on($1, c.member_id, '9999-12-31') <> 'left'
			 ORDER BY 1`,
	},
	{
		name:  "erased members, and nobody else, are known by pseudonyms, and have no tokens",
		count: `SELECT count(*) FROM member WHERE commons_id = $1`,
		find: `
			SELECT 'member ' || m.join_number
			  FROM member AS m LEFT JOIN erasure AS x USING (commons_id, member_id)
			 WHERE m.commons_id = $1
			   AND ((m.handle = 'gone-' || m.join_number) <> (x.number IS NOT NULL)
			        OR x.number IS NOT NULL AND m.name <> 'Former member ' || m.join_number)
			 UNION ALL
			SELECT 'account ' || a.name
			  FROM account AS a JOIN member AS m USING (commons_id, member_id)
			 WHERE a.commons_id = $1 AND right(a.name, length(m.handle) + 1) <> ':' || m.handle
			 UNION ALL
			SELECT 'a token of member ' || m.join_number
			  FROM erasure AS x
			  JOIN token AS t USING (commons_id, member_id)
			  JOIN member AS m USING (commons_id, member_id)
			 WHERE x.commons_id = $1
			 UNION ALL
			SELECT 'a kept answer of ' || k.created_at
			  FROM idempotency_key AS k
			 WHERE k.commons_id = $1 AND k.body || k.location <> '' AND k.created_at < (
			       SELECT max(erased_at) FROM erasure WHERE commons_id = $1)`,
	},
}

// verifyErased looks for what members wrote before they were erased, column by column.
func (w *work) verifyErased(ctx context.Context) (Check, error) {
	c := Check{Name: "nothing is left of what erased members wrote"}
	var places []struct {
		Member ledger.MemberID `db:"member_id"`
		At     time.Time       `db:"erased_at"`
		Table  string          `db:"table_name"`
		Column string          `db:"column_name"`
		Own    string          `db:"own"`
		Mark   sql.NullString  `db:"mark"`
		Stamp  string          `db:"stamp"`
	}
	err := w.SelectContext(ctx, &places, `
		SELECT x.member_id, x.erased_at, e.table_name, e.column_name, e.own, e.mark,
		       coalesce('t.' || e.stamp, '''-infinity''::timestamptz') AS stamp
		  FROM erasure AS x JOIN erasable() AS e ON e.own IS NOT NULL
		 WHERE x.commons_id = $1 ORDER BY x.number, e.table_name, e.column_name`,
		string(w.commons.ID))
	for _, p := range places {
		var n int
		if err = w.GetContext(ctx, &n, `
			SELECT count(*) FROM `+p.Table+` AS t
			 WHERE t.commons_id = $1 AND (`+p.Own+`) AND `+p.Stamp+` < $3
			   AND t.`+p.Column+` <> '' AND t.`+p.Column+` IS DISTINCT FROM $4`,
			string(w.commons.ID), string(p.Member), p.At, p.Mark); err != nil {
			break
		}
		if n > 0 && c.Bad == "" {
			c.Bad = p.Table + "." + p.Column + " of " + p.Member.String()
		}
		c.Rows++
	}
	return c, err
}

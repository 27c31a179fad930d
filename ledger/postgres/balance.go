package postgres

import (
	"context"
	"time"

	"phyle/ledger"
)

// BalanceQuery says of when balances are asked for: up to a date, as recorded up
// to an instant, both, or, where both are empty, now.
type BalanceQuery struct {
	Date       ledger.Date
	RecordedAt time.Time
}

// accountBalances is one statement for the three ways to ask: current balances,
// the sum of the days up to a date, the postings up to a sequence.
const accountBalances = `
	SELECT a.account_id, a.name, a.class, a.role, coalesce(a.member_id::text, ''),
	       coalesce(a.fund_id::text, ''), coalesce(a.kind_id::text, ''),
	       CASE WHEN $3::bigint IS NOT NULL THEN
	                (SELECT sum(p.amount) FROM posting AS p
	                  WHERE p.commons_id = a.commons_id AND p.account_id = a.account_id
	                    AND p.sequence <= $3 AND ($2::date IS NULL OR p.date <= $2))
	            WHEN $2::date IS NOT NULL THEN
	                (SELECT sum(d.amount) FROM balance_on AS d
	                  WHERE d.commons_id = a.commons_id AND d.account_id = a.account_id AND d.date <= $2)
	            ELSE (SELECT b.amount FROM balance AS b
	                   WHERE b.commons_id = a.commons_id AND b.account_id = a.account_id) END
	  FROM account AS a
	 WHERE a.commons_id = $1`

// Accounts lists up to limit accounts after the name, by name, with balances.
func (s *Store) Accounts(
	ctx context.Context, by Caller, q BalanceQuery, after string, limit int,
) ([]ledger.AccountBalance, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) ([]ledger.AccountBalance, error) {
		return w.accountBalances(ctx, q, ` AND a.name > $4 ORDER BY a.name LIMIT $5`, after, limit)
	})
}

func (w *work) accountBalances(
	ctx context.Context, q BalanceQuery, where string, args ...any,
) (found []ledger.AccountBalance, err error) {
	var sequence any
	if !q.RecordedAt.IsZero() {
		if sequence, err = w.sequenceAt(ctx, q.RecordedAt); err != nil {
			return nil, err
		}
	}
	args = append([]any{string(w.commons.ID), nullable(q.Date.String()), sequence}, args...)
	rows, err := w.QueryContext(ctx, accountBalances+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		a := ledger.AccountBalance{Balance: ledger.Zero(w.commons.Currency)}
		var balance nullAmount
		err := rows.Scan(&a.ID, &a.Name, &a.Class, &a.Role, &a.Member, &a.Fund, &a.Kind, &balance)
		if err != nil {
			return nil, err
		}
		a.Balance.Amount = balance.Decimal
		found = append(found, a)
	}
	return found, rows.Err()
}

// account finds an account by name or id.
func (w *work) account(ctx context.Context, name string) (a ledger.Account, err error) {
	id, _ := ledger.ParseID[ledger.AccountNoun](name)
	err = w.QueryRowContext(ctx, `
		SELECT account_id, name, class, role, coalesce(member_id::text, ''), coalesce(fund_id::text, ''),
		       coalesce(kind_id::text, '')
		  FROM account WHERE commons_id = $1 AND (name = $2 OR account_id = $3::uuid)`,
		string(w.commons.ID), name, nullable(id)).
		Scan(&a.ID, &a.Name, &a.Class, &a.Role, &a.Member, &a.Fund, &a.Kind)
	return a, notFound(err, "account")
}

// Balances lists what is owed and promised to members, in join order: up to limit
// members after the join number.
func (s *Store) Balances(
	ctx context.Context, by Caller, q BalanceQuery, after int64, limit int,
) ([]ledger.MemberBalance, error) {
	return read(ctx, s, by.to(ledger.ReadBooks), func(w *work) ([]ledger.MemberBalance, error) {
		members, err := w.members(ctx, `
			SELECT `+memberColumns+` FROM member AS m
			 WHERE m.commons_id = $1 AND m.join_number > $3 ORDER BY m.join_number LIMIT $4`,
			string(w.commons.ID), w.today().String(), after, limit)
		if err != nil {
			return nil, err
		}
		return w.memberBalances(ctx, q, members)
	})
}

// MemberBalance returns what is owed and promised to one member.
func (s *Store) MemberBalance(
	ctx context.Context, by Caller, q BalanceQuery, name string,
) (ledger.MemberBalance, error) {
	return read(ctx, s, by.toOwn(ledger.ReadBooks), func(w *work) (ledger.MemberBalance, error) {
		m, err := w.member(ctx, name)
		if err == nil {
			_, err = w.visible(ledger.ReadBooks, m.ID)
		}
		if err != nil {
			return ledger.MemberBalance{}, err
		}
		balances, err := w.memberBalances(ctx, q, []ledger.Member{m})
		if err != nil {
			return ledger.MemberBalance{}, err
		}
		return balances[0], nil
	})
}

func (w *work) memberBalances(
	ctx context.Context, q BalanceQuery, members []ledger.Member,
) ([]ledger.MemberBalance, error) {
	balances := make([]ledger.MemberBalance, len(members))
	place := make(map[ledger.MemberID]int, len(members))
	ids := make([]string, len(members))
	for i, m := range members {
		zero := ledger.Zero(w.commons.Currency)
		balances[i] = ledger.MemberBalance{Member: m, Payable: zero, Capital: zero}
		place[m.ID], ids[i] = i, string(m.ID)
	}
	accounts, err := w.accountBalances(ctx, q, ` AND a.member_id = ANY ($4::uuid[]) ORDER BY a.name`, array(ids))
	if err != nil {
		return nil, err
	}
	kinds, err := lookUp[string](ctx, w, `SELECT kind_id::text, code FROM kind WHERE commons_id = $1`)
	for _, a := range accounts {
		b := &balances[place[a.Member]]
		switch owed := a.Balance.Negated(); a.Role {
		case "payable":
			b.Payable = owed
		case "capital":
			b.Capital = owed
		case "claim":
			b.Claims = append(b.Claims, ledger.ClaimBalance{Kind: kinds[string(a.Kind)], Outstanding: owed})
		}
	}
	return balances, err
}

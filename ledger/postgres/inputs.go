package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// reading says what a distribution reads, and of when: acceptances up to cut,
// stages and roles up to setting, the books up to sequence, and distributions
// posted and reversed before number.
type reading struct {
	area     ledger.AreaID
	version  Agreement
	rules    agreement.Agreement
	through  ledger.Date
	cut      int64
	setting  int64
	sequence int64
	number   int64
	carried  ledger.Money
	incomes  []ledger.DividedIncome
	// assumed is set in a rehearsal alone.
	assumed assumed
}

// people are the members of a commons by join number.
type people map[int]person

type person struct {
	ledger.MemberRef
	standing agreement.Standing
}

// inputs loads everything that the rules read, each kind of thing in one
// statement and each rule's sums in one.
func (w *work) inputs(ctx context.Context, r reading) (in agreement.Inputs, members people, err error) {
	in = agreement.Inputs{
		Agreement: r.version.ID.String(), Currency: w.commons.Currency, Carried: r.carried, Cut: r.cut,
		Settings: r.setting, Through: r.through,
	}
	for _, i := range r.incomes {
		in.Incomes = append(in.Incomes, agreement.Income{ID: i.ID.String(), Net: i.Amount})
	}
	if members, err = w.people(ctx, r); err != nil {
		return in, nil, err
	}
	for _, reads := range r.rules.Readings(r.through) {
		rule, err := w.ruleInputs(ctx, r, reads, members)
		if err != nil {
			return in, nil, err
		}
		in.Rules = append(in.Rules, rule)
	}
	if in.Claims, err = w.claims(ctx, r, r.rules.ClaimKinds()); err != nil {
		return in, nil, err
	}
	if in.Funds, err = w.fundBalances(ctx, r, r.rules.TargetFunds()); err != nil {
		return in, nil, err
	}
	in.Rounding, err = w.roundings(ctx, r, in.Members())
	return in, members, err
}

// people loads members with their stages and roles, as they were recorded up to
// the setting.
func (w *work) people(ctx context.Context, r reading) (people, error) {
	found := people{}
	rows, err := w.QueryContext(ctx, `
		SELECT join_number, member_id, handle, joined_on FROM member WHERE commons_id = $1`,
		string(w.commons.ID))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var join int
		var p person
		if err := rows.Scan(&join, &p.ID, &p.Handle, &p.standing.Joined); err != nil {
			return nil, err
		}
		found[join] = p
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if err := w.addStages(ctx, r, found); err != nil {
		return nil, err
	}
	return found, w.addRoles(ctx, r, found)
}

func (w *work) addStages(ctx context.Context, r reading, members people) error {
	rows, err := w.QueryContext(ctx, `
		SELECT m.join_number, s.from_on, s.stage
		  FROM member_stage AS s JOIN member AS m USING (commons_id, member_id)
		 WHERE s.commons_id = $1 AND s.number <= $2 ORDER BY s.number`, string(w.commons.ID), r.setting)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var join int
		var s agreement.StageFrom
		if err := rows.Scan(&join, &s.From, &s.Stage); err != nil {
			return err
		}
		p := members[join]
		p.standing.Stages = append(p.standing.Stages, s)
		members[join] = p
	}
	return rows.Err()
}

// addRoles turns rows of roles given and taken into stretches of time: the row of
// the latest day holds until the next day's or its own last, of one day the last recorded.
func (w *work) addRoles(ctx context.Context, r reading, members people) error {
	rows, err := w.QueryContext(ctx, `
		SELECT join_number, role, from_on, least(next_on - 1, until_on) FROM (
		       SELECT m.join_number, d.role, d.from_on, d.until_on, d.held,
		              lead(d.from_on) OVER (PARTITION BY d.member_id, d.role ORDER BY d.from_on) AS next_on
		         FROM (SELECT DISTINCT ON (member_id, role, from_on) commons_id, member_id, role, from_on,
		                      until_on, held
		                 FROM member_role WHERE commons_id = $1 AND number <= $2
		                ORDER BY member_id, role, from_on, number DESC) AS d
		         JOIN member AS m USING (commons_id, member_id)) AS stretches
		 WHERE held ORDER BY join_number, role, from_on`, string(w.commons.ID), r.setting)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var join int
		var d agreement.RoleDuring
		if err := rows.Scan(&join, &d.Role, &d.From, &d.To); err != nil {
			return err
		}
		p := members[join]
		p.standing.Roles = append(p.standing.Roles, d)
		members[join] = p
	}
	return rows.Err()
}

// ruleInputs loads what one rule reads of its members.
func (w *work) ruleInputs(
	ctx context.Context, r reading, reads agreement.Reading, members people,
) (agreement.RuleInputs, error) {
	in := agreement.RuleInputs{Rule: reads.Rule}
	switch reads.By {
	case agreement.ByEqual:
		for join, p := range members {
			if admitted, _ := reads.Admits(p.standing); admitted {
				in.Members = append(in.Members, agreement.MemberWeights{Member: join})
			}
		}
		return in, nil
	case agreement.ByShares:
		return sharesOf(in, reads, members)
	case agreement.ByTakes:
		rows, err := w.takesOf(ctx, r, reads, members)
		in.Members = rows
		return in, err
	case agreement.ByCatchUp:
		var err error
		if in.Received, err = w.received(ctx, r, reads, members); err != nil {
			return in, err
		}
	}
	rows, err := w.weights(ctx, r, reads, members)
	in.Members = rows
	return in, err
}

func sharesOf(
	in agreement.RuleInputs, reads agreement.Reading, members people,
) (agreement.RuleInputs, error) {
	joins := make(map[string]int, len(members))
	for join, p := range members {
		joins[p.Handle] = join
	}
	for _, party := range reads.Shares {
		join, found := joins[party.Member]
		if !found {
			return in, fmt.Errorf("the agreement names %q, who is no member", party.Member)
		}
		row := agreement.MemberWeights{Member: join, Weights: []decimal.Decimal{party.Share}}
		if admitted, _ := reads.Admits(members[join].standing); admitted {
			in.Members = append(in.Members, row)
		} else {
			in.Absent = append(in.Absent, row)
		}
	}
	return in, nil
}

// covered is how far a rule that counts new contributions has come.
type covered struct {
	cut     int64
	through ledger.Date
	from    ledger.Date
}

// coveredBy returns what the rule has covered in unreversed distributions before
// the reading, and from which day it counts; in a rehearsal, what is assumed.
func (w *work) coveredBy(ctx context.Context, r reading, reads agreement.Reading) (covered, error) {
	if given, found := r.assumed.covered[reads.Rule]; found {
		return given, nil
	}
	c := covered{from: reads.From}
	if reads.Count.Form != agreement.CountNew {
		return c, nil
	}
	var start ledger.Date
	err := w.QueryRowContext(ctx, `
		SELECT coalesce(max(c.cut), 0), max(c.through),
		       (SELECT s.from_on FROM rule_start AS s
		         WHERE s.commons_id = $1 AND s.area_id IS NOT DISTINCT FROM $2::uuid AND s.rule = $3)
		  FROM coverage AS c JOIN distribution AS d USING (commons_id, distribution_id)
		 WHERE c.commons_id = $1 AND c.area_id IS NOT DISTINCT FROM $2::uuid AND c.rule = $3
		   AND d.number < $4
		   AND NOT EXISTS (SELECT FROM distribution_reversal AS v
		                    WHERE v.commons_id = d.commons_id AND v.distribution_id = d.distribution_id
		                      AND v.after_number < $4)`,
		string(w.commons.ID), nullable(r.area), reads.Rule, r.number).Scan(&c.cut, &c.through, &start)
	if c.from.IsZero() {
		c.from = start
	}
	return c, err
}

// countedRows is the part of a statement that finds what a rule counts of the
// acceptances: $1 commons, $2 cut, $3 through, $4 and $5 what is covered, $6 from.
// What was accepted since the covered cut, and what was accepted before it but
// performed after the covered day, are two ranges of two indexes.
const countedRows = `
	SELECT number, contribution_id, member_id, kind_id, area_id, performed_on, weight FROM acceptance
	 WHERE commons_id = $1 AND number > $4 AND number <= $2 AND performed_on <= $3
	   AND ($6::date IS NULL OR performed_on >= $6)
	 UNION ALL
	SELECT number, contribution_id, member_id, kind_id, area_id, performed_on, weight FROM acceptance
	 WHERE commons_id = $1 AND number <= least($4, $2) AND performed_on > $5 AND performed_on <= $3
	   AND ($6::date IS NULL OR performed_on >= $6)`

// countedKinds is the condition that a row x is of a kind and an area that counts:
// $9 codes of kinds, $10 codes of areas, where none means all.
const countedKinds = `
	x.kind_id = ANY (ARRAY(SELECT kind_id FROM kind WHERE commons_id = $1 AND code = ANY ($9)))
	AND (cardinality($10::text[]) = 0 OR coalesce(x.area_id = ANY (ARRAY(
	     SELECT area_id FROM area WHERE commons_id = $1 AND code = ANY ($10))), false))`

// weights sums what counts for each member and kind in one statement.
func (w *work) weights(
	ctx context.Context, r reading, reads agreement.Reading, members people,
) ([]agreement.MemberWeights, error) {
	done, err := w.coveredBy(ctx, r, reads)
	if err != nil {
		return nil, err
	}
	starts, factors, err := w.decaySteps(ctx, reads)
	if err != nil {
		return nil, err
	}
	ids, lasts := admitted(reads, members)
	rows, err := w.QueryContext(ctx, `
		SELECT m.join_number, k.code, sum(s.weight * f.factor)
		  FROM (SELECT x.member_id, x.kind_id, width_bucket(x.performed_on, $11::date[]) AS step,
		               sum(x.weight) AS weight
		          FROM (`+countedRows+`) AS x
		          JOIN unnest($7::uuid[], $8::date[]) AS who (member_id, last_on) USING (member_id)
		         WHERE x.performed_on <= who.last_on AND `+countedKinds+`
		         GROUP BY x.member_id, x.kind_id, step) AS s
		  JOIN unnest($12::numeric[]) WITH ORDINALITY AS f (factor, place) ON f.place = s.step + 1
		  JOIN member AS m ON m.commons_id = $1 AND m.member_id = s.member_id
		  JOIN kind AS k ON k.commons_id = $1 AND k.kind_id = s.kind_id
		 GROUP BY m.join_number, k.code`,
		string(w.commons.ID), r.cut, r.through.String(), done.cut, nullable(done.through.String()),
		nullable(done.from.String()), pq.Array(ids), pq.Array(lasts), pq.Array(reads.Kinds),
		pq.Array(append([]string{}, reads.Areas...)), pq.Array(starts), pq.Array(factors))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	place := make(map[string]int, len(reads.Kinds))
	for i, kind := range reads.Kinds {
		place[kind] = i
	}
	found := map[int][]decimal.Decimal{}
	for rows.Next() {
		var join int
		var kind string
		var weight decimal.Decimal
		if err := rows.Scan(&join, &kind, &weight); err != nil {
			return nil, err
		}
		if found[join] == nil {
			found[join] = make([]decimal.Decimal, len(reads.Kinds))
		}
		found[join][place[kind]] = weight
	}
	weights := make([]agreement.MemberWeights, 0, len(found))
	for join, sums := range found {
		weights = append(weights, agreement.MemberWeights{Member: join, Weights: sums})
	}
	return weights, rows.Err()
}

// decaySteps returns, oldest first, the days on which the steps of a rule's decay
// begin and the factor before the first day and from each day on; without decay no
// day and the factor one.
func (w *work) decaySteps(
	ctx context.Context, reads agreement.Reading,
) (starts, factors []string, err error) {
	starts = []string{}
	if reads.Decay.Per == "" {
		return starts, []string{"1"}, nil
	}
	oldest := reads.Through
	err = w.GetContext(ctx, &oldest, `
		SELECT coalesce(min(performed_on), $2::date) FROM acceptance WHERE commons_id = $1`,
		string(w.commons.ID), reads.Through.String())
	for _, step := range reads.Decay.Steps(reads.Through, oldest) {
		factors = append(factors, step.Factor.String())
		if !step.From.IsZero() {
			starts = append(starts, step.From.String())
		}
	}
	slices.Reverse(starts)
	slices.Reverse(factors)
	return starts, factors, err
}

// admitted returns the members that take part in a rule, with their last days.
func admitted(reads agreement.Reading, members people) (ids, lasts []string) {
	for _, p := range members {
		if ok, last := reads.Admits(p.standing); ok {
			ids, lasts = append(ids, string(p.ID)), append(lasts, last.String())
		}
	}
	return ids, lasts
}

// claims loads what is outstanding of claims of the kinds: the balance in the books,
// less what was accepted after the cut.
func (w *work) claims(
	ctx context.Context, r reading, kinds []string,
) (agreement.Claims, error) {
	in := agreement.Claims{Kinds: kinds}
	if len(in.Kinds) == 0 {
		return in, nil
	}
	rows, err := w.QueryContext(ctx, `
		SELECT m.join_number, k.code, sum(o.amount)
		  FROM (SELECT a.member_id, a.kind_id, -p.amount AS amount
		          FROM account AS a JOIN posting AS p USING (commons_id, account_id)
		         WHERE a.commons_id = $1 AND a.role = 'claim' AND p.sequence <= $2 AND $4
		         UNION ALL
		        SELECT a.member_id, a.kind_id, -b.amount
		          FROM account AS a JOIN balance AS b USING (commons_id, account_id)
		         WHERE a.commons_id = $1 AND a.role = 'claim' AND NOT $4
		         UNION ALL
		        SELECT member_id, kind_id, -value FROM acceptance
		         WHERE commons_id = $1 AND (number > $3 OR performed_on > $6::date) AND sequence <= $2) AS o
		  JOIN member AS m ON m.commons_id = $1 AND m.member_id = o.member_id
		  JOIN kind AS k ON k.commons_id = $1 AND k.kind_id = o.kind_id
		 WHERE k.code = ANY ($5)
		 GROUP BY m.join_number, k.code HAVING sum(o.amount) <> 0`,
		string(w.commons.ID), r.sequence, r.cut, r.sequence < w.head.Sequence, pq.Array(in.Kinds),
		nullable(r.assumed.asOf.String()))
	if err != nil {
		return in, err
	}
	defer rows.Close()
	place := make(map[string]int, len(in.Kinds))
	for i, kind := range in.Kinds {
		place[kind] = i
	}
	found := map[int][]decimal.Decimal{}
	for rows.Next() {
		var join int
		var kind string
		var amount decimal.Decimal
		if err := rows.Scan(&join, &kind, &amount); err != nil {
			return in, err
		}
		if found[join] == nil {
			found[join] = make([]decimal.Decimal, len(in.Kinds))
		}
		found[join][place[kind]] = amount
	}
	for join, amounts := range found {
		in.Members = append(in.Members, agreement.MemberClaims{Member: join, Amounts: amounts})
	}
	return in, rows.Err()
}

// fundBalances loads what the funds hold.
func (w *work) fundBalances(
	ctx context.Context, r reading, funds []string,
) ([]agreement.FundBalance, error) {
	if len(funds) == 0 {
		return nil, nil
	}
	rows, err := w.QueryContext(ctx, `
		SELECT f.code, coalesce(CASE WHEN $3
		           THEN (SELECT -sum(p.amount) FROM posting AS p
		                  WHERE p.commons_id = $1 AND p.account_id = a.account_id AND p.sequence <= $2
		                    AND ($5::date IS NULL OR p.date <= $5))
		           ELSE (SELECT -b.amount FROM balance AS b
		                  WHERE b.commons_id = $1 AND b.account_id = a.account_id) END, 0)
		  FROM fund AS f
		  LEFT JOIN account AS a ON a.commons_id = f.commons_id AND a.fund_id = f.fund_id
		 WHERE f.commons_id = $1 AND f.code = ANY ($4)`,
		string(w.commons.ID), r.sequence, r.sequence < w.head.Sequence || !r.assumed.asOf.IsZero(),
		pq.Array(funds), nullable(r.assumed.asOf.String()))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var balances []agreement.FundBalance
	for rows.Next() {
		b := agreement.FundBalance{Balance: ledger.Zero(w.commons.Currency)}
		if err := rows.Scan(&b.Fund, &b.Balance.Amount); err != nil {
			return nil, err
		}
		balances = append(balances, b)
	}
	return balances, rows.Err()
}

// roundings loads the rounding balances of the members: the projection where the
// reading is of now, else the sum over the distributions before.
func (w *work) roundings(
	ctx context.Context, r reading, joins []int,
) ([]agreement.MemberRounding, error) {
	numbers := make([]int64, len(joins))
	for i, join := range joins {
		numbers[i] = int64(join)
	}
	rows, err := w.QueryContext(ctx, `
		SELECT m.join_number, sum(r.amount)::text
		  FROM (SELECT member_id, amount FROM rounding_balance WHERE commons_id = $1 AND NOT $3
		         UNION ALL
		        SELECT r.member_id, r.delta
		          FROM distribution_rounding AS r JOIN distribution AS d USING (commons_id, distribution_id)
		         WHERE r.commons_id = $1 AND $3 AND d.number < $4
		           AND NOT EXISTS (SELECT FROM distribution_reversal AS v
		                            WHERE v.commons_id = d.commons_id
		                              AND v.distribution_id = d.distribution_id AND v.after_number < $4)) AS r
		  JOIN member AS m ON m.commons_id = $1 AND m.member_id = r.member_id
		 WHERE m.join_number = ANY ($2)
		 GROUP BY m.join_number HAVING sum(r.amount) <> 0`,
		string(w.commons.ID), pq.Array(numbers), r.number <= w.head.Distributed, r.number)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var balances []agreement.MemberRounding
	for rows.Next() {
		var row agreement.MemberRounding
		var amount decimal.Decimal
		if err := rows.Scan(&row.Member, &amount); err != nil {
			return nil, err
		}
		if row.Balance, err = ledger.ParseRoundingBalance(amount.String()); err != nil {
			return nil, err
		}
		balances = append(balances, row)
	}
	return balances, rows.Err()
}

-- +goose Up
-- Drafts claim nothing and can be discarded. inputs is what the rules read.
CREATE TABLE draft (
    commons_id      uuid NOT NULL,
    distribution_id uuid NOT NULL,
    area_id         uuid,
    agreement_id    uuid NOT NULL,
    incomes         uuid[] NOT NULL,
    date            date NOT NULL,
    through         date NOT NULL,
    cut             bigint NOT NULL,
    setting         bigint NOT NULL,
    digest          text NOT NULL,
    inputs          text NOT NULL,
    drafted_by      uuid NOT NULL,
    drafted_at      timestamptz NOT NULL,
    CONSTRAINT draft_pkey PRIMARY KEY (commons_id, distribution_id),
    FOREIGN KEY (commons_id, agreement_id) REFERENCES agreement,
    FOREIGN KEY (commons_id, area_id) REFERENCES area,
    FOREIGN KEY (commons_id, drafted_by) REFERENCES member
);

-- The incomes and what was carried in = given + carried out. posted_after is the
-- last sequence before the posting: what the books held when the rules read them.
CREATE TABLE distribution (
    commons_id      uuid NOT NULL,
    distribution_id uuid NOT NULL,
    number          bigint NOT NULL,
    area_id         uuid,
    agreement_id    uuid NOT NULL,
    date            date NOT NULL,
    through         date NOT NULL,
    cut             bigint NOT NULL,
    setting         bigint NOT NULL,
    digest          text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    incomes         amount NOT NULL CHECK (incomes >= 0),
    carried_in      amount NOT NULL CHECK (carried_in >= 0),
    given           amount NOT NULL CHECK (given >= 0),
    carried_out     amount NOT NULL CHECK (carried_out >= 0),
    sequence        bigint,
    drafted_by      uuid NOT NULL,
    posted_by       uuid NOT NULL,
    posted_at       timestamptz NOT NULL,
    posted_after    bigint NOT NULL,
    CONSTRAINT distribution_pkey PRIMARY KEY (commons_id, distribution_id),
    CONSTRAINT distribution_number_unique UNIQUE (commons_id, number),
    CONSTRAINT distribution_sums CHECK (incomes + carried_in = given + carried_out),
    CONSTRAINT distribution_entry CHECK ((sequence IS NULL) = (given = 0)),
    FOREIGN KEY (commons_id, agreement_id) REFERENCES agreement,
    FOREIGN KEY (commons_id, area_id) REFERENCES area,
    FOREIGN KEY (commons_id, sequence) REFERENCES entry (commons_id, sequence),
    FOREIGN KEY (commons_id, drafted_by) REFERENCES member,
    FOREIGN KEY (commons_id, posted_by) REFERENCES member
);
CREATE TRIGGER numbers_follow AFTER INSERT ON distribution REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow('number', 'distributed');

CREATE TABLE distribution_income (
    commons_id      uuid NOT NULL,
    distribution_id uuid NOT NULL,
    income_id       uuid NOT NULL,
    amount          amount NOT NULL CHECK (amount > 0),
    CONSTRAINT distribution_income_pkey PRIMARY KEY (commons_id, distribution_id, income_id),
    FOREIGN KEY (commons_id, distribution_id) REFERENCES distribution,
    FOREIGN KEY (commons_id, income_id) REFERENCES income
);

-- Which distribution holds an income now: one, or none. Reversing lets go.
CREATE TABLE income_held (
    commons_id      uuid NOT NULL,
    income_id       uuid NOT NULL,
    distribution_id uuid NOT NULL,
    CONSTRAINT income_distributed_once PRIMARY KEY (commons_id, income_id),
    FOREIGN KEY (commons_id, distribution_id, income_id) REFERENCES distribution_income
);

-- Everything the rules read, as canonical JSON; its SHA-256 is the digest.
CREATE TABLE distribution_inputs (
    commons_id      uuid NOT NULL,
    distribution_id uuid NOT NULL,
    document        text NOT NULL,
    CONSTRAINT distribution_inputs_pkey PRIMARY KEY (commons_id, distribution_id),
    FOREIGN KEY (commons_id, distribution_id) REFERENCES distribution
);

-- A rule that covered: it counts new contributions and gave more than 0. It has
-- covered what was accepted up to cut and performed up to through.
CREATE TABLE coverage (
    commons_id      uuid NOT NULL,
    distribution_id uuid NOT NULL,
    area_id         uuid,
    rule            handle NOT NULL,
    cut             bigint NOT NULL,
    through         date NOT NULL,
    CONSTRAINT coverage_pkey PRIMARY KEY (commons_id, distribution_id, rule),
    FOREIGN KEY (commons_id, distribution_id) REFERENCES distribution
);
CREATE INDEX coverage_by_rule ON coverage (commons_id, rule, cut);

-- What one rule gave one account; kept is the part of it that is the member's
-- capital. weight of total_weight is the exact share; a claim's are outstanding sums.
-- rule is "" for what was left over.
CREATE TABLE allocation (
    commons_id      uuid NOT NULL,
    distribution_id uuid NOT NULL,
    ordinal         integer NOT NULL CHECK (ordinal > 0),
    rule            text NOT NULL,
    type            text NOT NULL CHECK (type IN ('member', 'claim', 'fund')),
    member_id       uuid,
    kind_id         uuid,
    fund_id         uuid,
    amount          amount NOT NULL CHECK (amount > 0),
    kept            amount NOT NULL,
    weight          numeric CHECK (weight >= 0),
    total_weight    numeric CHECK (total_weight > 0),
    CONSTRAINT allocation_pkey PRIMARY KEY (commons_id, distribution_id, ordinal),
    CONSTRAINT allocation_kept CHECK (kept >= 0 AND kept <= amount AND (kept = 0 OR type = 'member')),
    CONSTRAINT allocation_target CHECK (CASE type
        WHEN 'fund' THEN fund_id IS NOT NULL AND member_id IS NULL AND kind_id IS NULL
        WHEN 'claim' THEN fund_id IS NULL AND member_id IS NOT NULL AND kind_id IS NOT NULL
        ELSE fund_id IS NULL AND member_id IS NOT NULL AND kind_id IS NULL END),
    FOREIGN KEY (commons_id, distribution_id) REFERENCES distribution,
    FOREIGN KEY (commons_id, member_id) REFERENCES member,
    FOREIGN KEY (commons_id, kind_id) REFERENCES kind,
    FOREIGN KEY (commons_id, fund_id) REFERENCES fund
);
CREATE INDEX allocation_by_member ON allocation (commons_id, member_id, distribution_id);

-- Exact share less amount given, summed over the distribution's rules, in minor
-- units; the sum over unreversed distributions is the rounding balance.
CREATE TABLE distribution_rounding (
    commons_id      uuid NOT NULL,
    distribution_id uuid NOT NULL,
    member_id       uuid NOT NULL,
    delta           numeric NOT NULL CHECK (abs(delta) <= 1e6 AND scale(delta) <= 12),
    CONSTRAINT distribution_rounding_pkey PRIMARY KEY (commons_id, distribution_id, member_id),
    FOREIGN KEY (commons_id, distribution_id) REFERENCES distribution,
    FOREIGN KEY (commons_id, member_id) REFERENCES member
);

CREATE TABLE rounding_balance (
    commons_id uuid NOT NULL,
    member_id  uuid NOT NULL,
    amount     numeric NOT NULL,
    CONSTRAINT rounding_balance_pkey PRIMARY KEY (commons_id, member_id),
    FOREIGN KEY (commons_id, member_id) REFERENCES member
) WITH (fillfactor = 70);

-- after_number is the number of the latest distribution posted before the reversal.
CREATE TABLE distribution_reversal (
    commons_id      uuid NOT NULL,
    distribution_id uuid NOT NULL,
    sequence        bigint,
    after_number    bigint NOT NULL,
    reason          text NOT NULL,
    reversed_by     uuid NOT NULL,
    reversed_at     timestamptz NOT NULL,
    CONSTRAINT distribution_reversed_once PRIMARY KEY (commons_id, distribution_id),
    FOREIGN KEY (commons_id, distribution_id) REFERENCES distribution,
    FOREIGN KEY (commons_id, sequence) REFERENCES entry (commons_id, sequence),
    FOREIGN KEY (commons_id, reversed_by) REFERENCES member
);

-- +goose StatementBegin
-- The projections below follow the permanent rows, by trigger.
CREATE FUNCTION distribution_income_held() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = phyle, pg_temp AS $$
BEGIN
    INSERT INTO income_held (commons_id, income_id, distribution_id)
    SELECT commons_id, income_id, distribution_id FROM added;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION distribution_rounding_kept() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = phyle, pg_temp AS $$
BEGIN
    INSERT INTO rounding_balance AS b (commons_id, member_id, amount)
    SELECT commons_id, member_id, sum(delta) FROM added
     GROUP BY commons_id, member_id ORDER BY commons_id, member_id
        ON CONFLICT (commons_id, member_id) DO UPDATE SET amount = b.amount + excluded.amount;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION distribution_undone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = phyle, pg_temp AS $$
BEGIN
    DELETE FROM income_held AS h USING added AS a
     WHERE h.commons_id = a.commons_id AND h.distribution_id = a.distribution_id;
    UPDATE rounding_balance AS b SET amount = b.amount - r.delta
      FROM added AS a JOIN distribution_rounding AS r USING (commons_id, distribution_id)
     WHERE b.commons_id = r.commons_id AND b.member_id = r.member_id;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER distribution_income_held AFTER INSERT ON distribution_income
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION distribution_income_held();
CREATE TRIGGER distribution_rounding_kept AFTER INSERT ON distribution_rounding
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION distribution_rounding_kept();
CREATE TRIGGER distribution_undone AFTER INSERT ON distribution_reversal
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION distribution_undone();

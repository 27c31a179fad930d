-- +goose Up
CREATE TABLE account (
    commons_id uuid NOT NULL,
    account_id uuid NOT NULL,
    name       text NOT NULL CHECK (name <> ''),
    class      text NOT NULL CHECK (class IN ('asset', 'liability', 'equity', 'memorandum')),
    role       text NOT NULL CHECK (role IN ('asset', 'tax', 'undistributed', 'payable', 'capital',
                   'fund', 'in_transit', 'claim', 'claims', 'opening')),
    unit       text NOT NULL CHECK (unit ~ '^[A-Z]{3}$'),
    digits     smallint NOT NULL CHECK (digits BETWEEN 0 AND 4),
    member_id  uuid,
    fund_id    uuid,
    kind_id    uuid,
    created_at timestamptz NOT NULL,
    CONSTRAINT account_pkey PRIMARY KEY (commons_id, account_id),
    CONSTRAINT account_name_taken UNIQUE (commons_id, name, unit),
    CONSTRAINT account_unit_unique UNIQUE (commons_id, account_id, unit),
    FOREIGN KEY (commons_id) REFERENCES commons,
    FOREIGN KEY (commons_id, member_id) REFERENCES member,
    FOREIGN KEY (commons_id, fund_id) REFERENCES fund,
    FOREIGN KEY (commons_id, kind_id) REFERENCES kind
);
CREATE INDEX account_by_member ON account (commons_id, member_id) WHERE member_id IS NOT NULL;

-- The journal. Entries carry the day it happened and the instant it was recorded;
-- xid proves that an entry's postings were made in its own transaction.
CREATE TABLE entry (
    commons_id   uuid NOT NULL,
    sequence     bigint NOT NULL,
    entry_id     uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('income', 'claim', 'distribution', 'spending', 'refund',
                     'transfer', 'gift', 'capital', 'advance', 'payment', 'opening', 'reversal')),
    date         date NOT NULL,
    memo         text NOT NULL DEFAULT '',
    payee        text NOT NULL DEFAULT '',
    document     text NOT NULL DEFAULT '',
    external_ref text,
    reverses     uuid,
    recorded_by  uuid,
    recorded_at  timestamptz NOT NULL,
    xid          xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT entry_pkey PRIMARY KEY (commons_id, sequence),
    CONSTRAINT entry_id_unique UNIQUE (commons_id, entry_id),
    CONSTRAINT entry_dated UNIQUE (commons_id, sequence, date),
    CONSTRAINT entry_reversal_names_entry CHECK ((kind = 'reversal') = (reverses IS NOT NULL)),
    FOREIGN KEY (commons_id) REFERENCES commons,
    FOREIGN KEY (commons_id, reverses) REFERENCES entry (commons_id, entry_id),
    FOREIGN KEY (commons_id, recorded_by) REFERENCES member
);
CREATE UNIQUE INDEX entry_reversed_once ON entry (commons_id, reverses)
    WHERE reverses IS NOT NULL;
CREATE UNIQUE INDEX entry_external_ref_taken ON entry (commons_id, kind, external_ref)
    WHERE external_ref IS NOT NULL;
CREATE INDEX entry_by_date ON entry (commons_id, date, sequence);
CREATE INDEX entry_by_kind ON entry (commons_id, kind, sequence);
CREATE INDEX entry_by_instant ON entry (commons_id, recorded_at, sequence);

-- Signed amounts: debit positive, credit negative. The date is its entry's.
CREATE TABLE posting (
    commons_id uuid NOT NULL,
    sequence   bigint NOT NULL,
    ordinal    integer NOT NULL CHECK (ordinal > 0),
    account_id uuid NOT NULL,
    date       date NOT NULL,
    amount     amount NOT NULL CHECK (amount <> 0),
    unit       text NOT NULL,
    CONSTRAINT posting_pkey PRIMARY KEY (commons_id, sequence, ordinal),
    FOREIGN KEY (commons_id, sequence, date) REFERENCES entry (commons_id, sequence, date),
    FOREIGN KEY (commons_id, account_id, unit) REFERENCES account (commons_id, account_id, unit)
);
CREATE INDEX posting_by_account ON posting (commons_id, account_id, date, sequence, ordinal);

-- Projections of the postings, kept by the trigger below and recomputed by
-- "phyle verify". The app may read them and nothing else.
CREATE TABLE balance (
    commons_id uuid NOT NULL,
    account_id uuid NOT NULL,
    amount     numeric NOT NULL,
    CONSTRAINT balance_pkey PRIMARY KEY (commons_id, account_id),
    FOREIGN KEY (commons_id, account_id) REFERENCES account
) WITH (fillfactor = 70);

CREATE TABLE balance_on (
    commons_id uuid NOT NULL,
    account_id uuid NOT NULL,
    date       date NOT NULL,
    amount     numeric NOT NULL,
    CONSTRAINT balance_on_pkey PRIMARY KEY (commons_id, account_id, date),
    FOREIGN KEY (commons_id, account_id) REFERENCES account
) WITH (fillfactor = 70);

-- Days closed together: no entry may be dated inside.
CREATE TABLE period (
    commons_id uuid NOT NULL,
    period_id  uuid NOT NULL,
    from_on    date NOT NULL,
    through_on date NOT NULL,
    note       text NOT NULL,
    closed_by  uuid,
    closed_at  timestamptz NOT NULL,
    CONSTRAINT period_pkey PRIMARY KEY (commons_id, period_id),
    CONSTRAINT period_in_order CHECK (from_on <= through_on),
    FOREIGN KEY (commons_id, closed_by) REFERENCES member
);

-- +goose StatementBegin
CREATE FUNCTION entry_follows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = phyle, pg_temp AS $$
DECLARE
    closed record;
BEGIN
    SELECT a.date, p.from_on, p.through_on INTO closed
      FROM added AS a JOIN period AS p
        ON p.commons_id = a.commons_id AND a.date BETWEEN p.from_on AND p.through_on
     ORDER BY a.date LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% lies in a closed period', closed.date
            USING ERRCODE = '23514', CONSTRAINT = 'period_closed',
                  DETAIL = closed.date || ' ' || closed.through_on;
    END IF;
    IF EXISTS (SELECT FROM added AS a JOIN journal_head AS h USING (commons_id)
                WHERE a.recorded_at < h.recorded_at) THEN
        RAISE EXCEPTION 'an entry is recorded before its predecessor'
            USING ERRCODE = '23514', CONSTRAINT = 'entry_recorded_in_order';
    END IF;
    UPDATE journal_head AS h SET recorded_at = a.last
      FROM (SELECT commons_id, max(recorded_at) AS last FROM added GROUP BY commons_id) AS a
     WHERE h.commons_id = a.commons_id;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER entry_numbers_follow AFTER INSERT ON entry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow('sequence', 'sequence');
CREATE TRIGGER entry_follows AFTER INSERT ON entry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION entry_follows();

-- +goose StatementBegin
-- entry_balances runs at commit: every entry has postings, and they sum to zero.
CREATE FUNCTION entry_balances() RETURNS trigger
LANGUAGE plpgsql SET search_path = phyle, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM posting AS p
                    WHERE p.commons_id = NEW.commons_id AND p.sequence = NEW.sequence)
       OR EXISTS (SELECT FROM posting AS p
                   WHERE p.commons_id = NEW.commons_id AND p.sequence = NEW.sequence
                   GROUP BY p.unit HAVING sum(p.amount) <> 0) THEN
        RAISE EXCEPTION 'entry % does not balance', NEW.sequence
            USING ERRCODE = '23514', CONSTRAINT = 'entry_balances';
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_balances();

-- +goose StatementBegin
-- posting_balances refuses a statement whose postings do not balance for each
-- entry and unit, were not made in their entry's transaction, or have more
-- decimals than their unit; then it moves the balances and checks their bounds.
CREATE FUNCTION posting_balances() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = phyle, pg_temp AS $$
DECLARE
    bad record;
BEGIN
    IF EXISTS (SELECT FROM added GROUP BY commons_id, sequence, unit HAVING sum(amount) <> 0)
       OR EXISTS (SELECT FROM added GROUP BY commons_id, sequence HAVING count(*) < 2) THEN
        RAISE EXCEPTION 'postings do not balance'
            USING ERRCODE = '23514', CONSTRAINT = 'posting_balances';
    END IF;
    IF EXISTS (SELECT FROM (SELECT DISTINCT commons_id, sequence FROM added) AS a
                 JOIN entry AS e USING (commons_id, sequence)
                WHERE e.xid <> pg_current_xact_id()) THEN
        RAISE EXCEPTION 'an entry takes no further postings'
            USING ERRCODE = '23514', CONSTRAINT = 'posting_with_entry';
    END IF;
    IF EXISTS (SELECT FROM added AS a JOIN account AS c USING (commons_id, account_id)
                WHERE scale(trim_scale(a.amount)) > c.digits) THEN
        RAISE EXCEPTION 'a posting has more decimals than its unit'
            USING ERRCODE = '23514', CONSTRAINT = 'posting_in_minor_units';
    END IF;

    INSERT INTO balance AS b (commons_id, account_id, amount)
    SELECT commons_id, account_id, sum(amount) FROM added
     GROUP BY commons_id, account_id ORDER BY commons_id, account_id
        ON CONFLICT (commons_id, account_id) DO UPDATE SET amount = b.amount + excluded.amount;
    INSERT INTO balance_on AS b (commons_id, account_id, date, amount)
    SELECT commons_id, account_id, date, sum(amount) FROM added
     GROUP BY commons_id, account_id, date ORDER BY commons_id, account_id, date
        ON CONFLICT (commons_id, account_id, date) DO UPDATE SET amount = b.amount + excluded.amount;

    -- Each entry is judged by the balance right after it, as if it had come alone. What
    -- may be short comes first and apart: it is seldom any, while added may be large.
    WITH short AS MATERIALIZED (
        SELECT d.*, c.name, c.role
          FROM (SELECT commons_id, account_id, sequence, moved,
                       b.amount - coalesce(sum(moved) OVER (
                           PARTITION BY commons_id, account_id ORDER BY sequence DESC
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS after
                  FROM (SELECT commons_id, account_id, sequence, sum(amount) AS moved
                          FROM added GROUP BY commons_id, account_id, sequence) AS p
                  JOIN balance AS b USING (commons_id, account_id)) AS d
          JOIN account AS c USING (commons_id, account_id)
         WHERE d.moved > 0 AND d.after > 0
           AND c.role IN ('undistributed', 'fund', 'capital', 'in_transit', 'payable'))
    SELECT s.name, s.role, e.kind, s.after - a.allowed AS short INTO bad
      FROM short AS s
      JOIN entry AS e USING (commons_id, sequence)
      JOIN commons AS m USING (commons_id)
      LEFT JOIN entry AS r ON r.commons_id = e.commons_id AND r.entry_id = e.reverses
     CROSS JOIN LATERAL (SELECT CASE
               WHEN s.role <> 'payable' THEN 0
               WHEN r.kind = 'distribution' THEN NULL
               WHEN e.kind = 'advance' THEN m.advance_limit
               ELSE 0 END AS allowed) AS a
     WHERE s.after > a.allowed
     ORDER BY s.sequence, s.name LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% would go below zero', bad.name
            USING ERRCODE = '23514', CONSTRAINT = bad.role || '_not_below_zero',
                  TABLE = bad.name, COLUMN = bad.kind, DETAIL = bad.short::text;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER posting_balances AFTER INSERT ON posting REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION posting_balances();

-- +goose Up
-- A bounded amount. The bound also stops NaN and Infinity, which pass "> 0".
CREATE DOMAIN amount AS numeric CHECK (abs(VALUE) <= 1e15);
CREATE DOMAIN quantity AS numeric CHECK (abs(VALUE) <= 1e15 AND scale(trim_scale(VALUE)) <= 6);
CREATE DOMAIN handle AS text CHECK (VALUE ~ '^[a-z0-9-]{1,32}$');

CREATE TABLE commons (
    commons_id    uuid NOT NULL,
    slug          handle NOT NULL,
    name          text NOT NULL,
    currency      text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    digits        smallint NOT NULL CHECK (digits BETWEEN 0 AND 4),
    time_zone     text NOT NULL,
    advance_limit amount NOT NULL DEFAULT 0 CHECK (advance_limit >= 0),
    created_at    timestamptz NOT NULL,
    -- To whom contributions and books are shown that are not their own.
    contributions_shown text NOT NULL DEFAULT 'members' CHECK (contributions_shown IN ('members', 'officers')),
    books_shown         text NOT NULL DEFAULT 'members' CHECK (books_shown IN ('members', 'officers')),
    CONSTRAINT commons_pkey PRIMARY KEY (commons_id),
    CONSTRAINT commons_slug_taken UNIQUE (slug)
);

-- One row per commons. Every act that moves money, accepts a contribution or
-- cuts a distribution locks it first. The numbers in it are moved by triggers
-- only, so that none can be left out; nothing references it by foreign key.
CREATE TABLE journal_head (
    commons_id  uuid NOT NULL,
    sequence    bigint NOT NULL DEFAULT 0,
    acceptance  bigint NOT NULL DEFAULT 0,
    setting     bigint NOT NULL DEFAULT 0,
    joined      bigint NOT NULL DEFAULT 0,
    distributed bigint NOT NULL DEFAULT 0,
    event       bigint NOT NULL DEFAULT 0,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT journal_head_pkey PRIMARY KEY (commons_id)
) WITH (fillfactor = 50);

CREATE TABLE member (
    commons_id  uuid NOT NULL,
    member_id   uuid NOT NULL,
    join_number bigint NOT NULL,
    handle      handle NOT NULL,
    name        text NOT NULL,
    type        text NOT NULL CHECK (type IN ('person', 'organization')),
    joined_on   date NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT member_pkey PRIMARY KEY (commons_id, member_id),
    CONSTRAINT member_handle_taken UNIQUE (commons_id, handle),
    CONSTRAINT member_join_number_unique UNIQUE (commons_id, join_number),
    FOREIGN KEY (commons_id) REFERENCES commons
);

-- Dated facts about members. Of several rows for one day the latest number holds.
CREATE TABLE member_stage (
    commons_id  uuid NOT NULL,
    number      bigint NOT NULL,
    member_id   uuid NOT NULL,
    from_on     date NOT NULL,
    stage       text NOT NULL CHECK (stage IN ('guest', 'newcomer', 'member', 'left')),
    recorded_by uuid,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT member_stage_pkey PRIMARY KEY (commons_id, number),
    FOREIGN KEY (commons_id, member_id) REFERENCES member
);
CREATE INDEX member_stage_by_member ON member_stage (commons_id, member_id, from_on, number);

-- A role is held from its day on: through until_on, where it has a last day, and until the
-- row of a later day.
CREATE TABLE member_role (
    commons_id  uuid NOT NULL,
    number      bigint NOT NULL,
    member_id   uuid NOT NULL,
    role        text NOT NULL CHECK (role IN ('steward', 'treasurer', 'auditor')),
    from_on     date NOT NULL,
    held        boolean NOT NULL,
    recorded_by uuid,
    recorded_at timestamptz NOT NULL,
    until_on    date,
    CONSTRAINT member_role_pkey PRIMARY KEY (commons_id, number),
    CONSTRAINT member_role_until CHECK (until_on IS NULL OR held AND until_on >= from_on),
    CONSTRAINT member_role_auditor_ends
        CHECK (role <> 'auditor' OR NOT held OR (until_on <= from_on + 731) IS TRUE),
    FOREIGN KEY (commons_id, member_id) REFERENCES member
);
CREATE INDEX member_role_by_member ON member_role (commons_id, member_id, role, from_on, number);

-- A suspension takes a member's part away at once, until a later row gives it back. Of
-- the rows of a member the one of the latest number holds.
CREATE TABLE member_suspension (
    commons_id  uuid NOT NULL,
    number      bigint NOT NULL,
    member_id   uuid NOT NULL,
    suspended   boolean NOT NULL,
    reason      text NOT NULL,
    recorded_by uuid,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT member_suspension_pkey PRIMARY KEY (commons_id, number),
    CONSTRAINT member_suspension_reason CHECK (suspended = (reason <> '')),
    CONSTRAINT member_suspension_by_another CHECK (recorded_by <> member_id),
    FOREIGN KEY (commons_id, member_id) REFERENCES member
);
CREATE INDEX member_suspension_by_member ON member_suspension (commons_id, member_id, number);

-- The stage a member is in on a day, and the roles they hold on it, with their days. Members
-- who have left hold none.
-- +goose StatementBegin
CREATE FUNCTION stage_on(of_commons uuid, of_member uuid, day date) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT s.stage FROM member_stage AS s
     WHERE s.commons_id = of_commons AND s.member_id = of_member AND s.from_on <= day
     ORDER BY s.from_on DESC, s.number DESC LIMIT 1
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION terms_on(of_commons uuid, of_member uuid, day date)
RETURNS TABLE (role text, from_on date, until_on date) LANGUAGE sql STABLE AS $$
    SELECT r.role, r.from_on, r.until_on
      FROM (SELECT DISTINCT ON (m.role) m.role, m.from_on, m.until_on, m.held FROM member_role AS m
             WHERE m.commons_id = of_commons AND m.member_id = of_member AND m.from_on <= day
             ORDER BY m.role, m.from_on DESC, m.number DESC) AS r
     WHERE r.held AND (r.until_on >= day) IS NOT FALSE
       AND stage_on(of_commons, of_member, day) <> 'left'
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION roles_on(of_commons uuid, of_member uuid, day date) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT coalesce(string_agg(role, ' ' ORDER BY role), '')
      FROM terms_on(of_commons, of_member, day)
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- A role that a member holds on a day or on a later one, nothing if there is none.
CREATE FUNCTION role_ahead(of_commons uuid, of_member uuid, day date) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT t.role
      FROM (SELECT day AS turn
             UNION SELECT r.from_on FROM member_role AS r
                    WHERE r.commons_id = of_commons AND r.member_id = of_member AND r.from_on > day
             UNION SELECT s.from_on FROM member_stage AS s
                    WHERE s.commons_id = of_commons AND s.member_id = of_member AND s.from_on > day
           ) AS d
     CROSS JOIN LATERAL terms_on(of_commons, of_member, d.turn) AS t
     ORDER BY d.turn, t.role LIMIT 1
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Since when a member is suspended, nothing if they are not.
CREATE FUNCTION suspended_since(of_commons uuid, of_member uuid) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN s.suspended THEN s.recorded_at END FROM member_suspension AS s
     WHERE s.commons_id = of_commons AND s.member_id = of_member
     ORDER BY s.number DESC LIMIT 1
$$;
-- +goose StatementEnd

CREATE TABLE area (
    commons_id uuid NOT NULL,
    area_id    uuid NOT NULL,
    code       handle NOT NULL,
    name       text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT area_pkey PRIMARY KEY (commons_id, area_id),
    CONSTRAINT area_code_taken UNIQUE (commons_id, code),
    FOREIGN KEY (commons_id) REFERENCES commons
);

CREATE TABLE kind (
    commons_id uuid NOT NULL,
    kind_id    uuid NOT NULL,
    code       handle NOT NULL,
    name       text NOT NULL,
    unit       text NOT NULL CHECK (unit <> ''),
    theme      text NOT NULL
               CHECK (theme IN ('work', 'care', 'material', 'money', 'equipment', 'recognition')),
    becomes    text NOT NULL CHECK (becomes IN ('weight', 'claim')),
    reviews    smallint NOT NULL CHECK (reviews BETWEEN 0 AND 9),
    created_at timestamptz NOT NULL,
    CONSTRAINT kind_pkey PRIMARY KEY (commons_id, kind_id),
    CONSTRAINT kind_code_taken UNIQUE (commons_id, code),
    FOREIGN KEY (commons_id) REFERENCES commons
);

CREATE TABLE rate (
    commons_id  uuid NOT NULL,
    rate_id     uuid NOT NULL,
    number      bigint NOT NULL,
    kind_id     uuid NOT NULL,
    area_id     uuid,
    stage       text CHECK (stage IN ('guest', 'newcomer', 'member', 'left')),
    member_id   uuid,
    from_on     date NOT NULL,
    rate        quantity NOT NULL CHECK (rate >= 0),
    recorded_by uuid,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT rate_pkey PRIMARY KEY (commons_id, rate_id),
    CONSTRAINT rate_number_unique UNIQUE (commons_id, number),
    CONSTRAINT rate_for_member_alone CHECK (member_id IS NULL OR (area_id IS NULL AND stage IS NULL)),
    FOREIGN KEY (commons_id, kind_id) REFERENCES kind,
    FOREIGN KEY (commons_id, area_id) REFERENCES area,
    FOREIGN KEY (commons_id, member_id) REFERENCES member
);
CREATE INDEX rate_by_kind ON rate (commons_id, kind_id, from_on, number);

CREATE TABLE fund (
    commons_id uuid NOT NULL,
    fund_id    uuid NOT NULL,
    code       handle NOT NULL,
    name       text NOT NULL,
    target     amount CHECK (target > 0),
    created_at timestamptz NOT NULL,
    CONSTRAINT fund_pkey PRIMARY KEY (commons_id, fund_id),
    CONSTRAINT fund_code_taken UNIQUE (commons_id, code),
    FOREIGN KEY (commons_id) REFERENCES commons
);

-- Only the hash of a token is kept. A token without a commons is the instance's.
-- Tokens end sooner than was said at first, or as said, and never later.
CREATE TABLE token (
    token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
    token_id   uuid NOT NULL,
    commons_id uuid,
    member_id  uuid,
    label      text NOT NULL,
    scopes     text[] NOT NULL CHECK (cardinality(scopes) > 0),
    by_hand    boolean NOT NULL DEFAULT false, -- made by somebody who had just signed in
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT token_pkey PRIMARY KEY (token_hash),
    CONSTRAINT token_id_unique UNIQUE (token_id),
    CONSTRAINT token_of_member_or_instance CHECK ((commons_id IS NULL) = (member_id IS NULL)),
    CONSTRAINT token_founds_or_acts
        CHECK ((commons_id IS NULL) = (scopes = ARRAY['instance:admin'])),
    CONSTRAINT token_lasts_a_year CHECK (expires_at < created_at + interval '367 days'),
    FOREIGN KEY (commons_id, member_id) REFERENCES member
);

-- When tokens of members were used last, to the minute. It is no part of the books.
CREATE TABLE token_use (
    commons_id uuid NOT NULL,
    token_id   uuid NOT NULL,
    used_at    timestamptz NOT NULL,
    CONSTRAINT token_use_pkey PRIMARY KEY (token_id),
    FOREIGN KEY (token_id) REFERENCES token (token_id) ON DELETE CASCADE
) WITH (fillfactor = 50);

-- The answer given under a key, written in the transaction of its effect.
CREATE TABLE idempotency_key (
    commons_id  uuid NOT NULL,
    member_id   uuid NOT NULL,
    key         text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint bytea NOT NULL,
    status      smallint NOT NULL,
    location    text NOT NULL,
    resource    text NOT NULL,
    body        text NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT idempotency_key_pkey PRIMARY KEY (commons_id, member_id, key),
    FOREIGN KEY (commons_id, member_id) REFERENCES member
);

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are permanent', TG_TABLE_NAME
        USING ERRCODE = '23001', CONSTRAINT = 'permanent', TABLE = TG_TABLE_NAME;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- numbers_follow refuses rows whose numbers do not go on from the head without a
-- gap, and moves the head. Arguments: the row's column, the head's column.
CREATE FUNCTION numbers_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = phyle, pg_temp AS $$
DECLARE
    moved bigint;
    groups bigint;
BEGIN
    EXECUTE 'SELECT count(DISTINCT commons_id) FROM added' INTO groups;
    EXECUTE format(
        'UPDATE journal_head AS h SET %2$I = h.%2$I + a.n
           FROM (SELECT commons_id, min(%1$I) AS first, max(%1$I) AS last, count(*) AS n
                   FROM added GROUP BY commons_id) AS a
          WHERE h.commons_id = a.commons_id
            AND a.first = h.%2$I + 1 AND a.last = h.%2$I + a.n', TG_ARGV[0], TG_ARGV[1]);
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> groups THEN
        RAISE EXCEPTION 'the numbers of % do not follow the head', TG_TABLE_NAME
            USING ERRCODE = '23514', CONSTRAINT = 'numbers_follow', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER numbers_follow AFTER INSERT ON member REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow('join_number', 'joined');
CREATE TRIGGER numbers_follow AFTER INSERT ON member_stage REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow('number', 'setting');
CREATE TRIGGER numbers_follow AFTER INSERT ON member_role REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow('number', 'setting');
CREATE TRIGGER numbers_follow AFTER INSERT ON member_suspension REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow('number', 'setting');
CREATE TRIGGER numbers_follow AFTER INSERT ON rate REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow('number', 'setting');

-- +goose StatementBegin
-- suspended_without_roles refuses to suspend who holds a role, now or later, and to give one
-- to who is suspended.
CREATE FUNCTION suspended_without_roles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF suspended_since(NEW.commons_id, NEW.member_id) IS NOT NULL
       AND (SELECT role_ahead(c.commons_id, NEW.member_id,
                              (NEW.recorded_at AT TIME ZONE c.time_zone)::date)
              FROM commons AS c WHERE c.commons_id = NEW.commons_id) IS NOT NULL THEN
        RAISE EXCEPTION 'who is suspended holds no role'
            USING ERRCODE = '23514', CONSTRAINT = 'suspended_without_roles', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- suspension_takes_turns refuses to suspend who is suspended, and to end what is not there.
CREATE FUNCTION suspension_takes_turns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.suspended = (suspended_since(NEW.commons_id, NEW.member_id) IS NOT NULL) THEN
        RAISE EXCEPTION 'suspensions and their ends take turns'
            USING ERRCODE = '23514', CONSTRAINT = 'suspension_takes_turns', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER suspension_takes_turns BEFORE INSERT ON member_suspension
    FOR EACH ROW EXECUTE FUNCTION suspension_takes_turns();
CREATE TRIGGER suspended_without_roles AFTER INSERT ON member_suspension
    FOR EACH ROW EXECUTE FUNCTION suspended_without_roles();
CREATE TRIGGER suspended_without_roles AFTER INSERT ON member_role
    FOR EACH ROW EXECUTE FUNCTION suspended_without_roles();

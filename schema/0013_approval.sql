-- +goose Up
-- Who may approve beside treasurers: any member who is given the role.
ALTER TABLE member_role DROP CONSTRAINT member_role_role_check;
ALTER TABLE member_role ADD CONSTRAINT member_role_role_check
    CHECK (role IN ('steward', 'treasurer', 'auditor', 'approver'));

-- A change to who may do what, to how many must approve, or an act that waits: what is
-- asked for. proposed_by is nobody where it was done at the machine or in founding. The
-- request of an act is kept as it came; match is the tag of what was seen, '' for none.
CREATE TABLE change (
    commons_id      uuid NOT NULL,
    change_id       uuid NOT NULL,
    type            text NOT NULL CHECK (type IN ('approval_policy', 'role', 'act')),
    approvals       smallint CHECK (approvals BETWEEN 0 AND 9),
    approvals_above amount CHECK (approvals_above >= 0),
    member_id       uuid,
    role            text CHECK (role IN ('steward', 'treasurer', 'auditor', 'approver')),
    held            boolean,
    from_on         date,
    operation       text,
    method          text,
    path            text,
    match           text,
    body            text,
    proposed_by     uuid,
    proposed_at     timestamptz NOT NULL,
    until_on        date,
    CONSTRAINT change_pkey PRIMARY KEY (commons_id, change_id),
    CONSTRAINT change_until
        CHECK (until_on IS NULL OR (type = 'role' AND held AND until_on >= from_on) IS TRUE),
    CONSTRAINT change_auditor_ends
        CHECK (role <> 'auditor' OR NOT held OR (until_on <= from_on + 731) IS TRUE),
    CONSTRAINT change_of_one_type CHECK (
        num_nulls(approvals, approvals_above) = CASE type WHEN 'approval_policy' THEN 0 ELSE 2 END
        AND num_nulls(member_id, role, held, from_on) = CASE type WHEN 'role' THEN 0 ELSE 4 END
        AND num_nulls(operation, method, path, match, body) = CASE type WHEN 'act' THEN 0 ELSE 5 END),
    CONSTRAINT change_act_by_somebody CHECK (type <> 'act' OR proposed_by IS NOT NULL),
    CONSTRAINT change_not_of_own_role CHECK (proposed_by <> member_id),
    FOREIGN KEY (commons_id) REFERENCES commons,
    FOREIGN KEY (commons_id, member_id) REFERENCES member,
    FOREIGN KEY (commons_id, proposed_by) REFERENCES member
);
CREATE INDEX change_by_member ON change (commons_id, member_id);

-- How a change ended, once. Unchecked is what took effect at once, because nobody
-- else could confirm it. number is the setting that it made; after_setting the last
-- one before, and on_day the day in the commons: they tell who could confirm. made is the
-- path of what an act made, '' if that has none, and of which entries.
CREATE TABLE change_confirmation (
    commons_id    uuid NOT NULL,
    change_id     uuid NOT NULL,
    outcome       text NOT NULL CHECK (outcome IN ('confirmed', 'unchecked', 'withdrawn')),
    proposed_by   uuid,
    decided_by    uuid,
    decided_at    timestamptz NOT NULL,
    on_day        date NOT NULL,
    after_setting bigint NOT NULL,
    number        bigint,
    made          text,
    first_entry   bigint,
    last_entry    bigint,
    CONSTRAINT change_settled_once PRIMARY KEY (commons_id, change_id),
    CONSTRAINT change_number_unique UNIQUE (commons_id, number),
    CONSTRAINT change_by_two CHECK (CASE outcome
        WHEN 'confirmed' THEN decided_by IS NOT NULL AND decided_by IS DISTINCT FROM proposed_by
        WHEN 'unchecked' THEN decided_by IS NOT DISTINCT FROM proposed_by
        ELSE decided_by IS NOT NULL END),
    CONSTRAINT change_number CHECK (number > after_setting AND CASE
        WHEN made IS NULL THEN (number IS NULL) = (outcome = 'withdrawn')
        ELSE number IS NULL AND outcome <> 'withdrawn' END),
    CONSTRAINT change_entries CHECK (CASE WHEN first_entry IS NULL THEN last_entry IS NULL
                                          ELSE made IS NOT NULL AND last_entry >= first_entry END),
    FOREIGN KEY (commons_id, change_id) REFERENCES change,
    FOREIGN KEY (commons_id, decided_by) REFERENCES member
);

-- How many other members must approve a distribution: approvals, once more than
-- above is given, counted with what was posted in the thirty days before. The row of
-- the latest number holds; number is a setting.
CREATE TABLE approval_policy (
    commons_id uuid NOT NULL,
    number     bigint NOT NULL,
    approvals  smallint NOT NULL CHECK (approvals BETWEEN 0 AND 9),
    above      amount NOT NULL CHECK (above >= 0),
    CONSTRAINT approval_policy_pkey PRIMARY KEY (commons_id, number),
    FOREIGN KEY (commons_id, number) REFERENCES change_confirmation (commons_id, number)
        DEFERRABLE INITIALLY DEFERRED
);
CREATE TRIGGER numbers_follow AFTER INSERT ON approval_policy REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow('number', 'setting');

-- A member approves the figures of a draft, named by their digest. It stays, even if
-- the draft is thrown away.
CREATE TABLE approval (
    commons_id      uuid NOT NULL,
    distribution_id uuid NOT NULL,
    digest          text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    drafted_by      uuid NOT NULL,
    approved_by     uuid NOT NULL,
    approved_at     timestamptz NOT NULL,
    CONSTRAINT approval_given_once PRIMARY KEY (commons_id, distribution_id, approved_by),
    CONSTRAINT approval_by_another CHECK (approved_by <> drafted_by),
    FOREIGN KEY (commons_id, drafted_by) REFERENCES member,
    FOREIGN KEY (commons_id, approved_by) REFERENCES member
);

-- What a distribution was held to as it was posted: on which day, after which
-- setting, and how many approvals were asked for.
CREATE TABLE distribution_check (
    commons_id      uuid NOT NULL,
    distribution_id uuid NOT NULL,
    on_day          date NOT NULL,
    setting         bigint NOT NULL,
    approvals       smallint NOT NULL CHECK (approvals BETWEEN 0 AND 9),
    CONSTRAINT distribution_check_pkey PRIMARY KEY (commons_id, distribution_id),
    FOREIGN KEY (commons_id, distribution_id) REFERENCES distribution
);

-- +goose StatementBegin
-- What was there before is kept as it was: unchecked, and without approvals. Row-level
-- security holds for who migrates too, so it goes from commons to commons.
DO $$
DECLARE
    own uuid;
BEGIN
    PERFORM set_config('phyle.directory', 'on', true);
    FOR own IN SELECT commons_id FROM commons LOOP
        PERFORM set_config('phyle.commons', own::text, true);
        WITH role AS (
            SELECT *, gen_random_uuid() AS change_id FROM member_role WHERE commons_id = own
        ), made AS (
            INSERT INTO change (commons_id, change_id, type, member_id, role, held, from_on, until_on,
                        proposed_at)
            SELECT commons_id, change_id, 'role', member_id, role, held, from_on, until_on, recorded_at
              FROM role
        )
        INSERT INTO change_confirmation (commons_id, change_id, outcome, decided_at, on_day,
                    after_setting, number)
        SELECT commons_id, change_id, 'unchecked', recorded_at, recorded_at::date, number - 1, number
          FROM role;
        INSERT INTO distribution_check (commons_id, distribution_id, on_day, setting, approvals)
        SELECT commons_id, distribution_id, posted_at::date, setting, 0 FROM distribution
         WHERE commons_id = own;
    END LOOP;
    PERFORM set_config('phyle.directory', '', true), set_config('phyle.commons', '', true);
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- The roles that a member holds on a day, as was known after a setting.
CREATE FUNCTION roles_then(of_commons uuid, of_member uuid, day date, setting bigint) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(r.role), '{}')
      FROM (SELECT DISTINCT ON (role) role, held, until_on FROM member_role
             WHERE commons_id = of_commons AND member_id = of_member AND from_on <= day
               AND number <= setting
             ORDER BY role, from_on DESC, number DESC) AS r
     WHERE r.held AND (r.until_on >= day) IS NOT FALSE
       AND (SELECT s.stage FROM member_stage AS s
             WHERE s.commons_id = of_commons AND s.member_id = of_member AND s.from_on <= day
               AND s.number <= setting
             ORDER BY s.from_on DESC, s.number DESC LIMIT 1) <> 'left'
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- approval_of_draft refuses approvals of what is no draft, or not by its drafter and
-- digest.
CREATE FUNCTION approval_of_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM draft AS d
                    WHERE d.commons_id = NEW.commons_id AND d.distribution_id = NEW.distribution_id
                      AND d.digest = NEW.digest AND d.drafted_by = NEW.drafted_by) THEN
        RAISE EXCEPTION 'that is not what was drafted'
            USING ERRCODE = '23514', CONSTRAINT = 'approval_of_draft', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- distribution_approved refuses to post what too few others have approved, of those
-- who may on that day, or what nobody but the poster has.
CREATE FUNCTION distribution_approved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    given integer;
    others integer;
BEGIN
    SELECT count(*), count(*) FILTER (WHERE a.approved_by <> d.posted_by) INTO given, others
      FROM distribution AS d
      JOIN approval AS a USING (commons_id, distribution_id, digest)
     WHERE d.commons_id = NEW.commons_id AND d.distribution_id = NEW.distribution_id
       AND a.approved_by <> d.drafted_by
       AND roles_then(a.commons_id, a.approved_by, NEW.on_day, NEW.setting)
           && ARRAY['treasurer', 'approver'];
    IF given < NEW.approvals OR NEW.approvals > 0 AND others = 0 THEN
        RAISE EXCEPTION 'too few have approved'
            USING ERRCODE = '23514', CONSTRAINT = 'distribution_approved', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- distribution_checked refuses, at commit, a distribution that was not held to the
-- policy in force.
CREATE FUNCTION distribution_checked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked integer;
BEGIN
    SELECT CASE WHEN p.above < NEW.given + (
                    SELECT coalesce(sum(b.given), 0) FROM distribution AS b
                     WHERE b.commons_id = NEW.commons_id AND b.number < NEW.number
                       AND b.posted_at > NEW.posted_at - interval '30 days')
                THEN p.approvals ELSE 0 END INTO asked
      FROM distribution_check AS c
      JOIN approval_policy AS p ON p.commons_id = c.commons_id AND p.number <= c.setting
     WHERE c.commons_id = NEW.commons_id AND c.distribution_id = NEW.distribution_id
     ORDER BY p.number DESC LIMIT 1;
    IF NOT EXISTS (SELECT FROM distribution_check AS c
                    WHERE c.commons_id = NEW.commons_id AND c.distribution_id = NEW.distribution_id
                      AND c.approvals = coalesce(asked, 0)) THEN
        RAISE EXCEPTION 'it was not held to the policy'
            USING ERRCODE = '23514', CONSTRAINT = 'distribution_checked', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- role_rests_on_change refuses, at commit, a role that no change has given or taken.
CREATE FUNCTION role_rests_on_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM change_confirmation AS e
                     JOIN change AS c USING (commons_id, change_id)
                    WHERE e.commons_id = NEW.commons_id AND e.number = NEW.number
                      AND (c.member_id, c.role, c.held, c.from_on)
                          = (NEW.member_id, NEW.role, NEW.held, NEW.from_on)
                      AND c.until_on IS NOT DISTINCT FROM NEW.until_on) THEN
        RAISE EXCEPTION 'no change gives or takes this role'
            USING ERRCODE = '23514', CONSTRAINT = 'role_rests_on_change', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- change_decided_by refuses that somebody confirms what they proposed, or a role that
-- they would get themselves.
CREATE FUNCTION change_decided_by() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM change AS c
                    WHERE c.commons_id = NEW.commons_id AND c.change_id = NEW.change_id
                      AND c.proposed_by IS NOT DISTINCT FROM NEW.proposed_by
                      AND (NEW.outcome = 'withdrawn' OR c.held IS NOT TRUE
                           OR c.member_id IS DISTINCT FROM NEW.decided_by)
                      AND (NEW.made IS NOT NULL) = (c.type = 'act' AND NEW.outcome <> 'withdrawn')) THEN
        RAISE EXCEPTION 'that member may not decide this'
            USING ERRCODE = '23514', CONSTRAINT = 'change_decided_by', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER approval_of_draft AFTER INSERT ON approval
    FOR EACH ROW EXECUTE FUNCTION approval_of_draft();
CREATE TRIGGER distribution_approved AFTER INSERT ON distribution_check
    FOR EACH ROW EXECUTE FUNCTION distribution_approved();
CREATE CONSTRAINT TRIGGER distribution_checked AFTER INSERT ON distribution
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION distribution_checked();
CREATE CONSTRAINT TRIGGER role_rests_on_change AFTER INSERT ON member_role
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION role_rests_on_change();
CREATE TRIGGER change_decided_by AFTER INSERT ON change_confirmation
    FOR EACH ROW EXECUTE FUNCTION change_decided_by();

-- +goose StatementBegin
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['change', 'change_confirmation', 'approval_policy', 'approval',
        'distribution_check'] LOOP
        PERFORM isolate(name::regclass);
        EXECUTE format('CREATE TRIGGER permanent_table BEFORE TRUNCATE ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
        EXECUTE format('CREATE TRIGGER permanent_row BEFORE UPDATE OR DELETE ON %I
            FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'phyle_app') THEN
            EXECUTE format('GRANT SELECT, INSERT ON %I TO phyle_app', name);
        END IF;
    END LOOP;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION approval_of_draft, distribution_approved, distribution_checked,
    role_rests_on_change, change_decided_by, roles_then FROM PUBLIC;
-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'phyle_app') THEN
        GRANT EXECUTE ON FUNCTION roles_then TO phyle_app;
    END IF;
END
$$;
-- +goose StatementEnd

-- +goose Up
-- A version of the rules, as canonical JSON. It is never edited.
CREATE TABLE agreement (
    commons_id   uuid NOT NULL,
    agreement_id uuid NOT NULL,
    area_id      uuid,
    name         text NOT NULL,
    document     text NOT NULL,
    created_by   uuid NOT NULL,
    created_at   timestamptz NOT NULL,
    CONSTRAINT agreement_pkey PRIMARY KEY (commons_id, agreement_id),
    FOREIGN KEY (commons_id, area_id) REFERENCES area,
    FOREIGN KEY (commons_id, created_by) REFERENCES member
);

-- The recorded decision that put a version in force. Of several from one day the
-- latest number holds. version counts per commons or area.
CREATE TABLE adoption (
    commons_id   uuid NOT NULL,
    agreement_id uuid NOT NULL,
    area_id      uuid,
    version      integer NOT NULL CHECK (version > 0),
    from_on      date NOT NULL,
    method       text NOT NULL,
    decided_on   date NOT NULL,
    link         text NOT NULL,
    note         text NOT NULL,
    number       bigint NOT NULL,
    adopted_by   uuid NOT NULL,
    adopted_at   timestamptz NOT NULL,
    CONSTRAINT agreement_adopted_once PRIMARY KEY (commons_id, agreement_id),
    CONSTRAINT adoption_version_unique UNIQUE NULLS NOT DISTINCT (commons_id, area_id, version),
    CONSTRAINT adoption_number_unique UNIQUE (commons_id, number),
    FOREIGN KEY (commons_id, agreement_id) REFERENCES agreement,
    FOREIGN KEY (commons_id, adopted_by) REFERENCES member
);
CREATE TRIGGER numbers_follow AFTER INSERT ON adoption REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow('number', 'setting');

-- From which day a rule id is held, per commons or area: the day from which the
-- first version holding it is in force.
CREATE TABLE rule_start (
    commons_id   uuid NOT NULL,
    area_id      uuid,
    rule         handle NOT NULL,
    from_on      date NOT NULL,
    agreement_id uuid NOT NULL,
    CONSTRAINT rule_start_unique UNIQUE NULLS NOT DISTINCT (commons_id, area_id, rule),
    FOREIGN KEY (commons_id, agreement_id) REFERENCES agreement
);

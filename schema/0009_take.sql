-- +goose Up
-- What a member asks for of a rule by takes, per commons or area, until the member's
-- next row. number is a setting: distributions read up to theirs.
CREATE TABLE take (
    commons_id  uuid NOT NULL,
    area_id     uuid,
    rule        handle NOT NULL,
    member_id   uuid NOT NULL,
    number      bigint NOT NULL,
    amount      amount NOT NULL CHECK (amount >= 0),
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT take_pkey PRIMARY KEY (commons_id, number),
    FOREIGN KEY (commons_id, area_id) REFERENCES area,
    FOREIGN KEY (commons_id, member_id) REFERENCES member,
    FOREIGN KEY (commons_id, recorded_by) REFERENCES member
);
CREATE INDEX take_by_rule ON take (commons_id, rule, member_id, number);
CREATE TRIGGER numbers_follow AFTER INSERT ON take REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow('number', 'setting');

-- What a rule gave a member before the books were opened here, for rules that catch
-- up. number is a setting.
CREATE TABLE received_opening (
    commons_id  uuid NOT NULL,
    area_id     uuid,
    rule        handle NOT NULL,
    member_id   uuid NOT NULL,
    number      bigint NOT NULL,
    amount      amount NOT NULL CHECK (amount > 0),
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT received_opening_pkey PRIMARY KEY (commons_id, number),
    CONSTRAINT received_opening_once UNIQUE NULLS NOT DISTINCT (commons_id, area_id, rule, member_id),
    FOREIGN KEY (commons_id, area_id) REFERENCES area,
    FOREIGN KEY (commons_id, member_id) REFERENCES member,
    FOREIGN KEY (commons_id, recorded_by) REFERENCES member
);
CREATE TRIGGER numbers_follow AFTER INSERT ON received_opening REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow('number', 'setting');

-- +goose StatementBegin
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['take', 'received_opening'] LOOP
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

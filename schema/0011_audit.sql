-- +goose Up
-- Who did what, or was refused it, and from where. An act has one row, written in its
-- own transaction; event_from and event_to name the events that it made, so that each
-- event belongs to one act. A refusal of an act on money has a row of its own, or is
-- counted in one. Before and after hold ids, figures, dates and codes, and nothing that
-- was written about persons; of an address its network is kept.
ALTER TABLE journal_head ADD COLUMN audit bigint NOT NULL DEFAULT 0;

CREATE TABLE audit (
    commons_id   uuid NOT NULL,
    number       bigint NOT NULL,
    at           timestamptz NOT NULL,
    member_id    uuid,
    token_id     uuid,
    operation    text NOT NULL CHECK (operation ~ '^[a-z_]{1,64}$'),
    outcome      text NOT NULL CHECK (outcome IN ('done', 'refused')),
    code         text CHECK (code ~ '^[a-z0-9_]{1,64}$'),
    type         text CHECK (type ~ '^[a-z]+\.[a-z_]+$'),
    subject      text CHECK (subject ~ '^[a-z]{3}_[0-9a-z]{26}$'),
    last_subject text CHECK (last_subject ~ '^[a-z]{3}_[0-9a-z]{26}$'),
    count        bigint NOT NULL CHECK (count > 0),
    event_from   bigint,
    event_to     bigint,
    before       jsonb CHECK (jsonb_typeof(before) = 'object'),
    after        jsonb CHECK (jsonb_typeof(after) = 'object'),
    request_id   text NOT NULL CHECK (length(request_id) <= 64),
    address      text NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT audit_pkey PRIMARY KEY (commons_id, number),
    CONSTRAINT audit_event_from_unique UNIQUE (commons_id, event_from),
    CONSTRAINT audit_code_of_refusal CHECK ((outcome = 'refused') = (code IS NOT NULL)),
    CONSTRAINT audit_events_of_act CHECK (
        CASE WHEN event_from IS NULL THEN event_to IS NULL
             ELSE outcome = 'done' AND count = event_to - event_from + 1 END IS TRUE),
    CONSTRAINT audit_address_is_network CHECK (
        CASE WHEN address = 'local' THEN true
             WHEN family(address::cidr) = 4 THEN masklen(address::cidr) <= 24
             ELSE masklen(address::cidr) <= 48 END),
    FOREIGN KEY (commons_id) REFERENCES commons,
    FOREIGN KEY (commons_id, member_id) REFERENCES member
);
CREATE INDEX audit_by_member ON audit (commons_id, member_id, number);
CREATE INDEX audit_by_subject ON audit (commons_id, subject, number);
CREATE INDEX event_by_subject ON event (commons_id, subject, number);
CREATE TRIGGER numbers_follow AFTER INSERT ON audit REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow('number', 'audit');

SELECT isolate('audit');
CREATE TRIGGER permanent_table BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER permanent_row BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'phyle_app') THEN
        GRANT SELECT, INSERT ON audit TO phyle_app;
    END IF;
END
$$;
-- +goose StatementEnd

-- +goose Up
-- What happened, in order and without a gap: the feed. A row is written in the
-- transaction of what it tells of. subject is the id that the API shows.
CREATE TABLE event (
    commons_id  uuid NOT NULL,
    number      bigint NOT NULL,
    type        text NOT NULL CHECK (type ~ '^[a-z]+\.[a-z_]+$'),
    subject     text NOT NULL CHECK (subject ~ '^[a-z]{3}_[0-9a-z]{26}$'),
    member_id   uuid,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT event_pkey PRIMARY KEY (commons_id, number),
    FOREIGN KEY (commons_id) REFERENCES commons,
    FOREIGN KEY (commons_id, member_id) REFERENCES member
);
CREATE TRIGGER numbers_follow AFTER INSERT ON event REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow('number', 'event');

CREATE TRIGGER permanent_table BEFORE TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER permanent_row BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'phyle_app') THEN
        GRANT SELECT, INSERT ON event TO phyle_app;
    END IF;
END
$$;
-- +goose StatementEnd

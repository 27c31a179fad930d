-- +goose Up
-- +goose StatementBegin
-- freshen has PostgreSQL count anew the tables that it knows nothing of, or that have
-- grown to more than twice what it knows. It would do so by itself within a minute or
-- two; until then it takes a commons for a handful of rows, and goes through all members
-- for each member. What another session counts just now is left to that.
CREATE FUNCTION freshen() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = phyle, pg_temp AS $$
DECLARE
    name regclass;
BEGIN
    FOR name IN
        SELECT oid FROM pg_class
         WHERE relnamespace = 'phyle'::regnamespace AND relkind = 'r'
           AND pg_relation_size(oid) > 0
           AND (reltuples <= 0
                OR pg_relation_size(oid) > 2 * relpages::bigint * current_setting('block_size')::int)
    LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) %s', name);
    END LOOP;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION freshen FROM PUBLIC;

-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'phyle_app') THEN
        GRANT EXECUTE ON FUNCTION freshen TO phyle_app;
    END IF;
END
$$;
-- +goose StatementEnd

-- Run before the migrations, by whoever runs them. The roles belong to the server,
-- so another database may have made them already. A user who may not make roles
-- goes on without them: triggers and row-level security hold all the same, the rights
-- do not.
DO $$
DECLARE
    name text;
    setting record;
BEGIN
    PERFORM pg_advisory_xact_lock(7482134);
    BEGIN
        FOREACH name IN ARRAY ARRAY['phyle_owner', 'phyle_migrate', 'phyle_app', 'phyle_report']
        LOOP
            CONTINUE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = name);
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        END LOOP;
        IF NOT pg_has_role('phyle_migrate', 'phyle_owner', 'MEMBER') THEN
            GRANT phyle_owner TO phyle_migrate;
        END IF;
        -- These hold for whoever signs in as the role itself, unless somebody has set
        -- others; the program brings its own.
        FOR setting IN
            SELECT r.rolname, s.name, s.value
              FROM (VALUES ('phyle_app', 'statement_timeout', '''5s'''),
                           ('phyle_app', 'lock_timeout', '''3s'''),
                           ('phyle_app', 'idle_in_transaction_session_timeout', '''10s'''),
                           ('phyle_app', 'timezone', '''UTC'''),
                           ('phyle_app', 'search_path', 'phyle, pg_temp'),
                           ('phyle_report', 'statement_timeout', '''30s'''),
                           ('phyle_report', 'lock_timeout', '''3s'''),
                           ('phyle_report', 'idle_in_transaction_session_timeout', '''10s'''),
                           ('phyle_report', 'default_transaction_read_only', 'on'),
                           ('phyle_report', 'timezone', '''UTC'''),
                           ('phyle_report', 'search_path', 'phyle, pg_temp')
                   ) AS s (role, name, value)
              JOIN pg_roles AS r ON r.rolname = s.role
             WHERE NOT EXISTS (SELECT FROM unnest(r.rolconfig) AS c
                                WHERE starts_with(lower(c), s.name || '='))
        LOOP
            EXECUTE format('ALTER ROLE %I SET %I = %s', setting.rolname, setting.name, setting.value);
        END LOOP;
    EXCEPTION
        -- The last is what two databases report that do the same at once.
        WHEN duplicate_object OR unique_violation OR insufficient_privilege OR internal_error THEN NULL;
    END;
    IF to_regnamespace('phyle') IS NULL THEN
        CREATE SCHEMA phyle;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'phyle_app')
       AND EXISTS (SELECT FROM pg_roles
                    WHERE rolname = 'phyle_owner' AND pg_has_role(current_user, oid, 'MEMBER')) THEN
        ALTER SCHEMA phyle OWNER TO phyle_owner;
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO phyle_app', current_database());
        PERFORM set_config('role', 'phyle_owner', false);
    END IF;
END
$$;

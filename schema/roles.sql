-- Run before the migrations, by whoever runs them. The roles belong to the server,
-- so another database may have made them already. A user who may not make roles
-- goes on without them: the triggers hold all the same, the rights do not.
DO $$
BEGIN
    PERFORM pg_advisory_xact_lock(7482134);
    BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'phyle_owner') THEN
            CREATE ROLE phyle_owner NOLOGIN;
        END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'phyle_app') THEN
            CREATE ROLE phyle_app NOLOGIN;
        END IF;
    EXCEPTION
        WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
    END;
    CREATE SCHEMA IF NOT EXISTS phyle;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname IN ('phyle_owner', 'phyle_app')
               HAVING count(*) = 2 AND bool_and(pg_has_role(current_user, oid, 'MEMBER'))) THEN
        ALTER SCHEMA phyle OWNER TO phyle_owner;
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO phyle_app', current_database());
        PERFORM set_config('role', 'phyle_owner', false);
    END IF;
END
$$;

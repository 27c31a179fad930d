-- +goose Up
-- What one commons holds is nothing to another. Statements name their commons; this is
-- the second net, for one that forgets to. A transaction says in phyle.commons whose it
-- is. Once it was set, the setting is '' in between, which is nobody.

-- +goose StatementBegin
-- isolate shows the rows of a table to transactions of their commons only, and takes no
-- others, from the owner neither. Every table with a commons_id is given to it. It calls
-- the function behind =, of which the planner expects a third of the rows: the statement's
-- own commons_id has said already how few there are, and = would take that off twice.
CREATE FUNCTION isolate(name regclass) RETURNS void
LANGUAGE plpgsql SET search_path = phyle, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
    EXECUTE format($policy$
        CREATE POLICY own_commons ON %s USING (
            uuid_eq(commons_id, (SELECT nullif(current_setting('phyle.commons', true), '')::uuid)))
        $policy$, name);
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION isolate FROM PUBLIC;

SELECT isolate(c.oid) FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
 WHERE c.relnamespace = 'phyle'::regnamespace AND c.relkind = 'r' AND a.attname = 'commons_id';

-- Who is at the machine itself asks which commons there are, and counts the tokens that
-- belong to none. A token of the instance is made where no commons is named.
CREATE POLICY directory ON commons FOR SELECT
    USING ((SELECT current_setting('phyle.directory', true)) = 'on');
CREATE POLICY directory ON token FOR SELECT
    USING (commons_id IS NULL AND (SELECT current_setting('phyle.directory', true)) = 'on');
CREATE POLICY of_instance ON token FOR INSERT WITH CHECK (
    commons_id IS NULL AND (SELECT nullif(current_setting('phyle.commons', true), '')) IS NULL);

-- Whoever has a token finds it, by its hash, before it is known whose it is.
CREATE POLICY presented ON token FOR SELECT USING (
    token_hash = (SELECT decode(nullif(current_setting('phyle.token', true), ''), 'hex')));

-- +goose StatementBegin
-- caller_of returns whom the token of a hash acts for: no row if there is no such token,
-- and nothing of commons and member if it is the instance's.
CREATE FUNCTION caller_of(hash bytea) RETURNS TABLE (
    of_commons uuid, of_member uuid, id_of_token uuid, token_scopes text[], ends_at timestamptz,
    made_at timestamptz, member_handle text,
    commons_slug text, commons_name text, commons_currency text, commons_zone text,
    commons_limit numeric, founded_at timestamptz)
LANGUAGE plpgsql SET search_path = phyle, pg_temp AS $$
DECLARE
    before text := coalesce(current_setting('phyle.commons', true), '');
BEGIN
    PERFORM set_config('phyle.token', encode(hash, 'hex'), true);
    SELECT t.commons_id, t.member_id, t.token_id, t.scopes, t.expires_at, t.created_at
      INTO of_commons, of_member, id_of_token, token_scopes, ends_at, made_at
      FROM token AS t WHERE t.token_hash = hash;
    PERFORM set_config('phyle.token', '', true);
    IF id_of_token IS NULL THEN
        RETURN;
    END IF;
    IF of_commons IS NOT NULL THEN
        PERFORM set_config('phyle.commons', of_commons::text, true);
        SELECT m.handle, c.slug, c.name, c.currency, c.time_zone, c.advance_limit, c.created_at
          INTO member_handle, commons_slug, commons_name, commons_currency, commons_zone,
               commons_limit, founded_at
          FROM member AS m JOIN commons AS c USING (commons_id)
         WHERE m.commons_id = of_commons AND m.member_id = of_member;
        SELECT usable_scopes(t) INTO token_scopes
          FROM token AS t WHERE t.commons_id = of_commons AND t.token_id = id_of_token;
        PERFORM set_config('phyle.commons', before, true);
    END IF;
    RETURN NEXT;
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION caller_of FROM PUBLIC;

-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'phyle_app') THEN
        GRANT EXECUTE ON FUNCTION caller_of TO phyle_app;
    END IF;
END
$$;
-- +goose StatementEnd

-- What people read who make reports of their own, of the commons that they name in
-- phyle.commons: handles and figures, and no names, notes or documents. The views have no
-- rights of their own, so that row-level security holds for whoever reads them.
CREATE VIEW report_member WITH (security_invoker = true) AS
SELECT commons_id, member_id, handle, type, joined_on,
       stage_on(commons_id, member_id, current_date) AS stage,
       roles_on(commons_id, member_id, current_date) AS roles
  FROM member;

CREATE VIEW report_contribution WITH (security_invoker = true) AS
SELECT c.commons_id, c.contribution_id, m.handle AS member, k.code AS kind, k.unit, a.code AS area,
       c.performed_on, c.quantity, s.state, x.rate, x.weight, x.value, c.logged_at, x.accepted_at
  FROM contribution AS c
  JOIN contribution_state AS s USING (commons_id, contribution_id)
  JOIN member AS m USING (commons_id, member_id)
  JOIN kind AS k USING (commons_id, kind_id)
  LEFT JOIN area AS a ON a.commons_id = c.commons_id AND a.area_id = c.area_id
  LEFT JOIN acceptance AS x
    ON x.commons_id = c.commons_id AND x.contribution_id = c.contribution_id;

CREATE VIEW report_income WITH (security_invoker = true) AS
SELECT i.commons_id, i.income_id, i.received_on, i.source, a.code AS area, i.asset, i.gross, i.net,
       i.sequence, i.recorded_at, r.reversed_at
  FROM income AS i
  LEFT JOIN area AS a ON a.commons_id = i.commons_id AND a.area_id = i.area_id
  LEFT JOIN income_reversal AS r ON r.commons_id = i.commons_id AND r.income_id = i.income_id;

CREATE VIEW report_distribution WITH (security_invoker = true) AS
SELECT d.commons_id, d.distribution_id, d.number, a.code AS area, d.date, d.through, d.incomes,
       d.carried_in, d.given, d.carried_out, d.digest, d.sequence, d.posted_at, r.reversed_at
  FROM distribution AS d
  LEFT JOIN area AS a ON a.commons_id = d.commons_id AND a.area_id = d.area_id
  LEFT JOIN distribution_reversal AS r
    ON r.commons_id = d.commons_id AND r.distribution_id = d.distribution_id;

CREATE VIEW report_allocation WITH (security_invoker = true) AS
SELECT x.commons_id, d.number, x.ordinal, x.rule, x.type, m.handle AS member, k.code AS kind,
       f.code AS fund, x.amount, x.kept, x.weight, x.total_weight
  FROM allocation AS x
  JOIN distribution AS d USING (commons_id, distribution_id)
  LEFT JOIN member AS m ON m.commons_id = x.commons_id AND m.member_id = x.member_id
  LEFT JOIN kind AS k ON k.commons_id = x.commons_id AND k.kind_id = x.kind_id
  LEFT JOIN fund AS f ON f.commons_id = x.commons_id AND f.fund_id = x.fund_id;

CREATE VIEW report_posting WITH (security_invoker = true) AS
SELECT e.commons_id, e.sequence, e.date, e.kind, e.recorded_at, p.ordinal, a.name AS account,
       a.class, p.unit, p.amount
  FROM entry AS e
  JOIN posting AS p USING (commons_id, sequence)
  JOIN account AS a USING (commons_id, account_id);

CREATE VIEW report_balance WITH (security_invoker = true) AS
SELECT a.commons_id, a.name AS account, a.class, a.unit, b.amount
  FROM account AS a JOIN balance AS b USING (commons_id, account_id);

-- +goose StatementBegin
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'phyle_report') THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA phyle TO phyle_report;
    GRANT SELECT ON report_member, report_contribution, report_income, report_distribution,
        report_allocation, report_posting, report_balance TO phyle_report;
    GRANT SELECT (commons_id, member_id, handle, type, joined_on) ON member TO phyle_report;
    GRANT SELECT (commons_id, member_id, number, from_on, stage) ON member_stage TO phyle_report;
    GRANT SELECT (commons_id, member_id, number, from_on, until_on, role, held) ON member_role
        TO phyle_report;
    GRANT SELECT (commons_id, area_id, code) ON area TO phyle_report;
    GRANT SELECT (commons_id, kind_id, code, unit) ON kind TO phyle_report;
    GRANT SELECT (commons_id, fund_id, code) ON fund TO phyle_report;
    GRANT SELECT (commons_id, contribution_id, member_id, kind_id, area_id, performed_on, quantity,
        logged_at) ON contribution TO phyle_report;
    GRANT SELECT (commons_id, contribution_id, state) ON contribution_state TO phyle_report;
    GRANT SELECT (commons_id, contribution_id, rate, weight, value, accepted_at) ON acceptance
        TO phyle_report;
    GRANT SELECT (commons_id, income_id, received_on, source, area_id, asset, gross, net, sequence,
        recorded_at) ON income TO phyle_report;
    GRANT SELECT (commons_id, income_id, reversed_at) ON income_reversal TO phyle_report;
    GRANT SELECT (commons_id, distribution_id, number, area_id, date, through, incomes, carried_in,
        given, carried_out, digest, sequence, posted_at) ON distribution TO phyle_report;
    GRANT SELECT (commons_id, distribution_id, reversed_at) ON distribution_reversal
        TO phyle_report;
    GRANT SELECT (commons_id, distribution_id, ordinal, rule, type, member_id, kind_id, fund_id,
        amount, kept, weight, total_weight) ON allocation TO phyle_report;
    GRANT SELECT (commons_id, sequence, date, kind, recorded_at) ON entry TO phyle_report;
    GRANT SELECT (commons_id, sequence, ordinal, account_id, unit, amount) ON posting
        TO phyle_report;
    GRANT SELECT (commons_id, account_id, name, class, unit) ON account TO phyle_report;
    GRANT SELECT (commons_id, account_id, amount) ON balance TO phyle_report;
    GRANT EXECUTE ON FUNCTION stage_on, terms_on, roles_on TO phyle_report;
END
$$;
-- +goose StatementEnd

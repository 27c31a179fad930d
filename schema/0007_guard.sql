-- +goose Up
-- +goose StatementBegin
-- Permanent rows refuse UPDATE, DELETE and TRUNCATE, whoever asks.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['commons', 'member', 'member_stage', 'member_role',
        'member_suspension', 'area', 'kind',
        'rate', 'fund', 'idempotency_key', 'account', 'entry', 'posting', 'period', 'contribution',
        'import', 'import_undo',
        'contribution_decision', 'acceptance', 'contribution_move', 'income', 'deduction',
        'income_reversal', 'agreement', 'proposal', 'proposal_withdrawal', 'vote', 'decision',
        'decision_vote', 'adoption', 'rule_start', 'distribution',
        'distribution_income', 'distribution_inputs', 'coverage', 'allocation',
        'distribution_rounding', 'distribution_reversal']
    LOOP
        EXECUTE format('CREATE TRIGGER permanent_table BEFORE TRUNCATE ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
        CONTINUE WHEN name = 'commons';
        EXECUTE format('CREATE TRIGGER permanent_row BEFORE UPDATE OR DELETE ON %I
            FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    END LOOP;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER permanent_row BEFORE DELETE ON commons
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER permanent_facts BEFORE UPDATE OF commons_id, slug, currency, digits, created_at
    ON commons FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A token can end sooner than was said when it was made, and never later.
CREATE TRIGGER never_later BEFORE UPDATE ON token
    FOR EACH ROW WHEN (NEW.expires_at > OLD.expires_at) EXECUTE FUNCTION refuse_change();

-- The head moves inside other triggers, and never by a statement of its own.
CREATE TRIGGER moved_by_triggers BEFORE UPDATE ON journal_head
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER permanent_row BEFORE DELETE ON journal_head
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER permanent_table BEFORE TRUNCATE ON journal_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- +goose StatementBegin
-- The app inserts and reads; it changes the few columns that may change, and
-- deletes drafts and tokens. Projections and the head move by trigger alone; the
-- right to update recorded_at is what lets it lock the head.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'phyle_app') THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA phyle TO phyle_app;
    GRANT SELECT ON ALL TABLES IN SCHEMA phyle TO phyle_app;
    GRANT INSERT (commons_id, recorded_at) ON journal_head TO phyle_app;
    GRANT INSERT ON commons, member, member_stage, member_role, member_suspension, area, kind, rate,
        fund, token, token_use, idempotency_key, account, entry, posting, period, import, import_undo,
        contribution, contribution_decision, acceptance, income, deduction, income_reversal, agreement, proposal,
        proposal_withdrawal, vote, decision, decision_vote, adoption, rule_start, draft,
        distribution, distribution_income, distribution_inputs, coverage, allocation,
        distribution_rounding, distribution_reversal TO phyle_app;
    GRANT UPDATE (recorded_at) ON journal_head TO phyle_app;
    GRANT UPDATE (name, time_zone, advance_limit, contributions_shown, books_shown)
        ON commons TO phyle_app;
    GRANT UPDATE (expires_at) ON token TO phyle_app;
    GRANT UPDATE (used_at) ON token_use TO phyle_app;
    GRANT DELETE ON draft, token TO phyle_app;
    REVOKE ALL ON ALL FUNCTIONS IN SCHEMA phyle FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION stage_on, terms_on, roles_on, role_ahead, suspended_since, members_on
        TO phyle_app;
END
$$;
-- +goose StatementEnd

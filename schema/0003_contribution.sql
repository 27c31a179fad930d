-- +goose Up
-- What was given. A row never changes; what became of it stands in the rows that
-- follow it. A reversing contribution names the first and is negative.
CREATE TABLE contribution (
    commons_id      uuid NOT NULL,
    contribution_id uuid NOT NULL,
    member_id       uuid NOT NULL,
    kind_id         uuid NOT NULL,
    area_id         uuid,
    quantity        quantity NOT NULL CHECK (quantity <> 0),
    performed_on    date NOT NULL,
    note            text NOT NULL,
    evidence        text NOT NULL,
    external_ref    text,
    group_id        uuid,
    reverses        uuid,
    logged_by       uuid NOT NULL,
    logged_at       timestamptz NOT NULL,
    CONSTRAINT contribution_pkey PRIMARY KEY (commons_id, contribution_id),
    CONSTRAINT contribution_external_ref_taken UNIQUE (commons_id, external_ref),
    CONSTRAINT contribution_reversed_once UNIQUE (commons_id, reverses),
    CONSTRAINT contribution_sign CHECK ((quantity < 0) = (reverses IS NOT NULL)),
    FOREIGN KEY (commons_id, member_id) REFERENCES member,
    FOREIGN KEY (commons_id, logged_by) REFERENCES member,
    FOREIGN KEY (commons_id, kind_id) REFERENCES kind,
    FOREIGN KEY (commons_id, area_id) REFERENCES area,
    FOREIGN KEY (commons_id, reverses) REFERENCES contribution
);
CREATE INDEX contribution_by_member ON contribution (commons_id, member_id, performed_on);

CREATE TABLE contribution_decision (
    commons_id      uuid NOT NULL,
    contribution_id uuid NOT NULL,
    step            smallint NOT NULL CHECK (step > 0),
    decision        text NOT NULL,
    note            text NOT NULL,
    decided_by      uuid NOT NULL,
    decided_at      timestamptz NOT NULL,
    CONSTRAINT contribution_decision_pkey PRIMARY KEY (commons_id, contribution_id, step),
    FOREIGN KEY (commons_id, contribution_id) REFERENCES contribution,
    FOREIGN KEY (commons_id, decided_by) REFERENCES member
);
-- A reviewer counts once for one contribution.
CREATE UNIQUE INDEX contribution_approved_once ON contribution_decision
    (commons_id, contribution_id, decided_by) WHERE decision IN ('approved', 'accepted');

-- What acceptance fixed, with all that the sums of a distribution need. Numbers
-- follow each other in commit order. A claim kind has a value, in money. setting is
-- how far rates and stages were recorded then.
CREATE TABLE acceptance (
    commons_id      uuid NOT NULL,
    number          bigint NOT NULL,
    contribution_id uuid NOT NULL,
    member_id       uuid NOT NULL,
    kind_id         uuid NOT NULL,
    area_id         uuid,
    performed_on    date NOT NULL,
    rate            quantity NOT NULL CHECK (rate >= 0),
    weight          numeric NOT NULL CHECK (abs(weight) <= 1e15 AND scale(trim_scale(weight)) <= 12),
    value           amount,
    sequence        bigint,
    setting         bigint NOT NULL,
    accepted_by     uuid NOT NULL,
    accepted_at     timestamptz NOT NULL,
    CONSTRAINT acceptance_pkey PRIMARY KEY (commons_id, number),
    CONSTRAINT acceptance_once UNIQUE (commons_id, contribution_id),
    CONSTRAINT acceptance_entry CHECK ((sequence IS NULL) = (value IS NULL OR value = 0)),
    FOREIGN KEY (commons_id, contribution_id) REFERENCES contribution,
    FOREIGN KEY (commons_id, member_id) REFERENCES member,
    FOREIGN KEY (commons_id, kind_id) REFERENCES kind,
    FOREIGN KEY (commons_id, sequence) REFERENCES entry (commons_id, sequence)
);
CREATE INDEX acceptance_by_date ON acceptance (commons_id, performed_on);

CREATE TRIGGER acceptance_numbers_follow AFTER INSERT ON acceptance REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow('number', 'acceptance');

-- The state, a projection of the decisions, kept by triggers.
CREATE TABLE contribution_state (
    commons_id      uuid NOT NULL,
    contribution_id uuid NOT NULL,
    state           text NOT NULL,
    step            smallint NOT NULL,
    approvals       smallint NOT NULL,
    CONSTRAINT contribution_state_pkey PRIMARY KEY (commons_id, contribution_id),
    FOREIGN KEY (commons_id, contribution_id) REFERENCES contribution
) WITH (fillfactor = 80);
CREATE INDEX contribution_open ON contribution_state (commons_id, contribution_id)
    WHERE state IN ('logged', 'questioned');

CREATE TABLE contribution_move (
    state    text NOT NULL,
    decision text NOT NULL,
    becomes  text NOT NULL,
    CONSTRAINT contribution_move_pkey PRIMARY KEY (state, decision)
);
INSERT INTO contribution_move (state, decision, becomes) VALUES
    ('logged', 'approved', 'logged'),
    ('logged', 'accepted', 'accepted'),
    ('logged', 'questioned', 'questioned'),
    ('logged', 'declined', 'declined'),
    ('logged', 'withdrawn', 'withdrawn'),
    ('questioned', 'approved', 'questioned'),
    ('questioned', 'accepted', 'accepted'),
    ('questioned', 'declined', 'declined'),
    ('questioned', 'withdrawn', 'withdrawn');

-- +goose StatementBegin
CREATE FUNCTION contribution_logged() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = phyle, pg_temp AS $$
BEGIN
    INSERT INTO contribution_state (commons_id, contribution_id, state, step, approvals)
    SELECT commons_id, contribution_id, 'logged', 0, 0 FROM added;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION contribution_moves() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = phyle, pg_temp AS $$
DECLARE
    moved bigint;
BEGIN
    UPDATE contribution_state AS s
       SET state = m.becomes, step = a.step,
           approvals = s.approvals + (a.decision IN ('approved', 'accepted'))::int
      FROM added AS a, contribution_move AS m
     WHERE s.commons_id = a.commons_id AND s.contribution_id = a.contribution_id
       AND s.step + 1 = a.step AND m.state = s.state AND m.decision = a.decision;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> (SELECT count(*) FROM added) THEN
        RAISE EXCEPTION 'a contribution cannot move that way'
            USING ERRCODE = '23514', CONSTRAINT = 'contribution_moves';
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER contribution_logged AFTER INSERT ON contribution REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION contribution_logged();
CREATE TRIGGER contribution_moves AFTER INSERT ON contribution_decision
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION contribution_moves();

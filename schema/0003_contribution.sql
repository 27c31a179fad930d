-- +goose Up
-- A file of contributions that were logged in one act. attempt counts how often the
-- same file was imported: once more than it was undone, so that it is never in twice.
CREATE TABLE import (
    commons_id  uuid NOT NULL,
    import_id   uuid NOT NULL,
    file        text NOT NULL,
    digest      text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    attempt     integer NOT NULL CHECK (attempt > 0),
    row_count   integer NOT NULL CHECK (row_count > 0),
    imported_by uuid NOT NULL,
    imported_at timestamptz NOT NULL,
    CONSTRAINT import_pkey PRIMARY KEY (commons_id, import_id),
    CONSTRAINT import_file_taken UNIQUE (commons_id, digest, attempt),
    FOREIGN KEY (commons_id, imported_by) REFERENCES member
);

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
    import_id       uuid,
    import_line     integer CHECK (import_line > 0),
    reverses        uuid,
    logged_by       uuid NOT NULL,
    logged_at       timestamptz NOT NULL,
    CONSTRAINT contribution_pkey PRIMARY KEY (commons_id, contribution_id),
    CONSTRAINT contribution_sign CHECK ((quantity < 0) = (reverses IS NOT NULL)),
    CONSTRAINT contribution_import_line CHECK ((import_id IS NULL) = (import_line IS NULL)),
    FOREIGN KEY (commons_id, member_id) REFERENCES member,
    FOREIGN KEY (commons_id, logged_by) REFERENCES member,
    FOREIGN KEY (commons_id, kind_id) REFERENCES kind,
    FOREIGN KEY (commons_id, area_id) REFERENCES area,
    FOREIGN KEY (commons_id, import_id) REFERENCES import,
    FOREIGN KEY (commons_id, reverses) REFERENCES contribution
);
-- The key alone serves a search by commons_id and contribution_id: to a database that
-- takes the table for empty, any whole index on commons_id would seem as good, and each
-- row of an import would read all others.
CREATE UNIQUE INDEX contribution_reversed_once ON contribution (commons_id, reverses)
    WHERE reverses IS NOT NULL;
CREATE INDEX contribution_by_member ON contribution (member_id, performed_on);
-- A line of a file is logged once.
CREATE UNIQUE INDEX contribution_import_line_once ON contribution
    (commons_id, import_id, import_line) WHERE import_id IS NOT NULL;

-- Which contribution an external reference belongs to: a projection, kept by triggers.
-- Undoing an import lets go of its references, so that the file can be corrected and
-- imported again.
CREATE TABLE contribution_ref (
    commons_id      uuid NOT NULL,
    external_ref    text NOT NULL,
    contribution_id uuid NOT NULL,
    CONSTRAINT contribution_external_ref_taken PRIMARY KEY (commons_id, external_ref),
    FOREIGN KEY (commons_id, contribution_id) REFERENCES contribution
);

-- An import taken back: what was not accepted is withdrawn, what was is reversed.
CREATE TABLE import_undo (
    commons_id uuid NOT NULL,
    import_id  uuid NOT NULL,
    withdrawn  integer NOT NULL CHECK (withdrawn >= 0),
    reversed   integer NOT NULL CHECK (reversed >= 0),
    reason     text NOT NULL,
    undone_by  uuid NOT NULL,
    undone_at  timestamptz NOT NULL,
    CONSTRAINT import_undone_once PRIMARY KEY (commons_id, import_id),
    FOREIGN KEY (commons_id, import_id) REFERENCES import,
    FOREIGN KEY (commons_id, undone_by) REFERENCES member
);

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
    INSERT INTO contribution_ref (commons_id, external_ref, contribution_id)
    SELECT commons_id, external_ref, contribution_id FROM added WHERE external_ref IS NOT NULL;
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

-- +goose StatementBegin
CREATE FUNCTION import_undone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = phyle, pg_temp AS $$
BEGIN
    DELETE FROM contribution_ref AS r USING contribution AS c, added AS a
     WHERE c.commons_id = a.commons_id AND c.import_id = a.import_id
       AND r.commons_id = c.commons_id AND r.external_ref = c.external_ref
       AND r.contribution_id = c.contribution_id;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER import_undone AFTER INSERT ON import_undo REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION import_undone();
CREATE TRIGGER contribution_logged AFTER INSERT ON contribution REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION contribution_logged();
CREATE TRIGGER contribution_moves AFTER INSERT ON contribution_decision
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION contribution_moves();

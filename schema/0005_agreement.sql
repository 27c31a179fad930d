-- +goose Up
-- A version of the rules, as canonical JSON. It is never edited.
CREATE TABLE agreement (
    commons_id   uuid NOT NULL,
    agreement_id uuid NOT NULL,
    area_id      uuid,
    name         text NOT NULL,
    document     text NOT NULL,
    created_by   uuid NOT NULL,
    created_at   timestamptz NOT NULL,
    CONSTRAINT agreement_pkey PRIMARY KEY (commons_id, agreement_id),
    FOREIGN KEY (commons_id, area_id) REFERENCES area,
    FOREIGN KEY (commons_id, created_by) REFERENCES member
);

-- An agreement that was put before the group, which happens once. Nothing is decided
-- before notice_until. Where members vote here, method and what belongs to it are set:
-- they vote before closes_at, the end of closes_on where the commons was then. eligible
-- is how many may: the members of proposed_on as settings up to setting know them.
CREATE TABLE proposal (
    commons_id     uuid NOT NULL,
    agreement_id   uuid NOT NULL,
    notice_until   date NOT NULL,
    note           text NOT NULL,
    method         text CHECK (method IN ('consent', 'majority', 'two_thirds')),
    quorum_percent smallint CHECK (quorum_percent BETWEEN 0 AND 100),
    closes_on      date,
    closes_at      timestamptz,
    eligible       integer CHECK (eligible > 0),
    setting        bigint NOT NULL,
    proposed_on    date NOT NULL,
    proposed_by    uuid NOT NULL,
    proposed_at    timestamptz NOT NULL,
    CONSTRAINT agreement_proposed_once PRIMARY KEY (commons_id, agreement_id),
    CONSTRAINT proposal_days CHECK (proposed_on <= notice_until AND notice_until <= closes_on),
    CONSTRAINT proposal_vote CHECK (
        num_nulls(method, quorum_percent, closes_on, closes_at, eligible) IN (0, 5)),
    FOREIGN KEY (commons_id, agreement_id) REFERENCES agreement,
    FOREIGN KEY (commons_id, proposed_by) REFERENCES member
);

CREATE TABLE proposal_withdrawal (
    commons_id   uuid NOT NULL,
    agreement_id uuid NOT NULL,
    reason       text NOT NULL,
    withdrawn_by uuid NOT NULL,
    withdrawn_at timestamptz NOT NULL,
    CONSTRAINT proposal_withdrawn_once PRIMARY KEY (commons_id, agreement_id),
    FOREIGN KEY (commons_id, agreement_id) REFERENCES proposal,
    FOREIGN KEY (commons_id, withdrawn_by) REFERENCES member
);

-- What members said, numbered in order. The last vote of a member counts.
CREATE TABLE vote (
    commons_id   uuid NOT NULL,
    agreement_id uuid NOT NULL,
    number       integer NOT NULL CHECK (number > 0),
    member_id    uuid NOT NULL,
    vote         text NOT NULL CHECK (vote IN ('yes', 'no', 'abstain', 'object')),
    reason       text NOT NULL,
    cast_at      timestamptz NOT NULL,
    CONSTRAINT vote_pkey PRIMARY KEY (commons_id, agreement_id, number),
    CONSTRAINT vote_objection_has_reason CHECK (vote <> 'object' OR reason <> ''),
    FOREIGN KEY (commons_id, agreement_id) REFERENCES proposal,
    FOREIGN KEY (commons_id, member_id) REFERENCES member
);
CREATE INDEX vote_by_member ON vote (commons_id, agreement_id, member_id, number);

-- What the group decided: as somebody recorded it, with so many votes of decision_vote,
-- or, with a tally, as the votes here make it.
CREATE TABLE decision (
    commons_id   uuid NOT NULL,
    agreement_id uuid NOT NULL,
    outcome      text NOT NULL CHECK (outcome IN ('accepted', 'rejected')),
    method       text NOT NULL,
    decided_on   date NOT NULL,
    link         text NOT NULL,
    note         text NOT NULL,
    votes        integer NOT NULL CHECK (votes >= 0),
    reason       text NOT NULL CHECK (reason IN ('', 'no_quorum', 'objection', 'too_few_yes')),
    eligible     integer,
    yes          integer CHECK (yes >= 0),
    no           integer CHECK (no >= 0),
    abstain      integer CHECK (abstain >= 0),
    object       integer CHECK (object >= 0),
    decided_by   uuid NOT NULL,
    decided_at   timestamptz NOT NULL,
    CONSTRAINT agreement_decided_once PRIMARY KEY (commons_id, agreement_id),
    CONSTRAINT decision_outcome_unique UNIQUE (commons_id, agreement_id, outcome),
    CONSTRAINT decision_tally CHECK (
        num_nulls(eligible, yes, no, abstain, object) IN (0, 5)
        AND yes + no + abstain + object <= eligible AND (eligible IS NULL OR votes = 0)),
    CONSTRAINT decision_reason CHECK (
        (reason <> '') = (eligible IS NOT NULL AND outcome = 'rejected')),
    FOREIGN KEY (commons_id, agreement_id) REFERENCES agreement,
    FOREIGN KEY (commons_id, decided_by) REFERENCES member
);

-- Who voted how elsewhere, as whoever recorded the decision says. It is never counted.
CREATE TABLE decision_vote (
    commons_id   uuid NOT NULL,
    agreement_id uuid NOT NULL,
    member_id    uuid NOT NULL,
    vote         text NOT NULL CHECK (vote IN ('yes', 'no', 'abstain', 'object')),
    reason       text NOT NULL,
    CONSTRAINT decision_vote_pkey PRIMARY KEY (commons_id, agreement_id, member_id),
    FOREIGN KEY (commons_id, agreement_id) REFERENCES decision,
    FOREIGN KEY (commons_id, member_id) REFERENCES member
);

-- From which day a version is in force. Of several from one day the latest number
-- holds. version counts per commons or area. Only what was accepted is adopted.
CREATE TABLE adoption (
    commons_id   uuid NOT NULL,
    agreement_id uuid NOT NULL,
    area_id      uuid,
    version      integer NOT NULL CHECK (version > 0),
    from_on      date NOT NULL,
    outcome      text NOT NULL DEFAULT 'accepted' CHECK (outcome = 'accepted'),
    number       bigint NOT NULL,
    adopted_by   uuid NOT NULL,
    adopted_at   timestamptz NOT NULL,
    CONSTRAINT agreement_adopted_once PRIMARY KEY (commons_id, agreement_id),
    CONSTRAINT adoption_version_unique UNIQUE NULLS NOT DISTINCT (commons_id, area_id, version),
    CONSTRAINT adoption_number_unique UNIQUE (commons_id, number),
    FOREIGN KEY (commons_id, agreement_id) REFERENCES agreement,
    CONSTRAINT adoption_of_accepted FOREIGN KEY (commons_id, agreement_id, outcome)
        REFERENCES decision (commons_id, agreement_id, outcome),
    FOREIGN KEY (commons_id, adopted_by) REFERENCES member
);
CREATE TRIGGER numbers_follow AFTER INSERT ON adoption REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow('number', 'setting');

-- From which day a rule id is held, per commons or area: the day from which the
-- first version holding it is in force.
CREATE TABLE rule_start (
    commons_id   uuid NOT NULL,
    area_id      uuid,
    rule         handle NOT NULL,
    from_on      date NOT NULL,
    agreement_id uuid NOT NULL,
    CONSTRAINT rule_start_unique UNIQUE NULLS NOT DISTINCT (commons_id, area_id, rule),
    FOREIGN KEY (commons_id, agreement_id) REFERENCES agreement
);

-- The full members of a day, as the settings up to a number know them.
-- +goose StatementBegin
CREATE FUNCTION members_on(of_commons uuid, day date, known bigint) RETURNS SETOF uuid
LANGUAGE sql STABLE AS $$
    SELECT s.member_id
      FROM (SELECT DISTINCT ON (member_id) member_id, stage FROM member_stage
             WHERE commons_id = of_commons AND from_on <= day AND number <= known
             ORDER BY member_id, from_on DESC, number DESC) AS s
     WHERE s.stage = 'member'
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- agreement_open refuses what comes after an agreement was decided or withdrawn.
CREATE FUNCTION agreement_open() RETURNS trigger
LANGUAGE plpgsql SET search_path = phyle, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM decision AS d
                WHERE d.commons_id = NEW.commons_id AND d.agreement_id = NEW.agreement_id)
       OR EXISTS (SELECT FROM proposal_withdrawal AS w
                   WHERE w.commons_id = NEW.commons_id AND w.agreement_id = NEW.agreement_id) THEN
        RAISE EXCEPTION 'the agreement is decided or withdrawn'
            USING ERRCODE = '23514', CONSTRAINT = 'agreement_open', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- vote_counts refuses votes that are late, that the method has no room for, or of
-- members who may not vote.
CREATE FUNCTION vote_counts() RETURNS trigger
LANGUAGE plpgsql SET search_path = phyle, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM proposal AS p
         WHERE p.commons_id = NEW.commons_id AND p.agreement_id = NEW.agreement_id
           AND NEW.cast_at < p.closes_at AND (NEW.vote <> 'object' OR p.method = 'consent')
           AND NEW.member_id IN (SELECT members_on(p.commons_id, p.proposed_on, p.setting))) THEN
        RAISE EXCEPTION 'that vote would not count'
            USING ERRCODE = '23514', CONSTRAINT = 'vote_counts', TABLE = 'vote';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- decision_due refuses decisions before the end of notice or vote, recorded ones where
-- members vote here, and counted ones where they do not.
CREATE FUNCTION decision_due() RETURNS trigger
LANGUAGE plpgsql SET search_path = phyle, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM proposal AS p
                WHERE p.commons_id = NEW.commons_id AND p.agreement_id = NEW.agreement_id
                  AND p.method IS NOT NULL) <> (NEW.eligible IS NOT NULL)
       OR EXISTS (SELECT FROM proposal AS p
                   WHERE p.commons_id = NEW.commons_id AND p.agreement_id = NEW.agreement_id
                     AND (NEW.decided_on < p.notice_until OR NEW.decided_at < p.closes_at
                          OR NEW.method <> p.method)) THEN
        RAISE EXCEPTION 'that decision is not due'
            USING ERRCODE = '23514', CONSTRAINT = 'decision_due', TABLE = 'decision';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER agreement_open BEFORE INSERT ON proposal
    FOR EACH ROW EXECUTE FUNCTION agreement_open();
CREATE TRIGGER agreement_open BEFORE INSERT ON proposal_withdrawal
    FOR EACH ROW EXECUTE FUNCTION agreement_open();
CREATE TRIGGER agreement_open BEFORE INSERT ON vote
    FOR EACH ROW EXECUTE FUNCTION agreement_open();
CREATE TRIGGER agreement_open BEFORE INSERT ON decision
    FOR EACH ROW EXECUTE FUNCTION agreement_open();
CREATE TRIGGER vote_counts BEFORE INSERT ON vote
    FOR EACH ROW EXECUTE FUNCTION vote_counts();
CREATE TRIGGER decision_due BEFORE INSERT ON decision
    FOR EACH ROW EXECUTE FUNCTION decision_due();

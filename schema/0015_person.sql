-- +goose Up
-- Somebody who can sign in. What is personal is kept here, apart from the books.
CREATE TABLE person (
    person_id  uuid NOT NULL,
    email      text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    name       text NOT NULL CHECK (name <> ''),
    created_at timestamptz NOT NULL,
    CONSTRAINT person_pkey PRIMARY KEY (person_id)
);
CREATE UNIQUE INDEX person_email_taken ON person (lower(email));

-- Which member of which commons a person is: one member in each commons, and each
-- member is one person.
CREATE TABLE person_member (
    commons_id uuid NOT NULL,
    member_id  uuid NOT NULL,
    person_id  uuid NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT person_member_pkey PRIMARY KEY (commons_id, member_id),
    CONSTRAINT person_member_once UNIQUE (commons_id, person_id),
    FOREIGN KEY (commons_id, member_id) REFERENCES member,
    FOREIGN KEY (person_id) REFERENCES person
);
CREATE INDEX person_member_by_person ON person_member (person_id);

-- A link by which somebody becomes a member's person, once. Only the hash of its
-- secret is kept. made_by is nobody where it was made at the machine itself.
CREATE TABLE invitation (
    commons_id      uuid NOT NULL,
    invitation_hash bytea NOT NULL CHECK (length(invitation_hash) = 32),
    member_id       uuid NOT NULL,
    made_by         uuid,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz,
    used_at         timestamptz,
    used_by         uuid,
    CONSTRAINT invitation_pkey PRIMARY KEY (commons_id, invitation_hash),
    CONSTRAINT invitation_used_by_somebody CHECK ((used_at IS NULL) = (used_by IS NULL)),
    CONSTRAINT invitation_used_or_revoked CHECK (used_at IS NULL OR revoked_at IS NULL),
    FOREIGN KEY (commons_id, member_id) REFERENCES member,
    FOREIGN KEY (commons_id, made_by) REFERENCES member,
    FOREIGN KEY (used_by) REFERENCES person
);
CREATE INDEX invitation_by_member ON invitation (commons_id, member_id);

-- A code that was mailed. It is good in the browser that asked for it, whose secret
-- is the key of its hash and is not kept. A row without a person or an invitation is
-- for an address that nobody has: it looks like the others and opens nothing.
CREATE TABLE sign_in_code (
    visit_hash      bytea NOT NULL CHECK (length(visit_hash) = 32),
    code_hash       bytea NOT NULL CHECK (length(code_hash) = 32),
    person_id       uuid,
    invited_to      uuid,
    invitation_hash bytea,
    email           text NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    attempts        smallint NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 5),
    CONSTRAINT sign_in_code_pkey PRIMARY KEY (visit_hash),
    CONSTRAINT sign_in_code_of_invitation
        CHECK ((invited_to IS NULL) = (invitation_hash IS NULL)),
    FOREIGN KEY (person_id) REFERENCES person,
    FOREIGN KEY (invited_to, invitation_hash) REFERENCES invitation
);
CREATE INDEX sign_in_code_by_age ON sign_in_code (created_at);
CREATE INDEX sign_in_code_by_email ON sign_in_code (lower(email), created_at);

-- A browser that somebody is signed in with. Only the hash of its secret is kept.
CREATE TABLE session (
    session_hash bytea NOT NULL CHECK (length(session_hash) = 32),
    session_id   uuid NOT NULL,
    person_id    uuid NOT NULL,
    agent        text NOT NULL,
    network      text NOT NULL CHECK (CASE WHEN network = 'local' THEN true
                              WHEN family(network::cidr) = 4 THEN masklen(network::cidr) <= 24
                              ELSE masklen(network::cidr) <= 48 END),
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    fresh_until  timestamptz NOT NULL,
    revoked_at   timestamptz,
    CONSTRAINT session_pkey PRIMARY KEY (session_hash),
    CONSTRAINT session_id_unique UNIQUE (session_id),
    FOREIGN KEY (person_id) REFERENCES person
);
CREATE INDEX session_by_person ON session (person_id, created_at);

-- What somebody may sign in with beside a code. Only its argon2id hash is kept.
CREATE TABLE password (
    person_id     uuid NOT NULL,
    password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
    created_at    timestamptz NOT NULL,
    CONSTRAINT password_pkey PRIMARY KEY (person_id),
    FOREIGN KEY (person_id) REFERENCES person
);

-- A key that stays with somebody and signs them in. What is kept of it checks what it
-- signs, and signs nothing itself; credential is what the protocol knows of it.
CREATE TABLE passkey (
    passkey_id    uuid NOT NULL,
    person_id     uuid NOT NULL,
    credential_id bytea NOT NULL CHECK (length(credential_id) BETWEEN 1 AND 1023),
    credential    text NOT NULL,
    agent         text NOT NULL,
    created_at    timestamptz NOT NULL,
    used_at       timestamptz,
    CONSTRAINT passkey_pkey PRIMARY KEY (passkey_id),
    CONSTRAINT passkey_known UNIQUE (credential_id),
    FOREIGN KEY (person_id) REFERENCES person
);
CREATE INDEX passkey_by_person ON passkey (person_id, created_at);

-- What a browser was asked to have signed, until it answers, once.
CREATE TABLE ceremony (
    visit_hash bytea NOT NULL CHECK (length(visit_hash) = 32),
    challenge  text NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT ceremony_pkey PRIMARY KEY (visit_hash)
);
CREATE INDEX ceremony_by_age ON ceremony (expires_at);

-- A link by which the first commons is founded, once. Only the hash of its secret is
-- kept.
CREATE TABLE set_up (
    link_hash  bytea NOT NULL CHECK (length(link_hash) = 32),
    expires_at timestamptz NOT NULL,
    CONSTRAINT set_up_pkey PRIMARY KEY (link_hash)
);

SELECT isolate('person_member');
SELECT isolate('invitation');

-- Whoever is signed in finds what they are in every commons.
CREATE POLICY own_person ON person_member FOR SELECT USING (
    person_id = (SELECT nullif(current_setting('phyle.person', true), '')::uuid));

-- +goose StatementBegin
-- usable_scopes returns what a token may be used for. What people should do themselves asks
-- for a token that somebody made by hand, after a fresh sign-in: in others the scope person
-- means nothing, once the member is a person who can sign in.
CREATE FUNCTION usable_scopes(t token) RETURNS text[]
LANGUAGE sql STABLE SET search_path = phyle, pg_temp AS $$
    SELECT CASE WHEN NOT t.by_hand AND EXISTS (
                     SELECT FROM person_member AS p
                      WHERE p.commons_id = t.commons_id AND p.member_id = t.member_id)
                THEN array_remove(t.scopes, 'person') ELSE t.scopes END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION usable_scopes FROM PUBLIC;

-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'phyle_app') THEN
        GRANT EXECUTE ON FUNCTION usable_scopes TO phyle_app;
        GRANT SELECT, INSERT ON person, person_member, invitation, sign_in_code, session, password,
            set_up, passkey, ceremony TO phyle_app;
        GRANT UPDATE (revoked_at, used_at, used_by) ON invitation TO phyle_app;
        GRANT UPDATE (attempts) ON sign_in_code TO phyle_app;
        GRANT UPDATE (last_seen_at, revoked_at) ON session TO phyle_app;
        GRANT UPDATE (password_hash, created_at) ON password TO phyle_app;
        GRANT UPDATE (credential, used_at) ON passkey TO phyle_app;
        GRANT UPDATE (challenge, expires_at) ON ceremony TO phyle_app;
        GRANT DELETE ON sign_in_code, session, set_up, passkey, ceremony TO phyle_app;
    END IF;
END
$$;
-- +goose StatementEnd

-- +goose Up
-- Who asks for it is erased: a pseudonym takes the place of handle and name, and what they
-- wrote goes. The books stay as they are. Rows stay permanent but for the columns that
-- erasable() lists, and those change only inside erase_t.member_id.

-- A pseudonym is made from the join number, so it is free, and nobody else can take it.
ALTER TABLE member ADD CONSTRAINT member_handle_reserved
    CHECK (handle !~ '^gone-[0-9]+$' OR handle = 'gone-' || join_number);

-- reason says why something of the member's is kept open, '' if nothing is; or why whoever
-- runs the machine gives a role.
ALTER TABLE change ADD COLUMN reason text,
    DROP CONSTRAINT change_type_check,
    DROP CONSTRAINT change_of_one_type,
    DROP CONSTRAINT change_not_of_own_role,
    ADD CONSTRAINT change_type_check CHECK (type IN ('approval_policy', 'role', 'erasure', 'act')),
    ADD CONSTRAINT change_of_one_type CHECK (
        num_nulls(approvals, approvals_above) = CASE type WHEN 'approval_policy' THEN 0 ELSE 2 END
        AND num_nulls(role, held, from_on) = CASE type WHEN 'role' THEN 0 ELSE 3 END
        AND (member_id IS NOT NULL) = (type IN ('role', 'erasure'))
        AND CASE WHEN reason IS NULL THEN type <> 'erasure'
                 ELSE type = 'erasure' OR type = 'role' AND held AND proposed_by IS NULL END
        AND num_nulls(operation, method, path, match, body) = CASE type WHEN 'act' THEN 0 ELSE 5 END),
    ADD CONSTRAINT change_not_of_own_role CHECK (type <> 'role' OR proposed_by <> member_id);

ALTER TABLE audit DROP CONSTRAINT audit_address_is_network, ADD CONSTRAINT audit_address_is_network
    CHECK (CASE WHEN address IN ('local', 'erased') THEN true
                WHEN family(address::cidr) = 4 THEN masklen(address::cidr) <= 24
                ELSE masklen(address::cidr) <= 48 END);

-- Whose personal data were erased, and by which change: that says who asked, who confirmed
-- it, and why something was kept open. number is a setting.
CREATE TABLE erasure (
    commons_id uuid NOT NULL,
    member_id  uuid NOT NULL,
    change_id  uuid NOT NULL,
    number     bigint NOT NULL,
    erased_at  timestamptz NOT NULL,
    xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT erasure_once PRIMARY KEY (commons_id, member_id),
    FOREIGN KEY (commons_id, member_id) REFERENCES member,
    FOREIGN KEY (commons_id, change_id) REFERENCES change,
    FOREIGN KEY (commons_id, number) REFERENCES change_confirmation (commons_id, number)
        DEFERRABLE INITIALLY DEFERRED
);
CREATE TRIGGER numbers_follow AFTER INSERT ON erasure REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION numbers_follow('number', 'setting');

-- +goose StatementBegin
-- erasable lists the columns that hold something personal. In rows t where own is true the
-- member $2 of the commons $1 wrote it, or it is about them: there mark takes its place.
-- In the others of a prose column a pseudonym takes the place of handle and name. Columns
-- with neither are dealt with one by one. stamp is when a row was written.
CREATE FUNCTION erasable() RETURNS TABLE (
    table_name text, column_name text, own text, mark text, prose boolean, stamp text)
LANGUAGE sql IMMUTABLE SET search_path = phyle, pg_temp AS $$
    WITH own (name, condition) AS (VALUES
        ('given', 't.member_id = $2 OR t.logged_by = $2 AND (t.reverses IS NOT NULL
            OR t.group_id IN (SELECT g.group_id FROM contribution AS g
                WHERE g.commons_id = $1 AND g.member_id = $2))'),
        ('decided', 't.decided_by = $2 OR t.contribution_id IN (SELECT c.contribution_id
            FROM contribution AS c WHERE c.commons_id = $1 AND c.member_id = $2)'),
        ('moved', 'coalesce(t.reverses, t.entry_id) IN (SELECT e.entry_id
            FROM account AS a JOIN posting AS p USING (commons_id, account_id)
            JOIN entry AS e USING (commons_id, sequence)
            WHERE a.commons_id = $1 AND a.member_id = $2
              AND e.kind IN (''gift'', ''payment'', ''advance'', ''capital''))'),
        ('gave', 't.recorded_by = $2 AND t.kind = ''gift'''),
        ('member', 't.member_id = $2'), ('imported', 't.imported_by = $2'),
        ('undone', 't.undone_by = $2'), ('proposed', 't.proposed_by = $2'),
        ('withdrawn', 't.withdrawn_by = $2'))
    SELECT v.table_name, v.column_name, o.condition, v.mark, v.prose, v.stamp
      FROM (VALUES
        ('contribution', 'note', 'given', '(erased)', true, 'logged_at'),
        ('contribution', 'evidence', 'given', '(erased)', true, 'logged_at'),
        ('contribution', 'external_ref', 'given', NULL, true, 'logged_at'),
        ('contribution_decision', 'note', 'decided', '(erased)', true, 'decided_at'),
        ('import', 'file', 'imported', '(erased)', true, 'imported_at'),
        ('import_undo', 'reason', 'undone', '(erased)', true, 'undone_at'),
        ('proposal', 'note', 'proposed', '(erased)', true, 'proposed_at'),
        ('proposal_withdrawal', 'reason', 'withdrawn', '(erased)', true, 'withdrawn_at'),
        ('member_suspension', 'reason', 'member', '(erased)', true, 'recorded_at'),
        ('vote', 'reason', 'member', '(erased)', true, 'cast_at'),
        ('decision_vote', 'reason', 'member', '(erased)', true, NULL),
        ('entry', 'memo', 'moved', '(erased)', true, 'recorded_at'),
        ('entry', 'payee', 'moved', '(erased)', true, 'recorded_at'),
        ('entry', 'document', 'gave', '(erased)', true, 'recorded_at'),
        ('entry', 'external_ref', 'gave', NULL, true, 'recorded_at'),
        ('income', 'payer', NULL, NULL, true, NULL),
        ('income', 'document', NULL, NULL, true, NULL),
        ('income', 'note', NULL, NULL, true, NULL),
        ('income', 'external_ref', NULL, NULL, true, NULL),
        ('income_reversal', 'reason', NULL, NULL, true, NULL),
        ('distribution_reversal', 'reason', NULL, NULL, true, NULL),
        ('period', 'note', NULL, NULL, true, NULL),
        ('decision', 'link', NULL, NULL, true, NULL),
        ('decision', 'note', NULL, NULL, true, NULL),
        ('agreement', 'name', NULL, NULL, true, NULL),
        ('area', 'name', NULL, NULL, true, NULL),
        ('kind', 'name', NULL, NULL, true, NULL),
        ('fund', 'name', NULL, NULL, true, NULL),
        ('token', 'label', NULL, NULL, true, NULL),
        ('change', 'reason', NULL, NULL, true, NULL),
        ('contribution_ref', 'external_ref', NULL, NULL, true, NULL),
        ('audit', 'address', 'member', 'erased', false, 'recorded_at'),
        ('audit', 'request_id', 'member', '', true, 'recorded_at'),
        ('change', 'body', NULL, NULL, false, NULL),
        ('agreement', 'document', NULL, NULL, false, NULL),
        ('account', 'name', NULL, NULL, false, NULL),
        ('member', 'handle', NULL, NULL, false, NULL),
        ('member', 'name', NULL, NULL, false, NULL),
        ('idempotency_key', 'key', NULL, NULL, false, NULL),
        ('idempotency_key', 'fingerprint', NULL, NULL, false, NULL),
        ('idempotency_key', 'location', NULL, NULL, false, NULL),
        ('idempotency_key', 'resource', NULL, NULL, false, NULL),
        ('idempotency_key', 'body', NULL, NULL, false, NULL)
      ) AS v (table_name, column_name, own, mark, prose, stamp)
      LEFT JOIN own AS o ON o.name = v.own
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- erasing refuses what would change erasable columns in a transaction that erases nobody.
CREATE FUNCTION erasing() RETURNS trigger LANGUAGE plpgsql SET search_path = phyle, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM erasure WHERE xid = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'rows of % are permanent', TG_TABLE_NAME
            USING ERRCODE = '23001', CONSTRAINT = 'permanent', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- The other columns of these tables stay as permanent as they were.
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN
        SELECT e.table_name, string_agg(quote_ident(e.column_name), ', ') AS erasable,
               (SELECT string_agg(quote_ident(a.attname), ', ') FROM pg_attribute AS a
                 WHERE a.attrelid = e.table_name::regclass AND a.attnum > 0 AND NOT a.attisdropped
                   AND a.attname <> ALL (array_agg(e.column_name))) AS others
          FROM erasable() AS e GROUP BY e.table_name
    LOOP
        CONTINUE WHEN t.table_name IN ('token', 'contribution_ref');
        EXECUTE format('DROP TRIGGER permanent_row ON %I', t.table_name);
        EXECUTE format('CREATE TRIGGER permanent_row BEFORE DELETE OR UPDATE OF %s ON %I
            FOR EACH ROW EXECUTE FUNCTION refuse_change()', t.others, t.table_name);
        EXECUTE format('CREATE TRIGGER permanent_text BEFORE UPDATE OF %s ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION erasing()', t.erasable, t.table_name);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- spelled returns a pattern for the words, in capitals or not: of what the text holds, not
-- of what the locale of the database knows.
CREATE FUNCTION spelled(words text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = phyle, pg_temp AS $$
DECLARE
    folding text;
    pattern text;
BEGIN
    SELECT quote_ident(collname) INTO folding FROM pg_collation
     WHERE collname IN ('und-x-icu', 'pg_c_utf8', 'C.utf8')
       AND collencoding IN (-1, pg_char_to_encoding(getdatabaseencoding()))
     ORDER BY collname = 'und-x-icu' DESC, collname = 'pg_c_utf8' DESC LIMIT 1;
    EXECUTE format($pattern$
        SELECT string_agg(CASE
                   WHEN c = ' ' THEN '\s+'
                   WHEN lower(c COLLATE %1$s) <> upper(c COLLATE %1$s)
                   THEN '[' || lower(c COLLATE %1$s) || upper(c COLLATE %1$s) || ']'
                   WHEN ascii(c) < 128 AND c !~ '[A-Za-z0-9]' THEN '\' || c
                   ELSE c END, '' ORDER BY place)
          FROM regexp_split_to_table(regexp_replace(btrim($1), '\s+', ' ', 'g'), '')
               WITH ORDINALITY AS s (c, place)
        $pattern$, coalesce(folding, '"default"')) INTO pattern USING words;
    RETURN pattern;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- mentions returns a pattern that finds handle and name of a member as whole words, the
-- pseudonym for them, and in shield what it finds besides: handles and names of others that
-- hold them. What is one character long is not looked for.
CREATE FUNCTION mentions(of_commons uuid, of_member uuid)
RETURNS TABLE (pattern text, shield text, pseudonym text)
LANGUAGE plpgsql STABLE SET search_path = phyle, pg_temp AS $$
DECLARE
    letter CONSTANT text :=
        '[0-9A-Za-z_\u00aa\u00b5\u00ba\u00c0-\u0dff\u10a0-\u10ff\u1200-\u137f\u1e00-\u1fff]';
    words text;
BEGIN
    SELECT string_agg(DISTINCT spelled(v.word), '|'), 'gone-' || m.join_number INTO words, pseudonym
      FROM member AS m
      CROSS JOIN LATERAL (VALUES
           (m.handle::text), (m.name), (btrim(to_json(m.name)::text, '"'))) AS v (word)
     WHERE m.commons_id = of_commons AND m.member_id = of_member AND length(btrim(v.word)) > 1
     GROUP BY m.join_number;
    IF words IS NULL THEN
        RETURN;
    END IF;
    SELECT string_agg(DISTINCT spelled(v.word), '|') INTO shield
      FROM member AS m CROSS JOIN LATERAL (VALUES (m.handle::text), (m.name)) AS v (word)
     WHERE m.commons_id = of_commons AND m.member_id <> of_member
       AND v.word ~ ('(?<!' || letter || ')(?:' || words || ')(?!' || letter || ')')
       AND v.word !~ ('^(?:' || words || ')$');
    pattern := '(?<!' || letter || ')(?:' || coalesce('(' || shield || ')|', '') || words
               || ')(?!' || letter || ')';
    RETURN NEXT;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- unnamed returns the text with the pseudonym wherever the pattern finds the member. A name
-- of another keeps what it is, by a detour: it gets the pseudonym behind it and loses it.
CREATE FUNCTION unnamed(prose text, pattern text, shield text, pseudonym text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(CASE
        WHEN shield IS NULL THEN regexp_replace(prose, pattern, pseudonym, 'g')
        ELSE regexp_replace(regexp_replace(prose, pattern, '\1' || pseudonym, 'g'),
                            '(' || shield || ')' || pseudonym, '\1', 'g') END, prose)
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- forget_person ends the invitations of a member, and takes them from their person. Who is
-- a member nowhere else is no person here any more: with all that they sign in with.
CREATE FUNCTION forget_person(here uuid, of_member uuid) RETURNS void
LANGUAGE plpgsql SET search_path = phyle, pg_temp AS $$
DECLARE
    who uuid;
    address text;
BEGIN
    DELETE FROM sign_in_code AS c USING invitation AS i
     WHERE i.commons_id = here AND i.member_id = of_member
       AND c.invited_to = here AND c.invitation_hash = i.invitation_hash;
    DELETE FROM invitation WHERE commons_id = here AND member_id = of_member;
    DELETE FROM person_member WHERE commons_id = here AND member_id = of_member
    RETURNING person_id INTO who;
    PERFORM set_config('phyle.person', coalesce(who::text, ''), true);
    IF who IS NOT NULL AND NOT EXISTS (SELECT FROM person_member WHERE person_id = who) THEN
        SELECT email INTO address FROM person WHERE person_id = who;
        DELETE FROM sign_in_code WHERE person_id = who OR lower(email) = lower(address);
        DELETE FROM session WHERE person_id = who;
        DELETE FROM passkey WHERE person_id = who;
        DELETE FROM password WHERE person_id = who;
        DELETE FROM person WHERE person_id = who;
    END IF;
    PERFORM set_config('phyle.person', '', true);
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- erase_member erases whom an erasure of this transaction is of, in statements that take a
-- table at once. Agreements get the documents that come with their ids, which may differ
-- from theirs in the mention of the member only.
CREATE FUNCTION erase_member(of_member uuid, agreements uuid[], documents text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = phyle, pg_temp AS $$
DECLARE
    here CONSTANT uuid := nullif(current_setting('phyle.commons', true), '')::uuid;
    m record;
    t record;
    moved bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM erasure WHERE commons_id = here AND member_id = of_member
                                         AND xid = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'that member is not being erased'
            USING ERRCODE = '23514', CONSTRAINT = 'erasure_of_now';
    END IF;
    SELECT 'gone-' || join_number AS pseudonym, 'Former member ' || join_number AS name, handle,
           s.pattern, s.shield INTO m
      FROM member LEFT JOIN mentions(here, of_member) AS s ON true
     WHERE commons_id = here AND member_id = of_member;

    UPDATE agreement AS a SET document = d.document
      FROM unnest(agreements, documents) AS d (id, document)
     WHERE a.commons_id = here AND a.agreement_id = d.id
       AND unnamed(unquoted(a.document, m.handle, m.pseudonym), m.pattern, m.shield, m.pseudonym)
           = unnamed(unquoted(d.document, m.handle, m.pseudonym), m.pattern, m.shield, m.pseudonym);
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> cardinality(agreements) THEN
        RAISE EXCEPTION 'a document differs in more than the mention of the member'
            USING ERRCODE = '23514', CONSTRAINT = 'erasure_of_mentions';
    END IF;

    DELETE FROM token WHERE commons_id = here AND member_id = of_member;
    PERFORM forget_person(here, of_member);
    FOR t IN
        SELECT e.table_name,
               string_agg(format('%I = %s', e.column_name,
                   CASE WHEN e.own IS NULL THEN e.said
                        ELSE format('CASE WHEN %s THEN CASE t.%I WHEN '''' THEN '''' ELSE %L END ELSE %s END',
                                    e.own, e.column_name, e.mark, e.said) END), ', ') AS sets,
               string_agg(concat_ws(' OR ',
                   CASE WHEN e.own IS NOT NULL
                        THEN format('(%s) AND t.%I <> '''' AND t.%2$I IS DISTINCT FROM %L',
                                    e.own, e.column_name, e.mark) END,
                   CASE WHEN e.prose THEN format('t.%I ~ $3', e.column_name) END), ' OR ') AS hit
          FROM (SELECT *, CASE WHEN prose THEN format('unnamed(t.%I, $3, $4, $5)', column_name)
                               ELSE format('t.%I', column_name) END AS said
                  FROM erasable() WHERE prose OR own IS NOT NULL) AS e
         GROUP BY e.table_name
    LOOP
        EXECUTE format('UPDATE %I AS t SET %s WHERE t.commons_id = $1 AND (%s)',
                       t.table_name, t.sets, t.hit)
          USING here, of_member, m.pattern, m.shield, m.pseudonym;
    END LOOP;
    DELETE FROM contribution_ref AS r USING contribution AS c
     WHERE r.commons_id = here AND c.commons_id = here AND c.contribution_id = r.contribution_id
       AND c.external_ref IS NULL;
    UPDATE change SET body = '' WHERE commons_id = here AND body <> '';
    UPDATE idempotency_key SET body = '', location = '', fingerprint = '',
           resource = CASE WHEN resource = m.handle OR resource ~ m.pattern THEN '' ELSE resource END,
           key = CASE WHEN member_id = of_member THEN 'erased:' || gen_random_uuid()
                      WHEN key ~ m.pattern THEN erased_key(key) ELSE key END
     WHERE commons_id = here;
    UPDATE account SET name = regexp_replace(name, '[^:]*$', m.pseudonym)
     WHERE commons_id = here AND member_id = of_member;
    UPDATE member SET handle = m.pseudonym, name = m.name
     WHERE commons_id = here AND member_id = of_member;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- unescaped shows the characters that documents are written without.
CREATE FUNCTION unescaped(document text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = phyle, pg_temp AS $$
    SELECT replace(replace(replace(document, '\u003c', '<'), '\u003e', '>'), '\u0026', '&')
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- unquoted is unescaped with the pseudonym for the handle where it stands by itself.
CREATE FUNCTION unquoted(document text, handle text, pseudonym text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = phyle, pg_temp AS $$
    SELECT regexp_replace(unescaped(document), '"(' || handle || '|' || pseudonym || '(-0)*)"',
                          '"' || pseudonym || '"', 'g')
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- erased_key is what is left of an idempotency key that names somebody: enough to know it
-- again.
CREATE FUNCTION erased_key(key text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN key LIKE 'erased:%' THEN key
                ELSE 'erased:' || encode(sha256(convert_to(key, 'UTF8')), 'hex') END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- erasure_rests_on_change refuses, at commit, an erasure that no change asks for, of a
-- member who has not left, or that has erased nothing.
CREATE FUNCTION erasure_rests_on_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = phyle, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM change_confirmation AS e
                     JOIN change AS c USING (commons_id, change_id)
                     JOIN member AS m USING (commons_id, member_id)
                    WHERE e.commons_id = NEW.commons_id AND e.number = NEW.number
                      AND e.outcome <> 'withdrawn' AND NEW.xid = pg_current_xact_id()
                      AND (c.change_id, c.type, c.member_id)
                          = (NEW.change_id, 'erasure', NEW.member_id)
                      AND stage_on(e.commons_id, c.member_id, e.on_day) = 'left'
                      AND m.handle = 'gone-' || m.join_number) THEN
        RAISE EXCEPTION 'no change erases this member'
            USING ERRCODE = '23514', CONSTRAINT = 'erasure_rests_on_change', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER erasure_rests_on_change AFTER INSERT ON erasure
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION erasure_rests_on_change();

-- +goose StatementBegin
-- not_of_erased refuses what would bring an erased member back, or have them said things.
-- What they gave can still be reversed.
CREATE FUNCTION not_of_erased() RETURNS trigger
LANGUAGE plpgsql SET search_path = phyle, pg_temp AS $$
DECLARE
    stands text := CASE WHEN TG_TABLE_NAME = 'contribution' THEN ' AND added.reverses IS NULL' ELSE '' END;
    found_one boolean;
BEGIN
    EXECUTE 'SELECT EXISTS (SELECT FROM erasure AS e JOIN added USING (commons_id, member_id)
              WHERE true' || stands || ')' INTO found_one;
    IF found_one THEN
        RAISE EXCEPTION 'that member is erased'
            USING ERRCODE = '23514', CONSTRAINT = 'member_erased', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
DECLARE
    name text;
BEGIN
    PERFORM isolate('erasure');
    CREATE TRIGGER permanent_table BEFORE TRUNCATE ON erasure
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER permanent_row BEFORE UPDATE OR DELETE ON erasure
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    FOREACH name IN ARRAY ARRAY['member_stage', 'member_role', 'member_suspension', 'token',
        'contribution', 'decision_vote'] LOOP
        EXECUTE format('CREATE TRIGGER not_of_erased AFTER INSERT ON %I REFERENCING NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION not_of_erased()', name);
    END LOOP;
    REVOKE ALL ON FUNCTION erasable, erasing, spelled, mentions, unnamed, unescaped,
        unquoted, erased_key, forget_person, erase_member, erasure_rests_on_change, not_of_erased FROM PUBLIC;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'phyle_app') THEN
        GRANT SELECT, INSERT ON erasure TO phyle_app;
        GRANT EXECUTE ON FUNCTION erasable, spelled, mentions, unnamed, unescaped, erased_key,
            erase_member TO phyle_app;
    END IF;
END
$$;
-- +goose StatementEnd

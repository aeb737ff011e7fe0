-- Run before each statement that writes an owned table. Reads no table, until it is about to refuse.
-- Arguments: mode, owner, owner with team and contact, table as registered; then who else may write:
--   dev                      dev
--   dev:2027-06-30           dev, until the end of that day
--   core+cascade             core, but only along with rows that it deletes or changes elsewhere
--   *+cascade                everybody, in the same way
CREATE OR REPLACE FUNCTION {{function}}() RETURNS trigger
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog AS $governance$
DECLARE
    beginning text;
    actor text;
    is_outsider boolean := false;
    is_cascade boolean := false;
    context text;
    lines text[];
    routine text;
    speakers text[];
    speaker text;
    entry text;
    message text;
    facts text;
    advice text;
BEGIN
    -- Nearly every write is the owner's and ends here.
    IF starts_with(current_query(), '/*own:' || TG_ARGV[1] || '*/') THEN
        RETURN NULL;
    END IF;

    -- The actor: a comment at the very beginning, for data can't get there.
    beginning := left(current_query(), 300);
    IF starts_with(beginning, '/*own:') THEN
        actor := split_part(substr(beginning, 7), '*', 1);
        IF actor = '' OR substr(beginning, 7 + length(actor), 2) <> '*/' THEN
            actor := NULL;
        END IF;
    END IF;
    IF actor IS NULL THEN
        is_outsider := true;
        actor := coalesce(
            {{outsiders}}::jsonb ->> session_user,
            {{outsiders}}::jsonb ->> ('application_name:' || current_setting('application_name')),
            'unknown');
    END IF;
    IF starts_with(actor, 'system:') THEN
        RETURN NULL;
    END IF;
    speakers := ARRAY[actor];

    -- Caused by a trigger: of a foreign key, or one that somebody put on a table of theirs.
    IF pg_trigger_depth() > 1 THEN
        GET DIAGNOSTICS context = PG_CONTEXT;
        lines := string_to_array(context, E'\n');
        IF lines[2] ~ '(DELETE FROM|UPDATE) .* WHERE \$[0-9]+ OPERATOR\('
           AND coalesce(lines[3] !~ 'PL/pgSQL', true) THEN
            is_cascade := true;
        END IF;
        FOR routine IN
            SELECT replace(trim(BOTH '"' FROM name[1]), '""', '"')
            FROM regexp_matches(array_to_string(lines[2:], E'\n'),
                                '("(?:[^"]|"")+"|[^\s."()]+)\(\)', 'g') AS name
        LOOP
            -- A trigger on a guarded table acts for the owner of that table.
            SELECT array_agg(DISTINCT convert_from(
                       decode(split_part(encode(guard.tgargs, 'escape'), '\000', 2), 'escape'),
                       getdatabaseencoding()))
            INTO speakers
            FROM pg_proc, pg_trigger AS cause, pg_trigger AS guard
            WHERE proname = routine AND cause.tgfoid = pg_proc.oid
              AND guard.tgrelid = cause.tgrelid AND guard.tgname = 'governance_guard';
            EXIT WHEN speakers IS NOT NULL;
        END LOOP;
        IF speakers IS NULL OR actor = ANY (speakers) THEN
            speakers := ARRAY[actor];
        ELSE
            is_outsider := false;
        END IF;
    END IF;

    FOREACH speaker IN ARRAY speakers LOOP
        IF speaker = TG_ARGV[1] THEN
            RETURN NULL;
        END IF;
        FOR i IN 4 .. TG_NARGS - 1 LOOP
            entry := split_part(TG_ARGV[i], ':', 1);
            IF (entry = speaker OR is_cascade AND entry IN (speaker || '+cascade', '*+cascade'))
               AND (entry = TG_ARGV[i] OR split_part(TG_ARGV[i], ':', 2)::date >= current_date)
            THEN
                RETURN NULL;
            END IF;
        END LOOP;
    END LOOP;

    actor := speakers[1];
    message := format('%s may not %s %s%s: the table belongs to %s.',
        CASE actor WHEN 'unknown' THEN 'Code of no module' ELSE actor END,
        CASE TG_OP WHEN 'INSERT' THEN 'insert into' WHEN 'DELETE' THEN 'delete from'
                   ELSE lower(TG_OP) END,
        TG_ARGV[3], CASE WHEN is_cascade THEN ' through a cascade' ELSE '' END, TG_ARGV[2]);
    facts := json_strip_nulls(json_build_object(
        'actor', actor, 'owner', TG_ARGV[1], 'table', TG_ARGV[3], 'operation', lower(TG_OP),
        'cascade', CASE WHEN is_cascade THEN true END,
        'user', CASE WHEN is_outsider THEN session_user::text END,
        'application', CASE WHEN is_outsider THEN current_setting('application_name') END));
    IF is_outsider THEN
        advice := format('The statement does not say for whom it runs. Begin it with /*own:module*/,'
            ' or name %s in GOVERNANCE["OUTSIDERS"].', concat_ws(' or ', session_user,
            'application_name:' || nullif(current_setting('application_name'), '')));
    ELSIF is_cascade THEN
        advice := format('Call the interface of %s first, or ask %s to declare a Cascade.',
            TG_ARGV[1], TG_ARGV[1]);
    ELSE
        advice := format('Call the interface of %s, or ask %s to declare a Share.',
            TG_ARGV[1], TG_ARGV[1]);
    END IF;
    IF TG_ARGV[0] = 'enforce' THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'governance_guard',
            SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
            MESSAGE = message, DETAIL = facts, HINT = advice;
    END IF;
    RAISE NOTICE USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'governance_guard',
        SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
        MESSAGE = message, DETAIL = facts, HINT = advice;
    RETURN NULL;
END
$governance$;

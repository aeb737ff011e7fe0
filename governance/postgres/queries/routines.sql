-- Our functions: the trigger function, and that of the event trigger. Ours in the schema that
-- comes first on the search path come first.
SELECT p.oid::bigint, n.nspname::text, p.prosrc,
       p.prosecdef, coalesce(array_to_string(p.proconfig, ', '), '') AS settings,
       coalesce(obj_description(p.oid, 'pg_proc'), '') AS comment
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.proname = %s AND p.pronargs = 0
  AND p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype)
ORDER BY n.nspname = current_schema() DESC, p.oid

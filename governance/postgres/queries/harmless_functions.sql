-- Names of PostgreSQL's own functions that can be called in a query and run no code but their
-- own. Left out: what runs a query given as text or reads a view by name, and what writes
-- sequences or large objects.
SELECT DISTINCT p.proname::text AS name
FROM pg_proc p
WHERE p.pronamespace = 'pg_catalog'::regnamespace
  AND p.prokind IN ('f', 'a', 'w')
  AND p.prorettype NOT IN (
      'internal'::regtype, 'cstring'::regtype, 'trigger'::regtype, 'event_trigger'::regtype,
      'index_am_handler'::regtype, 'table_am_handler'::regtype, 'tsm_handler'::regtype,
      'language_handler'::regtype, 'fdw_handler'::regtype)
  AND NOT p.proargtypes::oid[] && ARRAY['internal'::regtype::oid, 'cstring'::regtype::oid]
  AND p.proname !~ '_to_xml|^lo_|^binary_upgrade_'
  AND p.proname NOT IN ('setval', 'lowrite', 'ts_stat', 'ts_rewrite', 'plpgsql_validator')
ORDER BY name

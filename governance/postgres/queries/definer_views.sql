-- Views that are checked as their owner, with the tables below them.
SELECT DISTINCT
    CASE WHEN pg_table_is_visible(v.oid) THEN v.relname::text ELSE vn.nspname || '.' || v.relname END,
    CASE WHEN pg_table_is_visible(t.oid) THEN t.relname::text ELSE tn.nspname || '.' || t.relname END
FROM pg_class v
JOIN pg_namespace vn ON vn.oid = v.relnamespace
JOIN pg_rewrite r ON r.ev_class = v.oid
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
JOIN pg_class t ON t.oid = d.refobjid AND t.relkind IN ('r', 'p', 'f', 'v', 'm')
JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE v.relkind = 'v' AND vn.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT coalesce(v.reloptions::text[] && ARRAY['security_invoker=true', 'security_invoker=on',
                                                 'security_invoker=1', 'security_invoker=yes'], false)
ORDER BY 1, 2

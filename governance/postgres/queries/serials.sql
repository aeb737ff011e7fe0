-- Sequences behind serial columns: to insert, one must be allowed to use them. Those of identity
-- columns need nothing.
SELECT CASE WHEN pg_table_is_visible(t.oid) THEN t.relname::text
            ELSE tn.nspname || '.' || t.relname END,
       n.nspname::text, s.relname::text
FROM pg_depend d
JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
JOIN pg_namespace n ON n.oid = s.relnamespace
JOIN pg_class t ON t.oid = d.refobjid
JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
  AND d.deptype = 'a' AND d.refobjsubid > 0

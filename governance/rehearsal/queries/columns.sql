-- Every column of every table outside of PostgreSQL's own schemas and of extensions.
SELECT
    c.oid::int8,
    CASE WHEN n.nspname = 'public' THEN c.relname::text
         ELSE n.nspname || '.' || c.relname END AS table_name,
    c.relispartition,
    a.attname::text,
    a.attnum::int4,
    format_type(a.atttypid, a.atttypmod),
    CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod)
         ELSE format_type(a.atttypid, a.atttypmod) END AS base,
    ARRAY(SELECT e.enumlabel::text FROM pg_enum e
          WHERE e.enumtypid IN (t.oid, NULLIF(t.typbasetype, 0)) ORDER BY e.enumsortorder),
    a.attnotnull OR COALESCE(t.typnotnull, false),
    COALESCE(pg_get_expr(d.adbin, d.adrelid), ''),
    CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' ELSE '' END,
    a.attgenerated <> '',
    COALESCE(co.collname::text, '')
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_collation co ON co.oid = a.attcollation AND a.attcollation <> t.typcollation
WHERE c.relkind IN ('r', 'p')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND n.nspname NOT LIKE 'pg\_temp%'
  AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.objid = c.oid
                  AND x.classid = 'pg_class'::regclass AND x.deptype = 'e')
ORDER BY c.oid, a.attnum

-- Everything that is neither a table nor part of one in structures: kind, name, the table it hangs
-- on, and a text that is the same for the same thing. What belongs to an extension is left out.
WITH own AS (
    SELECT oid, nspname::text AS schema,
           CASE nspname WHEN 'public' THEN '' ELSE nspname || '.' END AS prefix
    FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
), extended AS (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), relations AS (
    SELECT c.oid, c.relkind, own.prefix || c.relname AS name
    FROM pg_class c JOIN own ON own.oid = c.relnamespace
    WHERE (1259, c.oid) NOT IN (SELECT classid, objid FROM extended)
)
SELECT 'schema' AS kind, schema AS name, '' AS place, '' AS text
FROM own WHERE (2615, oid) NOT IN (SELECT classid, objid FROM extended)
UNION ALL
SELECT 'extension', extname::text, '', extversion FROM pg_extension
UNION ALL
SELECT CASE relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, name, '',
       pg_get_viewdef(oid)
FROM relations WHERE relkind IN ('v', 'm')
UNION ALL
SELECT 'index', i.relname::text, r.name, pg_get_indexdef(i.oid)
FROM pg_index x JOIN relations r ON r.oid = x.indrelid AND r.relkind = 'm'
JOIN pg_class i ON i.oid = x.indexrelid
UNION ALL
SELECT 'sequence', r.name, COALESCE(t.name, ''),
       concat_ws(' ', format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin,
                 s.seqmax, s.seqcache, s.seqcycle, t.name, d.refobjsubid)
FROM pg_sequence s JOIN relations r ON r.oid = s.seqrelid
LEFT JOIN pg_depend d ON d.classid = 1259 AND d.objid = r.oid AND d.refclassid = 1259
                     AND d.deptype IN ('a', 'i')
LEFT JOIN relations t ON t.oid = d.refobjid
WHERE d.deptype IS DISTINCT FROM 'i'
UNION ALL
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
       own.prefix || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', '',
       CASE p.prokind WHEN 'a' THEN '' ELSE pg_get_functiondef(p.oid) END
FROM pg_proc p JOIN own ON own.oid = p.pronamespace
WHERE (1255, p.oid) NOT IN (SELECT classid, objid FROM extended)
UNION ALL
SELECT 'trigger', t.tgname || ' on ' || r.name, r.name, t.tgenabled::text || pg_get_triggerdef(t.oid)
FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid
WHERE NOT t.tgisinternal
UNION ALL
SELECT 'policy', p.polname || ' on ' || r.name, r.name,
       concat_ws(' ', p.polcmd::text, p.polpermissive, p.polroles::text,
                 pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
FROM pg_policy p JOIN relations r ON r.oid = p.polrelid
UNION ALL
SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, own.prefix || t.typname, '',
       concat_ws(' ', t.typtype::text, format_type(t.typbasetype, t.typtypmod), t.typnotnull,
                 t.typdefault, format_type(g.rngsubtype, NULL),
                 (SELECT string_agg(quote_literal(e.enumlabel), ' ' ORDER BY e.enumsortorder)
                  FROM pg_enum e WHERE e.enumtypid = t.oid),
                 (SELECT string_agg(pg_get_constraintdef(k.oid), ' ' ORDER BY k.conname)
                  FROM pg_constraint k WHERE k.contypid = t.oid),
                 (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ' '
                                    ORDER BY a.attnum)
                  FROM pg_attribute a
                  WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped))
FROM pg_type t JOIN own ON own.oid = t.typnamespace
LEFT JOIN pg_class c ON c.oid = t.typrelid
LEFT JOIN pg_range g ON g.rngtypid = t.oid
WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c'))
  AND (1247, t.oid) NOT IN (SELECT classid, objid FROM extended)
ORDER BY 1, 2

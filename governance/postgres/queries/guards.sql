-- Every table, partitioned table, partition and foreign table that a project may own, and the
-- trigger governance_guard on it, where there is one.
SELECT
    CASE WHEN pg_table_is_visible(c.oid) THEN c.relname::text
         ELSE n.nspname || '.' || c.relname END AS name,
    n.nspname::text AS schema,
    c.relname::text AS relation,
    c.relkind = 'f' AS is_foreign,
    c.relkind = 'p' AS is_partitioned,
    CASE WHEN c.relispartition THEN (
        SELECT CASE WHEN pg_table_is_visible(root.oid) THEN root.relname::text
                    ELSE root_schema.nspname || '.' || root.relname END
        FROM pg_class root JOIN pg_namespace root_schema ON root_schema.oid = root.relnamespace
        WHERE root.oid = pg_partition_root(c.oid)) END AS partition_of,
    t.tgtype::int AS events,
    CASE WHEN t.oid IS NOT NULL THEN ARRAY(
        SELECT convert_from(decode(part, 'escape'), getdatabaseencoding())
        FROM unnest(string_to_array(encode(t.tgargs, 'escape'), '\000'))
             WITH ORDINALITY AS parts (part, place)
        WHERE place <= t.tgnargs ORDER BY place) END AS arguments,
    t.tgenabled::text AS enabled,
    t.tgattr = ''::int2vector AS on_every_column,
    coalesce(substring(pg_get_triggerdef(t.oid) FROM ' WHEN \((.*)\) EXECUTE FUNCTION '), '')
        AS condition,
    f.oid::bigint AS function,
    obj_description(t.oid, 'pg_trigger') AS comment
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = 'governance_guard'
LEFT JOIN pg_proc f ON f.oid = t.tgfoid
WHERE c.relkind IN ('r', 'p', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\_toast%'
  AND n.nspname NOT LIKE 'pg\_temp%'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid
                  AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
ORDER BY name

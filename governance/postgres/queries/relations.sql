-- Every relation that a project may own, with PostgreSQL's row estimate and, for a
-- partition, the root of its partition tree.
SELECT
    CASE WHEN pg_table_is_visible(c.oid) THEN c.relname::text
         ELSE n.nspname || '.' || c.relname END AS name,
    CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table'
                   WHEN 'f' THEN 'foreign table' WHEN 'v' THEN 'view'
                   ELSE 'materialized view' END AS kind,
    CASE WHEN c.relkind IN ('r', 'p', 'm') AND c.reltuples >= 0
         THEN c.reltuples::bigint END AS rows,
    CASE WHEN c.relispartition THEN (
        SELECT CASE WHEN pg_table_is_visible(root.oid) THEN root.relname::text
                    ELSE root_schema.nspname || '.' || root.relname END
        FROM pg_class root JOIN pg_namespace root_schema ON root_schema.oid = root.relnamespace
        WHERE root.oid = pg_partition_root(c.oid)) END AS partition_of,
    obj_description(c.oid, 'pg_class') AS comment
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\_toast%'
  AND n.nspname NOT LIKE 'pg\_temp%'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid
                  AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
ORDER BY name

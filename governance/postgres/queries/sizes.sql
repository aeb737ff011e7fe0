-- Rows (estimated) and bytes of every table. A partitioned one is the sum of its partitions; a
-- table that was never analysed has no estimate, unless it has no page yet.
WITH leaf AS (
    SELECT c.oid, c.relnamespace, c.relname, pg_total_relation_size(c.oid) AS bytes,
           CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint
                WHEN pg_relation_size(c.oid) = 0 THEN 0 END AS rows
    FROM pg_class c WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
), whole AS (
    SELECT oid, relnamespace, relname, rows, bytes FROM leaf
    UNION ALL
    SELECT c.oid, c.relnamespace, c.relname,
           CASE WHEN count(*) = count(leaf.rows) THEN sum(leaf.rows)::bigint END,
           coalesce(sum(leaf.bytes), 0)::bigint
    FROM pg_class c
    LEFT JOIN LATERAL pg_partition_tree(c.oid) part ON part.isleaf
    LEFT JOIN leaf ON leaf.oid = part.relid
    WHERE c.relkind = 'p'
    GROUP BY c.oid, c.relnamespace, c.relname
)
SELECT CASE WHEN pg_table_is_visible(whole.oid) THEN relname::text
            ELSE n.nspname || '.' || relname END, rows, bytes
FROM whole JOIN pg_namespace n ON n.oid = relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\_toast%' AND n.nspname NOT LIKE 'pg\_temp%'
ORDER BY 1

-- What a trace compares before and after a statement: every relation outside of PostgreSQL's own
-- schemas with its file, the rows it is thought to have, and what this session has read of it.
-- The counters also hold what earlier transactions of the session have read, so only their
-- differences tell something.
SELECT
    c.oid::int8,
    CASE WHEN n.nspname = 'public' THEN c.relname::text
         ELSE n.nspname || '.' || c.relname END AS name,
    c.relkind::text AS kind,
    COALESCE(pg_relation_filenode(c.oid), 0)::int8 AS file,
    i.indrelid::int8 AS table_oid,
    c.reltuples::float8 AS rows,
    pg_stat_get_xact_tuples_returned(c.oid)::int8 AS read
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f', 'S', 'i', 'I')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND n.nspname NOT LIKE 'pg\_temp%'
  AND n.nspname NOT LIKE 'pg\_toast\_temp%'

-- The root of the partition tree of each of the named tables that is a partition.
SELECT wanted.name,
       CASE WHEN pg_table_is_visible(root.oid) THEN root.relname::text
            ELSE n.nspname || '.' || root.relname END AS root
FROM unnest(%s::text[]) AS wanted (name)
JOIN pg_class c ON c.oid = to_regclass(wanted.name) AND c.relispartition
JOIN pg_class root ON root.oid = pg_partition_root(c.oid)
JOIN pg_namespace n ON n.oid = root.relnamespace

-- Every index of a table; its columns, and whether it is more than a plain list of them.
SELECT
    i.indrelid::int8,
    i.indisunique,
    ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY u(number, place)
          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number
          WHERE u.place <= i.indnkeyatts ORDER BY u.place),
    pg_get_indexdef(i.indexrelid),
    i.indisvalid,
    c.relname::text
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
ORDER BY i.indrelid, i.indexrelid

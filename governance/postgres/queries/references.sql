-- Each foreign key: the table that refers, the table referred to, and what happens there on DELETE and
-- on UPDATE (a no action, r restrict, c cascade, n set null, d set default).
SELECT
    CASE WHEN pg_table_is_visible(child.oid) THEN child.relname::text
         ELSE child_schema.nspname || '.' || child.relname END,
    CASE WHEN pg_table_is_visible(parent.oid) THEN parent.relname::text
         ELSE parent_schema.nspname || '.' || parent.relname END,
    k.conname::text, k.confdeltype::text, k.confupdtype::text
FROM pg_constraint k
JOIN pg_class child ON child.oid = k.conrelid
JOIN pg_namespace child_schema ON child_schema.oid = child.relnamespace
JOIN pg_class parent ON parent.oid = k.confrelid
JOIN pg_namespace parent_schema ON parent_schema.oid = parent.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0
ORDER BY 1, 3

-- The schema of our own tables, else the first of the search path.
SELECT coalesce(
    (SELECT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = to_regclass(%s)),
    current_schema()::text)

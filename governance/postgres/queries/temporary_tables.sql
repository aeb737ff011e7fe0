-- Those of the names that are temporary tables of this session.
SELECT c.relname::text
FROM pg_class c
WHERE c.relnamespace = pg_my_temp_schema() AND c.relname = ANY (%s::text[])

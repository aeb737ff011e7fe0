-- Every constraint of a table but NOT NULL, which the columns tell.
SELECT
    k.conrelid::int8,
    k.contype::text,
    k.conname::text,
    ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(number, place)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number
          ORDER BY u.place),
    COALESCE(k.confrelid, 0)::int8,
    ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(number, place)
          JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number
          ORDER BY u.place),
    pg_get_constraintdef(k.oid)
FROM pg_constraint k
WHERE k.conrelid <> 0 AND k.contype IN ('p', 'u', 'f', 'c', 'x') AND k.conparentid = 0
ORDER BY k.conrelid, k.conname

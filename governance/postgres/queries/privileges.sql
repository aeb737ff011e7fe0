-- Tables, views, sequences and schemas with the privileges that the roles of modules hold on them.
SELECT role.rolname::text, kind, schema, name, acl.privilege_type
FROM (
    SELECT 'SCHEMA' AS kind, n.nspname::text AS schema, '' AS name, n.nspacl AS acls
    FROM pg_namespace n WHERE n.nspname NOT LIKE 'pg\_%%'
    UNION ALL
    SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
           n.nspname::text, c.relname::text, c.relacl
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND n.nspname NOT LIKE 'pg\_%%'
) AS objects
CROSS JOIN LATERAL aclexplode(acls) AS acl
JOIN pg_roles role ON role.oid = acl.grantee
WHERE starts_with(role.rolname::text, %s)

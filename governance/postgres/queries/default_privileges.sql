-- Privileges that roles of modules will get on what the current role creates.
SELECT role.rolname::text,
       CASE d.defaclobjtype WHEN 'S' THEN 'SEQUENCES' ELSE 'TABLES' END,
       n.nspname::text, acl.privilege_type
FROM pg_default_acl d
JOIN pg_namespace n ON n.oid = d.defaclnamespace
CROSS JOIN LATERAL aclexplode(d.defaclacl) AS acl
JOIN pg_roles role ON role.oid = acl.grantee
WHERE d.defaclobjtype IN ('r', 'S') AND d.defaclrole = current_user::regrole
  AND starts_with(role.rolname::text, %s)

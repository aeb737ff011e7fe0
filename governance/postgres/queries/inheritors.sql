-- Login roles that hold privileges of several modules' roles without SET ROLE.
SELECT login.rolname::text, array_agg(role.rolname::text ORDER BY role.rolname)
FROM pg_roles login
JOIN pg_roles role ON starts_with(role.rolname::text, %s) AND role.oid <> login.oid
WHERE login.rolcanlogin AND NOT login.rolsuper
  AND pg_has_role(login.oid, role.oid, 'USAGE')
GROUP BY 1 HAVING count(*) > 1 ORDER BY 1

-- The roles whose name begins with the prefix.
SELECT rolname::text, rolcanlogin, rolinherit, rolsuper FROM pg_roles
WHERE starts_with(rolname::text, %s) ORDER BY 1

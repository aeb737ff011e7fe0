-- Login roles that grants do not bind: owners of some of the tables, and the superuser that asks.
SELECT owner.rolname::text, owner.rolsuper, count(*)
FROM unnest(%s::text[]) AS wanted (name)
JOIN pg_class c ON c.oid = to_regclass(wanted.name)
JOIN pg_roles owner ON owner.oid = c.relowner
WHERE owner.rolcanlogin
GROUP BY 1, 2 ORDER BY 1

-- The locks on relations that another session has or waits for, and the sessions it waits for.
SELECT l.relation::int8, l.mode, pg_blocking_pids(%(pid)s)
FROM (SELECT) one
LEFT JOIN pg_locks l ON l.pid = %(pid)s AND l.locktype = 'relation'
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())

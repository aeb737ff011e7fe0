"""What PostgreSQL really does for a statement: locks, new files, rows read."""

from dataclasses import dataclass
from typing import Any

import psycopg

from governance.postgres.locks import Lock

_RELATIONS = """
    SELECT c.oid::int, c.relname, c.relfilenode::int, c.relkind IN ('r', 'm') FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""
_LOCKS = """
    SELECT relation::int, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'
"""
_READ = """
    SELECT relname, seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables
"""


@dataclass(frozen=True)
class Observed:
    """Locks weaker than ROW SHARE are left out: reading takes them everywhere."""

    locks: dict[str, Lock]
    rewritten: set[str]
    scanned: set[str]
    error: str = ""


def observed(connection: psycopg.Connection[Any], sql: str) -> Observed:
    """Run a statement in a transaction, look around, roll it back."""
    try:
        before = {row[0]: row[1:] for row in connection.execute(_RELATIONS)}
        try:
            connection.execute(sql)
        except psycopg.Error as error:
            return Observed({}, set(), set(), error.sqlstate or "")
        locks: dict[str, Lock] = {}
        for oid, mode in connection.execute(_LOCKS).fetchall():
            if oid in before and Lock.of(mode) > Lock.ACCESS_SHARE:
                name = before[oid][0]
                locks[name] = max(locks.get(name, Lock.NONE), Lock.of(mode))
        after = {row[0]: row[2] for row in connection.execute(_RELATIONS)}
        read = dict(connection.execute(_READ).fetchall())
    finally:
        connection.rollback()
    names = {name for name, *_ in before.values()}
    return Observed(
        locks=locks,
        rewritten={
            name
            for oid, (name, file, is_table) in before.items()
            if is_table and after.get(oid, file) != file
        },
        scanned={name for name, rows in read.items() if rows and name in names},
    )

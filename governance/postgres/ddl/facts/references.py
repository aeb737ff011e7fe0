"""What a foreign key, a view or a sequence makes others bear."""

from __future__ import annotations

from governance.postgres.ddl.facts.account import Account
from governance.postgres.ddl.parts import Constraint
from governance.postgres.ddl.relations import incoming, needs, partition_tree
from governance.postgres.locks import Lock

DEPENDED_UPON = "2BP01"


def lock_referenced(
    account: Account, constraint: Constraint, lock: Lock, *, scan: bool = False
) -> None:
    """Lock the table that a foreign key points to, with its partitions."""
    if constraint.reference is not None:
        for table in partition_tree(account.tables, constraint.reference.table):
            account.lock(table, lock, scan=scan)


def drop_incoming(account: Account, table: str, key: Constraint | None, *, cascade: bool) -> None:
    """Drop the foreign keys of others that need a table, or one key of it."""
    for other, constraint in incoming(account.tables, table):
        if key is None or needs(constraint, key):
            if not cascade:
                account.fail(DEPENDED_UPON)
            account.lock(other.name)


def drop_views(account: Account, table: str, column: str = "", *, cascade: bool) -> None:
    """Drop the views that read a table, or one column of it, and those that read them."""
    for name in account.table(table).views:
        view = account.table(name)
        if column and not view.columns_read & {column, "*"}:
            continue
        if not cascade:
            account.fail(DEPENDED_UPON)
        drop_view(account, name, cascade=cascade)


def drop_view(account: Account, name: str, *, cascade: bool) -> None:
    account.lock(name)
    account.lock_indexes(name)
    drop_views(account, name, cascade=cascade)


def read_tables(account: Account, tables: tuple[str, ...], *, scan: bool) -> None:
    for table in tables:
        account.lock(table, Lock.ACCESS_SHARE, scan=scan)

"""Indexes.

CONCURRENTLY reads the table as well, in transactions of its own and under a lock that stops no
reader and no writer. That is no scan in the sense of an effect.
"""

from __future__ import annotations

from governance.postgres.ddl.actions import CreateIndex, DropIndex, Reindex, RenameIndex
from governance.postgres.ddl.facts.account import Account
from governance.postgres.ddl.facts.references import DEPENDED_UPON
from governance.postgres.ddl.facts.tables import NOT_IN_TRANSACTION
from governance.postgres.ddl.relations import (
    WITH_INDEX,
    bare,
    owner_of_index,
    partition_tree,
    schema_of,
    twins,
)
from governance.postgres.locks import Lock

_NOT_SUPPORTED = "0A000"


def create_index(account: Account, action: CreateIndex) -> None:
    table = account.table(action.table)
    if action.concurrently:
        _concurrently(account, partitioned=table.partitioned)
        account.lock(action.table, Lock.SHARE_UPDATE_EXCLUSIVE)
        return
    if action.if_not_exists and action.index.name in table.indexes:
        account.lock(action.table, Lock.SHARE)
        return
    members = [action.table] if action.only else partition_tree(account.tables, action.table)
    for member in members:
        account.lock(member, Lock.SHARE, scan=not account.table(member).partitioned)


def _concurrently(account: Account, *, partitioned: bool) -> None:
    if account.in_transaction:
        account.fail(NOT_IN_TRANSACTION)
    if partitioned:
        account.fail(_NOT_SUPPORTED)


def drop_index(account: Account, action: DropIndex) -> None:
    owner = owner_of_index(account.tables, action.name)
    lock = Lock.SHARE_UPDATE_EXCLUSIVE if action.concurrently else Lock.ACCESS_EXCLUSIVE
    if action.concurrently:
        _concurrently(account, partitioned=owner is not None and owner.partitioned)
    if owner is None:
        if not action.if_exists:
            account.lock(action.name)
            account.doubt(f"drops the index {action.name}, whose table is not known here")
        return
    constraint = owner.constraints.get(bare(action.name))
    if constraint is not None and constraint.kind in WITH_INDEX:
        account.fail(DEPENDED_UPON)
    gone = owner.indexes[bare(action.name)]
    for member in partition_tree(account.tables, owner.name):
        account.lock(member, lock)
        for twin in twins(account.table(member), gone):
            if member != owner.name or twin == bare(action.name):
                account.lock(schema_of(member) + twin)


def rename_index(account: Account, action: RenameIndex) -> None:
    account.lock(action.name, Lock.SHARE_UPDATE_EXCLUSIVE)


def reindex(account: Account, action: Reindex) -> None:
    if action.concurrently and account.in_transaction:
        account.fail(NOT_IN_TRANSACTION)
    if action.what == "index":
        _reindex_one(account, action)
    elif action.what == "table":
        for member in partition_tree(account.tables, action.table):
            _reindex_all(account, member, action)
    else:
        _reindex_many(account, action)


def _reindex_one(account: Account, action: Reindex) -> None:
    owner = owner_of_index(account.tables, action.name)
    account.lock(action.name)
    if owner is None:
        account.doubt(f"rebuilds the index {action.name}, whose table is not known here")
    elif action.concurrently:
        account.lock(owner.name, Lock.SHARE_UPDATE_EXCLUSIVE)
    else:
        account.lock(owner.name, Lock.SHARE, scan=True)


def _reindex_all(account: Account, table: str, action: Reindex) -> None:
    if action.concurrently:
        account.lock(table, Lock.SHARE_UPDATE_EXCLUSIVE)
    else:
        account.lock(table, Lock.SHARE, scan=bool(account.table(table).indexes))
    account.lock_indexes(table)


def _reindex_many(account: Account, action: Reindex) -> None:
    """Each table in a transaction of its own, so never inside another one."""
    if account.in_transaction:
        account.fail(NOT_IN_TRANSACTION)
    schema = f"{action.name}." if action.what == "schema" and action.name != "public" else ""
    for table in account.tables:
        if action.what != "schema" or schema_of(table) == schema:
            _reindex_all(account, table, action)

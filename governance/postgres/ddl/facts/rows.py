"""Statements about rows and locks, and upkeep."""

from __future__ import annotations

from governance.postgres.ddl.actions import LockTable, Maintain, Truncate, WriteRows
from governance.postgres.ddl.facts.account import Account
from governance.postgres.ddl.facts.references import lock_referenced, read_tables
from governance.postgres.ddl.facts.tables import NOT_IN_TRANSACTION
from governance.postgres.ddl.relations import family, incoming, partition_tree
from governance.postgres.locks import Lock

_NOT_SUPPORTED = "0A000"
_ADDING = frozenset({"insert", "copy"})
_ACTING = frozenset({"CASCADE", "SET NULL", "SET DEFAULT"})


def write_rows(account: Account, action: WriteRows) -> None:
    """An INSERT opens no index for long, and takes numbers from sequences."""
    table = account.table(action.table)
    adds = action.operation in _ADDING
    for member in family(account.tables, action.table):
        account.lock(member, Lock.ROW_EXCLUSIVE, scan=action.whole_table)
        if not adds:
            account.lock_indexes(member, Lock.ROW_EXCLUSIVE)
    for column, sequence in table.sequences.items() if adds or action.operation == "merge" else ():
        if action.columns and column not in action.columns:
            account.lock(sequence, Lock.ROW_EXCLUSIVE)
    read_tables(account, tuple(t for t in action.reads if t != action.table), scan=True)
    _look_up(account, action)


def _look_up(account: Account, action: WriteRows) -> None:
    """The rows that foreign keys point to are locked, and rows that point here are looked for."""
    named = set(action.columns)
    if action.operation != "delete":
        for constraint in account.table(action.table).constraints.values():
            if constraint.reference and (not named or named & set(constraint.columns)):
                lock_referenced(account, constraint, Lock.ROW_SHARE)
                account.lock_indexes(constraint.reference.table, Lock.ROW_SHARE)
        return
    for other, constraint in incoming(account.tables, action.table):
        acts = constraint.reference and constraint.reference.on_delete in _ACTING
        lock = Lock.ROW_EXCLUSIVE if acts else Lock.ROW_SHARE
        helped = any(i.columns[:1] == constraint.columns[:1] for i in other.indexes.values())
        account.lock(other.name, lock, scan=action.whole_table and not helped)
        account.lock_indexes(other.name, lock)


def truncate(account: Account, action: Truncate) -> None:
    """CASCADE empties the tables that point here, and those that point to them."""
    waiting, done = [action.table], set[str]()
    while waiting:
        name = waiting.pop()
        for member in [name] if action.only else family(account.tables, name):
            if member in done:
                continue
            done.add(member)
            account.rewrite(member, scan=False)
            pointing = [other.name for other, _ in incoming(account.tables, member)]
            if pointing and not action.cascade:
                account.fail(_NOT_SUPPORTED)
            waiting += pointing if action.cascade else []


def lock_table(account: Account, action: LockTable) -> None:
    for member in family(account.tables, action.table):
        account.lock(member, action.lock)


def maintain(account: Account, action: Maintain) -> None:
    names = partition_tree(account.tables, action.table) if action.table else list(account.tables)
    if action.verb.startswith("vacuum") and account.in_transaction:
        account.fail(NOT_IN_TRANSACTION)
    for name in names:
        if action.table or account.table(name).kind != "view":
            _maintain(account, name, action.verb)


def _maintain(account: Account, name: str, verb: str) -> None:
    match verb:
        case "vacuum full":
            account.rewrite(name, scan=False)
        case "cluster":
            account.rewrite(name)
        case "refresh":
            account.rewrite(name)
            read_tables(account, account.table(name).reads, scan=True)
        case "refresh concurrently":
            account.lock(name, Lock.EXCLUSIVE)
            account.lock_indexes(name, Lock.ROW_EXCLUSIVE)
            read_tables(account, account.table(name).reads, scan=False)
        case _:
            account.lock(name, Lock.SHARE_UPDATE_EXCLUSIVE)

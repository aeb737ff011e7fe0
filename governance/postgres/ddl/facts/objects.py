"""Objects that are no tables, and what tables have to do with them."""

from __future__ import annotations

from collections.abc import Callable

from governance.postgres.ddl.actions import CallFunction, ChangeObject, Unreadable
from governance.postgres.ddl.facts.account import Account
from governance.postgres.ddl.facts.columns import drop_one
from governance.postgres.ddl.facts.references import (
    DEPENDED_UPON,
    drop_view,
    read_tables,
)
from governance.postgres.ddl.facts.tables import drop_schema
from governance.postgres.ddl.relations import owner_of_index, partition_tree
from governance.postgres.locks import Lock

_INSIDE = frozenset({"tabconstraint", "trigger", "rule", "policy"})


def change_object(account: Account, action: ChangeObject) -> None:
    judge = _JUDGES.get(action.kind)
    if judge is not None:
        judge(account, action)


def _trigger(account: Account, action: ChangeObject) -> None:
    """To make one stops writers; to drop or rename one stops readers too."""
    making = action.verb in {"create", "replace"}
    lock = Lock.SHARE_ROW_EXCLUSIVE if making else Lock.ACCESS_EXCLUSIVE
    for member in partition_tree(account.tables, action.table):
        account.lock(member, lock)
    read_tables(account, action.reads, scan=False)


def _function(account: Account, action: ChangeObject) -> None:
    """The body of a function is replaced without any lock on the tables of its triggers."""
    if action.verb != "drop":
        return
    for trigger, function in account.schema.triggers.items():
        if function == action.name:
            if not action.cascade:
                account.fail(DEPENDED_UPON)
            account.lock(trigger.rpartition(".")[0])


def _view(account: Account, action: ChangeObject) -> None:
    materialized = action.kind == "materialized view"
    if action.verb in {"create", "replace"}:
        read_tables(account, action.reads, scan=materialized)
        if action.name in account.tables and not materialized:
            account.lock(action.name)
    elif action.verb == "drop":
        if action.name in account.tables or not action.if_exists:
            drop_view(account, action.name, cascade=action.cascade)
    else:
        account.lock(action.name)


def _sequence(account: Account, action: ChangeObject) -> None:
    if action.verb == "create":
        return
    if action.detail == "setval":
        account.lock(action.name, Lock.ROW_EXCLUSIVE)
        return
    if action.verb == "alter":
        moves = action.detail.startswith("schema ") or action.detail == "owner"
        account.lock(action.name, Lock.ACCESS_EXCLUSIVE if moves else Lock.SHARE_ROW_EXCLUSIVE)
        return
    account.lock(action.name)
    for table in account.tables.values() if action.verb == "drop" else ():
        for column, sequence in table.sequences.items():
            if sequence == action.name:
                known = table.columns.get(column)
                if not action.cascade or (known and known.identity):
                    account.fail(DEPENDED_UPON)
                account.lock(table.name)


def _type(account: Account, action: ChangeObject) -> None:
    """A type is dropped with the columns that have it."""
    if action.verb == "drop":
        for table, column in _users(account, action.name):
            if not action.cascade:
                account.fail(DEPENDED_UPON)
            drop_one(account, table, column, cascade=action.cascade)


def _domain_constraint(account: Account, action: ChangeObject) -> None:
    """A new constraint is checked in each table that has a column of the domain."""
    checks = action.verb == "create" or action.detail == "validate constraint"
    if checks and "not valid" not in action.detail:
        _check_users(account, action.name)


def _domain(account: Account, action: ChangeObject) -> None:
    _type(account, action)
    if action.detail == "set not null":
        _check_users(account, action.name)


def _check_users(account: Account, domain: str) -> None:
    for table, _ in _users(account, domain):
        account.lock(table, Lock.SHARE, scan=True)


def _users(account: Account, type_name: str) -> list[tuple[str, str]]:
    return [
        (table.name, column.name)
        for table in account.tables.values()
        for column in table.columns.values()
        if column.type.removesuffix("[]") == type_name
    ]


def _schema(account: Account, action: ChangeObject) -> None:
    if action.verb == "drop":
        drop_schema(account, action.name, cascade=action.cascade)


def _index(account: Account, action: ChangeObject) -> None:
    account.lock(action.name, Lock.SHARE_UPDATE_EXCLUSIVE)


def _on_table(lock: Lock) -> Callable[[Account, ChangeObject], None]:
    def judge(account: Account, action: ChangeObject) -> None:
        if action.table:
            account.lock(action.table, lock)

    return judge


def _comment(account: Account, action: ChangeObject) -> None:
    if action.table:
        inside = action.detail in _INSIDE
        lock = Lock.ACCESS_SHARE if inside else Lock.SHARE_UPDATE_EXCLUSIVE
        account.lock(action.table, lock)
    elif action.detail == "index" and owner_of_index(account.tables, action.name):
        account.lock(action.name, Lock.SHARE_UPDATE_EXCLUSIVE)


def _extension(account: Account, action: ChangeObject) -> None:
    if action.verb == "drop" and action.cascade:
        account.doubt(f"drops what needs the extension {action.name}, which is not known here")


def call_function(account: Account, action: CallFunction) -> None:
    account.doubt(f"calls {action.name}, whose body is not known here")


def unreadable(account: Account, action: Unreadable) -> None:
    account.doubt(action.why)


_JUDGES: dict[str, Callable[[Account, ChangeObject], None]] = {
    "trigger": _trigger,
    "function": _function,
    "view": _view,
    "materialized view": _view,
    "sequence": _sequence,
    "type": _type,
    "domain": _domain,
    "domain constraint": _domain_constraint,
    "schema": _schema,
    "index": _index,
    "extension": _extension,
    "comment": _comment,
    "policy": _on_table(Lock.ACCESS_EXCLUSIVE),
    "rule": _on_table(Lock.ACCESS_EXCLUSIVE),
    "publication": _on_table(Lock.SHARE_UPDATE_EXCLUSIVE),
    "statistics": _on_table(Lock.SHARE_UPDATE_EXCLUSIVE),
    "privileges": _on_table(Lock.ACCESS_SHARE),
}

"""ALTER TABLE for what no other action tells."""

from __future__ import annotations

from governance.postgres.ddl.actions import SetOption
from governance.postgres.ddl.facts.account import Account
from governance.postgres.ddl.relations import incoming, partition_tree, schema_of
from governance.postgres.locks import Lock

_WEAKER = {
    "storage parameters": Lock.SHARE_UPDATE_EXCLUSIVE,
    "statistics": Lock.SHARE_UPDATE_EXCLUSIVE,
    "cluster": Lock.SHARE_UPDATE_EXCLUSIVE,
    "enable trigger": Lock.SHARE_ROW_EXCLUSIVE,
    "disable trigger": Lock.SHARE_ROW_EXCLUSIVE,
}
_NOT_POSSIBLE = "42P16"
_USUAL = {"tablespace": "pg_default", "access method": "heap"}
"""What a table has already, unless somebody took care."""


def set_option(account: Account, action: SetOption) -> None:
    option, table = action.option, action.table
    if option in {"logged", "unlogged"} or (
        action.other not in {"", _USUAL.get(option, "")} and (option in _USUAL)
    ):
        _write_elsewhere(account, action)
        return
    account.lock(table, _WEAKER.get(option, Lock.ACCESS_EXCLUSIVE))
    match option:
        case "cluster" if action.other:
            account.lock(schema_of(table) + action.other, Lock.SHARE_UPDATE_EXCLUSIVE)
        case "inherit":
            account.lock(action.other, Lock.SHARE_UPDATE_EXCLUSIVE)
        case "no inherit":
            account.lock(action.other, Lock.ACCESS_SHARE)
        case "enable trigger" | "disable trigger" if _has_triggers(account, table):
            for member in partition_tree(account.tables, table):
                account.lock(member, Lock.SHARE_ROW_EXCLUSIVE)


def _write_elsewhere(account: Account, action: SetOption) -> None:
    account.rewrite(action.table)
    if action.option in {"logged", "unlogged"}:
        for sequence in account.table(action.table).sequences.values():
            account.lock(sequence)
    if action.option == "unlogged" and any(incoming(account.tables, action.table)):
        account.fail(_NOT_POSSIBLE)


def _has_triggers(account: Account, table: str) -> bool:
    return any(name.rpartition(".")[0] == table for name in account.schema.triggers)

"""ALTER TABLE for what no other action tells."""

from __future__ import annotations

from governance.postgres.ddl.actions import SetOption
from governance.postgres.ddl.facts.account import Account
from governance.postgres.ddl.relations import partition_tree, schema_of
from governance.postgres.locks import Lock

_WEAKER = {
    "storage parameters": Lock.SHARE_UPDATE_EXCLUSIVE,
    "statistics": Lock.SHARE_UPDATE_EXCLUSIVE,
    "cluster": Lock.SHARE_UPDATE_EXCLUSIVE,
    "enable trigger": Lock.SHARE_ROW_EXCLUSIVE,
    "disable trigger": Lock.SHARE_ROW_EXCLUSIVE,
}
_USUAL = {"tablespace": "pg_default", "access method": "heap"}
"""What a table has already, unless somebody took care."""


def set_option(account: Account, action: SetOption) -> None:
    option, table = action.option, action.table
    if option in {"logged", "unlogged"} or (
        action.other not in {"", _USUAL.get(option, "")} and (option in _USUAL)
    ):
        account.rewrite(table)
        return
    account.lock(table, _WEAKER.get(option, Lock.ACCESS_EXCLUSIVE))
    match option:
        case "cluster" if action.other:
            account.lock(schema_of(table) + action.other, Lock.SHARE_UPDATE_EXCLUSIVE)
        case "inherit":
            account.lock(action.other, Lock.SHARE_UPDATE_EXCLUSIVE)
        case "no inherit":
            account.lock(action.other, Lock.ACCESS_SHARE)
        case "enable trigger" | "disable trigger":
            for member in partition_tree(account.tables, table):
                account.lock(member, Lock.SHARE_ROW_EXCLUSIVE)

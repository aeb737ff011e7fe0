"""Which tables have no rows, because they were only just created."""

from __future__ import annotations

from governance.postgres.ddl.actions import (
    Action,
    AttachPartition,
    CallFunction,
    CreateTable,
    DropTable,
    RenameTable,
    SetSchema,
    Unreadable,
    WriteRows,
)


def empty_after(empty: frozenset[str], action: Action) -> frozenset[str]:
    """Return the tables that surely have no rows once an action was applied, given those before."""
    match action:
        case CreateTable(table=name) if not (action.from_query or action.if_not_exists):
            return empty | {name}
        case RenameTable(table=name, to=to) | SetSchema(table=name, to=to) if name in empty:
            return empty - {name} | {to}
        case WriteRows(operation="update" | "delete"):
            return empty
        case WriteRows(table=name) | DropTable(table=name) | AttachPartition(table=name):
            return empty - {name}
        case CallFunction() | Unreadable():
            return frozenset()
    return empty

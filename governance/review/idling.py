"""Actions that find everything as they want it: IF EXISTS, IF NOT EXISTS."""

from __future__ import annotations

from governance.postgres.ddl.actions import (
    Action,
    AddColumn,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropIndex,
)
from governance.postgres.ddl.schema import Schema


def is_idle(action: Action, before: Schema) -> bool:
    """Tell whether an action surely does nothing to the schema that it meets.

    What the schema does not know may be there, unless it knows the whole table.
    """
    table = before.tables.get(action.table)
    if table is None:
        return False
    match action:
        case CreateTable(if_not_exists=True):
            return True
        case AddColumn(if_not_exists=True, column=column):
            return column.name in table.columns
        case CreateIndex(if_not_exists=True, index=index):
            return index.name in table.indexes
        case DropColumn(if_exists=True, column=name):
            return table.complete and name not in table.columns
        case DropConstraint(if_exists=True, name=name):
            return table.complete and name not in table.constraints
        case DropIndex(if_exists=True, name=name):
            return table.complete and name not in table.indexes
    return False

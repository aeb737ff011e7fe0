"""What PostgreSQL does to apply an action: measured on 15 to 18, which agree.

What can't be told is told as the worst that may be, and ``unknown`` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

from governance.postgres.ddl import actions
from governance.postgres.ddl.actions import Action
from governance.postgres.ddl.effects import Effects
from governance.postgres.ddl.facts import (
    columns,
    constraints,
    indexes,
    objects,
    options,
    rows,
    tables,
    types,
)
from governance.postgres.ddl.facts.account import Account
from governance.postgres.ddl.schema import Schema

__all__ = ["effects_of"]

_FACTS: dict[type[Action], Callable[[Account, Any], None]] = {
    actions.CreateTable: tables.create_table,
    actions.DropTable: tables.drop_table,
    actions.RenameTable: tables.rename_table,
    actions.SetSchema: tables.set_schema,
    actions.AttachPartition: tables.attach_partition,
    actions.DetachPartition: tables.detach_partition,
    actions.SetOption: options.set_option,
    actions.AddColumn: columns.add_column,
    actions.DropColumn: columns.drop_column,
    actions.RenameColumn: columns.alter_column,
    actions.SetDefault: columns.alter_column,
    actions.DropDefault: columns.alter_column,
    actions.SetNotNull: columns.set_not_null,
    actions.DropNotNull: columns.drop_not_null,
    actions.ChangeGeneration: columns.change_generation,
    actions.AlterType: types.alter_type,
    actions.AddConstraint: constraints.add_constraint,
    actions.ValidateConstraint: constraints.validate_constraint,
    actions.DropConstraint: constraints.drop_constraint,
    actions.RenameConstraint: constraints.rename_constraint,
    actions.AlterConstraint: constraints.alter_constraint,
    actions.CreateIndex: indexes.create_index,
    actions.DropIndex: indexes.drop_index,
    actions.RenameIndex: indexes.rename_index,
    actions.Reindex: indexes.reindex,
    actions.WriteRows: rows.write_rows,
    actions.Truncate: rows.truncate,
    actions.LockTable: rows.lock_table,
    actions.Maintain: rows.maintain,
    actions.ChangeObject: objects.change_object,
    actions.CallFunction: objects.call_function,
    actions.Unreadable: objects.unreadable,
}


def effects_of(
    action: Action, before: Schema, *, in_transaction: bool = False, empty: Container[str] = ()
) -> Effects:
    """Return the locks, rewrites and scans of an action in the structure that it meets.

    ``in_transaction`` says that it is applied together with others: some can't be. ``empty`` are
    tables known to have no rows: their foreign keys look for nothing in other tables.
    """
    account = Account(schema=before, in_transaction=in_transaction, empty=empty)
    judge = _FACTS.get(type(action))
    if judge is not None:
        judge(account, action)
    return account.effects()

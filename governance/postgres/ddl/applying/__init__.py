"""What an action makes of a structure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from governance.postgres.ddl import actions
from governance.postgres.ddl.actions import Action
from governance.postgres.ddl.applying import columns, constraints, indexes, objects, tables
from governance.postgres.ddl.applying.draft import Draft

__all__ = ["Draft", "applied"]

_APPLIED: dict[type[Action], Callable[[Draft, Any], None]] = {
    actions.CreateTable: tables.create_table,
    actions.DropTable: tables.drop_table,
    actions.RenameTable: tables.rename_table,
    actions.SetSchema: tables.set_schema,
    actions.SetOption: tables.set_option,
    actions.AttachPartition: tables.attach_partition,
    actions.DetachPartition: tables.detach_partition,
    actions.AddColumn: columns.add_column,
    actions.DropColumn: columns.drop_column,
    actions.RenameColumn: columns.rename_column,
    actions.AlterType: columns.alter_type,
    actions.SetNotNull: columns.set_not_null,
    actions.DropNotNull: columns.drop_not_null,
    actions.SetDefault: columns.set_default,
    actions.DropDefault: columns.drop_default,
    actions.ChangeGeneration: columns.change_generation,
    actions.AddConstraint: constraints.add_constraint,
    actions.ValidateConstraint: constraints.validate_constraint,
    actions.DropConstraint: constraints.drop_constraint,
    actions.RenameConstraint: constraints.rename_constraint,
    actions.AlterConstraint: constraints.alter_constraint,
    actions.CreateIndex: indexes.create_index,
    actions.DropIndex: indexes.drop_index,
    actions.RenameIndex: indexes.rename_index,
    actions.ChangeObject: objects.change_object,
    actions.SetSession: objects.set_session,
}


def applied(draft: Draft, action: Action) -> None:
    """Change the structure as the action does; one that changes no structure leaves it."""
    apply = _APPLIED.get(type(action))
    if apply is not None:
        apply(draft, action)

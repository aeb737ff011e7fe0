"""What Django puts off to the end of a migration, and how it follows renames until then."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.backends.utils import split_identifier, strip_quotes
from django.db.migrations.operations.base import Operation

from governance.ownership.names import table_key
from governance.postgres.ddl.actions import (
    Action,
    AddConstraint,
    CreateIndex,
)
from governance.postgres.ddl.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An action in the schemas around it, and the operation that it belongs to."""

    action: Action
    before: Schema
    after: Schema
    operation: int
    source: Operation | None = None
    """The operation of Django's; inside a SeparateDatabaseAndState, the one in it."""
    deferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """An action that Django sends at the end of the migration.

    With a suffix its name is made then, from the names that table and columns have by then.
    """

    action: AddConstraint | CreateIndex
    db_table: str
    operation: int
    source: Operation | None = None
    suffix: str = ""
    target: str = ""
    """The table that a foreign key points to, as Django writes it."""


def key_suffix(target: str, columns: tuple[str, ...]) -> str:
    return f"_fk_{split_identifier(target)[1]}_{columns[0]}"


def renamed_table(waiting: Deferred, old: str, new: str) -> Deferred:
    action, old_key, new_key = waiting.action, table_key(old), table_key(new)
    if action.table == old_key:
        action = replace(action, table=new_key)
        waiting = replace(waiting, action=action, db_table=strip_quotes(new))
    if isinstance(action, AddConstraint) and action.constraint.reference is not None:
        reference = action.constraint.reference
        if reference.table == old_key:
            reference = replace(reference, table=new_key)
            constraint = replace(action.constraint, reference=reference)
            action = replace(action, constraint=constraint)
            waiting = replace(waiting, action=action, target=strip_quotes(new))
    return waiting


def mentions(waiting: Deferred, table: str, column: str) -> bool:
    action = waiting.action
    if isinstance(action, CreateIndex):
        return action.table == table and column in (*action.index.columns, *action.index.include)
    reference = action.constraint.reference
    if reference is not None and reference.table == table and column in reference.columns:
        return True
    return action.table == table and column in action.constraint.columns


def renamed_column(waiting: Deferred, table: str, old: str, new: str) -> Deferred:
    """Django renames a column in what it has put off, too."""
    action = waiting.action

    def there(columns: tuple[str, ...], owner: str) -> tuple[str, ...]:
        if owner != table:
            return columns
        return tuple(new if column == old else column for column in columns)

    if isinstance(action, CreateIndex):
        index = replace(action.index, columns=there(action.index.columns, action.table))
        return replace(waiting, action=replace(action, index=index))
    constraint = action.constraint
    reference = constraint.reference
    if reference is not None:
        reference = replace(reference, columns=there(reference.columns, reference.table))
    columns = there(constraint.columns, action.table)
    constraint = replace(constraint, columns=columns, reference=reference)
    return replace(waiting, action=replace(action, constraint=constraint))

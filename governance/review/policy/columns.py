"""Columns that are added: what becomes of old rows, and of INSERTs of the running release."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import NOT_PROVIDED
from django.db.models.functions import Now
from django.utils import timezone

from governance.findings import Finding
from governance.postgres.ddl.actions import (
    AddColumn,
    Column,
    ConstraintKind,
    DropDefault,
    Volatility,
)
from governance.review.policy.cases import ActionRules, Case
from governance.review.policy.readers import may_be_mended
from governance.review.policy.safer import (
    GAP,
    add_field,
    add_nullable,
    alter_field,
    field_operation,
    numbered,
)

_UNIQUE = frozenset({ConstraintKind.UNIQUE, ConstraintKind.PRIMARY_KEY})


def _required_without_default(case: Case, action: AddColumn) -> Iterator[Finding]:
    column = action.column
    filled = _has_value(column) or column.generated or column.identity or column.serial
    if case.is_fresh() or not column.not_null or filled:
        return
    operation = field_operation(case)
    sql = f"ALTER TABLE {case.table} ADD COLUMN {column.name} {column.type} NOT NULL DEFAULT {GAP}"
    code = sql if operation is None else add_field(operation, db_default=GAP)
    yield case.finding(
        "required-column-without-default",
        f"adds {column.name} to {case.table}{case.size()} as NOT NULL without a default: it fails "
        "on the first row (23502), and INSERTs of the running release would fail as well",
        f"Keep a default in the database, or add {column.name} nullable, fill it, and make it "
        f"NOT NULL in a later release:\n{code}",
        part=column.name,
    )


def _default_only_in_python(case: Case, action: DropDefault) -> Iterator[Finding]:
    """Django's AddField(default=…): ADD COLUMN … DEFAULT, then DROP DEFAULT."""
    column = case.column(action.column)
    if column is None or not _is_new(case, action.column) or not _loses_default(case, column):
        return
    if case.operation.kind == "AlterField":  # an earlier operation has added it, without one
        return
    if may_be_mended(case.migration, case.table):
        return
    yield case.finding(
        "default-only-in-python",
        f"adds {action.column} to {case.table} as NOT NULL and then drops its default: INSERTs of "
        "the release that still runs fail (23502)",
        _with_database_default(case, column),
        part=action.column,
    )


def _default_dropped(case: Case, action: DropDefault) -> Iterator[Finding]:
    before = case.migration.before.tables.get(case.table)
    column = before.columns.get(action.column) if before else None
    if column is None or column.default is None or not _loses_default(case, column):
        return
    operation = field_operation(case)
    sql = f"ALTER TABLE {case.table} ALTER COLUMN {action.column} DROP DEFAULT"
    yield case.finding(
        "default-dropped",
        f"drops the default {column.default.text} of {case.table}.{action.column}, which is NOT "
        "NULL: INSERTs of the running release that leave it to the database fail (23502)",
        numbered(
            "Two releases instead:",
            f"give {action.column} a value in Python, and keep the default in the database",
            f"then drop it: {sql if operation is None else alter_field(operation)}",
        ),
        part=action.column,
    )


def _volatile_default(case: Case, action: AddColumn) -> Iterator[Finding]:
    column = action.column
    if column.default is None or column.default.volatility is Volatility.CONSTANT:
        return
    if case.is_quiet() or column.serial or column.identity:
        return
    yield case.finding(
        "volatile-default",
        f"rewrites {case.table}{case.size()} under ACCESS EXCLUSIVE to fill {column.name} with "
        f"{column.default.text}: nobody can read or write the table meanwhile",
        numbered(
            "Three migrations instead:",
            add_nullable(case, column),
            _set_default(case, column.name, column.default.text),
            "fill the old rows in batches, then make it NOT NULL by a validated CHECK",
        ),
        part=column.name,
    )


def _set_default(case: Case, column: str, text: str) -> str:
    operation = field_operation(case)
    if operation is not None:
        return alter_field(operation, null=True)
    return f"ALTER TABLE {case.table} ALTER COLUMN {column} SET DEFAULT {text}"


def _one_value_for_unique(case: Case, action: AddColumn) -> Iterator[Finding]:
    column = action.column
    default = column.default
    if not _is_unique(column) or default is None or default.volatility is not Volatility.CONSTANT:
        return
    if case.is_fresh() or column.serial or column.identity or not _has_value(column):
        return
    yield case.finding(
        "one-value-for-unique-column",
        f"adds {column.name} to {case.table}{case.size()} as unique and gives every row the same "
        f"value, {default.text}: it fails as soon as there are two rows (23505)",
        numbered(
            "Three migrations instead:",
            add_nullable(case, column),
            f"give each old row of {case.table} a value of its own, in batches",
            "build the unique index concurrently, and make it the constraint",
        ),
        part=column.name,
    )


def _has_value(column: Column) -> bool:
    """Tell whether there is a default, and one that NOT NULL accepts."""
    return column.default is not None and column.default.text.strip("()").upper() != "NULL"


def _is_unique(column: Column) -> bool:
    return any(constraint.kind in _UNIQUE for constraint in column.constraints)


def _is_new(case: Case, column: str) -> bool:
    """Tell whether this migration adds the column to a table that was there before."""
    before = case.migration.before.tables.get(case.table)
    return before is not None and column not in before.columns


def _loses_default(case: Case, column: Column) -> bool:
    """Tell whether nothing gives the column a value once the migration is through."""
    after = case.migration.after.tables.get(case.table)
    left = after.columns.get(column.name) if after else None
    if column.default is None or left is None:
        return False
    return left.not_null and left.default is None and not (left.identity or left.generated)


def _with_database_default(case: Case, column: Column) -> str:
    operation = field_operation(case)
    if operation is None:
        return f"Leave DROP DEFAULT of {column.name} to a later release."
    if operation.field.default is uuid.uuid4:
        return numbered(
            "One default can't serve all rows. Two migrations instead:",
            add_field(operation, "unique", null=True),
            "fill the old rows in batches, then make it NOT NULL by a validated CHECK",
        )
    code = add_field(operation, db_default=_database_default(operation.field))
    return f"Let the database keep the default:\n{code}"


def _database_default(field: Any) -> Any:
    """Return what to write as ``db_default`` in place of the default in Python."""
    default = field.default
    automatic = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    if default is timezone.now or automatic:
        return Now()
    if default is NOT_PROVIDED:
        return "" if field.empty_strings_allowed else GAP
    if not callable(default):
        return default
    return default() if default in {dict, list, str, int, bool} else GAP


COLUMN_RULES: ActionRules = {
    AddColumn: (_required_without_default, _one_value_for_unique, _volatile_default),
    DropDefault: (_default_only_in_python, _default_dropped),
}

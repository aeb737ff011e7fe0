"""Columns that must be given a value from now on, or need none any more."""

from __future__ import annotations

from collections.abc import Iterator

from governance.findings import Finding
from governance.postgres.ddl.actions import (
    Column,
    DropNotNull,
    SetNotNull,
    WriteRows,
)
from governance.review.policy.cases import ActionRules, Case
from governance.review.policy.safer import (
    alter_field,
    field_operation,
    not_null_steps,
    numbered,
)

_HELD = "under ACCESS EXCLUSIVE: nobody can read or write the table meanwhile"


def _required(case: Case, action: SetNotNull) -> Iterator[Finding]:
    """Old rows are filled, or read, or neither: one finding about the lock at most."""
    if case.is_quiet():
        return
    if _fills(case, action.column):
        yield _filled(case, action)
    elif case.effect().scan:
        yield _scanned(case, action)


def _filled(case: Case, action: SetNotNull) -> Finding:
    check, validate, final = _steps(case, action)
    return case.finding(
        "nulls-filled-under-lock",
        f"updates all rows of {case.table}{case.size()} without a {action.column}, reads the "
        f"table again and makes the column NOT NULL in one transaction, {_HELD}",
        numbered(
            "Five migrations instead, the last of which reads nothing then:",
            "let the next release write a value in each INSERT and UPDATE",
            check,
            f"fill {action.column} in batches where it is NULL",
            validate,
            final,
        ),
        part=action.column,
    )


def _scanned(case: Case, action: SetNotNull) -> Finding:
    check, validate, final = _steps(case, action)
    return case.finding(
        "not-null-scan",
        f"reads all rows of {case.table}{case.size()} to make {action.column} NOT NULL {_HELD}",
        numbered(
            "Three migrations instead, the last of which reads nothing then:",
            check,
            validate,
            final,
        ),
        part=action.column,
    )


def _refuses_old_writes(case: Case, action: SetNotNull) -> Iterator[Finding]:
    """Whether a row is refused is a matter of a second; that is the lock's rule above."""
    column = _before_migration(case, action.column)
    if column is None or column.not_null or _already_refused(case, action.column):
        return
    yield case.finding(
        "not-null-refuses-old-writes",
        f"makes {case.table}.{action.column} NOT NULL while the running release may still write "
        "NULL: such INSERTs and UPDATEs fail (23502), and so does the migration if a row is NULL",
        numbered(
            "Two releases instead:",
            f"write a value for {action.column} in each INSERT and UPDATE, and fill the rows where "
            "it is NULL",
            _set_not_null(case, action),
        ),
        part=action.column,
    )


def _nullable(case: Case, action: DropNotNull) -> Iterator[Finding]:
    column = _before_migration(case, action.column)
    if column is None or not column.not_null or _is_dropped(case, action.column):
        return
    yield case.finding(
        "null-allowed",
        f"lets {case.table}.{action.column} be NULL: the running release may read one where it "
        "expects none, and once there is one this can't be undone (23502)",
        f"Let no code write NULL into {action.column} before the old release is gone.",
        part=action.column,
    )


def _steps(case: Case, action: SetNotNull) -> tuple[str, str, str]:
    """Return the way there: by Django's own operations where the field is changed by one."""
    operation = field_operation(case)
    if operation is None:
        return not_null_steps(case.table, action.column)
    model, field = operation.model_name, operation.name
    name = f"{action.column}_not_null"
    condition = f"models.CheckConstraint(condition=models.Q({field}__isnull=False), name={name!r})"
    return (
        f'AddConstraintNotValid("{model}", {condition})',
        f'ValidateConstraint("{model}", {name!r})',
        f'{alter_field(operation)}\nmigrations.RemoveConstraint("{model}", {name!r})',
    )


def _set_not_null(case: Case, action: SetNotNull) -> str:
    operation = field_operation(case)
    if operation is not None:
        return alter_field(operation)
    return f"ALTER TABLE {case.table} ALTER COLUMN {action.column} SET NOT NULL"


def _before_migration(case: Case, column: str) -> Column | None:
    """Return the column as the running release knows it; None if it is new."""
    table = case.migration.before.tables.get(case.table)
    return table.columns.get(column) if table else None


def _already_refused(case: Case, column: str) -> bool:
    """Tell whether a CHECK of an earlier migration refuses NULL, or a default stands in for it."""
    table = case.migration.before.tables[case.table]
    return any(check.not_null_of == column for check in table.constraints.values())


def _fills(case: Case, column: str) -> bool:
    return any(
        isinstance(step.action, WriteRows)
        and step.action.table == case.table
        and column in step.action.columns
        for step in case.operation.steps
    )


def _is_dropped(case: Case, column: str) -> bool:
    """Tell whether the release that comes knows the column no more: its NULLs are the point."""
    table = case.migration.after.tables.get(case.table)
    return table is None or column not in table.columns


NULLABILITY_RULES: ActionRules = {
    SetNotNull: (_required, _refuses_old_writes),
    DropNotNull: (_nullable,),
}

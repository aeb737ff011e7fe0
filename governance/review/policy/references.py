"""Foreign keys that Django drops and adds again, only because their column changes."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.migrations.operations import AlterField

from governance.findings import Finding
from governance.postgres.ddl.actions import (
    AddConstraint,
    Constraint,
    ConstraintKind,
    DropConstraint,
    DropNotNull,
    SetNotNull,
)
from governance.review.policy.cases import finding
from governance.review.policy.safer import alter_field, run_sql
from governance.review.policy.types import cascades
from governance.review.reviewed import ReviewedMigration, ReviewedOperation
from governance.review.sizes import Sizes


def judge_rebuilt(
    migration: ReviewedMigration, operation: ReviewedOperation, sizes: Sizes
) -> Iterator[Finding]:
    """Tell of each foreign key that an operation drops and adds again as it was."""
    if cascades(operation):
        return
    for table, reference in rebuilt(operation):
        target = reference.reference.table if reference.reference else ""
        column = ", ".join(reference.columns)
        if table not in migration.before.tables or sizes.is_small(table):
            continue
        size = f" ({sizes.phrase(table)})" if sizes.phrase(table) else ""
        yield finding(
            migration,
            operation,
            "foreign-key-rebuilt",
            f"drops the foreign key of {table}.{column} to {target} and adds it again, for Django "
            f"does so whenever it alters the field: {target} and {table}{size} are locked (ACCESS "
            "EXCLUSIVE) while all rows are looked up",
            _without_django(operation, table, column),
            table=table,
            what=f"{table}.{column}",
        )


def rebuilt(operation: ReviewedOperation) -> list[tuple[str, Constraint]]:
    """Return tables and foreign keys that are the same before and after the operation."""
    dropped = [pair for step in operation.steps for pair in _dropped(step.action, step.before)]
    return [
        (step.action.table, step.action.constraint)
        for step in operation.steps
        if isinstance(step.action, AddConstraint)
        and any(_alike(step.action, table, old) for table, old in dropped)
    ]


def _dropped(action: object, schema: object) -> Iterator[tuple[str, Constraint]]:
    if not isinstance(action, DropConstraint):
        return
    table = schema.tables.get(action.table)  # type: ignore[attr-defined]
    constraint = table.constraints.get(action.name) if table else None
    if constraint is not None and constraint.kind is ConstraintKind.FOREIGN_KEY:
        yield action.table, constraint


def _alike(added: AddConstraint, table: str, old: Constraint) -> bool:
    new = added.constraint
    if added.table != table or new.columns != old.columns or not (new.reference and old.reference):
        return False
    return new.reference.table == old.reference.table


def _without_django(operation: ReviewedOperation, table: str, column: str) -> str:
    actions = [step.action for step in operation.steps if step.action.table == table]
    alter = f"ALTER TABLE {table} ALTER COLUMN {column}"
    if not isinstance(operation.operation, AlterField):
        return "Leave the foreign key as it is, and alter the column alone."
    if any(isinstance(action, DropNotNull) for action in actions):
        sql = run_sql(f"{alter} DROP NOT NULL", f"{alter} SET NOT NULL")
    elif any(isinstance(action, SetNotNull) for action in actions):
        sql = run_sql(f"{alter} SET NOT NULL", f"{alter} DROP NOT NULL")
    else:
        return "Leave the foreign key as it is, and alter the column by RunSQL."
    return (
        "Alter the column alone, and tell Django:\n"
        "migrations.SeparateDatabaseAndState(\n"
        f"    database_operations=[{sql}],\n"
        f"    state_operations=[{alter_field(operation.operation)}],\n"
        ")"
    )

"""Migrations that are released together, though they should not be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from governance.findings import Finding
from governance.postgres.ddl.actions import DropColumn, DropTable
from governance.review.policy.cases import finding
from governance.review.reviewed import ReviewedMigration, ReviewedOperation


def judge_together(migrations: Iterable[ReviewedMigration]) -> Iterator[Finding]:
    """Yield where a column or table leaves the models and the database in one release.

    ``migrations`` are those of one release, in order. A finding is about the later one.
    """
    left: dict[str, str] = {}
    for migration in migrations:
        for operation in migration.operations:
            for what in _dropped(operation):
                if what in left and left[what] != migration.name:
                    yield finding(
                        migration,
                        operation,
                        "both-steps-at-once",
                        f"drops {what}, which left the models in {left[what]} only: that one is "
                        "not released yet, so the running release still reads it",
                        f"Release {left[what]} first, then write this one.",
                        what=what,
                    )
            left |= dict.fromkeys(_forgotten(operation), migration.name)


def _dropped(operation: ReviewedOperation) -> Iterator[str]:
    for step in operation.steps:
        if isinstance(step.action, DropColumn):
            yield f"{step.action.table}.{step.action.column}"
        elif isinstance(step.action, DropTable):
            yield step.action.table


def _forgotten(operation: ReviewedOperation) -> Iterator[str]:
    """Columns and tables that leave the state, and stay in the database."""
    dropped = set(_dropped(operation))
    for key, old in operation.state_before.models.items():
        new = operation.state_after.models.get(key)
        table = str(old.options.get("db_table") or f"{key[0]}_{key[1]}")
        if new is None and table not in dropped:
            yield table
        elif new is not None and new is not old:
            for name, field in old.fields.items():
                column = field.db_column or (f"{name}_id" if field.remote_field else name)
                if name not in new.fields and f"{table}.{column}" not in dropped:
                    yield f"{table}.{column}"

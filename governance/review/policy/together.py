"""Migrations that are released together, though they should not be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.migrations.state import ProjectState

from governance.findings import Finding
from governance.ownership.names import table_key
from governance.postgres.ddl.actions import DropColumn, DropTable
from governance.review.historical import model_of
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


def _forgotten(operation: ReviewedOperation) -> set[str]:
    """Columns and tables that leave the state, and stay in the database."""
    before, after = operation.state_before, operation.state_after
    gone = _known(before, unlike=after) - _known(after, unlike=before)
    return gone - set(_dropped(operation))


def _known(state: ProjectState, *, unlike: ProjectState) -> set[str]:
    """Tables and columns of the models of a state that another state has otherwise or not."""
    found: set[str] = set()
    for key, known in state.models.items():
        if unlike.models.get(key) is known:
            continue
        model = model_of(state, key)
        if model.migrates:
            table = table_key(model.table)
            found |= {table, *(f"{table}.{column}" for column in model.by_column)}
    return found

"""Which columns do the models of a release have?"""

from __future__ import annotations

from typing import Any

from django.db.migrations.state import ProjectState

from governance.ownership.names import table_key
from governance.review.historical import HistoricalModel
from governance.review.reviewed import ReviewedMigration


def field_of(state: ProjectState, table: str, column: str) -> Any:
    """Return the field behind a column, with its model as ``historical``; None if there is none."""
    for model in models_of(state, table):
        for field in model.fields:
            if field.column == column:
                return field
    return None


def models_of(state: ProjectState, table: str) -> list[HistoricalModel]:
    """Return the models that are stored in a table: none for one that only SQL knows."""
    found = (HistoricalModel(state, known) for known in state.models.values())
    return [model for model in found if model.proxied is None and table_key(model.table) == table]


def running(migration: ReviewedMigration) -> ProjectState:
    """Return the state that the release was written for which runs while it is applied."""
    return migration.operations[0].state_before


def coming(migration: ReviewedMigration) -> ProjectState:
    """Return the state that the release is written for which comes with it."""
    return migration.operations[-1].state_after


def may_be_read(migration: ReviewedMigration, table: str, column: str = "") -> bool:
    """Tell whether the running release may use a table, or one column of it.

    Models answer it. A table that no migration has created is known to SQL only, and so is who
    reads it; one that was created and has no model any more is read by nobody.
    """
    state = running(migration)
    models = models_of(state, table)
    if models:
        return not column or field_of(state, table, column) is not None
    known = migration.before.tables.get(table)
    return known is None or not known.complete

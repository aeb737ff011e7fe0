"""Who uses a table or a column: the models of a release, and views."""

from __future__ import annotations

from typing import Any

from django.db.migrations.state import ProjectState

from governance.ownership.names import clipped, table_key
from governance.postgres.ddl.actions import Unreadable
from governance.review.historical import HistoricalModel, named
from governance.review.policy.cases import Case
from governance.review.releases import models_with_tables
from governance.review.reviewed import ReviewedMigration


def field_of(state: ProjectState, table: str, column: str) -> Any:
    """Return the field behind a column, with its model as ``historical``; None if there is none."""
    for model in models_of(state, table):
        field = columns_of(model).get(column)
        if field is not None:
            return field
    return None


def columns_of(model: HistoricalModel) -> dict[str, Any]:
    """Return the columns of a model with their fields, whatever these may point to."""
    fields = [named(name, f) for name, f in model.declared.items() if not f.many_to_many]
    for field in fields:
        field.historical = model
    return {clipped(field.column): field for field in fields if field.column}


def models_of(state: ProjectState, table: str) -> list[HistoricalModel]:
    """Return the models that are stored in a table: none for one that only SQL knows.

    The table of an M2M field has the model that Django makes for it.
    """
    models = [HistoricalModel(state, known) for known in state.models.values()]
    found = [m for m in models if m.proxied is None and table_key(m.table) == table]
    if found:
        return found
    joining = (m for model in models if model.many_to_many for m in models_with_tables(model))
    return [m for m in joining if table_key(m.table) == table]


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


def views_of(case: Case, column: str) -> list[str]:
    """Return the views that read the table of an action, or one column of it."""
    known = case.known()
    found = [case.known(name) for name in (known.views if known else ())]
    return [v.name for v in found if v and (not column or {column, "*"} & v.columns_read)]


def may_be_mended(migration: ReviewedMigration, table: str) -> bool:
    """Tell whether an operation about the table can't be read: it may set a default, say."""
    return any(
        isinstance(step.action, Unreadable) and step.action.table == table
        for operation in migration.operations
        for step in operation.steps
    )

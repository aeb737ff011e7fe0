"""Tables that nobody uses yet, though an earlier migration has made them.

Django writes the first migrations of an app as several where its tables point to each other, and
marks each of them with ``initial = True``.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from governance.findings import Finding
from governance.ownership.names import table_key
from governance.postgres.ddl.actions import CreateTable
from governance.review.historical import HistoricalModel
from governance.review.policy.readers import running
from governance.review.releases import models_with_tables
from governance.review.reviewed import ReviewedMigration

Key = tuple[str, str]
_WHATEVER_THE_ROWS = frozenset({"statement-fails", "reference-without-index", "json-column"})


def without_unreleased(
    migration: ReviewedMigration, found: Iterable[Finding], together: Container[Key]
) -> list[Finding]:
    """Leave out what is only a risk where there are rows, or a release that uses the table.

    ``together`` are the migrations that are released with it.
    """
    tables = unreleased(migration, together)
    return [
        finding
        for finding in found
        if finding.details.get("table") not in tables or finding.rule.slug in _WHATEVER_THE_ROWS
    ]


def is_unreleased(migration: ReviewedMigration, together: Container[Key]) -> bool:
    """Tell whether all that a migration acts on is new with it."""
    own = unreleased(migration, together)
    steps = [step.action for operation in migration.operations for step in operation.steps]
    made = {action.table for action in steps if isinstance(action, CreateTable)}
    return bool(own) and all(action.table in own | made for action in steps if action.table)


def unreleased(migration: ReviewedMigration, together: Container[Key]) -> frozenset[str]:
    """Return the tables of the app that its first migrations have made before this one."""
    label, parents = migration.migration.app_label, migration.migration.dependencies
    own_parents = [(app, name) for app, name in parents if app == label]
    first = migration.migration.initial is True and all(p in together for p in own_parents)
    if not first or not migration.operations:
        return frozenset()
    state = running(migration)
    own = [HistoricalModel(state, known) for known in state.models.values()]
    return frozenset(
        table_key(model.table)
        for each in own
        if each.known.app_label == label
        for model in models_with_tables(each)
    )

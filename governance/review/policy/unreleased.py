"""Tables that nobody uses yet, though an earlier migration has made them.

Django writes the first migrations of an app as several where its tables point to each other, and
marks each of them with ``initial = True``.
"""

from __future__ import annotations

from collections.abc import Iterable

from governance.findings import Finding
from governance.ownership.names import table_key
from governance.postgres.ddl.actions import CreateTable
from governance.review.historical import HistoricalModel
from governance.review.policy.readers import running
from governance.review.releases import models_with_tables
from governance.review.reviewed import ReviewedMigration

_WHATEVER_THE_ROWS = frozenset({"statement-fails", "reference-without-index", "json-column"})


def without_unreleased(migration: ReviewedMigration, found: Iterable[Finding]) -> list[Finding]:
    """Leave out what is only a risk where there are rows, or a release that uses the table."""
    tables = unreleased(migration)
    return [
        finding
        for finding in found
        if finding.details.get("table") not in tables or finding.rule.slug in _WHATEVER_THE_ROWS
    ]


def is_unreleased(migration: ReviewedMigration) -> bool:
    """Tell whether all that a migration acts on is new with it."""
    own = unreleased(migration)
    steps = [step.action for operation in migration.operations for step in operation.steps]
    made = {action.table for action in steps if isinstance(action, CreateTable)}
    return bool(own) and all(action.table in own | made for action in steps if action.table)


def unreleased(migration: ReviewedMigration) -> frozenset[str]:
    """Return the tables of the app that its first migrations have made before this one."""
    if migration.migration.initial is not True or not migration.operations:
        return frozenset()
    state, label = running(migration), migration.migration.app_label
    own = [HistoricalModel(state, known) for known in state.models.values()]
    return frozenset(
        table_key(model.table)
        for each in own
        if each.known.app_label == label
        for model in models_with_tables(each)
    )

"""Verdicts → findings."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from django.apps import apps
from django.db.migrations import Migration

from governance.findings import Finding, Location
from governance.ownership import current
from governance.ownership.places import shown
from governance.rehearsal.result import Rehearsal, Verdict
from governance.rules import rule


def findings(done: Iterable[tuple[Rehearsal, Migration]]) -> list[Finding]:
    """Return a finding for each verdict."""
    return [
        _finding(verdict, rehearsal, migration)
        for rehearsal, migration in done
        for verdict in rehearsal.verdicts
    ]


def _finding(verdict: Verdict, rehearsal: Rehearsal, migration: Migration) -> Finding:
    registry = current.ownership().registry
    actor = registry.owner_of(migration.app_label) if _is_installed(migration) else ""
    owner = registry.owner_of_table(verdict.table) if verdict.table else actor
    facts = {
        "verdict": verdict.kind.value,
        "table": verdict.table,
        "statement": verdict.statement,
        "sqlstate": verdict.sqlstate,
        "operation": f"{verdict.kind.value} {verdict.table}".strip(),
        "postgres": rehearsal.postgres,
    }
    return Finding(
        rule=rule(verdict.slug),
        message=verdict.message,
        hint=verdict.hint,
        subject=rehearsal.migration,
        actor=actor,
        owner=owner,
        location=_location(migration),
        details=facts,
    )


def _is_installed(migration: Migration) -> bool:
    return migration.app_label in apps.app_configs


def _location(migration: Migration) -> Location | None:
    module = sys.modules.get(type(migration).__module__)
    file = getattr(module, "__file__", None)
    if file is None or Path(file).stem != migration.name:
        return None
    return Location(file=shown(file), line=1)

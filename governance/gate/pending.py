"""Migrations of the project that wait to be applied."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.apps import apps
from django.db import DatabaseError, connections
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from governance.ownership.building import is_first_party


def unapplied(
    alias: str, app_labels: Collection[str] = ()
) -> Iterator[tuple[Migration, ProjectState]]:
    """Pair each migration that waits to be applied with the state before it.

    Nothing waits on a database that can't be asked, nor on one where none of the project's
    migrations was applied yet: there the whole history would be judged, and test databases
    could not be built.
    """
    try:
        loader = MigrationLoader(connections[alias], ignore_no_migrations=True)
    except DatabaseError:
        return
    own = {config.label for config in apps.get_app_configs() if is_first_party(config)}
    if not any(label in own for label, _ in loader.applied_migrations):
        return
    for key in sorted(loader.disk_migrations):
        wanted = key[0] in own and (not app_labels or key[0] in app_labels)
        if wanted and key in loader.graph.nodes and key not in loader.applied_migrations:
            yield loader.disk_migrations[key], loader.project_state(key, at_end=False)

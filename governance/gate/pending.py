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
    could not be built. Conflicts and histories that don't fit are left for Django to tell.
    """
    try:
        loader = MigrationLoader(connections[alias], ignore_no_migrations=True)
    except DatabaseError:
        return
    applied = loader.applied_migrations
    if loader.detect_conflicts():
        return
    own = {config.label for config in apps.get_app_configs() if is_first_party(config)}
    if not any(label in own for label, _ in applied):
        return
    state = ProjectState(real_apps=loader.unmigrated_apps)
    for key in _whole_plan(loader):
        migration = loader.graph.nodes[key]
        wanted = key[0] in own and (not app_labels or key[0] in app_labels)
        if wanted and key not in applied:
            yield migration, state.clone()
        try:
            migration.mutate_state(state, preserve=False)
        except (LookupError, ValueError):
            return


def _whole_plan(loader: MigrationLoader) -> list[tuple[str, str]]:
    """Every migration in the order in which ``migrate`` takes them, applied ones first."""
    leaves = loader.graph.leaf_nodes()
    plan = dict.fromkeys(key for leaf in leaves for key in loader.graph.forwards_plan(leaf))
    return sorted(plan, key=lambda key: key not in loader.applied_migrations)

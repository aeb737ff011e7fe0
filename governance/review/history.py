"""Walk the history of a project, carrying its models and its tables along.

The state tells what Django believes, the schema what PostgreSQL has. Both are folded over all
migrations of a plan, in order; only those asked for are judged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from governance.postgres.ddl.schema import Schema
from governance.review import classification
from governance.review.connecting import postgres_connection
from governance.review.releases import Releases
from governance.review.reviewed import ReviewedMigration
from governance.review.starting import schema_of
from governance.review.walking import Walk

Key = tuple[str, str]


def whole_plan(loader: MigrationLoader) -> list[Migration]:
    """Return every migration in the order in which ``migrate`` takes them, applied ones first.

    A squashed migration stands for those it replaces as far as the loader has put it there.
    """
    leaves = loader.graph.leaf_nodes()
    keys = dict.fromkeys(key for leaf in leaves for key in loader.graph.forwards_plan(leaf))
    applied = loader.applied_migrations or {}
    ordered = sorted(keys, key=lambda key: key not in applied)
    return [loader.graph.nodes[key] for key in ordered]


def first_state(loader: MigrationLoader) -> ProjectState:
    """Return the state before the first migration: the models of apps without any."""
    return ProjectState(real_apps=loader.unmigrated_apps)


def review(
    plan: Iterable[Migration],
    state: ProjectState | None = None,
    schema: Schema | None = None,
    *,
    wanted: Collection[Key] | None = None,
    alias: str = "default",
) -> Iterator[ReviewedMigration]:
    """Yield the migrations of a plan that are wanted (all, unless told), reviewed, in order.

    ``state`` and ``schema`` are what the first migration of the plan meets; they are left as they
    are. Without them it begins on an empty database; without a schema, on one that has what the
    state says.
    """
    connection = postgres_connection(alias)
    state = state or ProjectState()
    schema = schema_of(state, connection) if schema is None else schema
    releases = Releases(connection)
    for migration in plan:
        asked = wanted is None or (migration.app_label, migration.name) in wanted
        walk = Walk(migration, state, schema, connection, releases)
        if asked:
            yield classification.reviewed(walk)
        state, schema = walk.state_after, walk.schema_after

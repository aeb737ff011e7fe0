"""Walk the history of a project, carrying its models and its tables along.

The state tells what Django believes, the schema what PostgreSQL has. Both are folded over all
migrations of a plan, in order; only those asked for are judged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.db import connections
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from governance.postgres.ddl.actions import Unreadable
from governance.postgres.ddl.schema import Schema
from governance.review import classification
from governance.review.editor import Editor, Taken
from governance.review.operations import Step, take
from governance.review.reviewed import ReviewedMigration
from governance.review.states import MISTAKES, advanced

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
    are. Without them it begins on an empty database.
    """
    state = state or ProjectState()
    schema = schema or Schema()
    for migration in plan:
        asked = wanted is None or (migration.app_label, migration.name) in wanted
        walk = Walk(migration, state, schema, connections[alias])
        if asked:
            yield classification.reviewed(walk)
        state, schema = walk.state_after, walk.schema_after


class Walk:
    """One migration: the states around its operations, and the actions that they take."""

    def __init__(
        self, migration: Migration, state: ProjectState, schema: Schema, connection: Any
    ) -> None:
        self.migration = migration
        self.connection = connection
        self.schema_before = schema
        self.steps: list[Step] = []
        self.mistakes: dict[int, str] = {}
        editor = Editor(schema, connection)
        for number, operation in enumerate(migration.operations, start=1):
            editor.operation = number
            state = self._operate(editor, operation, state)
        editor.finish()
        self.taken = editor.taken
        self.state_after = state
        self.schema_after = editor.schema

    def _operate(self, editor: Editor, operation: Any, state: ProjectState) -> ProjectState:
        label = self.migration.app_label
        after = state
        try:
            after = advanced(state, operation, label)
            step = Step(operation=operation, app_label=label, before=state, after=after)
            take(editor, step)
        except MISTAKES as error:
            step = Step(operation=operation, app_label=label, before=state, after=after)
            why = f"does not fit what it meets: {described(error)}"
            self.mistakes[editor.operation] = why
            editor.take(Unreadable(why=why))
        self.steps.append(step)
        return after

    def backwards(self, number: int) -> list[Taken]:
        """Return what undoing an operation takes, on the schema at the end of the migration."""
        editor = Editor(self.schema_after, self.connection)
        step = replace(self.steps[number - 1], backwards=True)
        try:
            take(editor, step)
        except MISTAKES as error:
            editor.take(Unreadable(why=f"can't be undone: {described(error)}"))
        editor.finish()
        return editor.taken


def described(error: Exception) -> str:
    """Return what an error says, on one line."""
    text = error.args[0] if isinstance(error, KeyError) and error.args else error
    if isinstance(text, tuple):
        text = f"there is no {'.'.join(map(str, text))}"
    return " ".join(str(text).split()).rstrip(".") or type(error).__name__

"""One migration, walked: the states around its operations, and the actions that they take."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.migrations import Migration
from django.db.migrations.state import ProjectState

from governance.postgres.ddl.actions import Unreadable
from governance.postgres.ddl.schema import Schema
from governance.review.deferring import Taken
from governance.review.editor import Editor
from governance.review.operations import take
from governance.review.releases import Releases
from governance.review.states import MISTAKES, advanced
from governance.review.steps import Step


class Walk:
    """``steps`` are its operations; what they take stands in ``taken``, in the order it is sent."""

    def __init__(
        self,
        migration: Migration,
        state: ProjectState,
        schema: Schema,
        connection: Any,
        releases: Releases,
    ) -> None:
        self.releases = releases
        self.migration = migration
        self.connection = connection
        self.schema_before = schema
        self.steps: list[Step] = []
        self.mistakes: dict[int, str] = {}
        editor = Editor(schema, connection)
        for number, operation in enumerate(migration.operations, start=1):
            editor.operation, editor.source = number, operation
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

"""The states of a project along one migration, rendered once for every pass over it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddField, CreateModel, Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_NEAR: dict[type[Operation], str] = {CreateModel: "name_lower", AddField: "model_name_lower"}
"""Operations whose SQL is about one model and those it refers to, and where its name is."""


class Steps:
    """Applies and undoes a migration as Django does, which renders its models for each pass anew.

    The states come to be as the first pass gets to them, so that what is wrong with one is an
    error of that pass.
    """

    def __init__(self, migration: Migration, before: ProjectState) -> None:
        self.migration = migration
        before.apps  # noqa: B018 - rendered, so that every state after it is
        self._states = [before]

    @property
    def before(self) -> ProjectState:
        """The state before the first operation."""
        return self._states[0]

    def forwards(self, stage: BaseDatabaseWrapper) -> ProjectState:
        """Apply the migration, and return the state after it."""
        self._forget()
        with stage.schema_editor(atomic=self.migration.atomic) as editor:
            if type(self.migration).apply is not Migration.apply:
                return self.migration.apply(self.before.clone(), editor)
            for number, operation in enumerate(self.migration.operations):
                states = self._state(number), self._state(number + 1)
                self._run(operation.database_forwards, operation, editor, states)
        return self._states[-1]

    def backwards(self, stage: BaseDatabaseWrapper) -> None:
        """Undo the migration after it has gone forwards."""
        self._forget()
        with stage.schema_editor(atomic=self.migration.atomic) as editor:
            if type(self.migration).unapply is not Migration.unapply:
                self.migration.unapply(self.before.clone(), editor)
                return
            numbered = list(enumerate(self.migration.operations))
            for number, operation in reversed(numbered):
                states = self._state(number + 1), self._state(number)
                self._run(operation.database_backwards, operation, editor, states)

    def _state(self, number: int) -> ProjectState:
        """Return the state after so many operations."""
        while len(self._states) <= number:
            state = self._states[-1].clone()
            operation = self.migration.operations[len(self._states) - 1]
            if type(operation) in _NEAR:
                self._spare(operation, state)
            else:
                operation.state_forwards(self.migration.app_label, state)
            self._states.append(state)
        return self._states[number]

    def _spare(self, operation: Operation, state: ProjectState) -> None:
        """Render only the models near one; before code is run, Django renders the others."""
        apps = state.apps
        del state.__dict__["apps"]
        operation.state_forwards(self.migration.app_label, state)
        state.__dict__["apps"] = apps
        model = getattr(operation, _NEAR[type(operation)])
        state.reload_model(self.migration.app_label, model, delay=True)

    def _run(
        self,
        act: Callable[[str, BaseDatabaseSchemaEditor, ProjectState, ProjectState], None],
        operation: Operation,
        editor: BaseDatabaseSchemaEditor,
        states: tuple[ProjectState, ProjectState],
    ) -> None:
        """Call one side of an operation, in a transaction where Django opens one for it."""
        atomic = operation.atomic or (self.migration.atomic and operation.atomic is not False)
        around: AbstractContextManager[None] = nullcontext()
        if atomic and not editor.atomic_migration:
            around = transaction.atomic(editor.connection.alias)
        with around:
            act(self.migration.app_label, editor, *states)

    def _forget(self) -> None:
        """Managers such as that of ContentType remember rows by alias, and these rows are gone."""
        for state in self._states:
            for model in state.apps.get_models():
                for manager in model._meta.managers:
                    getattr(manager, "clear_cache", lambda: None)()

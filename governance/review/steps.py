"""An operation between the states around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import router
from django.db.migrations.state import ProjectState

from governance.ownership.names import table_key
from governance.review import objects
from governance.review.editor import Editor
from governance.review.historical import (
    HistoricalModel,
    model_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An operation between two states; ``before`` has what it meets, also on the way back."""

    operation: Any
    app_label: str
    before: ProjectState
    after: ProjectState
    backwards: bool = False

    @property
    def new(self) -> ProjectState:
        return self.before if self.backwards else self.after

    @property
    def old(self) -> ProjectState:
        return self.after if self.backwards else self.before

    def model(self, state: ProjectState, name: str) -> HistoricalModel:
        return model_of(state, (self.app_label, name.lower()))


def migrates(editor: Editor, model: HistoricalModel) -> bool:
    if not model.migrates:
        return False
    alias = editor.connection.alias
    return bool(router.allow_migrate(alias, model.key[0], model_name=model.key[1]))


def index_on(editor: Editor, model: HistoricalModel, columns: tuple[str, ...]) -> str:
    """Return the index that Django made for these columns, by what it is."""
    known = editor.schema.tables.get(table_key(model.table))
    declared = {index.name for index in model.options.get("indexes", ())}
    for name, index in (known.indexes if known else {}).items():
        if index.columns == columns and not index.unique and name not in declared:
            return name
    return objects.made_name(editor.connection, model.table, columns, "_idx")

"""RunSQL and RunPython → actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.migrations.state import ProjectState

from governance.ownership.names import clipped, table_key
from governance.postgres.ddl.actions import Action, DropColumn, DropTable, Unreadable, WriteRows
from governance.postgres.ddl.reading import actions_of
from governance.review import data_migrations
from governance.review.historical import model_of
from governance.review.script import Edit, Write


def sql_actions(sql: Any) -> Iterator[Action]:
    """Yield what the statements of a RunSQL do."""
    for text in data_migrations.sql_texts(sql):
        yield from actions_of(text)


def python_actions(code: Callable[..., Any], state: ProjectState) -> Iterator[Action]:
    """Yield what a RunPython function does to tables as they are called at this point."""
    script = data_migrations.read(code)
    for step in script.steps:
        match step:
            case Write():
                yield _rows(step, state)
            case Edit():
                yield _dropped(step, state)
            case _:
                yield step
    for why in script.unreadable:
        yield Unreadable(why=why)


def _rows(write: Write, state: ProjectState) -> Action:
    table = write.table or table_of(state, write.app_label, write.model)
    return WriteRows(
        table=table,
        operation=write.operation,
        whole_table=write.whole_table,
        listed=write.listed,
    )


def _dropped(edit: Edit, state: ProjectState) -> Action:
    try:
        model = model_of(state, (edit.app_label, edit.model))
        table = table_key(model.table)
        if edit.method == "delete_model":
            return DropTable(table=table, cascade=True)
        return DropColumn(table=table, column=clipped(model.field(edit.field).column))
    except (LookupError, FieldDoesNotExist):
        return Unreadable(why=f"changes tables by schema_editor.{edit.method}")


def table_of(state: ProjectState, app_label: str, model: str) -> str:
    """Return the table of a model as it is named at this point of history."""
    try:
        return table_key(model_of(state, (app_label, model.lower())).table)
    except LookupError:
        return table_key(f"{app_label}_{model.lower()}")

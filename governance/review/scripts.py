"""RunSQL and RunPython → actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.migrations.state import ProjectState

from governance.ownership.names import table_key
from governance.postgres.ddl.actions import Action, Unreadable, WriteRows
from governance.postgres.ddl.reading import actions_of
from governance.review import data_migrations
from governance.review.historical import model_of
from governance.review.script import Write


def sql_actions(sql: Any) -> Iterator[Action]:
    """Yield what the statements of a RunSQL do."""
    for text in data_migrations.sql_texts(sql):
        yield from actions_of(text)


def python_actions(code: Callable[..., Any], state: ProjectState) -> Iterator[Action]:
    """Yield what a RunPython function does to tables as they are called at this point."""
    script = data_migrations.read(code)
    for step in script.steps:
        yield _rows(step, state) if isinstance(step, Write) else step
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


def table_of(state: ProjectState, app_label: str, model: str) -> str:
    """Return the table of a model as it is named at this point of history."""
    try:
        return table_key(model_of(state, (app_label, model.lower())).table)
    except LookupError:
        return table_key(f"{app_label}_{model.lower()}")

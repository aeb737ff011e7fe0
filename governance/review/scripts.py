"""RunSQL and RunPython → actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.migrations.state import ProjectState

from governance.postgres.ddl.actions import Action
from governance.postgres.ddl.reading import actions_of
from governance.review import data_migrations


def sql_actions(sql: Any, connection: Any) -> Iterator[Action]:
    """Yield what the statements of a RunSQL do."""
    for text in data_migrations.sql_texts(sql):
        yield from actions_of(text)


def python_actions(code: Callable[..., Any], state: ProjectState) -> Iterator[Action]:
    return iter(())

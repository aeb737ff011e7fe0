"""What the source of a RunPython function was found to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from governance.postgres.ddl.actions import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Rows of a model or of a table are written."""

    operation: str
    """insert, update or delete."""
    app_label: str = ""
    model: str = ""
    table: str = ""
    """Instead of a model: the table of an M2M field, or one named in SQL."""
    whole_table: bool = False
    """An update or delete of a queryset that nothing limits."""
    listed: bool = False
    """One row that the function makes, outside of loops."""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A table or column is dropped by a method of the schema editor."""

    method: str
    """delete_model or remove_field."""
    app_label: str
    model: str
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """Rows of a model are all loaded, to go through them one by one."""

    app_label: str
    model: str
    line: int = 0
    saves: bool = False
    """Each row is saved or deleted by a statement of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A function, and those of its app that it calls, read and not run.

    Lines are those of the file.
    """

    name: str = ""
    arguments: tuple[str, ...] = ()
    steps: tuple[Write | Edit | Action, ...] = ()
    """Writes through models, and what its SQL does, in the order in which they stand."""
    loops: tuple[Loop, ...] = ()
    live_models: tuple[str, ...] = ()
    """Labels of models that are imported, so that they are of today and not of the migration."""
    schema_editor_calls: tuple[str, ...] = ()
    """Methods that change tables: ``add_field``, ``create_model``…"""
    composed_sql: bool = False
    """SQL is put together from pieces before it is executed."""
    uses_alias: bool = False
    """It asks which database is migrated: ``schema_editor.connection``, ``using()``."""
    unreadable: tuple[str, ...] = ()
    """Predicates."""
    code: Callable[..., Any] | None = None

    @property
    def writes(self) -> tuple[Write, ...]:
        return tuple(step for step in self.steps if isinstance(step, Write))

"""The SQL that Django would send for a migration, for people to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import DatabaseError
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState

_VERSION = 150_000
"""The oldest PostgreSQL that is supported; what Django sends hardly differs."""


def sql_of(migration: Migration, before: ProjectState, connection: Any) -> str:
    """Return the statements; where they can't be rendered, a comment that says why.

    Nothing is run. The database is only asked where an operation needs the name of a constraint,
    so the text is the same on every machine.
    """
    reason = "no reason given"
    for way in (_offline(connection), connection):
        try:
            return _rendered(migration, before, way)
        except Exception as error:  # operations are anybody's code
            reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return f"-- The SQL can't be shown: {reason}"


def _rendered(migration: Migration, before: ProjectState, connection: Any) -> str:
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        migration.apply(before.clone(), editor, collect_sql=True)
        return "\n".join(_condensed(editor.collected_sql))


def _offline(connection: Any) -> Any:
    """Return a connection of the same kind that never connects."""
    offline = connection.copy()
    offline.__dict__["pg_version"] = _VERSION
    offline.connect = _refuse
    quote = offline.schema_editor(collect_sql=True, atomic=False).quote_value
    offline.ops.compose_sql = lambda sql, params: _composed(str(sql), params, quote)
    return offline


def _composed(sql: str, params: Any, quote: Callable[[Any], str]) -> str:
    if params is None:
        return sql
    return sql % tuple(quote(value) for value in params)


def _refuse() -> None:
    raise DatabaseError("rendering SQL asks no database")


def _condensed(lines: list[str]) -> Iterator[str]:
    """Django frames each comment by two empty ones."""
    for line in "\n".join(lines).splitlines():
        if line.strip() not in {"", "--"}:
            yield line.rstrip()

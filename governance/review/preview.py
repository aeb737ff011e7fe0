"""The SQL that Django would send for a migration, for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.migrations import Migration
from django.db.migrations.state import ProjectState


def sql_of(migration: Migration, before: ProjectState, connection: Any) -> str:
    """Return the statements; where they can't be rendered, a comment that says why.

    Nothing is run. A few operations ask the database for names of constraints.
    """
    state = before.clone()
    try:
        with connection.schema_editor(collect_sql=True, atomic=False) as editor:
            migration.apply(state, editor, collect_sql=True)
            return "\n".join(_condensed(editor.collected_sql))
    except Exception as error:  # operations are anybody's code
        reason = " ".join(str(error).split()) or "no reason given"
        return f"-- The SQL can't be shown: {type(error).__name__}: {reason}"


def _condensed(lines: list[str]) -> Iterator[str]:
    """Django frames each comment by two empty ones."""
    for line in "\n".join(lines).splitlines():
        if line.strip() not in {"", "--"}:
            yield line.rstrip()

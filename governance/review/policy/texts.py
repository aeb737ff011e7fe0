"""The SQL texts of operations, for rules that look for a word."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.migrations import RunSQL
from django.db.migrations.operations.base import Operation

from governance.review.data_migrations import sql_texts
from governance.review.reviewed import ReviewedMigration, ReviewedOperation


def text_of(operation: ReviewedOperation) -> str:
    """Return the SQL that an operation was written with; empty for one without."""
    return "\n".join(_texts(operation.operation))


def texts_after(migration: ReviewedMigration, operation: ReviewedOperation) -> tuple[str, ...]:
    """Return the SQL of an operation and of those behind it, one text for each."""
    return tuple(text_of(o) for o in migration.operations if o.number > operation.number)


def _texts(operation: Operation) -> Iterator[str]:
    if isinstance(operation, RunSQL):
        yield from sql_texts(operation.sql)
    for inner in getattr(operation, "database_operations", ()):
        yield from _texts(inner)

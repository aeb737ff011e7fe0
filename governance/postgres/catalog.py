"""Questions to PostgreSQL's catalogue, asked past Django's cursor so that no guard is involved."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from governance.postgres.identifiers import quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A table, partitioned table, partition, view or materialised view."""

    name: str
    """``name`` when the search path finds it, else ``schema.name``."""
    kind: str
    """table, partitioned table, foreign table, view or materialized view."""
    rows: int | None
    """PostgreSQL's estimate from the last ANALYZE; None before the first, and for views."""
    partition_of: str | None
    """The partitioned table at the root, for a partition."""
    comment: str = ""


def relations(connection: BaseDatabaseWrapper) -> list[Relation]:
    """Return every relation outside of PostgreSQL's own schemas and of extensions."""
    connection.ensure_connection()
    rows = ask(connection.connection, query("relations"))
    return [
        Relation(name=name, kind=kind, rows=rows, partition_of=root, comment=comment or "")
        for name, kind, rows, root, comment in rows
    ]


def sizes(connection: BaseDatabaseWrapper) -> list[tuple[str, int | None, int]]:
    """Return each table with its rows, as far as PostgreSQL can estimate them, and its bytes."""
    connection.ensure_connection()
    return [(name, rows, size) for name, rows, size in ask(connection.connection, query("sizes"))]


def partition_roots(driver: Any, tables: Sequence[str]) -> dict[str, str]:
    """Return, for those of the tables that are partitions, the partitioned table at the root.

    ``driver`` is a connection of psycopg. Empty in a transaction that has failed, where PostgreSQL
    answers nothing.
    """
    if not _can_ask(driver):
        return {}
    names = {quoted(table): table for table in tables}
    rows = ask(driver, query("partition_roots"), (list(names),))
    return {names[name]: root for name, root in rows}


def temporary_tables(driver: Any, names: Collection[str]) -> frozenset[str]:
    """Return those of the names that are temporary tables of this connection right now."""
    if not _can_ask(driver):
        return frozenset()
    return frozenset(n for (n,) in ask(driver, query("temporary_tables"), (list(names),)))


@cache
def query(name: str) -> str:
    """Return the text of ``queries/<name>.sql``."""
    return (files("governance.postgres") / "queries" / f"{name}.sql").read_text(encoding="utf-8")


def has_failed(driver: Any) -> bool:
    """Tell whether a connection is in a transaction that has failed."""
    return bool(driver.info.transaction_status == 3)


def unguarded(driver: Any) -> Any:
    """Return a cursor that judges nothing, for our own questions."""
    factory = driver.cursor_factory
    plain = getattr(factory, "unguarded", factory)
    return plain(driver) if plain is not None else driver.cursor()


def ask(driver: Any, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
    """Return the rows of a query, asked past all guards on a connection of psycopg."""
    with unguarded(driver) as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _can_ask(driver: Any) -> bool:
    """Neither in a failed transaction, nor in the middle of a COPY or a pipeline."""
    info = driver.info
    return info.transaction_status in (0, 2) and getattr(info, "pipeline_status", 0) == 0

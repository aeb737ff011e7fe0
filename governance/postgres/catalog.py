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
    rows = ask(connection, query("relations"))
    return [
        Relation(name=name, kind=kind, rows=rows, partition_of=root, comment=comment or "")
        for name, kind, rows, root, comment in rows
    ]


def partition_roots(connection: BaseDatabaseWrapper, tables: Sequence[str]) -> dict[str, str]:
    """Return, for those of the tables that are partitions, the partitioned table at the root.

    Empty in a transaction that has failed, where PostgreSQL answers nothing.
    """
    if connection.connection is None or not _can_ask(connection):
        return {}
    names = {quoted(table): table for table in tables}
    rows = ask(connection, query("partition_roots"), (list(names),))
    return {names[name]: root for name, root in rows}


def temporary_tables(connection: BaseDatabaseWrapper, names: Collection[str]) -> frozenset[str]:
    """Return those of the names that are temporary tables of this connection right now."""
    if connection.connection is None or not _can_ask(connection):
        return frozenset()
    return frozenset(n for (n,) in ask(connection, query("temporary_tables"), (list(names),)))


@cache
def query(name: str) -> str:
    """Return the text of ``queries/<name>.sql``."""
    return (files("governance.postgres") / "queries" / f"{name}.sql").read_text(encoding="utf-8")


def ask(connection: BaseDatabaseWrapper, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
    """Return the rows of a query; the connection must be open."""
    with connection.connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def has_failed(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether the connection is in a transaction that has failed."""
    return connection.connection is not None and connection.connection.info.transaction_status == 3


def _can_ask(connection: BaseDatabaseWrapper) -> bool:
    """Neither in a failed transaction, nor in the middle of a COPY or a pipeline."""
    info = connection.connection.info
    return info.transaction_status in (0, 2) and getattr(info, "pipeline_status", 0) == 0

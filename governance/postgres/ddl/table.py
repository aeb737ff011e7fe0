"""One table as it is at one point of history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from governance.postgres.ddl.actions import Column, Constraint, Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it is at one point of history; views stand here as well, by their ``kind``."""

    name: str
    kind: str = "table"
    """table, foreign table, view, materialized view."""
    columns: Mapping[str, Column] = field(default_factory=dict)
    constraints: Mapping[str, Constraint] = field(default_factory=dict)
    """By name; also those that were written with a column."""
    indexes: Mapping[str, Index] = field(default_factory=dict)
    """By name; also those behind constraints."""
    sequences: Mapping[str, str] = field(default_factory=dict)
    """Column → the sequence that belongs to it."""
    partitions: tuple[str, ...] = ()
    default_partition: str = ""
    partition_of: str = ""
    partitioned: bool = False
    partition_key: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    """Tables that inherit from it; partitions stand in ``partitions``."""
    temporary: bool = False
    views: tuple[str, ...] = ()
    """Views and materialized views that read it."""
    reads: tuple[str, ...] = ()
    """What a view reads."""
    columns_read: frozenset[str] = frozenset()
    """The names of columns in the query of a view; ``*`` for all."""
    outputs: tuple[str, ...] = ()
    """The columns that a view gives its readers; empty where they are not known."""
    plain: bool = False
    """A view that shows all rows of the one table that it reads."""
    complete: bool = True
    """False where only a part is known: a table first met in an ALTER TABLE."""

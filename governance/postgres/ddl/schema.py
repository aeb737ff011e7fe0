"""The structure of a database: what actions change, and what their cost depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from governance.postgres.ddl.actions import Column, Constraint, Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it is at one point of history."""

    name: str
    columns: Mapping[str, Column] = field(default_factory=dict)
    constraints: Mapping[str, Constraint] = field(default_factory=dict)
    """By name; also those that were written with a column."""
    indexes: Mapping[str, Index] = field(default_factory=dict)
    """By name; also those behind constraints."""
    partitions: tuple[str, ...] = ()
    default_partition: str = ""
    partition_of: str = ""
    partitioned: bool = False
    views: tuple[str, ...] = ()
    """Views and materialized views that read it."""
    complete: bool = True
    """False where only a part is known: a table first met in an ALTER TABLE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The tables of a database, and the types and functions that their cost depends on."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    domains: Mapping[str, bool] = field(default_factory=dict)
    """Name → whether it has a constraint."""
    triggers: Mapping[str, str] = field(default_factory=dict)
    """``table.trigger`` → the function it calls."""
    time_zone: str = "UTC"
    """Of the session that applies the actions: timestamp ↔ timestamptz is free in UTC only."""

"""What PostgreSQL's catalogue knows of our triggers, functions, and of foreign keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from governance.postgres.catalog import ask, query

GUARD = "governance_guard"
"""Name of the trigger on each table, and of the one function that all of them run."""
FOLLOW = "governance_follow"
"""Name of the event trigger that guards new partitions, and of its function."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A trigger named ``governance_guard`` as it is."""

    events: int
    """Bits of ``pg_trigger.tgtype``."""
    arguments: tuple[str, ...]
    enabled: str
    """O as usual, A always, D not at all, R on replicas only."""
    on_every_column: bool
    condition: str
    """What stands in WHEN, as PostgreSQL writes it; empty for none."""
    function: int
    """Object id of the function that it runs."""
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """A table, partition or foreign table, with our trigger where it has one."""

    name: str
    """``name`` when the search path finds it, else ``schema.name``."""
    schema: str
    relation: str
    is_foreign: bool
    is_partitioned: bool
    partition_of: str | None
    """The partitioned table at the root, for a partition."""
    trigger: Trigger | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Routine:
    """A function of ours as it is."""

    oid: int
    schema: str
    source: str
    is_definer: bool
    settings: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A foreign key."""

    table: str
    """The table that refers."""
    of: str
    name: str
    on_delete: str
    """a no action, r restrict, c cascade, n set null, d set default."""
    on_update: str

    @property
    def changes_rows(self) -> bool:
        """Whether PostgreSQL changes rows of ``table`` when rows of ``of`` change."""
        return bool({self.on_delete, self.on_update} & {"c", "n", "d"})


def guarded(connection: BaseDatabaseWrapper) -> list[Guarded]:
    """Return every table outside of PostgreSQL's own schemas and of extensions."""
    connection.ensure_connection()
    return [
        Guarded(
            name=name,
            schema=schema,
            relation=relation,
            is_foreign=is_foreign,
            is_partitioned=is_partitioned,
            partition_of=root,
            trigger=_trigger(facts) if facts[0] is not None else None,
        )
        for name, schema, relation, is_foreign, is_partitioned, root, *facts in ask(
            connection.connection, query("guards")
        )
    ]


def routine(connection: BaseDatabaseWrapper, name: str) -> Routine | None:
    """Return one of our functions, wherever it was installed."""
    connection.ensure_connection()
    rows = ask(connection.connection, query("routines"), (name,))
    keys = ("oid", "schema", "source", "is_definer", "settings", "comment")
    return Routine(**dict(zip(keys, rows[0], strict=True))) if rows else None


def references(connection: BaseDatabaseWrapper) -> list[Reference]:
    """Return every foreign key."""
    connection.ensure_connection()
    return [
        Reference(table=table, of=of, name=name, on_delete=on_delete, on_update=on_update)
        for table, of, name, on_delete, on_update in ask(connection.connection, query("references"))
    ]


def own_schema(connection: BaseDatabaseWrapper, table: str) -> str | None:
    """Return the schema of a table, else the first of the search path that exists."""
    connection.ensure_connection()
    schema: str | None = ask(connection.connection, query("own_schema"), (table,))[0][0]
    return schema


def follows_partitions(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether the event trigger for new partitions is there and switched on."""
    connection.ensure_connection()
    return any(enabled != "D" for (enabled,) in ask(connection.connection, query("event_trigger")))


def _trigger(facts: Sequence[Any]) -> Trigger:
    events, arguments, enabled, on_every_column, condition, function, comment = facts
    return Trigger(
        events=events,
        arguments=tuple(arguments),
        enabled=enabled,
        on_every_column=on_every_column,
        condition=condition,
        function=function,
        comment=comment or "",
    )

"""A throwaway database takes the place of the real one for as long as a rehearsal lasts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState

from governance.postgres.tracing import Trace, Tracer


@contextmanager
def on_stage(alias: str, entry: Mapping[str, Any]) -> Iterator[BaseDatabaseWrapper]:
    """Let an alias lead to another database, and no guard look at what is sent there.

    The code of a migration asks for its connection by alias, so the alias itself is moved.
    """
    real = connections[alias]
    stage = real.copy(alias)
    stage.settings_dict = dict(entry)

    def unguard(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
        if connection is stage:
            driver: Any = connection.connection
            driver.cursor_factory = getattr(
                driver.cursor_factory, "unguarded", driver.cursor_factory
            )

    connection_created.connect(unguard, weak=False)
    connections[alias] = stage
    try:
        stage.ensure_connection()
        yield stage
    finally:
        stage.close()
        connections[alias] = real
        connection_created.disconnect(unguard)


def forwards(stage: BaseDatabaseWrapper, migration: Migration, state: ProjectState) -> ProjectState:
    """Apply a migration as ``migrate`` does, without its signals; return the state after it."""
    with stage.schema_editor(atomic=migration.atomic) as editor:
        return migration.apply(state, editor)


@contextmanager
def traced(stage: BaseDatabaseWrapper) -> Iterator[list[Trace]]:
    """Trace every statement that goes through Django's cursors inside the block."""
    tracer = Tracer(stage.connection)
    tracer.prepare()

    def run(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        with stage.wrap_database_errors:
            return tracer.run(str(sql), lambda: execute(sql, params, many, context))

    with stage.execute_wrapper(run):
        yield tracer.traces
    if stage.connection is not None:
        tracer.leave()

"""Put the guard on connections: into psycopg's cursors, else around Django's ``execute``."""

from __future__ import annotations

from functools import partial
from typing import Any
from weakref import WeakSet, ref

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from governance.writes.answers import noticed
from governance.writes.signature import unsigned
from governance.writes.wrapper import guard

_listening: WeakSet[Any] = WeakSet()


def install(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Guard a connection that has just been opened; receives ``connection_created``.

    A connection from a pool comes by again and again.
    """
    if connection.vendor != "postgresql" or connection.connection is None:
        return
    driver = connection.connection
    if not hasattr(driver, "server_cursor_factory"):
        install_wrapper(connection)
        return
    from governance.writes.cursors import guarded

    _hide_signature(connection)
    driver.cursor_factory = guarded(driver.cursor_factory)
    driver.server_cursor_factory = guarded(driver.server_cursor_factory)
    if driver not in _listening:
        _listening.add(driver)
        driver.add_notice_handler(partial(_pass_on, ref(driver)))


def install_wrapper(connection: BaseDatabaseWrapper) -> None:
    """Put the guard first in the list of execute wrappers and so around all others.

    Appending would put it next to the cursor, but ``connection.execute_wrapper()`` removes
    whatever stands last when it ends.
    """
    _hide_signature(connection)
    if guard not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, guard)


def install_everywhere() -> None:
    """Guard Django's own classes of cursors, and connections opened before the app was ready.

    Connections to come then have guarded cursors from the start, also the server-side ones, which
    Django makes past the factory of the connection.
    """
    from django.db.backends.postgresql import base
    from django.db.backends.postgresql.psycopg_any import is_psycopg3

    if is_psycopg3:
        from governance.writes.cursors import guarded

        for name in ("Cursor", "ServerBindingCursor", "ServerSideCursor"):
            setattr(base, name, guarded(getattr(base, name)))
    for connection in connections.all(initialized_only=True):
        install(connection)


def _hide_signature(connection: BaseDatabaseWrapper) -> None:
    """Leave the comment out of ``connection.queries`` and of what Django logs."""
    operations: Any = connection.ops
    original = operations.last_executed_query
    if getattr(original, "func", None) is not _last_executed_query:
        operations.last_executed_query = partial(_last_executed_query, original)


def _last_executed_query(original: Any, cursor: Any, sql: Any, params: Any) -> Any:
    return unsigned(original(cursor, sql, params))


def _pass_on(driver: Any, diagnostic: Any) -> None:
    noticed(diagnostic, driver())

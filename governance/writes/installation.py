"""Put the guard on connections: into psycopg's cursors, else around Django's ``execute``."""

from __future__ import annotations

from functools import partial
from typing import Any
from weakref import WeakSet, ref

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from governance.writes.answers import noticed
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
    if guard not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, guard)


def install_everywhere() -> None:
    """Guard the connections that were opened before the app was ready, and named cursors.

    Django makes its server-side cursors of a class of its own, past the connection's factory.
    """
    from django.db.backends.postgresql import base

    named = getattr(base, "ServerSideCursor", None)
    if named is not None:
        from governance.writes.cursors import guarded

        setattr(base, "ServerSideCursor", guarded(named))  # noqa: B010 - a class, to mypy
    for connection in connections.all(initialized_only=True):
        install(connection)


def _pass_on(driver: Any, diagnostic: Any) -> None:
    noticed(diagnostic, driver())

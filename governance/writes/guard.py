"""Judge every statement before it is sent.

An execute wrapper on each PostgreSQL connection. A text seen before costs one dictionary
look-up; a write in an open scope of the owner costs one more set look-up. Only then is the
stack walked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from governance.conf import Mode
from governance.ownership import current
from governance.ownership.names import PLATFORM
from governance.postgres import catalog
from governance.postgres.classification import classify
from governance.postgres.statements import Statement
from governance.writes import recorder
from governance.writes.attribution import acts_for
from governance.writes.files import kinds, learn
from governance.writes.framework import is_migrating
from governance.writes.judging import Attempt, borrowed, judge
from governance.writes.refusal import refuse
from governance.writes.scopes import SCOPE, Scope

Execute = Callable[..., Any]

LONGEST_KEPT = 4_000
"""Texts longer than this, in characters, are classified each time: hashing them costs more."""
MOST_KEPT = 4_096
"""Number of texts remembered per process; all are forgotten when there are more."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A text that was seen before."""

    statement: Statement
    writers: frozenset[str]
    """Modules that own every table it writes; empty when nobody owns them all."""


class _State:
    __slots__ = ("entries", "mode")

    def __init__(self) -> None:
        self.entries: dict[str, Entry | None] = {}
        self.mode: Mode | None = None


_state = _State()
_temporary: WeakKeyDictionary[BaseDatabaseWrapper, set[str]] = WeakKeyDictionary()
_UNSEEN = Entry(Statement(), frozenset())


def guard(execute: Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run a statement if the acting module may write what it writes.

    Raises ``WriteRefused`` in enforce mode; records the finding in report mode.
    """
    mode = _state.mode or _read_mode()
    if mode is Mode.OFF:
        return execute(sql, params, many, context)
    if type(sql) is str and len(sql) <= LONGEST_KEPT:
        entry = _state.entries.get(sql, _UNSEEN)
    else:
        entry = _UNSEEN
    if entry is _UNSEEN:
        entry = _study(sql, context["connection"])
    if entry is not None:
        scope = SCOPE.get()
        if scope is not None and scope.module in entry.writers:
            if not scope.reason:
                _question(scope)
        elif not acts_for(entry.writers, sys._getframe(1)):
            _judge(entry.statement, sql, context["connection"], mode)
    return execute(sql, params, many, context)


def install(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Put the guard on a connection, first in the list and so around all other wrappers.

    Appending would put it next to the cursor, but ``connection.execute_wrapper()`` removes
    whatever stands last when it ends.
    """
    if connection.vendor != "postgresql":
        return
    _temporary.pop(connection, None)
    if guard not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, guard)


def install_everywhere() -> None:
    """Put the guard on the connections that were opened before the app was ready."""
    for connection in connections.all(initialized_only=True):
        install(connection)


def forget_statements() -> None:
    """Classify every text anew: the registry or the settings have changed."""
    _state.entries = {}
    _state.mode = None


def _read_mode() -> Mode:
    _state.mode = current.mode("writes")
    return _state.mode


def _study(sql: Any, connection: BaseDatabaseWrapper) -> Entry | None:
    """Classify a text; None for one that writes nothing that anybody owns."""
    entries = _state.entries
    statement = classify(_text(sql, connection))
    if statement.temporary:
        made = _temporary.setdefault(connection, set())
        if len(made) >= MOST_KEPT:
            made.clear()
        made.update(statement.temporary)
    entry = _entry(statement)
    if type(sql) is str and len(sql) <= LONGEST_KEPT and not statement.temporary:
        if len(entries) >= MOST_KEPT:
            entries.clear()
        entries[sql] = entry
    return entry


def _entry(statement: Statement) -> Entry | None:
    registry = current.ownership().registry
    owners = {registry.owner_of_table(write.table) for write in statement.writes} - {PLATFORM}
    if not owners and not statement.unreadable:
        return None
    alone = len(owners) == 1 and not statement.unreadable
    return Entry(statement, frozenset(owners) if alone else frozenset())


def _text(sql: Any, connection: BaseDatabaseWrapper) -> str:
    if isinstance(sql, bytes):
        return sql.decode(errors="replace")
    if isinstance(sql, str):
        return sql
    return str(sql.as_string(connection.connection))


def _judge(statement: Statement, sql: Any, connection: BaseDatabaseWrapper, mode: Mode) -> None:
    frame, text = sys._getframe(2), _text(sql, connection)
    if ";" not in text and catalog.has_failed(connection):
        return  # PostgreSQL refuses everything until the transaction is rolled back
    attempt = Attempt(
        statement=statement,
        sql=text,
        frame=frame,
        temporary=statement.temporary | _temporary_tables(statement, connection),
        partitions=_unknown_partitions(statement, connection),
    )
    findings = judge(attempt)
    if findings and is_migrating(frame):
        mode = current.mode("migrations")
    recorder.record(findings, announce=mode is Mode.REPORT)
    if findings and mode is Mode.ENFORCE:
        refuse(findings[0], attempt.sql)


def _question(scope: Scope) -> None:
    """Record a scope that one module opens in another's name without saying why."""
    opener = kinds.get(scope.file) or learn(scope.file)
    if opener != scope.module and opener in current.ownership().registry.modules:
        recorder.record([borrowed(scope, opener)], announce=True)


def _temporary_tables(statement: Statement, connection: BaseDatabaseWrapper) -> frozenset[str]:
    """Ask PostgreSQL which of the written names are temporary tables of this connection."""
    registry = current.ownership().registry
    made = _temporary.get(connection, ())
    names = {w.table for w in statement.writes if w.table in made or not registry.table(w.table)}
    return catalog.temporary_tables(connection, names) if names else frozenset()


def _unknown_partitions(statement: Statement, connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Ask PostgreSQL whether an unknown table is a partition of a known one."""
    registry = current.ownership().registry
    unknown = [w.table for w in statement.writes if registry.table(w.table) is None]
    return catalog.partition_roots(connection, unknown) if unknown else {}

"""What statements really do: run them, and look at locks, files, rows read and the catalogue.

Four signals, since none tells everything: the locks of the session after a statement, in the
same transaction; the files behind relations before and after; the rows read meanwhile, as
differences of the counters of the session; new indexes, which parallel workers may have built.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from governance.postgres.catalog import ask, query, unguarded
from governance.postgres.locks import Lock
from governance.postgres.stalling import stalled

R = TypeVar("R")

IDLE = 0
_NEEDS_NO_TRANSACTION = {"25001", "2D000"}
"""What PostgreSQL answers inside of a transaction to CREATE INDEX CONCURRENTLY, VACUUM and the
like, before it has done anything; and to a COMMIT in a DO body, with which all is undone."""
_COUNTABLE = {
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "enable_seqscan": "off",
}
_INDEXES = frozenset("iI")
_HOLDS_ROWS = frozenset("rm")
_READABLE = frozenset("rmp")
_NAME, _TRACED = "application_name", "governance: traced"
_WORDS = re.compile(r"\w+")
_SAVEPOINTS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
"""They touch no relation, so they are not traced. The last takes back what others did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What one statement did to the relations that existed before it.

    Relations have the names they had before: ``name``, or ``schema.name`` outside ``public``.
    """

    sql: str
    locks: Mapping[str, Lock] = field(default_factory=dict)
    """The strongest held at its end, also those that earlier statements of the transaction took."""
    rewritten: tuple[str, ...] = ()
    """Tables and materialized views with a new file."""
    scanned: tuple[str, ...] = ()
    """Those of which at least half of the rows were read: to validate, to fill, to build."""
    in_transaction: bool = True
    """False for what runs outside only; what it reads is not counted."""
    seconds: float = 0.0
    error: str = ""
    """The SQLSTATE with which it failed. Nothing else is known then."""
    message: str = ""
    """PostgreSQL's first line about the error."""
    detail: str = ""
    """Which row it is about, where PostgreSQL tells."""


class Relation(NamedTuple):
    """One relation at one moment. Hundreds are made for each statement, so it has to be cheap."""

    oid: int
    name: str
    kind: str
    file: int
    table: int | None
    """Of an index: its table."""
    rows: float
    read: int


Relations = Mapping[int, Relation]


class Tracer:
    """Traces the statements of one connection of psycopg; ``traces`` fills up.

    For databases that nobody else uses: other sessions would be made to wait.
    """

    __slots__ = ("_driver", "_left", "traces")

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self.traces: list[Trace] = []
        self._left: Relations | None = None

    def prepare(self) -> None:
        """Let the session read in ways that can be counted.

        Workers keep counters of their own. Small tables are read as a whole whatever is asked
        for, unless the planner is told to prefer an index.
        """
        for setting, value in _COUNTABLE.items():
            self._send(f"SET {setting} = {value}")

    def leave(self) -> None:
        """Undo what ``prepare`` did."""
        for setting in _COUNTABLE:
            self._send(f"RESET {setting}")

    def run(self, sql: str, execute: Callable[[], R]) -> R:
        """Call ``execute``, which sends ``sql``; what it raises is raised on.

        Outside of a transaction the statement gets one of its own, so that its locks can be
        looked at before they go.
        """
        if sql.startswith(_SAVEPOINTS):
            self._left = None
            return execute()
        if self._driver.info.transaction_status != IDLE or not self._driver.autocommit:
            return self._observed(sql, execute)
        self._send("BEGIN")
        try:
            result = self._observed(sql, execute)
        except BaseException as error:
            self._send("ROLLBACK")
            if sqlstate(error) not in _NEEDS_NO_TRANSACTION:
                raise
            self.traces.pop()
            return self._alone(sql, execute)
        self._commit()
        return result

    def _commit(self) -> None:
        """Constraints that wait for the end of the transaction fail here."""
        try:
            self._send("COMMIT")
        except Exception as error:
            last = self.traces.pop()
            self.traces.append(_failed(last.sql, last.seconds, error))
            raise

    def _observed(self, sql: str, execute: Callable[[], R]) -> R:
        before = self._before()
        result, seconds = self._timed(sql, execute)
        self._left, held = _seen(self._driver)
        self._note(sql, before, self._left, held, seconds)
        return result

    def _before(self) -> Relations:
        """What the last statement left, if that was in the same transaction: it saves a look.

        A name that ends with the transaction tells; PostgreSQL reports it without being asked.
        """
        left, self._left = self._left, None
        if left is not None and self._driver.info.parameter_status(_NAME) == _TRACED:
            return left
        self._send(f"SET LOCAL {_NAME} = '{_TRACED}'")
        return relations(self._driver)

    def _alone(self, sql: str, execute: Callable[[], R]) -> R:
        before = relations(self._driver)
        with stalled(self._driver, _named_tables(before, sql)) as seen:
            result, seconds = self._timed(sql, execute)
        after = relations(self._driver)
        held = seen | _surely_held(before, after)
        self._note(sql, before, after, held, seconds, in_transaction=False)
        return result

    def _timed(self, sql: str, execute: Callable[[], R]) -> tuple[R, float]:
        begun = time.perf_counter()
        try:
            return execute(), time.perf_counter() - begun
        except Exception as error:
            self.traces.append(_failed(sql, time.perf_counter() - begun, error))
            raise

    def _note(
        self,
        sql: str,
        before: Relations,
        after: Relations,
        held: Iterable[tuple[int, str]],
        seconds: float,
        *,
        in_transaction: bool = True,
    ) -> None:
        rewritten = _rewritten(before, after)
        scanned = _read(before, after) | _indexed(before, after, rewritten)
        self.traces.append(
            Trace(
                sql=sql,
                locks=strongest(before, held),
                rewritten=_names(before, rewritten),
                scanned=_names(before, scanned),
                in_transaction=in_transaction,
                seconds=seconds,
            )
        )

    def _send(self, sql: str) -> None:
        self._driver.execute(sql)


def relations(driver: Any) -> Relations:
    """Return every relation of a project, as it is now for this session."""
    return _by_oid(ask(driver, query("traced_relations")))


def _by_oid(rows: Iterable[tuple[Any, ...]]) -> Relations:
    return {row[0]: Relation._make(row) for row in rows}


def _seen(driver: Any) -> tuple[Relations, list[tuple[int, str]]]:
    """Return every relation and the locks that are held, asked in one message."""
    with unguarded(driver) as cursor:
        cursor.execute(f"{query('traced_relations')};{query('held_locks')}", prepare=False)
        found = _by_oid(cursor.fetchall())
        cursor.nextset()
        return found, list(cursor.fetchall())


def strongest(before: Relations, held: Iterable[tuple[int, str]]) -> dict[str, Lock]:
    """Return the strongest lock on each relation that was there before.

    An index that is only looked into is left out: the planner opens all indexes of a table.
    """
    found: dict[str, Lock] = {}
    for oid, mode in held:
        relation, lock = before.get(oid), Lock.of(mode)
        if relation is None or (relation.kind in _INDEXES and lock is Lock.ACCESS_SHARE):
            continue
        found[relation.name] = max(lock, found.get(relation.name, Lock.NONE))
    return dict(sorted(found.items()))


def _surely_held(before: Relations, after: Relations) -> set[tuple[int, str]]:
    """What goes, or gets a new file, is locked for all others in that moment, however short."""
    gone = before.keys() - after.keys()
    moved = {oid for oid in before.keys() & after.keys() if before[oid].file != after[oid].file}
    return {(oid, Lock.ACCESS_EXCLUSIVE.mode) for oid in gone | moved}


def _named_tables(known: Relations, sql: str) -> list[str]:
    """Tables whose name, or that of an index of theirs, is a word of the statement."""
    words = set(_WORDS.findall(sql))
    named = (r for r in known.values() if r.name.rpartition(".")[2] in words)
    tables = {known.get(r.table or 0, r) for r in named}
    return sorted(r.name for r in tables if r.kind in _READABLE)


def _rewritten(before: Relations, after: Relations) -> set[int]:
    kept = {oid for oid in before.keys() & after.keys() if before[oid].kind in _HOLDS_ROWS}
    return {oid for oid in kept if before[oid].file != after[oid].file}


def _read(before: Relations, after: Relations) -> set[int]:
    """Tables of which half of the rows or more were read, by themselves or through an index."""
    most: dict[int, int] = {}
    for oid, then in before.items():
        table = oid if then.table is None else then.table
        now = after.get(oid)
        most[table] = max(most.get(table, 0), now.read - then.read if now else 0)
    return {
        oid
        for oid, rows in most.items()
        if rows > 0 and oid in before and rows >= before[oid].rows / 2
    }


def _indexed(before: Relations, after: Relations, rewritten: set[int]) -> set[int]:
    """Tables with an index in a new file. One with another oid in an old file was not built."""
    old = {relation.file for relation in before.values()}
    built = {r.table for r in after.values() if r.table and r.file and r.file not in old}
    return {oid for oid in built if oid in before} - rewritten


def _names(known: Relations, oids: Iterable[int]) -> tuple[str, ...]:
    return tuple(sorted(known[oid].name for oid in oids))


def _failed(sql: str, seconds: float, error: BaseException) -> Trace:
    message = str(error).strip().split("\n", 1)[0]
    detail = getattr(getattr(error.__cause__ or error, "diag", None), "message_detail", None) or ""
    return Trace(sql=sql, seconds=seconds, error=sqlstate(error), message=message, detail=detail)


def sqlstate(error: BaseException | None) -> str:
    """Return PostgreSQL's code, also of the error behind one of Django's."""
    while error is not None:
        state = getattr(error, "sqlstate", None)
        if state:
            return str(state)
        error = error.__cause__
    return ""

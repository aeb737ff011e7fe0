"""Watch the locks of a session that can't be asked, because it is at work outside a transaction.

What such a statement holds, it often holds for less than a millisecond. So it is made to wait:
readers sit on each table that it names, and get up one by one when it has to wait for them. While
it waits, its locks can be looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread
from typing import Any

from governance.postgres.catalog import query
from governance.postgres.identifiers import quoted


@contextmanager
def stalled(driver: Any, tables: Collection[str]) -> Iterator[set[tuple[int, str]]]:
    """Collect the locks, by oid and mode, that a session has or waits for inside the block."""
    seen: set[tuple[int, str]] = set()
    over = Event()
    with ExitStack() as stack:
        readers = {}
        for table in tables:
            reader = stack.enter_context(_beside(driver))
            reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            reader.execute(f"SELECT FROM ONLY {quoted(table)} LIMIT 0")
            readers[reader.info.backend_pid] = reader
        side = stack.enter_context(_beside(driver))
        arguments = (side, driver.info.backend_pid, readers, seen, over)
        thread = Thread(target=_watch, args=arguments, daemon=True)
        thread.start()
        try:
            yield seen
        finally:
            over.set()
            thread.join()


def _watch(
    side: Any, pid: int, readers: dict[int, Any], seen: set[tuple[int, str]], over: Event
) -> None:
    """Look until the statement is over; whatever happens, no reader stays on its seat."""
    import psycopg

    with suppress(psycopg.Error):
        while not over.is_set():
            for blocker in _look(side, pid, seen) & readers.keys():
                _look(side, pid, seen)
                readers.pop(blocker).rollback()
    for reader in readers.values():
        reader.close()


def _look(side: Any, pid: int, seen: set[tuple[int, str]]) -> set[int]:
    """Add what is seen, and return the sessions that are waited for."""
    rows = side.execute(query("locks_of_session"), {"pid": pid}).fetchall()
    seen.update((oid, mode) for oid, mode, _ in rows if oid)
    return {blocker for _, _, blockers in rows for blocker in blockers}


def _beside(driver: Any) -> Any:
    """Open one more connection to the same database."""
    import psycopg

    return psycopg.connect(driver.info.dsn, password=driver.info.password or None, autocommit=True)

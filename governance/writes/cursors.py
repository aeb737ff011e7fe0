"""psycopg's own cursors, guarded: nothing that Django's connection sends goes past them.

An execute wrapper of Django sees ``execute()`` and ``executemany()`` only. The class of the
cursors sees ``copy()``, ``stream()``, a cursor taken from ``cursor.cursor`` or from
``connection.connection``, and what execute wrappers have made of a statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from psycopg import ServerCursor
from psycopg.errors import InsufficientPrivilege

from governance.writes.answers import explained
from governance.writes.guard import admit
from governance.writes.signature import signed

LAYER = "cursor"


class GuardedCursor:
    """Mixed into a class of psycopg's cursors."""

    _conn: Any
    unguarded: Any = None
    """The class without the guard, for our own questions."""
    signs = True
    """Whether a comment may stand in front. A server-side cursor puts DECLARE there itself."""

    def _admitted(self, query: Any) -> Any:
        comment = admit(query, self._conn, LAYER)
        return signed(query, comment) if comment and self.signs else query

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        comment = admit(query, self._conn, LAYER)
        if comment and self.signs:
            query = comment + query if type(query) is str else signed(query, comment)
        try:
            return super().execute(query, params, **options)  # type: ignore[misc]
        except InsufficientPrivilege as error:
            raise explained(error, query)  # noqa: B904 - it sets the cause itself

    def executemany(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        query = self._admitted(query)
        try:
            return super().executemany(query, *args, **kwargs)  # type: ignore[misc]
        except InsufficientPrivilege as error:
            raise explained(error, query)  # noqa: B904

    def stream(self, query: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """Judged when it is asked for, sent when the first row is."""
        return self._streamed(self._admitted(query), *args, **kwargs)

    def _streamed(self, query: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
        try:
            yield from super().stream(query, *args, **kwargs)  # type: ignore[misc]
        except InsufficientPrivilege as error:
            raise explained(error, query)  # noqa: B904

    @contextmanager
    def copy(self, statement: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
        statement = self._admitted(statement)
        try:
            with super().copy(statement, *args, **kwargs) as copy:  # type: ignore[misc]
                yield copy
        except InsufficientPrivilege as error:
            raise explained(error, statement)  # noqa: B904


@cache
def guarded(base: type) -> type:
    """Return a class of cursors with the guard; a guarded one is returned as it is."""
    if issubclass(base, GuardedCursor):
        return base
    own = {"unguarded": base, "signs": not issubclass(base, ServerCursor), "__doc__": base.__doc__}
    return type(base.__name__, (GuardedCursor, base), own)

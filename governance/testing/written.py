"""For tests that ask which tables a piece of code writes, and in whose name."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType

from governance.writes import journal
from governance.writes.journal import Entry


class Writes:
    """Record the writes inside a ``with`` block; afterwards it can still be asked."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        """One for each table that each statement writes, refused ones too."""

    def __enter__(self) -> Writes:
        journal.subscribe(self.entries.append)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        journal.unsubscribe(self.entries.append)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def tables_of(self, actor: str) -> set[str]:
        """Return the tables that a module wrote."""
        return {entry.table for entry in self.entries if entry.actor.module == actor}

    @property
    def not_permitted(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.permitted]

    def __repr__(self) -> str:
        lines = (f"{e.actor.module} {e.operation} {e.table} ({e.owner})" for e in self.entries)
        return f"<Writes: {'; '.join(lines) or 'none'}>"

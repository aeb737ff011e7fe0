"""The table locks of PostgreSQL, weakest first."""

from __future__ import annotations

from enum import IntEnum


class Lock(IntEnum):
    """A table-level lock mode; a greater one is stronger."""

    NONE = 0
    ACCESS_SHARE = 1
    ROW_SHARE = 2
    ROW_EXCLUSIVE = 3
    SHARE_UPDATE_EXCLUSIVE = 4
    SHARE = 5
    SHARE_ROW_EXCLUSIVE = 6
    EXCLUSIVE = 7
    ACCESS_EXCLUSIVE = 8

    @classmethod
    def of(cls, mode: str) -> Lock:
        """Read the name in ``pg_locks``: ``ShareRowExclusiveLock``."""
        return _BY_MODE[mode]

    @property
    def mode(self) -> str:
        """The name in ``pg_locks``, empty for none."""
        return "" if self is Lock.NONE else f"{self.name.title().replace('_', '')}Lock"

    @property
    def blocks_reads(self) -> bool:
        return self is Lock.ACCESS_EXCLUSIVE

    @property
    def blocks_writes(self) -> bool:
        return self >= Lock.SHARE

    def __str__(self) -> str:
        """The words of PostgreSQL's manual: ``SHARE ROW EXCLUSIVE``."""
        return self.name.replace("_", " ")


_BY_MODE = {lock.mode: lock for lock in Lock if lock}

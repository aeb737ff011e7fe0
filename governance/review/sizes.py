"""How big tables are where it matters: on the database that the migration is meant for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SMALL = 10_000
"""Rows up to which a scan or a rewrite is over before anybody notices (some 10 ms)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Rows by table, as ``pg_class`` estimates them; a table that is not named counts as large."""

    rows: Mapping[str, int] = field(default_factory=dict)
    bytes: Mapping[str, int] = field(default_factory=dict)
    """Size on disk with indexes, where it is known."""
    small: int = SMALL

    def is_small(self, table: str) -> bool:
        """Tell whether it is known to be small; a negative estimate is an unknown one."""
        return 0 <= self.rows.get(table, -1) <= self.small

    def phrase(self, table: str) -> str:
        """Return the number of rows in words, empty where it is not known."""
        rows = self.rows.get(table, -1)
        return "" if rows < 0 else f"about {rows:,} rows"


NO_SIZES = Sizes()
"""Nothing is known: every table counts as large."""

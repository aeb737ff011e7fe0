"""Who writes whose tables: one row for each actor, one column for each owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from governance.testing.violations import Written

_WIDEST = 78


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Counts as texts; ``!`` marks a cell with writes that were not permitted."""

    owners: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    """(actor, one cell for each owner)"""

    def text(self) -> str:
        """Return it for a terminal; one line for each cell where it is too wide for one."""
        first = max(len(actor) for actor, _ in (*self.rows, ("writes", ())))
        widths = [self._width(column) for column in range(len(self.owners))]
        if first + sum(width + 2 for width in widths) > _WIDEST:
            return self._list()
        table = [("writes", self.owners), *self.rows]
        return "\n".join(
            f"{name:<{first}}"
            + "".join(f"  {cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
            for name, cells in table
        )

    def markdown(self) -> str:
        lines = [f"| writes | {' | '.join(self.owners)} |", "|---" * (len(self.owners) + 1) + "|"]
        lines += [f"| {actor} | {' | '.join(cells)} |" for actor, cells in self.rows]
        return "\n".join(lines) if self.rows else "Nothing was written."

    def _width(self, column: int) -> int:
        return max(len(self.owners[column]), *(len(cells[column]) for _, cells in self.rows))

    def _list(self) -> str:
        return "\n".join(
            f"{actor} → {owner}: {cell}"
            for actor, cells in self.rows
            for owner, cell in zip(self.owners, cells, strict=True)
            if cell
        )


def matrix(writes: Mapping[Written, int]) -> Matrix:
    """Add up who wrote whose tables."""
    counts: Counter[tuple[str, str]] = Counter()
    foreign: set[tuple[str, str]] = set()
    for written, count in writes.items():
        pair = (written.actor, written.owner)
        counts[pair] += count
        if not written.permitted:
            foreign.add(pair)
    owners = tuple(sorted({owner for _, owner in counts}))
    rows = [
        (actor, tuple(_cell(counts, foreign, (actor, owner)) for owner in owners))
        for actor in sorted({actor for actor, _ in counts})
    ]
    return Matrix(owners=owners, rows=tuple(rows))


def _cell(
    counts: Counter[tuple[str, str]], foreign: set[tuple[str, str]], pair: tuple[str, str]
) -> str:
    count = counts[pair]
    return f"{count}{'!' if pair in foreign else ''}" if count else ""

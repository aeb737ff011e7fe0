"""A reviewed migration for people: a header, and a table of its operations."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from governance.postgres.locks import Lock
from governance.review import details
from governance.review.reviewed import (
    Breakage,
    Phase,
    Reversal,
    ReviewedMigration,
    ReviewedOperation,
)
from governance.review.sizes import Sizes

_NOTHING = "–"
_COLUMNS = (
    ("phase", 10, 10),
    ("lock", 18, 34),
    ("rows", 7, 13),
    ("breaks", 12, 27),
    ("undo", 10, 15),
)
"""After number and operation: title, greatest width in a narrow terminal, and in a wide one."""
_WIDE = 110
_LEAST = 9
_ENOUGH = 28
"""Width of operations from which on tables come first."""


def migration(
    reviewed: ReviewedMigration, card: str, sizes: Sizes, *, width: int | None = None
) -> str:
    """Return the block of one migration; ``card`` says in a few words how its card stands."""
    columns = width or shutil.get_terminal_size((100, 24)).columns
    lines = [_header(reviewed), f"  {card}"]
    if not reviewed.operations:
        return "\n".join([*lines, "  It has no operations: it merges branches."])
    console = Console(width=columns, file=io.StringIO(), color_system=None, legacy_windows=False)
    with console.capture() as captured:
        console.print(_grid(reviewed, sizes, columns))
    return "\n".join([*lines, *(line.rstrip() for line in captured.get().splitlines())])


def _header(reviewed: ReviewedMigration) -> str:
    facts = [_phase(reviewed.phase)]
    strongest = max(details.locks_of(reviewed).values(), default=Lock.NONE)
    if strongest:
        facts.append(f"takes {strongest}")
    facts.append(_undo(reviewed.reversal))
    if not reviewed.atomic:
        facts.append("no transaction")
    return f"{reviewed.name}: {', '.join(facts)}"


def _grid(reviewed: ReviewedMigration, sizes: Sizes, width: int) -> RichTable:
    """Lay the cells out: what is left of the width is for the names of operations."""
    narrow = width < _WIDE
    gap = 0 if narrow else 1
    grid = RichTable(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, gap, 0, 0))
    rows = [_cells(operation, reviewed, sizes) for operation in reviewed.operations]
    longest = [max(map(len, "\n".join(column).splitlines())) for column in zip(*rows, strict=True)]
    caps = [least if narrow else most for _, least, most in _COLUMNS]
    wanted = [
        max(len(title), min(cap, most))
        for (title, *_), cap, most in zip(_COLUMNS, caps, longest[2:], strict=True)
    ]
    number = len(str(len(rows)))
    rest = width - sum(wanted) - number - (len(_COLUMNS) + 1) * (gap + 1)
    first = max(_LEAST, min(longest[1], rest, _ENOUGH))
    more = max(0, min(longest[3] - wanted[1], rest - first))
    wanted[1] += more
    first += max(0, min(longest[1] - first, rest - first - more))
    grid.add_column("#", justify="right", width=number)
    grid.add_column("operation", overflow="fold", width=first)
    for (title, *_), size in zip(_COLUMNS, wanted, strict=True):
        grid.add_column(title, overflow="fold", width=size)
    for cells in rows:
        grid.add_row(*(Text(cell) for cell in cells))
    return grid


def _cells(
    operation: ReviewedOperation, reviewed: ReviewedMigration, sizes: Sizes
) -> Sequence[str]:
    phase = operation.phase.value if operation.phase is not Phase.NONE else "state only"
    return (
        str(operation.number),
        details.title(operation),
        f"{phase}\nloses data" if operation.loses_data else phase,
        _locks(operation, reviewed, sizes),
        _work(operation, reviewed),
        _breaks(operation),
        "" if operation.phase is Phase.NONE else operation.reversal.value,
    )


def _locks(operation: ReviewedOperation, reviewed: ReviewedMigration, sizes: Sizes) -> str:
    """One line for the lock, and one for each table that is held by it."""
    lines = []
    last = Lock.NONE
    for table, lock in details.locks([operation]).items():
        if details.is_new(table, reviewed):
            continue
        if lock is not last:
            lines.append(str(lock))
            last = lock
        rows = sizes.rows.get(table, -1)
        lines.append(f"  {table} ({rows:,} rows)" if rows >= 0 else f"  {table}")
    return "\n".join(lines) or _NOTHING


def _work(operation: ReviewedOperation, reviewed: ReviewedMigration) -> str:
    """Say what happens to all rows of tables that were there before."""
    rewritten = {t for t in details.rewritten(operation) if not details.is_new(t, reviewed)}
    scanned = {t for t in details.scanned(operation) if not details.is_new(t, reviewed)}
    words = [*(["rewrite"] if rewritten else []), *(["scan"] if scanned - rewritten else [])]
    return ", ".join(words) or _NOTHING


def _breaks(operation: ReviewedOperation) -> str:
    parts = [("old", operation.old_release), ("new", operation.new_release)]
    return "\n".join(f"{who}: {_verbs(broken)}" for who, broken in parts if broken) or _NOTHING


def _verbs(broken: Iterable[Breakage]) -> str:
    certain: dict[str, bool] = {}
    for breakage in broken:
        certain[breakage.verb] = certain.get(breakage.verb, False) or breakage.certain
    return ", ".join(verb if sure else f"{verb}?" for verb, sure in certain.items())


def _phase(phase: Phase) -> str:
    return "state only" if phase is Phase.NONE else phase.value


def _undo(reversal: Reversal) -> str:
    match reversal:
        case Reversal.CLEAN:
            return "can be undone"
        case Reversal.FAILS_WITH_ROWS:
            return "can't be undone once there are rows"
        case Reversal.LOSES_DATA:
            return "undoing loses data"
        case Reversal.IMPOSSIBLE:
            return "can't be undone"
        case Reversal.UNKNOWN:
            return "whether it can be undone is not known"

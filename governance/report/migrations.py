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
        console.print(_grid(reviewed, sizes))
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


def _grid(reviewed: ReviewedMigration, sizes: Sizes) -> RichTable:
    grid = RichTable(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    rows = [_cells(operation, reviewed, sizes) for operation in reviewed.operations]
    grid.add_column("#", justify="right", no_wrap=True)
    grid.add_column("operation", overflow="fold", ratio=3)
    for title, ratio in (("phase", 2), ("lock", 4), ("rows", 2), ("breaks", 3), ("undo", 2)):
        grid.add_column(title, overflow="fold", ratio=ratio)
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
        f"{phase}, loses data" if operation.loses_data else phase,
        _locks(operation, reviewed, sizes),
        _work(operation),
        _breaks(operation),
        "" if operation.phase is Phase.NONE else operation.reversal.value,
    )


def _locks(operation: ReviewedOperation, reviewed: ReviewedMigration, sizes: Sizes) -> str:
    """One line for the lock, and one for each table that is held by it."""
    lines = []
    last = Lock.NONE
    for table, lock in details.locks([operation]).items():
        if lock is not last:
            lines.append(str(lock))
            last = lock
        new = " (new)" if table not in reviewed.before.tables and _made(table, reviewed) else ""
        rows = sizes.rows.get(table, -1)
        size = f" ({rows:,} rows)" if rows >= 0 and not new else ""
        lines.append(f"  {table}{new}{size}")
    return "\n".join(lines) or _NOTHING


def _made(table: str, reviewed: ReviewedMigration) -> bool:
    made = (step.after.tables for operation in reviewed.operations for step in operation.steps)
    return any(table in tables for tables in made)


def _work(operation: ReviewedOperation) -> str:
    rewritten = details.rewritten(operation)
    scanned = [table for table in details.scanned(operation) if table not in rewritten]
    words = [*(["rewrite"] if rewritten else []), *(["scan"] if scanned else [])]
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
